/* SPDX-License-Identifier: MIT */
/*
 * Queries against brute force: random queries over random graphs of a dozen
 * objects, answered again object by object from what the public functions say.
 */
#include "unit/runner.h"

#include <stdio.h>
#include <string.h>

#include "base/error.h"
#include "support/oracle.h"
#include "support/removal.h"

#define ROUNDS 20000 /* and eight queries each */

struct world {
	struct synth_random *random;
	const rg_graph *graph;
	struct removal truth;
	bool unreachable[ORACLE_MOST], lost[ORACLE_MOST];
	uint32_t depth[REMOVAL_MOST]; /* 99: no root leads there */
	uint32_t everything;
	bool has_answer;  /* false: the dump lacks what the query is about */
	const struct rg_description *words;
	char text[4096];
};

static uint32_t grow(struct world *world, unsigned int depth);

static void add(struct world *world, const char *text)
{
	CU_ASSERT_FATAL(strlen(world->text) + strlen(text) < sizeof(world->text));
	strcat(world->text, text);
}

static uint32_t pick(struct world *world, uint32_t below)
{
	return synth_random(world->random, below);
}

/* --- what is true of the graph ------------------------------------------------------ */

static uint64_t references_to(const struct world *world, rg_id id)
{
	uint64_t count = 0;

	for (rg_id from = 0; from < world->truth.count; from++) {
		struct rg_references out = rg_graph_references(world->graph, from);

		for (size_t i = 0; i < out.count; i++)
			count += out.target[i] == id &&
				 (out.kind[i] & RG_REFERENCE_KIND_MASK) <= RG_REFERENCE_INFERRED;
	}
	return count;
}

static uint64_t references_from(const struct world *world, rg_id id)
{
	struct rg_references out = rg_graph_references(world->graph, id);
	uint64_t count = 0;

	for (size_t i = 0; i < out.count; i++)
		count += (out.kind[i] & RG_REFERENCE_KIND_MASK) <= RG_REFERENCE_INFERRED;
	return count;
}

static void find_depths(struct world *world)
{
	size_t root_count;
	const struct rg_root *roots = rg_graph_roots(world->graph, &root_count);

	for (rg_id id = 0; id < world->truth.count; id++)
		world->depth[id] = 99;
	for (size_t i = 0; i < root_count; i++)
		world->depth[roots[i].object] = 0;
	for (rg_id round = 0; round < world->truth.count; round++)
		for (rg_id id = 0; id < world->truth.count; id++)
			for (rg_id to = 0; to < world->truth.count; to++)
				if (world->truth.out[id] & 1u << to &&
				    world->depth[id] + 1 < world->depth[to])
					world->depth[to] = world->depth[id] + 1;
}

/* The object and those whose part it is. */
static uint32_t owners(const struct world *world, rg_id id)
{
	uint32_t set = 0;

	for (int i = 0; i < 9 && id != RG_NONE; i++) {
		set |= 1u << id;
		id = rg_graph_owner(world->graph, id);
	}
	return set;
}

/* --- tests as text, and the objects for which they hold -------------------------------- */

static bool holds(const char *sign, double value, double limit)
{
	return !strcmp(sign, ">")    ? value > limit
	       : !strcmp(sign, ">=") ? value >= limit
	       : !strcmp(sign, "<")  ? value < limit
	       : !strcmp(sign, "<=") ? value <= limit
	       : *sign == '!'        ? value != limit
				     : value == limit;
}

static uint32_t number_test(struct world *world)
{
	static const char *const names[] = { "size", "owned", "refcount", "external", "in", "out",
					     "depth", "len" };
	static const char *const signs[] = { ">", ">=", "<", "<=", "=", "==", "!=" };
	const char *sign = signs[pick(world, 7)];
	uint32_t which = pick(world, 8), other = pick(world, 8), set = 0;
	bool two = pick(world, 3) == 0, minus = pick(world, 2);
	double limit = pick(world, which < 2 ? 120 : 5);
	char text[100];

	if (two)
		sprintf(text, "%s %c %s %s %g", names[which], minus ? '-' : '+', names[other],
			sign, limit);
	else
		sprintf(text, "%s %s %g", names[which], sign, limit);
	add(world, text);
	for (rg_id id = 0; id < world->truth.count; id++) {
		struct rg_object object = rg_graph_object(world->graph, id);
		bool counted = object.refcount >= 0 && !(object.flags & RG_OBJECT_IMMORTAL);
		const double values[] = {
			(double)object.size, (double)object.owned, (double)object.refcount,
			(double)rg_graph_external(world->graph, id),
			(double)references_to(world, id), (double)references_from(world, id),
			world->depth[id], (double)world->words[id].length,
		};
		const bool known[] = {
			true, true, counted, counted && rg_graph_has_refcounts(world->graph), true,
			true, world->depth[id] != 99, world->words[id].has_length,
		};

		if (known[which] && (!two || known[other]) &&
		    holds(sign, two ? values[which] + (minus ? -1 : 1) * values[other]
				    : values[which], limit))
			set |= 1u << id;
	}
	return set;
}

static uint32_t flag_test(struct world *world)
{
	static const struct {
		const char *name;
		uint32_t flag;
	} flags[] = {
		{ "tracked", RG_OBJECT_TRACKED }, { "immortal", RG_OBJECT_IMMORTAL },
		{ "frozen", RG_OBJECT_FROZEN },   { "finalizer", RG_OBJECT_FINALIZER },
		{ "plumbing", RG_OBJECT_PLUMBING },
	};
	uint32_t which = pick(world, 7), set = 0, flag = flags[which < 5 ? which : 0].flag;

	if (which >= 5 && !rg_graph_has_refcounts(world->graph))
		which = 0;
	add(world, which == 5 ? "unreachable" : which == 6 ? "lost" : flags[which].name);
	for (rg_id id = 0; id < world->truth.count; id++)
		if (which == 5   ? world->unreachable[id]
		    : which == 6 ? world->lost[id]
				 : (rg_graph_object(world->graph, id).flags & flag) != 0)
			set |= 1u << id;
	return set;
}

static uint32_t text_test(struct world *world)
{
	static const char *const patterns[] = { "T0", "T1", "T*", "?2", "none" };
	const char *pattern = patterns[pick(world, 5)];
	bool equal = pick(world, 3) != 0, value = pick(world, 2);
	char wanted[2] = { (char)('a' + pick(world, 3)), '\0' };
	uint32_t set = 0;

	add(world, value ? "value" : "type");
	add(world, equal ? " = " : " != ");
	add(world, value ? wanted : pattern);
	for (rg_id id = 0; id < world->truth.count; id++) {
		const char *name = rg_graph_type(world->graph,
						 rg_graph_object(world->graph, id).type)->name;
		const char *is = world->words[id].value;

		if (value ? *is && (is[1] == *wanted) == equal
			  : rg_pattern_match(pattern, name) == equal)
			set |= 1u << id;
	}
	return set;
}

/* attr and key, with and without a query inside. */
static uint32_t label_test(struct world *world, unsigned int depth)
{
	bool key = pick(world, 2), nested = depth && pick(world, 2);
	const char *name = key ? "k" : pick(world, 2) ? "a" : "b";
	uint32_t inside = world->everything, set = 0;
	char label[20];

	sprintf(label, key ? "['%s']" : ".%s", name);
	add(world, key ? "key(" : "attr(");
	add(world, name);
	if (nested) {
		add(world, ", ");
		inside = grow(world, depth - 1);
	}
	add(world, ")");
	for (rg_id id = 0; id < world->truth.count; id++) {
		struct rg_references out = rg_graph_references(world->graph, id);
		char found[20];

		for (size_t i = 0; i < out.count; i++) {
			rg_graph_label(world->graph, id, i, RG_LABELS_ALL, found, sizeof(found));
			if (!strcmp(found, label) && inside & 1u << out.target[i])
				set |= 1u << id;
		}
	}
	return set;
}

static uint32_t dominated(const struct world *world, uint32_t others)
{
	struct rg_dominators *found = NULL;
	uint32_t set = 0;

	/* The tree has tests of its own. */
	CU_ASSERT_PTR_NULL_FATAL(rg_dominators_find(world->graph, NULL, &found));
	for (rg_id id = 0; id < world->truth.count; id++)
		if (found->dominator[id] < found->objects &&
		    owners(world, found->dominator[id]) & others)
			set |= 1u << id;
	rg_dominators_free(found);
	return set;
}

static uint32_t relation_test(struct world *world, unsigned int depth)
{
	static const char *const names[] = { "referrer(", "referent(", "reachable_from(",
					     "retained_by(", "dominator(" };
	uint32_t which = pick(world, 5), set = 0, others;
	const struct removal *truth = &world->truth;
	char text[30];
	size_t root_count;

	rg_graph_roots(world->graph, &root_count);
	if (which > 2 && !root_count)
		which = 2;
	add(world, names[which]);
	if (pick(world, 3) == 0) {
		rg_id id = pick(world, truth->count);

		sprintf(text, "0x%x", 0x1000 + 16 * id);
		add(world, text);
		others = 1u << id;
	} else {
		others = grow(world, depth - 1);
	}
	add(world, ")");
	for (rg_id id = 0; id < truth->count; id++)
		for (rg_id to = 0; to < truth->count; to++) {
			if (!(truth->out[id] & 1u << to))
				continue;
			if (which == 0 && owners(world, id) & others)
				set |= 1u << to;
			if (which == 1 && others & 1u << to)
				set |= owners(world, id);
		}
	if (which == 2)
		set = removal_spread(truth, others, 0);
	if (which == 3)
		set = truth->alive & ~removal_lead(truth, NULL, NULL, true, others);
	if (which == 3 && !(others & truth->alive))
		set = 0;
	return which == 4 ? dominated(world, others) : set;
}

static uint32_t grow(struct world *world, unsigned int depth)
{
	uint32_t left, right, way = pick(world, depth ? 10 : 4);

	switch (way) {
	case 0:
		return number_test(world);
	case 1:
		return flag_test(world);
	case 2:
		return text_test(world);
	case 3:
		return label_test(world, depth);
	case 4:
		return relation_test(world, depth);
	case 5:
		add(world, "not (");
		left = grow(world, depth - 1);
		add(world, ")");
		return world->everything & ~left;
	default:
		add(world, "(");
		left = grow(world, depth - 1);
		add(world, way < 8 ? ") and " : ") or (");
		/* What binds closer needs no parentheses. */
		add(world, way < 8 ? "not (" : "");
		right = grow(world, depth - 1);
		add(world, ")");
		return way < 8 ? left & world->everything & ~right : left | right;
	}
}

static void look(struct world *world, const rg_graph *graph)
{
	bool found[ORACLE_MOST];

	world->graph = graph;
	removal_look(&world->truth, graph);
	world->everything = (1u << world->truth.count) - 1;
	find_depths(world);
	oracle_unreachable(graph, found);
	oracle_going(graph, found, world->unreachable);
	oracle_lost(graph, found, world->lost);
}

static void say(struct synth_random *random, struct rg_description *words)
{
	memset(words, 0, REMOVAL_MOST * sizeof(*words));
	for (rg_id id = 0; id < REMOVAL_MOST; id++) {
		words[id].has_length = synth_random(random, 2);
		words[id].length = words[id].has_length ? synth_random(random, 6) : 0;
		if (synth_random(random, 2))
			sprintf(words[id].value, "'%c'", (char)('a' + synth_random(random, 3)));
	}
}

/* Some objects are parts of others. */
static void add_parts(struct synth_random *random, struct synth *synth)
{
	for (uint32_t i = synth_random(random, 4); i > 0 && synth->count > 1; i--) {
		rg_id part = synth_random(random, synth->count);
		rg_id owner = synth_random(random, synth->count);

		if (part == owner || synth->objects[part].flags & RG_OBJECT_PLUMBING)
			continue;
		synth->objects[part].flags |= RG_OBJECT_PLUMBING;
		synth_refer(synth, owner, part, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING,
			    ".part");
	}
}

static void agrees_with_brute_force(void)
{
	struct synth_random random = { 21 };
	struct rg_description words[REMOVAL_MOST];
	unsigned long some = 0, all = 0, lacking = 0;

	for (int round = 0; round < ROUNDS; round++) {
		struct synth *synth = removal_random(&random);
		struct world world = { .random = &random, .words = words };
		rg_builder *builder;

		say(&random, words);
		add_parts(&random, synth);
		synth->words = words;
		builder = synth_must(synth);
		look(&world, rg_builder_graph(builder));
		for (int i = 0; i < 8; i++) {
			struct rg_query_result *result = NULL;
			rg_query *query = NULL;
			uint32_t expected, found = 0;
			rg_error *error;

			world.text[0] = '\0';
			expected = grow(&world, 3);
			error = rg_query_parse(world.text, &query);
			if (!error)
				error = rg_query_select(world.graph, query, NULL, &result);
			/* Depth wants roots. */
			if (error && rg_error_code(error) == RG_ERROR_INCOMPLETE) {
				lacking++;
				rg_error_free(error);
				rg_query_free(query);
				continue;
			}
			if (error)
				printf("# %s: %s\n", world.text, rg_error_message(error));
			CU_ASSERT_PTR_NULL_FATAL(error);
			for (size_t n = 0; n < result->count; n++)
				found |= 1u << result->ids[n];
			if (found != expected)
				printf("# %s: %x, not %x, of %u\n", world.text, found, expected,
				       (unsigned)world.truth.count);
			CU_ASSERT_EQUAL_FATAL(found, expected);
			some += found && found != world.everything;
			all++;
			rg_query_result_free(result);
			rg_query_free(query);
		}
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(some * 3 > all);
	CU_ASSERT(lacking * 10 < all);
}

static const struct rg_test tests[] = {
	RG_TEST(agrees_with_brute_force),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_query_random = {
	"analysis_query_random", NULL, NULL, tests
};
