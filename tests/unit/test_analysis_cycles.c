/* SPDX-License-Identifier: MIT */
/* Unreachable and lost objects, and their root cycles, against brute force. */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bitset.h"
#include "support/oracle.h"
#include "support/removal.h"
#include "support/synth.h"

#define ROUNDS 20000

static void agrees_with_the_collector(void)
{
	struct synth_random random = { 1 };
	unsigned long rounds = removal_graphs(), found = 0, lost_found = 0, further = 0;

	for (unsigned long round = 0; round < rounds; round++) {
		struct synth *synth = synth_small(&random, 12);
		rg_builder *builder = synth_must(synth);
		const rg_graph *graph = rg_builder_graph(builder);
		bool unreachable[ORACLE_MOST], going[ORACLE_MOST], lost[ORACLE_MOST];
		struct rg_garbage *garbage;

		CU_ASSERT_PTR_NULL_FATAL(rg_garbage_find(graph, &garbage));
		oracle_unreachable(graph, unreachable);
		oracle_going(graph, unreachable, going);
		oracle_lost(graph, unreachable, lost);
		for (rg_id id = 0; id < synth->count; id++) {
			enum rg_state state = rg_garbage_state(garbage, id);

			CU_ASSERT_EQUAL_FATAL(state == RG_STATE_UNREACHABLE, going[id]);
			CU_ASSERT_EQUAL_FATAL(rg_bitset_test(garbage->unreachable_set, id),
					      unreachable[id]);
			CU_ASSERT_EQUAL_FATAL(state == RG_STATE_LOST, lost[id]);
		}
		for (rg_id id = 0; id < synth->count; id++)
			further += going[id] && !unreachable[id];
		found += garbage->objects > 0;
		lost_found += garbage->lost_objects > 0;
		rg_garbage_free(garbage);
		rg_builder_free(builder);
		synth_free(synth);
	}
	/* The random graphs do contain what is tested. */
	CU_ASSERT(found > rounds / 20);
	CU_ASSERT(lost_found > rounds / 100);
	CU_ASSERT(further > rounds / 100);
}

/* The references between members of @set that break all its cycles: is @step one of them? */
static bool breaks(const rg_graph *graph, const bool *set, const struct rg_step *step)
{
	return oracle_girth(graph, set, step) == 0;
}

static bool breakable(const rg_graph *graph, const bool *set)
{
	for (rg_id u = 0; u < rg_graph_object_count(graph); u++) {
		struct rg_references out = rg_graph_references(graph, u);

		for (size_t i = 0; set[u] && i < out.count; i++) {
			struct rg_step step = { u, i, out.target[i] };

			if (breaks(graph, set, &step))
				return true;
		}
	}
	return false;
}

static void check_group(const rg_graph *graph, const struct rg_cycle_group *group,
			bool closure[ORACLE_MOST][ORACLE_MOST])
{
	bool members[ORACLE_MOST] = { false };
	rg_id count = rg_graph_object_count(graph);

	for (size_t i = 0; i < group->example_count; i++) {
		CU_ASSERT_FATAL(i == 0 || group->example[i] > group->example[i - 1]);
		members[group->example[i]] = true;
	}
	/* Exactly one component, which no other garbage refers to. */
	for (rg_id v = 0; v < count; v++) {
		rg_id first = group->example[0];
		bool strong = v == first || (closure[v][first] && closure[first][v]);

		CU_ASSERT_EQUAL_FATAL(members[v], strong);
		if (!group->alive)
			CU_ASSERT_FATAL(!closure[v][first] || members[v]);
	}
	CU_ASSERT_EQUAL_FATAL(group->cycle_length, oracle_girth(graph, members, NULL));
	for (size_t i = 0; i < group->cycle_length; i++) {
		const struct rg_step *step = &group->cycle[i];

		CU_ASSERT_FATAL(members[step->source]);
		CU_ASSERT_EQUAL_FATAL(
			rg_graph_references(graph, step->source).target[step->index],
			step->target);
		CU_ASSERT_EQUAL_FATAL(group->cycle[(i + 1) % group->cycle_length].source,
				      step->target);
	}
	if (group->cycle_length)
		CU_ASSERT_EQUAL_FATAL(group->has_break, breakable(graph, members));
	if (group->has_break)
		CU_ASSERT_FATAL(breaks(graph, members, &group->break_at));
}

static void groups_root_cycles(void)
{
	static bool closure[ORACLE_MOST][ORACLE_MOST], alive[ORACLE_MOST][ORACLE_MOST];
	struct rg_cycles_options options = { .size = sizeof(options), .all = true };
	struct synth_random random = { 2 };
	unsigned int cycles_found = 0, shared_found = 0, alive_found = 0;

	for (unsigned int round = 0; round < ROUNDS / 2; round++) {
		struct synth *synth = synth_small(&random, 10);
		rg_builder *builder = synth_must(synth);
		const rg_graph *graph = rg_builder_graph(builder);
		bool set[ORACLE_MOST] = { false }, rest[ORACLE_MOST] = { false };
		bool seen[ORACLE_MOST] = { false };
		uint64_t sources = 0, bytes = 0, members = 0, listed = 0;
		struct rg_garbage *garbage;
		struct rg_cycles *cycles;

		CU_ASSERT_PTR_NULL_FATAL(rg_garbage_find(graph, &garbage));
		CU_ASSERT_PTR_NULL_FATAL(rg_cycles_find(graph, garbage, &options, &cycles));
		for (rg_id id = 0; id < synth->count; id++) {
			set[id] = rg_garbage_state(garbage, id) != RG_STATE_ALIVE;
			rest[id] = !set[id];
		}
		oracle_closure(graph, set, closure);
		oracle_closure(graph, rest, alive);
		for (rg_id v = 0; v < synth->count; v++) {
			bool source = set[v];

			for (rg_id u = 0; u < synth->count; u++)
				source = source && !(closure[u][v] && !closure[v][u]) &&
					 !(u < v && closure[u][v] && closure[v][u]);
			sources += source;
			members += set[v] && closure[v][v];
		}
		for (size_t g = 0; g < cycles->count; g++) {
			const struct rg_cycle_group *group = &cycles->groups[g];

			check_group(graph, group, group->alive ? alive : closure);
			for (size_t i = 0; i < group->object_count; i++) {
				CU_ASSERT_FATAL(!seen[group->objects[i]]);
				CU_ASSERT_EQUAL_FATAL(set[group->objects[i]], !group->alive);
				seen[group->objects[i]] = true;
			}
			if (group->alive) {
				alive_found++;
				continue;
			}
			listed += group->count;
			bytes += group->bytes;
			members -= group->member_count;
			cycles_found += group->cycle_length > 0;
			shared_found += group->shared > 0;
		}
		for (rg_id v = 0; v < synth->count; v++)
			CU_ASSERT_EQUAL_FATAL(seen[v], set[v] || alive[v][v]);
		CU_ASSERT_EQUAL_FATAL(listed, sources);
		CU_ASSERT_EQUAL_FATAL(bytes, garbage->bytes + garbage->lost_bytes);
		CU_ASSERT_EQUAL_FATAL(members, 0);
		rg_cycles_free(cycles);
		rg_garbage_free(garbage);
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(cycles_found > 500);
	CU_ASSERT(shared_found > 20);
	CU_ASSERT(alive_found > 500);
}

/* 3 × Node.parent/Node.kids[i], with what hangs from them; one ring of another shape. */
static void merges_identical_shapes(void)
{
	static const char *const keys[] = { "[0]", "[1]", "[2]" };
	struct synth *synth = synth_new(12, 3);
	rg_builder *builder;
	const rg_graph *graph;
	struct rg_garbage *garbage;
	struct rg_cycles *cycles;

	for (rg_id i = 0; i < 3; i++) {
		synth->objects[3 * i].type = 0;
		synth->objects[3 * i + 1].type = 1;
		synth->objects[3 * i + 2].type = 2;
		synth->objects[3 * i + 2].flags = 0; /* an untracked leaf */
		synth_refer(synth, 3 * i, 3 * i + 1, RG_REFERENCE_STRONG, ".kids");
		synth_refer(synth, 3 * i + 1, 3 * i, RG_REFERENCE_STRONG, keys[i]);
		synth_refer(synth, 3 * i, 3 * i + 2, RG_REFERENCE_STRONG, ".name");
	}
	synth_refer(synth, 9, 10, RG_REFERENCE_STRONG, ".child");
	synth_refer(synth, 10, 9, RG_REFERENCE_INFERRED, ".parent");
	synth_refer(synth, 10, 11, RG_REFERENCE_STRONG, ".data");
	synth->objects[10].flags |= RG_OBJECT_FINALIZER;
	builder = synth_must(synth);
	graph = rg_builder_graph(builder);
	CU_ASSERT_PTR_NULL_FATAL(rg_garbage_find(graph, &garbage));
	CU_ASSERT_EQUAL(garbage->objects, 12);
	CU_ASSERT_EQUAL(garbage->tracked, 9);
	CU_ASSERT(!garbage->certain);
	CU_ASSERT_PTR_NULL_FATAL(rg_cycles_find(graph, garbage, NULL, &cycles));
	CU_ASSERT_EQUAL_FATAL(cycles->count, 2);
	CU_ASSERT_EQUAL(cycles->cycles, 4);
	CU_ASSERT_EQUAL(cycles->groups[0].count, 3);
	CU_ASSERT_EQUAL(cycles->groups[0].object_count, 9);
	CU_ASSERT_EQUAL(cycles->groups[0].member_count, 6);
	CU_ASSERT_EQUAL(cycles->groups[0].type_count, 3);
	CU_ASSERT_EQUAL(cycles->groups[0].cycle_length, 2);
	CU_ASSERT(cycles->groups[0].certain);
	CU_ASSERT_EQUAL(cycles->groups[1].count, 1);
	CU_ASSERT_EQUAL(cycles->groups[1].object_count, 3);
	CU_ASSERT_EQUAL(cycles->groups[1].finalizers, 1);
	CU_ASSERT(!cycles->groups[1].certain);
	CU_ASSERT(cycles->groups[1].has_break);
	CU_ASSERT_EQUAL(cycles->groups[1].break_at.source, 10);
	rg_cycles_free(cycles);
	rg_garbage_free(garbage);
	rg_builder_free(builder);
	synth_free(synth);
}

/* Whether a reference is one of the first @count of @cuts, but not number @but. */
static bool is_cut(const rg_graph *graph, const struct rg_cycle_group *group, rg_id id, size_t i,
		   size_t but)
{
	char label[16], other[16];

	rg_graph_label(graph, id, i, RG_LABELS_ALL, label, sizeof(label));
	for (size_t c = 0; c < group->cut_count; c++) {
		rg_graph_label(graph, group->cuts[c].first.source, group->cuts[c].first.index,
			       RG_LABELS_ALL, other, sizeof(other));
		if (c != but && !strcmp(label, other))
			return true;
	}
	return false;
}

/* Whether the example of @group has a cycle without its cuts, but with number @but. */
static bool has_cycle(const rg_graph *graph, const struct rg_cycle_group *group, size_t but)
{
	bool left[ORACLE_MOST] = { false };
	size_t count = group->example_count;

	for (size_t m = 0; m < count; m++)
		left[group->example[m]] = true;
	/* What leads to nothing that is left goes. */
	for (bool gone = true; gone;) {
		gone = false;
		for (size_t m = 0; m < group->example_count; m++) {
			rg_id id = group->example[m];
			struct rg_references out = rg_graph_references(graph, id);
			bool leads = false;

			for (size_t i = 0; left[id] && i < out.count; i++)
				leads |= left[out.target[i]] && out.kind[i] != RG_REFERENCE_WEAK &&
					 out.kind[i] != RG_REFERENCE_BORROWED &&
					 !is_cut(graph, group, id, i, but);
			if (!left[id] || leads)
				continue;
			left[id] = false;
			gone = true;
			count--;
		}
	}
	return count;
}

/* Attributes that are named to be broken leave no cycle, and none is named for nothing. */
static void finds_attributes_to_break(void)
{
	static const char *const words[] = { ".parent", ".kids", "[0]", ".prevNode", ".x", "[1]" };
	struct synth_random random = { 7 };
	unsigned int found = 0, several = 0;

	for (unsigned int round = 0; round < ROUNDS / 2; round++) {
		struct synth *synth = synth_small(&random, 10);
		rg_builder *builder;
		const rg_graph *graph;
		struct rg_garbage *garbage;
		struct rg_cycles *cycles;

		for (size_t i = 0; i < synth->reference_count; i++)
			synth->references[i].label = words[synth_random(&random, 6)];
		builder = synth_must(synth);
		graph = rg_builder_graph(builder);
		CU_ASSERT_PTR_NULL_FATAL(rg_garbage_find(graph, &garbage));
		CU_ASSERT_PTR_NULL_FATAL(rg_cycles_find(graph, garbage, NULL, &cycles));
		for (size_t g = 0; g < cycles->count; g++) {
			const struct rg_cycle_group *group = &cycles->groups[g];

			CU_ASSERT_FATAL(group->cut_count <= 6);
			if (!group->cut_count)
				continue;
			CU_ASSERT_FATAL(!has_cycle(graph, group, SIZE_MAX));
			for (size_t c = 0; c < group->cut_count; c++)
				CU_ASSERT_FATAL(has_cycle(graph, group, c));
			found++;
			several += group->cut_count > 1;
		}
		rg_cycles_free(cycles);
		rg_garbage_free(garbage);
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(found > 100);
	CU_ASSERT(several > 20);
}

static void goes_by_roots_without_counts(void)
{
	struct synth *synth = synth_new(4, 1);
	rg_builder *builder;
	struct rg_garbage *garbage;
	rg_error *error;

	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 2, 3, RG_REFERENCE_STRONG, NULL);
	synth->no_refcounts = true;
	builder = synth_must(synth);
	error = rg_garbage_find(rg_builder_graph(builder), &garbage);
	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INCOMPLETE);
	rg_error_free(error);
	rg_builder_free(builder);
	synth_root(synth, 0, RG_ROOT_MODULE, 0, "m");
	builder = synth_must(synth);
	CU_ASSERT_PTR_NULL_FATAL(rg_garbage_find(rg_builder_graph(builder), &garbage));
	CU_ASSERT(garbage->by_roots);
	CU_ASSERT_EQUAL(garbage->objects, 2);
	CU_ASSERT_EQUAL(rg_garbage_state(garbage, 1), RG_STATE_ALIVE);
	CU_ASSERT_EQUAL(rg_garbage_state(garbage, 3), RG_STATE_UNREACHABLE);
	rg_garbage_free(garbage);
	rg_builder_free(builder);
	synth_free(synth);
}

/* A static type that an extension left at a count of 0: its own ring refers to it, no one else. */
static void static_data_is_never_lost(void)
{
	for (unsigned int is_static = 0; is_static < 2; is_static++) {
		struct synth *synth = synth_new(2, 1);
		rg_builder *builder;
		struct rg_garbage *garbage;

		synth->objects[0].flags = synth->objects[1].flags = 0; /* no collector sees them */
		synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, ".__mro__");
		synth_refer(synth, 1, 0, RG_REFERENCE_STRONG, "[0]");
		if (is_static)
			synth_root(synth, 0, RG_ROOT_STATIC, 1, "static type T0");
		builder = synth_must(synth);
		CU_ASSERT_PTR_NULL_FATAL(rg_garbage_find(rg_builder_graph(builder), &garbage));
		CU_ASSERT_EQUAL(garbage->lost_objects, is_static ? 0 : 2);
		rg_garbage_free(garbage);
		rg_builder_free(builder);
		synth_free(synth);
	}
}

/* One ring of a million and a hub that a million refer to and that refers to them. */
static void takes_a_million_in_a_ring_or_star(void)
{
	const rg_id count = 1000000;

	for (unsigned int star = 0; star < 2; star++) {
		struct synth *synth = synth_new(count, 1);
		rg_builder *builder;
		struct rg_garbage *garbage;
		struct rg_cycles *cycles;

		for (rg_id id = 0; id < count; id++) {
			if (star && id) {
				synth_refer(synth, 0, id, RG_REFERENCE_STRONG, "[0]");
				synth_refer(synth, id, 0, RG_REFERENCE_STRONG, ".hub");
			} else if (!star) {
				synth_refer(synth, id, (id + 1) % count, RG_REFERENCE_STRONG, ".n");
			}
		}
		builder = synth_must(synth);
		CU_ASSERT_PTR_NULL_FATAL(rg_garbage_find(rg_builder_graph(builder), &garbage));
		CU_ASSERT_EQUAL(garbage->objects, count);
		CU_ASSERT_PTR_NULL_FATAL(rg_cycles_find(rg_builder_graph(builder), garbage, NULL,
							&cycles));
		CU_ASSERT_EQUAL_FATAL(cycles->count, 1);
		CU_ASSERT_EQUAL(cycles->groups[0].cycle_length, star ? 2 : count);
		CU_ASSERT_EQUAL(cycles->groups[0].has_break, !star);
		CU_ASSERT_EQUAL(cycles->groups[0].member_count, count);
		rg_cycles_free(cycles);
		rg_garbage_free(garbage);
		rg_builder_free(builder);
		synth_free(synth);
	}
}

static void survives_failed_allocations(void)
{
	struct rg_cycles_options options = { .size = sizeof(options), .all = true };
	struct synth_random random = { 5 };
	struct synth *synth = synth_small(&random, 30);
	rg_builder *builder;
	int64_t failures = 0;

	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, ".a");
	synth_refer(synth, 1, 0, RG_REFERENCE_STRONG, ".b");
	builder = synth_must(synth);
	for (;; failures++) {
		struct rg_garbage *garbage = NULL;
		struct rg_cycles *cycles = NULL;
		rg_error *error;

		rg_alloc_fail_after(failures);
		error = rg_garbage_find(rg_builder_graph(builder), &garbage);
		if (!error)
			error = rg_cycles_find(rg_builder_graph(builder), garbage, &options,
					       &cycles);
		rg_alloc_fail_after(-1);
		rg_cycles_free(cycles);
		rg_garbage_free(garbage);
		if (!error)
			break;
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		CU_ASSERT_FATAL(failures < 1000);
	}
	CU_ASSERT(failures > 30);
	rg_builder_free(builder);
	synth_free(synth);
}

static const struct rg_test tests[] = {
	RG_TEST(agrees_with_the_collector),
	RG_TEST(groups_root_cycles),
	RG_TEST(merges_identical_shapes),
	RG_TEST(goes_by_roots_without_counts),
	RG_TEST(static_data_is_never_lost),
	RG_TEST(finds_attributes_to_break),
	RG_TEST(takes_a_million_in_a_ring_or_star),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_cycles = { "analysis_cycles", NULL, NULL, tests };
