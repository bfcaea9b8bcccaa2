/* SPDX-License-Identifier: MIT */
/* What root cycles keep, each for itself, and what goes when one is broken. */
#ifndef RG_ANALYSIS_CYCLES_RETAINED_H
#define RG_ANALYSIS_CYCLES_RETAINED_H

#include "analysis/subset.h"

/*
 * rg_cycles_retained - fills in @cycles[i] for the @count source components @roots[i] of a
 * subset whose components are known, and *@ret_shared for what several of them lead to.
 * O(members + references) time, 4 bytes a component.
 */
RG_MUST_CHECK rg_error *rg_cycles_retained(const struct rg_subset *subset, const uint32_t *roots,
					   size_t count, struct rg_root_cycle *cycles,
					   struct rg_root_cycle *ret_shared);

/* Counts falling as references go, one trial after the other. */
struct rg_removal {
	const struct rg_subset *subset;
	uint32_t *left;            /* by member: references from members */
	RG_VECTOR(rg_id) freed;    /* members of the trial, in the order in which they go */
	RG_VECTOR(rg_id) lowered;  /* what to raise again */
};

RG_MUST_CHECK rg_error *rg_removal_init(struct rg_removal *removal,
					const struct rg_subset *subset);
void rg_removal_free(struct rg_removal *removal);
/*
 * rg_removal_try - what goes by counts alone without the @count references @cuts (into the
 * graph's array, ascending, from members to members): in removal->freed until the next
 * trial.  O(references of what goes and of @cuts).
 */
RG_MUST_CHECK rg_error *rg_removal_try(struct rg_removal *removal, const uint64_t *cuts,
				       size_t count);

#endif
