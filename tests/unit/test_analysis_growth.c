/* SPDX-License-Identifier: MIT */
/* Changes over a series of tables. */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"

#define ROW(n, a, c) { .name = n, .module = "", .type_address = a, .merged = 1, .count = c, \
		       .bytes = 10 * (c) }
#define TABLE(rows) { rows, sizeof(rows) / sizeof((rows)[0]), 0, 0, 0, 0 }

static const struct rg_growth_row *find(const struct rg_growth *growth, const char *name,
					size_t which)
{
	for (size_t i = 0; i < growth->count; i++)
		if (strcmp(growth->rows[i].name, name) == 0 && !which--)
			return &growth->rows[i];
	return NULL;
}

static const struct rg_type_row monday[] = {
	ROW("climbs", 0x10, 12), ROW("flat", 0x20, 5),  ROW("gone", 0x30, 7),
	ROW("settles", 0x40, 1), ROW("same", 0x50, 3),  ROW("same", 0x60, 4),
	ROW("wobbles", 0x70, 9),
};
static const struct rg_type_row tuesday[] = {
	ROW("climbs", 0x10, 20), ROW("flat", 0x20, 5),  ROW("settles", 0x40, 8),
	ROW("same", 0x60, 40),   ROW("same", 0x50, 3),  ROW("wobbles", 0x70, 2),
};
static const struct rg_type_row wednesday[] = {
	ROW("climbs", 0x10, 21), ROW("flat", 0x20, 5),  ROW("settles", 0x40, 8),
	ROW("same", 0x60, 41),   ROW("same", 0x50, 3),  ROW("wobbles", 0x70, 8),
	ROW("new", 0x80, 6),
};

static const struct rg_type_table days[] = { TABLE(monday), TABLE(tuesday), TABLE(wednesday) };
static const struct rg_type_table *const week[] = { &days[0], &days[1], &days[2] };

static void judges_each_type(void)
{
	struct rg_growth_options options = { .size = sizeof(options), .order = RG_TYPES_BY_COUNT };
	struct rg_growth *growth;
	const struct rg_growth_row *row;

	CU_ASSERT_PTR_NULL_FATAL(rg_growth_find(week, 3, &options, &growth));
	CU_ASSERT_EQUAL(growth->dumps, 3);
	CU_ASSERT_EQUAL(growth->unchanged, 2); /* flat, and same at 0x50 */
	CU_ASSERT_EQUAL_FATAL(growth->count, 6);
	CU_ASSERT_EQUAL(growth->climbing, 2);
	CU_ASSERT_STRING_EQUAL(growth->rows[0].name, "same");
	CU_ASSERT_EQUAL(growth->rows[0].type_address, 0x60);
	CU_ASSERT_EQUAL(growth->rows[0].count_delta, 37);
	CU_ASSERT_EQUAL(growth->rows[0].bytes_delta, 370);
	CU_ASSERT_EQUAL(growth->rows[0].counts[1], 40);
	CU_ASSERT_EQUAL(growth->rows[0].verdict, RG_VERDICT_CLIMBING);
	CU_ASSERT_STRING_EQUAL(growth->rows[5].name, "gone");
	CU_ASSERT_EQUAL(growth->rows[5].count_delta, -7);
	CU_ASSERT(growth->rows[5].is_gone);
	CU_ASSERT_EQUAL(growth->rows[5].verdict, RG_VERDICT_NOISE);
	row = find(growth, "settles", 0);
	CU_ASSERT_EQUAL(row->verdict, RG_VERDICT_PLATEAUED);
	row = find(growth, "climbs", 0);
	CU_ASSERT_EQUAL(row->verdict, RG_VERDICT_CLIMBING);
	row = find(growth, "wobbles", 0);
	CU_ASSERT_EQUAL(row->verdict, RG_VERDICT_NOISE);
	row = find(growth, "new", 0);
	CU_ASSERT(row->is_new && !row->is_gone);
	CU_ASSERT_EQUAL(growth->count_delta, 37 - 7 + 7 + 9 - 1 + 6);
	rg_growth_free(growth);
}

static void leaves_warmup_out(void)
{
	struct rg_growth_options options = { .size = sizeof(options), .warmup = 1 };
	struct rg_growth *growth;

	CU_ASSERT_PTR_NULL_FATAL(rg_growth_find(week, 3, &options, &growth));
	CU_ASSERT_PTR_NULL(find(growth, "gone", 0));
	CU_ASSERT_PTR_NULL(find(growth, "settles", 0));
	CU_ASSERT_EQUAL(find(growth, "climbs", 0)->count_delta, 1);
	CU_ASSERT_EQUAL(find(growth, "climbs", 0)->counts[0], 12);
	CU_ASSERT_EQUAL(find(growth, "wobbles", 0)->verdict, RG_VERDICT_CLIMBING);
	rg_growth_free(growth);
}

static void compares_with_the_peak(void)
{
	struct rg_growth_options options = { .size = sizeof(options), .peak = true };
	struct rg_growth *growth;

	/* As objgraph: wobbles grew from 2 to 8, which is below its peak of 9. */
	CU_ASSERT_PTR_NULL_FATAL(rg_growth_find(week, 3, &options, &growth));
	CU_ASSERT_EQUAL_FATAL(growth->count, 3);
	CU_ASSERT_EQUAL(find(growth, "new", 0)->count_delta, 6);
	CU_ASSERT_EQUAL(find(growth, "climbs", 0)->count_delta, 1);
	CU_ASSERT_EQUAL(find(growth, "same", 0)->count_delta, 1);
	rg_growth_free(growth);
}

static void matches_moved_types_in_order(void)
{
	static const struct rg_type_row before[] = { ROW("t", 0x10, 1), ROW("t", 0x20, 2),
						     ROW("t", 0x30, 3) };
	static const struct rg_type_row gap[] = { ROW("t", 0x20, 2) };
	static const struct rg_type_row after[] = { ROW("t", 0x99, 8), ROW("t", 0x20, 5),
						    ROW("t", 0x10, 4) };
	const struct rg_type_table tables[] = { TABLE(before), TABLE(gap), TABLE(after) };
	const struct rg_type_table *const series[] = { &tables[0], &tables[1], &tables[2] };
	struct rg_growth *growth;

	CU_ASSERT_PTR_NULL_FATAL(rg_growth_find(series, 3, NULL, &growth));
	CU_ASSERT_EQUAL_FATAL(growth->count, 3);
	/* 0x10 comes back at its address, 0x30 as what is left over. */
	CU_ASSERT_EQUAL(growth->rows[0].type_address, 0x99);
	CU_ASSERT_EQUAL(growth->rows[0].counts[0], 3);
	CU_ASSERT_EQUAL(growth->rows[0].counts[1], 0);
	CU_ASSERT_EQUAL(growth->rows[1].type_address, 0x10);
	CU_ASSERT_EQUAL(growth->rows[1].counts[0], 1);
	CU_ASSERT_EQUAL(growth->rows[2].type_address, 0x20);
	CU_ASSERT_EQUAL(growth->rows[2].counts[0], 2);
	rg_growth_free(growth);
}

static void refuses_a_single_dump(void)
{
	struct rg_growth_options options = { .size = sizeof(options), .warmup = 2 };
	struct rg_growth *growth;
	rg_error *error = rg_growth_find(week, 1, NULL, &growth);

	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	error = rg_growth_find(week, 3, &options, &growth);
	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	rg_error_free(error);
}

static void survives_failed_allocations(void)
{
	int64_t failures = 0;

	for (;; failures++) {
		struct rg_growth *growth = NULL;
		rg_error *error;

		rg_alloc_fail_after(failures);
		error = rg_growth_find(week, 3, NULL, &growth);
		rg_alloc_fail_after(-1);
		rg_growth_free(growth);
		if (!error)
			break;
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
	}
	CU_ASSERT(failures >= 5);
}

static const struct rg_test tests[] = {
	RG_TEST(judges_each_type),
	RG_TEST(leaves_warmup_out),
	RG_TEST(compares_with_the_peak),
	RG_TEST(matches_moved_types_in_order),
	RG_TEST(refuses_a_single_dump),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_growth = { "analysis_growth", NULL, NULL, tests };
