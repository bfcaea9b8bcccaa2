/* SPDX-License-Identifier: MIT */
/*
 * Words: what analyses make of labels where keys stand in braces, references are
 * objects, and nothing collects cycles.
 */
#include "unit/runner.h"

#include <string.h>

#include "analysis/path.h"
#include "analysis/syntax.h"
#include "base/error.h"
#include "graph/store.h"
#include "support/synth.h"

#define PART (RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING)

static const char *const none[] = { NULL };

static const struct rg_words braces = {
	.language = "Braces", .module = "package", .modules = "packages",
	.interpreters = "interpreters", .finalizer = "DESTROY", .no_collector = true,
	.collector_off = "", .weaken_one = "weaken there frees", .weaken_all = "weaken frees",
	.syntax = "[{-", .referent = "->", .brace_keys = true, .back = none, .frame = none,
	.locals = none, .sigils = "$@%",
	.main_module = "main", .separator = "::", .installed = none, .library = none,
	.history_modules = none, .history = none, .coroutine = "",
};

enum { NODE, HASH, ARRAY, REF, TYPES };

static struct synth *braces_new(rg_id count)
{
	struct synth *synth = synth_new(count, TYPES);

	synth->language = &braces;
	synth->types[NODE].name = "HASH(Tree::Node)";
	synth->types[NODE].module = "Tree::Node";
	synth->types[HASH].name = "HASH";
	synth->types[ARRAY].name = "ARRAY";
	synth->types[REF].name = "REF";
	return synth;
}

/* 0 a hash -{odd}-> REF 1 -> 2 a node -{kids}-> REF 3 -> 4 an array -[7]-> 5 */
static struct synth *path(void)
{
	struct synth *synth = braces_new(6);

	synth->objects[0].type = HASH;
	synth->objects[1].type = synth->objects[3].type = REF;
	synth->objects[2].type = NODE;
	synth->objects[4].type = ARRAY;
	synth_refer(synth, 0, 1, PART, "{odd}");
	synth_refer(synth, 1, 2, RG_REFERENCE_STRONG, "->");
	synth_refer(synth, 2, 3, PART, "{kids}");
	synth_refer(synth, 3, 4, RG_REFERENCE_STRONG, "->");
	synth_refer(synth, 4, 5, RG_REFERENCE_STRONG, "[7]");
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "%main::cache");
	return synth;
}

static void reads_as_the_language_has_it(void)
{
	struct synth *synth = path();
	rg_builder *builder = synth_must(synth);
	const rg_graph *graph = rg_builder_graph(builder);
	struct rg_signature *signature;
	struct rg_chains *chains;
	rg_id target = 5;
	char text[128];

	CU_ASSERT_PTR_EQUAL(rg_graph_words(graph), &braces);
	CU_ASSERT_PTR_NULL_FATAL(rg_chains_find(graph, &target, 1, NULL, &chains));
	rg_path_expression(graph, &chains->chains[0], RG_LABELS_ALL, false, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "%main::cache{odd}->{kids}->[7]");
	/* A key of a mere hash can be anything; that of an object is a name. */
	CU_ASSERT_PTR_NULL_FATAL(rg_signature_find(graph, &chains->chains[0], &signature));
	CU_ASSERT_STRING_EQUAL(signature->text, "%main::cache>HASH{*}->>HASH(Tree::Node)"
						"{kids}->>ARRAY[*]>HASH(Tree::Node)");
	rg_signature_free(signature);
	rg_chains_free(chains);
	rg_builder_free(builder);
	synth_free(synth);
}

static void generalises_keys_and_indices(void)
{
	static const struct {
		int type;
		const char *label, *general;
	} cases[] = {
		{ HASH, "{odd}->", "{*}->" },	    { NODE, "{kids}->", "{kids}->" },
		{ NODE, "{'a }'}", "{*}" },	    { ARRAY, "[12]->", "[*]->" },
		{ HASH, "{'q\\'}'}->[3]", "{*}->[*]" }, { HASH, "captured $x", "captured $x" },
		{ HASH, "{", "{" },		    { HASH, "{'", "{'" },
	};
	struct synth *synth = path();
	rg_builder *builder = synth_must(synth);
	const rg_graph *graph = rg_builder_graph(builder);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char label[RG_PATH_LABEL];

		strcpy(label, cases[i].label);
		rg_path_generalise(&braces, rg_graph_type(graph, (rg_type_id)cases[i].type), label);
		CU_ASSERT_STRING_EQUAL(label, cases[i].general);
	}
	CU_ASSERT_FALSE(rg_syntax_is_bare(rg_graph_type(graph, NODE)));
	CU_ASSERT_TRUE(rg_syntax_is_bare(rg_graph_type(graph, HASH)));
	rg_builder_free(builder);
	synth_free(synth);
}

/* Of two nodes that refer to each other the way back is named, by what the program calls it. */
static void names_what_to_weaken(void)
{
	struct synth *synth = braces_new(6);
	struct rg_garbage *garbage;
	struct rg_cycles *cycles;
	rg_builder *builder;
	const rg_graph *graph;
	struct rg_step step;
	char label[32];

	synth->objects[1].type = synth->objects[3].type = synth->objects[5].type = REF;
	synth_refer(synth, 0, 1, PART, "{child}");
	synth_refer(synth, 1, 2, RG_REFERENCE_STRONG, "->");
	synth_refer(synth, 2, 3, PART, "{parent}");
	synth_refer(synth, 3, 0, RG_REFERENCE_STRONG, "->");
	/* A closure that holds itself by a variable that is nobody's part. */
	synth_refer(synth, 4, 5, RG_REFERENCE_STRONG, "captured $f");
	synth_refer(synth, 5, 4, RG_REFERENCE_STRONG, "->");
	builder = synth_must(synth);
	graph = rg_builder_graph(builder);
	CU_ASSERT_PTR_NULL_FATAL(rg_garbage_find(graph, &garbage));
	CU_ASSERT_PTR_NULL_FATAL(rg_cycles_find(graph, garbage, NULL, &cycles));
	CU_ASSERT_EQUAL_FATAL(cycles->count, 2);
	step = rg_cycle_weak(graph, &cycles->groups[0]);
	rg_step_label(graph, &step, RG_LABELS_ALL, label, sizeof(label));
	CU_ASSERT_STRING_EQUAL(label, "{parent}->");
	step = rg_cycle_weak(graph, &cycles->groups[1]);
	rg_step_label(graph, &step, RG_LABELS_ALL, label, sizeof(label));
	CU_ASSERT_STRING_EQUAL(label, "captured $f");
	rg_cycles_free(cycles);
	rg_garbage_free(garbage);
	rg_builder_free(builder);
	synth_free(synth);
}

/* Twenty rings of two: leaks, certain ones, and not a word of a collector. */
static void leaks_for_good_without_a_collector(void)
{
	struct synth *synth = braces_new(41);
	bool breaks = false;
	rg_builder *builder;
	struct rg_leaks *leaks;

	for (rg_id id = 0; id < 40; id += 2) {
		synth_refer(synth, id, id + 1, RG_REFERENCE_STRONG, "{next}");
		synth_refer(synth, id + 1, id, RG_REFERENCE_STRONG, "{owner}");
	}
	synth_root(synth, 40, RG_ROOT_MODULE, 1, "$main::x");
	builder = synth_must(synth);
	CU_ASSERT_PTR_NULL_FATAL(rg_leaks_find(rg_builder_graph(builder), NULL, &leaks));
	CU_ASSERT_EQUAL_FATAL(leaks->count, 1);
	CU_ASSERT_EQUAL(leaks->suspects[0].kind, RG_LEAK_GARBAGE);
	CU_ASSERT_EQUAL(leaks->suspects[0].count, 20);
	for (size_t i = 0; i < leaks->suspects[0].fact_count; i++) {
		const struct rg_leak_fact *fact = &leaks->suspects[0].facts[i];

		CU_ASSERT_NOT_EQUAL(fact->kind, RG_FACT_COLLECTOR_OFF);
		CU_ASSERT_NOT_EQUAL(fact->kind, RG_FACT_COLLECTOR_BEHIND);
		breaks |= fact->kind == RG_FACT_BREAK && fact->object % 2;
	}
	CU_ASSERT_TRUE(breaks);
	rg_leaks_free(leaks);
	rg_builder_free(builder);
	synth_free(synth);
}

/* attr() is for names, key() for keys; what a reference leads to is what stands there. */
static void queries_look_into_braces(void)
{
	static const struct {
		const char *query, *fits;
	} cases[] = {
		{ "attr(kids)", "2" }, { "attr(odd)", "" }, { "key(odd)", "0" },
		{ "module = Tree", "25" },
	};
	struct synth *synth = path();
	rg_builder *builder = synth_must(synth);
	const rg_graph *graph = rg_builder_graph(builder);

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct rg_query_result *result;
		char found[16] = "";
		rg_query *query;

		CU_ASSERT_PTR_NULL_FATAL(rg_query_parse(cases[i].query, &query));
		CU_ASSERT_PTR_NULL_FATAL(rg_query_select(graph, query, NULL, &result));
		for (size_t n = 0; n < result->count && n < sizeof(found) - 1; n++)
			found[n] = (char)('0' + result->ids[n]);
		CU_ASSERT_STRING_EQUAL(found, cases[i].fits);
		rg_query_result_free(result);
		rg_query_free(query);
	}
	rg_builder_free(builder);
	synth_free(synth);
}

/* A graph of nobody's has words all the same, and they promise nothing. */
static void are_never_missing(void)
{
	const struct rg_words *words;
	rg_builder *builder;

	CU_ASSERT_PTR_NULL_FATAL(rg_builder_new(&builder));
	words = rg_graph_words(rg_builder_graph(builder));
	CU_ASSERT_PTR_NOT_NULL_FATAL(words);
	CU_ASSERT_STRING_EQUAL(words->module, "module");
	CU_ASSERT_STRING_EQUAL(words->language, "");
	CU_ASSERT_FALSE(words->no_collector);
	CU_ASSERT_PTR_NULL(words->namespace_part);
	rg_builder_free(builder);
}

static const struct rg_test tests[] = {
	RG_TEST(reads_as_the_language_has_it),
	RG_TEST(generalises_keys_and_indices),
	RG_TEST(names_what_to_weaken),
	RG_TEST(leaks_for_good_without_a_collector),
	RG_TEST(queries_look_into_braces),
	RG_TEST(are_never_missing),
	{ 0 },
};

const struct rg_suite rg_suite_words = { "words", NULL, NULL, tests };
