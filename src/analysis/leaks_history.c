/* SPDX-License-Identifier: MIT */
/*
 * What is remembered without being asked for: the results of an interactive session,
 * and the values of thread-local variables.
 */
#include "analysis/leaks.h"

#include <string.h>

#define SHARE 5                      /* percent of the living bytes that they keep */
#define BYTES (UINT64_C(1) << 20)

/* "['_']", "['_3']", "['Out']": names under which interactive sessions keep results. */
static bool is_history(const char *label)
{
	static const char *const names[] = { "Out", "_oh", "_", "__", "___" };
	const char *name = label + 2;
	size_t length;

	if (strncmp(label, "['", 2) != 0)
		return false;
	length = strcspn(name, "'");
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strlen(names[i]) == length && !strncmp(name, names[i], length))
			return true;
	return length > 1 && name[0] == '_' && strspn(name + 1, "0123456789") == length - 1;
}

static uint64_t least_bytes(const struct leaks_work *work)
{
	return leaks_percent(work, SHARE * work->how.share, BYTES);
}

static rg_error *suspect(struct leaks_work *work, enum rg_leak_kind kind, rg_id holder)
{
	uint64_t retained = leaks_held_by(work, holder);
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
	    graph->flags[target] & (RG_OBJECT_TYPE | RG_OBJECT_MODULE) || !is_history(label))
		return;
	names->error = suspect(names->work, RG_LEAK_HISTORY, names->work->keeper[target]);
}

rg_error *leaks_history(struct leaks_work *work)
{
	const rg_graph *graph = work->graph;

	for (rg_id id = 0; id < graph->count; id++) {
		rg_id shown = work->keeper[id];
		struct names names = { work, id, NULL };
		struct rg_description words;

		if (graph->types.data[graph->type[id]].role == RG_ROLE_THREAD_LOCAL &&
		    shown == id && leaks_is_alive(work, id)) {
			RG_TRY(suspect(work, RG_LEAK_THREAD_LOCAL, id));
			continue;
		}
		/* The namespace of a module, which is a part of it. */
		if (!(graph->flags[shown] & RG_OBJECT_MODULE))
			continue;
		rg_graph_describe(graph, shown, false, &words);
		if (!strcmp(words.name, "__main__") || !strcmp(words.name, "builtins"))
			rg_graph_labels(graph, id, 0, graph->offset[id + 1] - graph->offset[id],
					RG_LABELS_ALL, look_at_name, &names);
		if (names.error)
			return names.error;
	}
	return NULL;
}
