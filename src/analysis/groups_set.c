/* SPDX-License-Identifier: MIT */
/* Classes that are sets: the types of what refers to an object, the ways in which that is done. */
#include "analysis/groups.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/path.h"
#include "base/alloc.h"

#define DEEPEST 8 /* parts of parts */
#define LABEL 512

/* --- sets ------------------------------------------------------------------------- */

static bool same(const struct rg_element_set *a, const struct rg_element_set *b)
{
	return a->count == b->count && (a->count > RG_GROUPS_MOST ||
					!memcmp(a->elements, b->elements,
						a->count * sizeof(a->elements[0])));
}

/* The class of @set, which is new or was reached in another way. */
static bool find_class(struct rg_grouping *grouping, const struct rg_element_set *set,
		       uint32_t *ret)
{
	uint64_t key = rg_hash_bytes((const char *)set, sizeof(*set)) | 1;

	/* What has the same hash is told apart by its place behind it. */
	for (;; key += 2) {
		const uint32_t *at = rg_map_find(&grouping->known, key ? key : 1);

		if (at && !same(&grouping->sets.data[*at], set))
			continue;
		if (at) {
			*ret = *at;
			return true;
		}
		*ret = (uint32_t)grouping->sets.count;
		return rg_vector_push(&grouping->sets, *set) &&
		       rg_map_put(&grouping->known, key ? key : 1, *ret);
	}
}

/* Adds @element to the set that is the class of @id. */
static bool add_element(struct rg_grouping *grouping, rg_id id, uint32_t element)
{
	uint32_t class = grouping->class[id], at = 0, larger;
	struct rg_element_set set = grouping->sets.data[class];
	uint64_t key = ((uint64_t)class << 32 | element) + 1;
	const uint32_t *known;

	if (set.count > RG_GROUPS_MOST)
		return true;
	known = rg_map_find(&grouping->more, key);
	if (known) {
		grouping->class[id] = *known;
		return true;
	}
	while (at < set.count && set.elements[at] < element)
		at++;
	if (at < set.count && set.elements[at] == element) {
		larger = class;
	} else {
		if (set.count == RG_GROUPS_MOST) {
			memset(&set, 0, sizeof(set));
			set.count = RG_GROUPS_MOST + 1;
		} else {
			memmove(set.elements + at + 1, set.elements + at,
				(set.count - at) * sizeof(set.elements[0]));
			set.elements[at] = element;
			set.count++;
		}
		if (!find_class(grouping, &set, &larger))
			return false;
	}
	grouping->class[id] = larger;
	return rg_map_put(&grouping->more, key, larger);
}

static rg_error *begin(struct rg_grouping *grouping)
{
	struct rg_element_set empty;
	uint32_t class;

	memset(&empty, 0, sizeof(empty));
	for (rg_id id = 0; id < grouping->graph->count; id++)
		if (grouping->class[id] != RG_GROUPS_UNASKED)
			grouping->class[id] = 0;
	return find_class(grouping, &empty, &class) ? NULL : rg_error_no_memory();
}

static bool is_asked(const struct rg_grouping *grouping, uint64_t reference)
{
	const rg_graph *graph = grouping->graph;

	return grouping->class[graph->target[reference]] != RG_GROUPS_UNASKED &&
	       rg_store_counted(graph->kind[reference]);
}

/* Whether a root is a referrer of its own: not one whose reference an object owns. */
static bool refers(const struct rg_grouping *grouping, const struct rg_root *root)
{
	return root->count && grouping->class[root->object] != RG_GROUPS_UNASKED;
}

/* --- by referrer -------------------------------------------------------------------- */

static rg_id shown(const rg_graph *graph, rg_id id)
{
	for (unsigned int i = 0; i < DEEPEST && graph->flags[id] & RG_OBJECT_PLUMBING; i++) {
		rg_id owner = rg_graph_owner(graph, id);

		if (owner == RG_NONE)
			break;
		id = owner;
	}
	return id;
}

rg_error *rg_groups_by_referrer(struct rg_grouping *grouping)
{
	const rg_graph *graph = grouping->graph;

	RG_TRY(begin(grouping));
	for (rg_id id = 0; id < graph->count; id++) {
		uint32_t type = RG_NONE;

		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			if (!is_asked(grouping, i))
				continue;
			if (type == RG_NONE)
				type = graph->type[shown(graph, id)];
			if (!add_element(grouping, graph->target[i], type))
				return rg_error_no_memory();
		}
	}
	/* Kinds of roots are numbered behind the types. */
	for (size_t i = 0; i < graph->roots.count; i++) {
		const struct rg_root *root = &graph->roots.data[i];

		if (refers(grouping, root) &&
		    !add_element(grouping, root->object,
				 (uint32_t)(graph->types.count + (size_t)root->kind)))
			return rg_error_no_memory();
	}
	return NULL;
}

/* --- by via --------------------------------------------------------------------------- */

struct relabel {
	struct rg_grouping *grouping;
	struct rg_buffer label;
	const char *held;  /* the label of the part that the source is, or "" */
	rg_id source;
	uint64_t offset;   /* of the references of the source */
	bool failed;
};

static void relabel(void *user, size_t index, const char *text)
{
	struct relabel *at = user;
	uint32_t word;

	if (at->failed || !is_asked(at->grouping, at->offset + index))
		return;
	rg_buffer_clear(&at->label);
	rg_buffer_puts(&at->label, at->held);
	if (*text)
		rg_trail_label(at->grouping->graph, at->source, &at->label, text);
	else
		rg_buffer_puts(&at->label, "(no name)");
	if (rg_buffer_failed(&at->label) ||
	    !rg_trails_word(&at->grouping->words,
			    rg_buffer_string(&at->label) +
				    (rg_buffer_string(&at->label)[0] == ' '), &word) ||
	    !add_element(at->grouping, at->grouping->graph->target[at->offset + index], word))
		at->failed = true;
}

/* How the owner of @part refers to it, to @label; "" where it is no part. */
static void find_held(const rg_graph *graph, rg_id part, char label[LABEL])
{
	rg_id owner = graph->flags[part] & RG_OBJECT_PLUMBING ? rg_graph_owner(graph, part)
							      : RG_NONE;
	const struct rg_words *words = rg_graph_words(graph);

	label[0] = '\0';
	if (owner == RG_NONE)
		return;
	for (uint64_t i = graph->offset[owner]; i < graph->offset[owner + 1]; i++)
		if (graph->target[i] == part && graph->kind[i] & RG_REFERENCE_PLUMBING) {
			rg_graph_label(graph, owner, (size_t)(i - graph->offset[owner]),
				       RG_LABELS_ALL, label, LABEL);
			/* Where a part is what one key leads to, that is general, too. */
			if (words->brace_keys)
				rg_path_generalise(words, &graph->types.data[graph->type[owner]],
						   label);
			return;
		}
}

/* Labels of the references of @id that lead to what is asked about. */
static void label_source(struct relabel *at, rg_id id, char held[LABEL])
{
	const rg_graph *graph = at->grouping->graph;
	uint64_t first = graph->offset[id], end = graph->offset[id + 1];

	while (first < end && !is_asked(at->grouping, first))
		first++;
	while (end > first && !is_asked(at->grouping, end - 1))
		end--;
	if (first == end)
		return;
	at->offset = graph->offset[id];
	at->source = id;
	find_held(graph, id, held);
	rg_graph_labels(graph, id, (size_t)(first - at->offset), (size_t)(end - first),
			RG_LABELS_ALL, relabel, at);
}

rg_error *rg_groups_by_via(struct rg_grouping *grouping)
{
	const rg_graph *graph = grouping->graph;
	char held[LABEL] = "";
	struct relabel at = { grouping, RG_BUFFER_INIT, held, RG_NONE, 0, false };
	uint32_t word;

	RG_TRY(begin(grouping));
	for (rg_id id = 0; id < graph->count && !at.failed; id++)
		label_source(&at, id, held);
	for (size_t i = 0; i < graph->roots.count && !at.failed; i++) {
		const struct rg_root *root = &graph->roots.data[i];

		if (!refers(grouping, root))
			continue;
		rg_buffer_clear(&at.label);
		rg_trail_root(graph, root, &at.label);
		at.failed = rg_buffer_failed(&at.label) ||
			    !rg_trails_word(&grouping->words, rg_buffer_string(&at.label), &word) ||
			    !add_element(grouping, root->object, word);
	}
	rg_buffer_free(&at.label);
	return at.failed ? rg_error_no_memory() : NULL;
}

/* --- names ---------------------------------------------------------------------------- */

static int by_text(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

const char *rg_groups_set_name(struct rg_grouping *grouping, uint32_t class)
{
	static const char *const roots[] = { NULL, "local root", "thread-local root",
					     "interpreter root", "thread root", "static root",
					     "external root" };
	const struct rg_element_set *set = &grouping->sets.data[class];
	const rg_graph *graph = grouping->graph;
	const char *texts[RG_GROUPS_MOST], *copy;
	char of_module[64];
	struct rg_buffer name = RG_BUFFER_INIT;

	if (!set->count)
		return rg_strings_copy(&grouping->names, "nothing");
	if (set->count > RG_GROUPS_MOST)
		return rg_strings_copy(&grouping->names, "more than 8");
	snprintf(of_module, sizeof(of_module), "%s root", rg_graph_words(graph)->module);
	for (uint32_t i = 0; i < set->count; i++) {
		uint32_t element = set->elements[i];
		size_t kind = element - graph->types.count;

		if (grouping->how.by == RG_GROUPS_BY_VIA)
			texts[i] = grouping->words.words.data[element];
		else if (element >= graph->types.count)
			texts[i] = kind == RG_ROOT_MODULE ? of_module
				   : kind < sizeof(roots) / sizeof(roots[0]) ? roots[kind] : "root";
		else
			texts[i] = grouping->how.short_names ? graph->types.data[element].short_name
							     : graph->types.data[element].name;
	}
	qsort(texts, set->count, sizeof(texts[0]), by_text);
	for (uint32_t i = 0; i < set->count; i++) {
		rg_buffer_puts(&name, i ? ", " : "");
		rg_buffer_puts(&name, texts[i]);
	}
	copy = rg_buffer_failed(&name) ? NULL
				       : rg_strings_copy(&grouping->names, rg_buffer_string(&name));
	rg_buffer_free(&name);
	return copy;
}
