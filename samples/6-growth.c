/* SPDX-License-Identifier: MIT */
/*
 * What grows?  Compares the types of two dumps or more of one program, oldest
 * first.
 *
 *	6-growth DUMP DUMP...
 *
 * Exits with 1 when a type had more objects in every dump than in the one
 * before: a gate for a nightly test.
 */
#include <refgraph/refgraph.h>

#include <stdio.h>
#include <stdlib.h>

static int fail(rg_error *error)
{
	fprintf(stderr, "%s\n", rg_error_message(error));
	rg_error_free(error);
	return 2;
}

/* A table of types does not need its dump, so no two dumps are in memory at a time. */
static rg_error *count_types(const char *path, struct rg_type_table **ret)
{
	rg_dump *dump;
	rg_error *error = rg_dump_open(path, NULL, &dump);

	if (error)
		return error;
	error = rg_types(rg_dump_objects(dump), NULL, ret);
	rg_dump_close(dump);
	return error;
}

static const char *verdict(const struct rg_growth_row *row)
{
	if (row->is_new)
		return "new";
	if (row->is_gone)
		return "gone";
	switch (row->verdict) {
	case RG_VERDICT_CLIMBING:
		return "climbing";
	case RG_VERDICT_PLATEAUED:
		return "plateaued";
	default:
		return "";
	}
}

static rg_error *show(const struct rg_growth *growth)
{
	char count[RG_FORMAT_SIZE], bytes[RG_FORMAT_SIZE];
	rg_sink *sink;
	rg_error *error = rg_sink_fd(1, "standard output", &sink);
	size_t i;

	if (error)
		return error;
	for (i = 0; i < growth->count; i++) {
		const struct rg_growth_row *row = &growth->rows[i];

		rg_sink_printf(sink, "%8s %10s  %-9s ", rg_format_delta(row->count_delta, count),
			       rg_format_bytes_delta(row->bytes_delta, bytes), verdict(row));
		rg_sink_text(sink, row->name);
		rg_sink_puts(sink, "\n");
	}
	rg_sink_printf(sink, "%lu types did not change\n", (unsigned long)growth->unchanged);
	error = rg_sink_commit(sink);
	rg_sink_free(sink);
	return error;
}

static rg_error *compare(struct rg_type_table **tables, char **paths, size_t count, bool *ret_grew)
{
	struct rg_growth *growth;
	rg_error *error;
	size_t i;

	for (i = 0; i < count; i++) {
		error = count_types(paths[i], &tables[i]);
		if (error)
			return error;
	}
	error = rg_growth_find((const struct rg_type_table *const *)tables, count, NULL, &growth);
	if (error)
		return error;
	error = show(growth);
	*ret_grew = growth->climbing > 0;
	rg_growth_free(growth);
	return error;
}

int main(int argc, char **argv)
{
	size_t i, count = argc < 1 ? 0 : (size_t)argc - 1;
	struct rg_type_table **tables;
	bool grew = false;
	rg_error *error;

	tables = (struct rg_type_table **)calloc(count + 1, sizeof(*tables));
	if (!tables || count < 2) {
		fprintf(stderr, "usage: 6-growth DUMP DUMP...\n");
		free(tables);
		return 2;
	}
	error = compare(tables, argv + 1, count, &grew);
	for (i = 0; i < count; i++)
		rg_types_free(tables[i]);
	free(tables);
	return error ? fail(error) : grew;
}
