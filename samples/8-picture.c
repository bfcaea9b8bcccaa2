/* SPDX-License-Identifier: MIT */
/*
 * How is it shown to others?  Who refers to the objects of one type: as a tree
 * on the terminal, and as JSON in a file for a program or a page to draw.
 *
 *	8-picture DUMP TYPE FILE.json
 */
#include <refgraph/refgraph.h>

#include <stdio.h>
#include <string.h>

static int fail(rg_error *error)
{
	fprintf(stderr, "%s\n", rg_error_message(error));
	rg_error_free(error);
	return 2;
}

static rg_error *write_tree(rg_picture *picture)
{
	struct rg_tree_style style;
	rg_sink *sink;
	rg_error *error = rg_sink_fd(1, "standard output", &sink);

	if (error)
		return error;
	memset(&style, 0, sizeof(style));
	style.width = 100;
	error = rg_picture_tree(picture, &style, sink);
	if (!error)
		error = rg_sink_commit(sink);
	rg_sink_free(sink);
	return error;
}

/* Boxes and arrows come with all their words and colours. */
static void put_picture(rg_json *json, rg_picture *picture)
{
	const struct rg_picture_node *nodes;
	const struct rg_picture_edge *edges;
	size_t i, node_count, edge_count;

	nodes = rg_picture_nodes(picture, &node_count);
	edges = rg_picture_edges(picture, &edge_count);
	rg_json_put_object(json, NULL);
	rg_json_put_array(json, "boxes");
	for (i = 0; i < node_count; i++) {
		rg_json_put_object(json, NULL);
		rg_json_put_string(json, "id", nodes[i].id);
		rg_json_put_string(json, "title", nodes[i].title);
		rg_json_put_string(json, "fill", nodes[i].fill);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	rg_json_put_array(json, "arrows");
	for (i = 0; i < edge_count; i++) {
		rg_json_put_object(json, NULL);
		rg_json_put_string(json, "from", nodes[edges[i].from].id);
		rg_json_put_string(json, "to", nodes[edges[i].to].id);
		rg_json_put_string(json, "label", edges[i].label);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	rg_json_put_end(json);
}

/* The file takes its place when it is whole: whoever reads it never sees half of it. */
static rg_error *write_json(rg_picture *picture, const char *path)
{
	rg_json *json;
	rg_sink *sink;
	rg_error *error = rg_sink_file(path, &sink);

	if (error)
		return error;
	error = rg_json_new(sink, &json);
	if (!error) {
		put_picture(json, picture);
		error = rg_json_finish(json);
		rg_json_free(json);
	}
	if (!error)
		error = rg_sink_commit(sink);
	rg_sink_free(sink);
	return error;
}

/* The first object of the type and what is around it, backwards. */
static rg_error *draw(rg_dump *dump, const char *type, rg_picture **ret)
{
	struct rg_neighborhood *around;
	struct rg_draw_options options;
	const rg_graph *graph;
	rg_error *error = rg_dump_graph(dump, &graph);
	rg_id id = 0;

	if (error)
		return error;
	while (id < rg_graph_object_count(graph) &&
	       !rg_pattern_match(type, rg_graph_type(graph, rg_graph_object(graph, id).type)->name))
		id++;
	error = rg_neighborhood_find(graph, &id, 1, NULL, &around);
	if (error)
		return error;
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.backwards = true;
	error = rg_picture_draw(graph, around, &options, ret);
	rg_neighborhood_free(around);
	return error;
}

int main(int argc, char **argv)
{
	rg_picture *picture = NULL;
	rg_dump *dump;
	rg_error *error;

	if (argc != 4) {
		fprintf(stderr, "usage: 8-picture DUMP TYPE FILE.json\n");
		return 2;
	}
	error = rg_dump_open(argv[1], NULL, &dump);
	if (error)
		return fail(error);
	error = draw(dump, argv[2], &picture);
	/* The picture needs the dump no more. */
	rg_dump_close(dump);
	if (!error)
		error = write_tree(picture);
	if (!error)
		error = write_json(picture, argv[3]);
	rg_picture_free(picture);
	return error ? fail(error) : 0;
}
