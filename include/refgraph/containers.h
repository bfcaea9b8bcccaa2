/* SPDX-License-Identifier: MIT */
/*
 * Containers: what holds any number of elements, and is held by something with
 * a name.  A leak is nearly always one of them that only grows: a row here says
 * which, over one dump or several.
 */
#ifndef REFGRAPH_CONTAINERS_H
#define REFGRAPH_CONTAINERS_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

/* ---- of one dump ------------------------------------------------------------- */

/* One container.  Strings belong to the table. */
struct rg_container_row {
	const char *signature;   /* of the best chain to it: "sig1:..." */
	const char *shape;       /* the text of that */
	const char *path;        /* the chain as an expression; NULL: too long, or too many */
	const char *type;
	uint64_t address;
	uint64_t elements;       /* what its length is; of a cache the entries */
	uint64_t bytes;          /* its own: size and what it owns */
	uint64_t retained;       /* bytes that would go with it */
	const char *element_type; /* of most of them; "" where it holds nothing */
	uint64_t element_count;  /* elements of that type */
	enum rg_origin origin;   /* of the module whose chain it is; unknown for other roots */
};

/* Containers of one dump; independent of the graph. */
struct rg_container_table {
	const struct rg_container_row *rows; /* most retained first, then most elements */
	size_t count;
	uint64_t containers;  /* of any size, those too that no root leads to */
	uint64_t left_out;    /* with enough elements, but no row for want of room */
};

struct rg_containers_options {
	size_t size;
	uint64_t least;   /* elements of those that have a row; 0: 16 */
	size_t most;      /* rows, those with most elements and most retained; 0: 10,000 */
	enum rg_label_policy labels;      /* of paths */
	const rg_chain_tree *chains;      /* of the graph; NULL: one is made */
	const struct rg_container_table *before; /* of an earlier dump, or NULL: what has more
						    elements than in that has a row first */
};

/*
 * rg_containers_find - the containers of @graph: collections (RG_ROLE_COLLECTION)
 * and caches, what is a part of an object (its __dict__) too.  Of all of them
 * so much is kept that rg_container_growth_find() finds them again.
 * *@ret is freed with rg_containers_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INCOMPLETE when the dump has no roots.
 * Complexity: O(objects + references + containers log containers) time; 24 bytes a
 * container are kept, and a row's strings.  Paths look at ten million references
 * at most, the first rows' first.
 */
RG_API RG_MUST_CHECK rg_error *rg_containers_find(const rg_graph *graph,
						  const struct rg_dominators *dominators,
						  const struct rg_containers_options *options,
						  struct rg_container_table **ret);

/* rg_containers_free - releases @table; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_containers_free(struct rg_container_table *table);

/* ---- over several dumps ------------------------------------------------------ */

struct rg_container_growth_options {
	size_t size;
	size_t warmup;     /* so many dumps at the beginning are shown but judge nothing */
	bool same_process; /* a container is told by address and type, and by its signature only
			      where that is gone; else by its signature alone, and all of one
			      are one row */
	bool all;          /* keep those that did not change */
};

/*
 * One container, or all of one signature, in all dumps.  Differences stop at what
 * an int64_t holds.
 */
struct rg_container_growth_row {
	const char *signature, *shape; /* as in the last dump that has a row of it */
	const char *path;        /* of one container in that dump, the biggest; or NULL */
	const char *type;
	const char *element_type;
	uint64_t address;        /* in the last dump that has it */
	enum rg_origin origin;
	const uint64_t *containers; /* by dump: 0 or 1; of a signature how many have a row */
	const uint64_t *elements;   /* by dump: of all of these */
	const uint64_t *retained;   /* by dump, bytes: of those in others' too */
	int64_t element_delta;   /* last against first after warmup */
	int64_t retained_delta;
	enum rg_verdict verdict; /* of the elements; where these never changed, of @retained */
	double slope;            /* elements a dump: the least squares line after warmup */
	size_t grown;            /* steps after warmup in which that grew */
	bool is_new;             /* not in the first dump after warmup, but in the last */
	bool is_gone;            /* the other way round */
	bool weighed;            /* the following are known: rg_container_growth_weigh() */
	uint64_t newcomers;      /* objects it leads to over newcomers alone */
	uint64_t exclusive;      /* their bytes that would go with the container */
	uint64_t shared;         /* their bytes that something else leads to as well */
};

struct rg_container_growth {
	const struct rg_container_growth_row *rows; /* with more elements first, most retained
						       growth first; then the others */
	size_t count;
	size_t dumps;      /* the length of elements and retained */
	size_t warmup;     /* dumps at the beginning that judge nothing */
	size_t unchanged;  /* containers with a row in any dump in which nothing changed */
	uint64_t left_out; /* of one process: such as have more elements in the last dump than in
			      the first after warmup, but no row for want of room */
	bool same_process; /* as the options had it */
};

/*
 * rg_container_growth_find - what changed over @count tables, oldest first.
 * Independent of the tables afterwards.  *@ret is freed with
 * rg_container_growth_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INVALID with fewer than two dumps after warmup.
 * Complexity: O(dumps * rows * log containers).
 */
RG_API RG_MUST_CHECK rg_error *
rg_container_growth_find(const struct rg_container_table *const *tables, size_t count,
			 const struct rg_container_growth_options *options,
			 struct rg_container_growth **ret);

/*
 * rg_container_growth_weigh - what of the last dump's @newcomers each row that has
 * more elements brought: those that its container leads to by ways of newcomers
 * alone.  What of their bytes goes with it, which is in the tree of dominators
 * below it, is exclusive; the rest is shared.  Rows of several containers stay
 * unweighed, and so do the last ones once sixteen million references have been
 * looked at.
 * Errors: RG_ERROR_NO_MEMORY.
 * Complexity: O(objects + that many references + rows log objects) time, 12 bytes an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_container_growth_weigh(struct rg_container_growth *growth,
							 const rg_graph *graph,
							 const struct rg_dominators *dominators,
							 const struct rg_newcomers *newcomers);

/* rg_container_growth_free - releases @growth; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_container_growth_free(struct rg_container_growth *growth);

/*
 * rg_types_of_one_process - whether two tables of types, made with the same options,
 * are of dumps of one process: nine in ten of the types that both have are where
 * they were.  Address spaces are random where they are not switched off; processes
 * that fork from one are taken for it.  O(rows log rows); cannot fail: false where memory
 * runs out.
 */
RG_API bool rg_types_of_one_process(const struct rg_type_table *before,
				    const struct rg_type_table *after);

#endif
