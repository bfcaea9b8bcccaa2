/* SPDX-License-Identifier: MIT */
/* Attributes whose references, all of them made weak, leave no cycle. */
#ifndef RG_ANALYSIS_CUT_H
#define RG_ANALYSIS_CUT_H

#include "analysis/ring.h"

#define RG_CUT_MOST 6 /* attributes; with more nobody would know where to begin */

/*
 * rg_cut_find - attributes of the objects of @component: without all references of these names it
 * has no cycle, and none of them is there for nothing.  With @back_only such
 * as usually lead back (parent, owner, ...) and no others.  *ret_count is 0 if
 * there are none, or the budget is used up.
 */
RG_MUST_CHECK rg_error *rg_cut_find(struct rg_ring *ring, uint32_t component, bool back_only,
				    struct rg_cut ret[RG_CUT_MOST], size_t *ret_count);

#endif
