/* SPDX-License-Identifier: MIT */
/*
 * Shortest cycles by breadth-first search, and which single reference to
 * remove.  A reference that lies on every cycle lies on the shortest one, so
 * only that one's references are tried, the likeliest back-references first.
 */
#include "analysis/ring.h"

#include <string.h>

#include "base/alloc.h"

#define BUDGET (UINT64_C(1) << 24)
#define WORST_RANK 4
#define RANKED 64     /* references of a ring whose labels are looked at */
#define LEAST_TRIED 4 /* references tried in each ring, whatever is left of the budget */

rg_error *rg_ring_init(struct rg_ring *ring, const struct rg_subset *subset)
{
	size_t count = subset->count;

	*ring = (struct rg_ring){
		.subset = subset,
		.find_budget = BUDGET,
		.break_budget = BUDGET,
	};
	ring->parent = rg_alloc(count * sizeof(*ring->parent));
	ring->by = rg_alloc(count * sizeof(*ring->by));
	ring->queue = rg_alloc(count * sizeof(*ring->queue));
	ring->depth = rg_alloc(count * sizeof(*ring->depth));
	ring->seen = rg_calloc(count, sizeof(*ring->seen));
	if (!ring->parent || !ring->by || !ring->queue || !ring->depth || !ring->seen) {
		rg_ring_free(ring);
		return rg_error_no_memory();
	}
	return NULL;
}

void rg_ring_free(struct rg_ring *ring)
{
	rg_free(ring->parent);
	rg_free(ring->by);
	rg_free(ring->queue);
	rg_free(ring->depth);
	rg_free(ring->seen);
	rg_vector_free(&ring->steps);
	rg_vector_free(&ring->best);
	*ring = (struct rg_ring){ 0 };
}

static void spend(uint64_t *budget, uint64_t references)
{
	*budget -= references < *budget ? references : *budget;
}

static rg_id follow_inside(const struct rg_subset *subset, uint64_t i, uint32_t component)
{
	rg_id w = rg_subset_follow(subset, i);

	return w != RG_NONE && subset->component[w] == component ? w : RG_NONE;
}

/* The way from @start to @v and by reference @last back to @start, to ring->steps. */
static bool trace(struct rg_ring *ring, rg_id start, rg_id v, uint64_t last)
{
	const struct rg_subset *subset = ring->subset;
	const rg_graph *graph = subset->graph;
	uint64_t by = last;

	ring->steps.count = 0;
	for (;;) {
		rg_id id = subset->ids[v];
		struct rg_step step = { id, (size_t)(by - graph->offset[id]), graph->target[by] };

		if (!rg_vector_push(&ring->steps, step))
			return false;
		if (v == start)
			break;
		by = ring->by[v];
		v = ring->parent[v];
	}
	for (size_t i = 0, k = ring->steps.count - 1; i < k; i++, k--) {
		struct rg_step step = ring->steps.data[i];

		ring->steps.data[i] = ring->steps.data[k];
		ring->steps.data[k] = step;
	}
	return true;
}

/*
 * A shortest cycle through @start with fewer than @below references, to
 * ring->steps, which stays empty if there is none; false: no memory.
 */
static bool search(struct rg_ring *ring, rg_id start, uint32_t component, size_t below)
{
	const struct rg_subset *subset = ring->subset;
	const rg_graph *graph = subset->graph;
	rg_id head = 0, tail = 0;

	ring->steps.count = 0;
	if (!++ring->round) {
		memset(ring->seen, 0, (size_t)subset->count * sizeof(*ring->seen));
		ring->round = 1;
	}
	ring->seen[start] = ring->round;
	ring->depth[start] = 0;
	ring->queue[tail++] = start;
	while (head < tail) {
		rg_id v = ring->queue[head++], id = subset->ids[v];

		if ((size_t)ring->depth[v] + 1 >= below)
			return true;
		spend(&ring->find_budget, graph->offset[id + 1] - graph->offset[id]);
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id w = follow_inside(subset, i, component);

			if (w == RG_NONE)
				continue;
			if (w == start)
				return trace(ring, start, v, i);
			if (ring->seen[w] == ring->round)
				continue;
			ring->seen[w] = ring->round;
			ring->depth[w] = ring->depth[v] + 1;
			ring->parent[w] = v;
			ring->by[w] = i;
			ring->queue[tail++] = w;
		}
	}
	return true;
}

rg_error *rg_ring_find(struct rg_ring *ring, uint32_t component)
{
	const struct rg_subset *subset = ring->subset;
	rg_id last = subset->first[component + 1];

	ring->best.count = 0;
	for (rg_id m = subset->first[component]; m < last; m++) {
		size_t below = ring->best.count ? ring->best.count : SIZE_MAX;

		if (m > subset->first[component] && (!ring->find_budget || below <= 1))
			break;
		if (!search(ring, subset->members[m], component, below))
			return rg_error_no_memory();
		if (!ring->steps.count)
			continue;
		ring->best.count = 0;
		for (size_t i = 0; i < ring->steps.count; i++)
			if (!rg_vector_push(&ring->best, ring->steps.data[i]))
				return rg_error_no_memory();
	}
	return NULL;
}

/* Whether @component without reference @without has no cycle: Kahn's algorithm. */
static bool is_acyclic(struct rg_ring *ring, uint32_t component, uint64_t without)
{
	const struct rg_subset *subset = ring->subset;
	const rg_graph *graph = subset->graph;
	rg_id first = subset->first[component], last = subset->first[component + 1];
	uint32_t *left = ring->depth;
	rg_id head = 0, tail = 0;

	for (rg_id m = first; m < last; m++)
		left[subset->members[m]] = 0;
	for (rg_id m = first; m < last; m++) {
		rg_id id = subset->ids[subset->members[m]];

		spend(&ring->break_budget, 2 * (graph->offset[id + 1] - graph->offset[id]));
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id w = follow_inside(subset, i, component);

			if (w == RG_NONE || i == without)
				continue;
			/* More would not fit, and not be removable either. */
			if (left[w] == UINT32_MAX)
				return false;
			left[w]++;
		}
	}
	for (rg_id m = first; m < last; m++)
		if (!left[subset->members[m]])
			ring->queue[tail++] = subset->members[m];
	while (head < tail) {
		rg_id id = subset->ids[ring->queue[head++]];

		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id w = follow_inside(subset, i, component);

			if (w != RG_NONE && i != without && !--left[w])
				ring->queue[tail++] = w;
		}
	}
	return tail == last - first;
}

/* How little a program would miss the reference: 0 is a typical back-reference. */
static unsigned int rank(const rg_graph *graph, const struct rg_step *step)
{
	static const char *const back[] = {
		"parent", "owner", "prev", "previous", "back", "root", "container", "master",
		"manager", "__self__", "__traceback__", "tb_frame", "f_back", "__closure__",
	};
	uint64_t i = graph->offset[step->source] + step->index;
	char label[64];
	const char *name = label;
	size_t length;

	length = rg_graph_label(graph, step->source, step->index, RG_LABELS_ALL, label,
				sizeof(label));
	if (!length || graph->kind[i] & RG_REFERENCE_PLUMBING)
		return WORST_RANK;
	length = strlen(label);
	if (label[0] == '.') {
		name = label + 1;
	} else if (graph->flags[step->source] & RG_OBJECT_PLUMBING &&
		   strncmp(label, "['", 2) == 0 && length > 4) {
		/* The key of a namespace is an attribute. */
		label[length - 2] = '\0';
		name = label + 2;
	} else {
		return 2;
	}
	while (name[0] == '_' && name[1] != '_')
		name++;
	for (size_t b = 0; b < sizeof(back) / sizeof(*back); b++)
		if (strncmp(name, back[b], strlen(back[b])) == 0 &&
		    (name[strlen(back[b])] == '\0' || name[strlen(back[b])] == '['))
			return 0;
	return name[0] == '_' && name[1] == '_' ? 3 : 1;
}

bool rg_ring_break(struct rg_ring *ring, uint32_t component, struct rg_step *ret)
{
	const rg_graph *graph = ring->subset->graph;
	size_t ranked = ring->best.count < RANKED ? ring->best.count : RANKED;
	unsigned int ranks[RANKED], tried = 0;

	for (size_t s = 0; s < ranked; s++)
		ranks[s] = rank(graph, &ring->best.data[s]);
	/* Those that were not ranked come last. */
	for (unsigned int wanted = 0; wanted <= WORST_RANK + 1; wanted++) {
		size_t first = wanted > WORST_RANK ? ranked : 0;
		size_t end = wanted > WORST_RANK ? ring->best.count : ranked;

		for (size_t s = first; s < end; s++) {
			const struct rg_step *step = &ring->best.data[s];
			uint64_t i = graph->offset[step->source] + step->index;

			if (!ring->break_budget && tried >= LEAST_TRIED)
				return false;
			if (s < ranked && ranks[s] != wanted)
				continue;
			tried++;
			if (is_acyclic(ring, component, i)) {
				*ret = *step;
				return true;
			}
		}
	}
	return false;
}
