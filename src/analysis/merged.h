/* SPDX-License-Identifier: MIT */
/* The whole tree of holders while it grows, before what is worth showing is picked from it. */
#ifndef RG_ANALYSIS_MERGED_H
#define RG_ANALYSIS_MERGED_H

#include "analysis/chain.h"
#include "base/buffer.h"

/* A node in short: indices in the order in which they were made, parents first. */
struct rg_merged_draft {
	uint32_t parent;
	uint32_t type;
	uint32_t label;       /* offset in the texts */
	uint32_t root;        /* index of the first root, or RG_NONE */
	uint32_t root_count;
	rg_id example;
	rg_id source;         /* who refers to the example, */
	bool repeats : 1;
	bool lumped : 1;
	uint64_t index;       /* by which reference */
	uint64_t objects;
	uint64_t own_targets, own_bytes;
	uint64_t targets, bytes;
};

struct rg_merged_result {
	struct rg_merged public;
	rg_chain_tree *tree;
	RG_VECTOR(struct rg_merged_draft) drafts;
	struct rg_buffer texts;  /* labels, NUL between */
	struct rg_merged_node *nodes;
	struct rg_buffer exact;  /* labels of single objects */
};

/*
 * rg_merged_pick - the public nodes of @result from its drafts, whose sums are made; the objects
 * of @through are parts that the tree reached from their owners.
 */
RG_MUST_CHECK rg_error *rg_merged_pick(struct rg_merged_result *result,
				       const struct rg_merged_options *options,
				       const uint64_t *through);

#endif
