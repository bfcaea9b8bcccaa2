/* SPDX-License-Identifier: MIT */
/* Brute force on small graphs. */
#include "support/oracle.h"

#include <string.h>

static bool collected(const rg_graph *graph, rg_id id)
{
	uint32_t flags = rg_graph_object(graph, id).flags;

	return (flags & RG_OBJECT_TRACKED) && !(flags & RG_OBJECT_FROZEN) &&
	       !(flags & RG_OBJECT_IMMORTAL);
}

static bool traversed(uint8_t kind)
{
	kind &= RG_REFERENCE_KIND_MASK;
	return kind == RG_REFERENCE_STRONG || kind == RG_REFERENCE_INFERRED;
}

static bool counted(uint8_t kind)
{
	return traversed(kind) || (kind & RG_REFERENCE_KIND_MASK) == RG_REFERENCE_UNTRAVERSED;
}

void oracle_unreachable(const rg_graph *graph, bool *ret)
{
	rg_id count = rg_graph_object_count(graph);
	int64_t gc_refs[ORACLE_MOST];
	bool alive[ORACLE_MOST] = { false }, changed = true;

	for (rg_id v = 0; v < count; v++) {
		gc_refs[v] = rg_graph_object(graph, v).refcount;
		if (gc_refs[v] < 0)
			gc_refs[v] = 1000000;
	}
	for (rg_id u = 0; u < count; u++) {
		struct rg_references out = rg_graph_references(graph, u);

		for (size_t i = 0; i < out.count; i++)
			if (collected(graph, u) && collected(graph, out.target[i]) &&
			    traversed(out.kind[i]))
				gc_refs[out.target[i]]--;
	}
	for (rg_id v = 0; v < count; v++)
		alive[v] = collected(graph, v) && gc_refs[v] != 0;
	while (changed) {
		changed = false;
		for (rg_id u = 0; u < count; u++) {
			struct rg_references out = rg_graph_references(graph, u);

			for (size_t i = 0; alive[u] && i < out.count; i++) {
				if (!traversed(out.kind[i]) || !collected(graph, out.target[i]) ||
				    alive[out.target[i]])
					continue;
				alive[out.target[i]] = true;
				changed = true;
			}
		}
	}
	for (rg_id v = 0; v < count; v++)
		ret[v] = collected(graph, v) && !alive[v];
	for (changed = true; changed;) {
		changed = false;
		for (rg_id v = 0; v < count; v++) {
			struct rg_object object = rg_graph_object(graph, v);
			struct rg_referrers in = rg_graph_referrers(graph, v);
			int64_t from = 0, all = object.refcount - rg_graph_external(graph, v);

			if (object.flags & (RG_OBJECT_TRACKED | RG_OBJECT_FROZEN |
					    RG_OBJECT_IMMORTAL) || ret[v] || object.refcount < 0)
				continue;
			for (size_t r = 0; r < in.count; r++) {
				struct rg_references out =
					rg_graph_references(graph, in.source[r]);

				if (!ret[in.source[r]] || (r && in.source[r] == in.source[r - 1]))
					continue;
				for (size_t i = 0; i < out.count; i++)
					from += out.target[i] == v && counted(out.kind[i]);
			}
			if (!from || from != object.refcount || all > object.refcount)
				continue;
			ret[v] = true;
			changed = true;
		}
	}
}

void oracle_going(const rg_graph *graph, const bool *unreachable, bool *ret)
{
	rg_id count = rg_graph_object_count(graph);

	memcpy(ret, unreachable, count * sizeof(*ret));
	for (bool changed = true; changed;) {
		changed = false;
		for (rg_id v = 0; v < count; v++) {
			struct rg_object object = rg_graph_object(graph, v);
			int64_t from = 0, all = 0;

			if (ret[v] || object.flags & (RG_OBJECT_FROZEN | RG_OBJECT_IMMORTAL))
				continue;
			for (rg_id u = 0; u < count; u++) {
				struct rg_references out = rg_graph_references(graph, u);

				for (size_t i = 0; i < out.count; i++) {
					bool here = out.target[i] == v && counted(out.kind[i]);

					from += here && ret[u];
				}
			}
			all = object.refcount - rg_graph_external(graph, v);
			if (!from || from != object.refcount || all > object.refcount)
				continue;
			ret[v] = changed = true;
		}
	}
}

void oracle_lost(const rg_graph *graph, const bool *unreachable, bool *ret)
{
	rg_id count = rg_graph_object_count(graph);
	int64_t left[ORACLE_MOST];
	bool alive[ORACLE_MOST] = { false }, goes[ORACLE_MOST], changed = true;
	const struct rg_root *roots;
	size_t root_count;

	oracle_going(graph, unreachable, goes);
	for (rg_id v = 0; v < count; v++)
		left[v] = rg_graph_object(graph, v).refcount;
	for (rg_id u = 0; u < count; u++) {
		struct rg_references out = rg_graph_references(graph, u);

		for (size_t i = 0; i < out.count; i++)
			if (counted(out.kind[i]))
				left[out.target[i]]--;
	}
	for (rg_id v = 0; v < count; v++) {
		struct rg_object object = rg_graph_object(graph, v);

		alive[v] = left[v] != 0 || object.refcount < 0 ||
			   (object.flags & (RG_OBJECT_IMMORTAL | RG_OBJECT_FROZEN));
	}
	roots = rg_graph_roots(graph, &root_count);
	for (size_t i = 0; i < root_count; i++)
		if (roots[i].count || roots[i].kind == RG_ROOT_STATIC)
			alive[roots[i].object] = true;
	while (changed) {
		changed = false;
		for (rg_id u = 0; u < count; u++) {
			struct rg_references out = rg_graph_references(graph, u);

			for (size_t i = 0; alive[u] && i < out.count; i++) {
				if (!counted(out.kind[i]) || alive[out.target[i]])
					continue;
				alive[out.target[i]] = true;
				changed = true;
			}
		}
	}
	for (rg_id v = 0; v < count; v++)
		ret[v] = !alive[v] && !goes[v];
}

void oracle_closure(const rg_graph *graph, const bool *set, bool ret[ORACLE_MOST][ORACLE_MOST])
{
	rg_id count = rg_graph_object_count(graph);

	memset(ret, 0, sizeof(bool[ORACLE_MOST][ORACLE_MOST]));
	for (rg_id u = 0; u < count; u++) {
		struct rg_references out = rg_graph_references(graph, u);

		for (size_t i = 0; set[u] && i < out.count; i++)
			if (set[out.target[i]] && counted(out.kind[i]))
				ret[u][out.target[i]] = true;
	}
	for (rg_id k = 0; k < count; k++)
		for (rg_id u = 0; u < count; u++)
			for (rg_id v = 0; v < count; v++)
				ret[u][v] |= ret[u][k] && ret[k][v];
}

size_t oracle_girth(const rg_graph *graph, const bool *set, const struct rg_step *skip)
{
	rg_id count = rg_graph_object_count(graph);
	size_t distance[ORACLE_MOST][ORACLE_MOST], best = SIZE_MAX / 4;

	for (rg_id u = 0; u < count; u++)
		for (rg_id v = 0; v < count; v++)
			distance[u][v] = SIZE_MAX / 4;
	for (rg_id u = 0; u < count; u++) {
		struct rg_references out = rg_graph_references(graph, u);

		for (size_t i = 0; set[u] && i < out.count; i++)
			if (set[out.target[i]] && counted(out.kind[i]) &&
			    !(skip && skip->source == u && skip->index == i))
				distance[u][out.target[i]] = 1;
	}
	for (rg_id k = 0; k < count; k++)
		for (rg_id u = 0; u < count; u++)
			for (rg_id v = 0; v < count; v++)
				if (distance[u][k] + distance[k][v] < distance[u][v])
					distance[u][v] = distance[u][k] + distance[k][v];
	for (rg_id u = 0; u < count; u++)
		if (distance[u][u] < best)
			best = distance[u][u];
	return best < SIZE_MAX / 4 ? best : 0;
}
