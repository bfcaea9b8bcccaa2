/* SPDX-License-Identifier: MIT */
/*
 * Where many objects come from: their best chains form a tree, and the holder is
 * where it fans out.  Every object on the ways is looked at once: a way is
 * followed upwards as far as another has been already; then, last way first and
 * from below, the numbers are added up.
 */
#include "analysis/leaks.h"

#include "analysis/chain.h"
#include "base/alloc.h"

#define MOST 0.7 /* of the objects lead one way: it is followed */

struct node {
	rg_id id;
	uint32_t parent; /* index + 1, or 0 */
	uint32_t best;   /* the child with the most below it, index + 1 */
	uint32_t count;  /* of the objects asked about, itself and below */
};

struct gather {
	struct leaks_work *work;
	RG_VECTOR(struct node) nodes;
	RG_VECTOR(uint32_t) ways; /* where each way begins in nodes */
};

/* Adds the way from @id upwards. */
static bool climb(struct gather *gather, rg_id id)
{
	struct leaks_work *work = gather->work;
	uint32_t last = 0;

	if (work->slot[id]) {
		gather->nodes.data[work->slot[id] - 1].count++;
		return true;
	}
	if (!rg_vector_push(&gather->ways, (uint32_t)gather->nodes.count))
		return false;
	for (rg_id at = id; at != RG_NONE; at = rg_chain_tree_parent(work->tree, at)) {
		struct node node = { at, 0, 0, at == id };

		if (last && work->slot[at]) {
			gather->nodes.data[last - 1].parent = work->slot[at];
			return true;
		}
		if (!rg_vector_push(&gather->nodes, node))
			return false;
		work->slot[at] = (uint32_t)gather->nodes.count;
		if (last)
			gather->nodes.data[last - 1].parent = work->slot[at];
		last = work->slot[at];
	}
	return true;
}

/* Whether @a leads to more than @b; ties by id. */
static bool leads_to_more(const struct node *a, const struct node *b)
{
	return a->count != b->count ? a->count > b->count : a->id < b->id;
}

/* Gives the best of those that roots refer to. */
static uint32_t add_up(struct gather *gather)
{
	struct node *nodes = gather->nodes.data;
	size_t end = gather->nodes.count;
	uint32_t top = 0;

	for (size_t way = gather->ways.count; way-- > 0;) {
		size_t first = gather->ways.data[way];

		for (size_t i = first; i < end; i++) {
			struct node *node = &nodes[i], *parent;

			if (!node->parent) {
				if (!top || leads_to_more(node, &nodes[top - 1]))
					top = (uint32_t)i + 1;
				continue;
			}
			parent = &nodes[node->parent - 1];
			parent->count += node->count;
			if (!parent->best || leads_to_more(node, &nodes[parent->best - 1]))
				parent->best = (uint32_t)i + 1;
		}
		end = first;
	}
	return top;
}

static void descend(const struct gather *gather, uint32_t top, size_t count, rg_type_id type,
		    struct leaks_origin_point *ret)
{
	const struct node *nodes = gather->nodes.data;
	const struct leaks_work *work = gather->work;
	uint64_t above = count;

	for (uint32_t at = top; at; at = nodes[at - 1].best) {
		const struct node *node = &nodes[at - 1];
		rg_id shown = work->keeper[node->id];

		if ((double)node->count < MOST * (double)above ||
		    work->graph->type[shown] == type || (!node->best && count > 1))
			return;
		ret->holder = shown;
		ret->below = node->count;
		above = node->count;
	}
}

rg_error *leaks_gather(struct leaks_work *work, const rg_id *objects, size_t count,
		       rg_type_id type, struct leaks_origin_point *ret)
{
	struct gather gather = { .work = work };
	struct leaks_origin_point found = { RG_NONE, 0 };
	bool ok = true;

	for (size_t i = 0; ok && i < count; i++)
		ok = climb(&gather, objects[i]);
	if (ok)
		descend(&gather, add_up(&gather), count, type, &found);
	for (size_t i = 0; i < gather.nodes.count; i++)
		work->slot[gather.nodes.data[i].id] = 0;
	rg_vector_free(&gather.nodes);
	rg_vector_free(&gather.ways);
	if (!ok)
		return rg_error_no_memory();
	*ret = found;
	return NULL;
}
