/* SPDX-License-Identifier: MIT */
/*
 * Root cycles as units: what each retains by taking it away, what breaking one
 * frees by letting counts fall.  RG_GRAPHS says how many graphs.
 */
#include "unit/runner.h"

#include <string.h>

#include "base/alloc.h"
#include "support/removal.h"

/* Garbage as sets of bits, with how often one object refers to another. */
struct truth {
	struct removal all;
	uint32_t garbage;
	uint8_t times[REMOVAL_MOST][REMOVAL_MOST];
	uint32_t reach[REMOVAL_MOST]; /* inside of the garbage, itself not unless it is led back */
	uint32_t roots;               /* the lowest of each root cycle */
};

static void look(struct truth *truth, const rg_graph *graph, const struct rg_garbage *garbage)
{
	memset(truth, 0, sizeof(*truth));
	removal_look(&truth->all, graph);
	for (rg_id id = 0; id < truth->all.count; id++)
		if (rg_garbage_state(garbage, id) != RG_STATE_ALIVE)
			truth->garbage |= 1u << id;
	for (rg_id id = 0; id < truth->all.count; id++) {
		struct rg_references out = rg_graph_references(graph, id);

		for (size_t i = 0; i < out.count; i++)
			if ((out.kind[i] & RG_REFERENCE_KIND_MASK) <= RG_REFERENCE_INFERRED)
				truth->times[id][out.target[i]]++;
		truth->reach[id] = removal_spread(&truth->all, truth->all.out[id],
						  ~truth->garbage);
	}
	for (rg_id id = 0; id < truth->all.count; id++) {
		bool root = truth->garbage & 1u << id;

		for (rg_id from = 0; from < truth->all.count; from++)
			if (truth->garbage & 1u << from && truth->reach[from] & 1u << id &&
			    (!(truth->reach[id] & 1u << from) || from < id))
				root = false;
		truth->roots |= root ? 1u << id : 0;
	}
}

static uint32_t members_of(const struct truth *truth, rg_id root)
{
	uint32_t members = 1u << root;

	for (rg_id id = 0; id < truth->all.count; id++)
		if (truth->reach[root] & 1u << id && truth->reach[id] & 1u << root)
			members |= 1u << id;
	return members;
}

/* What the other root cycles do not lead to. */
static uint32_t kept_by(const struct truth *truth, uint32_t without)
{
	return truth->garbage & ~removal_spread(&truth->all, truth->roots & ~without,
						~truth->garbage);
}

static uint64_t finalizers_in(const struct truth *truth, uint32_t set)
{
	uint64_t sum = 0;

	for (rg_id id = 0; id < truth->all.count; id++)
		sum += set & 1u << id &&
		       rg_graph_object(truth->all.graph, id).flags & RG_OBJECT_FINALIZER;
	return sum;
}

/* How many references from @set there are to @id. */
static unsigned int references_to(const struct truth *truth, uint32_t set, rg_id id)
{
	unsigned int sum = 0;

	for (rg_id from = 0; from < truth->all.count; from++)
		sum += set & 1u << from ? truth->times[from][id] : 0;
	return sum;
}

/* What is freed of the garbage when one reference from @from to @to goes. */
static uint32_t freed_without(const struct truth *truth, rg_id from, rg_id to)
{
	uint32_t freed = 0, before;

	do {
		before = freed;
		for (rg_id id = 0; id < truth->all.count; id++) {
			uint32_t left = truth->garbage & ~freed;
			unsigned int less = id == to && left & 1u << from;

			/* Nothing goes of itself: only what has lost a reference. */
			if (truth->garbage & 1u << id && references_to(truth, left, id) == less &&
			    references_to(truth, truth->garbage, id))
				freed |= 1u << id;
		}
	} while (freed != before);
	return freed;
}

static bool is_cyclic(const struct truth *truth, uint32_t members, const struct rg_step *without)
{
	uint32_t left = members, before;

	do {
		before = left;
		for (rg_id id = 0; id < truth->all.count; id++) {
			bool leads = false;

			for (rg_id to = 0; to < truth->all.count; to++)
				leads |= left & 1u << to &&
					 truth->times[id][to] >
						 (without && without->source == id &&
						  without->target == to);
			if (left & 1u << id && !leads)
				left &= ~(1u << id);
		}
	} while (left != before);
	return left;
}

static void check_break(const struct truth *truth, const struct rg_cycle_group *group)
{
	uint32_t members = members_of(truth, group->example[0]), freed;

	CU_ASSERT_EQUAL_FATAL(group->verified, group->has_break || group->cut_count);
	if (!group->has_break)
		return;
	CU_ASSERT_FATAL(is_cyclic(truth, members, NULL));
	CU_ASSERT_FATAL(!is_cyclic(truth, members, &group->break_at));
	freed = freed_without(truth, group->break_at.source, group->break_at.target);
	CU_ASSERT_FATAL(!(members & ~freed));
	if (group->cut_count)
		return;
	CU_ASSERT_EQUAL_FATAL(group->freed, (uint64_t)__builtin_popcount(freed));
	CU_ASSERT_EQUAL_FATAL(group->freed_bytes, removal_bytes(&truth->all, freed));
}

static void check_group(const struct truth *truth, const struct rg_cycle_group *group,
			uint32_t *seen)
{
	uint64_t retained = 0;

	for (size_t i = 0; i < group->count; i++) {
		const struct rg_root_cycle *cycle = &group->root_cycles[i];
		uint32_t kept = kept_by(truth, 1u << cycle->lowest);

		CU_ASSERT_FATAL(truth->roots & ~*seen & 1u << cycle->lowest);
		*seen |= 1u << cycle->lowest;
		CU_ASSERT_EQUAL_FATAL(cycle->members, (uint64_t)__builtin_popcount(
			members_of(truth, cycle->lowest)));
		CU_ASSERT_EQUAL_FATAL(cycle->objects, (uint64_t)__builtin_popcount(kept));
		CU_ASSERT_EQUAL_FATAL(cycle->retained, removal_bytes(&truth->all, kept));
		CU_ASSERT_EQUAL_FATAL(cycle->finalizers, finalizers_in(truth, kept));
		CU_ASSERT_FATAL(!i || cycle[-1].retained >= cycle->retained);
		retained += cycle->retained;
	}
	CU_ASSERT_EQUAL_FATAL(group->retained, retained);
	check_break(truth, group);
}

/* In the tree of dominators it is the lowest object of a root cycle that retains so much. */
static void check_dominators(const struct truth *truth, const struct rg_cycles *cycles)
{
	struct rg_dominators *found;

	CU_ASSERT_PTR_NULL_FATAL(rg_dominators_find(truth->all.graph, NULL, &found));
	for (size_t g = 0; g < cycles->count; g++)
		for (size_t i = 0; i < cycles->groups[g].count; i++) {
			const struct rg_root_cycle *cycle = &cycles->groups[g].root_cycles[i];

			CU_ASSERT_EQUAL_FATAL(found->retained[cycle->lowest], cycle->retained);
		}
	rg_dominators_free(found);
}

static void each_retains_what_goes_with_it(void)
{
	struct synth_random random = { 51 };
	unsigned long graphs = removal_graphs(), several = 0, shared = 0, breaks = 0, trees = 0;

	for (unsigned long round = 0; round < graphs; round++) {
		struct synth *synth = removal_random(&random);
		rg_builder *builder = synth_must(synth);
		const rg_graph *graph = rg_builder_graph(builder);
		struct rg_garbage *garbage;
		struct rg_cycles *cycles;
		struct truth truth;
		uint32_t seen = 0, of_many;
		rg_error *error = rg_garbage_find(graph, &garbage);

		if (error) {
			CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_INCOMPLETE);
			rg_error_free(error);
			rg_builder_free(builder);
			synth_free(synth);
			continue;
		}
		look(&truth, graph, garbage);
		CU_ASSERT_PTR_NULL_FATAL(rg_cycles_find(graph, garbage, NULL, &cycles));
		for (size_t g = 0; g < cycles->count; g++) {
			check_group(&truth, &cycles->groups[g], &seen);
			breaks += cycles->groups[g].has_break;
		}
		CU_ASSERT_EQUAL_FATAL(seen, truth.roots);
		of_many = truth.garbage;
		for (rg_id id = 0; id < truth.all.count; id++)
			if (truth.roots & 1u << id)
				of_many &= ~kept_by(&truth, 1u << id);
		CU_ASSERT_EQUAL_FATAL(cycles->shared_objects,
				      (uint64_t)__builtin_popcount(of_many));
		CU_ASSERT_EQUAL_FATAL(cycles->shared_bytes, removal_bytes(&truth.all, of_many));
		if (truth.garbage && synth->root_count &&
		    truth.garbage == (((1u << truth.all.count) - 1) & ~truth.all.alive)) {
			check_dominators(&truth, cycles);
			trees++;
		}
		several += __builtin_popcount(truth.roots) > 1;
		shared += of_many != 0;
		rg_cycles_free(cycles);
		rg_garbage_free(garbage);
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(several > graphs / 100);
	CU_ASSERT(shared > graphs / 1000);
	CU_ASSERT(breaks > graphs / 100);
	CU_ASSERT(trees > graphs / 100);
}

static const struct rg_test tests[] = {
	RG_TEST(each_retains_what_goes_with_it),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_root_cycles = {
	"analysis_root_cycles", NULL, NULL, tests
};
