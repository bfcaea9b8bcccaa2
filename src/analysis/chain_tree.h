/* SPDX-License-Identifier: MIT */
/* What a tree of best chains says of one object, for those who follow many of them. */
#ifndef RG_ANALYSIS_CHAIN_TREE_H
#define RG_ANALYSIS_CHAIN_TREE_H

#include <refgraph/refgraph.h>

/* In place of who reached an object. */
#define RG_CHAIN_UNSEEN RG_NONE        /* no root leads to it */
#define RG_CHAIN_BY_ROOT (RG_NONE - 1) /* a root names it */

/* rg_chain_tree_parent - the object before @id on its best chain, or one of the above. */
rg_id rg_chain_tree_parent(const rg_chain_tree *tree, rg_id id);
/* rg_chain_tree_root - the root that names @id, whose parent is RG_CHAIN_BY_ROOT. */
const struct rg_root *rg_chain_tree_root(const rg_chain_tree *tree, rg_id id);

#endif
