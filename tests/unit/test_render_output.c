/* SPDX-License-Identifier: MIT */
/* Sinks, JSON and tables: what comes out, and that failures do not get lost. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/io.h"
#include "unit/runner.h"

static char folder[64];

static int make_folder(void)
{
	const char *base = getenv("TMPDIR");

	snprintf(folder, sizeof(folder), "%.40s/rg-output-XXXXXX", base ? base : "/tmp");
	return mkdtemp(folder) ? 0 : 1;
}

static int remove_folder(void)
{
	return rmdir(folder);
}

static void path_in(char path[128], const char *name)
{
	snprintf(path, 128, "%s/%s", folder, name);
}

static rg_sink *memory(void)
{
	rg_sink *sink = NULL;

	CU_ASSERT_PTR_NULL_FATAL(rg_sink_memory(&sink));
	return sink;
}

static void file_appears_whole_and_private(void)
{
	char path[128], got[16] = "";
	struct stat st;
	rg_sink *sink;
	int fd;

	path_in(path, "whole");
	CU_ASSERT_PTR_NULL_FATAL(rg_sink_file(path, &sink));
	rg_sink_puts(sink, "hello");
	CU_ASSERT(access(path, F_OK) != 0);
	CU_ASSERT_PTR_NULL(rg_sink_commit(sink));
	rg_sink_free(sink);
	CU_ASSERT_EQUAL(stat(path, &st), 0);
	CU_ASSERT_EQUAL(st.st_mode & 0777, 0600);
	fd = open(path, O_RDONLY);
	CU_ASSERT_EQUAL(read(fd, got, sizeof(got)), 5);
	CU_ASSERT_STRING_EQUAL(got, "hello");
	close(fd);
	unlink(path);
}

static void file_not_committed_leaves_nothing(void)
{
	char path[128];
	rg_sink *sink;

	path_in(path, "thrown");
	CU_ASSERT_PTR_NULL_FATAL(rg_sink_file(path, &sink));
	rg_sink_puts(sink, "hello");
	rg_sink_free(sink);
	CU_ASSERT(access(path, F_OK) != 0);
}

static void full_disk_is_reported(void)
{
	char kilo[1024];
	rg_error *error;
	rg_sink *sink;

	memset(kilo, 'x', sizeof(kilo));
	if (access("/dev/full", W_OK) != 0) {
		rg_skip("there is no /dev/full");
		return;
	}
	CU_ASSERT_PTR_NULL_FATAL(rg_sink_file("/dev/full", &sink));
	for (int i = 0; i < 100; i++)
		rg_sink_write(sink, kilo, sizeof(kilo));
	CU_ASSERT(rg_sink_failed(sink));
	error = rg_sink_commit(sink);
	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_IO);
	rg_error_free(error);
	/* It must not succeed the second time either. */
	error = rg_sink_commit(sink);
	CU_ASSERT_PTR_NOT_NULL(error);
	rg_error_free(error);
	rg_sink_free(sink);
}

/* Every I/O call of writing a file fails once: an error each time, and nothing left behind. */
static void every_io_failure_is_reported(void)
{
	char path[128];
	int failures = 0;

	path_in(path, "fails");
	for (int64_t n = 0; n < 100; n++) {
		rg_sink *sink = NULL;
		rg_error *error;

		rg_io_fail_after(n);
		error = rg_sink_file(path, &sink);
		if (!error) {
			rg_sink_puts(sink, "hello");
			error = rg_sink_commit(sink);
		}
		rg_io_fail_after(-1);
		rg_sink_free(sink);
		if (!error)
			break;
		failures++;
		rg_error_free(error);
		CU_ASSERT(access(path, F_OK) != 0);
	}
	CU_ASSERT(failures >= 3);
	unlink(path);
}

static void writes_json(void)
{
	rg_sink *sink = memory();
	rg_json *json;

	CU_ASSERT_PTR_NULL_FATAL(rg_json_new(sink, &json));
	rg_json_put_object(json, NULL);
	rg_json_put_string(json, "schema", "refgraph/x/1");
	rg_json_put_array(json, "rows");
	for (int i = 0; i < 2; i++) {
		rg_json_put_object(json, NULL);
		rg_json_put_u64(json, "max", UINT64_MAX);
		rg_json_put_i64(json, "min", INT64_MIN);
		rg_json_put_address(json, "at", 0x7f3a10c4e2d0);
		rg_json_put_end(json);
	}
	rg_json_put_end(json);
	rg_json_put_array(json, "none");
	rg_json_put_end(json);
	rg_json_put_bool(json, "yes", true);
	rg_json_put_null(json, "nothing");
	rg_json_put_end(json);
	CU_ASSERT_PTR_NULL(rg_json_finish(json));
	CU_ASSERT_STRING_EQUAL(
		rg_sink_bytes(sink, NULL),
		"{\n \"schema\": \"refgraph/x/1\",\n \"rows\": [\n"
		"  {\"max\": 18446744073709551615, \"min\": -9223372036854775808, "
		"\"at\": \"0x7f3a10c4e2d0\"},\n"
		"  {\"max\": 18446744073709551615, \"min\": -9223372036854775808, "
		"\"at\": \"0x7f3a10c4e2d0\"}\n ],\n \"none\": [],\n \"yes\": true,\n"
		" \"nothing\": null\n}\n");
	rg_json_free(json);
	rg_sink_free(sink);
}

static void json_string_is(const char *text, const char *expected)
{
	rg_sink *sink = memory();
	rg_json *json;

	CU_ASSERT_PTR_NULL_FATAL(rg_json_new(sink, &json));
	rg_json_put_string(json, NULL, text);
	CU_ASSERT_PTR_NULL(rg_json_finish(json));
	CU_ASSERT_STRING_EQUAL(rg_sink_bytes(sink, NULL), expected);
	rg_json_free(json);
	rg_sink_free(sink);
}

static void escapes_json_strings(void)
{
	json_string_is("", "\"\"\n");
	json_string_is("a\"b\\c", "\"a\\\"b\\\\c\"\n");
	json_string_is("\n\t\r\001\177", "\"\\n\\t\\u000d\\u0001\\u007f\"\n");
	json_string_is("x\xff\xed\xa0\x80y",
		       "\"x\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbdy\"\n");
	json_string_is("\xf0\x9f\x90\x8d", "\"\xf0\x9f\x90\x8d\"\n");
}

static void refuses_json_out_of_order(void)
{
	rg_sink *sink = memory();
	rg_error *error;
	rg_json *json;

	for (int wrong = 0; wrong < 4; wrong++) {
		CU_ASSERT_PTR_NULL_FATAL(rg_json_new(sink, &json));
		if (wrong == 0) {
			rg_json_put_object(json, NULL); /* left open */
		} else if (wrong == 1) {
			rg_json_put_object(json, NULL);
			rg_json_put_u64(json, NULL, 1); /* a member without a key */
			rg_json_put_end(json);
		} else if (wrong == 2) {
			rg_json_put_u64(json, NULL, 1);
			rg_json_put_u64(json, NULL, 2); /* a second text */
		} else {
			rg_json_put_end(json);
		}
		error = rg_json_finish(json);
		CU_ASSERT_PTR_NOT_NULL_FATAL(error);
		CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
		rg_error_free(error);
		rg_json_free(json);
	}
	rg_sink_free(sink);
}

static const struct rg_column columns[] = {
	{ "Count", "count", RG_COLUMN_COUNT },
	{ "%", "share", RG_COLUMN_PERMILLE },
	{ "Size", "bytes", RG_COLUMN_BYTES },
	{ "Change", NULL, RG_COLUMN_DELTA },
	{ "Type", "type", RG_COLUMN_TEXT },
};

static rg_table *table_of_two(void)
{
	rg_table *table = NULL;

	CU_ASSERT_PTR_NULL_FATAL(rg_table_new(columns, 5, &table));
	rg_table_number(table, 1204);
	rg_table_number(table, 998);
	rg_table_number(table, 80111206);
	rg_table_number(table, -7);
	rg_table_text(table, "app.session.Session");
	rg_table_number(table, 3);
	rg_table_number(table, 2);
	rg_table_number(table, 12);
	rg_table_empty(table);
	rg_table_text(table, "a \"b\",\n");
	return table;
}

static void sets_rows_apart(void)
{
	struct rg_table_style style = { 0, false, true, 0 };
	rg_table *table = NULL;
	rg_sink *sink = memory();

	CU_ASSERT_PTR_NULL_FATAL(rg_table_new(columns, 1, &table));
	rg_table_heading(table, "a heading \033 wider than the table");
	rg_table_number(table, 1204);
	rg_table_note(table, "a note");
	rg_table_heading(table, "another");
	rg_table_number(table, 3);
	rg_table_note(table, "the end");
	CU_ASSERT_PTR_NULL(rg_table_write(table, &style, sink));
	CU_ASSERT_STRING_EQUAL(rg_sink_bytes(sink, NULL),
			       "Count\n"
			       "a heading \\x1b wider than the table\n"
			       "1,204\n"
			       "a note\n"
			       "\n"
			       "another\n"
			       "    3\n"
			       "the end\n");
	rg_sink_free(sink);
	sink = memory();
	style.width = 12;
	style.color = true;
	CU_ASSERT_PTR_NULL(rg_table_write(table, &style, sink));
	CU_ASSERT_PTR_NOT_NULL(strstr(rg_sink_bytes(sink, NULL), "\033[1ma he...table\033[0m\n"));
	rg_sink_free(sink);
	sink = memory();
	CU_ASSERT_PTR_NULL(rg_table_csv(table, sink));
	CU_ASSERT_STRING_EQUAL(rg_sink_bytes(sink, NULL), "count\n1204\n3\n");
	rg_sink_free(sink);
	rg_table_free(table);
}

static void aligns_tables(void)
{
	struct rg_table_style style = { 0, false, true, 0 };
	rg_table *table = table_of_two();
	rg_sink *sink = memory();

	CU_ASSERT_PTR_NULL(rg_table_write(table, &style, sink));
	CU_ASSERT_STRING_EQUAL(rg_sink_bytes(sink, NULL),
			       "Count     %      Size  Change  Type\n"
			       "1,204  99.8  76.4 MiB      -7  app.session.Session\n"
			       "    3   0.2      12 B          a \"b\",\\n\n");
	rg_sink_free(sink);
	sink = memory();
	style.width = 48;
	CU_ASSERT_PTR_NULL(rg_table_write(table, &style, sink));
	CU_ASSERT_PTR_NOT_NULL(strstr(rg_sink_bytes(sink, NULL), "-7  app.ses...Session\n"));
	rg_sink_free(sink);
	rg_table_free(table);
}

static void writes_csv(void)
{
	rg_table *table = table_of_two();
	rg_sink *sink = memory();

	CU_ASSERT_PTR_NULL(rg_table_csv(table, sink));
	CU_ASSERT_STRING_EQUAL(rg_sink_bytes(sink, NULL),
			       "count,share,bytes,type\n"
			       "1204,99.8,80111206,app.session.Session\n"
			       "3,0.2,12,\"a \"\"b\"\",\\n\"\n");
	rg_sink_free(sink);
	rg_table_free(table);
}

/* Every allocation fails once; each failure is seen, and the last run is whole. */
static void every_missing_memory_is_reported(void)
{
	struct rg_table_style style = { 40, true, false, 2 };
	int failures = 0;

	for (int64_t n = 0; n < 1000; n++) {
		rg_table *table = NULL;
		rg_sink *sink = NULL;
		rg_error *error;

		rg_alloc_fail_after(n);
		error = rg_sink_memory(&sink);
		if (!error)
			error = rg_table_new(columns, 5, &table);
		if (!error) {
			for (int i = 0; i < 5; i++)
				rg_table_number(table, i);
			rg_table_text(table, "text");
			error = rg_table_write(table, &style, sink);
		}
		if (!error)
			error = rg_sink_commit(sink);
		rg_alloc_fail_after(-1);
		rg_table_free(table);
		rg_sink_free(sink);
		if (!error)
			break;
		CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		failures++;
	}
	CU_ASSERT(failures > 5 && failures < 1000);
}

static void numbers_with_fractions_come_back(void)
{
	static const struct {
		double value;
		const char *text;
	} cases[] = {
		{ 0, "0" }, { 6, "6" }, { -7, "-7" }, { 0.5, "0.5" }, { -13412.25, "-13412.25" },
		{ 0.1, "0.1" }, { 1.0 / 3, "0.3333333333333333" }, { 0x1p53, "9007199254740992" },
		{ 1e300, "1e+300" }, { 1e308 * 10, "null" }, { -1e308 * 10, "null" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		rg_sink *sink;
		rg_json *json;

		CU_ASSERT_PTR_NULL_FATAL(rg_sink_memory(&sink));
		CU_ASSERT_PTR_NULL_FATAL(rg_json_new(sink, &json));
		rg_json_put_double(json, NULL, cases[i].value);
		CU_ASSERT_PTR_NULL(rg_json_finish(json));
		CU_ASSERT_EQUAL(strncmp(rg_sink_bytes(sink, NULL), cases[i].text,
					strlen(cases[i].text)), 0);
		CU_ASSERT(strlen(rg_sink_bytes(sink, NULL)) <= strlen(cases[i].text) + 1);
		rg_json_free(json);
		rg_sink_free(sink);
	}
}

static const struct rg_test tests[] = {
	RG_TEST(numbers_with_fractions_come_back),
	RG_TEST(file_appears_whole_and_private),
	RG_TEST(file_not_committed_leaves_nothing),
	RG_TEST(full_disk_is_reported),
	RG_TEST(every_io_failure_is_reported),
	RG_TEST(writes_json),
	RG_TEST(escapes_json_strings),
	RG_TEST(refuses_json_out_of_order),
	RG_TEST(sets_rows_apart),
	RG_TEST(aligns_tables),
	RG_TEST(writes_csv),
	RG_TEST(every_missing_memory_is_reported),
	{ 0 },
};

const struct rg_suite rg_suite_render_output = {
	"render_output", make_folder, remove_folder, tests
};
