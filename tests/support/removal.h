/* SPDX-License-Identifier: MIT */
/*
 * What would go with something, by brute force: it is taken away, and what roots
 * then no longer lead to is the answer.
 */
#ifndef RG_TESTS_SUPPORT_REMOVAL_H
#define RG_TESTS_SUPPORT_REMOVAL_H

#include "support/synth.h"

#define REMOVAL_MOST 12 /* objects */

/* A small graph as sets of bits. */
struct removal {
	const rg_graph *graph;
	rg_id count;
	uint32_t out[REMOVAL_MOST];   /* what each refers to, counted references alone */
	uint32_t forever;
	uint32_t alive;
};

void removal_look(struct removal *truth, const rg_graph *graph);
/* What @from leads to, itself too, without passing @without. */
uint32_t removal_spread(const struct removal *truth, uint32_t from, uint32_t without);
/*
 * What roots lead to but those that @skip takes away, and with @forever what never
 * goes leads to, without passing @without.
 */
uint32_t removal_lead(const struct removal *truth,
		      bool (*skip)(const struct rg_root *, const void *), const void *user,
		      bool forever, uint32_t without);
uint64_t removal_bytes(const struct removal *truth, uint32_t set);

/* A random graph whose roots belong to threads, or not, some kept by no count. */
struct synth *removal_random(struct synth_random *random);
/* How many of these to try: RG_GRAPHS of the environment, else 100,000. */
unsigned long removal_graphs(void);

#endif
