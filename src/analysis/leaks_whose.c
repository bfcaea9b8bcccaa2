/* SPDX-License-Identifier: MIT */
/*
 * Whose a holder is: of the objects on the way to it the nearest that somebody
 * wrote decides, be it a module, a class, a function, or an instance of a class.
 */
#include "analysis/leaks.h"

#include <stdio.h>
#include <string.h>

#define PATH 1024

static uint64_t key_of(const char *text, size_t length)
{
	return rg_hash_bytes(text, length) | 1;
}

/* Whether @path has one of @parts. */
static bool has_any(const char *path, const char *const *parts)
{
	for (; *parts; parts++)
		if (strstr(path, *parts))
			return true;
	return false;
}

/* The types that a module has defined say where it is from. */
static bool learn_types(struct leaks_work *work, struct rg_map *ret_names)
{
	const rg_graph *graph = work->graph;

	for (size_t t = 0; t < graph->types.count; t++) {
		const struct rg_type *type = &graph->types.data[t];
		uint64_t key = key_of(type->module, strlen(type->module));
		uint32_t origin = (uint32_t)type->origin + 1;

		if (*type->module && type->origin != RG_ORIGIN_UNKNOWN &&
		    !rg_map_find(ret_names, key) && !rg_map_put(ret_names, key, origin))
			return false;
		if (type->object != RG_NONE &&
		    !rg_map_put(&work->class_origin, (uint64_t)type->object + 1, origin))
			return false;
	}
	return true;
}

static enum rg_origin origin_of_path(const struct leaks_work *work, const char *path)
{
	const struct rg_words *words = rg_graph_words(work->graph);
	size_t length = strlen(work->library);
	bool own = (length && !strncmp(path, work->library, length)) ||
		   has_any(path, words->library);

	if (!own && has_any(path, words->installed))
		return RG_ORIGIN_PACKAGE;
	if (own || !*path || *path == '<')
		return RG_ORIGIN_RUNTIME;
	return RG_ORIGIN_PROGRAM;
}

/* "/usr/lib/NAME/os.py" of a module of the library that is in no other: its folder. */
static void learn_library(struct leaks_work *work, const struct rg_description *words)
{
	const struct rg_words *of = rg_graph_words(work->graph);
	const char *slash = strrchr(words->text, '/');

	if (*work->library || !slash || *of->library || strstr(words->name, of->separator) ||
	    has_any(words->text, of->installed) || !strcmp(words->name, of->main_module))
		return;
	snprintf(work->library, sizeof(work->library), "%.*s", (int)(slash - words->text + 1),
		 words->text);
}

static bool learn_module(struct leaks_work *work, const struct rg_map *names,
			 const struct rg_description *words)
{
	uint64_t key = key_of(words->name, strlen(words->name));
	const uint32_t *known = rg_map_find(names, key);
	enum rg_origin origin = known ? (enum rg_origin)(*known - 1)
				      : origin_of_path(work, words->text);

	if (!known && !strcmp(words->name, rg_graph_words(work->graph)->main_module))
		origin = RG_ORIGIN_PROGRAM;
	/* A package without code of its own is as its first part is. */
	if (!rg_map_put(&work->module_origin, key, (uint32_t)origin + 1))
		return false;
	if (!*words->text)
		return true;
	key = key_of(words->text, strlen(words->text));
	return rg_map_find(&work->module_origin, key) ||
	       rg_map_put(&work->module_origin, key, (uint32_t)origin + 1);
}

rg_error *leaks_whose_init(struct leaks_work *work)
{
	const rg_graph *graph = work->graph;
	struct rg_map names = { NULL, 0, 0 };
	bool ok = learn_types(work, &names);

	for (int round = 0; ok && round < 2; round++) {
		for (rg_id id = 0; ok && id < graph->count; id++) {
			struct rg_description words;
			const uint32_t *known;

			if (!(graph->flags[id] & RG_OBJECT_MODULE))
				continue;
			rg_graph_describe(graph, id, false, &words);
			known = rg_map_find(&names, key_of(words.name, strlen(words.name)));
			if (round)
				ok = learn_module(work, &names, &words);
			else if (known && *known - 1 == RG_ORIGIN_RUNTIME)
				learn_library(work, &words);
		}
	}
	rg_map_free(&names);
	return ok ? NULL : rg_error_no_memory();
}

/* Of a function, a frame, a generator: by its file, "app.py:31". */
static enum rg_origin origin_of_code(const struct leaks_work *work,
				     const struct rg_description *words)
{
	const char *colon = strrchr(words->text, ':');
	size_t length = colon ? (size_t)(colon - words->text) : strlen(words->text);
	const uint32_t *known = rg_map_find(&work->module_origin, key_of(words->text, length));
	char path[sizeof(words->text)];

	if (known)
		return (enum rg_origin)(*known - 1);
	snprintf(path, sizeof(path), "%.*s", (int)length, words->text);
	return origin_of_path(work, path);
}

enum rg_origin leaks_class_origin(const struct leaks_work *work, rg_id id)
{
	const uint32_t *known = rg_map_find(&work->class_origin, (uint64_t)id + 1);

	return known ? (enum rg_origin)(*known - 1) : RG_ORIGIN_UNKNOWN;
}

/* Whose @id itself is; RG_ORIGIN_UNKNOWN: anybody's, as a list. */
static enum rg_origin origin_of(const struct leaks_work *work, rg_id id)
{
	const rg_graph *graph = work->graph;
	const struct rg_type *type = &graph->types.data[graph->type[id]];
	struct rg_description words;
	const uint32_t *known;

	if (graph->flags[id] & RG_OBJECT_TYPE)
		return leaks_class_origin(work, id);
	if (graph->flags[id] & RG_OBJECT_MODULE) {
		rg_graph_describe(graph, id, false, &words);
		known = rg_map_find(&work->module_origin,
				    key_of(words.name, strlen(words.name)));
		return known ? (enum rg_origin)(*known - 1) : RG_ORIGIN_UNKNOWN;
	}
	if (type->origin != RG_ORIGIN_RUNTIME && type->origin != RG_ORIGIN_UNKNOWN)
		return type->origin;
	if (type->origin == RG_ORIGIN_UNKNOWN && !leaks_is_builtin(type))
		return RG_ORIGIN_PROGRAM;
	rg_graph_describe(graph, id, false, &words);
	if (*words.text && strchr(words.text, ':') && type->role != RG_ROLE_FILE)
		return origin_of_code(work, &words);
	return RG_ORIGIN_UNKNOWN;
}

static enum leaks_whose combine(enum rg_origin nearest, bool program)
{
	switch (nearest) {
	case RG_ORIGIN_PROGRAM:
		return LEAKS_PROGRAM;
	case RG_ORIGIN_PACKAGE:
		return program ? LEAKS_MIXED : LEAKS_PACKAGE;
	case RG_ORIGIN_RUNTIME:
		return program ? LEAKS_MIXED : LEAKS_RUNTIME;
	default:
		return LEAKS_RUNTIME;
	}
}

/* Whose the function is whose variable a root is. */
static enum rg_origin origin_of_frame(const struct leaks_work *work, const struct rg_root *root)
{
	const struct rg_thread *threads = work->graph->threads.data;
	const struct rg_frame *frame;
	struct rg_description words;

	if (root->thread == RG_NONE || root->thread >= work->graph->threads.count ||
	    root->frame == RG_NONE || root->frame >= threads[root->thread].frame_count)
		return RG_ORIGIN_UNKNOWN;
	frame = &threads[root->thread].frames[root->frame];
	memset(&words, 0, sizeof(words));
	snprintf(words.text, sizeof(words.text), "%.*s:1", (int)sizeof(words.text) - 3,
		 frame->file);
	return origin_of_code(work, &words);
}

enum leaks_whose leaks_whose_chain(const struct leaks_work *work, const struct rg_chain *chain)
{
	enum rg_origin nearest = RG_ORIGIN_UNKNOWN;
	bool program = false, direct = true;
	const struct rg_root *root = chain->root;

	for (size_t i = chain->length + 1; i-- > 0;) {
		rg_id id = i == chain->length ? chain->target : chain->steps[i].source;
		enum rg_origin origin;

		if (work->keeper[id] != id)
			continue;
		origin = origin_of(work, id);
		if (origin == RG_ORIGIN_UNKNOWN)
			continue;
		direct = false;
		if (nearest == RG_ORIGIN_UNKNOWN)
			nearest = origin;
		program |= origin == RG_ORIGIN_PROGRAM;
		if (program)
			break;
	}
	if (root->kind == RG_ROOT_LOCAL && root->routine)
		return LEAKS_RUNTIME;
	if (root->kind == RG_ROOT_LOCAL) {
		enum rg_origin origin = origin_of_frame(work, root);

		/* What a running function has for itself, and what it has in an object. */
		if (direct || nearest == RG_ORIGIN_UNKNOWN)
			return origin == RG_ORIGIN_PROGRAM ? LEAKS_LOCAL
			       : origin == RG_ORIGIN_PACKAGE ? LEAKS_PACKAGE : LEAKS_RUNTIME;
		program |= origin == RG_ORIGIN_PROGRAM;
	}
	if (nearest == RG_ORIGIN_UNKNOWN && root->kind == RG_ROOT_EXTERNAL)
		return LEAKS_PACKAGE;
	return combine(nearest, program);
}

rg_error *leaks_whose(const struct leaks_work *work, rg_id id, enum leaks_whose *ret)
{
	struct rg_chains *chains;

	RG_TRY(rg_chain_tree_find(work->tree, id, &chains));
	*ret = chains->count ? leaks_whose_chain(work, &chains->chains[0]) : LEAKS_RUNTIME;
	rg_chains_free(chains);
	return NULL;
}

enum rg_origin leaks_origin(enum leaks_whose whose)
{
	switch (whose) {
	case LEAKS_PROGRAM:
	case LEAKS_MIXED:
	case LEAKS_LOCAL:
		return RG_ORIGIN_PROGRAM;
	case LEAKS_PACKAGE:
		return RG_ORIGIN_PACKAGE;
	case LEAKS_RUNTIME:
		break;
	}
	return RG_ORIGIN_RUNTIME;
}
