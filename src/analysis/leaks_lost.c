/* SPDX-License-Identifier: MIT */
/*
 * What no collector frees: objects that nothing holds although their counts say so,
 * and such that only references hold which nothing explains.
 */
#include "analysis/leaks.h"

#include "analysis/chain.h"
#include "base/alloc.h"

#define LOST 100                    /* objects that nothing holds */
#define LOST_BYTES (UINT64_C(64) << 10)

/* By type: objects that nothing explains. */
struct stock {
	uint64_t count, bytes, unreferred;
	rg_id first[LEAKS_OBJECTS];
};

static rg_error *look_at_lost(struct leaks_work *work)
{
	const rg_graph *graph = work->graph;
	const struct rg_garbage *garbage = work->garbage;
	const struct rg_leaks_before *before = NULL;
	uint64_t bytes;
	struct leaks_candidate *candidate;

	/* Where there is no collector, that is told by shape: leaks_garbage(). */
	if (!garbage || rg_graph_words(graph)->no_collector)
		return NULL;
	bytes = garbage->lost_bytes + garbage->lost_owned;
	if (leaks_compares(work))
		before = work->how.before[work->how.before_count - 1];
	if (garbage->lost_objects < LOST && bytes < LOST_BYTES)
		return NULL;
	if (before && !leaks_grew_by(before->lost, garbage->lost_objects, LOST))
		return NULL;
	candidate = leaks_add(work, RG_LEAK_LOST, RG_NONE);
	if (!candidate)
		return rg_error_no_memory();
	candidate->count = garbage->lost_objects;
	candidate->retained = candidate->weight = bytes;
	candidate->exclusive = true;
	candidate->shape = 1;
	for (rg_id id = 0; id < graph->count && candidate->object_count < LEAKS_OBJECTS; id++)
		if (rg_bitset_test(garbage->lost_set, id) && work->keeper[id] == id)
			leaks_name(candidate, id);
	if (candidate->object_count)
		candidate->type = graph->type[candidate->objects[0]];
	return NULL;
}

static rg_error *suspect(struct leaks_work *work, rg_type_id type, const struct stock *stock)
{
	struct rg_leak_fact fact = { RG_FACT_UNREFERRED, (int64_t)stock->unreferred, 0, 0, type,
				     RG_NONE };
	struct leaks_candidate *candidate = leaks_add(work, RG_LEAK_LOST, RG_NONE);

	if (!candidate)
		return rg_error_no_memory();
	candidate->type = type;
	candidate->count = stock->count;
	candidate->retained = candidate->weight = stock->bytes;
	candidate->exclusive = true;
	for (size_t i = 0; i < LEAKS_OBJECTS && i < stock->count; i++)
		leaks_name(candidate, stock->first[i]);
	if (stock->unreferred && !leaks_tell(candidate, &fact))
		return rg_error_no_memory();
	if (leaks_compares(work)) {
		fact.kind = RG_FACT_GREW;
		fact.count = (int64_t)(stock->count - leaks_before_type(work, type));
		fact.bytes = (int64_t)((double)stock->bytes * (double)fact.count /
				       (double)stock->count);
		if (!leaks_tell(candidate, &fact))
			return rg_error_no_memory();
	}
	return NULL;
}

/* What stands right below external references in the tree of dominators. */
static rg_error *look_at_external(struct leaks_work *work)
{
	const rg_graph *graph = work->graph;
	struct stock *stocks = rg_calloc(graph->types.count + 1, sizeof(*stocks));
	rg_error *error = NULL;

	if (!stocks)
		return rg_error_no_memory();
	for (size_t i = 0; i < graph->roots.count; i++) {
		const struct rg_root *root = &graph->roots.data[i];
		rg_id id = root->object;
		struct stock *stock = &stocks[graph->type[id]];

		/* Where something else holds it as well, C may borrow or cache it. */
		if (root->kind != RG_ROOT_EXTERNAL || work->keeper[id] != id ||
		    graph->flags[id] & (RG_OBJECT_TYPE | RG_OBJECT_MODULE | RG_OBJECT_IMMORTAL) ||
		    rg_chain_tree_root(work->tree, id) != root)
			continue;
		if (stock->count < LEAKS_OBJECTS)
			stock->first[stock->count] = id;
		stock->count++;
		stock->unreferred += graph->back_offset[id] == graph->back_offset[id + 1];
		if (__builtin_add_overflow(stock->bytes, work->dominators->retained[id],
					   &stock->bytes))
			stock->bytes = UINT64_MAX;
	}
	for (size_t t = 0; !error && t < graph->types.count; t++) {
		const struct rg_type *type = &graph->types.data[t];
		struct leaks_limit limit = leaks_limit(work,
			type->origin == RG_ORIGIN_PROGRAM ? LEAKS_PROGRAM : LEAKS_PACKAGE);

		if (stocks[t].count < limit.count || stocks[t].bytes < limit.bytes)
			continue;
		if (leaks_compares(work) &&
		    !leaks_grew_by(leaks_before_type(work, (rg_type_id)t), stocks[t].count, LOST))
			continue;
		error = suspect(work, (rg_type_id)t, &stocks[t]);
	}
	rg_free(stocks);
	return error;
}

rg_error *leaks_lost(struct leaks_work *work)
{
	RG_TRY(look_at_lost(work));
	return work->graph->has_refcounts ? look_at_external(work) : NULL;
}
