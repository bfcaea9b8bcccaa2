/* SPDX-License-Identifier: MIT */
/*
 * Suites that must not pass, for tests/checks/runner.py: the runner linked with
 * this table instead of the real one has to fail for each of them, and to pass
 * the one that is sound.
 */
#include "unit/runner.h"

#include <stdlib.h>

static void passes(void)
{
	CU_ASSERT(1 + 1 == 2);
}

static void fails(void)
{
	CU_ASSERT(1 + 1 == 3);
}

static void asserts_nothing(void)
{
}

static void is_skipped(void)
{
	rg_skip("nothing to see");
}

static void ends_the_process(void)
{
	CU_ASSERT(1 + 1 == 2);
	exit(0);
}

static int refuses(void)
{
	return 1;
}

static const struct rg_test sound[] = { RG_TEST(passes), RG_TEST(is_skipped), { 0 } };
static const struct rg_test failing[] = { RG_TEST(passes), RG_TEST(fails), { 0 } };
static const struct rg_test silent[] = { RG_TEST(asserts_nothing), { 0 } };
static const struct rg_test ending[] = { RG_TEST(ends_the_process), RG_TEST(fails), { 0 } };
static const struct rg_test twice[] = { RG_TEST(passes), RG_TEST(passes), { 0 } };
static const struct rg_test none[] = { { 0 } };

static const struct rg_suite suites[] = {
	{ "sound", NULL, NULL, sound },
	{ "failing", NULL, NULL, failing },
	{ "silent", NULL, NULL, silent },
	{ "ending", NULL, NULL, ending },
	{ "twice", NULL, NULL, twice },
	{ "none", NULL, NULL, none },
	{ "setup", refuses, NULL, sound },
	{ "teardown", NULL, refuses, sound },
};

const struct rg_suite *const rg_suites[] = {
	&suites[0], &suites[1], &suites[2], &suites[3], &suites[4],
	&suites[5], &suites[6], &suites[7], NULL,
};
