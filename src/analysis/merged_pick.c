/* SPDX-License-Identifier: MIT */
/*
 * Which nodes of the tree of holders are worth showing, and in which order.
 *
 * A node never has more below than its parent, so those that have most are a
 * tree again.  Nodes on a straight way cost a reader nothing: they come with the
 * node that the way leads to.
 */
#include "analysis/merged.h"

#include <string.h>

#include "analysis/path.h"
#include "base/alloc.h"
#include "base/bitset.h"
#include "base/sort.h"

#define LABEL RG_PATH_LABEL
#define EXACT_BUDGET (UINT64_C(1) << 24) /* references gone through for labels of single objects */

struct picking {
	struct rg_merged_result *result;
	const struct rg_merged_options *options;
	uint32_t *order;      /* drafts: those that may be picked, then siblings in order */
	uint32_t *kids;       /* by draft: how many are below it */
	uint64_t *picked;
	uint32_t *first;      /* by draft: its first picked child + 1, or 0 */
	uint32_t *next;       /* by draft: its next picked sibling + 1, or 0 */
	uint32_t *number;     /* by draft: index among the public nodes */
	const uint64_t *through; /* by object: a part that stands for its owner */
	uint64_t budget;
};

static const struct rg_merged_draft *draft_at(const struct picking *picking, uint32_t d)
{
	return &picking->result->drafts.data[d];
}

static uint64_t weight(const struct picking *picking, uint32_t d)
{
	const struct rg_merged_draft *draft = draft_at(picking, d);

	return picking->options->by_bytes ? draft->bytes : draft->targets;
}

static bool is_straight(const struct picking *picking, uint32_t d)
{
	return picking->kids[d] == 1 && !draft_at(picking, d)->own_targets;
}

/* Most first; of equals those made first, so that parents come before their children. */
static int compare_weights(const void *a, const void *b, void *user)
{
	const uint32_t *left = a, *right = b;
	uint64_t one = weight(user, *left), other = weight(user, *right);

	if (one != other)
		return one > other ? -1 : 1;
	return (*left > *right) - (*left < *right);
}

static const char *type_name(const struct picking *picking, uint32_t type)
{
	return type == RG_NONE ? "" : picking->result->tree->graph->types.data[type].name;
}

/* By parent; there most first, then by label and type. */
static int compare_siblings(const void *a, const void *b, void *user)
{
	const struct picking *picking = user;
	const struct rg_merged_draft *left = draft_at(picking, *(const uint32_t *)a);
	const struct rg_merged_draft *right = draft_at(picking, *(const uint32_t *)b);
	const char *texts = picking->result->texts.data;
	int order;

	if (left->parent != right->parent)
		return left->parent < right->parent ? -1 : 1;
	if (weight(picking, *(const uint32_t *)a) != weight(picking, *(const uint32_t *)b))
		return compare_weights(a, b, user);
	order = strcmp(texts + left->label, texts + right->label);
	if (!order)
		order = strcmp(type_name(picking, left->type), type_name(picking, right->type));
	return order ? order : compare_weights(a, b, user);
}

/* Those that have most, with what is above them. */
static void pick(struct picking *picking)
{
	const struct rg_merged *sum = &picking->result->public;
	uint64_t all = picking->options->by_bytes ? sum->bytes : sum->targets;
	uint64_t least = (uint64_t)((unsigned __int128)all * picking->options->share / 1000);
	size_t count = picking->result->drafts.count, ends = 0;

	for (uint32_t d = 0; d < count; d++)
		if (!is_straight(picking, d) && weight(picking, d) >= least)
			picking->order[ends++] = d;
	rg_sort(picking->order, ends, sizeof(*picking->order), compare_weights, picking);
	if (picking->options->limit && ends > picking->options->limit)
		ends = picking->options->limit;
	for (size_t i = 0; i < ends; i++)
		for (uint32_t d = picking->order[i]; d != RG_NONE; d = draft_at(picking, d)->parent)
			if (!rg_bitset_claim(picking->picked, d))
				break;
}

/* Lists of picked children, in order; gives how many drafts are picked. */
static size_t link_up(struct picking *picking, uint32_t *ret_top)
{
	size_t count = picking->result->drafts.count, picked = 0;

	for (uint32_t d = 0; d < count; d++)
		if (rg_bitset_test(picking->picked, d))
			picking->order[picked++] = d;
	rg_sort(picking->order, picked, sizeof(*picking->order), compare_siblings, picking);
	*ret_top = 0;
	for (size_t i = picked; i-- > 0;) {
		uint32_t d = picking->order[i], parent = draft_at(picking, d)->parent;
		uint32_t *first = parent == RG_NONE ? ret_top : &picking->first[parent];

		picking->next[d] = *first;
		*first = d + 1;
	}
	return picked;
}

static bool pay(struct picking *picking, rg_id source)
{
	const rg_graph *graph = picking->result->tree->graph;
	uint64_t cost = 2 * (graph->offset[source + 1] - graph->offset[source]);

	if (cost > picking->budget)
		return false;
	picking->budget -= cost;
	return true;
}

/* What one item is called, where one item is all there is. */
static void exact_label(struct picking *picking, const struct rg_merged_draft *draft,
			char label[LABEL])
{
	const rg_chain_tree *tree = picking->result->tree;
	struct rg_step steps[RG_PATH_DEEPEST + 1];
	size_t first = RG_PATH_DEEPEST;

	if (!strchr(label, '*') || draft->objects != 1 || draft->root != RG_NONE ||
	    !pay(picking, draft->source))
		return;
	steps[first] = (struct rg_step){ draft->source, (size_t)draft->index, draft->example };
	while (first && rg_bitset_test(picking->through, steps[first].source)) {
		rg_id part = steps[first].source, owner = tree->parent[part];

		if (!pay(picking, owner))
			return;
		steps[--first] = (struct rg_step){
			owner, rg_chain_reference(tree->graph, owner, part, tree->shortest), part
		};
	}
	rg_path_label(tree->graph, steps + first, RG_PATH_DEEPEST + 1 - first,
		      picking->options->labels, label, LABEL);
}

static void put_node(struct picking *picking, uint32_t d, struct rg_merged_node *node)
{
	struct rg_merged_result *result = picking->result;
	const struct rg_merged_draft *draft = draft_at(picking, d);
	const rg_graph *graph = result->tree->graph;
	char label[LABEL];

	*node = (struct rg_merged_node){
		.parent = draft->parent == RG_NONE ? RG_NONE : picking->number[draft->parent],
		.type = draft->type,
		.example = draft->example,
		.objects = draft->objects,
		.targets = draft->targets,
		.bytes = draft->bytes,
		.own_targets = draft->own_targets,
		.own_bytes = draft->own_bytes,
		.repeats = draft->repeats,
		.lumped = draft->lumped,
		.straight = is_straight(picking, d),
		.left_out = picking->kids[d],
		.left_out_targets = draft->targets - draft->own_targets,
		.left_out_bytes = draft->bytes - draft->own_bytes,
	};
	if (node->parent != RG_NONE)
		node->depth = result->nodes[node->parent].depth + 1;
	if (draft->root != RG_NONE) {
		node->root = &graph->roots.data[draft->root];
		node->root_count = draft->root_count;
	}
	memcpy(label, result->texts.data + draft->label,
	       strlen(result->texts.data + draft->label) + 1);
	if (node->root && node->root_count == 1) {
		rg_buffer_append(&result->exact, node->root->name, strlen(node->root->name) + 1);
		return;
	}
	exact_label(picking, draft, label);
	rg_buffer_append(&result->exact, label, strlen(label) + 1);
}

static void leave_out_less(uint64_t *nodes, uint64_t *targets, uint64_t *bytes,
			   const struct rg_merged_node *child)
{
	--*nodes;
	*targets -= child->targets;
	*bytes -= child->bytes < *bytes ? child->bytes : *bytes;
}

/* Depth first, by links. */
static rg_error *publish(struct picking *picking, size_t picked, uint32_t top)
{
	struct rg_merged_result *result = picking->result;
	struct rg_merged *public = &result->public;
	const char *label;
	size_t count = 0;

	result->nodes = rg_alloc(picked * sizeof(*result->nodes));
	if (!result->nodes)
		return rg_error_no_memory();
	for (uint32_t link = top; link;) {
		uint32_t d = link - 1;
		struct rg_merged_node *node = &result->nodes[count];

		picking->number[d] = (uint32_t)count++;
		put_node(picking, d, node);
		if (node->parent == RG_NONE) {
			leave_out_less(&public->left_out, &public->left_out_targets,
				       &public->left_out_bytes, node);
		} else {
			struct rg_merged_node *parent = &result->nodes[node->parent];

			leave_out_less(&parent->left_out, &parent->left_out_targets,
				       &parent->left_out_bytes, node);
		}
		link = picking->first[d];
		while (!link && d != RG_NONE) {
			link = picking->next[d];
			d = draft_at(picking, d)->parent;
		}
	}
	if (rg_buffer_failed(&result->exact))
		return rg_error_no_memory();
	label = rg_buffer_string(&result->exact);
	for (size_t i = 0; i < count; i++, label += strlen(label) + 1)
		result->nodes[i].label = label;
	public->nodes = result->nodes;
	public->count = count;
	return NULL;
}

rg_error *rg_merged_pick(struct rg_merged_result *result, const struct rg_merged_options *options,
			 const uint64_t *through)
{
	struct picking picking = { .result = result, .options = options, .through = through,
				   .budget = EXACT_BUDGET };
	size_t count = result->drafts.count, picked;
	struct rg_merged *public = &result->public;
	rg_error *error = NULL;
	uint32_t top;

	picking.order = rg_alloc(count * sizeof(*picking.order));
	picking.kids = rg_calloc(count + 1, sizeof(*picking.kids));
	picking.first = rg_calloc(count + 1, sizeof(*picking.first));
	picking.next = rg_calloc(count + 1, sizeof(*picking.next));
	picking.number = rg_alloc(count * sizeof(*picking.number));
	picking.picked = rg_bitset_new(count);
	if (picking.order && picking.kids && picking.first && picking.next && picking.number &&
	    picking.picked) {
		for (size_t d = 0; d < count; d++) {
			if (result->drafts.data[d].parent == RG_NONE)
				public->left_out++;
			else
				picking.kids[result->drafts.data[d].parent]++;
		}
		public->nodes_found = count;
		public->left_out_targets = public->targets - public->unreached;
		public->left_out_bytes = public->bytes - public->unreached_bytes;
		pick(&picking);
		picked = link_up(&picking, &top);
		error = publish(&picking, picked, top);
	} else {
		error = rg_error_no_memory();
	}
	rg_free(picking.order);
	rg_free(picking.kids);
	rg_free(picking.first);
	rg_free(picking.next);
	rg_free(picking.number);
	rg_free(picking.picked);
	return error;
}
