/* SPDX-License-Identifier: MIT */
/*
 * What the objects of a type retain together: a walk over the tree of dominators
 * that knows of which types it is inside of something already.
 */
#include "analysis/dominator_tree.h"

#include <string.h>

#include "analysis/flow.h"
#include "base/alloc.h"
#include "base/options.h"
#include "base/sort.h"

struct walk {
	const rg_graph *graph;
	const struct rg_dominators *dominators;
	const rg_dominator_tree *tree;
	uint32_t *row_of;  /* by type */
	uint32_t *inside;  /* by row: of how many of its objects the walk is inside */
	rg_id *next;       /* by depth: into tree->child */
	struct rg_retained_row *rows;
	size_t row_count;
};

/* Types of one module follow one another here; those without a module are built in. */
static const char *module_of(const struct rg_type *type)
{
	return *type->module ? type->module : strchr(type->name, '.') ? "" : "builtins";
}

static int compare_modules(const void *a, const void *b, void *user)
{
	const rg_graph *graph = user;
	rg_type_id left = *(const rg_type_id *)a, right = *(const rg_type_id *)b;
	int order = strcmp(module_of(rg_graph_type(graph, left)),
			   module_of(rg_graph_type(graph, right)));

	return order ? order : (left > right) - (left < right);
}

static rg_error *make_rows(struct walk *walk, bool by_module)
{
	const rg_graph *graph = walk->graph;
	rg_type_id types = rg_graph_type_count(graph);
	rg_type_id *order = rg_alloc((size_t)types * sizeof(*order));

	if (!order)
		return rg_error_no_memory();
	for (rg_type_id t = 0; t < types; t++)
		order[t] = t;
	if (by_module)
		rg_sort(order, types, sizeof(*order), compare_modules, (void *)graph);
	for (rg_type_id i = 0; i < types; i++) {
		const struct rg_type *type = rg_graph_type(graph, order[i]);
		const char *name = by_module ? module_of(type) : type->name;
		size_t row = walk->row_count;

		if (!by_module || !row || strcmp(walk->rows[row - 1].name, name) != 0)
			walk->rows[walk->row_count++] = (struct rg_retained_row){
				.name = name, .type = order[i],
			};
		walk->row_of[order[i]] = (uint32_t)walk->row_count - 1;
	}
	rg_free(order);
	return NULL;
}

static void enter(struct walk *walk, rg_id vertex)
{
	struct rg_retained_row *row;
	uint32_t number;

	if (vertex >= walk->dominators->objects)
		return;
	number = walk->row_of[walk->graph->type[vertex]];
	row = &walk->rows[number];
	row->count++;
	rg_flow_add(&row->bytes, rg_store_size(walk->graph, vertex));
	rg_flow_add(&row->owned, rg_store_owned(walk->graph, vertex));
	if (!walk->inside[number]++)
		rg_flow_add(&row->retained, walk->dominators->retained[vertex]);
}

static void leave(struct walk *walk, rg_id vertex)
{
	if (vertex < walk->dominators->objects)
		walk->inside[walk->row_of[walk->graph->type[vertex]]]--;
}

/* Over all that is alive: what stands below the first holder. */
static void go(struct walk *walk)
{
	const rg_id *first = walk->tree->first, *child = walk->tree->child;
	rg_id at = walk->dominators->objects;
	size_t depth = 0;

	walk->next[0] = first[at];
	for (;;) {
		if (walk->next[depth] < first[at + 1]) {
			at = child[walk->next[depth]++];
			walk->next[++depth] = first[at];
			enter(walk, at);
		} else if (depth) {
			leave(walk, at);
			at = walk->dominators->dominator[at];
			depth--;
		} else {
			return;
		}
	}
}

static int compare_rows(const void *a, const void *b, void *user)
{
	const struct rg_retained_row *left = a, *right = b;
	int order;

	(void)user;
	if (left->retained != right->retained)
		return left->retained < right->retained ? 1 : -1;
	order = strcmp(left->name, right->name);
	return order ? order : (left->type > right->type) - (left->type < right->type);
}

static bool is_selected(const struct walk *walk, const struct rg_retained_row *row,
			const struct rg_type_selection *select)
{
	return row->count && rg_type_selected(rg_graph_type(walk->graph, row->type), select);
}

rg_error *rg_retained_types(const rg_graph *graph, const struct rg_dominators *dominators,
			    const rg_dominator_tree *tree,
			    const struct rg_retained_types_options *options,
			    struct rg_retained_table **ret)
{
	struct walk walk = { .graph = graph, .dominators = dominators, .tree = tree };
	size_t types = rg_graph_type_count(graph), vertices, kept = 0;
	struct rg_retained_types_options how;
	struct rg_retained_table *table;
	rg_error *error = NULL;

	RG_TRY(rg_options_read(options, sizeof(how), &how));
	vertices = (size_t)dominators->objects + dominators->holder_count;
	table = rg_calloc(1, sizeof(*table));
	walk.rows = rg_alloc(types * sizeof(*walk.rows));
	walk.row_of = rg_alloc(types * sizeof(*walk.row_of));
	walk.inside = rg_calloc(types, sizeof(*walk.inside));
	walk.next = rg_alloc((vertices + 1) * sizeof(*walk.next));
	if (!table || !walk.rows || !walk.row_of || !walk.inside || !walk.next)
		error = rg_error_no_memory();
	if (!error)
		error = make_rows(&walk, how.by_module);
	if (!error) {
		go(&walk);
		for (size_t i = 0; i < walk.row_count; i++)
			if (is_selected(&walk, &walk.rows[i], &how.select))
				walk.rows[kept++] = walk.rows[i];
		rg_sort(walk.rows, kept, sizeof(*walk.rows), compare_rows, NULL);
		table->rows = walk.rows;
		table->count = kept;
		*ret = table;
	} else {
		rg_free(walk.rows);
		rg_free(table);
	}
	rg_free(walk.row_of);
	rg_free(walk.inside);
	rg_free(walk.next);
	return error;
}

void rg_retained_types_free(struct rg_retained_table *table)
{
	if (!table)
		return;
	rg_free((struct rg_retained_row *)table->rows);
	rg_free(table);
}
