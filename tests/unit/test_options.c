/* SPDX-License-Identifier: MIT */
/* Options of programs that were compiled with older or newer headers than the library. */
#include "unit/runner.h"

#include <string.h>

#include "base/options.h"
#include "support/synth.h"

struct old {
	size_t size;
	int first;
};

struct now {
	size_t size;
	int first;
	int second;
	const char *third;
};

struct later {
	struct now now;
	int fourth;
};

static void none_are_all_zero(void)
{
	struct now now = { 1, 2, 3, "x" };

	CU_ASSERT_PTR_NULL(rg_options_read(NULL, sizeof(now), &now));
	CU_ASSERT_EQUAL(now.first, 0);
	CU_ASSERT_EQUAL(now.second, 0);
	CU_ASSERT_PTR_NULL(now.third);
}

static void those_of_no_size_are_whole(void)
{
	struct now given = { 0, 1, 2, "x" }, now;

	CU_ASSERT_PTR_NULL(rg_options_read(&given, sizeof(now), &now));
	CU_ASSERT_EQUAL(now.second, 2);
	CU_ASSERT_STRING_EQUAL(now.third, "x");
}

/* Nothing behind the end of an older struct may be read: valgrind and ASan look. */
static void older_ones_lack_the_rest(void)
{
	struct old given = { sizeof(given), 7 };
	struct now now = { 9, 9, 9, "x" };

	given.size = offsetof(struct now, second);
	CU_ASSERT_PTR_NULL(rg_options_read(&given, sizeof(now), &now));
	CU_ASSERT_EQUAL(now.first, 7);
	CU_ASSERT_EQUAL(now.second, 0);
	CU_ASSERT_PTR_NULL(now.third);
}

static void newer_ones_must_not_ask_for_more(void)
{
	struct later given;
	struct now now = { 0 };
	rg_error *error;

	memset(&given, 0, sizeof(given));
	given.now.size = sizeof(given);
	given.now.second = 5;
	CU_ASSERT_PTR_NULL(rg_options_read(&given, sizeof(now), &now));
	CU_ASSERT_EQUAL(now.second, 5);
	given.fourth = 1;
	now.second = 6;
	error = rg_options_read(&given, sizeof(now), &now);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	CU_ASSERT_EQUAL(now.second, 6);
	rg_error_free(error);
}

static void a_size_nobody_set_is_refused(void)
{
	static const size_t sizes[] = { 1, sizeof(size_t) - 1, 4097, SIZE_MAX };

	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		struct now given = { sizes[i], 1, 2, "x" }, now;
		rg_error *error = rg_options_read(&given, sizeof(now), &now);

		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_INVALID);
		rg_error_free(error);
	}
}

/* Says whether @error is that of options which are too new, and frees it. */
static bool refused(rg_error *error)
{
	bool is_so = error && rg_error_code(error) == RG_ERROR_INVALID &&
		     strstr(rg_error_message(error), "option") != NULL;

	rg_error_free(error);
	return is_so;
}

/* Every public function that takes options reads them so. */
static void all_functions_read_them_so(void)
{
	struct synth *synth = synth_new(2, 1);
	rg_builder *builder = synth_must(synth);
	const rg_graph *graph = rg_builder_graph(builder);
	size_t newer[64] = { sizeof(newer) };
	const void *options = newer;
	struct rg_garbage *garbage = NULL;
	struct rg_type_table *types = NULL, *tables[2];
	struct rg_neighborhood *around = NULL;
	struct rg_cycles *cycles = NULL;
	struct rg_chains *chains = NULL;
	struct rg_growth *growth = NULL;
	rg_picture *picture = NULL;
	rg_dump *dump = NULL;
	rg_id id = 0;
	uint32_t index = 77;

	newer[63] = 1;
	CU_ASSERT_PTR_NULL_FATAL(rg_types(graph, NULL, &tables[0]));
	tables[1] = tables[0];
	CU_ASSERT_PTR_NULL_FATAL(rg_garbage_find(graph, &garbage));
	CU_ASSERT_PTR_NULL_FATAL(rg_neighborhood_find(graph, &id, 1, NULL, &around));
	CU_ASSERT_TRUE(refused(rg_dump_open("/dev/null", options, &dump)));
	CU_ASSERT_PTR_NULL(dump);
	CU_ASSERT_TRUE(refused(rg_types(graph, options, &types)));
	CU_ASSERT_PTR_NULL(types);
	CU_ASSERT_TRUE(refused(rg_cycles_find(graph, garbage, options, &cycles)));
	CU_ASSERT_PTR_NULL(cycles);
	CU_ASSERT_TRUE(refused(rg_chains_find(graph, &id, 1, options, &chains)));
	CU_ASSERT_PTR_NULL(chains);
	CU_ASSERT_TRUE(refused(rg_growth_find((const struct rg_type_table *const *)tables, 2,
					      options, &growth)));
	CU_ASSERT_PTR_NULL(growth);
	CU_ASSERT_TRUE(refused(rg_picture_draw(graph, around, options, &picture)));
	CU_ASSERT_PTR_NULL(picture);
	CU_ASSERT_PTR_NULL_FATAL(rg_picture_new(false, &picture));
	CU_ASSERT_TRUE(refused(rg_picture_add_object(picture, graph, 0, 0, 0, options, &index)));
	CU_ASSERT_EQUAL(index, 77);
	rg_picture_free(picture);
	rg_neighborhood_free(around);
	CU_ASSERT_TRUE(refused(rg_neighborhood_find(graph, &id, 1, options, &around)));
	rg_garbage_free(garbage);
	rg_types_free(tables[0]);
	rg_builder_free(builder);
	synth_free(synth);
}

static const struct rg_test tests[] = {
	RG_TEST(none_are_all_zero),
	RG_TEST(those_of_no_size_are_whole),
	RG_TEST(older_ones_lack_the_rest),
	RG_TEST(newer_ones_must_not_ask_for_more),
	RG_TEST(a_size_nobody_set_is_refused),
	RG_TEST(all_functions_read_them_so),
	{ 0 },
};

const struct rg_suite rg_suite_options = { "options", NULL, NULL, tests };
