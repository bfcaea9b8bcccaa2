/* SPDX-License-Identifier: MIT */
/*
 * Dominators and retained sizes, against removal: on many small graphs each
 * object, root and thread is taken away, and what roots then no longer lead to
 * is what it retains.  RG_GRAPHS says how many graphs.
 */
#include "unit/runner.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/dominators.h"
#include "base/alloc.h"
#include "support/removal.h"
#include "support/synth.h"

#define DEEP 1000000

/* --- removal ---------------------------------------------------------------- */

static bool is_root(const struct rg_root *root, const void *user)
{
	return root == user;
}

static bool is_external(const struct rg_root *root, const void *user)
{
	(void)user;
	return root->kind == RG_ROOT_EXTERNAL;
}

static bool is_static(const struct rg_root *root, const void *user)
{
	(void)user;
	return root->kind == RG_ROOT_STATIC;
}

static bool is_of_thread(const struct rg_root *root, const void *user)
{
	return root->thread == *(const uint32_t *)user && root->kind != RG_ROOT_EXTERNAL &&
	       root->kind != RG_ROOT_STATIC;
}

/* What would go if @holder held nothing. */
static uint32_t kept_by(const struct removal *truth, const struct rg_holder *holder)
{
	switch (holder->kind) {
	case RG_HOLDER_EVERYTHING:
		return truth->alive;
	case RG_HOLDER_FOREVER:
		return truth->alive & ~removal_lead(truth, NULL, NULL, false, 0);
	case RG_HOLDER_STATIC:
		return truth->alive & ~removal_lead(truth, is_static, NULL, true, 0);
	case RG_HOLDER_EXTERNAL:
		return truth->alive & ~removal_lead(truth, is_external, NULL, true, 0);
	case RG_HOLDER_THREAD:
		return truth->alive & ~removal_lead(truth, is_of_thread, &holder->thread, true, 0);
	case RG_HOLDER_ROOT:
		return truth->alive & ~removal_lead(truth, is_root, holder->root, true, 0);
	case RG_HOLDER_UNREACHABLE:
		break;
	}
	return ((1u << truth->count) - 1) & ~truth->alive;
}

/* What is dominated by vertex @v. */
static uint32_t below(const struct removal *truth, const struct rg_dominators *found, rg_id v)
{
	uint32_t set = 0;

	for (rg_id id = 0; id < truth->count; id++)
		for (rg_id up = id, steps = 0;; up = found->dominator[up], steps++) {
			CU_ASSERT_FATAL(steps < 64);
			if (up == v)
				set |= 1u << id;
			if (up == v || found->dominator[up] == up)
				break;
		}
	return set;
}

/* The lowest of each root cycle, or alone, of what is unreachable. */
static uint32_t tops(const struct removal *truth, uint32_t garbage)
{
	uint32_t tops = 0, reach[REMOVAL_MOST], into[REMOVAL_MOST] = { 0 };

	for (rg_id id = 0; id < truth->count; id++)
		reach[id] = removal_spread(truth, 1u << id, 0);
	for (rg_id id = 0; id < truth->count; id++)
		for (rg_id to = 0; to < truth->count; to++)
			if (garbage & 1u << id && reach[id] & 1u << to)
				into[to] |= 1u << id;
	for (rg_id id = 0; id < truth->count; id++) {
		/* Whoever leads to it can be reached from it, and none of them is lower. */
		if (!(garbage & 1u << id) || into[id] & ~reach[id])
			continue;
		if (!(into[id] & ((1u << id) - 1)))
			tops |= 1u << id;
	}
	return tops;
}

static void compare(const struct removal *truth, const struct rg_dominators *found)
{
	uint32_t all = (1u << truth->count) - 1, garbage = all & ~truth->alive;
	rg_id last = truth->count + (rg_id)found->holder_count - 1;
	uint32_t first = tops(truth, garbage);

	CU_ASSERT_EQUAL_FATAL(found->objects, truth->count);
	CU_ASSERT_EQUAL_FATAL(found->alive_objects, (uint64_t)__builtin_popcount(truth->alive));
	CU_ASSERT_EQUAL_FATAL(found->unreachable_objects, (uint64_t)__builtin_popcount(garbage));
	CU_ASSERT_EQUAL_FATAL(found->alive_bytes, removal_bytes(truth, truth->alive));
	CU_ASSERT_EQUAL_FATAL(found->unreachable_bytes, removal_bytes(truth, garbage));
	for (rg_id id = 0; id < truth->count; id++) {
		uint32_t kept = truth->alive & ~removal_lead(truth, NULL, NULL, true, 1u << id);

		if (garbage & 1u << id)
			kept = garbage & ~removal_spread(truth, first, 1u << id);
		CU_ASSERT_EQUAL_FATAL(below(truth, found, id), kept);
		CU_ASSERT_EQUAL_FATAL(found->retained[id], removal_bytes(truth, kept));
		if (first & 1u << id)
			CU_ASSERT_EQUAL_FATAL(found->dominator[id], last);
	}
	for (size_t i = 0; i < found->holder_count; i++) {
		const struct rg_holder *holder = &found->holders[i];
		rg_id v = truth->count + (rg_id)i;
		uint32_t kept = kept_by(truth, holder);

		CU_ASSERT_EQUAL_FATAL(below(truth, found, v), kept);
		CU_ASSERT_EQUAL_FATAL(holder->retained, removal_bytes(truth, kept));
		CU_ASSERT_EQUAL_FATAL(found->retained[v], holder->retained);
		CU_ASSERT_EQUAL_FATAL(found->dominator[v], truth->count + holder->dominator);
	}
}

static void agrees_with_removal(void)
{
	struct rg_dominators_options how = { .size = sizeof(how), .certify = true };
	struct synth_random random = { 7 };
	unsigned long deep = 0, garbage = 0, graphs = removal_graphs();

	for (unsigned long round = 0; round < graphs; round++) {
		struct synth *synth = removal_random(&random);
		rg_builder *builder = synth_must(synth);
		struct rg_dominators *found;
		struct rg_garbage *unreachable;
		struct removal truth;

		removal_look(&truth, rg_builder_graph(builder));
		CU_ASSERT_PTR_NULL_FATAL(rg_dominators_find(truth.graph, &how, &found));
		compare(&truth, found);
		for (rg_id id = 0; id < truth.count; id++)
			deep += found->dominator[id] < truth.count;
		garbage += found->unreachable_objects > 0;
		/* What no root leads to is what accounting calls garbage. */
		CU_ASSERT_PTR_NULL_FATAL(rg_garbage_find(truth.graph, &unreachable));
		for (rg_id id = 0; id < truth.count; id++)
			if (!(truth.alive & 1u << id))
				CU_ASSERT_NOT_EQUAL_FATAL(rg_garbage_state(unreachable, id),
							  RG_STATE_ALIVE);
		rg_garbage_free(unreachable);
		rg_dominators_free(found);
		rg_builder_free(builder);
		synth_free(synth);
	}
	/* The random graphs do contain what is tested. */
	CU_ASSERT(deep > graphs);
	CU_ASSERT(garbage > graphs / 10);
}

/*
 * Whatever is wrong with a result, the proof does not hold: a dominator that is
 * another vertex, a sum that is off by a byte, a way that is none.
 */
static void the_proof_refuses_what_is_wrong(void)
{
	struct synth_random random = { 13 };
	unsigned long ways = 0;

	for (unsigned round = 0; round < 5000; round++) {
		struct synth *synth = removal_random(&random);
		rg_builder *builder = synth_must(synth);
		struct rg_dominators_work work = { 0 };
		struct rg_dominators *found;
		rg_id *dominator, vertices, v, right;
		uint64_t *retained;
		rg_error *error;

		CU_ASSERT_PTR_NULL_FATAL(rg_dominators_search(&work, rg_builder_graph(builder),
							      true, &found));
		CU_ASSERT_PTR_NULL_FATAL(rg_dominators_prove(&work.flow, work.witness, found));
		dominator = (rg_id *)found->dominator;
		retained = (uint64_t *)found->retained;
		vertices = found->objects + (rg_id)found->holder_count;
		v = synth_random(&random, vertices);
		right = dominator[v];
		while (dominator[v] == right)
			dominator[v] = synth_random(&random, vertices + 1);
		error = rg_dominators_prove(&work.flow, work.witness, found);
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_CORRUPT);
		rg_error_free(error);
		dominator[v] = right;
		retained[v]++;
		error = rg_dominators_prove(&work.flow, work.witness, found);
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_CORRUPT);
		rg_error_free(error);
		retained[v]--;
		/* A semidominator nearer to the top than any way there is. */
		v = synth_random(&random, work.count);
		if (work.witness->semi[v] > (v < work.alive ? 0 : work.alive)) {
			work.witness->semi[v]--;
			error = rg_dominators_prove(&work.flow, work.witness, found);
			CU_ASSERT_PTR_NOT_NULL_FATAL(error);
			rg_error_free(error);
			ways++;
		}
		rg_dominators_free(found);
		rg_dominators_forget(&work);
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(ways > 500);
}

/* --- traps that others fell into ---------------------------------------------- */

static struct rg_dominators *dominators_of(struct synth *synth, rg_builder **ret)
{
	struct rg_dominators_options how = { .size = sizeof(how), .certify = true };
	struct rg_dominators *found = NULL;

	*ret = synth_must(synth);
	CU_ASSERT_PTR_NULL_FATAL(rg_dominators_find(rg_builder_graph(*ret), &how, &found));
	return found;
}

/*
 * A way that is found late leads round what seemed to dominate.  Trees that are
 * kept up to date while searching breadth-first get this wrong.
 */
static void a_late_way_round(void)
{
	static const rg_id edges[][3] = { /* from, to, dominator of to */
		{ 0, 1, 0 }, { 0, 2, 0 }, { 1, 3, 0 }, { 2, 4, 2 }, { 3, 5, 3 }, { 4, 6, 4 },
		{ 5, 7, 0 }, { 7, 8, 7 }, { 6, 9, 6 }, { 9, 10, 9 }, { 10, 7, 0 }, { 8, 3, 0 },
	};
	const size_t count = sizeof(edges) / sizeof(edges[0]);
	struct synth *synth = synth_new(11, 1);
	struct rg_dominators *found;
	rg_builder *builder;

	for (size_t i = 0; i < count; i++)
		synth_refer(synth, edges[i][0], edges[i][1], RG_REFERENCE_STRONG, NULL);
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "r");
	found = dominators_of(synth, &builder);
	for (size_t i = 0; i < count; i++)
		CU_ASSERT_EQUAL(found->dominator[edges[i][1]], edges[i][2]);
	CU_ASSERT_EQUAL(found->retained[0], 11 * 16);
	CU_ASSERT_EQUAL(found->retained[2], 5 * 16);
	rg_dominators_free(found);
	rg_builder_free(builder);
	synth_free(synth);
}

/* What owns nothing holds nothing, in every pass alike. */
static void weak_and_borrowed_hold_nothing(void)
{
	struct synth *synth = synth_new(4, 1);
	struct rg_dominators *found;
	rg_builder *builder;

	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 1, 2, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 2, 3, RG_REFERENCE_UNTRAVERSED, NULL);
	synth_refer(synth, 0, 2, RG_REFERENCE_WEAK, NULL);
	synth_refer(synth, 0, 3, RG_REFERENCE_BORROWED, NULL);
	synth_refer(synth, 3, 1, RG_REFERENCE_WEAK, NULL);
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "r");
	found = dominators_of(synth, &builder);
	CU_ASSERT_EQUAL(found->dominator[3], 2);
	CU_ASSERT_EQUAL(found->dominator[2], 1);
	CU_ASSERT_EQUAL(found->retained[1], 48);
	rg_dominators_free(found);
	rg_builder_free(builder);
	synth_free(synth);
}

/* Sums beyond 2^32, and beyond what 64 bits hold. */
static void sums_beyond_32_bits(void)
{
	struct synth *synth = synth_new(4, 1);
	struct rg_dominators *found;
	rg_builder *builder;

	for (rg_id id = 0; id < 3; id++) {
		synth->objects[id].size = 3u << 30;
		synth->objects[id].owned = UINT64_C(5) << 32;
		synth_refer(synth, id, id + 1, RG_REFERENCE_STRONG, NULL);
	}
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "r");
	found = dominators_of(synth, &builder);
	CU_ASSERT_EQUAL(found->retained[0], 3 * ((UINT64_C(3) << 30) + (UINT64_C(5) << 32)) + 16);
	rg_dominators_free(found);
	rg_builder_free(builder);
	synth->objects[1].size = UINT64_MAX - 5;
	found = dominators_of(synth, &builder);
	CU_ASSERT_EQUAL(found->retained[1], UINT64_MAX);
	CU_ASSERT_EQUAL(found->retained[0], UINT64_MAX);
	rg_dominators_free(found);
	rg_builder_free(builder);
	synth_free(synth);
}

/* Neither frozen nor immortal objects are in anybody's sum, nor what they hold too. */
static void what_stays_is_in_no_sum(void)
{
	struct synth *synth = synth_new(5, 1);
	struct rg_dominators *found;
	rg_builder *builder;

	synth->objects[1].flags |= RG_OBJECT_FROZEN;
	synth->objects[2].flags |= RG_OBJECT_IMMORTAL;
	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 0, 2, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 1, 3, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 0, 3, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 1, 4, RG_REFERENCE_STRONG, NULL);
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "r");
	found = dominators_of(synth, &builder);
	CU_ASSERT_EQUAL(found->retained[0], 16);
	CU_ASSERT_EQUAL(found->retained[1], 32);
	CU_ASSERT(found->dominator[3] >= found->objects);
	rg_dominators_free(found);
	rg_builder_free(builder);
	synth_free(synth);
}

/* --- size ----------------------------------------------------------------------- */

struct task {
	struct synth *synth;
	rg_builder *builder;
	struct rg_dominators *found;
	rg_error *error;
};

static void *work(void *user)
{
	struct task *task = user;

	struct rg_dominators_options how = { .size = sizeof(how), .certify = true };

	task->error = rg_dominators_find(rg_builder_graph(task->builder), &how, &task->found);
	return NULL;
}

/* In a thread that has 256 KiB of stack, so that nothing can recurse. */
static struct rg_dominators *find_in_little_stack(struct synth *synth, rg_builder **ret)
{
	struct task task = { .builder = synth_must(synth) };
	pthread_attr_t attributes;
	pthread_t thread;

	pthread_attr_init(&attributes);
	CU_ASSERT_EQUAL_FATAL(pthread_attr_setstacksize(&attributes, 256 << 10), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, &attributes, work, &task), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_join(thread, NULL), 0);
	pthread_attr_destroy(&attributes);
	CU_ASSERT_PTR_NULL_FATAL(task.error);
	*ret = task.builder;
	return task.found;
}

static void bears_a_long_chain(void)
{
	struct synth *synth = synth_new(DEEP, 1);
	struct rg_dominators *found;
	rg_builder *builder;
	bool right = true;

	/* Both ways, so that every vertex has somebody behind it who refers to it. */
	for (rg_id id = 0; id + 1 < DEEP; id++) {
		synth_refer(synth, id, id + 1, RG_REFERENCE_STRONG, NULL);
		synth_refer(synth, id + 1, id, RG_REFERENCE_STRONG, NULL);
	}
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "r");
	found = find_in_little_stack(synth, &builder);
	for (rg_id id = 1; id < DEEP; id++)
		right = right && found->dominator[id] == id - 1 &&
			found->retained[id] == 16 * (uint64_t)(DEEP - id);
	CU_ASSERT(right);
	rg_dominators_free(found);
	rg_builder_free(builder);
	synth_free(synth);
}

static void bears_a_star(void)
{
	struct synth *synth = synth_new(DEEP, 1);
	struct rg_dominators *found;
	rg_builder *builder;
	bool right = true;

	for (rg_id id = 1; id < DEEP; id++) {
		synth_refer(synth, 0, id, RG_REFERENCE_STRONG, NULL);
		if (id % 2)
			synth_refer(synth, id, 0, RG_REFERENCE_STRONG, NULL);
	}
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "r");
	found = find_in_little_stack(synth, &builder);
	for (rg_id id = 1; id < DEEP; id++)
		right = right && !found->dominator[id] && found->retained[id] == 16;
	CU_ASSERT(right);
	rg_dominators_free(found);
	rg_builder_free(builder);
	synth_free(synth);
}

static void bears_a_complete_graph(void)
{
	const rg_id count = 1000;
	struct synth *synth = synth_new(count, 1);
	struct rg_dominators *found;
	rg_builder *builder;
	bool right = true;

	for (rg_id from = 0; from < count; from++)
		for (rg_id to = 0; to < count; to++)
			synth_refer(synth, from, to, RG_REFERENCE_STRONG, NULL);
	synth_root(synth, 3, RG_ROOT_MODULE, 1, "r");
	found = find_in_little_stack(synth, &builder);
	for (rg_id id = 0; id < count; id++)
		right = right && (id == 3 || found->dominator[id] == 3);
	CU_ASSERT(right);
	CU_ASSERT_EQUAL(found->retained[3], 16 * (uint64_t)count);
	rg_dominators_free(found);
	rg_builder_free(builder);
	synth_free(synth);
}

/*
 * A deep tree, and at its end as many as it is deep who hang from its top as
 * well: going up step by step costs the square.  Leaves and others alike.
 */
static void no_square_of_the_depth(void)
{
	const rg_id depth = DEEP / 4;
	struct synth *synth = synth_new(3 * depth, 1);
	struct rg_dominators *found;
	rg_builder *builder;
	bool right = true;

	for (rg_id id = 0; id + 1 < depth; id++)
		synth_refer(synth, id, id + 1, RG_REFERENCE_STRONG, NULL);
	for (rg_id id = depth; id < 3 * depth; id++) {
		synth_refer(synth, depth - 1, id, RG_REFERENCE_STRONG, NULL);
		if (id % 2)
			synth_refer(synth, id, id, RG_REFERENCE_STRONG, NULL);
	}
	for (rg_id id = depth; id < 3 * depth; id++)
		synth_refer(synth, 1, id, RG_REFERENCE_STRONG, NULL);
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "r");
	found = find_in_little_stack(synth, &builder);
	for (rg_id id = depth; id < 3 * depth; id++)
		right = right && found->dominator[id] == 1;
	CU_ASSERT(right);
	CU_ASSERT_EQUAL(found->retained[depth - 1], 16);
	CU_ASSERT_EQUAL(found->retained[2], 16 * (uint64_t)(depth - 2));
	rg_dominators_free(found);
	rg_builder_free(builder);
	synth_free(synth);
}

/* --- failing ----------------------------------------------------------------------- */

static void says_that_roots_are_missing(void)
{
	struct synth *synth = synth_new(2, 1);
	struct rg_dominators *found;
	rg_builder *builder;
	rg_error *error;

	synth->no_refcounts = true;
	builder = synth_must(synth);
	error = rg_dominators_find(rg_builder_graph(builder), NULL, &found);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INCOMPLETE);
	rg_error_free(error);
	rg_builder_free(builder);
	synth_free(synth);
}

static void bears_an_empty_graph(void)
{
	struct synth *synth = synth_new(0, 1);
	struct rg_dominators *found;
	rg_builder *builder;

	found = dominators_of(synth, &builder);
	CU_ASSERT_EQUAL(found->alive_objects, 0);
	CU_ASSERT_EQUAL(found->unreachable_objects, 0);
	rg_dominators_free(found);
	rg_builder_free(builder);
	synth_free(synth);
}

static void survives_failed_allocations(void)
{
	struct rg_dominators_options how = { .size = sizeof(how), .certify = true };
	struct synth_random random = { 11 };
	int failures = 0;

	for (int round = 0; round < 20; round++) {
		struct synth *synth = removal_random(&random);
		rg_builder *builder = synth_must(synth);

		for (int countdown = 0;; countdown++, failures++) {
			struct rg_dominators *found;
			rg_error *error;

			rg_alloc_fail_after(countdown);
			error = rg_dominators_find(rg_builder_graph(builder), &how, &found);
			rg_alloc_fail_after(-1);
			if (!error) {
				rg_dominators_free(found);
				break;
			}
			CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
			rg_error_free(error);
			CU_ASSERT_FATAL(countdown < 50);
		}
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(failures >= 20 * 10);
}

static const struct rg_test tests[] = {
	RG_TEST(agrees_with_removal),
	RG_TEST(the_proof_refuses_what_is_wrong),
	RG_TEST(a_late_way_round),
	RG_TEST(weak_and_borrowed_hold_nothing),
	RG_TEST(sums_beyond_32_bits),
	RG_TEST(what_stays_is_in_no_sum),
	RG_TEST(bears_a_long_chain),
	RG_TEST(bears_a_star),
	RG_TEST(bears_a_complete_graph),
	RG_TEST(no_square_of_the_depth),
	RG_TEST(says_that_roots_are_missing),
	RG_TEST(bears_an_empty_graph),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_retained = { "analysis_retained", NULL, NULL, tests };
