/* SPDX-License-Identifier: MIT */
/*
 * What is garbage?  The cycles that only a cycle collector can free, how much
 * hangs from them, the way around one of each shape, and where to break it.
 *
 *	5-cycles DUMP
 *
 * Exits with 1 when there are any: the answer of a test.
 */
#include <refgraph/refgraph.h>

#include <stdio.h>

static int fail(rg_error *error)
{
	fprintf(stderr, "%s\n", rg_error_message(error));
	rg_error_free(error);
	return 2;
}

static void type_name(rg_sink *sink, const rg_graph *graph, rg_id id)
{
	rg_sink_text(sink, rg_graph_type(graph, rg_graph_object(graph, id).type)->name);
}

static void label(rg_sink *sink, const rg_graph *graph, const struct rg_step *step)
{
	char text[128];

	/* As seen from the object itself, not from the dict of its attributes. */
	rg_step_label(graph, step, RG_LABELS_ALL, text, sizeof(text));
	rg_sink_text(sink, text);
}

static void show_group(rg_sink *sink, const rg_graph *graph, const struct rg_cycle_group *group)
{
	char bytes[RG_FORMAT_SIZE];
	size_t i;

	rg_sink_printf(sink, "%lu of this shape, %lu objects, %s\n", (unsigned long)group->count,
		       (unsigned long)group->object_count,
		       rg_format_bytes(group->bytes + group->owned, bytes));
	for (i = 0; i < group->cycle_length; i++) {
		rg_sink_puts(sink, "  ");
		type_name(sink, graph, group->cycle[i].source);
		rg_sink_puts(sink, " ");
		label(sink, graph, &group->cycle[i]);
		rg_sink_puts(sink, " -> ");
		type_name(sink, graph, group->cycle[i].target);
		rg_sink_puts(sink, "\n");
	}
	if (group->has_break) {
		rg_sink_puts(sink, "  without ");
		label(sink, graph, &group->break_at);
		rg_sink_puts(sink, " of ");
		type_name(sink, graph, group->break_at.source);
		rg_sink_puts(sink, " there would be no cycle\n");
	}
}

static rg_error *show(const rg_graph *graph, const struct rg_cycles *cycles)
{
	rg_sink *sink;
	rg_error *error = rg_sink_fd(1, "standard output", &sink);
	size_t i;

	if (error)
		return error;
	for (i = 0; i < cycles->count; i++)
		show_group(sink, graph, &cycles->groups[i]);
	if (!cycles->count)
		rg_sink_puts(sink, "no cycle is unreachable\n");
	error = rg_sink_commit(sink);
	rg_sink_free(sink);
	return error;
}

static rg_error *find(rg_dump *dump, bool *ret_found)
{
	struct rg_garbage *garbage = NULL;
	struct rg_cycles *cycles = NULL;
	const rg_graph *graph;
	rg_error *error;

	error = rg_dump_graph(dump, &graph);
	if (!error)
		error = rg_garbage_find(graph, &garbage);
	if (!error)
		error = rg_cycles_find(graph, garbage, NULL, &cycles);
	if (!error)
		error = show(graph, cycles);
	if (!error)
		*ret_found = cycles->count > 0;
	/* What was not made is NULL still, which every such function allows. */
	rg_cycles_free(cycles);
	rg_garbage_free(garbage);
	return error;
}

int main(int argc, char **argv)
{
	bool found = false;
	rg_dump *dump;
	rg_error *error;

	if (argc != 2) {
		fprintf(stderr, "usage: 5-cycles DUMP\n");
		return 2;
	}
	error = rg_dump_open(argv[1], NULL, &dump);
	if (error)
		return fail(error);
	error = find(dump, &found);
	rg_dump_close(dump);
	return error ? fail(error) : found;
}
