/* SPDX-License-Identifier: MIT */
/*
 * A set of objects with numbers of their own, 0 .. count - 1 in the order of
 * ids, and its strongly connected components: what runs on garbage should
 * cost what garbage costs.
 */
#ifndef RG_ANALYSIS_SUBSET_H
#define RG_ANALYSIS_SUBSET_H

#include "base/bitset.h"
#include "base/error.h"
#include "graph/store.h"

struct rg_subset {
	const rg_graph *graph;
	const uint64_t *set;
	rg_id *before; /* by word of the set: members in earlier words */
	rg_id *ids;    /* by member */
	rg_id count;

	/* rg_subset_components: by member, 0 .. components - 1, a component after all that it
	 * refers to */
	uint32_t *component;
	uint32_t components;
	rg_id *members; /* sorted by component, then id */
	rg_id *first;   /* by component: into members; components + 1 */
};

/* rg_subset_init - numbers the members of @set, which must outlive the subset. */
RG_MUST_CHECK rg_error *rg_subset_init(struct rg_subset *subset, const rg_graph *graph,
				       const uint64_t *set);
/* rg_subset_components - Pearce's algorithm (IPL 116, 2016) over counted references. */
RG_MUST_CHECK rg_error *rg_subset_components(struct rg_subset *subset);
void rg_subset_free(struct rg_subset *subset);

/* The number of object @id, or RG_NONE when it is no member. */
static inline rg_id rg_subset_find(const struct rg_subset *subset, rg_id id)
{
	uint64_t word = subset->set[id / 64];
	uint64_t mask = UINT64_C(1) << (id % 64);

	if (!(word & mask))
		return RG_NONE;
	return subset->before[id / 64] + rg_index_popcount(word & (mask - 1));
}

/* The member that reference @i ends at, or RG_NONE: the one predicate of all passes. */
static inline rg_id rg_subset_follow(const struct rg_subset *subset, uint64_t i)
{
	if (!rg_store_counted(subset->graph->kind[i]))
		return RG_NONE;
	return rg_subset_find(subset, subset->graph->target[i]);
}

#endif
