/* SPDX-License-Identifier: MIT */
/*
 * The best chains to many objects folded into one tree, from the roots down.
 *
 * The best chains to everything are a tree already.  Those of its objects that
 * lead to a target are gone through in breadth-first order, each once, whatever
 * hangs below it: an object's node follows from that of who reached it, the
 * label and its type.  Parts have no node unless they are targets: what they refer
 * to is their owner's.
 */
#include "analysis/merged.h"

#include <stdio.h>
#include <string.h>

#include "analysis/path.h"
#include "base/alloc.h"
#include "base/bitset.h"
#include "base/options.h"

#define NEAR 4             /* nodes above that a step may go back to */
#define MOST (1u << 20)    /* nodes; what comes then is lumped together */
#define LABEL RG_PATH_LABEL
#define TEXTS (UINT32_C(1) << 30)

/* A reference that the tree follows, of the object at work. */
struct pick {
	size_t index;
	rg_id target;
};

struct merging {
	const rg_graph *graph;
	struct rg_merged_options options;
	struct rg_merged_result *result;
	const rg_chain_tree *tree;
	uint64_t *targets;
	uint64_t *wanted;      /* targets and what is above them */
	uint64_t *known;       /* wanted ones that have been met from above */
	uint64_t *through;     /* parts that stand for their owner */
	uint32_t *node;        /* by object: where what it refers to belongs */
	rg_id *queue;
	rg_id tail;
	struct rg_map texts;   /* hash of a label -> offset + 1 */
	struct rg_map children; /* hash of parent, label and type -> draft */
	struct rg_map part_label; /* through + 1 -> offset of its own label */
	RG_VECTOR(struct pick) picks; /* of the object at work, ascending */
	size_t next_pick;
	rg_id at;
	bool has_lead;
	struct rg_path_lead lead;
	bool failed;
};

static uint64_t mix(uint64_t x)
{
	/* The finaliser of splitmix64. */
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

/* Each text once, so that equal ones have equal offsets. */
static uint32_t intern(struct merging *merging, const char *text)
{
	struct rg_buffer *texts = &merging->result->texts;
	size_t length = strlen(text);
	uint64_t hash = rg_hash_bytes(text, length) | 1;
	const uint32_t *known;

	while ((known = rg_map_find(&merging->texts, hash))) {
		if (strcmp(texts->data + *known, text) == 0)
			return *known;
		hash = mix(hash) | 1;
	}
	/* Nobody could read so many; what is beyond has no label. */
	if (texts->length + length >= TEXTS)
		return 0;
	if (!rg_map_put(&merging->texts, hash, (uint32_t)texts->length))
		merging->failed = true;
	rg_buffer_append(texts, text, length + 1);
	merging->failed |= rg_buffer_failed(texts);
	return merging->failed ? 0 : (uint32_t)(texts->length - length - 1);
}

static bool is_like(const struct rg_merged_draft *draft, uint32_t label, rg_type_id type,
		    uint32_t root)
{
	return draft->label == label && draft->type == type &&
	       (draft->root == RG_NONE) == (root == RG_NONE);
}

/* The node near above @parent, or that itself, to which the same step goes again. */
static uint32_t find_again(const struct merging *merging, uint32_t parent, uint32_t label,
			   rg_type_id type)
{
	const struct rg_merged_draft *drafts = merging->result->drafts.data;

	for (unsigned int i = 0; i < NEAR && parent != RG_NONE; i++) {
		if (is_like(&drafts[parent], label, type, RG_NONE))
			return parent;
		parent = drafts[parent].parent;
	}
	return RG_NONE;
}

/* The node below @parent (RG_NONE: at the top, of root @root) of @label and @type. */
static uint32_t find_node(struct merging *merging, uint32_t parent, uint32_t label,
			  rg_type_id type, uint32_t root, const struct rg_step *step)
{
	struct rg_merged_result *result = merging->result;
	bool lumped = result->drafts.count >= MOST;
	struct rg_merged_draft draft = { .parent = parent, .root = root };
	const uint32_t *known;
	uint32_t at = RG_NONE;
	uint64_t key;

	if (parent != RG_NONE && result->drafts.data[parent].lumped)
		return parent;
	if (root == RG_NONE)
		at = find_again(merging, parent, label, type);
	if (at != RG_NONE) {
		result->drafts.data[at].repeats = true;
		return at;
	}
	for (;;) {
		key = mix((uint64_t)parent << 32 | label) ^ mix(((uint64_t)type << 1 | 1) << 20);
		while ((known = rg_map_find(&merging->children, key | 1))) {
			const struct rg_merged_draft *other = &result->drafts.data[*known];

			if (other->parent == parent && is_like(other, label, type, root))
				return *known;
			key = mix(key | 1);
		}
		/* Not among those that have a node, and there is room for no more. */
		if (!lumped || type == RG_NONE)
			break;
		type = RG_NONE;
		label = intern(merging, "");
	}
	draft.type = type;
	draft.label = label;
	draft.example = step->target;
	draft.source = step->source;
	draft.index = step->index;
	draft.lumped = lumped;
	at = (uint32_t)result->drafts.count;
	if (!rg_vector_push(&result->drafts, draft) ||
	    !rg_map_put(&merging->children, key | 1, at))
		merging->failed = true;
	return at;
}

static uint64_t add(uint64_t a, uint64_t b)
{
	return a + b < a ? UINT64_MAX : a + b;
}

static uint64_t bytes_of(const rg_graph *graph, rg_id id)
{
	return add(rg_store_size(graph, id), rg_store_owned(graph, id));
}

static void count(struct merging *merging, uint32_t at, rg_id id)
{
	struct rg_merged_draft *draft = &merging->result->drafts.data[at];

	if (merging->failed)
		return;
	draft->objects++;
	if (!rg_bitset_test(merging->targets, id))
		return;
	draft->own_targets++;
	draft->own_bytes = add(draft->own_bytes, bytes_of(merging->graph, id));
}

/* Whether @id, which @from refers to by a reference of @kind, is shown as a part of it. */
static bool is_part(const struct merging *merging, rg_id from, rg_id id, uint8_t kind)
{
	unsigned int deep = 1;

	if (merging->options.plumbing || !(kind & RG_REFERENCE_PLUMBING) ||
	    rg_graph_owner(merging->graph, id) != from)
		return false;
	for (; rg_bitset_test(merging->through, from); from = merging->tree->parent[from])
		deep++;
	return deep <= RG_PATH_DEEPEST;
}

/* One reference of the object at work: its target gets its node. */
static void take(void *user, size_t index, const char *text)
{
	struct merging *merging = user;
	const rg_graph *graph = merging->graph;
	rg_id from = merging->at, id;
	struct rg_step step = { from, index, RG_NONE };
	char own[LABEL], label[sizeof(merging->lead)];
	uint32_t at;

	if (merging->failed || merging->next_pick == merging->picks.count ||
	    merging->picks.data[merging->next_pick].index != index)
		return;
	step.target = merging->picks.data[merging->next_pick++].target;
	snprintf(own, sizeof(own), "%s", text);
	if (is_part(merging, from, step.target, graph->kind[graph->offset[from] + index])) {
		at = intern(merging, own);
		if (!rg_map_put(&merging->part_label, (uint64_t)step.target + 1, at))
			merging->failed = true;
		rg_bitset_add(merging->through, step.target);
		merging->node[step.target] = merging->node[from];
	}
	if (!rg_bitset_test(merging->through, step.target) ||
	    rg_bitset_test(merging->targets, step.target)) {
		if (merging->has_lead)
			rg_path_lead_join(&merging->lead, own, label, sizeof(label));
		else
			memcpy(label, own, sizeof(own));
		for (id = from; rg_bitset_test(merging->through, id);)
			id = merging->tree->parent[id];
		rg_path_generalise(rg_graph_words(graph), &graph->types.data[graph->type[id]],
				   label);
		at = find_node(merging, merging->node[from], intern(merging, label),
			       graph->type[step.target], RG_NONE, &step);
		count(merging, at, step.target);
		if (!rg_bitset_test(merging->through, step.target))
			merging->node[step.target] = at;
	}
	merging->queue[merging->tail++] = step.target;
}

/* What the labels of parts on the way to @id, a part itself, put before its own references. */
static void make_lead(struct merging *merging, rg_id id)
{
	const char *texts = merging->result->texts.data;
	rg_id way[RG_PATH_DEEPEST];
	unsigned int length = 0;
	char label[LABEL];

	merging->has_lead = rg_bitset_test(merging->through, id);
	merging->lead.words = rg_graph_words(merging->graph);
	merging->lead.before[0] = merging->lead.held[0] = '\0';
	for (; length < RG_PATH_DEEPEST && rg_bitset_test(merging->through, id);
	     id = merging->tree->parent[id])
		way[length++] = id;
	while (length--) {
		const uint32_t *at = rg_map_find(&merging->part_label, (uint64_t)way[length] + 1);

		snprintf(label, sizeof(label), "%s", at ? texts + *at : "");
		rg_path_lead_add(&merging->lead, label);
	}
}

/* The references of @id that the tree follows, by those that explain something or the others. */
static void look(struct merging *merging, rg_id id, bool routine)
{
	const rg_graph *graph = merging->graph;
	uint64_t begin = graph->offset[id], end = graph->offset[id + 1];
	const struct pick *picks;
	size_t last;

	merging->picks.count = merging->next_pick = 0;
	for (uint64_t i = begin; i < end; i++) {
		struct pick pick = { (size_t)(i - begin), graph->target[i] };

		if (i + 8 < end)
			__builtin_prefetch(&merging->tree->parent[graph->target[i + 8]]);
		if (merging->tree->parent[pick.target] != id ||
		    !rg_store_counted(graph->kind[i]) ||
		    (!merging->tree->shortest &&
		     routine != !!(graph->kind[i] & RG_REFERENCE_ROUTINE)) ||
		    !rg_bitset_test(merging->wanted, pick.target) ||
		    !rg_bitset_claim(merging->known, pick.target))
			continue;
		if (!rg_vector_push(&merging->picks, pick))
			merging->failed = true;
	}
	if (merging->failed || !merging->picks.count)
		return;
	picks = merging->picks.data;
	last = picks[merging->picks.count - 1].index;
	merging->at = id;
	make_lead(merging, id);
	rg_graph_labels(graph, id, picks[0].index, last - picks[0].index + 1,
			merging->options.labels, take, merging);
}

/* ---- roots ------------------------------------------------------------------- */

/* Roots of different threads and frames that run the same code are one, as are external ones. */
static void name_root(const struct merging *merging, const struct rg_root *root,
		      char name[LABEL])
{
	const rg_graph *graph = merging->graph;
	const struct rg_thread *thread;

	snprintf(name, LABEL, "%s", root->name);
	if (root->kind == RG_ROOT_EXTERNAL)
		snprintf(name, LABEL, "external references");
	if (root->thread == RG_NONE || root->thread >= graph->threads.count)
		return;
	thread = &graph->threads.data[root->thread];
	if (root->frame < thread->frame_count)
		snprintf(name, LABEL, "%.200s of %.200s", rg_root_place(root),
			 thread->frames[root->frame].function);
	else
		snprintf(name, LABEL, "%.400s of a thread", rg_root_place(root));
}

static void enter_roots(struct merging *merging)
{
	const rg_graph *graph = merging->graph;

	for (size_t i = 0; i < graph->roots.count && !merging->failed; i++) {
		rg_id id = graph->roots.data[i].object;
		const uint32_t *best = rg_map_find(&merging->tree->roots, (uint64_t)id + 1);
		struct rg_step step = { RG_NONE, 0, id };
		char name[LABEL];
		uint32_t at;

		if (!best || merging->tree->parent[id] != RG_CHAIN_BY_ROOT ||
		    !rg_bitset_test(merging->wanted, id) ||
		    !rg_bitset_claim(merging->known, id))
			continue;
		name_root(merging, &graph->roots.data[*best], name);
		at = find_node(merging, RG_NONE, intern(merging, name), graph->type[id], *best,
			       &step);
		if (merging->failed)
			return;
		merging->result->drafts.data[at].root_count++;
		if (*best < merging->result->drafts.data[at].root)
			merging->result->drafts.data[at].root = *best;
		count(merging, at, id);
		merging->node[id] = at;
		merging->queue[merging->tail++] = id;
	}
}

/* ---- all of it --------------------------------------------------------------- */

/* Targets, and what is above them, each once. */
static void want(struct merging *merging, const rg_id *targets, size_t given)
{
	const rg_id *parent = merging->tree->parent;
	struct rg_merged *sum = &merging->result->public;

	for (size_t i = 0; i < given; i++) {
		rg_id id = targets[i];
		uint64_t bytes = bytes_of(merging->graph, id);

		if (!rg_bitset_claim(merging->targets, id))
			continue;
		sum->targets++;
		sum->bytes = add(sum->bytes, bytes);
		if (parent[id] == RG_CHAIN_UNSEEN) {
			sum->unreached++;
			sum->unreached_bytes = add(sum->unreached_bytes, bytes);
			continue;
		}
		while (rg_bitset_claim(merging->wanted, id) && parent[id] != RG_CHAIN_BY_ROOT)
			id = parent[id];
	}
}

static void sum_up(struct rg_merged_result *result)
{
	struct rg_merged_draft *drafts = result->drafts.data;

	for (size_t d = result->drafts.count; d-- > 0;) {
		struct rg_merged_draft *draft = &drafts[d];

		draft->targets += draft->own_targets;
		draft->bytes = add(draft->bytes, draft->own_bytes);
		if (draft->parent == RG_NONE)
			continue;
		drafts[draft->parent].targets += draft->targets;
		drafts[draft->parent].bytes = add(drafts[draft->parent].bytes, draft->bytes);
	}
}

static rg_error *run(struct merging *merging, const rg_id *targets, size_t given)
{
	const rg_graph *graph = merging->graph;
	struct rg_chains_options how = {
		.size = sizeof(how),
		.shortest = merging->options.shortest,
		.root_kinds = merging->options.root_kinds,
		.root = merging->options.root,
	};

	RG_TRY(rg_chain_tree_new(graph, &how, &merging->result->tree));
	merging->tree = merging->result->tree;
	merging->targets = rg_bitset_new(graph->count);
	merging->wanted = rg_bitset_new(graph->count);
	merging->known = rg_bitset_new(graph->count);
	merging->through = rg_bitset_new(graph->count);
	merging->node = rg_alloc((size_t)graph->count * sizeof(*merging->node));
	merging->queue = rg_alloc((size_t)graph->count * sizeof(*merging->queue));
	if (!merging->targets || !merging->wanted || !merging->known || !merging->through ||
	    !merging->node || !merging->queue)
		return rg_error_no_memory();
	intern(merging, "");
	want(merging, targets, given);
	enter_roots(merging);
	for (rg_id at = 0; at < merging->tail && !merging->failed; at++) {
		rg_id id = merging->queue[at];

		if (at + 2 < merging->tail)
			__builtin_prefetch(&graph->target[graph->offset[merging->queue[at + 2]]]);
		look(merging, id, false);
		if (!merging->tree->shortest && rg_bitset_test(graph->special, id))
			look(merging, id, true);
	}
	if (merging->failed)
		return rg_error_no_memory();
	sum_up(merging->result);
	return rg_merged_pick(merging->result, &merging->options, merging->through);
}

static void forget(struct merging *merging)
{
	rg_free(merging->targets);
	rg_free(merging->wanted);
	rg_free(merging->known);
	rg_free(merging->through);
	rg_free(merging->node);
	rg_free(merging->queue);
	rg_map_free(&merging->texts);
	rg_map_free(&merging->children);
	rg_map_free(&merging->part_label);
	rg_vector_free(&merging->picks);
}

rg_error *rg_merged_find(const rg_graph *graph, const rg_id *targets, size_t given,
			 const struct rg_merged_options *options, struct rg_merged **ret)
{
	struct merging merging = { .graph = graph };
	rg_error *error;

	RG_TRY(rg_options_read(options, sizeof(merging.options), &merging.options));
	if (!given)
		return rg_error_new(RG_ERROR_INVALID, "what holds no object was asked for");
	for (size_t i = 0; i < given; i++)
		if (targets[i] >= graph->count)
			return rg_error_new(RG_ERROR_INVALID, "object %u does not exist",
					    targets[i]);
	merging.result = rg_calloc(1, sizeof(*merging.result));
	error = merging.result ? run(&merging, targets, given) : rg_error_no_memory();
	forget(&merging);
	if (error) {
		rg_merged_free(merging.result ? &merging.result->public : NULL);
		return error;
	}
	*ret = &merging.result->public;
	return NULL;
}

rg_error *rg_merged_chain(const struct rg_merged *merged, rg_id id, struct rg_chains **ret)
{
	return rg_chain_tree_find(((const struct rg_merged_result *)merged)->tree, id, ret);
}

void rg_merged_free(struct rg_merged *merged)
{
	struct rg_merged_result *result = (struct rg_merged_result *)merged;

	if (!result)
		return;
	rg_chain_tree_free(result->tree);
	rg_vector_free(&result->drafts);
	rg_buffer_free(&result->texts);
	rg_buffer_free(&result->exact);
	rg_free(result->nodes);
	rg_free(result);
}
