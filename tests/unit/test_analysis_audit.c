/* SPDX-License-Identifier: MIT */
/* The audit of counts, held against a count by hand on many small graphs. */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "support/synth.h"

#define MOST 24

/* What the audit should say of one object, worked out the slow way. */
struct truth {
	uint64_t explained;
	int64_t external;
	bool counted, unreached;
	size_t places;
};

static struct truth look(const rg_graph *graph, rg_id id, const struct rg_attribution *attribution)
{
	struct rg_object object = rg_graph_object(graph, id);
	struct truth truth = { 0, 0, false, true, 0 };
	size_t root_count;
	const struct rg_root *roots = rg_graph_roots(graph, &root_count);

	for (rg_id source = 0; source < rg_graph_object_count(graph); source++) {
		struct rg_references references = rg_graph_references(graph, source);

		for (size_t i = 0; i < references.count; i++) {
			if (references.target[i] != id ||
			    (references.kind[i] & RG_REFERENCE_KIND_MASK) > RG_REFERENCE_INFERRED)
				continue;
			truth.explained++;
			truth.unreached = truth.unreached && source == id;
		}
	}
	for (size_t i = 0; i < root_count; i++) {
		if (roots[i].object != id || roots[i].kind == RG_ROOT_EXTERNAL)
			continue;
		truth.explained += roots[i].count;
		truth.unreached = false;
	}
	truth.counted = !(object.flags & RG_OBJECT_IMMORTAL) && object.refcount >= 0;
	if (truth.counted)
		truth.external = object.refcount - (int64_t)truth.explained;
	truth.unreached = truth.unreached && truth.external > 0;
	for (size_t i = 0; attribution && truth.external > 0 && i < attribution->count; i++)
		truth.places += attribution->places[i].object == id;
	return truth;
}

/* Over-explained ones last, attributed ones before them; then by what is unexplained. */
static bool in_order(const struct rg_audit_row *a, const struct rg_audit_row *b)
{
	int left = a->external < 0 ? 2 : a->place_count ? 1 : 0;
	int right = b->external < 0 ? 2 : b->place_count ? 1 : 0;

	if (left != right)
		return left < right;
	return a->external != b->external ? a->external > b->external : a->object < b->object;
}

static void compare(const rg_graph *graph, const struct rg_attribution *attribution,
		    const struct rg_audit *audit)
{
	uint64_t counted = 0, explained = 0, attributed = 0, unexplained = 0, over = 0;
	uint64_t unreached = 0, references = 0, of_types = 0;
	size_t rows = 0;

	for (rg_id id = 0; id < rg_graph_object_count(graph); id++) {
		struct truth truth = look(graph, id, attribution);

		CU_ASSERT_EQUAL_FATAL(truth.external, rg_graph_external(graph, id));
		counted += truth.counted;
		explained += truth.counted && !truth.external;
		over += truth.external < 0;
		attributed += truth.external > 0 && truth.places;
		unexplained += truth.external > 0 && !truth.places;
		unreached += truth.unreached;
		references += truth.external > 0 ? (uint64_t)truth.external : 0;
		rows += truth.external != 0;
	}
	CU_ASSERT_EQUAL(audit->counted, counted);
	CU_ASSERT_EQUAL(audit->immortal, rg_graph_object_count(graph) - counted);
	CU_ASSERT_EQUAL(audit->explained, explained);
	CU_ASSERT_EQUAL(audit->attributed, attributed);
	CU_ASSERT_EQUAL(audit->unexplained, unexplained);
	CU_ASSERT_EQUAL(audit->over_explained, over);
	CU_ASSERT_EQUAL(audit->unreached, unreached);
	CU_ASSERT_EQUAL(audit->references, references);
	CU_ASSERT_EQUAL_FATAL(audit->count, rows);
	for (size_t i = 0; i < audit->count; i++) {
		const struct rg_audit_row *row = &audit->rows[i];
		struct truth truth = look(graph, row->object, attribution);

		CU_ASSERT_EQUAL(row->explained, truth.explained);
		CU_ASSERT_EQUAL(row->external, truth.external);
		CU_ASSERT_EQUAL(row->refcount, truth.external + (int64_t)truth.explained);
		CU_ASSERT_EQUAL(row->unreached, truth.unreached);
		CU_ASSERT_EQUAL(row->place_count, truth.places);
		for (size_t p = 0; p < row->place_count; p++)
			CU_ASSERT_EQUAL(row->places[p].object, row->object);
		CU_ASSERT(!i || in_order(&audit->rows[i - 1], row));
	}
	for (size_t i = 0; i < audit->type_count; i++) {
		of_types += audit->types[i].references;
		CU_ASSERT(!i || audit->types[i - 1].references >= audit->types[i].references);
	}
	CU_ASSERT_EQUAL(of_types, references);
}

static void agrees_with_a_count_by_hand(void)
{
	struct synth_random random = { 20261121 };
	struct rg_place places[3 * MOST];

	for (unsigned round = 0; round < 600; round++) {
		struct synth *synth = synth_small(&random, MOST);
		rg_builder *builder = synth_must(synth);
		const rg_graph *graph = rg_builder_graph(builder);
		struct rg_attribution attribution = { .known = true, .places = places };
		struct rg_audit_options options = { .size = sizeof(options) };
		struct rg_audit *audit;

		for (rg_id id = 0; id < rg_graph_object_count(graph); id++)
			for (uint32_t n = synth_random(&random, 4); n > 1; n--)
				places[attribution.count++] = (struct rg_place){ .object = id };
		if (round % 3)
			options.attribution = &attribution;
		CU_ASSERT_PTR_NULL_FATAL(rg_audit_find(graph, &options, &audit));
		compare(graph, options.attribution, audit);
		rg_audit_free(audit);
		rg_builder_free(builder);
		synth_free(synth);
	}
}

/* An object held by one other, leaked twice; one that only its count keeps; one that is fine. */
static struct synth *leaky(void)
{
	struct synth *synth = synth_new(3, 2);

	synth->types[1].name = synth->types[1].short_name = "app.Session";
	synth->types[1].module = "app";
	synth->objects[1].type = 1;
	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, ".session");
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "sys.modules['app']");
	synth->extra[1] = 2;
	synth->extra[2] = 1;
	return synth;
}

static void names_what_was_lost(void)
{
	static const char *const modules[] = { "app" };
	static const rg_id named[] = { 0, 1 };
	struct synth *synth = leaky();
	rg_builder *builder = synth_must(synth);
	const rg_graph *graph = rg_builder_graph(builder);
	struct rg_audit_options options = { .size = sizeof(options) };
	struct rg_audit *audit;
	rg_error *error;

	CU_ASSERT_PTR_NULL_FATAL(rg_audit_find(graph, NULL, &audit));
	CU_ASSERT_EQUAL_FATAL(audit->count, 2);
	CU_ASSERT_EQUAL(audit->rows[0].object, 1);
	CU_ASSERT_EQUAL(audit->rows[0].external, 2);
	CU_ASSERT_EQUAL(audit->rows[0].explained, 1);
	CU_ASSERT_FALSE(audit->rows[0].unreached);
	CU_ASSERT_EQUAL(audit->rows[1].object, 2);
	CU_ASSERT_TRUE(audit->rows[1].unreached);
	CU_ASSERT_EQUAL(audit->type_count, 2);
	rg_audit_free(audit);
	/* Of one module, the totals are those of everything. */
	options.select.modules = modules;
	options.select.module_count = 1;
	CU_ASSERT_PTR_NULL_FATAL(rg_audit_find(graph, &options, &audit));
	CU_ASSERT_EQUAL_FATAL(audit->count, 1);
	CU_ASSERT_EQUAL(audit->rows[0].object, 1);
	CU_ASSERT_EQUAL(audit->unexplained, 2);
	rg_audit_free(audit);
	/* Named ones in the order they are named, explained or not. */
	options = (struct rg_audit_options){ .size = sizeof(options), .objects = named,
					     .object_count = 2 };
	CU_ASSERT_PTR_NULL_FATAL(rg_audit_find(graph, &options, &audit));
	CU_ASSERT_EQUAL_FATAL(audit->count, 2);
	CU_ASSERT_EQUAL(audit->rows[0].object, 0);
	CU_ASSERT_EQUAL(audit->rows[0].external, 0);
	CU_ASSERT_EQUAL(audit->rows[0].explained, 1);
	rg_audit_free(audit);
	options.objects = (const rg_id[]){ 3 };
	options.object_count = 1;
	error = rg_audit_find(graph, &options, &audit);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	rg_builder_free(builder);
	synth_free(synth);
}

static void says_that_counts_are_missing(void)
{
	struct synth *synth = leaky();
	rg_builder *builder;
	struct rg_audit *audit;
	rg_error *error;

	synth->no_refcounts = true;
	builder = synth_must(synth);
	error = rg_audit_find(rg_builder_graph(builder), NULL, &audit);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INCOMPLETE);
	rg_error_free(error);
	rg_builder_free(builder);
	synth_free(synth);
}

/* Many referrers: each is looked at once, though none of them counts. */
static void bears_a_hub(void)
{
	rg_id count = 100000;
	struct synth *synth = synth_new(count, 1);
	rg_builder *builder;
	struct rg_audit *audit;

	for (rg_id id = 1; id < count; id++)
		synth_refer(synth, id, 0, RG_REFERENCE_WEAK, NULL);
	synth->extra[0] = 1;
	builder = synth_must(synth);
	CU_ASSERT_PTR_NULL_FATAL(rg_audit_find(rg_builder_graph(builder), NULL, &audit));
	CU_ASSERT_EQUAL_FATAL(audit->unreached, 1);
	CU_ASSERT_EQUAL(audit->rows[0].object, 0);
	rg_audit_free(audit);
	rg_builder_free(builder);
	synth_free(synth);
}

static void survives_failed_allocations(void)
{
	struct synth *synth = leaky();
	rg_builder *builder = synth_must(synth);
	int failures = 0;

	for (;; failures++) {
		struct rg_audit *audit;
		rg_error *error;

		rg_alloc_fail_after(failures);
		error = rg_audit_find(rg_builder_graph(builder), NULL, &audit);
		rg_alloc_fail_after(-1);
		if (!error) {
			rg_audit_free(audit);
			break;
		}
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		CU_ASSERT_FATAL(failures < 50);
	}
	CU_ASSERT(failures >= 3);
	rg_builder_free(builder);
	synth_free(synth);
}

static const struct rg_test tests[] = {
	RG_TEST(agrees_with_a_count_by_hand),
	RG_TEST(names_what_was_lost),
	RG_TEST(says_that_counts_are_missing),
	RG_TEST(bears_a_hub),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_audit = { "analysis_audit", NULL, NULL, tests };
