/* SPDX-License-Identifier: MIT */
/* From objects to a picture: what is said of each, and how they are joined. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/options.h"
#include "render/picture.h"

#define LABEL_SIZE 256
#define MOST_FOLDS 4 /* types that one box of what is not drawn tells apart */
#define MOST_ROOTS 4 /* drawn of one object, the best first; the others are counted */

static const char *type_name(const rg_graph *graph, rg_type_id id,
			     const struct rg_draw_options *options)
{
	const struct rg_type *type = rg_graph_type(graph, id);

	return options->short_names ? type->short_name : type->name;
}

static void add_line(struct rg_buffer *lines, const char *line)
{
	if (!*line)
		return;
	if (lines->length)
		rg_buffer_putc(lines, '\n');
	/* A line of the picture stays one, whatever the name holds. */
	for (; *line; line++)
		rg_buffer_putc(lines, *line == '\n' ? ' ' : *line);
}

/* What is said below the type: name, place, length, value, size. */
static void say(const rg_graph *graph, rg_id id, const struct rg_object *object,
		const struct rg_draw_options *options, struct rg_buffer *lines)
{
	char number[RG_FORMAT_SIZE], line[64];
	struct rg_description words;

	rg_graph_describe(graph, id, options->values, &words);
	add_line(lines, words.name);
	add_line(lines, words.text);
	if (words.has_length) {
		snprintf(line, sizeof(line), "%s %s", rg_format_count(words.length, number),
			 words.length == 1 ? "item" : "items");
		add_line(lines, line);
	}
	add_line(lines, words.value);
	if (options->sizes) {
		add_line(lines, rg_format_bytes(object->size, number));
		if (object->owned) {
			snprintf(line, sizeof(line), "owns %s",
				 rg_format_bytes(object->owned, number));
			add_line(lines, line);
		}
	}
}

static bool is_highlighted(const rg_graph *graph, rg_type_id id,
			   const struct rg_draw_options *options)
{
	const struct rg_type *type = rg_graph_type(graph, id);

	for (size_t i = 0; i < options->highlight_count; i++)
		if (rg_pattern_match(options->highlight[i], type->name) ||
		    rg_pattern_match(options->highlight[i], type->short_name))
			return true;
	return false;
}

/* The red mark beside an object whose death runs code of the program. */
static rg_error *add_finalizer(rg_picture *picture, const struct rg_picture_node *owner,
			       const char *finalizer, uint32_t index)
{
	struct rg_picture_node mark = {
		.shape = RG_SHAPE_FINALIZER, .title = finalizer, .text = "", .object = RG_NONE,
		.depth = owner->depth, .refcount = -1,
	};
	struct rg_picture_edge edge = { index, 0, "", 1, 0, RG_REFERENCE_STRONG };
	char id[40];

	snprintf(id, sizeof(id), "%s_del", owner->id);
	mark.id = id;
	RG_TRY(rg_picture_add_node(picture, &mark, &edge.to));
	return rg_picture_add_edge(picture, &edge);
}

rg_error *rg_picture_add_object(rg_picture *picture, const rg_graph *graph, rg_id id,
				unsigned int depth, uint32_t flags,
				const struct rg_draw_options *options, uint32_t *ret_index)
{
	struct rg_object object = rg_graph_object(graph, id);
	struct rg_buffer lines = RG_BUFFER_INIT;
	struct rg_picture_node node = {
		.shape = RG_SHAPE_OBJECT, .object = id, .address = object.address,
		.depth = depth, .flags = flags, .refcount = -1,
	};
	struct rg_draw_options how;
	uint32_t index = 0;
	rg_error *error;
	char name[24];

	RG_TRY(rg_options_read(options, sizeof(how), &how));
	options = &how;
	picture->words = rg_graph_words(graph);
	snprintf(name, sizeof(name), "o%" PRIx64, object.address);
	node.id = name;
	node.title = type_name(graph, object.type, options);
	if (options->refcounts && !(object.flags & RG_OBJECT_IMMORTAL))
		node.refcount = object.refcount;
	if (object.flags & RG_OBJECT_MODULE)
		node.flags |= RG_NODE_MODULE;
	if (is_highlighted(graph, object.type, options))
		node.flags |= RG_NODE_HIGHLIGHT;
	if (options->garbage) {
		enum rg_state state = rg_garbage_state(options->garbage, id);

		node.flags |= state == RG_STATE_LOST ? RG_NODE_LOST
			      : state == RG_STATE_UNREACHABLE ? RG_NODE_UNREACHABLE : 0u;
	}
	say(graph, id, &object, options, &lines);
	node.text = rg_buffer_string(&lines);
	error = rg_buffer_failed(&lines) ? rg_error_no_memory()
					 : rg_picture_add_node(picture, &node, &index);
	rg_buffer_free(&lines);
	if (!error && object.flags & RG_OBJECT_FINALIZER && !(object.flags & RG_OBJECT_TYPE))
		error = add_finalizer(picture, &node, rg_graph_words(graph)->finalizer, index);
	if (!error)
		*ret_index = index;
	return error;
}

/* The place that a root belongs to; thread, function and variable are in its name. */
static void say_place(const rg_graph *graph, const struct rg_root *root, struct rg_buffer *lines)
{
	const struct rg_thread *threads;
	const struct rg_frame *frame;
	size_t count;

	if (root->thread == RG_NONE)
		return;
	threads = rg_graph_threads(graph, &count);
	if (root->thread >= count)
		return;
	if (root->frame == RG_NONE || root->frame >= threads[root->thread].frame_count)
		return;
	frame = &threads[root->thread].frames[root->frame];
	add_line(lines, frame->file);
	if (frame->line)
		rg_buffer_printf(lines, ":%" PRIu32, frame->line);
}

rg_error *rg_picture_add_root(rg_picture *picture, const rg_graph *graph,
			      const struct rg_root *root, uint32_t index, size_t number,
			      uint32_t *ret_index)
{
	struct rg_picture_node node = {
		.shape = RG_SHAPE_ROOT, .object = RG_NONE, .depth = UINT32_MAX, .refcount = -1,
	};
	struct rg_picture_edge edge = { 0, index, "", 1, 0, RG_REFERENCE_STRONG };
	struct rg_buffer lines = RG_BUFFER_INIT, title = RG_BUFFER_INIT;
	rg_error *error;
	char id[40];

	snprintf(id, sizeof(id), "r%zu", number);
	rg_buffer_puts(&title, root->name);
	if (root->kind == RG_ROOT_EXTERNAL && root->count > 1)
		rg_buffer_printf(&title, " (%" PRIu32 ")", root->count);
	say_place(graph, root, &lines);
	node.id = id;
	node.title = rg_buffer_string(&title);
	node.text = rg_buffer_string(&lines);
	error = rg_buffer_failed(&lines) || rg_buffer_failed(&title)
			? rg_error_no_memory()
			: rg_picture_add_node(picture, &node, &edge.from);
	rg_buffer_free(&lines);
	rg_buffer_free(&title);
	RG_TRY(error);
	RG_TRY(rg_picture_add_edge(picture, &edge));
	*ret_index = edge.from;
	return NULL;
}

static rg_error *draw_nodes(rg_picture *picture, const rg_graph *graph,
			    const struct rg_neighborhood *around,
			    const struct rg_draw_options *options, uint32_t *drawn)
{
	for (size_t i = 0; i < around->node_count; i++) {
		const struct rg_neighbor *node = &around->nodes[i];
		uint32_t flags = (node->target ? RG_NODE_TARGET : 0u) |
				 (node->cut ? RG_NODE_CUT : 0u);

		RG_TRY(rg_picture_add_object(picture, graph, node->object, node->depth, flags,
					     options, &drawn[i]));
	}
	return NULL;
}

/*
 * One arrow for references of one kind: the first few lend their labels, the
 * rest is counted.  Elements are the way from one shown object to the next.
 */
static rg_error *draw_edge(rg_picture *picture, const rg_graph *graph,
			   const struct rg_neighbor_edge *edge,
			   const struct rg_draw_options *options, const uint32_t *drawn)
{
	struct rg_picture_edge arrow = { drawn[edge->from], drawn[edge->to], "", 0, 0, edge->kind };
	char label[LABEL_SIZE];
	uint64_t left = edge->count;

	for (size_t i = 0; i < edge->step_count && left; i++, left--) {
		label[0] = '\0';
		if (options->plumbing)
			rg_path_label(graph, &edge->steps[i], 1, options->labels, label,
				      sizeof(label));
		else
			rg_step_label(graph, &edge->steps[i], options->labels, label,
				      sizeof(label));
		arrow.label = label;
		arrow.count = 1;
		RG_TRY(rg_picture_add_edge(picture, &arrow));
	}
	arrow.label = "";
	arrow.count = left;
	return left ? rg_picture_add_edge(picture, &arrow) : NULL;
}

/* "1,000 dict\n20 list\n7 of 3 other types": what @count folds of one node stand for. */
static void say_folds(const rg_graph *graph, const struct rg_neighbor_fold *folds, size_t count,
		      const struct rg_draw_options *options, struct rg_buffer *lines)
{
	char number[RG_FORMAT_SIZE];
	size_t shown = count <= MOST_FOLDS ? count : MOST_FOLDS - 1;
	uint64_t others = 0;

	for (size_t i = 0; i < shown; i++)
		rg_buffer_printf(lines, "%s%s %s", i ? "\n" : "",
				 rg_format_count(folds[i].count, number),
				 type_name(graph, folds[i].type, options));
	for (size_t i = shown; i < count; i++)
		others += folds[i].count;
	if (others)
		rg_buffer_printf(lines, "\n%s of %zu more types", rg_format_count(others, number),
				 count - shown);
}

/* One box for all @count folds of the node that the first of them is of. */
static rg_error *draw_fold(rg_picture *picture, const rg_graph *graph,
			   const struct rg_neighbor *owner, const struct rg_neighbor_fold *folds,
			   size_t count, const struct rg_draw_options *options, uint32_t drawn)
{
	char id[64], number[RG_FORMAT_SIZE];
	struct rg_picture_node node = {
		.id = id, .shape = RG_SHAPE_FOLD, .object = RG_NONE, .depth = owner->depth + 1,
		.refcount = -1,
	};
	struct rg_picture_edge edge = { drawn, drawn, "", owner->folded, 0, RG_REFERENCE_STRONG };
	struct rg_buffer title = RG_BUFFER_INIT, lines = RG_BUFFER_INIT;
	rg_error *error;

	snprintf(id, sizeof(id), "more%" PRIx64, rg_graph_object(graph, owner->object).address);
	rg_buffer_printf(&title, "+ %s more", rg_format_count(owner->folded, number));
	if (count == 1)
		rg_buffer_printf(&title, " %s", type_name(graph, folds->type, options));
	else
		say_folds(graph, folds, count, options, &lines);
	node.title = rg_buffer_string(&title);
	node.text = rg_buffer_string(&lines);
	error = rg_buffer_failed(&title) || rg_buffer_failed(&lines)
			? rg_error_no_memory()
			: rg_picture_add_node(picture, &node,
					      options->backwards ? &edge.from : &edge.to);
	rg_buffer_free(&title);
	rg_buffer_free(&lines);
	return error ? error : rg_picture_add_edge(picture, &edge);
}

static rg_error *draw_folds(rg_picture *picture, const rg_graph *graph,
			    const struct rg_neighborhood *around,
			    const struct rg_draw_options *options, const uint32_t *drawn)
{
	const struct rg_neighbor_fold *folds = around->folds;
	size_t count;

	for (size_t i = 0; i < around->fold_count; i += count) {
		for (count = 1; i + count < around->fold_count &&
				folds[i + count].node == folds[i].node; count++)
			;
		RG_TRY(draw_fold(picture, graph, &around->nodes[folds[i].node], folds + i, count,
				 options, drawn[folds[i].node]));
	}
	return NULL;
}

/* The roots drawn of one node: caches refer to some objects from thousands of places. */
struct rooted {
	const char *name; /* of the last one drawn */
	uint32_t last;    /* its node */
	unsigned int drawn;
	uint64_t folded;
};

static rg_error *draw_root(rg_picture *picture, const rg_graph *graph, const struct rg_root *root,
			   uint32_t index, size_t number, struct rooted *rooted)
{
	/* Roots come in the order of their names, so the same name is the last one. */
	if (rooted->drawn && !strcmp(rooted->name, root->name)) {
		struct rg_picture_edge again = { rooted->last, index, "", 1, 0,
						 RG_REFERENCE_STRONG };

		return rg_picture_add_edge(picture, &again);
	}
	if (rooted->drawn == MOST_ROOTS) {
		rooted->folded++;
		return NULL;
	}
	RG_TRY(rg_picture_add_root(picture, graph, root, index, number, &rooted->last));
	rooted->name = root->name;
	rooted->drawn++;
	return NULL;
}

static rg_error *fold_roots(rg_picture *picture, uint32_t index, uint64_t folded)
{
	char id[40], title[64], number[RG_FORMAT_SIZE];
	struct rg_picture_node node = {
		.id = id, .shape = RG_SHAPE_FOLD, .title = title, .text = "", .object = RG_NONE,
		.depth = UINT32_MAX, .refcount = -1,
	};
	struct rg_picture_edge edge = { 0, index, "", folded, 0, RG_REFERENCE_STRONG };

	snprintf(id, sizeof(id), "roots%" PRIu32, index);
	snprintf(title, sizeof(title), "+ %s more %s", rg_format_count(folded, number),
		 folded == 1 ? "root" : "roots");
	RG_TRY(rg_picture_add_node(picture, &node, &edge.from));
	return rg_picture_add_edge(picture, &edge);
}

static rg_error *draw_roots(rg_picture *picture, const rg_graph *graph,
			    const struct rg_neighborhood *around, bool targets_only,
			    const uint32_t *drawn)
{
	struct rooted *rooted = rg_calloc(around->node_count + 1, sizeof(*rooted));
	rg_error *error = NULL;

	if (!rooted)
		return rg_error_no_memory();
	for (size_t i = 0; !error && i < around->root_count; i++) {
		const struct rg_neighbor_root *root = &around->roots[i];

		if (!targets_only || around->nodes[root->node].target)
			error = draw_root(picture, graph, root->root, drawn[root->node], i,
					  &rooted[root->node]);
	}
	for (size_t i = 0; !error && i < around->node_count; i++)
		if (rooted[i].folded)
			error = fold_roots(picture, drawn[i], rooted[i].folded);
	rg_free(rooted);
	return error;
}

static rg_error *draw_all(rg_picture *picture, const rg_graph *graph,
			  const struct rg_neighborhood *around,
			  const struct rg_draw_options *options, uint32_t *drawn)
{
	RG_TRY(draw_nodes(picture, graph, around, options, drawn));
	for (size_t i = 0; i < around->edge_count; i++)
		RG_TRY(draw_edge(picture, graph, &around->edges[i], options, drawn));
	RG_TRY(draw_folds(picture, graph, around, options, drawn));
	/* Who holds what an object refers to was not asked. */
	return draw_roots(picture, graph, around, !options->backwards, drawn);
}

rg_error *rg_picture_draw(const rg_graph *graph, const struct rg_neighborhood *neighborhood,
			  const struct rg_draw_options *options, rg_picture **ret)
{
	struct rg_draw_options how;
	rg_picture *picture = NULL;
	uint32_t *drawn;
	rg_error *error;

	RG_TRY(rg_options_read(options, sizeof(how), &how));
	drawn = rg_calloc(neighborhood->node_count + 1, sizeof(*drawn));
	if (!drawn)
		return rg_error_no_memory();
	error = rg_picture_new(how.backwards, &picture);
	if (!error)
		error = draw_all(picture, graph, neighborhood, &how, drawn);
	rg_free(drawn);
	if (error) {
		rg_picture_free(picture);
		return error;
	}
	*ret = picture;
	return NULL;
}
