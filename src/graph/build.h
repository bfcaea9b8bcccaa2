/* SPDX-License-Identifier: MIT */
/* The builder's own state, shared by builder.c and finish.c. */
#ifndef RG_GRAPH_BUILD_H
#define RG_GRAPH_BUILD_H

#include "graph/store.h"

enum rg_build_stage {
	RG_BUILD_MARKS,
	RG_BUILD_OBJECTS,
	RG_BUILD_REFERENCES,
	RG_BUILD_DONE,
};

/* An inferred reference, and where it was read. */
struct rg_placed {
	uint64_t reference; /* index into target and kind */
	uint32_t place;
};

struct rg_builder {
	struct rg_graph graph;
	enum rg_build_stage stage;
	rg_id current;       /* whose references are being added */
	uint64_t references; /* so far; the graph's own number is set at the end */
	size_t capacity;     /* of target and kind */
	size_t expected;     /* a hint, 0: none */
	uint64_t plumbing;   /* references that are plumbing */
	RG_VECTOR(struct rg_root) tentative; /* roots that may prove to be none */
	RG_VECTOR(struct rg_placed) placed;
	struct rg_progress progress;
};

/*
 * rg_places_settle - lets references from places that own nothing, as the counts say,
 * be borrowed; false: no memory.  explained is that of all other references.
 * O(n log n) in their number.
 */
bool rg_places_settle(struct rg_graph *graph, const struct rg_placed *placed, size_t count);

/* rg_graph_free_stacks - what stack.c keeps of threads and tasks. */
void rg_graph_free_stacks(struct rg_graph *graph);

#endif
