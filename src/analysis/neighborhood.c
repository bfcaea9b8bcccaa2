/* SPDX-License-Identifier: MIT */
/*
 * What is around some objects, for pictures and trees.  First the objects are
 * chosen, breadth-first; then every chosen object's references are read once
 * for the edges between them; then what was left out is counted by type.
 *
 * That is done again with less room when the counts and the roots need some,
 * and in a better order when not everything fits.
 */
#include "base/error.h"

#include <string.h>

#include "analysis/holders.h"
#include "analysis/search.h"
#include "base/alloc.h"
#include "base/options.h"
#include "base/sort.h"

#define STEPS 4   /* references kept of each edge, for labels */
#define TOO_MANY 10 /* neighbours drawn of a target, unless said */
#define ROOTS 5   /* boxes that the roots of one object take at most */
#define ROUNDS 8  /* in which room is sought for everything */

static bool matches(const struct rg_type *type, const char *const *patterns, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (rg_pattern_match(patterns[i], type->name) ||
		    rg_pattern_match(patterns[i], type->short_name))
			return true;
	return false;
}

static void choose_types(struct rg_search *search)
{
	const struct rg_neighborhood_options *options = &search->options;

	for (size_t t = 0; t < search->graph->types.count; t++) {
		const struct rg_type *type = &search->graph->types.data[t];

		search->wanted[t] = (!options->only_count ||
				     matches(type, options->only, options->only_count)) &&
				    !matches(type, options->ignore, options->ignore_count);
	}
}

static bool add_node(struct rg_search *search, rg_id id, unsigned int depth, bool target)
{
	struct rg_around *result = search->result;
	struct rg_neighbor node = { .object = id, .depth = depth, .target = target };

	if (!rg_map_put(&search->index, (uint64_t)id + 1, (uint32_t)result->nodes.count) ||
	    !rg_vector_push(&result->nodes, node)) {
		search->failed = true;
		return false;
	}
	rg_bitset_add(search->drawn, id);
	if (rg_bitset_test(search->reserved, id))
		search->pending--;
	return true;
}

static bool is_expandable(const struct rg_search *search, const struct rg_neighbor *node)
{
	if (node->depth >= search->options.depth)
		return false;
	return node->target || search->options.past_modules ||
	       !(search->graph->flags[node->object] & RG_OBJECT_MODULE);
}

static int compare_candidates(const void *a, const void *b, void *user)
{
	const struct rg_candidate *left = a, *right = b;

	(void)user;
	if (left->reserved != right->reserved)
		return left->reserved ? -1 : 1;
	if (left->rank != right->rank)
		return left->rank < right->rank ? -1 : 1;
	return (left->order > right->order) - (left->order < right->order);
}

/* The neighbours of @id that are not here yet, those first that are to be drawn first. */
static void list_candidates(struct rg_search *search, rg_id id)
{
	struct rg_search_walk walk = { 0 };
	rg_id other;

	rg_search_begin(search, id);
	search->candidates.count = 0;
	while (!search->failed && (other = rg_search_step(search, &walk)) != RG_NONE) {
		struct rg_candidate candidate = {
			.object = other,
			.reserved = rg_bitset_test(search->reserved, other),
			.rank = search->rank ? search->rank[other] : 0,
			.order = search->candidates.count,
		};

		if (rg_bitset_test(search->drawn, other) || !rg_bitset_claim(search->met, other))
			continue;
		if (!rg_vector_push(&search->candidates, candidate)) {
			rg_bitset_remove(search->met, other);
			search->failed = true;
		}
	}
	for (size_t i = 0; i < search->candidates.count; i++)
		rg_bitset_remove(search->met, search->candidates.data[i].object);
	if (search->rank && search->candidates.count > 1)
		rg_sort(search->candidates.data, search->candidates.count,
			sizeof(*search->candidates.data), compare_candidates, NULL);
}

static bool has_room(const struct rg_search *search)
{
	return search->result->nodes.count + search->pending < search->room;
}

static void expand(struct rg_search *search, size_t n)
{
	rg_id id = search->result->nodes.data[n].object;
	unsigned int depth = search->result->nodes.data[n].depth;
	/* What was asked for is shown in full, what is beyond as far as it helps. */
	size_t most = search->options.too_many ? search->options.too_many
		      : depth ? TOO_MANY / 2 : TOO_MANY;
	size_t fresh = 0;

	search->result->nodes.data[n].expanded = true;
	if (!has_room(search) && !search->pending) {
		search->overflowed = true;
		return;
	}
	list_candidates(search, id);
	for (size_t i = 0; i < search->candidates.count && !search->failed; i++) {
		const struct rg_candidate *candidate = &search->candidates.data[i];

		if (!candidate->reserved &&
		    (fresh >= most || !has_room(search))) {
			search->overflowed = true;
			break;
		}
		add_node(search, candidate->object, depth + 1, false);
		fresh++;
	}
}

static void choose_targets(struct rg_search *search, const rg_id *targets, size_t count)
{
	struct rg_around *result = search->result;
	size_t most = search->room > 1 && search->options.depth ? search->room / 2 : search->room;

	result->public.targets_left_out = 0;
	for (size_t i = 0; i < count && !search->failed; i++) {
		rg_id id = rg_search_shown(search, targets[i]);

		if (rg_bitset_test(search->drawn, id))
			continue;
		if (result->nodes.count < most)
			add_node(search, id, 0, true);
		else
			result->public.targets_left_out++;
	}
}

/* Keeps room for the way from each target to what holds it, as far as the depth goes. */
static void reserve(struct rg_search *search)
{
	const rg_graph *graph = search->graph;
	struct rg_around *result = search->result;
	size_t targets = result->nodes.count;

	for (size_t n = 0; n < targets && !search->failed; n++) {
		struct rg_neighbor at = result->nodes.data[n];

		while (is_expandable(search, &at) && has_room(search) && !search->failed) {
			const struct rg_candidate *best;

			list_candidates(search, at.object);
			best = search->candidates.data;
			if (!search->candidates.count || best->reserved ||
			    best->rank == RG_HOLDERS_FAR)
				break;
			rg_bitset_add(search->reserved, best->object);
			search->pending++;
			at = (struct rg_neighbor){ .object = best->object, .depth = at.depth + 1 };
			/* The object itself is what a root names. */
			if (rg_bitset_test(search->rooted, at.object) &&
			    graph->flags[at.object] & RG_OBJECT_MODULE)
				break;
		}
	}
}

static void choose_nodes(struct rg_search *search, const rg_id *targets, size_t count)
{
	struct rg_around *result = search->result;

	choose_targets(search, targets, count);
	if (search->rank)
		reserve(search);
	for (size_t n = 0; n < result->nodes.count && !search->failed; n++)
		if (is_expandable(search, &result->nodes.data[n]))
			expand(search, n);
}

/* Adds reference @i of @source, which stands for node @from. */
static void add_reference(struct rg_search *search, uint32_t from, rg_id source, uint64_t i)
{
	const rg_graph *graph = search->graph;
	struct rg_around *result = search->result;
	bool back = rg_search_is_back(search);
	uint8_t kind = graph->kind[i] & RG_REFERENCE_KIND_MASK;
	rg_id target = graph->target[i], seen = rg_search_shown(search, target);
	const uint32_t *to, *edge;
	struct rg_kept_step kept;
	uint64_t key;

	if (!rg_bitset_test(search->drawn, seen) ||
	    rg_search_judge(search, source, i) != RG_REASON_SHOWN)
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

static void find_edges(struct rg_search *search)
{
	const rg_graph *graph = search->graph;
	struct rg_around *result = search->result;

	for (size_t n = 0; n < result->nodes.count && !search->failed; n++) {
		rg_search_parts(search, result->nodes.data[n].object);
		for (size_t p = 0; p < search->parts.count && !search->failed; p++) {
			rg_id source = search->parts.data[p];

			for (uint64_t i = graph->offset[source]; i < graph->offset[source + 1]; i++)
				add_reference(search, (uint32_t)n, source, i);
		}
	}
}

/* Gives each edge its steps, in one array. */
static bool place_steps(struct rg_search *search)
{
	struct rg_around *result = search->result;
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
static void fold(struct rg_search *search, uint32_t n)
{
	const rg_graph *graph = search->graph;
	struct rg_around *result = search->result;
	struct rg_neighbor *node = &result->nodes.data[n];
	size_t first = result->folds.count;
	struct rg_search_walk walk = { 0 };
	rg_id id;

	rg_search_begin(search, node->object);
	walk.left_out = node->expanded ? &result->public.left_out : NULL;
	search->touched.count = 0;
	while (!search->failed && (id = rg_search_step(search, &walk)) != RG_NONE) {
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

/*
 * Whether @root says no more than another: who uses the namespace of a module
 * that the module table holds, or refers to it from C, does not keep it.
 */
static bool is_said(const struct rg_search *search, const struct rg_root *root, rg_id id)
{
	return search->graph->flags[id] & RG_OBJECT_MODULE && root->kind != RG_ROOT_MODULE &&
	       rg_bitset_test(search->modules, id) && !rg_bitset_test(search->asked, id);
}

static void find_roots(struct rg_search *search)
{
	const rg_graph *graph = search->graph;
	struct rg_around *result = search->result;

	for (size_t i = 0; i < graph->roots.count && !search->failed; i++) {
		rg_id id = rg_search_shown(search, graph->roots.data[i].object);
		struct rg_neighbor_root row = { 0, &graph->roots.data[i] };

		if (!rg_bitset_test(search->drawn, id))
			continue;
		if ((graph->roots.data[i].routine || is_said(search, row.root, id)) &&
		    !search->options.everything && !rg_bitset_test(search->raw, id)) {
			result->public.left_out.roots++;
			continue;
		}
		row.node = *rg_map_find(&search->index, (uint64_t)id + 1);
		if (!rg_vector_push(&result->roots, row))
			search->failed = true;
	}
}

/* What is true of objects whatever is drawn. */
static void look_ahead(struct rg_search *search, const rg_id *targets, size_t count)
{
	const rg_graph *graph = search->graph;

	for (rg_id id = 0; id < graph->count; id++)
		if (graph->flags[id] & RG_OBJECT_IMMORTAL)
			rg_bitset_add(search->usual, id);
	for (size_t i = 0; i < graph->roots.count; i++) {
		const struct rg_root *root = &graph->roots.data[i];

		/* Where the runtime counts references to them, they live as long all the same. */
		if (root->kind == RG_ROOT_STATIC)
			rg_bitset_add(search->usual, root->object);
		if (!root->routine)
			rg_bitset_add(search->rooted, rg_search_shown(search, root->object));
		if (root->kind == RG_ROOT_MODULE)
			rg_bitset_add(search->modules, root->object);
	}
	for (size_t i = 0; i < count; i++)
		rg_bitset_add(search->asked, rg_search_shown(search, targets[i]));
}

static void start_over(struct rg_search *search)
{
	struct rg_around *result = search->result;

	for (size_t n = 0; n < result->nodes.count; n++)
		rg_bitset_remove(search->drawn, result->nodes.data[n].object);
	memset(search->reserved, 0, ((size_t)search->graph->count + 63) / 64 * sizeof(uint64_t));
	rg_map_free(&search->index);
	result->nodes.count = result->folds.count = result->roots.count = 0;
	memset(&result->public.left_out, 0, sizeof(result->public.left_out));
	search->pending = 0;
	search->overflowed = false;
}

/* Boxes that the picture takes: each object, what is folded of it, its roots. */
static size_t count_boxes(const struct rg_search *search)
{
	const struct rg_around *result = search->result;
	size_t boxes = result->nodes.count, roots = 0;

	for (size_t n = 0; n < result->nodes.count; n++) {
		const struct rg_neighbor *node = &result->nodes.data[n];

		boxes += node->folded > 0;
		boxes += (search->graph->flags[node->object] &
			  (RG_OBJECT_FINALIZER | RG_OBJECT_TYPE)) == RG_OBJECT_FINALIZER;
	}
	/* Roots come by kind and name, not by node: the most that they may take. */
	for (size_t i = 0; i < result->roots.count; i++)
		if (rg_search_is_back(search) ||
		    result->nodes.data[result->roots.data[i].node].target)
			roots++;
	return boxes + (roots < ROOTS * result->nodes.count ? roots
							    : ROOTS * result->nodes.count);
}

static void find_nodes(struct rg_search *search, const rg_id *targets, size_t count)
{
	start_over(search);
	choose_nodes(search, targets, count);
	for (size_t n = 0; n < search->result->nodes.count && !search->failed; n++)
		fold(search, (uint32_t)n);
	find_roots(search);
}

/* Finds nodes, folds and roots that have room together. */
static rg_error *fit(struct rg_search *search, const rg_id *targets, size_t count)
{
	size_t most = search->options.limit_nodes;

	search->room = most;
	find_nodes(search, targets, count);
	if (search->overflowed && rg_search_is_back(search) && !search->failed) {
		RG_TRY(rg_holders_rank(search->graph, &search->rank));
		find_nodes(search, targets, count);
	}
	for (unsigned int round = 0; round < ROUNDS && !search->failed; round++) {
		size_t boxes = count_boxes(search);

		if (boxes <= most || search->room == 1)
			break;
		if (!search->rank && rg_search_is_back(search))
			RG_TRY(rg_holders_rank(search->graph, &search->rank));
		if (search->room > search->result->nodes.count)
			search->room = search->result->nodes.count;
		/* Fewer objects have fewer roots and folds, about in proportion. */
		search->room = search->room > 1 ? search->room * most / boxes : 1;
		if (!search->room)
			search->room = 1;
		find_nodes(search, targets, count);
	}
	return NULL;
}

static rg_error *run(struct rg_search *search, const rg_id *targets, size_t count)
{
	choose_types(search);
	look_ahead(search, targets, count);
	RG_TRY(fit(search, targets, count));
	find_edges(search);
	if (search->failed || !place_steps(search))
		return rg_error_no_memory();
	return NULL;
}

static rg_error *set_options(struct rg_search *search,
			     const struct rg_neighborhood_options *options)
{
	RG_TRY(rg_options_read(options, sizeof(search->options), &search->options));
	if (!search->options.depth)
		search->options.depth = 3;
	if (!search->options.limit_nodes)
		search->options.limit_nodes = 150;
	/* An edge's key has 28 bits for each end. */
	if (search->options.limit_nodes >= UINT32_C(1) << 28)
		search->options.limit_nodes = (UINT32_C(1) << 28) - 1;
	return NULL;
}

/* Everything by object, and what is needed by type; false: no memory. */
static bool prepare(struct rg_search *search)
{
	size_t count = search->graph->count, types = search->graph->types.count;

	search->drawn = rg_bitset_new(count);
	search->met = rg_bitset_new(count);
	search->usual = rg_bitset_new(count);
	search->raw = rg_bitset_new(count);
	search->rooted = rg_bitset_new(count);
	search->modules = rg_bitset_new(count);
	search->asked = rg_bitset_new(count);
	search->reserved = rg_bitset_new(count);
	search->wanted = rg_alloc(types);
	search->counts = rg_calloc(types, sizeof(*search->counts));
	return search->drawn && search->met && search->usual && search->raw && search->rooted &&
	       search->modules && search->asked && search->reserved && search->wanted &&
	       search->counts;
}

static void clean_up(struct rg_search *search)
{
	rg_map_free(&search->index);
	rg_map_free(&search->edge_index);
	rg_free(search->drawn);
	rg_free(search->met);
	rg_free(search->usual);
	rg_free(search->raw);
	rg_free(search->rooted);
	rg_free(search->modules);
	rg_free(search->asked);
	rg_free(search->reserved);
	rg_free(search->rank);
	rg_free(search->wanted);
	rg_free(search->counts);
	rg_vector_free(&search->parts);
	rg_vector_free(&search->touched);
	rg_vector_free(&search->candidates);
	rg_vector_free(&search->kept);
}

rg_error *rg_neighborhood_find(const rg_graph *graph, const rg_id *targets, size_t target_count,
			       const struct rg_neighborhood_options *options,
			       struct rg_neighborhood **ret)
{
	struct rg_search search = { .graph = graph };
	struct rg_around *result;
	rg_error *error;

	if (!graph->offset || !graph->special)
		return rg_error_new(RG_ERROR_INVALID, "the graph has no references");
	for (size_t i = 0; i < target_count; i++)
		if (targets[i] >= graph->count)
			return rg_error_new(RG_ERROR_INVALID, "object %u does not exist",
					    targets[i]);
	RG_TRY(set_options(&search, options));
	result = search.result = rg_calloc(1, sizeof(*result));
	error = result && prepare(&search) ? run(&search, targets, target_count)
					   : rg_error_no_memory();
	clean_up(&search);
	if (error) {
		rg_neighborhood_free(result ? &result->public : NULL);
		return error;
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
	struct rg_around *result = (struct rg_around *)neighborhood;

	if (!result)
		return;
	rg_vector_free(&result->nodes);
	rg_vector_free(&result->edges);
	rg_vector_free(&result->folds);
	rg_vector_free(&result->roots);
	rg_free(result->steps);
	rg_free(result);
}
