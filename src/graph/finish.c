/* SPDX-License-Identifier: MIT */
/*
 * What follows from all references together: who refers to an object, which
 * references explain its count, whose part it is, and which roots are missing.
 */
#include "graph/build.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bitset.h"
#include "base/sort.h"

#define AHEAD 16 /* how many references ahead to prefetch what they will touch */

/*
 * Gives back what growing took too much; keeping it would do no harm.  Without
 * any reference there are arrays all the same, so that pointers into them exist.
 */
static bool shrink(rg_builder *builder)
{
	struct rg_graph *graph = &builder->graph;
	size_t count = (size_t)builder->references;
	void *smaller;

	if (graph->target && count == builder->capacity)
		return true;
	smaller = rg_realloc(graph->target, count, sizeof(*graph->target));
	if (smaller)
		graph->target = smaller;
	smaller = rg_realloc(graph->kind, count, sizeof(*graph->kind));
	if (smaller)
		graph->kind = smaller;
	return graph->target && graph->kind;
}

static bool close_offsets(rg_builder *builder)
{
	struct rg_graph *graph = &builder->graph;

	if (!graph->offset) {
		graph->offset = rg_calloc((size_t)graph->count + 1, sizeof(*graph->offset));
		if (!graph->offset)
			return false;
	}
	while (builder->current < graph->count)
		graph->offset[++builder->current] = builder->references;
	return true;
}

/*
 * The backward references by counting sort.  Filled from the last reference to
 * the first, so that the offsets serve as cursors and sources ascend.
 */
static bool build_backward(struct rg_graph *graph, uint64_t count)
{
	const rg_id *target = graph->target;
	uint64_t *offset = rg_calloc((size_t)graph->count + 1, sizeof(*offset));
	rg_id *sources = rg_alloc((size_t)count * sizeof(*sources));
	uint64_t sum = 0, at = count;

	if (!offset || !sources) {
		rg_free(offset);
		rg_free(sources);
		return false;
	}
	for (uint64_t i = 0; i < count; i++) {
		if (i + AHEAD < count)
			__builtin_prefetch(&offset[target[i + AHEAD]], 1);
		offset[target[i]]++;
	}
	for (rg_id id = 0; id < graph->count; id++) {
		sum += offset[id];
		offset[id] = sum;
	}
	offset[graph->count] = sum;
	for (rg_id id = graph->count; id-- > 0;) {
		while (at > graph->offset[id]) {
			at--;
			if (at >= 2 * AHEAD) {
				__builtin_prefetch(&offset[target[at - 2 * AHEAD]], 1);
				__builtin_prefetch(&sources[offset[target[at - AHEAD]] - 1], 1);
			}
			sources[--offset[target[at]]] = id;
		}
	}
	graph->back_offset = offset;
	graph->source = sources;
	return true;
}

/* What an object keeps for the runtime alone says as little by what it refers to. */
static void mark_routine_parts(struct rg_graph *graph)
{
	const uint8_t both = RG_REFERENCE_PLUMBING | RG_REFERENCE_ROUTINE;

	for (rg_id id = 0; id < graph->count; id++)
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++)
			if ((graph->kind[i] & both) == both &&
			    rg_graph_owner(graph, graph->target[i]) == id)
				graph->flags[graph->target[i]] |= RG_OBJECT_ROUTINE;
}

/* Finds the one owner of each part: an object at which plumbing of one source ends. */
static bool find_owners(struct rg_graph *graph)
{
	const rg_id many = RG_NONE - 1;
	rg_id *owners = graph->explained; /* not needed yet, and of the right size */
	size_t count = 0, at = 0;

	memset(owners, 0xff, (size_t)graph->count * sizeof(*owners));
	for (rg_id id = 0; id < graph->count; id++) {
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id target = graph->target[i];

			if (!(graph->kind[i] & RG_REFERENCE_PLUMBING) || target == id)
				continue;
			if (owners[target] == RG_NONE)
				owners[target] = id;
			else if (owners[target] != id)
				owners[target] = many;
		}
	}
	for (rg_id id = 0; id < graph->count; id++)
		count += owners[id] < many;
	graph->plumbing = rg_alloc(count * sizeof(*graph->plumbing));
	graph->owner = rg_alloc(count * sizeof(*graph->owner));
	if (!graph->plumbing || !graph->owner)
		return false;
	for (rg_id id = 0; id < graph->count; id++) {
		graph->flags[id] &= (uint16_t)~RG_OBJECT_PLUMBING;
		if (owners[id] >= many)
			continue;
		graph->flags[id] |= RG_OBJECT_PLUMBING;
		graph->plumbing[at] = id;
		graph->owner[at++] = owners[id];
	}
	graph->plumbing_count = count;
	mark_routine_parts(graph);
	return true;
}

static void explain(uint32_t *explained, rg_id id, uint32_t count)
{
	if (__builtin_add_overflow(explained[id], count, &explained[id]))
		explained[id] = UINT32_MAX;
}

/* Whether @id's count is known and kept, so that external roots can be computed. */
static bool is_accountable(const struct rg_graph *graph, rg_id id)
{
	return !(graph->flags[id] & RG_OBJECT_IMMORTAL) && graph->refcount[id] != RG_STORE_UNKNOWN;
}

/* Whether the count of @id has no room for another reference. */
static bool is_full(const struct rg_graph *graph, rg_id id)
{
	return graph->has_refcounts && is_accountable(graph, id) &&
	       (int64_t)graph->explained[id] >= rg_store_refcount(graph, id);
}

/*
 * Roots explain what they own.  Static storage owns the reference that its
 * object was born with, unless somebody took that over: a module that adds a
 * type without counting does.
 */
static void account_roots(struct rg_graph *graph)
{
	for (size_t i = 0; i < graph->roots.count; i++) {
		struct rg_root *root = &graph->roots.data[i];

		if (root->kind != RG_ROOT_EXTERNAL && root->kind != RG_ROOT_STATIC)
			explain(graph->explained, root->object, root->count);
	}
	for (size_t i = 0; i < graph->roots.count; i++) {
		struct rg_root *root = &graph->roots.data[i];

		if (root->kind != RG_ROOT_STATIC)
			continue;
		if (root->count && is_full(graph, root->object))
			root->count = 0;
		explain(graph->explained, root->object, root->count);
	}
}

/* Where a value may be owned no more, it is only if the count has room for that. */
static bool account_tentative(rg_builder *builder)
{
	struct rg_graph *graph = &builder->graph;

	for (size_t i = 0; i < builder->tentative.count; i++) {
		struct rg_root root = builder->tentative.data[i];

		if (is_full(graph, root.object))
			continue;
		explain(graph->explained, root.object, root.count);
		if (!rg_vector_push(&graph->roots, root))
			return false;
	}
	return true;
}

/* Counts what explains each object's count, inferred references last. */
static bool account(rg_builder *builder)
{
	struct rg_graph *graph = &builder->graph;
	uint32_t *explained = graph->explained;
	bool inferred = false;

	memset(explained, 0, (size_t)graph->count * sizeof(*explained));
	for (uint64_t i = 0; i < graph->references; i++) {
		uint8_t kind = graph->kind[i] & RG_REFERENCE_KIND_MASK;

		if (i + AHEAD < graph->references)
			__builtin_prefetch(&explained[graph->target[i + AHEAD]], 1);
		if (kind <= RG_REFERENCE_UNTRAVERSED)
			explain(explained, graph->target[i], 1);
		else if (kind == RG_REFERENCE_INFERRED)
			inferred = true;
	}
	account_roots(graph);
	if (!account_tentative(builder))
		return false;
	if (!inferred)
		return true;
	if (graph->has_refcounts && builder->placed.count &&
	    !rg_places_settle(graph, builder->placed.data, builder->placed.count))
		return false;
	rg_vector_free(&builder->placed);
	for (uint64_t i = 0; i < graph->references; i++) {
		rg_id target = graph->target[i];

		if ((graph->kind[i] & RG_REFERENCE_KIND_MASK) != RG_REFERENCE_INFERRED)
			continue;
		if (is_full(graph, target)) {
			graph->kind[i] &= (uint8_t)~RG_REFERENCE_KIND_MASK;
			graph->kind[i] |= RG_REFERENCE_BORROWED;
		} else {
			explain(explained, target, 1);
		}
	}
	return true;
}

/* Notes which objects have references that are not for everybody: others need no second look. */
static void note_special(struct rg_graph *graph)
{
	for (rg_id id = 0; id < graph->count; id++)
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++)
			if (!rg_store_counted(graph->kind[i]) ||
			    graph->kind[i] & RG_REFERENCE_ROUTINE)
				rg_bitset_add(graph->special, id);
}

static int compare_roots(const void *a, const void *b, void *user)
{
	const struct rg_root *left = a, *right = b;
	int order = (left->kind > right->kind) - (left->kind < right->kind);

	(void)user;
	if (!order)
		order = left->importer - right->importer;
	if (!order)
		order = strcmp(left->name, right->name);
	if (!order)
		order = (left->object > right->object) - (left->object < right->object);
	if (!order)
		order = (left->thread > right->thread) - (left->thread < right->thread);
	if (!order)
		order = (left->frame > right->frame) - (left->frame < right->frame);
	if (!order)
		order = (left->count > right->count) - (left->count < right->count);
	return order;
}

/* Replaces the external roots that somebody else counted by our own. */
static bool complete_roots(struct rg_graph *graph)
{
	size_t kept = 0;

	for (size_t i = 0; graph->has_refcounts && i < graph->roots.count; i++) {
		struct rg_root root = graph->roots.data[i];

		if (root.kind != RG_ROOT_EXTERNAL || !is_accountable(graph, root.object))
			graph->roots.data[kept++] = root;
	}
	if (graph->has_refcounts)
		graph->roots.count = kept;
	for (rg_id id = 0; graph->has_refcounts && id < graph->count; id++) {
		struct rg_root root = {
			.object = id,
			.kind = RG_ROOT_EXTERNAL,
			.thread = RG_NONE,
			.frame = RG_NONE,
			.name = "external references",
		};
		int64_t external = rg_graph_external(graph, id);

		if (external <= 0)
			continue;
		root.count = external < UINT32_MAX ? (uint32_t)external : UINT32_MAX;
		if (!rg_vector_push(&graph->roots, root))
			return false;
	}
	rg_sort(graph->roots.data, graph->roots.count, sizeof(*graph->roots.data), compare_roots,
		NULL);
	return true;
}

static rg_error *finish(rg_builder *builder)
{
	struct rg_graph *graph = &builder->graph;

	RG_TRY(rg_builder_step(builder, "indexing references", 0, 4));
	graph->explained = rg_calloc(graph->count, sizeof(*graph->explained));
	graph->special = rg_bitset_new(graph->count);
	if (!graph->explained || !graph->special || !shrink(builder) ||
	    !close_offsets(builder) ||
	    !build_backward(graph, builder->references))
		return rg_error_no_memory();
	RG_TRY(rg_builder_step(builder, "indexing references", 2, 4));
	if (builder->plumbing && !find_owners(graph))
		return rg_error_no_memory();
	graph->references = builder->references;
	if (!account(builder))
		return rg_error_no_memory();
	RG_TRY(rg_builder_step(builder, "indexing references", 3, 4));
	note_special(graph);
	return complete_roots(graph) ? NULL : rg_error_no_memory();
}

rg_error *rg_builder_finish(rg_builder *builder, bool has_refcounts)
{
	struct rg_graph *graph = &builder->graph;
	rg_error *error;

	if (builder->stage != RG_BUILD_REFERENCES)
		return rg_error_new(RG_ERROR_INVALID, "a graph was built in the wrong order");
	/* Whatever happens now, there is no way back to adding references. */
	builder->stage = RG_BUILD_DONE;
	graph->has_refcounts = has_refcounts;
	error = finish(builder);
	if (error) {
		graph->references = 0;
		graph->has_refcounts = false;
		graph->roots.count = 0;
	}
	return error;
}
