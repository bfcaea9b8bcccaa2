/* SPDX-License-Identifier: MIT */
/*
 * A proof that a tree of dominators is right, checked in linear time and without
 * any of the code that found it (after Georgiadis and Tarjan, "Dominator tree
 * certification and divergent spanning trees", 2016).
 *
 * Whoever stands above a vertex in the tree dominates it if no reference enters a
 * subtree but at its top.  Nobody else does: dominators stand above it in any
 * spanning tree, and of these, each that is not in the tree of dominators has a
 * way round it.  Such ways are the semidominators': from an ancestor to a vertex,
 * over vertices of greater numbers alone.  That they are there is checked step by
 * step, and that they lead round everybody is a question to a graph without cycles:
 * in it a vertex's dominator is the nearest common one of its two referrers.
 */
#include "analysis/dominators.h"

#include <string.h>

#include "base/alloc.h"

struct proof {
	const struct rg_flow *flow;
	const struct rg_dominators *found;
	const struct rg_dominators_witness *witness;
	uint32_t count, alive;
	uint32_t *number;    /* by vertex; of leaves the first child led through, or UNSEEN */
	uint32_t *up;        /* dominator; this and the following by number */
	uint32_t *size;      /* in the spanning tree, then in that of dominators */
	uint32_t *next;
	uint32_t *depth;
	uint32_t *way;       /* by depth: where the walk is below */
	uint32_t *first;     /* child through which the first of the two referrers leads */
	uint32_t *by_parent, *after_parent; /* lists of those with one parent, spanning tree */
	uint32_t *by_semi, *after_semi;     /* of those with one semidominator */
	uint64_t *seen;      /* references that the witness names */
	uint64_t *leaves;    /* whose dominator is known to be near enough */
	uint64_t *sums;
};

static rg_error *wrong(const char *what, uint32_t number)
{
	return rg_error_new(RG_ERROR_CORRUPT, "the dominators do not hold: %s of vertex %u; "
			    "this is an error of refgraph: please report it", what, number);
}

static bool is_top(const struct proof *proof, uint32_t n)
{
	return !n || n == proof->alive;
}

/* A tree of which every vertex comes after its parent, in @parent: sizes, then the next number. */
static bool is_tree(const struct proof *proof, const uint32_t *parent)
{
	for (uint32_t n = 0; n < proof->count; n++)
		proof->size[n] = 1;
	for (uint32_t n = proof->count; n-- > 0;) {
		if (is_top(proof, n) ? parent[n] != n : parent[n] >= n)
			return false;
		if (!is_top(proof, n))
			proof->size[parent[n]] += proof->size[n];
	}
	return proof->size[0] == proof->alive;
}

static bool is_below(const struct proof *proof, uint32_t n, uint32_t top)
{
	return n >= top && n - top < proof->size[top];
}

/* The spanning tree is numbered in preorder, and its semidominators have ways. */
static rg_error *check_ways(const struct proof *proof)
{
	const struct rg_dominators_witness *witness = proof->witness;

	if (!is_tree(proof, witness->parent))
		return wrong("the spanning tree", 0);
	for (uint32_t n = 0; n < proof->count; n++) {
		uint32_t parent = witness->parent[n];

		proof->next[n] = n + 1;
		if (is_top(proof, n))
			continue;
		if (proof->next[parent] != n)
			return wrong("the number", n);
		proof->next[parent] += proof->size[n];
	}
	for (uint32_t n = 0; n < proof->count; n++) {
		uint32_t semi = witness->semi[n], from = witness->from[n], via = witness->via[n];

		if (is_top(proof, n))
			continue;
		if (semi >= n || !is_below(proof, n, semi))
			return wrong("the semidominator", n);
		if (from == RG_NONE)
			continue;
		if (via <= n || via >= proof->count || from >= proof->count ||
		    !is_below(proof, from, via) || witness->semi[via] != semi)
			return wrong("the way", n);
	}
	return NULL;
}

/* Every reference that the witness names is there: two bits a vertex. */
static rg_error *check_references(const struct proof *proof)
{
	const struct rg_dominators_witness *witness = proof->witness;

	for (uint32_t from = 0; from < proof->count; from++) {
		struct rg_flow_edges edges = rg_flow_edges(proof->flow, witness->vertex[from]);

		for (uint64_t i = edges.at; i < edges.end; i++) {
			uint32_t to = proof->number[edges.target[i]];

			if (to >= proof->count || !rg_flow_counts(&edges, i))
				continue;
			if (witness->parent[to] == from)
				rg_bitset_add(proof->seen, 2 * (uint64_t)to);
			if (from == (witness->from[to] == RG_NONE ? witness->semi[to]
								   : witness->from[to]))
				rg_bitset_add(proof->seen, 2 * (uint64_t)to + 1);
		}
	}
	for (uint32_t n = 0; n < proof->count; n++)
		if (!is_top(proof, n) && (!rg_bitset_test(proof->seen, 2 * (uint64_t)n) ||
					  !rg_bitset_test(proof->seen, 2 * (uint64_t)n + 1)))
			return wrong("the reference", n);
	return NULL;
}

/*
 * The child of @top through which the walk is below it, @top itself where the walk
 * stands there; RG_NONE: it is not below @top.
 */
static uint32_t child_on_way(const struct proof *proof, uint32_t at, uint32_t top)
{
	uint32_t depth = proof->depth[top];

	if (depth > proof->depth[at] || proof->way[depth] != top)
		return RG_NONE;
	return at == top ? top : proof->way[depth + 1];
}

/* One of the two referrers in the graph without cycles. */
static bool check_referrer(const struct proof *proof, uint32_t at, uint32_t n)
{
	uint32_t child = child_on_way(proof, at, proof->up[n]);

	if (child == RG_NONE)
		return false;
	if (proof->first[n] == RG_NONE) {
		proof->first[n] = child;
		return true;
	}
	return proof->first[n] == proof->up[n] || child == proof->up[n] ||
	       proof->first[n] != child;
}

/* A reference to a leaf: the same question, of all referrers. */
static bool check_leaf(const struct proof *proof, uint32_t at, rg_id leaf)
{
	uint32_t top = proof->number[proof->found->dominator[leaf]], child;

	if (at >= proof->alive && top < proof->alive)
		return true;
	child = child_on_way(proof, at, top);
	if (child == RG_NONE)
		return false;
	if (child == top || (proof->first[proof->count + leaf] != RG_NONE &&
			     proof->first[proof->count + leaf] != child))
		rg_bitset_add(proof->leaves, leaf);
	proof->first[proof->count + leaf] = child;
	return true;
}

static rg_error *check_vertex(const struct proof *proof, uint32_t at)
{
	struct rg_flow_edges edges = rg_flow_edges(proof->flow, proof->witness->vertex[at]);

	for (uint32_t n = proof->by_parent[at]; n != RG_NONE; n = proof->after_parent[n])
		if (!check_referrer(proof, at, n))
			return wrong("the dominator", n);
	for (uint32_t n = proof->by_semi[at]; n != RG_NONE; n = proof->after_semi[n])
		if (!check_referrer(proof, at, n))
			return wrong("the dominator", n);
	for (uint64_t i = edges.at; i < edges.end; i++) {
		rg_id target = edges.target[i];
		uint32_t to = proof->number[target];

		if (!rg_flow_counts(&edges, i))
			continue;
		if (to == RG_DOMINATORS_LEAF) {
			if (!check_leaf(proof, at, target))
				return wrong("a reference into a subtree", at);
		} else if ((at < proof->alive || to >= proof->alive) &&
			   child_on_way(proof, at, proof->up[to]) == RG_NONE) {
			return wrong("a reference into a subtree", at);
		}
	}
	return NULL;
}

/* Down the tree of dominators in preorder, the way from its top in hand. */
static rg_error *check_tree(const struct proof *proof)
{
	const struct rg_dominators_witness *witness = proof->witness;
	uint32_t *order = proof->next; /* by preorder: the number */

	if (!is_tree(proof, proof->up))
		return wrong("the tree", 0);
	/* Depths serve as the next free place in preorder at first. */
	for (uint32_t n = 0; n < proof->count; n++) {
		uint32_t up = proof->up[n], place = is_top(proof, n) ? n : proof->depth[up];

		if (!is_top(proof, n))
			proof->depth[up] += proof->size[n];
		proof->depth[n] = place + 1;
		order[place] = n;
	}
	for (uint32_t n = 0; n < proof->count; n++)
		proof->depth[n] = is_top(proof, n) ? 0 : proof->depth[proof->up[n]] + 1;
	for (uint32_t n = proof->count; n-- > 0;) {
		if (is_top(proof, n))
			continue;
		proof->after_parent[n] = proof->by_parent[witness->parent[n]];
		proof->by_parent[witness->parent[n]] = n;
		proof->after_semi[n] = proof->by_semi[witness->semi[n]];
		proof->by_semi[witness->semi[n]] = n;
	}
	for (uint32_t place = 0; place < proof->count; place++) {
		uint32_t at = order[place];

		proof->way[proof->depth[at]] = at;
		RG_TRY(check_vertex(proof, at));
	}
	for (rg_id id = 0; id < proof->flow->objects; id++) {
		if (proof->number[id] != RG_DOMINATORS_LEAF ||
		    rg_bitset_test(proof->leaves, id))
			continue;
		if (proof->first[proof->count + id] != RG_NONE ||
		    proof->number[proof->found->dominator[id]] != proof->alive)
			return wrong("the dominator of a leaf below", id);
	}
	return NULL;
}

/* Sums from the bottom up: children have greater numbers than who dominates them. */
static rg_error *check_sums(const struct proof *proof)
{
	const rg_graph *graph = proof->flow->graph;
	const struct rg_dominators *found = proof->found;

	for (rg_id id = 0; id < graph->count; id++) {
		bool leaf = proof->number[id] == RG_DOMINATORS_LEAF;
		uint64_t own = rg_store_size(graph, id);

		rg_flow_add(&own, rg_store_owned(graph, id));
		rg_flow_add(&proof->sums[proof->number[leaf ? found->dominator[id] : id]], own);
		if (leaf && found->retained[id] != own)
			return wrong("the bytes of a leaf", id);
	}
	for (uint32_t n = proof->count; n-- > 0;) {
		if (found->retained[proof->witness->vertex[n]] != proof->sums[n])
			return wrong("the bytes", n);
		if (!is_top(proof, n))
			rg_flow_add(&proof->sums[proof->up[n]], proof->sums[n]);
	}
	return NULL;
}

static bool refers(const struct rg_flow *flow, rg_id vertex)
{
	struct rg_flow_edges edges = rg_flow_edges(flow, vertex);

	for (uint64_t i = edges.at; i < edges.end; i++)
		if (rg_flow_counts(&edges, i))
			return true;
	return false;
}

/* Each vertex that refers to anything, and each holder, has one number; dominators have, too. */
static rg_error *check_numbers(const struct proof *proof)
{
	rg_id vertices = rg_flow_count(proof->flow);
	uint32_t numbered = 0;

	for (rg_id v = 0; v < vertices; v++) {
		bool leaf = v < proof->flow->objects && !refers(proof->flow, v);

		proof->number[v] = leaf ? RG_DOMINATORS_LEAF : RG_DOMINATORS_UNSEEN;
		numbered += !leaf;
	}
	if (numbered != proof->count)
		return wrong("the number", numbered);
	for (uint32_t n = 0; n < proof->count; n++) {
		rg_id v = proof->witness->vertex[n];

		if (v >= vertices || proof->number[v] != RG_DOMINATORS_UNSEEN)
			return wrong("the number", n);
		proof->number[v] = n;
	}
	for (rg_id v = 0; v < vertices; v++)
		if (proof->found->dominator[v] >= vertices ||
		    proof->number[proof->found->dominator[v]] >= proof->count)
			return wrong("the dominator", v);
	for (uint32_t n = 0; n < proof->count; n++)
		proof->up[n] = proof->number[proof->found->dominator[proof->witness->vertex[n]]];
	if (proof->number[proof->flow->objects] ||
	    proof->number[vertices - 1] != proof->alive)
		return wrong("the top", 0);
	return NULL;
}

static uint32_t *blank(size_t count)
{
	uint32_t *array = rg_alloc(count * sizeof(*array));

	if (array)
		memset(array, 0xff, count * sizeof(*array));
	return array;
}

static bool prepare(struct proof *proof)
{
	rg_id vertices = rg_flow_count(proof->flow);
	size_t count = proof->count;

	proof->number = blank(vertices);
	proof->up = blank(count);
	proof->size = blank(count);
	proof->next = blank(count);
	proof->depth = blank(count);
	proof->way = blank(count + 1);
	proof->first = blank(count + proof->flow->objects);
	proof->by_parent = blank(count);
	proof->after_parent = blank(count);
	proof->by_semi = blank(count);
	proof->after_semi = blank(count);
	proof->seen = rg_bitset_new(2 * (uint64_t)count);
	proof->leaves = rg_bitset_new(proof->flow->objects);
	proof->sums = rg_calloc(count, sizeof(*proof->sums));
	return proof->number && proof->up && proof->size && proof->next && proof->depth &&
	       proof->way && proof->first && proof->by_parent && proof->after_parent &&
	       proof->by_semi && proof->after_semi && proof->seen && proof->leaves && proof->sums;
}

rg_error *rg_dominators_prove(const struct rg_flow *flow,
			      const struct rg_dominators_witness *witness,
			      const struct rg_dominators *found)
{
	struct proof proof = {
		.flow = flow, .witness = witness, .found = found,
		.count = witness->count, .alive = witness->alive,
	};
	rg_error *error = prepare(&proof) ? check_numbers(&proof) : rg_error_no_memory();

	if (!error)
		error = check_ways(&proof);
	if (!error)
		error = check_references(&proof);
	if (!error)
		error = check_tree(&proof);
	if (!error)
		error = check_sums(&proof);
	rg_free(proof.number);
	rg_free(proof.up);
	rg_free(proof.size);
	rg_free(proof.next);
	rg_free(proof.depth);
	rg_free(proof.way);
	rg_free(proof.first);
	rg_free(proof.by_parent);
	rg_free(proof.after_parent);
	rg_free(proof.by_semi);
	rg_free(proof.after_semi);
	rg_free(proof.seen);
	rg_free(proof.leaves);
	rg_free(proof.sums);
	return error;
}
