/* SPDX-License-Identifier: MIT */
/* refgraph types: counts and bytes by type. */
#include <stdio.h>
#include <string.h>

#include "cli/command.h"

/* For people; the column of owned bytes goes where there are none. */
static const struct rg_column columns[] = {
	{ "Count", NULL, RG_COLUMN_COUNT },
	{ "%", NULL, RG_COLUMN_PERMILLE },
	{ "Size", NULL, RG_COLUMN_BYTES },
	{ "%", NULL, RG_COLUMN_PERMILLE },
	{ "Cum", NULL, RG_COLUMN_PERMILLE },
	{ "Type", NULL, RG_COLUMN_TEXT },
};
static const struct rg_column columns_owned[] = {
	{ "Count", NULL, RG_COLUMN_COUNT },
	{ "%", NULL, RG_COLUMN_PERMILLE },
	{ "Size", NULL, RG_COLUMN_BYTES },
	{ "%", NULL, RG_COLUMN_PERMILLE },
	{ "Cum", NULL, RG_COLUMN_PERMILLE },
	{ "Owned", NULL, RG_COLUMN_BYTES },
	{ "Type", NULL, RG_COLUMN_TEXT },
};

/* @part of @whole in tenths of a per cent, rounded, for any 64-bit values. */
static int64_t permille(uint64_t part, uint64_t whole)
{
	return whole ? (int64_t)(((unsigned __int128)part * 1000 + whole / 2) / whole) : 0;
}

static size_t shown_rows(const struct cli *cli, const struct rg_type_table *types)
{
	uint64_t limit = cli->options.limit;

	return limit && limit < types->count ? (size_t)limit : types->count;
}

static void add_row(rg_table *table, const struct rg_type_table *types,
		    const struct rg_type_row *type, uint64_t running)
{
	rg_table_number(table, (int64_t)type->count);
	rg_table_number(table, permille(type->count, types->objects));
	rg_table_number(table, (int64_t)type->bytes);
	rg_table_number(table, permille(type->bytes, types->bytes));
	rg_table_number(table, permille(running, types->bytes));
	if (type->owned)
		rg_table_number(table, (int64_t)type->owned);
	else if (types->owned)
		rg_table_empty(table);
	rg_table_text(table, type->name);
}

/* With @raw for machines: an empty cell would be a number that is not there. */
static void fill(rg_table *table, const struct rg_type_table *types, size_t rows, bool raw)
{
	uint64_t running = 0;

	for (size_t i = 0; i < rows; i++) {
		const struct rg_type_row *type = &types->rows[i];

		running += type->bytes;
		if (!raw) {
			add_row(table, types, type, running);
			continue;
		}
		rg_table_text(table, type->name);
		rg_table_number(table, (int64_t)type->count);
		rg_table_number(table, (int64_t)type->bytes);
		rg_table_number(table, (int64_t)type->owned);
		rg_table_number(table, (int64_t)type->tracked);
		rg_table_text(table, type->module);
		rg_table_text(table, rg_origin_name(type->origin));
	}
}

static void put_rest(struct cli *cli, const struct rg_type_table *types, size_t rows)
{
	char number[RG_FORMAT_SIZE], size[RG_FORMAT_SIZE];
	uint64_t bytes = 0;

	if (rows == types->count)
		return;
	for (size_t i = rows; i < types->count; i++)
		bytes += types->rows[i].bytes;
	rg_sink_printf(cli->sink, "%s more types, %s: -n 0 shows all\n",
		       rg_format_count(types->count - rows, number), rg_format_bytes(bytes, size));
}

/* Rows of one block, in the order of the table. */
struct block {
	size_t count;
	uint64_t objects, bytes, owned;
};

static void add_block(struct cli *cli, const struct rg_dump_info *info,
		      const struct rg_type_table *types, enum cli_block which,
		      const struct block *block, rg_table *table)
{
	char title[128], line[256], count[RG_FORMAT_SIZE], size[RG_FORMAT_SIZE];
	int64_t share = permille(block->bytes, types->bytes);
	size_t shown = cli_block_rows(cli, which, block->count), at = 0;
	uint64_t running = 0;

	if (!block->count)
		return;
	cli_block_title(info, which, title, sizeof(title));
	snprintf(line, sizeof(line), "%s%s%s %s%s%s%s%d.%d%%", title, cli->dot,
		 rg_format_count(block->objects, count),
		 block->objects == 1 ? "object" : "objects", cli->dot,
		 rg_format_bytes(block->bytes, size), cli->dot, (int)(share / 10),
		 (int)(share % 10));
	if (block->owned)
		snprintf(line + strlen(line), sizeof(line) - strlen(line), "%s%s owned", cli->dot,
			 rg_format_bytes(block->owned, size));
	rg_table_heading(table, line);
	for (size_t i = 0; i < types->count && at < shown; i++) {
		if (cli_block(types->rows[i].origin) != which)
			continue;
		running += types->rows[i].bytes;
		add_row(table, types, &types->rows[i], running);
		at++;
	}
	if (shown == block->count)
		return;
	snprintf(line, sizeof(line), "%s%s more %s, %s", cli->ascii ? "... " : "\u2026 ",
		 rg_format_count(block->count - shown, count),
		 block->count - shown == 1 ? "type" : "types",
		 rg_format_bytes(block->bytes - running, size));
	rg_table_note(table, line);
}

/* The program's own types first, on a terminal and where the dump says which these are. */
static bool fill_blocks(struct cli *cli, const struct rg_dump_info *info,
			const struct rg_type_table *types, rg_table *table, size_t *ret_shown)
{
	struct block blocks[CLI_BLOCKS];
	bool known = false;

	memset(blocks, 0, sizeof(blocks));
	for (size_t i = 0; i < types->count; i++) {
		struct block *block = &blocks[cli_block(types->rows[i].origin)];

		block->count++;
		block->objects += types->rows[i].count;
		block->bytes += types->rows[i].bytes;
		block->owned += types->rows[i].owned;
		known |= types->rows[i].origin != RG_ORIGIN_UNKNOWN;
	}
	if (!cli->width || !known)
		return false;
	*ret_shown = 0;
	for (int b = 0; b < CLI_BLOCKS; b++) {
		add_block(cli, info, types, (enum cli_block)b, &blocks[b], table);
		*ret_shown += cli_block_rows(cli, (enum cli_block)b, blocks[b].count);
	}
	return true;
}

/* Whether it takes a thousandth of the memory. */
static bool is_large(const struct rg_type_table *types, const struct rg_type_row *row)
{
	return (unsigned __int128)(row->bytes + row->owned) * 1000 >= types->bytes;
}

/*
 * What is worth a look: the program's own, else a package's, else the
 * library's; of these two what takes some memory.
 */
static const struct rg_type_row *most_telling(const struct rg_type_table *types)
{
	static const enum rg_origin order[] = {
		RG_ORIGIN_PROGRAM, RG_ORIGIN_UNKNOWN, RG_ORIGIN_PACKAGE, RG_ORIGIN_RUNTIME,
	};

	for (size_t o = 0; o < sizeof(order) / sizeof(order[0]); o++)
		for (size_t i = 0; i < types->count; i++) {
			const struct rg_type_row *row = &types->rows[i];

			if (row->origin != order[o] ||
			    (row->origin != RG_ORIGIN_PROGRAM && row->origin != RG_ORIGIN_UNKNOWN &&
			     !is_large(types, row)))
				continue;
			/* What has a module is no built-in type. */
			if (row->origin == RG_ORIGIN_PROGRAM || row->origin == RG_ORIGIN_PACKAGE ||
			    strchr(row->name, '.'))
				return row;
		}
	return NULL;
}

static void put_next(struct cli *cli, const struct rg_dump_info *info,
		     const struct rg_type_table *types)
{
	const struct rg_type_row *row = most_telling(types);

	if (!types->count)
		return;
	rg_sink_puts(cli->sink, row ? "next: refgraph chain" : "next: refgraph objects");
	cli_put_dump(cli, info->path);
	if (row)
		cli_put_object(cli, row->name, "#0");
	rg_sink_puts(cli->sink, "\n");
}

static int report(struct cli *cli, const struct rg_dump_info *info,
		  const struct rg_type_table *types)
{
	struct rg_table_style style = cli_table_style(cli);
	size_t rows = shown_rows(cli, types);
	bool blocks;
	rg_table *table;
	rg_error *error = types->owned ? rg_table_new(columns_owned, 7, &table)
				       : rg_table_new(columns, 6, &table);

	if (error)
		return cli_fail(error);
	blocks = fill_blocks(cli, info, types, table, &rows);
	if (!blocks)
		fill(table, types, rows, false);
	cli_head(cli, info);
	rg_sink_puts(cli->sink, "\n");
	error = rg_table_write(table, &style, cli->sink);
	rg_table_free(table);
	if (error)
		return cli_fail(error);
	rg_sink_puts(cli->sink, "\n");
	cli_put_left_out(cli, types->left_out, types->objects - types->selected_objects,
			 types->bytes - types->selected_bytes, types->bytes);
	if (!blocks)
		put_rest(cli, types, rows);
	else if (rows < types->count)
		rg_sink_puts(cli->sink, "-n 0 shows all types\n");
	put_next(cli, info, types);
	return CLI_OK;
}

static int report_csv(struct cli *cli, const struct rg_type_table *types)
{
	static const struct rg_column raw[] = {
		{ "Type", "type", RG_COLUMN_TEXT },
		{ "Count", "count", RG_COLUMN_COUNT },
		{ "Size", "bytes", RG_COLUMN_BYTES },
		{ "Owned", "owned", RG_COLUMN_BYTES },
		{ "Tracked", "tracked", RG_COLUMN_COUNT },
		{ "Module", "module", RG_COLUMN_TEXT },
		{ "Origin", "origin", RG_COLUMN_TEXT },
	};
	rg_table *table;
	rg_error *error = rg_table_new(raw, sizeof(raw) / sizeof(raw[0]), &table);

	if (error)
		return cli_fail(error);
	fill(table, types, cli->options.limit_given ? shown_rows(cli, types) : types->count, true);
	error = rg_table_csv(table, cli->sink);
	rg_table_free(table);
	return error ? cli_fail(error) : CLI_OK;
}

static int report_json(struct cli *cli, rg_dump *dump, const struct rg_type_table *types)
{
	const struct rg_dump_info *info = rg_dump_info(dump);
	size_t rows = cli->options.limit_given ? shown_rows(cli, types) : types->count;
	rg_json *json;
	int status = cli_json_begin(cli, &info, 1, &json);

	if (status)
		return status;
	rg_json_put_u64(json, "objects", types->objects);
	rg_json_put_u64(json, "bytes", types->bytes);
	rg_json_put_u64(json, "owned", types->owned);
	rg_json_put_u64(json, "tracked", types->tracked);
	cli_json_selected(json, types->selected_objects, types->selected_bytes,
			  types->selected_owned);
	rg_json_put_array(json, "types");
	for (size_t i = 0; i < rows; i++) {
		const struct rg_type_row *type = &types->rows[i];

		rg_json_put_object(json, NULL);
		rg_json_put_string(json, "type", type->name);
		if (type->type_address)
			rg_json_put_address(json, "type_address", type->type_address);
		else
			rg_json_put_null(json, "type_address");
		rg_json_put_string(json, "module", type->module);
		rg_json_put_string(json, "origin", rg_origin_name(type->origin));
		rg_json_put_u64(json, "count", type->count);
		rg_json_put_u64(json, "bytes", type->bytes);
		rg_json_put_u64(json, "owned", type->owned);
		rg_json_put_u64(json, "tracked", type->tracked);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	return cli_json_end(json);
}

static int run(struct cli *cli)
{
	static const enum rg_type_order orders[] = {
		RG_TYPES_BY_BYTES, RG_TYPES_BY_COUNT, RG_TYPES_BY_NAME, RG_TYPES_BY_OWNED,
	};
	struct rg_types_options options;
	struct rg_type_table *types = NULL;
	rg_dump *dump = NULL;
	rg_error *error;
	int status = cli_load(cli, cli->operands[0], &dump);

	if (status)
		return status;
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.tracked_only = cli->options.tracked;
	options.short_names = cli->options.short_names;
	options.order = orders[cli->options.sort];
	options.select = cli_selection(cli);
	error = rg_types(rg_dump_objects(dump), &options, &types);
	status = error ? cli_fail(error) : cli_open(cli);
	if (!status) {
		if (cli->options.format == CLI_JSON)
			status = report_json(cli, dump, types);
		else if (cli->options.format == CLI_CSV)
			status = report_csv(cli, types);
		else
			status = report(cli, rg_dump_info(dump), types);
	}
	rg_types_free(types);
	rg_dump_close(dump);
	return status;
}

static const struct cli_option options[] = {
	{ 'n', "limit", "N", CLI_NUMBER, CLI_FIELD(limit), NULL,
	  "show N types, 0 for all (20; in JSON and CSV all)" },
	{ 0, "sort", "ORDER", CLI_CHOICE, CLI_FIELD(sort), "bytes|count|name|owned",
	  "by which column" },
	{ 0, "tracked", NULL, CLI_FLAG, CLI_FIELD(tracked), NULL,
	  "only objects known to the cycle collector" },
	{ 0, "short", NULL, CLI_FLAG, CLI_FIELD(short_names), NULL,
	  "names without modules; types of one name become one" },
	CLI_SELECT_OPTIONS,
	CLI_OPTIONS_END,
};

const struct cli_command cli_types = {
	.name = "types",
	.operands = "DUMP",
	.summary = "counts and bytes by type",
	.text = "Counts all objects by type. Size is what the objects take themselves, owned what\n"
		"they hold outside of that (buffers, arrays).",
	.options = options,
	.formats = CLI_ANY(CLI_TABLE) | CLI_ANY(CLI_JSON) | CLI_ANY(CLI_CSV),
	.format = CLI_TABLE,
	.least = 1,
	.most = 1,
	.run = run,
};
