/* SPDX-License-Identifier: MIT */
/*
 * Building a graph, in this order:
 *
 *   1. rg_builder_mark() every object's address; rg_builder_index() then gives
 *      ids, the rank of each address among all marked ones.
 *   2. rg_builder_add_type() every type; rg_builder_set() every object.
 *   3. optionally the references: for every id in ascending order
 *      rg_builder_reference() each of its references in the runtime's order,
 *      then rg_builder_next(); rg_builder_root() every root.
 *   4. rg_builder_finish_objects() after 2, rg_builder_finish() after 3.
 *
 * Steps 1 and 2 are enough for questions about types: the graph handed out by
 * rg_builder_graph() then has no references.
 */
#ifndef RG_GRAPH_BUILDER_H
#define RG_GRAPH_BUILDER_H

#include "base/error.h"
#include "base/progress.h"

typedef struct rg_builder rg_builder;

/*
 * How labels and descriptions reach the graph: filled in by the runtime or the
 * format.  labels: calls @each for references first .. first + count - 1 of
 * object @source; index counts exactly the references that were added for it.
 *
 * codes does the same with code in the runtime's language: what, written behind
 * an expression for @source (with @of_owner: for the one object that @source is
 * a part of), evaluates to that very target in the dumped program; "" where
 * nothing is known to, " " where nothing need be written.  NULL: the runtime
 * knows of no language.
 */
struct rg_graph_hooks {
	void (*labels)(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		       enum rg_label_policy policy, rg_label_fn *each, void *each_user);
	void (*describe)(void *user, const rg_graph *graph, rg_id id, bool values,
			 struct rg_description *ret);
	void (*codes)(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		      bool of_owner, enum rg_label_policy policy, rg_label_fn *each,
		      void *each_user);
	/* fingerprint: rg_graph_fingerprint(); NULL: nothing is known not to change. */
	uint16_t (*fingerprint)(void *user, const rg_graph *graph, rg_id id);
	/* tasks: rg_graph_tasks(), for a runtime that has any; NULL: those of rg_builder_task(). */
	rg_error *(*tasks)(void *user, const rg_graph *graph, rg_task_fn *each, void *each_user);
	void *user;
};

/* What the caller says of a type; strings are copied. */
struct rg_type_init {
	const char *name;
	const char *short_name;
	const char *module;
	uint64_t address;
	enum rg_origin origin;
	enum rg_role role;
};

/* What the caller says of a root; name and code are copied. */
struct rg_root_init {
	uint64_t address; /* of the object */
	enum rg_root_kind kind;
	uint32_t count;
	uint32_t thread; /* RG_NONE unless it belongs to one */
	uint32_t frame;
	const char *name;
	bool routine;
	bool importer;
	const char *code; /* evaluates to the object in the dumped program; NULL: nothing does */
	bool tentative;   /* owns what it counts only as far as nothing else explains it */
};

RG_MUST_CHECK rg_error *rg_builder_new(rg_builder **ret);
/* rg_builder_free - also frees the graph, if there is one. */
void rg_builder_free(rg_builder *builder);
void rg_builder_hooks(rg_builder *builder, const struct rg_graph_hooks *hooks);
/* rg_builder_words - what rg_graph_words() gives; @words stays the caller's, NULL: nobody's. */
void rg_builder_words(rg_builder *builder, const struct rg_words *words);

/* rg_builder_progress - whom to tell how far it is; a copy is kept. */
void rg_builder_progress(rg_builder *builder, const struct rg_progress *progress);
/* rg_builder_step - rg_progress_step() for who fills the graph. */
RG_MUST_CHECK rg_error *rg_builder_step(const rg_builder *builder, const char *stage,
					uint64_t done, uint64_t total);

/*
 * rg_builder_granule - objects start at multiples of 2^@bits (0 to 3; 3 unless
 * said).  Before the first mark only.  1-byte granules cost up to 8 times the
 * memory for marks: for foreign dumps whose addresses are mere numbers.
 */
void rg_builder_granule(rg_builder *builder, unsigned int bits);

/*
 * rg_builder_mark - notes that an object starts at @address: 1 if it is new,
 * 0 if it was known or is no multiple of the granule, -1 when memory ran out
 * or there are more than 2^32 - 2 objects.  Expected O(1).
 */
int rg_builder_mark(rg_builder *builder, uint64_t address);
/* rg_builder_marked - whether rg_builder_mark() was called for @address. */
bool rg_builder_marked(const rg_builder *builder, uint64_t address);
/*
 * rg_builder_marked_near - whether rg_builder_mark() was called for an address in
 * @size bytes from @address on, 256 at most.  While marking.  O(1).
 */
bool rg_builder_marked_near(const rg_builder *builder, uint64_t address, uint64_t size);
/* rg_builder_prefetch - brings the mark of @address near. */
void rg_builder_prefetch(const rg_builder *builder, uint64_t address);

/* rg_builder_index - ends marking; ids exist from here on. */
RG_MUST_CHECK rg_error *rg_builder_index(rg_builder *builder, rg_id *ret_count);
/*
 * rg_builder_each - calls @each for every object in the order of ids; stops at
 * its first error.
 */
RG_MUST_CHECK rg_error *rg_builder_each(rg_builder *builder,
					rg_error *(*each)(void *user, rg_id id, uint64_t address),
					void *user);
rg_id rg_builder_find(const rg_builder *builder, uint64_t address);
uint64_t rg_builder_address(const rg_builder *builder, rg_id id);

RG_MUST_CHECK rg_error *rg_builder_add_type(rg_builder *builder, const struct rg_type_init *type,
					    rg_type_id *ret);
/* rg_builder_set - the numbers of @id; object->address is ignored. */
RG_MUST_CHECK rg_error *rg_builder_set(rg_builder *builder, rg_id id,
				       const struct rg_object *object);
/* rg_builder_flag - adds flags to an object set before. */
void rg_builder_flag(rg_builder *builder, rg_id id, uint32_t flags);

/* rg_builder_finish_objects - from here on rg_builder_graph() may be used. */
RG_MUST_CHECK rg_error *rg_builder_finish_objects(rg_builder *builder);

/* rg_builder_expect - about how many references will come; before the first, if at all. */
void rg_builder_expect(rg_builder *builder, uint64_t references);
/* rg_builder_reference - one reference of the current object; @kind with the bits beside it. */
RG_MUST_CHECK rg_error *rg_builder_reference(rg_builder *builder, rg_id target, uint8_t kind);
/*
 * rg_builder_place - the reference added last, an inferred one, was read at @place: a
 * number from 0 on for each field of a layout that several objects share.  What the
 * counts say of one is then held against all of them.  RG_NONE: none.
 */
RG_MUST_CHECK rg_error *rg_builder_place(rg_builder *builder, uint32_t place);
/* rg_builder_next - the current object is done; begins with object 0. */
RG_MUST_CHECK rg_error *rg_builder_next(rg_builder *builder);
/* rg_builder_root - a root; one whose object was not marked is dropped. */
RG_MUST_CHECK rg_error *rg_builder_root(rg_builder *builder, const struct rg_root_init *root);
/* rg_builder_thread - a thread; copies everything. */
RG_MUST_CHECK rg_error *rg_builder_thread(rg_builder *builder, const struct rg_thread *thread);

/* rg_builder_task - a task, for a format that has read one; copies everything. */
RG_MUST_CHECK rg_error *rg_builder_task(rg_builder *builder, const struct rg_task *task);

/*
 * rg_builder_finish - builds the backward references, decides on inferred
 * references (those of a place that the counts speak against become borrowed, then
 * one whose target's count is already explained, in order of source and slot; a
 * root of kind static loses its count for the same reason, before them, and a
 * tentative root is left out), sets RG_OBJECT_PLUMBING on targets of plumbing
 * references that have one such owner, adds a root of kind external for every
 * mortal object with more references than are explained (name "external
 * references"), and sorts the roots.  With @has_refcounts false neither inferred
 * references are judged nor external roots made.
 */
RG_MUST_CHECK rg_error *rg_builder_finish(rg_builder *builder, bool has_refcounts);

/* rg_builder_graph - the graph, owned by the builder. */
rg_graph *rg_builder_graph(rg_builder *builder);

#endif
