/* SPDX-License-Identifier: MIT */
/* Suspects: what has the shape of a leak and what has not, kind by kind, on made-up heaps. */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "support/synth.h"

enum { OWNER, LIST, ITEM, TEXT, CACHE, FILES, ERROR, TRACE, VIEW, TASKED, POOL, TYPES };

/* A heap: object 0 is of the program and named by a module, the rest is added. */
struct heap {
	struct synth *synth;
	rg_builder *builder;
	rg_id used;
};

static struct heap heap_new(rg_id room)
{
	static const struct {
		const char *name;
		enum rg_origin origin;
		enum rg_role role;
	} kinds[TYPES] = {
		[OWNER] = { "app.Registry", RG_ORIGIN_PROGRAM, RG_ROLE_NONE },
		[LIST] = { "list", RG_ORIGIN_RUNTIME, RG_ROLE_COLLECTION },
		[ITEM] = { "app.Item", RG_ORIGIN_PROGRAM, RG_ROLE_NONE },
		[TEXT] = { "str", RG_ORIGIN_RUNTIME, RG_ROLE_NONE },
		[CACHE] = { "functools.cache", RG_ORIGIN_RUNTIME, RG_ROLE_CACHE },
		[FILES] = { "io.File", RG_ORIGIN_RUNTIME, RG_ROLE_FILE },
		[ERROR] = { "app.Error", RG_ORIGIN_PROGRAM, RG_ROLE_EXCEPTION },
		[TRACE] = { "traceback", RG_ORIGIN_RUNTIME, RG_ROLE_TRACEBACK },
		[VIEW] = { "memoryview", RG_ORIGIN_RUNTIME, RG_ROLE_VIEW },
		[TASKED] = { "coroutine", RG_ORIGIN_RUNTIME, RG_ROLE_COROUTINE },
		[POOL] = { "lib.Pool", RG_ORIGIN_PACKAGE, RG_ROLE_NONE },
	};
	struct heap heap = { synth_new(room, TYPES), NULL, 1 };

	for (size_t i = 0; i < TYPES; i++) {
		heap.synth->types[i].name = kinds[i].name;
		heap.synth->types[i].short_name = kinds[i].name;
		heap.synth->types[i].module = strchr(kinds[i].name, '.') ? "some" : "";
		heap.synth->types[i].origin = kinds[i].origin;
		heap.synth->types[i].role = kinds[i].role;
	}
	synth_root(heap.synth, 0, RG_ROOT_MODULE, 1, "sys.modules['app']");
	return heap;
}

static rg_id add(struct heap *heap, rg_type_id type, uint64_t size, rg_id from)
{
	rg_id id = heap->used++;

	CU_ASSERT_FATAL(id < heap->synth->count);
	heap->synth->objects[id].type = type;
	heap->synth->objects[id].size = size;
	heap->synth->objects[id].flags = RG_OBJECT_TRACKED;
	if (from != RG_NONE)
		synth_refer(heap->synth, from, id, RG_REFERENCE_STRONG, ".x");
	return id;
}

static rg_id add_many(struct heap *heap, rg_type_id type, uint64_t size, rg_id from, rg_id count)
{
	rg_id first = heap->used;

	for (rg_id i = 0; i < count; i++)
		add(heap, type, size, from);
	return first;
}

static const rg_graph *heap_graph(struct heap *heap)
{
	/* What is left over hangs from the owner and weighs nothing. */
	while (heap->used < heap->synth->count)
		add(heap, TEXT, 16, 0);
	heap->builder = synth_must(heap->synth);
	return rg_builder_graph(heap->builder);
}

static void heap_free(struct heap *heap)
{
	rg_builder_free(heap->builder);
	synth_free(heap->synth);
}

static struct rg_leaks *look(struct heap *heap, const struct rg_leaks_options *how)
{
	struct rg_leaks *leaks;

	CU_ASSERT_PTR_NULL_FATAL(rg_leaks_find(heap->builder ? rg_builder_graph(heap->builder)
							     : heap_graph(heap), how, &leaks));
	return leaks;
}

static void is_none(struct heap *heap)
{
	struct rg_leaks *leaks = look(heap, NULL);

	CU_ASSERT_EQUAL(leaks->count, 0);
	rg_leaks_free(leaks);
	heap_free(heap);
}

/* The first of all suspects. */
static void is_first(struct heap *heap, enum rg_leak_kind kind, rg_id holder, uint64_t count)
{
	struct rg_leaks *leaks = look(heap, NULL);

	CU_ASSERT_FATAL(leaks->count > 0);
	CU_ASSERT_EQUAL(leaks->suspects[0].kind, kind);
	CU_ASSERT_EQUAL(leaks->suspects[0].object, holder);
	CU_ASSERT_EQUAL(leaks->suspects[0].count, count);
	CU_ASSERT_EQUAL(strncmp(leaks->suspects[0].signature, "sig1:", 5), 0);
	if (holder != RG_NONE) {
		CU_ASSERT_PTR_NOT_NULL_FATAL(leaks->suspects[0].chain);
		CU_ASSERT_EQUAL(leaks->suspects[0].chain->target, holder);
		CU_ASSERT_EQUAL(leaks->suspects[0].objects[0], holder);
	}
	rg_leaks_free(leaks);
	heap_free(heap);
}

/* ---- containers ---------------------------------------------------------------- */

static void one_list_of_many(void)
{
	struct heap heap = heap_new(300);
	rg_id list = add(&heap, LIST, 100, 0);

	add_many(&heap, ITEM, 4000, list, 200);
	is_first(&heap, RG_LEAK_CONTAINER, list, 200);
}

static void few_or_light_ones_are_none(void)
{
	struct heap heap = heap_new(300);
	rg_id list = add(&heap, LIST, 100, 0);

	add_many(&heap, ITEM, 4000, list, 60);
	add(&heap, TEXT, 4 << 20, 0); /* one big thing is no leak */
	is_none(&heap);
	heap = heap_new(300);
	list = add(&heap, LIST, 100, 0);
	add_many(&heap, ITEM, 100, list, 250);
	is_none(&heap);
}

static void few_that_are_big(void)
{
	struct heap heap = heap_new(60);
	rg_id list = add(&heap, LIST, 100, 0);

	add_many(&heap, ITEM, 1 << 20, list, 20);
	is_first(&heap, RG_LEAK_CONTAINER, list, 20);
}

static void a_table_of_texts(void)
{
	/* A fifth of all, then most of it. */
	struct heap heap = heap_new(2100);
	rg_id list = add(&heap, LIST, 100, 0);

	add_many(&heap, TEXT, 1100, list, 2000);
	add(&heap, TEXT, 9 << 20, 0);
	is_none(&heap);
	heap = heap_new(2100);
	list = add(&heap, LIST, 100, 0);
	add_many(&heap, TEXT, 1100, list, 2000);
	is_first(&heap, RG_LEAK_CONTAINER, list, 2000);
}

static void what_a_package_holds(void)
{
	/* As many as would be suspect in the program. */
	struct heap heap = heap_new(400);
	rg_id pool, list;

	heap.synth->objects[0].type = POOL;
	pool = add(&heap, POOL, 100, 0);
	list = add(&heap, LIST, 100, pool);
	add_many(&heap, POOL, 4000, list, 300);
	is_none(&heap);
}

static void two_holders_of_the_same(void)
{
	struct heap heap = heap_new(300);
	rg_id pool = add(&heap, POOL, 100, 0), own = add(&heap, LIST, 100, 0);
	rg_id other = add(&heap, LIST, 100, pool), first;
	struct rg_leaks *leaks;

	first = add_many(&heap, ITEM, 20000, own, 250);
	for (rg_id i = 0; i < 250; i++)
		synth_refer(heap.synth, other, first + i, RG_REFERENCE_STRONG, "[0]");
	leaks = look(&heap, NULL);
	CU_ASSERT_EQUAL_FATAL(leaks->count, 1);
	CU_ASSERT_EQUAL(leaks->suspects[0].object, own);
	CU_ASSERT_FALSE(leaks->suspects[0].exclusive);
	rg_leaks_free(leaks);
	heap_free(&heap);
}

static void the_lower_of_two_that_nest(void)
{
	/* A list with one entry in which nearly all is; then one whose entries are alike. */
	struct heap heap = heap_new(700);
	rg_id outer = add(&heap, LIST, 100, 0), inner;

	add_many(&heap, ITEM, 3000, outer, 150);
	inner = add(&heap, LIST, 100, outer);
	add_many(&heap, ITEM, 40000, inner, 200);
	is_first(&heap, RG_LEAK_CONTAINER, inner, 200);
	heap = heap_new(700);
	outer = add(&heap, LIST, 100, 0);
	add_many(&heap, ITEM, 40000, outer, 200);
	inner = add(&heap, LIST, 100, outer);
	add_many(&heap, ITEM, 3000, inner, 150);
	is_first(&heap, RG_LEAK_CONTAINER, outer, 200);
}

/* ---- types ----------------------------------------------------------------------- */

static void a_linked_list(void)
{
	struct heap heap = heap_new(1200);
	rg_id holder = add(&heap, LIST, 100, 0), last = holder;

	for (int i = 0; i < 1000; i++)
		last = add(&heap, ITEM, 600, last);
	is_first(&heap, RG_LEAK_TYPE, holder, 1000);
}

/* ---- other kinds -------------------------------------------------------------------- */

static void a_cache(void)
{
	struct heap heap = heap_new(300);
	rg_id cache = add(&heap, CACHE, 100, 0);

	add_many(&heap, ITEM, 4000, cache, 200);
	is_first(&heap, RG_LEAK_CACHE, cache, 200);
}

static void stored_exceptions(void)
{
	struct heap heap = heap_new(300);
	rg_id list = add(&heap, LIST, 100, 0);

	for (int i = 0; i < 40; i++) {
		rg_id error = add(&heap, ERROR, 100, list);

		add(&heap, TEXT, 20000, add(&heap, TRACE, 64, error));
	}
	is_first(&heap, RG_LEAK_EXCEPTION, list, 40);
}

static void files_left_open(void)
{
	struct heap heap = heap_new(100);
	rg_id list = add(&heap, LIST, 100, 0);

	add_many(&heap, FILES, 200, list, 60);
	is_first(&heap, RG_LEAK_RESOURCE, list, 60);
	heap = heap_new(100);
	list = add(&heap, LIST, 100, 0);
	add_many(&heap, FILES, 200, list, 30);
	is_none(&heap);
}

static void coroutines_that_nobody_runs(void)
{
	struct heap heap = heap_new(100);
	rg_id list = add(&heap, LIST, 100, 0);

	add_many(&heap, TASKED, 200, list, 70);
	is_first(&heap, RG_LEAK_COROUTINE, list, 70);
}

static void garbage_that_waits(void)
{
	struct rg_collector off = { .known = true };
	struct rg_leaks_options how = { .size = sizeof(how), .collector = &off };
	struct heap heap = heap_new(500);
	struct rg_leaks *leaks;

	for (int i = 0; i < 200; i++) {
		rg_id one = add(&heap, ITEM, 2000, RG_NONE), other = add(&heap, ITEM, 2000, one);

		synth_refer(heap.synth, other, one, RG_REFERENCE_STRONG, ".back");
	}
	leaks = look(&heap, &how);
	CU_ASSERT_EQUAL_FATAL(leaks->count, 1);
	CU_ASSERT_EQUAL(leaks->suspects[0].kind, RG_LEAK_GARBAGE);
	CU_ASSERT_EQUAL(leaks->suspects[0].count, 200);
	CU_ASSERT_EQUAL(leaks->suspects[0].retained, 800000);
	CU_ASSERT_PTR_NULL(leaks->suspects[0].chain);
	rg_leaks_free(leaks);
	/* Where it is on, that little is none. */
	off.enabled = true;
	leaks = look(&heap, &how);
	CU_ASSERT_EQUAL(leaks->count, 0);
	rg_leaks_free(leaks);
	heap_free(&heap);
}

static void lost_in_c(void)
{
	struct heap heap = heap_new(300);
	rg_id first = add_many(&heap, ITEM, 4000, RG_NONE, 150);

	for (rg_id i = 0; i < 150; i++)
		heap.synth->extra[first + i] = 1;
	is_first(&heap, RG_LEAK_LOST, RG_NONE, 150);
}

/* ---- two dumps ------------------------------------------------------------------------ */

static struct rg_leaks_before *note(struct heap *heap)
{
	struct rg_leaks_before *before;

	CU_ASSERT_PTR_NULL_FATAL(rg_leaks_note(heap_graph(heap), NULL, &before));
	return before;
}

static struct heap grown(rg_id count)
{
	struct heap heap = heap_new(900);
	rg_id stable = add(&heap, LIST, 100, 0);

	add_many(&heap, ITEM, 40000, stable, 300);
	add_many(&heap, ITEM, 400, add(&heap, LIST, 100, stable), count);
	return heap;
}

static void only_what_grew(void)
{
	struct heap early = grown(100), late = grown(400), same = grown(100);
	struct rg_leaks_before *before = note(&early);
	struct rg_leaks_options how = { .size = sizeof(how), .before_count = 1 };
	struct rg_leaks *leaks;

	how.before = (const struct rg_leaks_before *const *)&before;
	leaks = look(&late, &how);
	CU_ASSERT_EQUAL_FATAL(leaks->count, 1);
	/* The list below the stable one, which holds much more, and always did. */
	CU_ASSERT_EQUAL(leaks->suspects[0].object, 302);
	CU_ASSERT_EQUAL(leaks->suspects[0].count, 400);
	rg_leaks_free(leaks);
	leaks = look(&same, &how);
	CU_ASSERT_EQUAL(leaks->count, 0);
	rg_leaks_free(leaks);
	rg_leaks_before_free(before);
	heap_free(&early);
	heap_free(&late);
	heap_free(&same);
}

/* ---- the rest --------------------------------------------------------------------------- */

static void the_options_count(void)
{
	struct rg_leaks_options how = { .size = sizeof(how), .least = 20, .bytes = 1000 };
	struct heap heap = heap_new(60);
	rg_id list = add(&heap, LIST, 100, 0);
	struct rg_leaks *leaks;

	add_many(&heap, ITEM, 100, list, 40);
	leaks = look(&heap, &how);
	CU_ASSERT_EQUAL(leaks->count, 1);
	rg_leaks_free(leaks);
	how.least = 50;
	how.share = 1;
	how.bytes = 100000;
	leaks = look(&heap, &how);
	CU_ASSERT_EQUAL(leaks->count, 0);
	rg_leaks_free(leaks);
	heap_free(&heap);
}

static void without_counts(void)
{
	struct heap heap = heap_new(300);
	rg_id list = add(&heap, LIST, 100, 0);
	struct rg_leaks *leaks;

	add_many(&heap, ITEM, 4000, list, 200);
	heap.synth->no_refcounts = true;
	leaks = look(&heap, NULL);
	CU_ASSERT_TRUE(leaks->no_counts);
	CU_ASSERT_EQUAL_FATAL(leaks->count, 1);
	CU_ASSERT_EQUAL(leaks->suspects[0].object, list);
	rg_leaks_free(leaks);
	heap_free(&heap);
}

static void random_heaps_by_one_thread_or_two(void)
{
	struct rg_leaks_options how = { .size = sizeof(how), .least = 2, .bytes = 1 };
	struct synth_random random = { 11 };

	for (int round = 0; round < 500; round++) {
		struct synth *synth = synth_small(&random, 12);
		rg_builder *builder = synth_must(synth);
		const rg_graph *graph = rg_builder_graph(builder);
		struct rg_leaks *one, *two;
		size_t roots;

		rg_graph_roots(graph, &roots);
		how.threads = 1;
		if (roots) {
			CU_ASSERT_PTR_NULL_FATAL(rg_leaks_find(graph, &how, &one));
			how.threads = 2;
			CU_ASSERT_PTR_NULL_FATAL(rg_leaks_find(graph, &how, &two));
			CU_ASSERT_EQUAL_FATAL(one->count, two->count);
			for (size_t i = 0; i < one->count; i++) {
				CU_ASSERT_STRING_EQUAL(one->suspects[i].signature,
						       two->suspects[i].signature);
				CU_ASSERT_EQUAL(one->suspects[i].object, two->suspects[i].object);
			}
			rg_leaks_free(one);
			rg_leaks_free(two);
		}
		rg_builder_free(builder);
		synth_free(synth);
	}
}

static void kinds_have_names(void)
{
	for (int kind = RG_LEAK_CONTAINER; kind <= RG_LEAK_COROUTINE; kind++)
		CU_ASSERT_STRING_NOT_EQUAL(rg_leak_kind_name((enum rg_leak_kind)kind), "other");
	CU_ASSERT_STRING_EQUAL(rg_leak_kind_name((enum rg_leak_kind)99), "other");
}

static void survives_failed_allocations(void)
{
	struct heap heap = grown(200);
	const rg_graph *graph = heap_graph(&heap);
	struct rg_leaks_before *before = NULL;
	bool noted = false;
	int failures = 0;

	for (;; failures++) {
		struct rg_leaks *leaks;
		rg_error *error;

		rg_alloc_fail_after(failures);
		error = noted ? rg_leaks_find(graph, NULL, &leaks)
			      : rg_leaks_note(graph, NULL, &before);
		rg_alloc_fail_after(-1);
		if (!error && !noted) {
			noted = true;
			failures = 0;
			continue;
		}
		if (!error) {
			rg_leaks_free(leaks);
			break;
		}
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		CU_ASSERT_FATAL(failures < 2000);
	}
	CU_ASSERT(failures > 20);
	rg_leaks_before_free(before);
	heap_free(&heap);
}

static const struct rg_test tests[] = {
	RG_TEST(one_list_of_many),
	RG_TEST(few_or_light_ones_are_none),
	RG_TEST(few_that_are_big),
	RG_TEST(a_table_of_texts),
	RG_TEST(what_a_package_holds),
	RG_TEST(two_holders_of_the_same),
	RG_TEST(the_lower_of_two_that_nest),
	RG_TEST(a_linked_list),
	RG_TEST(a_cache),
	RG_TEST(stored_exceptions),
	RG_TEST(files_left_open),
	RG_TEST(coroutines_that_nobody_runs),
	RG_TEST(garbage_that_waits),
	RG_TEST(lost_in_c),
	RG_TEST(only_what_grew),
	RG_TEST(the_options_count),
	RG_TEST(without_counts),
	RG_TEST(random_heaps_by_one_thread_or_two),
	RG_TEST(kinds_have_names),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_leaks = { "analysis_leaks", NULL, NULL, tests };
