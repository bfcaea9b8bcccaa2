/* SPDX-License-Identifier: MIT */
/* What refgraph retained says to people, and its CSV. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/retained_tree.h"

static size_t shown_rows(const struct cli *cli, size_t count)
{
	bool all = cli->options.all || !cli->options.limit ||
		   (cli->options.format == CLI_CSV && !cli->options.limit_given);

	return all || count < cli->options.limit ? count : (size_t)cli->options.limit;
}

static int put_table(struct cli *cli, rg_table *table)
{
	struct rg_table_style style = cli_table_style(cli);
	rg_error *error = cli->options.format == CLI_CSV
				  ? rg_table_csv(table, cli->sink)
				  : rg_table_write(table, &style, cli->sink);

	rg_table_free(table);
	return error ? cli_fail(error) : CLI_OK;
}

/* --- objects ------------------------------------------------------------------ */

static const struct rg_column object_columns[] = {
	{ "Retained", "retained", RG_COLUMN_BYTES },
	{ "%", "share", RG_COLUMN_PERMILLE },
	{ "Size", "size", RG_COLUMN_BYTES },
	{ "Owned", "owned", RG_COLUMN_BYTES },
	{ "Address", "address", RG_COLUMN_TEXT },
	{ "Object", "object", RG_COLUMN_TEXT },
	{ "Held by", "held_by", RG_COLUMN_TEXT },
	{ NULL, "type", RG_COLUMN_TEXT },
	{ NULL, "dominator", RG_COLUMN_TEXT },
};
#define OBJECT_COLUMNS (sizeof(object_columns) / sizeof(object_columns[0]))
#define SHOWN_OBJECT_COLUMNS 7

static int put_objects(struct cli *cli, const struct retained *retained)
{
	bool csv = cli->options.format == CLI_CSV;
	size_t shown = shown_rows(cli, retained->rows.count);
	rg_table *table;
	rg_error *error = rg_table_new(object_columns, csv ? OBJECT_COLUMNS : SHOWN_OBJECT_COLUMNS,
				       &table);

	if (error)
		return cli_fail(error);
	for (size_t i = 0; i < shown; i++) {
		rg_id id = retained->rows.ids[i], above = retained->dominators->dominator[id];
		struct rg_object object = rg_graph_object(retained->graph, id);
		char address[24], words[RETAINED_WORDS], holder[2 * RETAINED_WORDS + 8];

		snprintf(address, sizeof(address), "0x%" PRIx64, object.address);
		cli_describe(cli, retained->graph, id, words, sizeof(words));
		retained_held_by(cli, retained, id, holder, sizeof(holder));
		rg_table_number(table, (int64_t)retained->dominators->retained[id]);
		if (retained_alive(retained, id))
			rg_table_number(table, (int64_t)retained_share(
					retained, retained->dominators->retained[id]));
		else
			rg_table_empty(table);
		rg_table_number(table, (int64_t)object.size);
		if (object.owned || csv)
			rg_table_number(table, (int64_t)object.owned);
		else
			rg_table_empty(table);
		rg_table_text(table, address);
		rg_table_text(table, words);
		rg_table_text(table, holder);
		if (!csv)
			continue;
		rg_table_text(table, cli_type_name(cli, retained->graph, object.type));
		address[0] = '\0';
		if (above < retained->dominators->objects)
			snprintf(address, sizeof(address), "0x%" PRIx64,
				 rg_graph_object(retained->graph, above).address);
		rg_table_text(table, address);
	}
	return put_table(cli, table);
}

/* --- types and modules ---------------------------------------------------------- */

static int put_groups(struct cli *cli, const struct retained *retained,
		      const struct rg_retained_table *groups, const char *title, const char *key)
{
	struct rg_column columns[] = {
		{ "Retained", "retained", RG_COLUMN_BYTES },
		{ "%", "share", RG_COLUMN_PERMILLE },
		{ "Count", "count", RG_COLUMN_COUNT },
		{ "Size", "bytes", RG_COLUMN_BYTES },
		{ "Owned", "owned", RG_COLUMN_BYTES },
		{ title, key, RG_COLUMN_TEXT },
	};
	size_t shown = shown_rows(cli, groups->count);
	rg_table *table;
	rg_error *error = rg_table_new(columns, sizeof(columns) / sizeof(columns[0]), &table);

	if (error)
		return cli_fail(error);
	for (size_t i = 0; i < shown; i++) {
		const struct rg_retained_row *row = &groups->rows[i];

		rg_table_number(table, (int64_t)row->retained);
		rg_table_number(table, (int64_t)retained_share(retained, row->retained));
		rg_table_number(table, (int64_t)row->count);
		rg_table_number(table, (int64_t)row->bytes);
		if (row->owned || cli->options.format == CLI_CSV)
			rg_table_number(table, (int64_t)row->owned);
		else
			rg_table_empty(table);
		rg_table_text(table, groups == retained->types
					     ? cli_type_name(cli, retained->graph, row->type)
					     : row->name);
	}
	return put_table(cli, table);
}

/* --- roots and threads ------------------------------------------------------------ */

static int put_roots(struct cli *cli, const struct retained *retained, size_t *ret_count)
{
	static const struct rg_column columns[] = {
		{ "Retained", "retained", RG_COLUMN_BYTES },
		{ "%", "share", RG_COLUMN_PERMILLE },
		{ "Root", "root", RG_COLUMN_TEXT },
		{ "Object", "object", RG_COLUMN_TEXT },
		{ NULL, "root_kind", RG_COLUMN_TEXT },
	};
	size_t wanted = cli->options.format == CLI_CSV ? 5 : 4, shown;
	struct retained_root *rows = retained_roots(retained, ret_count);
	rg_table *table;
	rg_error *error;

	if (!rows)
		return cli_no_memory();
	shown = shown_rows(cli, *ret_count);
	error = rg_table_new(columns, wanted, &table);
	for (size_t i = 0; !error && i < shown; i++) {
		char words[RETAINED_WORDS] = "";

		if (rows[i].object != RG_NONE)
			cli_describe(cli, retained->graph, rows[i].object, words, sizeof(words));
		rg_table_number(table, (int64_t)rows[i].retained);
		rg_table_number(table, (int64_t)retained_share(retained, rows[i].retained));
		rg_table_text(table, rows[i].name);
		rg_table_text(table, words);
		if (wanted > 4)
			rg_table_text(table, rows[i].root ? rg_root_kind_name(rows[i].root->kind)
							  : "");
	}
	free(rows);
	return error ? cli_fail(error) : put_table(cli, table);
}

static int put_threads(struct cli *cli, const struct retained *retained)
{
	static const struct rg_column columns[] = {
		{ "Retained", "retained", RG_COLUMN_BYTES },
		{ "%", "share", RG_COLUMN_PERMILLE },
		{ "Thread", "thread", RG_COLUMN_TEXT },
	};
	rg_table *table;
	rg_error *error = rg_table_new(columns, 3, &table);

	if (error)
		return cli_fail(error);
	for (size_t i = 0; i < retained->dominators->holder_count; i++) {
		const struct rg_holder *holder = &retained->dominators->holders[i];
		char name[RETAINED_WORDS];

		if (holder->kind != RG_HOLDER_THREAD)
			continue;
		retained_holder(retained, i, name, sizeof(name));
		rg_table_number(table, (int64_t)holder->retained);
		rg_table_number(table, (int64_t)retained_share(retained, holder->retained));
		rg_table_text(table, name);
	}
	return put_table(cli, table);
}

/* --- the report --------------------------------------------------------------------- */

static void put_count(struct cli *cli, uint64_t count, const char *one, const char *many)
{
	char number[RG_FORMAT_SIZE];

	rg_sink_printf(cli->sink, "%s %s", rg_format_count(count, number), count == 1 ? one : many);
}

static void put_totals(struct cli *cli, const struct retained *retained)
{
	const struct rg_dominators *dominators = retained->dominators;
	char bytes[RG_FORMAT_SIZE];

	rg_sink_printf(cli->sink, "%s%s in ", cli_bold(cli),
		       rg_format_bytes(dominators->alive_bytes, bytes));
	put_count(cli, dominators->alive_objects, "living object", "living objects");
	rg_sink_puts(cli->sink, cli_plain(cli));
	if (dominators->unreachable_objects) {
		rg_sink_printf(cli->sink, "; no root leads to ");
		put_count(cli, dominators->unreachable_objects, "more", "more");
		rg_sink_printf(cli->sink, ", %s: refgraph cycles",
			       rg_format_bytes(dominators->unreachable_bytes, bytes));
	}
	rg_sink_puts(cli->sink, "\n\n");
}

/* What would go with what was named: exactly, at least, and at once. */
static void put_set(struct cli *cli, const struct retained *retained)
{
	const struct rg_retained_set *set = retained->set;
	char bytes[RG_FORMAT_SIZE];

	rg_sink_printf(cli->sink, "%s%s would go", cli_bold(cli),
		       rg_format_bytes(set->bytes, bytes));
	if (set->members) {
		rg_sink_puts(cli->sink, " with ");
		put_count(cli, set->members, "object", "objects");
	}
	if (retained->cut_count) {
		rg_sink_puts(cli->sink, set->members ? " and " : " with ");
		put_count(cli, retained->cut_count, "reference", "references");
	}
	rg_sink_printf(cli->sink, "%s: ", cli_plain(cli));
	put_count(cli, set->objects, "object", "objects");
	rg_sink_puts(cli->sink, "\n");
	if (set->minimum < set->bytes && set->members > 1)
		rg_sink_printf(cli->sink, "%s of it hang from single ones of them, the rest from "
			       "several\n", rg_format_bytes(set->minimum, bytes));
	if (cli->options.release) {
		rg_sink_printf(cli->sink, "%s of it at once, by the counts alone: ",
			       rg_format_bytes(retained->release.bytes, bytes));
		put_count(cli, retained->release.objects, "object", "objects");
		rg_sink_puts(cli->sink, retained->release.objects < set->objects
						? "; the rest waits for a collection\n" : "\n");
	}
	if (retained->excluded.count) {
		rg_sink_puts(cli->sink, "as if ");
		put_count(cli, retained->excluded.count, "object", "objects");
		rg_sink_puts(cli->sink, " held nothing\n");
	}
	if (set->unreachable) {
		rg_sink_puts(cli->sink, "left aside: ");
		put_count(cli, set->unreachable, "object", "objects");
		rg_sink_puts(cli->sink, " that no root leads to\n");
	}
	if (set->members)
		rg_sink_puts(cli->sink, "\n");
}

static void put_rest(struct cli *cli, uint64_t count, size_t shown, const char *one)
{
	char number[RG_FORMAT_SIZE];

	if (shown < count)
		rg_sink_printf(cli->sink, "\n%s more %s%s: -n 0 shows all\n",
			       rg_format_count(count - shown, number), one,
			       count - shown == 1 ? "" : "s");
}

static void put_next(struct cli *cli, const struct retained *retained)
{
	const char *path = rg_dump_info(retained->dump)->path;
	bool rows = retained->rows.count;

	rg_sink_printf(cli->sink, "\nnext: refgraph %s", rows ? "chain" : "types");
	cli_put_dump(cli, path);
	if (rows)
		rg_sink_printf(cli->sink, " 0x%" PRIx64,
			       rg_graph_object(retained->graph, retained->rows.ids[0]).address);
	rg_sink_puts(cli->sink, "\n");
}

/* Rows of groups overlap: who adds them up is told. */
static void put_overlap(struct cli *cli)
{
	rg_sink_puts(cli->sink, "\nat least so much: what single objects retain; rows overlap, so "
		     "they add up to more than there is\n");
}

static int put_by(struct cli *cli, const struct retained *retained)
{
	const struct rg_words *words = rg_graph_words(retained->graph);
	char title[CLI_TITLE];
	size_t count = 0;
	int status;

	cli_module_title(retained->graph, title);
	switch (cli->options.by) {
	case RETAINED_BY_TYPE:
		status = put_groups(cli, retained, retained->types, "Type", "type");
		put_rest(cli, retained->types->count, shown_rows(cli, retained->types->count),
			 "type");
		put_overlap(cli);
		return status;
	case RETAINED_BY_MODULE:
		status = put_groups(cli, retained, retained->modules, title, "module");
		put_rest(cli, retained->modules->count, shown_rows(cli, retained->modules->count),
			 words->module);
		put_overlap(cli);
		return status;
	case RETAINED_BY_ROOT:
		status = put_roots(cli, retained, &count);
		put_rest(cli, count, shown_rows(cli, count), "root");
		return status;
	case RETAINED_BY_THREAD:
		return put_threads(cli, retained);
	default:
		if (!retained->rows.count)
			return CLI_OK;
		status = put_objects(cli, retained);
		put_rest(cli, retained->passing, shown_rows(cli, retained->rows.count), "object");
		return status;
	}
}

int retained_text(struct cli *cli, const struct retained *retained)
{
	int status;

	cli_head(cli, rg_dump_info(retained->dump));
	if (retained->asked)
		put_set(cli, retained);
	else
		put_totals(cli, retained);
	if (retained->dominators->certified)
		rg_sink_puts(cli->sink, "proved: every dominator and every sum\n\n");
	status = cli->options.tree ? retained_draw(cli, retained) : put_by(cli, retained);
	if (status)
		return status;
	if (cli_selects(cli) && !retained->asked) {
		rg_sink_puts(cli->sink, "\n");
		if (cli_put_left_out_by(cli))
			rg_sink_puts(cli->sink, ": rows of other types; their bytes count\n");
	}
	put_next(cli, retained);
	return CLI_OK;
}

int retained_csv(struct cli *cli, const struct retained *retained)
{
	size_t count;

	switch (cli->options.by) {
	case RETAINED_BY_TYPE:
		return put_groups(cli, retained, retained->types, "Type", "type");
	case RETAINED_BY_MODULE:
		return put_groups(cli, retained, retained->modules, "Module", "module");
	case RETAINED_BY_ROOT:
		return put_roots(cli, retained, &count);
	case RETAINED_BY_THREAD:
		return put_threads(cli, retained);
	default:
		return put_objects(cli, retained);
	}
}
