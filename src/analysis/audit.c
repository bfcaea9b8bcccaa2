/* SPDX-License-Identifier: MIT */
/* The audit of counts: what of each is explained, and what else may account for the rest. */
#include "base/error.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bitset.h"
#include "base/options.h"
#include "base/sort.h"
#include "base/vector.h"
#include "graph/store.h"

struct audit {
	const rg_graph *graph;
	struct rg_audit_options how;
	struct rg_audit *found;
	uint64_t *named;     /* objects that a named root refers to */
	RG_VECTOR(struct rg_audit_row) rows;
	struct rg_audit_type *types; /* by type */
};

static bool is_counted(const rg_graph *graph, rg_id id)
{
	return !(graph->flags[id] & RG_OBJECT_IMMORTAL) && graph->refcount[id] != RG_STORE_UNKNOWN;
}

/* Whether another object owns a reference to @id. */
static bool is_referred(const rg_graph *graph, rg_id id)
{
	struct rg_referrers referrers = rg_graph_referrers(graph, id);
	struct rg_references out;

	for (size_t i = 0; i < referrers.count; i++) {
		if (referrers.source[i] == id)
			continue;
		/* Most referrers own what they refer to; the others need a look. */
		if (!rg_bitset_test(graph->special, referrers.source[i]))
			return true;
		out = rg_graph_references(graph, referrers.source[i]);
		for (size_t n = 0; n < out.count; n++)
			if (out.target[n] == id && rg_store_counted(out.kind[n]))
				return true;
	}
	return false;
}

/* The places of @id: they are sorted by object. */
static void find_places(const struct rg_attribution *attribution, struct rg_audit_row *row)
{
	size_t low = 0, high = attribution ? attribution->count : 0, end = high;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (attribution->places[middle].object < row->object)
			low = middle + 1;
		else
			high = middle;
	}
	row->places = end ? attribution->places + low : NULL;
	while (low < end && attribution->places[low].object == row->object) {
		row->place_count++;
		low++;
	}
}

static struct rg_audit_row look_at(const struct audit *audit, rg_id id)
{
	const rg_graph *graph = audit->graph;
	struct rg_audit_row row = { .object = id, .refcount = -1 };

	if (graph->explained)
		row.explained = graph->explained[id];
	if (!is_counted(graph, id))
		return row;
	row.refcount = rg_store_refcount(graph, id);
	row.external = rg_graph_external(graph, id);
	if (row.external <= 0)
		return row;
	find_places(audit->how.attribution, &row);
	row.unreached = !rg_bitset_test(audit->named, id) && !is_referred(graph, id);
	return row;
}

/* Adds what one object contributes to the totals of the whole dump. */
static void add_up(struct rg_audit *found, const struct rg_audit_row *row)
{
	if (row->external <= 0) {
		found->explained += !row->external;
		found->over_explained += row->external < 0;
		return;
	}
	found->attributed += row->place_count > 0;
	found->unexplained += !row->place_count;
	found->unreached += row->unreached;
	found->references += (uint64_t)row->external;
}

static bool keep(struct audit *audit, const struct rg_audit_row *row)
{
	struct rg_audit_type *type = &audit->types[audit->graph->type[row->object]];

	if (!rg_type_selected(rg_graph_type(audit->graph, audit->graph->type[row->object]),
			      &audit->how.select))
		return true;
	if (row->external > 0) {
		type->objects++;
		type->attributed += row->place_count > 0;
		type->unreached += row->unreached;
		type->references += (uint64_t)row->external;
	}
	return rg_vector_push(&audit->rows, *row);
}

static int compare_rows(const void *a, const void *b, void *user)
{
	const struct rg_audit_row *left = a, *right = b;

	(void)user;
	if (left->external < 0 || right->external < 0)
		if ((left->external < 0) != (right->external < 0))
			return left->external < 0 ? 1 : -1;
	if (!left->place_count != !right->place_count)
		return left->place_count ? 1 : -1;
	if (left->external != right->external)
		return left->external < right->external ? 1 : -1;
	return (left->object > right->object) - (left->object < right->object);
}

static int compare_types(const void *a, const void *b, void *user)
{
	const struct rg_audit_type *left = a, *right = b;
	const struct rg_type *one = rg_graph_type(user, left->type);
	const struct rg_type *other = rg_graph_type(user, right->type);
	int order;

	if (left->references != right->references)
		return left->references < right->references ? 1 : -1;
	order = strcmp(one->name, other->name);
	if (order)
		return order;
	if (one->address != other->address)
		return one->address > other->address ? 1 : -1;
	return (left->type > right->type) - (left->type < right->type);
}

static rg_error *note_named(struct audit *audit)
{
	const rg_graph *graph = audit->graph;

	audit->named = rg_bitset_new(graph->count);
	if (!audit->named)
		return rg_error_no_memory();
	for (size_t i = 0; i < graph->roots.count; i++)
		if (graph->roots.data[i].kind != RG_ROOT_EXTERNAL)
			rg_bitset_add(audit->named, graph->roots.data[i].object);
	return NULL;
}

/* Every object for the totals; rows for those that were not named, if none were. */
static rg_error *look_at_all(struct audit *audit)
{
	const rg_graph *graph = audit->graph;

	for (rg_id id = 0; id < graph->count; id++) {
		struct rg_audit_row row;

		if (!is_counted(graph, id)) {
			audit->found->immortal += (graph->flags[id] & RG_OBJECT_IMMORTAL) != 0;
			continue;
		}
		audit->found->counted++;
		/* Nearly all are explained, and cost no more than this. */
		if (!rg_graph_external(graph, id)) {
			audit->found->explained++;
			continue;
		}
		row = look_at(audit, id);
		add_up(audit->found, &row);
		if (!audit->how.objects && !keep(audit, &row))
			return rg_error_no_memory();
	}
	return NULL;
}

static rg_error *look_at_some(struct audit *audit)
{
	for (size_t i = 0; i < audit->how.object_count; i++) {
		struct rg_audit_row row;

		if (audit->how.objects[i] >= audit->graph->count)
			return rg_error_new(RG_ERROR_INVALID, "there is no object %u",
					    (unsigned)audit->how.objects[i]);
		row = look_at(audit, audit->how.objects[i]);
		if (!keep(audit, &row))
			return rg_error_no_memory();
	}
	return NULL;
}

/* Moves what was found to the result; the types that have something come first. */
static void hand_over(struct audit *audit)
{
	struct rg_audit *found = audit->found;
	size_t kept = 0;

	if (!audit->how.objects)
		rg_sort(audit->rows.data, audit->rows.count, sizeof(*audit->rows.data),
			compare_rows, NULL);
	for (rg_type_id t = 0; t < rg_graph_type_count(audit->graph); t++)
		if (audit->types[t].objects) {
			audit->types[kept] = audit->types[t];
			audit->types[kept++].type = t;
		}
	rg_sort(audit->types, kept, sizeof(*audit->types), compare_types, (void *)audit->graph);
	found->rows = audit->rows.data;
	found->count = audit->rows.count;
	found->types = audit->types;
	found->type_count = kept;
}

rg_error *rg_audit_find(const rg_graph *graph, const struct rg_audit_options *options,
			struct rg_audit **ret)
{
	struct audit audit = { .graph = graph };
	rg_error *error;

	RG_TRY(rg_options_read(options, sizeof(audit.how), &audit.how));
	if (!rg_graph_has_refcounts(graph))
		return rg_error_new(RG_ERROR_INCOMPLETE, "the dump has no reference counts, so "
				    "there is nothing to explain: take a core, or write them");
	audit.found = rg_calloc(1, sizeof(*audit.found));
	audit.types = rg_calloc(graph->types.count + 1, sizeof(*audit.types));
	error = audit.found && audit.types ? note_named(&audit) : rg_error_no_memory();
	if (!error)
		error = look_at_all(&audit);
	if (!error && audit.how.objects)
		error = look_at_some(&audit);
	rg_free(audit.named);
	if (error) {
		rg_vector_free(&audit.rows);
		rg_free(audit.types);
		rg_free(audit.found);
		return error;
	}
	hand_over(&audit);
	*ret = audit.found;
	return NULL;
}

void rg_audit_free(struct rg_audit *audit)
{
	if (!audit)
		return;
	rg_free((struct rg_audit_row *)audit->rows);
	rg_free((struct rg_audit_type *)audit->types);
	rg_free(audit);
}
