/* SPDX-License-Identifier: MIT */
/*
 * What the headers promise of threads: several handles at once, of one file and
 * of different ones, and one graph that several threads read.  Every thread
 * must find what one alone finds; a build with --enable-tsan also tells whether
 * they were in each other's way.
 */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/error.h"
#include "base/io.h"
#include "unit/runner.h"

#define THREADS 6
#define DUMPS 3
#define LOOKED_AT 40 /* objects of which each analysis is asked */

/* Two modules hold a list each; a ring of two hangs in the air. */
static const char portable[] =
	"{\"refgraph\": 1, \"runtime\": \"cpython\", \"version\": \"3.11.2\", \"complete\": true, "
	"\"missing\": [], \"runtime_name\": \"CPython\", \"labels\": \"all\"}\n"
	"{\"address\": 4096, \"type\": \"module\", \"size\": 72, \"tracked\": true, "
	"\"is_module\": true, \"name\": \"app\", \"refs\": [4160], \"plumbing\": [0], "
	"\"labels\": [\".__dict__\"], \"refcount\": 1}\n"
	"{\"address\": 4160, \"type\": \"dict\", \"size\": 64, \"tracked\": true, "
	"\"refs\": [4224], \"labels\": [\"['cache']\"], \"refcount\": 1}\n"
	"{\"address\": 4224, \"type\": \"list\", \"size\": 64, \"tracked\": true, \"len\": 1, "
	"\"refs\": [4288], \"labels\": [\"[0]\"], \"refcount\": 1}\n"
	"{\"address\": 4288, \"type\": \"str\", \"size\": 50, \"refs\": [], \"refcount\": 1, "
	"\"value\": \"kept\"}\n"
	"{\"address\": 4352, \"type\": \"app.Node\", \"size\": 48, \"tracked\": true, \"refs\": "
	"[4416], \"labels\": [\".next\"], \"refcount\": 1}\n"
	"{\"address\": 4416, \"type\": \"app.Node\", \"size\": 48, \"tracked\": true, \"refs\": "
	"[4352], \"labels\": [\".next\"], \"refcount\": 1}\n"
	"{\"root\": 4096, \"label\": \"sys.modules['app']\", \"kind\": \"module\", \"count\": 1}\n"
	"{\"end\": {\"objects\": 6, \"references\": 5}}\n";

static char paths[DUMPS][512]; /* "" where there is none */
static char written[64];

static int setup(void)
{
	const char *source = getenv("RG_SRCDIR");
	int fd;

	strcpy(written, "/tmp/refgraph-test-XXXXXX");
	fd = mkstemp(written);
	if (fd < 0)
		return 1;
	rg_error_free(rg_io_write(fd, portable, sizeof(portable) - 1, written));
	close(fd);
	strcpy(paths[0], written);
	if (source) {
		snprintf(paths[1], sizeof(paths[1]), "%s/tests/golden/dumps/tuesday.ndjson",
			 source);
		snprintf(paths[2], sizeof(paths[2]), "%s/tests/cores/cpython-3.11.2-debian.core.xz",
			 source);
	}
	return 0;
}

static int teardown(void)
{
	return unlink(written);
}

struct job {
	const char *path;      /* to open, or NULL */
	const rg_graph *graph; /* to read, or NULL */
	pthread_t thread;
	uint64_t digest;       /* of all that was found */
	rg_error *error;
};

static void digest_bytes(uint64_t *digest, const void *bytes, size_t length)
{
	const unsigned char *byte = bytes;

	for (size_t i = 0; i < length; i++)
		*digest = (*digest ^ byte[i]) * 0x100000001b3u;
}

static void digest_number(uint64_t *digest, uint64_t number)
{
	digest_bytes(digest, &number, sizeof(number));
}

static void digest_label(void *user, size_t index, const char *text)
{
	digest_number(user, index);
	digest_bytes(user, text, strlen(text));
}

static rg_error *digest_piece(void *user, const void *bytes, size_t length)
{
	digest_bytes(user, bytes, length);
	return NULL;
}

static rg_error *draw(const rg_graph *graph, const struct rg_garbage *garbage, rg_id id,
		      uint64_t *digest)
{
	struct rg_neighborhood *around;
	struct rg_draw_options options = { .values = true, .sizes = true, .garbage = garbage };
	const struct rg_picture_node *nodes;
	rg_picture *picture;
	rg_error *error;
	size_t count;

	RG_TRY(rg_neighborhood_find(graph, &id, 1, NULL, &around));
	error = rg_picture_draw(graph, around, &options, &picture);
	rg_neighborhood_free(around);
	if (error)
		return error;
	nodes = rg_picture_nodes(picture, &count);
	for (size_t i = 0; i < count; i++)
		digest_bytes(digest, nodes[i].title, strlen(nodes[i].title));
	rg_picture_free(picture);
	return NULL;
}

static rg_error *chain(const rg_graph *graph, rg_id id, uint64_t *digest)
{
	struct rg_chains *chains;
	char text[256];

	RG_TRY(rg_chains_find(graph, &id, 1, NULL, &chains));
	for (size_t i = 0; i < chains->count; i++) {
		rg_path_expression(graph, &chains->chains[i], RG_LABELS_ALL, false, text,
				   sizeof(text));
		digest_bytes(digest, text, strlen(text));
	}
	rg_chains_free(chains);
	return NULL;
}

static rg_error *read_graph(const rg_graph *graph, uint64_t *digest)
{
	rg_id count = rg_graph_object_count(graph);
	rg_id step = count / LOOKED_AT + 1;
	struct rg_type_table *types;
	struct rg_garbage *garbage;
	struct rg_cycles *cycles;
	rg_error *error = NULL;

	RG_TRY(rg_types(graph, NULL, &types));
	for (size_t i = 0; i < types->count; i++)
		digest_number(digest, types->rows[i].bytes);
	rg_types_free(types);
	RG_TRY(rg_garbage_find(graph, &garbage));
	digest_number(digest, garbage->objects);
	error = rg_cycles_find(graph, garbage, NULL, &cycles);
	if (!error) {
		digest_number(digest, cycles->cycles);
		rg_cycles_free(cycles);
	}
	for (rg_id id = 0; id < count && !error; id += step) {
		struct rg_description words;

		digest_number(digest, rg_graph_object(graph, id).address);
		digest_number(digest, (uint64_t)rg_graph_external(graph, id));
		digest_number(digest, rg_graph_owner(graph, id));
		rg_graph_describe(graph, id, true, &words);
		digest_bytes(digest, words.name, strlen(words.name));
		digest_bytes(digest, words.value, strlen(words.value));
		rg_graph_labels(graph, id, 0, SIZE_MAX, RG_LABELS_ALL, digest_label, digest);
		error = draw(graph, garbage, id, digest);
		if (!error)
			error = chain(graph, id, digest);
	}
	rg_garbage_free(garbage);
	return error;
}

static rg_error *read_dump(const char *path, uint64_t *digest)
{
	const rg_graph *graph;
	rg_dump *dump;
	rg_error *error;

	RG_TRY(rg_dump_open(path, NULL, &dump));
	error = rg_dump_graph(dump, &graph);
	if (!error)
		error = read_graph(graph, digest);
	if (!error)
		error = rg_dump_convert(dump, NULL, digest_piece, digest);
	rg_dump_close(dump);
	return error;
}

static void *run(void *user)
{
	struct job *job = user;

	job->digest = 0xcbf29ce484222325u;
	job->error = job->graph ? read_graph(job->graph, &job->digest)
				: read_dump(job->path, &job->digest);
	return NULL;
}

/* Runs @jobs in threads of their own, and says of each that it went well. */
static void run_all(struct job *jobs, size_t count)
{
	for (size_t i = 0; i < count; i++)
		CU_ASSERT_EQUAL_FATAL(pthread_create(&jobs[i].thread, NULL, run, &jobs[i]), 0);
	for (size_t i = 0; i < count; i++) {
		pthread_join(jobs[i].thread, NULL);
		CU_ASSERT_PTR_NULL(jobs[i].error);
		rg_error_free(jobs[i].error);
	}
}

/* Whether the dump can be read in this build, alone and then as a measure for the others. */
static bool alone(size_t dump, struct job *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->path = paths[dump];
	if (!*ret->path)
		return false;
	run(ret);
	/* A core that is compressed is of no use to a build without liblzma. */
	if (ret->error && rg_error_code(ret->error) == RG_ERROR_UNSUPPORTED) {
		rg_error_free(ret->error);
		return false;
	}
	CU_ASSERT_PTR_NULL_FATAL(ret->error);
	return true;
}

static void handles_are_independent(void)
{
	struct job expected[DUMPS], jobs[THREADS * DUMPS];
	size_t count = 0;

	memset(jobs, 0, sizeof(jobs));
	for (size_t dump = 0; dump < DUMPS; dump++)
		if (alone(dump, &expected[dump]))
			for (size_t i = 0; i < THREADS; i++)
				jobs[count++].path = paths[dump];
	run_all(jobs, count);
	CU_ASSERT_TRUE(count >= THREADS);
	for (size_t i = 0; i < count; i++)
		for (size_t dump = 0; dump < DUMPS; dump++)
			if (jobs[i].path == paths[dump])
				CU_ASSERT_EQUAL(jobs[i].digest, expected[dump].digest);
}

static void a_graph_has_many_readers(void)
{
	for (size_t dump = 0; dump < DUMPS; dump++) {
		struct job jobs[THREADS], ignored;
		const rg_graph *graph;
		rg_dump *handle;

		if (!alone(dump, &ignored))
			continue;
		memset(jobs, 0, sizeof(jobs));
		CU_ASSERT_PTR_NULL_FATAL(rg_dump_open(paths[dump], NULL, &handle));
		CU_ASSERT_PTR_NULL_FATAL(rg_dump_graph(handle, &graph));
		for (size_t i = 0; i < THREADS; i++)
			jobs[i].graph = graph;
		run_all(jobs, THREADS);
		for (size_t i = 1; i < THREADS; i++)
			CU_ASSERT_EQUAL(jobs[i].digest, jobs[0].digest);
		rg_dump_close(handle);
	}
}

/* An error belongs to nobody but whoever was given it. */
static void errors_stay_with_their_thread(void)
{
	struct job jobs[THREADS];

	memset(jobs, 0, sizeof(jobs));
	for (size_t i = 0; i < THREADS; i++) {
		jobs[i].path = i % 2 ? "/no/such/dump" : "/dev/null";
		CU_ASSERT_EQUAL_FATAL(pthread_create(&jobs[i].thread, NULL, run, &jobs[i]), 0);
	}
	for (size_t i = 0; i < THREADS; i++) {
		pthread_join(jobs[i].thread, NULL);
		CU_ASSERT_EQUAL(rg_error_code(jobs[i].error),
				i % 2 ? RG_ERROR_IO : RG_ERROR_NOT_A_DUMP);
		CU_ASSERT_PTR_NOT_NULL(strstr(rg_error_message(jobs[i].error), jobs[i].path));
		rg_error_free(jobs[i].error);
	}
}

static const struct rg_test tests[] = {
	RG_TEST(handles_are_independent),
	RG_TEST(a_graph_has_many_readers),
	RG_TEST(errors_stay_with_their_thread),
	{ 0 },
};

const struct rg_suite rg_suite_threads = { "threads", setup, teardown, tests };
