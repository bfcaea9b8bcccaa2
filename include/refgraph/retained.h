/* SPDX-License-Identifier: MIT */
/*
 * What an object costs: the bytes that would go if it went, exactly.
 *
 * An object dominates another when every way of counted references from a root
 * to that one leads through it.  The tree of dominators stands under places
 * that are no objects (struct rg_holder): roots, threads, what is never freed.
 * What is unreachable has a place of its own; nothing of it is in any other sum.
 */
#ifndef REFGRAPH_RETAINED_H
#define REFGRAPH_RETAINED_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

/* ---- dominators ------------------------------------------------------------ */

/* A place above the objects in the tree of dominators. */
enum rg_holder_kind {
	RG_HOLDER_EVERYTHING = 0,  /* dominates what several of the others hold */
	RG_HOLDER_FOREVER = 1,     /* what is immortal, frozen, or of unknown count */
	RG_HOLDER_STATIC = 2,      /* static data of the runtime */
	RG_HOLDER_EXTERNAL = 3,    /* references that nothing in the dump explains */
	RG_HOLDER_THREAD = 4,      /* all roots of one thread */
	RG_HOLDER_ROOT = 5,        /* one root that owns references */
	RG_HOLDER_UNREACHABLE = 6, /* what no root leads to: holds one object of each root cycle */
};

struct rg_holder {
	enum rg_holder_kind kind;
	const struct rg_root *root; /* of RG_HOLDER_ROOT; belongs to the graph */
	uint32_t thread;            /* index into rg_graph_threads(), or RG_NONE */
	uint32_t dominator;         /* index of a holder; of the first and the last their own */
	uint64_t retained;          /* bytes that would go if this held nothing */
};

/*
 * The tree of dominators.  Its vertices are the objects, 0 .. objects - 1, and
 * behind them the holders: objects + i is holders[i].
 */
struct rg_dominators {
	rg_id objects;
	const rg_id *dominator;     /* by vertex: the next vertex above; of the first and the last
				       holder their own */
	const uint64_t *retained;   /* by vertex: sizes and owned bytes of all that it dominates,
				       its own too; sums stop at UINT64_MAX */
	const struct rg_holder *holders; /* RG_HOLDER_EVERYTHING first, the unreachable last */
	size_t holder_count;
	uint64_t alive_objects;     /* below RG_HOLDER_EVERYTHING */
	uint64_t alive_bytes;
	uint64_t unreachable_objects; /* below RG_HOLDER_UNREACHABLE */
	uint64_t unreachable_bytes;
};

struct rg_dominators_options {
	size_t size;
};

/*
 * rg_dominators_find - who dominates each object, and what each retains: Semi-NCA
 * (Georgiadis, "Linear-time algorithms for dominators and related problems",
 * 2005) over counted references.  Every root holds its object; immortal and
 * frozen objects, such of unknown count and such with more references than
 * counted are held by RG_HOLDER_FOREVER, so that they are in no object's sum
 * but its own.  What no root leads to has a tree of its own, in which the lowest
 * object of each root cycle stands at the top.  Weak and borrowed references
 * hold nothing.   *@ret is freed with rg_dominators_free() and refers to @graph.
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INCOMPLETE when the dump has no roots;
 * RG_ERROR_LIMIT beyond 2^32 - 4 vertices.
 * Complexity: O((objects + references) log objects) time at worst, linear in
 * practice.  12 bytes an object are kept; meanwhile 20 for each that refers to
 * anything, and 4 for each reference that leads back or across.
 */
RG_API RG_MUST_CHECK rg_error *rg_dominators_find(const rg_graph *graph,
						  const struct rg_dominators_options *options,
						  struct rg_dominators **ret);

/* rg_dominators_free - releases @dominators; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_dominators_free(struct rg_dominators *dominators);

#endif
