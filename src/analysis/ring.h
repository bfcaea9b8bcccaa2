/* SPDX-License-Identifier: MIT */
/* One way around a component, and the reference that would break it. */
#ifndef RG_ANALYSIS_RING_H
#define RG_ANALYSIS_RING_H

#include "analysis/subset.h"

struct rg_ring {
	const struct rg_subset *subset;
	/* scratch by member */
	rg_id *parent;
	uint64_t *by;        /* the reference that reached it */
	rg_id *queue;
	uint32_t *depth;     /* also references left, when a reference is tried */
	uint32_t *seen;      /* round in which it was reached */
	uint32_t round;
	uint64_t find_budget;  /* references that may still be looked at beyond the least */
	uint64_t break_budget;
	RG_VECTOR(struct rg_step) steps; /* of the last ring, and scratch for the best */
	RG_VECTOR(struct rg_step) best;
};

RG_MUST_CHECK rg_error *rg_ring_init(struct rg_ring *ring, const struct rg_subset *subset);
/*
 * rg_ring_find - a shortest way around @component: the shortest of all while
 * the budget lasts, else the shortest through its first object; of equals the
 * one of the lowest object and the first references.  In ring->best; empty if
 * the component is no cycle.
 */
RG_MUST_CHECK rg_error *rg_ring_find(struct rg_ring *ring, uint32_t component);
/*
 * rg_ring_break - the best reference of ring->best whose removal leaves
 * @component without a cycle; false if there is none, or the budget is used up.
 */
bool rg_ring_break(struct rg_ring *ring, uint32_t component, struct rg_step *ret);
void rg_ring_free(struct rg_ring *ring);

#endif
