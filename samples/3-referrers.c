/* SPDX-License-Identifier: MIT */
/*
 * Who refers to this object?  Walks the references backwards by hand, three
 * levels deep, and says by which attribute, key or index each referrer does it.
 *
 *	3-referrers DUMP TYPE
 *
 * starts at the first object of the type TYPE.
 */
#include <refgraph/refgraph.h>

#include <stdio.h>
#include <string.h>

#define LEVELS 3
#define SHOWN 4 /* referrers of one object */

static int fail(rg_error *error)
{
	fprintf(stderr, "%s\n", rg_error_message(error));
	rg_error_free(error);
	return 2;
}

static rg_id first_of_type(const rg_graph *graph, const char *name)
{
	rg_id id;

	for (id = 0; id < rg_graph_object_count(graph); id++) {
		struct rg_object object = rg_graph_object(graph, id);

		if (!strcmp(rg_graph_type(graph, object.type)->name, name))
			return id;
	}
	return RG_NONE;
}

static void show(rg_sink *sink, const rg_graph *graph, rg_id id, const char *label, int level)
{
	struct rg_object object = rg_graph_object(graph, id);
	struct rg_description words;

	rg_graph_describe(graph, id, false, &words);
	rg_sink_printf(sink, "%*s", 2 * level, "");
	if (label) {
		rg_sink_text(sink, *label ? label : "?");
		rg_sink_puts(sink, " of ");
	}
	rg_sink_text(sink, rg_graph_type(graph, object.type)->name);
	if (words.name[0]) {
		rg_sink_puts(sink, " ");
		rg_sink_text(sink, words.name);
	}
	rg_sink_puts(sink, "\n");
}

/* The label of the first reference from @source to @target: ".attr", "['key']", "[3]". */
static void find_label(const rg_graph *graph, rg_id source, rg_id target, char *label, size_t size)
{
	struct rg_references references = rg_graph_references(graph, source);
	size_t i;

	for (i = 0; i < references.count && references.target[i] != target; i++)
		;
	rg_graph_label(graph, source, i, RG_LABELS_ALL, label, size);
}

static void walk(rg_sink *sink, const rg_graph *graph, rg_id id, int level)
{
	struct rg_referrers referrers = rg_graph_referrers(graph, id);
	size_t i, shown = 0;
	char label[128];

	/* Ascending, and as often as they refer: equal ones stand side by side. */
	for (i = 0; i < referrers.count; i++) {
		if (i && referrers.source[i] == referrers.source[i - 1])
			continue;
		if (shown++ == SHOWN) {
			rg_sink_printf(sink, "%*sand more\n", 2 * level, "");
			break;
		}
		find_label(graph, referrers.source[i], id, label, sizeof(label));
		show(sink, graph, referrers.source[i], label, level);
		if (level < LEVELS)
			walk(sink, graph, referrers.source[i], level + 1);
	}
}

static rg_error *explain(rg_dump *dump, const char *type)
{
	const rg_graph *graph;
	rg_sink *sink;
	rg_error *error;
	rg_id id;

	/* Reads the references.  The graph belongs to the dump. */
	error = rg_dump_graph(dump, &graph);
	if (error)
		return error;
	error = rg_sink_fd(1, "standard output", &sink);
	if (error)
		return error;
	id = first_of_type(graph, type);
	if (id == RG_NONE) {
		rg_sink_puts(sink, "no object is of that type\n");
	} else {
		show(sink, graph, id, NULL, 0);
		walk(sink, graph, id, 1);
	}
	error = rg_sink_commit(sink);
	rg_sink_free(sink);
	return error;
}

int main(int argc, char **argv)
{
	rg_dump *dump;
	rg_error *error;

	if (argc != 3) {
		fprintf(stderr, "usage: 3-referrers DUMP TYPE\n");
		return 2;
	}
	error = rg_dump_open(argv[1], NULL, &dump);
	if (error)
		return fail(error);
	error = explain(dump, argv[2]);
	rg_dump_close(dump);
	return error ? fail(error) : 0;
}
