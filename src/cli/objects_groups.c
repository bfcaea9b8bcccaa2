/* SPDX-License-Identifier: MIT */
/* refgraph objects --by: groups of objects, with counts and bytes. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/objects.h"

/* In the order of the words of --by, without the first, which is no group. */
static const struct {
	const char *word, *title;
} ways[] = {
	[RG_GROUPS_BY_TYPE] = { "type", "Type" },
	[RG_GROUPS_BY_MODULE] = { "module", "Module" },
	[RG_GROUPS_BY_SIZE] = { "size", "Size of each" },
	[RG_GROUPS_BY_REFERRER] = { "referrer", "Types of referrers" },
	[RG_GROUPS_BY_VIA] = { "via", "Referred to as" },
	[RG_GROUPS_BY_CONTAINER] = { "container", "In" },
};

static void put_address(rg_json *json, const char *key, const rg_graph *graph, rg_id id)
{
	if (id == RG_NONE)
		rg_json_put_null(json, key);
	else
		rg_json_put_address(json, key, rg_graph_object(graph, id).address);
}

static int report_json(struct cli *cli, rg_dump *dump, const rg_graph *graph,
		       const struct rg_groups *groups, const struct cli_objects *objects,
		       const struct objects_chosen *chosen, size_t shown)
{
	const struct rg_dump_info *info = rg_dump_info(dump);
	rg_json *json;
	int status = cli_json_begin(cli, &info, 1, &json);

	if (status)
		return status;
	rg_json_put_u64(json, "count", objects->count);
	cli_json_selected(json, chosen->kept.objects, chosen->kept.bytes, chosen->kept.owned);
	rg_json_put_array(json, "objects");
	rg_json_put_end(json);
	rg_json_put_string(json, "by", ways[cli->options.by - 1].word);
	rg_json_put_u64(json, "group_count", groups->count);
	rg_json_put_array(json, "groups");
	for (size_t i = 0; i < shown; i++) {
		const struct rg_group *row = &groups->rows[i];

		rg_json_put_object(json, NULL);
		rg_json_put_string(json, "name", row->name);
		rg_json_put_u64(json, "count", row->count);
		rg_json_put_u64(json, "bytes", row->bytes);
		rg_json_put_u64(json, "owned", row->owned);
		put_address(json, "example", graph, row->example);
		if (cli->options.by - 1 == RG_GROUPS_BY_CONTAINER)
			put_address(json, "container", graph, row->container);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	return cli_json_end(json);
}

static void address_of(const rg_graph *graph, rg_id id, char buffer[24])
{
	snprintf(buffer, 24, "0x%" PRIx64, rg_graph_object(graph, id).address);
}

static int64_t permille(uint64_t part, uint64_t whole)
{
	return whole ? (int64_t)((unsigned __int128)part * 1000 / whole) : 0;
}

static rg_error *put_rows(struct cli *cli, const rg_graph *graph, const struct rg_groups *groups,
			  const struct objects_totals *kept, size_t shown)
{
	bool csv = cli->options.format == CLI_CSV;
	char module[CLI_TITLE];
	const char *title = cli->options.by - 1 == RG_GROUPS_BY_MODULE
				    ? cli_module_title(graph, module)
				    : ways[cli->options.by - 1].title;
	const struct rg_column columns[] = {
		{ "Count", "count", RG_COLUMN_COUNT },
		{ "%", NULL, RG_COLUMN_PERMILLE },
		{ "Size", "bytes", RG_COLUMN_BYTES },
		{ "%", NULL, RG_COLUMN_PERMILLE },
		{ "Owned", "owned", RG_COLUMN_BYTES },
		{ title, "name", RG_COLUMN_TEXT },
		{ NULL, "example", RG_COLUMN_TEXT },
	};
	struct rg_table_style style = cli_table_style(cli);
	char text[OBJECTS_WORDS + 32], address[24];
	rg_table *table;
	rg_error *error = rg_table_new(columns, csv ? 7 : 6, &table);

	if (error)
		return error;
	for (size_t i = 0; i < shown; i++) {
		const struct rg_group *row = &groups->rows[i];

		rg_table_number(table, (int64_t)row->count);
		rg_table_number(table, permille(row->count, kept->objects));
		rg_table_number(table, (int64_t)row->bytes);
		rg_table_number(table, permille(row->bytes, kept->bytes));
		if (row->owned || csv)
			rg_table_number(table, (int64_t)row->owned);
		else
			rg_table_empty(table);
		if (row->container != RG_NONE && !csv) {
			address_of(graph, row->container, address);
			cli_describe(cli, graph, row->container, text, OBJECTS_WORDS);
			snprintf(text + strlen(text), 32, " at %s", address);
			rg_table_text(table, text);
		} else {
			rg_table_text(table, row->name);
		}
		if (csv) {
			address_of(graph, row->example, address);
			rg_table_text(table, address);
		}
	}
	error = csv ? rg_table_csv(table, cli->sink) : rg_table_write(table, &style, cli->sink);
	rg_table_free(table);
	return error;
}

static int report(struct cli *cli, rg_dump *dump, const rg_graph *graph,
		  const struct rg_groups *groups, const struct objects_chosen *chosen,
		  size_t shown)
{
	char number[RG_FORMAT_SIZE], bytes[RG_FORMAT_SIZE], all[RG_FORMAT_SIZE], address[24];
	rg_error *error;

	if (cli->options.format == CLI_CSV) {
		error = put_rows(cli, graph, groups, &chosen->kept, shown);
		return error ? cli_fail(error) : CLI_OK;
	}
	cli_head(cli, rg_dump_info(dump));
	rg_sink_printf(cli->sink, "%s %s, %s, in %s %s\n\n",
		       rg_format_count(chosen->kept.objects, number),
		       chosen->kept.objects == 1 ? "object" : "objects",
		       rg_format_bytes(chosen->kept.bytes, bytes),
		       rg_format_count(groups->count, all),
		       groups->count == 1 ? "group" : "groups");
	error = put_rows(cli, graph, groups, &chosen->kept, shown);
	if (error)
		return cli_fail(error);
	rg_sink_puts(cli->sink, "\n");
	cli_put_left_out(cli, chosen->left_out.types, chosen->left_out.objects,
			 chosen->left_out.bytes, chosen->all.bytes);
	if (shown < groups->count)
		rg_sink_printf(cli->sink, "%s of %s groups: -n 0 shows all\n",
			       rg_format_count(shown, number), rg_format_count(groups->count, all));
	if (groups->count) {
		rg_id next = groups->rows[0].container != RG_NONE ? groups->rows[0].container
								  : groups->rows[0].example;

		rg_sink_puts(cli->sink, "next: refgraph objects");
		cli_put_dump(cli, rg_dump_info(dump)->path);
		address_of(graph, next, address);
		rg_sink_printf(cli->sink, " %s\n", address);
	}
	return CLI_OK;
}

int objects_groups(struct cli *cli, rg_dump *dump, const rg_graph *graph,
		   const struct cli_objects *objects, const struct objects_chosen *chosen)
{
	bool everything = cli->options.format != CLI_TABLE && !cli->options.limit_given;
	uint64_t limit = everything ? 0 : cli->options.limit;
	struct rg_groups_options how;
	struct rg_groups *groups = NULL;
	rg_error *error;
	size_t shown;
	int status;

	if (cli->options.by - 1 == RG_GROUPS_BY_VIA && cli->options.labels == RG_LABELS_NONE) {
		cli_say("objects: --by via is about labels, which --labels=none withholds");
		return CLI_TROUBLE;
	}
	memset(&how, 0, sizeof(how));
	how.size = sizeof(how);
	how.by = (enum rg_group_by)(cli->options.by - 1);
	how.short_names = cli->options.short_names;
	cli_progress_stage("grouping objects");
	error = rg_groups_find(graph, objects->ids, objects->count, &how, &groups);
	status = error ? cli_fail(error) : cli_open(cli);
	if (status) {
		rg_groups_free(groups);
		return status;
	}
	shown = limit && limit < groups->count ? (size_t)limit : groups->count;
	if (cli->options.format == CLI_JSON)
		status = report_json(cli, dump, graph, groups, objects, chosen, shown);
	else
		status = report(cli, dump, graph, groups, chosen, shown);
	rg_groups_free(groups);
	return status;
}
