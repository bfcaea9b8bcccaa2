/* SPDX-License-Identifier: MIT */
/*
 * Why is it still alive?  The shortest ways from the roots of the program to
 * the objects of one type, each as an expression.
 *
 *	4-chain DUMP TYPE
 */
#include <refgraph/refgraph.h>

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CHAINS 3

static int fail(rg_error *error)
{
	fprintf(stderr, "%s\n", rg_error_message(error));
	rg_error_free(error);
	return 2;
}

/* All objects of the type @name, to be freed; their number goes to @ret_count. */
static rg_id *objects_of_type(const rg_graph *graph, const char *name, size_t *ret_count)
{
	rg_id id, count = rg_graph_object_count(graph);
	rg_id *found = (rg_id *)malloc((count + (size_t)1) * sizeof(*found));

	*ret_count = 0;
	for (id = 0; found && id < count; id++) {
		struct rg_object object = rg_graph_object(graph, id);

		if (!strcmp(rg_graph_type(graph, object.type)->name, name))
			found[(*ret_count)++] = id;
	}
	return found;
}

/* Texts come as snprintf() has it: ask for the length, make room, ask again. */
static char *expression(const rg_graph *graph, const struct rg_chain *chain)
{
	size_t size = rg_path_expression(graph, chain, RG_LABELS_ALL, false, NULL, 0) + 1;
	char *text = (char *)malloc(size);

	if (text)
		rg_path_expression(graph, chain, RG_LABELS_ALL, false, text, size);
	return text;
}

static rg_error *show(const rg_graph *graph, const struct rg_chains *chains)
{
	rg_sink *sink;
	rg_error *error = rg_sink_fd(1, "standard output", &sink);
	size_t i;

	if (error)
		return error;
	/* That nothing leads there is an answer, not an error: then it is garbage. */
	if (!chains->count)
		rg_sink_puts(sink, "no root leads to an object of that type\n");
	for (i = 0; i < chains->count; i++) {
		char *text = expression(graph, &chains->chains[i]);

		/* Made of names and keys of the dump, so it is cleaned like them. */
		rg_sink_text(sink, text ? text : "?");
		rg_sink_printf(sink, "  (%s)\n", rg_root_kind_name(chains->chains[i].root->kind));
		free(text);
	}
	error = rg_sink_commit(sink);
	rg_sink_free(sink);
	return error;
}

static rg_error *explain(rg_dump *dump, const char *type)
{
	struct rg_chains_options options;
	struct rg_chains *chains;
	const rg_graph *graph;
	rg_error *error;
	rg_id *targets;
	size_t count;

	error = rg_dump_graph(dump, &graph);
	if (error)
		return error;
	targets = objects_of_type(graph, type, &count);
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.count = CHAINS;
	/* No target at all is RG_ERROR_INVALID, and says so. */
	error = targets ? rg_chains_find(graph, targets, count, &options, &chains)
			: rg_error_errno(ENOMEM, type, "list its objects");
	if (!error) {
		error = show(graph, chains);
		rg_chains_free(chains);
	}
	free(targets);
	return error;
}

int main(int argc, char **argv)
{
	rg_dump *dump;
	rg_error *error;

	if (argc != 3) {
		fprintf(stderr, "usage: 4-chain DUMP TYPE\n");
		return 2;
	}
	error = rg_dump_open(argv[1], NULL, &dump);
	if (error)
		return fail(error);
	error = explain(dump, argv[2]);
	rg_dump_close(dump);
	return error ? fail(error) : 0;
}
