/* SPDX-License-Identifier: MIT */
/* What everybody may ask of a graph. */
#include "graph/store.h"

uint64_t rg_store_big(const struct rg_graph *graph, enum rg_store_field field, rg_id id)
{
	const uint32_t *at = rg_map_find(&graph->big, ((uint64_t)field << 32) + id + 1);

	return at ? graph->big_values.data[*at] : 0;
}

rg_id rg_graph_object_count(const rg_graph *graph)
{
	return graph->count;
}

struct rg_object rg_graph_object(const rg_graph *graph, rg_id id)
{
	return (struct rg_object){
		.address = rg_index_address(&graph->index, id),
		.size = rg_store_size(graph, id),
		.owned = rg_store_owned(graph, id),
		.refcount = rg_store_refcount(graph, id),
		.type = graph->type[id],
		.flags = graph->flags[id],
	};
}

rg_id rg_graph_find(const rg_graph *graph, uint64_t address)
{
	return rg_index_find(&graph->index, address);
}

rg_type_id rg_graph_type_count(const rg_graph *graph)
{
	return (rg_type_id)graph->types.count;
}

const struct rg_type *rg_graph_type(const rg_graph *graph, rg_type_id type)
{
	return &graph->types.data[type];
}

uint64_t rg_graph_reference_count(const rg_graph *graph)
{
	return graph->references;
}

struct rg_references rg_graph_references(const rg_graph *graph, rg_id id)
{
	uint64_t first;

	if (!graph->references)
		return (struct rg_references){ NULL, NULL, 0 };
	first = graph->offset[id];
	return (struct rg_references){
		.target = graph->target + first,
		.kind = graph->kind + first,
		.count = (size_t)(graph->offset[id + 1] - first),
	};
}

struct rg_referrers rg_graph_referrers(const rg_graph *graph, rg_id id)
{
	uint64_t first;

	if (!graph->references)
		return (struct rg_referrers){ NULL, 0 };
	first = graph->back_offset[id];
	return (struct rg_referrers){
		.source = graph->source + first,
		.count = (size_t)(graph->back_offset[id + 1] - first),
	};
}

rg_id rg_graph_owner(const rg_graph *graph, rg_id id)
{
	size_t low = 0, high = graph->plumbing_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (graph->plumbing[middle] < id)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == graph->plumbing_count || graph->plumbing[low] != id)
		return RG_NONE;
	return graph->owner[low];
}

const struct rg_root *rg_graph_roots(const rg_graph *graph, size_t *ret_count)
{
	*ret_count = graph->roots.count;
	return graph->roots.data;
}

const char *rg_root_kind_name(enum rg_root_kind kind)
{
	static const char *const names[] = {
		[RG_ROOT_MODULE] = "module",
		[RG_ROOT_LOCAL] = "local",
		[RG_ROOT_THREAD_LOCAL] = "thread-local",
		[RG_ROOT_INTERPRETER] = "interpreter",
		[RG_ROOT_THREAD] = "thread",
		[RG_ROOT_STATIC] = "static",
		[RG_ROOT_EXTERNAL] = "external",
	};

	return (size_t)kind < sizeof(names) / sizeof(names[0]) ? names[kind] : "other";
}

const char *rg_origin_name(enum rg_origin origin)
{
	static const char *const names[] = {
		[RG_ORIGIN_UNKNOWN] = "unknown",
		[RG_ORIGIN_RUNTIME] = "runtime",
		[RG_ORIGIN_PACKAGE] = "package",
		[RG_ORIGIN_PROGRAM] = "program",
	};

	return (size_t)origin < sizeof(names) / sizeof(names[0]) ? names[origin] : "unknown";
}

const char *rg_role_name(enum rg_role role)
{
	static const char *const names[] = {
		[RG_ROLE_NONE] = "none",
		[RG_ROLE_COLLECTION] = "collection",
		[RG_ROLE_CACHE] = "cache",
		[RG_ROLE_VIEW] = "view",
		[RG_ROLE_FILE] = "file",
		[RG_ROLE_SOCKET] = "socket",
		[RG_ROLE_CONNECTION] = "connection",
		[RG_ROLE_CURSOR] = "cursor",
		[RG_ROLE_SESSION] = "session",
		[RG_ROLE_EXCEPTION] = "exception",
		[RG_ROLE_TRACEBACK] = "traceback",
		[RG_ROLE_FRAME] = "frame",
		[RG_ROLE_COROUTINE] = "coroutine",
		[RG_ROLE_TASK] = "task",
		[RG_ROLE_THREAD_LOCAL] = "thread-local",
	};

	return (size_t)role < sizeof(names) / sizeof(names[0]) ? names[role] : names[0];
}

bool rg_graph_has_refcounts(const rg_graph *graph)
{
	return graph->has_refcounts;
}

int64_t rg_graph_external(const rg_graph *graph, rg_id id)
{
	if (!graph->explained || !graph->has_refcounts ||
	    (graph->flags[id] & RG_OBJECT_IMMORTAL) || graph->refcount[id] == RG_STORE_UNKNOWN)
		return 0;
	return rg_store_refcount(graph, id) - (int64_t)graph->explained[id];
}
