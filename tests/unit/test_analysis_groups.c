/* SPDX-License-Identifier: MIT */
/* Groups of objects: brute force on small random graphs, and graphs of many referrers. */
#include "unit/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/trail.h"
#include "base/alloc.h"
#include "base/error.h"
#include "support/removal.h"

#define ROUNDS 10000
#define WIDE 100000

static const char *const kinds[] = { "module root", "local root", "thread-local root",
				     "interpreter root", "thread root", "static root",
				     "external root" };

static bool is_counted(uint8_t kind)
{
	return (kind & RG_REFERENCE_KIND_MASK) <= RG_REFERENCE_INFERRED;
}

static int by_text(const void *a, const void *b)
{
	return strcmp(a, b);
}

/* The names of a set, sorted, each once, with commas between. */
static void join(char names[][64], size_t count, char ret[1024])
{
	ret[0] = '\0';
	qsort(names, count, sizeof(names[0]), by_text);
	for (size_t i = 0; i < count; i++) {
		if (i && !strcmp(names[i], names[i - 1]))
			continue;
		strcat(ret, *ret ? ", " : "");
		strcat(ret, names[i]);
	}
	if (!count)
		strcpy(ret, "nothing");
}

static void general(const char *label, char ret[64])
{
	strcpy(ret, !*label ? "(no name)" : *label == '[' ? "[*]" : label);
}

/* What the class of @id is called. */
static void name_class(const rg_graph *graph, rg_id id, enum rg_group_by by, char ret[1024])
{
	struct rg_object object = rg_graph_object(graph, id);
	char names[64][64], label[64];
	size_t count = 0, root_count, most = 0;
	const struct rg_root *roots = rg_graph_roots(graph, &root_count);

	if (by == RG_GROUPS_BY_TYPE)
		strcpy(ret, rg_graph_type(graph, object.type)->name);
	else if (by == RG_GROUPS_BY_MODULE)
		strcpy(ret, *rg_graph_type(graph, object.type)->module
				    ? rg_graph_type(graph, object.type)->module : "no module");
	else if (by == RG_GROUPS_BY_SIZE)
		sprintf(ret, "%u B", (unsigned)object.size);
	if (by <= RG_GROUPS_BY_SIZE)
		return;
	if (by == RG_GROUPS_BY_CONTAINER)
		strcpy(ret, "no collection");
	for (rg_id from = 0; from < rg_graph_object_count(graph); from++) {
		struct rg_references out = rg_graph_references(graph, from);
		const struct rg_type *type =
			rg_graph_type(graph, rg_graph_object(graph, from).type);

		for (size_t i = 0; i < out.count; i++) {
			if (out.target[i] != id || !is_counted(out.kind[i]))
				continue;
			if (by == RG_GROUPS_BY_CONTAINER && from != id && out.count > most &&
			    type->role == RG_ROLE_COLLECTION) {
				sprintf(ret, "%s at 0x%x", type->name, 0x1000 + 16 * from);
				most = out.count;
			}
			rg_graph_label(graph, from, i, RG_LABELS_ALL, label, sizeof(label));
			if (by == RG_GROUPS_BY_VIA)
				general(label, names[count]);
			else
				strcpy(names[count], type->name);
			count++;
		}
	}
	if (by == RG_GROUPS_BY_CONTAINER)
		return;
	for (size_t i = 0; i < root_count; i++) {
		struct rg_buffer text = RG_BUFFER_INIT;

		if (roots[i].object != id || !roots[i].count)
			continue;
		rg_trail_root(graph, &roots[i], &text);
		strcpy(names[count++], by == RG_GROUPS_BY_VIA ? rg_buffer_string(&text)
							      : kinds[roots[i].kind]);
		rg_buffer_free(&text);
	}
	join(names, count, ret);
}

static void check(const rg_graph *graph, const rg_id *ids, size_t count, enum rg_group_by by)
{
	struct rg_groups_options how = { .size = sizeof(how), .by = by };
	struct rg_groups *groups = NULL;
	uint64_t objects = 0, above = UINT64_MAX;

	CU_ASSERT_PTR_NULL_FATAL(rg_groups_find(graph, ids, count, &how, &groups));
	for (size_t g = 0; g < groups->count; g++) {
		const struct rg_group *row = &groups->rows[g];
		uint64_t met = 0, bytes = 0, owned = 0;
		rg_id example = RG_NONE;
		char name[1024];

		for (size_t i = count; i-- > 0;) {
			struct rg_object object = rg_graph_object(graph, ids[i]);

			name_class(graph, ids[i], by, name);
			if (strcmp(name, row->name))
				continue;
			met++;
			bytes += object.size;
			owned += object.owned;
			example = ids[i];
		}
		CU_ASSERT_EQUAL(row->count, met);
		CU_ASSERT_EQUAL(row->bytes, bytes);
		CU_ASSERT_EQUAL(row->owned, owned);
		CU_ASSERT_EQUAL(row->example, example);
		CU_ASSERT_EQUAL(row->container != RG_NONE,
				by == RG_GROUPS_BY_CONTAINER && strcmp(row->name, "no collection"));
		CU_ASSERT(bytes + owned <= above);
		above = bytes + owned;
		objects += met;
	}
	CU_ASSERT_EQUAL(objects, count);
	rg_groups_free(groups);
}

static void agrees_with_brute_force(void)
{
	struct synth_random random = { 31 };

	for (int round = 0; round < ROUNDS; round++) {
		struct synth *synth = removal_random(&random);
		rg_id ids[REMOVAL_MOST];
		size_t count = 0;
		rg_builder *builder;

		synth->types[0].role = RG_ROLE_COLLECTION;
		synth->types[1].module = "app";
		builder = synth_must(synth);
		for (rg_id id = 0; id < synth->count; id++)
			if (synth_random(&random, 4))
				ids[count++] = id;
		for (int by = RG_GROUPS_BY_TYPE; by <= RG_GROUPS_BY_CONTAINER; by++)
			check(rg_builder_graph(builder), ids, count, (enum rg_group_by)by);
		rg_builder_free(builder);
		synth_free(synth);
	}
}

static struct rg_groups *groups_of(const rg_graph *graph, const rg_id *ids, size_t count,
				   enum rg_group_by by)
{
	struct rg_groups_options how = { .size = sizeof(how), .by = by };
	struct rg_groups *groups = NULL;

	CU_ASSERT_PTR_NULL_FATAL(rg_groups_find(graph, ids, count, &how, &groups));
	return groups;
}

/* An instance's __dict__ is the instance: its type, .user, and what a dict subclass holds. */
static void sees_through_parts(void)
{
	struct synth *synth = synth_new(4, 3);
	static const rg_id value[] = { 2 };
	rg_builder *builder;
	struct rg_groups *groups;

	/* 0 Session -.__dict__-> 1 dict -['user']-> 2; 3 is shown as nothing */
	synth->types[0].name = synth->types[0].short_name = "Session";
	synth->types[1].name = synth->types[1].short_name = "dict";
	synth->types[1].role = RG_ROLE_COLLECTION;
	synth->objects[1].type = 1;
	synth->objects[1].flags |= RG_OBJECT_PLUMBING;
	synth->objects[2].type = 2;
	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, ".__dict__");
	synth_refer(synth, 1, 2, RG_REFERENCE_STRONG, "['user']");
	synth_refer(synth, 3, 2, RG_REFERENCE_WEAK, "weak");
	builder = synth_must(synth);
	groups = groups_of(rg_builder_graph(builder), value, 1, RG_GROUPS_BY_REFERRER);
	CU_ASSERT_STRING_EQUAL(groups->rows[0].name, "Session");
	rg_groups_free(groups);
	groups = groups_of(rg_builder_graph(builder), value, 1, RG_GROUPS_BY_VIA);
	CU_ASSERT_STRING_EQUAL(groups->rows[0].name, ".user");
	rg_groups_free(groups);
	groups = groups_of(rg_builder_graph(builder), value, 1, RG_GROUPS_BY_CONTAINER);
	CU_ASSERT_STRING_EQUAL(groups->rows[0].name, "no collection");
	rg_groups_free(groups);
	rg_builder_free(builder);
	synth_free(synth);
}

/* Nine types refer to the first object, eight to the second; many of one type to both. */
static void has_limits(void)
{
	struct synth *synth = synth_new(WIDE, 12);
	static const rg_id both[] = { 0, 1 };
	char names[12][8];
	rg_builder *builder;
	struct rg_groups *groups;

	for (uint32_t t = 0; t < 12; t++) {
		sprintf(names[t], "t%02u", (unsigned)t);
		synth->types[t].name = synth->types[t].short_name = names[t];
	}
	for (rg_id id = 2; id < WIDE; id++) {
		synth->objects[id].type = id < 11 ? id : 2;
		synth_refer(synth, id, 0, RG_REFERENCE_STRONG, ".a");
		if (id != 10)
			synth_refer(synth, id, 1, RG_REFERENCE_STRONG, "[7]");
	}
	builder = synth_must(synth);
	groups = groups_of(rg_builder_graph(builder), both, 2, RG_GROUPS_BY_REFERRER);
	CU_ASSERT_EQUAL_FATAL(groups->count, 2);
	CU_ASSERT_STRING_EQUAL(groups->rows[0].name, "more than 8");
	CU_ASSERT_STRING_EQUAL(groups->rows[1].name, "t02, t03, t04, t05, t06, t07, t08, t09");
	rg_groups_free(groups);
	groups = groups_of(rg_builder_graph(builder), both, 2, RG_GROUPS_BY_VIA);
	CU_ASSERT_EQUAL_FATAL(groups->count, 2);
	CU_ASSERT_STRING_EQUAL(groups->rows[0].name, ".a");
	CU_ASSERT_STRING_EQUAL(groups->rows[1].name, "[*]");
	rg_groups_free(groups);
	rg_builder_free(builder);
	synth_free(synth);
}

static void refuses_nonsense(void)
{
	struct synth *synth = synth_new(3, 1);
	struct rg_groups_options how = { .size = sizeof(how), .by = RG_GROUPS_BY_REFERRER };
	static const rg_id wrong[] = { 3 };
	struct rg_groups *groups = NULL;
	rg_builder *builder;
	rg_error *error;

	synth->no_references = true;
	builder = synth_must(synth);
	error = rg_groups_find(rg_builder_graph(builder), wrong, 0, &how, &groups);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	error = rg_groups_find(rg_builder_graph(builder), wrong, 1, NULL, &groups);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	how.by = (enum rg_group_by)77;
	error = rg_groups_find(rg_builder_graph(builder), wrong, 0, &how, &groups);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	CU_ASSERT_PTR_NULL(rg_groups_find(rg_builder_graph(builder), wrong, 0, NULL, &groups));
	CU_ASSERT_EQUAL(groups->count, 0);
	rg_groups_free(groups);
	rg_builder_free(builder);
	synth_free(synth);
}

static void survives_failed_allocations(void)
{
	struct synth_random random = { 41 };
	struct synth *synth = removal_random(&random);
	rg_builder *builder;
	rg_id ids[REMOVAL_MOST];

	synth->types[0].role = RG_ROLE_COLLECTION;
	builder = synth_must(synth);
	for (rg_id id = 0; id < synth->count; id++)
		ids[id] = id;
	for (int by = RG_GROUPS_BY_TYPE; by <= RG_GROUPS_BY_CONTAINER; by++) {
		struct rg_groups_options how = { .size = sizeof(how), .by = (enum rg_group_by)by };
		int64_t failures = 0;

		for (;; failures++) {
			struct rg_groups *groups = NULL;
			rg_error *error;

			rg_alloc_fail_after(failures);
			error = rg_groups_find(rg_builder_graph(builder), ids, synth->count, &how,
					       &groups);
			rg_alloc_fail_after(-1);
			rg_groups_free(groups);
			if (!error)
				break;
			CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
			rg_error_free(error);
		}
		CU_ASSERT(failures > 3);
	}
	rg_builder_free(builder);
	synth_free(synth);
}

static const struct rg_test tests[] = {
	RG_TEST(agrees_with_brute_force),
	RG_TEST(sees_through_parts),
	RG_TEST(has_limits),
	RG_TEST(refuses_nonsense),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_groups = { "analysis_groups", NULL, NULL, tests };
