/* SPDX-License-Identifier: MIT */
/*
 * What is around some objects, for pictures and trees.  First the objects are
 * chosen, breadth-first; then every chosen object's references are read once
 * for the edges between them; then what was left out is counted by type.  So
 * a hub costs its references once, however often it is met.
 */
#include "base/error.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bitset.h"
#include "base/options.h"
#include "base/sort.h"
#include "graph/store.h"

#define DEEPEST 8 /* parts of parts */
#define STEPS 4   /* references kept of each edge, for labels */

struct kept_step {
	uint32_t edge;
	struct rg_step step;
};

struct result {
	struct rg_neighborhood public;
	RG_VECTOR(struct rg_neighbor) nodes;
	RG_VECTOR(struct rg_neighbor_edge) edges;
	RG_VECTOR(struct rg_neighbor_fold) folds;
	RG_VECTOR(struct rg_neighbor_root) roots;
	struct rg_step *steps;
};

struct search {
	const rg_graph *graph;
	struct rg_neighborhood_options options;
	struct result *result;
	struct rg_map index;          /* object + 1 -> node */
	struct rg_map edge_index;     /* from, to and kind -> edge */
	uint64_t *drawn;              /* by object */
	uint64_t *met;                /* by object: neighbours of the node at work */
	uint8_t *wanted;              /* by type */
	uint64_t *counts;             /* by type: scratch of folding */
	RG_VECTOR(rg_id) parts;       /* the node at work and its parts */
	RG_VECTOR(rg_id) touched;     /* what to take out of met again */
	RG_VECTOR(struct kept_step) kept;
	bool failed;                  /* no memory */
};

static bool matches(const struct rg_type *type, const char *const *patterns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rg_pattern_match(patterns[i], type->name) ||
		    rg_pattern_match(patterns[i], type->short_name))
			return true;
	return false;
}

static void choose_types(struct search *search)
{
	const struct rg_neighborhood_options *options = &search->options;

	for (size_t t = 0; t < search->graph->types.count; t++) {
		const struct rg_type *type = &search->graph->types.data[t];

		search->wanted[t] = (!options->only_count ||
				     matches(type, options->only, options->only_count)) &&
				    !matches(type, options->ignore, options->ignore_count);
	}
}

/* The object that stands for @id: itself, or whose part it is. */
static rg_id shown(const struct search *search, rg_id id)
{
	const rg_graph *graph = search->graph;

	if (search->options.plumbing)
		return id;
	for (unsigned int i = 0; i < DEEPEST && graph->flags[id] & RG_OBJECT_PLUMBING; i++)
		id = rg_graph_owner(graph, id);
	return id;
}

/* @id and its parts to search->parts, each once: parts are marked as met meanwhile. */
static void list_parts(struct search *search, rg_id id)
{
	const rg_graph *graph = search->graph;

	for (size_t p = 1; p < search->parts.count; p++)
		rg_bitset_remove(search->met, search->parts.data[p]);
	search->parts.count = 0;
	if (!rg_vector_push(&search->parts, id))
		search->failed = true;
	for (size_t p = 0; p < search->parts.count && !search->options.plumbing; p++) {
		rg_id owner = search->parts.data[p];

		for (uint64_t i = graph->offset[owner]; i < graph->offset[owner + 1]; i++) {
			rg_id part = graph->target[i];

			if (!(graph->kind[i] & RG_REFERENCE_PLUMBING) || part == id ||
			    rg_graph_owner(graph, part) != owner || shown(search, part) != id ||
			    !rg_bitset_claim(search->met, part))
				continue;
			if (!rg_vector_push(&search->parts, part)) {
				rg_bitset_remove(search->met, part);
				search->failed = true;
			}
		}
	}
}

static bool is_shown_kind(const struct search *search, uint8_t kind)
{
	return search->options.weak || rg_store_counted(kind);
}

/* Whether @source refers to @target by a reference that is shown. */
static bool refers(const struct search *search, rg_id source, rg_id target)
{
	const rg_graph *graph = search->graph;

	if (search->options.weak || !rg_bitset_test(graph->uncounted, source))
		return true;
	for (uint64_t i = graph->offset[source]; i < graph->offset[source + 1]; i++)
		if (graph->target[i] == target && rg_store_counted(graph->kind[i]))
			return true;
	return false;
}

/* The next neighbour of the node at work, RG_NONE at the end. */
struct walk {
	size_t part;
	uint64_t next;
	bool started;
};

static rg_id step(const struct search *search, struct walk *walk)
{
	const rg_graph *graph = search->graph;
	bool back = search->options.direction == RG_DIRECTION_BACK;
	const uint64_t *offset = back ? graph->back_offset : graph->offset;

	for (; walk->part < search->parts.count; walk->part++, walk->started = false) {
		rg_id at = search->parts.data[walk->part];

		if (!walk->started) {
			walk->next = offset[at];
			walk->started = true;
		}
		while (walk->next < offset[at + 1]) {
			uint64_t i = walk->next++;
			rg_id other = back ? graph->source[i] : graph->target[i];
			rg_id seen;

			if (back && i > offset[at] && graph->source[i - 1] == other)
				continue;
			if (!back && !is_shown_kind(search, graph->kind[i]))
				continue;
			seen = shown(search, other);
			if (seen == search->parts.data[0] || !search->wanted[graph->type[seen]])
				continue;
			if (back && !refers(search, other, at))
				continue;
			return seen;
		}
	}
	return RG_NONE;
}

static bool add_node(struct search *search, rg_id id, unsigned int depth, bool target)
{
	struct result *result = search->result;
	struct rg_neighbor node = { .object = id, .depth = depth, .target = target };

	if (!rg_map_put(&search->index, (uint64_t)id + 1, (uint32_t)result->nodes.count) ||
	    !rg_vector_push(&result->nodes, node)) {
		search->failed = true;
		return false;
	}
	rg_bitset_add(search->drawn, id);
	return true;
}

static bool is_expandable(const struct search *search, const struct rg_neighbor *node)
{
	if (node->depth >= search->options.depth)
		return false;
	return search->options.direction == RG_DIRECTION_FORWARD || node->target ||
	       search->options.past_modules ||
	       !(search->graph->flags[node->object] & RG_OBJECT_MODULE);
}

static void choose_nodes(struct search *search, const rg_id *targets, size_t count)
{
	struct result *result = search->result;

	for (size_t i = 0; i < count && !search->failed; i++) {
		rg_id id = shown(search, targets[i]);

		if (rg_bitset_test(search->drawn, id))
			continue;
		if (result->nodes.count < search->options.limit_nodes)
			add_node(search, id, 0, true);
		else
			result->public.targets_left_out++;
	}
	for (size_t n = 0; n < result->nodes.count && !search->failed; n++) {
		struct rg_neighbor *node = &result->nodes.data[n];
		unsigned int depth = node->depth;
		struct walk walk = { 0 };
		size_t fresh = 0;
		rg_id id;

		if (!is_expandable(search, node))
			continue;
		node->expanded = true;
		list_parts(search, node->object);
		while (fresh < search->options.too_many &&
		       result->nodes.count < search->options.limit_nodes && !search->failed) {
			id = step(search, &walk);
			if (id == RG_NONE)
				break;
			if (rg_bitset_test(search->drawn, id))
				continue;
			add_node(search, id, depth + 1, false);
			fresh++;
		}
	}
}

/* Adds reference @i of @source, which stands for node @from. */
static void add_reference(struct search *search, uint32_t from, rg_id source, uint64_t i)
{
	const rg_graph *graph = search->graph;
	struct result *result = search->result;
	bool back = search->options.direction == RG_DIRECTION_BACK;
	uint8_t kind = graph->kind[i] & RG_REFERENCE_KIND_MASK;
	rg_id target = graph->target[i], seen = shown(search, target);
	const uint32_t *to, *edge;
	struct kept_step kept;
	uint64_t key;

	if (!is_shown_kind(search, kind) || !rg_bitset_test(search->drawn, seen))
		return;
	/* Ownership is not drawn where a part is one with its owner. */
	if (!search->options.plumbing && graph->kind[i] & RG_REFERENCE_PLUMBING &&
	    rg_graph_owner(graph, target) == source)
		return;
	to = rg_map_find(&search->index, (uint64_t)seen + 1);
	if (!to || !result->nodes.data[back ? *to : from].expanded)
		return;
	key = ((uint64_t)from << 36) + ((uint64_t)*to << 4) + kind + 1;
	edge = rg_map_find(&search->edge_index, key);
	kept.edge = edge ? *edge : (uint32_t)result->edges.count;
	kept.step = (struct rg_step){ source, (size_t)(i - graph->offset[source]), target };
	if (!edge) {
		struct rg_neighbor_edge fresh = { .from = from, .to = *to, .kind = kind };

		if (!rg_map_put(&search->edge_index, key, kept.edge) ||
		    !rg_vector_push(&result->edges, fresh)) {
			search->failed = true;
			return;
		}
	}
	result->edges.data[kept.edge].count++;
	if (result->edges.data[kept.edge].step_count == STEPS)
		return;
	result->edges.data[kept.edge].step_count++;
	if (!rg_vector_push(&search->kept, kept))
		search->failed = true;
}

static void find_edges(struct search *search)
{
	const rg_graph *graph = search->graph;
	struct result *result = search->result;

	for (size_t n = 0; n < result->nodes.count && !search->failed; n++) {
		list_parts(search, result->nodes.data[n].object);
		for (size_t p = 0; p < search->parts.count && !search->failed; p++) {
			rg_id source = search->parts.data[p];

			for (uint64_t i = graph->offset[source]; i < graph->offset[source + 1]; i++)
				add_reference(search, (uint32_t)n, source, i);
		}
	}
}

/* Gives each edge its steps, in one array. */
static bool place_steps(struct search *search)
{
	struct result *result = search->result;
	size_t at = 0;

	result->steps = rg_alloc(search->kept.count * sizeof(*result->steps));
	if (!result->steps)
		return false;
	for (size_t e = 0; e < result->edges.count; e++) {
		result->edges.data[e].steps = result->steps + at;
		at += result->edges.data[e].step_count;
		result->edges.data[e].step_count = 0;
	}
	for (size_t k = 0; k < search->kept.count; k++) {
		struct rg_neighbor_edge *edge = &result->edges.data[search->kept.data[k].edge];
		size_t first = (size_t)(edge->steps - result->steps);

		result->steps[first + edge->step_count++] = search->kept.data[k].step;
	}
	return true;
}

static int compare_folds(const void *a, const void *b, void *user)
{
	const struct rg_neighbor_fold *left = a, *right = b;
	const rg_graph *graph = user;
	int order;

	if (left->count != right->count)
		return left->count > right->count ? -1 : 1;
	order = strcmp(graph->types.data[left->type].name, graph->types.data[right->type].name);
	return order ? order : (left->type > right->type) - (left->type < right->type);
}

/* Counts the neighbours of @node that are not here by type. */
static void fold(struct search *search, uint32_t n)
{
	const rg_graph *graph = search->graph;
	struct result *result = search->result;
	struct rg_neighbor *node = &result->nodes.data[n];
	size_t first = result->folds.count;
	struct walk walk = { 0 };
	rg_id id;

	list_parts(search, node->object);
	search->touched.count = 0;
	while (!search->failed && (id = step(search, &walk)) != RG_NONE) {
		struct rg_neighbor_fold row = { n, graph->type[id], 0 };

		if (rg_bitset_test(search->drawn, id) || !rg_bitset_claim(search->met, id))
			continue;
		if (!rg_vector_push(&search->touched, id))
			search->failed = true;
		if (!node->expanded) {
			node->cut = true;
			break;
		}
		node->folded++;
		if (!search->counts[row.type]++ && !rg_vector_push(&result->folds, row))
			search->failed = true;
	}
	for (size_t i = 0; i < search->touched.count; i++)
		rg_bitset_remove(search->met, search->touched.data[i]);
	for (size_t i = first; i < result->folds.count; i++) {
		struct rg_neighbor_fold *row = &result->folds.data[i];

		row->count = search->counts[row->type];
		search->counts[row->type] = 0;
	}
	if (result->folds.count > first)
		rg_sort(result->folds.data + first, result->folds.count - first,
			sizeof(*result->folds.data), compare_folds, (void *)(uintptr_t)graph);
}

static void find_roots(struct search *search)
{
	const rg_graph *graph = search->graph;
	struct result *result = search->result;

	for (size_t i = 0; i < graph->roots.count && !search->failed; i++) {
		rg_id id = shown(search, graph->roots.data[i].object);
		struct rg_neighbor_root row = { 0, &graph->roots.data[i] };

		if (!rg_bitset_test(search->drawn, id))
			continue;
		row.node = *rg_map_find(&search->index, (uint64_t)id + 1);
		if (!rg_vector_push(&result->roots, row))
			search->failed = true;
	}
}

static bool run(struct search *search, const rg_id *targets, size_t count)
{
	struct result *result = search->result;

	choose_types(search);
	choose_nodes(search, targets, count);
	find_edges(search);
	for (size_t n = 0; n < result->nodes.count && !search->failed; n++)
		fold(search, (uint32_t)n);
	find_roots(search);
	return !search->failed && place_steps(search);
}

static rg_error *set_options(struct search *search, const struct rg_neighborhood_options *options)
{
	RG_TRY(rg_options_read(options, sizeof(search->options), &search->options));
	if (!search->options.depth)
		search->options.depth = 3;
	if (!search->options.too_many)
		search->options.too_many = 10;
	if (!search->options.limit_nodes)
		search->options.limit_nodes = 150;
	/* An edge's key has 28 bits for each end. */
	if (search->options.limit_nodes >= UINT32_C(1) << 28)
		search->options.limit_nodes = (UINT32_C(1) << 28) - 1;
	return NULL;
}

rg_error *rg_neighborhood_find(const rg_graph *graph, const rg_id *targets, size_t target_count,
			       const struct rg_neighborhood_options *options,
			       struct rg_neighborhood **ret)
{
	struct search search = { .graph = graph };
	struct result *result;
	bool ok;

	if (!graph->offset || !graph->uncounted)
		return rg_error_new(RG_ERROR_INVALID, "the graph has no references");
	for (size_t i = 0; i < target_count; i++)
		if (targets[i] >= graph->count)
			return rg_error_new(RG_ERROR_INVALID, "object %u does not exist",
					    targets[i]);
	RG_TRY(set_options(&search, options));
	result = search.result = rg_calloc(1, sizeof(*result));
	search.drawn = rg_bitset_new(graph->count);
	search.met = rg_bitset_new(graph->count);
	search.wanted = rg_alloc(graph->types.count);
	search.counts = rg_calloc(graph->types.count, sizeof(*search.counts));
	ok = result && search.drawn && search.met && search.wanted && search.counts &&
	     run(&search, targets, target_count);
	rg_map_free(&search.index);
	rg_map_free(&search.edge_index);
	rg_free(search.drawn);
	rg_free(search.met);
	rg_free(search.wanted);
	rg_free(search.counts);
	rg_vector_free(&search.parts);
	rg_vector_free(&search.touched);
	rg_vector_free(&search.kept);
	if (!ok) {
		rg_neighborhood_free(result ? &result->public : NULL);
		return rg_error_no_memory();
	}
	result->public.nodes = result->nodes.data;
	result->public.node_count = result->nodes.count;
	result->public.edges = result->edges.data;
	result->public.edge_count = result->edges.count;
	result->public.folds = result->folds.data;
	result->public.fold_count = result->folds.count;
	result->public.roots = result->roots.data;
	result->public.root_count = result->roots.count;
	*ret = &result->public;
	return NULL;
}

void rg_neighborhood_free(struct rg_neighborhood *neighborhood)
{
	struct result *result = (struct result *)neighborhood;

	if (!result)
		return;
	rg_vector_free(&result->nodes);
	rg_vector_free(&result->edges);
	rg_vector_free(&result->folds);
	rg_vector_free(&result->roots);
	rg_free(result->steps);
	rg_free(result);
}
