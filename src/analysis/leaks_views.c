/* SPDX-License-Identifier: MIT */
/* Views that show little of an object, and keep all of it. */
#include "analysis/leaks.h"

#include "base/alloc.h"
#include "base/sort.h"

#define PART 20                       /* a view of a twentieth and less is small */
#define BETWEEN 64                    /* views that share one buffer of a base */
#define SMALLEST (UINT64_C(64) << 10) /* of a base that is worth a word */

/* A view and what it is cut from. */
struct cut {
	rg_id base, view;
	uint64_t shown;
};

static int compare_cuts(const void *a, const void *b, void *user)
{
	const struct cut *left = a, *right = b;

	(void)user;
	if (left->base != right->base)
		return left->base < right->base ? -1 : 1;
	return (left->view > right->view) - (left->view < right->view);
}

static uint64_t bytes_of(const rg_graph *graph, rg_id id)
{
	return rg_store_size(graph, id) + rg_store_owned(graph, id);
}

static bool is_view(const rg_graph *graph, rg_id id)
{
	return graph->types.data[graph->type[id]].role == RG_ROLE_VIEW;
}

/* Whether nothing but views refers to @base, or what only views refer to. */
static bool only_views_hold(const rg_graph *graph, rg_id base)
{
	for (uint64_t i = graph->back_offset[base]; i < graph->back_offset[base + 1]; i++) {
		rg_id between = graph->source[i];
		uint64_t first = graph->back_offset[between];
		uint64_t end = graph->back_offset[between + 1];

		if (is_view(graph, between))
			continue;
		if (first == end || end - first > BETWEEN)
			return false;
		for (uint64_t k = first; k < end; k++)
			if (!is_view(graph, graph->source[k]))
				return false;
	}
	return rg_graph_external(graph, base) <= 0;
}

struct list {
	RG_VECTOR(struct cut) cuts;
	RG_VECTOR(rg_id) views; /* the first of each base that is kept */
	uint64_t shown, kept;
	rg_id biggest;
};

static rg_error *collect(struct leaks_work *work, struct list *list)
{
	const rg_graph *graph = work->graph;

	for (rg_id id = 0; id < graph->count; id++) {
		struct rg_description words;
		struct cut cut = { RG_NONE, id, 0 };

		if (graph->types.data[graph->type[id]].role != RG_ROLE_VIEW ||
		    !leaks_is_alive(work, id))
			continue;
		rg_graph_describe(graph, id, false, &words);
		if (!words.has_shown || !words.base)
			continue;
		cut.base = rg_graph_find(graph, words.base);
		cut.shown = words.shown;
		if (cut.base == RG_NONE || cut.base == id || bytes_of(graph, cut.base) < SMALLEST)
			continue;
		if (!rg_vector_push(&list->cuts, cut))
			return rg_error_no_memory();
	}
	if (list->cuts.count > 1)
		rg_sort(list->cuts.data, list->cuts.count, sizeof(*list->cuts.data), compare_cuts,
			NULL);
	return NULL;
}

static rg_error *pick(struct leaks_work *work, struct list *list)
{
	const struct cut *cuts = list->cuts.data;
	uint64_t biggest = 0;
	size_t end;

	for (size_t first = 0; first < list->cuts.count; first = end) {
		rg_id base = cuts[first].base;
		uint64_t bytes = bytes_of(work->graph, base), shown = 0;

		for (end = first; end < list->cuts.count && cuts[end].base == base; end++)
			if (__builtin_add_overflow(shown, cuts[end].shown, &shown))
				shown = UINT64_MAX;
		if (shown > bytes / PART || !only_views_hold(work->graph, base))
			continue;
		list->shown += shown;
		if (__builtin_add_overflow(list->kept, bytes, &list->kept))
			list->kept = UINT64_MAX;
		if (bytes > biggest) {
			biggest = bytes;
			list->biggest = base;
		}
		if (!rg_vector_push(&list->views, cuts[first].view))
			return rg_error_no_memory();
	}
	return NULL;
}

static rg_error *judge(struct leaks_work *work, struct list *list)
{
	struct rg_leak_fact fact = { RG_FACT_SHOWN, 0, 0, 0, RG_NONE, RG_NONE };
	struct leaks_origin_point point = { RG_NONE, 0 };
	struct leaks_candidate *candidate;
	enum leaks_whose whose = LEAKS_PROGRAM;

	if (!list->views.count || list->kept < leaks_limit(work, LEAKS_MIXED).bytes)
		return NULL;
	RG_TRY(leaks_gather(work, list->views.data, list->views.count,
			    list->views.count > 1 ? work->graph->type[list->views.data[0]]
						  : RG_NONE, &point));
	if (point.holder != RG_NONE)
		RG_TRY(leaks_whose(work, point.holder, &whose));
	if (list->kept < leaks_limit(work, whose).bytes)
		return NULL;
	if (leaks_compares(work) &&
	    !leaks_grew_by(leaks_before_type(work, work->graph->type[list->views.data[0]]),
			   list->views.count, 8))
		return NULL;
	candidate = leaks_add(work, RG_LEAK_VIEW, point.holder);
	if (!candidate)
		return rg_error_no_memory();
	candidate->whose = whose;
	candidate->type = work->graph->type[list->views.data[0]];
	candidate->count = list->views.count;
	candidate->retained = candidate->weight = list->kept < work->living ? list->kept
									      : work->living;
	for (size_t i = 0; i < list->views.count && i + 1 < LEAKS_OBJECTS; i++)
		if (list->views.data[i] != point.holder)
			leaks_name(candidate, list->views.data[i]);
	fact.count = (int64_t)list->shown;
	fact.bytes = (int64_t)candidate->retained;
	fact.object = list->biggest;
	fact.type = work->graph->type[list->biggest];
	return leaks_tell(candidate, &fact) ? NULL : rg_error_no_memory();
}

rg_error *leaks_views(struct leaks_work *work)
{
	struct list list = { .biggest = RG_NONE };
	rg_error *error = collect(work, &list);

	if (!error)
		error = pick(work, &list);
	if (!error)
		error = judge(work, &list);
	rg_vector_free(&list.cuts);
	rg_vector_free(&list.views);
	return error;
}
