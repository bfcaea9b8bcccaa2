/* SPDX-License-Identifier: MIT */
/* Containers: their rows, how they grow, and what their newcomers weigh, against brute force. */
#include "unit/runner.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "support/removal.h"
#include "support/synth.h"

#define LISTS 3
#define PART (RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING)

static struct rg_container_table *find(const rg_graph *graph, uint64_t least, size_t most)
{
	struct rg_containers_options options = { .size = sizeof(options), .least = least,
						 .most = most };
	struct rg_container_table *table;
	struct rg_dominators *dominators;

	CU_ASSERT_PTR_NULL_FATAL(rg_dominators_find(graph, NULL, &dominators));
	CU_ASSERT_PTR_NULL_FATAL(rg_containers_find(graph, dominators, &options, &table));
	rg_dominators_free(dominators);
	return table;
}

static struct rg_container_growth *compare(const struct rg_container_table *before,
					   const struct rg_container_table *after,
					   bool same_process)
{
	struct rg_container_growth_options options = { .size = sizeof(options),
						       .same_process = same_process };
	const struct rg_container_table *const both[] = { before, after };
	struct rg_container_growth *growth;

	CU_ASSERT_PTR_NULL_FATAL(rg_container_growth_find(both, 2, &options, &growth));
	return growth;
}

/*
 * A module (0) whose __dict__ (1) names three lists (2 .. 4) of @items sessions each,
 * and a cache (5) that keeps as many in a part of it (6).
 */
static struct synth *make(const rg_id items[LISTS + 1])
{
	static const char *const names[] = { "module", "dict", "list", "cache", "app.Session" };
	static const char *const attributes[] = { "['a']", "['b']", "['c']" };
	rg_id at = 7, count = 7;
	struct synth *synth;

	for (size_t i = 0; i <= LISTS; i++)
		count += items[i];
	synth = synth_new(count, 5);
	for (uint32_t t = 0; t < 5; t++)
		synth->types[t].name = names[t];
	synth->types[1].role = synth->types[2].role = RG_ROLE_COLLECTION;
	synth->types[3].role = RG_ROLE_CACHE;
	synth->types[4].module = "app";
	synth->types[4].origin = RG_ORIGIN_PROGRAM;
	for (rg_id id = 0; id < count; id++)
		synth->objects[id].type = id < 1 ? 0 : id < 2 ? 1 : id < 5 ? 2 : id < 6 ? 3
					  : id < 7 ? 1 : 4;
	synth_refer(synth, 0, 1, PART, ".__dict__");
	for (rg_id i = 0; i < LISTS; i++)
		synth_refer(synth, 1, 2 + i, RG_REFERENCE_STRONG, attributes[i]);
	synth_refer(synth, 1, 5, RG_REFERENCE_STRONG, "['cached']");
	for (rg_id i = 0; i < LISTS; i++)
		for (rg_id item = 0; item < items[i]; item++)
			synth_refer(synth, 2 + i, at++, RG_REFERENCE_STRONG, "[7]");
	synth_refer(synth, 5, 6, PART, ".cache");
	for (rg_id item = 0; item < items[LISTS]; item++)
		synth_refer(synth, 6, at++, RG_REFERENCE_STRONG, "['k']");
	synth_root(synth, 0, RG_ROOT_MODULE, 0, "sys.modules['app']");
	return synth;
}

static const struct rg_container_row *row_of(const struct rg_container_table *table,
					     const char *path)
{
	for (size_t i = 0; i < table->count; i++)
		if (table->rows[i].path && strcmp(table->rows[i].path, path) == 0)
			return &table->rows[i];
	return NULL;
}

static const struct rg_container_growth_row *grown(const struct rg_container_growth *growth,
						   const char *path)
{
	for (size_t i = 0; i < growth->count; i++)
		if (growth->rows[i].path && strcmp(growth->rows[i].path, path) == 0)
			return &growth->rows[i];
	return NULL;
}

static void has_a_row_for_each_container(void)
{
	const rg_id items[] = { 40, 20, 3, 30 };
	struct synth *synth = make(items);
	rg_builder *builder = synth_must(synth);
	struct rg_container_table *table = find(rg_builder_graph(builder), 16, 0);
	const struct rg_container_row *row;

	/* The part of the cache is shown as the cache. */
	CU_ASSERT_EQUAL_FATAL(table->count, 3);
	CU_ASSERT_EQUAL(table->containers, 5);
	CU_ASSERT_EQUAL(table->left_out, 0);
	CU_ASSERT_PTR_NULL(row_of(table, "sys.modules['app'].c"));
	row = &table->rows[0];
	CU_ASSERT_STRING_EQUAL(row->path, "sys.modules['app'].a");
	CU_ASSERT_STRING_EQUAL(row->shape, "sys.modules['app']>module.a>list");
	CU_ASSERT_STRING_EQUAL(row->type, "list");
	CU_ASSERT_EQUAL(row->address, 0x1000 + 2 * 16);
	CU_ASSERT_EQUAL(row->elements, 40);
	CU_ASSERT_EQUAL(row->bytes, 16);
	CU_ASSERT_EQUAL(row->retained, 41 * 16);
	CU_ASSERT_STRING_EQUAL(row->element_type, "app.Session");
	CU_ASSERT_EQUAL(row->element_count, 40);
	row = row_of(table, "sys.modules['app'].cached");
	CU_ASSERT_PTR_NOT_NULL_FATAL(row);
	CU_ASSERT_STRING_EQUAL(row->type, "cache");
	CU_ASSERT_EQUAL(row->address, 0x1000 + 5 * 16);
	CU_ASSERT_EQUAL(row->elements, 30);
	CU_ASSERT_EQUAL(row->retained, 32 * 16);
	rg_containers_free(table);
	/* With room for two rows those with most elements and most retained have them. */
	table = find(rg_builder_graph(builder), 16, 2);
	CU_ASSERT_EQUAL(table->count, 2);
	CU_ASSERT_EQUAL(table->left_out, 1);
	CU_ASSERT_PTR_NULL(row_of(table, "sys.modules['app'].b"));
	rg_containers_free(table);
	rg_builder_free(builder);
	synth_free(synth);
}

static void tells_which_grew(void)
{
	const rg_id early[] = { 20, 20, 3, 20 }, late[] = { 60, 20, 30, 30 };
	struct synth *first = make(early), *last = make(late);
	rg_builder *before = synth_must(first), *after = synth_must(last);
	struct rg_container_table *tables[2] = { find(rg_builder_graph(before), 16, 0),
						 find(rg_builder_graph(after), 16, 0) };
	const struct rg_container_growth_row *row;
	struct rg_container_growth *growth;

	for (int same = 0; same < 2; same++) {
		growth = compare(tables[0], tables[1], same);
		CU_ASSERT_EQUAL_FATAL(growth->count, 3);
		CU_ASSERT_EQUAL(growth->unchanged, 1);
		CU_ASSERT_STRING_EQUAL(growth->rows[0].path, "sys.modules['app'].a");
		CU_ASSERT_EQUAL(growth->rows[0].elements[0], 20);
		CU_ASSERT_EQUAL(growth->rows[0].elements[1], 60);
		CU_ASSERT_EQUAL(growth->rows[0].element_delta, 40);
		CU_ASSERT_EQUAL(growth->rows[0].retained_delta, 40 * 16);
		CU_ASSERT_DOUBLE_EQUAL(growth->rows[0].slope, 40, 1e-9);
		CU_ASSERT_EQUAL(growth->rows[0].verdict, RG_VERDICT_CLIMBING);
		CU_ASSERT_EQUAL(growth->rows[0].grown, 1);
		CU_ASSERT_FALSE(growth->rows[0].is_new);
		/* It was there before with too few for a row: an address tells that. */
		row = grown(growth, "sys.modules['app'].c");
		CU_ASSERT_PTR_NOT_NULL_FATAL(row);
		CU_ASSERT_EQUAL(row->elements[0], same ? 3 : 0);
		CU_ASSERT_EQUAL(row->is_new, !same);
		row = grown(growth, "sys.modules['app'].cached");
		CU_ASSERT_PTR_NOT_NULL_FATAL(row);
		CU_ASSERT_EQUAL(row->element_delta, 10);
		rg_container_growth_free(growth);
	}
	/* Nothing grows into itself. */
	growth = compare(tables[1], tables[1], true);
	CU_ASSERT_EQUAL(growth->count, 0);
	CU_ASSERT_EQUAL(growth->unchanged, 4);
	rg_container_growth_free(growth);
	growth = compare(tables[1], tables[0], true);
	CU_ASSERT_EQUAL(growth->count, 3);
	CU_ASSERT_EQUAL(growth->rows[2].element_delta, -40);
	rg_container_growth_free(growth);
	for (size_t i = 0; i < 2; i++)
		rg_containers_free(tables[i]);
	rg_builder_free(before);
	rg_builder_free(after);
	synth_free(first);
	synth_free(last);
}

/* Moves the objects of @synth from @from on, which is none that a root names. */
static void move(struct synth *synth, rg_id from, uint64_t by)
{
	for (rg_id id = from; id < synth->count; id++)
		synth->objects[id].address += by;
}

static void finds_what_was_built_anew(void)
{
	const rg_id early[] = { 20, 20, 20, 20 }, late[] = { 60, 20, 20, 20 };
	struct synth *first = make(early), *last = make(late);
	rg_builder *before, *after;
	struct rg_container_table *tables[2];
	struct rg_container_growth *growth;

	move(last, 2, 0x100000);
	before = synth_must(first);
	after = synth_must(last);
	tables[0] = find(rg_builder_graph(before), 16, 0);
	tables[1] = find(rg_builder_graph(after), 16, 0);
	growth = compare(tables[0], tables[1], true);
	CU_ASSERT_EQUAL_FATAL(growth->count, 1);
	CU_ASSERT_STRING_EQUAL(growth->rows[0].path, "sys.modules['app'].a");
	CU_ASSERT_EQUAL(growth->rows[0].element_delta, 40);
	CU_ASSERT_EQUAL(growth->rows[0].address, 0x101000 + 2 * 16);
	rg_container_growth_free(growth);
	for (size_t i = 0; i < 2; i++)
		rg_containers_free(tables[i]);
	rg_builder_free(before);
	rg_builder_free(after);
	synth_free(first);
	synth_free(last);
}

/* A dict (0) of @lists lists of 20 numbers each. */
static struct synth *make_many(rg_id lists)
{
	struct synth *synth = synth_new(1 + 21 * lists, 3);

	synth->types[0].name = "dict";
	synth->types[1].name = "list";
	synth->types[0].role = synth->types[1].role = RG_ROLE_COLLECTION;
	for (rg_id i = 0; i < lists; i++) {
		synth->objects[1 + i].type = 1;
		synth_refer(synth, 0, 1 + i, RG_REFERENCE_STRONG, "['k']");
		for (rg_id item = 0; item < 20; item++) {
			rg_id id = 1 + lists + 20 * i + item;

			synth->objects[id].type = 2;
			synth_refer(synth, 1 + i, id, RG_REFERENCE_STRONG, "[0]");
		}
	}
	synth_root(synth, 0, RG_ROOT_MODULE, 0, "m");
	return synth;
}

static void counts_those_that_are_alike(void)
{
	struct synth *first = make_many(20), *last = make_many(50);
	rg_builder *before = synth_must(first), *after;
	struct rg_container_table *tables[2];
	struct rg_container_growth *growth;

	move(last, 1, 0x7000000);
	after = synth_must(last);
	tables[0] = find(rg_builder_graph(before), 16, 0);
	tables[1] = find(rg_builder_graph(after), 16, 0);
	growth = compare(tables[0], tables[1], false);
	CU_ASSERT_EQUAL_FATAL(growth->count, 2);
	CU_ASSERT_STRING_EQUAL(growth->rows[0].shape, "m>dict[*]>list");
	CU_ASSERT_EQUAL(growth->rows[0].containers[0], 20);
	CU_ASSERT_EQUAL(growth->rows[0].containers[1], 50);
	CU_ASSERT_EQUAL(growth->rows[0].element_delta, 30 * 20);
	CU_ASSERT_EQUAL(growth->rows[1].element_delta, 30);
	rg_container_growth_free(growth);
	/* Which of many that are alike is which nobody knows where addresses do not tell. */
	growth = compare(tables[0], tables[1], true);
	CU_ASSERT_EQUAL(growth->count, 71);
	rg_container_growth_free(growth);
	for (size_t i = 0; i < 2; i++)
		rg_containers_free(tables[i]);
	rg_builder_free(before);
	rg_builder_free(after);
	synth_free(first);
	synth_free(last);
}

/* ---- what newcomers weigh --------------------------------------------------------- */

/* What of @new @top leads to over these alone, or over parts of what it goes through. */
static uint32_t lead_over(const rg_graph *graph, rg_id top, uint32_t new)
{
	uint32_t reached = 1u << top, before = 0;

	while (reached != before) {
		before = reached;
		for (rg_id id = 0; id < rg_graph_object_count(graph); id++) {
			struct rg_references out = rg_graph_references(graph, id);

			for (size_t i = 0; before >> id & 1 && i < out.count; i++) {
				bool part = out.kind[i] & RG_REFERENCE_PLUMBING &&
					    rg_graph_owner(graph, out.target[i]) == id;

				uint8_t kind = out.kind[i] & RG_REFERENCE_KIND_MASK;

				if (kind <= RG_REFERENCE_INFERRED &&
				    (new >> out.target[i] & 1 || part))
					reached |= 1u << out.target[i];
			}
		}
	}
	return reached & new & ~(1u << top);
}

static void check_weight(const struct removal *truth, const struct rg_container_growth_row *row,
			 uint32_t new)
{
	rg_id id = rg_graph_find(truth->graph, row->address);
	uint32_t reached = lead_over(truth->graph, id, new);
	uint32_t gone = truth->alive & ~removal_lead(truth, NULL, NULL, true, 1u << id);

	CU_ASSERT_TRUE_FATAL(row->weighed);
	CU_ASSERT_EQUAL_FATAL(row->newcomers, (uint64_t)__builtin_popcount(reached));
	CU_ASSERT_EQUAL_FATAL(row->exclusive, removal_bytes(truth, reached & gone));
	CU_ASSERT_EQUAL_FATAL(row->shared, removal_bytes(truth, reached & ~gone));
}

/* The same objects, which refer to nothing. */
static struct synth *emptied(const struct synth *synth)
{
	struct synth *copy = synth_new(synth->count, synth->type_count);

	for (uint32_t t = 0; t < copy->type_count; t++)
		copy->types[t] = synth->types[t];
	for (rg_id id = 0; id < copy->count; id++) {
		copy->objects[id] = synth->objects[id];
		copy->objects[id].flags &= ~(uint32_t)RG_OBJECT_PLUMBING;
	}
	synth_root(copy, 0, RG_ROOT_MODULE, 1, "m");
	return copy;
}

static void weighs_as_brute_force_does(void)
{
	struct synth_random random = { 77 };
	unsigned long graphs = removal_graphs() / 10, weighed = 0, shared = 0;

	for (unsigned long round = 0; round < graphs; round++) {
		struct synth *synth = removal_random(&random), *empty;
		uint64_t new = synth_random(&random, 1u << synth->count);
		struct rg_newcomers newcomers = { (uint64_t)__builtin_popcountll(new), &new, 0 };
		struct rg_container_table *before, *after;
		struct rg_container_growth *growth;
		struct rg_dominators *dominators;
		rg_builder *first, *last;
		const rg_graph *graph;
		struct removal truth;
		size_t roots;

		for (uint32_t t = 0; t < synth->type_count; t++)
			synth->types[t].role = RG_ROLE_COLLECTION;
		empty = emptied(synth);
		first = synth_must(empty);
		last = synth_must(synth);
		graph = rg_builder_graph(last);
		(void)rg_graph_roots(graph, &roots);
		if (!roots) {
			rg_builder_free(first);
			rg_builder_free(last);
			synth_free(empty);
			synth_free(synth);
			continue;
		}
		before = find(rg_builder_graph(first), 1, 0);
		after = find(graph, 1, 0);
		growth = compare(before, after, true);
		removal_look(&truth, graph);
		CU_ASSERT_PTR_NULL_FATAL(rg_dominators_find(graph, NULL, &dominators));
		CU_ASSERT_PTR_NULL_FATAL(
			rg_container_growth_weigh(growth, graph, dominators, &newcomers));
		for (size_t i = 0; i < growth->count; i++) {
			if (growth->rows[i].element_delta <= 0)
				continue;
			check_weight(&truth, &growth->rows[i], (uint32_t)new);
			weighed++;
			shared += growth->rows[i].shared > 0;
		}
		rg_dominators_free(dominators);
		rg_container_growth_free(growth);
		rg_containers_free(before);
		rg_containers_free(after);
		rg_builder_free(first);
		rg_builder_free(last);
		synth_free(empty);
		synth_free(synth);
	}
	CU_ASSERT(weighed > graphs);
	CU_ASSERT(shared > graphs / 10);
}

/* ---- trouble ------------------------------------------------------------------------ */

static void a_hundred_thousand_within_each_other(void)
{
	const rg_id count = 100000;
	struct synth *synth = synth_new(2 * count, 1);
	rg_builder *builder;
	struct rg_container_table *table;

	synth->types[0].role = RG_ROLE_COLLECTION;
	for (rg_id id = 0; id < count; id++) {
		if (id + 1 < count)
			synth_refer(synth, id, id + 1, RG_REFERENCE_STRONG, "[0]");
		synth_refer(synth, id, count + id, RG_REFERENCE_STRONG, "[1]");
	}
	synth_root(synth, 0, RG_ROOT_MODULE, 0, "m");
	builder = synth_must(synth);
	table = find(rg_builder_graph(builder), 2, 0);
	CU_ASSERT_EQUAL(table->count, 10000);
	CU_ASSERT_STRING_EQUAL(table->rows[9000].shape, "m>T0([*]>T0)+");
	rg_containers_free(table);
	rg_builder_free(builder);
	synth_free(synth);
}

static void fails_cleanly_without_memory(void)
{
	const rg_id early[] = { 20, 20, 3, 20 }, late[] = { 60, 20, 30, 30 };
	struct rg_container_growth_options how = { .size = sizeof(how), .same_process = true };
	struct synth *first = make(early), *last = make(late);
	rg_builder *before = synth_must(first), *after = synth_must(last);
	const rg_graph *graph = rg_builder_graph(after);
	uint64_t all[4] = { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX };
	struct rg_newcomers newcomers = { 147, all, 0 };
	struct rg_container_table *old = find(rg_builder_graph(before), 16, 0);
	struct rg_dominators *dominators;
	bool done = false;

	CU_ASSERT_PTR_NULL_FATAL(rg_dominators_find(graph, NULL, &dominators));
	for (int64_t n = 0; !done && n < 5000; n++) {
		struct rg_container_growth *growth = NULL;
		struct rg_container_table *now = NULL;
		rg_error *error;

		rg_alloc_fail_after(n);
		error = rg_containers_find(graph, dominators, NULL, &now);
		if (!error) {
			const struct rg_container_table *const both[] = { old, now };

			error = rg_container_growth_find(both, 2, &how, &growth);
		}
		if (!error)
			error = rg_container_growth_weigh(growth, graph, dominators, &newcomers);
		rg_alloc_fail_after(-1);
		done = !error;
		if (error)
			CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		rg_container_growth_free(growth);
		rg_containers_free(now);
	}
	CU_ASSERT_TRUE(done);
	rg_dominators_free(dominators);
	rg_containers_free(old);
	rg_builder_free(before);
	rg_builder_free(after);
	synth_free(first);
	synth_free(last);
}

static void refuses_one_dump(void)
{
	struct rg_container_growth *growth;
	rg_error *error = rg_container_growth_find(NULL, 1, NULL, &growth);

	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	rg_containers_free(NULL);
	rg_container_growth_free(NULL);
}

static void one_process_has_types_where_they_were(void)
{
	struct rg_type_row before[10], after[10];
	struct rg_type_table early = { .rows = before, .count = 10 };
	struct rg_type_table late = { .rows = after, .count = 10 };
	static const char *const names[] = { "a", "b", "c", "d", "e", "f", "g", "h", "i", "j" };

	memset(before, 0, sizeof(before));
	for (size_t i = 0; i < 10; i++) {
		before[i].name = names[i];
		before[i].type_address = 16 * (i + 1);
	}
	memcpy(after, before, sizeof(after));
	CU_ASSERT_TRUE(rg_types_of_one_process(&early, &late));
	after[3].type_address += 16;
	CU_ASSERT_TRUE(rg_types_of_one_process(&early, &late));
	after[4].type_address += 16;
	CU_ASSERT_FALSE(rg_types_of_one_process(&early, &late));
	/* What only one of them has says nothing. */
	after[4].name = "k";
	CU_ASSERT_FALSE(rg_types_of_one_process(&early, &late));
	after[3].type_address = 0;
	CU_ASSERT_TRUE(rg_types_of_one_process(&early, &late));
	late.count = 0;
	CU_ASSERT_FALSE(rg_types_of_one_process(&early, &late));
}

static const struct rg_test tests[] = {
	RG_TEST(has_a_row_for_each_container),
	RG_TEST(tells_which_grew),
	RG_TEST(finds_what_was_built_anew),
	RG_TEST(counts_those_that_are_alike),
	RG_TEST(weighs_as_brute_force_does),
	RG_TEST(a_hundred_thousand_within_each_other),
	RG_TEST(fails_cleanly_without_memory),
	RG_TEST(refuses_one_dump),
	RG_TEST(one_process_has_types_where_they_were),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_containers = { "analysis_containers", NULL, NULL, tests };
