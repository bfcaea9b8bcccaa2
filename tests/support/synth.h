/* SPDX-License-Identifier: MIT */
/*
 * Graphs for tests, made from lists: objects and references are added in any
 * order, synth_build() then feeds the real builder.  Running out of memory in
 * here ends the test program; failures injected into the builder do not.
 */
#ifndef RG_TESTS_SUPPORT_SYNTH_H
#define RG_TESTS_SUPPORT_SYNTH_H

#include "graph/builder.h"

/* A reference count that synth_build() computes: the counted references. */
#define SYNTH_EXACT INT64_MIN

struct synth_reference {
	rg_id from;
	rg_id to;
	uint8_t kind;
	const char *label; /* not copied; NULL: none */
};

struct synth {
	rg_id count;
	struct rg_object *objects;    /* address 0x1000 + 16 * id, type 0, size 16, SYNTH_EXACT */
	int64_t *extra;               /* added to an exact count */
	uint32_t type_count;
	struct rg_type_init *types;   /* "T0", "T1", ... unless changed */
	struct synth_reference *references; /* sorted by from once built */
	size_t reference_count;
	size_t reference_capacity;
	struct rg_root_init *roots;
	size_t root_count;
	uint32_t thread_count;        /* roots may belong to these */
	const struct rg_description *words; /* by object, not copied; NULL: nothing is said */
	const struct rg_words *language;    /* NULL: one whose objects have a __dict__ */
	bool no_refcounts;            /* build as a dump that has none */
	bool no_references;           /* stop after the objects */
};

struct synth *synth_new(rg_id count, uint32_t type_count);
void synth_free(struct synth *synth);
/* Appends a reference; those of one object keep the order of the calls. */
void synth_refer(struct synth *synth, rg_id from, rg_id to, uint8_t kind, const char *label);
/* Appends a root that owns @count references; @name is not copied. */
void synth_root(struct synth *synth, rg_id to, enum rg_root_kind kind, uint32_t count,
		const char *name);
/* The graph; the synth must outlive it, as it keeps the labels. */
rg_error *synth_build(struct synth *synth, rg_builder **ret);
/* The same when it must not fail. */
rg_builder *synth_must(struct synth *synth);

/* Reproducible numbers: xorshift64*. */
struct synth_random {
	uint64_t state;
};
uint32_t synth_random(struct synth_random *random, uint32_t below);

/*
 * A small random graph: 1 to @most objects, up to three references an object
 * of all kinds, some untracked, immortal, frozen, some held from outside, some
 * with counts that are too low.
 */
struct synth *synth_small(struct synth_random *random, rg_id most);

#endif
