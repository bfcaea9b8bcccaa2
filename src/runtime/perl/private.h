/* SPDX-License-Identifier: MIT */
/*
 * What the files of this folder share: the state of one open Perl, its heads, and
 * the stages.  Names of perl's own headers are used for its things.
 */
#ifndef RG_RUNTIME_PERL_PRIVATE_H
#define RG_RUNTIME_PERL_PRIVATE_H

#include "base/alloc.h"
#include "base/map.h"
#include "base/vector.h"
#include "image/image.h"
#include "runtime/perl/layout.h"
#include "runtime/runtime.h"

#define PL_READS "Perl 5.28 to 5.42, with threads or without"

/* sv.h: SvTYPE, the same since 5.20; PVOBJ since 5.38. */
enum pl_type {
	PL_NULL = 0,
	PL_IV = 1, /* also a reference */
	PL_NV = 2,
	PL_PV = 3,
	PL_INVLIST = 4,
	PL_PVIV = 5,
	PL_PVNV = 6,
	PL_PVMG = 7,
	PL_REGEXP = 8,
	PL_PVGV = 9,
	PL_PVLV = 10,
	PL_PVAV = 11,
	PL_PVHV = 12,
	PL_PVCV = 13,
	PL_PVFM = 14,
	PL_PVIO = 15,
	PL_PVOBJ = 16,
	PL_TYPES = 17,
	PL_FREED = 0xff,
};

/* sv.h: SvFLAGS, the same since 5.22 where nothing else is said. */
enum pl_flag {
	PL_IOK = 0x00000100,
	PL_NOK = 0x00000200,
	PL_POK = 0x00000400,
	PL_ROK = 0x00000800,
	PL_OK = 0x0000ff00,        /* any of these and of their private likes: defined */
	PL_pIOK = 0x00001000,
	PL_pNOK = 0x00002000,
	PL_pPOK = 0x00004000,
	PL_SCREAM = 0x00008000,    /* SVpgv_GP: a glob has a GP; SVprv_PCS_IMPORTED */
	PL_PROTECT = 0x00010000,
	PL_PADTMP = 0x00020000,
	PL_PADSTALE = 0x00040000,
	PL_TEMP = 0x00080000,
	PL_OBJECT = 0x00100000,    /* blessed */
	PL_GMG = 0x00200000,
	PL_SMG = 0x00400000,
	PL_RMG = 0x00800000,
	PL_FAKE = 0x01000000,
	PL_OOK = 0x02000000,       /* PVHV: has an auxiliary part; else: an offset before the PV */
	PL_BREAK = 0x04000000,     /* the count is too low: while all is torn down */
	PL_READONLY = 0x08000000,
	PL_IsCOW = 0x10000000,     /* with a length of 0: the PV is the text of a shared HEK */
	PL_AMAGIC = 0x10000000,    /* of a stash */
	PL_UTF8 = 0x20000000,
	PL_SHAREKEYS = 0x20000000, /* PVHV: its keys are in the table of shared strings */
	PL_STATIC = 0x40000000,    /* PV, COW: the text is a constant of C's */
	PL_REAL = 0x40000000,      /* PVAV: counts what it holds */
	PL_LAZYDEL = 0x40000000,   /* PVHV: eiter is deleted already */
	PL_REIFY = 0x80000000,     /* PVAV: can become real */
	PL_WEAKREF = 0x80000000,   /* with ROK */
	PL_IsUV = 0x80000000,
};

/* cv.h: CvFLAGS, the same since 5.22. */
enum pl_cv_flag {
	PL_CVf_LVALUE = 0x0002,
	PL_CVf_CONST = 0x0004,
	PL_CVf_ISXSUB = 0x0008,
	PL_CVf_WEAKOUTSIDE = 0x0010,
	PL_CVf_CLONE = 0x0020,
	PL_CVf_CLONED = 0x0040,
	PL_CVf_ANON = 0x0080,
	PL_CVf_UNIQUE = 0x0100,
	PL_CVf_NODEBUG = 0x0200,
	PL_CVf_NAMED = 0x8000,     /* where a glob would be there is a HEK */
	PL_CVf_DYNFILE = 0x1000,
	PL_CVf_CVGV_RC = 0x0400,   /* counts its glob */
	PL_CVf_SLABBED = 0x0800,
	PL_CVf_HASEVAL = 0x4000,
};

/* One interpreter: every thread has its own, with heads of its own. */
struct pl_interpreter {
	uint64_t address; /* of its struct; not threaded: of PL_sv_arenaroot */
	uint64_t variable[PL_FIELD_COUNT]; /* where each stands; 0: nowhere */
	uint64_t thread;  /* pthread_self() of the thread that runs in it, 0 where none does */
	bool is_main;     /* the first of the process */
};

/* A head that was read. */
struct pl_sv {
	uint64_t address, any, u;
	uint32_t refcount, flags;
	uint8_t type; /* pl_type */
};



/* One pad: whose names it has. */
struct pl_pad {
	uint64_t names; /* PADNAMELIST, 0: none */
	uint64_t code;  /* the CV */
	uint32_t depth;
};

/* What walk.c and its neighbours find while the references are read. */
struct pl_shared {
	struct rg_map claims; /* structs that several SVs share -> the SV that owns them */
	struct rg_map index;  /* AVs that are pads -> where they stand in pads */
	RG_VECTOR(struct pl_pad) pads;
	struct rg_map stacks; /* AVs that are argument stacks -> 1 */
};

/* One open runtime. */
struct pl {
	rg_image *image;
	struct rg_progress progress;
	struct pl_layout layout;
	struct pl_interpreter *interpreters; /* the first is the main one */
	size_t interpreter_count;
	uint64_t yes, no;     /* PL_Yes and PL_No: the text of what is true, and false */
	uint64_t placeholder; /* PL_sv_placeholder: stands in for deleted values; 0: not known */
	const struct rg_module *module;
	char version[48];
	char build[512];
	uint64_t threads;     /* how many were told */
	uint64_t unreadable;
	uint64_t image_bytes;
	uint64_t steps;          /* words and entries that were looked through while building */
	rg_builder *builder;  /* since objects() */
	struct rg_map known;  /* addresses of interpreters: interpreter.c */
	uint64_t main;        /* the first interpreter of the process */
	rg_error *pending;    /* of a callback that returns none */
	RG_VECTOR(struct rg_runtime_info) runtimes; /* Perls of the process; one of them is read */
	struct rg_map pads;   /* AVs that are pads -> 1; known since objects() */
	/*
	 * What a class hands down without counting it (class.c of 5.38 to 5.42): lists of
	 * ADJUST blocks -> how many at their front; what initialises its fields -> 0, which
	 * pads of derived classes hold.
	 */
	struct rg_map uncounted;
	struct rg_map types;  /* package and kind -> rg_type_id: type.c */
	RG_VECTOR(uint32_t) type_flags; /* of rg_type_id: flags of all objects of that type */
	uint32_t packages;    /* that package.c was asked for */
	struct rg_map seen;   /* objects that are counted as unreadable */
	struct pl_shared shared;
	bool failed;          /* memory ran out where no error can be returned */

};

/* ---- reading ---------------------------------------------------------------- */

static inline uint64_t pl_load64(const unsigned char *at)
{
	uint64_t word;

	memcpy(&word, at, 8);
	return word;
}

static inline uint32_t pl_load32(const unsigned char *at)
{
	uint32_t word;

	memcpy(&word, at, 4);
	return word;
}

static inline bool pl_read(const struct pl *pl, uint64_t address, void *buffer, size_t size)
{
	return rg_image_read(pl->image, address, buffer, size);
}

/* pl_word, pl_word32, pl_byte - what stands at @address; 0 where that cannot be read. */
static inline uint64_t pl_word(const struct pl *pl, uint64_t address)
{
	uint64_t word;

	rg_image_u64(pl->image, address, &word);
	return word;
}

static inline uint32_t pl_word32(const struct pl *pl, uint64_t address)
{
	uint32_t word;

	rg_image_u32(pl->image, address, &word);
	return word;
}

static inline uint8_t pl_byte(const struct pl *pl, uint64_t address)
{
	const unsigned char *at = rg_image_at(pl->image, address, 1);

	return at ? *at : 0;
}

static inline bool pl_is_pointer(const struct pl *pl, uint64_t address)
{
	return address && !(address & 7) && rg_image_at(pl->image, address, 8);
}

/* pl_sv_load - the head at @address whose 24 bytes are at @bytes. */
static inline void pl_sv_load(uint64_t address, const unsigned char *bytes, struct pl_sv *ret)
{
	ret->address = address;
	ret->any = pl_load64(bytes);
	ret->refcount = pl_load32(bytes + 8);
	ret->flags = pl_load32(bytes + 12);
	ret->u = pl_load64(bytes + 16);
	ret->type = (uint8_t)(ret->flags & 0xff);
}

/*
 * pl_sv_read - the head at @address; false: unreadable, freed, or of no type.  That it
 * is an object at all rg_builder_marked() tells.
 */
static inline bool pl_sv_read(const struct pl *pl, uint64_t address, struct pl_sv *ret)
{
	const unsigned char *at;

	if (!address || address & 7)
		return false;
	at = rg_image_at(pl->image, address, 24);
	if (!at)
		return false;
	pl_sv_load(address, at, ret);
	return ret->type < PL_TYPES;
}

/* pl_field_at - where variable @field of @interpreter stands; 0: nowhere. */
static inline uint64_t pl_field_at(const struct pl_interpreter *interpreter, enum pl_field field)
{
	return interpreter->variable[field];
}

/* pl_field - the word there; 0 where there is none. */
static inline uint64_t pl_field(const struct pl *pl, const struct pl_interpreter *interpreter,
				enum pl_field field)
{
	uint64_t at = interpreter->variable[field];

	return at ? pl_word(pl, at) : 0;
}

static inline uint32_t pl_field32(const struct pl *pl, const struct pl_interpreter *interpreter,
				  enum pl_field field)
{
	uint64_t at = interpreter->variable[field];

	return at ? pl_word32(pl, at) : 0;
}

/* ---- what several files ask (type.c) ------------------------------------------ */

/* A hash, checked: its buckets lie in sv.u, one word each. */
struct pl_hash {
	uint64_t buckets; /* address; 0: none yet */
	uint64_t count;   /* of buckets */
	uint64_t keys;    /* as it says itself, placeholders included */
	uint64_t aux;     /* address of its struct xpvhv_aux, or 0 */
};

/* pl_hash_read - false when @sv is no hash or its body cannot be read. */
bool pl_hash_read(const struct pl *pl, const struct pl_sv *sv, struct pl_hash *ret);
/*
 * pl_pad_note - remembers that the array at @address is a pad, before any is walked; of
 * two subs that have it the first; false: no memory.
 */
bool pl_pad_note(struct pl *pl, uint64_t address, const struct pl_pad *pad);
/* pl_is_class - whether @sv is the stash of a class of feature 'class', read into *@ret. */
bool pl_is_class(const struct pl *pl, const struct pl_sv *sv, struct pl_hash *ret);
/* pl_hash_get - the SV of @key (of 255 bytes at most) in hash @sv, or 0.  O(keys). */
uint64_t pl_hash_get(const struct pl *pl, const struct pl_sv *sv, const char *key);
/*
 * pl_stash_name - the name of the package whose stash @sv is, in *@ret (address of the
 * HEK); false: no stash.
 */
bool pl_stash_name(const struct pl *pl, const struct pl_sv *sv, uint64_t *ret);
/*
 * pl_hek - the text of the HEK at @hek, cut to @size with the closing NUL, not escaped;
 * its whole length in bytes, or -1 when it cannot be read.  *@ret_utf8 may be NULL.
 */
int64_t pl_hek(const struct pl *pl, uint64_t hek, char *ret, size_t size, bool *ret_utf8);
/* pl_blessed - the stash of the package that @sv is blessed into, or 0. */
static inline uint64_t pl_blessed(const struct pl *pl, const struct pl_sv *sv)
{
	if (!(sv->flags & PL_OBJECT) || sv->type < PL_PVMG)
		return 0;
	return pl_word(pl, sv->any + pl->layout.at.mg_stash);
}
/* pl_magic - the first of the MAGIC of @sv, or 0. */
static inline uint64_t pl_magic(const struct pl *pl, const struct pl_sv *sv)
{
	if (sv->type < PL_PVMG)
		return 0;
	return pl_word(pl, sv->any + pl->layout.at.mg_magic);
}
/* pl_is_glob - whether @sv is a glob with a GP: PVGV, or PVLV that stands for one. */
static inline bool pl_is_glob(const struct pl_sv *sv)
{
	return (sv->type == PL_PVGV || sv->type == PL_PVLV) &&
	       (sv->flags & (PL_SCREAM | PL_pPOK)) == PL_SCREAM;
}
/* pl_is_pad - whether the AV at @address is the pad of some code. */
static inline bool pl_is_pad(const struct pl *pl, uint64_t address)
{
	return rg_map_find(&pl->pads, address) != NULL;
}
/* pl_is_bool - whether @sv is a truth value, SvIsBOOL: since 5.36. */
static inline bool pl_is_bool(const struct pl *pl, const struct pl_sv *sv)
{
	const uint32_t all = PL_POK | PL_NOK | PL_IOK | PL_IsCOW | PL_STATIC;

	return (sv->flags & all) == all && pl->layout.minor >= 36 &&
	       (sv->u == pl->yes || sv->u == pl->no);
}
/*
 * pl_spent - CORRUPT once far more was looked through than there is memory: many
 * values of a made-up dump can claim one and the same array.
 */
RG_MUST_CHECK rg_error *pl_spent(const struct pl *pl);
/* pl_undecoded - counts the object at @address as unreadable, once. */
void pl_undecoded(struct pl *pl, uint64_t address);

/* ---- words.c ----------------------------------------------------------------------- */
extern const struct rg_words pl_words;

/* ---- stages -------------------------------------------------------------------- */

/* pl_find - finds Perl in pl->image (find.c); *@ret false: it is not there. */
RG_MUST_CHECK rg_error *pl_find(struct pl *pl, const char *which, bool *ret);
/*
 * pl_interpreter_at - the interpreter whose struct is at @address, by pl->layout; false
 * if there is none.  O(1).
 */
bool pl_interpreter_at(const struct pl *pl, uint64_t address, struct pl_interpreter *ret);
/* pl_add_interpreter - appends @interpreter to pl->interpreters unless it is there. */
RG_MUST_CHECK rg_error *pl_add_interpreter(struct pl *pl,
					   const struct pl_interpreter *interpreter);
/* pl_find_interpreters - all others, when one is known (interpreter.c); sorts them. */
RG_MUST_CHECK rg_error *pl_find_interpreters(struct pl *pl);
/* pl_module_of - the module that maps @address, or whose zeroed data lies right behind. */
const struct rg_module *pl_module_of(const rg_image *image, uint64_t address);
/* pl_objects - marks, types and sets all objects (heap.c). */
RG_MUST_CHECK rg_error *pl_objects(void *state, rg_builder *builder);
/*
 * pl_heap_each - calls @each for every head in use of @interpreter, arena by arena.
 * O(heads).
 */
RG_MUST_CHECK rg_error *pl_heap_each(struct pl *pl, const struct pl_interpreter *interpreter,
				     rg_error *(*each)(void *user, const struct pl_sv *sv),
				     void *user);
/* pl_heap_arenas - the same for arenas: @count heads from @start on, the first not one. */
RG_MUST_CHECK rg_error *pl_heap_arenas(struct pl *pl, const struct pl_interpreter *interpreter,
				       rg_error *(*each)(void *user, uint64_t start,
							 uint64_t count),
				       void *user);
/* pl_types - for heap.c: adds the type of @sv to @builder if it is new (type.c). */
RG_MUST_CHECK rg_error *pl_type_of(struct pl *pl, const struct pl_sv *sv, rg_builder *builder,
				   rg_type_id *ret);
/* What is known of a package. */
struct pl_package {
	enum rg_origin origin;
	enum rg_role role;
	bool has_destroy; /* it or what it inherits from has a DESTROY */
};

/* pl_package - what is known of package @name, whose stash is at @stash (package.c). */
void pl_package(struct pl *pl, uint64_t stash, const char *name, struct pl_package *ret);
/* pl_role - what objects of @class are for, as far as it says itself (role.c). */
enum rg_role pl_role(const char *class);
/* pl_size - bytes of @sv with all that belongs to it (size.c). */
uint64_t pl_size(struct pl *pl, const struct pl_sv *sv);
void pl_describe(void *user, const rg_graph *graph, rg_id id, bool values,
		 struct rg_description *ret);
RG_MUST_CHECK rg_error *pl_own(void *state,
			       rg_error *(*each)(void *user, uint64_t start, uint64_t end),
			       void *user);

/* ---- references, labels, roots: walk.h has what they share ----------------------- */

/* pl_references - adds all references, then roots and threads (walk.c). */
RG_MUST_CHECK rg_error *pl_references(void *state, rg_builder *builder);
/* pl_roots - adds the roots of every interpreter, and the threads (root.c). */
RG_MUST_CHECK rg_error *pl_roots(struct pl *pl, rg_builder *builder);
void pl_labels(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
	       enum rg_label_policy policy, rg_label_fn *each, void *each_user);
void pl_codes(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
	      bool of_owner, enum rg_label_policy policy, rg_label_fn *each, void *each_user);

#endif
