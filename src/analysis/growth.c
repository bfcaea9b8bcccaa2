/* SPDX-License-Identifier: MIT */
/* What changed from dump to dump: tables of types, joined by name and address. */
#include "base/error.h"

#include <string.h>

#include "analysis/series.h"
#include "base/alloc.h"
#include "base/options.h"
#include "base/sort.h"
#include "graph/strings.h"

#define NO_PLACE UINT32_MAX

/* A row of one table, on its way to a row of the result. */
struct entry {
	const struct rg_type_row *row;
	uint32_t table;
	uint32_t place; /* among the entries of one name: which type */
};

struct result {
	struct rg_growth public;
	struct rg_growth_row *rows;
	uint64_t *numbers; /* counts, bytes and owned of every row */
	struct rg_strings strings;
};

struct join {
	const struct rg_growth_options *options;
	size_t dumps;
	size_t first; /* after warmup */
	struct entry *entries;
	uint64_t *memory; /* scratch of conclude: a number a dump */
	struct entry **known; /* scratch of matching */
	size_t count;
	size_t rows;
};

static int compare_entries(const void *a, const void *b, void *user)
{
	const struct entry *left = a, *right = b;
	int order = strcmp(left->row->name, right->row->name);

	(void)user;
	if (!order)
		order = (left->table > right->table) - (left->table < right->table);
	if (!order)
		order = (left->row->type_address > right->row->type_address) -
			(left->row->type_address < right->row->type_address);
	if (!order)
		order = (left->row->type > right->row->type) - (left->row->type < right->row->type);
	return order;
}

static int compare_places(const void *a, const void *b, void *user)
{
	const struct entry *left = a, *right = b;

	(void)user;
	if (left->place != right->place)
		return left->place > right->place ? 1 : -1;
	return (left->table > right->table) - (left->table < right->table);
}

static int compare_known(const void *a, const void *b, void *user)
{
	const struct entry *left = *(struct entry *const *)a, *right = *(struct entry *const *)b;
	uint64_t left_address = left->row->type_address;
	uint64_t right_address = right->row->type_address;

	(void)user;
	if (left_address != right_address)
		return left_address > right_address ? 1 : -1;
	return (left->place > right->place) - (left->place < right->place);
}

/* The first of the places, sorted by address, that was last seen at @address, or NULL. */
static struct entry **find_known(struct entry **known, size_t count, uint64_t address)
{
	size_t low = 0, high = count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (known[middle]->row->type_address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low < count && known[low]->row->type_address == address ? &known[low] : NULL;
}

/*
 * Gives the entries of one table and one name their places: what was last seen
 * at the same address, else in the order of addresses what the table does not
 * have otherwise, else a new one.  @known holds each place's last entry.
 */
static uint32_t match_table(struct entry *now, size_t count, struct entry **known, uint32_t places)
{
	uint32_t old = places, next = 0;

	for (size_t i = 0; i < count; i++) {
		struct entry **same = NULL;

		if (now[i].row->type_address)
			same = find_known(known, old, now[i].row->type_address);
		if (!same || (*same)->table == now[i].table)
			continue;
		now[i].place = (*same)->place;
		*same = &now[i];
	}
	for (size_t i = 0; i < count; i++) {
		if (now[i].place != NO_PLACE)
			continue;
		while (next < old && known[next]->table == now[i].table)
			next++;
		if (next < old) {
			now[i].place = known[next]->place;
			known[next] = &now[i];
		} else {
			now[i].place = places;
			known[places++] = &now[i];
		}
	}
	rg_sort(known, places, sizeof(struct entry *), compare_known, NULL);
	return places;
}

/* The entries of one name, sorted by table. */
static uint32_t match_name(struct entry *entries, size_t count, struct entry **known)
{
	uint32_t places = 0;
	size_t at = 0;

	while (at < count) {
		size_t same = 1;

		while (at + same < count && entries[at + same].table == entries[at].table)
			same++;
		places = match_table(entries + at, same, known, places);
		at += same;
	}
	return places;
}

/* Sorts entries by name and place, and counts the rows they will be. */
static void match(struct join *join)
{
	size_t at = 0;

	rg_sort(join->entries, join->count, sizeof(*join->entries), compare_entries, NULL);
	while (at < join->count) {
		size_t same = 1;

		while (at + same < join->count &&
		       strcmp(join->entries[at].row->name, join->entries[at + same].row->name) == 0)
			same++;
		join->rows += match_name(join->entries + at, same, join->known);
		rg_sort(join->entries + at, same, sizeof(*join->entries), compare_places, NULL);
		at += same;
	}
}

static int64_t sum(int64_t a, int64_t b)
{
	int64_t result;

	if (__builtin_add_overflow(a, b, &result))
		return a < 0 ? INT64_MIN : INT64_MAX;
	return result;
}

/* The dump before the last whose count is the highest; the first of several. */
static size_t peak(const uint64_t *counts, size_t first, size_t dumps)
{
	size_t highest = first;

	for (size_t d = first + 1; d + 1 < dumps; d++)
		if (counts[d] > counts[highest])
			highest = d;
	return highest;
}

static void conclude(const struct join *join, struct rg_growth_row *row)
{
	size_t last = join->dumps - 1, first = join->first, judged = join->dumps - first;
	size_t base = join->options->peak ? peak(row->counts, first, join->dumps) : first;

	row->count_delta = rg_series_difference(row->counts[last], row->counts[base]);
	row->bytes_delta = rg_series_difference(row->bytes[last], row->bytes[base]);
	row->owned_delta = rg_series_difference(row->owned[last], row->owned[base]);
	row->count_slope = rg_series_slope(row->counts + first, judged);
	row->bytes_slope = rg_series_slope(row->bytes + first, judged);
	row->owned_slope = rg_series_slope(row->owned + first, judged);
	row->is_new = !row->counts[first] && row->counts[last];
	row->is_gone = row->counts[first] && !row->counts[last];
	row->verdict = rg_series_judge(row->counts + first, judged, &row->grown);
	if (!rg_series_flat(row->counts + first, judged))
		return;
	/* One list that grows is a leak too. */
	for (size_t d = first; d < join->dumps; d++)
		if (__builtin_add_overflow(row->bytes[d], row->owned[d], &join->memory[d]))
			join->memory[d] = UINT64_MAX;
	row->verdict = rg_series_judge(join->memory + first, judged, &row->grown);
}

static bool is_news(const struct join *join, const struct rg_growth_row *row)
{
	size_t first = join->first, judged = join->dumps - first;

	if (join->options->peak)
		return row->count_delta > 0;
	return !rg_series_flat(row->counts + first, judged) ||
	       !rg_series_flat(row->bytes + first, judged) ||
	       !rg_series_flat(row->owned + first, judged);
}

static bool is_absent(const struct join *join, const struct rg_growth_row *row)
{
	return !row->counts[join->first] && rg_series_flat(row->counts + join->first,
						    join->dumps - join->first);
}

static int compare_rows(const void *a, const void *b, void *user)
{
	const struct rg_growth_row *left = a, *right = b;
	const enum rg_type_order *by = user;
	int64_t more[2] = { 0, 0 };
	int order = 0;

	if (*by == RG_TYPES_BY_BYTES) {
		more[0] = sum(left->bytes_delta, left->owned_delta);
		more[1] = sum(right->bytes_delta, right->owned_delta);
	} else if (*by == RG_TYPES_BY_OWNED) {
		more[0] = left->owned_delta;
		more[1] = right->owned_delta;
	} else if (*by == RG_TYPES_BY_COUNT) {
		more[0] = left->count_delta;
		more[1] = right->count_delta;
	}
	if (more[0] != more[1])
		return more[0] > more[1] ? -1 : 1;
	if (*by != RG_TYPES_BY_NAME && left->count_delta != right->count_delta)
		return left->count_delta > right->count_delta ? -1 : 1;
	order = strcmp(left->name, right->name);
	if (!order)
		order = (left->type_address > right->type_address) -
			(left->type_address < right->type_address);
	/* Rows of one name were made in a fixed order. */
	return order ? order : (left->counts > right->counts) - (left->counts < right->counts);
}

/* Makes the rows out of the sorted entries. */
static bool make_rows(struct join *join, struct result *result)
{
	const struct entry *entries = join->entries;
	size_t dumps = join->dumps, at = 0, kept = 0;

	while (at < join->count) {
		const struct entry *first = &entries[at];
		struct rg_growth_row row = { 0 };
		uint64_t *numbers = result->numbers + 3 * dumps * kept;

		memset(numbers, 0, 3 * dumps * sizeof(*numbers));
		row.counts = numbers;
		row.bytes = numbers + dumps;
		row.owned = numbers + 2 * dumps;
		do {
			const struct rg_type_row *from = entries[at].row;

			numbers[entries[at].table] = from->count;
			numbers[dumps + entries[at].table] = from->bytes;
			numbers[2 * dumps + entries[at].table] = from->owned;
			row.type_address = from->type_address;
			row.module = from->module;
			row.origin = from->origin;
			row.short_name = from->short_name ? from->short_name : from->name;
			at++;
		} while (at < join->count && entries[at].place == first->place &&
			 strcmp(entries[at].row->name, first->row->name) == 0);
		conclude(join, &row);
		if (!join->options->peak || row.count_delta > 0) {
			struct rg_growth *total = &result->public;

			total->count_delta = sum(total->count_delta, row.count_delta);
			total->bytes_delta = sum(total->bytes_delta, row.bytes_delta);
			total->owned_delta = sum(total->owned_delta, row.owned_delta);
		}
		if (!is_news(join, &row)) {
			result->public.unchanged += !is_absent(join, &row);
			if (!join->options->all)
				continue;
		}
		row.name = rg_strings_copy(&result->strings, first->row->name);
		row.module = rg_strings_copy(&result->strings, row.module);
		row.short_name = rg_strings_copy(&result->strings, row.short_name);
		if (!row.name || !row.module || !row.short_name)
			return false;
		result->public.climbing += row.verdict == RG_VERDICT_CLIMBING;
		result->rows[kept++] = row;
	}
	result->public.count = kept;
	return true;
}

static bool gather(struct join *join, const struct rg_type_table *const *tables)
{
	size_t at = 0;

	for (size_t t = 0; t < join->dumps; t++)
		join->count += tables[t]->count;
	join->entries = rg_alloc(join->count * sizeof(*join->entries));
	join->known = rg_alloc(join->count * sizeof(struct entry *));
	join->memory = rg_calloc(join->dumps, sizeof(*join->memory));
	if (!join->entries || !join->known || !join->memory)
		return false;
	for (size_t t = 0; t < join->dumps; t++)
		for (size_t i = 0; i < tables[t]->count; i++)
			join->entries[at++] =
				(struct entry){ &tables[t]->rows[i], (uint32_t)t, NO_PLACE };
	return true;
}

rg_error *rg_growth_find(const struct rg_type_table *const *tables, size_t count,
			 const struct rg_growth_options *options, struct rg_growth **ret)
{
	struct rg_growth_options how;
	struct join join = { .options = &how, .dumps = count };
	struct result *result;
	enum rg_type_order order;
	bool ok;

	RG_TRY(rg_options_read(options, sizeof(how), &how));
	order = how.order;
	join.first = how.warmup;
	if (count < 2 || join.first > count - 2 || count > INT32_MAX)
		return rg_error_new(RG_ERROR_INVALID,
				    "growth needs at least two dumps that are no warm-up");
	result = rg_calloc(1, sizeof(*result));
	ok = result && gather(&join, tables);
	if (ok) {
		match(&join);
		result->rows = rg_calloc(join.rows, sizeof(*result->rows));
		/* One more row, as the last one kept may be followed by some that are not. */
		result->numbers = rg_calloc((join.rows + 1) * 3, count * sizeof(uint64_t));
		ok = result->rows && result->numbers && make_rows(&join, result);
	}
	rg_free(join.entries);
	rg_free(join.known);
	rg_free(join.memory);
	if (!ok) {
		rg_growth_free(result ? &result->public : NULL);
		return rg_error_no_memory();
	}
	rg_sort(result->rows, result->public.count, sizeof(*result->rows), compare_rows, &order);
	result->public.rows = result->rows;
	result->public.dumps = count;
	result->public.warmup = join.first;
	result->public.peak = join.options->peak;
	result->public.all = join.options->all;
	*ret = &result->public;
	return NULL;
}

void rg_growth_free(struct rg_growth *growth)
{
	struct result *result = (struct result *)growth;

	if (!result)
		return;
	rg_free(result->rows);
	rg_free(result->numbers);
	rg_strings_free(&result->strings);
	rg_free(result);
}
