/* SPDX-License-Identifier: MIT */
/* Retained sets by taking away and looking again, on graphs of a dozen objects. */
#include "support/removal.h"

#include <stdlib.h>

#define GRAPHS 100000

static bool is_forever(const rg_graph *graph, rg_id id)
{
	struct rg_object object = rg_graph_object(graph, id);

	return object.flags & (RG_OBJECT_IMMORTAL | RG_OBJECT_FROZEN) ||
	       (rg_graph_has_refcounts(graph) &&
		(object.refcount < 0 || rg_graph_external(graph, id) < 0));
}

uint32_t removal_spread(const struct removal *truth, uint32_t from, uint32_t without)
{
	uint32_t reached = from & ~without, before = 0;

	while (reached != before) {
		before = reached;
		for (rg_id id = 0; id < truth->count; id++)
			if (reached & 1u << id)
				reached |= truth->out[id] & ~without;
	}
	return reached;
}

/* What roots lead to without @skip and, of those, without the objects @without. */
uint32_t removal_lead(const struct removal *truth,
		      bool (*skip)(const struct rg_root *, const void *), const void *user,
		      bool forever, uint32_t without)
{
	size_t root_count;
	const struct rg_root *roots = rg_graph_roots(truth->graph, &root_count);
	uint32_t from = forever ? truth->forever : 0;

	for (size_t i = 0; i < root_count; i++)
		if (!skip || !skip(&roots[i], user))
			from |= 1u << roots[i].object;
	return removal_spread(truth, from, without);
}

void removal_look(struct removal *truth, const rg_graph *graph)
{
	*truth = (struct removal){ .graph = graph, .count = rg_graph_object_count(graph) };
	for (rg_id id = 0; id < truth->count; id++) {
		struct rg_references out = rg_graph_references(graph, id);

		for (size_t i = 0; i < out.count; i++)
			if ((out.kind[i] & RG_REFERENCE_KIND_MASK) <= RG_REFERENCE_INFERRED)
				truth->out[id] |= 1u << out.target[i];
		if (is_forever(graph, id))
			truth->forever |= 1u << id;
	}
	truth->alive = removal_lead(truth, NULL, NULL, true, 0);
}

uint64_t removal_bytes(const struct removal *truth, uint32_t set)
{
	uint64_t sum = 0;

	for (rg_id id = 0; id < truth->count; id++) {
		struct rg_object object = rg_graph_object(truth->graph, id);

		if (set & 1u << id)
			sum += object.size + object.owned;
	}
	return sum;
}

unsigned long removal_graphs(void)
{
	const char *given = getenv("RG_GRAPHS");

	return given ? strtoul(given, NULL, 10) : GRAPHS;
}

struct synth *removal_random(struct synth_random *random)
{
	struct synth *synth = synth_small(random, REMOVAL_MOST);

	synth->thread_count = synth_random(random, 3);
	synth->no_refcounts = synth->root_count && synth_random(random, 8) == 0;
	for (uint32_t more = synth_random(random, 3); more > 0; more--)
		synth_root(synth, synth_random(random, synth->count),
			   (enum rg_root_kind)synth_random(random, 7), synth_random(random, 3),
			   "another");
	for (size_t i = 0; i < synth->root_count; i++)
		if (synth_random(random, 2))
			synth->roots[i].thread = synth_random(random, 3);
	for (rg_id id = 0; id < synth->count; id++)
		synth->objects[id].owned = synth_random(random, 3) ? 0 : synth_random(random, 50);
	return synth;
}
