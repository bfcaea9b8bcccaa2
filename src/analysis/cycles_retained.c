/* SPDX-License-Identifier: MIT */
/*
 * Root cycles as units.  What a root cycle retains is what no other leads to: in
 * the tree of dominators of the garbage the lowest object of each stands at the
 * top, and below it is what is reached through it alone.  So one walk down the
 * condensation tells it, without dominators.
 */
#include "analysis/cycles_retained.h"

#include <string.h>

#include "base/alloc.h"

#define NOBODY UINT32_MAX
#define SEVERAL (UINT32_MAX - 1)

static uint64_t add(uint64_t a, uint64_t b)
{
	return a + b < a ? UINT64_MAX : a + b;
}

/* From whom alone each component is reached: components come in topological order. */
static void hand_down(const struct rg_subset *subset, uint32_t *owner)
{
	const rg_graph *graph = subset->graph;

	for (uint32_t c = subset->components; c-- > 0;) {
		for (rg_id m = subset->first[c]; m < subset->first[c + 1]; m++) {
			rg_id id = subset->ids[subset->members[m]];

			for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
				rg_id w = rg_subset_follow(subset, i);
				uint32_t *to;

				if (w == RG_NONE || subset->component[w] == c)
					continue;
				to = &owner[subset->component[w]];
				if (*to == NOBODY)
					*to = owner[c];
				else if (*to != owner[c])
					*to = SEVERAL;
			}
		}
	}
}

rg_error *rg_cycles_retained(const struct rg_subset *subset, const uint32_t *roots, size_t count,
			     struct rg_root_cycle *cycles, struct rg_root_cycle *ret_shared)
{
	const rg_graph *graph = subset->graph;
	uint32_t *owner = rg_alloc((size_t)subset->components * sizeof(*owner));

	if (!owner)
		return rg_error_no_memory();
	memset(owner, 0xff, (size_t)subset->components * sizeof(*owner));
	*ret_shared = (struct rg_root_cycle){ .lowest = RG_NONE };
	for (size_t i = 0; i < count; i++) {
		rg_id first = subset->first[roots[i]];

		owner[roots[i]] = (uint32_t)i;
		cycles[i] = (struct rg_root_cycle){
			.lowest = subset->ids[subset->members[first]],
			.members = subset->first[roots[i] + 1] - first,
		};
	}
	hand_down(subset, owner);
	for (rg_id v = 0; v < subset->count; v++) {
		uint32_t whose = owner[subset->component[v]];
		struct rg_root_cycle *cycle = whose == SEVERAL ? ret_shared : &cycles[whose];
		rg_id id = subset->ids[v];

		cycle->objects++;
		cycle->retained = add(cycle->retained, add(rg_store_size(graph, id),
							   rg_store_owned(graph, id)));
		cycle->finalizers += !!(graph->flags[id] & RG_OBJECT_FINALIZER);
	}
	rg_free(owner);
	return NULL;
}

/* ---- removal -------------------------------------------------------------------- */

rg_error *rg_removal_init(struct rg_removal *removal, const struct rg_subset *subset)
{
	const rg_graph *graph = subset->graph;

	*removal = (struct rg_removal){ .subset = subset };
	removal->left = rg_calloc(subset->count, sizeof(*removal->left));
	if (!removal->left)
		return rg_error_no_memory();
	for (rg_id v = 0; v < subset->count; v++) {
		rg_id id = subset->ids[v];

		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id w = rg_subset_follow(subset, i);

			/* So many never go. */
			if (w != RG_NONE && removal->left[w] != UINT32_MAX)
				removal->left[w]++;
		}
	}
	return NULL;
}

void rg_removal_free(struct rg_removal *removal)
{
	rg_free(removal->left);
	rg_vector_free(&removal->freed);
	rg_vector_free(&removal->lowered);
}

static bool is_cut(const uint64_t *cuts, size_t count, uint64_t i)
{
	while (count) {
		size_t half = count / 2;

		if (cuts[half] == i)
			return true;
		if (cuts[half] < i) {
			cuts += half + 1;
			count -= half + 1;
		} else {
			count = half;
		}
	}
	return false;
}

/* One reference to member @v less; false: no memory. */
static bool lower(struct rg_removal *removal, rg_id v)
{
	if (removal->left[v] == UINT32_MAX)
		return true;
	if (!rg_vector_push(&removal->lowered, v))
		return false;
	return --removal->left[v] || rg_vector_push(&removal->freed, v);
}

static bool cascade(struct rg_removal *removal, const uint64_t *cuts, size_t count)
{
	const struct rg_subset *subset = removal->subset;
	const rg_graph *graph = subset->graph;

	for (size_t c = 0; c < count; c++)
		if (!lower(removal, rg_subset_follow(subset, cuts[c])))
			return false;
	for (size_t f = 0; f < removal->freed.count; f++) {
		rg_id id = subset->ids[removal->freed.data[f]];

		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id w = rg_subset_follow(subset, i);

			if (w != RG_NONE && !is_cut(cuts, count, i) && !lower(removal, w))
				return false;
		}
	}
	return true;
}

rg_error *rg_removal_try(struct rg_removal *removal, const uint64_t *cuts, size_t count)
{
	bool ok;

	removal->freed.count = 0;
	ok = cascade(removal, cuts, count);
	for (size_t i = 0; i < removal->lowered.count; i++)
		removal->left[removal->lowered.data[i]]++;
	removal->lowered.count = 0;
	return ok ? NULL : rg_error_no_memory();
}
