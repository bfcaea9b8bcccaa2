/* SPDX-License-Identifier: MIT */
/*
 * Chains without an object in common: the greatest flow from roots to the
 * targets in which one unit goes through an object, a shortest augmenting way at
 * a time.
 *
 * An augmentation never takes a unit from an object that a root holds and that
 * has one.  So the classes of roots take turns, and after each as many units as
 * possible come from it and the better ones.
 *
 * Where a way meets the flow it has to leave again against it: an object with
 * flow has two states, in (met) and out (its own reference onwards is free).
 */
#include "analysis/chain.h"

#include <string.h>

#include "analysis/precedence.h"
#include "base/alloc.h"
#include "base/bitset.h"

#define UNSEEN RG_CHAIN_UNSEEN
#define BY_ROOT RG_CHAIN_BY_ROOT
#define ITSELF (RG_NONE - 2) /* in is reached from out: the object leaves the flow */
#define CLASSES 4

struct flow {
	const rg_graph *graph;
	const struct rg_chains_options *options;
	const uint64_t *targets;
	struct rg_chain_list *list;
	uint32_t *order;   /* of the roots, better ones first */
	size_t most;
	size_t units;

	uint64_t *wanted;  /* what leads to a target at all */
	uint64_t *flowing; /* objects with flow: */
	rg_id *next, *prev; /* from where and to where; BY_ROOT before the first */

	/* one search */
	rg_id *from;       /* by object: who leads in (without flow: to it) */
	uint64_t *out;     /* objects with flow whose out was reached */
	rg_id *queue;
	rg_id tail;
	bool routine;      /* references that explain nothing are followed too */
};

static const struct rg_root *root_at(const struct flow *flow, size_t i)
{
	return &flow->graph->roots.data[flow->order[i]];
}

/* Backwards from the targets, not through them: what else there is leads nowhere. */
static void find_wanted(struct flow *flow)
{
	const rg_graph *graph = flow->graph;
	rg_id tail = 0;

	for (rg_id id = 0; id < graph->count; id++)
		if (rg_bitset_test(flow->targets, id))
			flow->queue[tail++] = id;
	for (rg_id head = 0; head < tail; head++) {
		rg_id id = flow->queue[head];

		for (uint64_t i = graph->back_offset[id]; i < graph->back_offset[id + 1]; i++) {
			rg_id source = graph->source[i];

			if (!rg_bitset_test(flow->targets, source) &&
			    rg_bitset_claim(flow->wanted, source))
				flow->queue[tail++] = source;
		}
	}
}

/* ---- one augmenting way ---------------------------------------------------------- */

/* From @from to @id: on from there, or if it has flow back against that. */
static void enter(struct flow *flow, rg_id id, rg_id from)
{
	if (flow->from[id] != UNSEEN)
		return;
	flow->from[id] = from;
	if (!rg_bitset_test(flow->flowing, id))
		flow->queue[flow->tail++] = id;
	else if (flow->prev[id] != BY_ROOT && rg_bitset_claim(flow->out, flow->prev[id]))
		flow->queue[flow->tail++] = flow->prev[id];
}

static void set_out(struct flow *flow, unsigned int class)
{
	for (unsigned int routine = 0; routine <= flow->routine; routine++) {
		for (size_t i = 0; i < flow->graph->roots.count; i++) {
			const struct rg_root *root = root_at(flow, i);

			if ((!flow->options->shortest &&
			     rg_precedence_class(root->kind) != class) ||
			    root->routine != routine || !rg_chain_allows(flow->options, root) ||
			    !rg_bitset_test(flow->wanted, root->object))
				continue;
			enter(flow, root->object, BY_ROOT);
		}
	}
}

/* Turns the flow over: from the target of the way back to where it set out. */
static void augment(struct flow *flow, rg_id last, rg_id target)
{
	rg_id id = last, onwards = target;

	for (;;) {
		bool flowed = !rg_bitset_claim(flow->flowing, id);
		rg_id met = flow->next[id];

		flow->next[id] = onwards;
		if (!flowed)
			met = id;
		/* Out was reached from the next object's in; that one may leave the flow. */
		while (flowed && flow->from[met] == ITSELF) {
			rg_bitset_remove(flow->flowing, met);
			met = flow->next[met];
		}
		flow->prev[met] = flow->from[met];
		if (flow->from[met] == BY_ROOT)
			break;
		onwards = met;
		id = flow->from[met];
	}
	flow->units++;
}

/* One unit more from the roots of @class; false: there is none. */
static bool add_unit(struct flow *flow, unsigned int class)
{
	const rg_graph *graph = flow->graph;

	memset(flow->from, 0xff, (size_t)graph->count * sizeof(*flow->from));
	memset(flow->out, 0, (size_t)(graph->count / 64 + 1) * sizeof(*flow->out));
	flow->tail = 0;
	set_out(flow, class);
	for (rg_id head = 0; head < flow->tail; head++) {
		rg_id id = flow->queue[head];

		if (head + 2 < flow->tail)
			__builtin_prefetch(&graph->target[graph->offset[flow->queue[head + 2]]]);
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id target = graph->target[i];

			if (!rg_store_counted(graph->kind[i]) ||
			    (!flow->routine && graph->kind[i] & RG_REFERENCE_ROUTINE))
				continue;
			if (rg_bitset_test(flow->targets, target)) {
				augment(flow, id, target);
				return true;
			}
			if (rg_bitset_test(flow->wanted, target))
				enter(flow, target, id);
		}
		if (rg_bitset_test(flow->flowing, id))
			enter(flow, id, ITSELF);
	}
	return false;
}

/* ---- from flow to chains ----------------------------------------------------------- */

static bool add_direct(struct flow *flow, const struct rg_root *root)
{
	struct rg_chain chain = { .root = root, .target = root->object };
	struct rg_chain_list *list = flow->list;

	flow->units++;
	return rg_vector_push(&list->chains, chain) &&
	       rg_vector_push(&list->starts, list->steps.count);
}

/* The unit that sets out from the object of @root. */
static bool add_chain(struct flow *flow, const struct rg_root *root)
{
	struct rg_chain_list *list = flow->list;
	struct rg_chain chain = { .root = root };
	size_t start = list->steps.count;
	rg_id id = root->object;

	while (!rg_bitset_test(flow->targets, id)) {
		struct rg_step step = { id, rg_chain_reference(flow->graph, id, flow->next[id],
							       flow->options->shortest),
					flow->next[id] };

		if (!rg_vector_push(&list->steps, step))
			return false;
		id = step.target;
	}
	chain.target = id;
	chain.length = list->steps.count - start;
	return rg_vector_push(&list->chains, chain) && rg_vector_push(&list->starts, start);
}

static bool add_chains(struct flow *flow)
{
	memset(flow->out, 0, (size_t)(flow->graph->count / 64 + 1) * sizeof(*flow->out));
	for (size_t i = 0; i < flow->graph->roots.count; i++) {
		const struct rg_root *root = root_at(flow, i);

		if (rg_chain_allows(flow->options, root) &&
		    rg_bitset_test(flow->flowing, root->object) &&
		    flow->prev[root->object] == BY_ROOT &&
		    rg_bitset_claim(flow->out, root->object) && !add_chain(flow, root))
			return false;
	}
	return true;
}

/* ---- making them better, one after the other ------------------------------------------ */

/* How good a chain is, the smaller the better. */
struct worth {
	unsigned int class;
	size_t routine, length;
};

static struct worth worth_of(const struct flow *flow, const struct rg_chain *chain,
			     const struct rg_step *steps)
{
	const rg_graph *graph = flow->graph;
	struct worth worth = { rg_precedence_class(chain->root->kind), chain->root->routine, 0 };

	for (size_t i = 0; i < chain->length; i++) {
		uint8_t kind = graph->kind[graph->offset[steps[i].source] + steps[i].index];

		worth.routine += !!(kind & RG_REFERENCE_ROUTINE);
		worth.length += i + 1 == chain->length || !(kind & RG_REFERENCE_PLUMBING) ||
				rg_graph_owner(graph, steps[i].target) != steps[i].source;
	}
	if (flow->options->shortest)
		worth.class = worth.routine = 0;
	return worth;
}

static bool is_better(const struct worth *one, const struct worth *other)
{
	if (one->class != other->class)
		return one->class < other->class;
	if (one->routine != other->routine)
		return one->routine < other->routine;
	return one->length < other->length;
}

static const struct rg_step *steps_of(const struct rg_chain_list *list, size_t i)
{
	return list->steps.data + list->starts.data[i];
}

/* Chain @i gets @other's way, if that is better. */
static bool replace(struct flow *flow, size_t i, const struct rg_chain_list *other)
{
	struct rg_chain_list *list = flow->list;
	const struct rg_chain *chain = other->chains.data;
	struct worth old = worth_of(flow, &list->chains.data[i], steps_of(list, i));
	struct worth new = worth_of(flow, chain, other->steps.data);

	if (!is_better(&new, &old))
		return true;
	list->chains.data[i] = *chain;
	list->starts.data[i] = list->steps.count;
	for (size_t s = 0; s < chain->length; s++)
		if (!rg_vector_push(&list->steps, other->steps.data[s]))
			return false;
	return true;
}

static rg_error *improve(struct flow *flow, size_t i)
{
	struct rg_chain_list *list = flow->list;
	struct rg_chain_list *other = rg_calloc(1, sizeof(*other));
	rg_error *error;

	if (!other)
		return rg_error_no_memory();
	memset(flow->out, 0, (size_t)(flow->graph->count / 64 + 1) * sizeof(*flow->out));
	for (size_t c = 0; c < list->chains.count; c++)
		for (size_t s = 0; c != i && s < list->chains.data[c].length; s++)
			rg_bitset_add(flow->out, steps_of(list, c)[s].source);
	error = rg_chain_around(flow->graph, flow->options, flow->targets, flow->out, other);
	if (!error && other->chains.count && !replace(flow, i, other))
		error = rg_error_no_memory();
	rg_chains_free(&other->public);
	return error;
}

/* Best first; there are few. */
static void sort_chains(struct flow *flow)
{
	struct rg_chain_list *list = flow->list;

	for (size_t i = 1; i < list->chains.count; i++) {
		for (size_t at = i; at > 0; at--) {
			struct rg_chain *chain = &list->chains.data[at];
			struct worth new = worth_of(flow, chain, steps_of(list, at));
			struct worth old = worth_of(flow, chain - 1, steps_of(list, at - 1));
			struct rg_chain other = *chain;
			size_t start = list->starts.data[at];

			if (!is_better(&new, &old))
				break;
			*chain = chain[-1];
			chain[-1] = other;
			list->starts.data[at] = list->starts.data[at - 1];
			list->starts.data[at - 1] = start;
		}
	}
}

/* ---- all of it ------------------------------------------------------------------------ */

static bool prepare(struct flow *flow)
{
	size_t count = flow->graph->count;

	flow->order = rg_precedence(flow->graph);
	flow->wanted = rg_bitset_new(count);
	flow->flowing = rg_bitset_new(count);
	flow->out = rg_bitset_new(count);
	flow->next = rg_alloc(count * sizeof(*flow->next));
	flow->prev = rg_alloc(count * sizeof(*flow->prev));
	flow->from = rg_alloc(count * sizeof(*flow->from));
	flow->queue = rg_alloc(count * sizeof(*flow->queue));
	return flow->order && flow->wanted && flow->flowing && flow->out && flow->next &&
	       flow->prev && flow->from && flow->queue;
}

static void forget(struct flow *flow)
{
	rg_free(flow->order);
	rg_free(flow->wanted);
	rg_free(flow->flowing);
	rg_free(flow->out);
	rg_free(flow->next);
	rg_free(flow->prev);
	rg_free(flow->from);
	rg_free(flow->queue);
}

/* Every root that refers to a target itself, then what flows there. */
static bool run_class(struct flow *flow, unsigned int class)
{
	bool shortest = flow->options->shortest;

	for (size_t i = 0; i < flow->graph->roots.count && flow->units < flow->most; i++) {
		const struct rg_root *root = root_at(flow, i);

		if ((shortest || rg_precedence_class(root->kind) == class) &&
		    rg_chain_allows(flow->options, root) &&
		    rg_bitset_test(flow->targets, root->object) && !add_direct(flow, root))
			return false;
	}
	for (unsigned int routine = shortest; routine < 2; routine++) {
		flow->routine = routine;
		while (flow->units < flow->most && add_unit(flow, class))
			;
	}
	return true;
}

rg_error *rg_chain_disjoint(const rg_graph *graph, const struct rg_chains_options *options,
			    const uint64_t *targets, struct rg_chain_list *list)
{
	struct flow flow = {
		.graph = graph, .options = options, .targets = targets, .list = list,
		.most = options->count ? options->count : 1,
	};
	bool ok = prepare(&flow);
	rg_error *error = NULL;

	if (flow.most > RG_CHAINS_MOST_DISJOINT)
		flow.most = RG_CHAINS_MOST_DISJOINT;
	if (ok)
		find_wanted(&flow);
	for (unsigned int class = 0; ok && class < (options->shortest ? 1 : CLASSES); class++)
		ok = run_class(&flow, class);
	ok = ok && add_chains(&flow);
	if (!ok)
		error = rg_error_no_memory();
	if (ok)
		sort_chains(&flow);
	for (size_t i = 0; !error && i < list->chains.count; i++)
		if (list->chains.data[i].length)
			error = improve(&flow, i);
	if (!error)
		sort_chains(&flow);
	forget(&flow);
	return error;
}
