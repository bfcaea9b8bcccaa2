/* SPDX-License-Identifier: MIT */
/*
 * What is remembered without being asked for: the results of an interactive session,
 * and the values of thread-local variables.
 */
#include "analysis/leaks.h"

#include <string.h>

#include "base/alloc.h"

#define SHARE 5                      /* percent of the living bytes that they keep */
#define BYTES (UINT64_C(1) << 20)
#define DEEPEST 64                   /* steps from a container up to a variable */

/* Whether @name, @length bytes long, is @habit: "Out", or "_#" with any number for the #. */
static bool is_habit(const char *name, size_t length, const char *habit)
{
	size_t before = strcspn(habit, "#");

	if (length < before || strncmp(name, habit, before) != 0)
		return false;
	return habit[before] ? length > before &&
				       strspn(name + before, "0123456789") == length - before
			     : length == before;
}

/* "['_']", "['_3']", "['Out']": names under which interactive sessions keep results. */
static bool is_history(const struct rg_words *words, const char *label)
{
	const char *name = label + 2;

	if (strncmp(label, "['", 2) != 0)
		return false;
	for (const char *const *habit = words->history; *habit; habit++)
		if (is_habit(name, strcspn(name, "'"), *habit))
			return true;
	return false;
}

static uint64_t least_bytes(const struct leaks_work *work)
{
	return leaks_percent(work, SHARE * work->how.share, BYTES);
}

static rg_error *suspect(struct leaks_work *work, enum rg_leak_kind kind, rg_id holder,
			 uint64_t retained)
{
	struct leaks_growth growth = { .known = false };
	struct leaks_candidate *candidate;

	if (retained < least_bytes(work))
		return NULL;
	if (leaks_compares(work)) {
		RG_TRY(leaks_before_grew(work, holder, work->children[holder], retained, &growth));
		if (!leaks_grew_by(growth.old_retained, retained, BYTES))
			return NULL;
	}
	candidate = leaks_add(work, kind, holder);
	if (!candidate)
		return rg_error_no_memory();
	candidate->type = work->graph->type[holder];
	candidate->count = 1;
	candidate->retained = retained;
	candidate->weight = leaks_compares(work) ? (uint64_t)growth.retained : retained;
	candidate->exclusive = work->dominators->retained[holder] >= retained / 2;
	return NULL;
}

/* A namespace while it is looked through. */
struct names {
	struct leaks_work *work;
	rg_id dict;
	rg_error *error;
};

static void look_at_name(void *user, size_t index, const char *label)
{
	struct names *names = user;
	const rg_graph *graph = names->work->graph;
	uint64_t i = graph->offset[names->dict] + index;
	rg_id target = graph->target[i];

	if (names->error || !rg_store_counted(graph->kind[i]) ||
	    graph->kind[i] & (RG_REFERENCE_NAME | RG_REFERENCE_ROUTINE) ||
	    graph->flags[target] & (RG_OBJECT_TYPE | RG_OBJECT_MODULE) ||
	    !is_history(rg_graph_words(graph), label))
		return;
	names->error = suspect(names->work, RG_LEAK_HISTORY, names->work->keeper[target],
			       leaks_held_by(names->work, names->work->keeper[target]));
}

/* The values of one thread-local variable in all threads. */
struct values {
	uint64_t sum;
	rg_id biggest;
};

struct variables {
	struct rg_map index; /* hash of a name -> place in list */
	RG_VECTOR(struct values) list;
};

static bool add_value(struct leaks_work *work, struct variables *variables,
		      const struct rg_root *root)
{
	const uint64_t *retained = work->dominators->retained;
	const char *place = rg_root_place(root);
	uint64_t key = rg_hash_bytes(place, strlen(place)) | 1;
	const uint32_t *known = rg_map_find(&variables->index, key);
	struct values *values;

	if (!known) {
		struct values fresh = { 0, root->object };

		if (!rg_map_put(&variables->index, key, (uint32_t)variables->list.count) ||
		    !rg_vector_push(&variables->list, fresh))
			return false;
		known = rg_map_find(&variables->index, key);
	}
	values = &variables->list.data[*known];
	if (__builtin_add_overflow(values->sum, retained[root->object], &values->sum))
		values->sum = UINT64_MAX;
	if (retained[root->object] > retained[values->biggest])
		values->biggest = root->object;
	return true;
}

/* Whether a container below @id is suspect already: that says more. */
static bool is_told_below(const struct leaks_work *work, rg_id id)
{
	for (size_t i = 0; i < work->found.count; i++) {
		rg_id at = work->found.data[i].holder;

		for (int steps = 0; at < work->dominators->objects && steps < DEEPEST; steps++) {
			if (at == id)
				return true;
			at = work->dominators->dominator[at];
		}
	}
	return false;
}

static rg_error *look_at_locals(struct leaks_work *work)
{
	const rg_graph *graph = work->graph;
	struct variables variables = { { NULL, 0, 0 }, { NULL, 0, 0 } };
	rg_error *error = NULL;

	for (size_t i = 0; !error && i < graph->roots.count; i++)
		if (graph->roots.data[i].kind == RG_ROOT_THREAD_LOCAL &&
		    !graph->roots.data[i].routine &&
		    !add_value(work, &variables, &graph->roots.data[i]))
			error = rg_error_no_memory();
	for (size_t i = 0; !error && i < variables.list.count; i++) {
		const struct values *values = &variables.list.data[i];
		rg_id holder = work->keeper[values->biggest];
		enum leaks_whose whose;

		if (values->sum < least_bytes(work))
			continue;
		error = leaks_whose(work, holder, &whose);
		if (!error && whose <= LEAKS_LOCAL && !is_told_below(work, holder))
			error = suspect(work, RG_LEAK_THREAD_LOCAL, holder, values->sum);
	}
	rg_map_free(&variables.index);
	rg_vector_free(&variables.list);
	return error;
}

static bool is_session(const struct rg_words *words, const char *module)
{
	for (const char *const *session = words->history_modules; *session; session++)
		if (!strcmp(*session, module))
			return true;
	return false;
}

rg_error *leaks_history(struct leaks_work *work)
{
	const rg_graph *graph = work->graph;

	for (rg_id id = 0; id < graph->count; id++) {
		rg_id shown = work->keeper[id];
		struct names names = { work, id, NULL };
		struct rg_description words;

		/* The namespace of a module, which is a part of it. */
		if (!(graph->flags[shown] & RG_OBJECT_MODULE))
			continue;
		rg_graph_describe(graph, shown, false, &words);
		if (is_session(rg_graph_words(graph), words.name))
			rg_graph_labels(graph, id, 0, graph->offset[id + 1] - graph->offset[id],
					RG_LABELS_ALL, look_at_name, &names);
		if (names.error)
			return names.error;
	}
	return look_at_locals(work);
}
