/* SPDX-License-Identifier: MIT */
/* Counts and bytes by type. */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "support/synth.h"

/* Types 0 and 1 share a name, 0 and 2 a short name; 3 has no objects. */
static struct synth *make(void)
{
	struct synth *synth = synth_new(6, 4);

	synth->types[0] = (struct rg_type_init){
		"a.Node", "Node", "a", 0x10, RG_ORIGIN_PROGRAM, RG_ROLE_NONE };
	synth->types[1] = (struct rg_type_init){
		"a.Node", "Node", "a", 0x20, RG_ORIGIN_UNKNOWN, RG_ROLE_NONE };
	synth->types[2] = (struct rg_type_init){
		"b.Node", "Node", "b", 0x30, RG_ORIGIN_RUNTIME, RG_ROLE_NONE };
	synth->types[3] = (struct rg_type_init){
		"c.Gone", "Gone", "c", 0x40, RG_ORIGIN_PACKAGE, RG_ROLE_NONE };
	for (rg_id id = 0; id < 6; id++)
		synth->objects[id].type = id < 3 ? 0 : id < 4 ? 1 : 2;
	synth->objects[3].size = UINT64_C(5) << 32;
	synth->objects[4].owned = 1000;
	synth->objects[0].flags = 0;
	synth->objects[1].flags |= RG_OBJECT_FROZEN;
	synth->no_references = true;
	return synth;
}

static void keeps_types_of_one_name_apart(void)
{
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	struct rg_type_table *table;

	CU_ASSERT_PTR_NULL_FATAL(rg_types(rg_builder_graph(builder), NULL, &table));
	/* The table lives on without its graph. */
	rg_builder_free(builder);
	synth_free(synth);
	CU_ASSERT_EQUAL_FATAL(table->count, 3);
	CU_ASSERT_EQUAL(table->rows[0].type_address, 0x20);
	CU_ASSERT_EQUAL(table->rows[0].bytes, UINT64_C(5) << 32);
	CU_ASSERT_STRING_EQUAL(table->rows[1].name, "a.Node");
	CU_ASSERT_EQUAL(table->rows[1].count, 3);
	CU_ASSERT_EQUAL(table->rows[1].tracked, 2);
	CU_ASSERT_STRING_EQUAL(table->rows[2].name, "b.Node");
	CU_ASSERT_EQUAL(table->rows[2].owned, 1000);
	CU_ASSERT_EQUAL(table->objects, 6);
	CU_ASSERT_EQUAL(table->bytes, (UINT64_C(5) << 32) + 5 * 16);
	CU_ASSERT_EQUAL(table->owned, 1000);
	CU_ASSERT_EQUAL(table->tracked, 5);
	rg_types_free(table);
}

static void merges_short_names(void)
{
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	struct rg_types_options options = { .size = sizeof(options), .short_names = true };
	struct rg_type_table *table;

	CU_ASSERT_PTR_NULL_FATAL(rg_types(rg_builder_graph(builder), &options, &table));
	CU_ASSERT_EQUAL_FATAL(table->count, 1);
	CU_ASSERT_STRING_EQUAL(table->rows[0].name, "Node");
	CU_ASSERT_STRING_EQUAL(table->rows[0].module, "");
	CU_ASSERT_EQUAL(table->rows[0].merged, 3);
	CU_ASSERT_EQUAL(table->rows[0].count, 6);
	CU_ASSERT_EQUAL(table->rows[0].type_address, 0);
	CU_ASSERT_EQUAL(table->rows[0].origin, RG_ORIGIN_PROGRAM);
	rg_types_free(table);
	rg_builder_free(builder);
	synth_free(synth);
}

static void counts_what_the_collector_lists(void)
{
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	struct rg_types_options options = { .size = sizeof(options), .tracked_only = true,
					    .order = RG_TYPES_BY_NAME };
	struct rg_type_table *table;

	CU_ASSERT_PTR_NULL_FATAL(rg_types(rg_builder_graph(builder), &options, &table));
	CU_ASSERT_EQUAL(table->objects, 4);
	CU_ASSERT_EQUAL_FATAL(table->count, 3);
	CU_ASSERT_EQUAL(table->rows[0].type_address, 0x10);
	CU_ASSERT_EQUAL(table->rows[0].count, 1);
	CU_ASSERT_EQUAL(table->rows[1].type_address, 0x20);
	rg_types_free(table);
	rg_builder_free(builder);
	synth_free(synth);
}

static void leaves_out_what_is_not_selected(void)
{
	static const char *const modules[] = { "nothing*", "b" };
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	struct rg_types_options options = { .size = sizeof(options) };
	struct rg_type_table *all, *table;

	CU_ASSERT_PTR_NULL_FATAL(rg_types(rg_builder_graph(builder), NULL, &all));
	CU_ASSERT_EQUAL(all->selected_objects, all->objects);
	CU_ASSERT_EQUAL(all->left_out, 0);
	options.select.no_runtime = true; /* b.Node is the runtime's */
	CU_ASSERT_PTR_NULL_FATAL(rg_types(rg_builder_graph(builder), &options, &table));
	CU_ASSERT_EQUAL(table->count, all->count - 1);
	CU_ASSERT_EQUAL(table->left_out, 1);
	CU_ASSERT_EQUAL(table->objects, all->objects);
	CU_ASSERT_EQUAL(table->bytes, all->bytes);
	for (size_t i = 0; i < table->count; i++)
		CU_ASSERT_NOT_EQUAL(table->rows[i].type_address, 0x30);
	rg_types_free(table);
	options.select = (struct rg_type_selection){ modules, 2, false };
	CU_ASSERT_PTR_NULL_FATAL(rg_types(rg_builder_graph(builder), &options, &table));
	CU_ASSERT_EQUAL_FATAL(table->count, 1);
	CU_ASSERT_EQUAL(table->rows[0].type_address, 0x30);
	CU_ASSERT_EQUAL(table->selected_objects, table->rows[0].count);
	CU_ASSERT_EQUAL(table->selected_bytes, table->rows[0].bytes);
	CU_ASSERT_EQUAL(table->selected_owned, table->rows[0].owned);
	CU_ASSERT(table->objects > table->selected_objects);
	rg_types_free(table);
	rg_types_free(all);
	rg_builder_free(builder);
	synth_free(synth);
}

static void selects_modules_and_packages(void)
{
	struct rg_type deep = { "app.session.store.Entry", "Entry", "app.session.store", 0, 0,
				RG_ORIGIN_PROGRAM, RG_ROLE_NONE };
	struct rg_type built_in = { "dict", "dict", "", 0, 0, RG_ORIGIN_RUNTIME, RG_ROLE_NONE };
	static const struct {
		const char *pattern;
		bool deep, built_in;
	} cases[] = {
		{ "app", true, false },	     { "app.session", true, false },
		{ "app.session.store", true, false }, { "app.*", true, false },
		{ "ap", false, false },	     { "session", false, false },
		{ "*.session", true, false }, { "builtins", false, true },
		{ "*", true, true },	     { "app.session.store.Entry", false, false },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rg_type_selection selection = { &cases[i].pattern, 1, false };

		CU_ASSERT_EQUAL(rg_type_selected(&deep, &selection), cases[i].deep);
		CU_ASSERT_EQUAL(rg_type_selected(&built_in, &selection), cases[i].built_in);
		selection.no_runtime = true;
		CU_ASSERT_FALSE(rg_type_selected(&built_in, &selection));
	}
	CU_ASSERT_TRUE(rg_type_selected(&deep, NULL));
}

static void sorts_as_asked(void)
{
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	struct rg_types_options options = { .size = sizeof(options) };
	struct rg_type_table *table;

	options.order = RG_TYPES_BY_COUNT;
	CU_ASSERT_PTR_NULL_FATAL(rg_types(rg_builder_graph(builder), &options, &table));
	CU_ASSERT_EQUAL(table->rows[0].type_address, 0x10);
	CU_ASSERT_EQUAL(table->rows[2].type_address, 0x20);
	rg_types_free(table);
	options.order = RG_TYPES_BY_OWNED;
	CU_ASSERT_PTR_NULL_FATAL(rg_types(rg_builder_graph(builder), &options, &table));
	CU_ASSERT_EQUAL(table->rows[0].type_address, 0x30);
	CU_ASSERT_EQUAL(table->rows[1].type_address, 0x10);
	rg_types_free(table);
	rg_builder_free(builder);
	synth_free(synth);
}

static void survives_failed_allocations(void)
{
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	int64_t failures = 0;

	for (;; failures++) {
		struct rg_type_table *table = NULL;
		rg_error *error;

		rg_alloc_fail_after(failures);
		error = rg_types(rg_builder_graph(builder), NULL, &table);
		rg_alloc_fail_after(-1);
		if (!error) {
			rg_types_free(table);
			break;
		}
		CU_ASSERT_PTR_NULL(table);
		CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
	}
	CU_ASSERT(failures >= 2);
	rg_builder_free(builder);
	synth_free(synth);
}

static const struct rg_test tests[] = {
	RG_TEST(keeps_types_of_one_name_apart),
	RG_TEST(merges_short_names),
	RG_TEST(counts_what_the_collector_lists),
	RG_TEST(leaves_out_what_is_not_selected),
	RG_TEST(selects_modules_and_packages),
	RG_TEST(sorts_as_asked),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_types = { "analysis_types", NULL, NULL, tests };
