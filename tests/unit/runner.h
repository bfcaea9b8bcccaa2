/* SPDX-License-Identifier: MIT */
/*
 * What a unit test file gives to the runner.  A file tests/unit/test_X.c tests
 * one noun, ends in one rg_suite_X and is listed once, in tests/unit/local.mk:
 * the table of suites is made from that list, and a file that is not listed
 * fails tests/checks/listed.py.
 *
 *	static void parses_an_empty_note(void)
 *	{
 *		CU_ASSERT_EQUAL(...);
 *	}
 *
 *	static const struct rg_test tests[] = {
 *		RG_TEST(parses_an_empty_note),
 *		{ 0 },
 *	};
 *
 *	const struct rg_suite rg_suite_X = { "X", NULL, NULL, tests };
 */
#ifndef RG_TESTS_UNIT_RUNNER_H
#define RG_TESTS_UNIT_RUNNER_H

#include <CUnit/CUnit.h>

struct rg_test {
	const char *name;
	void (*run)(void);
};

#define RG_TEST(function) { #function, function }

struct rg_suite {
	const char *name;            /* X of test_X.c */
	int (*setup)(void);          /* once before the tests of the suite, 0 is success; or NULL */
	int (*teardown)(void);       /* once after them, 0 is success; or NULL */
	const struct rg_test *tests; /* ends with { 0 } */
};

/* Ends with NULL.  Generated from tests/unit/local.mk; broken.c has one of its own. */
extern const struct rg_suite *const rg_suites[];

/*
 * Marks the running test as skipped because of @why (a literal); return from the
 * test after it.  Any other test must make at least one assertion, or it counts
 * as failed.
 */
void rg_skip(const char *why);

#endif
