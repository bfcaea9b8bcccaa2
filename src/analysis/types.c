/* SPDX-License-Identifier: MIT */
/* Counts and bytes by type: one pass over the objects, then names. */
#include "base/error.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bitset.h"
#include "base/options.h"
#include "base/sort.h"
#include "graph/store.h"

/* What the public table stands at the beginning of. */
struct table {
	struct rg_type_table public;
	struct rg_strings strings;
	struct rg_type_row rows[];
};

static int compare_names(const struct rg_type_row *left, const struct rg_type_row *right)
{
	int order = strcmp(left->name, right->name);

	if (!order)
		order = (left->type_address > right->type_address) -
			(left->type_address < right->type_address);
	if (!order)
		order = (left->type > right->type) - (left->type < right->type);
	return order;
}

static uint64_t order_key(const struct rg_type_row *row, enum rg_type_order order)
{
	switch (order) {
	case RG_TYPES_BY_BYTES:
		return row->bytes;
	case RG_TYPES_BY_COUNT:
		return row->count;
	case RG_TYPES_BY_OWNED:
		return row->owned;
	case RG_TYPES_BY_NAME:
		break;
	}
	return 0;
}

static int compare_rows(const void *a, const void *b, void *user)
{
	const struct rg_type_row *left = a, *right = b;
	const enum rg_type_order *order = user;
	uint64_t left_key = order_key(left, *order), right_key = order_key(right, *order);

	if (left_key != right_key)
		return left_key > right_key ? -1 : 1;
	return compare_names(left, right);
}

static void add_up(const rg_graph *graph, bool tracked_only, const uint64_t *set,
		   struct rg_type_row *rows)
{
	const uint32_t wanted = RG_OBJECT_TRACKED | RG_OBJECT_FROZEN;

	for (rg_id id = 0; id < graph->count; id++) {
		struct rg_type_row *row = &rows[graph->type[id]];

		if (tracked_only && (graph->flags[id] & wanted) != RG_OBJECT_TRACKED)
			continue;
		if (set && !rg_bitset_test(set, id))
			continue;
		row->count++;
		row->bytes += rg_store_size(graph, id);
		row->owned += rg_store_owned(graph, id);
		row->tracked += graph->flags[id] & RG_OBJECT_TRACKED;
	}
}

/* Whether @module or one of the packages above it fits @pattern. */
static bool module_fits(const char *pattern, const char *module)
{
	char package[512];
	size_t length = strlen(module);

	if (rg_pattern_match(pattern, module))
		return true;
	if (length >= sizeof(package))
		return false;
	memcpy(package, module, length + 1);
	while (length--) {
		/* "a.b" is in "a", "A::B" in "A". */
		if (package[length] != '.' && strncmp(package + length, "::", 2) != 0)
			continue;
		package[length] = '\0';
		if (rg_pattern_match(pattern, package))
			return true;
	}
	return false;
}

bool rg_type_selected(const struct rg_type *type, const struct rg_type_selection *selection)
{
	/* What is built in may be written without its module. */
	const char *module = *type->module || strchr(type->name, '.') ? type->module : "builtins";

	if (!selection)
		return true;
	if (selection->no_runtime && type->origin == RG_ORIGIN_RUNTIME)
		return false;
	for (size_t i = 0; i < selection->module_count; i++)
		if (module_fits(selection->modules[i], module))
			return true;
	return !selection->module_count;
}

/* How near to the program: what nobody knows counts as its own, but says less. */
static unsigned int own_rank(enum rg_origin origin)
{
	static const unsigned char ranks[] = {
		[RG_ORIGIN_RUNTIME] = 0,
		[RG_ORIGIN_PACKAGE] = 1,
		[RG_ORIGIN_UNKNOWN] = 2,
		[RG_ORIGIN_PROGRAM] = 3,
	};

	return ranks[origin];
}

/* Makes one row of neighbours with the same name. */
static size_t merge(struct rg_type_row *rows, size_t count)
{
	size_t kept = 0;

	for (size_t i = 0; i < count; i++) {
		struct rg_type_row *into = kept ? &rows[kept - 1] : NULL;

		if (!into || strcmp(into->name, rows[i].name) != 0) {
			rows[kept++] = rows[i];
			continue;
		}
		into->count += rows[i].count;
		into->bytes += rows[i].bytes;
		into->owned += rows[i].owned;
		into->tracked += rows[i].tracked;
		into->merged++;
		into->type_address = 0;
		if (strcmp(into->module, rows[i].module) != 0)
			into->module = "";
		if (own_rank(rows[i].origin) > own_rank(into->origin))
			into->origin = rows[i].origin;
		if (rows[i].type < into->type)
			into->type = rows[i].type;
	}
	return kept;
}

rg_error *rg_types(const rg_graph *graph, const struct rg_types_options *options,
		   struct rg_type_table **ret)
{
	struct rg_types_options how;
	enum rg_type_order by_name = RG_TYPES_BY_NAME, order;
	size_t types = graph->types.count, count = 0;
	struct table *table;

	RG_TRY(rg_options_read(options, sizeof(how), &how));
	options = &how;
	order = options->order;
	table = rg_calloc(1, sizeof(*table) + types * sizeof(*table->rows));
	if (!table)
		return rg_error_no_memory();
	add_up(graph, options->tracked_only, options->set, table->rows);
	for (size_t i = 0; i < types; i++) {
		const struct rg_type *type = &graph->types.data[i];
		struct rg_type_row row = table->rows[i];

		if (!row.count)
			continue;
		table->public.objects += row.count;
		table->public.bytes += row.bytes;
		table->public.owned += row.owned;
		table->public.tracked += row.tracked;
		if (!rg_type_selected(type, &options->select)) {
			table->public.left_out++;
			continue;
		}
		row.name = options->short_names ? type->short_name : type->name;
		row.short_name = type->short_name;
		row.module = type->module;
		row.type_address = type->address;
		row.type = (rg_type_id)i;
		row.merged = 1;
		row.origin = type->origin;
		table->rows[count++] = row;
	}
	if (options->short_names) {
		rg_sort(table->rows, count, sizeof(*table->rows), compare_rows, &by_name);
		count = merge(table->rows, count);
	}
	rg_sort(table->rows, count, sizeof(*table->rows), compare_rows, &order);
	for (size_t i = 0; i < count; i++) {
		struct rg_type_row *row = &table->rows[i];

		row->name = rg_strings_copy(&table->strings, row->name);
		row->module = rg_strings_copy(&table->strings, row->module);
		row->short_name = rg_strings_copy(&table->strings, row->short_name);
		if (!row->name || !row->module || !row->short_name) {
			rg_types_free(&table->public);
			return rg_error_no_memory();
		}
		table->public.selected_objects += row->count;
		table->public.selected_bytes += row->bytes;
		table->public.selected_owned += row->owned;
		table->public.selected_tracked += row->tracked;
	}
	table->public.rows = table->rows;
	table->public.count = count;
	*ret = &table->public;
	return NULL;
}

void rg_types_free(struct rg_type_table *table)
{
	struct table *whole = (struct table *)table;

	if (!whole)
		return;
	rg_strings_free(&whole->strings);
	rg_free(whole);
}
