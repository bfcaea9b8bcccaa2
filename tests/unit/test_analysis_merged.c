/* SPDX-License-Identifier: MIT */
/*
 * The tree of what holds many objects, against chains that are merged one after
 * the other.  RG_GRAPHS says how many graphs.
 */
#include "unit/runner.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "analysis/path.h"
#include "base/alloc.h"
#include "support/removal.h"

#define MOST 16   /* objects */
#define NODES 256
#define NEAR 4    /* nodes above that a step goes back to */

/* ---- merging by the book ------------------------------------------------------- */

struct naive {
	int parent;
	char label[64];
	rg_type_id type;
	uint32_t objects, targets; /* sets */
	bool repeats;
};

struct forest {
	const rg_graph *graph;
	bool plumbing;
	uint32_t targets;
	struct naive nodes[NODES];
	int count;
};

static int find(struct forest *forest, int parent, const char *label, rg_type_id type)
{
	for (int i = 0, at = parent; i < NEAR && at >= 0; i++, at = forest->nodes[at].parent) {
		if (forest->nodes[at].parent >= 0 && forest->nodes[at].type == type &&
		    !strcmp(forest->nodes[at].label, label)) {
			forest->nodes[at].repeats = true;
			return at;
		}
	}
	for (int at = 0; at < forest->count; at++)
		if (forest->nodes[at].parent == parent && forest->nodes[at].type == type &&
		    !strcmp(forest->nodes[at].label, label))
			return at;
	CU_ASSERT_FATAL(forest->count < NODES);
	forest->nodes[forest->count] = (struct naive){ .parent = parent, .type = type };
	snprintf(forest->nodes[forest->count].label, sizeof(forest->nodes[0].label), "%s", label);
	return forest->count++;
}

static const char *name_of(const struct rg_root *root)
{
	return root->kind == RG_ROOT_EXTERNAL ? "external references" : root->name;
}

static void add_chain(struct forest *forest, const struct rg_chain *chain)
{
	rg_id at = chain->root->object;
	int node = find(forest, -1, name_of(chain->root), rg_graph_object(forest->graph, at).type);

	forest->nodes[node].objects |= 1u << at;
	for (size_t done = 0, taken; done < chain->length; done += taken) {
		char label[64];

		taken = rg_path_next(forest->graph, chain->steps + done, chain->length - done,
				     forest->plumbing);
		rg_path_label(forest->graph, chain->steps + done, taken, RG_LABELS_ALL, label,
			      sizeof(label));
		rg_path_generalise(rg_graph_words(forest->graph),
				   rg_graph_type(forest->graph, 0), label);
		at = chain->steps[done + taken - 1].target;
		node = find(forest, node, label, rg_graph_object(forest->graph, at).type);
		forest->nodes[node].objects |= 1u << at;
	}
	/* Whatever stands above the last node has the target. */
	for (int up = node; up >= 0; up = forest->nodes[up].parent)
		forest->nodes[up].targets |= 1u << chain->target;
}

/* ---- comparing ------------------------------------------------------------------- */

static bool is_same(const rg_graph *graph, const struct rg_merged_node *node,
		    const struct naive *naive)
{
	char label[64];

	if (node->type != naive->type)
		return false;
	if (node->root)
		return !strcmp(name_of(node->root), naive->label);
	snprintf(label, sizeof(label), "%s", node->label);
	/* Of one object what exactly it is called. */
	CU_ASSERT_FATAL(node->objects == 1 || !strpbrk(label, "0123456789'"));
	rg_path_generalise(rg_graph_words(graph), rg_graph_type(graph, 0), label);
	return !strcmp(label, naive->label);
}

static uint64_t bytes_of(const struct forest *forest, uint32_t set)
{
	uint64_t sum = 0;

	for (rg_id id = 0; id < MOST; id++)
		if (set & 1u << id)
			sum += rg_graph_object(forest->graph, id).size +
			       rg_graph_object(forest->graph, id).owned;
	return sum;
}

static void compare(const struct forest *forest, const struct rg_merged *merged)
{
	int naive_of[NODES];

	CU_ASSERT_EQUAL_FATAL(merged->count, (size_t)forest->count);
	CU_ASSERT_EQUAL_FATAL(merged->nodes_found, merged->count);
	for (size_t i = 0; i < merged->count; i++) {
		const struct rg_merged_node *node = &merged->nodes[i];
		const struct naive *naive;
		int parent = node->parent == RG_NONE ? -1 : naive_of[node->parent], at = 0;

		CU_ASSERT_FATAL(node->parent == RG_NONE || node->parent < i);
		while (at < forest->count && !(forest->nodes[at].parent == parent &&
					       is_same(forest->graph, node, &forest->nodes[at])))
			at++;
		CU_ASSERT_FATAL(at < forest->count);
		naive = &forest->nodes[at];
		naive_of[i] = at;
		CU_ASSERT_EQUAL_FATAL(node->objects,
				      (uint64_t)__builtin_popcount(naive->objects));
		CU_ASSERT_EQUAL_FATAL(node->targets,
				      (uint64_t)__builtin_popcount(naive->targets));
		CU_ASSERT_EQUAL_FATAL(node->own_targets,
				      (uint64_t)__builtin_popcount(naive->objects &
								   forest->targets));
		CU_ASSERT_EQUAL_FATAL(node->bytes, bytes_of(forest, naive->targets));
		CU_ASSERT_EQUAL_FATAL(node->own_bytes,
				      bytes_of(forest, naive->objects & forest->targets));
		CU_ASSERT_EQUAL_FATAL(node->repeats, naive->repeats);
		CU_ASSERT_EQUAL_FATAL(node->left_out, 0);
		CU_ASSERT_EQUAL_FATAL(node->left_out_targets, 0);
		CU_ASSERT_FATAL(naive->objects & 1u << node->example);
	}
}

/* With room for @limit: what is there is as before, and nothing is lost. */
static void compare_few(const struct rg_merged *all, const struct rg_merged *few, size_t limit)
{
	uint64_t top = few->left_out_targets, least = UINT64_MAX, ends = 0;

	CU_ASSERT_EQUAL_FATAL(few->nodes_found, all->count);
	for (size_t i = 0; i < few->count; i++) {
		const struct rg_merged_node *node = &few->nodes[i];
		uint64_t below = node->own_targets + node->left_out_targets;

		top += node->parent == RG_NONE ? node->targets : 0;
		for (size_t j = i + 1; j < few->count; j++)
			below += few->nodes[j].parent == i ? few->nodes[j].targets : 0;
		CU_ASSERT_EQUAL_FATAL(below, node->targets);
		ends += !node->straight;
		least = !node->straight && node->targets < least ? node->targets : least;
	}
	CU_ASSERT_EQUAL_FATAL(top, few->targets - few->unreached);
	CU_ASSERT_FATAL(ends <= limit);
	CU_ASSERT_FATAL(ends == limit || few->count == all->count);
	/* None that is left out has more than one that is shown. */
	for (size_t i = 0, shown = 0; i < all->count; i++) {
		shown += !all->nodes[i].straight && all->nodes[i].targets > least;
		CU_ASSERT_FATAL(shown <= limit);
	}
}

/* ---- graphs ------------------------------------------------------------------------ */

static struct synth *make(struct synth_random *random)
{
	static const char *const labels[] = { ".a", ".b", ".next", "[1]", "[2]", "['k']",
					      "key 'x'", ".next" };
	struct synth *synth = synth_new(2 + synth_random(random, MOST - 1), 3);
	rg_id parts = synth_random(random, synth->count / 3 + 1);

	for (rg_id id = 0; id < synth->count; id++) {
		synth->objects[id].type = synth_random(random, 3);
		synth->objects[id].size = 16 + synth_random(random, 100);
	}
	/* The first of them are parts of others, as is the part of a part. */
	for (rg_id part = 0; part < parts; part++)
		synth_refer(synth, part + 1 + synth_random(random, synth->count - part - 1), part,
			    RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING,
			    synth_random(random, 3) ? ".__dict__" : ".cache");
	for (uint32_t more = synth_random(random, 3 * synth->count); more > 0; more--)
		synth_refer(synth, synth_random(random, synth->count),
			    synth_random(random, synth->count),
			    synth_random(random, 8) ? RG_REFERENCE_STRONG
				: RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE,
			    labels[synth_random(random, 8)]);
	synth_root(synth, synth_random(random, synth->count), RG_ROOT_MODULE, 1,
		   "sys.modules['a']");
	synth_root(synth, synth_random(random, synth->count), RG_ROOT_INTERPRETER, 1, "field");
	for (uint32_t more = synth_random(random, 3); more > 0; more--)
		synth_root(synth, synth_random(random, synth->count), RG_ROOT_EXTERNAL, 1,
			   "external references");
	return synth;
}

static void agrees_with_merging_each(void)
{
	struct synth_random random = { 41 };
	unsigned long graphs = removal_graphs() / 5, repeated = 0, deep = 0, unreached = 0;

	for (unsigned long round = 0; round < graphs; round++) {
		struct synth *synth = make(&random);
		rg_builder *builder = synth_must(synth);
		struct forest forest = { .graph = rg_builder_graph(builder),
					 .plumbing = round % 4 == 1 };
		struct rg_merged_options how = { .size = sizeof(how), .plumbing = forest.plumbing,
						 .shortest = round % 4 == 2 };
		struct rg_chains_options plain = { .size = sizeof(plain),
						   .shortest = how.shortest };
		struct rg_merged *all, *few;
		rg_chain_tree *tree;
		rg_id targets[MOST];
		size_t count = 0;

		for (rg_id id = 0; id < synth->count; id++)
			if (synth_random(&random, 3) == 0 || (!count && id + 1 == synth->count))
				targets[count++] = id;
		CU_ASSERT_PTR_NULL_FATAL(rg_chain_tree_new(forest.graph, &plain, &tree));
		for (size_t i = 0; i < count; i++)
			forest.targets |= 1u << targets[i];
		for (size_t i = 0; i < count; i++) {
			struct rg_chains *chains;

			CU_ASSERT_PTR_NULL_FATAL(rg_chain_tree_find(tree, targets[i], &chains));
			if (chains->count)
				add_chain(&forest, chains->chains);
			unreached += !chains->count;
			rg_chains_free(chains);
		}
		rg_chain_tree_free(tree);
		CU_ASSERT_PTR_NULL_FATAL(rg_merged_find(forest.graph, targets, count, &how, &all));
		compare(&forest, all);
		how.limit = 1 + synth_random(&random, 4);
		CU_ASSERT_PTR_NULL_FATAL(rg_merged_find(forest.graph, targets, count, &how, &few));
		compare_few(all, few, how.limit);
		for (size_t i = 0; i < all->count; i++) {
			repeated += all->nodes[i].repeats;
			deep += all->nodes[i].depth > 3;
		}
		rg_merged_free(all);
		rg_merged_free(few);
		rg_builder_free(builder);
		synth_free(synth);
	}
	CU_ASSERT(repeated > graphs / 50);
	CU_ASSERT(deep > graphs / 50);
	CU_ASSERT(unreached > graphs / 50);
}

/* A module's list of 1,000 nodes, each the head of a list of as many. */
static void a_list_is_one_node(void)
{
	enum { WIDTH = 1000, COUNT = 2 + WIDTH * WIDTH };
	struct synth *synth = synth_new(COUNT, 2);
	struct rg_merged *merged;
	rg_builder *builder;
	rg_id *targets = malloc(COUNT * sizeof(*targets));

	CU_ASSERT_PTR_NOT_NULL_FATAL(targets);
	synth_refer(synth, 0, 1, RG_REFERENCE_STRONG, ".all");
	for (rg_id head = 0; head < WIDTH; head++)
		synth_refer(synth, 1, 2 + head * WIDTH, RG_REFERENCE_STRONG, "[7]");
	for (rg_id id = 2; id < COUNT; id++) {
		synth->objects[id].type = 1;
		if ((id - 2) % WIDTH != WIDTH - 1)
			synth_refer(synth, id, id + 1, RG_REFERENCE_STRONG, ".next");
		targets[id - 2] = id;
	}
	synth_root(synth, 0, RG_ROOT_MODULE, 1, "sys.modules['a']");
	builder = synth_must(synth);
	CU_ASSERT_PTR_NULL_FATAL(rg_merged_find(rg_builder_graph(builder), targets, COUNT - 2, NULL,
						&merged));
	CU_ASSERT_EQUAL_FATAL(merged->count, 4);
	CU_ASSERT_STRING_EQUAL(merged->nodes[0].label, "sys.modules['a']");
	CU_ASSERT_STRING_EQUAL(merged->nodes[1].label, ".all");
	CU_ASSERT_STRING_EQUAL(merged->nodes[2].label, "[*]");
	CU_ASSERT_EQUAL(merged->nodes[2].own_targets, WIDTH);
	CU_ASSERT_STRING_EQUAL(merged->nodes[3].label, ".next");
	CU_ASSERT_EQUAL(merged->nodes[3].objects, COUNT - 2 - WIDTH);
	CU_ASSERT_TRUE(merged->nodes[3].repeats);
	CU_ASSERT_FALSE(merged->nodes[2].repeats);
	CU_ASSERT_TRUE(merged->nodes[1].straight);
	rg_merged_free(merged);
	rg_builder_free(builder);
	synth_free(synth);
	free(targets);
}

static void says_what_is_wrong(void)
{
	struct synth_random random = { 5 };
	struct synth *synth = make(&random);
	rg_builder *builder = synth_must(synth);
	struct rg_merged *merged = NULL;
	struct rg_chains *chains;
	rg_id target = synth->count;
	rg_error *error = rg_merged_find(rg_builder_graph(builder), &target, 1, NULL, &merged);

	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	error = rg_merged_find(rg_builder_graph(builder), &target, 0, NULL, &merged);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	rg_error_free(error);
	CU_ASSERT_PTR_NULL(merged);
	for (target = 0; target < synth->count; target++) {
		CU_ASSERT_PTR_NULL_FATAL(
			rg_merged_find(rg_builder_graph(builder), &target, 1, NULL, &merged));
		CU_ASSERT_EQUAL(merged->unreached, !merged->count);
		CU_ASSERT_PTR_NULL_FATAL(rg_merged_chain(merged, target, &chains));
		CU_ASSERT_EQUAL(chains->count, !merged->unreached);
		rg_chains_free(chains);
		rg_merged_free(merged);
	}
	rg_merged_free(NULL);
	rg_builder_free(builder);
	synth_free(synth);
}

static void survives_lack_of_memory(void)
{
	struct synth_random random = { 6 };
	struct synth *synth = make(&random);
	rg_builder *builder = synth_must(synth);
	struct rg_merged *merged = NULL;
	rg_id targets[MOST];
	int64_t n = 0;

	for (rg_id id = 0; id < synth->count; id++)
		targets[id] = id;
	for (;; n++) {
		rg_error *error;

		rg_alloc_fail_after(n);
		error = rg_merged_find(rg_builder_graph(builder), targets, synth->count, NULL,
				       &merged);
		rg_alloc_fail_after(-1);
		if (!error)
			break;
		CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		CU_ASSERT_PTR_NULL(merged);
		rg_error_free(error);
	}
	CU_ASSERT(n > 15);
	rg_merged_free(merged);
	rg_builder_free(builder);
	synth_free(synth);
}

static const struct rg_test tests[] = {
	RG_TEST(agrees_with_merging_each),
	RG_TEST(a_list_is_one_node),
	RG_TEST(says_what_is_wrong),
	RG_TEST(survives_lack_of_memory),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_merged = { "analysis_merged", NULL, NULL, tests };
