/* SPDX-License-Identifier: MIT */
/*
 * One search for leaks: what all kinds of suspects share.  Each kind has a file of
 * its own, which adds candidates; leaks.c merges those about the same holder, gives
 * them chains and signatures, and ranks them.
 *
 * An object here is what a reader sees: parts are their owner's.
 */
#ifndef RG_ANALYSIS_LEAKS_H
#define RG_ANALYSIS_LEAKS_H

#include <string.h>

#include "analysis/syntax.h"
#include "base/bitset.h"
#include "base/error.h"
#include "base/map.h"
#include "base/vector.h"
#include "graph/store.h"

#define LEAKS_OBJECTS 8 /* named with a suspect */

/* Whose a holder is: the less it is the program's, the more it may hold. */
enum leaks_whose {
	LEAKS_PROGRAM, /* a module, class, function of the program, or what hangs from one */
	LEAKS_MIXED,   /* an object of a package or the library that the program keeps */
	LEAKS_LOCAL,   /* a variable of a running function of the program */
	LEAKS_PACKAGE,
	LEAKS_RUNTIME,
};

/* What elements are, the least telling last. */
enum leaks_sort {
	LEAKS_STRUCTURED, /* objects with a life of their own */
	LEAKS_RECORDS,    /* collections of numbers and texts */
	LEAKS_PLAIN,      /* numbers, texts, and tuples of such: a table */
};

struct leaks_candidate {
	enum rg_leak_kind kind;
	rg_id holder;          /* or RG_NONE */
	enum leaks_whose whose;
	rg_type_id type;
	uint64_t count, retained;
	uint64_t weight;       /* bytes by which it is ranked: what grew, or retained */
	bool exclusive;
	bool proven;           /* beyond suspicion: nothing will ever free it */
	bool dropped;
	rg_id objects[LEAKS_OBJECTS]; /* elements, examples */
	size_t object_count;
	uint64_t shape;        /* of what has no chain: what its signature is made of */
	RG_VECTOR(struct rg_leak_fact) facts;
	struct rg_chains *chains;
	char *text;            /* of the signature */
	char id[24];
};

/* By object, of an earlier dump. */
struct leaks_noted {
	uint64_t address, print; /* of its type's name */
	uint64_t elements, retained;
};

/* By a text's hash, of an earlier dump. */
struct leaks_number {
	uint64_t key;
	uint64_t count, bytes;
};

struct rg_leaks_before {
	struct leaks_noted *noted; /* ascending by address */
	size_t noted_count;
	struct leaks_number *shapes;  /* ascending by key: containers by signature */
	size_t shape_count;
	struct leaks_number *buffers; /* ascending by key: big objects by signature */
	size_t buffer_count;
	struct leaks_number *types;   /* by name: living objects */
	size_t type_count;
	struct leaks_number *places;  /* by name and address of type objects: the same process? */
	size_t place_count;
	uint64_t garbage, garbage_bytes;
	uint64_t lost, lost_bytes;
	uint64_t dead[RG_ROLE_THREAD_LOCAL + 1]; /* by role: open, and unreachable */
};

/* Flags of a type here. */
enum {
	LEAKS_TYPE_PLAIN = 1,      /* the runtime's, of no role, and no type or module */
	LEAKS_TYPE_DEFINITION = 2, /* its objects are modules or types */
};

struct leaks_work {
	const rg_graph *graph;
	struct rg_leaks_options how;
	struct rg_dominators *dominators;
	struct rg_garbage *garbage; /* NULL: not known */
	rg_chain_tree *tree;
	rg_id *keeper;          /* by object: whose part it is, or itself */
	uint8_t *type_flags;    /* by type */
	uint32_t *children;     /* by object: how many stand right below it, as a reader sees it */
	uint32_t *slot;         /* by object: scratch of a gathering, 0 unless it is at work */
	struct rg_map module_origin; /* hash of a module's name or file -> origin + 1 */
	struct rg_map class_origin;  /* object + 1 -> origin + 1 */
	char library[1024];     /* folder of the standard library; "" */
	uint64_t living;
	bool same_process;      /* the earlier dump is of this very process */
	RG_VECTOR(struct leaks_candidate) found;
};

/* What became of a container since the first of the earlier dumps. */
struct leaks_growth {
	bool known;  /* it was in the earlier dump */
	bool steady; /* it grew from each dump to the next */
	int64_t elements, retained;
	uint64_t old_elements, old_retained;
};

/* --- leaks.c --- */
/* leaks_add - a new candidate about @holder; NULL: no memory. */
struct leaks_candidate *leaks_add(struct leaks_work *work, enum rg_leak_kind kind, rg_id holder);
/* leaks_tell - one more fact; false: no memory. */
bool leaks_tell(struct leaks_candidate *candidate, const struct rg_leak_fact *fact);
/* leaks_tell_growth - what grew since the earlier dumps. */
bool leaks_tell_growth(struct leaks_candidate *candidate, const struct leaks_growth *growth);
/* leaks_compare_numbers - for rg_sort(): uint64_t, ascending. */
int leaks_compare_numbers(const void *a, const void *b, void *user);
/* leaks_name - one more object; what has no place is left out. */
void leaks_name(struct leaks_candidate *candidate, rg_id object);
/* leaks_percent - @percent of the living bytes, and at least @least. */
uint64_t leaks_percent(const struct leaks_work *work, double percent, uint64_t least);
/*
 * leaks_kept - what @holder (RG_NONE: none) keeps by objects that retain @bytes: as much as
 * it retains itself, where it is no namespace, but no more than there is.
 */
uint64_t leaks_kept(const struct leaks_work *work, rg_id holder, uint64_t bytes);
/* leaks_compares - whether there is an earlier dump to compare with. */
static inline bool leaks_compares(const struct leaks_work *work)
{
	return work->how.before_count > 0;
}

/* --- leaks_whose.c --- */
RG_MUST_CHECK rg_error *leaks_whose_init(struct leaks_work *work);
/* leaks_whose_chain - whose what @chain leads to is; the target itself counts as well. */
enum leaks_whose leaks_whose_chain(const struct leaks_work *work, const struct rg_chain *chain);
/* leaks_whose - the same of @id, by its best chain. */
RG_MUST_CHECK rg_error *leaks_whose(const struct leaks_work *work, rg_id id,
				    enum leaks_whose *ret);
enum rg_origin leaks_origin(enum leaks_whose whose);
/* leaks_class_origin - where the class @id is from. */
enum rg_origin leaks_class_origin(const struct leaks_work *work, rg_id id);

/* --- leaks_elements.c --- */
/* leaks_is_builtin - whether @type is one of the language itself, known by a bare name. */
static inline bool leaks_is_builtin(const struct rg_type *type)
{
	return rg_syntax_is_bare(type) && (type->origin == RG_ORIGIN_RUNTIME ||
					   type->origin == RG_ORIGIN_UNKNOWN);
}
/* leaks_is_plain - a number, a text, ...: it refers to nothing and means nothing alone. */
bool leaks_is_plain(const struct leaks_work *work, rg_id id);
/* leaks_sort_of - what @id is as an element. */
enum leaks_sort leaks_sort_of(const struct leaks_work *work, rg_id id);
/*
 * leaks_count_references - by object that is shown: how many references it and its parts
 * have.  Freed by the caller; NULL: no memory.
 */
uint32_t *leaks_count_references(const struct leaks_work *work);
/* leaks_is_alive - whether a root leads to @id. */
bool leaks_is_alive(const struct leaks_work *work, rg_id id);

/* leaks_held_by - what @id retains, or its elements together where others hold them, too. */
uint64_t leaks_held_by(const struct leaks_work *work, rg_id id);

/* --- leaks_limits.c: from where on a holder is suspect --- */
struct leaks_limit {
	uint64_t count; /* elements of one kind, at least */
	uint64_t bytes; /* and what they retain */
};
/* leaks_limit - for what @whose holds, as long as there is nothing to compare with. */
struct leaks_limit leaks_limit(const struct leaks_work *work, enum leaks_whose whose);
/*
 * leaks_exceeds - whether @count elements of @sort, which retain @bytes, are too many
 * for @whose.
 */
bool leaks_exceeds(const struct leaks_work *work, enum leaks_whose whose, enum leaks_sort sort,
		   uint64_t count, uint64_t bytes);
/* leaks_outgrows - whether that much growth is above noise for @whose. */
bool leaks_outgrows(const struct leaks_work *work, enum leaks_whose whose,
		    const struct leaks_growth *growth);
/* leaks_grew_by - whether a number went up by more than noise: by @least and by a twentieth. */
bool leaks_grew_by(uint64_t before, uint64_t now, uint64_t least);

/* --- leaks_gather.c: where many objects come from --- */
struct leaks_origin_point {
	rg_id holder;      /* the last object that leads to most of them; RG_NONE: none does */
	uint64_t below;    /* how many it leads to */
};
/*
 * leaks_gather - walks from the roots down the best chains to @objects as long as one
 * way leads to most of them; stops before an object of @type (RG_NONE: any).
 * O(objects on the ways).
 */
RG_MUST_CHECK rg_error *leaks_gather(struct leaks_work *work, const rg_id *objects, size_t count,
				     rg_type_id type, struct leaks_origin_point *ret);

/* --- leaks_before.c: what an earlier dump says --- */
RG_MUST_CHECK rg_error *leaks_before_note(struct leaks_work *work, struct rg_leaks_before *ret);
/* leaks_before_same - whether the last of the earlier dumps is of this process. */
RG_MUST_CHECK rg_error *leaks_before_same(struct leaks_work *work);
/*
 * leaks_before_grew - whether the container @id, with @elements now, which retain
 * @retained, is new or has more than in the earlier dumps; by how much it grew.
 */
RG_MUST_CHECK rg_error *leaks_before_grew(const struct leaks_work *work, rg_id id,
					  uint64_t elements, uint64_t retained,
					  struct leaks_growth *ret);
/* leaks_key_of - the key of the signature of @id; 0: no root leads there. */
RG_MUST_CHECK rg_error *leaks_key_of(const struct leaks_work *work, rg_id id, uint64_t *ret);
/* leaks_find - the one of @key in @numbers, which ascend by key, or NULL. */
const struct leaks_number *leaks_find(const struct leaks_number *numbers, size_t count,
				      uint64_t key);
/* leaks_before_type - living objects of @type in the last of the earlier dumps. */
uint64_t leaks_before_type(const struct leaks_work *work, rg_type_id type);

/* --- leaks_buffers.c --- */
/* leaks_buffers_note - by signature the big objects, for a later dump; *ret is rg_free()d. */
RG_MUST_CHECK rg_error *leaks_buffers_note(const struct leaks_work *work,
					   struct leaks_number **ret, size_t *ret_count);

/* --- a file each: what adds candidates --- */
RG_MUST_CHECK rg_error *leaks_buffers(struct leaks_work *work);
RG_MUST_CHECK rg_error *leaks_containers(struct leaks_work *work);
RG_MUST_CHECK rg_error *leaks_types(struct leaks_work *work);
RG_MUST_CHECK rg_error *leaks_caches(struct leaks_work *work);
RG_MUST_CHECK rg_error *leaks_exceptions(struct leaks_work *work);
RG_MUST_CHECK rg_error *leaks_garbage(struct leaks_work *work);
RG_MUST_CHECK rg_error *leaks_lost(struct leaks_work *work);
RG_MUST_CHECK rg_error *leaks_resources(struct leaks_work *work);
/* leaks_is_left_open - whether @id is known to be open although nothing reaches it. */
bool leaks_is_left_open(const struct leaks_work *work, rg_id id);
RG_MUST_CHECK rg_error *leaks_views(struct leaks_work *work);
RG_MUST_CHECK rg_error *leaks_history(struct leaks_work *work);
RG_MUST_CHECK rg_error *leaks_tasks(struct leaks_work *work);

#endif
