/* SPDX-License-Identifier: MIT */
/*
 * A query over sets of objects: what `and` leaves over is all that its next part
 * is asked about, and cheap parts come first.
 */
#include "analysis/query.h"

#include <string.h>

#include "base/alloc.h"
#include "base/options.h"

/* The parts that @kind joins, however they are nested, cheap ones first. */
static size_t find_parts(const struct rg_query *query, size_t item, uint16_t parts[RG_QUERY_TESTS])
{
	enum rg_query_kind kind = query->items[item].kind;
	size_t count = 0;

	/* A part of the same kind is the left side only, unless it has parentheses. */
	for (; query->items[item].kind == kind; item = query->items[item].left)
		parts[count++] = (uint16_t)query->items[item].right;
	parts[count++] = (uint16_t)item;
	for (size_t i = 0; i < count / 2; i++) {
		uint16_t other = parts[count - 1 - i];

		parts[count - 1 - i] = parts[i];
		parts[i] = other;
	}
	for (size_t i = 1; i < count; i++) {
		uint16_t part = parts[i];
		size_t at = i;

		while (at && query->items[parts[at - 1]].cost > query->items[part].cost) {
			parts[at] = parts[at - 1];
			at--;
		}
		parts[at] = part;
	}
	return count;
}

static bool is_empty(const uint64_t *set, size_t words)
{
	for (size_t i = 0; i < words; i++)
		if (set[i])
			return false;
	return true;
}

static rg_error *evaluate_all(struct rg_query_run *run, size_t item, const uint64_t *domain,
			      uint64_t *rest, uint64_t *some, uint64_t *ret)
{
	size_t words = rg_query_set_words(run->graph);
	bool is_and = run->query->items[item].kind == RG_QUERY_AND;
	uint16_t parts[RG_QUERY_TESTS];
	size_t count = find_parts(run->query, item, parts);

	memcpy(rest, domain, words * sizeof(*rest));
	for (size_t p = 0; p < count && !is_empty(rest, words); p++) {
		RG_TRY(rg_query_evaluate(run, parts[p], rest, some));
		if (is_and) {
			memcpy(rest, some, words * sizeof(*rest));
			continue;
		}
		for (size_t i = 0; i < words; i++) {
			ret[i] |= some[i];
			rest[i] &= ~some[i];
		}
	}
	if (is_and)
		memcpy(ret, rest, words * sizeof(*rest));
	return NULL;
}

static rg_error *evaluate_joined(struct rg_query_run *run, size_t item, const uint64_t *domain,
				 uint64_t *ret)
{
	uint64_t *rest = rg_bitset_new(run->graph->count);
	uint64_t *some = rg_bitset_new(run->graph->count);
	rg_error *error = rest && some ? evaluate_all(run, item, domain, rest, some, ret)
				       : rg_error_no_memory();

	rg_free(rest);
	rg_free(some);
	return error;
}

static rg_error *evaluate_not(struct rg_query_run *run, size_t left, const uint64_t *domain,
			      uint64_t *ret)
{
	RG_TRY(rg_query_evaluate(run, left, domain, ret));
	for (size_t i = 0; i < rg_query_set_words(run->graph); i++)
		ret[i] = domain[i] & ~ret[i];
	return NULL;
}

static rg_error *evaluate_state(struct rg_query_run *run, const struct rg_query_item *item,
				const uint64_t *domain, uint64_t *ret)
{
	const struct rg_garbage *garbage;

	RG_TRY(rg_query_need_garbage(run));
	garbage = run->garbage;
	for (size_t i = 0; i < rg_query_set_words(run->graph); i++)
		ret[i] = domain[i] &
			 (item->which == RG_STATE_LOST
				  ? garbage->lost_set[i]
				  : garbage->unreachable_set[i] | garbage->going_set[i]);
	return NULL;
}

static void evaluate_open(const rg_graph *graph, const uint64_t *domain, uint64_t *ret)
{
	struct rg_description words;
	rg_id id;

	rg_query_for_each(graph, domain, id) {
		rg_graph_describe(graph, id, false, &words);
		if (words.has_open && words.open)
			rg_bitset_add(ret, id);
	}
}

static rg_error *evaluate_address(const struct rg_query_run *run, const struct rg_query_item *item,
				  const uint64_t *domain, uint64_t *ret)
{
	rg_id id = rg_graph_find(run->graph, item->place);

	if (id == RG_NONE)
		return rg_error_new(RG_ERROR_NOT_FOUND, "no object starts at '0x%llx'",
				    (unsigned long long)item->place);
	if (rg_bitset_test(domain, id))
		rg_bitset_add(ret, id);
	return NULL;
}

rg_error *rg_query_evaluate(struct rg_query_run *run, size_t item, const uint64_t *domain,
			    uint64_t *ret)
{
	const struct rg_query_item *at = &run->query->items[item];
	rg_id id;

	memset(ret, 0, rg_query_set_words(run->graph) * sizeof(*ret));
	switch (at->kind) {
	case RG_QUERY_NOT:
		return evaluate_not(run, at->left, domain, ret);
	case RG_QUERY_AND:
	case RG_QUERY_OR:
		return evaluate_joined(run, item, domain, ret);
	case RG_QUERY_FLAG:
		rg_query_for_each(run->graph, domain, id)
			if (run->graph->flags[id] & at->which)
				rg_bitset_add(ret, id);
		return NULL;
	case RG_QUERY_STATE:
		return evaluate_state(run, at, domain, ret);
	case RG_QUERY_NUMBER:
		return rg_query_number(run, at, domain, ret);
	case RG_QUERY_TYPE:
		return rg_query_type(run, at, domain, ret);
	case RG_QUERY_WORDS:
		rg_query_words(run, at, domain, ret);
		return NULL;
	case RG_QUERY_OPEN:
		evaluate_open(run->graph, domain, ret);
		return NULL;
	case RG_QUERY_ROOT:
		rg_query_root(run, at, domain, ret);
		return NULL;
	case RG_QUERY_LABEL:
		return rg_query_label(run, at, domain, ret);
	case RG_QUERY_RELATION:
		return rg_query_relation(run, at, domain, ret);
	case RG_QUERY_ADDRESS:
		return evaluate_address(run, at, domain, ret);
	case RG_QUERY_NAMED:
		return rg_query_named(run, at, domain, ret);
	}
	return NULL;
}

/* --- the whole -------------------------------------------------------------------- */

struct result {
	struct rg_query_result public;
	rg_id *ids;
	const char *unknown[RG_QUERY_ITEMS];
};

static rg_error *fill(struct rg_query_run *run, uint64_t *everything, uint64_t *set,
		      struct result *result)
{
	const rg_graph *graph = run->graph;
	size_t count = 0;
	rg_id id;

	for (id = 0; id < graph->count; id++)
		rg_bitset_add(everything, id);
	RG_TRY(rg_query_evaluate(run, run->query->item_count - 1, everything, set));
	for (size_t i = 0; i < rg_query_set_words(graph); i++)
		count += (size_t)__builtin_popcountll(set[i]);
	result->ids = rg_alloc((count + 1) * sizeof(*result->ids));
	if (!result->ids)
		return rg_error_no_memory();
	rg_query_for_each(graph, set, id)
		result->ids[result->public.count++] = id;
	return NULL;
}

rg_error *rg_query_select(const rg_graph *graph, const rg_query *query,
			  const struct rg_query_context *context, struct rg_query_result **ret)
{
	struct rg_query_context known;
	struct rg_query_run run = { .graph = graph, .query = query };
	uint64_t *everything, *set;
	struct result *result;
	rg_error *error;

	RG_TRY(rg_options_read(context, sizeof(known), &known));
	if (query->needs_references && !graph->offset)
		return rg_error_new(RG_ERROR_INVALID, "'%s' is about references, which were not "
						      "read", query->text);
	run.dominators = known.dominators;
	run.garbage = known.garbage;
	everything = rg_bitset_new(graph->count);
	set = rg_bitset_new(graph->count);
	result = rg_calloc(1, sizeof(*result));
	if (everything && set && result) {
		run.unknown = result->unknown;
		error = fill(&run, everything, set, result);
	} else {
		error = rg_error_no_memory();
	}
	rg_free(everything);
	rg_free(set);
	rg_free(run.depth);
	rg_free(run.in);
	rg_dominators_free(run.own_dominators);
	rg_garbage_free(run.own_garbage);
	if (error) {
		rg_query_result_free(result ? &result->public : NULL);
		return error;
	}
	result->public.ids = result->ids;
	result->public.unknown = result->unknown;
	result->public.unknown_count = run.unknown_count;
	*ret = &result->public;
	return NULL;
}

void rg_query_result_free(struct rg_query_result *result)
{
	/* The public part is the first member. */
	struct result *own = (struct result *)result;

	if (own)
		rg_free(own->ids);
	rg_free(own);
}
