/* SPDX-License-Identifier: MIT */
/* Chains against all ways there are, and how they are written. */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "support/oracle.h"
#include "support/synth.h"

static bool counted(uint8_t kind)
{
	return (kind & RG_REFERENCE_KIND_MASK) <= RG_REFERENCE_INFERRED;
}

static unsigned int class_of(enum rg_root_kind kind)
{
	static const unsigned int classes[] = { 0, 1, 1, 2, 2, 2, 3 };

	return classes[kind];
}

/* The first way in the order of references of exactly @length steps, by trying all. */
static bool try_ways(const rg_graph *graph, rg_id at, rg_id target, size_t length,
		     struct rg_step *steps, bool *on)
{
	struct rg_references out = rg_graph_references(graph, at);

	if (!length)
		return at == target;
	if (at == target)
		return false;
	on[at] = true;
	for (size_t i = 0; i < out.count; i++) {
		steps[0] = (struct rg_step){ at, i, out.target[i] };
		if (counted(out.kind[i]) && !on[out.target[i]] &&
		    try_ways(graph, out.target[i], target, length - 1, steps + 1, on)) {
			on[at] = false;
			return true;
		}
	}
	on[at] = false;
	return false;
}

static bool best_chain(const rg_graph *graph, rg_id target, bool shortest, size_t *ret_root,
		       struct rg_step *steps, size_t *ret_length)
{
	bool on[ORACLE_MOST] = { false };
	const struct rg_root *roots;
	size_t count;

	roots = rg_graph_roots(graph, &count);
	for (unsigned int class = 0; class < 4; class++) {
		for (size_t length = 0; length < rg_graph_object_count(graph); length++) {
			for (size_t r = 0; r < count; r++) {
				if (!shortest && class_of(roots[r].kind) != class)
					continue;
				if (!try_ways(graph, roots[r].object, target, length, steps, on))
					continue;
				*ret_root = r;
				*ret_length = length;
				return true;
			}
		}
	}
	return false;
}

static void finds_the_best_chain(void)
{
	struct synth_random random = { 21 };
	unsigned int found = 0, missed = 0;

	for (unsigned int round = 0; round < 6000; round++) {
		struct synth *synth = synth_small(&random, 8);
		rg_builder *builder = synth_must(synth);
		const rg_graph *graph = rg_builder_graph(builder);
		struct rg_chains_options options = { .size = sizeof(options),
						     .shortest = round % 2 };
		rg_id target = synth_random(&random, synth->count);
		struct rg_step steps[ORACLE_MOST];
		const struct rg_root *roots;
		struct rg_chains *chains;
		size_t count, root, length;

		roots = rg_graph_roots(graph, &count);
		if (count) {
			bool exists = best_chain(graph, target, options.shortest, &root, steps,
						 &length);

			CU_ASSERT_PTR_NULL_FATAL(
				rg_chains_find(graph, &target, 1, &options, &chains));
			CU_ASSERT_EQUAL_FATAL(chains->count, exists);
			if (exists) {
				CU_ASSERT_EQUAL_FATAL(chains->chains[0].length, length);
				/* The same object may be two roots of a class: the first counts. */
				CU_ASSERT_PTR_EQUAL_FATAL(chains->chains[0].root, &roots[root]);
				for (size_t i = 0; i < length; i++) {
					const struct rg_step *step = &chains->chains[0].steps[i];

					CU_ASSERT_EQUAL_FATAL(step->source, steps[i].source);
					CU_ASSERT_EQUAL_FATAL(step->index, steps[i].index);
					CU_ASSERT_EQUAL_FATAL(step->target, steps[i].target);
				}
			}
			found += exists;
			missed += !exists;
			rg_chains_free(chains);
		}
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(found > 1000);
	CU_ASSERT(missed > 100);
}

/* One search for all gives what a search for each gives. */
static void a_tree_has_the_best_chains(void)
{
	struct synth_random random = { 23 };
	unsigned int compared = 0;

	for (unsigned int round = 0; round < 2000; round++) {
		struct synth *synth = synth_small(&random, 10);
		rg_builder *builder = synth_must(synth);
		const rg_graph *graph = rg_builder_graph(builder);
		struct rg_chains_options options = { .size = sizeof(options),
						     .shortest = round % 2 };
		struct rg_chains *one, *other;
		rg_chain_tree *tree = NULL;
		size_t count;

		rg_graph_roots(graph, &count);
		if (count)
			CU_ASSERT_PTR_NULL_FATAL(rg_chain_tree_new(graph, &options, &tree));
		for (rg_id target = 0; tree && target < synth->count; target++) {
			CU_ASSERT_PTR_NULL_FATAL(
				rg_chains_find(graph, &target, 1, &options, &one));
			CU_ASSERT_PTR_NULL_FATAL(rg_chain_tree_find(tree, target, &other));
			CU_ASSERT_EQUAL_FATAL(one->count, other->count);
			if (one->count) {
				size_t length = one->chains[0].length;

				CU_ASSERT_PTR_EQUAL_FATAL(one->chains[0].root,
							  other->chains[0].root);
				CU_ASSERT_EQUAL_FATAL(length, other->chains[0].length);
				for (size_t i = 0; i < length; i++)
					CU_ASSERT_EQUAL_FATAL(one->chains[0].steps[i].index,
							      other->chains[0].steps[i].index);
				/* Without a language nothing is said to be code. */
				CU_ASSERT_FALSE(rg_path_evaluates(graph, &one->chains[0],
								  RG_LABELS_ALL, false));
				compared++;
			}
			rg_chains_free(one);
			rg_chains_free(other);
		}
		rg_chain_tree_free(tree);
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(compared > 1000);
}

/* As many chains as there are last referrers that live without the target. */
static void finds_distinct_chains(void)
{
	struct synth_random random = { 22 };
	struct rg_chains_options options = { .size = sizeof(options), .count = 1000 };
	unsigned int several = 0;

	for (unsigned int round = 0; round < 3000; round++) {
		struct synth *synth = synth_small(&random, 10);
		rg_builder *builder = synth_must(synth);
		const rg_graph *graph = rg_builder_graph(builder);
		rg_id target = synth_random(&random, synth->count);
		bool alive[ORACLE_MOST] = { false }, seen[ORACLE_MOST] = { false };
		size_t count, expected = 0;
		const struct rg_root *roots = rg_graph_roots(graph, &count);
		struct rg_chains *chains;

		if (!count)
			goto next;
		for (size_t r = 0; r < count; r++) {
			expected += roots[r].object == target;
			alive[roots[r].object] |= roots[r].object != target;
		}
		for (rg_id pass = 0; pass < synth->count; pass++) {
			for (rg_id u = 0; u < synth->count; u++) {
				struct rg_references out = rg_graph_references(graph, u);

				for (size_t i = 0; alive[u] && i < out.count; i++)
					if (counted(out.kind[i]) && out.target[i] != target)
						alive[out.target[i]] = true;
			}
		}
		for (rg_id u = 0; u < synth->count; u++) {
			struct rg_references out = rg_graph_references(graph, u);
			bool refers = false;

			for (size_t i = 0; i < out.count; i++)
				refers |= counted(out.kind[i]) && out.target[i] == target;
			expected += alive[u] && refers;
		}
		CU_ASSERT_PTR_NULL_FATAL(rg_chains_find(graph, &target, 1, &options, &chains));
		CU_ASSERT_EQUAL_FATAL(chains->count, expected);
		several += expected > 1;
		for (size_t c = 0; c < chains->count; c++) {
			const struct rg_chain *chain = &chains->chains[c];
			rg_id at = chain->root->object;

			for (size_t i = 0; i < chain->length; i++) {
				CU_ASSERT_EQUAL_FATAL(chain->steps[i].source, at);
				CU_ASSERT_NOT_EQUAL_FATAL(at, target);
				at = rg_graph_references(graph, at).target[chain->steps[i].index];
			}
			CU_ASSERT_EQUAL_FATAL(at, target);
			if (chain->length) {
				rg_id last = chain->steps[chain->length - 1].source;

				CU_ASSERT_FATAL(!seen[last]);
				seen[last] = true;
			}
		}
		rg_chains_free(chains);
next:
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(several > 300);
}

static void filters_roots(void)
{
	struct rg_chains_options options = { .size = sizeof(options) };
	struct synth *synth = synth_new(4, 1);
	rg_builder *builder;
	struct rg_chains *chains;
	rg_id target = 3, none = 4;
	rg_error *error;

	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, ".a");
	synth_refer(synth, 1, 3, RG_REFERENCE_STRONG, ".b");
	synth_refer(synth, 2, 3, RG_REFERENCE_WEAK, NULL);
	synth_root(synth, 0, RG_ROOT_MODULE, 0, "sys.modules['far']");
	synth_root(synth, 1, RG_ROOT_MODULE, 0, "sys.modules['near']");
	synth_root(synth, 3, RG_ROOT_LOCAL, 1, "main local x");
	synth_root(synth, 2, RG_ROOT_MODULE, 0, "sys.modules['weak']");
	builder = synth_must(synth);
	/* A module two steps away is a better answer than a local at no distance. */
	CU_ASSERT_PTR_NULL_FATAL(
		rg_chains_find(rg_builder_graph(builder), &target, 1, &options, &chains));
	CU_ASSERT_EQUAL_FATAL(chains->count, 1);
	CU_ASSERT_STRING_EQUAL(chains->chains[0].root->name, "sys.modules['near']");
	rg_chains_free(chains);
	options.root = "*[[]'f?r']";
	CU_ASSERT_PTR_NULL_FATAL(
		rg_chains_find(rg_builder_graph(builder), &target, 1, &options, &chains));
	CU_ASSERT_EQUAL(chains->count, 0);
	rg_chains_free(chains);
	options.root = "sys.modules['f?r']";
	CU_ASSERT_PTR_NULL_FATAL(
		rg_chains_find(rg_builder_graph(builder), &target, 1, &options, &chains));
	CU_ASSERT_EQUAL_FATAL(chains->count, 1);
	CU_ASSERT_EQUAL(chains->chains[0].length, 2);
	rg_chains_free(chains);
	options.root = NULL;
	options.root_kinds = 1u << RG_ROOT_LOCAL;
	CU_ASSERT_PTR_NULL_FATAL(
		rg_chains_find(rg_builder_graph(builder), &target, 1, &options, &chains));
	CU_ASSERT_EQUAL_FATAL(chains->count, 1);
	CU_ASSERT_EQUAL(chains->chains[0].length, 0);
	rg_chains_free(chains);
	error = rg_chains_find(rg_builder_graph(builder), &none, 1, NULL, &chains);
	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	rg_builder_free(builder);
	synth_free(synth);
}

static void writes_expressions(void)
{
	const uint8_t part = RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING;
	struct synth *synth = synth_new(9, 1);
	rg_builder *builder;
	const rg_graph *graph;
	struct rg_chains *chains;
	rg_id target = 7;
	char text[100];
	struct rg_step step;

	/* module -> __dict__ -> cache dict -> object -> __dict__ -> cell -> target */
	synth_refer(synth, 0, 1, part, ".__dict__");
	synth_refer(synth, 1, 8, RG_REFERENCE_STRONG, "['no name']");
	synth_refer(synth, 1, 2, RG_REFERENCE_STRONG, "['cache']");
	synth_refer(synth, 2, 3, RG_REFERENCE_STRONG, "['k']");
	synth_refer(synth, 3, 4, part, ".__dict__");
	synth_refer(synth, 4, 5, RG_REFERENCE_STRONG, "['not an identifier']");
	synth_refer(synth, 5, 6, RG_REFERENCE_STRONG, "cell x");
	synth_refer(synth, 6, 7, RG_REFERENCE_STRONG, NULL);
	synth_root(synth, 0, RG_ROOT_MODULE, 0, "sys.modules['app']");
	builder = synth_must(synth);
	graph = rg_builder_graph(builder);
	CU_ASSERT_PTR_NULL_FATAL(rg_chains_find(graph, &target, 1, NULL, &chains));
	CU_ASSERT_EQUAL_FATAL(chains->count, 1);
	CU_ASSERT_EQUAL(rg_path_expression(graph, chains->chains, RG_LABELS_ALL, false, text,
					   sizeof(text)), strlen(text));
	CU_ASSERT_STRING_EQUAL(text, "sys.modules['app'].cache['k']"
				     ".__dict__['not an identifier']<cell x><?>");
	CU_ASSERT_EQUAL(rg_path_expression(graph, chains->chains, RG_LABELS_ALL, false, text, 22),
			strlen("sys.modules['app'].cache['k']"
			       ".__dict__['not an identifier']<cell x><?>"));
	CU_ASSERT_STRING_EQUAL(text, "sys.modules['app'].ca");
	(void)rg_path_expression(graph, chains->chains, RG_LABELS_ALL, true, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "sys.modules['app'].__dict__['cache']['k']"
				     ".__dict__['not an identifier']<cell x><?>");
	(void)rg_path_expression(graph, chains->chains, RG_LABELS_NONE, false, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, "sys.modules['app']<?><?><?><?><?>");
	CU_ASSERT_EQUAL(rg_path_next(graph, chains->chains[0].steps, 7, false), 2);
	CU_ASSERT_EQUAL(rg_path_next(graph, chains->chains[0].steps, 1, false), 1);
	CU_ASSERT_EQUAL(rg_path_next(graph, chains->chains[0].steps, 7, true), 1);
	CU_ASSERT_EQUAL(rg_path_next(graph, chains->chains[0].steps, 0, true), 0);
	step = chains->chains[0].steps[1];
	CU_ASSERT_EQUAL(rg_step_label(graph, &step, RG_LABELS_ALL, text, sizeof(text)), 6);
	CU_ASSERT_STRING_EQUAL(text, ".cache");
	step.index = 0;
	step.target = 8;
	(void)rg_step_label(graph, &step, RG_LABELS_ALL, text, sizeof(text));
	CU_ASSERT_STRING_EQUAL(text, ".__dict__['no name']");
	rg_chains_free(chains);
	rg_builder_free(builder);
	synth_free(synth);
}

static void matches_patterns(void)
{
	CU_ASSERT(rg_pattern_match("", ""));
	CU_ASSERT(!rg_pattern_match("", "a"));
	CU_ASSERT(rg_pattern_match("*", ""));
	CU_ASSERT(rg_pattern_match("a*c", "abbbc"));
	CU_ASSERT(!rg_pattern_match("a*c", "abbbcd"));
	CU_ASSERT(rg_pattern_match("*.Node", "app.models.Node"));
	CU_ASSERT(rg_pattern_match("a?c*", "abc"));
	CU_ASSERT(!rg_pattern_match("a?c", "ac"));
	CU_ASSERT(rg_pattern_match("?", "\xc3\xa9"));
	CU_ASSERT(!rg_pattern_match("??", "\xc3\xa9"));
	CU_ASSERT(rg_pattern_match("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaab"));
	CU_ASSERT(!rg_pattern_match("*a*a*a*a*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"));
	CU_ASSERT(rg_pattern_match("x[1]", "x[1]"));
}

static void follows_a_million_steps(void)
{
	const rg_id count = 1000000;
	struct synth *synth = synth_new(count, 1);
	rg_builder *builder;
	struct rg_chains *chains;
	rg_id target = 0;

	for (rg_id id = 1; id < count; id++)
		synth_refer(synth, id, id - 1, RG_REFERENCE_STRONG, ".next");
	synth_root(synth, count - 1, RG_ROOT_LOCAL, 1, "x");
	builder = synth_must(synth);
	CU_ASSERT_PTR_NULL_FATAL(
		rg_chains_find(rg_builder_graph(builder), &target, 1, NULL, &chains));
	CU_ASSERT_EQUAL_FATAL(chains->count, 1);
	CU_ASSERT_EQUAL(chains->chains[0].length, count - 1);
	CU_ASSERT_EQUAL(rg_path_expression(rg_builder_graph(builder), chains->chains, RG_LABELS_ALL,
					   false, NULL, 0), 1 + 5 * (size_t)(count - 1));
	rg_chains_free(chains);
	rg_builder_free(builder);
	synth_free(synth);
}

static void survives_failed_allocations(void)
{
	struct rg_chains_options options = { .size = sizeof(options), .count = 100 };
	struct synth_random random = { 8 };
	struct synth *synth = synth_small(&random, 30);
	rg_builder *builder;
	rg_id target = 0;
	int64_t failures = 0;

	synth_refer(synth, 1, 0, RG_REFERENCE_STRONG, NULL);
	synth_root(synth, 1, RG_ROOT_MODULE, 0, "m");
	builder = synth_must(synth);
	for (;; failures++) {
		struct rg_chains *chains = NULL;
		rg_error *error;

		rg_alloc_fail_after(failures);
		error = rg_chains_find(rg_builder_graph(builder), &target, 1, &options, &chains);
		rg_alloc_fail_after(-1);
		rg_chains_free(chains);
		if (!error)
			break;
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		CU_ASSERT_FATAL(failures < 100);
	}
	CU_ASSERT(failures >= 6);
	rg_builder_free(builder);
	synth_free(synth);
}

static const struct rg_test tests[] = {
	RG_TEST(finds_the_best_chain),
	RG_TEST(a_tree_has_the_best_chains),
	RG_TEST(finds_distinct_chains),
	RG_TEST(filters_roots),
	RG_TEST(writes_expressions),
	RG_TEST(matches_patterns),
	RG_TEST(follows_a_million_steps),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_chain = { "analysis_chain", NULL, NULL, tests };
