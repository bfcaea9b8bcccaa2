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
#include "base/progress.h"
#include "graph/builder.h"

struct rg_format {
	const char *title; /* "portable dump" */
	/* Whether a file that begins with these bytes is one of its files. */
	bool (*recognise)(const unsigned char *head, size_t length);
	/* Takes over @file, also on failure. */
	rg_error *(*open)(const char *path, struct rg_file *file,
			  const struct rg_progress *progress, void **ret);
	/* Marks all objects, adds the types, sets the objects (builder.h 1 and 2). */
	rg_error *(*objects)(void *state, rg_builder *builder);
	/* Adds references, roots and threads (builder.h 3), for the same builder. */
	rg_error *(*references)(void *state, rg_builder *builder);
	/*
	 * Sets in *ret all but path, format and objects.  Strings belong to @state.  Where
	 * only one runtime's own tools write the format, runtime and its name may stay NULL.
	 */
	void (*info)(void *state, struct rg_dump_info *ret);
	struct rg_graph_hooks hooks; /* with the state as user */
	void (*close)(void *state);
};

/* rg_format_find - the format of a file that begins with @head, or NULL. */
const struct rg_format *rg_format_find(const unsigned char *head, size_t length);

#endif
