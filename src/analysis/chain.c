/* SPDX-License-Identifier: MIT */
/*
 * Why objects are alive: one breadth-first search forwards from roots.
 *
 * The classes of roots take turns, and what a better class reached is not
 * entered again: if no target was found from there, none is to be found
 * through there.  The queue keeps ways of equal length in the order of their
 * roots and references, so the first way found is the one to tell.
 */
#include "base/error.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bitset.h"
#include "base/options.h"
#include "graph/store.h"

#define UNSEEN RG_NONE
#define BY_ROOT (RG_NONE - 1)
#define DEEPEST 8 /* parts of parts */

struct result {
	struct rg_chains public;
	RG_VECTOR(struct rg_chain) chains;
	RG_VECTOR(struct rg_step) steps;
	RG_VECTOR(size_t) starts; /* by chain: its first step */
};

struct search {
	const rg_graph *graph;
	const struct rg_chains_options *options;
	struct result *result;
	uint64_t *targets; /* NULL: a tree to everything */
	rg_id *parent;   /* by object: who reached it, BY_ROOT or UNSEEN */
	rg_id *queue;
	rg_id head, tail;
	size_t wanted;
	size_t first_root, end_root; /* those of the class at work */
	bool told;         /* by the object at work: one chain a referrer */
};

/* Roots of one class are equally good. */
static unsigned int class_of(enum rg_root_kind kind)
{
	switch (kind) {
	case RG_ROOT_MODULE:
		return 0;
	case RG_ROOT_LOCAL:
	case RG_ROOT_THREAD_LOCAL:
		return 1;
	case RG_ROOT_INTERPRETER:
	case RG_ROOT_THREAD:
	case RG_ROOT_STATIC:
		return 2;
	case RG_ROOT_EXTERNAL:
		break;
	}
	return 3;
}

static bool is_allowed(const struct search *search, const struct rg_root *root)
{
	const struct rg_chains_options *options = search->options;

	if (options->root_kinds && !(options->root_kinds >> root->kind & 1))
		return false;
	return !options->root || rg_pattern_match(options->root, root->name);
}

static bool is_done(const struct search *search)
{
	return search->targets && search->result->chains.count >= search->wanted;
}

/* The reference of @from to @to that the search followed: the first. */
static size_t first_reference(const rg_graph *graph, rg_id from, rg_id to)
{
	struct rg_references out = rg_graph_references(graph, from);
	size_t i = 0;

	while (i < out.count && (out.target[i] != to || !rg_store_counted(out.kind[i])))
		i++;
	return i;
}

/* The first root of the class at work that refers to @id: there is one. */
static const struct rg_root *first_root(const struct search *search, rg_id id)
{
	const struct rg_root *roots = search->graph->roots.data;

	for (size_t i = search->first_root; i < search->end_root; i++)
		if (roots[i].object == id && is_allowed(search, &roots[i]))
			return &roots[i];
	return NULL;
}

static void reverse(struct rg_step *steps, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct rg_step other = steps[i];

		steps[i] = steps[count - 1 - i];
		steps[count - 1 - i] = other;
	}
}

/* Adds the chain by @root, or by @from and its reference @index, to @target. */
static bool add_chain(struct search *search, const struct rg_root *root, rg_id from, size_t index,
		      rg_id target)
{
	struct result *result = search->result;
	size_t start = result->steps.count;
	struct rg_chain chain = { .root = root, .target = target };
	struct rg_step step = { from, index, target };

	if (!root) {
		for (;;) {
			if (!rg_vector_push(&result->steps, step))
				return false;
			if (search->parent[step.source] == BY_ROOT)
				break;
			step.target = step.source;
			step.source = search->parent[step.target];
			step.index = first_reference(search->graph, step.source, step.target);
		}
		chain.root = first_root(search, step.source);
		reverse(result->steps.data + start, result->steps.count - start);
	}
	chain.length = result->steps.count - start;
	return rg_vector_push(&result->chains, chain) && rg_vector_push(&result->starts, start);
}

static bool is_target(const struct search *search, rg_id id)
{
	return search->targets && rg_bitset_test(search->targets, id);
}

/* Whether @id is a part of what was reached already: it is as near as that, and left to it. */
static bool is_part_of_known(const struct search *search, rg_id id, rg_id from)
{
	rg_id owner;

	if (!(search->graph->flags[id] & RG_OBJECT_PLUMBING))
		return false;
	owner = rg_graph_owner(search->graph, id);
	return owner != from && search->parent[owner] != UNSEEN;
}

/*
 * Goes to what @id refers to, in order; a part of it is as near as itself, so
 * that a way is as long as its reader finds it.
 */
static bool expand(struct search *search, rg_id id, unsigned int depth)
{
	const rg_graph *graph = search->graph;
	struct rg_references out = rg_graph_references(graph, id);

	for (size_t i = 0; i < out.count; i++) {
		rg_id target = out.target[i];

		if (i + 8 < out.count)
			__builtin_prefetch(&search->parent[out.target[i + 8]]);
		if (!rg_store_counted(out.kind[i]))
			continue;
		if (is_target(search, target)) {
			if (search->told || is_done(search))
				continue;
			search->told = true;
			if (!add_chain(search, NULL, id, i, target))
				return false;
			if (is_done(search))
				return true;
		} else if (search->parent[target] == UNSEEN &&
			   !is_part_of_known(search, target, id)) {
			search->parent[target] = id;
			if (!(out.kind[i] & RG_REFERENCE_PLUMBING) || depth == DEEPEST ||
			    rg_graph_owner(graph, target) != id)
				search->queue[search->tail++] = target;
			else if (!expand(search, target, depth + 1))
				return false;
		}
	}
	return true;
}

/* Everything from the roots first_root .. end_root - 1 on; false: no memory. */
static bool run(struct search *search)
{
	const rg_graph *graph = search->graph;
	const struct rg_root *roots = graph->roots.data;

	for (size_t i = search->first_root; i < search->end_root && !is_done(search); i++) {
		rg_id id = roots[i].object;

		if (!is_allowed(search, &roots[i]))
			continue;
		if (is_target(search, id)) {
			if (!add_chain(search, &roots[i], RG_NONE, 0, id))
				return false;
		} else if (search->parent[id] == UNSEEN) {
			search->parent[id] = BY_ROOT;
			search->queue[search->tail++] = id;
		}
	}
	while (search->head < search->tail && !is_done(search)) {
		if (search->head + 4 < search->tail)
			__builtin_prefetch(&graph->offset[search->queue[search->head + 4]]);
		if (search->head + 2 < search->tail)
			__builtin_prefetch(&graph->target[
				graph->offset[search->queue[search->head + 2]]]);
		search->told = false;
		if (!expand(search, search->queue[search->head++], 0))
			return false;
	}
	return true;
}

static bool run_all(struct search *search)
{
	const rg_graph *graph = search->graph;
	size_t count = graph->roots.count;

	if (search->options->shortest) {
		search->end_root = count;
		return run(search);
	}
	while (search->end_root < count && !is_done(search)) {
		unsigned int class = class_of(graph->roots.data[search->end_root].kind);

		search->first_root = search->end_root;
		while (search->end_root < count &&
		       class_of(graph->roots.data[search->end_root].kind) == class)
			search->end_root++;
		if (!run(search))
			return false;
	}
	return true;
}

static rg_error *check_roots(const rg_graph *graph)
{
	if (!graph->roots.count)
		return rg_error_new(RG_ERROR_INCOMPLETE,
				    "the dump names no roots: what holds an object cannot be told");
	return NULL;
}

static rg_error *check(const rg_graph *graph, const rg_id *targets, size_t count)
{
	RG_TRY(check_roots(graph));
	if (!count)
		return rg_error_new(RG_ERROR_INVALID, "a chain to no object was asked for");
	for (size_t i = 0; i < count; i++)
		if (targets[i] >= graph->count)
			return rg_error_new(RG_ERROR_INVALID, "object %u does not exist",
					    targets[i]);
	return NULL;
}

static struct rg_chains *publish(struct result *result)
{
	for (size_t i = 0; i < result->chains.count; i++)
		if (result->chains.data[i].length)
			result->chains.data[i].steps =
				result->steps.data + result->starts.data[i];
	result->public.chains = result->chains.data;
	result->public.count = result->chains.count;
	return &result->public;
}

static void free_search(struct search *search)
{
	rg_free(search->targets);
	rg_free(search->parent);
	rg_free(search->queue);
}

static bool prepare(struct search *search)
{
	size_t count = search->graph->count;

	search->parent = rg_alloc(count * sizeof(*search->parent));
	search->queue = rg_alloc(count * sizeof(*search->queue));
	if (!search->parent || !search->queue)
		return false;
	memset(search->parent, 0xff, count * sizeof(*search->parent));
	return true;
}

rg_error *rg_chains_find(const rg_graph *graph, const rg_id *targets, size_t target_count,
			 const struct rg_chains_options *options, struct rg_chains **ret)
{
	struct rg_chains_options how;
	struct search search = { .graph = graph, .options = &how };
	struct result *result;
	bool ok;

	RG_TRY(rg_options_read(options, sizeof(how), &how));
	RG_TRY(check(graph, targets, target_count));
	search.wanted = search.options->count ? search.options->count : 1;
	result = search.result = rg_calloc(1, sizeof(*result));
	search.targets = rg_bitset_new(graph->count);
	ok = result && search.targets && prepare(&search);
	if (ok) {
		for (size_t i = 0; i < target_count; i++)
			rg_bitset_add(search.targets, targets[i]);
		ok = run_all(&search);
	}
	free_search(&search);
	if (!ok) {
		rg_chains_free(result ? &result->public : NULL);
		return rg_error_no_memory();
	}
	*ret = publish(result);
	return NULL;
}

void rg_chains_free(struct rg_chains *chains)
{
	struct result *result = (struct result *)chains;

	if (!result)
		return;
	rg_vector_free(&result->chains);
	rg_vector_free(&result->steps);
	rg_vector_free(&result->starts);
	rg_free(result);
}

/* ---- the best chains to everything --------------------------------------------- */

struct rg_chain_tree {
	const rg_graph *graph;
	rg_id *parent;       /* as in a search */
	struct rg_map roots; /* object + 1 -> its best root */
};

/* The best root of each object; those that are not allowed are no roots here. */
static bool index_roots(const struct search *search, struct rg_map *ret)
{
	for (size_t i = 0; i < search->graph->roots.count; i++) {
		const struct rg_root *root = &search->graph->roots.data[i];
		uint64_t key = (uint64_t)root->object + 1;

		if (is_allowed(search, root) && !rg_map_find(ret, key) &&
		    !rg_map_put(ret, key, (uint32_t)i))
			return false;
	}
	return true;
}

rg_error *rg_chain_tree_new(const rg_graph *graph, const struct rg_chains_options *options,
			    rg_chain_tree **ret)
{
	struct rg_chains_options how;
	struct search search = { .graph = graph, .options = &how };
	rg_chain_tree *tree;

	RG_TRY(check_roots(graph));
	RG_TRY(rg_options_read(options, sizeof(how), &how));
	tree = rg_calloc(1, sizeof(*tree));
	if (!tree || !prepare(&search) || !run_all(&search) ||
	    !index_roots(&search, &tree->roots)) {
		free_search(&search);
		rg_chain_tree_free(tree);
		return rg_error_no_memory();
	}
	tree->graph = graph;
	tree->parent = search.parent;
	search.parent = NULL;
	free_search(&search);
	*ret = tree;
	return NULL;
}

rg_error *rg_chain_tree_find(const rg_chain_tree *tree, rg_id target, struct rg_chains **ret)
{
	const rg_graph *graph = tree->graph;
	struct rg_chain chain = { .target = target };
	struct result *result;
	size_t start = 0;
	rg_id at = target;
	bool ok;

	if (target >= graph->count)
		return rg_error_new(RG_ERROR_INVALID, "object %u does not exist", target);
	result = rg_calloc(1, sizeof(*result));
	ok = result != NULL;
	while (ok && tree->parent[at] < BY_ROOT) {
		rg_id from = tree->parent[at];
		struct rg_step step = { from, first_reference(graph, from, at), at };

		ok = rg_vector_push(&result->steps, step);
		at = from;
	}
	if (ok && tree->parent[target] != UNSEEN) {
		const uint32_t *root = rg_map_find(&tree->roots, (uint64_t)at + 1);

		reverse(result->steps.data, result->steps.count);
		chain.root = &graph->roots.data[*root];
		chain.length = result->steps.count;
		ok = rg_vector_push(&result->chains, chain) &&
		     rg_vector_push(&result->starts, start);
	}
	if (!ok) {
		rg_chains_free(result ? &result->public : NULL);
		return rg_error_no_memory();
	}
	*ret = publish(result);
	return NULL;
}

void rg_chain_tree_free(rg_chain_tree *tree)
{
	if (!tree)
		return;
	rg_map_free(&tree->roots);
	rg_free(tree->parent);
	rg_free(tree);
}
