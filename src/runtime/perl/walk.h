/* SPDX-License-Identifier: MIT */
/*
 * Every reference of one SV, in a fixed order, with who owns the count: what the
 * graph is built from, and what labels are found by walking again.
 *
 * Who owns a count is told by what gives it back: sv_clear() of sv.c, hv_undef_flags()
 * of hv.c, cv_undef_flags() of pad.c, gp_free() of gv.c, mg_free() of mg.c and
 * pregfree2() of regcomp.c.  What several SVs share and has a count of its own - a GP,
 * a name in a pad, an op tree, the code blocks of a pattern - gives back once for all of
 * them: the first SV that is walked owns what it holds, for the others it is borrowed.
 */
#ifndef RG_RUNTIME_PERL_WALK_H
#define RG_RUNTIME_PERL_WALK_H

#include "runtime/perl/private.h"

/* How a reference is reached: what makes its label, and what @value is. */
enum pl_label {
	PL_LABEL_TEXT,      /* @value is a const char * of ours: "blessed into", "prototype" */
	PL_LABEL_REFERENT,  /* of a reference: "->" */
	PL_LABEL_ELEMENT,   /* of an array; @value its index */
	PL_LABEL_VALUE,     /* of a hash; @value the HEK of its key */
	PL_LABEL_KEY_SV,    /* of a hash; @value the SV that is its key */
	PL_LABEL_SYMBOL,    /* of a stash; @value the HEK of its name */
	PL_LABEL_SLOT,      /* of a glob; @value the sigil, or the first letter of its word */
	PL_LABEL_PAD,       /* of a sub; @value its depth */
	PL_LABEL_LEXICAL,   /* of a pad; @value the PADNAME */
	PL_LABEL_TEMPORARY, /* of a pad; @value its index */
	PL_LABEL_CONSTANT,  /* of a pad, or of an op tree */
	PL_LABEL_MAGIC,     /* the object of magic; @value its letter */
	PL_LABEL_MAGIC_KEY, /* the key of magic, if that is an SV; @value its letter */
	PL_LABEL_OVERLOAD,  /* a method of overloading; @value its index */
	PL_LABEL_FIELD,     /* of an object of feature 'class'; @value its index */
	PL_LABEL_STACK,     /* of the argument stack; @value its index */
};

/* One reference. */
struct pl_edge {
	uint64_t target;
	uint64_t value;
	uint8_t kind; /* rg_reference_kind and the bits beside it */
	uint8_t what; /* enum pl_label */
};

/* Called for each reference; its error ends the walk and is handed on. */
typedef rg_error *pl_edge_fn(void *user, const struct pl_edge *edge);

/* One walk under way. */
struct pl_walk {
	struct pl *pl;
	struct pl_sv sv;
	pl_edge_fn *each;
	void *user;
	rg_error *error;
	bool claims; /* the first of all walks: what is shared is taken by who comes first */
};

/* ---- walk.c ------------------------------------------------------------------ */

/* pl_walk - every reference of @sv; what is shared is claimed: in ascending order, once. */
RG_MUST_CHECK rg_error *pl_walk(struct pl *pl, const struct pl_sv *sv, pl_edge_fn *each,
				void *user);
/* pl_walk_again - the same references with the same kinds; changes nothing of @pl. */
RG_MUST_CHECK rg_error *pl_walk_again(struct pl *pl, const struct pl_sv *sv, pl_edge_fn *each,
				      void *user);

/* pl_walk_failed - something of this SV cannot be read: counted once, by the first walk. */
static inline void pl_walk_failed(struct pl_walk *walk)
{
	if (walk->claims)
		pl_undecoded(walk->pl, walk->sv.address);
}

/* pl_emit - one reference, unless @target is 0. */
void pl_emit(struct pl_walk *walk, uint64_t target, uint8_t kind, enum pl_label what,
	     uint64_t value);
/* pl_emit_text - one that is called @text. */
void pl_emit_text(struct pl_walk *walk, uint64_t target, uint8_t kind, const char *text);
/* pl_claims - whether this SV is the one that owns what the struct at @address holds. */
bool pl_claims(struct pl_walk *walk, uint64_t address);
/* pl_walk_spend - notes that @count words are looked through, or as many as there are. */
static inline void pl_walk_spend(struct pl_walk *walk, uint64_t count)
{
	uint64_t most = walk->pl->image_bytes / 8;

	if (walk->claims)
		walk->pl->steps += count < most ? count : most;
}

/* pl_emit_array - @count words at @at, numbered from 0 on; those that are 0 are skipped. */
void pl_emit_array(struct pl_walk *walk, uint64_t at, uint64_t count, uint8_t kind,
		   enum pl_label what);
/*
 * pl_holder_kind - the kind of a counted reference to @value from what a program sees as
 * holding it: a scalar that is nothing but a reference is shown as a part of it.
 */
uint8_t pl_holder_kind(const struct pl *pl, uint64_t value);

/* ---- walk_*.c: what each body holds --------------------------------------------- */

void pl_walk_hash(struct pl_walk *walk);
void pl_walk_code(struct pl_walk *walk);
void pl_walk_glob(struct pl_walk *walk);
void pl_walk_regexp(struct pl_walk *walk, uint64_t body);
void pl_walk_magic(struct pl_walk *walk);
/* pl_walk_names - what the names of the PADNAMELIST @names own. */
void pl_walk_names(struct pl_walk *walk, uint64_t names);
/* pl_walk_ops - what the ops of an unthreaded build own, from @root on. */
void pl_walk_ops(struct pl_walk *walk, uint64_t root);

/* ---- pads ------------------------------------------------------------------------ */

/* The length of a key that is an SV: HEf_SVKEY, hv.h. */
#define PL_SVKEY (-2)
/* CvFLAGS from 5.38 on: the value of an XSUB is counted. */
#define PL_CVf_REFCOUNTED_ANYSV 0x80000u

/* Texts of references that others look for. */
#define PL_TEXT_BACKREFS "backreferences"
#define PL_TEXT_BLESSED "blessed into"

/* pl_pad_find - the sub to which the array at @address is a pad; false: it is none. */
bool pl_pad_find(const struct pl *pl, uint64_t address, struct pl_pad *ret);
/* pl_padname - the PADNAME that number @index of @names is; 0: it has none. */
uint64_t pl_padname(struct pl *pl, uint64_t names, uint64_t index);
/* pl_padname_read - its text, "$x", and flags; false: it has no text. */
bool pl_padname_read(struct pl *pl, uint64_t name, char *ret, size_t size, uint32_t *ret_flags);

/* The flags of a PADNAME, pad.h. */
#define PL_PADNAME_OUTER 1u
#define PL_PADNAME_STATE 2u
#define PL_PADNAME_TYPED 8u
#define PL_PADNAME_OUR 16u

#endif
