/* SPDX-License-Identifier: MIT */
/*
 * Who holds many objects, put together: from objects of a type to what holds
 * most of them, and so on up to something with a name.  Of each object the one
 * referrer counts that leads to a named root soonest.
 */
#include "base/error.h"

#include <string.h>

#include "analysis/holders.h"
#include "analysis/path.h"
#include "base/alloc.h"
#include "base/bitset.h"
#include "base/options.h"
#include "base/sort.h"
#include "graph/store.h"

#define DEEPEST 8   /* parts of parts */
#define LEVELS 12   /* from the objects to a root */
#define LABEL 128
#define FEW 64      /* references that are looked through for every object */

struct group {
	struct rg_keeper public;
	size_t first;    /* into members */
	bool done;
};

struct result {
	struct rg_keepers public;
	RG_VECTOR(struct group) groups;
	RG_VECTOR(struct rg_keeper_edge) edges;
	struct rg_keeper *keepers;
};

/* One object and what holds it. */
struct held {
	rg_id holder; /* as it is shown */
	rg_type_id type;
	uint64_t label; /* without what differs from one to the next */
	struct rg_step step;
};

struct search {
	const rg_graph *graph;
	const struct rg_newcomers *newcomers;
	struct rg_keepers_options options;
	struct result *result;
	uint32_t *rank;
	uint32_t *chosen;       /* by type: group + 1 of its newcomers, or 0 */
	struct rg_map root_of;  /* object + 1 -> root */
	struct rg_map single;   /* object + 1 -> group: holders that are one object */
	struct rg_map label_of; /* holder with many references + 1 -> label, 32 bits */
	RG_VECTOR(rg_id) members;
	RG_VECTOR(struct held) held;
};

static rg_id shown(const rg_graph *graph, rg_id id)
{
	for (unsigned int i = 0; i < DEEPEST && graph->flags[id] & RG_OBJECT_PLUMBING; i++)
		id = rg_graph_owner(graph, id);
	return id;
}

size_t rg_keeper_label(const rg_graph *graph, const struct rg_step *step,
		       enum rg_label_policy policy, char *buffer, size_t size)
{
	size_t length;

	if (size)
		buffer[0] = '\0';
	length = rg_step_label(graph, step, policy, buffer, size);
	if (length && length < size)
		rg_path_generalise(rg_graph_words(graph),
				   &graph->types.data[graph->type[shown(graph, step->source)]],
				   buffer);
	return size ? strlen(buffer) : length;
}

static uint64_t hash_label(const rg_graph *graph, const struct rg_step *step)
{
	char label[LABEL];

	rg_keeper_label(graph, step, RG_LABELS_ALL, label, sizeof(label));
	return rg_hash_bytes(label, strlen(label)) & UINT32_MAX;
}

/* The first reference of @source to @target that counts. */
static struct rg_step find_step(const rg_graph *graph, rg_id source, rg_id target)
{
	uint64_t i = graph->offset[source];

	while (i + 1 < graph->offset[source + 1] &&
	       (graph->target[i] != target || !rg_store_counted(graph->kind[i])))
		i++;
	return (struct rg_step){ source, (size_t)(i - graph->offset[source]), graph->target[i] };
}

/* Whether @source refers to @target by a reference that says something. */
static bool tells(const rg_graph *graph, rg_id source, rg_id target)
{
	if (!rg_bitset_test(graph->special, source))
		return true;
	for (uint64_t i = graph->offset[source]; i < graph->offset[source + 1]; i++)
		if (graph->target[i] == target && rg_store_counted(graph->kind[i]) &&
		    !(graph->kind[i] & RG_REFERENCE_ROUTINE))
			return true;
	return false;
}

/* The label of a holder with many references is looked up once: they are alike. */
static rg_error *label_step(struct search *search, rg_id source, rg_id target,
			    struct held *held)
{
	const rg_graph *graph = search->graph;
	uint64_t count = graph->offset[source + 1] - graph->offset[source];
	const uint32_t *known = count > FEW ? rg_map_find(&search->label_of, source + 1ull) : NULL;

	if (known) {
		held->label = *known;
		held->step = (struct rg_step){ source, SIZE_MAX, target };
		return NULL;
	}
	held->step = find_step(graph, source, target);
	held->label = hash_label(graph, &held->step);
	if (count > FEW && !rg_map_put(&search->label_of, source + 1ull, (uint32_t)held->label))
		return rg_error_no_memory();
	return NULL;
}

/* Adds what holds @id best to search->held, unless nothing does. */
static rg_error *add_holder(struct search *search, rg_id id)
{
	const rg_graph *graph = search->graph;
	rg_id best = RG_NONE;
	struct held held;

	for (uint64_t i = graph->back_offset[id]; i < graph->back_offset[id + 1]; i++) {
		rg_id source = graph->source[i];

		if (shown(graph, source) == id ||
		    (best != RG_NONE && search->rank[source] >= search->rank[best]) ||
		    !tells(graph, source, id))
			continue;
		best = source;
	}
	if (best == RG_NONE)
		return NULL;
	held.holder = shown(graph, best);
	held.type = graph->type[held.holder];
	RG_TRY(label_step(search, best, id, &held));
	return rg_vector_push(&search->held, held) ? NULL : rg_error_no_memory();
}

static int compare_held(const void *a, const void *b, void *user)
{
	const struct held *left = a, *right = b;

	(void)user;
	if (left->type != right->type)
		return left->type < right->type ? -1 : 1;
	if (left->label != right->label)
		return left->label < right->label ? -1 : 1;
	if (left->holder != right->holder)
		return left->holder < right->holder ? -1 : 1;
	/* A step that was looked up comes before one that was not. */
	return (left->step.index > right->step.index) - (left->step.index < right->step.index);
}

static rg_error *add_group(struct search *search, const struct rg_keeper *keeper,
			   unsigned int level, uint32_t *ret)
{
	struct group group = { *keeper, search->members.count, false };

	group.public.level = level;
	*ret = (uint32_t)search->result->groups.count;
	return rg_vector_push(&search->result->groups, group) ? NULL : rg_error_no_memory();
}

/* The root that names @id best, or NULL. */
static const struct rg_root *root_of(const struct search *search, rg_id id)
{
	const uint32_t *at = rg_map_find(&search->root_of, (uint64_t)id + 1);

	return at ? &search->graph->roots.data[*at] : NULL;
}

static bool has_name(const struct search *search, const struct group *group)
{
	return group->public.root && (group->public.root->kind != RG_ROOT_EXTERNAL ||
				      search->graph->flags[group->public.example] &
					      RG_OBJECT_MODULE);
}

/* The holders held[first .. end - 1], alike, become one group above @below, or join theirs. */
static rg_error *add_holders(struct search *search, size_t first, size_t end, uint32_t below)
{
	struct result *result = search->result;
	const struct held *held = &search->held.data[first];
	struct rg_keeper_edge edge = { 0, below, end - first, held->step };
	struct rg_keeper keeper = { .type = held->type, .example = held->holder };
	const uint32_t *known = rg_map_find(&search->single, (uint64_t)held->holder + 1);
	bool is_single = held->holder == search->held.data[end - 1].holder;
	uint32_t at;

	for (size_t i = first; i < end && edge.step.index == SIZE_MAX; i++)
		edge.step = search->held.data[i].step;
	if (edge.step.index == SIZE_MAX)
		edge.step = find_step(search->graph, edge.step.source, edge.step.target);
	if (search->chosen[held->type] &&
	    rg_bitset_test(search->newcomers->set, held->holder)) {
		at = search->chosen[held->type] - 1;
	} else if (is_single && known) {
		at = *known;
	} else if (result->groups.count >= search->options.limit) {
		result->public.left_out += end - first;
		return NULL;
	} else {
		keeper.root = root_of(search, held->holder);
		RG_TRY(add_group(search, &keeper, result->groups.data[below].public.level + 1,
				 &at));
		for (size_t i = first; i < end; i++) {
			if (i > first && search->held.data[i].holder ==
						 search->held.data[i - 1].holder)
				continue;
			if (!rg_vector_push(&search->members, search->held.data[i].holder))
				return rg_error_no_memory();
			result->groups.data[at].public.count++;
		}
		if (is_single && !rg_map_put(&search->single, (uint64_t)held->holder + 1, at))
			return rg_error_no_memory();
	}
	edge.from = at;
	return rg_vector_push(&result->edges, edge) ? NULL : rg_error_no_memory();
}

static rg_error *expand(struct search *search, uint32_t at)
{
	struct group group = search->result->groups.data[at];
	size_t end;

	search->result->groups.data[at].done = true;
	if (group.public.level >= LEVELS || (!group.public.newcomers && has_name(search, &group)))
		return NULL;
	search->held.count = 0;
	for (uint64_t i = 0; i < group.public.count; i++)
		RG_TRY(add_holder(search, search->members.data[group.first + i]));
	if (search->held.count > 1)
		rg_sort(search->held.data, search->held.count, sizeof(*search->held.data),
			compare_held, NULL);
	for (size_t first = 0; first < search->held.count; first = end) {
		const struct held *held = search->held.data;

		for (end = first + 1; end < search->held.count &&
				      held[end].type == held[first].type &&
				      held[end].label == held[first].label; end++)
			;
		RG_TRY(add_holders(search, first, end, at));
	}
	return NULL;
}

struct choice {
	rg_type_id type;
	uint64_t count, bytes;
	unsigned int worth; /* 2: the program's own, 1: a package's, 0: the runtime's */
};

static int compare_choices(const void *a, const void *b, void *user)
{
	const struct choice *left = a, *right = b;
	const rg_graph *graph = user;

	if (left->worth != right->worth)
		return left->worth > right->worth ? -1 : 1;
	if (left->bytes != right->bytes)
		return left->bytes > right->bytes ? -1 : 1;
	return strcmp(graph->types.data[left->type].name, graph->types.data[right->type].name);
}

/* The newcomers of the @count first types become groups. */
static rg_error *start_groups(struct search *search, struct choice *choices, size_t count)
{
	const rg_graph *graph = search->graph;

	for (size_t i = 0; i < count; i++) {
		struct rg_keeper keeper = { .type = choices[i].type, .newcomers = true };
		struct group *group;
		uint32_t at;

		RG_TRY(add_group(search, &keeper, 0, &at));
		search->chosen[choices[i].type] = at + 1;
		for (rg_id id = 0; id < graph->count; id++)
			if (graph->type[id] == choices[i].type &&
			    rg_bitset_test(search->newcomers->set, id) &&
			    !rg_vector_push(&search->members, id))
				return rg_error_no_memory();
		group = &search->result->groups.data[at];
		group->public.count = search->members.count - group->first;
		group->public.bytes = choices[i].bytes;
		group->public.example = search->members.data[group->first];
	}
	return NULL;
}

static rg_error *choose_types(struct search *search)
{
	const rg_graph *graph = search->graph;
	size_t count = graph->types.count, kept = 0;
	struct choice *choices = rg_calloc(count + 1, sizeof(*choices));
	rg_error *error;

	if (!choices)
		return rg_error_no_memory();
	for (size_t t = 0; t < count; t++) {
		const struct rg_type *type = &graph->types.data[t];

		choices[t].type = (rg_type_id)t;
		choices[t].worth = type->origin == RG_ORIGIN_RUNTIME || !*type->module ? 0
				   : type->origin == RG_ORIGIN_PACKAGE ? 1 : 2;
	}
	for (rg_id id = 0; id < graph->count; id++) {
		if (!rg_bitset_test(search->newcomers->set, id))
			continue;
		choices[graph->type[id]].count++;
		choices[graph->type[id]].bytes += rg_store_size(graph, id) +
						  rg_store_owned(graph, id);
	}
	for (size_t t = 0; t < count; t++)
		if (choices[t].count)
			choices[kept++] = choices[t];
	if (kept > 1)
		rg_sort(choices, kept, sizeof(*choices), compare_choices,
			(void *)(uintptr_t)graph);
	/* What the program made itself says more than what that is made of. */
	for (count = 0; count < kept && count < search->options.most_types; count++)
		if (count && choices[count].worth < choices[0].worth)
			break;
	search->result->public.types_left_out = kept - count;
	error = start_groups(search, choices, count);
	rg_free(choices);
	return error;
}

/* Roots come best first, so the first of an object names it. */
static rg_error *map_roots(struct search *search)
{
	const rg_graph *graph = search->graph;

	for (size_t i = 0; i < graph->roots.count; i++) {
		const struct rg_root *root = &graph->roots.data[i];
		uint64_t key = (uint64_t)shown(graph, root->object) + 1;

		if (!root->routine && !rg_map_find(&search->root_of, key) &&
		    !rg_map_put(&search->root_of, key, (uint32_t)i))
			return rg_error_no_memory();
	}
	return NULL;
}

static rg_error *run(struct search *search)
{
	struct result *result = search->result;

	search->chosen = rg_calloc(search->graph->types.count + 1, sizeof(*search->chosen));
	if (!search->chosen)
		return rg_error_no_memory();
	RG_TRY(rg_holders_rank(search->graph, &search->rank));
	RG_TRY(map_roots(search));
	RG_TRY(choose_types(search));
	for (uint32_t g = 0; g < result->groups.count; g++)
		if (!result->groups.data[g].done)
			RG_TRY(expand(search, g));
	result->keepers = rg_calloc(result->groups.count + 1, sizeof(*result->keepers));
	if (!result->keepers)
		return rg_error_no_memory();
	for (size_t g = 0; g < result->groups.count; g++)
		result->keepers[g] = result->groups.data[g].public;
	result->public.keepers = result->keepers;
	result->public.count = result->groups.count;
	result->public.edges = result->edges.data;
	result->public.edge_count = result->edges.count;
	return NULL;
}

rg_error *rg_keepers_find(const rg_graph *graph, const struct rg_newcomers *newcomers,
			  const struct rg_keepers_options *options, struct rg_keepers **ret)
{
	struct search search = { .graph = graph, .newcomers = newcomers };
	rg_error *error;

	if (!graph->offset || !graph->special)
		return rg_error_new(RG_ERROR_INVALID, "the graph has no references");
	RG_TRY(rg_options_read(options, sizeof(search.options), &search.options));
	if (!search.options.most_types)
		search.options.most_types = 6;
	if (!search.options.limit)
		search.options.limit = 30;
	search.result = rg_calloc(1, sizeof(*search.result));
	error = search.result ? run(&search) : rg_error_no_memory();
	rg_free(search.rank);
	rg_free(search.chosen);
	rg_map_free(&search.root_of);
	rg_map_free(&search.single);
	rg_map_free(&search.label_of);
	rg_vector_free(&search.members);
	rg_vector_free(&search.held);
	if (error) {
		rg_keepers_free(search.result ? &search.result->public : NULL);
		return error;
	}
	*ret = &search.result->public;
	return NULL;
}

void rg_keepers_free(struct rg_keepers *keepers)
{
	struct result *result = (struct result *)keepers;

	if (!result)
		return;
	rg_vector_free(&result->groups);
	rg_vector_free(&result->edges);
	rg_free(result->keepers);
	rg_free(result);
}
