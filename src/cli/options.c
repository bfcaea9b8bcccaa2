/* SPDX-License-Identifier: MIT */
/*
 * Options come from one table a command, and two for what commands share:
 * parsing, --help and completions read these, and a check holds the manual to
 * them.
 */
#include <errno.h>
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

#define HELP_COLUMN 26
#define HELP_WIDTH 80
#define MOST_OPTIONS 64

/* Of every command that reads a dump. */
static const struct cli_option common[] = {
	{ 0, "exe", "FILE", CLI_WORD, CLI_FIELD(exe), NULL,
	  "the executable that was dumped, where it is not at its place" },
	{ 0, "sysroot", "DIR", CLI_WORDS, CLI_FIELD(sysroots), NULL,
	  "look up mapped files below DIR first; may be repeated" },
	{ 0, "runtime", "WHICH", CLI_WORD, CLI_FIELD(runtime), NULL,
	  "of several in the process the one to read, by version, file or address" },
	{ 0, "labels", "WHICH", CLI_CHOICE, CLI_FIELD(labels), "all|names|none",
	  "which labels to show; names leaves out keys of dicts, which may be secrets" },
	{ 0, "values", NULL, CLI_FLAG, CLI_FIELD(values), NULL,
	  "show contents of strings and numbers" },
	{ 0, "format", "FORMAT", CLI_CHOICE, CLI_FIELD(format), CLI_FORMAT_NAMES,
	  "how to write the result" },
	{ 0, "color", "WHEN", CLI_CHOICE, CLI_FIELD(color), "auto|always|never",
	  "when to use colour" },
	CLI_OPTIONS_END,
};

/* Of every command. */
static const struct cli_option always[] = {
	{ 'o', "output", "FILE", CLI_WORD, CLI_FIELD(output), NULL,
	  "write to FILE; its suffix picks the format" },
	{ 'h', "help", NULL, CLI_FLAG, CLI_FIELD(help), NULL, "this text" },
	{ 'V', "version", NULL, CLI_FLAG, CLI_FIELD(version), NULL, "the version" },
	CLI_OPTIONS_END,
};

const struct cli_option *cli_option_at(const struct cli_command *command, size_t index)
{
	const struct cli_option *const tables[] = {
		command->options, command->formats ? common : NULL, always,
	};

	for (size_t i = 0; i < 3; i++)
		for (const struct cli_option *row = tables[i]; row && row->name; row++)
			if (!index--)
				return row;
	return NULL;
}

/* The words of "a|b|c" that @only has a bit for, in @ret with a blank between two. */
static void spread(const char *choices, unsigned int only, char ret[CLI_CHOICES_SIZE])
{
	size_t at = 0;

	for (unsigned int i = 0; *choices; i++) {
		size_t n = strcspn(choices, "|");

		if ((i >= 32 || only & 1u << i) && at + n + 2 < CLI_CHOICES_SIZE) {
			if (at)
				ret[at++] = ' ';
			memcpy(ret + at, choices, n);
			at += n;
		}
		choices += n + (choices[n] == '|');
	}
	ret[at] = '\0';
}

const char *cli_choices(const struct cli_command *command, const struct cli_option *option,
			char ret[CLI_CHOICES_SIZE])
{
	bool formats = option->offset == CLI_FIELD(format);

	spread(option->choices ? option->choices : "", formats ? command->formats : ~0u, ret);
	return ret;
}

size_t cli_distance(const char *a, const char *b, size_t limit)
{
	size_t la = strlen(a), lb = strlen(b);
	size_t row[128];

	if (la >= 128 || lb >= 128 || (la > lb ? la - lb : lb - la) > limit)
		return limit + 1;
	for (size_t j = 0; j <= lb; j++)
		row[j] = j;
	for (size_t i = 1; i <= la; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= lb; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
			if (change < row[j])
				row[j] = change;
		}
	}
	return row[lb] > limit ? limit + 1 : row[lb];
}

static void unknown_option(const struct cli_command *command, const char *word)
{
	const char *best = NULL;
	char name[64];
	size_t closest;

	snprintf(name, sizeof(name), "%.*s", (int)strcspn(word, "="), word);
	/* Of a short word there must be more left than of a long one. */
	closest = strlen(name) / 2 < 4 ? strlen(name) / 2 : 4;
	for (size_t i = 0; cli_option_at(command, i); i++) {
		const char *known = cli_option_at(command, i)->name;
		size_t distance = cli_distance(name + strspn(name, "-"), known, 3);

		if (distance < closest) {
			closest = distance;
			best = known;
		}
	}
	if (best && !strncmp(word, "--", 2))
		cli_say("%s: unknown option %s; did you mean --%s?", command->name, name, best);
	else
		cli_say("%s: unknown option %s; see refgraph %s --help", command->name, name,
			command->name);
}

/* The place of @word in "a|b|c", or -1. */
static int choice(const char *choices, const char *word)
{
	size_t length = strlen(word);

	for (int i = 0; length; i++) {
		size_t n = strcspn(choices, "|");

		if (n == length && !memcmp(choices, word, n))
			return i;
		if (!choices[n])
			break;
		choices += n + 1;
	}
	return -1;
}

static bool read_number(const char *word, uint64_t *ret)
{
	char *end;
	unsigned long long value;

	if (*word < '0' || *word > '9')
		return false;
	errno = 0;
	value = strtoull(word, &end, 10);
	if (errno || *end)
		return false;
	*ret = value;
	return true;
}

static bool append(struct cli_list *list, const char *word)
{
	const char **items = realloc(list->items, (list->count + 1) * sizeof(*items));

	if (!items) {
		cli_no_memory();
		return false;
	}
	list->items = items;
	list->items[list->count++] = word;
	return true;
}

static bool store(struct cli *cli, const struct cli_option *option, const char *word)
{
	char *field = (char *)&cli->options + option->offset;
	int which;

	switch (option->kind) {
	case CLI_FLAG:
		*(bool *)field = true;
		return true;
	case CLI_WORD:
		*(const char **)field = word;
		return true;
	case CLI_WORDS:
		return append((struct cli_list *)field, word);
	case CLI_NUMBER:
		if (option->offset == CLI_FIELD(limit))
			cli->options.limit_given = true;
		if (read_number(word, (uint64_t *)field))
			return true;
		cli_say("%s: --%s wants a number, not '%s'", cli->command->name, option->name,
			word);
		return false;
	case CLI_CHOICE:
		which = choice(option->choices, word);
		if (which >= 0) {
			*(int *)field = which;
			return true;
		}
		cli_say("%s: --%s takes one of %s, not '%s'", cli->command->name, option->name,
			option->choices, word);
		return false;
	}
	return false;
}

/* The format from --format or the suffix of -o; false: said why not. */
static bool choose_format(struct cli *cli)
{
	static const struct {
		const char *suffix;
		enum cli_format format;
	} suffixes[] = {
		{ ".json", CLI_JSON }, { ".ndjson", CLI_NDJSON }, { ".jsonl", CLI_NDJSON },
		{ ".csv", CLI_CSV }, { ".dot", CLI_DOT }, { ".gv", CLI_DOT },
		{ ".svg", CLI_SVG }, { ".png", CLI_PNG }, { ".pdf", CLI_PDF },
		{ ".collapsed", CLI_COLLAPSED }, { ".folded", CLI_COLLAPSED },
	};
	const struct cli_command *command = cli->command;
	const char *suffix = cli->options.output ? strrchr(cli->options.output, '.') : NULL;
	char names[128] = "", *at;
	int format = cli->options.format;

	for (size_t i = 0; format < 0 && suffix && i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
		if (!strcmp(suffix, suffixes[i].suffix))
			format = (int)suffixes[i].format;
	if (format < 0)
		format = (int)command->format;
	/* Who asks for a table gets the report, whatever its shape. */
	if ((format == CLI_TABLE || format == CLI_TREE) &&
	    (command->format == CLI_TABLE || command->format == CLI_TREE))
		format = (int)command->format;
	if (command->formats & CLI_ANY(format)) {
		cli->options.format = format;
		return true;
	}
	snprintf(names, sizeof(names), "%s", CLI_FORMAT_NAMES);
	at = strtok(names, "|");
	for (int i = 0; at && i < format; i++)
		at = strtok(NULL, "|");
	cli_say("%s: does not write %s; see refgraph %s --help", command->name, at ? at : "that",
		command->name);
	return false;
}

bool cli_parse(struct cli *cli, int argc, char **argv)
{
	struct option longs[MOST_OPTIONS + 1];
	char shorts[2 * MOST_OPTIONS + 3] = ":";
	size_t count, at = 1;
	int got, index;

	memset(longs, 0, sizeof(longs));
	for (count = 0; count < MOST_OPTIONS && cli_option_at(cli->command, count); count++) {
		const struct cli_option *option = cli_option_at(cli->command, count);

		longs[count].name = option->name;
		longs[count].has_arg = option->argument ? required_argument : no_argument;
		longs[count].val = 256 + (int)count;
		if (option->letter) {
			shorts[at++] = option->letter;
			if (option->argument)
				shorts[at++] = ':';
		}
	}
	opterr = 0;
	optind = 1;
	while ((got = getopt_long(argc, argv, shorts, longs, &index)) != -1) {
		const struct cli_option *option = NULL;
		char letter[3] = { '-', (char)optopt, '\0' };

		if (got == '?') {
			unknown_option(cli->command, optopt && optopt < 256 ? letter
					: argv[optind - 1]);
			return false;
		}
		if (got == ':') {
			cli_say("%s: %s wants an argument", cli->command->name, argv[optind - 1]);
			return false;
		}
		for (size_t i = 0; i < count && !option; i++)
			if (got == 256 + (int)i || got == cli_option_at(cli->command, i)->letter)
				option = cli_option_at(cli->command, i);
		if (!option || !store(cli, option, optarg))
			return false;
	}
	cli->operands = argv + optind;
	cli->operand_count = argc - optind;
	if (cli->options.help || cli->options.version)
		return true;
	if (cli->operand_count < cli->command->least ||
	    (cli->command->most >= 0 && cli->operand_count > cli->command->most)) {
		cli_say("%s: usage: refgraph %s [options] %s; see refgraph %s --help",
			cli->command->name, cli->command->name, cli->command->operands,
			cli->command->name);
		return false;
	}
	return !cli->command->formats || choose_format(cli);
}

void cli_options_free(struct cli_options *options)
{
	free(options->sysroots.items);
	free(options->ignore_types.items);
	free(options->only_types.items);
	free(options->highlights.items);
	free(options->fail_if.items);
	free(options->modules.items);
	free(options->cuts.items);
	free(options->excludes.items);
}

/* Puts @words as far as lines are wide, the first in the column of helps. */
static void put_wrapped(const char *words, rg_sink *sink)
{
	size_t column = HELP_COLUMN;

	for (size_t n; *words; words += n + strspn(words + n, " ")) {
		n = strcspn(words, " ");
		if (column > HELP_COLUMN && column + 1 + n > HELP_WIDTH) {
			rg_sink_printf(sink, "\n%*s", HELP_COLUMN, "");
			column = HELP_COLUMN;
		}
		if (column > HELP_COLUMN)
			rg_sink_puts(sink, " ");
		rg_sink_write(sink, words, n);
		column += n + (column > HELP_COLUMN);
	}
}

static void put_option(const struct cli_command *command, const struct cli_option *option,
		       rg_sink *sink)
{
	char head[64], choices[CLI_CHOICES_SIZE], text[1024];
	size_t at;

	snprintf(head, sizeof(head), "%c%c%s--%s%s%s", option->letter ? '-' : ' ',
		 option->letter ? option->letter : ' ', option->letter ? ", " : "  ",
		 option->name, option->argument ? " " : "",
		 option->argument ? option->argument : "");
	if (strlen(head) + 2 < HELP_COLUMN)
		rg_sink_printf(sink, "  %-*s", HELP_COLUMN - 2, head);
	else
		rg_sink_printf(sink, "  %s\n%*s", head, HELP_COLUMN, "");
	at = (size_t)snprintf(text, sizeof(text) / 2, "%.500s%s", option->help,
			      option->choices ? ": " : "");
	cli_choices(command, option, choices);
	for (const char *c = choices; *c; c++) {
		if (*c == ' ')
			text[at++] = ',';
		text[at++] = *c;
	}
	text[at] = '\0';
	put_wrapped(text, sink);
	rg_sink_puts(sink, "\n");
}

void cli_help(const struct cli_command *command, rg_sink *sink)
{
	const struct cli_option *option;
	size_t own = 0;

	rg_sink_printf(sink, "refgraph %s [options] %s\n%s\n\n", command->name, command->operands,
		       command->text);
	while (command->options && command->options[own].name)
		own++;
	for (size_t i = 0; (option = cli_option_at(command, i)); i++) {
		if (i == own && own)
			rg_sink_puts(sink, "\n");
		put_option(command, option, sink);
	}
}
