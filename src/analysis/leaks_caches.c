/* SPDX-License-Identifier: MIT */
/* Caches that keep whatever they are given, and bounded ones that are huge all the same. */
#include "analysis/leaks.h"

#define HUGE_SHARE 25               /* percent of the living bytes: a bound that is none */
#define HUGE_BYTES (UINT64_C(10) << 20)

static bool is_bounded(const struct rg_description *words)
{
	return words->has_bound && words->bound != UINT64_MAX;
}

static bool is_suspect(const struct leaks_work *work, enum leaks_whose whose,
		       const struct rg_description *words, uint64_t entries, uint64_t retained,
		       const struct leaks_growth *growth)
{
	if (is_bounded(words))
		return !leaks_compares(work) &&
		       retained >= leaks_percent(work, HUGE_SHARE, HUGE_BYTES);
	/* Whether it has no bound is not known. */
	if (!words->has_bound && whose >= LEAKS_LOCAL)
		return false;
	if (leaks_compares(work))
		return leaks_outgrows(work, whose, growth);
	return leaks_exceeds(work, whose, LEAKS_STRUCTURED, entries, retained);
}

static rg_error *look_at(struct leaks_work *work, rg_id id)
{
	uint64_t retained = work->dominators->retained[id], entries = work->children[id];
	struct rg_leak_fact fact = { RG_FACT_UNBOUNDED, 0, 0, 0, RG_NONE, RG_NONE };
	struct leaks_growth growth = { .known = false };
	struct leaks_candidate *candidate;
	struct rg_description words;
	enum leaks_whose whose;

	rg_graph_describe(work->graph, id, false, &words);
	if (words.has_length)
		entries = words.length;
	if (leaks_compares(work))
		RG_TRY(leaks_before_grew(work, id, work->children[id], retained, &growth));
	RG_TRY(leaks_whose(work, id, &whose));
	if (!is_suspect(work, whose, &words, entries, retained, &growth))
		return NULL;
	candidate = leaks_add(work, RG_LEAK_CACHE, id);
	if (!candidate)
		return rg_error_no_memory();
	candidate->whose = whose;
	candidate->count = entries;
	candidate->retained = retained;
	candidate->weight = leaks_compares(work) ? (uint64_t)growth.retained : retained;
	candidate->exclusive = true;
	fact.kind = is_bounded(&words) ? RG_FACT_BOUND : RG_FACT_UNBOUNDED;
	fact.count = (int64_t)entries;
	fact.bytes = (int64_t)retained;
	fact.bound = words.bound;
	if (!leaks_tell(candidate, &fact) ||
	    (leaks_compares(work) && !leaks_tell_growth(candidate, &growth)))
		return rg_error_no_memory();
	return NULL;
}

rg_error *leaks_caches(struct leaks_work *work)
{
	const rg_graph *graph = work->graph;
	/* No cache that keeps less is a suspect, whosever it is. */
	uint64_t least = leaks_compares(work) ? work->how.bytes / 32
					      : leaks_limit(work, LEAKS_PROGRAM).bytes;

	for (rg_id id = 0; id < graph->count; id++)
		if (graph->types.data[graph->type[id]].role == RG_ROLE_CACHE &&
		    work->dominators->retained[id] >= least && work->keeper[id] == id &&
		    leaks_is_alive(work, id))
			RG_TRY(look_at(work, id));
	return NULL;
}
