/* SPDX-License-Identifier: MIT */
/* Chains against all ways there are, and how they are written. */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "support/oracle.h"
#include "support/synth.h"

#define MOST_LENGTH 8u /* of the ways that the oracle tries, and of their routine references */

static bool counted(uint8_t kind)
{
	return (kind & RG_REFERENCE_KIND_MASK) <= RG_REFERENCE_INFERRED;
}

static unsigned int class_of(enum rg_root_kind kind)
{
	static const unsigned int classes[] = { 0, 1, 1, 2, 2, 2, 3 };

	return classes[kind];
}

/* The reference that is told of those between two objects: the first that explains something. */
static bool is_told(const struct rg_references *out, size_t index, bool any)
{
	for (size_t i = 0; i < out->count; i++)
		if (out->target[i] == out->target[index] && counted(out->kind[i]) &&
		    !(out->kind[i] & RG_REFERENCE_ROUTINE) && !any)
			return i == index;
	for (size_t i = 0; i < index; i++)
		if (out->target[i] == out->target[index] && counted(out->kind[i]))
			return false;
	return true;
}

/*
 * The first way in the order of references of exactly @length steps, @routine of
 * which explain nothing (@any: however many), by trying all.
 */
static bool try_ways(const rg_graph *graph, rg_id at, rg_id target, size_t length, size_t routine,
		     bool any, struct rg_step *steps, bool *on)
{
	struct rg_references out = rg_graph_references(graph, at);

	if (!length)
		return at == target && (any || !routine);
	if (at == target)
		return false;
	on[at] = true;
	for (size_t i = 0; i < out.count; i++) {
		bool explains = any || !(out.kind[i] & RG_REFERENCE_ROUTINE);

		steps[0] = (struct rg_step){ at, i, out.target[i] };
		if (counted(out.kind[i]) && !on[out.target[i]] && is_told(&out, i, any) &&
		    (explains || routine) &&
		    try_ways(graph, out.target[i], target, length - 1, routine - !explains, any,
			     steps + 1, on)) {
			on[at] = false;
			return true;
		}
	}
	on[at] = false;
	return false;
}

/*
 * Whether there is a way, and how long the best one is, of which root @known
 * gives one: that one's steps.
 */
static bool best_chain(const rg_graph *graph, rg_id target, bool shortest, size_t known,
		       size_t *ret_class, struct rg_step *steps, size_t *ret_length)
{
	bool on[ORACLE_MOST] = { false };
	const struct rg_root *roots;
	size_t count;

	roots = rg_graph_roots(graph, &count);
	for (unsigned int class = 0; class < 4; class++) {
		for (size_t way = 0; way < (size_t)MOST_LENGTH * MOST_LENGTH; way++) {
			size_t routine = way / MOST_LENGTH, length = way % MOST_LENGTH;
			bool found = false;

			for (size_t r = 0; r < count && !(found && known == count); r++) {
				if (shortest ? routine : class_of(roots[r].kind) != class)
					continue;
				if (found && r != known)
					continue;
				found |= try_ways(graph, roots[r].object, target, length, routine,
						  shortest, steps, on);
			}
			if (!found)
				continue;
			*ret_class = class;
			*ret_length = length;
			/* Of those that are as good the steps of the one in question are last. */
			return known == count ||
			       try_ways(graph, roots[known].object, target, length, routine,
					shortest, steps, on);
		}
	}
	return false;
}

/* The graph of @synth, in which every fourth reference explains nothing. */
static rg_builder *make_some_routine(struct synth *synth, struct synth_random *random)
{
	for (size_t i = 0; i < synth->reference_count; i++)
		if (synth_random(random, 4) == 0)
			synth->references[i].kind |= RG_REFERENCE_ROUTINE;
	return synth_must(synth);
}

static void finds_the_best_chain(void)
{
	struct synth_random random = { 21 };
	unsigned int found = 0, missed = 0;

	for (unsigned int round = 0; round < 6000; round++) {
		struct synth *synth = synth_small(&random, MOST_LENGTH);
		rg_builder *builder = make_some_routine(synth, &random);
		const rg_graph *graph = rg_builder_graph(builder);
		struct rg_chains_options options = { .size = sizeof(options),
						     .shortest = round % 2 };
		rg_id target = synth_random(&random, synth->count);
		struct rg_step steps[ORACLE_MOST];
		const struct rg_root *roots;
		struct rg_chains *chains;
		size_t count, class, length;

		roots = rg_graph_roots(graph, &count);
		if (count) {
			size_t known = count;
			bool exists;

			CU_ASSERT_PTR_NULL_FATAL(
				rg_chains_find(graph, &target, 1, &options, &chains));
			if (chains->count)
				known = (size_t)(chains->chains[0].root - roots);
			exists = best_chain(graph, target, options.shortest, known, &class, steps,
					    &length);
			CU_ASSERT_EQUAL_FATAL(chains->count, exists);
			if (exists) {
				CU_ASSERT_EQUAL_FATAL(chains->chains[0].length, length);
				CU_ASSERT_FATAL(options.shortest ||
						class_of(roots[known].kind) == class);
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
		rg_builder *builder = make_some_routine(synth, &random);
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
		rg_builder *builder = make_some_routine(synth, &random);
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

static const char *first_root(struct synth *synth, rg_id target, size_t *ret_length)
{
	rg_builder *builder = synth_must(synth);
	struct rg_chains *chains;
	const char *name;

	CU_ASSERT_PTR_NULL_FATAL(
		rg_chains_find(rg_builder_graph(builder), &target, 1, NULL, &chains));
	CU_ASSERT_EQUAL_FATAL(chains->count, 1);
	/* Names are the synth's. */
	name = chains->chains[0].root->name;
	for (size_t i = 0; i < synth->root_count; i++)
		if (!strcmp(name, synth->roots[i].name))
			name = synth->roots[i].name;
	*ret_length = chains->chains[0].length;
	rg_chains_free(chains);
	rg_builder_free(builder);
	return name;
}

/* Three modules name one object: 0 and 1 with their namespaces 2 and 3, __main__ with 5. */
static struct synth *modules(void)
{
	const uint8_t part = RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING;
	struct synth *synth = synth_new(10, 1);
	static const rg_id all[] = { 0, 2, 1, 3, 4, 5 };

	for (size_t i = 0; i < 6; i += 2) {
		synth->objects[all[i]].flags |= RG_OBJECT_MODULE;
		synth_refer(synth, all[i], all[i + 1], part, ".__dict__");
		synth_refer(synth, all[i + 1], 8, RG_REFERENCE_STRONG, "['pages']");
	}
	synth_root(synth, 0, RG_ROOT_MODULE, 0, "sys.modules['admin']");
	synth_root(synth, 1, RG_ROOT_MODULE, 0, "sys.modules['cache']");
	synth_root(synth, 4, RG_ROOT_MODULE, 0, "sys.modules['__main__']");
	synth->roots[2].importer = true;
	return synth;
}

static void what_is_imported_is_the_others(void)
{
	const uint8_t globals = RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE;
	struct synth *synth = modules();
	size_t length;

	/* Nobody knows: the first by name, but not the script. */
	CU_ASSERT_STRING_EQUAL(first_root(synth, 8, &length), "sys.modules['admin']");
	CU_ASSERT_EQUAL(length, 2);
	synth_free(synth);
	/* admin has a function that runs in the namespace of cache. */
	synth = modules();
	synth_refer(synth, 2, 6, RG_REFERENCE_STRONG, "['price']");
	synth_refer(synth, 6, 3, globals, ".__globals__");
	CU_ASSERT_STRING_EQUAL(first_root(synth, 8, &length), "sys.modules['cache']");
	synth_free(synth);
	/* A class of cache, by one of its methods. */
	synth = modules();
	synth->objects[6].flags |= RG_OBJECT_TYPE;
	synth_refer(synth, 2, 6, RG_REFERENCE_STRONG, "['Page']");
	synth_refer(synth, 6, 7, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, ".__dict__");
	synth_refer(synth, 7, 9, RG_REFERENCE_STRONG, "['save']");
	synth_refer(synth, 9, 3, globals, ".__globals__");
	CU_ASSERT_STRING_EQUAL(first_root(synth, 8, &length), "sys.modules['cache']");
	synth_free(synth);
	/* The module itself; that they name each other says nothing of the one longer named. */
	synth = modules();
	synth_refer(synth, 2, 1, RG_REFERENCE_STRONG, "['cache']");
	CU_ASSERT_STRING_EQUAL(first_root(synth, 8, &length), "sys.modules['cache']");
	synth_free(synth);
	synth = modules();
	synth->roots[1].name = "sys.modules['admin.cache']";
	synth_refer(synth, 2, 1, RG_REFERENCE_STRONG, "['cache']");
	synth_refer(synth, 3, 0, RG_REFERENCE_STRONG, "['admin']");
	CU_ASSERT_STRING_EQUAL(first_root(synth, 8, &length), "sys.modules['admin.cache']");
	synth_free(synth);
	/* Whoever names the script does not import from it. */
	synth = modules();
	synth_refer(synth, 2, 4, RG_REFERENCE_STRONG, "['main']");
	CU_ASSERT_STRING_EQUAL(first_root(synth, 8, &length), "sys.modules['admin']");
	synth_free(synth);
}

/* A long way that explains something goes before a short one that does not. */
static void routine_comes_last(void)
{
	struct synth *synth = synth_new(5, 1);
	size_t length;

	synth_refer(synth, 0, 4, RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE, ".__globals__");
	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, ".a");
	synth_refer(synth, 1, 2, RG_REFERENCE_STRONG, ".b");
	synth_refer(synth, 2, 4, RG_REFERENCE_STRONG, ".c");
	synth_refer(synth, 3, 4, RG_REFERENCE_STRONG, ".d");
	synth_root(synth, 0, RG_ROOT_MODULE, 0, "sys.modules['m']");
	synth_root(synth, 3, RG_ROOT_MODULE, 0, "sys.modules['cache']");
	synth->roots[1].routine = true;
	CU_ASSERT_STRING_EQUAL(first_root(synth, 4, &length), "sys.modules['m']");
	CU_ASSERT_EQUAL(length, 3);
	/* A root that explains nothing is better than a reference that does not. */
	synth->references[2].kind |= RG_REFERENCE_ROUTINE;
	CU_ASSERT_STRING_EQUAL(first_root(synth, 4, &length), "sys.modules['cache']");
	CU_ASSERT_EQUAL(length, 1);
	synth_free(synth);
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
	RG_TEST(what_is_imported_is_the_others),
	RG_TEST(routine_comes_last),
	RG_TEST(filters_roots),
	RG_TEST(writes_expressions),
	RG_TEST(matches_patterns),
	RG_TEST(follows_a_million_steps),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_chain = { "analysis_chain", NULL, NULL, tests };
