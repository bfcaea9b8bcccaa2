/* SPDX-License-Identifier: MIT */
/*
 * Exceptions that are stored, whose tracebacks keep the frames they came through and
 * all their variables; and frames that are stored themselves.
 */
#include "analysis/leaks.h"

#include "base/alloc.h"

#define FEW 10           /* exceptions that are suspect if they keep much */
#define ONE_SHARE 10     /* percent of the living bytes that a single one keeps */
#define ONE_BYTES (UINT64_C(1) << 20)

static enum rg_role role_of(const rg_graph *graph, rg_id id)
{
	return graph->types.data[graph->type[id]].role;
}

/* Whether @id or a part of it refers to an object of @role. */
static bool refers_to(const struct leaks_work *work, rg_id id, enum rg_role role)
{
	const rg_graph *graph = work->graph;

	for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++)
		if (rg_store_counted(graph->kind[i]) &&
		    role_of(graph, graph->target[i]) == role)
			return true;
	return false;
}

/* Whether an object of @role keeps @id, which is then told of with that. */
static bool is_kept_by(const struct leaks_work *work, rg_id id, enum rg_role role)
{
	const rg_graph *graph = work->graph;

	for (uint64_t i = graph->back_offset[id]; i < graph->back_offset[id + 1]; i++)
		if (role_of(graph, graph->source[i]) == role)
			return true;
	return false;
}

/* What a thread or a coroutine is handling is no leak. */
static bool is_handled(const struct leaks_work *work, rg_id id)
{
	if (is_kept_by(work, id, RG_ROLE_COROUTINE))
		return true;
	for (size_t i = 0; i < work->graph->threads.count; i++)
		if (work->graph->threads.data[i].exception == id)
			return true;
	return false;
}

struct list {
	RG_VECTOR(rg_id) ids;
	uint64_t bytes, with_frames;
	rg_id biggest;
};

static rg_error *add(struct leaks_work *work, struct list *list, rg_id id, bool frames)
{
	uint64_t bytes = work->dominators->retained[id];

	if (__builtin_add_overflow(list->bytes, bytes, &list->bytes))
		list->bytes = UINT64_MAX;
	list->with_frames += frames;
	if (list->biggest == RG_NONE || bytes > work->dominators->retained[list->biggest])
		list->biggest = id;
	return rg_vector_push(&list->ids, id) ? NULL : rg_error_no_memory();
}

static rg_error *suspect(struct leaks_work *work, enum rg_leak_kind kind, struct list *list)
{
	struct rg_leak_fact fact = { RG_FACT_TRACEBACKS, 0, 0, 0, RG_NONE, RG_NONE };
	uint64_t one = leaks_percent(work, ONE_SHARE * work->how.share, ONE_BYTES);
	struct leaks_origin_point point = { RG_NONE, 0 };
	struct leaks_candidate *candidate;
	enum leaks_whose whose;
	rg_type_id type;
	bool single;

	if (!list->ids.count)
		return NULL;
	if (list->bytes > work->living)
		list->bytes = work->living;
	type = work->graph->type[list->ids.data[0]];
	single = work->dominators->retained[list->biggest] >= list->bytes / 2;
	if (single) {
		list->ids.data[0] = list->biggest;
		list->ids.count = 1;
		list->bytes = work->dominators->retained[list->biggest];
		type = work->graph->type[list->biggest];
		point.holder = list->biggest;
	} else {
		RG_TRY(leaks_gather(work, list->ids.data, list->ids.count, type, &point));
	}
	if (point.holder == RG_NONE ||
	    (single ? list->bytes < one : list->ids.count < FEW))
		return NULL;
	RG_TRY(leaks_whose(work, point.holder, &whose));
	if (list->bytes < leaks_limit(work, whose).bytes)
		return NULL;
	if (leaks_compares(work) &&
	    (single || !leaks_grew_by(leaks_before_type(work, type), list->ids.count, FEW)))
		return NULL;
	candidate = leaks_add(work, kind, point.holder);
	if (!candidate)
		return rg_error_no_memory();
	candidate->whose = whose;
	candidate->type = type;
	candidate->count = list->ids.count;
	candidate->retained = candidate->weight = leaks_kept(work, point.holder, list->bytes);
	candidate->exclusive = single;
	for (size_t i = 0; i < list->ids.count && i + 1 < LEAKS_OBJECTS; i++)
		if (list->ids.data[i] != point.holder)
			leaks_name(candidate, list->ids.data[i]);
	fact.count = (int64_t)(single ? 1 : list->with_frames);
	fact.bytes = (int64_t)list->bytes;
	fact.type = type;
	return leaks_tell(candidate, &fact) ? NULL : rg_error_no_memory();
}

rg_error *leaks_exceptions(struct leaks_work *work)
{
	const rg_graph *graph = work->graph;
	struct list exceptions = { .biggest = RG_NONE }, frames = { .biggest = RG_NONE };
	rg_error *error = NULL;

	for (rg_id id = 0; !error && id < graph->count; id++) {
		enum rg_role role = role_of(graph, id);

		if ((role != RG_ROLE_EXCEPTION && role != RG_ROLE_FRAME) ||
		    graph->flags[id] & (RG_OBJECT_TYPE | RG_OBJECT_IMMORTAL) ||
		    !leaks_is_alive(work, id))
			continue;
		if (role == RG_ROLE_EXCEPTION && !is_handled(work, id) &&
		    refers_to(work, id, RG_ROLE_TRACEBACK))
			error = add(work, &exceptions, id, true);
		else if (role == RG_ROLE_FRAME && !is_kept_by(work, id, RG_ROLE_TRACEBACK) &&
			 !is_kept_by(work, id, RG_ROLE_FRAME) &&
			 !is_kept_by(work, id, RG_ROLE_COROUTINE) &&
			 work->dominators->dominator[id] < work->dominators->objects)
			error = add(work, &frames, id, false);
	}
	if (!error)
		error = suspect(work, RG_LEAK_EXCEPTION, &exceptions);
	if (!error)
		error = suspect(work, RG_LEAK_FRAME, &frames);
	rg_vector_free(&exceptions.ids);
	rg_vector_free(&frames.ids);
	return error;
}
