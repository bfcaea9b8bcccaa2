/* SPDX-License-Identifier: MIT */
/* Error objects: what they say, and that they survive a lack of memory. */
#include "base/alloc.h"
#include "base/error.h"
#include "unit/runner.h"

static void keeps_code_and_message(void)
{
	rg_error *error = rg_error_new(RG_ERROR_CORRUPT, "note %d is cut at %s", 3, "0x10");

	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_CORRUPT);
	CU_ASSERT_STRING_EQUAL(rg_error_message(error), "note 3 is cut at 0x10");
	rg_error_free(error);
}

static void prefix_goes_before_the_sentence(void)
{
	rg_error *error = rg_error_new(RG_ERROR_INVALID, "no such type");

	error = rg_error_prefix(error, "core.1");
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	CU_ASSERT_STRING_EQUAL(rg_error_message(error), "core.1: no such type");
	rg_error_free(error);
}

static void no_memory_for_an_error_is_no_memory(void)
{
	rg_error *error;

	rg_alloc_fail_after(0);
	error = rg_error_new(RG_ERROR_IO, "never seen");
	rg_alloc_fail_after(-1);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
	rg_error_free(error);
}

static const struct rg_test tests[] = {
	RG_TEST(keeps_code_and_message),
	RG_TEST(prefix_goes_before_the_sentence),
	RG_TEST(no_memory_for_an_error_is_no_memory),
	{ 0 },
};

const struct rg_suite rg_suite_error = { "error", NULL, NULL, tests };
