/* SPDX-License-Identifier: MIT */
/*
 * Files, sockets, connections, cursors and sessions: how many there are, how many of
 * them are open, and who holds them.  What nothing reaches and is still open waits
 * for a collector that may never come.
 */
#include "analysis/leaks.h"

#include "base/alloc.h"

#define UNREACHABLE 10   /* open ones that nothing reaches, and no collector is to come */
#define WAITING 200      /* the same where it is on */
#define HELD 50          /* of which the program's own holder has most */
#define ANYBODYS 1000    /* wherever they are */

struct list {
	RG_VECTOR(rg_id) ids;  /* alive, and not known to be closed */
	RG_VECTOR(rg_id) dead; /* open, and nothing reaches them */
	uint64_t open;
	uint64_t bytes, dead_bytes;
};

bool leaks_is_left_open(const struct leaks_work *work, rg_id id)
{
	struct rg_description words;

	if (leaks_is_alive(work, id))
		return false;
	rg_graph_describe(work->graph, id, false, &words);
	return words.has_open && words.open;
}

static rg_error *add(struct leaks_work *work, struct list *list, rg_id id)
{
	uint64_t bytes = work->dominators->retained[id];
	bool alive = leaks_is_alive(work, id), ok;
	struct rg_description words;
	uint64_t *sum = alive ? &list->bytes : &list->dead_bytes;

	rg_graph_describe(work->graph, id, false, &words);
	if (words.has_open && !words.open)
		return NULL;
	/* Standard input, output and error are no leak. */
	if (words.has_open && words.descriptor >= 0 && words.descriptor <= 2)
		return NULL;
	if (!alive && !words.has_open)
		return NULL;
	list->open += words.has_open;
	if (__builtin_add_overflow(*sum, bytes, sum))
		*sum = UINT64_MAX;
	ok = alive ? rg_vector_push(&list->ids, id) : rg_vector_push(&list->dead, id);
	return ok ? NULL : rg_error_no_memory();
}

static bool tell(struct leaks_candidate *candidate, enum rg_fact_kind kind, uint64_t count,
		 rg_id object)
{
	struct rg_leak_fact fact = { kind, (int64_t)count, 0, 0, RG_NONE, object };

	return leaks_tell(candidate, &fact);
}

static rg_error *suspect(struct leaks_work *work, rg_id holder, enum leaks_whose whose,
			 const rg_id *ids, uint64_t count, uint64_t bytes,
			 const struct list *list)
{
	struct leaks_candidate *candidate = leaks_add(work, RG_LEAK_RESOURCE, holder);
	bool ok;

	if (!candidate)
		return rg_error_no_memory();
	candidate->whose = whose;
	candidate->type = work->graph->type[ids[0]];
	candidate->count = count;
	candidate->retained = leaks_kept(work, holder, bytes);
	candidate->weight = candidate->retained;
	/* Descriptors and connections are scarcer than memory; nobody can close these. */
	if (candidate->weight < count * work->how.bytes / (holder == RG_NONE ? 16 : 64))
		candidate->weight = count * work->how.bytes / (holder == RG_NONE ? 16 : 64);
	candidate->shape = work->graph->types.data[candidate->type].role;
	ok = (!list->open || tell(candidate, RG_FACT_OPEN, list->open, RG_NONE)) &&
	     (!list->dead.count ||
	      tell(candidate, RG_FACT_UNREACHABLE, list->dead.count, RG_NONE));
	for (uint64_t i = 0; ok && i < count && i < 3; i++)
		ok = tell(candidate, RG_FACT_EXAMPLE, 1, ids[i]);
	for (uint64_t i = 0; i < count && i + 1 < LEAKS_OBJECTS; i++)
		leaks_name(candidate, ids[i]);
	return ok ? NULL : rg_error_no_memory();
}

static rg_error *judge(struct leaks_work *work, struct list *list)
{
	struct leaks_origin_point point = { RG_NONE, 0 };
	enum leaks_whose whose = LEAKS_RUNTIME;
	rg_type_id type;
	uint64_t least = HELD;

	if (list->dead.count && leaks_compares(work)) {
		const struct rg_leaks_before *before =
			work->how.before[work->how.before_count - 1];

		type = work->graph->type[list->dead.data[0]];
		if (!leaks_grew_by(before->dead[work->graph->types.data[type].role],
				   list->dead.count, UNREACHABLE))
			list->dead.count = 0;
	}
	if (list->dead.count >= (work->how.collector && work->how.collector->known &&
				 !work->how.collector->enabled ? UNREACHABLE : WAITING))
		RG_TRY(suspect(work, RG_NONE, LEAKS_PROGRAM, list->dead.data, list->dead.count,
			       list->dead_bytes, list));
	if (list->ids.count < HELD)
		return NULL;
	type = work->graph->type[list->ids.data[0]];
	RG_TRY(leaks_gather(work, list->ids.data, list->ids.count, type, &point));
	if (point.holder == RG_NONE)
		return NULL;
	RG_TRY(leaks_whose(work, point.holder, &whose));
	if (work->graph->flags[point.holder] & RG_OBJECT_MODULE || whose > LEAKS_LOCAL)
		least = ANYBODYS;
	if (point.below < least)
		return NULL;
	if (leaks_compares(work) && !leaks_grew_by(leaks_before_type(work, type),
						   list->ids.count, UNREACHABLE))
		return NULL;
	return suspect(work, point.holder, whose, list->ids.data, list->ids.count, list->bytes,
		       list);
}

static rg_error *look_for(struct leaks_work *work, enum rg_role role)
{
	const rg_graph *graph = work->graph;
	struct list list = { .open = 0 };
	rg_error *error = NULL;

	for (rg_id id = 0; !error && id < graph->count; id++)
		if (graph->types.data[graph->type[id]].role == role && work->keeper[id] == id)
			error = add(work, &list, id);
	if (!error)
		error = judge(work, &list);
	rg_vector_free(&list.ids);
	rg_vector_free(&list.dead);
	return error;
}

rg_error *leaks_resources(struct leaks_work *work)
{
	static const enum rg_role roles[] = {
		RG_ROLE_FILE, RG_ROLE_SOCKET, RG_ROLE_CONNECTION, RG_ROLE_CURSOR, RG_ROLE_SESSION,
	};
	bool there[RG_ROLE_THREAD_LOCAL + 1] = { false };

	for (size_t t = 0; t < work->graph->types.count; t++) {
		unsigned int role = work->graph->types.data[t].role;

		there[role <= RG_ROLE_THREAD_LOCAL ? role : 0] = true;
	}
	for (size_t i = 0; i < sizeof(roles) / sizeof(roles[0]); i++)
		if (there[roles[i]])
			RG_TRY(look_for(work, roles[i]));
	return NULL;
}
