/* SPDX-License-Identifier: MIT */
/*
 * What a programmer would make weak: not one reference, but an attribute of
 * every object that has it.  Greedy: of some cycle that is left the likeliest
 * attribute goes, until none is left; then those that turn out not to be
 * needed stay after all.
 */
#include "analysis/cut.h"

#include <string.h>

#include "base/alloc.h"
#include "base/map.h"

struct cutter {
	struct rg_ring *ring;
	uint32_t component;
	uint64_t *names;    /* by reference of a member, in the order of members; 0: no attribute */
	uint8_t *ranks;
	uint64_t cut[RG_CUT_MOST];
	size_t count;
	uint64_t filled;    /* of names, while they are taken */
	rg_id member;
};

static void take_name(void *user, size_t index, const char *text)
{
	struct cutter *cutter = user;
	const struct rg_subset *subset = cutter->ring->subset;
	const rg_graph *graph = subset->graph;
	rg_id id = subset->ids[cutter->member], w;
	uint64_t i = graph->offset[id] + index, at = cutter->filled++;
	unsigned int rank;
	char name[RG_RING_NAME];
	size_t length;

	cutter->names[at] = 0;
	cutter->ranks[at] = RG_RANK_WORST;
	w = rg_subset_follow(subset, i);
	if (w == RG_NONE || subset->component[w] != cutter->component)
		return;
	rank = rg_ring_rank(graph, id, i, text, name, &length);
	if (rank > RG_RANK_ATTRIBUTE)
		return;
	cutter->names[at] = rg_hash_bytes(name, length) | 1;
	cutter->ranks[at] = (uint8_t)rank;
}

/* Notes which attribute each reference inside is; false: there are too many, or no memory. */
static rg_error *take_names(struct cutter *cutter, bool *ret_taken)
{
	struct rg_ring *ring = cutter->ring;
	const struct rg_subset *subset = ring->subset;
	const rg_graph *graph = subset->graph;
	rg_id first = subset->first[cutter->component];
	rg_id last = subset->first[cutter->component + 1];
	uint64_t sum = 0;

	*ret_taken = false;
	for (rg_id m = first; m < last && sum <= ring->cut_budget; m++) {
		rg_id id = subset->ids[subset->members[m]];

		sum += graph->offset[id + 1] - graph->offset[id];
	}
	if (sum > ring->cut_budget)
		return NULL;
	ring->cut_budget -= sum;
	if (!ring->names_at)
		ring->names_at = rg_alloc((size_t)subset->count * sizeof(*ring->names_at));
	cutter->names = rg_alloc((size_t)sum * sizeof(*cutter->names));
	cutter->ranks = rg_alloc((size_t)sum * sizeof(*cutter->ranks));
	if (!ring->names_at || !cutter->names || !cutter->ranks)
		return rg_error_no_memory();
	for (rg_id m = first; m < last; m++) {
		rg_id v = subset->members[m], id = subset->ids[v];

		cutter->member = v;
		ring->names_at[v] = cutter->filled;
		rg_graph_labels(graph, id, 0, (size_t)(graph->offset[id + 1] - graph->offset[id]),
				RG_LABELS_ALL, take_name, cutter);
	}
	*ret_taken = true;
	return NULL;
}

/* Where the name of reference @i of member @v is. */
static uint64_t place(const struct cutter *cutter, rg_id v, uint64_t i)
{
	const struct rg_subset *subset = cutter->ring->subset;

	return cutter->ring->names_at[v] + (i - subset->graph->offset[subset->ids[v]]);
}

/* The member that reference @i of @v leads to, inside and not cut; else RG_NONE. */
static rg_id follow(const struct cutter *cutter, rg_id v, uint64_t i)
{
	const struct rg_subset *subset = cutter->ring->subset;
	rg_id w = rg_subset_follow(subset, i);
	uint64_t name;

	if (w == RG_NONE || subset->component[w] != cutter->component)
		return RG_NONE;
	name = cutter->names[place(cutter, v, i)];
	for (size_t c = 0; name && c < cutter->count; c++)
		if (cutter->cut[c] == name)
			return RG_NONE;
	return w;
}

/*
 * Kahn's algorithm with what is cut left out.  RG_NONE when no cycle is left;
 * else a member that one leads to, and of each such ring->parent, a referrer
 * that is one as well, and ring->by, the reference.
 */
static rg_id what_is_left(const struct cutter *cutter)
{
	struct rg_ring *ring = cutter->ring;
	const struct rg_subset *subset = ring->subset;
	const rg_graph *graph = subset->graph;
	rg_id first = subset->first[cutter->component];
	rg_id last = subset->first[cutter->component + 1];
	rg_id head = 0, tail = 0, found = RG_NONE;
	uint32_t *left = ring->depth;

	for (rg_id m = first; m < last; m++)
		left[subset->members[m]] = 0;
	for (rg_id m = first; m < last; m++) {
		rg_id v = subset->members[m], id = subset->ids[v];

		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id w = follow(cutter, v, i);

			if (w != RG_NONE)
				left[w]++;
		}
	}
	for (rg_id m = first; m < last; m++)
		if (!left[subset->members[m]])
			ring->queue[tail++] = subset->members[m];
	while (head < tail) {
		rg_id v = ring->queue[head++], id = subset->ids[v];

		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id w = follow(cutter, v, i);

			if (w != RG_NONE && !--left[w])
				ring->queue[tail++] = w;
		}
	}
	for (rg_id m = first; m < last; m++) {
		rg_id v = subset->members[m], id = subset->ids[v];

		if (!left[v])
			continue;
		found = found == RG_NONE ? v : found;
		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id w = follow(cutter, v, i);

			if (w == RG_NONE)
				continue;
			ring->parent[w] = v;
			ring->by[w] = i;
		}
	}
	return found;
}

/* Cuts the likeliest attribute of a cycle that @v, going back, comes to; false: it has none. */
static bool cut_one(struct cutter *cutter, rg_id v, unsigned int worst)
{
	struct rg_ring *ring = cutter->ring;
	unsigned int best = RG_RANK_WORST;
	uint64_t name = 0;
	rg_id start;

	if (!++ring->round) {
		memset(ring->seen, 0, (size_t)ring->subset->count * sizeof(*ring->seen));
		ring->round = 1;
	}
	while (ring->seen[v] != ring->round) {
		ring->seen[v] = ring->round;
		v = ring->parent[v];
	}
	start = v;
	do {
		uint64_t at = place(cutter, ring->parent[v], ring->by[v]);

		if (cutter->names[at] && cutter->ranks[at] < best) {
			best = cutter->ranks[at];
			name = cutter->names[at];
		}
		v = ring->parent[v];
	} while (v != start);
	if (best > worst || cutter->count == RG_CUT_MOST)
		return false;
	cutter->cut[cutter->count++] = name;
	return true;
}

/* Gives back what need not be cut, the last first. */
static void give_back(struct cutter *cutter)
{
	for (size_t c = cutter->count; c-- > 0 && cutter->count > 1;) {
		uint64_t name = cutter->cut[c];

		memmove(cutter->cut + c, cutter->cut + c + 1,
			(cutter->count - c - 1) * sizeof(name));
		cutter->count--;
		if (what_is_left(cutter) == RG_NONE)
			continue;
		memmove(cutter->cut + c + 1, cutter->cut + c, (cutter->count - c) * sizeof(name));
		cutter->cut[c] = name;
		cutter->count++;
	}
}

/* Most first; of equals as they were found. */
static void sort_cuts(struct rg_cut *cuts, size_t count)
{
	for (size_t c = 1; c < count; c++) {
		struct rg_cut cut = cuts[c];
		size_t at = c;

		for (; at > 0 && cuts[at - 1].count < cut.count; at--)
			cuts[at] = cuts[at - 1];
		cuts[at] = cut;
	}
}

/* The first reference of each name, and how many there are. */
static bool publish(const struct cutter *cutter, struct rg_cut ret[RG_CUT_MOST])
{
	struct rg_ring *ring = cutter->ring;
	const struct rg_subset *subset = cutter->ring->subset;
	const rg_graph *graph = subset->graph;
	rg_id last = subset->first[cutter->component + 1];

	memset(ret, 0, cutter->count * sizeof(*ret));
	for (rg_id m = subset->first[cutter->component]; m < last; m++) {
		rg_id v = subset->members[m], id = subset->ids[v];

		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			uint64_t name = cutter->names[place(cutter, v, i)];

			for (size_t c = 0; name && c < cutter->count; c++) {
				if (cutter->cut[c] != name)
					continue;
				if (!rg_vector_push(&ring->cut, i))
					return false;
				if (!ret[c].count++)
					ret[c].first = (struct rg_step){
						id, (size_t)(i - graph->offset[id]),
						graph->target[i]
					};
			}
		}
	}
	return true;
}

rg_error *rg_cut_find(struct rg_ring *ring, uint32_t component, bool back_only,
		      struct rg_cut ret[RG_CUT_MOST], size_t *ret_count)
{
	struct cutter cutter = { .ring = ring, .component = component };
	unsigned int worst = back_only ? RG_RANK_BACK : RG_RANK_ATTRIBUTE;
	bool going = false;
	rg_error *error = take_names(&cutter, &going);
	rg_id left = RG_NONE;

	*ret_count = 0;
	ring->cut.count = 0;
	while (!error && going) {
		left = what_is_left(&cutter);
		going = left != RG_NONE && cut_one(&cutter, left, worst);
	}
	if (!error && cutter.count && left == RG_NONE) {
		give_back(&cutter);
		if (publish(&cutter, ret)) {
			sort_cuts(ret, cutter.count);
			*ret_count = cutter.count;
		} else {
			error = rg_error_no_memory();
		}
	}
	rg_free(cutter.names);
	rg_free(cutter.ranks);
	return error;
}
