/* SPDX-License-Identifier: MIT */
/*
 * growth --containers: which container grew.  Those that are reached in the same
 * way, of which a program may have thousands, are one line here.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/growth.h"

#define WORDS_SIZE 1024

/* Rows of one signature, as a reader sees them. */
struct group {
	const struct rg_container_growth_row *first; /* of those that have more elements */
	size_t rows;
	uint64_t *elements; /* by dump */
	int64_t element_delta, retained_delta;
	uint64_t shared;
	size_t place;       /* of the first among all rows */
};

struct groups {
	struct group *data;
	size_t count;
	uint64_t *numbers;
	size_t others; /* rows without a change of elements */
};

/* The module that a shape begins with: "app.views" of sys.modules['app.views']>... */
static bool root_module(const struct rg_container_growth_row *row, char *module, size_t size)
{
	const char *start = strstr(row->shape, "['"), *end = start ? strstr(start, "']>") : NULL;

	if (!end || row->shape[strcspn(row->shape, "[>")] == '>')
		return false;
	snprintf(module, size, "%.*s", (int)(end - start - 2), start + 2);
	return true;
}

bool growth_container_shown(const struct cli *cli, const struct rg_container_growth_row *row)
{
	struct rg_type_selection select = cli_selection(cli);
	struct rg_type type;
	char module[256];

	memset(&type, 0, sizeof(type));
	type.name = row->type;
	type.short_name = row->type;
	type.module = root_module(row, module, sizeof(module)) ? module : "";
	type.origin = row->origin;
	return rg_type_selected(&type, &select);
}

static int64_t plus(int64_t a, int64_t b)
{
	int64_t result;

	if (__builtin_add_overflow(a, b, &result))
		return a < 0 ? INT64_MIN : INT64_MAX;
	return result;
}

static uint64_t plus_u64(uint64_t a, uint64_t b)
{
	uint64_t result;

	return __builtin_add_overflow(a, b, &result) ? UINT64_MAX : result;
}

static void add_to_group(struct group *group, const struct rg_container_growth_row *row,
			 size_t dumps)
{
	for (size_t d = 0; d < dumps; d++)
		group->elements[d] = plus_u64(group->elements[d], row->elements[d]);
	group->element_delta = plus(group->element_delta, row->element_delta);
	group->retained_delta = plus(group->retained_delta, row->retained_delta);
	group->shared = plus_u64(group->shared, row->shared);
	group->rows++;
}

static int compare_signatures(const void *a, const void *b)
{
	const struct group *left = a, *right = b;
	int order = strcmp(left->first->signature, right->first->signature);

	return order ? order : (left->place > right->place) - (left->place < right->place);
}

static int compare_groups(const void *a, const void *b)
{
	const struct group *left = a, *right = b;

	if ((left->element_delta > 0) != (right->element_delta > 0))
		return left->element_delta > 0 ? -1 : 1;
	if (left->retained_delta != right->retained_delta)
		return left->retained_delta > right->retained_delta ? -1 : 1;
	return (left->place > right->place) - (left->place < right->place);
}

static bool has_news(const struct rg_container_growth *growth,
		     const struct rg_container_growth_row *row)
{
	for (size_t d = growth->warmup + 1; d < growth->dumps; d++)
		if (row->elements[d] != row->elements[growth->warmup])
			return true;
	return false;
}

static bool changed(const struct rg_container_growth *growth,
		    const struct rg_container_growth_row *row)
{
	for (size_t d = growth->warmup + 1; d < growth->dumps; d++)
		if (row->elements[d] != row->elements[growth->warmup] ||
		    row->retained[d] != row->retained[growth->warmup] ||
		    row->containers[d] != row->containers[growth->warmup])
			return true;
	return false;
}

/* One group a signature, of rows whose elements changed; false: no memory. */
static bool make_groups(const struct cli *cli, const struct rg_container_growth *growth,
			struct groups *ret)
{
	size_t kept = 0;

	ret->data = calloc(growth->count + 1, sizeof(*ret->data));
	ret->numbers = calloc(growth->count + 1, growth->dumps * sizeof(*ret->numbers));
	if (!ret->data || !ret->numbers)
		return false;
	for (size_t i = 0; i < growth->count; i++) {
		const struct rg_container_growth_row *row = &growth->rows[i];

		if (!growth_container_shown(cli, row))
			continue;
		if (has_news(growth, row))
			ret->data[ret->count++] = (struct group){ .first = row, .place = i };
		else
			ret->others += changed(growth, row);
	}
	qsort(ret->data, ret->count, sizeof(*ret->data), compare_signatures);
	for (size_t i = 0; i < ret->count; i++) {
		const struct rg_container_growth_row *row = ret->data[i].first;

		if (!kept || strcmp(ret->data[kept - 1].first->signature, row->signature) != 0) {
			ret->data[kept] = (struct group){ .first = row,
							  .place = ret->data[i].place };
			ret->data[kept].elements = ret->numbers + kept * growth->dumps;
			kept++;
		}
		add_to_group(&ret->data[kept - 1], row, growth->dumps);
	}
	ret->count = kept;
	qsort(ret->data, kept, sizeof(*ret->data), compare_groups);
	return true;
}

static void free_groups(struct groups *groups)
{
	free(groups->data);
	free(groups->numbers);
}

static const char *remark(const struct rg_container_growth *growth,
			  const struct rg_container_growth_row *row)
{
	size_t judged = growth->dumps - growth->warmup;

	if (row->is_new)
		return "new";
	if (row->is_gone)
		return "gone";
	if (row->verdict == RG_VERDICT_CLIMBING && judged > 2)
		return row->grown == judged - 1 ? "grew every time" : "keeps growing";
	if (row->verdict == RG_VERDICT_PLATEAUED)
		return "grew, then stayed";
	return "";
}

/* "sys.modules['app'].cache  dict of app.Session, and 12 like it" */
static void put_words(const struct rg_container_growth *growth, const struct group *group,
		      char *words, size_t size)
{
	const struct rg_container_growth_row *row = group->first;
	uint64_t here = row->containers[growth->dumps - 1];
	uint64_t more = group->rows - 1 + (growth->same_process || !here ? 0 : here - 1);
	char number[RG_FORMAT_SIZE], like[RG_FORMAT_SIZE + 16] = "";

	if (more)
		snprintf(like, sizeof(like), ", and %s like it", rg_format_count(more, number));
	snprintf(words, size, "%s%s%s%s", row->type, *row->element_type ? " of " : "",
		 row->element_type, like);
}

/* What columns are called: a table does not copy that. */
struct names {
	char titles[GROWTH_MOST_COLUMNS][GROWTH_TITLE_SIZE];
	char keys[GROWTH_MOST_COLUMNS][32];
};

static size_t name_dumps(const struct growth_series *series, bool csv, struct names *names,
			 struct rg_column *columns)
{
	size_t most = csv && series->count > GROWTH_MOST_COLUMNS ? GROWTH_MOST_COLUMNS
								 : series->count;
	size_t at = 0;

	for (size_t d = 0; d < most; d++) {
		if (!csv && !growth_is_shown(d, series->count))
			continue;
		growth_title(series->infos[d].path, names->titles[at]);
		snprintf(names->keys[at], sizeof(names->keys[at]), "elements_%zu", d);
		columns[at] = (struct rg_column){ names->titles[at], names->keys[at],
						  RG_COLUMN_COUNT };
		at++;
	}
	return at;
}

static rg_error *write_groups(struct cli *cli, const struct growth_series *series,
			      const struct groups *groups, size_t rows)
{
	struct rg_column columns[GROWTH_MOST_COLUMNS + 6];
	const struct rg_container_growth *growth = series->grown;
	struct rg_table_style style = cli_table_style(cli);
	struct names names;
	rg_table *table;
	rg_error *error;
	size_t at = name_dumps(series, false, &names, columns);

	columns[at++] = (struct rg_column){ "Change", NULL, RG_COLUMN_DELTA };
	columns[at++] = (struct rg_column){ "Retained", NULL, RG_COLUMN_BYTES_DELTA };
	columns[at++] = (struct rg_column){ "Shared", NULL, RG_COLUMN_BYTES };
	columns[at++] = (struct rg_column){ "Container", NULL, RG_COLUMN_TEXT };
	columns[at++] = (struct rg_column){ "Holds", NULL, RG_COLUMN_TEXT };
	columns[at++] = (struct rg_column){ "", NULL, RG_COLUMN_TEXT };
	error = rg_table_new(columns, at, &table);
	if (error)
		return error;
	for (size_t i = 0; i < rows; i++) {
		const struct group *group = &groups->data[i];
		char words[WORDS_SIZE];

		for (size_t d = 0; d < series->count; d++)
			if (growth_is_shown(d, series->count))
				rg_table_number(table, (int64_t)group->elements[d]);
		rg_table_number(table, group->element_delta);
		rg_table_number(table, group->retained_delta);
		if (group->shared)
			rg_table_number(table, (int64_t)group->shared);
		else
			rg_table_empty(table);
		rg_table_text(table, group->first->path ? group->first->path
							: group->first->shape);
		put_words(growth, group, words, sizeof(words));
		rg_table_text(table, words);
		rg_table_text(table, remark(growth, group->first));
	}
	error = rg_table_write(table, &style, cli->sink);
	rg_table_free(table);
	return error;
}

static void put_summary(struct cli *cli, const struct growth_series *series,
			const struct groups *groups)
{
	char first[GROWTH_TITLE_SIZE], last[GROWTH_TITLE_SIZE], number[RG_FORMAT_SIZE];
	uint64_t more = 0;

	for (size_t i = 0; i < groups->count; i++)
		more += groups->data[i].element_delta > 0 ? groups->data[i].rows : 0;
	growth_title(series->infos[series->grown->warmup].path, first);
	growth_title(series->infos[series->count - 1].path, last);
	rg_sink_printf(cli->sink, "%s%s against %s: %s %s more elements%s\n", cli_bold(cli), last,
		       first, rg_format_count(more, number),
		       more == 1 ? "container has" : "containers have", cli_plain(cli));
	if (series->grown->left_out)
		rg_sink_printf(cli->sink, "%s more have as well, but no line here: these are the "
			       "ones with most\n",
			       rg_format_count(series->grown->left_out, number));
	if (!series->same_process)
		rg_sink_puts(cli->sink, "of different processes: containers that are reached in "
					"the same way are one\n");
}

static void put_next(struct cli *cli, const struct growth_series *series,
		     const struct groups *groups)
{
	const char *last = series->infos[series->count - 1].path;

	if (!groups->count || groups->data[0].element_delta <= 0)
		return;
	rg_sink_puts(cli->sink, "\nnext: refgraph objects");
	cli_put_dump(cli, last);
	rg_sink_printf(cli->sink, " 0x%" PRIx64 "\n", groups->data[0].first->address);
	if (cli->options.graph)
		return;
	rg_sink_puts(cli->sink, "who holds what is new: refgraph growth --graph why.svg");
	cli_put_dump(cli, series->infos[series->grown->warmup].path);
	cli_put_path(cli, last);
	rg_sink_puts(cli->sink, "\n");
}

int growth_containers_report(struct cli *cli, const struct growth_series *series)
{
	struct groups groups = { NULL, 0, NULL, 0 };
	char number[RG_FORMAT_SIZE];
	rg_error *error = NULL;
	size_t rows;

	if (!make_groups(cli, series->grown, &groups)) {
		free_groups(&groups);
		return cli_no_memory();
	}
	rows = cli->options.limit && cli->options.limit < groups.count
		       ? (size_t)cli->options.limit : groups.count;
	for (size_t i = 0; i < series->count; i++)
		cli_head(cli, &series->infos[i]);
	rg_sink_puts(cli->sink, "\n");
	put_summary(cli, series, &groups);
	rg_sink_puts(cli->sink, "\n");
	if (groups.count)
		error = write_groups(cli, series, &groups, rows);
	else
		rg_sink_puts(cli->sink, "no container has more elements, or fewer\n");
	if (rows < groups.count)
		rg_sink_printf(cli->sink, "%s more: -n 0 shows all\n",
			       rg_format_count(groups.count - rows, number));
	if (groups.others)
		rg_sink_printf(cli->sink, "%s%s %s more or less without a change of elements\n",
			       rows < groups.count ? "" : "\n",
			       rg_format_count(groups.others, number),
			       groups.others == 1 ? "retains" : "retain");
	if (!error)
		put_next(cli, series, &groups);
	free_groups(&groups);
	return error ? cli_fail(error) : CLI_OK;
}

static void put_csv_row(const struct growth_series *series,
			const struct rg_container_growth_row *row, rg_table *table)
{
	static const char *const verdicts[] = { "noise", "climbing", "plateaued" };
	size_t most = series->count < GROWTH_MOST_COLUMNS ? series->count : GROWTH_MOST_COLUMNS;
	char address[24];

	for (size_t d = 0; d < most; d++)
		rg_table_number(table, (int64_t)row->elements[d]);
	rg_table_number(table, row->element_delta);
	rg_table_number(table, row->retained_delta);
	if (row->weighed) {
		rg_table_number(table, (int64_t)row->newcomers);
		rg_table_number(table, (int64_t)row->exclusive);
		rg_table_number(table, (int64_t)row->shared);
	} else {
		rg_table_empty(table);
		rg_table_empty(table);
		rg_table_empty(table);
	}
	snprintf(address, sizeof(address), "0x%" PRIx64, row->address);
	rg_table_text(table, address);
	rg_table_text(table, row->type);
	rg_table_text(table, row->element_type);
	rg_table_text(table, row->path ? row->path : "");
	rg_table_text(table, row->signature);
	rg_table_text(table, verdicts[row->verdict]);
	rg_table_text(table, row->is_new ? "new" : row->is_gone ? "gone" : "");
}

int growth_containers_csv(struct cli *cli, const struct growth_series *series)
{
	static const struct rg_column others[] = {
		{ "", "element_delta", RG_COLUMN_DELTA },
		{ "", "retained_delta", RG_COLUMN_BYTES_DELTA },
		{ "", "newcomers", RG_COLUMN_COUNT },
		{ "", "exclusive", RG_COLUMN_BYTES },
		{ "", "shared", RG_COLUMN_BYTES },
		{ "", "address", RG_COLUMN_TEXT },
		{ "", "type", RG_COLUMN_TEXT },
		{ "", "element_type", RG_COLUMN_TEXT },
		{ "", "path", RG_COLUMN_TEXT },
		{ "", "signature", RG_COLUMN_TEXT },
		{ "", "verdict", RG_COLUMN_TEXT },
		{ "", "remark", RG_COLUMN_TEXT },
	};
	const struct rg_container_growth *growth = series->grown;
	struct rg_column columns[GROWTH_MOST_COLUMNS + sizeof(others) / sizeof(others[0])];
	uint64_t limit = cli->options.limit_given ? cli->options.limit : 0, shown = 0;
	struct names names;
	rg_table *table;
	rg_error *error;
	size_t at = name_dumps(series, true, &names, columns);

	memcpy(columns + at, others, sizeof(others));
	error = rg_table_new(columns, at + sizeof(others) / sizeof(others[0]), &table);
	if (error)
		return cli_fail(error);
	for (size_t i = 0; i < growth->count && (!limit || shown < limit); i++) {
		if (!changed(growth, &growth->rows[i]) ||
		    !growth_container_shown(cli, &growth->rows[i]))
			continue;
		put_csv_row(series, &growth->rows[i], table);
		shown++;
	}
	error = rg_table_csv(table, cli->sink);
	rg_table_free(table);
	return error ? cli_fail(error) : CLI_OK;
}

static void put_numbers(rg_json *json, const char *key, const uint64_t *numbers, size_t count)
{
	rg_json_put_array(json, key);
	for (size_t i = 0; i < count; i++)
		rg_json_put_u64(json, NULL, numbers[i]);
	rg_json_put_end(json);
}

static void put_row(const struct cli *cli, rg_json *json,
		    const struct rg_container_growth_row *row, size_t dumps)
{
	static const char *const verdicts[] = { "noise", "climbing", "plateaued" };

	rg_json_put_object(json, NULL);
	rg_json_put_string(json, "signature", row->signature);
	rg_json_put_string(json, "shape",
			   cli->options.labels == RG_LABELS_NONE ? NULL : row->shape);
	rg_json_put_string(json, "path", row->path);
	rg_json_put_address(json, "address", row->address);
	rg_json_put_string(json, "type", row->type);
	rg_json_put_string(json, "element_type", row->element_type);
	rg_json_put_string(json, "origin", rg_origin_name(row->origin));
	put_numbers(json, "containers", row->containers, dumps);
	put_numbers(json, "elements", row->elements, dumps);
	put_numbers(json, "retained", row->retained, dumps);
	rg_json_put_i64(json, "element_delta", row->element_delta);
	rg_json_put_i64(json, "retained_delta", row->retained_delta);
	rg_json_put_double(json, "slope", row->slope);
	rg_json_put_string(json, "verdict", verdicts[row->verdict]);
	rg_json_put_bool(json, "new", row->is_new);
	rg_json_put_bool(json, "gone", row->is_gone);
	if (row->weighed) {
		rg_json_put_u64(json, "newcomers", row->newcomers);
		rg_json_put_u64(json, "exclusive", row->exclusive);
		rg_json_put_u64(json, "shared", row->shared);
	} else {
		rg_json_put_null(json, "newcomers");
		rg_json_put_null(json, "exclusive");
		rg_json_put_null(json, "shared");
	}
	rg_json_put_end(json);
}

void growth_containers_json(const struct cli *cli, const struct growth_series *series,
			    rg_json *json)
{
	const struct rg_container_growth *growth = series->grown;
	uint64_t limit = cli->options.limit_given ? cli->options.limit : 0, shown = 0;

	rg_json_put_bool(json, "same_process", series->same_process);
	rg_json_put_u64(json, "containers_left_out", growth->left_out);
	rg_json_put_array(json, "containers");
	for (size_t i = 0; i < growth->count && (!limit || shown < limit); i++) {
		if (!changed(growth, &growth->rows[i]) ||
		    !growth_container_shown(cli, &growth->rows[i]))
			continue;
		put_row(cli, json, &growth->rows[i], growth->dumps);
		shown++;
	}
	rg_json_put_end(json);
}
