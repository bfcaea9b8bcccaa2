/* SPDX-License-Identifier: MIT */
/* What elements are: objects with a life of their own, records, or a table of plain values. */
#include "analysis/leaks.h"

#include "base/alloc.h"

#define LOOKED_AT 64 /* references of one element */

bool leaks_is_alive(const struct leaks_work *work, rg_id id)
{
	return !work->garbage || rg_garbage_state(work->garbage, id) == RG_STATE_ALIVE;
}

uint32_t *leaks_count_references(const struct leaks_work *work)
{
	const rg_graph *graph = work->graph;
	uint32_t *references = rg_calloc((size_t)graph->count + 1, sizeof(*references));

	for (rg_id id = 0; references && id < graph->count; id++)
		references[work->keeper[id]] +=
			(uint32_t)(graph->offset[id + 1] - graph->offset[id]);
	return references;
}

/* Whether a reference of @kind is one that somebody wrote. */
static bool says(uint8_t kind)
{
	return rg_store_counted(kind) && !(kind & (RG_REFERENCE_ROUTINE | RG_REFERENCE_NAME));
}

bool leaks_is_plain(const struct leaks_work *work, rg_id id)
{
	const rg_graph *graph = work->graph;

	if (!(work->type_flags[graph->type[id]] & LEAKS_TYPE_PLAIN))
		return false;
	for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++)
		if (says(graph->kind[i]))
			return false;
	return true;
}

enum leaks_sort leaks_sort_of(const struct leaks_work *work, rg_id id)
{
	const rg_graph *graph = work->graph;
	const struct rg_type *type = &graph->types.data[graph->type[id]];
	bool runtime = type->origin == RG_ORIGIN_RUNTIME ||
		       leaks_is_builtin(type);
	uint64_t end = graph->offset[id + 1];

	if (!runtime)
		return LEAKS_STRUCTURED;
	if (leaks_is_plain(work, id))
		return LEAKS_PLAIN;
	if ((type->role != RG_ROLE_NONE && type->role != RG_ROLE_COLLECTION) ||
	    !leaks_is_builtin(type))
		return LEAKS_STRUCTURED;
	if (end > graph->offset[id] + LOOKED_AT)
		end = graph->offset[id] + LOOKED_AT;
	for (uint64_t i = graph->offset[id]; i < end; i++)
		if (says(graph->kind[i]) && !leaks_is_plain(work, graph->target[i]))
			return LEAKS_STRUCTURED;
	return type->role == RG_ROLE_COLLECTION ? LEAKS_RECORDS : LEAKS_PLAIN;
}

uint64_t leaks_held_by(const struct leaks_work *work, rg_id id)
{
	const rg_graph *graph = work->graph;
	uint64_t sum = 0, retained = work->dominators->retained[id];

	for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
		rg_id target = work->keeper[graph->target[i]];

		if (target != id && rg_store_counted(graph->kind[i]) &&
		    work->dominators->dominator[id] != target)
			__builtin_add_overflow(sum, work->dominators->retained[target], &sum);
	}
	if (sum > work->living)
		sum = work->living;
	return sum > retained ? sum : retained;
}
