/* SPDX-License-Identifier: MIT */
/* What is new in a later dump, and who holds it: on graphs whose answer is plain. */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "support/synth.h"

#define SESSIONS 300

/*
 * Module 0 has the list 1, whose items are functions, 2 .. SESSIONS + 1; each of
 * them holds a session by its defaults.  Later ones stand behind: @sessions of them.
 */
static struct synth *leak(rg_id sessions)
{
	static const char *const names[] = { "module", "list", "function", "app.Session" };
	struct synth *synth = synth_new(2 + 2 * sessions, 4);

	for (uint32_t t = 0; t < 4; t++)
		synth->types[t].name = synth->types[t].short_name = names[t];
	synth->types[3].module = "app";
	synth->objects[0].flags |= RG_OBJECT_MODULE;
	synth->objects[1].type = 1;
	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, ".on_done");
	for (rg_id i = 0; i < sessions; i++) {
		rg_id function = 2 + 2 * i, session = function + 1;

		synth->objects[function].type = 2;
		synth->objects[session].type = 3;
		synth->objects[function].flags |= RG_OBJECT_TRACKED;
		synth->objects[session].flags |= RG_OBJECT_TRACKED;
		synth_refer(synth, 1, function, RG_REFERENCE_STRONG, "[7]");
		synth_refer(synth, function, session, RG_REFERENCE_STRONG, ".session");
		synth_refer(synth, session, 0, RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE,
			    ".__globals__");
	}
	synth_root(synth, 0, RG_ROOT_MODULE, 0, "sys.modules['app']");
	return synth;
}

static void finds_what_is_new_and_who_holds_it(void)
{
	static const char *const wanted[] = { ".session", "[*]", ".on_done" };
	static const uint64_t counts[] = { SESSIONS / 3 * 2, SESSIONS / 3 * 2, 1, 1 };
	struct synth *early = leak(SESSIONS / 3), *late = leak(SESSIONS);
	rg_builder *first = synth_must(early), *last = synth_must(late);
	const rg_graph *graph = rg_builder_graph(last);
	struct rg_newcomers *newcomers;
	struct rg_snapshot *before;
	struct rg_keepers *found;
	char label[64];

	CU_ASSERT_PTR_NULL_FATAL(rg_snapshot_take(rg_builder_graph(first), &before));
	CU_ASSERT_PTR_NULL_FATAL(rg_newcomers_find(graph, before, &newcomers));
	CU_ASSERT_EQUAL(newcomers->count, SESSIONS / 3 * 2 * 2);
	for (rg_id id = 0; id < rg_graph_object_count(graph); id++)
		CU_ASSERT_EQUAL_FATAL(newcomers->set[id / 64] >> (id % 64) & 1,
				      id >= 2 + 2 * (SESSIONS / 3));
	CU_ASSERT_PTR_NULL_FATAL(rg_keepers_find(graph, newcomers, NULL, &found));
	/* Sessions, functions, the list, the module. */
	CU_ASSERT_EQUAL_FATAL(found->count, 4);
	CU_ASSERT_EQUAL_FATAL(found->edge_count, 3);
	CU_ASSERT_TRUE(found->keepers[0].newcomers);
	CU_ASSERT_EQUAL(found->types_left_out, 1);
	CU_ASSERT_EQUAL(found->left_out, 0);
	for (size_t i = 0; i < 4; i++) {
		CU_ASSERT_EQUAL(found->keepers[i].count, counts[i]);
		CU_ASSERT_EQUAL(found->keepers[i].level, i);
	}
	for (size_t i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL(found->edges[i].from, i + 1);
		CU_ASSERT_EQUAL(found->edges[i].to, i);
		(void)rg_keeper_label(graph, &found->edges[i].step, RG_LABELS_ALL, label,
				      sizeof(label));
		CU_ASSERT_STRING_EQUAL(label, wanted[i]);
	}
	CU_ASSERT_PTR_NOT_NULL_FATAL(found->keepers[3].root);
	CU_ASSERT_STRING_EQUAL(found->keepers[3].root->name, "sys.modules['app']");
	rg_keepers_free(found);
	rg_newcomers_free(newcomers);
	/* Nothing is new in the dump itself. */
	CU_ASSERT_PTR_NULL_FATAL(rg_newcomers_find(rg_builder_graph(first), before, &newcomers));
	CU_ASSERT_EQUAL(newcomers->count, 0);
	CU_ASSERT_PTR_NULL_FATAL(
		rg_keepers_find(rg_builder_graph(first), newcomers, NULL, &found));
	CU_ASSERT_EQUAL(found->count, 0);
	rg_keepers_free(found);
	rg_newcomers_free(newcomers);
	rg_snapshot_free(before);
	rg_builder_free(first);
	rg_builder_free(last);
	synth_free(early);
	synth_free(late);
}

static uint16_t print_by_id(void *user, const rg_graph *graph, rg_id id)
{
	const uint16_t *prints = user;

	(void)graph;
	return prints[id];
}

/* What it holds tells an object from another of its type and size; where unknown, nothing does. */
static void a_reused_place_shows_in_the_fingerprint(void)
{
	uint16_t early_prints[] = { 7, 7, 0, 7, 9 }, late_prints[] = { 7, 8, 5, 0, 10 };
	struct synth *early = synth_new(5, 1), *late = synth_new(5, 1);
	rg_builder *first = synth_must(early), *last = synth_must(late);
	struct rg_graph_hooks hooks = { .fingerprint = print_by_id, .user = early_prints };
	struct rg_newcomers *newcomers;
	struct rg_snapshot *before;

	rg_builder_hooks(first, &hooks);
	hooks.user = late_prints;
	rg_builder_hooks(last, &hooks);
	CU_ASSERT_EQUAL(rg_graph_fingerprint(rg_builder_graph(last), 4), 10);
	CU_ASSERT_PTR_NULL_FATAL(rg_snapshot_take(rg_builder_graph(first), &before));
	CU_ASSERT_PTR_NULL_FATAL(rg_newcomers_find(rg_builder_graph(last), before, &newcomers));
	CU_ASSERT_EQUAL(newcomers->count, 2);
	CU_ASSERT_EQUAL(newcomers->reused, 2);
	CU_ASSERT_EQUAL(newcomers->set[0], 1 << 1 | 1 << 4);
	rg_newcomers_free(newcomers);
	rg_snapshot_free(before);
	rg_builder_free(first);
	rg_builder_free(last);
	synth_free(early);
	synth_free(late);
}

/* Objects of another type at the address of old ones, and strings of another size, are new. */
static void a_reused_address_is_new(void)
{
	struct synth *early = synth_new(3, 2), *late = synth_new(3, 2);
	rg_builder *first, *last;
	struct rg_newcomers *newcomers;
	struct rg_snapshot *before;

	for (rg_id id = 0; id < 3; id++)
		early->objects[id].flags = late->objects[id].flags = 0;
	late->objects[0].type = 1;
	late->objects[1].size += 8;
	first = synth_must(early);
	last = synth_must(late);
	CU_ASSERT_PTR_NULL_FATAL(rg_snapshot_take(rg_builder_graph(first), &before));
	CU_ASSERT_PTR_NULL_FATAL(rg_newcomers_find(rg_builder_graph(last), before, &newcomers));
	CU_ASSERT_EQUAL(newcomers->count, 2);
	CU_ASSERT_EQUAL(newcomers->set[0], 3);
	rg_newcomers_free(newcomers);
	rg_snapshot_free(before);
	rg_builder_free(first);
	rg_builder_free(last);
	synth_free(early);
	synth_free(late);
}

/* Each pass with the n-th allocation failing: an error, and nothing lost. */
static rg_error *all_passes(const rg_graph *first, const rg_graph *last)
{
	struct rg_newcomers *newcomers = NULL;
	struct rg_snapshot *before = NULL;
	struct rg_keepers *found = NULL;
	rg_error *error = rg_snapshot_take(first, &before);

	if (!error)
		error = rg_newcomers_find(last, before, &newcomers);
	if (!error)
		error = rg_keepers_find(last, newcomers, NULL, &found);
	rg_keepers_free(found);
	rg_newcomers_free(newcomers);
	rg_snapshot_free(before);
	return error;
}

static void survives_failed_allocations(void)
{
	struct synth *early = leak(2), *late = leak(9);
	rg_builder *first = synth_must(early), *last = synth_must(late);
	int64_t failures = 0;

	for (;; failures++) {
		rg_error *error;

		rg_alloc_fail_after(failures);
		error = all_passes(rg_builder_graph(first), rg_builder_graph(last));
		rg_alloc_fail_after(-1);
		if (!error)
			break;
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		CU_ASSERT_FATAL(failures < 200);
	}
	CU_ASSERT(failures >= 15);
	rg_builder_free(first);
	rg_builder_free(last);
	synth_free(early);
	synth_free(late);
}

static bool is_in(const struct rg_newcomers *newcomers, rg_id id)
{
	return newcomers->set[id / 64] >> (id % 64) & 1;
}

/* Of three dumps: what came between the first two and is still there in the last. */
static void finds_what_came_and_stayed(void)
{
	struct synth *synths[3] = { leak(10), leak(30), leak(60) };
	struct rg_snapshot *before, *between;
	struct rg_newcomers *found;
	struct rg_type_table *types;
	struct rg_types_options options = { .size = sizeof(options) };
	rg_builder *builders[3];

	/* One of those that came is another by the last dump. */
	synths[2]->objects[2 + 2 * 20 + 1].type = 2;
	for (size_t i = 0; i < 3; i++)
		builders[i] = synth_must(synths[i]);
	CU_ASSERT_PTR_NULL_FATAL(rg_snapshot_take(rg_builder_graph(builders[0]), &before));
	CU_ASSERT_PTR_NULL_FATAL(rg_snapshot_take(rg_builder_graph(builders[1]), &between));
	CU_ASSERT_PTR_NULL_FATAL(rg_survivors_find(rg_builder_graph(builders[2]), before, between,
						   &found));
	CU_ASSERT_EQUAL(found->count, 2 * 20 - 1);
	for (rg_id id = 0; id < synths[2]->count; id++)
		CU_ASSERT_EQUAL_FATAL(is_in(found, id), id >= 2 + 2 * 10 && id < 2 + 2 * 30 &&
							id != 2 + 2 * 20 + 1);
	options.set = found->set;
	CU_ASSERT_PTR_NULL_FATAL(rg_types(rg_builder_graph(builders[2]), &options, &types));
	CU_ASSERT_EQUAL(types->objects, 2 * 20 - 1);
	CU_ASSERT_EQUAL(types->count, 2);
	rg_types_free(types);
	rg_newcomers_free(found);
	rg_snapshot_free(before);
	rg_snapshot_free(between);
	for (size_t i = 0; i < 3; i++) {
		rg_builder_free(builders[i]);
		synth_free(synths[i]);
	}
}

static const struct rg_test tests[] = {
	RG_TEST(finds_what_came_and_stayed),
	RG_TEST(finds_what_is_new_and_who_holds_it),
	RG_TEST(a_reused_address_is_new),
	RG_TEST(a_reused_place_shows_in_the_fingerprint),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_newcomers = {
	"analysis_newcomers", NULL, NULL, tests
};
