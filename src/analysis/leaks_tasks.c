/* SPDX-License-Identifier: MIT */
/*
 * Tasks that wait below something that the program holds, and coroutines that nobody
 * runs.  Those of a server at work hang from its event loop, and are none.
 */
#include "analysis/leaks.h"

#include <string.h>

#include "base/alloc.h"

#define TASKS 100        /* that wait below one holder of the program */
#define COROUTINES 50    /* that no task runs, and nobody awaits */
#define ANYBODYS 10000   /* wherever they hang from */

static rg_error *suspect(struct leaks_work *work, enum rg_leak_kind kind, const rg_id *ids,
			 size_t count, uint64_t least, rg_id running,
			 rg_id awaited)
{
	struct rg_leak_fact fact = { RG_FACT_ELEMENTS, 0, 0, 0, RG_NONE, RG_NONE };
	struct leaks_origin_point point = { RG_NONE, 0 };
	struct leaks_candidate *candidate;
	enum leaks_whose whose;
	uint64_t bytes = 0;
	rg_type_id type;

	if (count < least)
		return NULL;
	type = work->graph->type[ids[0]];
	RG_TRY(leaks_gather(work, ids, count, type, &point));
	if (point.holder == RG_NONE)
		return NULL;
	RG_TRY(leaks_whose(work, point.holder, &whose));
	if (leaks_compares(work) &&
	    !leaks_grew_by(leaks_before_type(work, type), count, least / 2))
		return NULL;
	for (size_t i = 0; i < count; i++)
		if (__builtin_add_overflow(bytes, work->dominators->retained[ids[i]], &bytes))
			bytes = UINT64_MAX;
	if (whose == LEAKS_LOCAL)
		least *= 10;
	if (whose > LEAKS_LOCAL)
		least = bytes >= leaks_limit(work, whose).bytes ? 2 * least : ANYBODYS;
	if (point.below < least)
		return NULL;
	candidate = leaks_add(work, kind, point.holder);
	if (!candidate)
		return rg_error_no_memory();
	candidate->whose = whose;
	candidate->type = type;
	candidate->count = point.below;
	candidate->retained = leaks_kept(work, point.holder, bytes);
	candidate->weight = candidate->retained;
	for (size_t i = 0; i < count && i + 1 < LEAKS_OBJECTS; i++)
		leaks_name(candidate, ids[i]);
	fact.count = (int64_t)count;
	fact.bytes = (int64_t)candidate->retained;
	fact.type = type;
	if (!leaks_tell(candidate, &fact))
		return rg_error_no_memory();
	if (awaited == RG_NONE)
		return NULL;
	fact.kind = RG_FACT_EXAMPLE;
	fact.object = running;
	if (running != RG_NONE && !leaks_tell(candidate, &fact))
		return rg_error_no_memory();
	fact.kind = RG_FACT_WAITS;
	fact.object = awaited;
	fact.type = work->graph->type[awaited];
	return leaks_tell(candidate, &fact) ? NULL : rg_error_no_memory();
}

struct lists {
	struct leaks_work *work;
	RG_VECTOR(rg_id) tasks;
	rg_id running, awaited; /* of the first that waits: its coroutine, and for what */
};

static rg_error *add_task(void *user, const struct rg_task *task)
{
	struct lists *lists = user;

	if (task->state != RG_TASK_WAITING && task->state != RG_TASK_READY)
		return NULL;
	if (!leaks_is_alive(lists->work, task->object))
		return NULL;
	if (lists->awaited == RG_NONE && task->await_count) {
		lists->awaited = task->awaits[0];
		lists->running = task->coroutine;
	}
	return rg_vector_push(&lists->tasks, task->object) ? NULL : rg_error_no_memory();
}

/* Whether something goes on with @id: a task, another coroutine, a running frame. */
static bool is_driven(const struct leaks_work *work, rg_id id)
{
	const rg_graph *graph = work->graph;

	for (uint64_t i = graph->back_offset[id]; i < graph->back_offset[id + 1]; i++) {
		rg_id source = graph->source[i];
		const struct rg_type *type = &graph->types.data[graph->type[source]];

		if (type->role == RG_ROLE_TASK || type->role == RG_ROLE_COROUTINE ||
		    type->role == RG_ROLE_FRAME)
			return true;
	}
	return false;
}

/* Generators are for being kept and asked now and then; coroutines are not. */
static bool is_coroutine(const rg_graph *graph, rg_id id)
{
	const struct rg_type *type = &graph->types.data[graph->type[id]];

	return type->role == RG_ROLE_COROUTINE &&
	       !strcmp(type->short_name, rg_graph_words(graph)->coroutine);
}

static rg_error *look_at_coroutines(struct leaks_work *work)
{
	const rg_graph *graph = work->graph;
	RG_VECTOR(rg_id) ids = { NULL, 0, 0 };
	rg_error *error = NULL;

	for (rg_id id = 0; !error && id < graph->count; id++)
		if (is_coroutine(graph, id) &&
		    leaks_is_alive(work, id) && !is_driven(work, id) &&
		    !rg_vector_push(&ids, id))
			error = rg_error_no_memory();
	if (!error)
		error = suspect(work, RG_LEAK_COROUTINE, ids.data, ids.count, COROUTINES, RG_NONE,
				RG_NONE);
	rg_vector_free(&ids);
	return error;
}

rg_error *leaks_tasks(struct leaks_work *work)
{
	struct lists lists = { .work = work, .running = RG_NONE, .awaited = RG_NONE };
	rg_error *error = rg_graph_tasks(work->graph, add_task, &lists);

	if (!error)
		error = suspect(work, RG_LEAK_TASK, lists.tasks.data, lists.tasks.count, TASKS,
				lists.running, lists.awaited);
	rg_vector_free(&lists.tasks);
	if (!error)
		error = look_at_coroutines(work);
	return error;
}
