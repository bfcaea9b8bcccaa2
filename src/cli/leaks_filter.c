/* SPDX-License-Identifier: MIT */
/* Which suspects are shown: without those that are suppressed, or accepted already. */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/leaks.h"

#define MOST_BYTES (64u << 20)  /* of a baseline or a file of suppressions */
#define HEAD 4096               /* bytes that tell a baseline from a dump */
#define GREW 5                  /* accepted, but by a fifth more: it is told again */
#define GREW_BYTES (UINT64_C(64) << 10)

/* ---- files --------------------------------------------------------------------- */

/* At most @most bytes, NUL-terminated; NULL: said why not. */
static char *read_file(const char *path, size_t most, size_t *ret_length)
{
	FILE *file = fopen(path, "re");
	char *text = NULL, *more;
	size_t length = 0, room = 0, got = 1;
	bool failed = !file;

	while (!failed && got && length < most) {
		if (length + 1 >= room) {
			room = room ? 2 * room : HEAD + 1;
			more = realloc(text, room);
			failed = !more;
			text = more ? more : text;
			if (failed)
				break;
		}
		got = fread(text + length, 1, room - 1 - length < most - length
			    ? room - 1 - length : most - length, file);
		length += got;
		failed = ferror(file);
	}
	if (failed)
		cli_say("%s: %s", path, strerror(errno));
	if (file)
		fclose(file);
	if (failed) {
		free(text);
		return NULL;
	}
	text[length] = '\0';
	*ret_length = length;
	return text;
}

int leaks_read_baseline(const struct cli *cli, struct leaks *leaks)
{
	const char *path = cli->options.baseline;
	size_t length = 0;
	char *text;
	FILE *file;
	bool ok;

	if (!path)
		return CLI_OK;
	/* The first time there is nothing to read. */
	file = cli->options.update_baseline ? fopen(path, "re") : NULL;
	if (cli->options.update_baseline && !file && errno == ENOENT) {
		leaks->has_baseline = true;
		return CLI_OK;
	}
	if (file)
		fclose(file);
	text = read_file(path, HEAD, &length);
	if (!text)
		return CLI_TROUBLE;
	/* A portable dump is JSON as well, but of one object a line. */
	ok = text[strspn(text, " \t\r\n")] == '{' && strstr(text, "\"refgraph/leaks/1\"");
	free(text);
	if (!ok && cli->options.update_baseline) {
		cli_say("%s: is not what leaks --format json writes, so --update-baseline does "
			"not write over it", path);
		return CLI_TROUBLE;
	}
	leaks->baseline_is_dump = !ok;
	if (!ok)
		return CLI_OK;
	text = read_file(path, MOST_BYTES, &length);
	if (!text)
		return CLI_TROUBLE;
	ok = leaks_parse_baseline(text, length, leaks);
	free(text);
	leaks->has_baseline = true;
	if (ok)
		return CLI_OK;
	cli_say("%s: is damaged: write it again with refgraph leaks --format json -o %s", path,
		path);
	return CLI_TROUBLE;
}

/* ---- suppressions ------------------------------------------------------------------- */

static char *trim(char *text)
{
	size_t length;

	text += strspn(text, " \t\r");
	length = strlen(text);
	while (length && strchr(" \t\r", text[length - 1]))
		text[--length] = '\0';
	return text;
}

static bool is_known(const char *word)
{
	return !strcmp(word, "signature") || !strcmp(word, "kind") || !strcmp(word, "type") ||
	       !strcmp(word, "path");
}

static int add_rule(struct leaks *leaks, const char *path, int number, char *line)
{
	struct leaks_rule *more, rule = { .line = number };
	char *colon = strchr(line, ':'), *pattern = colon ? colon + 1 : line;
	const char *what = line;

	if (!strncmp(line, "sig1:", 5)) {
		what = "signature";
		pattern = line;
	} else if (colon) {
		*colon = '\0';
	}
	pattern = trim(pattern);
	if (!colon || !is_known(what) || !*pattern) {
		cli_say("%s:%d: a suppression is signature:, kind:, type: or path: and a pattern, "
			"not '%s'", path, number, line);
		return CLI_TROUBLE;
	}
	more = realloc(leaks->rules, (leaks->rule_count + 1) * sizeof(*more));
	if (!more)
		return cli_no_memory();
	leaks->rules = more;
	rule.what = strdup(what);
	rule.pattern = strdup(pattern);
	leaks->rules[leaks->rule_count++] = rule;
	return rule.what && rule.pattern ? CLI_OK : cli_no_memory();
}

int leaks_read_rules(const struct cli *cli, struct leaks *leaks)
{
	const char *path = cli->options.suppressions;
	int status = CLI_OK, number = 0;
	char *text, *line, *rest;
	size_t length;

	if (!path)
		return CLI_OK;
	text = read_file(path, MOST_BYTES, &length);
	if (!text)
		return CLI_TROUBLE;
	for (rest = text; !status && (line = strsep(&rest, "\n")) != NULL;) {
		char *comment;

		number++;
		line = trim(line);
		comment = strstr(line, " #");
		if (comment)
			*comment = '\0';
		line = trim(line);
		if (*line && *line != '#')
			status = add_rule(leaks, path, number, line);
	}
	free(text);
	return status;
}

/* Whether a rule fits; all that do are used. */
static bool is_suppressed(const struct cli *cli, struct leaks *leaks,
			  const struct rg_suspect *suspect, const char *path)
{
	bool fits = false;

	for (size_t i = 0; i < leaks->rule_count; i++) {
		struct leaks_rule *rule = &leaks->rules[i];
		bool one = false;

		if (!strcmp(rule->what, "signature"))
			one = rg_pattern_match(rule->pattern, suspect->signature);
		else if (!strcmp(rule->what, "kind"))
			one = rg_pattern_match(rule->pattern, rg_leak_kind_name(suspect->kind));
		else if (!strcmp(rule->what, "path"))
			one = rg_pattern_match(rule->pattern, path) ||
			      rg_pattern_match(rule->pattern, suspect->shape);
		else if (suspect->type != RG_NONE)
			one = cli_match(rule->pattern, rg_graph_type(leaks->graph, suspect->type));
		rule->used += one;
		fits = fits || one;
	}
	(void)cli;
	return fits;
}

void leaks_say_unused(const struct cli *cli, const struct leaks *leaks)
{
	for (size_t i = 0; i < leaks->rule_count; i++)
		if (!leaks->rules[i].used)
			cli_say("%s:%d: the suppression %s:%s fits no suspect: take it out",
				cli->options.suppressions, leaks->rules[i].line,
				leaks->rules[i].what, leaks->rules[i].pattern);
}

/* ---- what is accepted ------------------------------------------------------------------ */

static bool grew(uint64_t before, uint64_t now, uint64_t least)
{
	return now > before && now - before >= least && now - before > before / GREW;
}

/* Whether @suspect is in the baseline; *@ret_grew if it has grown since. */
static bool is_accepted(const struct leaks *leaks, const struct rg_suspect *suspect,
			bool *ret_grew)
{
	*ret_grew = false;
	for (size_t i = 0; i < leaks->accepted_count; i++) {
		const struct leaks_accepted *one = &leaks->accepted[i];

		if (strcmp(one->signature, suspect->signature) != 0 ||
		    strcmp(one->kind, rg_leak_kind_name(suspect->kind)) != 0)
			continue;
		*ret_grew = grew(one->retained, suspect->retained, GREW_BYTES);
		return true;
	}
	return false;
}

int leaks_filter(const struct cli *cli, struct leaks *leaks)
{
	size_t count = leaks->found->count;

	leaks->shown = calloc(count + 1, sizeof(*leaks->shown));
	leaks->why_shown = calloc(count + 1, sizeof(*leaks->why_shown));
	if (!leaks->shown || !leaks->why_shown)
		return cli_no_memory();
	for (size_t i = 0; i < count; i++) {
		const struct rg_suspect *suspect = &leaks->found->suspects[i];
		char *path = leaks_path(cli, leaks, suspect->chain);
		bool more = false, suppressed;

		if (!path)
			return cli_no_memory();
		suppressed = is_suppressed(cli, leaks, suspect, path);
		free(path);
		if (suppressed) {
			leaks->suppressed++;
			continue;
		}
		if (leaks->has_baseline && is_accepted(leaks, suspect, &more) && !more) {
			leaks->known++;
			continue;
		}
		leaks->why_shown[leaks->shown_count] = !leaks->has_baseline ? NULL
			: more ? "it has grown since the baseline" : "not in the baseline";
		leaks->shown[leaks->shown_count++] = suspect;
	}
	return CLI_OK;
}

void leaks_filter_free(struct leaks *leaks)
{
	for (size_t i = 0; i < leaks->accepted_count; i++) {
		free(leaks->accepted[i].signature);
		free(leaks->accepted[i].kind);
	}
	free(leaks->accepted);
	for (size_t i = 0; i < leaks->rule_count; i++) {
		free(leaks->rules[i].what);
		free(leaks->rules[i].pattern);
	}
	free(leaks->rules);
	free(leaks->shown);
	free(leaks->why_shown);
}
