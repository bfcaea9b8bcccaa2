/* SPDX-License-Identifier: MIT */
/* One search for what is around some objects: its state, and the neighbours of one object. */
#ifndef RG_ANALYSIS_SEARCH_H
#define RG_ANALYSIS_SEARCH_H

#include "base/bitset.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vector.h"
#include "graph/store.h"

struct rg_kept_step {
	uint32_t edge;
	struct rg_step step;
};

struct rg_candidate {
	rg_id object;
	bool reserved;
	uint32_t rank;
	size_t order; /* in which it was met */
};

struct rg_around {
	struct rg_neighborhood public;
	RG_VECTOR(struct rg_neighbor) nodes;
	RG_VECTOR(struct rg_neighbor_edge) edges;
	RG_VECTOR(struct rg_neighbor_fold) folds;
	RG_VECTOR(struct rg_neighbor_root) roots;
	struct rg_step *steps;
};

struct rg_search {
	const rg_graph *graph;
	struct rg_neighborhood_options options;
	struct rg_around *result;
	struct rg_map index;          /* object + 1 -> node */
	struct rg_map edge_index;     /* from, to and kind -> edge */
	uint64_t *drawn;              /* by object: a node stands for it */
	uint64_t *usual;              /* by object: lives as long as the runtime */
	uint64_t *raw;                /* by object: only what is usually left out holds it */
	uint64_t *rooted;             /* by object: a root that tells something refers to it */
	uint64_t *modules;            /* by object: in a module table */
	uint64_t *asked;              /* by object: a target */
	uint64_t *reserved;           /* by object: on the way from a target to its holder */
	uint32_t *rank;               /* by object: how far its holder is; NULL: not needed yet */
	size_t room;                  /* objects that may be drawn */
	size_t pending;               /* reserved objects that are not drawn yet */
	bool overflowed;              /* not everything had room */
	uint64_t *met;                /* by object: neighbours of the node at work */
	uint8_t *wanted;              /* by type */
	uint64_t *counts;             /* by type: scratch of folding */
	RG_VECTOR(rg_id) parts;       /* the node at work and its parts */
	RG_VECTOR(rg_id) touched;     /* what to take out of met again */
	RG_VECTOR(struct rg_candidate) candidates; /* neighbours of the node at work */
	RG_VECTOR(struct rg_kept_step) kept;
	bool failed;                  /* no memory */
};

/* Why something is left out. */
enum rg_reason {
	RG_REASON_SHOWN,
	RG_REASON_UNCOUNTED, /* weak or borrowed: not asked for, and not counted */
	RG_REASON_IMMORTAL,
	RG_REASON_ROUTINE,
	RG_REASON_NAME,
};

/* The next neighbour of the node at work, RG_NONE at the end. */
struct rg_search_walk {
	size_t part;
	uint64_t next;
	bool started;
	struct rg_left_out *left_out; /* where to count what is passed over; or NULL */
};

static inline bool rg_search_is_back(const struct rg_search *search)
{
	return search->options.direction == RG_DIRECTION_BACK;
}

/* rg_search_shown - the object that stands for @id: itself, or whose part it is. */
rg_id rg_search_shown(const struct rg_search *search, rg_id id);
/* rg_search_judge - whether reference @i of @source explains something. */
enum rg_reason rg_search_judge(const struct rg_search *search, rg_id source, uint64_t i);
/*
 * rg_search_begin - makes @id the node at work: lists its parts; what would be
 * left with nothing that holds it keeps everything.
 */
void rg_search_begin(struct rg_search *search, rg_id id);
/* rg_search_parts - @id and its parts to search->parts, each once. */
void rg_search_parts(struct rg_search *search, rg_id id);
/* rg_search_step - the next neighbour of the node at work, RG_NONE at the end. */
rg_id rg_search_step(const struct rg_search *search, struct rg_search_walk *walk);

#endif
