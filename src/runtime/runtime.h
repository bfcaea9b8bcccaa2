/* SPDX-License-Identifier: MIT */
/*
 * A runtime: one descriptor in one table.  It knows how to recognise itself in
 * an image, where its objects are, what they refer to, and what to call it all.
 *
 * To add one: a folder here with its descriptor, one line in runtime.c's table,
 * one in Makefile.am; docs/adding-a-runtime.md is the checklist.
 */
#ifndef RG_RUNTIME_RUNTIME_H
#define RG_RUNTIME_RUNTIME_H

#include "base/error.h"
#include "base/progress.h"
#include "graph/builder.h"
#include "image/image.h"

struct rg_runtime {
	const char *name;  /* as its folder and portable dumps have it */
	const char *title; /* for people */
	const char *reads; /* which releases, for people: "NAME 3.11, 3.12 and 3.13" */
	const char *dump;  /* title of the format in which its own tools write its graph, or NULL */
	const struct rg_words *words; /* what it calls things: <refgraph/words.h> */
	/*
	 * Looks for itself in @image: the one that @which names by version, file or
	 * address, or if that is NULL the one that is likeliest meant.  *ret is NULL
	 * when it is not there (no error); found but unreadable is an error that
	 * says why, NOT_FOUND that none is @which.
	 */
	rg_error *(*open)(rg_image *image, const char *which, const struct rg_progress *progress,
			  void **ret);
	/* Marks all objects, adds the types, sets the objects (builder.h 1 and 2). */
	rg_error *(*objects)(void *state, rg_builder *builder);
	/* Adds references, roots and threads (builder.h 3), for the same builder. */
	rg_error *(*references)(void *state, rg_builder *builder);
	/*
	 * Sets in *ret what the runtime knows: version, build, interpreters, threads,
	 * unreadable (which grows while objects and references are read),
	 * has_refcounts, collector, allocator_free, runtimes.  Strings belong to @state.
	 */
	void (*info)(void *state, struct rg_dump_info *ret);
	/*
	 * Calls @each for ranges of memory in which a word that is an address of an
	 * object says nothing about C: objects and what they own, the allocator's
	 * memory, the runtime's own state.  In any order, overlaps allowed; stops at
	 * the first error.  After references.  NULL: none.
	 */
	rg_error *(*own)(void *state, rg_error *(*each)(void *user, uint64_t start, uint64_t end),
			 void *user);
	/* Labels and descriptions, with @state as user. */
	struct rg_graph_hooks hooks;
	void (*close)(void *state);
};

/*
 * rg_runtime_open - the first runtime of the table that recognises itself in
 * @image, the one that @which names if that is not NULL; RG_ERROR_NO_RUNTIME
 * when none does.
 */
RG_MUST_CHECK rg_error *rg_runtime_open(rg_image *image, const char *which,
					const struct rg_progress *progress,
					const struct rg_runtime **ret, void **ret_state);

/* rg_runtime_of_dump - the runtime whose own tools write the format called @title, or NULL. */
const struct rg_runtime *rg_runtime_of_dump(const char *title);

/* rg_runtime_words - the words of the runtime called @name; NULL: none of the table. */
const struct rg_words *rg_runtime_words(const char *name);

#endif
