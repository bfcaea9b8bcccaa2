/* SPDX-License-Identifier: MIT */
/*
 * Distances from the roots, so that where not all of an object's referrers can
 * be drawn, those are that tell who holds it.
 */
#include "analysis/holders.h"

#include <string.h>

#include "base/alloc.h"
#include "graph/store.h"

#define CLASSES 3
#define STRIDE (UINT32_C(1) << 30) /* no distance is that long */

/* The class of a root by its kind; CLASSES: it names no holder. */
static unsigned int class_of(const struct rg_root *root)
{
	if (root->routine)
		return CLASSES;
	switch (root->kind) {
	case RG_ROOT_MODULE:
		return 0;
	case RG_ROOT_LOCAL:
	case RG_ROOT_THREAD_LOCAL:
		return 1;
	case RG_ROOT_INTERPRETER:
	case RG_ROOT_THREAD:
		return 2;
	case RG_ROOT_STATIC:
	case RG_ROOT_EXTERNAL:
		break;
	}
	return CLASSES;
}

static bool leads(uint8_t kind)
{
	return rg_store_counted(kind) && !(kind & RG_REFERENCE_ROUTINE);
}

/* Breadth-first from the roots of one class to what no better class reached. */
static void spread(const rg_graph *graph, unsigned int class, uint32_t *rank, rg_id *queue)
{
	size_t head = 0, tail = 0;

	for (size_t i = 0; i < graph->roots.count; i++) {
		const struct rg_root *root = &graph->roots.data[i];

		if (class_of(root) != class || rank[root->object] != RG_HOLDERS_FAR)
			continue;
		rank[root->object] = class * STRIDE;
		queue[tail++] = root->object;
	}
	while (head < tail) {
		rg_id id = queue[head++];
		uint32_t next = rank[id] + (rank[id] % STRIDE < STRIDE - 1);

		if (head + 4 < tail)
			__builtin_prefetch(&graph->offset[queue[head + 4]]);
		if (head + 2 < tail)
			__builtin_prefetch(&graph->target[graph->offset[queue[head + 2]]]);
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id target = graph->target[i];

			if (!leads(graph->kind[i]) || rank[target] != RG_HOLDERS_FAR)
				continue;
			rank[target] = next;
			queue[tail++] = target;
		}
	}
}

rg_error *rg_holders_rank(const rg_graph *graph, uint32_t **ret)
{
	uint32_t *rank = rg_alloc((size_t)graph->count * sizeof(*rank));
	rg_id *queue = rg_alloc((size_t)graph->count * sizeof(*queue));

	if (!rank || !queue) {
		rg_free(rank);
		rg_free(queue);
		return rg_error_no_memory();
	}
	memset(rank, 0xff, (size_t)graph->count * sizeof(*rank));
	for (unsigned int class = 0; class < CLASSES; class++)
		spread(graph, class, rank, queue);
	rg_free(queue);
	*ret = rank;
	return NULL;
}
