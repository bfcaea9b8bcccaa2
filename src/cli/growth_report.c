/* SPDX-License-Identifier: MIT */
/* What growth shows: a table for people, CSV, and JSON. */
#include <stdio.h>
#include <string.h>

#include "cli/growth.h"

#define MOST_SHOWN 6 /* dumps with a column of their own */

/* What columns are called: a table does not copy that. */
struct names {
	char titles[GROWTH_MOST_COLUMNS][GROWTH_TITLE_SIZE];
	char keys[GROWTH_MOST_COLUMNS][32];
};

static size_t shown_rows(const struct cli *cli, const struct rg_growth *growth)
{
	uint64_t limit = cli->options.limit;

	return limit && limit < growth->count ? (size_t)limit : growth->count;
}

void growth_title(const char *path, char title[GROWTH_TITLE_SIZE])
{
	const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;
	const char *dot = strrchr(name, '.');
	size_t length = dot && dot > name && (dot[1] < '0' || dot[1] > '9')
				? (size_t)(dot - name) : strlen(name);
	char word[64];

	snprintf(word, sizeof(word), "%.*s", (int)(length < 40 ? length : 40), name);
	rg_text_clean(word, title, 17);
}

/* Both together, as the table shows them. */
static int64_t memory_delta(int64_t bytes, int64_t owned)
{
	int64_t result;

	if (__builtin_add_overflow(bytes, owned, &result))
		return bytes < 0 ? INT64_MIN : INT64_MAX;
	return result;
}

/* The nearest whole number. */
static int64_t whole(double value)
{
	if (!(value > -0x1p62 && value < 0x1p62))
		return value < 0 ? INT64_MIN : INT64_MAX;
	return (int64_t)(value < 0 ? value - 0.5 : value + 0.5);
}

static size_t judged(const struct rg_growth *growth)
{
	return growth->dumps - growth->warmup;
}

static const char *remark(const struct rg_growth *growth, const struct rg_growth_row *row)
{
	if (row->is_new)
		return "new";
	if (row->is_gone)
		return "gone";
	if (row->verdict == RG_VERDICT_CLIMBING && judged(growth) > 2)
		return row->grown == judged(growth) - 1 ? "grew every time" : "keeps growing";
	if (row->verdict == RG_VERDICT_PLATEAUED)
		return "grew, then stayed";
	return "";
}

bool growth_is_shown(size_t dump, size_t count)
{
	return count <= MOST_SHOWN || !dump || dump + MOST_SHOWN - 1 >= count;
}

static void add_row(rg_table *table, const struct growth_series *series,
		    const struct rg_growth_row *row, bool csv)
{
	size_t most = csv && series->count > GROWTH_MOST_COLUMNS ? GROWTH_MOST_COLUMNS
								 : series->count;

	for (size_t d = 0; d < most; d++)
		if (csv || growth_is_shown(d, series->count))
			rg_table_number(table, (int64_t)row->counts[d]);
	rg_table_number(table, row->count_delta);
	rg_table_number(table, memory_delta(row->bytes_delta, row->owned_delta));
	if (judged(series->growth) > 2)
		rg_table_number(table, whole(row->bytes_slope + row->owned_slope));
	rg_table_text(table, row->name);
	rg_table_text(table, remark(series->growth, row));
}

static void add_block(const struct cli *cli, const struct growth_series *series,
		      enum cli_block block, rg_table *table, size_t *shown)
{
	const struct rg_growth *growth = series->growth;
	char title[128], line[256], count[RG_FORMAT_SIZE], bytes[RG_FORMAT_SIZE];
	int64_t counts = 0, memory = 0;
	size_t rows = 0, at = 0;

	for (size_t i = 0; i < growth->count; i++) {
		const struct rg_growth_row *row = &growth->rows[i];

		if (cli_block(row->origin) != block)
			continue;
		counts += row->count_delta;
		memory += memory_delta(row->bytes_delta, row->owned_delta);
		rows++;
	}
	if (!rows)
		return;
	cli_block_title(&series->infos[series->count - 1], block, title, sizeof(title));
	snprintf(line, sizeof(line), "%s%s%s %s%s%s", title, cli->dot,
		 rg_format_delta(counts, count), counts == 1 || counts == -1 ? "object" : "objects",
		 cli->dot, rg_format_bytes_delta(memory, bytes));
	rg_table_heading(table, line);
	for (size_t i = 0; i < growth->count && at < cli_block_rows(cli, block, rows); i++)
		if (cli_block(growth->rows[i].origin) == block) {
			add_row(table, series, &growth->rows[i], false);
			at++;
		}
	*shown += at;
	if (at == rows)
		return;
	snprintf(line, sizeof(line), "%s%s more %s", cli->ascii ? "... " : "\u2026 ",
		 rg_format_count(rows - at, count), rows - at == 1 ? "type" : "types");
	rg_table_note(table, line);
}

/* The program's own types first, on a terminal and where a dump says which these are. */
static bool add_blocks(const struct cli *cli, const struct growth_series *series, rg_table *table,
		       size_t *ret_shown)
{
	bool known = false;

	for (size_t i = 0; i < series->growth->count; i++)
		known |= series->growth->rows[i].origin != RG_ORIGIN_UNKNOWN;
	if (!cli->width || !known)
		return false;
	*ret_shown = 0;
	for (int b = 0; b < CLI_BLOCKS; b++)
		add_block(cli, series, (enum cli_block)b, table, ret_shown);
	return true;
}

static rg_error *make_table(const struct growth_series *series, bool csv, struct names *names,
			    rg_table **ret)
{
	size_t dumps = series->count, at = 0;
	bool sloped = judged(series->growth) > 2;
	size_t most = csv && dumps > GROWTH_MOST_COLUMNS ? GROWTH_MOST_COLUMNS : dumps;
	struct rg_column columns[GROWTH_MOST_COLUMNS + 5];
	rg_table *table;
	rg_error *error;

	for (size_t d = 0; d < most; d++) {
		if (!csv && !growth_is_shown(d, dumps))
			continue;
		growth_title(series->infos[d].path, names->titles[at]);
		snprintf(names->keys[at], sizeof(names->keys[at]), "count_%zu", d);
		columns[at] = (struct rg_column){ names->titles[at], names->keys[at],
						  RG_COLUMN_COUNT };
		at++;
	}
	columns[at++] = (struct rg_column){ "Change", "count_delta", RG_COLUMN_DELTA };
	columns[at++] = (struct rg_column){ "Bytes", "bytes_delta", RG_COLUMN_BYTES_DELTA };
	if (sloped)
		columns[at++] = (struct rg_column){ "Per dump", "bytes_slope",
						    RG_COLUMN_BYTES_DELTA };
	columns[at++] = (struct rg_column){ "Type", "type", RG_COLUMN_TEXT };
	columns[at++] = (struct rg_column){ "", "remark", RG_COLUMN_TEXT };
	error = rg_table_new(columns, at, &table);
	if (error)
		return error;
	*ret = table;
	return NULL;
}

/* The change of all objects, what options leave out too. */
struct total {
	int64_t objects, bytes, owned;
};

/* What @last has more than @first; where that does not fit, the most that does. */
static int64_t difference(uint64_t last, uint64_t first)
{
	int64_t result;

	if (__builtin_sub_overflow(last, first, &result))
		return last < first ? INT64_MIN : INT64_MAX;
	return result;
}

static struct total total_of(const struct growth_series *series)
{
	const struct rg_growth *growth = series->growth;
	const struct rg_type_table *first = series->tables[growth->warmup];
	const struct rg_type_table *last = series->tables[series->count - 1];
	struct total total = {
		growth->count_delta, growth->bytes_delta, growth->owned_delta
	};

	/* Each type has a peak of its own: there is none of them all. */
	if (growth->peak)
		return total;
	total.objects = difference(last->objects, first->objects);
	total.bytes = difference(last->bytes, first->bytes);
	total.owned = difference(last->owned, first->owned);
	return total;
}

static int64_t less(int64_t a, int64_t b)
{
	int64_t result;

	if (__builtin_sub_overflow(a, b, &result))
		return a < b ? INT64_MIN : INT64_MAX;
	return result;
}

/* How much of the change is of types that are not shown. */
static void put_left_out(struct cli *cli, const struct growth_series *series)
{
	const struct rg_growth *growth = series->growth;
	size_t types = series->tables[series->count - 1]->left_out;
	struct total total = total_of(series);
	char number[RG_FORMAT_SIZE], objects[RG_FORMAT_SIZE], bytes[RG_FORMAT_SIZE];
	int64_t memory = memory_delta(total.bytes, total.owned);

	if (!cli_put_left_out_by(cli))
		return;
	rg_sink_printf(cli->sink, ": %s %s", rg_format_count(types, number),
		       types == 1 ? "type" : "types");
	if (!growth->peak)
		rg_sink_printf(cli->sink, ", %s objects, %s",
			       rg_format_delta(less(total.objects, growth->count_delta), objects),
			       rg_format_bytes_delta(less(memory,
							  memory_delta(growth->bytes_delta,
								       growth->owned_delta)),
						     bytes));
	rg_sink_puts(cli->sink, "\n");
}

static void put_summary(struct cli *cli, const struct growth_series *series)
{
	const struct rg_growth *growth = series->growth;
	char first[GROWTH_TITLE_SIZE], last[GROWTH_TITLE_SIZE];
	char count[RG_FORMAT_SIZE], bytes[RG_FORMAT_SIZE];
	struct total total = total_of(series);

	growth_title(series->infos[growth->warmup].path, first);
	growth_title(series->infos[series->count - 1].path, last);
	rg_sink_printf(cli->sink, "%s%s against %s%s: %s objects, %s", cli_bold(cli), last,
		       growth->peak ? "the peaks since " : "", first,
		       rg_format_delta(total.objects, count),
		       rg_format_bytes_delta(memory_delta(total.bytes, total.owned), bytes));
	if (judged(growth) > 2 && !growth->peak)
		rg_sink_printf(cli->sink, ". %zu %s %s", growth->climbing,
			       growth->climbing == 1 ? "type" : "types",
			       judged(growth) > 6 ? "kept growing" : "grew in every step");
	rg_sink_printf(cli->sink, "%s\n", cli_plain(cli));
	if (growth->warmup)
		rg_sink_printf(cli->sink, "%zu %s shown as warm-up, and left out otherwise\n",
			       growth->warmup, growth->warmup == 1 ? "dump is" : "dumps are");
}

/* What to look at: what grew of the program's own, else of a package, else of a module. */
static const struct rg_growth_row *most_telling(const struct rg_growth *growth)
{
	static const enum rg_origin order[] = {
		RG_ORIGIN_PROGRAM, RG_ORIGIN_UNKNOWN, RG_ORIGIN_PACKAGE, RG_ORIGIN_RUNTIME,
	};
	const struct rg_growth_row *first = NULL;

	for (size_t o = 0; o < sizeof(order) / sizeof(order[0]); o++)
		for (size_t i = 0; i < growth->count; i++) {
			const struct rg_growth_row *row = &growth->rows[i];

			if (row->count_delta <= 0 || row->origin != order[o])
				continue;
			/* Where nobody knows, what has a module is no built-in type. */
			if (row->origin == RG_ORIGIN_PROGRAM || row->origin == RG_ORIGIN_PACKAGE ||
			    (row->origin == RG_ORIGIN_UNKNOWN && strchr(row->name, '.')))
				return row;
			if (!first)
				first = row;
		}
	return first;
}

int growth_report(struct cli *cli, const struct growth_series *series)
{
	const struct rg_growth_row *telling = most_telling(series->growth);
	struct rg_table_style style = cli_table_style(cli);
	const struct rg_growth *growth = series->growth;
	size_t rows = shown_rows(cli, growth);
	char number[RG_FORMAT_SIZE];
	struct names names;
	rg_table *table;
	rg_error *error = make_table(series, false, &names, &table);
	bool blocks;

	if (error)
		return cli_fail(error);
	blocks = add_blocks(cli, series, table, &rows);
	for (size_t i = 0; !blocks && i < rows; i++)
		add_row(table, series, &growth->rows[i], false);
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
	if (cli_selects(cli)) {
		rg_sink_puts(cli->sink, "\n");
		put_left_out(cli, series);
	}
	if (rows < growth->count && blocks)
		rg_sink_puts(cli->sink, "\n-n 0 shows all types\n");
	else if (rows < growth->count)
		rg_sink_printf(cli->sink, "%s more types: -n 0 shows all\n",
			       rg_format_count(growth->count - rows, number));
	if (telling) {
		rg_sink_puts(cli->sink, "\nnext: refgraph chain");
		cli_put_dump(cli, series->infos[series->count - 1].path);
		cli_put_object(cli, telling->name, "");
		rg_sink_puts(cli->sink, "\n");
		if (!cli->options.graph) {
			rg_sink_puts(cli->sink, "who holds them: refgraph growth --graph why.svg");
			cli_put_dump(cli, series->infos[series->growth->warmup].path);
			cli_put_path(cli, series->infos[series->count - 1].path);
			rg_sink_puts(cli->sink, "\nwhich container grew: refgraph growth "
						"--containers");
			cli_put_dump(cli, series->infos[series->growth->warmup].path);
			for (size_t i = series->growth->warmup + 1; i < series->count; i++)
				cli_put_path(cli, series->infos[i].path);
			rg_sink_puts(cli->sink, "\n");
		}
	}
	return CLI_OK;
}

int growth_report_csv(struct cli *cli, const struct growth_series *series)
{
	size_t rows = cli->options.limit_given ? shown_rows(cli, series->growth)
					       : series->growth->count;
	struct names names;
	rg_table *table;
	rg_error *error = make_table(series, true, &names, &table);

	if (!error) {
		for (size_t i = 0; i < rows; i++)
			add_row(table, series, &series->growth->rows[i], true);
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
	rg_json_put_string(json, "module", row->module);
	rg_json_put_string(json, "origin", rg_origin_name(row->origin));
	put_numbers(json, "counts", row->counts, dumps);
	put_numbers(json, "bytes", row->bytes, dumps);
	put_numbers(json, "owned", row->owned, dumps);
	rg_json_put_i64(json, "count_delta", row->count_delta);
	rg_json_put_i64(json, "bytes_delta", row->bytes_delta);
	rg_json_put_i64(json, "owned_delta", row->owned_delta);
	rg_json_put_double(json, "count_slope", row->count_slope);
	rg_json_put_double(json, "bytes_slope", row->bytes_slope);
	rg_json_put_double(json, "owned_slope", row->owned_slope);
	rg_json_put_string(json, "verdict", verdicts[row->verdict]);
	rg_json_put_bool(json, "new", row->is_new);
	rg_json_put_bool(json, "gone", row->is_gone);
	rg_json_put_end(json);
}

int growth_report_json(struct cli *cli, const struct growth_series *series,
		       const struct growth_gate *gate)
{
	const struct rg_growth *growth = series->growth;
	size_t rows = cli->options.limit_given ? shown_rows(cli, growth) : growth->count;
	struct total total = total_of(series);
	rg_json *json;
	int status = cli_json_begin(cli, series->views, series->count, &json);

	if (status)
		return status;
	rg_json_put_array(json, "dumps");
	for (size_t i = 0; i < series->count; i++)
		rg_json_put_string(json, NULL, series->infos[i].path);
	rg_json_put_end(json);
	rg_json_put_u64(json, "warmup", growth->warmup);
	rg_json_put_i64(json, "count_delta", total.objects);
	rg_json_put_i64(json, "bytes_delta", total.bytes);
	rg_json_put_i64(json, "owned_delta", total.owned);
	rg_json_put_object(json, "selected");
	rg_json_put_i64(json, "count_delta", growth->count_delta);
	rg_json_put_i64(json, "bytes_delta", growth->bytes_delta);
	rg_json_put_i64(json, "owned_delta", growth->owned_delta);
	rg_json_put_end(json);
	rg_json_put_u64(json, "unchanged", growth->unchanged);
	rg_json_put_array(json, "types");
	for (size_t i = 0; i < rows; i++)
		put_row(json, &growth->rows[i], series->count);
	rg_json_put_end(json);
	if (cli->options.containers)
		growth_containers_json(cli, series, json);
	if (cli->options.survivors)
		growth_survivors_json(series, json);
	gate_json(gate, json);
	return cli_json_end(json);
}
