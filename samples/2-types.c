/* SPDX-License-Identifier: MIT */
/*
 * What fills the memory?  The ten types with the most objects, as a table.
 *
 *	2-types DUMP
 */
#include <refgraph/refgraph.h>

#include <stdio.h>
#include <string.h>

#define SHOWN 10

static int fail(rg_error *error)
{
	fprintf(stderr, "%s\n", rg_error_message(error));
	rg_error_free(error);
	return 2;
}

/*
 * A table aligns, cleans and shortens what is put into it, cell by cell.  It
 * and the sink remember their first failure, so that only the end is checked.
 */
static rg_error *write_table(const struct rg_type_table *types, rg_sink *sink)
{
	static const struct rg_column columns[] = {
		{ "Count", "count", RG_COLUMN_COUNT },
		{ "Bytes", "bytes", RG_COLUMN_BYTES },
		{ "Type", "type", RG_COLUMN_TEXT },
	};
	struct rg_table_style style;
	rg_table *table;
	rg_error *error;
	size_t i;

	error = rg_table_new(columns, sizeof(columns) / sizeof(columns[0]), &table);
	if (error)
		return error;
	for (i = 0; i < types->count && i < SHOWN; i++) {
		rg_table_number(table, (int64_t)types->rows[i].count);
		rg_table_number(table, (int64_t)types->rows[i].bytes);
		rg_table_text(table, types->rows[i].name);
	}
	memset(&style, 0, sizeof(style));
	error = rg_table_write(table, &style, sink);
	rg_table_free(table);
	/* What could not be written is reported here. */
	return error ? error : rg_sink_commit(sink);
}

static rg_error *list_types(const rg_dump *dump)
{
	struct rg_types_options options;
	struct rg_type_table *types;
	rg_sink *sink;
	rg_error *error;

	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.order = RG_TYPES_BY_COUNT;
	/* Counting needs no references, so the graph without them will do: that is faster. */
	error = rg_types(rg_dump_objects(dump), &options, &types);
	if (error)
		return error;
	error = rg_sink_fd(1, "standard output", &sink);
	if (!error) {
		error = write_table(types, sink);
		rg_sink_free(sink);
	}
	rg_types_free(types);
	return error;
}

int main(int argc, char **argv)
{
	rg_dump *dump;
	rg_error *error;

	if (argc != 2) {
		fprintf(stderr, "usage: 2-types DUMP\n");
		return 2;
	}
	error = rg_dump_open(argv[1], NULL, &dump);
	if (error)
		return fail(error);
	error = list_types(dump);
	rg_dump_close(dump);
	return error ? fail(error) : 0;
}
