/* SPDX-License-Identifier: MIT */
/*
 * Runs the unit tests: all, or the suites named on the command line; --list
 * names them.  Prints TAP, so that every test is counted by whoever reads it,
 * and then CUnit's own summary.
 *
 * CUnit's return values say nothing about failed tests, and a suite whose setup
 * fails leaves its number of failures at 0.  So this program counts for itself,
 * and succeeds only if every test that was registered ran and passed.  It also
 * fails if there is nothing to run, if a test asserts nothing, and if a test
 * ends the process before the end.
 */
#include "unit/runner.h"

#include <CUnit/TestRun.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* CUnit's handlers take no argument of ours, hence the one global state of this program. */
static struct {
	unsigned int registered; /* tests */
	unsigned int reported;   /* test lines printed */
	unsigned int bad;        /* failed tests, setups and teardowns */
	unsigned int asserts;    /* CUnit's count before the running test */
	const char *skip;        /* why the running test is skipped, or NULL */
	bool finished;           /* the exit status is decided */
} run;

void rg_skip(const char *why)
{
	run.skip = why;
}

static void test_started(const CU_pTest test, const CU_pSuite suite)
{
	(void)test;
	(void)suite;
	run.skip = NULL;
	run.asserts = CU_get_number_of_asserts();
}

static void print_result(bool ok, const CU_pSuite suite, const char *name)
{
	run.reported++;
	if (!ok)
		run.bad++;
	printf("%s %u - %s: %s", ok ? "ok" : "not ok", run.reported, suite->pName, name);
}

static void test_completed(const CU_pTest test, const CU_pSuite suite,
			   const CU_pFailureRecord failure)
{
	bool silent = !run.skip && CU_get_number_of_asserts() == run.asserts;

	print_result(!failure && !silent, suite, test->pName);
	if (run.skip && !failure)
		printf(" # SKIP %s", run.skip);
	putchar('\n');
	if (silent)
		puts("# the test asserted nothing");
	for (CU_pFailureRecord at = failure; at; at = at->pNext)
		printf("# %s:%u: %s\n", at->strFileName ? at->strFileName : "?", at->uiLineNumber,
		       at->strCondition ? at->strCondition : "?");
	fflush(stdout);
}

/* CUnit skips the tests of such a suite without a word, so each of them is reported here. */
static void setup_failed(const CU_pSuite suite)
{
	for (CU_pTest test = suite->pTest; test; test = test->pNext) {
		print_result(false, suite, test->pName);
		puts("\n# the setup of its suite failed");
	}
}

static void teardown_failed(const CU_pSuite suite)
{
	run.bad++;
	printf("# the teardown of suite %s failed\n", suite->pName);
}

/* A test that calls exit(0) must not end in success. */
static void guard_exit(void)
{
	if (run.finished)
		return;
	puts("Bail out! a test ended the process");
	fflush(stdout);
	_exit(3);
}

static bool is_wanted(const struct rg_suite *suite, int argc, char **argv)
{
	if (argc < 2)
		return true;
	for (int i = 1; i < argc; i++)
		if (!strcmp(argv[i], suite->name))
			return true;
	return false;
}

static bool register_suite(const struct rg_suite *suite)
{
	CU_pSuite added = CU_add_suite(suite->name, suite->setup, suite->teardown);
	unsigned int before = run.registered;

	if (!added || CU_get_error() != CUE_SUCCESS) {
		fprintf(stderr, "runner: suite %s: %s\n", suite->name, CU_get_error_msg());
		return false;
	}
	for (const struct rg_test *test = suite->tests; test && test->name; test++) {
		/* CUnit reports a second test of the same name, having added it. */
		if (!CU_add_test(added, test->name, test->run) || CU_get_error() != CUE_SUCCESS) {
			fprintf(stderr, "runner: test %s of suite %s: %s\n", test->name,
				suite->name, CU_get_error_msg());
			return false;
		}
		run.registered++;
	}
	if (run.registered == before) {
		fprintf(stderr, "runner: suite %s has no test\n", suite->name);
		return false;
	}
	return true;
}

static bool register_suites(int argc, char **argv)
{
	int found = 0;

	for (size_t i = 0; rg_suites[i]; i++) {
		if (!is_wanted(rg_suites[i], argc, argv))
			continue;
		found++;
		if (!register_suite(rg_suites[i]))
			return false;
	}
	if (argc > 1 && found != argc - 1) {
		fprintf(stderr, "runner: no such suite among those named; --list names them all\n");
		return false;
	}
	if (!run.registered)
		fprintf(stderr, "runner: there is no test to run\n");
	return run.registered > 0;
}

static int list_suites(void)
{
	for (size_t i = 0; rg_suites[i]; i++)
		puts(rg_suites[i]->name);
	return EXIT_SUCCESS;
}

int main(int argc, char **argv)
{
	unsigned int ran;

	if (argc == 2 && !strcmp(argv[1], "--list"))
		return list_suites();
	if (CU_initialize_registry() != CUE_SUCCESS) {
		fprintf(stderr, "runner: %s\n", CU_get_error_msg());
		return 2;
	}
	if (!register_suites(argc, argv)) {
		CU_cleanup_registry();
		return 2;
	}
	CU_set_test_start_handler(test_started);
	CU_set_test_complete_handler(test_completed);
	CU_set_suite_init_failure_handler(setup_failed);
	CU_set_suite_cleanup_failure_handler(teardown_failed);
	atexit(guard_exit);

	printf("1..%u\n", run.registered);
	fflush(stdout);
	CU_run_all_tests();
	CU_print_run_results(stdout);
	putchar('\n');

	ran = CU_get_number_of_tests_run();
	run.bad += CU_get_number_of_suites_failed();
	if (ran != run.registered)
		run.bad++;
	CU_cleanup_registry();
	run.finished = true;
	return run.bad || run.reported != run.registered ? EXIT_FAILURE : EXIT_SUCCESS;
}
