/* SPDX-License-Identifier: MIT */
/* The builder and what may be asked of a graph. */
#include "unit/runner.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "support/synth.h"

static int compare_addresses(const void *a, const void *b)
{
	uint64_t left = *(const uint64_t *)a, right = *(const uint64_t *)b;

	return (left > right) - (left < right);
}

static rg_error *check_each(void *user, rg_id id, uint64_t address)
{
	const uint64_t *sorted = user;

	CU_ASSERT_EQUAL_FATAL(sorted[id], address);
	return NULL;
}

/* Ids are ranks of addresses, whatever the granule and the order of marking. */
static void ranks_addresses(void)
{
	struct synth_random random = { 7 };

	for (unsigned int round = 0; round < 200; round++) {
		unsigned int granule = round % 4;
		uint32_t wanted = 1 + synth_random(&random, 3000), count = 0;
		uint64_t *addresses = calloc(wanted, sizeof(*addresses));
		rg_builder *builder;
		rg_id found;

		CU_ASSERT_PTR_NULL_FATAL(rg_builder_new(&builder));
		rg_builder_granule(builder, granule);
		for (uint32_t i = 0; i < wanted; i++) {
			uint64_t address = (uint64_t)synth_random(&random, 1u << 16) << granule;

			if (round % 5 == 1)
				address += (uint64_t)synth_random(&random, 40) << 21;
			if (round % 5 == 2)
				address |= (uint64_t)synth_random(&random, 1u << 30) << 34;
			bool known = rg_builder_marked(builder, address);
			int marked = rg_builder_mark(builder, address);

			CU_ASSERT_EQUAL_FATAL(marked, !known);
			CU_ASSERT_FATAL(rg_builder_marked(builder, address));
			if (marked)
				addresses[count++] = address;
		}
		qsort(addresses, count, sizeof(*addresses), compare_addresses);
		CU_ASSERT_PTR_NULL_FATAL(rg_builder_index(builder, &found));
		CU_ASSERT_EQUAL_FATAL(found, count);
		CU_ASSERT_PTR_NULL_FATAL(rg_builder_each(builder, check_each, addresses));
		for (rg_id id = 0; id < count; id++) {
			CU_ASSERT_EQUAL_FATAL(rg_builder_find(builder, addresses[id]), id);
			CU_ASSERT_EQUAL_FATAL(rg_builder_address(builder, id), addresses[id]);
			if (id + 1 < count && addresses[id + 1] > addresses[id] + 1)
				CU_ASSERT_EQUAL_FATAL(rg_builder_find(builder, addresses[id] + 1),
						      RG_NONE);
		}
		CU_ASSERT_EQUAL(rg_builder_find(builder, UINT64_MAX), RG_NONE);
		rg_builder_free(builder);
		free(addresses);
	}
}

static void refuses_addresses_between_granules(void)
{
	rg_builder *builder;

	CU_ASSERT_PTR_NULL_FATAL(rg_builder_new(&builder));
	CU_ASSERT_EQUAL(rg_builder_mark(builder, 0x1004), 0);
	CU_ASSERT(!rg_builder_marked(builder, 0x1004));
	CU_ASSERT_EQUAL(rg_builder_mark(builder, 0x1008), 1);
	CU_ASSERT(!rg_builder_marked(builder, 0x100c));
	CU_ASSERT_EQUAL(rg_builder_mark(builder, UINT64_MAX - 7), 1);
	rg_builder_free(builder);
}

/* References come back in order, referrers ascending with multiplicity. */
static void keeps_references(void)
{
	struct synth_random random = { 3 };

	for (unsigned int round = 0; round < 500; round++) {
		struct synth *synth = synth_small(&random, 30);
		rg_builder *builder = synth_must(synth);
		const rg_graph *graph = rg_builder_graph(builder);
		size_t at = 0, backward = 0;

		CU_ASSERT_EQUAL_FATAL(rg_graph_object_count(graph), synth->count);
		CU_ASSERT_EQUAL_FATAL(rg_graph_reference_count(graph), synth->reference_count);
		for (rg_id id = 0; id < synth->count; id++) {
			struct rg_references out = rg_graph_references(graph, id);
			struct rg_referrers in = rg_graph_referrers(graph, id);

			for (size_t i = 0; i < out.count; i++, at++)
				CU_ASSERT_EQUAL_FATAL(out.target[i], synth->references[at].to);
			for (size_t i = 0, k = 0; i < synth->reference_count; i++)
				if (synth->references[i].to == id)
					CU_ASSERT_EQUAL_FATAL(in.source[k++],
							      synth->references[i].from);
			backward += in.count;
		}
		CU_ASSERT_EQUAL(at, synth->reference_count);
		CU_ASSERT_EQUAL(backward, synth->reference_count);
		rg_builder_free(builder);
		synth_free(synth);
	}
}

static void keeps_numbers_of_any_size(void)
{
	static const uint64_t values[] = { 0, 1, UINT32_MAX - 3, UINT32_MAX - 2, UINT32_MAX - 1,
					   UINT32_MAX, (uint64_t)UINT32_MAX + 1, INT64_MAX };
	struct synth *synth = synth_new(9, 1);
	rg_builder *builder;

	for (rg_id id = 0; id < 8; id++) {
		synth->objects[id].size = values[id];
		synth->objects[id].owned = values[7 - id];
		synth->objects[id].refcount = (int64_t)values[(id + 3) % 8];
		synth->objects[id].flags = RG_OBJECT_IMMORTAL;
	}
	synth->objects[8].size = UINT64_MAX;
	synth->objects[8].refcount = 1;
	builder = synth_must(synth);
	for (rg_id id = 0; id < 8; id++) {
		struct rg_object object = rg_graph_object(rg_builder_graph(builder), id);

		CU_ASSERT_EQUAL(object.size, values[id]);
		CU_ASSERT_EQUAL(object.owned, values[7 - id]);
		CU_ASSERT_EQUAL(object.refcount, (int64_t)values[(id + 3) % 8]);
		CU_ASSERT_EQUAL(object.address, synth->objects[id].address);
	}
	CU_ASSERT_EQUAL(rg_graph_object(rg_builder_graph(builder), 8).size, UINT64_MAX);
	rg_builder_free(builder);
	synth_free(synth);
}

static void explains_counts(void)
{
	struct synth *synth = synth_new(7, 1);
	rg_builder *builder;
	const rg_graph *graph;
	const struct rg_root *roots;
	size_t count;

	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 0, 1, RG_REFERENCE_UNTRAVERSED, NULL);
	synth_refer(synth, 0, 1, RG_REFERENCE_WEAK, NULL);
	synth_refer(synth, 0, 1, RG_REFERENCE_BORROWED, NULL);
	synth->objects[0].refcount = 2; /* one by a root, one by nobody */
	synth->objects[1].refcount = 5;
	synth_refer(synth, 2, 3, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 2, 3, RG_REFERENCE_STRONG, NULL);
	synth->objects[2].refcount = 0;
	synth->objects[3].refcount = 1; /* overcounted */
	synth->objects[4].refcount = 99;
	synth->objects[4].flags |= RG_OBJECT_IMMORTAL;
	synth->objects[5].refcount = -1;
	synth->objects[6].refcount = 1;
	synth_root(synth, 0, RG_ROOT_LOCAL, 1, "thread 1 frame 0 local x");
	synth_root(synth, 6, RG_ROOT_EXTERNAL, 1, "foreign");
	synth_root(synth, 5, RG_ROOT_EXTERNAL, 1, "foreign");
	synth_root(synth, 1, RG_ROOT_MODULE, 0, "sys.modules['b']");
	synth_root(synth, 2, RG_ROOT_MODULE, 0, "sys.modules['a']");
	builder = synth_must(synth);
	graph = rg_builder_graph(builder);
	CU_ASSERT(rg_graph_has_refcounts(graph));
	CU_ASSERT_EQUAL(rg_graph_external(graph, 0), 1);
	CU_ASSERT_EQUAL(rg_graph_external(graph, 1), 3);
	CU_ASSERT_EQUAL(rg_graph_external(graph, 2), 0);
	CU_ASSERT_EQUAL(rg_graph_external(graph, 3), -1);
	CU_ASSERT_EQUAL(rg_graph_external(graph, 4), 0);
	CU_ASSERT_EQUAL(rg_graph_external(graph, 5), 0);
	CU_ASSERT_EQUAL(rg_graph_external(graph, 6), 1);
	roots = rg_graph_roots(graph, &count);
	CU_ASSERT_EQUAL_FATAL(count, 7);
	CU_ASSERT_STRING_EQUAL(roots[0].name, "sys.modules['a']");
	CU_ASSERT_STRING_EQUAL(roots[1].name, "sys.modules['b']");
	CU_ASSERT_EQUAL(roots[2].kind, RG_ROOT_LOCAL);
	CU_ASSERT_EQUAL(roots[3].object, 0);
	CU_ASSERT_EQUAL(roots[3].count, 1);
	CU_ASSERT_EQUAL(roots[4].object, 1);
	CU_ASSERT_EQUAL(roots[4].count, 3);
	CU_ASSERT_EQUAL(roots[5].object, 6);
	CU_ASSERT_STRING_EQUAL(roots[5].name, "external references");
	CU_ASSERT_STRING_EQUAL(roots[6].name, "foreign");
	rg_builder_free(builder);
	synth_free(synth);
}

static void judges_inferred_references(void)
{
	struct synth *synth = synth_new(5, 1);
	rg_builder *builder;
	const rg_graph *graph;

	/* 1 has two counts: one strong reference explains one, the first inferred the other. */
	synth_refer(synth, 0, 1, RG_REFERENCE_INFERRED, NULL);
	synth_refer(synth, 0, 1, RG_REFERENCE_INFERRED | RG_REFERENCE_PLUMBING, NULL);
	synth_refer(synth, 2, 1, RG_REFERENCE_STRONG, NULL);
	synth->objects[1].refcount = 2;
	/* Nothing is known of 3's count, nothing is kept of 4's. */
	synth_refer(synth, 2, 3, RG_REFERENCE_INFERRED, NULL);
	synth->objects[3].refcount = -1;
	synth_refer(synth, 2, 4, RG_REFERENCE_INFERRED, NULL);
	synth->objects[4].refcount = 0;
	synth->objects[4].flags |= RG_OBJECT_IMMORTAL;
	builder = synth_must(synth);
	graph = rg_builder_graph(builder);
	CU_ASSERT_EQUAL(rg_graph_references(graph, 0).kind[0], RG_REFERENCE_INFERRED);
	CU_ASSERT_EQUAL(rg_graph_references(graph, 0).kind[1],
			RG_REFERENCE_BORROWED | RG_REFERENCE_PLUMBING);
	CU_ASSERT_EQUAL(rg_graph_references(graph, 2).kind[1], RG_REFERENCE_INFERRED);
	CU_ASSERT_EQUAL(rg_graph_references(graph, 2).kind[2], RG_REFERENCE_INFERRED);
	CU_ASSERT_EQUAL(rg_graph_external(graph, 1), 0);
	rg_builder_free(builder);
	synth_free(synth);
}

/* Adds an inferred reference that was read at @place to the object whose turn it is. */
static void infer(rg_builder *builder, rg_id target, uint32_t place)
{
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_reference(builder, target, RG_REFERENCE_INFERRED));
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_place(builder, place));
}

/*
 * Three objects of one layout own one each at place 0, point back to their holder at
 * place 1, and one of them to what another owns at place 2.
 */
static void judges_places(void)
{
	static const uint8_t first[] = { RG_REFERENCE_INFERRED, RG_REFERENCE_BORROWED,
					 RG_REFERENCE_BORROWED };
	struct rg_object object = { .type = 0, .size = 16, .refcount = 1 };
	struct rg_type_init type = { .name = "T", .short_name = "T", .module = "" };
	struct rg_references out;
	rg_builder *builder;
	rg_type_id type_id;
	rg_id count, id;
	size_t i;

	CU_ASSERT_PTR_NULL_FATAL(rg_builder_new(&builder));
	for (id = 0; id < 8; id++)
		CU_ASSERT_EQUAL_FATAL(rg_builder_mark(builder, 64 + 16 * id), 1);
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_index(builder, &count));
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_add_type(builder, &type, &type_id));
	for (id = 0; id < 8; id++)
		CU_ASSERT_PTR_NULL_FATAL(rg_builder_set(builder, id, &object));
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_finish_objects(builder));
	for (id = 0; id < 8; id++) {
		if (id < 3) {
			infer(builder, id + 3, 0);
			infer(builder, 6, 1);
		}
		if (!id)
			infer(builder, 4, 2);
		/* The holder's own count is explained by this one. */
		if (id == 7)
			CU_ASSERT_PTR_NULL_FATAL(rg_builder_reference(builder, 6,
								      RG_REFERENCE_STRONG));
		CU_ASSERT_PTR_NULL_FATAL(rg_builder_next(builder));
	}
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_finish(builder, true));
	out = rg_graph_references(rg_builder_graph(builder), 0);
	CU_ASSERT_EQUAL_FATAL(out.count, 3);
	for (i = 0; i < 3; i++)
		CU_ASSERT_EQUAL(out.kind[i], first[i]);
	for (id = 1; id < 3; id++) {
		out = rg_graph_references(rg_builder_graph(builder), id);
		CU_ASSERT_EQUAL_FATAL(out.count, 2);
		CU_ASSERT_EQUAL(out.kind[0], RG_REFERENCE_INFERRED);
		CU_ASSERT_EQUAL(out.kind[1], RG_REFERENCE_BORROWED);
		CU_ASSERT_EQUAL(rg_graph_external(rg_builder_graph(builder), id + 3), 0);
	}
	rg_builder_free(builder);
}

static void gives_parts_to_their_one_owner(void)
{
	struct synth *synth = synth_new(6, 1);
	rg_builder *builder;
	const rg_graph *graph;

	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, NULL);
	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, NULL);
	synth_refer(synth, 2, 1, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 0, 3, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, NULL);
	synth_refer(synth, 2, 3, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, NULL);
	synth_refer(synth, 4, 4, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, NULL);
	synth_refer(synth, 1, 5, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, NULL);
	builder = synth_must(synth);
	graph = rg_builder_graph(builder);
	CU_ASSERT_EQUAL(rg_graph_owner(graph, 0), RG_NONE);
	CU_ASSERT_EQUAL(rg_graph_owner(graph, 1), 0);
	CU_ASSERT_EQUAL(rg_graph_owner(graph, 3), RG_NONE);
	CU_ASSERT_EQUAL(rg_graph_owner(graph, 4), RG_NONE);
	CU_ASSERT_EQUAL(rg_graph_owner(graph, 5), 1);
	CU_ASSERT(rg_graph_object(graph, 1).flags & RG_OBJECT_PLUMBING);
	CU_ASSERT(!(rg_graph_object(graph, 3).flags & RG_OBJECT_PLUMBING));
	CU_ASSERT(!(rg_graph_object(graph, 4).flags & RG_OBJECT_PLUMBING));
	rg_builder_free(builder);
	synth_free(synth);
}

struct collected {
	char text[64];
	size_t calls;
	size_t expected;
};

static void collect(void *user, size_t index, const char *text)
{
	struct collected *collected = user;

	CU_ASSERT_EQUAL(index, collected->expected);
	collected->expected++;
	collected->calls++;
	strcat(collected->text, text);
	strcat(collected->text, ";");
}

static void hands_out_labels(void)
{
	struct synth *synth = synth_new(2, 1);
	struct collected all = { "", 0, 1 };
	char text[8];
	rg_builder *builder;
	const rg_graph *graph;

	synth_refer(synth, 1, 0, RG_REFERENCE_STRONG, "zero");
	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, ".first");
	synth_refer(synth, 0, 0, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 0, 0, RG_REFERENCE_STRONG, "['long key']");
	builder = synth_must(synth);
	graph = rg_builder_graph(builder);
	CU_ASSERT_EQUAL(rg_graph_label(graph, 0, 0, RG_LABELS_ALL, text, sizeof(text)), 6);
	CU_ASSERT_STRING_EQUAL(text, ".first");
	CU_ASSERT_EQUAL(rg_graph_label(graph, 0, 2, RG_LABELS_ALL, text, sizeof(text)), 12);
	CU_ASSERT_STRING_EQUAL(text, "['long ");
	CU_ASSERT_EQUAL(rg_graph_label(graph, 0, 2, RG_LABELS_NONE, text, sizeof(text)), 0);
	CU_ASSERT_STRING_EQUAL(text, "");
	CU_ASSERT_EQUAL(rg_graph_label(graph, 0, 3, RG_LABELS_ALL, text, sizeof(text)), 0);
	CU_ASSERT_EQUAL(rg_graph_label(graph, 0, 2, RG_LABELS_ALL, NULL, 0), 12);
	rg_graph_labels(graph, 0, 1, 99, RG_LABELS_ALL, collect, &all);
	CU_ASSERT_EQUAL(all.calls, 2);
	CU_ASSERT_STRING_EQUAL(all.text, ";['long key'];");
	rg_builder_free(builder);
	synth_free(synth);
}

static void stops_after_objects(void)
{
	struct synth *synth = synth_new(3, 1);
	rg_builder *builder;
	const rg_graph *graph;
	size_t count;

	synth->no_references = true;
	synth->types[0].address = 0x1010;
	builder = synth_must(synth);
	graph = rg_builder_graph(builder);
	CU_ASSERT_EQUAL(rg_graph_object_count(graph), 3);
	CU_ASSERT_EQUAL(rg_graph_type(graph, 0)->object, 1);
	CU_ASSERT_EQUAL(rg_graph_reference_count(graph), 0);
	CU_ASSERT_EQUAL(rg_graph_references(graph, 2).count, 0);
	CU_ASSERT_EQUAL(rg_graph_referrers(graph, 2).count, 0);
	CU_ASSERT_EQUAL(rg_graph_external(graph, 2), 0);
	(void)rg_graph_roots(graph, &count);
	CU_ASSERT_EQUAL(count, 0);
	rg_builder_free(builder);
	synth_free(synth);
}

static void builds_the_empty_graph(void)
{
	struct synth *synth = synth_new(0, 0);
	rg_builder *builder = synth_must(synth);

	CU_ASSERT_EQUAL(rg_graph_object_count(rg_builder_graph(builder)), 0);
	CU_ASSERT_EQUAL(rg_graph_find(rg_builder_graph(builder), 0x1000), RG_NONE);
	rg_builder_free(builder);
	synth_free(synth);
}

static void expect_invalid(rg_error *error)
{
	CU_ASSERT_PTR_NOT_NULL_FATAL(error);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
}

static void refuses_nonsense(void)
{
	struct rg_object object = { .type = 0 };
	struct rg_type_init type = { .name = "T" };
	rg_builder *builder;
	rg_type_id ignored;
	rg_id count;

	CU_ASSERT_PTR_NULL_FATAL(rg_builder_new(&builder));
	CU_ASSERT_EQUAL(rg_builder_mark(builder, 8), 1);
	CU_ASSERT_EQUAL(rg_builder_find(builder, 8), RG_NONE);
	expect_invalid(rg_builder_finish_objects(builder));
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_index(builder, &count));
	expect_invalid(rg_builder_index(builder, &count));
	CU_ASSERT_EQUAL(rg_builder_mark(builder, 16), -1);
	expect_invalid(rg_builder_set(builder, 0, &object));
	expect_invalid(rg_builder_finish_objects(builder));
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_add_type(builder, &type, &ignored));
	expect_invalid(rg_builder_set(builder, 1, &object));
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_set(builder, 0, &object));
	expect_invalid(rg_builder_reference(builder, 0, RG_REFERENCE_STRONG));
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_finish_objects(builder));
	expect_invalid(rg_builder_reference(builder, 1, RG_REFERENCE_STRONG));
	expect_invalid(rg_builder_reference(builder, 0, 5));
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_reference(builder, 0, RG_REFERENCE_STRONG));
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_next(builder));
	expect_invalid(rg_builder_next(builder));
	CU_ASSERT_PTR_NULL_FATAL(rg_builder_finish(builder, true));
	expect_invalid(rg_builder_finish(builder, true));
	CU_ASSERT_EQUAL(rg_graph_referrers(rg_builder_graph(builder), 0).count, 1);
	rg_builder_free(builder);
}

/* Every allocation fails once; leaks are the sanitiser's to find. */
static void survives_failed_allocations(void)
{
	struct synth_random random = { 11 };
	struct synth *synth = synth_small(&random, 40);
	struct rg_frame frames[2] = { { "f", "a.py", 1, RG_NONE }, { "g", "b.py", 2, 0 } };
	struct rg_thread thread = { .name = "main", .frames = frames, .frame_count = 2 };
	int64_t failures = 0;

	synth->objects[0].size = UINT64_C(1) << 40;
	synth_refer(synth, 0, synth->count - 1, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, NULL);
	for (;; failures++) {
		rg_builder *builder = NULL;
		rg_error *error;

		rg_alloc_fail_after(failures);
		error = synth_build(synth, &builder);
		if (!error)
			error = rg_builder_thread(builder, &thread);
		rg_alloc_fail_after(-1);
		rg_builder_free(builder);
		if (!error)
			break;
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		CU_ASSERT_FATAL(failures < 1000);
	}
	CU_ASSERT(failures > 20);
	synth_free(synth);
}

static const struct rg_test tests[] = {
	RG_TEST(ranks_addresses),
	RG_TEST(refuses_addresses_between_granules),
	RG_TEST(keeps_references),
	RG_TEST(keeps_numbers_of_any_size),
	RG_TEST(explains_counts),
	RG_TEST(judges_inferred_references),
	RG_TEST(judges_places),
	RG_TEST(gives_parts_to_their_one_owner),
	RG_TEST(hands_out_labels),
	RG_TEST(stops_after_objects),
	RG_TEST(builds_the_empty_graph),
	RG_TEST(refuses_nonsense),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_graph = { "graph", NULL, NULL, tests };
