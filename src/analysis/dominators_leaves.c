/* SPDX-License-Identifier: MIT */
/*
 * The tree of dominators in preorder, which makes the rest simple: the nearest
 * common dominator of many is that of the first and the last of them, and sums
 * are done from the end to the beginning.
 */
#include "analysis/dominators.h"

#include "base/alloc.h"

/* Of a leaf whose referrers are not known yet. */
#define NOBODY (((uint64_t)RG_NONE << 32) | RG_NONE)

/* Numbers everything anew: a vertex, then all that it dominates. */
static void renumber(struct rg_dominators_work *work)
{
	union rg_dominators_slot *slot = work->slot;
	uint32_t *dominator = work->parent, *size = work->semi;
	rg_id *vertex = work->vertex;

	for (uint32_t w = 0; w < work->count; w++)
		size[w] = 1;
	for (uint32_t w = work->count; w-- > 0;)
		if (dominator[w] != w)
			size[dominator[w]] += size[w];
	for (uint32_t w = 0; w < work->count; w++) {
		uint32_t up = dominator[w];

		/* The second tree begins where the first ends. */
		slot[w].pre = up == w ? w : slot[up].next;
		if (up != w)
			slot[up].next += size[w];
		slot[w].next = slot[w].pre + 1;
	}
	for (uint32_t w = 0; w < work->count; w++)
		work->semi[slot[w].pre] = slot[dominator[w]].pre;
	for (uint32_t w = 0; w < work->count; w++)
		work->parent[slot[w].pre] = vertex[w];
	work->vertex = work->parent;
	work->parent = vertex;
	for (uint32_t p = 0; p < work->count; p++)
		work->number[work->vertex[p]] = p;
}

/* Of each leaf the first and the last of its referrers in preorder, to retained. */
static void find_referrers(struct rg_dominators_work *work)
{
	for (uint32_t p = 0; p < work->count; p++) {
		struct rg_flow_edges edges = rg_flow_edges(&work->flow, work->vertex[p]);

		if (p + 4 < work->count && work->vertex[p + 4] < work->flow.objects)
			__builtin_prefetch(&work->flow.graph->offset[work->vertex[p + 4]]);
		for (uint64_t i = edges.at; i < edges.end; i++) {
			rg_id to = edges.target[i];
			uint64_t first;

			if (i + 8 < edges.end) {
				__builtin_prefetch(&work->number[edges.target[i + 8]]);
				__builtin_prefetch(&work->retained[edges.target[i + 8]], 1);
			}
			if (work->number[to] != RG_DOMINATORS_LEAF || !rg_flow_counts(&edges, i))
				continue;
			first = work->retained[to] >> 32;
			if (first == RG_NONE)
				first = p;
			/* Garbage does not dominate what is alive. */
			if (p < work->alive || first >= work->alive)
				work->retained[to] = first << 32 | p;
		}
	}
}

static uint32_t find(union rg_dominators_slot *slot, uint32_t at)
{
	while (slot[at].join != at) {
		slot[at].join = slot[slot[at].join].join;
		at = slot[at].join;
	}
	return at;
}

/*
 * The nearest common dominator of two is the nearest above the second that is
 * not behind the first.  So from the end on, vertices are joined to the one above
 * them once nobody asks for them any more.
 */
static void find_dominators(struct rg_dominators_work *work)
{
	union rg_dominators_slot *slot = work->slot;
	const uint32_t *up = work->semi;

	for (uint32_t p = 0; p < work->count; p++) {
		slot[p].head = RG_NONE;
		slot[p].join = p;
	}
	for (rg_id id = work->flow.objects; id-- > 0;) {
		uint32_t first = (uint32_t)(work->retained[id] >> 32);
		uint32_t second = (uint32_t)work->retained[id];

		if (work->number[id] != RG_DOMINATORS_LEAF)
			continue;
		if (first == RG_NONE) {
			work->number[id] = work->alive; /* nobody refers to it */
		} else if (first == second) {
			work->number[id] = first;
		} else {
			work->number[id] = slot[first].head;
			slot[first].head = id;
		}
	}
	for (uint32_t p = work->count; p-- > 0;) {
		for (rg_id id = slot[p].head, next; id != RG_NONE; id = next) {
			next = work->number[id];
			work->number[id] = find(slot, (uint32_t)work->retained[id]);
		}
		slot[p].join = up[p];
	}
}

/* What each retains, and from numbers in preorder back to vertices. */
static void add_up(struct rg_dominators_work *work, const uint64_t *leaves)
{
	const rg_graph *graph = work->flow.graph;
	const uint32_t *up = work->semi;
	union rg_dominators_slot *slot = work->slot;

	for (uint32_t p = 0; p < work->count; p++)
		slot[p].word = 0;
	for (rg_id id = 0; id < graph->count; id++) {
		uint64_t own = rg_store_size(graph, id);

		rg_flow_add(&own, rg_store_owned(graph, id));
		rg_flow_add(&slot[work->number[id]].word, own);
		work->alive_objects += work->number[id] < work->alive;
		if (!rg_bitset_test(leaves, id))
			continue;
		work->retained[id] = own;
		work->number[id] = work->vertex[work->number[id]];
	}
	for (uint32_t p = work->count; p-- > 0;) {
		if (up[p] != p)
			rg_flow_add(&slot[up[p]].word, slot[p].word);
		work->retained[work->vertex[p]] = slot[p].word;
		work->number[work->vertex[p]] = work->vertex[up[p]];
	}
}

rg_error *rg_dominators_leaves(struct rg_dominators_work *work)
{
	rg_id vertices = rg_flow_count(&work->flow);
	uint64_t *leaves = rg_bitset_new(work->flow.objects);

	work->retained = rg_alloc((size_t)vertices * sizeof(*work->retained));
	if (!leaves || !work->retained) {
		rg_free(leaves);
		return rg_error_no_memory();
	}
	for (rg_id id = 0; id < work->flow.objects; id++) {
		work->retained[id] = NOBODY;
		if (work->number[id] == RG_DOMINATORS_LEAF)
			rg_bitset_add(leaves, id);
	}
	renumber(work);
	find_referrers(work);
	find_dominators(work);
	add_up(work, leaves);
	rg_free(leaves);
	return NULL;
}
