/* SPDX-License-Identifier: MIT */
/*
 * The neighbours of one object as a reader sees them: parts are one with their
 * owners, and what explains nothing is passed over and counted.
 */
#include "analysis/search.h"

#define DEEPEST 8 /* parts of parts */

/* The object that stands for @id: itself, or whose part it is. */
rg_id rg_search_shown(const struct rg_search *search, rg_id id)
{
	const rg_graph *graph = search->graph;

	if (search->options.plumbing)
		return id;
	for (unsigned int i = 0; i < DEEPEST && graph->flags[id] & RG_OBJECT_PLUMBING; i++)
		id = rg_graph_owner(graph, id);
	return id;
}

/* @id and its parts to search->parts, each once: parts are marked as met meanwhile. */
void rg_search_parts(struct rg_search *search, rg_id id)
{
	const rg_graph *graph = search->graph;

	for (size_t p = 1; p < search->parts.count; p++)
		rg_bitset_remove(search->met, search->parts.data[p]);
	search->parts.count = 0;
	if (!rg_vector_push(&search->parts, id))
		search->failed = true;
	for (size_t p = 0; p < search->parts.count && !search->options.plumbing; p++) {
		rg_id owner = search->parts.data[p];

		for (uint64_t i = graph->offset[owner]; i < graph->offset[owner + 1]; i++) {
			rg_id part = graph->target[i];

			if (!(graph->kind[i] & RG_REFERENCE_PLUMBING) || part == id ||
			    rg_graph_owner(graph, part) != owner ||
			    rg_search_shown(search, part) != id ||
			    !rg_bitset_claim(search->met, part))
				continue;
			if (!rg_vector_push(&search->parts, part)) {
				rg_bitset_remove(search->met, part);
				search->failed = true;
			}
		}
	}
}

static bool is_shown_kind(const struct rg_search *search, uint8_t kind)
{
	return search->options.weak || rg_store_counted(kind);
}

/* Whether @source, an instance, refers to @class, which was asked for. */
static bool is_asked_class(const struct rg_search *search, rg_id source, rg_id class)
{
	const rg_graph *graph = search->graph;

	return rg_search_is_back(search) && rg_bitset_test(search->asked, class) &&
	       graph->types.data[graph->type[source]].object == class;
}

/* Whether reference @i of @source explains something. */
enum rg_reason rg_search_judge(const struct rg_search *search, rg_id source, uint64_t i)
{
	const rg_graph *graph = search->graph;
	const uint16_t part = RG_OBJECT_PLUMBING | RG_OBJECT_ROUTINE;
	rg_id target = graph->target[i];
	bool back = rg_search_is_back(search);

	if (!is_shown_kind(search, graph->kind[i]))
		return RG_REASON_UNCOUNTED;
	if (search->options.everything || search->options.plumbing ||
	    (back && rg_bitset_test(search->raw, rg_search_shown(search, target))))
		return RG_REASON_SHOWN;
	if (graph->kind[i] & RG_REFERENCE_ROUTINE || (graph->flags[source] & part) == part)
		return is_asked_class(search, source, target) ? RG_REASON_SHOWN : RG_REASON_ROUTINE;
	return !back && graph->kind[i] & RG_REFERENCE_NAME ? RG_REASON_NAME : RG_REASON_SHOWN;
}

/* Whether @seen, beside the node that stands for @near, explains something. */
static enum rg_reason judge_object(const struct rg_search *search, rg_id near, rg_id seen)
{
	if (search->options.everything ||
	    (rg_search_is_back(search) &&
	     rg_bitset_test(search->raw, rg_search_shown(search, near))))
		return RG_REASON_SHOWN;
	if (rg_bitset_test(search->usual, seen))
		return RG_REASON_IMMORTAL;
	return search->graph->flags[seen] & RG_OBJECT_ROUTINE && !search->options.plumbing
		       ? RG_REASON_ROUTINE : RG_REASON_SHOWN;
}

/* How @source refers to @target, by the reference that explains most. */
static enum rg_reason judge_referrer(const struct rg_search *search, rg_id source, rg_id target)
{
	const rg_graph *graph = search->graph;
	const uint16_t part = RG_OBJECT_PLUMBING | RG_OBJECT_ROUTINE;
	enum rg_reason best = RG_REASON_UNCOUNTED;

	if (!rg_bitset_test(graph->special, source) && (graph->flags[source] & part) != part)
		return RG_REASON_SHOWN;
	for (uint64_t i = graph->offset[source]; i < graph->offset[source + 1]; i++) {
		enum rg_reason reason;

		if (graph->target[i] != target)
			continue;
		reason = rg_search_judge(search, source, i);
		if (reason == RG_REASON_SHOWN)
			return RG_REASON_SHOWN;
		if (reason != RG_REASON_UNCOUNTED)
			best = reason;
	}
	return best;
}

static void tally(struct rg_left_out *left_out, enum rg_reason reason)
{
	if (!left_out)
		return;
	left_out->immortal += reason == RG_REASON_IMMORTAL;
	left_out->routine += reason == RG_REASON_ROUTINE;
	left_out->names += reason == RG_REASON_NAME;
}

rg_id rg_search_step(const struct rg_search *search, struct rg_search_walk *walk)
{
	const rg_graph *graph = search->graph;
	bool back = rg_search_is_back(search);
	const uint64_t *offset = back ? graph->back_offset : graph->offset;

	for (; walk->part < search->parts.count; walk->part++, walk->started = false) {
		rg_id at = search->parts.data[walk->part];

		if (!walk->started) {
			walk->next = offset[at];
			walk->started = true;
		}
		while (walk->next < offset[at + 1]) {
			uint64_t i = walk->next++;
			rg_id other = back ? graph->source[i] : graph->target[i];
			enum rg_reason reason;
			rg_id seen;

			if (back && i > offset[at] && graph->source[i - 1] == other)
				continue;
			seen = rg_search_shown(search, other);
			if (seen == search->parts.data[0] || !search->wanted[graph->type[seen]])
				continue;
			reason = back ? judge_referrer(search, other, at)
				      : rg_search_judge(search, at, i);
			if (reason == RG_REASON_SHOWN && !rg_bitset_test(search->drawn, seen))
				reason = judge_object(search, at, seen);
			if (reason == RG_REASON_SHOWN)
				return seen;
			tally(walk->left_out, reason);
		}
	}
	return RG_NONE;
}

/* Lists the parts of @id; what would be left with nothing that holds it keeps everything. */
void rg_search_begin(struct rg_search *search, rg_id id)
{
	struct rg_search_walk walk = { 0 };

	rg_search_parts(search, id);
	if (rg_search_is_back(search) && !rg_bitset_test(search->rooted, id) &&
	    !rg_bitset_test(search->raw, id) && rg_search_step(search, &walk) == RG_NONE)
		rg_bitset_add(search->raw, id);
}
