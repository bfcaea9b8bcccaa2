/* SPDX-License-Identifier: MIT */
/* The report of refgraph leaks: text, CSV, JSON. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/leaks.h"

#define TEXT_LIMIT 10 /* suspects shown to people */

static size_t shown_rows(const struct cli *cli, const struct leaks *leaks, bool people)
{
	uint64_t limit = cli->options.limit_given ? cli->options.limit : people ? TEXT_LIMIT : 0;

	return limit && limit < leaks->shown_count ? (size_t)limit : leaks->shown_count;
}

/* ---- text ---------------------------------------------------------------------- */

static int put_line(struct cli *cli, const char *before, char *text)
{
	if (!text)
		return cli_no_memory();
	rg_sink_puts(cli->sink, before);
	rg_sink_text(cli->sink, text);
	rg_sink_puts(cli->sink, "\n");
	free(text);
	return CLI_OK;
}

static int put_suspect(struct cli *cli, const struct leaks *leaks, size_t number)
{
	const struct rg_suspect *suspect = leaks->shown[number];
	char *title = leaks_title(cli, leaks, suspect);
	char *path = leaks_path(cli, leaks, suspect->chain);
	int status = CLI_OK;
	bool end = false;

	if (!title || !path) {
		free(title);
		free(path);
		return cli_no_memory();
	}
	rg_sink_printf(cli->sink, "\n%s%zu. ", cli_bold(cli), number + 1);
	rg_sink_text(cli->sink, title);
	rg_sink_printf(cli->sink, "%s\n", cli_plain(cli));
	free(title);
	if (*path)
		status = put_line(cli, "   ", path);
	else
		free(path);
	for (size_t i = 0; !status; i++) {
		char *line = leaks_evidence(cli, leaks, suspect, i, &end);

		if (end)
			break;
		status = put_line(cli, "     ", line);
	}
	if (!status && leaks->why_shown[number])
		rg_sink_printf(cli->sink, "     %s\n", leaks->why_shown[number]);
	if (!status) {
		rg_sink_puts(cli->sink, "     ");
		rg_sink_text(cli->sink, suspect->signature);
		rg_sink_puts(cli->sink, "\n");
		status = put_line(cli, "   next: ", leaks_next(cli, leaks, suspect, number + 1));
	}
	return status;
}

static void put_left_out(struct cli *cli, const struct leaks *leaks, size_t shown)
{
	char number[RG_FORMAT_SIZE];

	if (shown < leaks->shown_count)
		rg_sink_printf(cli->sink, "\n%s more: -n 0 shows all\n",
			       rg_format_count(leaks->shown_count - shown, number));
	if (leaks->suppressed)
		rg_sink_printf(cli->sink, "\nsuppressed: %s\n",
			       rg_format_count(leaks->suppressed, number));
	if (leaks->known)
		rg_sink_printf(cli->sink, "\naccepted by the baseline: %s\n",
			       rg_format_count(leaks->known, number));
}

/* Nothing stands out: what is biggest all the same, and where to look on. */
static int put_nothing(struct cli *cli, const struct leaks *leaks)
{
	const struct rg_leaks *found = leaks->found;
	char words[512], bytes[RG_FORMAT_SIZE];
	int status = CLI_OK;

	rg_sink_printf(cli->sink, "%snothing stands out%s%s\n", cli_bold(cli), cli_plain(cli),
		       leaks->before_count ? ": nothing grew that should not" : "");
	put_left_out(cli, leaks, leaks->shown_count);
	if (found->biggest != RG_NONE) {
		char *path = leaks_path(cli, leaks, found->biggest_chain);

		cli_describe(cli, leaks->graph, found->biggest, words, sizeof(words));
		rg_sink_printf(cli->sink, "\nthe biggest, for orientation: %s, %s\n", words,
			       rg_format_bytes(found->biggest_bytes, bytes));
		if (path && *path)
			status = put_line(cli, "   ", path);
		else
			free(path);
	}
	rg_sink_puts(cli->sink, "\nnext: refgraph retained");
	cli_put_dump(cli, rg_dump_info(leaks->dump)->path);
	rg_sink_puts(cli->sink, "\n");
	return status;
}

int leaks_text(struct cli *cli, const struct leaks *leaks)
{
	size_t shown = shown_rows(cli, leaks, true);
	char number[RG_FORMAT_SIZE];
	int status = CLI_OK;

	cli_head(cli, rg_dump_info(leaks->dump));
	if (leaks->found->no_counts)
		rg_sink_puts(cli->sink, "the dump has no reference counts: garbage, lost objects "
			     "and what nothing explains are not looked for\n");
	if (!leaks->shown_count)
		return put_nothing(cli, leaks);
	rg_sink_printf(cli->sink, "%s%s suspect%s%s", cli_bold(cli),
		       rg_format_count(leaks->shown_count, number),
		       leaks->shown_count == 1 ? "" : "s", cli_plain(cli));
	if (leaks->before_count) {
		rg_sink_puts(cli->sink, ": new or grown since ");
		rg_sink_text(cli->sink, leaks->earlier[0]);
	}
	rg_sink_puts(cli->sink, "\n");
	for (size_t i = 0; !status && i < shown; i++)
		status = put_suspect(cli, leaks, i);
	put_left_out(cli, leaks, shown);
	return status;
}

/* ---- CSV ------------------------------------------------------------------------- */

int leaks_csv(struct cli *cli, const struct leaks *leaks)
{
	static const struct rg_column columns[] = {
		{ "Rank", "rank", RG_COLUMN_COUNT },
		{ "Kind", "kind", RG_COLUMN_TEXT },
		{ "Signature", "signature", RG_COLUMN_TEXT },
		{ "Title", "title", RG_COLUMN_TEXT },
		{ "Retained", "retained", RG_COLUMN_BYTES },
		{ "Count", "count", RG_COLUMN_COUNT },
		{ "Type", "type", RG_COLUMN_TEXT },
		{ "Address", "address", RG_COLUMN_TEXT },
		{ "Path", "path", RG_COLUMN_TEXT },
	};
	size_t shown = shown_rows(cli, leaks, false);
	int status = CLI_OK;
	rg_table *table;
	rg_error *error = rg_table_new(columns, sizeof(columns) / sizeof(columns[0]), &table);

	if (error)
		return cli_fail(error);
	for (size_t i = 0; !status && i < shown; i++) {
		const struct rg_suspect *suspect = leaks->shown[i];
		char *title = leaks_title(cli, leaks, suspect), address[24] = "";
		char *path = leaks_path(cli, leaks, suspect->chain);

		if (suspect->object_count)
			snprintf(address, sizeof(address), "0x%" PRIx64,
				 rg_graph_object(leaks->graph, suspect->objects[0]).address);
		rg_table_number(table, (int64_t)i + 1);
		rg_table_text(table, rg_leak_kind_name(suspect->kind));
		rg_table_text(table, suspect->signature);
		rg_table_text(table, title ? title : "");
		rg_table_number(table, (int64_t)suspect->retained);
		rg_table_number(table, (int64_t)suspect->count);
		rg_table_text(table, suspect->type == RG_NONE ? ""
			      : cli_type_name(cli, leaks->graph, suspect->type));
		rg_table_text(table, address);
		rg_table_text(table, path ? path : "");
		status = title && path ? CLI_OK : cli_no_memory();
		free(title);
		free(path);
	}
	error = status ? NULL : rg_table_csv(table, cli->sink);
	rg_table_free(table);
	return error ? cli_fail(error) : status;
}

/* ---- JSON -------------------------------------------------------------------------- */

static int put_string(rg_json *json, const char *key, char *text)
{
	rg_json_put_string(json, key, text);
	free(text);
	return text ? CLI_OK : cli_no_memory();
}

static int put_evidence(struct cli *cli, rg_json *json, const struct leaks *leaks,
			const struct rg_suspect *suspect)
{
	int status = CLI_OK;
	bool end = false;

	rg_json_put_array(json, "evidence");
	for (size_t i = 0; !status; i++) {
		char *line = leaks_evidence(cli, leaks, suspect, i, &end);

		if (end)
			break;
		status = put_string(json, NULL, line);
	}
	rg_json_put_end(json);
	return status;
}

static int put_suspect_json(struct cli *cli, rg_json *json, const struct leaks *leaks,
			    const struct rg_suspect *suspect, size_t rank)
{
	char *path = leaks_path(cli, leaks, suspect->chain);
	int status;

	if (!path)
		return cli_no_memory();
	rg_json_put_object(json, NULL);
	rg_json_put_u64(json, "rank", rank);
	rg_json_put_string(json, "kind", rg_leak_kind_name(suspect->kind));
	rg_json_put_string(json, "signature", suspect->signature);
	rg_json_put_string(json, "shape", cli->options.labels == RG_LABELS_NONE ? NULL
							     : suspect->shape);
	status = put_string(json, "title", leaks_title(cli, leaks, suspect));
	rg_json_put_string(json, "type", suspect->type == RG_NONE ? NULL
			   : cli_type_name(cli, leaks->graph, suspect->type));
	rg_json_put_u64(json, "retained", suspect->retained);
	rg_json_put_bool(json, "exclusive", suspect->exclusive);
	rg_json_put_u64(json, "count", suspect->count);
	rg_json_put_string(json, "origin", rg_origin_name(suspect->origin));
	rg_json_put_array(json, "objects");
	for (size_t i = 0; i < suspect->object_count; i++)
		rg_json_put_address(json, NULL,
				    rg_graph_object(leaks->graph, suspect->objects[i]).address);
	rg_json_put_end(json);
	rg_json_put_string(json, "path", *path ? path : NULL);
	if (!status)
		status = put_evidence(cli, json, leaks, suspect);
	if (!status)
		status = put_string(json, "next", leaks_next(cli, leaks, suspect, rank));
	rg_json_put_end(json);
	free(path);
	return status;
}

int leaks_json(struct cli *cli, const struct leaks *leaks, bool all)
{
	const struct rg_dump_info *info = rg_dump_info(leaks->dump);
	size_t count = all ? leaks->found->count : shown_rows(cli, leaks, false);
	rg_json *json;
	int status = cli_json_begin(cli, &info, 1, &json);

	if (status)
		return status;
	rg_json_put_array(json, "earlier");
	for (size_t i = 0; i < leaks->before_count; i++)
		rg_json_put_string(json, NULL, leaks->earlier[i]);
	rg_json_put_end(json);
	rg_json_put_u64(json, "alive_bytes", leaks->found->living);
	rg_json_put_u64(json, "unreachable_bytes", leaks->found->waiting);
	rg_json_put_bool(json, "counts", !leaks->found->no_counts);
	cli_json_collector(json, info);
	rg_json_put_u64(json, "found", leaks->found->count);
	rg_json_put_u64(json, "suppressed", leaks->suppressed);
	rg_json_put_u64(json, "accepted", leaks->known);
	rg_json_put_array(json, "suspects");
	for (size_t i = 0; !status && i < count; i++)
		status = put_suspect_json(cli, json, leaks, all ? &leaks->found->suspects[i]
								: leaks->shown[i], i + 1);
	rg_json_put_end(json);
	if (status) {
		rg_json_free(json);
		return status;
	}
	return cli_json_end(json);
}
