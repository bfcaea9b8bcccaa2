/* SPDX-License-Identifier: MIT */
/*
 * A picture as a tree on a terminal.  A picture is a graph: what is met again
 * is named again and followed only once, on the shortest way from a target.
 * Nothing recurses, since how deep a picture goes comes from the dump.
 */
#include <inttypes.h>
#include <string.h>

#include "base/alloc.h"
#include "base/bitset.h"
#include "base/buffer.h"
#include "render/picture.h"
#include "render/text.h"

#define NO_EDGE UINT32_MAX

/* Arrows by the end nearer to the targets. */
struct adjacency {
	uint64_t *start; /* node_count + 1 */
	uint32_t *edge;
};

/* Where the walk stands at one level. */
struct level {
	uint32_t node;
	uint64_t next; /* into adjacency.edge */
};

struct walk {
	rg_picture *picture;
	const struct rg_tree_style *style;
	rg_sink *sink;
	const struct rg_picture_node *nodes;
	size_t node_count;
	const struct rg_picture_edge *edges;
	size_t edge_count;
	struct adjacency out;
	uint32_t *parent;  /* the edge on which a node is followed, or NO_EDGE */
	uint64_t *on_path; /* bit set */
	RG_VECTOR(struct level) stack;
};

static uint32_t near_end(const struct walk *walk, const struct rg_picture_edge *edge)
{
	return walk->picture->backwards ? edge->to : edge->from;
}

static uint32_t far_end(const struct walk *walk, const struct rg_picture_edge *edge)
{
	return walk->picture->backwards ? edge->from : edge->to;
}

static rg_error *link_edges(struct walk *walk)
{
	walk->out.start = rg_calloc(walk->node_count + 2, sizeof(*walk->out.start));
	walk->out.edge = rg_calloc(walk->edge_count + 1, sizeof(*walk->out.edge));
	walk->parent = rg_calloc(walk->node_count + 1, sizeof(*walk->parent));
	walk->on_path = rg_bitset_new(walk->node_count);
	if (!walk->out.start || !walk->out.edge || !walk->parent || !walk->on_path)
		return rg_error_no_memory();
	/* Counting sort, shifted by one so that filling leaves the starts in place. */
	for (size_t i = 0; i < walk->edge_count; i++)
		walk->out.start[near_end(walk, &walk->edges[i]) + 2]++;
	for (size_t i = 2; i < walk->node_count + 2; i++)
		walk->out.start[i] += walk->out.start[i - 1];
	for (size_t i = 0; i < walk->edge_count; i++)
		walk->out.edge[walk->out.start[near_end(walk, &walk->edges[i]) + 1]++] =
			(uint32_t)i;
	return NULL;
}

/* Breadth first from the targets: on which edge each node is followed. */
static rg_error *choose_parents(struct walk *walk)
{
	uint32_t *queue = rg_calloc(walk->node_count + 1, sizeof(*queue));
	uint64_t *seen = rg_bitset_new(walk->node_count);
	size_t head = 0, tail = 0;

	if (!queue || !seen) {
		rg_free(queue);
		rg_free(seen);
		return rg_error_no_memory();
	}
	for (size_t i = 0; i < walk->node_count; i++) {
		walk->parent[i] = NO_EDGE;
		if (walk->nodes[i].flags & RG_NODE_TARGET) {
			rg_bitset_add(seen, i);
			queue[tail++] = (uint32_t)i;
		}
	}
	while (head < tail) {
		uint32_t node = queue[head++];

		for (uint64_t i = walk->out.start[node]; i < walk->out.start[node + 1]; i++) {
			uint32_t edge = walk->out.edge[i];
			uint32_t far = far_end(walk, &walk->edges[edge]);

			if (rg_bitset_claim(seen, far)) {
				walk->parent[far] = edge;
				queue[tail++] = far;
			}
		}
	}
	rg_free(queue);
	rg_free(seen);
	return NULL;
}

static const char *hue(const struct rg_picture_node *node)
{
	if (node->flags & RG_NODE_TARGET)
		return "\033[31m";
	if (node->shape == RG_SHAPE_ROOT)
		return "\033[33m";
	if (node->shape == RG_SHAPE_FOLD)
		return "\033[2m";
	if (node->flags & RG_NODE_HIGHLIGHT)
		return "\033[34m";
	if (node->flags & RG_NODE_MODULE)
		return "\033[32m";
	return NULL;
}

/* The words about a node without its address. */
static void describe(const struct rg_picture_node *node, struct rg_buffer *out)
{
	const char *text = node->text;

	if (node->shape == RG_SHAPE_ROOT)
		rg_buffer_puts(out, "root ");
	rg_buffer_puts(out, node->title);
	while (*text) {
		size_t length = strcspn(text, "\n");

		if (length) {
			rg_buffer_puts(out, ", ");
			rg_buffer_append(out, text, length);
		}
		text += length + (text[length] != '\0');
	}
	if (node->refcount >= 0)
		rg_buffer_printf(out, " [%" PRId64 "]", node->refcount);
	if (node->flags & RG_NODE_LOST)
		rg_buffer_puts(out, ", lost");
	else if (node->flags & RG_NODE_UNREACHABLE)
		rg_buffer_puts(out, ", unreachable");
}

/* How the edge is written before the node at its far end. */
static void describe_edge(const struct walk *walk, const struct rg_picture_edge *edge,
			  struct rg_buffer *out)
{
	size_t before = out->length;

	if (walk->nodes[edge->from].shape == RG_SHAPE_ROOT ||
	    walk->nodes[far_end(walk, edge)].shape == RG_SHAPE_FOLD)
		return;
	if (edge->kind == RG_REFERENCE_WEAK)
		rg_buffer_puts(out, "weak ");
	else if (edge->kind == RG_REFERENCE_INFERRED)
		rg_buffer_puts(out, "inferred ");
	else if (edge->kind == RG_REFERENCE_BORROWED)
		rg_buffer_puts(out, "borrowed ");
	rg_buffer_puts(out, *edge->label ? edge->label : edge->kind ? "reference" : "");
	if (edge->count > 1 && edge->count > edge->labelled)
		rg_buffer_printf(out, "%s(%" PRIu64 " times)",
				 *edge->label || edge->kind ? " " : "", edge->count);
	if (out->length > before)
		rg_buffer_puts(out, walk->picture->backwards ? " of " : ": ");
}

static rg_error *write_line(struct walk *walk, const char *prefix, const char *words,
			    const struct rg_picture_node *node, const char *note)
{
	const char *start = walk->style->color ? hue(node) : NULL;
	struct rg_buffer tail = RG_BUFFER_INIT;
	char *line;

	if (node->address)
		rg_buffer_printf(&tail, "  0x%" PRIx64, node->address);
	rg_buffer_puts(&tail, note);
	if (walk->style->width) {
		size_t taken = rg_text_columns(prefix) +
			       rg_text_columns(rg_buffer_string(&tail));

		line = rg_text_shorten(words, walk->style->width > taken + 20
					     ? walk->style->width - taken : 20,
				       walk->style->ascii ? "..." : "\u2026");
	} else {
		line = rg_strdup(words);
	}
	if (!line || rg_buffer_failed(&tail)) {
		rg_free(line);
		rg_buffer_free(&tail);
		return rg_error_no_memory();
	}
	rg_sink_printf(walk->sink, "%s%s%s%s%s\n", prefix, start ? start : "", line,
		       start ? "\033[0m" : "", rg_buffer_string(&tail));
	rg_free(line);
	rg_buffer_free(&tail);
	return NULL;
}

/* The lines that lead to the entry on top of the stack: one piece a level. */
static void lead(const struct walk *walk, bool last, struct rg_buffer *out)
{
	bool ascii = walk->style->ascii;

	for (size_t i = 0; i + 1 < walk->stack.count; i++) {
		const struct level *level = &walk->stack.data[i];
		bool more = level->next < walk->out.start[level->node + 1];

		rg_buffer_puts(out, !more ? "   " : ascii ? "|  " : "\u2502  ");
	}
	rg_buffer_puts(out, last ? (ascii ? "`- " : "\u2514\u2500 ")
				 : (ascii ? "|- " : "\u251c\u2500 "));
}

/* Shows the next neighbour of the node on top; follows it where it is to be followed. */
static rg_error *step(struct walk *walk)
{
	struct level *top = &walk->stack.data[walk->stack.count - 1];
	uint32_t at = walk->out.edge[top->next++];
	const struct rg_picture_edge *edge = &walk->edges[at];
	uint32_t far = far_end(walk, edge);
	const struct rg_picture_node *node = &walk->nodes[far];
	struct rg_buffer prefix = RG_BUFFER_INIT, words = RG_BUFFER_INIT;
	bool follow = walk->parent[far] == at;
	bool again = !follow && node->shape == RG_SHAPE_OBJECT;
	rg_error *error;

	lead(walk, top->next == walk->out.start[top->node + 1], &prefix);
	describe_edge(walk, edge, &prefix);
	describe(node, &words);
	if (rg_buffer_failed(&prefix) || rg_buffer_failed(&words))
		error = rg_error_no_memory();
	else
		error = write_line(walk, rg_buffer_string(&prefix), rg_buffer_string(&words), node,
				   again && rg_bitset_test(walk->on_path, far) ? "  (a cycle)"
				   : again ? "  (shown elsewhere)"
				   : node->flags & RG_NODE_CUT ? "  ..." : "");
	rg_buffer_free(&prefix);
	rg_buffer_free(&words);
	if (!error && follow) {
		struct level down = { far, walk->out.start[far] };

		rg_bitset_add(walk->on_path, far);
		if (!rg_vector_push(&walk->stack, down))
			error = rg_error_no_memory();
	}
	return error;
}

static rg_error *write_target(struct walk *walk, uint32_t target)
{
	struct level first = { target, walk->out.start[target] };
	struct rg_buffer words = RG_BUFFER_INIT;
	rg_error *error;

	describe(&walk->nodes[target], &words);
	error = rg_buffer_failed(&words)
			? rg_error_no_memory()
			: write_line(walk, "", rg_buffer_string(&words), &walk->nodes[target], "");
	rg_buffer_free(&words);
	if (!error && !rg_vector_push(&walk->stack, first))
		error = rg_error_no_memory();
	if (!error)
		rg_bitset_add(walk->on_path, target);
	while (!error && walk->stack.count) {
		struct level *top = &walk->stack.data[walk->stack.count - 1];

		if (top->next < walk->out.start[top->node + 1]) {
			error = step(walk);
		} else {
			rg_bitset_remove(walk->on_path, top->node);
			walk->stack.count--;
		}
	}
	return error;
}

rg_error *rg_picture_tree(rg_picture *picture, const struct rg_tree_style *style, rg_sink *sink)
{
	struct walk walk = { .picture = picture, .style = style, .sink = sink };
	rg_error *error;

	walk.nodes = rg_picture_nodes(picture, &walk.node_count);
	walk.edges = rg_picture_edges(picture, &walk.edge_count);
	error = link_edges(&walk);
	if (!error)
		error = choose_parents(&walk);
	for (size_t i = 0; !error && i < walk.node_count; i++)
		if (walk.nodes[i].flags & RG_NODE_TARGET)
			error = write_target(&walk, (uint32_t)i);
	rg_free(walk.out.start);
	rg_free(walk.out.edge);
	rg_free(walk.parent);
	rg_free(walk.on_path);
	rg_vector_free(&walk.stack);
	return error;
}
