/* SPDX-License-Identifier: MIT */
/*
 * Shortest cycles by breadth-first search, and which single reference to
 * remove.  A reference that lies on every cycle lies on the shortest one, so
 * only that one's references are tried, the likeliest back-references first.
 */
#include "analysis/ring.h"

#include <string.h>

#include "analysis/syntax.h"
#include "base/alloc.h"

#define BUDGET (UINT64_C(1) << 24)
#define CUT_BUDGET (UINT64_C(1) << 22)
#define RANKED 64     /* references of a ring whose labels are looked at */
#define FEW 1024      /* references of an object that are looked through for one of its parts */
#define LEAST_TRIED 4 /* references tried in each ring, whatever is left of the budget */

rg_error *rg_ring_init(struct rg_ring *ring, const struct rg_subset *subset)
{
	size_t count = subset->count;

	*ring = (struct rg_ring){
		.subset = subset,
		.find_budget = BUDGET,
		.break_budget = BUDGET,
		.cut_budget = CUT_BUDGET,
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
	rg_free(ring->names_at);
	rg_vector_free(&ring->cut);
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

static void reverse(struct rg_step *steps, size_t count)
{
	for (size_t i = 0; i < count / 2; i++) {
		struct rg_step step = steps[i];

		steps[i] = steps[count - 1 - i];
		steps[count - 1 - i] = step;
	}
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
	reverse(ring->steps.data, ring->steps.count);
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

/* Whether @name begins with the word @word: parent, parent_node, parentNode. */
static bool begins_with(const char *name, size_t length, const char *word)
{
	size_t n = strlen(word);

	if (length < n || memcmp(name, word, n) != 0)
		return false;
	return length == n || name[n] == '_' || name[n] == '[' ||
	       (name[n] >= 'A' && name[n] <= 'Z');
}

/* Whether one of @words, which end with NULL, is what @name begins with. */
static bool begins_with_any(const char *name, size_t length, const char *const *words)
{
	for (; *words; words++)
		if (begins_with(name, length, *words))
			return true;
	return false;
}

/*
 * What a reference that is an object itself refers to is known by the way to that
 * object: the label with which the owner of @id refers to it, to @buffer.
 */
static bool find_own(const rg_graph *graph, rg_id id, char *buffer, size_t size)
{
	rg_id owner = graph->flags[id] & RG_OBJECT_PLUMBING ? rg_graph_owner(graph, id) : RG_NONE;
	struct rg_references out;

	if (owner == RG_NONE)
		return false;
	out = rg_graph_references(graph, owner);
	for (size_t i = 0; i < out.count && i < FEW; i++)
		if (out.target[i] == id && out.kind[i] & RG_REFERENCE_PLUMBING)
			return rg_graph_label(graph, owner, i, RG_LABELS_ALL, buffer, size) < size;
	return false;
}

/* The part of @label that is an attribute's name, its length to *@ret; NULL: it is none. */
static const char *name_in(const rg_graph *graph, rg_id id, const char *label, size_t *ret)
{
	const struct rg_words *words = rg_graph_words(graph);
	size_t length = strlen(label);

	if (label[0] == '.') {
		*ret = length - 1;
		return label + 1;
	}
	if (graph->flags[id] & RG_OBJECT_PLUMBING && strncmp(label, "['", 2) == 0 && length > 4) {
		/* The key of a namespace is an attribute. */
		*ret = length - 4;
		return label + 2;
	}
	if (words->brace_keys && label[0] == '{' && length > 2) {
		*ret = length - 2;
		return label + 1;
	}
	return NULL;
}

unsigned int rg_ring_rank(const rg_graph *graph, rg_id id, uint64_t i, const char *label,
			  char ret_name[RG_RING_NAME], size_t *ret_length)
{
	static const char *const back[] = {
		"parent", "owner", "prev", "previous", "back", "root", "container", "master",
		"manager", NULL,
	};
	const struct rg_words *words = rg_graph_words(graph);
	char own[RG_RING_NAME];
	const char *name;
	size_t length;

	if (!*label || graph->kind[i] & RG_REFERENCE_PLUMBING)
		return RG_RANK_WORST;
	if (words->referent && !strcmp(label, words->referent) &&
	    find_own(graph, id, own, sizeof(own)))
		label = own;
	name = name_in(graph, id, label, &length);
	if (!name)
		return 2;
	*ret_length = length < RG_RING_NAME ? length : RG_RING_NAME;
	memcpy(ret_name, name, *ret_length);
	while (length > 1 && name[0] == '_' && name[1] != '_') {
		name++;
		length--;
	}
	if (begins_with_any(name, length, back) || begins_with_any(name, length, words->back))
		return RG_RANK_BACK;
	return name[0] == '_' && length > 1 && name[1] == '_' ? 3 : RG_RANK_ATTRIBUTE;
}

static unsigned int rank(const rg_graph *graph, const struct rg_step *step)
{
	char label[64], name[RG_RING_NAME];
	size_t length = rg_graph_label(graph, step->source, step->index, RG_LABELS_ALL, label,
				       sizeof(label));

	return rg_ring_rank(graph, step->source, graph->offset[step->source] + step->index,
			    length ? label : "", name, &length);
}

bool rg_ring_leads_back(const struct rg_ring *ring, const struct rg_step *step)
{
	return rank(ring->subset->graph, step) == RG_RANK_BACK;
}

/* The first so many of the ring, the likeliest first; of equals by type, wherever they are. */
static size_t put_in_order(const struct rg_ring *ring, size_t order[RANKED])
{
	const rg_graph *graph = ring->subset->graph;
	size_t ranked = ring->best.count < RANKED ? ring->best.count : RANKED;
	const char *types[RANKED];
	unsigned int ranks[RANKED];

	for (size_t s = 0; s < ranked; s++) {
		size_t at = s;

		ranks[s] = rank(graph, &ring->best.data[s]);
		types[s] = graph->types.data[graph->type[ring->best.data[s].source]].name;
		for (; at > 0; at--) {
			size_t before = order[at - 1];

			if (ranks[before] < ranks[s] ||
			    (ranks[before] == ranks[s] && strcmp(types[before], types[s]) <= 0))
				break;
			order[at] = before;
		}
		order[at] = s;
	}
	return ranked;
}

bool rg_ring_break(struct rg_ring *ring, uint32_t component, size_t *ret)
{
	const rg_graph *graph = ring->subset->graph;
	size_t order[RANKED], ranked = put_in_order(ring, order);

	/* Those that were not ranked come last. */
	for (size_t tried = 0; tried < ring->best.count; tried++) {
		size_t s = tried < ranked ? order[tried] : tried;
		const struct rg_step *step = &ring->best.data[s];

		if (!ring->break_budget && tried >= LEAST_TRIED)
			return false;
		if (is_acyclic(ring, component, graph->offset[step->source] + step->index)) {
			*ret = s;
			return true;
		}
	}
	return false;
}

size_t rg_ring_likeliest(const struct rg_ring *ring)
{
	size_t order[RANKED] = { 0 };

	put_in_order(ring, order);
	return order[0];
}

void rg_ring_turn(struct rg_ring *ring, size_t last)
{
	const rg_graph *graph = ring->subset->graph;
	struct rg_step *steps = ring->best.data;
	size_t count = ring->best.count;

	/* A way around that began with a list would be hard to read. */
	if (rg_syntax_is_bare(&graph->types.data[graph->type[steps[last].target]]))
		return;
	reverse(steps, last + 1);
	reverse(steps + last + 1, count - last - 1);
	reverse(steps, count);
}
