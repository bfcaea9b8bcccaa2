/* SPDX-License-Identifier: MIT */
/* What sets of objects and references retain, what counts free at once, tables: by removal. */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "support/removal.h"
#include "support/synth.h"

#define WIDE 200000

struct asked {
	rg_id members[REMOVAL_MOST];
	size_t count;
	rg_id excluded[REMOVAL_MOST];
	size_t excluded_count;
	struct rg_step cuts[4];
	size_t cut_count;
};

static uint32_t bits(const rg_id *ids, size_t count)
{
	uint32_t set = 0;

	for (size_t i = 0; i < count; i++)
		set |= 1u << ids[i];
	return set;
}

static void ask(struct synth_random *random, const rg_graph *graph, struct asked *asked)
{
	rg_id count = rg_graph_object_count(graph);

	*asked = (struct asked){ .count = synth_random(random, 4) };
	for (size_t i = 0; i < asked->count; i++)
		asked->members[i] = synth_random(random, count);
	asked->excluded_count = synth_random(random, 3) ? 0 : synth_random(random, 3);
	for (size_t i = 0; i < asked->excluded_count; i++)
		asked->excluded[i] = synth_random(random, count);
	for (uint32_t tries = synth_random(random, 4); tries > 0; tries--) {
		rg_id source = synth_random(random, count);
		struct rg_references out = rg_graph_references(graph, source);
		size_t index = out.count ? synth_random(random, (uint32_t)out.count) : 0;

		if (out.count)
			asked->cuts[asked->cut_count++] =
				(struct rg_step){ source, index, out.target[index] };
	}
}

static bool is_cut(const struct asked *asked, rg_id source, size_t index)
{
	for (size_t i = 0; i < asked->cut_count; i++)
		if (asked->cuts[i].source == source && asked->cuts[i].index == index)
			return true;
	return false;
}

/* The same graph without the cuts, and without what excluded objects hold. */
static void take_away(struct removal *truth, const struct asked *asked)
{
	uint32_t excluded = bits(asked->excluded, asked->excluded_count);

	for (rg_id id = 0; id < truth->count; id++) {
		struct rg_references out = rg_graph_references(truth->graph, id);

		truth->out[id] = 0;
		for (size_t i = 0; !(excluded & 1u << id) && i < out.count; i++)
			if ((out.kind[i] & RG_REFERENCE_KIND_MASK) <= RG_REFERENCE_INFERRED &&
			    !is_cut(asked, id, i))
				truth->out[id] |= 1u << out.target[i];
	}
}

static bool counts(const rg_graph *graph, const struct rg_step *cut)
{
	uint8_t kind = rg_graph_references(graph, cut->source).kind[cut->index];

	return (kind & RG_REFERENCE_KIND_MASK) <= RG_REFERENCE_INFERRED;
}

/* Who is asked about and alive, and the ends of cuts whose sources are. */
static uint32_t begins(const struct removal *truth, const struct asked *asked)
{
	uint32_t set = bits(asked->members, asked->count) & truth->alive;

	for (size_t i = 0; i < asked->cut_count; i++) {
		const struct rg_step *cut = &asked->cuts[i];

		if (truth->alive & 1u << cut->source && counts(truth->graph, cut))
			set |= 1u << cut->target;
	}
	return set;
}

/* Whether all the roots of @id, there is one, only name what objects hold. */
static bool is_lent(const rg_graph *graph, rg_id id)
{
	size_t count, names = 0;
	const struct rg_root *roots = rg_graph_roots(graph, &count);

	for (size_t i = 0; i < count; i++) {
		if (roots[i].object != id)
			continue;
		if (roots[i].count || roots[i].kind == RG_ROOT_STATIC ||
		    roots[i].kind == RG_ROOT_EXTERNAL)
			return false;
		names++;
	}
	return names > 0;
}

static bool skip_lent(const struct rg_root *root, const void *user)
{
	return *(const uint32_t *)user & 1u << root->object;
}

/* What stays: names go with what was cut, if something that stays had it. */
static uint32_t what_stays(const struct removal *without, const struct asked *asked,
			   uint32_t members)
{
	const rg_graph *graph = without->graph;
	uint32_t lent = 0, stay, named;

	for (size_t i = 0; i < asked->cut_count; i++)
		if (counts(graph, &asked->cuts[i]) && is_lent(graph, asked->cuts[i].target))
			lent |= 1u << asked->cuts[i].target;
	stay = removal_lead(without, skip_lent, &lent, true, members);
	named = lent;
	for (size_t i = 0; i < asked->cut_count; i++)
		if (stay & 1u << asked->cuts[i].source && counts(graph, &asked->cuts[i]))
			named &= ~(1u << asked->cuts[i].target);
	return stay | removal_spread(without, named & ~members, members);
}

static void sets_agree_with_removal(void)
{
	struct synth_random random = { 5 };
	unsigned long shared = 0, graphs = removal_graphs() / 2;

	for (unsigned long round = 0; round < graphs; round++) {
		struct synth *synth = removal_random(&random);
		rg_builder *builder = synth_must(synth);
		struct rg_retained_options how = { .size = sizeof(how) };
		struct rg_retained_set *found;
		struct rg_dominators *dominators;
		struct removal truth, without;
		struct asked asked;
		uint32_t members, goes, set = 0;
		uint64_t minimum = 0;

		removal_look(&truth, rg_builder_graph(builder));
		ask(&random, truth.graph, &asked);
		CU_ASSERT_PTR_NULL_FATAL(rg_dominators_find(truth.graph, NULL, &dominators));
		how.cuts = asked.cuts;
		how.cut_count = asked.cut_count;
		how.excluded = asked.excluded;
		how.excluded_count = asked.excluded_count;
		how.dominators = dominators;
		CU_ASSERT_PTR_NULL_FATAL(rg_retained_find(truth.graph, asked.members, asked.count,
							  &how, &found));
		members = bits(asked.members, asked.count);
		without = truth;
		take_away(&without, &asked);
		goes = removal_spread(&truth, begins(&truth, &asked),
				      what_stays(&without, &asked, members));
		for (rg_id id = 0; id < truth.count; id++)
			set |= (uint32_t)(found->set[0] >> id & 1) << id;
		CU_ASSERT_EQUAL_FATAL(set, goes);
		CU_ASSERT_EQUAL_FATAL(found->objects, (uint64_t)__builtin_popcount(goes));
		CU_ASSERT_EQUAL_FATAL(found->bytes, removal_bytes(&truth, goes));
		CU_ASSERT_EQUAL_FATAL(found->members, (uint64_t)__builtin_popcount(members));
		CU_ASSERT_EQUAL_FATAL(found->unreachable,
				      (uint64_t)__builtin_popcount(members & ~truth.alive));
		for (rg_id id = 0; id < truth.count; id++) {
			bool top = members & truth.alive & 1u << id;

			for (rg_id up = 0; up < truth.count; up++)
				if (up != id && members & 1u << up &&
				    !(removal_lead(&truth, NULL, NULL, true, 1u << up) & 1u << id))
					top = false;
			if (top)
				minimum += dominators->retained[id];
		}
		CU_ASSERT_EQUAL_FATAL(found->minimum, minimum);
		if (!asked.cut_count)
			CU_ASSERT_FATAL(found->minimum <= found->bytes);
		shared += found->minimum < found->bytes;
		rg_retained_free(found);
		rg_dominators_free(dominators);
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(shared > graphs / 20);
}

/* --- at once ------------------------------------------------------------------- */

/* Counts, as often as it takes: who has as many references from what went as in all. */
static uint32_t freed(const struct removal *truth, uint32_t members, const struct asked *asked)
{
	uint32_t gone = members, before;

	do {
		before = gone;
		for (rg_id id = 0; id < truth->count; id++) {
			struct rg_object object = rg_graph_object(truth->graph, id);
			int64_t taken = 0;

			for (rg_id from = 0; from < truth->count; from++) {
				struct rg_references out = rg_graph_references(truth->graph, from);

				for (size_t i = 0; i < out.count; i++)
					taken += out.target[i] == id &&
						 (before & 1u << from || is_cut(asked, from, i)) &&
						 (out.kind[i] & RG_REFERENCE_KIND_MASK) <=
							 RG_REFERENCE_INFERRED;
			}
			if (taken && taken >= object.refcount && object.refcount > 0 &&
			    !(object.flags & RG_OBJECT_IMMORTAL))
				gone |= 1u << id;
		}
	} while (gone != before);
	return gone;
}

static uint32_t stays(const struct removal *truth, uint32_t set)
{
	size_t root_count;
	const struct rg_root *roots = rg_graph_roots(truth->graph, &root_count);
	uint32_t kept = 0;

	for (size_t i = 0; i < root_count; i++)
		if (roots[i].kind == RG_ROOT_STATIC)
			kept |= 1u << roots[i].object;
	for (rg_id id = 0; id < truth->count; id++)
		if (rg_graph_object(truth->graph, id).flags & RG_OBJECT_IMMORTAL ||
		    rg_graph_object(truth->graph, id).refcount < 0)
			kept |= 1u << id;
	return kept & set;
}

static void releases_agree_with_counting(void)
{
	struct synth_random random = { 9 };
	unsigned long cascades = 0, graphs = removal_graphs() / 4;

	for (unsigned long round = 0; round < graphs; round++) {
		struct synth *synth = removal_random(&random);
		rg_builder *builder;
		struct rg_release found;
		struct removal truth;
		rg_id member = synth_random(&random, synth->count);
		struct asked asked;
		uint32_t kept, gone;
		rg_error *error;

		/* What never goes, not even in the middle, is for the test below. */
		for (size_t i = 0; i < synth->root_count; i++)
			if (synth->roots[i].kind == RG_ROOT_STATIC)
				synth->roots[i].kind = RG_ROOT_INTERPRETER;
		builder = synth_must(synth);
		removal_look(&truth, rg_builder_graph(builder));
		ask(&random, truth.graph, &asked);
		error = rg_release_find(truth.graph, &member, 1, asked.cuts, asked.cut_count,
					&found);
		if (synth->no_refcounts) {
			CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_INCOMPLETE);
			rg_error_free(error);
		} else {
			CU_ASSERT_PTR_NULL_FATAL(error);
			kept = stays(&truth, 1u << member);
			gone = freed(&truth, kept ? 0 : 1u << member, &asked);
			CU_ASSERT_EQUAL_FATAL(found.objects, (uint64_t)__builtin_popcount(gone));
			CU_ASSERT_EQUAL_FATAL(found.bytes, removal_bytes(&truth, gone));
			CU_ASSERT_EQUAL_FATAL(found.kept, kept != 0);
			cascades += found.objects > 1;
		}
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(cascades > graphs / 20);
}

/* A chain goes at once; a cycle at its end waits for the collector. */
static void a_release_ends_at_a_cycle(void)
{
	struct synth *synth = synth_new(7, 1);
	struct rg_retained_set *retained;
	struct rg_release found;
	rg_builder *builder;
	rg_id first = 0;

	for (rg_id id = 0; id < 4; id++)
		synth_refer(synth, id, id + 1, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 4, 3, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 4, 5, RG_REFERENCE_STRONG, NULL);
	synth_refer(synth, 0, 6, RG_REFERENCE_STRONG, NULL);
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "r");
	synth_root(synth, 6, RG_ROOT_STATIC, 0, "static");
	builder = synth_must(synth);
	CU_ASSERT_PTR_NULL_FATAL(rg_release_find(rg_builder_graph(builder), &first, 1, NULL, 0,
						 &found));
	CU_ASSERT_EQUAL(found.objects, 3);
	CU_ASSERT_EQUAL(found.bytes, 48);
	CU_ASSERT_PTR_NULL_FATAL(rg_retained_find(rg_builder_graph(builder), &first, 1, NULL,
						  &retained));
	CU_ASSERT_EQUAL(retained->objects, 6);
	CU_ASSERT_EQUAL(retained->minimum, 0);
	rg_retained_free(retained);
	first = 6;
	CU_ASSERT_PTR_NULL_FATAL(rg_release_find(rg_builder_graph(builder), &first, 1, NULL, 0,
						 &found));
	CU_ASSERT_EQUAL(found.objects, 0);
	CU_ASSERT_EQUAL(found.kept, 1);
	rg_builder_free(builder);
	synth_free(synth);
}

/* --- tables ----------------------------------------------------------------------- */

static void compare_rows(const struct removal *truth, const struct rg_dominators *dominators,
			 const struct rg_retained_table *table)
{
	uint64_t objects = 0;

	for (size_t i = 0; i < table->count; i++) {
		const struct rg_retained_row *row = &table->rows[i];
		uint64_t retained = 0;

		CU_ASSERT(!i || table->rows[i - 1].retained >= row->retained);
		objects += row->count;
		for (rg_id id = 0; id < truth->count; id++) {
			bool top = truth->alive & 1u << id &&
				   rg_graph_object(truth->graph, id).type == row->type;

			for (rg_id up = dominators->dominator[id]; up < truth->count;
			     up = dominators->dominator[up])
				if (rg_graph_object(truth->graph, up).type == row->type)
					top = false;
			retained += top ? dominators->retained[id] : 0;
		}
		CU_ASSERT_EQUAL_FATAL(row->retained, retained);
	}
	CU_ASSERT_EQUAL_FATAL(objects, dominators->alive_objects);
}

static void types_agree_with_their_objects(void)
{
	struct synth_random random = { 3 };

	for (unsigned round = 0; round < 5000; round++) {
		struct synth *synth = removal_random(&random);
		rg_builder *builder = synth_must(synth);
		struct rg_retained_types_options how = { .size = sizeof(how), .by_module = true };
		struct rg_retained_table *table;
		struct rg_dominators *dominators;
		rg_dominator_tree *tree;
		struct removal truth;
		size_t children;

		removal_look(&truth, rg_builder_graph(builder));
		CU_ASSERT_PTR_NULL_FATAL(rg_dominators_find(truth.graph, NULL, &dominators));
		CU_ASSERT_PTR_NULL_FATAL(rg_dominator_tree_new(dominators, &tree));
		CU_ASSERT_PTR_NULL_FATAL(rg_retained_types(truth.graph, dominators, tree, NULL,
							   &table));
		compare_rows(&truth, dominators, table);
		rg_retained_types_free(table);
		/* All these types are of one module, which retains everything. */
		CU_ASSERT_PTR_NULL_FATAL(rg_retained_types(truth.graph, dominators, tree, &how,
							   &table));
		CU_ASSERT_EQUAL_FATAL(table->count, truth.alive != 0);
		if (table->count) {
			CU_ASSERT_STRING_EQUAL(table->rows[0].name, "builtins");
			CU_ASSERT_EQUAL_FATAL(table->rows[0].retained, dominators->alive_bytes);
		}
		rg_retained_types_free(table);
		for (rg_id v = 0; v < truth.count; v++) {
			const rg_id *child = rg_dominator_children(tree, v, &children);

			for (size_t i = 0; i < children; i++)
				CU_ASSERT_EQUAL_FATAL(dominators->dominator[child[i]], v);
		}
		rg_dominator_tree_free(tree);
		rg_dominators_free(dominators);
		rg_builder_free(builder);
		synth_free(synth);
	}
}

/* --- size, failing ------------------------------------------------------------------ */

/* Many members, deep below each other: none of the passes may cost the square. */
static void a_set_of_everything(void)
{
	struct synth *synth = synth_new(WIDE, 1);
	rg_id *members = rg_alloc(WIDE * sizeof(*members));
	struct rg_step *cuts = rg_alloc(WIDE * sizeof(*cuts));
	struct rg_retained_options how = { .size = sizeof(how), .cuts = cuts };
	struct rg_retained_set *found;
	struct rg_dominators *dominators;
	struct rg_release release;
	rg_builder *builder;

	for (rg_id id = 0; id + 1 < WIDE; id++) {
		synth_refer(synth, id, id + 1, RG_REFERENCE_STRONG, NULL);
		cuts[id] = (struct rg_step){ id, 0, id + 1 };
		members[id] = id + 1;
	}
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "r");
	builder = synth_must(synth);
	CU_ASSERT_PTR_NULL_FATAL(rg_dominators_find(rg_builder_graph(builder), NULL, &dominators));
	how.dominators = dominators;
	how.cut_count = WIDE - 1;
	CU_ASSERT_PTR_NULL_FATAL(rg_retained_find(rg_builder_graph(builder), members, WIDE - 1,
						  &how, &found));
	CU_ASSERT_EQUAL(found->objects, WIDE - 1);
	CU_ASSERT_EQUAL(found->minimum, 16 * (uint64_t)(WIDE - 1));
	rg_retained_free(found);
	CU_ASSERT_PTR_NULL_FATAL(rg_release_find(rg_builder_graph(builder), members, 1, NULL, 0,
						 &release));
	CU_ASSERT_EQUAL(release.objects, WIDE - 1);
	rg_dominators_free(dominators);
	rg_builder_free(builder);
	synth_free(synth);
	rg_free(members);
	rg_free(cuts);
}

static void refuses_what_is_not_there(void)
{
	struct synth *synth = synth_new(2, 1);
	struct rg_retained_options how = { .size = sizeof(how), .cut_count = 1 };
	struct rg_step cut = { 0, 1, 1 };
	struct rg_retained_set *found;
	struct rg_release release;
	rg_builder *builder;
	rg_id wrong = 2;
	rg_error *error;

	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, NULL);
	builder = synth_must(synth);
	error = rg_retained_find(rg_builder_graph(builder), &wrong, 1, NULL, &found);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	error = rg_release_find(rg_builder_graph(builder), &wrong, 1, NULL, 0, &release);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	how.cuts = &cut;
	error = rg_retained_find(rg_builder_graph(builder), NULL, 0, &how, &found);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	rg_builder_free(builder);
	synth_free(synth);
}

/* Everything once, for a graph; gives the first error. */
static rg_error *all(const rg_graph *graph)
{
	struct rg_retained_options how = { .size = sizeof(how) };
	struct rg_retained_types_options types = { .size = sizeof(types), .by_module = true };
	struct rg_dominators *dominators = NULL;
	rg_dominator_tree *tree = NULL;
	struct rg_retained_table *table = NULL;
	struct rg_retained_set *set = NULL;
	struct rg_release release;
	rg_id member = 0;
	rg_error *error = rg_dominators_find(graph, NULL, &dominators);

	how.dominators = dominators;
	how.excluded = &member;
	how.excluded_count = 1;
	if (!error)
		error = rg_dominator_tree_new(dominators, &tree);
	if (!error)
		error = rg_retained_types(graph, dominators, tree, &types, &table);
	if (!error)
		error = rg_retained_find(graph, &member, 1, &how, &set);
	if (!error)
		error = rg_release_find(graph, &member, 1, NULL, 0, &release);
	rg_retained_free(set);
	rg_retained_types_free(table);
	rg_dominator_tree_free(tree);
	rg_dominators_free(dominators);
	return error;
}

static void survives_failed_allocations(void)
{
	struct synth_random random = { 2 };
	int failures = 0;

	for (int round = 0; round < 20; round++) {
		struct synth *synth = removal_random(&random);
		rg_builder *builder;
		rg_error *error;

		synth->no_refcounts = false;
		builder = synth_must(synth);
		for (int countdown = 0;; countdown++, failures++) {
			rg_alloc_fail_after(countdown);
			error = all(rg_builder_graph(builder));
			rg_alloc_fail_after(-1);
			if (!error)
				break;
			CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
			rg_error_free(error);
			CU_ASSERT_FATAL(countdown < 100);
		}
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(failures >= 20 * 25);
}

static const struct rg_test tests[] = {
	RG_TEST(sets_agree_with_removal),
	RG_TEST(releases_agree_with_counting),
	RG_TEST(a_release_ends_at_a_cycle),
	RG_TEST(types_agree_with_their_objects),
	RG_TEST(a_set_of_everything),
	RG_TEST(refuses_what_is_not_there),
	RG_TEST(survives_failed_allocations),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_retained_sets = { "analysis_retained_sets", NULL, NULL,
							  tests };
