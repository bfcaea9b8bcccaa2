/* SPDX-License-Identifier: MIT */
/* growth --survivors: what came after the first dump, was there in the last but one, and stayed. */
#include <inttypes.h>
#include <stdio.h>

#include "cli/growth.h"

static size_t shown_rows(const struct cli *cli, const struct rg_type_table *survivors, bool all)
{
	uint64_t limit = all && !cli->options.limit_given ? 0 : cli->options.limit;

	return limit && limit < survivors->count ? (size_t)limit : survivors->count;
}

static rg_error *make_table(const struct rg_type_table *survivors, size_t rows, rg_table **ret)
{
	static const struct rg_column columns[] = {
		{ "Survivors", "survivors", RG_COLUMN_COUNT },
		{ "Size", "bytes", RG_COLUMN_BYTES },
		{ "Owned", "owned", RG_COLUMN_BYTES },
		{ "Type", "type", RG_COLUMN_TEXT },
	};
	rg_table *table;
	rg_error *error = rg_table_new(columns, sizeof(columns) / sizeof(columns[0]), &table);

	if (error)
		return error;
	for (size_t i = 0; i < rows; i++) {
		rg_table_number(table, (int64_t)survivors->rows[i].count);
		rg_table_number(table, (int64_t)survivors->rows[i].bytes);
		rg_table_number(table, (int64_t)survivors->rows[i].owned);
		rg_table_text(table, survivors->rows[i].name);
	}
	*ret = table;
	return NULL;
}

static void put_next(struct cli *cli, const struct growth_series *series)
{
	if (!series->survivor)
		return;
	rg_sink_puts(cli->sink, "\nnext: refgraph chain");
	cli_put_dump(cli, series->infos[series->count - 1].path);
	rg_sink_printf(cli->sink, " 0x%" PRIx64 "\n", series->survivor);
	if (cli->options.graph)
		return;
	rg_sink_puts(cli->sink, "who holds them: refgraph growth --survivors --graph why.svg");
	cli_put_dump(cli, series->infos[cli->options.warmup].path);
	for (size_t i = (size_t)cli->options.warmup + 1; i < series->count; i++)
		cli_put_path(cli, series->infos[i].path);
	rg_sink_puts(cli->sink, "\n");
}

int growth_survivors_report(struct cli *cli, const struct growth_series *series)
{
	const struct rg_type_table *survivors = series->survivors;
	struct rg_table_style style = cli_table_style(cli);
	size_t rows = shown_rows(cli, survivors, false);
	char first[GROWTH_TITLE_SIZE], middle[GROWTH_TITLE_SIZE], last[GROWTH_TITLE_SIZE];
	char count[RG_FORMAT_SIZE], bytes[RG_FORMAT_SIZE];
	rg_table *table;
	rg_error *error = make_table(survivors, rows, &table);

	if (error)
		return cli_fail(error);
	for (size_t i = 0; i < series->count; i++)
		cli_head(cli, &series->infos[i]);
	growth_title(series->infos[cli->options.warmup].path, first);
	growth_title(series->infos[series->count - 2].path, middle);
	growth_title(series->infos[series->count - 1].path, last);
	rg_sink_printf(cli->sink, "\n%s%s has %s %s, %s, that came between %s and %s%s\n\n",
		       cli_bold(cli), last, rg_format_count(survivors->selected_objects, count),
		       survivors->selected_objects == 1 ? "object" : "objects",
		       rg_format_bytes(survivors->selected_bytes + survivors->selected_owned,
				       bytes),
		       first, middle, cli_plain(cli));
	if (rows)
		error = rg_table_write(table, &style, cli->sink);
	rg_table_free(table);
	if (error)
		return cli_fail(error);
	if (rows < survivors->count)
		rg_sink_printf(cli->sink, "%s more types: -n 0 shows all\n",
			       rg_format_count(survivors->count - rows, count));
	put_next(cli, series);
	return CLI_OK;
}

int growth_survivors_csv(struct cli *cli, const struct growth_series *series)
{
	rg_table *table;
	rg_error *error = make_table(series->survivors,
				     shown_rows(cli, series->survivors, true), &table);

	if (!error) {
		error = rg_table_csv(table, cli->sink);
		rg_table_free(table);
	}
	return error ? cli_fail(error) : CLI_OK;
}

void growth_survivors_json(const struct growth_series *series, rg_json *json)
{
	const struct rg_type_table *survivors = series->survivors;

	rg_json_put_object(json, "survivors");
	rg_json_put_u64(json, "objects", survivors->selected_objects);
	rg_json_put_u64(json, "bytes", survivors->selected_bytes);
	rg_json_put_u64(json, "owned", survivors->selected_owned);
	rg_json_put_u64(json, "reused", series->reused);
	if (series->survivor)
		rg_json_put_address(json, "example", series->survivor);
	else
		rg_json_put_null(json, "example");
	rg_json_put_array(json, "types");
	for (size_t i = 0; i < survivors->count; i++) {
		rg_json_put_object(json, NULL);
		rg_json_put_string(json, "type", survivors->rows[i].name);
		rg_json_put_string(json, "origin", rg_origin_name(survivors->rows[i].origin));
		rg_json_put_u64(json, "count", survivors->rows[i].count);
		rg_json_put_u64(json, "bytes", survivors->rows[i].bytes);
		rg_json_put_u64(json, "owned", survivors->rows[i].owned);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	rg_json_put_end(json);
}
