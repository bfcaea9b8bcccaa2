/* SPDX-License-Identifier: MIT */
/*
 * Disjoint chains against Menger's theorem: on many small graphs there are as many
 * as the fewest objects that stand on every chain, found by trying all sets.
 * RG_GRAPHS says how many graphs.
 */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "support/removal.h"

#define CLASSES 4

static unsigned int class_of(enum rg_root_kind kind)
{
	static const unsigned int classes[] = { 0, 1, 1, 2, 2, 2, 3 };

	return classes[kind];
}

/* How many objects have to go, at least, until none of @from leads to one of @last. */
static unsigned int cut(const struct removal *truth, uint32_t from, uint32_t last,
			uint32_t targets)
{
	uint32_t inner = removal_spread(truth, from, targets);

	for (unsigned int size = 0;; size++) {
		/* All subsets of so many, in order (Gosper). */
		uint32_t set = (1u << size) - 1;

		do {
			if (!(set & ~inner) &&
			    !(removal_spread(truth, from, targets | set) & last))
				return size;
			if (!set)
				break;
			uint32_t low = set & -set, ripple = set + low;

			set = ripple | ((set ^ ripple) >> 2) / low;
		} while (set < 1u << truth->count);
	}
}

struct expected {
	uint32_t targets;
	size_t up_to[CLASSES]; /* chains from this class and better ones */
};

static void expect(const struct removal *truth, bool shortest, struct expected *ret)
{
	size_t root_count;
	const struct rg_root *roots = rg_graph_roots(truth->graph, &root_count);
	uint32_t last = 0;

	for (rg_id id = 0; id < truth->count; id++)
		if (truth->out[id] & ret->targets)
			last |= 1u << id;
	last &= ~ret->targets;
	for (unsigned int class = 0; class < CLASSES; class++) {
		uint32_t from = 0;

		ret->up_to[class] = 0;
		for (size_t r = 0; r < root_count; r++) {
			uint32_t object = 1u << roots[r].object;

			if (!shortest && class_of(roots[r].kind) > class)
				continue;
			if (object & ret->targets)
				ret->up_to[class]++;
			else
				from |= object;
		}
		if (from)
			ret->up_to[class] += cut(truth, from, last, ret->targets);
	}
}

/* Each is a chain, and no two have an object in common but a target. */
static void check(const struct removal *truth, const struct expected *expected,
		  const struct rg_chains *chains, size_t most, bool shortest)
{
	size_t counts[CLASSES] = { 0 };
	uint32_t used = 0;

	for (size_t c = 0; c < chains->count; c++) {
		const struct rg_chain *chain = &chains->chains[c];
		rg_id at = chain->root->object;

		for (unsigned int class = 0; class < CLASSES; class++)
			counts[class] += shortest || class_of(chain->root->kind) <= class;
		for (size_t i = 0; i < chain->length; i++) {
			struct rg_references out = rg_graph_references(truth->graph, at);
			size_t index = chain->steps[i].index;

			CU_ASSERT_EQUAL_FATAL(chain->steps[i].source, at);
			CU_ASSERT_FATAL(index < out.count);
			CU_ASSERT_FATAL((out.kind[index] & RG_REFERENCE_KIND_MASK) <=
					RG_REFERENCE_INFERRED);
			CU_ASSERT_FATAL(!((used | expected->targets) & 1u << at));
			used |= 1u << at;
			at = out.target[index];
			CU_ASSERT_EQUAL_FATAL(chain->steps[i].target, at);
		}
		CU_ASSERT_EQUAL_FATAL(chain->target, at);
		CU_ASSERT_FATAL(expected->targets & 1u << at);
		for (size_t other = 0; other < c; other++)
			CU_ASSERT_PTR_NOT_EQUAL_FATAL(chains->chains[other].root, chain->root);
	}
	for (unsigned int class = 0; class < CLASSES; class++)
		CU_ASSERT_EQUAL_FATAL(counts[class], expected->up_to[class] < most
						     ? expected->up_to[class] : most);
}

/* A single one is the best chain of all. */
static void check_first(const rg_graph *graph, const rg_id *targets, size_t count,
			const struct rg_chains *chains, bool shortest)
{
	struct rg_chains_options plain = { .size = sizeof(plain), .shortest = shortest };
	struct rg_chains *best;

	CU_ASSERT_PTR_NULL_FATAL(rg_chains_find(graph, targets, count, &plain, &best));
	CU_ASSERT_EQUAL_FATAL(best->count, chains->count);
	if (best->count) {
		CU_ASSERT_PTR_EQUAL_FATAL(best->chains[0].root, chains->chains[0].root);
		CU_ASSERT_EQUAL_FATAL(best->chains[0].length, chains->chains[0].length);
	}
	rg_chains_free(best);
}

static void there_are_as_many_as_can_be(void)
{
	struct synth_random random = { 31 };
	unsigned long several = 0, graphs = removal_graphs();

	for (unsigned long round = 0; round < graphs; round++) {
		struct synth *synth = removal_random(&random);
		rg_builder *builder = synth_must(synth);
		const rg_graph *graph = rg_builder_graph(builder);
		struct rg_chains_options how = { .size = sizeof(how), .disjoint = true,
						 .shortest = round % 4 == 0,
						 .count = 1 + synth_random(&random, 9) };
		rg_id targets[2] = { synth_random(&random, synth->count),
				     synth_random(&random, synth->count) };
		size_t count = 1 + synth_random(&random, 2), roots;
		size_t most = how.count < 8 ? how.count : 8;
		struct expected expected = { 1u << targets[0], { 0 } };
		struct removal truth;
		struct rg_chains *chains;

		rg_graph_roots(graph, &roots);
		if (roots) {
			if (count > 1)
				expected.targets |= 1u << targets[1];
			removal_look(&truth, graph);
			expect(&truth, how.shortest, &expected);
			CU_ASSERT_PTR_NULL_FATAL(
				rg_chains_find(graph, targets, count, &how, &chains));
			check(&truth, &expected, chains, most, how.shortest);
			if (most == 1)
				check_first(graph, targets, count, chains, how.shortest);
			several += chains->count > 1;
			rg_chains_free(chains);
		}
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(several > graphs / 20);
}

/* Two chains, of which the shortest has to give way: 0 -> 1 -> 2 -> 9, and a way round each. */
static struct synth *crossing(void)
{
	struct synth *synth = synth_new(10, 1);
	static const rg_id ways[][2] = {
		{ 0, 1 }, { 1, 2 }, { 2, 9 }, /* the shortest */
		{ 0, 3 }, { 3, 4 }, { 4, 2 }, /* round 1 */
		{ 5, 1 }, { 1, 6 }, { 6, 7 }, { 7, 9 }, /* needs 1 */
	};

	for (size_t i = 0; i < sizeof(ways) / sizeof(*ways); i++)
		synth_refer(synth, ways[i][0], ways[i][1], RG_REFERENCE_STRONG, ".x");
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "sys.modules['a']");
	synth_root(synth, 5, RG_ROOT_MODULE, 1, "sys.modules['b']");
	return synth;
}

static void the_shortest_gives_way(void)
{
	struct synth *synth = crossing();
	rg_builder *builder = synth_must(synth);
	struct rg_chains_options how = { .size = sizeof(how), .disjoint = true, .count = 2 };
	struct rg_chains *chains;
	rg_id target = 9;

	CU_ASSERT_PTR_NULL_FATAL(
		rg_chains_find(rg_builder_graph(builder), &target, 1, &how, &chains));
	CU_ASSERT_EQUAL_FATAL(chains->count, 2);
	CU_ASSERT_STRING_EQUAL(chains->chains[0].root->name, "sys.modules['a']");
	CU_ASSERT_EQUAL(chains->chains[0].length, 4);
	CU_ASSERT_EQUAL(chains->chains[1].length, 4);
	rg_chains_free(chains);
	rg_builder_free(builder);
	synth_free(synth);
}

static void survives_lack_of_memory(void)
{
	struct synth *synth = crossing();
	rg_builder *builder = synth_must(synth);
	struct rg_chains_options how = { .size = sizeof(how), .disjoint = true, .count = 3 };
	struct rg_chains *chains = NULL;
	rg_id target = 9;
	int64_t n = 0;

	for (;; n++) {
		rg_error *error;

		rg_alloc_fail_after(n);
		error = rg_chains_find(rg_builder_graph(builder), &target, 1, &how, &chains);
		rg_alloc_fail_after(-1);
		if (!error)
			break;
		CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		CU_ASSERT_PTR_NULL(chains);
		rg_error_free(error);
	}
	CU_ASSERT(n > 10);
	rg_chains_free(chains);
	rg_builder_free(builder);
	synth_free(synth);
}

static const struct rg_test tests[] = {
	RG_TEST(there_are_as_many_as_can_be),
	RG_TEST(the_shortest_gives_way),
	RG_TEST(survives_lack_of_memory),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_disjoint = { "analysis_disjoint", NULL, NULL, tests };
