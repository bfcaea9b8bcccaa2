/* SPDX-License-Identifier: MIT */
/* Comparisons of numbers: sums of what is known of an object. */
#include "analysis/query.h"

#include <string.h>

#include "base/alloc.h"

/* What a description says; a cache without a bound has an infinite one. */
static bool described(const rg_graph *graph, enum rg_query_number which, rg_id id, double *ret)
{
	struct rg_description words;

	rg_graph_describe(graph, id, false, &words);
	switch (which) {
	case RG_QUERY_LEN:
		*ret = (double)words.length;
		return words.has_length;
	case RG_QUERY_BOUND:
		*ret = (double)words.bound;
		return words.has_bound;
	case RG_QUERY_SHOWN:
		*ret = (double)words.shown;
		return words.has_shown;
	default:
		*ret = (double)words.descriptor;
		return words.descriptor >= 0;
	}
}

/* The number that @term is for @id; false: it is not known. */
static bool value_of(const struct rg_query_run *run, const struct rg_query_term *term, rg_id id,
		     double *ret)
{
	const rg_graph *graph = run->graph;

	switch (term->which) {
	case RG_QUERY_CONSTANT:
		*ret = term->number;
		return true;
	case RG_QUERY_SIZE:
		*ret = (double)rg_store_size(graph, id);
		return true;
	case RG_QUERY_OWNED:
		*ret = (double)rg_store_owned(graph, id);
		return true;
	case RG_QUERY_RETAINED:
		*ret = (double)run->dominators->retained[id];
		return true;
	case RG_QUERY_REFCOUNT:
		*ret = (double)rg_store_refcount(graph, id);
		return graph->refcount[id] != RG_STORE_UNKNOWN &&
		       !(graph->flags[id] & RG_OBJECT_IMMORTAL);
	case RG_QUERY_EXTERNAL:
		*ret = (double)rg_graph_external(graph, id);
		return graph->has_refcounts && graph->refcount[id] != RG_STORE_UNKNOWN &&
		       !(graph->flags[id] & RG_OBJECT_IMMORTAL);
	case RG_QUERY_IN:
		*ret = run->in[id];
		return true;
	case RG_QUERY_OUT: {
		uint64_t count = 0;

		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++)
			count += rg_store_counted(graph->kind[i]);
		*ret = (double)count;
		return true;
	}
	case RG_QUERY_REACH:
		*ret = run->depth[id];
		return run->depth[id] != RG_NONE;
	case RG_QUERY_LEN:
	case RG_QUERY_BOUND:
	case RG_QUERY_SHOWN:
	case RG_QUERY_DESCRIPTOR:
		return described(graph, term->which, id, ret);
	}
	return false;
}

static bool add_up(const struct rg_query_run *run, const struct rg_query_term *terms, size_t count,
		   rg_id id, double *ret)
{
	double sum = 0, value;

	for (size_t i = 0; i < count; i++) {
		if (!value_of(run, &terms[i], id, &value))
			return false;
		sum += terms[i].negative ? -value : value;
	}
	*ret = sum;
	return true;
}

rg_error *rg_query_number(struct rg_query_run *run, const struct rg_query_item *item,
			  const uint64_t *domain, uint64_t *ret)
{
	const struct rg_query_term *left = &run->query->terms[item->first];
	const struct rg_query_term *right = left + item->left_terms;
	double value, limit;
	rg_id id;

	for (size_t i = 0; i < item->left_terms + item->right_terms; i++) {
		if (left[i].which == RG_QUERY_RETAINED)
			RG_TRY(rg_query_need_dominators(run));
		if (left[i].which == RG_QUERY_REACH)
			RG_TRY(rg_query_need_depth(run));
		if (left[i].which == RG_QUERY_IN)
			RG_TRY(rg_query_need_in(run));
	}
	if (item->percent)
		rg_query_need_total(run);
	rg_query_for_each(run->graph, domain, id) {
		if (!add_up(run, left, item->left_terms, id, &value) ||
		    !add_up(run, right, item->right_terms, id, &limit))
			continue;
		if (item->percent)
			limit *= (double)run->total / 100;
		if (rg_compare(item->comparison, value, limit))
			rg_bitset_add(ret, id);
	}
	return NULL;
}
