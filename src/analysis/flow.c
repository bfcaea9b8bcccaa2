/* SPDX-License-Identifier: MIT */
/* Roots as vertices above the objects: who holds what from outside. */
#include "analysis/flow.h"

#include "base/alloc.h"
#include "base/sort.h"

/* The holders that every graph has; threads and roots follow. */
enum { EVERYTHING, FOREVER, STATIC, EXTERNAL, FIXED };

/* Immortal, frozen, or nobody knows who else holds it: it never goes with another. */
static bool is_forever(const rg_graph *graph, rg_id id)
{
	if (graph->flags[id] & (RG_OBJECT_IMMORTAL | RG_OBJECT_FROZEN))
		return true;
	return graph->has_refcounts &&
	       (graph->refcount[id] == RG_STORE_UNKNOWN || rg_graph_external(graph, id) < 0);
}

static bool has_thread(const rg_graph *graph, const struct rg_root *root)
{
	return root->thread < graph->threads.count;
}

/* A root of its own; others belong to one holder for all of them. */
static bool is_named(const struct rg_root *root)
{
	return root->kind != RG_ROOT_STATIC && root->kind != RG_ROOT_EXTERNAL;
}

/* The holder below which @root, or what it refers to, stands. */
static uint32_t above(const rg_graph *graph, const struct rg_root *root)
{
	if (root->kind == RG_ROOT_STATIC)
		return STATIC;
	if (root->kind == RG_ROOT_EXTERNAL)
		return EXTERNAL;
	return has_thread(graph, root) ? FIXED + root->thread : EVERYTHING;
}

static void add_holder(struct rg_flow *flow, enum rg_holder_kind kind, const struct rg_root *root,
		       uint32_t thread)
{
	flow->holders[flow->holder_count++] = (struct rg_holder){
		.kind = kind, .root = root, .thread = thread,
	};
}

static void add_holders(struct rg_flow *flow)
{
	const rg_graph *graph = flow->graph;

	add_holder(flow, RG_HOLDER_EVERYTHING, NULL, RG_NONE);
	add_holder(flow, RG_HOLDER_FOREVER, NULL, RG_NONE);
	add_holder(flow, RG_HOLDER_STATIC, NULL, RG_NONE);
	add_holder(flow, RG_HOLDER_EXTERNAL, NULL, RG_NONE);
	for (size_t i = 0; i < graph->threads.count; i++)
		add_holder(flow, RG_HOLDER_THREAD, NULL, (uint32_t)i);
	for (size_t i = 0; i < graph->roots.count; i++) {
		const struct rg_root *root = &graph->roots.data[i];

		if (is_named(root) && root->count)
			add_holder(flow, RG_HOLDER_ROOT, root,
				   has_thread(graph, root) ? root->thread : RG_NONE);
	}
	add_holder(flow, RG_HOLDER_UNREACHABLE, NULL, RG_NONE);
}

/* Counts, or with @fill notes, that @holder holds @vertex. */
static void hold(struct rg_flow *flow, uint32_t holder, rg_id vertex, bool fill)
{
	if (fill)
		flow->target[--flow->first[holder]] = vertex;
	else
		flow->first[holder]++;
}

/* From the last to the first, so that lists that are filled from their ends ascend. */
static void hold_all(struct rg_flow *flow, bool fill)
{
	const rg_graph *graph = flow->graph;
	uint32_t holder = flow->holder_count - 1;

	for (size_t i = graph->roots.count; i-- > 0;) {
		const struct rg_root *root = &graph->roots.data[i];
		uint32_t parent = above(graph, root);

		if (is_named(root) && root->count) {
			hold(flow, --holder, root->object, fill);
			hold(flow, parent, flow->objects + holder, fill);
		} else {
			hold(flow, parent, root->object, fill);
		}
	}
	for (rg_id id = graph->count; id-- > 0;)
		if (is_forever(graph, id))
			hold(flow, FOREVER, id, fill);
	for (uint32_t i = FIXED + (uint32_t)graph->threads.count; i-- > FOREVER;)
		hold(flow, EVERYTHING, flow->objects + i, fill);
}

rg_error *rg_flow_init(struct rg_flow *flow, const rg_graph *graph)
{
	size_t holders = FIXED + graph->threads.count + graph->roots.count + 1;
	uint64_t sum = 0;

	*flow = (struct rg_flow){ .graph = graph, .objects = graph->count };
	if (!graph->offset || (!graph->has_refcounts && !graph->roots.count))
		return rg_error_new(RG_ERROR_INCOMPLETE,
				    "the dump has neither reference counts nor roots: "
				    "what an object retains cannot be told");
	if ((uint64_t)graph->count + holders > RG_NONE - 2)
		return rg_error_new(RG_ERROR_LIMIT, "more objects and roots than 2^32 - 4");
	if (graph->references >> 40)
		return rg_error_new(RG_ERROR_LIMIT, "more references than 2^40");
	flow->holders = rg_alloc(holders * sizeof(*flow->holders));
	flow->first = rg_calloc(holders + 1, sizeof(*flow->first));
	if (!flow->holders || !flow->first) {
		rg_flow_free(flow);
		return rg_error_no_memory();
	}
	add_holders(flow);
	hold_all(flow, false);
	for (uint32_t i = 0; i < flow->holder_count; i++) {
		sum += flow->first[i];
		flow->first[i] = sum;
	}
	flow->first[flow->holder_count] = sum;
	flow->target = rg_alloc((size_t)sum * sizeof(*flow->target));
	if (!flow->target) {
		rg_flow_free(flow);
		return rg_error_no_memory();
	}
	hold_all(flow, true);
	return NULL;
}

void rg_flow_free(struct rg_flow *flow)
{
	rg_free(flow->holders);
	rg_free(flow->first);
	rg_free(flow->target);
	*flow = (struct rg_flow){ 0 };
}

rg_error *rg_flow_check_cut(const rg_graph *graph, const struct rg_step *cut)
{
	if (cut->source < graph->count && cut->target < graph->count &&
	    cut->index < rg_graph_references(graph, cut->source).count &&
	    rg_graph_references(graph, cut->source).target[cut->index] == cut->target)
		return NULL;
	return rg_error_new(RG_ERROR_INVALID, "object %u has no such reference",
			    (unsigned)cut->source);
}

static int compare_cuts(const void *a, const void *b, void *user)
{
	const struct rg_step *left = a, *right = b;

	(void)user;
	if (left->source != right->source)
		return left->source < right->source ? -1 : 1;
	return (left->index > right->index) - (left->index < right->index);
}

void rg_flow_sort_cuts(struct rg_step *cuts, size_t count)
{
	rg_sort(cuts, count, sizeof(*cuts), compare_cuts, NULL);
}

bool rg_flow_is_cut(const struct rg_step *cuts, size_t count, rg_id source, size_t index)
{
	struct rg_step wanted = { .source = source, .index = index };
	size_t low = 0;

	while (low < count) {
		size_t middle = low + (count - low) / 2;
		int order = compare_cuts(&cuts[middle], &wanted, NULL);

		if (!order)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			count = middle;
	}
	return false;
}
