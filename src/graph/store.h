/* SPDX-License-Identifier: MIT */
/*
 * The arrays of a graph, for the builder that fills them and the analyses
 * whose inner loops need them; everybody else uses the public functions.
 *
 * An object costs 22 bytes here, 38 with references, a reference 9: 32-bit
 * numbers with a side table for what does not fit, 64-bit offsets.
 */
#ifndef RG_GRAPH_STORE_H
#define RG_GRAPH_STORE_H

#include <refgraph/refgraph.h>

#include "base/map.h"
#include "base/vector.h"
#include "graph/builder.h"
#include "graph/index.h"
#include "graph/strings.h"

/* In the 32-bit arrays: the number is in the side table, or nobody knows it. */
#define RG_STORE_BIG (UINT32_MAX - 1)
#define RG_STORE_UNKNOWN (UINT32_MAX - 2)

/* Which number the side table's key means. */
enum rg_store_field {
	RG_STORE_SIZE,
	RG_STORE_OWNED,
	RG_STORE_REFCOUNT,
};

struct rg_graph {
	struct rg_index index;
	rg_id count;

	/* by object */
	uint32_t *type;
	uint32_t *size;
	uint32_t *owned;
	uint32_t *refcount;
	uint16_t *flags;
	struct rg_map big; /* field * 2^32 + id + 1 -> index into big_values */
	RG_VECTOR(uint64_t) big_values;

	RG_VECTOR(struct rg_type) types;

	/* references: NULL and 0 while there are none */
	uint64_t *offset; /* count + 1 */
	rg_id *target;
	uint8_t *kind;
	uint64_t references;
	uint64_t *back_offset; /* count + 1 */
	rg_id *source;
	uint32_t *explained; /* by object: references that objects and named roots own */
	uint64_t *special;   /* objects with a reference that is not counted, or is routine */
	bool has_refcounts;

	/* plumbing objects, ascending, and the one owner of each */
	rg_id *plumbing;
	rg_id *owner;
	size_t plumbing_count;

	RG_VECTOR(struct rg_root) roots;
	RG_VECTOR(struct rg_thread) threads;
	RG_VECTOR(struct rg_task) tasks; /* of a format; a runtime has a hook */
	struct rg_strings strings;
	struct rg_graph_hooks hooks;
	const struct rg_words *words; /* NULL: of no runtime that is known */
};

uint64_t rg_store_big(const struct rg_graph *graph, enum rg_store_field field, rg_id id);

static inline uint64_t rg_store_size(const struct rg_graph *graph, rg_id id)
{
	uint32_t value = graph->size[id];

	return value != RG_STORE_BIG ? value : rg_store_big(graph, RG_STORE_SIZE, id);
}

static inline uint64_t rg_store_owned(const struct rg_graph *graph, rg_id id)
{
	uint32_t value = graph->owned[id];

	return value != RG_STORE_BIG ? value : rg_store_big(graph, RG_STORE_OWNED, id);
}

/* -1: unknown */
static inline int64_t rg_store_refcount(const struct rg_graph *graph, rg_id id)
{
	uint32_t value = graph->refcount[id];

	if (value == RG_STORE_UNKNOWN)
		return -1;
	return (int64_t)(value != RG_STORE_BIG ? value :
						 rg_store_big(graph, RG_STORE_REFCOUNT, id));
}

/*
 * rg_graph_codes - as rg_graph_labels, but code in the runtime's language (builder.h,
 * codes).  @of_owner: to be written behind the object that @source is a part of.
 */
void rg_graph_codes(const rg_graph *graph, rg_id source, size_t first, size_t count,
		    bool of_owner, enum rg_label_policy policy, rg_label_fn *each, void *user);
/* rg_graph_code - that of one reference; written and returned as by rg_graph_label. */
size_t rg_graph_code(const rg_graph *graph, rg_id source, size_t index, bool of_owner,
		     enum rg_label_policy policy, char *buffer, size_t size);

/* Whether a reference of @kind is owned by its source and counted at its target. */
static inline bool rg_store_counted(uint8_t kind)
{
	return (kind & RG_REFERENCE_KIND_MASK) <= RG_REFERENCE_INFERRED;
}

#endif
