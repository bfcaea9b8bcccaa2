/* SPDX-License-Identifier: MIT */
/*
 * Which places own what was inferred to be referred to from them.
 *
 * All instances of a C type have the same places.  Where more references were
 * found to an object than its count allows, at least one of the places that
 * these come from owns nothing, and then it does not do so in any instance: a
 * back pointer contradicts the counts nearly everywhere, what is owned only
 * where such a pointer leads to the same object.  So the place with the greatest
 * share of contradicted references goes first, as a whole, which takes from the
 * contradictions of the others, until none has a share worth mentioning.
 *
 * Where one place refers to an object often, no more of these references are
 * contradicted than were found beyond the count: a single one too many says
 * little of a place that refers to the object from each of its instances.
 */
#include "graph/build.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"

#define STEPS 64       /* shares are told apart to so many steps */
#define LEAST_STEPS 16 /* below a share of so many, single references are judged */
#define FEW_RUNS 64    /* of places, at one object: with more, each counts as a whole */

struct place {
	uint32_t references;   /* whose target has a count */
	uint32_t contradicted; /* of these, at most */
	uint32_t first, end; /* in by_place */
	uint32_t next;       /* index + 1 of the next with that share */
	bool dropped;
};

struct target {
	rg_id object;
	uint32_t first, end; /* in by_target */
	uint32_t runs;       /* places among these */
	int64_t room;        /* for so many references more; below 0: too many were found */
};

struct judge {
	struct rg_graph *graph;
	const struct rg_placed *placed;
	size_t count;
	struct place *places;
	uint32_t place_count;
	struct target *targets;
	uint32_t target_count;
	uint32_t *target_of; /* of each placed reference; UINT32_MAX: no count to go by */
	uint32_t *by_target, *by_place;
	uint32_t *run_end; /* by the first of a run in by_target */
	uint32_t shares[STEPS + 1]; /* places by share, as lists */
};

static int compare_targets(const void *a, const void *b, void *user)
{
	const struct judge *judge = user;
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	rg_id of_left = judge->graph->target[judge->placed[left].reference];
	rg_id of_right = judge->graph->target[judge->placed[right].reference];

	if (of_left != of_right)
		return of_left < of_right ? -1 : 1;
	if (judge->placed[left].place != judge->placed[right].place)
		return judge->placed[left].place < judge->placed[right].place ? -1 : 1;
	return (left > right) - (left < right);
}

static bool is_counted(const struct rg_graph *graph, rg_id id)
{
	return !(graph->flags[id] & RG_OBJECT_IMMORTAL) && graph->refcount[id] != RG_STORE_UNKNOWN;
}

/* The targets with their references, and how many of these their counts have room for. */
static void group_targets(struct judge *judge)
{
	const struct rg_graph *graph = judge->graph;
	struct target *target = NULL;
	size_t run = 0, i;

	for (i = 0; i < judge->count; i++)
		judge->by_target[i] = (uint32_t)i;
	rg_sort(judge->by_target, judge->count, sizeof(*judge->by_target), compare_targets, judge);
	for (i = 0; i < judge->count; i++) {
		uint32_t at = judge->by_target[i];
		rg_id id = graph->target[judge->placed[at].reference];

		judge->target_of[at] = UINT32_MAX;
		if (!is_counted(graph, id))
			continue;
		if (!target || target->object != id) {
			target = &judge->targets[judge->target_count++];
			target->object = id;
			target->first = target->end = (uint32_t)i;
			target->room = rg_store_refcount(graph, id) - graph->explained[id];
		}
		if (target->end == target->first || judge->placed[judge->by_target[i - 1]].place !=
							    judge->placed[at].place) {
			target->runs++;
			run = i;
		}
		judge->run_end[run] = target->end = (uint32_t)i + 1;
		target->room--;
		judge->target_of[at] = judge->target_count - 1;
		judge->places[judge->placed[at].place].references++;
	}
}

/* How many of @references from one place to a target are contradicted by its @room. */
static uint32_t contradicted(const struct target *target, uint32_t references, int64_t room)
{
	if (room >= 0)
		return 0;
	return target->runs > FEW_RUNS || -room > references ? references : (uint32_t)-room;
}

/* Gives @target room for @more references, and its places what follows from that. */
static void make_room(struct judge *judge, struct target *target, uint32_t more)
{
	int64_t before = target->room, after = before + more;
	uint32_t first, end, less;

	target->room = after;
	/* So the runs of a target are gone through seldom, or are few. */
	if (before >= 0 || (target->runs > FEW_RUNS && after < 0))
		return;
	for (first = target->first; first < target->end; first = end) {
		struct place *place = &judge->places[judge->placed[judge->by_target[first]].place];

		end = judge->run_end[first];
		less = contradicted(target, end - first, before) -
		       contradicted(target, end - first, after);
		place->contradicted -= less < place->contradicted ? less : place->contradicted;
	}
}

/* The references of each place, and how many of them are contradicted. */
static void group_places(struct judge *judge)
{
	uint32_t sum = 0;
	size_t i;

	for (i = 0; i < judge->count; i++)
		judge->places[judge->placed[i].place].end++;
	for (i = 0; i < judge->place_count; i++) {
		struct place *place = &judge->places[i];

		place->first = sum;
		sum += place->end;
		place->end = place->first;
	}
	for (i = 0; i < judge->count; i++) {
		struct place *place = &judge->places[judge->placed[i].place];

		judge->by_place[place->end++] = (uint32_t)i;
	}
	for (i = 0; i < judge->target_count; i++) {
		const struct target *target = &judge->targets[i];
		uint32_t first, end;

		for (first = target->first; first < target->end; first = end) {
			end = judge->run_end[first];
			judge->places[judge->placed[judge->by_target[first]].place].contradicted +=
				contradicted(target, end - first, target->room);
		}
	}
}

static uint32_t share_of(const struct place *place)
{
	if (!place->contradicted)
		return 0;
	return (uint32_t)((uint64_t)place->contradicted * STEPS / place->references);
}

static void file_place(struct judge *judge, uint32_t number)
{
	struct place *place = &judge->places[number];
	uint32_t share = share_of(place);

	place->next = judge->shares[share];
	judge->shares[share] = number + 1;
}

/* All references of @place own nothing. */
static void drop(struct judge *judge, struct place *place)
{
	struct rg_graph *graph = judge->graph;
	uint32_t i;

	place->dropped = true;
	for (i = place->first; i < place->end; i++) {
		uint32_t at = judge->by_place[i];
		uint8_t *kind = &graph->kind[judge->placed[at].reference];

		*kind = (uint8_t)((*kind & ~RG_REFERENCE_KIND_MASK) | RG_REFERENCE_BORROWED);
		if (judge->target_of[at] != UINT32_MAX)
			make_room(judge, &judge->targets[judge->target_of[at]], 1);
	}
}

static void settle(struct judge *judge)
{
	uint32_t step, number, i;

	for (i = judge->place_count; i--;)
		file_place(judge, i);
	/* Shares only shrink: what is filed too high is filed again further down. */
	for (step = STEPS; step >= LEAST_STEPS; step--) {
		while ((number = judge->shares[step])) {
			struct place *place = &judge->places[number - 1];

			judge->shares[step] = place->next;
			if (share_of(place) < step)
				file_place(judge, number - 1);
			else
				drop(judge, place);
		}
	}
}

bool rg_places_settle(struct rg_graph *graph, const struct rg_placed *placed, size_t count)
{
	struct judge judge = { .graph = graph, .placed = placed, .count = count };
	bool done = false;
	size_t i;

	for (i = 0; i < count; i++)
		if (placed[i].place >= judge.place_count)
			judge.place_count = placed[i].place + 1;
	judge.places = rg_calloc(judge.place_count, sizeof(*judge.places));
	judge.targets = rg_calloc(count, sizeof(*judge.targets));
	judge.target_of = rg_calloc(count, sizeof(*judge.target_of));
	judge.by_target = rg_calloc(count, sizeof(*judge.by_target));
	judge.by_place = rg_calloc(count, sizeof(*judge.by_place));
	judge.run_end = rg_calloc(count, sizeof(*judge.run_end));
	if (judge.places && judge.targets && judge.target_of && judge.by_target &&
	    judge.by_place && judge.run_end) {
		group_targets(&judge);
		group_places(&judge);
		settle(&judge);
		done = true;
	}
	rg_free(judge.places);
	rg_free(judge.targets);
	rg_free(judge.target_of);
	rg_free(judge.by_target);
	rg_free(judge.by_place);
	rg_free(judge.run_end);
	return done;
}
