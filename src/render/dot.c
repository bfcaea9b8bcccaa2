/* SPDX-License-Identifier: MIT */
/*
 * Pictures in the DOT language, through cgraph.  Graphviz gives backslashes,
 * ampersands and the names of things (\N, \G) a meaning of their own in
 * labels, so no string of a dump reaches it but through escape().
 */
#include "render/dot.h"

#ifdef HAVE_CGRAPH

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <graphviz/cgraph.h>

/* From here on laying out well takes too long, and laying out fast has to do. */
#define MANY_NODES 300
#define MANY_EDGES 600
/* What a screen shows side by side at 100%, and what a box takes beside its text. */
#define SCREEN_COLUMNS 170
#define GAP_COLUMNS 6
#define LABEL_COLUMNS 20 /* of an arrow between two boxes side by side */
#define DEEPEST 64 /* ranks that are told apart */

struct attribute {
	int kind;
	const char *name;
	const char *value;
};

/* What holds unless a node or edge says otherwise. */
static const struct attribute defaults[] = {
	{ AGRAPH, "rankdir", "TB" },
	{ AGRAPH, "nodesep", "0.2" },
	{ AGRAPH, "ranksep", "0.35" },
	{ AGRAPH, "charset", "UTF-8" },
	{ AGRAPH, "bgcolor", "white" },
	{ AGRAPH, "label", "" },
	{ AGRAPH, "labelloc", "b" },
	{ AGRAPH, "labeljust", "l" },
	{ AGRAPH, "fontname", "Helvetica,Arial,sans-serif" },
	{ AGRAPH, "fontsize", "10" },
	{ AGNODE, "label", "" },
	{ AGNODE, "shape", "box" },
	{ AGNODE, "style", "filled" },
	{ AGNODE, "fillcolor", "white" },
	{ AGNODE, "color", "black" },
	{ AGNODE, "fontcolor", "black" },
	{ AGNODE, "fontname", "Helvetica,Arial,sans-serif" },
	{ AGNODE, "fontsize", "11" },
	{ AGNODE, "margin", "0.12,0.05" },
	{ AGNODE, "height", "0.3" },
	{ AGNODE, "width", "0.4" },
	{ AGNODE, "penwidth", "1" },
	{ AGEDGE, "label", "" },
	{ AGEDGE, "style", "solid" },
	{ AGEDGE, "color", "#404040" },
	{ AGEDGE, "fontname", "Helvetica,Arial,sans-serif" },
	{ AGEDGE, "fontsize", "10" },
	{ AGEDGE, "arrowsize", "0.7" },
	{ AGEDGE, "weight", "1" },
};

static const struct attribute in_haste[] = {
	{ AGRAPH, "nslimit", "1" },
	{ AGRAPH, "nslimit1", "1" },
	{ AGRAPH, "mclimit", "0.1" },
	{ AGRAPH, "splines", "line" },
};

/* Older releases take char * for what they only read. */
static void declare(Agraph_t *graph, const struct attribute *attributes, size_t count)
{
	for (size_t i = 0; i < count; i++)
		agattr(graph, attributes[i].kind, (char *)attributes[i].name,
		       (char *)attributes[i].value);
}

static void set(void *object, const char *name, const char *value)
{
	agset(object, (char *)name, (char *)value);
}

/* Appends @text to @label so that it is shown as it is; lines are centred, or end in @line_end. */
static size_t escape(char *label, size_t at, const char *text, const char *line_end)
{
	for (; *text; text++) {
		const char *piece = *text == '\\' ? "\\\\"
				    : *text == '&' ? "&amp;"
				    : *text == '\n' ? line_end : NULL;

		if (piece) {
			memcpy(label + at, piece, strlen(piece));
			at += strlen(piece);
		} else {
			label[at++] = *text;
		}
	}
	label[at] = '\0';
	return at;
}

/* Room for @text however much of it escape() has to replace. */
static size_t room(const char *text)
{
	return strlen(text) * 5 + 1;
}

static bool set_node(Agnode_t *drawn, const struct rg_picture_node *node)
{
	char *label = malloc(room(node->title) + room(node->text) + 64);
	size_t at;

	if (!label)
		return false;
	at = escape(label, 0, node->title, "\\n");
	if (node->refcount >= 0)
		at += (size_t)sprintf(label + at, " [%" PRId64 "]", node->refcount);
	if (*node->text) {
		at += (size_t)sprintf(label + at, "\\n");
		at = escape(label, at, node->text, "\\n");
	}
	if (node->flags & RG_NODE_CUT)
		sprintf(label + at, " \u22ef");
	set(drawn, "label", label);
	free(label);
	set(drawn, "fillcolor", node->fill);
	set(drawn, "fontcolor", node->ink);
	switch (node->shape) {
	case RG_SHAPE_ROOT:
		set(drawn, "style", "rounded,filled,bold");
		break;
	case RG_SHAPE_FOLD:
		set(drawn, "fontsize", "10");
		set(drawn, "color", "#c00000");
		break;
	case RG_SHAPE_FINALIZER:
		set(drawn, "shape", "doublecircle");
		set(drawn, "fontsize", "8");
		set(drawn, "margin", "0");
		set(drawn, "width", "0.2");
		set(drawn, "height", "0.2");
		break;
	case RG_SHAPE_OBJECT:
		if (node->flags & RG_NODE_LOST) {
			set(drawn, "color", "#d00000");
			set(drawn, "penwidth", "3");
		} else if (node->flags & RG_NODE_UNREACHABLE) {
			set(drawn, "color", "#d00000");
			set(drawn, "style", "filled,dashed");
			set(drawn, "penwidth", "2");
		}
		break;
	}
	return true;
}

static bool set_edge(Agedge_t *drawn, const struct rg_picture_edge *edge,
		     const struct rg_picture_node *from, const struct rg_picture_node *to)
{
	char *label = malloc(room(edge->label) + 64), count[RG_FORMAT_SIZE];
	bool dead = edge->kind == RG_REFERENCE_INFERRED || edge->kind == RG_REFERENCE_BORROWED;
	size_t at;

	if (!label)
		return false;
	at = escape(label, 0, edge->label, "\\n");
	if (edge->kind == RG_REFERENCE_INFERRED)
		at += (size_t)sprintf(label + at, "?");
	if (edge->count > 1 && edge->count > edge->labelled && from->shape == RG_SHAPE_OBJECT &&
	    to->shape == RG_SHAPE_OBJECT)
		sprintf(label + at, "%s\u00d7%s", at ? " " : "",
			rg_format_count(edge->count, count));
	/* A space beside the text keeps it off the line. */
	if (*label) {
		memmove(label + 1, label, strlen(label) + 1);
		label[0] = ' ';
		set(drawn, "label", label);
		set(drawn, "weight", "2");
	}
	free(label);
	if (from->shape == RG_SHAPE_FOLD || to->shape == RG_SHAPE_FOLD ||
	    to->shape == RG_SHAPE_FINALIZER || from->shape == RG_SHAPE_FINALIZER) {
		set(drawn, "color", "#d00000");
		set(drawn, "style", "dotted");
	} else if (edge->kind == RG_REFERENCE_WEAK) {
		set(drawn, "style", "dashed");
	} else if (dead) {
		set(drawn, "style", "dotted");
		if (edge->kind == RG_REFERENCE_BORROWED)
			set(drawn, "color", "#a0a0a0");
	}
	return true;
}

/* The caption and the legend, below the picture. */
static bool set_caption(Agraph_t *graph, rg_picture *picture)
{
	const char *caption = rg_picture_caption(picture), *legend;
	rg_error *error = rg_picture_legend(picture, &legend);
	char *label;
	size_t at;

	if (error) {
		rg_error_free(error);
		return false;
	}
	label = malloc(room(caption) + room(legend) + 8);
	if (!label)
		return false;
	at = escape(label, 0, caption, "\\l");
	if (at)
		at += (size_t)sprintf(label + at, "\\l");
	at = escape(label, at, legend, "\\l");
	sprintf(label + at, "\\l");
	set(graph, "label", label);
	free(label);
	return true;
}

/* The longest line of a box, in columns, near enough. */
static size_t breadth(const struct rg_picture_node *node)
{
	size_t widest = strlen(node->title);

	for (const char *line = node->text; *line;) {
		size_t length = strcspn(line, "\n");

		widest = length > widest ? length : widest;
		line += length + (line[length] != '\0');
	}
	return widest;
}

/*
 * Whether a fan of many boxes is better drawn from left to right: boxes are
 * wider than high, and a page scrolls down better than aside.
 */
static bool is_wide(const struct rg_picture_node *nodes, size_t count)
{
	size_t columns[DEEPEST] = { 0 }, broadest[DEEPEST] = { 0 }, widest = 0, across = 0;

	for (size_t i = 0; i < count; i++) {
		unsigned int depth = nodes[i].depth < DEEPEST ? nodes[i].depth : DEEPEST - 1;

		size_t own = breadth(&nodes[i]) + GAP_COLUMNS;

		if (nodes[i].shape != RG_SHAPE_OBJECT && nodes[i].shape != RG_SHAPE_FOLD)
			continue;
		columns[depth] += own;
		widest = columns[depth] > widest ? columns[depth] : widest;
		broadest[depth] = own > broadest[depth] ? own : broadest[depth];
	}
	for (unsigned int depth = 0; depth < DEEPEST; depth++)
		across += broadest[depth] ? broadest[depth] + LABEL_COLUMNS : 0;
	return widest > SCREEN_COLUMNS && across * 5 < widest * 4;
}

static bool fill(Agraph_t *graph, rg_picture *picture)
{
	size_t node_count, edge_count;
	const struct rg_picture_node *nodes = rg_picture_nodes(picture, &node_count);
	const struct rg_picture_edge *edges = rg_picture_edges(picture, &edge_count);
	Agnode_t **drawn = calloc(node_count + 1, sizeof(Agnode_t *));
	bool ok = drawn != NULL;

	declare(graph, defaults, sizeof(defaults) / sizeof(defaults[0]));
	if (node_count > MANY_NODES || edge_count > MANY_EDGES)
		declare(graph, in_haste, sizeof(in_haste) / sizeof(in_haste[0]));
	if (is_wide(nodes, node_count)) {
		set(graph, "rankdir", "LR");
		set(graph, "nodesep", "0.12");
	}
	for (size_t i = 0; ok && i < node_count; i++) {
		drawn[i] = agnode(graph, (char *)nodes[i].id, 1);
		ok = drawn[i] && set_node(drawn[i], &nodes[i]);
	}
	for (size_t i = 0; ok && i < edge_count; i++) {
		const struct rg_picture_edge *edge = &edges[i];
		Agedge_t *line = agedge(graph, drawn[edge->from], drawn[edge->to], NULL, 1);

		ok = line && set_edge(line, edge, &nodes[edge->from], &nodes[edge->to]);
	}
	free(drawn);
	return ok && set_caption(graph, picture);
}

const char *dot_write(rg_picture *picture, rg_sink *sink)
{
	static const char no_memory[] = "out of memory while writing DOT: draw fewer nodes";
	char *text = NULL;
	size_t length = 0;
	FILE *file = open_memstream(&text, &length);
	Agraph_t *graph;
	bool ok;

	if (!file)
		return no_memory;
	graph = agopen((char *)"refgraph", Agdirected, NULL);
	ok = graph && fill(graph, picture) && agwrite(graph, file) == 0;
	if (graph)
		agclose(graph);
	ok = fclose(file) == 0 && ok;
	if (ok)
		rg_sink_write(sink, text, length);
	free(text);
	return ok ? NULL : no_memory;
}

#else

const char *dot_write(rg_picture *picture, rg_sink *sink)
{
	(void)picture;
	(void)sink;
	return "this refgraph was built without cgraph and draws no pictures but --format tree: "
	       "configure it --with-cgraph (Debian: apt-get install libgraphviz-dev)";
}

#endif
