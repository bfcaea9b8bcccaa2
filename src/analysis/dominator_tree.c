/* SPDX-License-Identifier: MIT */
/* The tree of dominators from the top down. */
#include "analysis/dominator_tree.h"

#include "base/alloc.h"

rg_error *rg_dominator_tree_new(const struct rg_dominators *dominators, rg_dominator_tree **ret)
{
	rg_id vertices = dominators->objects + (rg_id)dominators->holder_count;
	rg_dominator_tree *tree = rg_calloc(1, sizeof(*tree));
	rg_id sum = 0;

	if (!tree)
		return rg_error_no_memory();
	tree->first = rg_calloc((size_t)vertices + 1, sizeof(*tree->first));
	tree->child = rg_alloc((size_t)vertices * sizeof(*tree->child));
	if (!tree->first || !tree->child) {
		rg_dominator_tree_free(tree);
		return rg_error_no_memory();
	}
	for (rg_id v = 0; v < vertices; v++)
		if (dominators->dominator[v] != v)
			tree->first[dominators->dominator[v]]++;
	for (rg_id v = 0; v < vertices; v++) {
		sum += tree->first[v];
		tree->first[v] = sum;
	}
	tree->first[vertices] = sum;
	for (rg_id v = vertices; v-- > 0;)
		if (dominators->dominator[v] != v)
			tree->child[--tree->first[dominators->dominator[v]]] = v;
	*ret = tree;
	return NULL;
}

void rg_dominator_tree_free(rg_dominator_tree *tree)
{
	if (!tree)
		return;
	rg_free(tree->first);
	rg_free(tree->child);
	rg_free(tree);
}

const rg_id *rg_dominator_children(const rg_dominator_tree *tree, rg_id vertex,
				   size_t *ret_count)
{
	*ret_count = tree->first[vertex + 1] - tree->first[vertex];
	return tree->child + tree->first[vertex];
}
