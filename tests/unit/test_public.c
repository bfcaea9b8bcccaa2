/* SPDX-License-Identifier: MIT */
/*
 * Public functions that the tests of their modules reach only through others:
 * called as a program calls them, and made to fail.
 */
#include "unit/runner.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/error.h"
#include "support/synth.h"

/* root -> 0 (a module) -.__dict__-> 1 -['b']-> 2, which has a finalizer; nobody holds 3 and 4. */
static struct synth *make(void)
{
	struct synth *synth = synth_new(5, 3);

	synth->objects[0].flags |= RG_OBJECT_MODULE;
	synth->objects[2].flags |= RG_OBJECT_FINALIZER;
	synth->objects[2].type = 1;
	synth->objects[3].type = synth->objects[4].type = 2;
	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, ".__dict__");
	synth_refer(synth, 1, 2, RG_REFERENCE_STRONG, "['b']");
	synth_refer(synth, 3, 4, RG_REFERENCE_STRONG, "[0]");
	synth_refer(synth, 4, 3, RG_REFERENCE_STRONG, ".up");
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "sys.modules['a']");
	return synth;
}

static void errors_for_callbacks(void)
{
	rg_error *error = rg_error_errno(ENOSPC, "out.svg", "write it");

	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_IO);
	CU_ASSERT_STRING_EQUAL(rg_error_message(error),
			       "out.svg: cannot write it: No space left on device");
	rg_error_free(error);
	rg_alloc_fail_after(0);
	error = rg_error_errno(ENOSPC, "out.svg", "write it");
	rg_alloc_fail_after(-1);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
	rg_error_free(error);
}

static void words_for_kinds(void)
{
	CU_ASSERT_STRING_EQUAL(rg_root_kind_name(RG_ROOT_MODULE), "module");
	CU_ASSERT_STRING_EQUAL(rg_root_kind_name(RG_ROOT_EXTERNAL), "external");
	CU_ASSERT_STRING_EQUAL(rg_root_kind_name((enum rg_root_kind)99), "other");
	CU_ASSERT_STRING_EQUAL(rg_origin_name(RG_ORIGIN_PACKAGE), "package");
	CU_ASSERT_STRING_EQUAL(rg_origin_name((enum rg_origin)99), "unknown");
}

static void types_are_counted(void)
{
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	const rg_graph *graph = rg_builder_graph(builder);

	CU_ASSERT_EQUAL(rg_graph_type_count(graph), 3);
	CU_ASSERT_STRING_EQUAL(rg_graph_type(graph, 2)->name, "T2");
	rg_builder_free(builder);
	synth_free(synth);
}

static void labels_of_an_element(void)
{
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	const rg_graph *graph = rg_builder_graph(builder);
	struct rg_step steps[] = { { 0, 0, 1 }, { 1, 0, 2 } };
	char text[32] = "untouched";

	CU_ASSERT_EQUAL(rg_path_next(graph, steps, 2, false), 2);
	CU_ASSERT_EQUAL(rg_path_label(graph, steps, 2, RG_LABELS_ALL, text, sizeof(text)), 2);
	CU_ASSERT_STRING_EQUAL(text, ".b");
	CU_ASSERT_EQUAL(rg_path_label(graph, steps + 1, 1, RG_LABELS_ALL, text, sizeof(text)), 5);
	CU_ASSERT_STRING_EQUAL(text, "['b']");
	/* Cut, with the length of the whole; no room at all is allowed. */
	CU_ASSERT_EQUAL(rg_path_label(graph, steps + 1, 1, RG_LABELS_ALL, text, 3), 5);
	CU_ASSERT_STRING_EQUAL(text, "['");
	CU_ASSERT_EQUAL(rg_path_label(graph, steps + 1, 1, RG_LABELS_ALL, NULL, 0), 5);
	CU_ASSERT_EQUAL(rg_path_label(graph, steps, 2, RG_LABELS_NONE, text, sizeof(text)), 0);
	CU_ASSERT_STRING_EQUAL(text, "");
	rg_builder_free(builder);
	synth_free(synth);
}

static void pictures_by_hand(void)
{
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	const rg_graph *graph = rg_builder_graph(builder);
	static const char *const blue[] = { "T1" };
	struct rg_draw_options options = { .size = sizeof(options), .highlight = blue,
					   .highlight_count = 1, .refcounts = true };
	const struct rg_picture_node *nodes;
	const struct rg_picture_edge *edges;
	const struct rg_root *roots;
	rg_picture *picture;
	rg_error *error;
	uint32_t object, root;
	size_t count;

	CU_ASSERT_PTR_NULL_FATAL(rg_picture_new(true, &picture));
	CU_ASSERT_PTR_NULL(rg_picture_add_object(picture, graph, 2, 0, RG_NODE_TARGET, &options,
						 &object));
	roots = rg_graph_roots(graph, &count);
	CU_ASSERT_EQUAL_FATAL(count, 1);
	CU_ASSERT_PTR_NULL(rg_picture_add_root(picture, graph, roots, object, 5, &root));
	nodes = rg_picture_nodes(picture, &count);
	CU_ASSERT_EQUAL_FATAL(count, 3); /* the object, its mark, the root */
	CU_ASSERT_STRING_EQUAL(nodes[object].title, "T1");
	CU_ASSERT_EQUAL(nodes[object].flags, RG_NODE_TARGET | RG_NODE_HIGHLIGHT);
	CU_ASSERT_EQUAL(nodes[object].refcount, 1);
	CU_ASSERT_EQUAL(nodes[object + 1].shape, RG_SHAPE_FINALIZER);
	CU_ASSERT_STRING_EQUAL(nodes[root].id, "r5");
	CU_ASSERT_STRING_EQUAL(nodes[root].title, "sys.modules['a']");
	edges = rg_picture_edges(picture, &count);
	CU_ASSERT_EQUAL_FATAL(count, 2);
	CU_ASSERT_EQUAL(edges[1].from, root);
	CU_ASSERT_EQUAL(edges[1].to, object);
	/* An edge to a node that does not exist */
	root = 99;
	error = rg_picture_add_root(picture, graph, roots, 1000, 6, &root);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	CU_ASSERT_EQUAL(root, 99);
	rg_error_free(error);
	rg_picture_free(picture);
	rg_builder_free(builder);
	synth_free(synth);
}

static rg_error *draw(const rg_graph *graph, const struct rg_garbage *garbage, rg_id id,
		      rg_picture **ret)
{
	struct rg_draw_options options = { .size = sizeof(options), .backwards = true,
					   .garbage = garbage };
	struct rg_neighborhood *around;
	rg_error *error;

	RG_TRY(rg_neighborhood_find(graph, &id, 1, NULL, &around));
	error = rg_picture_draw(graph, around, &options, ret);
	rg_neighborhood_free(around);
	return error;
}

static void pictures_of_a_neighborhood(void)
{
	struct synth *synth = make();
	rg_builder *builder = synth_must(synth);
	const rg_graph *graph = rg_builder_graph(builder);
	const struct rg_picture_node *nodes;
	const struct rg_picture_edge *edges;
	struct rg_garbage *garbage;
	rg_picture *picture = NULL;
	size_t count;
	int failures = 0;

	CU_ASSERT_PTR_NULL_FATAL(rg_garbage_find(graph, &garbage));
	CU_ASSERT_PTR_NULL_FATAL(draw(graph, garbage, 3, &picture));
	nodes = rg_picture_nodes(picture, &count);
	CU_ASSERT_EQUAL_FATAL(count, 2);
	CU_ASSERT_EQUAL(nodes[0].flags, RG_NODE_TARGET | RG_NODE_UNREACHABLE);
	edges = rg_picture_edges(picture, &count);
	CU_ASSERT_EQUAL_FATAL(count, 2);
	CU_ASSERT_STRING_EQUAL(edges[0].label, "[0]");
	CU_ASSERT_STRING_EQUAL(edges[1].label, ".up");
	rg_picture_free(picture);
	picture = NULL;
	/* Every allocation fails once, and nothing comes out then. */
	for (int countdown = 0; countdown < 1000; countdown++) {
		rg_error *error;

		rg_alloc_fail_after(countdown);
		error = draw(graph, garbage, 2, &picture);
		rg_alloc_fail_after(-1);
		if (!error)
			break;
		CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		CU_ASSERT_PTR_NULL_FATAL(picture);
		rg_error_free(error);
		failures++;
	}
	CU_ASSERT_TRUE(failures > 5 && failures < 1000);
	rg_picture_free(picture);
	rg_garbage_free(garbage);
	rg_builder_free(builder);
	synth_free(synth);
}

static void sinks_to_descriptors(void)
{
	char got[128] = "";
	rg_error *error;
	rg_sink *sink;
	int ends[2];

	CU_ASSERT_EQUAL_FATAL(pipe(ends), 0);
	CU_ASSERT_PTR_NULL_FATAL(rg_sink_fd(ends[1], "a pipe", &sink));
	rg_sink_printf(sink, "%d of %s, ", 3, "list");
	rg_sink_text(sink, "\033[31mred\n");
	CU_ASSERT_PTR_NULL(rg_sink_receive(sink, "!", 1));
	CU_ASSERT_PTR_NULL(rg_sink_bytes(sink, NULL));
	CU_ASSERT_PTR_NULL(rg_sink_commit(sink));
	rg_sink_free(sink);
	CU_ASSERT_TRUE(read(ends[0], got, sizeof(got) - 1) > 0);
	CU_ASSERT_STRING_EQUAL(got, "3 of list, \\x1b[31mred\\n!");
	close(ends[0]);
	close(ends[1]);
	/* What cannot be written says where, from the callback already. */
	CU_ASSERT_PTR_NULL_FATAL(rg_sink_fd(-1, "a closed one", &sink));
	error = NULL;
	for (int i = 0; i < 100 && !error; i++) {
		char block[4096] = "";

		error = rg_sink_receive(sink, block, sizeof(block));
	}
	CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_IO);
	CU_ASSERT_PTR_NOT_NULL(strstr(rg_error_message(error), "a closed one"));
	rg_error_free(error);
	CU_ASSERT_TRUE(rg_sink_failed(sink));
	rg_sink_free(sink);
}

/* More of dumps is in test_ndjson.c; here what is refused, and the least there can be. */
static void dumps_that_are_none(void)
{
	static const char text[] = "{\"refgraph\": 1, \"runtime\": \"cpython\"}\n"
				   "{\"end\": {\"objects\": 0, \"references\": 0}}\n";
	char path[] = "/tmp/refgraph-test-XXXXXX";
	int fd = mkstemp(path);
	const rg_graph *graph;
	rg_dump *dump = NULL;
	rg_error *error;

	CU_ASSERT_TRUE_FATAL(fd >= 0);
	error = rg_dump_open(path, NULL, &dump);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NOT_A_DUMP);
	CU_ASSERT_PTR_NULL(dump);
	rg_error_free(error);
	CU_ASSERT_EQUAL(write(fd, text, sizeof(text) - 1), (ssize_t)sizeof(text) - 1);
	CU_ASSERT_PTR_NULL_FATAL(rg_dump_open(path, NULL, &dump));
	CU_ASSERT_EQUAL(rg_graph_object_count(rg_dump_objects(dump)), 0);
	CU_ASSERT_PTR_NULL(rg_dump_graph(dump, &graph));
	CU_ASSERT_PTR_EQUAL(graph, rg_dump_objects(dump));
	CU_ASSERT_EQUAL(rg_dump_memory(dump, 0x1000), RG_MEMORY_UNKNOWN);
	rg_dump_close(dump);
	rg_dump_close(NULL);
	close(fd);
	unlink(path);
}

/* Of a core it is known what lies at an address, object or not. */
static void memory_of_a_core(void)
{
	const char *source = getenv("RG_SRCDIR");
	char path[512];
	rg_dump *dump;
	rg_error *error;

	if (!source) {
		rg_skip("RG_SRCDIR does not say where the cores are");
		return;
	}
	snprintf(path, sizeof(path), "%s/tests/cores/cpython-3.11.2-debian.core.xz", source);
	error = rg_dump_open(path, NULL, &dump);
	if (error && rg_error_code(error) == RG_ERROR_UNSUPPORTED) {
		rg_error_free(error);
		rg_skip("built without liblzma");
		return;
	}
	CU_ASSERT_PTR_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_dump_memory(dump, rg_graph_object(rg_dump_objects(dump), 0).address),
			RG_MEMORY_THERE);
	CU_ASSERT_EQUAL(rg_dump_memory(dump, 0x10), RG_MEMORY_UNMAPPED);
	CU_ASSERT_EQUAL(rg_dump_memory(dump, UINT64_MAX), RG_MEMORY_UNMAPPED);
	rg_dump_close(dump);
}

/* Opens the core of 3.11.2, or the dump @name of tests/golden; NULL where that cannot be. */
static rg_dump *open_dump(const char *name)
{
	const char *source = getenv("RG_SRCDIR");
	char path[512];
	rg_dump *dump;
	rg_error *error;

	if (!source) {
		rg_skip("RG_SRCDIR does not say where the dumps are");
		return NULL;
	}
	snprintf(path, sizeof(path), "%s/tests/%s", source, name);
	error = rg_dump_open(path, NULL, &dump);
	if (!error)
		return dump;
	rg_error_free(error);
	rg_skip("built without liblzma");
	return NULL;
}

/* Only what is not explained has places; each has a name, cut where there is no room. */
static void places_in_a_core(void)
{
	rg_dump *dump = open_dump("cores/cpython-3.11.2-debian.core.xz");
	struct rg_attribution *found;
	const rg_graph *graph;
	char name[256], part[4];
	size_t in_data = 0, length;

	if (!dump)
		return;
	CU_ASSERT_PTR_NULL_FATAL(rg_dump_graph(dump, &graph));
	CU_ASSERT_PTR_NULL_FATAL(rg_dump_attribute(dump, &found));
	CU_ASSERT_TRUE(found->known);
	CU_ASSERT(found->scanned > 0 && found->objects > 0);
	for (size_t i = 0; i < found->count; i++) {
		const struct rg_place *place = &found->places[i];

		CU_ASSERT_FATAL(rg_graph_external(graph, place->object) > 0);
		CU_ASSERT(!i || found->places[i - 1].object <= place->object);
		length = rg_place_name(dump, place, name, sizeof(name));
		CU_ASSERT(length > 0 && length == strlen(name));
		CU_ASSERT_EQUAL(rg_place_name(dump, place, part, sizeof(part)), length);
		CU_ASSERT_EQUAL(strlen(part), 3);
		in_data += place->kind == RG_PLACE_DATA && strstr(name, "python3.11 .data+0x");
	}
	/* Static tables of 3.11 hold names of slots. */
	CU_ASSERT(in_data > 0);
	rg_attribution_free(found);
	rg_dump_close(dump);
}

static void no_places_without_memory(void)
{
	rg_dump *dump = open_dump("golden/dumps/leaky.ndjson");
	const struct rg_place place = { .kind = RG_PLACE_MEMORY };
	struct rg_attribution *found;
	char name[8];

	if (!dump)
		return;
	CU_ASSERT_PTR_NULL_FATAL(rg_dump_attribute(dump, &found));
	CU_ASSERT_FALSE(found->known);
	CU_ASSERT_EQUAL(found->count, 0);
	CU_ASSERT_EQUAL(rg_place_name(dump, &place, name, sizeof(name)), 0);
	rg_attribution_free(found);
	rg_attribution_free(NULL);
	rg_dump_close(dump);
}

static const struct rg_test tests[] = {
	RG_TEST(errors_for_callbacks),
	RG_TEST(words_for_kinds),
	RG_TEST(types_are_counted),
	RG_TEST(labels_of_an_element),
	RG_TEST(pictures_by_hand),
	RG_TEST(pictures_of_a_neighborhood),
	RG_TEST(sinks_to_descriptors),
	RG_TEST(dumps_that_are_none),
	RG_TEST(memory_of_a_core),
	RG_TEST(places_in_a_core),
	RG_TEST(no_places_without_memory),
	{ 0 },
};

const struct rg_suite rg_suite_public = { "public", NULL, NULL, tests };
