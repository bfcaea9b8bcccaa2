/* SPDX-License-Identifier: MIT */
/*
 * What can be found out from a graph.  Results are plain data: they belong to
 * the caller, who frees each with its own function; the pointers in them
 * belong to the result and are not to be changed.  Unless said otherwise a
 * result names objects by id, so it is of use only as long as its graph, and
 * arrays are in a documented order that depends on nothing but the graph.
 *
 * Options structs may be all zero, and NULL stands for that; @size is
 * sizeof(the struct) and lets it grow.
 */
#ifndef REFGRAPH_ANALYSIS_H
#define REFGRAPH_ANALYSIS_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

/* ---- types ------------------------------------------------------------------------------- */

/* By which number the rows of a table of types descend (names ascend); ties by name, address. */
enum rg_type_order {
	RG_TYPES_BY_BYTES = 0,
	RG_TYPES_BY_COUNT = 1,
	RG_TYPES_BY_NAME = 2,
	RG_TYPES_BY_OWNED = 3,
};

struct rg_types_options {
	size_t size;
	bool tracked_only;  /* only tracked and not frozen: what gc.get_objects() would give */
	bool short_names;   /* short names; types of the same short name become one row */
	enum rg_type_order order;
};

/* All objects of one type, or of several that were merged. */
struct rg_type_row {
	const char *name;
	const char *module;    /* "" where unknown or merged from several */
	uint64_t type_address; /* 0 where unknown or merged from several */
	rg_type_id type;       /* the type, of several the first */
	uint32_t merged;       /* how many types */
	uint64_t count;        /* objects */
	uint64_t bytes;        /* their sizes */
	uint64_t owned;        /* bytes outside that they own */
	uint64_t tracked;      /* how many are tracked */
};

/* Independent of the graph it was made from: names are copies. */
struct rg_type_table {
	const struct rg_type_row *rows;
	size_t count;
	uint64_t objects; /* totals of all rows */
	uint64_t bytes;
	uint64_t owned;
	uint64_t tracked;
};

/*
 * rg_types - counts and bytes by type; types without objects have no row.
 * Needs no references.  *@ret is freed with rg_types_free().
 * Errors: RG_ERROR_NO_MEMORY.
 * Complexity: O(objects + types log types).
 */
RG_API RG_MUST_CHECK rg_error *rg_types(const rg_graph *graph,
					const struct rg_types_options *options,
					struct rg_type_table **ret);

/* rg_types_free - releases @table; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_types_free(struct rg_type_table *table);

/* ---- unreachable objects ------------------------------------------------------------------ */

/* Whether anything but a cycle holds an object. */
enum rg_state {
	RG_STATE_ALIVE = 0,
	RG_STATE_UNREACHABLE = 1, /* the runtime's own collector would find it, or it is untracked
				     and held by such objects only */
	RG_STATE_LOST = 2,        /* nothing holds it either, but no collector would find it */
};

/* Which objects are unreachable.  Opaque arrays: ask rg_garbage_state(). */
struct rg_garbage {
	bool by_roots;              /* the dump has no counts: not reached from any root */
	bool certain;               /* no inferred reference between objects found took part */
	uint64_t objects;           /* unreachable ones */
	uint64_t tracked;           /* tracked ones among them: those the collector counts */
	uint64_t bytes;             /* their sizes */
	uint64_t owned;
	uint64_t lost_objects;
	uint64_t lost_bytes;
	uint64_t lost_owned;
	uint64_t overcounted;       /* objects with more references found than their count; such
				       a contradiction counts as being held */
	const rg_id *overcounted_objects; /* the first of them, ascending, at most 100 */
	size_t overcounted_listed;
	const uint64_t *unreachable_set; /* bit id % 64 of word id / 64 */
	const uint64_t *lost_set;
};

/*
 * rg_garbage_find - finds unreachable objects by accounting, as CPython's
 * collector does (update_refs, subtract_refs and move_unreachable of
 * Modules/gcmodule.c): from the counts of tracked objects that are neither
 * frozen nor immortal, references that such objects show to the collector are
 * subtracted; what is left over is held from outside, and what these reach is
 * alive.  The same over all objects and all counted references tells what is
 * lost.  Without counts, what no root reaches is unreachable.
 * *@ret is freed with rg_garbage_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INCOMPLETE when the dump has neither
 * counts nor roots.
 * Complexity: O(objects + references) time, 9 bytes an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_garbage_find(const rg_graph *graph, struct rg_garbage **ret);

/* rg_garbage_state - the state of object @id.  O(1); cannot fail. */
RG_API enum rg_state rg_garbage_state(const struct rg_garbage *garbage, rg_id id);

/* rg_garbage_free - releases @garbage; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_garbage_free(struct rg_garbage *garbage);

/* ---- cycles --------------------------------------------------------------------------------- */

struct rg_cycles_options {
	size_t size;
	bool all; /* also cycles that are alive */
};

/* One reference of an object. */
struct rg_step {
	rg_id source;
	size_t index; /* of the reference among those of @source */
	rg_id target;
};

struct rg_type_count {
	rg_type_id type;
	uint64_t count;
};

/*
 * Root cycles of one shape: strongly connected objects that no other garbage
 * refers to, and what hangs from them.  Two have the same shape when colour
 * refinement over types and labels (indices and keys of collections left out)
 * cannot tell them apart.  What hangs from cycles of several shapes belongs to
 * the first of them by address.
 */
struct rg_cycle_group {
	uint64_t shape;         /* a number that only depends on types and labels */
	uint64_t count;         /* cycles of this shape */
	bool alive;             /* a reachable cycle, listed with @all; nothing hangs from it */
	bool certain;           /* no inferred reference took part */
	const rg_id *objects;   /* of all these cycles, and what hangs from them, ascending */
	size_t object_count;
	size_t member_count;    /* how many of them are in a cycle themselves */
	size_t shared;          /* how many of them hang from another shape too */
	uint64_t bytes;         /* sizes */
	uint64_t owned;
	uint64_t lost;          /* objects among them that are lost */
	uint64_t finalizers;    /* objects among them with a finalizer */
	const struct rg_type_count *types; /* of @objects, most first, then by name */
	size_t type_count;
	const rg_id *example;   /* the members of the first cycle by address, ascending */
	size_t example_count;
	const struct rg_step *cycle; /* a shortest way around it, each step starting where the
					last ended; empty when an object without a count is the
					only member */
	size_t cycle_length;
	bool has_break;         /* one reference whose removal leaves no cycle exists: */
	struct rg_step break_at;
};

struct rg_cycles {
	const struct rg_cycle_group *groups; /* garbage first; most bytes (with owned) first, then
						by the lowest object */
	size_t count;
	uint64_t cycles; /* root cycles in all groups of garbage */
};

/*
 * rg_cycles_find - groups the unreachable and lost objects of @garbage, which
 * belongs to @graph, into root cycles: the source components of the
 * condensation of the graph induced by them.  *@ret is freed with
 * rg_cycles_free().
 * Errors: RG_ERROR_NO_MEMORY.
 * Complexity: O(garbage + its references) time and 40 bytes for each object
 * in it (Tarjan 1972), labels of cycle members included as long as there are
 * no more than a million references between them (beyond, shapes are told by
 * types alone); with @all for each object of the graph.
 */
RG_API RG_MUST_CHECK rg_error *rg_cycles_find(const rg_graph *graph,
					      const struct rg_garbage *garbage,
					      const struct rg_cycles_options *options,
					      struct rg_cycles **ret);

/* rg_cycles_free - releases @cycles; NULL is allowed.  O(groups); cannot fail. */
RG_API void rg_cycles_free(struct rg_cycles *cycles);

#endif
