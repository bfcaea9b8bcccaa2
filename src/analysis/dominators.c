/* SPDX-License-Identifier: MIT */
/*
 * Who dominates whom: Semi-NCA in depth-first numbers.
 *
 * All memory is there before a loop begins, and a stack is never the machine's:
 * the search keeps its in an array, and compressing a path turns its pointers
 * round on the way up and back on the way down.
 */
#include "analysis/dominators.h"

#include <string.h>

#include "base/alloc.h"
#include "base/options.h"

#define AHEAD 8
/* So many steps a vertex, and the ways up are searched in jumps. */
#define PATIENCE 8

struct result {
	struct rg_dominators public;
	rg_id *dominator;
	uint64_t *retained;
	struct rg_holder *holders;
};

static bool refers(const struct rg_flow *flow, rg_id id)
{
	struct rg_flow_edges edges = rg_flow_edges(flow, id);

	for (; edges.at < edges.end; edges.at++)
		if (rg_flow_counts(&edges, edges.at))
			return true;
	return false;
}

static rg_error *prepare(struct rg_dominators_work *work)
{
	struct rg_flow *flow = &work->flow;
	uint32_t containers = flow->holder_count;

	work->number = rg_alloc((size_t)rg_flow_count(flow) * sizeof(*work->number));
	if (!work->number)
		return rg_error_no_memory();
	for (rg_id id = 0; id < flow->objects; id++) {
		bool container = refers(flow, id);

		work->number[id] = container ? RG_DOMINATORS_UNSEEN : RG_DOMINATORS_LEAF;
		containers += container;
	}
	for (uint32_t i = 0; i < flow->holder_count; i++)
		work->number[flow->objects + i] = RG_DOMINATORS_UNSEEN;
	work->capacity = containers;
	work->vertex = rg_alloc((size_t)containers * sizeof(*work->vertex));
	work->parent = rg_alloc((size_t)containers * sizeof(*work->parent));
	work->semi = rg_alloc((size_t)containers * sizeof(*work->semi));
	work->slot = rg_alloc((size_t)containers * sizeof(*work->slot));
	work->back_count = rg_calloc(containers, sizeof(*work->back_count));
	if (!work->vertex || !work->parent || !work->semi || !work->slot || !work->back_count)
		return rg_error_no_memory();
	return NULL;
}

/* --- depth-first numbers --------------------------------------------------- */

static struct rg_flow_edges enter(struct rg_dominators_work *work, rg_id vertex, uint32_t parent)
{
	struct rg_flow_edges edges = rg_flow_edges(&work->flow, vertex);
	uint64_t near = edges.end - edges.at < AHEAD ? edges.end : edges.at + AHEAD;

	for (uint64_t i = edges.at; i < near; i++)
		__builtin_prefetch(&work->number[edges.target[i]]);
	work->number[vertex] = work->count;
	work->vertex[work->count] = vertex;
	work->parent[work->count] = parent;
	work->semi[work->count] = parent;
	work->count++;
	return edges;
}

/* A reference between two numbers; those down the tree and forward need no list. */
static bool note(struct rg_dominators_work *work, uint32_t from, uint32_t to)
{
	if (to > from) {
		if (from < work->semi[to])
			work->semi[to] = from;
		return true;
	}
	return to <= work->low || to == from || ++work->back_count[to];
}

/*
 * A place on the stack: the next reference, whether references have to be looked
 * at, and how many are left; more than have room are counted again.
 */
#define AT_BITS 40
#define MOST_LEFT ((1u << 23) - 1)

static uint64_t pack(const struct rg_flow *flow, rg_id vertex, const struct rg_flow_edges *edges)
{
	uint64_t left = edges->end - edges->at;

	if (vertex >= flow->objects || left >= MOST_LEFT)
		left = MOST_LEFT;
	return edges->at | (uint64_t)(edges->kind != NULL) << AT_BITS | left << (AT_BITS + 1);
}

static struct rg_flow_edges unpack(const struct rg_dominators_work *work, uint32_t number,
				   uint64_t word)
{
	const rg_graph *graph = work->flow.graph;
	uint64_t left = word >> (AT_BITS + 1), at = word & ((UINT64_C(1) << AT_BITS) - 1);
	struct rg_flow_edges edges;

	if (left == MOST_LEFT) {
		edges = rg_flow_edges(&work->flow, work->vertex[number]);
		edges.at = at;
		return edges;
	}
	return (struct rg_flow_edges){
		.target = graph->target,
		.kind = word >> AT_BITS & 1 ? graph->kind : NULL,
		.at = at,
		.end = at + left,
	};
}

/* Numbers all that @start leads to; false: more than 2^32 references to one object. */
static bool search(struct rg_dominators_work *work, rg_id start)
{
	union rg_dominators_slot *stack = work->slot; /* by depth: the next reference */
	uint32_t at = work->count;
	size_t depth = 0;
	struct rg_flow_edges edges;

	work->low = at;
	edges = enter(work, start, at);
	for (;;) {
		rg_id descend = RG_NONE;

		while (edges.at < edges.end) {
			uint64_t i = edges.at++;
			uint32_t to = work->number[edges.target[i]];

			if (i + AHEAD < edges.end)
				__builtin_prefetch(&work->number[edges.target[i + AHEAD]]);
			if (to == RG_DOMINATORS_LEAF || !rg_flow_counts(&edges, i))
				continue;
			if (to == RG_DOMINATORS_UNSEEN) {
				descend = edges.target[i];
				break;
			}
			if (!note(work, at, to))
				return false;
		}
		if (descend != RG_NONE) {
			stack[depth++].word = pack(&work->flow, work->vertex[at], &edges);
			edges = enter(work, descend, at);
			at = work->count - 1;
		} else if (depth) {
			at = work->parent[at];
			edges = unpack(work, at, stack[--depth].word);
		} else {
			return true;
		}
	}
}

/* --- what no root leads to -------------------------------------------------- */

/* Marks all containers that @start leads to and that have no number. */
static void flood(const struct rg_dominators_work *work, rg_id start, uint64_t *seen)
{
	rg_id *queue = (rg_id *)work->slot;
	size_t queued = 0;

	rg_bitset_add(seen, start);
	queue[queued++] = start;
	for (size_t next = 0; next < queued; next++) {
		struct rg_flow_edges edges = rg_flow_edges(&work->flow, queue[next]);

		for (; edges.at < edges.end; edges.at++) {
			rg_id to = edges.target[edges.at];

			if (work->number[to] == RG_DOMINATORS_UNSEEN &&
			    rg_flow_counts(&edges, edges.at) && rg_bitset_claim(seen, to))
				queue[queued++] = to;
		}
	}
}

/*
 * The lowest object of each strongly connected component that no other of the
 * containers without a number refers to, for the last holder to hold.  Who has
 * to be started from, in ascending order, to see them all, and again when these
 * are tried in descending order, is that: whatever leads to it was tried before.
 */
static rg_error *find_sources(struct rg_dominators_work *work)
{
	struct rg_flow *flow = &work->flow;
	uint32_t last = flow->holder_count - 1;
	rg_id *starts = work->semi + work->count; /* not in use above the numbers given */
	size_t words = flow->objects / 64 + 1, count = 0, kept = 0;
	uint64_t *seen, held = flow->first[last];
	rg_id *more;

	if (work->count + 1 == work->capacity)
		return NULL;
	seen = rg_bitset_new(flow->objects);
	if (!seen)
		return rg_error_no_memory();
	for (rg_id id = 0; id < flow->objects; id++) {
		if (work->number[id] != RG_DOMINATORS_UNSEEN || rg_bitset_test(seen, id))
			continue;
		flood(work, id, seen);
		starts[count++] = id;
	}
	memset(seen, 0, words * sizeof(*seen));
	for (size_t i = count; i-- > 0;) {
		if (rg_bitset_test(seen, starts[i]))
			continue;
		flood(work, starts[i], seen);
		starts[count - ++kept] = starts[i];
	}
	rg_free(seen);
	more = rg_realloc(flow->target, (size_t)held + kept, sizeof(*more));
	if (!more)
		return rg_error_no_memory();
	memcpy(more + held, starts + count - kept, kept * sizeof(*more));
	flow->target = more;
	flow->first[last + 1] = held + kept;
	return NULL;
}

static rg_error *number_all(struct rg_dominators_work *work)
{
	static const char many[] = "an object with more than 2^32 references to it";
	struct rg_flow *flow = &work->flow;
	rg_id last = flow->objects + flow->holder_count - 1;

	if (!search(work, flow->objects))
		return rg_error_new(RG_ERROR_LIMIT, many);
	work->alive = work->count;
	RG_TRY(find_sources(work));
	return search(work, last) ? NULL : rg_error_new(RG_ERROR_LIMIT, many);
}

/* --- semidominators ---------------------------------------------------------- */

/* Lists for each number the greater ones that refer to it. */
static rg_error *list_back(struct rg_dominators_work *work)
{
	uint64_t sum = 0;

	for (uint32_t w = 0; w < work->count; w++) {
		sum += work->back_count[w];
		work->slot[w].word = sum;
	}
	rg_free(work->back_count);
	work->back_count = NULL;
	work->back = rg_alloc((size_t)sum * sizeof(*work->back));
	if (!work->back)
		return rg_error_no_memory();
	for (uint32_t from = work->count; from-- > 0;) {
		struct rg_flow_edges edges = rg_flow_edges(&work->flow, work->vertex[from]);
		uint32_t low = from < work->alive ? 0 : work->alive;

		if (from >= AHEAD && work->vertex[from - AHEAD] < work->flow.objects)
			__builtin_prefetch(
				&work->flow.graph->offset[work->vertex[from - AHEAD]]);
		for (uint64_t i = edges.at; i < edges.end; i++) {
			uint32_t to = work->number[edges.target[i]];

			if (i + AHEAD < edges.end)
				__builtin_prefetch(&work->number[edges.target[i + AHEAD]]);
			/* Leaves have the greatest number of all. */
			if (to < from && to > low && rg_flow_counts(&edges, i))
				work->back[--work->slot[to].word] = from;
		}
	}
	return NULL;
}

/*
 * The least label on the way from @v up to the first whose ancestor is below
 * @last; all on it then have that one as their ancestor.  @whose, if not NULL,
 * keeps whose semidominator each label is.
 */
static uint32_t eval(union rg_dominators_slot *slot, uint32_t *whose, uint32_t v, uint32_t last)
{
	uint32_t below = RG_NONE, at = v, top, label;

	while ((top = slot[at].ancestor) >= last) {
		slot[at].ancestor = below;
		below = at;
		at = top;
	}
	label = slot[at].label;
	while (below != RG_NONE) {
		uint32_t above = at;

		at = below;
		below = slot[at].ancestor;
		if (slot[at].label < label) {
			label = slot[at].label;
		} else {
			slot[at].label = label;
			if (whose)
				whose[at] = whose[above];
		}
		slot[at].ancestor = top;
	}
	return label;
}

/* From the greatest number down: lists of offsets give way to links as they are used up. */
static void find_semidominators(struct rg_dominators_work *work, uint64_t end)
{
	union rg_dominators_slot *slot = work->slot;
	uint32_t *whose = work->whose;

	for (uint32_t w = work->count; w-- > 0;) {
		uint64_t begin = slot[w].word;
		uint32_t semi = work->semi[w];

		/* Lists of lower numbers stand before this one. */
		for (uint64_t i = end; i-- > begin;) {
			uint32_t label;

			if (i >= AHEAD)
				__builtin_prefetch(&slot[work->back[i - AHEAD]]);
			label = eval(slot, whose, work->back[i], w + 1);
			if (label >= semi)
				continue;
			semi = label;
			if (whose) {
				work->witness->from[w] = work->back[i];
				work->witness->via[w] = whose[work->back[i]];
			}
		}
		work->semi[w] = semi;
		if (whose)
			whose[w] = w;
		slot[w].ancestor = work->parent[w];
		slot[w].label = semi;
		end = begin;
	}
}

/* --- dominators -------------------------------------------------------------- */

/* An ancestor far enough that log(depth) of these and of single steps reach any (Myers 1983). */
static void add_jump(union rg_dominators_slot *slot, const uint32_t *dominator, uint32_t w)
{
	uint32_t up = dominator[w], far = slot[up].jump;

	if (up == w) {
		slot[w].jump = w;
		slot[w].depth = 0;
		return;
	}
	slot[w].depth = slot[up].depth + 1;
	slot[w].jump = slot[up].depth - slot[far].depth == slot[far].depth -
		       slot[slot[far].jump].depth ? slot[far].jump : up;
}

/*
 * The dominator is the first on the way from the parent up the finished part of
 * the tree that is not below the semidominator.  That way is short, but not in
 * every graph.
 */
static void find_dominators(struct rg_dominators_work *work)
{
	union rg_dominators_slot *slot = work->slot;
	uint32_t *dominator = work->parent;
	uint64_t patience = (uint64_t)work->count * PATIENCE, steps = 0;

	for (uint32_t w = 0; w < work->count; w++) {
		uint32_t v = dominator[w], semi = work->semi[w];

		if (steps > patience && !work->jumping) {
			work->jumping = true;
			for (uint32_t done = 0; done < w; done++)
				add_jump(slot, dominator, done);
		}
		if (!work->jumping) {
			for (; v > semi; steps++)
				v = dominator[v];
			dominator[w] = v;
			continue;
		}
		while (v > semi)
			v = slot[v].jump > semi ? slot[v].jump : dominator[v];
		dominator[w] = v;
		add_jump(slot, dominator, w);
	}
}

/* --- what a proof needs ------------------------------------------------------ */

static uint32_t *blank(uint32_t count)
{
	uint32_t *array = rg_alloc((size_t)count * sizeof(*array));

	if (array)
		memset(array, 0xff, (size_t)count * sizeof(*array));
	return array;
}

static uint32_t *copy(const uint32_t *array, uint32_t count)
{
	uint32_t *made = rg_alloc((size_t)count * sizeof(*made));

	if (made)
		memcpy(made, array, (size_t)count * sizeof(*made));
	return made;
}

/* Where the ways of semidominators are noted as they are found. */
static rg_error *begin_witness(struct rg_dominators_work *work)
{
	struct rg_dominators_witness *witness = rg_calloc(1, sizeof(*witness));

	work->witness = witness;
	work->whose = blank(work->count);
	if (!witness || !work->whose)
		return rg_error_no_memory();
	witness->count = work->count;
	witness->alive = work->alive;
	witness->from = blank(work->count);
	witness->via = blank(work->count);
	return witness->from && witness->via ? NULL : rg_error_no_memory();
}

/* What later stations write over. */
static rg_error *end_witness(struct rg_dominators_work *work)
{
	struct rg_dominators_witness *witness = work->witness;

	rg_free(work->whose);
	work->whose = NULL;
	witness->vertex = copy(work->vertex, work->count);
	witness->parent = copy(work->parent, work->count);
	witness->semi = copy(work->semi, work->count);
	return witness->vertex && witness->parent && witness->semi ? NULL : rg_error_no_memory();
}

static void free_witness(struct rg_dominators_witness *witness)
{
	if (!witness)
		return;
	rg_free(witness->vertex);
	rg_free(witness->parent);
	rg_free(witness->semi);
	rg_free(witness->from);
	rg_free(witness->via);
	rg_free(witness);
}

/* --- the whole ---------------------------------------------------------------- */

static rg_error *compute(struct rg_dominators_work *work, bool certify)
{
	uint64_t references = 0;

	RG_TRY(prepare(work));
	RG_TRY(number_all(work));
	for (uint32_t w = 0; w < work->count; w++)
		references += work->back_count[w];
	RG_TRY(list_back(work));
	if (certify)
		RG_TRY(begin_witness(work));
	find_semidominators(work, references);
	rg_free(work->back);
	work->back = NULL;
	if (certify)
		RG_TRY(end_witness(work));
	find_dominators(work);
	return rg_dominators_leaves(work);
}

void rg_dominators_forget(struct rg_dominators_work *work)
{
	rg_flow_free(&work->flow);
	rg_free(work->number);
	rg_free(work->vertex);
	rg_free(work->parent);
	rg_free(work->semi);
	rg_free(work->slot);
	rg_free(work->back_count);
	rg_free(work->back);
	rg_free(work->retained);
	rg_free(work->whose);
	free_witness(work->witness);
}

static void hand_over(struct rg_dominators_work *work, struct result *result)
{
	struct rg_dominators *public = &result->public;
	struct rg_flow *flow = &work->flow;
	rg_id last = flow->holder_count - 1;

	for (rg_id i = 0; i < flow->holder_count; i++) {
		struct rg_holder *holder = &flow->holders[i];

		holder->dominator = work->number[flow->objects + i] - flow->objects;
		holder->retained = work->retained[flow->objects + i];
	}
	public->objects = flow->objects;
	public->dominator = result->dominator = work->number;
	public->retained = result->retained = work->retained;
	public->holders = result->holders = flow->holders;
	public->holder_count = flow->holder_count;
	public->alive_bytes = flow->holders[0].retained;
	public->unreachable_bytes = flow->holders[last].retained;
	work->number = NULL;
	work->retained = NULL;
	flow->holders = NULL;
}

rg_error *rg_dominators_search(struct rg_dominators_work *work, const rg_graph *graph,
			       bool certify, struct rg_dominators **ret)
{
	struct result *result = rg_calloc(1, sizeof(*result));
	rg_error *error = result ? rg_flow_init(&work->flow, graph) : rg_error_no_memory();

	if (!error)
		error = compute(work, certify);
	if (error) {
		rg_free(result);
		return error;
	}
	result->public.alive_objects = work->alive_objects;
	result->public.unreachable_objects = graph->count - work->alive_objects;
	hand_over(work, result);
	*ret = &result->public;
	return NULL;
}

rg_error *rg_dominators_find(const rg_graph *graph, const struct rg_dominators_options *options,
			     struct rg_dominators **ret)
{
	struct rg_dominators_work work = { 0 };
	struct rg_dominators_options how;
	struct rg_dominators *found = NULL;
	rg_error *error;

	RG_TRY(rg_options_read(options, sizeof(how), &how));
	error = rg_dominators_search(&work, graph, how.certify, &found);
	if (!error && how.certify)
		error = rg_dominators_prove(&work.flow, work.witness, found);
	rg_dominators_forget(&work);
	if (error) {
		rg_dominators_free(found);
		return error;
	}
	found->certified = how.certify;
	*ret = found;
	return NULL;
}

void rg_dominators_free(struct rg_dominators *dominators)
{
	struct result *result = (struct result *)dominators;

	if (!result)
		return;
	rg_free(result->dominator);
	rg_free(result->retained);
	rg_free(result->holders);
	rg_free(result);
}
