/* SPDX-License-Identifier: MIT */
/*
 * Unreachable cycles that wait for the collector, because it is off or far behind,
 * or for good, because there is none; and what it was told to keep, or has given up.
 */
#include "analysis/leaks.h"

#include <string.h>

#include "base/alloc.h"

#define MANY 1000                     /* objects that are suspect where the collector is off */
#define BEHIND_SHARE 30               /* percent of all bytes that wait although it is on */
#define BEHIND_BYTES (UINT64_C(10) << 20)
#define SHAPES 3                      /* of cycles, told with it */
/* Where there is no collector: */
#define LEAKED 10                     /* cycles of a shape, or objects in and below them */
#define LEAKED_BYTES (UINT64_C(4) << 10)

/* Whether there is too much of it, and why that may be. */
static bool is_suspect(const struct leaks_work *work, enum rg_fact_kind *ret_why)
{
	const struct rg_collector *collector = work->how.collector;
	const struct rg_garbage *garbage = work->garbage;
	uint64_t bytes = garbage->bytes + garbage->owned;
	const struct rg_leaks_before *before = NULL;

	if (leaks_compares(work))
		before = work->how.before[work->how.before_count - 1];
	if (collector && collector->known && !collector->enabled) {
		*ret_why = RG_FACT_COLLECTOR_OFF;
		if (before && !leaks_grew_by(before->garbage, garbage->objects,
					     work->how.least))
			return false;
		return garbage->objects >= MANY || bytes >= leaks_limit(work, LEAKS_PROGRAM).bytes;
	}
	*ret_why = RG_FACT_COLLECTOR_BEHIND;
	if (before && !leaks_grew_by(before->garbage_bytes, bytes, BEHIND_BYTES / 2))
		return false;
	return bytes >= BEHIND_BYTES && bytes >= work->living / 100 * BEHIND_SHARE;
}

static int worth_of(const rg_graph *graph, rg_type_id id)
{
	const struct rg_type *type = &graph->types.data[id];

	return type->origin == RG_ORIGIN_PROGRAM ? 3 : type->origin == RG_ORIGIN_PACKAGE ? 2
	       : !leaks_is_builtin(type);
}

/*
 * Of a group the type that somebody wrote, and of these the one whose objects, with
 * their parts, take most: it is the same in every dump of such cycles.  @bytes: by
 * type, all 0 before and after.
 */
static rg_type_id telling_type(const struct leaks_work *work, const struct rg_cycle_group *group,
			       uint64_t *bytes)
{
	const rg_graph *graph = work->graph;
	rg_type_id best = RG_NONE;
	int worth = -1;

	for (size_t i = 0; i < group->object_count; i++) {
		rg_id id = group->objects[i];
		uint64_t size = rg_store_size(graph, id) + rg_store_owned(graph, id);
		uint64_t *sum = &bytes[graph->type[work->keeper[id]]];

		if (__builtin_add_overflow(*sum, size, sum))
			*sum = UINT64_MAX;
	}
	for (size_t i = 0; i < group->type_count; i++) {
		rg_type_id type = group->types[i].type;
		int of_this = worth_of(graph, type);

		if (of_this < worth || (of_this == worth && bytes[type] <= bytes[best]))
			continue;
		worth = of_this;
		best = type;
	}
	for (size_t i = 0; i < group->object_count; i++)
		bytes[graph->type[work->keeper[group->objects[i]]]] = 0;
	return best;
}

/* The worst shapes: one holder of each, how many there are. */
static rg_error *tell_shapes(struct leaks_work *work, size_t at)
{
	struct rg_cycles_options options = { .size = sizeof(options) };
	struct rg_cycles *cycles;
	uint64_t finalizers = 0, *bytes;
	struct leaks_candidate *candidate = &work->found.data[at];
	bool ok = true;

	RG_TRY(rg_cycles_find(work->graph, work->garbage, &options, &cycles));
	bytes = rg_calloc(work->graph->types.count + 1, sizeof(*bytes));
	if (!bytes) {
		rg_cycles_free(cycles);
		return rg_error_no_memory();
	}
	candidate->count = cycles->cycles;
	for (size_t i = 0; ok && i < cycles->count; i++) {
		const struct rg_cycle_group *group = &cycles->groups[i];
		struct rg_leak_fact fact = { RG_FACT_CYCLES, (int64_t)group->count,
					     (int64_t)(group->bytes + group->owned), 0, RG_NONE,
					     RG_NONE };

		finalizers += group->finalizers;
		if (i >= SHAPES)
			continue;
		fact.object = group->example_count ? group->example[0] : group->objects[0];
		fact.type = telling_type(work, group, bytes);
		if (!i)
			candidate->type = fact.type;
		leaks_name(candidate, fact.object);
		ok = leaks_tell(candidate, &fact);
	}
	if (ok && finalizers) {
		struct rg_leak_fact fact = { RG_FACT_FINALIZERS, (int64_t)finalizers, 0, 0,
					     RG_NONE, RG_NONE };

		ok = leaks_tell(candidate, &fact);
	}
	rg_free(bytes);
	rg_cycles_free(cycles);
	return ok ? NULL : rg_error_no_memory();
}

static rg_error *look_at_waiting(struct leaks_work *work)
{
	const struct rg_garbage *garbage = work->garbage;
	struct rg_leak_fact fact = { RG_FACT_COLLECTOR_OFF, 0, 0, 0, RG_NONE, RG_NONE };
	struct leaks_candidate *candidate;

	if (!garbage || garbage->by_roots || !is_suspect(work, &fact.kind))
		return NULL;
	candidate = leaks_add(work, RG_LEAK_GARBAGE, RG_NONE);
	if (!candidate)
		return rg_error_no_memory();
	candidate->retained = candidate->weight = garbage->bytes + garbage->owned;
	candidate->exclusive = true;
	if (leaks_compares(work)) {
		const struct rg_leaks_before *before =
			work->how.before[work->how.before_count - 1];

		if (candidate->retained > before->garbage_bytes)
			candidate->weight = candidate->retained - before->garbage_bytes;
	}
	fact.count = (int64_t)garbage->objects;
	fact.bytes = (int64_t)candidate->retained;
	if (!leaks_tell(candidate, &fact))
		return rg_error_no_memory();
	if (work->how.collector && work->how.collector->known && work->how.collector->frozen) {
		fact.kind = RG_FACT_COLLECTOR_FROZEN;
		fact.count = (int64_t)work->how.collector->frozen;
		if (!leaks_tell(candidate, &fact))
			return rg_error_no_memory();
	}
	return tell_shapes(work, work->found.count - 1);
}

static rg_error *tell_kept(struct leaks_work *work, rg_id list)
{
	const rg_graph *graph = work->graph;
	uint64_t first = graph->offset[list], end = graph->offset[list + 1];
	struct rg_leak_fact fact = { RG_FACT_ELEMENTS, 0, 0, 0, RG_NONE, RG_NONE };
	struct leaks_growth growth = { .known = false };
	struct leaks_candidate *candidate;

	if (first == end)
		return NULL;
	if (leaks_compares(work)) {
		RG_TRY(leaks_before_grew(work, list, end - first, leaks_held_by(work, list),
					 &growth));
		if (growth.elements <= 0)
			return NULL;
	}
	candidate = leaks_add(work, RG_LEAK_UNCOLLECTABLE, list);
	if (!candidate)
		return rg_error_no_memory();
	candidate->count = end - first;
	candidate->type = graph->type[graph->target[first]];
	candidate->retained = candidate->weight = leaks_held_by(work, list);
	candidate->exclusive = true;
	leaks_name(candidate, graph->target[first]);
	fact.count = (int64_t)(end - first);
	fact.bytes = (int64_t)candidate->retained;
	fact.type = candidate->type;
	return leaks_tell(candidate, &fact) ? NULL : rg_error_no_memory();
}

/* What the collector has put aside: because it was told to, or could not finalize it. */
static rg_error *look_at_kept(struct leaks_work *work)
{
	const rg_graph *graph = work->graph;
	const struct rg_words *of = rg_graph_words(graph);

	for (rg_id id = 0; of->kept_module && id < graph->count; id++) {
		rg_id module = work->keeper[id];
		struct rg_description words;

		if (!(graph->flags[module] & RG_OBJECT_MODULE))
			continue;
		rg_graph_describe(graph, module, false, &words);
		if (strcmp(words.name, of->kept_module) != 0)
			continue;
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			struct rg_step step = { id, (size_t)(i - graph->offset[id]),
						graph->target[i] };
			char label[32];

			if (graph->types.data[graph->type[step.target]].role != RG_ROLE_COLLECTION)
				continue;
			rg_step_label(graph, &step, RG_LABELS_ALL, label, sizeof(label));
			if (!strcmp(label, of->kept_label))
				return tell_kept(work, step.target);
		}
	}
	return NULL;
}

/* The reference to make weak: how its source refers on, and how many such free all. */
static struct rg_leak_fact break_of(const rg_graph *graph, const struct rg_cycle_group *group)
{
	struct rg_step step = rg_cycle_weak(graph, group);
	int64_t all = group->cut_count ? (int64_t)group->cuts[0].count : (int64_t)group->count;
	struct rg_leak_fact fact = { RG_FACT_BREAK, (int64_t)group->count, all, step.index,
				     RG_NONE, step.source };

	return fact;
}

/* Where there is no collector, what is unreachable is no suspect: it is lost for good. */
static rg_error *tell_leaked(struct leaks_work *work, const struct rg_cycle_group *group,
			     uint64_t *bytes)
{
	struct leaks_candidate *candidate = leaks_add(work, RG_LEAK_GARBAGE, RG_NONE);
	struct rg_leak_fact fact = { RG_FACT_FINALIZERS, (int64_t)group->finalizers, 0, 0, RG_NONE,
				     RG_NONE };
	bool ok = true;

	if (!candidate)
		return rg_error_no_memory();
	candidate->type = telling_type(work, group, bytes);
	candidate->count = group->count;
	candidate->retained = candidate->weight = group->bytes + group->owned;
	candidate->exclusive = candidate->proven = true;
	candidate->shape = group->shape;
	for (size_t i = 0; i < group->example_count; i++)
		if (work->keeper[group->example[i]] == group->example[i])
			leaks_name(candidate, group->example[i]);
	if (!candidate->object_count)
		leaks_name(candidate, group->objects[0]);
	if (group->object_count > group->count) {
		struct rg_leak_fact all = { RG_FACT_ELEMENTS, (int64_t)group->object_count,
					    (int64_t)candidate->retained, 0, RG_NONE, RG_NONE };

		ok = leaks_tell(candidate, &all);
	}
	if (ok && (group->cut_count == 1 || (!group->cut_count && group->has_break))) {
		struct rg_leak_fact weaken = break_of(work->graph, group);

		ok = leaks_tell(candidate, &weaken);
	}
	if (ok && group->finalizers)
		ok = leaks_tell(candidate, &fact);
	return ok ? NULL : rg_error_no_memory();
}

static rg_error *look_at_leaked(struct leaks_work *work)
{
	struct rg_cycles_options options = { .size = sizeof(options) };
	const struct rg_garbage *garbage = work->garbage;
	const struct rg_leaks_before *before = NULL;
	struct rg_cycles *cycles;
	rg_error *error = NULL;
	uint64_t *bytes;

	if (!garbage || garbage->by_roots || !(garbage->objects + garbage->lost_objects))
		return NULL;
	if (leaks_compares(work))
		before = work->how.before[work->how.before_count - 1];
	if (before && !leaks_grew_by(before->garbage + before->lost,
				     garbage->objects + garbage->lost_objects, LEAKED))
		return NULL;
	RG_TRY(rg_cycles_find(work->graph, garbage, &options, &cycles));
	bytes = rg_calloc(work->graph->types.count + 1, sizeof(*bytes));
	if (!bytes)
		error = rg_error_no_memory();
	for (size_t i = 0; !error && i < cycles->count; i++) {
		const struct rg_cycle_group *group = &cycles->groups[i];

		/* One that was made once and for all is no news; one that is made each time is. */
		if (group->count >= LEAKED || group->object_count >= LEAKED ||
		    group->bytes + group->owned >= LEAKED_BYTES)
			error = tell_leaked(work, group, bytes);
	}
	rg_free(bytes);
	rg_cycles_free(cycles);
	return error;
}

rg_error *leaks_garbage(struct leaks_work *work)
{
	if (rg_graph_words(work->graph)->no_collector)
		return look_at_leaked(work);
	RG_TRY(look_at_waiting(work));
	return look_at_kept(work);
}
