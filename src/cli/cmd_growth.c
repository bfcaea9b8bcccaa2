/* SPDX-License-Identifier: MIT */
/* refgraph growth: what grew over two or more dumps. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"

#define MOST_SHOWN 6 /* dumps with a column of their own */
#define MOST_COLUMNS 50 /* in CSV */
#define TITLE_SIZE 24

/* What columns are called: a table does not copy that. */
struct names {
	char titles[MOST_COLUMNS][TITLE_SIZE];
	char keys[MOST_COLUMNS][32];
};

/* What is kept of each dump, so that only one is open at a time. */
struct series {
	struct rg_dump_info *infos;
	const struct rg_dump_info **views; /* one pointer each */
	struct rg_type_table **tables;
	size_t count;
	struct rg_growth *growth;
};

/* Copies what reports need of @info; false: no memory. */
static bool keep_info(const struct rg_dump_info *info, struct rg_dump_info *kept)
{
	char **missing = calloc(info->missing_count + 1, sizeof(*missing));
	bool ok;

	*kept = *info;
	kept->path = strdup(info->path);
	kept->runtime_name = strdup(info->runtime_name);
	kept->version = strdup(info->version);
	ok = missing && kept->path && kept->runtime_name && kept->version;
	for (size_t i = 0; ok && i < info->missing_count; i++) {
		missing[i] = strdup(info->missing[i]);
		ok = missing[i] != NULL;
	}
	kept->missing = (const char *const *)missing;
	return ok;
}

static void free_info(struct rg_dump_info *kept)
{
	for (size_t i = 0; kept->missing && i < kept->missing_count; i++)
		free((char *)kept->missing[i]);
	free((void *)kept->missing);
	free((char *)kept->path);
	free((char *)kept->runtime_name);
	free((char *)kept->version);
}

static void free_series(struct series *series)
{
	for (size_t i = 0; i < series->count; i++) {
		if (series->infos)
			free_info(&series->infos[i]);
		if (series->tables)
			rg_types_free(series->tables[i]);
	}
	free(series->infos);
	free(series->views);
	free(series->tables);
	rg_growth_free(series->growth);
}

static int read_one(struct cli *cli, struct series *series, size_t at)
{
	struct rg_types_options options;
	rg_dump *dump = NULL;
	rg_error *error;
	int status = cli_load(cli, cli->operands[at], &dump);

	if (status)
		return status;
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.tracked_only = cli->options.tracked;
	options.short_names = cli->options.short_names;
	error = rg_types(rg_dump_objects(dump), &options, &series->tables[at]);
	if (error)
		status = cli_fail(error);
	else if (!keep_info(rg_dump_info(dump), &series->infos[at]))
		status = cli_no_memory();
	rg_dump_close(dump);
	return status;
}

static int read_all(struct cli *cli, struct series *series)
{
	int status = CLI_OK;

	series->count = (size_t)cli->operand_count;
	series->infos = calloc(series->count, sizeof(*series->infos));
	series->views = calloc(series->count, sizeof(*series->views));
	series->tables = calloc(series->count, sizeof(*series->tables));
	if (!series->infos || !series->views || !series->tables)
		return cli_no_memory();
	for (size_t i = 0; !status && i < series->count; i++) {
		series->views[i] = &series->infos[i];
		status = read_one(cli, series, i);
	}
	return status;
}

static size_t shown_rows(const struct cli *cli, const struct rg_growth *growth)
{
	uint64_t limit = cli->options.limit;

	return limit && limit < growth->count ? (size_t)limit : growth->count;
}

/* The name of a dump's column: its file's name without folder and suffix. */
static void column_title(const char *path, char title[TITLE_SIZE])
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	size_t length = dot && dot > name && (dot[1] < '0' || dot[1] > '9')
				? (size_t)(dot - name) : strlen(name);
	char word[64];

	snprintf(word, sizeof(word), "%.*s", (int)(length < 40 ? length : 40), name);
	rg_text_clean(word, title, 17);
}

static const char *remark(const struct rg_growth_row *row, size_t dumps)
{
	if (row->is_new)
		return "new";
	if (row->is_gone)
		return "gone";
	if (row->verdict == RG_VERDICT_CLIMBING && dumps > 2)
		return "grew every time";
	if (row->verdict == RG_VERDICT_PLATEAUED)
		return "grew, then stayed";
	return "";
}

/* Which dumps have a column: all, or the first and the last few. */
static bool is_shown(size_t dump, size_t count)
{
	return count <= MOST_SHOWN || !dump || dump + MOST_SHOWN - 1 >= count;
}

static rg_error *make_table(const struct series *series, size_t rows, bool csv,
			    struct names *names, rg_table **ret)
{
	size_t dumps = series->count, at = 0;
	size_t most = csv && dumps > MOST_COLUMNS ? MOST_COLUMNS : dumps;
	struct rg_column columns[MOST_COLUMNS + 4];
	rg_table *table;
	rg_error *error;

	for (size_t d = 0; d < most; d++) {
		if (!csv && !is_shown(d, dumps))
			continue;
		column_title(series->infos[d].path, names->titles[at]);
		snprintf(names->keys[at], sizeof(names->keys[at]), "count_%zu", d);
		columns[at] = (struct rg_column){ names->titles[at], names->keys[at],
						  RG_COLUMN_COUNT };
		at++;
	}
	columns[at++] = (struct rg_column){ "Change", "count_delta", RG_COLUMN_DELTA };
	columns[at++] = (struct rg_column){ "Bytes", "bytes_delta", RG_COLUMN_BYTES_DELTA };
	columns[at++] = (struct rg_column){ "Type", "type", RG_COLUMN_TEXT };
	columns[at++] = (struct rg_column){ "", "remark", RG_COLUMN_TEXT };
	error = rg_table_new(columns, at, &table);
	if (error)
		return error;
	for (size_t i = 0; i < rows; i++) {
		const struct rg_growth_row *row = &series->growth->rows[i];

		for (size_t d = 0; d < most; d++)
			if (csv || is_shown(d, dumps))
				rg_table_number(table, (int64_t)row->counts[d]);
		rg_table_number(table, row->count_delta);
		rg_table_number(table, row->bytes_delta + row->owned_delta);
		rg_table_text(table, row->name);
		rg_table_text(table, remark(row, dumps));
	}
	*ret = table;
	return NULL;
}

static void put_summary(struct cli *cli, const struct series *series)
{
	const struct rg_growth *growth = series->growth;
	char first[TITLE_SIZE], last[TITLE_SIZE], count[RG_FORMAT_SIZE], bytes[RG_FORMAT_SIZE];

	column_title(series->infos[0].path, first);
	column_title(series->infos[series->count - 1].path, last);
	rg_sink_printf(cli->sink, "%s%s against %s: %s objects, %s", cli_bold(cli), last, first,
		       rg_format_delta(growth->count_delta, count),
		       rg_format_bytes_delta(growth->bytes_delta + growth->owned_delta, bytes));
	if (series->count > 2)
		rg_sink_printf(cli->sink, ". %zu %s grew in every step", growth->climbing,
			       growth->climbing == 1 ? "type" : "types");
	rg_sink_printf(cli->sink, "%s\n", cli_plain(cli));
}

/* What to look at: the first type of a module that grew, else the first that did. */
static const struct rg_growth_row *most_telling(const struct rg_growth *growth)
{
	const struct rg_growth_row *first = NULL;

	for (size_t i = 0; i < growth->count; i++) {
		const struct rg_growth_row *row = &growth->rows[i];

		if (row->count_delta <= 0)
			continue;
		if (strchr(row->name, '.'))
			return row;
		if (!first)
			first = row;
	}
	return first;
}

static int report(struct cli *cli, const struct series *series)
{
	const struct rg_growth_row *telling = most_telling(series->growth);
	struct rg_table_style style = cli_table_style(cli);
	const struct rg_growth *growth = series->growth;
	size_t rows = shown_rows(cli, growth);
	char number[RG_FORMAT_SIZE];
	struct names names;
	rg_table *table;
	rg_error *error = make_table(series, rows, false, &names, &table);

	if (error)
		return cli_fail(error);
	for (size_t i = 0; i < series->count; i++)
		cli_head(cli, &series->infos[i]);
	rg_sink_puts(cli->sink, "\n");
	put_summary(cli, series);
	rg_sink_puts(cli->sink, "\n");
	if (growth->count)
		error = rg_table_write(table, &style, cli->sink);
	rg_table_free(table);
	if (error)
		return cli_fail(error);
	if (!growth->count)
		rg_sink_puts(cli->sink, cli->options.peak ? "no type is above its peak\n"
							  : "no type changed\n");
	if (rows < growth->count)
		rg_sink_printf(cli->sink, "%s more types: -n 0 shows all\n",
			       rg_format_count(growth->count - rows, number));
	if (telling) {
		rg_sink_puts(cli->sink, "\nnext: refgraph chain ");
		rg_sink_text(cli->sink, series->infos[series->count - 1].path);
		rg_sink_puts(cli->sink, " '");
		rg_sink_text(cli->sink, telling->name);
		rg_sink_puts(cli->sink, "'\n");
	}
	return CLI_OK;
}

static int report_csv(struct cli *cli, const struct series *series)
{
	size_t rows = cli->options.limit_given ? shown_rows(cli, series->growth)
					       : series->growth->count;
	struct names names;
	rg_table *table;
	rg_error *error = make_table(series, rows, true, &names, &table);

	if (!error) {
		error = rg_table_csv(table, cli->sink);
		rg_table_free(table);
	}
	return error ? cli_fail(error) : CLI_OK;
}

static void put_numbers(rg_json *json, const char *key, const uint64_t *numbers, size_t count)
{
	rg_json_put_array(json, key);
	for (size_t i = 0; i < count; i++)
		rg_json_put_u64(json, NULL, numbers[i]);
	rg_json_put_end(json);
}

static void put_row(rg_json *json, const struct rg_growth_row *row, size_t dumps)
{
	static const char *const verdicts[] = {
		[RG_VERDICT_NOISE] = "noise",
		[RG_VERDICT_CLIMBING] = "climbing",
		[RG_VERDICT_PLATEAUED] = "plateaued",
	};

	rg_json_put_object(json, NULL);
	rg_json_put_string(json, "type", row->name);
	if (row->type_address)
		rg_json_put_address(json, "type_address", row->type_address);
	else
		rg_json_put_null(json, "type_address");
	put_numbers(json, "counts", row->counts, dumps);
	put_numbers(json, "bytes", row->bytes, dumps);
	put_numbers(json, "owned", row->owned, dumps);
	rg_json_put_i64(json, "count_delta", row->count_delta);
	rg_json_put_i64(json, "bytes_delta", row->bytes_delta);
	rg_json_put_i64(json, "owned_delta", row->owned_delta);
	rg_json_put_string(json, "verdict", verdicts[row->verdict]);
	rg_json_put_bool(json, "new", row->is_new);
	rg_json_put_bool(json, "gone", row->is_gone);
	rg_json_put_end(json);
}

static int report_json(struct cli *cli, const struct series *series)
{
	const struct rg_growth *growth = series->growth;
	size_t rows = cli->options.limit_given ? shown_rows(cli, growth) : growth->count;
	rg_json *json;
	int status = cli_json_begin(cli, series->views, series->count, &json);

	if (status)
		return status;
	rg_json_put_array(json, "dumps");
	for (size_t i = 0; i < series->count; i++)
		rg_json_put_string(json, NULL, series->infos[i].path);
	rg_json_put_end(json);
	rg_json_put_i64(json, "count_delta", growth->count_delta);
	rg_json_put_i64(json, "bytes_delta", growth->bytes_delta);
	rg_json_put_i64(json, "owned_delta", growth->owned_delta);
	rg_json_put_u64(json, "unchanged", growth->unchanged);
	rg_json_put_array(json, "types");
	for (size_t i = 0; i < rows; i++)
		put_row(json, &growth->rows[i], series->count);
	rg_json_put_end(json);
	rg_json_put_array(json, "violations");
	rg_json_put_end(json);
	return cli_json_end(json);
}

static int run(struct cli *cli)
{
	static const enum rg_type_order orders[] = {
		RG_TYPES_BY_BYTES, RG_TYPES_BY_COUNT, RG_TYPES_BY_NAME,
	};
	struct rg_growth_options options;
	struct series series;
	rg_error *error;
	int status;

	memset(&series, 0, sizeof(series));
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.peak = cli->options.peak;
	options.order = orders[cli->options.sort];
	status = read_all(cli, &series);
	if (!status) {
		error = rg_growth_find((const struct rg_type_table *const *)series.tables,
				       series.count, &options, &series.growth);
		status = error ? cli_fail(error) : cli_open(cli);
	}
	if (!status)
		status = cli->options.format == CLI_JSON ? report_json(cli, &series)
			 : cli->options.format == CLI_CSV ? report_csv(cli, &series)
							  : report(cli, &series);
	free_series(&series);
	return status;
}

static const struct cli_option options[] = {
	{ 'n', "limit", "N", CLI_NUMBER, CLI_FIELD(limit), NULL,
	  "show N types, 0 for all (20; in JSON and CSV all)" },
	{ 0, "sort", "ORDER", CLI_CHOICE, CLI_FIELD(sort), "bytes|count|name",
	  "by which change" },
	{ 0, "peak", NULL, CLI_FLAG, CLI_FIELD(peak), NULL,
	  "only types above their highest count so far, as objgraph has it" },
	{ 0, "tracked", NULL, CLI_FLAG, CLI_FIELD(tracked), NULL,
	  "only objects known to the cycle collector" },
	{ 0, "short", NULL, CLI_FLAG, CLI_FIELD(short_names), NULL,
	  "names without modules; types of one name become one" },
	CLI_OPTIONS_END,
};

const struct cli_command cli_growth = {
	.name = "growth",
	.operands = "DUMP DUMP...",
	.summary = "what grew over two or more dumps",
	.text = "Compares counts and bytes by type, oldest dump first. Shrinkage shows as well.",
	.options = options,
	.formats = CLI_ANY(CLI_TABLE) | CLI_ANY(CLI_JSON) | CLI_ANY(CLI_CSV),
	.format = CLI_TABLE,
	.least = 2,
	.most = -1,
	.run = run,
};
