/* SPDX-License-Identifier: MIT */
/* What a count that falls to zero frees at once: a cascade of counts, no collection. */
#include "analysis/flow.h"
#include "base/alloc.h"
#include "base/vector.h"

struct cascade {
	const rg_graph *graph;
	uint32_t *taken;   /* by object: references that went */
	uint64_t *gone;
	uint64_t *stays;   /* static data */
	RG_VECTOR(rg_id) queue;
};

static bool can_go(const struct cascade *cascade, rg_id id)
{
	return !(cascade->graph->flags[id] & RG_OBJECT_IMMORTAL) &&
	       cascade->graph->refcount[id] != RG_STORE_UNKNOWN &&
	       !rg_bitset_test(cascade->stays, id);
}

static rg_error *let_go(struct cascade *cascade, rg_id id)
{
	if (!rg_bitset_claim(cascade->gone, id))
		return NULL;
	return rg_vector_push(&cascade->queue, id) ? NULL : rg_error_no_memory();
}

static rg_error *run(struct cascade *cascade, struct rg_release *sum)
{
	const rg_graph *graph = cascade->graph;

	for (size_t next = 0; next < cascade->queue.count; next++) {
		rg_id id = cascade->queue.data[next];

		sum->objects++;
		rg_flow_add(&sum->bytes, rg_store_size(graph, id));
		rg_flow_add(&sum->bytes, rg_store_owned(graph, id));
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id to = graph->target[i];

			if (!rg_store_counted(graph->kind[i]) || !can_go(cascade, to))
				continue;
			if (++cascade->taken[to] == rg_store_refcount(graph, to))
				RG_TRY(let_go(cascade, to));
		}
	}
	return NULL;
}

static rg_error *begin(struct cascade *cascade, const rg_id *members, size_t count,
		       struct rg_release *sum)
{
	const rg_graph *graph = cascade->graph;

	for (size_t i = 0; i < graph->roots.count; i++)
		if (graph->roots.data[i].kind == RG_ROOT_STATIC)
			rg_bitset_add(cascade->stays, graph->roots.data[i].object);
	for (size_t i = 0; i < count; i++) {
		if (members[i] >= graph->count)
			return rg_error_new(RG_ERROR_INVALID, "there is no object %u",
					    (unsigned)members[i]);
		if (can_go(cascade, members[i]))
			RG_TRY(let_go(cascade, members[i]));
		else
			sum->kept++;
	}
	return run(cascade, sum);
}

rg_error *rg_release_find(const rg_graph *graph, const rg_id *members, size_t count,
			  struct rg_release *ret)
{
	struct cascade cascade = { .graph = graph };
	struct rg_release sum = { 0 };
	rg_error *error;

	if (!rg_graph_has_refcounts(graph))
		return rg_error_new(RG_ERROR_INCOMPLETE, "the dump has no reference counts: "
				    "what goes at once cannot be told");
	cascade.taken = rg_calloc(graph->count, sizeof(*cascade.taken));
	cascade.gone = rg_bitset_new(graph->count);
	cascade.stays = rg_bitset_new(graph->count);
	error = cascade.taken && cascade.gone && cascade.stays
			? begin(&cascade, members, count, &sum) : rg_error_no_memory();
	rg_free(cascade.taken);
	rg_free(cascade.gone);
	rg_free(cascade.stays);
	rg_vector_free(&cascade.queue);
	if (!error)
		*ret = sum;
	return error;
}
