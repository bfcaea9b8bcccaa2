/* SPDX-License-Identifier: MIT */
/* Conditions of a gate: what is one, what it says, and what it does with nonsense. */
#include "unit/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "support/synth.h"

/* Three dumps; the last word of each name is its short name. */
#define ROW(n, s, c, b, o) { .name = n, .short_name = s, .module = "", .merged = 1, .count = c, \
			     .bytes = b, .owned = o }
#define TABLE(all) { .rows = (all), .count = sizeof(all) / sizeof((all)[0]) }

static const struct rg_type_row first[] = {
	ROW("app.Session", "Session", 100, 4800, 10), ROW("app.Old", "Old", 7, 70, 0),
	ROW("list", "list", 50, 5000, 400),
};
static const struct rg_type_row second[] = {
	ROW("app.Session", "Session", 150, 7200, 20), ROW("list", "list", 60, 6000, 400),
	ROW("f.<locals>.A (1)", "A (1)", 1, 16, 0),
};
static const struct rg_type_row third[] = {
	ROW("app.Session", "Session", 250, 12000, 30), ROW("list", "list", 60, 6000, 400),
	ROW("f.<locals>.A (1)", "A (1)", 2, 32, 0), ROW("app.New", "New", 3, 3 << 20, 0),
};
static const struct rg_type_table tables[] = { TABLE(first), TABLE(second), TABLE(third) };
static const struct rg_type_table *const series[] = { &tables[0], &tables[1], &tables[2] };

static struct rg_growth *growth_of(size_t warmup)
{
	struct rg_growth_options options = { .size = sizeof(options), .all = true,
					     .warmup = warmup };
	struct rg_growth *growth = NULL;

	CU_ASSERT_PTR_NULL_FATAL(rg_growth_find(series, 3, &options, &growth));
	return growth;
}

static struct rg_judgement *judge(const char *text, const struct rg_growth *growth,
				  rg_condition **ret)
{
	struct rg_judgement *judgement = NULL;
	rg_condition *condition = NULL;
	rg_error *error = rg_condition_parse(text, &condition);

	if (error)
		printf("# %s: %s\n", text, rg_error_message(error));
	CU_ASSERT_PTR_NULL_FATAL(error);
	CU_ASSERT_STRING_EQUAL(rg_condition_text(condition), text);
	CU_ASSERT_EQUAL(rg_condition_fault(text), SIZE_MAX);
	CU_ASSERT_PTR_NULL_FATAL(rg_condition_judge(condition, growth, &judgement));
	*ret = condition;
	return judgement;
}

/* The value of the only comparison of @text. */
static double value_of(const char *text, const struct rg_growth *growth)
{
	rg_condition *condition;
	struct rg_judgement *judgement = judge(text, growth, &condition);
	double value = judgement->facts[0].value;

	CU_ASSERT_EQUAL(judgement->fact_count, 1);
	rg_judgement_free(judgement);
	rg_condition_free(condition);
	return value;
}

static bool holds(const char *text, const struct rg_growth *growth)
{
	rg_condition *condition;
	struct rg_judgement *judgement = judge(text, growth, &condition);
	bool result = judgement->holds;

	rg_judgement_free(judgement);
	rg_condition_free(condition);
	return result;
}

static bool is(double a, double b)
{
	return a - b < 1e-9 && b - a < 1e-9;
}

static void adds_up_what_fits(void)
{
	struct rg_growth *growth = growth_of(0);

	CU_ASSERT(is(value_of("count(app.Session) > 1", growth), 250));
	CU_ASSERT(is(value_of("count(Session)>1", growth), 250));
	CU_ASSERT(is(value_of("count( app.* ) > 1", growth), 253));
	CU_ASSERT(is(value_of("bytes(*) > 1", growth), 12000 + 6000 + 32 + (3 << 20)));
	CU_ASSERT(is(value_of("owned(*) > 1", growth), 430));
	CU_ASSERT(is(value_of("delta_count(*) > 1", growth), 150 - 7 + 10 + 2 + 3));
	CU_ASSERT(is(value_of("delta_bytes(Session) > 1", growth), 7200));
	CU_ASSERT(is(value_of("delta_owned(Session) > 1", growth), 20));
	CU_ASSERT(is(value_of("slope_count(Session) > 1", growth), 75));
	CU_ASSERT(is(value_of("slope_bytes(Session) > 1", growth), 3600));
	CU_ASSERT(is(value_of("slope_owned(Session) > 1", growth), 10));
	CU_ASSERT(is(value_of("new(*) > 1", growth), 2));
	CU_ASSERT(is(value_of("gone(*) > 1", growth), 1));
	CU_ASSERT(is(value_of("climbing(*) > 1", growth), 2));
	CU_ASSERT(is(value_of("plateaued(*) > 1", growth), 1));
	CU_ASSERT(is(value_of("count('f.<locals>.A (1)') > 1", growth), 2));
	CU_ASSERT(is(value_of("count(\"A (?)\") > 1", growth), 2));
	CU_ASSERT(is(value_of("count(f.<locals>.A*) > 1", growth), 2));
	CU_ASSERT(is(value_of("delta_bytes(Session) + delta_owned(Session) > 1", growth), 7220));
	CU_ASSERT(is(value_of("- count(list) + 2.5 > 1", growth), -57.5));
	CU_ASSERT(is(value_of("1K - count(list) > 1", growth), 964));
	rg_growth_free(growth);
}

static void leaves_warmup_out(void)
{
	struct rg_growth *growth = growth_of(1);

	CU_ASSERT(is(value_of("delta_count(Session) > 1", growth), 100));
	CU_ASSERT(is(value_of("delta_count(*) > 1", growth), 100 + 1 + 3));
	CU_ASSERT(is(value_of("gone(*) > 1", growth), 0));
	CU_ASSERT(is(value_of("new(*) > 1", growth), 1));
	CU_ASSERT(holds("delta_count(list) == 0", growth));
	CU_ASSERT(holds("delta_count(Session) <= 66.7%", growth));
	CU_ASSERT(!holds("delta_count(Session) <= 66.6%", growth));
	rg_growth_free(growth);
}

static void compares_and_joins(void)
{
	static const struct {
		const char *text;
		bool holds;
	} cases[] = {
		{ "count(list) > 59", true },      { "count(list) > 60", false },
		{ "count(list) >= 60", true },     { "count(list) >= 61", false },
		{ "count(list) < 61", true },      { "count(list) < 60", false },
		{ "count(list) <= 60", true },     { "count(list) <= 59", false },
		{ "count(list) == 60", true },     { "count(list) == 61", false },
		{ "count(list) != 61", true },     { "count(list) != 60", false },
		{ "59 < count(list)", true },      { "count(Session) > count(list)", true },
		{ "delta_count(app.Old) < -6", true }, { "delta_count(app.Old) < - 7", false },
		{ "bytes(app.New) == 3M", true },  { "bytes(app.New) == 3072k", true },
		{ "bytes(app.New) > 0.003G", false }, { "bytes(app.New) > 0.0029G", true },
		{ "bytes(*) < 1T", true },
		{ "delta_count(Session) > 149%", true }, { "delta_count(Session) > 150%", false },
		{ "slope_count(Session) == 75%", true },
		/* There were none of it. */
		{ "delta_count(app.New) > 1000%", true }, { "delta_count(nothing) > 0%", false },
		{ "not count(list) > 60", true },  { "not not count(list) > 60", false },
		{ "count(list) > 1 or count(list) > 1 and count(list) > 99", true },
		{ "(count(list) > 1 or count(list) > 1) and count(list) > 99", false },
		{ "not count(list) > 1 or count(list) == 60", true },
		{ "not (count(list) > 1 or count(list) == 60)", false },
	};
	struct rg_growth *growth = growth_of(0);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		bool result = holds(cases[i].text, growth);

		if (result != cases[i].holds)
			printf("# %s\n", cases[i].text);
		CU_ASSERT_EQUAL(result, cases[i].holds);
	}
	/* A number ends where letters begin, and so it is none. */
	CU_ASSERT_EQUAL(rg_condition_fault("count(list)>1and count(list)>1"), 12);
	CU_ASSERT_EQUAL(rg_condition_fault("count(a) > count(b)or count(c) > 1"), SIZE_MAX);
	rg_growth_free(growth);
}

static void names_what_decides(void)
{
	struct rg_growth *growth = growth_of(0);
	rg_condition *condition;
	struct rg_judgement *judgement;

	judgement = judge("count(list) > 99 or not (count(Session)>300 or count(Sesion) < 0) and "
			  "delta_bytes(*) > 1K", growth, &condition);
	CU_ASSERT(judgement->holds);
	CU_ASSERT_EQUAL_FATAL(judgement->fact_count, 3);
	CU_ASSERT_STRING_EQUAL(judgement->facts[0].text, "count(Session)>300");
	CU_ASSERT(!judgement->facts[0].holds && !judgement->facts[0].bytes);
	CU_ASSERT(is(judgement->facts[0].value, 250) && is(judgement->facts[0].limit, 300));
	CU_ASSERT_STRING_EQUAL(judgement->facts[1].text, "count(Sesion) < 0");
	CU_ASSERT_STRING_EQUAL(judgement->facts[2].text, "delta_bytes(*) > 1K");
	CU_ASSERT(judgement->facts[2].holds && judgement->facts[2].bytes);
	CU_ASSERT_EQUAL_FATAL(judgement->unknown_count, 1);
	CU_ASSERT_STRING_EQUAL(judgement->unknown[0], "Sesion");
	CU_ASSERT(rg_condition_concerns(condition, &growth->rows[0]));
	rg_judgement_free(judgement);
	rg_condition_free(condition);
	/* Of a conjunction that fails only what fails decides. */
	judgement = judge("count(list) > 1 and count(x) > 1 and count(x) > 2", growth, &condition);
	CU_ASSERT(!judgement->holds);
	CU_ASSERT_EQUAL(judgement->fact_count, 2);
	CU_ASSERT_EQUAL(judgement->unknown_count, 1);
	rg_judgement_free(judgement);
	rg_condition_free(condition);
	rg_growth_free(growth);
}

static void wants_all_types(void)
{
	struct rg_growth_options options = { .size = sizeof(options), .all = true, .peak = true };
	struct rg_judgement *judgement = NULL;
	rg_condition *condition;
	struct rg_growth *growth;
	rg_error *error;

	CU_ASSERT_PTR_NULL_FATAL(rg_condition_parse("count(*) > 1", &condition));
	for (int i = 0; i < 2; i++) {
		CU_ASSERT_PTR_NULL_FATAL(rg_growth_find(series, 3, i ? NULL : &options, &growth));
		error = rg_condition_judge(condition, growth, &judgement);
		CU_ASSERT_PTR_NOT_NULL_FATAL(error);
		CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
		CU_ASSERT_PTR_NULL(judgement);
		rg_error_free(error);
		rg_growth_free(growth);
	}
	rg_condition_free(condition);
}

static void refuse(const char *text, size_t at, const char *expected)
{
	rg_condition *condition = NULL;
	rg_error *error = rg_condition_parse(text, &condition);

	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_PTR_NULL(condition);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	if (rg_condition_fault(text) != at || !strstr(rg_error_message(error), expected))
		printf("# %.80s: %zu, %s\n", text, rg_condition_fault(text),
		       rg_error_message(error));
	CU_ASSERT_EQUAL(rg_condition_fault(text), at);
	CU_ASSERT_PTR_NOT_NULL(strstr(rg_error_message(error), expected));
	rg_error_free(error);
}

/* ---- containers and survivors ------------------------------------------------------- */

static const uint64_t elements[] = { 100, 200, 400 }, retained[] = { 1000, 2000, 3000 };
static const uint64_t there[] = { 1, 1, 1 };
#define CONTAINER(p, s, d) { .signature = s, .shape = "m>dict." p, .path = "m['" p "']",          \
			     .type = "list", .element_type = "", .containers = there,              \
			     .elements = elements, .retained = retained, .element_delta = d,       \
			     .retained_delta = 2000, .slope = 150, .exclusive = 700 }

/* The value of the only comparison of @text, of two containers and of survivors. */
static double value_of_all(const char *text, size_t *ret_unknown)
{
	struct rg_container_growth_row rows[] = {
		CONTAINER("cache", "sig1:0000000000000001", 300),
		CONTAINER("queue", "sig1:0000000000000002", 30),
	};
	struct rg_container_growth containers = { .rows = rows, .count = 2, .dumps = 3 };
	struct rg_condition_subject subject = { .size = sizeof(subject),
						.growth = growth_of(0),
						.containers = &containers,
						.survivors = &tables[1] };
	struct rg_judgement *judgement;
	rg_condition *condition;
	double value;

	rows[0].weighed = true;
	CU_ASSERT_PTR_NULL_FATAL(rg_condition_parse(text, &condition));
	CU_ASSERT_EQUAL(rg_condition_concerns_container(condition, &rows[0]),
			strstr(text, "cache") || strstr(text, "elements(*"));
	CU_ASSERT_PTR_NULL_FATAL(rg_condition_judge_all(condition, &subject, &judgement));
	CU_ASSERT_EQUAL_FATAL(judgement->fact_count, 1);
	value = judgement->facts[0].value;
	*ret_unknown = judgement->unknown_count + 10 * judgement->unknown_container_count;
	rg_judgement_free(judgement);
	rg_condition_free(condition);
	rg_growth_free((struct rg_growth *)subject.growth);
	return value;
}

static void asks_about_containers_and_survivors(void)
{
	static const struct {
		const char *text;
		double value;
		size_t unknown;
	} cases[] = {
		{ "elements(\"m['cache']\") > 0", 400, 0 },
		{ "elements(m>dict.cache) > 0", 400, 0 },
		{ "elements(*) > 0", 800, 0 },
		{ "delta_elements(\"*cache*\") > 50%", 300, 0 },
		{ "slope_elements(\"m['queue']\") > 0", 150, 0 },
		{ "retained(sig1:0000000000000002) > 0", 3000, 0 },
		{ "delta_retained('*queue*') > 0", 2000, 0 },
		{ "exclusive(\"m['cache']\") > 0", 700, 0 },
		{ "exclusive(\"m['queue']\") > 0", 2000, 0 },
		{ "elements(\"m['cash']\") > 0", 0, 10 },
		{ "survivors(app.Session) > 0", 150, 0 },
		{ "survivors(Session) + survivors(list) > 0", 210, 0 },
		{ "survivor_bytes(list) > 1K", 6400, 0 },
		{ "survivors(Sesion) > 0", 0, 1 },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		size_t unknown;

		CU_ASSERT_DOUBLE_EQUAL(value_of_all(cases[i].text, &unknown), cases[i].value, 1e-9);
		CU_ASSERT_EQUAL(unknown, cases[i].unknown);
	}
}

static void wants_what_it_asks_about(void)
{
	static const struct {
		const char *text;
		unsigned int needs;
	} cases[] = {
		{ "count(*) > 1", 0 },
		{ "count(*) > 1 or elements(*) > 1", RG_CONDITION_NEEDS_CONTAINERS },
		{ "survivors(*) > 1", RG_CONDITION_NEEDS_SURVIVORS },
		{ "exclusive(*) > survivor_bytes(*)",
		  RG_CONDITION_NEEDS_CONTAINERS | RG_CONDITION_NEEDS_SURVIVORS },
	};
	struct rg_growth *growth = growth_of(0);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rg_judgement *judgement = NULL;
		rg_condition *condition;
		rg_error *error;

		CU_ASSERT_PTR_NULL_FATAL(rg_condition_parse(cases[i].text, &condition));
		CU_ASSERT_EQUAL(rg_condition_needs(condition), cases[i].needs);
		error = rg_condition_judge(condition, growth, &judgement);
		CU_ASSERT_EQUAL(error != NULL, cases[i].needs != 0);
		if (error)
			CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
		rg_error_free(error);
		rg_judgement_free(judgement);
		rg_condition_free(condition);
	}
	rg_growth_free(growth);
}

static void says_where_it_is_wrong(void)
{
	refuse("", 0, "column 1: expected a number or a function");
	refuse("  ", 2, "column 3");
	refuse("cuont(x) > 1", 0, "expected a function (count, bytes");
	refuse("count", 5, "expected ( and a type");
	refuse("count x", 6, "expected ( and a type, not 'x'");
	refuse("count(", 6, "expected a type or a pattern");
	refuse("count()", 6, "expected a type or a pattern");
	refuse("count('x) > 1", 6, "expected a type or a pattern");
	refuse("count('') > 1", 6, "expected a type or a pattern");
	refuse("count(x", 7, "expected )");
	refuse("count(x y) > 1", 8, "expected ), not 'y'");
	refuse("count(x)", 8, "expected one of > >=");
	refuse("count(x) ! 1", 9, "expected one of > >= < <= = !=, not '!'");
	refuse("count(x) >", 10, "expected a number or a function");
	refuse("count(x) > 1e9", 11, "not '1e9'");
	refuse("count(x) > 1.", 11, "not '1.'");
	refuse("count(x) > .5", 11, "not '.'");
	refuse("count(x) > 10MB", 11, "not '10MB'");
	refuse("count(x) > 9223372036854775808", 11, "expected a number");
	refuse("count(x) > 8388608T", 11, "expected a number");
	refuse("count(x) > 1 2", 13, "expected and, or, or the end, not '2'");
	refuse("count(x) > 1 && 1", 13, "not '&'");
	refuse("count(x) > 1 or", 15, "expected a number or a function");
	refuse("(count(x) > 1", 13, "expected and, or, or )");
	refuse("count(x) > 1)", 12, "expected and, or, or the end");
	refuse("1 < 2", 0, "expected a function");
	refuse("count(x) > 5%", 11, "expected no %");
	refuse("delta_count(x) + count(x) > 5%", 28, "expected no %");
	refuse("delta_count(x) + 1 > 5%", 21, "expected no %");
	refuse("delta_count(x) > 5% + 1", 17, "expected no %");
	refuse("5% > delta_count(x)", 0, "expected no %");
	refuse("c\xc3\xbcnt(x) > 1", 0, "expected a function");
	refuse("\xc3\xbc", 0, "not '\xc3\xbc'");
	refuse("count(x) > \x01", 11, "expected a number");
}

/* @count times @part, then @end. */
static char *repeat(const char *part, size_t count, const char *end)
{
	char *text = calloc(1, strlen(part) * count + strlen(end) + 1), *at = text;

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	for (size_t i = 0; i < count; i++)
		at = stpcpy(at, part);
	strcpy(at, end);
	return text;
}

static void has_limits(void)
{
	static const struct {
		const char *part;
		size_t most;
		const char *end, *expected;
	} cases[] = {
		{ "(", 31, "count(x)>1", "32 within each other" },
		{ "not ", 31, "count(x)>1", "32 within each other" },
		{ "count(x)>1 or ", 99, "count(x)>1", "100 comparisons" },
		{ "1+", 248, "count(x)>1", "250 terms" },
		{ " ", 4086, "count(x)>1", "4096 bytes" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *most = repeat(cases[i].part, cases[i].most, cases[i].end);
		char *more = repeat(cases[i].part, cases[i].most + 1, cases[i].end);
		char *tens = repeat(cases[i].part, 100000, cases[i].end);
		size_t at = rg_condition_fault(more);

		if (i == 0) {
			/* What is opened is closed again. */
			most = realloc(most, strlen(most) + 32);
			CU_ASSERT_PTR_NOT_NULL_FATAL(most);
			for (size_t n = 0; n < 31; n++)
				strcat(most, ")");
		}
		CU_ASSERT_EQUAL(rg_condition_fault(most), SIZE_MAX);
		refuse(more, at, cases[i].expected);
		CU_ASSERT(rg_condition_fault(tens) <= 4096);
		free(most);
		free(more);
		free(tens);
	}
}

/* A random condition as text, and whether it holds of the numbers that the test knows. */
static bool grow_condition(struct synth_random *random, unsigned int depth, char *text)
{
	static const char *const signs[] = { ">", ">=", "<", "<=", "==", "!=" };
	static const struct {
		const char *name;
		int value;
	} known[] = {
		{ "count(list)", 60 }, { "delta_count(app.Old)", -7 }, { "gone(*)", 1 },
		{ "slope_owned(Session)", 10 }, { "count(none)", 0 },
	};
	uint32_t way = depth ? synth_random(random, 5) : 0;
	bool left, right;
	int limit, value;
	size_t which;

	switch (way) {
	case 1:
		strcat(text, "not (");
		left = grow_condition(random, depth - 1, text);
		strcat(text, ")");
		return !left;
	case 2:
	case 3:
		strcat(text, "(");
		left = grow_condition(random, depth - 1, text);
		strcat(text, way == 2 ? ") and (" : ") or (");
		right = grow_condition(random, depth - 1, text);
		strcat(text, ")");
		return way == 2 ? left && right : left || right;
	default:
		which = synth_random(random, sizeof(known) / sizeof(known[0]));
		value = known[which].value;
		limit = value + (int)synth_random(random, 3) - 1;
		way = synth_random(random, 6);
		sprintf(text + strlen(text), "%s %s %d", known[which].name, signs[way], limit);
		return way == 0   ? value > limit
		       : way == 1 ? value >= limit
		       : way == 2 ? value < limit
		       : way == 3 ? value <= limit
		       : way == 4 ? value == limit
				  : value != limit;
	}
}

static void agrees_with_brute_force(void)
{
	struct rg_growth *growth = growth_of(0);
	struct synth_random random = { 7 };
	size_t met = 0;

	for (int round = 0; round < 5000; round++) {
		char text[4096] = "";
		bool expected = grow_condition(&random, 4, text);

		CU_ASSERT_EQUAL(holds(text, growth), expected);
		met += expected;
	}
	CU_ASSERT(met > 1000 && met < 4000);
	rg_growth_free(growth);
}

/* Whatever it is given it says no, or yes and can be judged. */
static void survives_nonsense(void)
{
	static const char *const words[] = {
		"count", "(", ")", "*", "delta_bytes", "%", "5", "and", "or", "not", ">", "<=", "'",
		"\"", "-", "+", "1.5K", " ", "\xff", "\x01", "=", "app.*", "9999999999999999999",
	};
	struct rg_growth *growth = growth_of(0);
	struct synth_random random = { 11 };

	for (int round = 0; round < 20000; round++) {
		char text[256] = "";
		size_t count = synth_random(&random, 14);
		rg_condition *condition = NULL;
		rg_error *error;

		for (size_t i = 0; i < count; i++)
			strcat(text, words[synth_random(&random,
							sizeof(words) / sizeof(words[0]))]);
		error = rg_condition_parse(text, &condition);
		CU_ASSERT_EQUAL(error == NULL, rg_condition_fault(text) == SIZE_MAX);
		if (error) {
			CU_ASSERT(rg_condition_fault(text) <= strlen(text));
		} else {
			struct rg_judgement *judgement;

			CU_ASSERT_PTR_NULL(rg_condition_judge(condition, growth, &judgement));
			rg_judgement_free(judgement);
		}
		rg_error_free(error);
		rg_condition_free(condition);
	}
	rg_growth_free(growth);
}

static void survives_failed_allocations(void)
{
	struct rg_growth *growth = growth_of(0);
	int64_t failures = 0;

	for (;; failures++) {
		rg_condition *condition = NULL;
		struct rg_judgement *judgement = NULL;
		rg_error *error;

		rg_alloc_fail_after(failures);
		error = rg_condition_parse("count(*) > 1 and new(*) > 0", &condition);
		if (!error)
			error = rg_condition_judge(condition, growth, &judgement);
		rg_alloc_fail_after(-1);
		rg_judgement_free(judgement);
		rg_condition_free(condition);
		if (!error)
			break;
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
	}
	CU_ASSERT(failures >= 3);
	rg_growth_free(growth);
}

static const struct rg_test tests[] = {
	RG_TEST(adds_up_what_fits),
	RG_TEST(leaves_warmup_out),
	RG_TEST(compares_and_joins),
	RG_TEST(names_what_decides),
	RG_TEST(wants_all_types),
	RG_TEST(asks_about_containers_and_survivors),
	RG_TEST(wants_what_it_asks_about),
	RG_TEST(says_where_it_is_wrong),
	RG_TEST(has_limits),
	RG_TEST(agrees_with_brute_force),
	RG_TEST(survives_nonsense),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_condition = { "analysis_condition", NULL, NULL, tests };
