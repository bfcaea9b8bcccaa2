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
	uint64_t *targets;
	rg_id *parent;   /* by object: who reached it, BY_ROOT or UNSEEN */
	rg_id *queue;
	rg_id head, tail;
	size_t wanted;
	size_t first_root, end_root; /* those of the class at work */
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
	return search->result->chains.count >= search->wanted;
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
		for (size_t i = start, k = result->steps.count - 1; i < k; i++, k--) {
			struct rg_step other = result->steps.data[i];

			result->steps.data[i] = result->steps.data[k];
			result->steps.data[k] = other;
		}
	}
	chain.length = result->steps.count - start;
	return rg_vector_push(&result->chains, chain) && rg_vector_push(&result->starts, start);
}

static bool expand(struct search *search, rg_id id)
{
	const rg_graph *graph = search->graph;
	struct rg_references out = rg_graph_references(graph, id);
	bool told = false;

	for (size_t i = 0; i < out.count; i++) {
		rg_id target = out.target[i];

		if (i + 8 < out.count)
			__builtin_prefetch(&search->parent[out.target[i + 8]]);
		if (!rg_store_counted(out.kind[i]))
			continue;
		if (rg_bitset_test(search->targets, target)) {
			if (told || is_done(search))
				continue;
			/* One chain a referrer. */
			told = true;
			if (!add_chain(search, NULL, id, i, target))
				return false;
			if (is_done(search))
				return true;
		} else if (search->parent[target] == UNSEEN) {
			search->parent[target] = id;
			search->queue[search->tail++] = target;
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
		if (rg_bitset_test(search->targets, id)) {
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
		if (!expand(search, search->queue[search->head++]))
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

static rg_error *check(const rg_graph *graph, const rg_id *targets, size_t count)
{
	if (!graph->roots.count)
		return rg_error_new(RG_ERROR_INCOMPLETE,
				    "the dump names no roots: what holds an object cannot be told");
	if (!count)
		return rg_error_new(RG_ERROR_INVALID, "a chain to no object was asked for");
	for (size_t i = 0; i < count; i++)
		if (targets[i] >= graph->count)
			return rg_error_new(RG_ERROR_INVALID, "object %u does not exist",
					    targets[i]);
	return NULL;
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
	search.parent = rg_alloc((size_t)graph->count * sizeof(*search.parent));
	search.queue = rg_alloc((size_t)graph->count * sizeof(*search.queue));
	ok = result && search.targets && search.parent && search.queue;
	if (ok) {
		memset(search.parent, 0xff, (size_t)graph->count * sizeof(*search.parent));
		for (size_t i = 0; i < target_count; i++)
			rg_bitset_add(search.targets, targets[i]);
		ok = run_all(&search);
	}
	rg_free(search.targets);
	rg_free(search.parent);
	rg_free(search.queue);
	if (!ok) {
		rg_chains_free(result ? &result->public : NULL);
		return rg_error_no_memory();
	}
	for (size_t i = 0; i < result->chains.count; i++)
		if (result->chains.data[i].length)
			result->chains.data[i].steps =
				result->steps.data + result->starts.data[i];
	result->public.chains = result->chains.data;
	result->public.count = result->chains.count;
	*ret = &result->public;
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
