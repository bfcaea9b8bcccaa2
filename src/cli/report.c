/* SPDX-License-Identifier: MIT */
/* What every report has in common: its first line, its errors, where it goes. */
#include <ctype.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "cli/cli.h"

void cli_say(const char *format, ...)
{
	char text[4096], clean[8192];
	va_list arguments;

	va_start(arguments, format);
	vsnprintf(text, sizeof(text), format, arguments);
	cli_progress_stop();
	va_end(arguments);
	/* Names in it may come from a hostile dump. */
	rg_text_clean(text, clean, sizeof(clean));
	fprintf(stderr, "refgraph: %s\n", clean);
}

int cli_fail(rg_error *error)
{
	cli_say("%s", rg_error_message(error));
	rg_error_free(error);
	return CLI_TROUBLE;
}

int cli_no_memory(void)
{
	cli_say("out of memory: give the process more, or ask for less");
	return CLI_TROUBLE;
}

int cli_open(struct cli *cli)
{
	rg_error *error;

	cli_progress_stop();
	error = cli->options.output ? rg_sink_file(cli->options.output, &cli->sink)
				    : rg_sink_fd(STDOUT_FILENO, "standard output", &cli->sink);
	return error ? cli_fail(error) : CLI_OK;
}

int cli_close(struct cli *cli, int status)
{
	cli_progress_stop();
	if (cli->sink && status != CLI_TROUBLE) {
		rg_error *error = rg_sink_commit(cli->sink);

		if (error)
			status = cli_fail(error);
	}
	rg_sink_free(cli->sink);
	cli->sink = NULL;
	return status;
}

/* How many columns @length bytes of UTF-8 take, roughly: wide characters count once. */
static size_t columns_of(const char *text, size_t length)
{
	size_t columns = 0;

	for (size_t i = 0; i < length; i++)
		columns += ((unsigned char)text[i] & 0xc0) != 0x80;
	return columns;
}

size_t cli_put_wrapped(struct cli *cli, const char *text, const char *after, size_t column,
		       size_t indent)
{
	size_t blanks = 0; /* that are written once something follows on the line */

	while (*text) {
		const char *found = strstr(text, after);
		size_t length = found ? (size_t)(found - text) + strlen(after) : strlen(text);
		size_t shown = length, columns;

		while (shown && text[shown - 1] == ' ')
			shown--;
		columns = columns_of(text, shown);
		if (cli->width && column > indent && column + blanks + columns > cli->width) {
			rg_sink_puts(cli->sink, "\n");
			column = 0;
			blanks = indent;
		}
		rg_sink_printf(cli->sink, "%*s", (int)blanks, "");
		rg_sink_write(cli->sink, text, shown);
		column += blanks + columns;
		blanks = length - shown;
		text += length;
	}
	return column;
}

/* Whether a shell takes @word as it is. */
static bool is_plain(const char *word)
{
	static const char marks[] = "_@%+=:,./-";

	if (!*word)
		return false;
	for (const char *c = word; *c; c++)
		if (!isalnum((unsigned char)*c) && !((unsigned char)*c & 0x80) &&
		    !strchr(marks, *c))
			return false;
	return true;
}

/* @word and @suffix, which holds no quote, in quotes. */
static void put_quoted(rg_sink *sink, const char *word, const char *suffix)
{
	rg_sink_puts(sink, "'");
	for (const char *quote; (quote = strchr(word, '\'')); word = quote + 1) {
		char part[4096];

		snprintf(part, sizeof(part), "%.*s", (int)(quote - word), word);
		rg_sink_text(sink, part);
		rg_sink_puts(sink, "'\\''");
	}
	rg_sink_text(sink, word);
	rg_sink_puts(sink, suffix);
	rg_sink_puts(sink, "'");
}

static void put_argument(rg_sink *sink, const char *word)
{
	rg_sink_puts(sink, " ");
	if (is_plain(word))
		rg_sink_text(sink, word);
	else
		put_quoted(sink, word, "");
}

void cli_put_dump(struct cli *cli, const char *path)
{
	if (cli->options.exe) {
		rg_sink_puts(cli->sink, " --exe");
		put_argument(cli->sink, cli->options.exe);
	}
	for (size_t i = 0; i < cli->options.sysroots.count; i++) {
		rg_sink_puts(cli->sink, " --sysroot");
		put_argument(cli->sink, cli->options.sysroots.items[i]);
	}
	if (cli->options.runtime) {
		rg_sink_puts(cli->sink, " --runtime");
		put_argument(cli->sink, cli->options.runtime);
	}
	put_argument(cli->sink, path);
}

void cli_put_path(struct cli *cli, const char *path)
{
	put_argument(cli->sink, path);
}

void cli_put_object(struct cli *cli, const char *name, const char *suffix)
{
	rg_sink_puts(cli->sink, " ");
	put_quoted(cli->sink, name, suffix);
}

int cli_load(struct cli *cli, const char *path, rg_dump **ret)
{
	struct rg_open_options options;
	char text[CLI_NO_COLLECTOR];
	rg_error *error;

	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.exe = cli->options.exe;
	options.sysroots = cli->options.sysroots.items;
	options.sysroot_count = cli->options.sysroots.count;
	options.runtime = cli->options.runtime;
	options.progress = cli_progress_start();
	error = rg_dump_open(path, &options, ret);
	if (error && cli_says_order(cli, path)) {
		rg_error_free(error);
		return CLI_TROUBLE;
	}
	if (error)
		return cli_fail(error);
	if (cli->options.tracked && rg_dump_info(*ret)->collector.absent) {
		cli_say("%s: --tracked: %s that could know any object", path,
			cli_no_collector(rg_dump_info(*ret), text));
		rg_dump_close(*ret);
		*ret = NULL;
		return CLI_TROUBLE;
	}
	cli_select_look(cli, rg_dump_objects(*ret));
	return CLI_OK;
}

const char *cli_module_title(const rg_graph *graph, char ret[CLI_TITLE])
{
	snprintf(ret, CLI_TITLE, "%s", rg_graph_words(graph)->module);
	ret[0] = (char)toupper((unsigned char)ret[0]);
	return ret;
}

rg_id cli_shown(const rg_graph *graph, rg_id id)
{
	/* Parts of parts; a ring of them must end somewhere. */
	for (int depth = 0; depth < 8; depth++) {
		rg_id owner = rg_graph_owner(graph, id);

		if (owner == RG_NONE)
			break;
		id = owner;
	}
	return id;
}

void cli_weak_label(const struct cli *cli, const rg_graph *graph, const struct rg_step *step,
		    char *buffer, size_t size)
{
	const char *referent = rg_graph_words(graph)->referent;
	size_t length, tail = referent ? strlen(referent) : 0;

	buffer[0] = '\0';
	length = rg_step_label(graph, step, (enum rg_label_policy)cli->options.labels, buffer,
			       size);
	if (tail && length > tail && length < size && !strcmp(buffer + length - tail, referent))
		buffer[length - tail] = '\0';
}

const char *cli_no_collector(const struct rg_dump_info *info, char ret[CLI_NO_COLLECTOR])
{
	snprintf(ret, CLI_NO_COLLECTOR, "%s has no cycle collector",
		 *info->words->language ? info->words->language : "the runtime");
	return ret;
}

void cli_json_evaluates(rg_json *json, const rg_graph *graph, bool evaluates)
{
	const char *key = rg_graph_words(graph)->code_key;

	rg_json_put_bool(json, "python", evaluates && !key);
	if (key)
		rg_json_put_bool(json, key, evaluates);
}

const char *cli_bold(const struct cli *cli)
{
	return cli->color ? "\033[1m" : "";
}

const char *cli_plain(const struct cli *cli)
{
	return cli->color ? "\033[0m" : "";
}

static void put_count(struct cli *cli, uint64_t count, const char *one, const char *many)
{
	char number[RG_FORMAT_SIZE];

	rg_sink_printf(cli->sink, "%s%s %s", cli->dot, rg_format_count(count, number),
		       count == 1 ? one : many);
}

void cli_head(struct cli *cli, const struct rg_dump_info *info)
{
	char number[RG_FORMAT_SIZE];
	rg_sink *sink = cli->sink;

	rg_sink_puts(sink, cli_bold(cli));
	rg_sink_text(sink, info->path);
	rg_sink_puts(sink, cli_plain(cli));
	if (*info->runtime_name) {
		rg_sink_puts(sink, cli->dot);
		rg_sink_text(sink, info->runtime_name);
		rg_sink_puts(sink, *info->version ? " " : "");
		rg_sink_text(sink, info->version);
	}
	if (info->threads)
		put_count(cli, info->threads, "thread", "threads");
	put_count(cli, info->objects, "object", "objects");
	rg_sink_printf(sink, "%s%s", cli->dot, rg_format_bytes(info->object_bytes, number));
	rg_sink_printf(sink, "%s%s\n", cli->dot, info->complete ? "complete" : "incomplete");
	for (size_t i = 0; i < info->missing_count; i++) {
		rg_sink_puts(sink, "missing: ");
		rg_sink_text(sink, info->missing[i]);
		rg_sink_puts(sink, "\n");
	}
	if (!info->complete)
		rg_sink_puts(sink, "how to take a whole one: docs/taking-a-dump.md\n");
	if (info->unreadable)
		rg_sink_printf(sink, "unreadable: %s\n", rg_format_count(info->unreadable, number));
}

int cli_json_begin(struct cli *cli, const struct rg_dump_info *const *infos, size_t count,
		   rg_json **ret)
{
	uint64_t unreadable = 0;
	bool complete = true;
	char schema[64];
	rg_error *error;
	rg_json *json;

	error = rg_json_new(cli->sink, &json);
	if (error)
		return cli_fail(error);
	for (size_t i = 0; i < count; i++) {
		complete = complete && infos[i]->complete;
		unreadable += infos[i]->unreadable;
	}
	snprintf(schema, sizeof(schema), "refgraph/%s/1", cli->command->name);
	rg_json_put_object(json, NULL);
	rg_json_put_string(json, "schema", schema);
	if (count == 1)
		rg_json_put_string(json, "dump", infos[0]->path);
	rg_json_put_bool(json, "complete", complete);
	rg_json_put_array(json, "missing");
	for (size_t i = 0; i < count; i++)
		for (size_t m = 0; m < infos[i]->missing_count; m++)
			rg_json_put_string(json, NULL, infos[i]->missing[m]);
	rg_json_put_end(json);
	rg_json_put_u64(json, "unreadable", unreadable);
	*ret = json;
	return CLI_OK;
}

void cli_json_collector(rg_json *json, const struct rg_dump_info *info)
{
	if (!info->collector.known && !info->collector.absent) {
		rg_json_put_null(json, "collector");
		return;
	}
	rg_json_put_object(json, "collector");
	if (info->collector.absent)
		rg_json_put_bool(json, "exists", false);
	rg_json_put_bool(json, "enabled", info->collector.enabled);
	rg_json_put_bool(json, "collecting", info->collector.collecting);
	rg_json_put_u64(json, "frozen", info->collector.frozen);
	rg_json_put_end(json);
}

int cli_json_end(rg_json *json)
{
	rg_error *error;

	rg_json_put_end(json);
	error = rg_json_finish(json);
	rg_json_free(json);
	return error ? cli_fail(error) : CLI_OK;
}

int cli_vouch(const struct cli *cli, const struct rg_dump_info *info, const char *option)
{
	if (info->complete || cli->options.allow_incomplete)
		return CLI_OK;
	cli_say("%s: is incomplete, so %s cannot vouch for the answer: take a complete dump "
		"(docs/taking-a-dump.md), or give --allow-incomplete", info->path, option);
	return CLI_TROUBLE;
}

int cli_gate(struct cli *cli, const struct rg_dump_info *info, bool found)
{
	int status;

	if (!cli->options.exit_code)
		return CLI_OK;
	status = cli_vouch(cli, info, "--exit-code");
	return status ? status : found ? CLI_FINDING : CLI_OK;
}

struct rg_table_style cli_table_style(const struct cli *cli)
{
	struct rg_table_style style = { cli->width, cli->color, cli->ascii, 0 };

	return style;
}

const char *cli_kind_word(uint8_t kind)
{
	switch (kind & RG_REFERENCE_KIND_MASK) {
	case RG_REFERENCE_INFERRED:
		return "inferred";
	case RG_REFERENCE_WEAK:
		return "weak";
	case RG_REFERENCE_BORROWED:
		return "borrowed";
	default:
		return "strong";
	}
}

const char *cli_type_name(const struct cli *cli, const rg_graph *graph, rg_type_id type)
{
	const struct rg_type *found = rg_graph_type(graph, type);

	return cli->options.short_names ? found->short_name : found->name;
}

void cli_describe(const struct cli *cli, const rg_graph *graph, rg_id id, char *buffer,
		  size_t size)
{
	struct rg_object object = rg_graph_object(graph, id);
	const char *type = cli_type_name(cli, graph, object.type);
	struct rg_description words;
	char count[RG_FORMAT_SIZE], length[64] = "", line[1024];

	rg_graph_describe(graph, id, cli->options.values, &words);
	if (words.has_length)
		snprintf(length, sizeof(length), ", %s %s", rg_format_count(words.length, count),
			 words.length == 1 ? "item" : "items");
	snprintf(line, sizeof(line), "%s%s%s%s%s%s%s%s", type, *words.name ? " " : "", words.name,
		 *words.text ? ", " : "", words.text, length, *words.value ? ", " : "",
		 words.value);
	rg_text_clean(line, buffer, size);
}
