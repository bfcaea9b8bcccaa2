/* SPDX-License-Identifier: MIT */
/* Modules by name and by folder, each held against what the types say. */
#include "analysis/modules.h"

#include <string.h>

#include "base/error.h"
#include "graph/store.h"

static uint64_t key_of(const char *text, size_t length)
{
	return rg_hash_bytes(text, length) | 1;
}

/* The folder of the file that @words name; 0: none. */
static uint64_t folder_of(const struct rg_description *words)
{
	const char *slash = strrchr(words->text, '/');

	return slash ? key_of(words->text, (size_t)(slash - words->text)) : 0;
}

static bool learn_types(const rg_graph *graph, struct rg_map *names)
{
	for (size_t t = 0; t < graph->types.count; t++) {
		const struct rg_type *type = &graph->types.data[t];

		if (type->origin != RG_ORIGIN_UNKNOWN && *type->module &&
		    !rg_map_put(names, key_of(type->module, strlen(type->module)),
				(uint32_t)type->origin))
			return false;
	}
	return true;
}

/* One pass over modules: those that are known by name tell of their folder, then the others. */
static bool learn_modules(const rg_graph *graph, const struct rg_map *names,
			  struct rg_map *folders, struct rg_map *ret, bool others)
{
	for (size_t i = 0; i < graph->roots.count; i++) {
		rg_id id = graph->roots.data[i].object;
		struct rg_description words;
		const uint32_t *known;
		uint64_t folder;

		if (graph->roots.data[i].kind != RG_ROOT_MODULE ||
		    rg_map_find(ret, (uint64_t)id + 1))
			continue;
		rg_graph_describe(graph, id, false, &words);
		folder = folder_of(&words);
		known = others ? rg_map_find(folders, folder)
			       : rg_map_find(names, key_of(words.name, strlen(words.name)));
		if (!known)
			continue;
		if (!rg_map_put(ret, (uint64_t)id + 1, *known) ||
		    (!others && folder && !rg_map_put(folders, folder, *known)))
			return false;
	}
	return true;
}

rg_error *rg_modules_find(const rg_graph *graph, struct rg_modules *ret)
{
	struct rg_map names = { NULL, 0, 0 }, folders = { NULL, 0, 0 };
	bool ok = learn_types(graph, &names) &&
		  learn_modules(graph, &names, &folders, &ret->origin_of, false) &&
		  learn_modules(graph, &names, &folders, &ret->origin_of, true);

	rg_map_free(&names);
	rg_map_free(&folders);
	return ok ? NULL : rg_error_no_memory();
}

enum rg_origin rg_modules_origin(const struct rg_modules *modules, rg_id module)
{
	const uint32_t *known = rg_map_find(&modules->origin_of, (uint64_t)module + 1);

	return known ? (enum rg_origin)*known : RG_ORIGIN_UNKNOWN;
}

void rg_modules_free(struct rg_modules *modules)
{
	rg_map_free(&modules->origin_of);
}
