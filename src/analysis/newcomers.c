/* SPDX-License-Identifier: MIT */
/*
 * Which objects of a dump were not in an earlier one.  Of the earlier dump no
 * more is kept than tells its objects apart, so that both need not be open.
 */
#include "base/error.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bitset.h"
#include "graph/store.h"

struct rg_snapshot {
	rg_id count;
	uint64_t *addresses; /* ascending */
	uint64_t *prints;    /* parallel: the type's and size's, below it the fingerprint */
};

/*
 * By type: its name; and whether none of it is known to the collector, for
 * what holds nothing mostly does not change, so that its size says something.
 */
static rg_error *print_types(const rg_graph *graph, uint64_t **ret)
{
	uint64_t *names = rg_alloc(graph->types.count * sizeof(*names));
	uint64_t *tracked = rg_bitset_new(graph->types.count);

	if (!names || !tracked) {
		rg_free(names);
		rg_free(tracked);
		return rg_error_no_memory();
	}
	for (rg_id id = 0; id < graph->count; id++)
		if (graph->flags[id] & RG_OBJECT_TRACKED)
			rg_bitset_add(tracked, graph->type[id]);
	for (size_t t = 0; t < graph->types.count; t++) {
		const char *name = graph->types.data[t].name;

		names[t] = rg_hash_bytes(name, strlen(name)) << 1 |
			   !rg_bitset_test(tracked, t);
	}
	rg_free(tracked);
	*ret = names;
	return NULL;
}

static uint64_t print_of(const rg_graph *graph, const uint64_t *types, rg_id id)
{
	uint64_t print = types[graph->type[id]] >> 1;

	if (types[graph->type[id]] & 1)
		print ^= (rg_store_size(graph, id) + 1) * UINT64_C(0x9e3779b97f4a7c15);
	return print << 16 | rg_graph_fingerprint(graph, id);
}

rg_error *rg_snapshot_take(const rg_graph *graph, struct rg_snapshot **ret)
{
	struct rg_snapshot *snapshot = rg_calloc(1, sizeof(*snapshot));
	uint64_t *types;
	rg_error *error;

	if (!snapshot)
		return rg_error_no_memory();
	snapshot->count = graph->count;
	snapshot->addresses = rg_alloc((size_t)graph->count * sizeof(*snapshot->addresses));
	snapshot->prints = rg_alloc((size_t)graph->count * sizeof(*snapshot->prints));
	error = snapshot->addresses && snapshot->prints ? print_types(graph, &types)
							: rg_error_no_memory();
	if (error) {
		rg_snapshot_free(snapshot);
		return error;
	}
	for (rg_id id = 0; id < graph->count; id++) {
		snapshot->addresses[id] = rg_index_address(&graph->index, id);
		snapshot->prints[id] = print_of(graph, types, id);
	}
	rg_free(types);
	*ret = snapshot;
	return NULL;
}

void rg_snapshot_free(struct rg_snapshot *snapshot)
{
	if (!snapshot)
		return;
	rg_free(snapshot->addresses);
	rg_free(snapshot->prints);
	rg_free(snapshot);
}

/* What a snapshot has at an address. */
enum match { NOTHING, REUSED, SAME };

/* *@at goes along with ascending addresses. */
static enum match match(const struct rg_snapshot *snapshot, rg_id *at, uint64_t address,
			uint64_t print)
{
	uint64_t old;

	while (*at < snapshot->count && snapshot->addresses[*at] < address)
		++*at;
	if (*at == snapshot->count || snapshot->addresses[*at] != address)
		return NOTHING;
	old = snapshot->prints[*at];
	if (old >> 16 != print >> 16)
		return NOTHING;
	/* A fingerprint that one of them lacks says nothing. */
	return (old & UINT16_MAX) && (print & UINT16_MAX) && old != print ? REUSED : SAME;
}

/* The objects that are not in @before and, unless it is NULL, are in @between. */
static rg_error *find(const rg_graph *graph, const struct rg_snapshot *before,
		      const struct rg_snapshot *between, struct rg_newcomers **ret)
{
	struct rg_newcomers *found = rg_calloc(1, sizeof(*found));
	uint64_t *types = NULL, *set = rg_bitset_new(graph->count);
	rg_error *error = found && set ? print_types(graph, &types) : rg_error_no_memory();
	rg_id old = 0, middle = 0;

	if (error) {
		rg_free(found);
		rg_free(set);
		return error;
	}
	for (rg_id id = 0; id < graph->count; id++) {
		uint64_t address = rg_index_address(&graph->index, id);
		uint64_t print = print_of(graph, types, id);
		enum match earlier = match(before, &old, address, print);

		if (earlier == SAME ||
		    (between && match(between, &middle, address, print) != SAME))
			continue;
		rg_bitset_add(set, id);
		found->count++;
		found->reused += earlier == REUSED;
	}
	rg_free(types);
	found->set = set;
	*ret = found;
	return NULL;
}

rg_error *rg_newcomers_find(const rg_graph *graph, const struct rg_snapshot *before,
			    struct rg_newcomers **ret)
{
	return find(graph, before, NULL, ret);
}

rg_error *rg_survivors_find(const rg_graph *graph, const struct rg_snapshot *before,
			    const struct rg_snapshot *between, struct rg_newcomers **ret)
{
	return find(graph, before, between, ret);
}

void rg_newcomers_free(struct rg_newcomers *newcomers)
{
	if (!newcomers)
		return;
	rg_free((uint64_t *)newcomers->set);
	rg_free(newcomers);
}
