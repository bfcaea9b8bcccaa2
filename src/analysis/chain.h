/* SPDX-License-Identifier: MIT */
/* What the searches for chains share, and the best chains to everything as others fold them. */
#ifndef RG_ANALYSIS_CHAIN_H
#define RG_ANALYSIS_CHAIN_H

#include "base/error.h"
#include "graph/store.h"

/* In place of a parent. */
#define RG_CHAIN_UNSEEN RG_NONE
#define RG_CHAIN_BY_ROOT (RG_NONE - 1)

struct rg_chain_tree {
	const rg_graph *graph;
	rg_id *parent;       /* by object: who reached it, by a root, or unseen */
	struct rg_map roots; /* object + 1 -> its best root */
	bool shortest;       /* routine references are as good as others */
};

/* The object before @id on the best way to it; RG_NONE where a root is, or none leads to it. */
static inline rg_id rg_chain_tree_parent(const rg_chain_tree *tree, rg_id id)
{
	return tree->parent[id] < RG_CHAIN_BY_ROOT ? tree->parent[id] : RG_NONE;
}

/* The best root that refers to @id itself, if the best way does; or NULL. */
static inline const struct rg_root *rg_chain_tree_root(const rg_chain_tree *tree, rg_id id)
{
	const uint32_t *root = rg_map_find(&tree->roots, (uint64_t)id + 1);

	return root && tree->parent[id] == RG_CHAIN_BY_ROOT ? &tree->graph->roots.data[*root]
							    : NULL;
}

/* Chains that are being found; the first member is what callers see. */
struct rg_chain_list {
	struct rg_chains public;
	RG_VECTOR(struct rg_chain) chains;
	RG_VECTOR(struct rg_step) steps;
	RG_VECTOR(size_t) starts; /* by chain: its first step */
	RG_VECTOR(rg_id) tellers; /* objects of which a chain has been told, with their parts */
};

/* rg_chain_publish - from positions to pointers, once nothing moves any more. */
struct rg_chains *rg_chain_publish(struct rg_chain_list *list);
/* rg_chain_allows - whether chains may set out from @root. */
bool rg_chain_allows(const struct rg_chains_options *options, const struct rg_root *root);
/*
 * rg_chain_reference - the reference of @from to @to that chains tell: the first, or unless
 * @any the first that explains something, if one does.
 */
size_t rg_chain_reference(const rg_graph *graph, rg_id from, rg_id to, bool any);
/*
 * rg_chain_around - adds to @list the best chain, if there is one, of at least one reference to
 * an object of @targets that touches none of @blocked.
 */
RG_MUST_CHECK rg_error *rg_chain_around(const rg_graph *graph,
					const struct rg_chains_options *options,
					const uint64_t *targets, const uint64_t *blocked,
					struct rg_chain_list *list);

/* --- chain_disjoint.c --- */
/* rg_chain_disjoint - as rg_chains_find() has it with @disjoint, into the empty @list. */
RG_MUST_CHECK rg_error *rg_chain_disjoint(const rg_graph *graph,
					  const struct rg_chains_options *options,
					  const uint64_t *targets, struct rg_chain_list *list);

#endif
