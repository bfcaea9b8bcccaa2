/* SPDX-License-Identifier: MIT */
/* Text and numbers made fit to show. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "render/text.h"
#include "unit/runner.h"

static void clean_is(const char *text, const char *expected)
{
	char buffer[128];
	size_t length = rg_text_clean(text, buffer, sizeof(buffer));

	CU_ASSERT_STRING_EQUAL(buffer, expected);
	CU_ASSERT_EQUAL(length, strlen(expected));
}

static void cleans_what_a_terminal_would_obey(void)
{
	clean_is("plain", "plain");
	clean_is("a\nb\tc", "a\\nb\\tc");
	clean_is("\033[31mred\007", "\\x1b[31mred\\x07");
	clean_is("\xc2\x9b" "31m", "\\x9b31m");
	clean_is("\xe2\x80\xae" "gnp.exe", "\\u202egnp.exe");
	clean_is("gr\xc3\xbc\xc3\x9f", "gr\xc3\xbc\xc3\x9f");
}

static void repairs_bad_utf8(void)
{
	clean_is("a\xff" "b", "a\xef\xbf\xbd" "b");
	clean_is("\xed\xa0\x80", "\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd"); /* a lone surrogate */
	clean_is("\xef\xbf\xbe", "\xef\xbf\xbd");     /* U+FFFE */
	clean_is("\xef\xb7\x90", "\xef\xbf\xbd");     /* U+FDD0 */
	clean_is("\xc0\xaf", "\xef\xbf\xbd\xef\xbf\xbd"); /* an overlong slash */
	clean_is("\xe2\x82", "\xef\xbf\xbd\xef\xbf\xbd"); /* cut off */
	clean_is("\xf0\x9f\x90\x8d", "\xf0\x9f\x90\x8d");
}

static void never_writes_half_a_character(void)
{
	char buffer[6];

	CU_ASSERT_EQUAL(rg_text_clean("abcd\xc3\xbc" "e", buffer, sizeof(buffer)), 7);
	CU_ASSERT_STRING_EQUAL(buffer, "abcd");
	CU_ASSERT_EQUAL(rg_text_clean("abc\n", buffer, 5), 5);
	CU_ASSERT_STRING_EQUAL(buffer, "abc");
	CU_ASSERT_EQUAL(rg_text_clean("abc", NULL, 0), 3);
}

static void shorten_is(const char *text, size_t columns, const char *expected)
{
	char *shorter = rg_text_shorten(text, columns, "\u2026");

	CU_ASSERT_STRING_EQUAL(shorter, expected);
	CU_ASSERT(rg_text_columns(shorter) <= columns || columns < 2);
	rg_free(shorter);
}

static void shortens_in_the_middle(void)
{
	shorten_is("app.session.Session", 19, "app.session.Session");
	shorten_is("app.session.Session", 9, "app.\u2026sion");
	shorten_is("app.session.Session", 10, "app.\u2026ssion");
	shorten_is("\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57", 7, "\u6f22\u2026\u5b57");
	shorten_is("\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57", 6, "\u6f22\u2026\u5b57");
	shorten_is("\u6f22\u5b57\u6f22\u5b57\u6f22\u5b57", 8, "\u6f22\u2026\u6f22\u5b57");
	shorten_is("app.session.manager.SessionManager", 20, "app.s\u2026SessionManager");
	CU_ASSERT_EQUAL(rg_text_columns("\u6f22a\u0301"), 3);
}

static void formats_numbers(void)
{
	char b[RG_FORMAT_SIZE];

	CU_ASSERT_STRING_EQUAL(rg_format_count(0, b), "0");
	CU_ASSERT_STRING_EQUAL(rg_format_count(999, b), "999");
	CU_ASSERT_STRING_EQUAL(rg_format_count(1204, b), "1,204");
	CU_ASSERT_STRING_EQUAL(rg_format_count(UINT64_MAX, b), "18,446,744,073,709,551,615");
	CU_ASSERT_STRING_EQUAL(rg_format_delta(40201, b), "+40,201");
	CU_ASSERT_STRING_EQUAL(rg_format_delta(-3, b), "-3");
	CU_ASSERT_STRING_EQUAL(rg_format_delta(0, b), "0");
	CU_ASSERT_STRING_EQUAL(rg_format_delta(INT64_MIN, b), "-9,223,372,036,854,775,808");
}

static void formats_bytes(void)
{
	char b[RG_FORMAT_SIZE];

	CU_ASSERT_STRING_EQUAL(rg_format_bytes(0, b), "0 B");
	CU_ASSERT_STRING_EQUAL(rg_format_bytes(1023, b), "1023 B");
	CU_ASSERT_STRING_EQUAL(rg_format_bytes(1024, b), "1.0 KiB");
	CU_ASSERT_STRING_EQUAL(rg_format_bytes(1536, b), "1.5 KiB");
	CU_ASSERT_STRING_EQUAL(rg_format_bytes(80111206, b), "76.4 MiB");
	CU_ASSERT_STRING_EQUAL(rg_format_bytes(1024 * 1024 - 1, b), "1.0 MiB");
	CU_ASSERT_STRING_EQUAL(rg_format_bytes(UINT64_C(5) << 40, b), "5.0 TiB");
	CU_ASSERT_STRING_EQUAL(rg_format_bytes(UINT64_MAX, b), "16.0 EiB");
	CU_ASSERT_STRING_EQUAL(rg_format_bytes_delta(-1536, b), "-1.5 KiB");
	CU_ASSERT_STRING_EQUAL(rg_format_bytes_delta(0, b), "0 B");
}

static const struct rg_test tests[] = {
	RG_TEST(cleans_what_a_terminal_would_obey),
	RG_TEST(repairs_bad_utf8),
	RG_TEST(never_writes_half_a_character),
	RG_TEST(shortens_in_the_middle),
	RG_TEST(formats_numbers),
	RG_TEST(formats_bytes),
	{ 0 },
};

const struct rg_suite rg_suite_render_text = { "render_text", NULL, NULL, tests };
