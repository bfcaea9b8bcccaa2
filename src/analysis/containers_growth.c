/* SPDX-License-Identifier: MIT */
/*
 * Which containers grew: tables joined dump by dump, by address and type as long
 * as a container stays where it is, by signature where it does not.
 */
#include "base/error.h"

#include <string.h>

#include "analysis/containers.h"
#include "analysis/series.h"
#include "base/alloc.h"
#include "base/map.h"
#include "base/options.h"
#include "base/sort.h"
#include "base/vector.h"

#define NOBODY UINT32_MAX

/* A container, or all of one signature, on its way to a row. */
struct entity {
	uint64_t address;  /* as rg_container has it, in the last dump that has it */
	uint32_t type;
	uint32_t table, row; /* what is said of it last */
	size_t seen;       /* dumps up to the last that has it */
};

struct result {
	struct rg_container_growth public;
	struct rg_container_growth_row *rows;
	uint64_t *numbers; /* containers, elements and retained of every row */
	struct rg_strings strings;
};

struct join {
	const struct rg_container_growth_options *options;
	const struct rg_containers *const *tables;
	size_t dumps;
	RG_VECTOR(struct entity) entities;
	RG_VECTOR(uint64_t) numbers; /* by entity: containers, elements, retained by dump */
	struct rg_map by_address;
	struct rg_map by_signature;
	RG_VECTOR(uint32_t) strangers; /* rows of the table at work that no address knows */
};

static uint64_t *numbers_of(struct join *join, size_t entity, size_t dump)
{
	return join->numbers.data + entity * 3 * join->dumps + dump;
}

static void set_numbers(struct join *join, size_t entity, size_t dump, uint64_t elements,
			uint64_t retained)
{
	uint64_t *at = numbers_of(join, entity, dump);

	at[0] += 1;
	if (__builtin_add_overflow(at[join->dumps], elements, &at[join->dumps]))
		at[join->dumps] = UINT64_MAX;
	if (__builtin_add_overflow(at[2 * join->dumps], retained, &at[2 * join->dumps]))
		at[2 * join->dumps] = UINT64_MAX;
}

static const struct rg_container_row *row_of(const struct join *join, const struct entity *entity)
{
	return &join->tables[entity->table]->rows[entity->row];
}

static uint64_t signature_key(const char *signature)
{
	return rg_hash_bytes(signature, strlen(signature)) | 1;
}

static bool add_entity(struct join *join, size_t table, size_t row, size_t *ret)
{
	const struct rg_containers *from = join->tables[table];
	struct entity entity = {
		.address = from->keys[row], .type = rg_containers_type(from->rows[row].type),
		.table = (uint32_t)table, .row = (uint32_t)row, .seen = table + 1,
	};

	if (join->entities.count >= NOBODY || !rg_vector_push(&join->entities, entity))
		return false;
	for (size_t i = 0; i < 3 * join->dumps; i++)
		if (!rg_vector_push(&join->numbers, 0))
			return false;
	*ret = join->entities.count - 1;
	return true;
}

/* ---- between processes ---------------------------------------------------------- */

/* All rows of one signature are one. */
static bool join_by_signature(struct join *join, size_t table)
{
	const struct rg_containers *from = join->tables[table];

	for (size_t r = 0; r < from->public.count; r++) {
		const struct rg_container_row *row = &from->rows[r];
		uint64_t key = signature_key(row->signature);
		const uint32_t *known = rg_map_find(&join->by_signature, key);
		size_t entity;

		if (known)
			entity = *known;
		else if (!add_entity(join, table, r, &entity) ||
			 !rg_map_put(&join->by_signature, key, (uint32_t)entity))
			return false;
		/* The biggest comes first. */
		if (join->entities.data[entity].table != table) {
			join->entities.data[entity].table = (uint32_t)table;
			join->entities.data[entity].row = (uint32_t)r;
		}
		set_numbers(join, entity, table, row->elements, row->retained);
	}
	return true;
}

/* ---- within one process ---------------------------------------------------------- */

/* What is still where it was. */
static void follow_addresses(struct join *join, size_t table)
{
	for (size_t e = 0; e < join->entities.count; e++) {
		struct entity *entity = &join->entities.data[e];
		const struct rg_container *now = rg_containers_at(
			&join->tables[table]->public, entity->address, entity->type);

		/* What has gone once is not there again: that is another. */
		if (!now || entity->seen != table)
			continue;
		entity->seen = table + 1;
		set_numbers(join, e, table, now->elements, now->retained);
	}
}

/* Gives rows to those that were found, and lists the others. */
static bool take_rows(struct join *join, size_t table)
{
	const struct rg_containers *from = join->tables[table];

	join->strangers.count = 0;
	for (size_t r = 0; r < from->public.count; r++) {
		const uint32_t *known = rg_map_find(&join->by_address, from->keys[r] + 1);
		struct entity *entity = known ? &join->entities.data[*known] : NULL;

		if (entity && entity->seen == table + 1 &&
		    entity->type == rg_containers_type(from->rows[r].type)) {
			entity->table = (uint32_t)table;
			entity->row = (uint32_t)r;
		} else if (!rg_vector_push(&join->strangers, (uint32_t)r)) {
			return false;
		}
	}
	return true;
}

/* Signature -> the one who has it, or NOBODY where several do. */
static bool note_signature(struct rg_map *map, const char *signature, uint32_t who)
{
	uint64_t key = signature_key(signature);

	return rg_map_put(map, key, rg_map_find(map, key) ? NOBODY : who);
}

/* Who has gone from its address, and came back at another: one of a signature for one. */
static bool match_moved(struct join *join, size_t table)
{
	const struct rg_containers *from = join->tables[table];
	struct rg_map gone = { NULL, 0, 0 }, come = { NULL, 0, 0 };
	bool ok = true;

	for (size_t e = 0; ok && e < join->entities.count; e++)
		if (join->entities.data[e].seen == table)
			ok = note_signature(&gone,
					    row_of(join, &join->entities.data[e])->signature,
					    (uint32_t)e);
	for (size_t s = 0; ok && s < join->strangers.count; s++)
		ok = note_signature(&come, from->rows[join->strangers.data[s]].signature,
				    (uint32_t)s);
	for (size_t s = 0; ok && s < join->strangers.count; s++) {
		uint32_t r = join->strangers.data[s];
		uint64_t key = signature_key(from->rows[r].signature);
		const uint32_t *who = rg_map_find(&gone, key), *only = rg_map_find(&come, key);
		struct entity *entity;

		if (!who || *who == NOBODY || *only != s)
			continue;
		entity = &join->entities.data[*who];
		entity->address = from->keys[r];
		entity->table = (uint32_t)table;
		entity->row = r;
		entity->seen = table + 1;
		set_numbers(join, *who, table, from->rows[r].elements, from->rows[r].retained);
		ok = rg_map_put(&join->by_address, entity->address + 1, *who);
		join->strangers.data[s] = NOBODY;
	}
	rg_map_free(&gone);
	rg_map_free(&come);
	return ok;
}

/* A container that has no row in the tables before may have been there, with less. */
static bool add_strangers(struct join *join, size_t table)
{
	for (size_t s = 0; s < join->strangers.count; s++) {
		uint32_t r = join->strangers.data[s];
		const struct rg_container *now;
		size_t e, dump = table + 1;
		struct entity *entity;

		if (r == NOBODY)
			continue;
		if (!add_entity(join, table, r, &e))
			return false;
		entity = &join->entities.data[e];
		if (!rg_map_put(&join->by_address, entity->address + 1, (uint32_t)e))
			return false;
		while (dump-- && (now = rg_containers_at(&join->tables[dump]->public,
							 entity->address, entity->type)))
			set_numbers(join, e, dump, now->elements, now->retained);
	}
	return true;
}

static bool join_all(struct join *join)
{
	for (size_t t = 0; t < join->dumps; t++) {
		if (!join->options->same_process) {
			if (!join_by_signature(join, t))
				return false;
			continue;
		}
		follow_addresses(join, t);
		if (!take_rows(join, t) || !match_moved(join, t) || !add_strangers(join, t))
			return false;
	}
	return true;
}

/* ---- rows ---------------------------------------------------------------------------- */

static int compare_rows(const void *a, const void *b, void *user)
{
	const struct rg_container_growth_row *left = a, *right = b;
	int order;

	(void)user;
	if ((left->element_delta > 0) != (right->element_delta > 0))
		return left->element_delta > 0 ? -1 : 1;
	if (left->retained_delta != right->retained_delta)
		return left->retained_delta > right->retained_delta ? -1 : 1;
	if (left->element_delta != right->element_delta)
		return left->element_delta > right->element_delta ? -1 : 1;
	order = strcmp(left->shape, right->shape);
	if (order)
		return order;
	if (left->address != right->address)
		return left->address > right->address ? 1 : -1;
	return (left->elements > right->elements) - (left->elements < right->elements);
}

static void conclude(const struct join *join, struct rg_container_growth_row *row)
{
	size_t last = join->dumps - 1, first = join->options->warmup, judged = join->dumps - first;
	const uint64_t *numbers = row->elements + first;

	row->element_delta = rg_series_difference(row->elements[last], row->elements[first]);
	row->retained_delta = rg_series_difference(row->retained[last], row->retained[first]);
	row->is_new = !row->containers[first] && row->containers[last];
	row->is_gone = row->containers[first] && !row->containers[last];
	row->slope = rg_series_slope(numbers, judged);
	if (rg_series_flat(numbers, judged))
		numbers = row->retained + first;
	row->verdict = rg_series_judge(numbers, judged, &row->grown);
}

static bool is_flat(const struct join *join, const struct rg_container_growth_row *row)
{
	size_t first = join->options->warmup, judged = join->dumps - first;

	return rg_series_flat(row->containers + first, judged) &&
	       rg_series_flat(row->elements + first, judged) &&
	       rg_series_flat(row->retained + first, judged);
}

static bool copy_words(struct result *result, const struct rg_container_row *from,
		       struct rg_container_growth_row *row)
{
	struct rg_strings *strings = &result->strings;

	row->signature = rg_strings_copy(strings, from->signature);
	row->shape = rg_strings_copy(strings, from->shape);
	row->path = from->path ? rg_strings_copy(strings, from->path) : NULL;
	row->type = rg_strings_copy(strings, from->type);
	row->element_type = rg_strings_copy(strings, from->element_type);
	return row->signature && row->shape && (row->path || !from->path) && row->type &&
	       row->element_type;
}

static bool make_rows(struct join *join, struct result *result)
{
	size_t dumps = join->dumps, kept = 0;

	result->rows = rg_calloc(join->entities.count, sizeof(*result->rows));
	result->numbers = join->numbers.data;
	join->numbers.data = NULL;
	if (!result->rows)
		return false;
	for (size_t e = 0; e < join->entities.count; e++) {
		const struct rg_container_row *from = row_of(join, &join->entities.data[e]);
		uint64_t *numbers = result->numbers + e * 3 * dumps;
		struct rg_container_growth_row row = {
			.address = from->address, .origin = from->origin,
			.containers = numbers, .elements = numbers + dumps,
			.retained = numbers + 2 * dumps,
		};

		conclude(join, &row);
		if (is_flat(join, &row)) {
			result->public.unchanged += row.containers[dumps - 1] > 0;
			if (!join->options->all)
				continue;
		}
		if (!copy_words(result, from, &row))
			return false;
		result->rows[kept++] = row;
	}
	rg_sort(result->rows, kept, sizeof(*result->rows), compare_rows, NULL);
	result->public.rows = result->rows;
	result->public.count = kept;
	return true;
}

/* How many have more elements in the last table than in the first, where they were. */
static uint64_t count_more(const struct join *join)
{
	const struct rg_containers *first = join->tables[join->options->warmup];
	const struct rg_containers *last = join->tables[join->dumps - 1];
	uint64_t count = 0;
	size_t at = 0;

	for (size_t i = 0; i < last->all_count; i++) {
		const struct rg_container *now = &last->all[i];

		while (at < first->all_count && first->all[at].address < now->address)
			at++;
		count += at < first->all_count && first->all[at].address == now->address &&
			 first->all[at].type == now->type && now->elements >= last->least &&
			 now->elements > first->all[at].elements;
	}
	return count;
}

/* Those of them that have no row. */
static uint64_t count_left_out(const struct join *join, const struct rg_container_growth *growth)
{
	size_t first = join->options->warmup, last = join->dumps - 1;
	uint64_t more = count_more(join), rows = 0;

	for (size_t i = 0; i < growth->count; i++)
		rows += growth->rows[i].element_delta > 0 && growth->rows[i].containers[first] &&
			growth->rows[i].containers[last];
	return more > rows ? more - rows : 0;
}

rg_error *rg_container_growth_find(const struct rg_container_table *const *tables, size_t count,
				   const struct rg_container_growth_options *options,
				   struct rg_container_growth **ret)
{
	struct rg_container_growth_options how;
	struct join join = { .options = &how, .dumps = count };
	struct result *result;
	bool ok;

	RG_TRY(rg_options_read(options, sizeof(how), &how));
	if (count < 2 || how.warmup > count - 2 || count > INT32_MAX)
		return rg_error_new(RG_ERROR_INVALID,
				    "growth needs at least two dumps that are no warm-up");
	/* The public part is the first member. */
	join.tables = (const struct rg_containers *const *)tables;
	result = rg_calloc(1, sizeof(*result));
	ok = result && join_all(&join) && make_rows(&join, result);
	if (ok && how.same_process)
		result->public.left_out = count_left_out(&join, &result->public);
	rg_vector_free(&join.entities);
	rg_vector_free(&join.numbers);
	rg_vector_free(&join.strangers);
	rg_map_free(&join.by_address);
	rg_map_free(&join.by_signature);
	if (!ok) {
		rg_container_growth_free(result ? &result->public : NULL);
		return rg_error_no_memory();
	}
	result->public.dumps = count;
	result->public.warmup = how.warmup;
	result->public.same_process = how.same_process;
	*ret = &result->public;
	return NULL;
}

void rg_container_growth_free(struct rg_container_growth *growth)
{
	struct result *result = (struct result *)growth;

	if (!result)
		return;
	rg_free(result->rows);
	rg_free(result->numbers);
	rg_strings_free(&result->strings);
	rg_free(result);
}
