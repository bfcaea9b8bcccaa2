/* SPDX-License-Identifier: MIT */
/*
 * Types of which there are many, and the one holder below which they are: what hangs
 * together (a linked list, a tree, a net) has no container that refers to all of it.
 */
#include "analysis/leaks.h"

#include "base/alloc.h"
#include "base/sort.h"

#define MOST_TYPES 8 /* that are looked into, those with the most bytes */

struct kind {
	rg_type_id type;
	uint64_t count, bytes; /* objects, with their parts */
};

static int compare_kinds(const void *a, const void *b, void *user)
{
	const struct kind *left = a, *right = b;

	(void)user;
	if (left->bytes != right->bytes)
		return left->bytes > right->bytes ? -1 : 1;
	return (left->type > right->type) - (left->type < right->type);
}

static enum leaks_whose least_strict(const struct rg_type *type)
{
	return type->origin == RG_ORIGIN_PACKAGE ? LEAKS_PACKAGE : LEAKS_PROGRAM;
}

/* The types that somebody wrote, and that are many. */
static size_t count_kinds(struct leaks_work *work, struct kind *kinds)
{
	const rg_graph *graph = work->graph;
	size_t kept = 0;

	for (size_t t = 0; t < graph->types.count; t++)
		kinds[t].type = (rg_type_id)t;
	for (rg_id id = 0; id < graph->count; id++) {
		rg_id shown = work->keeper[id];
		struct kind *kind = &kinds[graph->type[shown]];
		uint64_t bytes = rg_store_size(graph, id);
		rg_id above;

		if (!leaks_is_alive(work, shown) ||
		    graph->flags[shown] & (RG_OBJECT_TYPE | RG_OBJECT_MODULE |
					   RG_OBJECT_IMMORTAL))
			continue;
		kind->count += shown == id;
		/* What is of nobody's type belongs to who holds it alone. */
		above = work->dominators->dominator[shown];
		if (shown == id && above < work->dominators->objects &&
		    leaks_is_builtin(&graph->types.data[graph->type[id]]))
			kind = &kinds[graph->type[work->keeper[above]]];
		if (__builtin_add_overflow(bytes, rg_store_owned(graph, id), &bytes) ||
		    __builtin_add_overflow(kind->bytes, bytes, &kind->bytes))
			kind->bytes = UINT64_MAX;
	}
	for (size_t t = 0; t < graph->types.count; t++) {
		const struct rg_type *type = &graph->types.data[t];
		struct leaks_limit limit = leaks_limit(work, least_strict(type));

		if (type->origin == RG_ORIGIN_RUNTIME ||
		    leaks_is_builtin(type))
			continue;
		if (kinds[t].count < limit.count || kinds[t].bytes < limit.bytes)
			continue;
		if (leaks_compares(work) &&
		    !leaks_grew_by(leaks_before_type(work, (rg_type_id)t), kinds[t].count,
				   work->how.least))
			continue;
		kinds[kept++] = kinds[t];
	}
	return kept;
}

static rg_error *suspect(struct leaks_work *work, const struct kind *kind, const rg_id *objects,
			 const struct leaks_origin_point *point)
{
	struct rg_leak_fact fact = { RG_FACT_ELEMENTS, 0, 0, 0, kind->type, RG_NONE };
	uint64_t retained = work->dominators->retained[point->holder];
	uint64_t bytes = (uint64_t)((double)kind->bytes * (double)point->below /
				    (double)kind->count);
	struct leaks_candidate *candidate;
	enum leaks_whose whose;

	RG_TRY(leaks_whose(work, point->holder, &whose));
	if (!leaks_exceeds(work, whose, LEAKS_STRUCTURED, point->below, bytes))
		return NULL;
	candidate = leaks_add(work, RG_LEAK_TYPE, point->holder);
	if (!candidate)
		return rg_error_no_memory();
	candidate->whose = whose;
	candidate->type = kind->type;
	candidate->count = point->below;
	candidate->exclusive = retained >= bytes;
	/* What a whole module retains is not these objects' alone. */
	candidate->retained = bytes;
	candidate->weight = bytes;
	if (!(work->graph->flags[point->holder] & (RG_OBJECT_TYPE | RG_OBJECT_MODULE)) &&
	    retained > bytes)
		candidate->retained = candidate->weight = retained;
	if (leaks_compares(work))
		candidate->weight = (uint64_t)((double)candidate->weight *
			(double)(kind->count - leaks_before_type(work, kind->type)) /
			(double)kind->count);
	for (size_t i = 0; i + 1 < LEAKS_OBJECTS && i < kind->count; i++)
		leaks_name(candidate, objects[i]);
	fact.count = (int64_t)point->below;
	fact.bytes = (int64_t)bytes;
	if (!leaks_tell(candidate, &fact))
		return rg_error_no_memory();
	if (!leaks_compares(work))
		return NULL;
	fact.kind = RG_FACT_GREW;
	fact.count = (int64_t)(kind->count - leaks_before_type(work, kind->type));
	fact.bytes = (int64_t)candidate->weight;
	return leaks_tell(candidate, &fact) ? NULL : rg_error_no_memory();
}

static rg_error *look_into(struct leaks_work *work, const struct kind *kind)
{
	const rg_graph *graph = work->graph;
	struct leaks_origin_point point = { RG_NONE, 0 };
	rg_id *objects = rg_alloc((size_t)kind->count * sizeof(*objects));
	size_t count = 0;
	rg_error *error;

	if (!objects)
		return rg_error_no_memory();
	for (rg_id id = 0; id < graph->count && count < kind->count; id++)
		if (graph->type[id] == kind->type && work->keeper[id] == id &&
		    leaks_is_alive(work, id) && !(graph->flags[id] & RG_OBJECT_IMMORTAL))
			objects[count++] = id;
	error = leaks_gather(work, objects, count, kind->type, &point);
	if (!error && point.holder != RG_NONE)
		error = suspect(work, kind, objects, &point);
	rg_free(objects);
	return error;
}

rg_error *leaks_types(struct leaks_work *work)
{
	struct kind *kinds = rg_calloc(work->graph->types.count + 1, sizeof(*kinds));
	rg_error *error = NULL;
	size_t count;

	if (!kinds)
		return rg_error_no_memory();
	count = count_kinds(work, kinds);
	if (count > 1)
		rg_sort(kinds, count, sizeof(*kinds), compare_kinds, NULL);
	for (size_t i = 0; !error && i < count && i < MOST_TYPES; i++)
		error = look_into(work, &kinds[i]);
	rg_free(kinds);
	return error;
}
