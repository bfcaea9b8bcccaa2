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
	uint64_t cut_budget;
	uint64_t *names_at;    /* by member: cut.c's, made when it is wanted */
	RG_VECTOR(uint64_t) cut; /* references that the last cuts are, ascending */
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
/* How little a program would miss a reference. */
#define RG_RANK_BACK 0      /* a typical back-reference */
#define RG_RANK_ATTRIBUTE 1 /* any other attribute */
#define RG_RANK_WORST 4

#define RG_RING_NAME 64

/*
 * rg_ring_rank - the rank of reference @i of object @id, whose label is @label; of an attribute
 * also its name, cut where it is longer.
 */
unsigned int rg_ring_rank(const rg_graph *graph, rg_id id, uint64_t i, const char *label,
			  char ret_name[RG_RING_NAME], size_t *ret_length);
/*
 * rg_ring_break - the best reference of ring->best whose removal leaves
 * @component without a cycle: which one; false if there is none, or the budget is used up.
 */
bool rg_ring_break(struct rg_ring *ring, uint32_t component, size_t *ret);
/* rg_ring_likeliest - which of ring->best, which is not empty, would be tried first. */
size_t rg_ring_likeliest(const struct rg_ring *ring);
/* rg_ring_turn - makes number @last of ring->best the last, unless a built-in type came first. */
void rg_ring_turn(struct rg_ring *ring, size_t last);
/* rg_ring_leads_back - whether @step is a typical back-reference. */
bool rg_ring_leads_back(const struct rg_ring *ring, const struct rg_step *step);
void rg_ring_free(struct rg_ring *ring);

#endif
