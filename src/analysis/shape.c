/* SPDX-License-Identifier: MIT */
/*
 * Colour refinement (1-dimensional Weisfeiler-Leman, three rounds) over types
 * and labels inside each component.  Colours are combined by addition, so the
 * order of members and references is of no account.
 */
#include "analysis/shape.h"

#include <string.h>

#include "analysis/syntax.h"
#include "base/alloc.h"
#include "base/map.h"

#define ROUNDS 3
#define MOST_LABELS 1000000

struct shaping {
	const struct rg_subset *subset;
	uint64_t *colour;   /* by member */
	uint64_t *next;     /* by member */
	uint64_t *type;     /* by type: hash of its name */
	uint32_t *label;    /* by reference inside a component, in the order of the passes */
	uint64_t labels;
	bool labelled;
};

static uint64_t mix(uint64_t x)
{
	/* The finaliser of splitmix64. */
	x ^= x >> 30;
	x *= UINT64_C(0xbf58476d1ce4e5b9);
	x ^= x >> 27;
	x *= UINT64_C(0x94d049bb133111eb);
	return x ^ x >> 31;
}

static uint64_t hash_text(const char *text, size_t length)
{
	return mix(rg_hash_bytes(text, length));
}

uint64_t rg_shape_label(const struct rg_words *words, const char *label, bool is_namespace)
{
	if (label[0] == '[' && !is_namespace)
		return hash_text("[*]", 3);
	if (label[0] == '{' && words->brace_keys && !is_namespace)
		return hash_text("{*}", 3);
	if (strncmp(label, "key ", 4) == 0)
		return hash_text("key *", 5);
	return hash_text(label, strlen(label));
}

/* The references of member @v that stay in its component: from the first to one past the last. */
static bool inner_slice(const struct rg_subset *subset, rg_id v, uint64_t *ret_first,
			uint64_t *ret_end)
{
	const rg_graph *graph = subset->graph;
	rg_id id = subset->ids[v];
	bool any = false;

	for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
		rg_id w = rg_subset_follow(subset, i);

		if (w == RG_NONE || subset->component[w] != subset->component[v])
			continue;
		if (!any)
			*ret_first = i;
		*ret_end = i + 1;
		any = true;
	}
	return any;
}

struct slice {
	struct shaping *shaping;
	rg_id member;
	uint64_t begin; /* the member's first reference */
	bool is_namespace;
};

static void take_label(void *user, size_t index, const char *text)
{
	struct slice *slice = user;
	struct shaping *shaping = slice->shaping;
	const struct rg_subset *subset = shaping->subset;
	const rg_graph *graph = subset->graph;
	const struct rg_words *words = rg_graph_words(graph);
	const struct rg_type *type = &graph->types.data[graph->type[subset->ids[slice->member]]];
	rg_id w = rg_subset_follow(subset, slice->begin + index);
	bool is_namespace = slice->is_namespace;
	size_t length;

	if (w == RG_NONE || subset->component[w] != subset->component[slice->member])
		return;
	if (words->brace_keys)
		is_namespace = rg_syntax_name(words, type, text, &length);
	shaping->label[shaping->labels++] = (uint32_t)rg_shape_label(words, text, is_namespace);
}

/* Counts the labels that would be made; beyond the budget there are none. */
static bool take_labels(struct shaping *shaping, const uint32_t *components, size_t count)
{
	const struct rg_subset *subset = shaping->subset;
	const rg_graph *graph = subset->graph;
	uint64_t first, end, sum = 0;

	for (size_t c = 0; c < count && sum <= MOST_LABELS; c++) {
		rg_id last = subset->first[components[c] + 1];

		for (rg_id m = subset->first[components[c]]; m < last; m++)
			if (inner_slice(subset, subset->members[m], &first, &end))
				sum += end - first;
	}
	if (sum > MOST_LABELS)
		return true;
	shaping->label = rg_alloc((size_t)sum * sizeof(*shaping->label));
	if (!shaping->label)
		return false;
	for (size_t c = 0; c < count; c++) {
		rg_id last = subset->first[components[c] + 1];

		for (rg_id m = subset->first[components[c]]; m < last; m++) {
			rg_id v = subset->members[m], id = subset->ids[v];
			struct slice slice = { shaping, v, graph->offset[id],
					       graph->flags[id] & RG_OBJECT_PLUMBING };

			if (inner_slice(subset, v, &first, &end))
				rg_graph_labels(graph, id, (size_t)(first - slice.begin),
						(size_t)(end - first), RG_LABELS_ALL, take_label,
						&slice);
		}
	}
	shaping->labelled = true;
	return true;
}

static void refine(struct shaping *shaping, uint32_t component, uint64_t *cursor)
{
	const struct rg_subset *subset = shaping->subset;
	const rg_graph *graph = subset->graph;
	rg_id first = subset->first[component], last = subset->first[component + 1];

	for (rg_id m = first; m < last; m++)
		shaping->next[subset->members[m]] = mix(shaping->colour[subset->members[m]]);
	for (rg_id m = first; m < last; m++) {
		rg_id v = subset->members[m], id = subset->ids[v];

		for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
			rg_id w = rg_subset_follow(subset, i);
			uint64_t label = 0;

			if (w == RG_NONE || subset->component[w] != component)
				continue;
			if (shaping->labelled)
				label = shaping->label[(*cursor)++] + UINT64_C(1);
			shaping->next[v] += mix(shaping->colour[w] ^ mix(label + (1ull << 40)));
			shaping->next[w] += mix(shaping->colour[v] ^ mix(label + (1ull << 41)));
		}
	}
	for (rg_id m = first; m < last; m++)
		shaping->colour[subset->members[m]] = shaping->next[subset->members[m]];
}

static uint64_t shape_of(struct shaping *shaping, uint32_t component, uint64_t *cursor)
{
	const struct rg_subset *subset = shaping->subset;
	rg_id first = subset->first[component], last = subset->first[component + 1];
	uint64_t begin = *cursor, sum = 0;

	for (rg_id m = first; m < last; m++) {
		rg_id v = subset->members[m];

		shaping->colour[v] = shaping->type[subset->graph->type[subset->ids[v]]];
	}
	for (unsigned int round = 0; round < ROUNDS; round++) {
		*cursor = begin;
		refine(shaping, component, cursor);
	}
	for (rg_id m = first; m < last; m++)
		sum += mix(shaping->colour[subset->members[m]]);
	return mix(sum + (last - first));
}

rg_error *rg_shapes(const struct rg_subset *subset, const uint32_t *components, size_t count,
		    uint64_t *ret_shapes)
{
	struct shaping shaping = { .subset = subset };
	size_t types = subset->graph->types.count;
	rg_error *error = NULL;
	uint64_t cursor = 0;

	shaping.colour = rg_alloc((size_t)subset->count * sizeof(*shaping.colour));
	shaping.next = rg_alloc((size_t)subset->count * sizeof(*shaping.next));
	shaping.type = rg_alloc(types * sizeof(*shaping.type));
	if (shaping.colour && shaping.next && shaping.type &&
	    take_labels(&shaping, components, count)) {
		for (size_t t = 0; t < types; t++) {
			const char *name = subset->graph->types.data[t].name;

			shaping.type[t] = hash_text(name, strlen(name));
		}
		for (size_t c = 0; c < count; c++)
			ret_shapes[c] = shape_of(&shaping, components[c], &cursor);
	} else {
		error = rg_error_no_memory();
	}
	rg_free(shaping.colour);
	rg_free(shaping.next);
	rg_free(shaping.type);
	rg_free(shaping.label);
	return error;
}
