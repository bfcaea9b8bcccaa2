/* SPDX-License-Identifier: MIT */
/*
 * The graph whose dominators are wanted: objects, and above them the holders,
 * with a list of what each holds.  Its vertices are numbered objects first.
 */
#ifndef RG_ANALYSIS_FLOW_H
#define RG_ANALYSIS_FLOW_H

#include "base/bitset.h"
#include "base/error.h"
#include "graph/store.h"

struct rg_flow {
	const rg_graph *graph;
	rg_id objects;
	uint32_t holder_count;
	struct rg_holder *holders;
	uint64_t *first; /* by holder: into target; holder_count + 1 */
	rg_id *target;   /* vertices; what is unreachable is added by who finds it */
};

/* Counted references of a vertex; kind is NULL where all of them are. */
struct rg_flow_edges {
	const rg_id *target;
	const uint8_t *kind;
	uint64_t at, end;
};

/* rg_flow_init - lists the holders; the last, RG_HOLDER_UNREACHABLE, holds nothing yet. */
RG_MUST_CHECK rg_error *rg_flow_init(struct rg_flow *flow, const rg_graph *graph);
void rg_flow_free(struct rg_flow *flow);

/* References that are taken away: checked, sorted, then found again. */
RG_MUST_CHECK rg_error *rg_flow_check_cut(const rg_graph *graph, const struct rg_step *cut);
void rg_flow_sort_cuts(struct rg_step *cuts, size_t count);
bool rg_flow_is_cut(const struct rg_step *cuts, size_t count, rg_id source, size_t index);

static inline rg_id rg_flow_count(const struct rg_flow *flow)
{
	return flow->objects + flow->holder_count;
}

static inline struct rg_flow_edges rg_flow_edges(const struct rg_flow *flow, rg_id vertex)
{
	const rg_graph *graph = flow->graph;
	rg_id holder;

	if (vertex < flow->objects)
		return (struct rg_flow_edges){
			.target = graph->target,
			.kind = rg_bitset_test(graph->special, vertex) ? graph->kind : NULL,
			.at = graph->offset[vertex],
			.end = graph->offset[vertex + 1],
		};
	holder = vertex - flow->objects;
	return (struct rg_flow_edges){
		.target = flow->target,
		.at = flow->first[holder],
		.end = flow->first[holder + 1],
	};
}

/* Whether reference number @i of these counts: the one predicate of all passes. */
static inline bool rg_flow_counts(const struct rg_flow_edges *edges, uint64_t i)
{
	return !edges->kind || rg_store_counted(edges->kind[i]);
}

/* Adds @bytes to @sum, which stops at the greatest number there is: sizes may be hostile. */
static inline void rg_flow_add(uint64_t *sum, uint64_t bytes)
{
	if (__builtin_add_overflow(*sum, bytes, sum))
		*sum = UINT64_MAX;
}

#endif
