/* SPDX-License-Identifier: MIT */
/*
 * Ways through a graph without what differs from object to object: sequences
 * of words in which repetitions are folded, kept as one tree, so that a
 * million ways that look alike cost as much as one.
 */
#ifndef RG_ANALYSIS_TRAIL_H
#define RG_ANALYSIS_TRAIL_H

#include <refgraph/refgraph.h>

#include "base/buffer.h"
#include "base/map.h"
#include "base/vector.h"
#include "graph/strings.h"

/* A way: a word behind a shorter one.  Number 0 is the way of no words. */
struct rg_trail {
	uint32_t parent;
	uint32_t word;
	uint32_t length;
	uint32_t period; /* of a folded repetition: how many words were repeated; else 0 */
	uint32_t body;   /* and which, as one word */
};

struct rg_trails {
	RG_VECTOR(struct rg_trail) trails;
	RG_VECTOR(const char *) words;
	struct rg_strings strings;
	struct rg_map word_of;  /* hash of a text -> its word */
	struct rg_map child_of; /* parent, word -> trail */
	struct rg_map next_of;  /* the same, once repetitions are folded */
	struct rg_buffer text;  /* scratch */
};

/* rg_trails_init - no ways but the one of no words; false: no memory. */
bool rg_trails_init(struct rg_trails *trails);
void rg_trails_free(struct rg_trails *trails);

/* rg_trails_word - the number of @text among the words; false: no memory.  O(length). */
bool rg_trails_word(struct rg_trails *trails, const char *text, uint32_t *ret);

/*
 * rg_trails_step - the way @at and then @word.  Behind 100 words all but the
 * @last is one "...".  false: no memory.  O(1) for what was asked before.
 */
bool rg_trails_step(struct rg_trails *trails, uint32_t at, uint32_t word, bool last,
		    uint32_t *ret);

/* rg_trails_text - all words of @at, owned by @trails until the next call; NULL: no memory. */
const char *rg_trails_text(struct rg_trails *trails, uint32_t at);

/* ---- the words of a graph (signature.c) --------------------------------------- */

/* rg_trail_root - @root by its name, without what differs from process to process. */
void rg_trail_root(const rg_graph *graph, const struct rg_root *root, struct rg_buffer *ret);

/*
 * rg_trail_label - @label of a reference of @source, under RG_LABELS_ALL, without what
 * differs; @held: that of the step before, of which it is the rest, and which
 * it changes to both together; "" where there is none.
 */
void rg_trail_label(const rg_graph *graph, rg_id source, struct rg_buffer *held,
		    const char *label);

/* rg_trail_is_part - whether @step only goes into a part of its source. */
bool rg_trail_is_part(const rg_graph *graph, rg_id source, size_t index, rg_id target);

/* rg_signature_hash - writes the hash of @text and the id made of it. */
void rg_signature_hash(const char *text, uint64_t *ret_hash, char ret_id[24]);

#endif
