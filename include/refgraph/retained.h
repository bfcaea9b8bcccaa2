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
	bool certified;             /* @certify was asked for, and the proof holds */
};

struct rg_dominators_options {
	size_t size;
	bool certify; /* prove the result, for three times the memory and twice the time */
};

/*
 * rg_dominators_find - who dominates each object, and what each retains: Semi-NCA
 * (Georgiadis, "Linear-time algorithms for dominators and related problems",
 * 2005) over counted references.  Every root holds its object; immortal and
 * frozen objects, such of unknown count and such with more references than
 * counted are held by RG_HOLDER_FOREVER, so that they are in no object's sum
 * but its own.  What no root leads to has a tree of its own, in which the lowest
 * object of each root cycle stands at the top.  Weak and borrowed references
 * hold nothing.   With @certify the
 * result is proved by a certificate that is checked in linear time (after Georgiadis
 * and Tarjan, "Dominator tree certification and divergent spanning trees", 2016).
 * *@ret is freed with rg_dominators_free() and refers to @graph.
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INCOMPLETE when the dump has no roots;
 * RG_ERROR_LIMIT beyond 2^32 - 4 vertices; RG_ERROR_CORRUPT when the proof does not
 * hold, which is an error of refgraph.
 * Complexity: O((objects + references) log objects) time at worst, linear in
 * practice.  12 bytes an object are kept; meanwhile 20 for each that refers to
 * anything, and 4 for each reference that leads back or across.
 */
RG_API RG_MUST_CHECK rg_error *rg_dominators_find(const rg_graph *graph,
						  const struct rg_dominators_options *options,
						  struct rg_dominators **ret);

/* rg_dominators_free - releases @dominators; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_dominators_free(struct rg_dominators *dominators);

/* ---- the tree of dominators ------------------------------------------------ */

/* What each vertex dominates directly. */
typedef struct rg_dominator_tree rg_dominator_tree;

/*
 * rg_dominator_tree_new - turns @dominators, which must outlive it, round.  *@ret
 * is freed with rg_dominator_tree_free().
 * Errors: RG_ERROR_NO_MEMORY.  O(objects) time, 12 bytes an object, of which 8 are kept.
 */
RG_API RG_MUST_CHECK rg_error *rg_dominator_tree_new(const struct rg_dominators *dominators,
						     rg_dominator_tree **ret);

/* rg_dominator_tree_free - releases @tree; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_dominator_tree_free(rg_dominator_tree *tree);

/*
 * rg_dominator_children - the vertices right below @vertex, ascending; their
 * number goes to @ret_count.  Owned by the tree.  O(1); cannot fail.
 */
RG_API const rg_id *rg_dominator_children(const rg_dominator_tree *tree, rg_id vertex,
					  size_t *ret_count);

/* ---- sets ------------------------------------------------------------------ */

struct rg_retained_options {
	size_t size;
	const struct rg_step *cuts;  /* references that go as well, or alone */
	size_t cut_count;
	const rg_id *excluded;       /* objects that count as holding nothing */
	size_t excluded_count;
	const struct rg_dominators *dominators; /* for @minimum; or NULL */
};

/* What would go with some objects and references. */
struct rg_retained_set {
	uint64_t objects;     /* no longer led to by any root, the members themselves too */
	uint64_t tracked;     /* of these, known to the collector */
	uint64_t bytes;       /* sizes and owned bytes; sums stop at UINT64_MAX */
	uint64_t members;     /* objects that were named, each once */
	uint64_t unreachable; /* of these, such as no root leads to anyway: in no other number */
	uint64_t minimum;     /* bytes that single members retain, of those that no other member
				 dominates: what they hold together is left out; 0 without
				 @dominators */
	const uint64_t *set;  /* by object: bit id % 64 of word id / 64 */
};

/*
 * rg_retained_find - the exact retained set of the @count objects @members and the
 * references @cuts: what counted references from roots lead to now, and would not
 * lead to if these were gone.  A root that only names what an object holds (a
 * module, a thread-local value) goes with that reference.  What members hold beside
 * objects of @excluded goes with the members all the same (Eclipse MAT's retained
 * set with excluded references).  *@ret is freed with rg_retained_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INCOMPLETE when the dump has no roots;
 * RG_ERROR_INVALID for an object or reference that does not exist.
 * Complexity: O(objects + references + cuts log cuts) time, 5 bytes an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_retained_find(const rg_graph *graph, const rg_id *members,
						size_t count,
						const struct rg_retained_options *options,
						struct rg_retained_set **ret);

/* rg_retained_free - releases @retained; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_retained_free(struct rg_retained_set *retained);

/* What goes at once when its count falls to zero, before any collection. */
struct rg_release {
	uint64_t objects;
	uint64_t bytes;  /* sizes and owned bytes; sums stop at UINT64_MAX */
	uint64_t kept;   /* named objects that would stay: immortal, static, of unknown count */
};

/*
 * rg_release_find - what is freed by counts alone when all references to the
 * @count objects @members go, and the @cut_count references @cuts: each object
 * whose count is then zero gives back what it owns.  Cycles stay for the
 * collector, and so does what they hold.  *@ret is the caller's.
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INCOMPLETE when the dump has no counts;
 * RG_ERROR_INVALID for an object or reference that does not exist.
 * Complexity: O(what is freed and its references + roots + cuts log cuts) time, 5
 * bytes an object of address space, of which what is touched is used.
 */
RG_API RG_MUST_CHECK rg_error *rg_release_find(const rg_graph *graph, const rg_id *members,
					       size_t count, const struct rg_step *cuts,
					       size_t cut_count, struct rg_release *ret);

/* ---- groups ------------------------------------------------------------------ */

struct rg_retained_types_options {
	size_t size;
	bool by_module; /* a row for each module instead of each type */
	struct rg_type_selection select; /* rows for these */
};

/* All living objects of one type, or of the types of one module. */
struct rg_retained_row {
	const char *name;    /* of the type or the module; belongs to the graph */
	rg_type_id type;     /* of a module the first */
	uint64_t count;      /* objects */
	uint64_t bytes;      /* their sizes */
	uint64_t owned;
	uint64_t retained;   /* at least that many bytes would go with all of them: what those
				retain that none of the same row dominates */
};

struct rg_retained_table {
	const struct rg_retained_row *rows; /* most retained first, then by name; they overlap */
	size_t count;
};

/*
 * rg_retained_types - what types or modules retain at least; rg_retained_find()
 * tells of one of them what it retains exactly.  *@ret is freed with
 * rg_retained_types_free() and refers to @graph.
 * Errors: RG_ERROR_NO_MEMORY.
 * Complexity: O(objects + types log types) time, 4 bytes an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_retained_types(const rg_graph *graph,
						 const struct rg_dominators *dominators,
						 const rg_dominator_tree *tree,
						 const struct rg_retained_types_options *options,
						 struct rg_retained_table **ret);

/* rg_retained_types_free - releases @table; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_retained_types_free(struct rg_retained_table *table);

#endif
