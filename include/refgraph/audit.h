/* SPDX-License-Identifier: MIT */
/*
 * The audit of reference counts: which references the dump explains, of which
 * it has a hint, and of which nothing is known.
 *
 * Explained is a reference read at a place that owns it: an object, a named
 * root.  Attributed is an object whose address stands as a plain word in memory
 * of C: it may own a reference, so it is told with its place; it is never
 * subtracted, it only ranks the object lower.
 */
#ifndef REFGRAPH_AUDIT_H
#define REFGRAPH_AUDIT_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

/* ---- where words of C name objects ------------------------------------------ */

/* What kind of memory a word stands in, the most telling first. */
enum rg_place_kind {
	RG_PLACE_DATA = 0,     /* .data or .bss of a mapped file */
	RG_PLACE_MEMORY = 1,   /* malloc's, or mapped without a file */
	RG_PLACE_STACK = 2,    /* the part of a C stack that is in use */
	RG_PLACE_REGISTER = 3,
};

/* A word that is the address of an object. */
struct rg_place {
	rg_id object;
	enum rg_place_kind kind;
	uint64_t address;   /* of the word; of a register its number in the dump */
	uint64_t native_id; /* of the thread whose stack or register it is; else 0 */
};

/* At most so many places are kept of one object; all are counted. */
#define RG_MOST_PLACES 8

/* Where the objects that have unexplained references are named. */
struct rg_attribution {
	bool known;                    /* false: the dump holds no memory to look at */
	const struct rg_place *places; /* by object, then kind, then address */
	size_t count;
	uint64_t objects;              /* that have any */
	uint64_t scanned;              /* bytes that were looked at */
};

/*
 * rg_dump_attribute - looks for the addresses of objects with unexplained
 * references in all memory that can be C's: what is writable, without what the
 * runtime says is its own (objects, their tables, its allocator, its state) and
 * the dead part of stacks.  *@ret is freed with rg_attribution_free().
 * Errors: those of rg_dump_graph().
 * Complexity: O(memory of the dump + objects) time, 24 bytes a place.
 */
RG_API RG_MUST_CHECK rg_error *rg_dump_attribute(rg_dump *dump, struct rg_attribution **ret);

/* rg_attribution_free - releases @attribution; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_attribution_free(struct rg_attribution *attribution);

/*
 * rg_place_name - where @place is, for people: "python3.11 .data+0x1234",
 * "stack of thread 4711", "register rbx of thread 4711", "memory at 0x7f..".
 * Writes at most @size bytes with the closing NUL to @buffer, cutting what is
 * longer, and returns the length of the whole.  O(modules + log symbols); the
 * first call that names a symbol O(symbols log symbols).  Cannot fail.
 */
RG_API size_t rg_place_name(rg_dump *dump, const struct rg_place *place, char *buffer,
			    size_t size);

/* ---- the audit -------------------------------------------------------------- */

struct rg_audit_options {
	size_t size;
	const struct rg_attribution *attribution; /* or NULL: nothing is attributed */
	struct rg_type_selection select; /* rows for objects of these; totals are those of all */
	const rg_id *objects; /* rows for these, explained or not; NULL: those with unexplained */
	size_t object_count;
};

/* One object; @explained and @external together are its count. */
struct rg_audit_row {
	rg_id object;
	int64_t refcount;    /* -1: unknown or no longer kept */
	uint64_t explained;  /* references that objects and named roots own */
	int64_t external;    /* those that nothing explains; negative: more found than counted */
	bool unreached;      /* no other object and no named root refers to it */
	const struct rg_place *places; /* belong to the attribution; at most RG_MOST_PLACES */
	size_t place_count;
};

/* The rows of one type. */
struct rg_audit_type {
	rg_type_id type;
	uint64_t objects;
	uint64_t attributed; /* of these, objects with a place */
	uint64_t unreached;
	uint64_t references; /* the unexplained ones of all */
};

struct rg_audit {
	const struct rg_audit_row *rows; /* without any place first, over-explained ones last; most
					    unexplained first, then by address.  With @objects: in
					    their order */
	size_t count;
	const struct rg_audit_type *types; /* most references first, then by name, address */
	size_t type_count;
	uint64_t counted;        /* objects whose count is known and kept; of these: */
	uint64_t explained;      /* wholly */
	uint64_t attributed;     /* not wholly, but there is a place */
	uint64_t unexplained;    /* not wholly, and there is none */
	uint64_t over_explained; /* more references found than counted: a contradiction */
	uint64_t unreached;      /* not wholly, and nothing refers to them */
	uint64_t references;     /* the unexplained ones of all */
	uint64_t immortal;       /* objects whose count is not kept */
};

/*
 * rg_audit_find - the objects of @graph whose counts the graph does not explain:
 * the count minus the references that objects and named roots own, as Mozilla's
 * cycle collector logs have it for its own (find_roots.py).  *@ret is freed with
 * rg_audit_free() and refers to @graph and to the attribution.
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INCOMPLETE when the dump has no counts;
 * RG_ERROR_INVALID for objects that do not exist.
 * Complexity: O(objects + references of what is found + rows log rows).
 */
RG_API RG_MUST_CHECK rg_error *rg_audit_find(const rg_graph *graph,
					     const struct rg_audit_options *options,
					     struct rg_audit **ret);

/* rg_audit_free - releases @audit; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_audit_free(struct rg_audit *audit);

#endif
