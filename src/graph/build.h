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

struct rg_builder {
	struct rg_graph graph;
	enum rg_build_stage stage;
	rg_id current;       /* whose references are being added */
	uint64_t references; /* so far; the graph's own number is set at the end */
	size_t capacity;     /* of target and kind */
	size_t expected;     /* a hint, 0: none */
	uint64_t plumbing;   /* references that are plumbing */
	RG_VECTOR(struct rg_root) tentative; /* roots that may prove to be none */
	struct rg_progress progress;
};

/* rg_graph_free_stacks - what stack.c keeps of threads and tasks. */
void rg_graph_free_stacks(struct rg_graph *graph);

#endif
