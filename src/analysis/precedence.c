/* SPDX-License-Identifier: MIT */
/*
 * In which order chains set out from the roots.  What two modules have in
 * common (`from shop.cache import pages`) is to be told of the one that defines
 * it.  No dump says which one that is, but modules that import one thing from
 * another mostly import more: whoever names another module, a function that
 * runs in the other's namespace or a class with such methods imports from it.
 * So modules are told in the order in which a depth-first walk along imports
 * leaves them: those that others import from come first.
 */
#include "analysis/precedence.h"

#include <string.h>

#include "base/alloc.h"
#include "base/bitset.h"
#include "base/sort.h"
#include "graph/store.h"

#define LONG 4096 /* references: what has more is no class, function or instance */

struct import {
	uint32_t from, to; /* modules */
	bool by_name;      /* only as a module: a package has its submodules without importing */
};

struct modules {
	const rg_graph *graph;
	struct rg_map index;         /* object + 1 -> number of the module */
	struct rg_map names;         /* hash of its name -> number of the module */
	struct rg_map classes;       /* object + 1 -> number of the module that a type names */
	RG_VECTOR(uint32_t) roots;   /* by number: its first root */
	RG_VECTOR(struct import) imports;
	uint32_t *first;             /* by number: its first import; one more at the end */
	uint32_t *rank;              /* by number: when the walk left it; UINT32_MAX: not yet */
	bool failed;
};

unsigned int rg_precedence_class(enum rg_root_kind kind)
{
	switch (kind) {
	case RG_ROOT_MODULE:
		return 0;
	case RG_ROOT_LOCAL:
	case RG_ROOT_THREAD_LOCAL:
		return 1;
	case RG_ROOT_INTERPRETER:
	case RG_ROOT_THREAD:
	case RG_ROOT_STATIC:
		return 2;
	case RG_ROOT_EXTERNAL:
		break;
	}
	return 3;
}

static const struct rg_root *root_of(const struct modules *modules, uint32_t module)
{
	return &modules->graph->roots.data[modules->roots.data[module]];
}

/* ---- who imports from whom ----------------------------------------------------- */

static void add_import(struct modules *modules, uint32_t from, rg_id object, bool by_name)
{
	const uint32_t *to = rg_map_find(&modules->index, (uint64_t)object + 1);
	struct import import = { from, 0, by_name };

	/* Nobody imports from a script: who names it wants something else. */
	if (!to || *to == from || root_of(modules, *to)->importer)
		return;
	import.to = *to;
	if (!rg_vector_push(&modules->imports, import))
		modules->failed = true;
}

/* The module in whose namespace the function @id runs. */
static void look_at_function(struct modules *modules, uint32_t from, rg_id id)
{
	const rg_graph *graph = modules->graph;

	if (!rg_bitset_test(graph->special, id) ||
	    graph->offset[id + 1] - graph->offset[id] > LONG)
		return;
	for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
		rg_id target = graph->target[i];

		if (graph->kind[i] & RG_REFERENCE_ROUTINE && rg_store_counted(graph->kind[i]) &&
		    graph->flags[target] & RG_OBJECT_PLUMBING)
			add_import(modules, from, rg_graph_owner(graph, target), false);
	}
}

/* The module that the class @id names, or those of the functions in its namespace. */
static void look_at_class(struct modules *modules, uint32_t from, rg_id id)
{
	const rg_graph *graph = modules->graph;
	const uint32_t *named = rg_map_find(&modules->classes, (uint64_t)id + 1);

	if (named) {
		add_import(modules, from, root_of(modules, *named)->object, false);
		return;
	}
	for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
		rg_id part = graph->target[i];

		if (!(graph->kind[i] & RG_REFERENCE_PLUMBING) ||
		    graph->kind[i] & RG_REFERENCE_ROUTINE ||
		    graph->offset[part + 1] - graph->offset[part] > LONG)
			continue;
		for (uint64_t j = graph->offset[part]; j < graph->offset[part + 1]; j++)
			look_at_function(modules, from, graph->target[j]);
	}
}

/* What @id, the module @from or its namespace, names. */
static void look_at_names(struct modules *modules, uint32_t from, rg_id id, bool is_part)
{
	const rg_graph *graph = modules->graph;

	for (uint64_t i = graph->offset[id]; i < graph->offset[id + 1]; i++) {
		rg_id target = graph->target[i];

		if (!rg_store_counted(graph->kind[i]) || graph->kind[i] & RG_REFERENCE_ROUTINE)
			continue;
		if (!is_part && graph->kind[i] & RG_REFERENCE_PLUMBING)
			look_at_names(modules, from, target, true);
		else if (graph->flags[target] & RG_OBJECT_TYPE)
			look_at_class(modules, from, target);
		else if (graph->flags[target] & RG_OBJECT_MODULE)
			add_import(modules, from, target, true);
		else
			look_at_function(modules, from, target);
	}
}

static int compare_imports(const void *a, const void *b, void *user)
{
	const struct import *left = a, *right = b;
	int order = (left->from > right->from) - (left->from < right->from);

	(void)user;
	if (!order)
		order = (left->to > right->to) - (left->to < right->to);
	return order ? order : left->by_name - right->by_name;
}

/* Whether @from imports from @to; by more than its name, if @real. */
static bool imports(const struct modules *modules, uint32_t from, uint32_t to, bool real)
{
	uint32_t low = modules->first[from], high = modules->first[from + 1];

	while (low < high) {
		uint32_t middle = low + (high - low) / 2;

		if (modules->imports.data[middle].to < to)
			low = middle + 1;
		else
			high = middle;
	}
	return low < modules->first[from + 1] && modules->imports.data[low].to == to &&
	       !(real && modules->imports.data[low].by_name);
}

/*
 * Two modules that name each other: a package and its submodule, which `import
 * package.other` made name the package.  The package, of the shorter name,
 * imports then; it may well hand on what the submodule defines.
 */
static bool is_vain(const struct modules *modules, const struct import *import)
{
	size_t from, to;

	if (!import->by_name || !imports(modules, import->to, import->from, false))
		return false;
	from = strlen(root_of(modules, import->from)->name);
	to = strlen(root_of(modules, import->to)->name);
	return from > to || imports(modules, import->to, import->from, true);
}

static void index_imports(struct modules *modules)
{
	size_t i = 0;

	for (uint32_t module = 0; module <= modules->roots.count; module++) {
		while (i < modules->imports.count && modules->imports.data[i].from < module)
			i++;
		modules->first[module] = (uint32_t)i;
	}
}

/* ---- the order ------------------------------------------------------------------- */

/* Depth-first from @module. */
static void walk(struct modules *modules, uint32_t module, uint32_t *next, uint32_t *path,
		 uint32_t *rank)
{
	uint32_t depth = 0;

	path[depth++] = module;
	next[module] = modules->first[module];
	while (depth) {
		uint32_t at = path[depth - 1];
		const struct import *import;

		if (next[at] == modules->first[at + 1]) {
			modules->rank[at] = (*rank)++;
			depth--;
			continue;
		}
		import = &modules->imports.data[next[at]++];
		if (next[import->to] == UINT32_MAX && !is_vain(modules, import)) {
			next[import->to] = modules->first[import->to];
			path[depth++] = import->to;
		}
	}
}

static bool walk_all(struct modules *modules)
{
	uint32_t count = (uint32_t)modules->roots.count, rank = 0;
	uint32_t *next = rg_alloc((count + 1) * sizeof(*next));
	uint32_t *path = rg_alloc((count + 1) * sizeof(*path));
	bool ok = next && path;

	if (ok) {
		memset(next, 0xff, count * sizeof(*next));
		for (uint32_t module = 0; module < count; module++)
			if (next[module] == UINT32_MAX)
				walk(modules, module, next, path, &rank);
	}
	rg_free(next);
	rg_free(path);
	return ok;
}

static bool find_modules(struct modules *modules)
{
	const rg_graph *graph = modules->graph;

	for (size_t i = 0; i < graph->roots.count; i++) {
		const struct rg_root *root = &graph->roots.data[i];
		uint64_t key = (uint64_t)root->object + 1;

		if (root->kind != RG_ROOT_MODULE || rg_map_find(&modules->index, key))
			continue;
		if (!rg_map_put(&modules->index, key, (uint32_t)modules->roots.count) ||
		    !rg_vector_push(&modules->roots, (uint32_t)i))
			return false;
	}
	return true;
}

/* What stands between quotes in the name of a root: sys.modules['shop.cache']. */
static const char *quoted(const char *name, size_t *ret_length)
{
	const char *start = strpbrk(name, "'\""), *end = start ? strrchr(name, *start) : NULL;

	if (!start || end <= start)
		return NULL;
	*ret_length = (size_t)(end - start - 1);
	return start + 1;
}

/* The types that say by name of which module they are. */
static bool find_classes(struct modules *modules)
{
	const rg_graph *graph = modules->graph;

	for (uint32_t module = 0; module < modules->roots.count; module++) {
		size_t length;
		const char *name = quoted(root_of(modules, module)->name, &length);
		struct rg_description words;
		uint64_t key;

		/* Where a root is not called so, the module itself may say what it is. */
		if (!name) {
			rg_graph_describe(modules->graph, root_of(modules, module)->object, false,
					  &words);
			name = words.name;
			length = strlen(name);
		}
		key = length ? rg_hash_bytes(name, length) : 0;

		if (key && !rg_map_find(&modules->names, key) &&
		    !rg_map_put(&modules->names, key, module))
			return false;
	}
	for (size_t i = 0; i < graph->types.count; i++) {
		const struct rg_type *type = &graph->types.data[i];
		const uint32_t *module = rg_map_find(&modules->names,
						     rg_hash_bytes(type->module,
								   strlen(type->module)));

		if (type->object != RG_NONE && module &&
		    !rg_map_put(&modules->classes, (uint64_t)type->object + 1, *module))
			return false;
	}
	return true;
}

static bool rank_modules(struct modules *modules)
{
	size_t count;

	if (!find_modules(modules) || !find_classes(modules))
		return false;
	count = modules->roots.count;
	modules->first = rg_alloc((count + 1) * sizeof(*modules->first));
	modules->rank = rg_alloc((count + 1) * sizeof(*modules->rank));
	if (!modules->first || !modules->rank)
		return false;
	for (uint32_t module = 0; module < count; module++)
		look_at_names(modules, module, root_of(modules, module)->object, false);
	if (modules->failed)
		return false;
	rg_sort(modules->imports.data, modules->imports.count, sizeof(struct import),
		compare_imports, NULL);
	index_imports(modules);
	return walk_all(modules);
}

static int compare(const void *a, const void *b, void *user)
{
	const struct modules *modules = user;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	const struct rg_root *left = &modules->graph->roots.data[i];
	const struct rg_root *right = &modules->graph->roots.data[j];
	int order = (int)rg_precedence_class(left->kind) - (int)rg_precedence_class(right->kind);

	if (!order)
		order = left->routine - right->routine;
	if (!order && left->kind == RG_ROOT_MODULE) {
		uint32_t first = modules->rank[*rg_map_find(&modules->index,
							    (uint64_t)left->object + 1)];
		uint32_t second = modules->rank[*rg_map_find(&modules->index,
							     (uint64_t)right->object + 1)];

		order = left->importer - right->importer;
		if (!order)
			order = (first > second) - (first < second);
	}
	return order ? order : (i > j) - (i < j);
}

uint32_t *rg_precedence(const rg_graph *graph)
{
	struct modules modules = { .graph = graph };
	size_t count = graph->roots.count;
	uint32_t *order = rg_alloc((count + 1) * sizeof(*order));
	bool ok = order && rank_modules(&modules);

	if (ok) {
		for (size_t i = 0; i < count; i++)
			order[i] = (uint32_t)i;
		rg_sort(order, count, sizeof(*order), compare, &modules);
	}
	rg_map_free(&modules.index);
	rg_map_free(&modules.names);
	rg_map_free(&modules.classes);
	rg_vector_free(&modules.roots);
	rg_vector_free(&modules.imports);
	rg_free(modules.first);
	rg_free(modules.rank);
	if (ok)
		return order;
	rg_free(order);
	return NULL;
}
