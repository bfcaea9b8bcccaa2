/* SPDX-License-Identifier: MIT */
/* Changes over a series of tables. */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "support/synth.h"

#define ROW(n, a, c) { .name = n, .module = "", .type_address = a, .merged = 1, .count = c, \
		       .bytes = 10 * (c) }
#define TABLE(all) { .rows = (all), .count = sizeof(all) / sizeof((all)[0]) }

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

#define MOST_DUMPS 9

/* One type "t" with these numbers, a table a dump, through rg_growth_find(). */
static struct rg_growth *find_series(const uint64_t *counts, const uint64_t *bytes, size_t dumps,
				     const struct rg_growth_options *options)
{
	struct rg_type_row rows[MOST_DUMPS];
	struct rg_type_table tables[MOST_DUMPS];
	const struct rg_type_table *series[MOST_DUMPS];
	struct rg_growth *growth = NULL;

	for (size_t d = 0; d < dumps; d++) {
		rows[d] = (struct rg_type_row){ .name = "t", .module = "", .merged = 1,
						.count = counts[d], .bytes = bytes[d] };
		tables[d] = (struct rg_type_table){ .rows = &rows[d],
						    .count = counts[d] || bytes[d] };
		series[d] = &tables[d];
	}
	CU_ASSERT_PTR_NULL_FATAL(rg_growth_find(series, dumps, options, &growth));
	return growth;
}

/* As the header words it, found by looking at everything. */
static enum rg_verdict judge_slowly(const uint64_t *numbers, size_t count)
{
	size_t steps = count - 1, grew = 0, same = 0;
	bool is_record = true, is_highest = true;

	for (size_t i = 1; i < count; i++)
		grew += numbers[i] > numbers[i - 1];
	for (size_t i = 0; i + 1 < count; i++) {
		is_record = is_record && numbers[steps] > numbers[i];
		is_highest = is_highest && numbers[steps] >= numbers[i];
	}
	for (size_t i = count; i-- > 0 && numbers[i] == numbers[steps];)
		same++;
	if (is_record && 6 * (steps - grew) <= steps)
		return RG_VERDICT_CLIMBING;
	if (numbers[steps] > numbers[0] && is_highest && same >= 2 && 4 * (same - 1) >= steps)
		return RG_VERDICT_PLATEAUED;
	return RG_VERDICT_NOISE;
}

/* The textbook's formula. */
static double slope_slowly(const uint64_t *numbers, size_t count)
{
	double n = (double)count, x = 0, y = 0, xx = 0, xy = 0;

	for (size_t i = 0; i < count; i++) {
		x += (double)i;
		y += (double)numbers[i];
		xx += (double)i * (double)i;
		xy += (double)i * (double)numbers[i];
	}
	return (n * xy - x * y) / (n * xx - x * x);
}

static bool is_near(double a, double b)
{
	return a - b < 1e-6 && b - a < 1e-6;
}

static void agrees_with_brute_force(void)
{
	struct synth_random random = { 4711 };
	size_t met[3] = { 0 };

	for (int round = 0; round < 20000; round++) {
		size_t dumps = 2 + synth_random(&random, MOST_DUMPS - 1), warmup, count;
		uint64_t counts[MOST_DUMPS], bytes[MOST_DUMPS];
		struct rg_growth_options options = { .size = sizeof(options), .all = true };
		bool rising = synth_random(&random, 2), flat = !synth_random(&random, 4);
		const struct rg_growth_row *row;
		struct rg_growth *growth;
		enum rg_verdict verdict;

		warmup = synth_random(&random, (uint32_t)dumps - 1);
		count = dumps - warmup;
		for (size_t d = 0; d < dumps; d++) {
			counts[d] = flat ? 5 : 1 + synth_random(&random, 4) + (rising ? 2 * d : 0);
			bytes[d] = synth_random(&random, 3) * 100 + (rising ? 150 * d : 0);
		}
		flat = true;
		for (size_t d = warmup; d < dumps; d++)
			flat = flat && counts[d] == counts[warmup];
		options.warmup = warmup;
		growth = find_series(counts, bytes, dumps, &options);
		CU_ASSERT_EQUAL_FATAL(growth->count, 1);
		row = &growth->rows[0];
		verdict = judge_slowly(flat ? bytes + warmup : counts + warmup, count);
		CU_ASSERT_EQUAL(row->verdict, verdict);
		CU_ASSERT_EQUAL(growth->climbing, verdict == RG_VERDICT_CLIMBING);
		CU_ASSERT(is_near(row->count_slope, slope_slowly(counts + warmup, count)));
		CU_ASSERT(is_near(row->bytes_slope, slope_slowly(bytes + warmup, count)));
		CU_ASSERT_EQUAL(row->count_delta, (int64_t)(counts[dumps - 1] - counts[warmup]));
		met[verdict]++;
		rg_growth_free(growth);
	}
	CU_ASSERT(met[0] > 100 && met[1] > 100 && met[2] > 100);
}

/* All orders of the numbers 0 to @count - 1: of how many the last is said to climb. */
static void permute(uint64_t *numbers, size_t at, size_t count, size_t *climbing, size_t *all)
{
	if (at == count) {
		struct rg_growth_options options = { .size = sizeof(options), .all = true };
		struct rg_growth *growth = find_series(numbers, numbers, count, &options);

		*climbing += growth->climbing;
		(*all)++;
		rg_growth_free(growth);
		return;
	}
	for (size_t i = at; i < count; i++) {
		uint64_t kept = numbers[at];

		numbers[at] = numbers[i];
		numbers[i] = kept;
		permute(numbers, at + 1, count, climbing, all);
		numbers[i] = numbers[at];
		numbers[at] = kept;
	}
}

static void takes_little_noise_for_a_climb(void)
{
	static const size_t one_in[] = { [3] = 6, [4] = 24, [5] = 87, [6] = 87, [7] = 86,
					 [8] = 87 };

	/* What the header promises; one in 86.9 with seven dumps. */
	for (size_t dumps = 3; dumps <= 8; dumps++) {
		uint64_t numbers[MOST_DUMPS];
		size_t climbing = 0, all = 0;

		for (size_t d = 0; d < dumps; d++)
			numbers[d] = d;
		permute(numbers, 0, dumps, &climbing, &all);
		CU_ASSERT(climbing >= 1);
		CU_ASSERT(climbing * one_in[dumps] <= all);
	}
}

static void forgives_a_pause_in_a_long_climb(void)
{
	static const uint64_t steady[] = { 10, 20, 20, 30, 40, 50, 60 };
	static const uint64_t shorter[] = { 10, 20, 20, 30, 40, 50 };
	static const uint64_t twice[] = { 10, 20, 20, 30, 40, 39, 60 };
	static const uint64_t settled[] = { 10, 20, 30, 40, 40 };
	static const uint64_t briefly[] = { 10, 20, 30, 40, 50, 60, 60 };
	struct rg_growth *growth;

	growth = find_series(steady, steady, 7, NULL);
	CU_ASSERT_EQUAL(growth->rows[0].verdict, RG_VERDICT_CLIMBING);
	CU_ASSERT_EQUAL(growth->rows[0].grown, 5);
	rg_growth_free(growth);
	growth = find_series(shorter, shorter, 6, NULL);
	CU_ASSERT_EQUAL(growth->rows[0].verdict, RG_VERDICT_NOISE);
	rg_growth_free(growth);
	growth = find_series(twice, twice, 7, NULL);
	CU_ASSERT_EQUAL(growth->rows[0].verdict, RG_VERDICT_NOISE);
	rg_growth_free(growth);
	growth = find_series(settled, settled, 5, NULL);
	CU_ASSERT_EQUAL(growth->rows[0].verdict, RG_VERDICT_PLATEAUED);
	rg_growth_free(growth);
	growth = find_series(briefly, briefly, 7, NULL);
	CU_ASSERT_EQUAL(growth->rows[0].verdict, RG_VERDICT_NOISE);
	rg_growth_free(growth);
}

static void knows_what_warmup_alone_had(void)
{
	static const uint64_t counts[] = { 5, 0, 0 };
	struct rg_growth_options options = { .size = sizeof(options), .warmup = 1 };
	struct rg_growth *growth = find_series(counts, counts, 3, &options);

	/* It is neither news, nor one that did not change. */
	CU_ASSERT_EQUAL(growth->count, 0);
	CU_ASSERT_EQUAL(growth->unchanged, 0);
	rg_growth_free(growth);
	options.all = true;
	growth = find_series(counts, counts, 3, &options);
	CU_ASSERT_EQUAL_FATAL(growth->count, 1);
	CU_ASSERT(!growth->rows[0].is_new && !growth->rows[0].is_gone);
	CU_ASSERT_EQUAL(growth->rows[0].verdict, RG_VERDICT_NOISE);
	rg_growth_free(growth);
}

/* objgraph's growth(), called once a dump: what is above the peak, and by how much. */
static void peaks_are_those_of_objgraph(void)
{
	struct synth_random random = { 42 };

	for (int round = 0; round < 2000; round++) {
		size_t dumps = 2 + synth_random(&random, MOST_DUMPS - 1);
		struct rg_growth_options options = { .size = sizeof(options), .peak = true };
		uint64_t counts[MOST_DUMPS], peak = 0, delta = 0;
		struct rg_growth *growth;

		for (size_t d = 0; d < dumps; d++)
			counts[d] = synth_random(&random, 6);
		for (size_t d = 0; d < dumps; d++) {
			delta = counts[d] > peak ? counts[d] - peak : 0;
			peak += delta;
		}
		growth = find_series(counts, counts, dumps, &options);
		CU_ASSERT_EQUAL_FATAL(growth->count, delta > 0);
		if (delta)
			CU_ASSERT_EQUAL(growth->rows[0].count_delta, (int64_t)delta);
		rg_growth_free(growth);
	}
}

static void stops_at_what_a_number_holds(void)
{
	static const uint64_t up[] = { 0, UINT64_MAX }, down[] = { UINT64_MAX, 1 };
	struct rg_growth_options options = { .size = sizeof(options) };
	struct rg_type_row rows[] = { ROW("a", 0x10, 0), ROW("b", 0x20, 0) };
	struct rg_type_table tables[] = { { .rows = rows }, { .rows = rows, .count = 2 } };
	const struct rg_type_table *const series[] = { &tables[0], &tables[1] };
	struct rg_growth *growth = find_series(up, up, 2, &options);

	CU_ASSERT_EQUAL(growth->rows[0].count_delta, INT64_MAX);
	CU_ASSERT_EQUAL(growth->bytes_delta, INT64_MAX);
	CU_ASSERT(growth->rows[0].count_slope > 1.8446744073709e19);
	rg_growth_free(growth);
	growth = find_series(down, down, 2, &options);
	CU_ASSERT_EQUAL(growth->rows[0].count_delta, INT64_MIN);
	CU_ASSERT(growth->rows[0].count_slope < -1.8446744073709e19);
	rg_growth_free(growth);
	rows[0].bytes = rows[1].bytes = UINT64_MAX;
	rows[0].owned = rows[1].owned = UINT64_MAX;
	CU_ASSERT_PTR_NULL_FATAL(rg_growth_find(series, 2, &options, &growth));
	CU_ASSERT_EQUAL(growth->bytes_delta, INT64_MAX);
	CU_ASSERT_EQUAL(growth->owned_delta, INT64_MAX);
	rg_growth_free(growth);
}

static const struct rg_test tests[] = {
	RG_TEST(agrees_with_brute_force),
	RG_TEST(takes_little_noise_for_a_climb),
	RG_TEST(forgives_a_pause_in_a_long_climb),
	RG_TEST(knows_what_warmup_alone_had),
	RG_TEST(peaks_are_those_of_objgraph),
	RG_TEST(stops_at_what_a_number_holds),
	RG_TEST(judges_each_type),
	RG_TEST(leaves_warmup_out),
	RG_TEST(compares_with_the_peak),
	RG_TEST(matches_moved_types_in_order),
	RG_TEST(refuses_a_single_dump),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_growth = { "analysis_growth", NULL, NULL, tests };
