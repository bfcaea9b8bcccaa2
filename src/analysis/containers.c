/* SPDX-License-Identifier: MIT */
/*
 * The containers of one dump.  All are noted with their length; chains and
 * signatures are made for as many as a reader could ask about, all at once.
 */
#include "analysis/containers.h"

#include <string.h>

#include "analysis/chain.h"
#include "analysis/modules.h"
#include "analysis/trail.h"
#include "analysis/ways.h"
#include "base/alloc.h"
#include "base/bitset.h"
#include "base/options.h"
#include "base/sort.h"
#include "graph/store.h"

#define LEAST 16
#define MOST 10000
#define PATH_LOOKS 10000000 /* references that are looked at for expressions */
#define PATH_GUESS 1024

/* A container that may get a row. */
struct candidate {
	rg_id source; /* what has the elements */
	rg_id shown;  /* the object that it is a part of, for the reader */
	uint64_t elements;
	uint64_t retained;
	int64_t more; /* than in the table before */
};

struct finding {
	const rg_graph *graph;
	const struct rg_dominators *dominators;
	struct rg_containers_options options;
	const rg_chain_tree *chains;
	struct rg_containers *result;
	uint32_t *type_hash; /* by type, of those that were met */
	RG_VECTOR(struct candidate) candidates;
	RG_VECTOR(struct rg_container) all;
	size_t before; /* into the earlier table's */
	struct rg_modules modules;
	uint64_t looks;
};

uint32_t rg_containers_type(const char *name)
{
	uint64_t hash = rg_hash_bytes(name, strlen(name));

	return (uint32_t)(hash ^ hash >> 32) | 1;
}

const struct rg_container *rg_containers_at(const struct rg_container_table *table,
					    uint64_t address, uint32_t type)
{
	const struct rg_containers *containers = (const struct rg_containers *)table;
	size_t low = 0, high = containers->all_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (containers->all[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	if (low == containers->all_count || containers->all[low].address != address ||
	    containers->all[low].type != type)
		return NULL;
	return &containers->all[low];
}

/* Whether a reference of @kind leads to an element. */
static bool is_element(uint8_t kind)
{
	return rg_store_counted(kind) &&
	       !(kind & (RG_REFERENCE_NAME | RG_REFERENCE_PLUMBING | RG_REFERENCE_ROUTINE));
}

/* What length it has, else as many as it refers to. */
static uint64_t count_elements(const rg_graph *graph, rg_id id)
{
	struct rg_references out = rg_graph_references(graph, id);
	struct rg_description words;
	uint64_t count = 0;

	if (!out.count)
		return 0;
	rg_graph_describe(graph, id, false, &words);
	if (words.has_length)
		return words.length;
	for (size_t i = 0; i < out.count; i++)
		count += is_element(out.kind[i]);
	return count;
}

/* The object as which container @id is shown: a cache for a part of it. */
static rg_id shown_of(const rg_graph *graph, rg_id id)
{
	rg_id owner = graph->flags[id] & RG_OBJECT_PLUMBING ? rg_graph_owner(graph, id) : RG_NONE;

	return owner != RG_NONE && graph->types.data[graph->type[owner]].role == RG_ROLE_CACHE
		       ? owner : id;
}

/* How many more elements than in the table before; containers come in the order of addresses. */
static int64_t more_than_before(struct finding *finding, const struct rg_container *now)
{
	const struct rg_containers *before =
		(const struct rg_containers *)finding->options.before;

	if (!before)
		return 0;
	while (finding->before < before->all_count &&
	       before->all[finding->before].address < now->address)
		finding->before++;
	if (finding->before < before->all_count &&
	    before->all[finding->before].address == now->address &&
	    before->all[finding->before].type == now->type)
		return (int64_t)now->elements - (int64_t)before->all[finding->before].elements;
	return now->elements;
}

static bool note(struct finding *finding, rg_id id)
{
	const rg_graph *graph = finding->graph;
	rg_id shown = shown_of(graph, id);
	uint32_t *hash = &finding->type_hash[graph->type[shown]];
	uint64_t elements = count_elements(graph, id);
	struct rg_container container = {
		.address = rg_index_address(&graph->index, id),
		.retained = finding->dominators->retained[shown],
		.elements = elements < UINT32_MAX ? (uint32_t)elements : UINT32_MAX,
	};
	struct candidate candidate = { id, shown, elements, container.retained, 0 };

	if (!*hash)
		*hash = rg_containers_type(graph->types.data[graph->type[shown]].name);
	container.type = *hash;
	candidate.more = more_than_before(finding, &container);
	if (!rg_vector_push(&finding->all, container))
		return false;
	return elements < finding->options.least ||
	       finding->chains->parent[shown] == RG_CHAIN_UNSEEN ||
	       rg_vector_push(&finding->candidates, candidate);
}

/* Without any role, as dumps of others are, whatever refers to something may be a container. */
static bool has_roles(const rg_graph *graph)
{
	for (size_t t = 0; t < graph->types.count; t++)
		if (graph->types.data[t].role != RG_ROLE_NONE)
			return true;
	return false;
}

static bool note_all(struct finding *finding)
{
	const rg_graph *graph = finding->graph;
	bool roles = has_roles(graph);

	finding->type_hash = rg_calloc(graph->types.count, sizeof(*finding->type_hash));
	if (!finding->type_hash)
		return false;
	for (rg_id id = 0; id < graph->count; id++) {
		bool may_be = roles ? graph->types.data[graph->type[id]].role == RG_ROLE_COLLECTION
				    : graph->offset[id] != graph->offset[id + 1];

		if (may_be && !note(finding, id))
			return false;
	}
	return true;
}

/* ---- which have a row --------------------------------------------------------- */

static int compare_elements(const void *a, const void *b, void *user)
{
	const struct candidate *all = user;
	const struct candidate *left = &all[*(const uint32_t *)a];
	const struct candidate *right = &all[*(const uint32_t *)b];

	if (left->elements != right->elements)
		return left->elements < right->elements ? 1 : -1;
	return (left->source > right->source) - (left->source < right->source);
}

static int compare_retained(const void *a, const void *b, void *user)
{
	const struct candidate *all = user;
	const struct candidate *left = &all[*(const uint32_t *)a];
	const struct candidate *right = &all[*(const uint32_t *)b];

	if (left->retained != right->retained)
		return left->retained < right->retained ? 1 : -1;
	return compare_elements(a, b, user);
}

static int compare_more(const void *a, const void *b, void *user)
{
	const struct candidate *all = user;
	const struct candidate *left = &all[*(const uint32_t *)a];
	const struct candidate *right = &all[*(const uint32_t *)b];

	if (left->more != right->more)
		return left->more < right->more ? 1 : -1;
	return compare_elements(a, b, user);
}

/* Adds to @chosen the first of @order until there are @most. */
static void choose(const uint32_t *order, size_t count, uint64_t *chosen, size_t *have,
		   size_t most)
{
	for (size_t i = 0; i < count && *have < most; i++)
		*have += rg_bitset_claim(chosen, order[i]);
}

/* Leaves the candidates that have a row, in its order. */
static bool choose_rows(struct finding *finding)
{
	struct candidate *all = finding->candidates.data;
	size_t count = finding->candidates.count, most = finding->options.most, have = 0, kept = 0;
	uint64_t *chosen = rg_bitset_new(count);
	uint32_t *order = rg_alloc(count * sizeof(*order));
	struct candidate *rows = rg_alloc((count < most ? count : most) * sizeof(*rows));
	bool ok = chosen && order && rows;

	for (size_t i = 0; ok && i < count; i++)
		order[i] = (uint32_t)i;
	if (ok && count > most) {
		if (finding->options.before) {
			rg_sort(order, count, sizeof(*order), compare_more, all);
			choose(order, count, chosen, &have, most / 3);
		}
		rg_sort(order, count, sizeof(*order), compare_elements, all);
		choose(order, count, chosen, &have, have + (most - have) / 2);
		rg_sort(order, count, sizeof(*order), compare_retained, all);
		choose(order, count, chosen, &have, most);
	} else if (ok) {
		rg_sort(order, count, sizeof(*order), compare_retained, all);
		choose(order, count, chosen, &have, count);
	}
	for (size_t i = 0; ok && i < count; i++)
		if (rg_bitset_test(chosen, order[i]))
			rows[kept++] = all[order[i]];
	if (ok) {
		finding->result->public.left_out = count - kept;
		if (kept)
			memcpy(all, rows, kept * sizeof(*rows));
		finding->candidates.count = kept;
	}
	rg_free(chosen);
	rg_free(order);
	rg_free(rows);
	return ok;
}

/* ---- rows ----------------------------------------------------------------------- */

/* How many references are looked at for the expression of @chain. */
static uint64_t cost_of(const rg_graph *graph, const struct rg_chain *chain)
{
	uint64_t cost = 0;

	for (size_t i = 0; i < chain->length; i++)
		cost += graph->offset[chain->steps[i].source + 1] -
			graph->offset[chain->steps[i].source];
	return cost;
}

/* How long the best chain to @id is, as far as @most. */
static size_t length_of(const rg_chain_tree *chains, rg_id id, size_t most)
{
	size_t length = 0;

	while (length < most && (id = chains->parent[id]) < RG_CHAIN_BY_ROOT)
		length++;
	return length;
}

/* The expression of the best chain to @id; *@ret is NULL where it would cost too much. */
static rg_error *find_path(struct finding *finding, rg_id id, const char **ret)
{
	const rg_graph *graph = finding->graph;
	char text[PATH_GUESS], *longer = text;
	struct rg_chains *chains;
	size_t length;

	*ret = NULL;
	if (!finding->looks || length_of(finding->chains, id, 201) > 200)
		return NULL;
	RG_TRY(rg_chain_tree_find(finding->chains, id, &chains));
	if (cost_of(graph, chains->chains) > finding->looks) {
		finding->looks = 0;
		rg_chains_free(chains);
		return NULL;
	}
	finding->looks -= cost_of(graph, chains->chains);
	length = rg_path_expression(graph, chains->chains, finding->options.labels, false, text,
				    sizeof(text));
	if (length >= sizeof(text)) {
		longer = rg_alloc(length + 1);
		if (longer)
			rg_path_expression(graph, chains->chains, finding->options.labels, false,
					   longer, length + 1);
	}
	*ret = longer ? rg_strings_copy(&finding->result->strings, longer) : NULL;
	if (longer != text)
		rg_free(longer);
	rg_chains_free(chains);
	return *ret ? NULL : rg_error_no_memory();
}

/* Counts of element types, which are put back to zero after each row. */
struct tally {
	uint64_t *count; /* by type */
	RG_VECTOR(rg_type_id) met;
};

/* The program's own type rather than what it is kept with: a number for a key. */
static unsigned int worth(const struct rg_type *type)
{
	return type->origin == RG_ORIGIN_RUNTIME ? 0 : type->origin == RG_ORIGIN_PACKAGE ? 1 : 2;
}

static bool is_better(const rg_graph *graph, const struct tally *tally, rg_type_id type,
		      rg_type_id than)
{
	const struct rg_type *left = &graph->types.data[type], *right = &graph->types.data[than];
	int order;

	if (tally->count[type] != tally->count[than])
		return tally->count[type] > tally->count[than];
	if (worth(left) != worth(right))
		return worth(left) > worth(right);
	order = strcmp(left->name, right->name);
	return order ? order < 0 : type < than;
}

/* Of which type most elements of @id are. */
static bool find_element_type(struct finding *finding, struct tally *tally, rg_id id,
			      struct rg_container_row *row)
{
	const rg_graph *graph = finding->graph;
	struct rg_references out = rg_graph_references(graph, id);
	rg_type_id best = RG_NONE;

	for (size_t i = 0; i < out.count; i++) {
		rg_type_id type = graph->type[out.target[i]];

		if (i + 8 < out.count)
			__builtin_prefetch(&graph->type[out.target[i + 8]]);
		if (!is_element(out.kind[i]))
			continue;
		if (!tally->count[type]++ && !rg_vector_push(&tally->met, type))
			return false;
	}
	for (size_t i = 0; i < tally->met.count; i++)
		if (best == RG_NONE || is_better(graph, tally, tally->met.data[i], best))
			best = tally->met.data[i];
	row->element_type = "";
	if (best != RG_NONE) {
		row->element_count = tally->count[best];
		row->element_type = rg_strings_copy(&finding->result->strings,
						    graph->types.data[best].name);
	}
	for (size_t i = 0; i < tally->met.count; i++)
		tally->count[tally->met.data[i]] = 0;
	tally->met.count = 0;
	return row->element_type != NULL;
}

static enum rg_origin origin_of(const struct finding *finding, rg_id id)
{
	rg_id parent;

	while ((parent = finding->chains->parent[id]) < RG_CHAIN_BY_ROOT)
		id = parent;
	return parent == RG_CHAIN_BY_ROOT &&
	       rg_chain_tree_root(finding->chains, id)->kind == RG_ROOT_MODULE
		       ? rg_modules_origin(&finding->modules, id) : RG_ORIGIN_UNKNOWN;
}

static bool sign(struct finding *finding, struct rg_trails *trails, uint32_t trail,
		 struct rg_container_row *row)
{
	struct rg_strings *strings = &finding->result->strings;
	const char *text = rg_trails_text(trails, trail);
	uint64_t hash;
	char id[24];

	if (!text)
		return false;
	rg_signature_hash(text, &hash, id);
	row->shape = rg_strings_copy(strings, text);
	row->signature = rg_strings_copy(strings, id);
	return row->shape && row->signature;
}

static rg_error *fill_row(struct finding *finding, const struct candidate *from,
			  struct rg_trails *trails, uint32_t trail, struct tally *tally,
			  struct rg_container_row *row)
{
	const rg_graph *graph = finding->graph;

	row->address = rg_index_address(&graph->index, from->shown);
	row->elements = from->elements;
	row->bytes = rg_store_size(graph, from->shown) + rg_store_owned(graph, from->shown);
	row->retained = from->retained;
	row->origin = origin_of(finding, from->shown);
	row->type = rg_strings_copy(&finding->result->strings,
				    graph->types.data[graph->type[from->shown]].name);
	if (!row->type || !sign(finding, trails, trail, row) ||
	    !find_element_type(finding, tally, from->source, row))
		return rg_error_no_memory();
	return find_path(finding, from->shown, &row->path);
}

static rg_error *make_rows(struct finding *finding)
{
	struct rg_containers *result = finding->result;
	size_t count = finding->candidates.count;
	rg_id *targets = rg_alloc(count * sizeof(*targets));
	uint32_t *found = rg_alloc(count * sizeof(*found));
	struct rg_trails trails = { .text = RG_BUFFER_INIT };
	struct tally tally = { .count = rg_calloc(finding->graph->types.count,
						  sizeof(uint64_t)) };
	rg_error *error = NULL;

	result->rows = rg_calloc(count, sizeof(*result->rows));
	result->keys = rg_calloc(count, sizeof(*result->keys));
	if (!targets || !found || !tally.count || !result->rows || !result->keys ||
	    !rg_trails_init(&trails))
		error = rg_error_no_memory();
	for (size_t i = 0; !error && i < count; i++)
		targets[i] = finding->candidates.data[i].shown;
	if (!error)
		error = rg_ways_find(finding->chains, finding->graph, targets, count, &trails,
				     found);
	for (size_t i = 0; !error && i < count; i++) {
		const struct candidate *from = &finding->candidates.data[i];

		error = fill_row(finding, from, &trails, found[i], &tally, &result->rows[i]);
		result->keys[i] = rg_index_address(&finding->graph->index, from->source);
		result->public.count = i + 1;
	}
	rg_free(targets);
	rg_free(found);
	rg_free(tally.count);
	rg_vector_free(&tally.met);
	rg_trails_free(&trails);
	return error;
}

static rg_error *run(struct finding *finding, rg_chain_tree **made)
{
	struct rg_containers *result = finding->result;

	if (!result)
		return rg_error_no_memory();
	if (!finding->chains) {
		RG_TRY(rg_chain_tree_new(finding->graph, NULL, made));
		finding->chains = *made;
	}
	RG_TRY(rg_modules_find(finding->graph, &finding->modules));
	if (!note_all(finding) || !choose_rows(finding))
		return rg_error_no_memory();
	RG_TRY(make_rows(finding));
	result->all = finding->all.data;
	result->all_count = finding->all.count;
	result->least = finding->options.least;
	result->public.containers = finding->all.count;
	result->public.rows = result->rows;
	finding->all.data = NULL;
	return NULL;
}

rg_error *rg_containers_find(const rg_graph *graph, const struct rg_dominators *dominators,
			     const struct rg_containers_options *options,
			     struct rg_container_table **ret)
{
	struct finding finding = { .graph = graph, .dominators = dominators,
				   .looks = PATH_LOOKS };
	rg_chain_tree *made = NULL;
	rg_error *error;

	RG_TRY(rg_options_read(options, sizeof(finding.options), &finding.options));
	if (!finding.options.least)
		finding.options.least = LEAST;
	if (!finding.options.most)
		finding.options.most = MOST;
	finding.chains = finding.options.chains;
	finding.result = rg_calloc(1, sizeof(*finding.result));
	error = run(&finding, &made);
	rg_chain_tree_free(made);
	rg_modules_free(&finding.modules);
	rg_free(finding.type_hash);
	rg_vector_free(&finding.candidates);
	rg_vector_free(&finding.all);
	if (error) {
		rg_containers_free(finding.result ? &finding.result->public : NULL);
		return error;
	}
	*ret = &finding.result->public;
	return NULL;
}

void rg_containers_free(struct rg_container_table *table)
{
	struct rg_containers *containers = (struct rg_containers *)table;

	if (!containers)
		return;
	rg_free(containers->rows);
	rg_free(containers->keys);
	rg_free(containers->all);
	rg_strings_free(&containers->strings);
	rg_free(containers);
}
