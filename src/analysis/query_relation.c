/* SPDX-License-Identifier: MIT */
/*
 * What stands to other objects in some relation: their set comes first, then
 * one pass over references finds who is related to any of it.  What refers to a
 * part of an object, or is referred to by one, has to do with the object.
 */
#include "analysis/query.h"

#include <string.h>

#include "base/alloc.h"

struct sets {
	uint64_t *others;  /* what the query in brackets selects */
	uint64_t *found;   /* scratch */
};

/* The targets of counted references of @id that are in @domain. */
static void add_targets(const rg_graph *graph, rg_id id, const uint64_t *domain, uint64_t *ret)
{
	for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++)
		if (rg_store_counted(graph->kind[i]) && rg_bitset_test(domain, graph->target[i]))
			rg_bitset_add(ret, graph->target[i]);
}

/* referrer: any of the others, or a part of one, refers to it. */
static void find_referred(const rg_graph *graph, const struct sets *sets, const uint64_t *domain,
			  uint64_t *ret)
{
	rg_id id;

	rg_query_for_each(graph, sets->others, id)
		add_targets(graph, id, domain, ret);
	for (size_t i = 0; i < graph->plumbing_count; i++)
		if (rg_query_is_part_of(graph, sets->others, graph->plumbing[i]))
			add_targets(graph, graph->plumbing[i], domain, ret);
}

static bool refers(const rg_graph *graph, rg_id id, const uint64_t *others)
{
	for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++)
		if (rg_store_counted(graph->kind[i]) && rg_bitset_test(others, graph->target[i]))
			return true;
	return false;
}

/* referent: it, or a part of it, refers to any of the others. */
static void find_referring(const rg_graph *graph, const struct sets *sets, const uint64_t *domain,
			   uint64_t *ret)
{
	rg_id id;

	for (size_t i = 0; i < graph->plumbing_count; i++)
		if (refers(graph, graph->plumbing[i], sets->others))
			rg_query_add_owners(graph, sets->found, graph->plumbing[i]);
	rg_query_for_each(graph, domain, id)
		if (rg_bitset_test(sets->found, id) || refers(graph, id, sets->others))
			rg_bitset_add(ret, id);
}

/* reachable_from: counted references lead there from any of the others, which are in it too. */
static rg_error *find_reachable(const rg_graph *graph, const struct sets *sets,
				const uint64_t *domain, uint64_t *ret)
{
	rg_id *queue = rg_alloc(((size_t)graph->count + 1) * sizeof(*queue)), id;
	size_t head = 0, tail = 0;

	if (!queue)
		return rg_error_no_memory();
	rg_query_for_each(graph, sets->others, id)
		queue[tail++] = id;
	memcpy(sets->found, sets->others, rg_query_set_words(graph) * sizeof(*ret));
	while (head < tail) {
		id = queue[head++];
		if (head + 4 < tail)
			__builtin_prefetch(&graph->offset[queue[head + 4]]);
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++)
			if (rg_store_counted(graph->kind[i]) &&
			    rg_bitset_claim(sets->found, graph->target[i]))
				queue[tail++] = graph->target[i];
	}
	rg_free(queue);
	for (size_t i = 0; i < rg_query_set_words(graph); i++)
		ret[i] = domain[i] & sets->found[i];
	return NULL;
}

/* retained_by: it would go if all of the others went, which are in it too. */
static rg_error *find_retained(const rg_graph *graph, const struct sets *sets,
			       const uint64_t *domain, uint64_t *ret)
{
	struct rg_retained_set *retained = NULL;
	size_t count = 0;
	rg_error *error;
	rg_id *ids, id;

	for (size_t i = 0; i < rg_query_set_words(graph); i++)
		count += (size_t)__builtin_popcountll(sets->others[i]);
	if (!count)
		return NULL;
	ids = rg_alloc(count * sizeof(*ids));
	if (!ids)
		return rg_error_no_memory();
	count = 0;
	rg_query_for_each(graph, sets->others, id)
		ids[count++] = id;
	error = rg_retained_find(graph, ids, count, NULL, &retained);
	rg_free(ids);
	if (error)
		return error;
	for (size_t i = 0; i < rg_query_set_words(graph); i++)
		ret[i] = domain[i] & retained->set[i];
	rg_retained_free(retained);
	return NULL;
}

/* dominator: the next object above it, through which all ways from roots lead, is one of them. */
static rg_error *find_dominated(struct rg_query_run *run, const struct sets *sets,
				const uint64_t *domain, uint64_t *ret)
{
	const struct rg_dominators *tree;
	rg_id id;

	RG_TRY(rg_query_need_dominators(run));
	tree = run->dominators;
	rg_query_for_each(run->graph, domain, id) {
		rg_id above = tree->dominator[id];

		if (above < tree->objects && (rg_bitset_test(sets->others, above) ||
					      rg_query_is_part_of(run->graph, sets->others, above)))
			rg_bitset_add(ret, id);
	}
	return NULL;
}

static rg_error *relate(struct rg_query_run *run, const struct rg_query_item *item,
			const struct sets *sets, const uint64_t *domain, uint64_t *ret)
{
	const rg_graph *graph = run->graph;

	for (rg_id id = 0; id < graph->count; id++)
		rg_bitset_add(sets->found, id);
	RG_TRY(rg_query_evaluate(run, item->left, sets->found, sets->others));
	memset(sets->found, 0, rg_query_set_words(graph) * sizeof(*ret));
	switch ((enum rg_query_relation)item->which) {
	case RG_QUERY_REFERRER:
		find_referred(graph, sets, domain, ret);
		return NULL;
	case RG_QUERY_REFERENT:
		find_referring(graph, sets, domain, ret);
		return NULL;
	case RG_QUERY_REACHABLE_FROM:
		return find_reachable(graph, sets, domain, ret);
	case RG_QUERY_RETAINED_BY:
		return find_retained(graph, sets, domain, ret);
	case RG_QUERY_DOMINATOR:
		break;
	}
	return find_dominated(run, sets, domain, ret);
}

rg_error *rg_query_relation(struct rg_query_run *run, const struct rg_query_item *item,
			    const uint64_t *domain, uint64_t *ret)
{
	struct sets sets = { rg_bitset_new(run->graph->count), rg_bitset_new(run->graph->count) };
	rg_error *error = sets.others && sets.found ? relate(run, item, &sets, domain, ret)
						    : rg_error_no_memory();

	rg_free(sets.others);
	rg_free(sets.found);
	return error;
}
