/* SPDX-License-Identifier: MIT */
/* The best ways to many objects at once, each reference on them looked at once. */
#ifndef RG_ANALYSIS_WAYS_H
#define RG_ANALYSIS_WAYS_H

#include "analysis/trail.h"
#include "base/error.h"

/*
 * rg_ways_find - the trails of the best chains to @targets, of which each is
 * there once, among @trails; @ret has room for as many.  RG_NONE: no root leads
 * there.  Errors: RG_ERROR_NO_MEMORY.  O(references of the objects on the ways +
 * n log n) time for n of these, 60 bytes each.
 */
RG_MUST_CHECK rg_error *rg_ways_find(const rg_chain_tree *tree, const rg_graph *graph,
				     const rg_id *targets, size_t count,
				     struct rg_trails *trails, uint32_t *ret);

#endif
