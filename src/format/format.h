/* SPDX-License-Identifier: MIT */
/*
 * A format: a way to keep a graph in a file.  One descriptor in one table.
 *
 * To add one: a file here with its descriptor, one line in format.c's table,
 * one in local.mk; docs/adding-a-format.md is the checklist.
 */
#ifndef RG_FORMAT_FORMAT_H
#define RG_FORMAT_FORMAT_H

#include "base/error.h"
#include "base/io.h"
#include "graph/builder.h"

/* What a file says about the dump it holds; strings belong to the format's state. */
struct rg_format_info {
	const char *runtime;
	const char *runtime_name;
	const char *version;
	const char *build;
	uint64_t interpreters;
	uint64_t threads;
	uint64_t unreadable;
	uint64_t allocator_free;
	uint64_t total_bytes;
	bool complete;
	const char *const *missing;
	size_t missing_count;
	bool has_refcounts;
	struct rg_collector collector;
};

struct rg_format {
	const char *title; /* "portable dump" */
	/* Whether a file that begins with these bytes is one of its files. */
	bool (*recognise)(const unsigned char *head, size_t length);
	/* Takes over @file, also on failure. */
	rg_error *(*open)(const char *path, struct rg_file *file, void **ret);
	/* Marks all objects, adds the types, sets the objects (builder.h 1 and 2). */
	rg_error *(*objects)(void *state, rg_builder *builder);
	/* Adds references, roots and threads (builder.h 3), for the same builder. */
	rg_error *(*references)(void *state, rg_builder *builder);
	void (*info)(void *state, struct rg_format_info *ret);
	struct rg_graph_hooks hooks; /* with the state as user */
	void (*close)(void *state);
};

/* rg_format_find - the format of a file that begins with @head, or NULL. */
const struct rg_format *rg_format_find(const unsigned char *head, size_t length);

#endif
