/* SPDX-License-Identifier: MIT */
/* The portable dump: read, written again, read back; cut, damaged, and without memory. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/io.h"
#include "unit/runner.h"

static const char small_dump[] =
	"{\"refgraph\": 1, \"runtime\": \"cpython\", \"version\": \"3.11.2\", \"complete\": true, "
	"\"missing\": [], \"collector\": {\"enabled\": true, \"collecting\": false, "
	"\"frozen\": 2}, "
	"\"runtime_name\": \"CPython\", \"build\": \"a build\", \"labels\": \"all\"}\n"
	"{\"typedef\": \"app.Outer.Inner\", \"type_address\": 4096, \"module\": \"app\", "
	"\"short_name\": \"Inner\", \"origin\": \"program\"}\n"
	"{\"typedef\": \"list\", \"origin\": \"runtime\"}\n"
	"{\"typedef\": \"pkg.Thing\", \"origin\": \"package\"}\n"
	"{\"typedef\": \"moon.Rock\", \"origin\": \"moon\"}\n"
	"{\"thread\": 77, \"native\": 7, \"name\": \"Main\", \"frames\": [{\"function\": \"f\", "
	"\"file\": \"a.py\", \"line\": 3}]}\n"
	"{\"address\": 4096, \"type\": \"type\", \"size\": 1000, \"refs\": [], \"refcount\": 3, "
	"\"is_type\": true, \"name\": \"app.Outer.Inner\"}\n"
	"{\"address\": 8192, \"type\": \"app.Outer.Inner\", \"size\": 48, \"refs\": [4096, 8256, "
	"8256], \"labels\": [\".__class__\", \".x\", \"['k\\\"\\u00e9']\"], \"untraversed\": [0], "
	"\"plumbing\": [1], \"weak\": [8320], \"weak_labels\": [\".w\"], \"at\": [1], "
	"\"refcount\": 1, \"tracked\": true, \"type_address\": 4096}\n"
	"{\"address\": 8256, \"type\": \"list\", \"size\": 64, \"refs\": [8192, 12345], "
	"\"labels\": [\"[0]\", \"[1]\"], \"refcount\": 2, \"tracked\": true, \"len\": 2}\n"
	"{\"address\": 8320, \"type\": \"str\", \"size\": 5000000000, \"refs\": [], "
	"\"refcount\": 4, \"owned\": 7, \"value\": \"secret\"}\n"
	"{\"root\": 8320, \"label\": \"thread Main, frame f (a.py:3), local s\", "
	"\"kind\": \"local\", \"count\": 1, \"thread\": 77, \"frame\": 0}\n"
	"{\"end\": {\"objects\": 4, \"references\": 5}}\n";

/* Writes @text to a temporary file whose name goes to @path. */
static void save(const char *text, size_t length, char path[64])
{
	int fd;

	strcpy(path, "/tmp/refgraph-test-XXXXXX");
	fd = mkstemp(path);
	CU_ASSERT_TRUE_FATAL(fd >= 0);
	CU_ASSERT_PTR_NULL_FATAL(rg_io_write(fd, text, length, path));
	close(fd);
}

static rg_error *open_text(const char *text, size_t length, rg_dump **ret)
{
	char path[64];
	rg_error *error;

	save(text, length, path);
	error = rg_dump_open(path, NULL, ret);
	unlink(path);
	return error;
}

static rg_error *append(void *user, const void *bytes, size_t length)
{
	rg_buffer_append(user, bytes, length);
	return rg_buffer_failed(user) ? rg_error_no_memory() : NULL;
}

/* Roles are there for types that have one, what follows from them for objects. */
static void reads_roles(void)
{
	static const char text[] =
		"{\"refgraph\": 1, \"runtime\": \"cpython\", \"version\": \"3.11.2\"}\n"
		"{\"typedef\": \"_io.FileIO\", \"role\": \"file\"}\n"
		"{\"typedef\": \"moon.Rock\", \"role\": \"moon\"}\n"
		"{\"address\": 16, \"type\": \"_io.FileIO\", \"size\": 48, \"refs\": [], "
		"\"open\": true, \"descriptor\": 7, \"text\": \"/var/log/app\"}\n"
		"{\"address\": 64, \"type\": \"_io.FileIO\", \"size\": 48, \"refs\": [], "
		"\"open\": false, \"descriptor\": 99999999999}\n"
		"{\"address\": 128, \"type\": \"moon.Rock\", \"size\": 8, \"refs\": [], "
		"\"bound\": null}\n"
		"{\"address\": 192, \"type\": \"moon.Rock\", \"size\": 8, \"refs\": [], "
		"\"bound\": 12, \"shown\": 5, \"base\": 64}\n"
		"{\"end\": {\"objects\": 4, \"references\": 0}}\n";
	struct rg_description what;
	const rg_graph *graph;
	rg_dump *dump = NULL;

	CU_ASSERT_PTR_NULL_FATAL(open_text(text, strlen(text), &dump));
	CU_ASSERT_PTR_NULL_FATAL(rg_dump_graph(dump, &graph));
	CU_ASSERT_EQUAL_FATAL(rg_graph_object_count(graph), 4);
	CU_ASSERT_EQUAL(rg_graph_type(graph, rg_graph_object(graph, 0).type)->role, RG_ROLE_FILE);
	CU_ASSERT_EQUAL(rg_graph_type(graph, rg_graph_object(graph, 2).type)->role, RG_ROLE_NONE);
	rg_graph_describe(graph, 0, false, &what);
	CU_ASSERT_TRUE(what.has_open && what.open && !what.has_bound && !what.has_shown);
	CU_ASSERT_EQUAL(what.descriptor, 7);
	CU_ASSERT_STRING_EQUAL(what.text, "/var/log/app");
	rg_graph_describe(graph, 1, false, &what);
	CU_ASSERT_TRUE(what.has_open && !what.open);
	CU_ASSERT_EQUAL(what.descriptor, -1);
	rg_graph_describe(graph, 2, false, &what);
	CU_ASSERT_TRUE(what.has_bound && what.bound == UINT64_MAX && !what.has_open);
	rg_graph_describe(graph, 3, false, &what);
	CU_ASSERT_TRUE(what.has_bound && what.bound == 12);
	CU_ASSERT_TRUE(what.has_shown && what.shown == 5 && what.base == 64);
	CU_ASSERT_STRING_EQUAL(rg_role_name(RG_ROLE_FILE), "file");
	CU_ASSERT_STRING_EQUAL(rg_role_name(RG_ROLE_NONE), "none");
	CU_ASSERT_STRING_EQUAL(rg_role_name((enum rg_role)99), "none");
	rg_dump_close(dump);
}

static void reads_what_stands_there(void)
{
	struct rg_description what;
	const struct rg_thread *threads;
	const struct rg_dump_info *info;
	struct rg_references refs;
	const rg_graph *graph;
	struct rg_object object;
	char label[64];
	rg_dump *dump = NULL;
	size_t count;

	CU_ASSERT_PTR_NULL_FATAL(open_text(small_dump, strlen(small_dump), &dump));
	CU_ASSERT_PTR_NULL_FATAL(rg_dump_graph(dump, &graph));
	info = rg_dump_info(dump);
	CU_ASSERT_STRING_EQUAL(info->version, "3.11.2");
	CU_ASSERT_TRUE(info->complete && info->has_refcounts);
	CU_ASSERT_TRUE(info->collector.known && info->collector.enabled);
	CU_ASSERT_EQUAL(info->collector.frozen, 2);
	CU_ASSERT_EQUAL(info->unreadable, 1); /* the reference to 12345, which is not there */
	CU_ASSERT_EQUAL(rg_graph_object_count(graph), 4);
	CU_ASSERT_EQUAL(rg_graph_reference_count(graph), 5);
	CU_ASSERT_EQUAL(rg_graph_find(graph, 8192), 1);
	object = rg_graph_object(graph, 1);
	CU_ASSERT_STRING_EQUAL(rg_graph_type(graph, object.type)->name, "app.Outer.Inner");
	CU_ASSERT_STRING_EQUAL(rg_graph_type(graph, object.type)->module, "app");
	CU_ASSERT_EQUAL(rg_graph_type(graph, object.type)->origin, RG_ORIGIN_PROGRAM);
	CU_ASSERT_EQUAL(rg_graph_type(graph, 1)->origin, RG_ORIGIN_RUNTIME);
	CU_ASSERT_EQUAL(rg_graph_type(graph, 2)->origin, RG_ORIGIN_PACKAGE);
	CU_ASSERT_EQUAL(rg_graph_type(graph, 3)->origin, RG_ORIGIN_UNKNOWN);
	CU_ASSERT_STRING_EQUAL(rg_origin_name(RG_ORIGIN_PACKAGE), "package");
	CU_ASSERT_STRING_EQUAL(rg_origin_name((enum rg_origin)99), "unknown");
	CU_ASSERT_EQUAL(object.flags & RG_OBJECT_TRACKED, RG_OBJECT_TRACKED);
	CU_ASSERT_EQUAL(rg_graph_object(graph, 3).size, 5000000000);
	CU_ASSERT_EQUAL(info->object_bytes, 5000000000 + 7 + 64 + 48 + 1000);
	refs = rg_graph_references(graph, 1);
	CU_ASSERT_EQUAL_FATAL(refs.count, 4);
	CU_ASSERT_EQUAL(refs.target[0], 0);
	CU_ASSERT_EQUAL(refs.kind[0] & RG_REFERENCE_KIND_MASK, RG_REFERENCE_UNTRAVERSED);
	CU_ASSERT_EQUAL(refs.target[1], 3);
	CU_ASSERT_EQUAL(refs.kind[1] & RG_REFERENCE_KIND_MASK, RG_REFERENCE_WEAK);
	CU_ASSERT_TRUE(refs.kind[2] & RG_REFERENCE_PLUMBING);
	rg_graph_label(graph, 1, 1, RG_LABELS_ALL, label, sizeof(label));
	CU_ASSERT_STRING_EQUAL(label, ".w");
	rg_graph_label(graph, 1, 3, RG_LABELS_ALL, label, sizeof(label));
	CU_ASSERT_STRING_EQUAL(label, "['k\"\xc3\xa9']");
	rg_graph_label(graph, 1, 3, RG_LABELS_NAMES, label, sizeof(label));
	CU_ASSERT_PTR_NULL(strstr(label, "k\""));
	CU_ASSERT_EQUAL(rg_graph_label(graph, 1, 3, RG_LABELS_NONE, label, sizeof(label)), 0);
	rg_graph_describe(graph, 3, false, &what);
	CU_ASSERT_STRING_EQUAL(what.value, "");
	rg_graph_describe(graph, 3, true, &what);
	CU_ASSERT_STRING_EQUAL(what.value, "secret");
	rg_graph_describe(graph, 2, false, &what);
	CU_ASSERT_TRUE(what.has_length && what.length == 2);
	threads = rg_graph_threads(graph, &count);
	CU_ASSERT_EQUAL_FATAL(count, 1);
	CU_ASSERT_STRING_EQUAL(threads[0].frames[0].function, "f");
	CU_ASSERT_EQUAL(rg_graph_roots(graph, &count)[0].thread, 0);
	rg_dump_close(dump);
}

/* Writes the dump, reads what was written, writes that: the two must be one text. */
static void written_and_read_back_is_the_same(void)
{
	struct rg_convert_options options = { sizeof(options), RG_LABELS_ALL, true };
	struct rg_buffer text[2] = { RG_BUFFER_INIT, RG_BUFFER_INIT };
	rg_dump *dump = NULL;

	CU_ASSERT_PTR_NULL_FATAL(open_text(small_dump, strlen(small_dump), &dump));
	CU_ASSERT_PTR_NULL_FATAL(rg_dump_convert(dump, &options, append, &text[0]));
	rg_dump_close(dump);
	CU_ASSERT_PTR_NULL_FATAL(open_text(text[0].data, text[0].length, &dump));
	CU_ASSERT_PTR_NULL_FATAL(rg_dump_convert(dump, &options, append, &text[1]));
	rg_dump_close(dump);
	CU_ASSERT_STRING_EQUAL(text[0].data, text[1].data);
	CU_ASSERT_PTR_NOT_NULL(strstr(text[0].data, "\"weak\": [8320]"));
	CU_ASSERT_PTR_NOT_NULL(strstr(text[0].data, "\"kind\": \"external\""));
	rg_buffer_free(&text[0]);
	rg_buffer_free(&text[1]);
}

static void meliae_dumps_load(void)
{
	static const char text[] =
		"{\"address\": 1, \"type\": \"dict\", \"size\": 280, \"refs\": [3, 2]}\n"
		"{\"address\": 2, \"type\": \"str\", \"size\": 25, \"len\": 1, \"value\": \"a\", "
		"\"refs\": []}\n"
		"{\"address\": 3, \"type\": \"int\", \"size\": 12, \"value\": 1, \"refs\": []}\n";
	const rg_graph *graph;
	rg_dump *dump = NULL;

	CU_ASSERT_PTR_NULL_FATAL(open_text(text, strlen(text), &dump));
	CU_ASSERT_PTR_NULL_FATAL(rg_dump_graph(dump, &graph));
	CU_ASSERT_TRUE(rg_dump_info(dump)->complete);
	CU_ASSERT_FALSE(rg_dump_info(dump)->has_refcounts);
	CU_ASSERT_EQUAL(rg_graph_object_count(graph), 3);
	CU_ASSERT_EQUAL(rg_graph_references(graph, 0).target[0], 2);
	rg_dump_close(dump);
}

static void a_cut_dump_is_incomplete(void)
{
	size_t length = strlen(small_dump);
	unsigned wrong = 0;

	for (size_t cut = 1; cut < length; cut += 7) {
		rg_dump *dump = NULL;
		const rg_graph *graph;
		rg_error *error = open_text(small_dump, cut, &dump);

		if (!error)
			error = rg_dump_graph(dump, &graph);
		wrong += !error && rg_dump_info(dump)->complete && cut < length - 1;
		rg_error_free(error);
		rg_dump_close(dump);
	}
	CU_ASSERT_EQUAL(wrong, 0);
}

static void damage_never_crashes(void)
{
	size_t length = strlen(small_dump);
	unsigned opened = 0, state = 4711;

	for (unsigned round = 0; round < 400; round++) {
		char *text = malloc(length);
		rg_dump *dump = NULL;
		const rg_graph *graph;
		rg_error *error;

		memcpy(text, small_dump, length);
		for (unsigned i = 0; i < 3; i++) {
			state = state * 1103515245 + 12345;
			text[(state >> 8) % length] = "\"[]{}:,0-9\\ue\n\xff"[(state >> 3) % 15];
		}
		error = open_text(text, length, &dump);
		if (!error)
			error = rg_dump_graph(dump, &graph);
		opened += !error;
		rg_error_free(error);
		rg_dump_close(dump);
		free(text);
	}
	CU_ASSERT_TRUE(opened > 0);
}

static void what_is_no_dump_is_refused(void)
{
	static const char *const texts[] = { "", "hello\n", "{}\n{\"a\": 1}\n", "[1, 2]\n" };

	for (size_t i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		rg_dump *dump = NULL;
		rg_error *error = open_text(texts[i], strlen(texts[i]), &dump);

		CU_ASSERT_PTR_NOT_NULL_FATAL(error);
		CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NOT_A_DUMP);
		CU_ASSERT_PTR_NULL(dump);
		rg_error_free(error);
	}
}

/* Opens, reads and writes the dump at @path; the first error, or NULL. */
static rg_error *whole_way(const char *path)
{
	struct rg_buffer text = RG_BUFFER_INIT;
	rg_dump *dump = NULL;
	rg_error *error = rg_dump_open(path, NULL, &dump);

	if (!error)
		error = rg_dump_convert(dump, NULL, append, &text);
	rg_buffer_free(&text);
	rg_dump_close(dump);
	return error;
}

static void every_failure_is_an_error(void)
{
	unsigned silent = 0;
	char path[64];

	save(small_dump, strlen(small_dump), path);
	for (int64_t n = 0;; n++) {
		rg_error *error;
		bool reached;

		rg_alloc_fail_after(n);
		error = whole_way(path);
		reached = rg_alloc_count() > (uint64_t)n;
		rg_alloc_fail_after(-1);
		silent += reached && !error;
		rg_error_free(error);
		if (!reached)
			break;
	}
	for (int64_t n = 0; n < 20; n++) {
		rg_error *error;
		bool reached;

		rg_io_fail_after(n);
		error = whole_way(path);
		reached = rg_io_count() > (uint64_t)n;
		rg_io_fail_after(-1);
		CU_ASSERT_TRUE(!reached || error);
		rg_error_free(error);
	}
	unlink(path);
	CU_ASSERT_EQUAL(silent, 0);
}

/* Counts down to the call that says stop, and notes what was under way. */
struct stopper {
	int left;
	const char *stage;
};

static bool step(void *user, const char *stage, uint64_t done, uint64_t total)
{
	struct stopper *stopper = user;

	CU_ASSERT_TRUE(!total || done <= total);
	stopper->stage = stage;
	return stopper->left-- > 0;
}

static rg_error *convert_stopped(const char *path, struct stopper *stopper, struct rg_buffer *out)
{
	struct rg_open_options options = { .size = sizeof(options), .progress = step,
					   .progress_user = stopper };
	rg_dump *dump = NULL;
	rg_error *error = rg_dump_open(path, &options, &dump);

	if (!error)
		error = rg_dump_convert(dump, NULL, append, out);
	rg_dump_close(dump);
	return error;
}

static void stops_when_told(void)
{
	static const char *const stages[] = {
		"reading objects", "reading references", "indexing references",
		"writing objects",
	};
	unsigned int seen = 0;
	char path[64];

	save(small_dump, strlen(small_dump), path);
	for (int calls = 0; calls < 100; calls++) {
		struct stopper stopper = { calls, NULL };
		struct rg_buffer out = RG_BUFFER_INIT;
		rg_error *error = convert_stopped(path, &stopper, &out);

		rg_buffer_free(&out);
		if (!error)
			break;
		CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_LIMIT);
		CU_ASSERT_PTR_NOT_NULL(strstr(rg_error_message(error), stopper.stage));
		for (unsigned int i = 0; i < 4; i++)
			if (strcmp(stopper.stage, stages[i]) == 0)
				seen |= 1u << i;
		rg_error_free(error);
	}
	CU_ASSERT_EQUAL(seen, 15);
	unlink(path);
}

static const struct rg_test tests[] = {
	RG_TEST(stops_when_told),
	RG_TEST(reads_what_stands_there),
	RG_TEST(reads_roles),
	RG_TEST(written_and_read_back_is_the_same),
	RG_TEST(meliae_dumps_load),
	RG_TEST(a_cut_dump_is_incomplete),
	RG_TEST(damage_never_crashes),
	RG_TEST(what_is_no_dump_is_refused),
	RG_TEST(every_failure_is_an_error),
	{ 0 },
};

const struct rg_suite rg_suite_ndjson = { "ndjson", NULL, NULL, tests };
