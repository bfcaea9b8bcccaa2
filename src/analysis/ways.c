/* SPDX-License-Identifier: MIT */
/*
 * Ways to many objects.  First every object on any of the ways is noted once,
 * those nearer to the roots before what they lead to; then each of their sources
 * is gone through once, for which of its references are on a way and for the
 * labels of these; then the trails grow along the notes.
 */
#include "analysis/ways.h"

#include <string.h>

#include "analysis/chain.h"
#include "base/alloc.h"
#include "base/bitset.h"
#include "base/sort.h"
#include "graph/store.h"

#define DEEPEST 8         /* parts of parts, as paths have it */
#define NO_INDEX SIZE_MAX

/* An object on a way, and how it is reached. */
struct place {
	rg_id object;
	uint32_t from;      /* the place before, or RG_NONE: a root's object */
	size_t index;       /* of the reference from there */
	bool routine;       /* which says nothing */
	uint8_t parts;      /* that were gone into since the last word of the trail */
	uint32_t label;     /* word: of the reference alone */
	uint32_t attribute; /* word: behind a namespace */
	uint32_t held;      /* word: labels since then, with this one */
	uint32_t trail;     /* up to the last object that is no part */
};

struct ways {
	const rg_chain_tree *tree;
	const rg_graph *graph;
	struct rg_trails *trails;
	uint64_t *marked;      /* objects that have a place */
	struct rg_map place_of; /* object + 1 -> place */
	RG_VECTOR(struct place) places;
	uint32_t *order;       /* places with a source, by that, then by reference */
	struct rg_buffer text;
	uint32_t in_namespace; /* the word that is its label; RG_NONE: there are none */
	bool failed;
};

/* Notes all of the way to @target that is not noted yet. */
static bool note_way(struct ways *ways, rg_id target)
{
	size_t first = ways->places.count, last;
	rg_id at = target;

	while (at < RG_CHAIN_BY_ROOT && rg_bitset_claim(ways->marked, at)) {
		struct place place = { .object = at, .from = RG_NONE, .index = NO_INDEX };

		if (!rg_vector_push(&ways->places, place))
			return false;
		at = ways->tree->parent[at];
	}
	last = ways->places.count;
	/* What is nearer to the root comes first. */
	for (size_t i = 0; i < (last - first) / 2; i++) {
		struct place other = ways->places.data[first + i];

		ways->places.data[first + i] = ways->places.data[last - 1 - i];
		ways->places.data[last - 1 - i] = other;
	}
	for (size_t i = first; i < last; i++) {
		struct place *place = &ways->places.data[i];
		rg_id from = ways->tree->parent[place->object];

		if (from < RG_CHAIN_BY_ROOT)
			place->from = i > first ? (uint32_t)i - 1
						: *rg_map_find(&ways->place_of, (uint64_t)from + 1);
		if (!rg_map_put(&ways->place_of, (uint64_t)place->object + 1, (uint32_t)i))
			return false;
	}
	return true;
}

static int compare_sources(const void *a, const void *b, void *user)
{
	const struct place *places = user;
	const struct place *left = &places[*(const uint32_t *)a];
	const struct place *right = &places[*(const uint32_t *)b];

	if (left->from != right->from)
		return left->from > right->from ? 1 : -1;
	return (left->object > right->object) - (left->object < right->object);
}

static int compare_indices(const void *a, const void *b, void *user)
{
	const struct place *places = user;
	const struct place *left = &places[*(const uint32_t *)a];
	const struct place *right = &places[*(const uint32_t *)b];

	return (left->index > right->index) - (left->index < right->index);
}

/* The references of the object at place @from that are on a way: the first that says anything. */
static void find_indices(struct ways *ways, uint32_t from)
{
	struct rg_references out =
		rg_graph_references(ways->graph, ways->places.data[from].object);

	for (size_t i = 0; i < out.count; i++) {
		bool routine = out.kind[i] & RG_REFERENCE_ROUTINE;
		struct place *place;

		if (!rg_bitset_test(ways->marked, out.target[i]) || !rg_store_counted(out.kind[i]))
			continue;
		place = &ways->places.data[*rg_map_find(&ways->place_of,
							(uint64_t)out.target[i] + 1)];
		if (place->from != from ||
		    (place->index != NO_INDEX && (routine || !place->routine)))
			continue;
		place->index = i;
		place->routine = routine;
	}
}

struct labelling {
	struct ways *ways;
	const uint32_t *at, *end; /* places by index */
};

static bool keep_label(struct ways *ways, rg_id source, const char *label, const char *held,
		       uint32_t *ret)
{
	rg_buffer_clear(&ways->text);
	rg_buffer_puts(&ways->text, held);
	rg_trail_label(ways->graph, source, &ways->text, label);
	return !rg_buffer_failed(&ways->text) &&
	       rg_trails_word(ways->trails, rg_buffer_string(&ways->text), ret);
}

static void take_label(void *user, size_t index, const char *text)
{
	struct labelling *labelling = user;
	struct ways *ways = labelling->ways;
	const struct rg_words *words = rg_graph_words(ways->graph);
	struct place *place;
	rg_id source;

	if (labelling->at == labelling->end || ways->failed)
		return;
	place = &ways->places.data[*labelling->at];
	if (place->index != index)
		return;
	labelling->at++;
	source = ways->places.data[place->from].object;
	ways->failed = !keep_label(ways, source, text, "", &place->label) ||
		       (ways->in_namespace != RG_NONE &&
			!keep_label(ways, source, text, words->namespace_part,
				    &place->attribute));
}

/* Indices and labels of the @count places at @order, which one source leads to. */
static bool label_source(struct ways *ways, uint32_t *order, size_t count)
{
	struct place *places = ways->places.data;
	struct labelling labelling = { ways, order, order + count };
	uint32_t from = places[*order].from;
	size_t first, last;

	find_indices(ways, from);
	rg_sort(order, count, sizeof(*order), compare_indices, places);
	/* The tree was made of these references. */
	if (places[order[count - 1]].index == NO_INDEX)
		return false;
	first = places[order[0]].index;
	last = places[order[count - 1]].index;
	rg_graph_labels(ways->graph, places[from].object, first, last - first + 1, RG_LABELS_ALL,
			take_label, &labelling);
	return !ways->failed;
}

static bool label_all(struct ways *ways)
{
	size_t count = 0, at = 0;

	ways->order = rg_alloc(ways->places.count * sizeof(*ways->order));
	if (!ways->order)
		return false;
	for (size_t i = 0; i < ways->places.count; i++)
		if (ways->places.data[i].from != RG_NONE)
			ways->order[count++] = (uint32_t)i;
	rg_sort(ways->order, count, sizeof(*ways->order), compare_sources, ways->places.data);
	while (at < count) {
		uint32_t from = ways->places.data[ways->order[at]].from;
		size_t same = 1;

		while (at + same < count && ways->places.data[ways->order[at + same]].from == from)
			same++;
		if (!label_source(ways, ways->order + at, same))
			return false;
		at += same;
	}
	return true;
}

/* Puts what is held and the type of @place's object behind its trail. */
static bool finish(struct ways *ways, const struct place *place, bool last, uint32_t *ret)
{
	const rg_graph *graph = ways->graph;
	uint32_t word;

	rg_buffer_clear(&ways->text);
	rg_buffer_puts(&ways->text, ways->trails->words.data[place->held]);
	rg_buffer_putc(&ways->text, '>');
	rg_buffer_puts(&ways->text, graph->types.data[graph->type[place->object]].name);
	return !rg_buffer_failed(&ways->text) &&
	       rg_trails_word(ways->trails, rg_buffer_string(&ways->text), &word) &&
	       rg_trails_step(ways->trails, place->trail, word, last, ret);
}

/* The labels held at @place: those of the place before, and its own. */
static bool hold(struct ways *ways, struct place *place, const struct place *from)
{
	if (!from->parts)
		place->held = place->label;
	else if (from->held == ways->in_namespace)
		place->held = place->attribute;
	else {
		rg_buffer_clear(&ways->text);
		rg_buffer_puts(&ways->text, ways->trails->words.data[from->held]);
		rg_buffer_puts(&ways->text, ways->trails->words.data[place->label]);
		return !rg_buffer_failed(&ways->text) &&
		       rg_trails_word(ways->trails, rg_buffer_string(&ways->text), &place->held);
	}
	return true;
}

/*
 * The trail at @place, that of who leads there being known.  A part's is its
 * owner's; what a target's own is, is in @ret_target.
 */
static bool grow(struct ways *ways, struct place *place, uint32_t *ret_target)
{
	const struct place *from;

	if (place->from == RG_NONE) {
		rg_buffer_clear(&ways->text);
		rg_trail_root(ways->graph, rg_chain_tree_root(ways->tree, place->object),
			      &ways->text);
		if (rg_buffer_failed(&ways->text) ||
		    !rg_trails_word(ways->trails, rg_buffer_string(&ways->text), &place->held) ||
		    !finish(ways, place, true, &place->trail))
			return false;
		*ret_target = place->trail;
		return true;
	}
	from = &ways->places.data[place->from];
	place->trail = from->trail;
	if (!hold(ways, place, from) || !finish(ways, place, true, ret_target))
		return false;
	if (from->parts < DEEPEST &&
	    rg_trail_is_part(ways->graph, from->object, place->index, place->object)) {
		place->parts = from->parts + 1;
		return true;
	}
	return finish(ways, place, false, &place->trail);
}

static bool find(struct ways *ways, const rg_id *targets, size_t count, uint32_t *ret)
{
	uint32_t *own = NULL;
	const char *part = rg_graph_words(ways->graph)->namespace_part;
	bool ok = !part || rg_trails_word(ways->trails, part, &ways->in_namespace);

	for (size_t i = 0; ok && i < count; i++)
		ok = ways->tree->parent[targets[i]] == RG_CHAIN_UNSEEN ||
		     note_way(ways, targets[i]);
	if (!ok || !label_all(ways))
		return false;
	own = rg_alloc(ways->places.count * sizeof(*own));
	ok = own != NULL;
	for (size_t i = 0; ok && i < ways->places.count; i++)
		ok = grow(ways, &ways->places.data[i], &own[i]);
	for (size_t i = 0; ok && i < count; i++) {
		const uint32_t *place = rg_map_find(&ways->place_of, (uint64_t)targets[i] + 1);

		ret[i] = place ? own[*place] : RG_NONE;
	}
	rg_free(own);
	return ok;
}

rg_error *rg_ways_find(const rg_chain_tree *tree, const rg_graph *graph, const rg_id *targets,
		       size_t count, struct rg_trails *trails, uint32_t *ret)
{
	struct ways ways = { .tree = tree, .graph = graph, .trails = trails,
			     .text = RG_BUFFER_INIT, .in_namespace = RG_NONE };
	bool ok;

	ways.marked = rg_bitset_new(graph->count);
	ok = ways.marked && find(&ways, targets, count, ret);
	rg_free(ways.marked);
	rg_map_free(&ways.place_of);
	rg_vector_free(&ways.places);
	rg_free(ways.order);
	rg_buffer_free(&ways.text);
	return ok ? NULL : rg_error_no_memory();
}
