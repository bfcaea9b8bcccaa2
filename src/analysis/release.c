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
	uint64_t *sources; /* of cuts */
	struct rg_step *cuts;
	size_t cut_count;
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

/* One reference to @to has gone. */
static rg_error *take(struct cascade *cascade, rg_id to)
{
	if (can_go(cascade, to) &&
	    ++cascade->taken[to] == rg_store_refcount(cascade->graph, to))
		return let_go(cascade, to);
	return NULL;
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
			if (!rg_store_counted(graph->kind[i]) ||
			    (rg_bitset_test(cascade->sources, id) &&
			     rg_flow_is_cut(cascade->cuts, cascade->cut_count, id,
					    (size_t)(i - graph->offset[id]))))
				continue;
			RG_TRY(take(cascade, graph->target[i]));
		}
	}
	return NULL;
}

/* Each reference once, however often it was named. */
static rg_error *take_cuts(struct cascade *cascade, const struct rg_step *cuts)
{
	const rg_graph *graph = cascade->graph;

	for (size_t i = 0; i < cascade->cut_count; i++) {
		RG_TRY(rg_flow_check_cut(graph, &cuts[i]));
		cascade->cuts[i] = cuts[i];
		rg_bitset_add(cascade->sources, cuts[i].source);
	}
	rg_flow_sort_cuts(cascade->cuts, cascade->cut_count);
	for (size_t i = 0; i < cascade->cut_count; i++) {
		const struct rg_step *cut = &cascade->cuts[i];

		if (i && cut[-1].source == cut->source && cut[-1].index == cut->index)
			continue;
		if (rg_store_counted(graph->kind[graph->offset[cut->source] + cut->index]))
			RG_TRY(take(cascade, cut->target));
	}
	return NULL;
}

static rg_error *begin(struct cascade *cascade, const rg_id *members, size_t count,
		       const struct rg_step *cuts, struct rg_release *sum)
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
	RG_TRY(take_cuts(cascade, cuts));
	return run(cascade, sum);
}

rg_error *rg_release_find(const rg_graph *graph, const rg_id *members, size_t count,
			  const struct rg_step *cuts, size_t cut_count, struct rg_release *ret)
{
	struct cascade cascade = { .graph = graph, .cut_count = cut_count };
	struct rg_release sum = { 0 };
	rg_error *error;

	if (!rg_graph_has_refcounts(graph))
		return rg_error_new(RG_ERROR_INCOMPLETE, "the dump has no reference counts: "
				    "what goes at once cannot be told");
	cascade.taken = rg_calloc(graph->count, sizeof(*cascade.taken));
	cascade.gone = rg_bitset_new(graph->count);
	cascade.stays = rg_bitset_new(graph->count);
	cascade.sources = rg_bitset_new(graph->count);
	cascade.cuts = rg_alloc(cut_count * sizeof(*cascade.cuts));
	error = cascade.taken && cascade.gone && cascade.stays && cascade.sources && cascade.cuts
			? begin(&cascade, members, count, cuts, &sum) : rg_error_no_memory();
	rg_free(cascade.taken);
	rg_free(cascade.gone);
	rg_free(cascade.stays);
	rg_free(cascade.sources);
	rg_free(cascade.cuts);
	rg_vector_free(&cascade.queue);
	if (!error)
		*ret = sum;
	return error;
}
