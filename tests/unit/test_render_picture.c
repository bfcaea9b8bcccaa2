/* SPDX-License-Identifier: MIT */
/* Pictures as data, their look, and the tree they make on a terminal. */
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "unit/runner.h"

static rg_error *node(rg_picture *picture, const char *title, const char *text, unsigned int depth,
		      uint32_t flags, enum rg_shape shape)
{
	struct rg_picture_node node = {
		.id = title, .shape = shape, .title = title, .text = text, .object = RG_NONE,
		.address = shape == RG_SHAPE_OBJECT ? 0x1000 + depth : 0, .depth = depth,
		.flags = flags, .refcount = -1,
	};
	uint32_t index;

	return rg_picture_add_node(picture, &node, &index);
}

static rg_error *edge(rg_picture *picture, uint32_t from, uint32_t to, const char *label,
		      uint8_t kind)
{
	struct rg_picture_edge edge = { from, to, label, 1, 0, kind };

	return rg_picture_add_edge(picture, &edge);
}

/* root -> module -.x-> dict -['k']-> target -> dict: a chain with a cycle at its end. */
static rg_error *fill_chain(rg_picture *picture)
{
	rg_error *error;

	error = node(picture, "app.T", "3 items", 0, RG_NODE_TARGET, RG_SHAPE_OBJECT);
	if (!error)
		error = node(picture, "dict", "", 1, RG_NODE_UNREACHABLE, RG_SHAPE_OBJECT);
	if (!error)
		error = node(picture, "module", "app", 2, RG_NODE_MODULE, RG_SHAPE_OBJECT);
	if (!error)
		error = node(picture, "sys.modules['app']", "", 3, 0, RG_SHAPE_ROOT);
	if (!error)
		error = node(picture, "+ 1,204 more dict", "", 1, 0, RG_SHAPE_FOLD);
	if (!error)
		error = edge(picture, 1, 0, "['k']", RG_REFERENCE_STRONG);
	if (!error)
		error = edge(picture, 2, 1, ".x", RG_REFERENCE_STRONG);
	if (!error)
		error = edge(picture, 3, 2, "", RG_REFERENCE_STRONG);
	if (!error)
		error = edge(picture, 4, 0, "", RG_REFERENCE_STRONG);
	if (!error)
		error = edge(picture, 0, 1, ".d", RG_REFERENCE_WEAK);
	return error;
}

static rg_picture *chain(bool backwards)
{
	rg_picture *picture = NULL;

	CU_ASSERT_PTR_NULL_FATAL(rg_picture_new(backwards, &picture));
	CU_ASSERT_PTR_NULL_FATAL(fill_chain(picture));
	return picture;
}

static void merges_parallel_references(void)
{
	const struct rg_picture_edge *edges;
	rg_picture *picture = chain(true);
	size_t count;

	for (int i = 0; i < 4; i++)
		CU_ASSERT_PTR_NULL(edge(picture, 1, 0, i & 1 ? "[1]" : "[0]", RG_REFERENCE_STRONG));
	CU_ASSERT_PTR_NULL(edge(picture, 1, 0, "", RG_REFERENCE_WEAK));
	edges = rg_picture_edges(picture, &count);
	CU_ASSERT_EQUAL(count, 6);
	CU_ASSERT_STRING_EQUAL(edges[0].label, "['k'], [0], [1], \u2026");
	CU_ASSERT_EQUAL(edges[0].count, 5);
	CU_ASSERT_EQUAL(edges[5].kind, RG_REFERENCE_WEAK);
	CU_ASSERT_EQUAL(edges[5].count, 1);
	rg_picture_free(picture);
}

static void refuses_an_edge_to_nowhere(void)
{
	rg_picture *picture = chain(true);
	rg_error *error = edge(picture, 0, 5, "", RG_REFERENCE_STRONG);

	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	rg_picture_free(picture);
}

static void colours_as_objgraph_does(void)
{
	rg_picture *picture = chain(true);
	const struct rg_picture_node *nodes;
	size_t count;

	nodes = rg_picture_nodes(picture, &count);
	CU_ASSERT_EQUAL(count, 5);
	CU_ASSERT_STRING_EQUAL(nodes[0].fill, "#ffffff");
	CU_ASSERT_STRING_EQUAL(nodes[0].ink, "#ff0000");
	CU_ASSERT_STRING_EQUAL(nodes[1].fill, "#b2b2b2");
	CU_ASSERT_STRING_EQUAL(nodes[1].ink, "#000000");
	/* Hue 0.3, a green that text can be read on. */
	CU_ASSERT_STRING_EQUAL(nodes[2].fill, "#2e9913");
	CU_ASSERT_STRING_EQUAL(nodes[2].ink, "#000000");
	CU_ASSERT_STRING_EQUAL(nodes[4].fill, "#840000");
	CU_ASSERT_STRING_EQUAL(nodes[4].ink, "#ffffff");
	rg_picture_free(picture);
}

static void legend_names_what_occurs(void)
{
	rg_picture *picture = chain(true);
	const char *legend = "";

	CU_ASSERT_PTR_NULL(rg_picture_legend(picture, &legend));
	CU_ASSERT_PTR_NOT_NULL(strstr(legend, "green: a module"));
	CU_ASSERT_PTR_NOT_NULL(strstr(legend, "weak"));
	CU_ASSERT_PTR_NOT_NULL(strstr(legend, "unreachable"));
	CU_ASSERT_PTR_NULL(strstr(legend, "blue"));
	CU_ASSERT_PTR_NULL(strstr(legend, "inferred"));
	rg_picture_free(picture);
}

static void tree_is(rg_picture *picture, const struct rg_tree_style *style, const char *expected)
{
	rg_sink *sink = NULL;

	CU_ASSERT_PTR_NULL_FATAL(rg_sink_memory(&sink));
	CU_ASSERT_PTR_NULL(rg_picture_tree(picture, style, sink));
	CU_ASSERT_STRING_EQUAL(rg_sink_bytes(sink, NULL), expected);
	rg_sink_free(sink);
}

static void draws_a_tree_backwards(void)
{
	struct rg_tree_style style = { 0, false, true };
	rg_picture *picture = chain(true);

	tree_is(picture, &style,
		"app.T, 3 items  0x1000\n"
		"|- ['k'] of dict, unreachable  0x1001\n"
		"|  |- .x of module, app  0x1002\n"
		"|  |  `- root sys.modules['app']\n"
		"|  `- weak .d of app.T, 3 items  0x1000  (a cycle)\n"
		"`- + 1,204 more dict\n");
	rg_picture_free(picture);
}

static void draws_a_tree_forwards(void)
{
	struct rg_tree_style style = { 0, true, false };
	rg_picture *picture = chain(false);

	tree_is(picture, &style,
		"\033[31mapp.T, 3 items\033[0m  0x1000\n"
		"\u2514\u2500 weak .d: dict, unreachable  0x1001\n"
		"   \u2514\u2500 ['k']: \033[31mapp.T, 3 items\033[0m  0x1000  (a cycle)\n");
	rg_picture_free(picture);
}

/* A picture may be a path of any length: nothing may recurse on it. */
static void survives_a_long_path(void)
{
	struct rg_tree_style style = { 80, false, true };
	rg_picture *picture = NULL;
	rg_sink *sink = NULL;

	CU_ASSERT_PTR_NULL_FATAL(rg_picture_new(false, &picture));
	for (unsigned int i = 0; i < 3000; i++) {
		CU_ASSERT_PTR_NULL(node(picture, "n", "", i, i ? 0 : RG_NODE_TARGET,
					RG_SHAPE_OBJECT));
		if (i)
			CU_ASSERT_PTR_NULL(edge(picture, i - 1, i, ".next", 0));
	}
	CU_ASSERT_PTR_NULL_FATAL(rg_sink_memory(&sink));
	CU_ASSERT_PTR_NULL(rg_picture_tree(picture, &style, sink));
	rg_sink_free(sink);
	rg_picture_free(picture);
}

static void cleans_what_it_is_given(void)
{
	const struct rg_picture_node *nodes;
	rg_picture *picture = NULL;
	size_t count;

	CU_ASSERT_PTR_NULL_FATAL(rg_picture_new(true, &picture));
	CU_ASSERT_PTR_NULL(node(picture, "a\033[31m\\N\\", "x\ny\xff", 0, 0, RG_SHAPE_OBJECT));
	CU_ASSERT_PTR_NULL(rg_picture_set_caption(picture, "c\x07\nd"));
	nodes = rg_picture_nodes(picture, &count);
	CU_ASSERT_STRING_EQUAL(nodes[0].title, "a\\x1b[31m\\N\\");
	CU_ASSERT_STRING_EQUAL(nodes[0].text, "x\ny\xef\xbf\xbd");
	CU_ASSERT_STRING_EQUAL(rg_picture_caption(picture), "c\\x07\nd");
	rg_picture_free(picture);
}

static void every_missing_memory_is_reported(void)
{
	struct rg_tree_style style = { 60, true, false };
	int failures = 0;

	for (int64_t n = 0; n < 2000; n++) {
		rg_picture *picture = NULL;
		rg_sink *sink = NULL;
		const char *legend;
		rg_error *error;

		rg_alloc_fail_after(n);
		error = rg_picture_new(true, &picture);
		if (!error)
			error = fill_chain(picture);
		if (!error)
			error = rg_picture_legend(picture, &legend);
		if (!error)
			error = rg_sink_memory(&sink);
		if (!error)
			error = rg_picture_tree(picture, &style, sink);
		if (!error)
			error = rg_sink_commit(sink);
		rg_alloc_fail_after(-1);
		rg_sink_free(sink);
		rg_picture_free(picture);
		if (!error)
			break;
		CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		failures++;
	}
	CU_ASSERT(failures > 20 && failures < 2000);
}

static const struct rg_test tests[] = {
	RG_TEST(merges_parallel_references),
	RG_TEST(refuses_an_edge_to_nowhere),
	RG_TEST(colours_as_objgraph_does),
	RG_TEST(legend_names_what_occurs),
	RG_TEST(draws_a_tree_backwards),
	RG_TEST(draws_a_tree_forwards),
	RG_TEST(survives_a_long_path),
	RG_TEST(cleans_what_it_is_given),
	RG_TEST(every_missing_memory_is_reported),
	{ 0 },
};

const struct rg_suite rg_suite_render_picture = { "render_picture", NULL, NULL, tests };
