/* SPDX-License-Identifier: MIT */
/*
 * Why objects are alive: one breadth-first search forwards from roots.
 *
 * The classes of roots take turns, and what a better class reached is not
 * entered again: if no target was found from there, none is to be found
 * through there.  The queue keeps ways of equal length in the order of their
 * roots and references, so the first way found is the one to tell.
 *
 * Within a class the search goes by rounds: first over references that explain
 * something, then over one more of those that explain nothing (routine), and so
 * on.  A round keeps where its levels are in the queue, so that the next round
 * can follow the routine references of each level in its turn.
 */
#include "analysis/chain.h"

#include <string.h>

#include "analysis/precedence.h"
#include "base/alloc.h"
#include "base/bitset.h"
#include "base/options.h"
#include "graph/store.h"

#define UNSEEN RG_CHAIN_UNSEEN
#define BY_ROOT RG_CHAIN_BY_ROOT
#define DEEPEST 8 /* parts of parts */

/* Which references are followed. */
enum follow {
	FOLLOW_TELLING, /* not the routine ones */
	FOLLOW_ROUTINE, /* only these */
	FOLLOW_ALL,
};

/* Objects as far from their roots, in the queue. */
struct level {
	rg_id depth, first, end;
};

/* Those of a round that have any. */
struct levels {
	struct level *data;
	size_t count;
	size_t capacity;
};

struct search {
	const rg_graph *graph;
	const struct rg_chains_options *options;
	struct rg_chain_list *result;
	const uint64_t *targets; /* NULL: a tree to everything */
	rg_id *parent;   /* by object: who reached it, BY_ROOT or UNSEEN */
	rg_id *queue;
	rg_id tail;
	uint32_t *order;   /* of the roots, better ones first */
	struct levels rounds[2]; /* levels of the one at work and of the one before, by turns */
	size_t wanted;
	size_t first_root, end_root; /* in the order: those of the class at work */
	enum follow follow;
	bool told;         /* by the object at work: one chain a referrer */
	bool around;       /* chains of at least one reference alone */
};

static const struct rg_root *root_at(const struct search *search, size_t place)
{
	return &search->graph->roots.data[search->order[place]];
}

bool rg_chain_allows(const struct rg_chains_options *options, const struct rg_root *root)
{
	if (options->root_kinds && !(options->root_kinds >> root->kind & 1))
		return false;
	return !options->root || rg_pattern_match(options->root, root->name);
}

static bool is_allowed(const struct search *search, const struct rg_root *root)
{
	return rg_chain_allows(search->options, root);
}

static bool is_done(const struct search *search)
{
	return search->targets && search->result->chains.count >= search->wanted;
}

size_t rg_chain_reference(const rg_graph *graph, rg_id from, rg_id to, bool any)
{
	struct rg_references out = rg_graph_references(graph, from);
	size_t routine = out.count;

	for (size_t i = 0; i < out.count; i++) {
		if (out.target[i] != to || !rg_store_counted(out.kind[i]))
			continue;
		if (any || !(out.kind[i] & RG_REFERENCE_ROUTINE))
			return i;
		if (routine == out.count)
			routine = i;
	}
	return routine;
}

/* The first root of the class at work that refers to @id: there is one. */
static const struct rg_root *first_root(const struct search *search, rg_id id)
{
	for (size_t i = search->first_root; i < search->end_root; i++) {
		const struct rg_root *root = root_at(search, i);

		if (root->object == id && is_allowed(search, root))
			return root;
	}
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
	struct rg_chain_list *result = search->result;
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
			step.index = rg_chain_reference(search->graph, step.source, step.target,
							search->options->shortest);
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

/* Whether @id or a part of it may have routine references. */
static bool has_routine(const struct search *search, rg_id id)
{
	const rg_graph *graph = search->graph;

	if (rg_bitset_test(graph->special, id))
		return true;
	for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++)
		if (graph->kind[i] & RG_REFERENCE_PLUMBING)
			return true;
	return false;
}

/* Whether a chain through @id has been told: an object at work may come up twice. */
static bool has_told(const struct search *search, rg_id id)
{
	const struct rg_chain_list *result = search->result;

	for (size_t i = 0; i < result->tellers.count; i++)
		if (result->tellers.data[i] == id)
			return true;
	return false;
}

/* A chain of which @top, or a part of it, @from, is the last referrer. */
static bool tell(struct search *search, rg_id top, rg_id from, size_t index, rg_id target)
{
	if (search->told || is_done(search))
		return true;
	search->told = true;
	if (search->follow == FOLLOW_ROUTINE && has_told(search, top))
		return true;
	return rg_vector_push(&search->result->tellers, top) &&
	       add_chain(search, NULL, from, index, target);
}

/* Goes to @target, which a reference of @kind leads to: a part of it is *@ret_part. */
static void enter(struct search *search, rg_id from, rg_id target, uint8_t kind,
		  unsigned int depth, bool *ret_part)
{
	search->parent[target] = from;
	*ret_part = kind & RG_REFERENCE_PLUMBING && search->follow != FOLLOW_ROUTINE &&
		    depth < DEEPEST && rg_graph_owner(search->graph, target) == from;
	if (!*ret_part)
		search->queue[search->tail++] = target;
}

/* Whether @target was entered as a part of @id, not as an object of its own. */
static bool is_entered_part(const struct search *search, rg_id id, rg_id target, uint8_t kind,
			    unsigned int depth)
{
	return (kind & (RG_REFERENCE_PLUMBING | RG_REFERENCE_ROUTINE)) == RG_REFERENCE_PLUMBING &&
	       search->parent[target] == id && depth < DEEPEST &&
	       rg_graph_owner(search->graph, target) == id;
}

/*
 * Goes to what @id, @top or a part of it, refers to, in order; a part is as near
 * as its owner, so that a way is as long as its reader finds it.
 */
static bool expand(struct search *search, rg_id top, rg_id id, unsigned int depth)
{
	const rg_graph *graph = search->graph;
	struct rg_references out = rg_graph_references(graph, id);

	for (size_t i = 0; i < out.count; i++) {
		rg_id target = out.target[i];
		bool routine = out.kind[i] & RG_REFERENCE_ROUTINE, part = false;

		if (i + 8 < out.count)
			__builtin_prefetch(&search->parent[out.target[i + 8]]);
		if (!rg_store_counted(out.kind[i]))
			continue;
		if (search->follow != FOLLOW_ALL && routine != (search->follow == FOLLOW_ROUTINE)) {
			part = !routine && is_entered_part(search, id, target, out.kind[i], depth);
		} else if (is_target(search, target)) {
			if (!tell(search, top, id, i, target))
				return false;
			if (is_done(search))
				return true;
		} else if (search->parent[target] == UNSEEN &&
			   !is_part_of_known(search, target, id)) {
			enter(search, id, target, out.kind[i], depth, &part);
		}
		if (part && !expand(search, top, target, depth + 1))
			return false;
	}
	return true;
}

static bool expand_level(struct search *search, const struct level *level, enum follow follow)
{
	const rg_graph *graph = search->graph;
	rg_id end = level->end;

	search->follow = follow;
	for (rg_id at = level->first; at < end && !is_done(search); at++) {
		rg_id id = search->queue[at];

		if (at + 4 < end)
			__builtin_prefetch(&graph->offset[search->queue[at + 4]]);
		if (at + 2 < end)
			__builtin_prefetch(&graph->target[graph->offset[search->queue[at + 2]]]);
		/* Most have none. */
		if (follow == FOLLOW_ROUTINE && !has_routine(search, id))
			continue;
		search->told = false;
		if (!expand(search, id, id, 0))
			return false;
	}
	return true;
}

/* The roots of the class at work that are, or are not, @routine; or all of them. */
static bool set_out(struct search *search, bool routine, bool all)
{
	for (size_t i = search->first_root; i < search->end_root && !is_done(search); i++) {
		const struct rg_root *root = root_at(search, i);

		if (!is_allowed(search, root) || (!all && root->routine != routine))
			continue;
		if (is_target(search, root->object)) {
			if (!search->around &&
			    !add_chain(search, root, RG_NONE, 0, root->object))
				return false;
		} else if (search->parent[root->object] == UNSEEN) {
			search->parent[root->object] = BY_ROOT;
			search->queue[search->tail++] = root->object;
		}
	}
	return true;
}

/* What is found with one routine reference more than in round @number - 1. */
static bool run_round(struct search *search, size_t number)
{
	struct levels *before = &search->rounds[(number + 1) % 2];
	struct levels *round = &search->rounds[number % 2];
	enum follow follow = search->options->shortest ? FOLLOW_ALL : FOLLOW_TELLING;
	struct level level = { 0, search->tail, 0 };
	size_t next = 0; /* level of the round before */

	round->count = 0;
	if (number < 2 && !set_out(search, number, search->options->shortest))
		return false;
	for (; !is_done(search); level.depth++, level.first = level.end) {
		bool has_next = number && next < before->count;

		level.end = search->tail;
		if (level.first != level.end && !rg_vector_push(round, level))
			return false;
		if (level.first == level.end && !has_next)
			break;
		if (level.first == level.end)
			level.depth = before->data[next].depth;
		if (!expand_level(search, &level, follow))
			return false;
		if (has_next && before->data[next].depth == level.depth &&
		    !expand_level(search, &before->data[next++], FOLLOW_ROUTINE))
			return false;
	}
	return true;
}

/* Everything from the roots of the class at work on; false: no memory. */
static bool run(struct search *search)
{
	rg_id before = search->tail;

	if (!run_round(search, 0))
		return false;
	for (size_t number = 1; !search->options->shortest && !is_done(search); number++) {
		/* The second round has roots of its own. */
		if (number > 1 && search->tail == before)
			break;
		before = search->tail;
		if (!run_round(search, number))
			return false;
	}
	return true;
}

static bool run_all(struct search *search)
{
	size_t count = search->graph->roots.count;

	if (search->options->shortest) {
		search->end_root = count;
		return run(search);
	}
	while (search->end_root < count && !is_done(search)) {
		unsigned int class = rg_precedence_class(root_at(search, search->end_root)->kind);

		search->first_root = search->end_root;
		while (search->end_root < count &&
		       rg_precedence_class(root_at(search, search->end_root)->kind) == class)
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
				    "the dump names no roots, perhaps it was cut off: what "
				    "holds an object cannot be told");
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

struct rg_chains *rg_chain_publish(struct rg_chain_list *result)
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
	rg_free(search->parent);
	rg_free(search->queue);
	rg_free(search->order);
	rg_vector_free(&search->rounds[0]);
	rg_vector_free(&search->rounds[1]);
}

static bool prepare(struct search *search)
{
	size_t count = search->graph->count;

	search->parent = rg_alloc(count * sizeof(*search->parent));
	search->queue = rg_alloc(count * sizeof(*search->queue));
	search->order = rg_precedence(search->graph);
	if (!search->parent || !search->queue || !search->order)
		return false;
	memset(search->parent, 0xff, count * sizeof(*search->parent));
	return true;
}

static rg_error *find(const rg_graph *graph, const struct rg_chains_options *options,
		      const uint64_t *targets, struct rg_chain_list *list)
{
	struct search search = {
		.graph = graph, .options = options, .result = list, .targets = targets,
		.wanted = options->count ? options->count : 1,
	};
	bool ok = prepare(&search) && run_all(&search);

	free_search(&search);
	return ok ? NULL : rg_error_no_memory();
}

rg_error *rg_chain_around(const rg_graph *graph, const struct rg_chains_options *options,
			  const uint64_t *targets, const uint64_t *blocked,
			  struct rg_chain_list *list)
{
	struct search search = {
		.graph = graph, .options = options, .result = list, .targets = targets,
		.wanted = 1, .around = true,
	};
	bool ok = prepare(&search);

	/* What was reached already is entered no more. */
	for (rg_id id = 0; ok && id < graph->count; id++)
		if (rg_bitset_test(blocked, id))
			search.parent[id] = BY_ROOT;
	ok = ok && run_all(&search);
	free_search(&search);
	return ok ? NULL : rg_error_no_memory();
}

rg_error *rg_chains_find(const rg_graph *graph, const rg_id *targets, size_t target_count,
			 const struct rg_chains_options *options, struct rg_chains **ret)
{
	struct rg_chains_options how;
	struct rg_chain_list *result;
	uint64_t *set;
	rg_error *error;

	RG_TRY(rg_options_read(options, sizeof(how), &how));
	RG_TRY(check(graph, targets, target_count));
	result = rg_calloc(1, sizeof(*result));
	set = rg_bitset_new(graph->count);
	if (result && set) {
		for (size_t i = 0; i < target_count; i++)
			rg_bitset_add(set, targets[i]);
		error = how.disjoint ? rg_chain_disjoint(graph, &how, set, result)
				     : find(graph, &how, set, result);
	} else {
		error = rg_error_no_memory();
	}
	rg_free(set);
	if (error) {
		rg_chains_free(result ? &result->public : NULL);
		return error;
	}
	*ret = rg_chain_publish(result);
	return NULL;
}

void rg_chains_free(struct rg_chains *chains)
{
	struct rg_chain_list *result = (struct rg_chain_list *)chains;

	if (!result)
		return;
	rg_vector_free(&result->chains);
	rg_vector_free(&result->steps);
	rg_vector_free(&result->starts);
	rg_vector_free(&result->tellers);
	rg_free(result);
}

/* ---- the best chains to everything --------------------------------------------- */

/* The best root of each object; those that are not allowed are no roots here. */
static bool index_roots(const struct search *search, struct rg_map *ret)
{
	for (size_t i = 0; i < search->graph->roots.count; i++) {
		const struct rg_root *root = root_at(search, i);
		uint64_t key = (uint64_t)root->object + 1;

		if (is_allowed(search, root) && !rg_map_find(ret, key) &&
		    !rg_map_put(ret, key, search->order[i]))
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
	tree->shortest = how.shortest;
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
	struct rg_chain_list *result;
	size_t start = 0;
	rg_id at = target;
	bool ok;

	if (target >= graph->count)
		return rg_error_new(RG_ERROR_INVALID, "object %u does not exist", target);
	result = rg_calloc(1, sizeof(*result));
	ok = result != NULL;
	while (ok && tree->parent[at] < BY_ROOT) {
		rg_id from = tree->parent[at];
		struct rg_step step = { from, rg_chain_reference(graph, from, at, tree->shortest),
					at };

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
	*ret = rg_chain_publish(result);
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
