/* SPDX-License-Identifier: MIT */
/* The tree of dominators as lists of children, one behind the other. */
#ifndef RG_ANALYSIS_DOMINATOR_TREE_H
#define RG_ANALYSIS_DOMINATOR_TREE_H

#include "base/error.h"

struct rg_dominator_tree {
	rg_id *first; /* by vertex: into child; vertices + 1 */
	rg_id *child;
};

#endif
