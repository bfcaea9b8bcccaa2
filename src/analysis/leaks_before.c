/* SPDX-License-Identifier: MIT */
/*
 * What is kept of an earlier dump, and what it says of a later one.  In the same
 * process a container is told by its address and type; in another by its signature,
 * which is why those of the biggest are kept.
 */
#include "analysis/leaks.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"

#define FEW 8            /* elements below which nothing is noted */
#define MANY 100         /* from so many on whatever its type is */
#define MOST_SHAPES 256  /* signatures that are made */

typedef RG_VECTOR(struct leaks_number) leaks_numbers;

static uint64_t print_type(const rg_graph *graph, rg_type_id type)
{
	const char *name = graph->types.data[type].name;

	return rg_hash_bytes(name, strlen(name));
}

/* --- lists of numbers by key ---------------------------------------------------------- */

static int compare_keys(const void *a, const void *b, void *user)
{
	const struct leaks_number *left = a, *right = b;

	(void)user;
	if (left->key != right->key)
		return left->key < right->key ? -1 : 1;
	if (left->count != right->count)
		return left->count < right->count ? -1 : 1;
	return (left->bytes > right->bytes) - (left->bytes < right->bytes);
}

/* Sorts them and adds up those of one key. */
static size_t condense(struct leaks_number *numbers, size_t count)
{
	size_t kept = 0;

	if (count > 1)
		rg_sort(numbers, count, sizeof(*numbers), compare_keys, NULL);
	for (size_t i = 0; i < count; i++) {
		if (kept && numbers[kept - 1].key == numbers[i].key) {
			numbers[kept - 1].count += numbers[i].count;
			numbers[kept - 1].bytes += numbers[i].bytes;
		} else {
			numbers[kept++] = numbers[i];
		}
	}
	return kept;
}

const struct leaks_number *leaks_find(const struct leaks_number *numbers, size_t count,
				      uint64_t key)
{
	size_t low = 0, end = count;

	while (low < end) {
		size_t middle = low + (end - low) / 2;

		if (numbers[middle].key < key)
			low = middle + 1;
		else
			end = middle;
	}
	return low < count && numbers[low].key == key ? &numbers[low] : NULL;
}

/* --- noting ------------------------------------------------------------------------------ */

/* As leaks_containers() has it: what it refers to, or dominates. */
static uint32_t *count_elements(const struct leaks_work *work)
{
	const rg_graph *graph = work->graph;
	uint32_t *references = leaks_count_references(work);

	for (rg_id id = 0; references && id < graph->count; id++)
		/* Of a cache leaks_caches() counts entries: links and keys are none. */
		if (work->children[id] > references[id] ||
		    graph->types.data[graph->type[id]].role == RG_ROLE_CACHE)
			references[id] = work->children[id];
	return references;
}

static bool is_collection(const struct leaks_work *work, rg_id id)
{
	enum rg_role role = work->graph->types.data[work->graph->type[id]].role;

	return role == RG_ROLE_COLLECTION || role == RG_ROLE_CACHE;
}

static bool is_noted(const struct leaks_work *work, rg_id id, uint32_t elements)
{
	return work->keeper[id] == id &&
	       (elements >= MANY || work->dominators->retained[id] >= work->how.bytes ||
		(elements >= FEW && is_collection(work, id)));
}

static rg_error *note_containers(struct leaks_work *work, struct rg_leaks_before *ret)
{
	const rg_graph *graph = work->graph;
	uint32_t *elements = count_elements(work);
	size_t count = 0;

	if (!elements)
		return rg_error_no_memory();
	for (rg_id id = 0; id < graph->count; id++)
		count += is_noted(work, id, elements[id]);
	ret->noted = rg_alloc((count + 1) * sizeof(*ret->noted));
	for (rg_id id = 0; ret->noted && id < graph->count; id++) {
		if (!is_noted(work, id, elements[id]))
			continue;
		ret->noted[ret->noted_count++] = (struct leaks_noted){
			rg_index_address(&graph->index, id), print_type(graph, graph->type[id]),
			elements[id], leaks_held_by(work, id),
		};
	}
	rg_free(elements);
	return ret->noted ? NULL : rg_error_no_memory();
}

struct ranked {
	uint64_t retained;
	size_t noted;
};

static int compare_ranked(const void *a, const void *b, void *user)
{
	const struct ranked *left = a, *right = b;

	(void)user;
	if (left->retained != right->retained)
		return left->retained > right->retained ? -1 : 1;
	return (left->noted > right->noted) - (left->noted < right->noted);
}

rg_error *leaks_key_of(const struct leaks_work *work, rg_id id, uint64_t *ret)
{
	struct rg_signature *signature;
	struct rg_chains *chains;
	rg_error *error = NULL;

	*ret = 0;
	RG_TRY(rg_chain_tree_find(work->tree, id, &chains));
	if (chains->count) {
		error = rg_signature_find(work->graph, &chains->chains[0], &signature);
		if (!error) {
			*ret = signature->hash;
			rg_signature_free(signature);
		}
	}
	rg_chains_free(chains);
	return error;
}

static rg_error *note_shapes(struct leaks_work *work, struct rg_leaks_before *ret)
{
	struct ranked *ranked = rg_alloc((ret->noted_count + 1) * sizeof(*ranked));
	size_t count = ret->noted_count < MOST_SHAPES ? ret->noted_count : MOST_SHAPES;
	rg_error *error = NULL;

	ret->shapes = rg_calloc(count + 1, sizeof(*ret->shapes));
	if (!ranked || !ret->shapes) {
		rg_free(ranked);
		return rg_error_no_memory();
	}
	for (size_t i = 0; i < ret->noted_count; i++)
		ranked[i] = (struct ranked){ ret->noted[i].retained, i };
	if (ret->noted_count > 1)
		rg_sort(ranked, ret->noted_count, sizeof(*ranked), compare_ranked, NULL);
	for (size_t i = 0; !error && i < count; i++) {
		const struct leaks_noted *noted = &ret->noted[ranked[i].noted];
		rg_id id = rg_graph_find(work->graph, noted->address);
		uint64_t key;

		error = leaks_key_of(work, id, &key);
		if (!error && key)
			ret->shapes[ret->shape_count++] = (struct leaks_number){
				key, noted->elements, noted->retained,
			};
	}
	ret->shape_count = condense(ret->shapes, ret->shape_count);
	rg_free(ranked);
	return error;
}

/* Where classes are that were made as the program ran: in another process elsewhere. */
static rg_error *list_places(const struct leaks_work *work, struct leaks_number **ret,
			     size_t *ret_count)
{
	const rg_graph *graph = work->graph;
	struct leaks_number *places = rg_calloc(graph->types.count + 1, sizeof(*places));
	size_t count = 0;

	if (!places)
		return rg_error_no_memory();
	for (size_t t = 0; t < graph->types.count; t++) {
		const struct rg_type *type = &graph->types.data[t];

		if (type->object == RG_NONE ||
		    !(graph->flags[type->object] & RG_OBJECT_TRACKED))
			continue;
		places[count++].key = print_type(graph, (rg_type_id)t) ^
				      type->address * UINT64_C(0x9e3779b97f4a7c15);
	}
	*ret_count = condense(places, count);
	*ret = places;
	return NULL;
}

rg_error *leaks_before_note(struct leaks_work *work, struct rg_leaks_before *ret)
{
	const rg_graph *graph = work->graph;

	ret->types = rg_calloc(graph->types.count + 1, sizeof(*ret->types));
	if (!ret->types)
		return rg_error_no_memory();
	for (size_t t = 0; t < graph->types.count; t++)
		ret->types[t].key = print_type(graph, (rg_type_id)t);
	for (rg_id id = 0; id < graph->count; id++) {
		unsigned int role = graph->types.data[graph->type[id]].role;

		ret->types[graph->type[id]].count += leaks_is_alive(work, id);
		if (role >= RG_ROLE_FILE && role <= RG_ROLE_SESSION && work->keeper[id] == id)
			ret->dead[role] += leaks_is_left_open(work, id);
	}
	ret->type_count = condense(ret->types, graph->types.count);
	if (work->garbage) {
		ret->garbage = work->garbage->objects;
		ret->garbage_bytes = work->garbage->bytes + work->garbage->owned;
		ret->lost = work->garbage->lost_objects;
		ret->lost_bytes = work->garbage->lost_bytes + work->garbage->lost_owned;
	}
	RG_TRY(list_places(work, &ret->places, &ret->place_count));
	RG_TRY(note_containers(work, ret));
	RG_TRY(leaks_buffers_note(work, &ret->buffers, &ret->buffer_count));
	return note_shapes(work, ret);
}

void rg_leaks_before_free(struct rg_leaks_before *before)
{
	if (!before)
		return;
	rg_free(before->noted);
	rg_free(before->shapes);
	rg_free(before->buffers);
	rg_free(before->types);
	rg_free(before->places);
	rg_free(before);
}

/* --- comparing ------------------------------------------------------------------------------ */

rg_error *leaks_before_same(struct leaks_work *work)
{
	const struct rg_leaks_before *last = work->how.before[work->how.before_count - 1];
	struct leaks_number *places;
	size_t count, same = 0;

	RG_TRY(list_places(work, &places, &count));
	for (size_t i = 0; i < last->place_count; i++)
		same += leaks_find(places, count, last->places[i].key) != NULL;
	work->same_process = last->place_count && same >= last->place_count / 2 + 1;
	rg_free(places);
	return NULL;
}

static const struct leaks_noted *find_noted(const struct rg_leaks_before *before,
					    uint64_t address, uint64_t print)
{
	size_t low = 0, end = before->noted_count;

	while (low < end) {
		size_t middle = low + (end - low) / 2;

		if (before->noted[middle].address < address)
			low = middle + 1;
		else
			end = middle;
	}
	return low < before->noted_count && before->noted[low].address == address &&
	       before->noted[low].print == print ? &before->noted[low] : NULL;
}

static bool look_up(const struct leaks_work *work, const struct rg_leaks_before *before, rg_id id,
		    uint64_t key, uint64_t *ret_elements, uint64_t *ret_retained)
{
	const struct leaks_number *number;
	const struct leaks_noted *noted;

	if (work->same_process) {
		noted = find_noted(before, rg_index_address(&work->graph->index, id),
				   print_type(work->graph, work->graph->type[id]));
		if (!noted)
			return false;
		*ret_elements = noted->elements;
		*ret_retained = noted->retained;
		return true;
	}
	number = key ? leaks_find(before->shapes, before->shape_count, key) : NULL;
	if (!number)
		return false;
	*ret_elements = number->count;
	*ret_retained = number->bytes;
	return true;
}

rg_error *leaks_before_grew(const struct leaks_work *work, rg_id id, uint64_t elements,
			    uint64_t retained, struct leaks_growth *ret)
{
	struct leaks_growth growth = { .steady = true };
	uint64_t key = 0, before = 0, bytes, last = 0;
	size_t steps = 0, grown = 0;

	if (!work->same_process)
		RG_TRY(leaks_key_of(work, id, &key));
	for (size_t i = 0; i < work->how.before_count; i++) {
		bool known = look_up(work, work->how.before[i], id, key, &before, &bytes);

		if (!known && !growth.known)
			continue;
		if (!known)
			before = bytes = 0;
		if (!growth.known) {
			growth.known = true;
			growth.old_elements = before;
			growth.old_retained = bytes;
		} else {
			steps++;
			grown += before > last;
		}
		last = before;
	}
	if (!growth.known && work->same_process && !is_collection(work, id)) {
		/* What is not noted may have been there, with less than is noted. */
		growth.known = true;
		growth.old_elements = last = elements < MANY ? elements : MANY - 1;
		growth.old_retained = retained < work->how.bytes ? retained : work->how.bytes - 1;
	}
	steps += growth.known;
	grown += growth.known && elements > last;
	/* Of six steps one may be a pause. */
	growth.steady = grown + steps / 6 >= steps && (!growth.known || elements > last);
	growth.elements = (int64_t)(elements - growth.old_elements);
	growth.retained = (int64_t)(retained - growth.old_retained);
	*ret = growth;
	return NULL;
}

uint64_t leaks_before_type(const struct leaks_work *work, rg_type_id type)
{
	const struct rg_leaks_before *last = work->how.before[work->how.before_count - 1];
	const struct leaks_number *number = leaks_find(last->types, last->type_count,
						 print_type(work->graph, type));

	return number ? number->count : 0;
}
