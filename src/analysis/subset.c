/* SPDX-License-Identifier: MIT */
/* Numbering a set of objects, and its strongly connected components. */
#include "analysis/subset.h"

#include <string.h>

#include "base/alloc.h"

rg_error *rg_subset_init(struct rg_subset *subset, const rg_graph *graph, const uint64_t *set)
{
	size_t words = graph->count / 64 + 1;
	rg_id count = 0;

	*subset = (struct rg_subset){ .graph = graph, .set = set };
	subset->before = rg_alloc(words * sizeof(*subset->before));
	if (!subset->before)
		return rg_error_no_memory();
	for (size_t w = 0; w < words; w++) {
		subset->before[w] = count;
		count += rg_index_popcount(set[w]);
	}
	subset->count = count;
	subset->ids = rg_alloc((size_t)count * sizeof(*subset->ids));
	if (!subset->ids) {
		rg_subset_free(subset);
		return rg_error_no_memory();
	}
	count = 0;
	for (size_t w = 0; w < words; w++)
		for (uint64_t bits = set[w]; bits; bits &= bits - 1)
			subset->ids[count++] = (rg_id)(w * 64 + (size_t)__builtin_ctzll(bits));
	return NULL;
}

void rg_subset_free(struct rg_subset *subset)
{
	rg_free(subset->before);
	rg_free(subset->ids);
	rg_free(subset->component);
	rg_free(subset->members);
	rg_free(subset->first);
	*subset = (struct rg_subset){ 0 };
}

/* In a cursor: a reference led to an earlier vertex, so this is not the first of its component. */
#define NOT_ROOT (UINT64_C(1) << 63)

/*
 * One array is both stacks: that of the search grows from its beginning, that
 * of vertices whose component is not known yet from its end.  A vertex is on
 * one of them at most.
 */
struct pearce {
	rg_id *stack;
	uint64_t *cursor; /* by depth of the search: the next reference, and NOT_ROOT */
	rg_id depth;
	rg_id waiting;    /* the lowest used place of the other stack */
	uint32_t index;
	uint32_t done;    /* components are numbered downwards from the number of members */
};

static void enter(const struct rg_subset *subset, struct pearce *state, rg_id v)
{
	subset->component[v] = state->index++;
	state->cursor[state->depth] = subset->graph->offset[subset->ids[v]];
	state->stack[state->depth++] = v;
}

static void leave(const struct rg_subset *subset, struct pearce *state)
{
	uint32_t *number = subset->component;
	rg_id v = state->stack[--state->depth];

	if (state->cursor[state->depth] & NOT_ROOT) {
		state->stack[--state->waiting] = v;
		return;
	}
	state->index--;
	while (state->waiting < subset->count &&
	       number[v] <= number[state->stack[state->waiting]]) {
		number[state->stack[state->waiting++]] = state->done;
		state->index--;
	}
	number[v] = state->done--;
}

static void search(const struct rg_subset *subset, struct pearce *state, rg_id start)
{
	const rg_graph *graph = subset->graph;
	uint32_t *number = subset->component;

	enter(subset, state, start);
	while (state->depth) {
		rg_id v = state->stack[state->depth - 1];
		uint64_t *cursor = &state->cursor[state->depth - 1];
		uint64_t i = *cursor & ~NOT_ROOT;
		uint64_t end = graph->offset[subset->ids[v] + 1];
		bool descended = false;

		for (; i < end; i++) {
			rg_id w = rg_subset_follow(subset, i);

			if (w == RG_NONE)
				continue;
			if (!number[w]) {
				/* Looked at once more on the way back. */
				*cursor = i | (*cursor & NOT_ROOT);
				enter(subset, state, w);
				descended = true;
				break;
			}
			if (number[w] < number[v]) {
				number[v] = number[w];
				*cursor |= NOT_ROOT;
			}
		}
		if (!descended)
			leave(subset, state);
	}
}

/* Sorts members by component. */
static bool sort_members(struct rg_subset *subset)
{
	rg_id *first = rg_calloc((size_t)subset->components + 1, sizeof(*first));
	rg_id *members = rg_alloc((size_t)subset->count * sizeof(*members));
	rg_id sum = 0;

	subset->first = first;
	subset->members = members;
	if (!first || !members)
		return false;
	for (rg_id v = 0; v < subset->count; v++)
		first[subset->component[v]]++;
	for (uint32_t c = 0; c < subset->components; c++) {
		sum += first[c];
		first[c] = sum;
	}
	first[subset->components] = sum;
	for (rg_id v = subset->count; v-- > 0;)
		members[--first[subset->component[v]]] = v;
	return true;
}

rg_error *rg_subset_components(struct rg_subset *subset)
{
	rg_id count = subset->count;
	struct pearce state = { .waiting = count, .index = 1, .done = count };
	bool ok;

	subset->component = rg_calloc(count, sizeof(*subset->component));
	state.stack = rg_alloc((size_t)count * sizeof(*state.stack));
	state.cursor = rg_alloc((size_t)count * sizeof(*state.cursor));
	ok = subset->component && state.stack && state.cursor;
	for (rg_id v = 0; ok && v < count; v++)
		if (!subset->component[v])
			search(subset, &state, v);
	rg_free(state.stack);
	rg_free(state.cursor);
	for (rg_id v = 0; ok && v < count; v++)
		subset->component[v] = count - subset->component[v];
	subset->components = count - state.done;
	return ok && sort_members(subset) ? NULL : rg_error_no_memory();
}
