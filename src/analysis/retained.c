/* SPDX-License-Identifier: MIT */
/*
 * What would go with a set of objects and references: marking from the roots
 * without them, and then from them.
 */
#include "base/error.h"

#include <string.h>

#include "analysis/flow.h"
#include "base/alloc.h"
#include "base/options.h"

struct result {
	struct rg_retained_set public;
	uint64_t *set;
};

struct search {
	const rg_graph *graph;
	struct rg_retained_options how;
	struct rg_flow flow;     /* for its lists of what is held from outside */
	struct rg_step *cuts;    /* sorted */
	uint64_t *members;
	uint64_t *excluded;
	uint64_t *sources;       /* of cuts */
	uint64_t *lent;          /* targets of cuts whose roots are but names */
	uint64_t *named;         /* of these, those that a root names */
	uint64_t *alive;         /* only where something is excluded */
	uint64_t *marked;
	uint64_t *touched;       /* members and ends of cuts that something alive refers to */
	rg_id *queue;
	size_t queued;
};

static bool is_counted_cut(const struct search *search, const struct rg_step *cut)
{
	const rg_graph *graph = search->graph;

	return rg_store_counted(graph->kind[graph->offset[cut->source] + cut->index]);
}

/*
 * A root may be but a name for what an object holds: a module, that of the table of
 * modules; a thread-local value, that of the thread's dict.  It goes with the
 * reference.
 */
static void find_lent(struct search *search)
{
	const rg_graph *graph = search->graph;

	for (size_t i = 0; i < search->how.cut_count; i++)
		if (is_counted_cut(search, &search->cuts[i]))
			rg_bitset_add(search->lent, search->cuts[i].target);
	for (size_t i = 0; i < graph->roots.count; i++) {
		const struct rg_root *root = &graph->roots.data[i];

		if (root->count || root->kind == RG_ROOT_STATIC || root->kind == RG_ROOT_EXTERNAL)
			rg_bitset_remove(search->lent, root->object);
	}
}

static rg_error *read_arguments(struct search *search, const rg_id *members, size_t count)
{
	const rg_graph *graph = search->graph;

	for (size_t i = 0; i < count; i++) {
		if (members[i] >= graph->count)
			return rg_error_new(RG_ERROR_INVALID, "there is no object %u",
					    (unsigned)members[i]);
		rg_bitset_add(search->members, members[i]);
	}
	for (size_t i = 0; i < search->how.excluded_count; i++) {
		if (search->how.excluded[i] >= graph->count)
			return rg_error_new(RG_ERROR_INVALID, "there is no object %u",
					    (unsigned)search->how.excluded[i]);
		rg_bitset_add(search->excluded, search->how.excluded[i]);
	}
	for (size_t i = 0; i < search->how.cut_count; i++) {
		const struct rg_step *cut = &search->how.cuts[i];

		RG_TRY(rg_flow_check_cut(graph, cut));
		rg_bitset_add(search->sources, cut->source);
		search->cuts[i] = *cut;
	}
	rg_flow_sort_cuts(search->cuts, search->how.cut_count);
	find_lent(search);
	return NULL;
}

static void mark(struct search *search, rg_id id)
{
	if (rg_bitset_claim(search->marked, id))
		search->queue[search->queued++] = id;
}

/* All that what is queued leads to; with @around not through what is asked about. */
static void spread(struct search *search, bool around)
{
	for (size_t next = 0; next < search->queued; next++) {
		rg_id from = search->queue[next];
		struct rg_flow_edges edges = rg_flow_edges(&search->flow, from);
		uint64_t first = edges.at;

		if (next + 4 < search->queued)
			__builtin_prefetch(&search->graph->offset[search->queue[next + 4]]);
		if (around && rg_bitset_test(search->excluded, from))
			continue;
		for (uint64_t i = edges.at; i < edges.end; i++) {
			rg_id to = edges.target[i];

			if (!rg_flow_counts(&edges, i))
				continue;
			if (around && (rg_bitset_test(search->members, to) ||
				       (rg_bitset_test(search->sources, from) &&
					rg_flow_is_cut(search->cuts, search->how.cut_count, from,
						       (size_t)(i - first)))))
				rg_bitset_add(search->touched, to);
			else
				mark(search, to);
		}
	}
	search->queued = 0;
}

/* Where nothing alive had the reference that was cut, what the root names is another one. */
static void spread_from_names(struct search *search)
{
	for (size_t i = 0; i < search->how.cut_count; i++)
		if (rg_bitset_test(search->marked, search->cuts[i].source) &&
		    is_counted_cut(search, &search->cuts[i])) {
			rg_bitset_add(search->touched, search->cuts[i].target);
			rg_bitset_remove(search->named, search->cuts[i].target);
		}
	for (size_t i = 0; i < search->how.cut_count; i++) {
		rg_id id = search->cuts[i].target;

		if (!rg_bitset_test(search->named, id))
			continue;
		rg_bitset_remove(search->named, id);
		if (rg_bitset_test(search->members, id))
			rg_bitset_add(search->touched, id);
		else
			mark(search, id);
		spread(search, true);
	}
}

static void spread_from_roots(struct search *search, bool around)
{
	struct rg_flow *flow = &search->flow;

	/* Holders hold holders too. */
	for (uint32_t h = 0; h + 1 < flow->holder_count; h++) {
		bool forever = flow->holders[h].kind == RG_HOLDER_FOREVER;

		for (uint64_t i = flow->first[h]; i < flow->first[h + 1]; i++) {
			rg_id id = flow->target[i];

			if (id >= flow->objects)
				continue;
			if (around && !forever && rg_bitset_test(search->lent, id))
				rg_bitset_add(search->named, id);
			else if (around && rg_bitset_test(search->members, id))
				rg_bitset_add(search->touched, id);
			else
				mark(search, id);
		}
	}
	spread(search, around);
	if (around)
		spread_from_names(search);
}

/*
 * What single members retain that no other member dominates.  Ways up the tree
 * end where one has been before, so that all of them together cost its size.
 */
static rg_error *find_minimum(const struct search *search, struct result *result)
{
	const struct rg_dominators *tree = search->how.dominators;
	uint64_t *known = rg_bitset_new(search->graph->count);
	uint64_t *covered = rg_bitset_new(search->graph->count);

	if (!known || !covered) {
		rg_free(known);
		rg_free(covered);
		return rg_error_no_memory();
	}
	for (rg_id id = 0; id < search->graph->count; id++) {
		rg_id at;
		bool below;

		if (!rg_bitset_test(search->members, id) || !rg_bitset_test(result->set, id))
			continue;
		for (at = tree->dominator[id]; at < tree->objects; at = tree->dominator[at])
			if (rg_bitset_test(known, at) || rg_bitset_test(search->members, at))
				break;
		below = at < tree->objects && (rg_bitset_test(search->members, at) ||
					       rg_bitset_test(covered, at));
		for (rg_id v = tree->dominator[id]; v != at; v = tree->dominator[v]) {
			rg_bitset_add(known, v);
			if (below)
				rg_bitset_add(covered, v);
		}
		if (!below)
			rg_flow_add(&result->public.minimum, tree->retained[id]);
	}
	rg_free(known);
	rg_free(covered);
	return NULL;
}

/* Marks what goes, with the marks of what stays in place. */
static void find_going(struct search *search, struct result *result)
{
	const rg_graph *graph = search->graph;
	size_t words = graph->count / 64 + 1;

	if (search->alive) {
		uint64_t *marked = search->marked;

		search->marked = search->alive;
		spread_from_roots(search, false);
		search->marked = marked;
		/* Whatever is asked about and alive may be held by excluded objects alone. */
		for (size_t w = 0; w < words; w++)
			search->touched[w] = search->members[w] & search->alive[w];
		for (size_t i = 0; i < search->how.cut_count; i++)
			if (rg_bitset_test(search->alive, search->cuts[i].source) &&
			    is_counted_cut(search, &search->cuts[i]))
				rg_bitset_add(search->touched, search->cuts[i].target);
	}
	spread_from_roots(search, true);
	memcpy(result->set, search->marked, words * sizeof(*result->set));
	for (rg_id id = 0; id < graph->count; id++)
		if (rg_bitset_test(search->touched, id))
			mark(search, id);
	spread(search, false);
	for (size_t w = 0; w < words; w++)
		result->set[w] = search->marked[w] & ~result->set[w];
}

static void add_up(const struct search *search, struct result *result)
{
	const rg_graph *graph = search->graph;
	struct rg_retained_set *sum = &result->public;

	for (rg_id id = 0; id < graph->count; id++) {
		bool goes = rg_bitset_test(result->set, id);

		if (rg_bitset_test(search->members, id)) {
			sum->members++;
			sum->unreachable += !goes;
		}
		if (!goes)
			continue;
		sum->objects++;
		sum->tracked += graph->flags[id] & RG_OBJECT_TRACKED;
		rg_flow_add(&sum->bytes, rg_store_size(graph, id));
		rg_flow_add(&sum->bytes, rg_store_owned(graph, id));
	}
	sum->set = result->set;
}

static bool prepare(struct search *search)
{
	rg_id count = search->graph->count;

	search->members = rg_bitset_new(count);
	search->excluded = rg_bitset_new(count);
	search->sources = rg_bitset_new(count);
	search->lent = rg_bitset_new(count);
	search->named = rg_bitset_new(count);
	search->marked = rg_bitset_new(count);
	search->touched = rg_bitset_new(count);
	search->queue = rg_alloc((size_t)count * sizeof(*search->queue));
	search->cuts = rg_alloc(search->how.cut_count * sizeof(*search->cuts));
	if (search->how.excluded_count)
		search->alive = rg_bitset_new(count);
	return search->members && search->excluded && search->sources && search->lent &&
	       search->named && search->marked && search->touched && search->queue &&
	       search->cuts &&
	       (search->alive || !search->how.excluded_count);
}

static void forget(struct search *search)
{
	rg_flow_free(&search->flow);
	rg_free(search->members);
	rg_free(search->excluded);
	rg_free(search->sources);
	rg_free(search->lent);
	rg_free(search->named);
	rg_free(search->marked);
	rg_free(search->touched);
	rg_free(search->queue);
	rg_free(search->cuts);
	rg_free(search->alive);
}

rg_error *rg_retained_find(const rg_graph *graph, const rg_id *members, size_t count,
			   const struct rg_retained_options *options,
			   struct rg_retained_set **ret)
{
	struct search search = { .graph = graph };
	struct result *result;
	rg_error *error;

	RG_TRY(rg_options_read(options, sizeof(search.how), &search.how));
	RG_TRY(rg_flow_init(&search.flow, graph));
	result = rg_calloc(1, sizeof(*result));
	if (result)
		result->set = rg_bitset_new(graph->count);
	error = result && result->set && prepare(&search)
			? read_arguments(&search, members, count) : rg_error_no_memory();
	if (!error) {
		find_going(&search, result);
		add_up(&search, result);
		if (search.how.dominators)
			error = find_minimum(&search, result);
	}
	forget(&search);
	if (error)
		rg_retained_free(result ? &result->public : NULL);
	else
		*ret = &result->public;
	return error;
}

void rg_retained_free(struct rg_retained_set *retained)
{
	struct result *result = (struct result *)retained;

	if (!result)
		return;
	rg_free(result->set);
	rg_free(result);
}
