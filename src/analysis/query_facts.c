/* SPDX-License-Identifier: MIT */
/* What a run of a query finds once, when the first test needs it. */
#include "analysis/query.h"

#include <string.h>

#include "base/alloc.h"

#define DEEPEST 8 /* parts of parts; a ring of parts must end somewhere */

rg_error *rg_query_need_dominators(struct rg_query_run *run)
{
	if (run->dominators)
		return NULL;
	RG_TRY(rg_dominators_find(run->graph, NULL, &run->own_dominators));
	run->dominators = run->own_dominators;
	return NULL;
}

rg_error *rg_query_need_garbage(struct rg_query_run *run)
{
	if (run->garbage)
		return NULL;
	RG_TRY(rg_garbage_find(run->graph, &run->own_garbage));
	run->garbage = run->own_garbage;
	return NULL;
}

rg_error *rg_query_need_depth(struct rg_query_run *run)
{
	const rg_graph *graph = run->graph;
	size_t head = 0, tail = 0;
	uint32_t *depth;
	rg_id *queue;

	if (run->depth)
		return NULL;
	if (graph->count && !graph->roots.count)
		return rg_error_new(RG_ERROR_INCOMPLETE, "depth is counted from roots, of which "
							 "the dump has none");
	depth = rg_alloc(((size_t)graph->count + 1) * sizeof(*depth));
	queue = rg_alloc(((size_t)graph->count + 1) * sizeof(*queue));
	if (!depth || !queue) {
		rg_free(depth);
		rg_free(queue);
		return rg_error_no_memory();
	}
	memset(depth, 0xff, ((size_t)graph->count + 1) * sizeof(*depth));
	for (size_t i = 0; i < graph->roots.count; i++) {
		rg_id id = graph->roots.data[i].object;

		if (depth[id] == RG_NONE)
			queue[tail++] = id;
		depth[id] = 0;
	}
	while (head < tail) {
		rg_id id = queue[head++];

		if (head + 4 < tail)
			__builtin_prefetch(&graph->offset[queue[head + 4]]);
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id target = graph->target[i];

			if (!rg_store_counted(graph->kind[i]) || depth[target] != RG_NONE)
				continue;
			depth[target] = depth[id] + 1;
			queue[tail++] = target;
		}
	}
	rg_free(queue);
	run->depth = depth;
	return NULL;
}

rg_error *rg_query_need_in(struct rg_query_run *run)
{
	const rg_graph *graph = run->graph;

	if (run->in)
		return NULL;
	run->in = rg_calloc((size_t)graph->count + 1, sizeof(*run->in));
	if (!run->in)
		return rg_error_no_memory();
	for (uint64_t i = 0; i < graph->references; i++)
		run->in[graph->target[i]] += rg_store_counted(graph->kind[i]) &&
					     run->in[graph->target[i]] != UINT32_MAX;
	return NULL;
}

void rg_query_need_total(struct rg_query_run *run)
{
	for (rg_id id = 0; id < run->graph->count && !run->has_total; id++)
		if (__builtin_add_overflow(run->total, rg_store_size(run->graph, id) +
						       rg_store_owned(run->graph, id), &run->total))
			run->total = UINT64_MAX;
	run->has_total = true;
}

rg_id rg_query_owner(const rg_graph *graph, rg_id id)
{
	return graph->flags[id] & RG_OBJECT_PLUMBING ? rg_graph_owner(graph, id) : RG_NONE;
}

void rg_query_add_owners(const rg_graph *graph, uint64_t *set, rg_id id)
{
	for (unsigned int i = 0; i < DEEPEST; i++) {
		id = rg_query_owner(graph, id);
		if (id == RG_NONE)
			return;
		rg_bitset_add(set, id);
	}
}

bool rg_query_is_part_of(const rg_graph *graph, const uint64_t *set, rg_id id)
{
	for (unsigned int i = 0; i < DEEPEST; i++) {
		id = rg_query_owner(graph, id);
		if (id == RG_NONE)
			return false;
		if (rg_bitset_test(set, id))
			return true;
	}
	return false;
}
