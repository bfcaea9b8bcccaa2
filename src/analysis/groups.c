/* SPDX-License-Identifier: MIT */
/* Groups of objects: their classes, then a row for each class that has any. */
#include "analysis/groups.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/flow.h"
#include "base/alloc.h"
#include "base/options.h"

#define DEEPEST 8 /* parts of parts */

struct result {
	struct rg_groups public;
	struct rg_group *rows;
	struct rg_strings names;
};

/* --- classes ------------------------------------------------------------------------- */

static rg_error *mark(struct rg_grouping *grouping, const rg_id *ids, size_t count)
{
	size_t bytes = ((size_t)grouping->graph->count + 1) * sizeof(*grouping->class);

	grouping->class = rg_alloc(bytes);
	if (!grouping->class)
		return rg_error_no_memory();
	memset(grouping->class, 0xff, bytes);
	for (size_t i = 0; i < count; i++) {
		if (ids[i] >= grouping->graph->count)
			return rg_error_new(RG_ERROR_INVALID, "there is no object %u",
					    (unsigned)ids[i]);
		grouping->class[ids[i]] = 0;
	}
	return NULL;
}

static rg_error *by_module(struct rg_grouping *grouping, const rg_id *ids, size_t count)
{
	const rg_graph *graph = grouping->graph;
	uint32_t *module = rg_alloc((graph->types.count + 1) * sizeof(*module));
	bool failed = !module;

	for (size_t t = 0; t < graph->types.count && !failed; t++)
		failed = !rg_trails_word(&grouping->words, graph->types.data[t].module, &module[t]);
	for (size_t i = 0; i < count && !failed; i++)
		grouping->class[ids[i]] = module[graph->type[ids[i]]];
	rg_free(module);
	return failed ? rg_error_no_memory() : NULL;
}

static rg_error *by_size(struct rg_grouping *grouping, const rg_id *ids, size_t count)
{
	struct rg_map class_of = { NULL, 0, 0 };
	uint32_t classes = 0;
	bool failed = false;

	for (size_t i = 0; i < count && !failed; i++) {
		uint64_t key = rg_store_size(grouping->graph, ids[i]) + 1;
		const uint32_t *known = rg_map_find(&class_of, key ? key : 1);

		grouping->class[ids[i]] = known ? *known : classes;
		failed = !known && !rg_map_put(&class_of, key ? key : 1, classes++);
	}
	rg_map_free(&class_of);
	return failed ? rg_error_no_memory() : NULL;
}

/* The collection as which @id is shown, or RG_NONE. */
static rg_id collection_of(const rg_graph *graph, rg_id id)
{
	for (unsigned int i = 0; i < DEEPEST; i++) {
		rg_id owner = graph->flags[id] & RG_OBJECT_PLUMBING ? rg_graph_owner(graph, id)
								    : RG_NONE;
		enum rg_role role = graph->types.data[graph->type[id]].role;

		if (owner == RG_NONE)
			return role == RG_ROLE_COLLECTION || role == RG_ROLE_CACHE ? id : RG_NONE;
		id = owner;
	}
	return RG_NONE;
}

/* The class of what a collection holds is the collection; of anything else the last one. */
static rg_error *by_container(struct rg_grouping *grouping)
{
	const rg_graph *graph = grouping->graph;
	uint32_t *length = rg_calloc((size_t)graph->count + 1, sizeof(*length));

	if (!length)
		return rg_error_no_memory();
	for (rg_id id = 0; id < graph->count; id++)
		if (grouping->class[id] != RG_GROUPS_UNASKED)
			grouping->class[id] = graph->count;
	for (rg_id id = 0; id < graph->count; id++) {
		uint64_t count = graph->offset[id + 1] - graph->offset[id];
		rg_id holder = count ? collection_of(graph, id) : RG_NONE;

		for (uint64_t i = graph->offset[id]; holder != RG_NONE && i < graph->offset[id + 1];
		     i++) {
			rg_id target = graph->target[i];

			if (grouping->class[target] == RG_GROUPS_UNASKED || target == holder ||
			    !rg_store_counted(graph->kind[i]) ||
			    graph->kind[i] & RG_REFERENCE_ROUTINE || length[target] >= count)
				continue;
			length[target] = count < UINT32_MAX ? (uint32_t)count : UINT32_MAX;
			grouping->class[target] = holder;
		}
	}
	rg_free(length);
	return NULL;
}

static rg_error *classify(struct rg_grouping *grouping, const rg_id *ids, size_t count)
{
	const rg_graph *graph = grouping->graph;

	switch (grouping->how.by) {
	case RG_GROUPS_BY_TYPE:
		for (size_t i = 0; i < count; i++)
			grouping->class[ids[i]] = graph->type[ids[i]];
		return NULL;
	case RG_GROUPS_BY_MODULE:
		return by_module(grouping, ids, count);
	case RG_GROUPS_BY_SIZE:
		return by_size(grouping, ids, count);
	case RG_GROUPS_BY_REFERRER:
		return rg_groups_by_referrer(grouping);
	case RG_GROUPS_BY_VIA:
		return rg_groups_by_via(grouping);
	case RG_GROUPS_BY_CONTAINER:
		break;
	}
	return by_container(grouping);
}

/* --- rows ------------------------------------------------------------------------------ */

/* The name of a group, by its class and its first member; NULL: no memory. */
static const char *name_of(struct rg_grouping *grouping, uint32_t class, rg_id example)
{
	const rg_graph *graph = grouping->graph;
	const struct rg_type *type = &graph->types.data[graph->type[example]];
	struct rg_buffer text = RG_BUFFER_INIT;
	const char *copy;

	switch (grouping->how.by) {
	case RG_GROUPS_BY_TYPE:
		return grouping->how.short_names ? type->short_name : type->name;
	case RG_GROUPS_BY_MODULE:
		if (*type->module)
			return type->module;
		rg_buffer_printf(&text, "no %s", rg_graph_words(graph)->module);
		break;
	case RG_GROUPS_BY_REFERRER:
	case RG_GROUPS_BY_VIA:
		return rg_groups_set_name(grouping, class);
	case RG_GROUPS_BY_SIZE:
		rg_buffer_printf(&text, "%" PRIu64 " B", rg_store_size(graph, example));
		break;
	case RG_GROUPS_BY_CONTAINER:
		if (class == graph->count)
			return "no collection";
		type = &graph->types.data[graph->type[class]];
		rg_buffer_printf(&text, "%s at 0x%" PRIx64,
				 grouping->how.short_names ? type->short_name : type->name,
				 rg_graph_object(graph, class).address);
		break;
	}
	copy = rg_buffer_failed(&text) ? NULL
				       : rg_strings_copy(&grouping->names, rg_buffer_string(&text));
	rg_buffer_free(&text);
	return copy;
}

static int by_bytes(const void *a, const void *b)
{
	const struct rg_group *one = a, *other = b;
	uint64_t bytes = one->bytes, others = other->bytes;

	rg_flow_add(&bytes, one->owned);
	rg_flow_add(&others, other->owned);
	if (bytes != others)
		return bytes > others ? -1 : 1;
	if (one->count != other->count)
		return one->count > other->count ? -1 : 1;
	return strcmp(one->name, other->name) ? strcmp(one->name, other->name)
	       : one->example < other->example ? -1 : one->example > other->example;
}

static rg_error *add_up(struct rg_grouping *grouping, struct result *result)
{
	const rg_graph *graph = grouping->graph;
	RG_VECTOR(struct rg_group) rows = { NULL, 0, 0 };
	struct rg_map row_of = { NULL, 0, 0 };
	bool failed = false;

	for (rg_id id = 0; id < graph->count && !failed; id++) {
		uint32_t class = grouping->class[id];
		struct rg_group fresh = { NULL, 0, 0, 0, id, RG_NONE };
		const uint32_t *known;
		struct rg_group *row;

		if (class == RG_GROUPS_UNASKED)
			continue;
		known = rg_map_find(&row_of, class + 1ull);
		if (!known) {
			fresh.name = name_of(grouping, class, id);
			if (grouping->how.by == RG_GROUPS_BY_CONTAINER && class < graph->count)
				fresh.container = class;
			failed = !fresh.name ||
				 !rg_map_put(&row_of, class + 1ull, (uint32_t)rows.count) ||
				 !rg_vector_push(&rows, fresh);
		}
		if (failed)
			break;
		row = &rows.data[known ? *known : rows.count - 1];
		row->count++;
		rg_flow_add(&row->bytes, rg_store_size(graph, id));
		rg_flow_add(&row->owned, rg_store_owned(graph, id));
	}
	rg_map_free(&row_of);
	if (rows.count)
		qsort(rows.data, rows.count, sizeof(*rows.data), by_bytes);
	result->rows = rows.data;
	result->public.rows = rows.data;
	result->public.count = rows.count;
	return failed ? rg_error_no_memory() : NULL;
}

/* --- the whole --------------------------------------------------------------------------- */

static rg_error *find(struct rg_grouping *grouping, const rg_id *ids, size_t count,
		      struct result *result)
{
	RG_TRY(mark(grouping, ids, count));
	RG_TRY(classify(grouping, ids, count));
	return add_up(grouping, result);
}

rg_error *rg_groups_find(const rg_graph *graph, const rg_id *ids, size_t count,
			 const struct rg_groups_options *options, struct rg_groups **ret)
{
	struct rg_grouping grouping;
	struct result *result;
	rg_error *error;

	memset(&grouping, 0, sizeof(grouping));
	grouping.graph = graph;
	RG_TRY(rg_options_read(options, sizeof(grouping.how), &grouping.how));
	if ((unsigned int)grouping.how.by > RG_GROUPS_BY_CONTAINER)
		return rg_error_new(RG_ERROR_INVALID, "there is no such grouping as %d",
				    (int)grouping.how.by);
	if (grouping.how.by >= RG_GROUPS_BY_REFERRER && !graph->offset)
		return rg_error_new(RG_ERROR_INVALID, "groups by what refers to objects need "
						      "references, which were not read");
	result = rg_calloc(1, sizeof(*result));
	if (!result)
		return rg_error_no_memory();
	error = rg_trails_init(&grouping.words) ? find(&grouping, ids, count, result)
						: rg_error_no_memory();
	result->names = grouping.names;
	rg_free(grouping.class);
	rg_vector_free(&grouping.sets);
	rg_map_free(&grouping.more);
	rg_map_free(&grouping.known);
	rg_trails_free(&grouping.words);
	if (error) {
		rg_groups_free(&result->public);
		return error;
	}
	*ret = &result->public;
	return NULL;
}

void rg_groups_free(struct rg_groups *groups)
{
	/* The public part is the first member. */
	struct result *result = (struct result *)groups;

	if (!result)
		return;
	rg_free(result->rows);
	rg_strings_free(&result->names);
	rg_free(result);
}
