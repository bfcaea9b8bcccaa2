/* SPDX-License-Identifier: MIT */
/* Which objects are unreachable or lost: trial deletion over the whole graph at once. */
#include "base/error.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bitset.h"
#include "graph/store.h"

#define AHEAD 16
#define LISTED 100

/* In the array of what is left of a count: it never decides anything. */
#define OUTSIDE UINT32_MAX

struct result {
	struct rg_garbage public;
	uint64_t *unreachable;
	uint64_t *going;
	uint64_t *lost;
	rg_id listed[LISTED];
};

/* Scratch of one search. */
struct search {
	const rg_graph *graph;
	uint32_t *left;   /* by object: what is left of its count, or OUTSIDE */
	uint64_t *alive;
	uint64_t *over;   /* more references found than counted */
	rg_id *queue;
	rg_id queued;
};

static bool is_root(const rg_graph *graph, rg_id id)
{
	return graph->flags[id] & (RG_OBJECT_IMMORTAL | RG_OBJECT_FROZEN);
}

/* An object that the collector looks at. */
static bool is_collected(const rg_graph *graph, rg_id id)
{
	return (graph->flags[id] & RG_OBJECT_TRACKED) && !is_root(graph, id);
}

static uint32_t initial_count(const rg_graph *graph, rg_id id)
{
	uint32_t count = graph->refcount[id];

	/* 2^32 references and more, or nobody knows how many: never used up. */
	return count >= RG_STORE_UNKNOWN ? OUTSIDE : count;
}

static void subtract(struct search *search, rg_id from, uint8_t highest_kind, bool inferred)
{
	const rg_graph *graph = search->graph;
	uint64_t end = graph->offset[from + 1];

	for (uint64_t i = graph->offset[from]; i < end; i++) {
		uint8_t kind = graph->kind[i] & RG_REFERENCE_KIND_MASK;
		rg_id target = graph->target[i];

		if (i + AHEAD < graph->references)
			__builtin_prefetch(&search->left[graph->target[i + AHEAD]], 1);
		if (kind > highest_kind && !(inferred && kind == RG_REFERENCE_INFERRED))
			continue;
		if (search->left[target] == OUTSIDE)
			continue;
		if (search->left[target])
			search->left[target]--;
		else
			rg_bitset_add(search->over, target);
	}
}

static void reach(struct search *search, rg_id id)
{
	if (rg_bitset_claim(search->alive, id))
		search->queue[search->queued++] = id;
}

/*
 * Everything that what is queued reaches; with @collected only through and to
 * objects that the collector looks at, by references that it is shown.
 */
static void propagate(struct search *search, bool collected)
{
	const rg_graph *graph = search->graph;

	for (rg_id next = 0; next < search->queued; next++) {
		rg_id from = search->queue[next];
		uint64_t end = graph->offset[from + 1];

		if (next + 4 < search->queued)
			__builtin_prefetch(&graph->offset[search->queue[next + 4]]);
		if (next + 2 < search->queued)
			__builtin_prefetch(
				&graph->target[graph->offset[search->queue[next + 2]]]);
		for (uint64_t i = graph->offset[from]; i < end; i++) {
			uint8_t kind = graph->kind[i] & RG_REFERENCE_KIND_MASK;
			rg_id target = graph->target[i];

			if (kind > RG_REFERENCE_INFERRED)
				continue;
			if (collected && (kind == RG_REFERENCE_UNTRAVERSED ||
					  !is_collected(graph, target)))
				continue;
			reach(search, target);
		}
	}
}

/* The collector's own way: only what it looks at, only what it is shown. */
static void find_unreachable(struct search *search, uint64_t *unreachable)
{
	const rg_graph *graph = search->graph;

	for (rg_id id = 0; id < graph->count; id++)
		search->left[id] = is_collected(graph, id) ? initial_count(graph, id) : OUTSIDE;
	for (rg_id id = 0; id < graph->count; id++)
		if (is_collected(graph, id))
			subtract(search, id, RG_REFERENCE_STRONG, true);
	for (rg_id id = 0; id < graph->count; id++)
		if (is_collected(graph, id) &&
		    (search->left[id] || rg_bitset_test(search->over, id)))
			reach(search, id);
	propagate(search, true);
	for (rg_id id = 0; id < graph->count; id++)
		if (is_collected(graph, id) && !rg_bitset_test(search->alive, id))
			rg_bitset_add(unreachable, id);
}

/*
 * Objects all of whose references come from what is unreachable: untracked ones, which
 * are @unreachable as well; then also such as are tracked and yet nothing that the
 * collector sees through, because what holds them is untracked (the constants of a
 * code object).  It does not count these, but they go, with all that goes then: @going.
 */
static void find_held(struct search *search, uint64_t *unreachable, uint64_t *going)
{
	const rg_graph *graph = search->graph;

	uint64_t *touched = search->alive; /* referred to by what goes */

	memset(touched, 0, (graph->count / 64 + 1) * sizeof(*touched));
	search->queued = 0;
	for (rg_id id = 0; id < graph->count; id++) {
		uint32_t count = initial_count(graph, id);

		/* What is overcounted may well be held by something else. */
		if (is_root(graph, id) || rg_bitset_test(unreachable, id) ||
		    graph->explained[id] > count)
			count = OUTSIDE;
		search->left[id] = count;
		if (rg_bitset_test(unreachable, id))
			search->queue[search->queued++] = id;
	}
	for (rg_id next = 0; next < search->queued; next++) {
		rg_id from = search->queue[next];
		/* What only something of @going holds would not be there without it. */
		bool goes = rg_bitset_test(going, from);

		for (uint64_t i = graph->offset[from]; i < graph->offset[from + 1]; i++) {
			rg_id target = graph->target[i];

			if (!rg_store_counted(graph->kind[i]) || search->left[target] == OUTSIDE)
				continue;
			if (search->left[target])
				search->left[target]--;
			if (goes)
				rg_bitset_add(touched, target);
			if (search->left[target])
				continue;
			search->left[target] = OUTSIDE;
			rg_bitset_add(graph->flags[target] & RG_OBJECT_TRACKED ||
						      rg_bitset_test(touched, target)
					      ? going : unreachable, target);
			search->queue[search->queued++] = target;
		}
	}
}

/*
 * What roots hold.  Static data is never freed, whatever its count says: an
 * extension that leaves a static type at a count of 0 has not lost it.
 */
static void reach_roots(struct search *search)
{
	const rg_graph *graph = search->graph;

	for (size_t i = 0; i < graph->roots.count; i++)
		if (graph->roots.data[i].count || graph->roots.data[i].kind == RG_ROOT_STATIC ||
		    !graph->has_refcounts)
			reach(search, graph->roots.data[i].object);
}

/* The same over all objects and all counted references. */
static void find_lost(struct search *search, const uint64_t *unreachable, const uint64_t *going,
		      uint64_t *lost)
{
	const rg_graph *graph = search->graph;
	size_t words = graph->count / 64 + 1;

	memset(search->alive, 0, words * sizeof(*search->alive));
	memset(search->over, 0, words * sizeof(*search->over));
	search->queued = 0;
	for (rg_id id = 0; id < graph->count; id++)
		search->left[id] = is_root(graph, id) ? OUTSIDE : initial_count(graph, id);
	for (rg_id id = 0; id < graph->count; id++)
		subtract(search, id, RG_REFERENCE_INFERRED, true);
	for (rg_id id = 0; id < graph->count; id++)
		if (search->left[id] || rg_bitset_test(search->over, id))
			reach(search, id);
	reach_roots(search);
	propagate(search, false);
	for (size_t w = 0; w < words; w++)
		lost[w] = ~(search->alive[w] | unreachable[w] | going[w]);
	if (graph->count % 64)
		lost[graph->count / 64] &= (UINT64_C(1) << (graph->count % 64)) - 1;
	else
		lost[graph->count / 64] = 0;
}

static void find_by_roots(struct search *search, uint64_t *unreachable)
{
	reach_roots(search);
	propagate(search, false);
	for (rg_id id = 0; id < search->graph->count; id++)
		if (!rg_bitset_test(search->alive, id) && !is_root(search->graph, id))
			rg_bitset_add(unreachable, id);
}

static bool is_garbage(const struct result *result, rg_id id)
{
	return rg_bitset_test(result->unreachable, id) || rg_bitset_test(result->going, id) ||
	       rg_bitset_test(result->lost, id);
}

/* Whether an inferred reference between objects that were found took part. */
static bool rests_on_inference(const rg_graph *graph, const struct result *result)
{
	for (rg_id id = 0; id < graph->count; id++) {
		if (!is_garbage(result, id))
			continue;
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++)
			if ((graph->kind[i] & RG_REFERENCE_KIND_MASK) == RG_REFERENCE_INFERRED &&
			    is_garbage(result, graph->target[i]))
				return true;
	}
	return false;
}

static void add_up(const rg_graph *graph, struct result *result, const uint64_t *over)
{
	struct rg_garbage *sum = &result->public;

	for (rg_id id = 0; id < graph->count; id++) {
		bool collected = rg_bitset_test(result->unreachable, id);

		if (collected || rg_bitset_test(result->going, id)) {
			sum->objects++;
			sum->tracked += collected && graph->flags[id] & RG_OBJECT_TRACKED;
			sum->bytes += rg_store_size(graph, id);
			sum->owned += rg_store_owned(graph, id);
		} else if (rg_bitset_test(result->lost, id)) {
			sum->lost_objects++;
			sum->lost_bytes += rg_store_size(graph, id);
			sum->lost_owned += rg_store_owned(graph, id);
		}
		if (rg_bitset_test(over, id)) {
			if (sum->overcounted < LISTED)
				result->listed[sum->overcounted_listed++] = id;
			sum->overcounted++;
		}
	}
	sum->certain = !rests_on_inference(graph, result);
	sum->overcounted_objects = result->listed;
	sum->unreachable_set = result->unreachable;
	sum->going_set = result->going;
	sum->lost_set = result->lost;
}

rg_error *rg_garbage_find(const rg_graph *graph, struct rg_garbage **ret)
{
	struct search search = { .graph = graph };
	struct result *result;
	rg_error *error = NULL;

	if (!graph->offset || (!graph->has_refcounts && !graph->roots.count))
		return rg_error_new(RG_ERROR_INCOMPLETE,
				    "the dump has neither reference counts nor roots: "
				    "what is unreachable cannot be told");
	result = rg_calloc(1, sizeof(*result));
	search.left = rg_alloc((size_t)graph->count * sizeof(*search.left));
	search.queue = rg_alloc((size_t)graph->count * sizeof(*search.queue));
	search.alive = rg_bitset_new(graph->count);
	search.over = rg_bitset_new(graph->count);
	if (result) {
		result->unreachable = rg_bitset_new(graph->count);
		result->going = rg_bitset_new(graph->count);
		result->lost = rg_bitset_new(graph->count);
	}
	if (!result || !search.left || !search.queue || !search.alive || !search.over ||
	    !result->unreachable || !result->going || !result->lost) {
		error = rg_error_no_memory();
		rg_garbage_free(result ? &result->public : NULL);
	} else {
		result->public.by_roots = !graph->has_refcounts;
		if (graph->has_refcounts) {
			find_unreachable(&search, result->unreachable);
			find_held(&search, result->unreachable, result->going);
			find_lost(&search, result->unreachable, result->going, result->lost);
		} else {
			find_by_roots(&search, result->unreachable);
		}
		add_up(graph, result, search.over);
		*ret = &result->public;
	}
	rg_free(search.left);
	rg_free(search.queue);
	rg_free(search.alive);
	rg_free(search.over);
	return error;
}

enum rg_state rg_garbage_state(const struct rg_garbage *garbage, rg_id id)
{
	if (rg_bitset_test(garbage->unreachable_set, id) ||
	    rg_bitset_test(garbage->going_set, id))
		return RG_STATE_UNREACHABLE;
	return rg_bitset_test(garbage->lost_set, id) ? RG_STATE_LOST : RG_STATE_ALIVE;
}

void rg_garbage_free(struct rg_garbage *garbage)
{
	struct result *result = (struct result *)garbage;

	if (!result)
		return;
	rg_free(result->unreachable);
	rg_free(result->going);
	rg_free(result->lost);
	rg_free(result);
}
