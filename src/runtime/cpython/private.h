/* SPDX-License-Identifier: MIT */
/*
 * What only discovery, types, heap walk and labels share: caches of one CPython
 * state, and small helpers that turn bytes of the image into numbers.
 */
#ifndef RG_RUNTIME_CPYTHON_PRIVATE_H
#define RG_RUNTIME_CPYTHON_PRIVATE_H

#include <pthread.h>

#include "base/alloc.h"
#include "base/vector.h"
#include "runtime/cpython/blocks.h"
#include "runtime/cpython/cpython.h"
#include "runtime/cpython/head.h"

/* The releases that layout.c has tables for. */
#define CPY_READS "CPython 3.8 to 3.15, and free-threaded 3.13 to 3.15"

#define CPY_TYPE_CACHE 1024

struct cpy_type_slot {
	uint64_t address;
	const struct cpy_type *type; /* NULL: known to be none */
};

/* A row of the struct tables that holds for this version; same names are chained. */
struct cpy_row {
	const struct cpy_struct *row;
	uint32_t next; /* index + 1 */
};

struct cpy_private {
	struct cpy_type_slot cache[CPY_TYPE_CACHE];
	struct rg_map row_index; /* hash of a name -> index + 1 into rows */
	RG_VECTOR(struct cpy_row) rows;
	RG_VECTOR(void *) blocks;   /* memory that lives as long as the state */
	struct rg_map found_names;  /* type's address -> index into found */
	RG_VECTOR(char *) found;
	bool found_built;
	uint32_t places;            /* that references were inferred at */
	uint64_t unnamed;           /* types without a readable name */
	uint64_t image_bytes;
	bool memory_whole;          /* the image lacks no memory, as far as it knows itself */
	uint64_t allocator_free;
	struct cpy_pools pools;
	pthread_mutex_t fact_lock;  /* of the facts below, which are found when asked for */
	struct rg_map facts;        /* code.c: how types look names up */
	uint64_t fault_file;        /* see cpy_fault_file */
	bool fault_searched;
	struct rg_map undecoded;    /* objects counted as such */
	struct rg_map late;         /* object -> references that are counted late: frame.c */
	bool counts_late;           /* while all is walked for the first time */
	RG_VECTOR(struct rg_runtime_info) runtimes; /* of the process; one of them is read */
	RG_VECTOR(uint64_t) unreached; /* objects that were found in the allocator's blocks alone */
	bool trying;                /* what is read may be no object: nothing of it counts */
	bool misread;               /* and something of it made no sense */
	char layout_note[512];      /* what the debug offsets say otherwise than the tables; "" */
	bool failed;                /* memory ran out where no error can be returned */
	bool sealed;                /* all is read: from here on several threads may ask, so that
				       nothing is remembered any more */
};

/* cpy_keep - @size bytes that live as long as @cpy; NULL notes the failure. */
void *cpy_keep(struct cpy *cpy, size_t size);
/* cpy_keep_string - a copy that lives as long as @cpy. */
const char *cpy_keep_string(struct cpy *cpy, const char *string);

static inline struct cpy_type_slot *cpy_type_slot(const struct cpy *cpy, uint64_t address)
{
	return &cpy->private->cache[(address >> 4 ^ address >> 13) & (CPY_TYPE_CACHE - 1)];
}

/* cpy_type_slow - cpy_type_at() for a type that is not in the cache's slot. */
const struct cpy_type *cpy_type_slow(struct cpy *cpy, uint64_t address);

static inline const struct cpy_type *cpy_type_fast(struct cpy *cpy, uint64_t address)
{
	struct cpy_type_slot *slot = cpy_type_slot(cpy, address);

	if (__builtin_expect(slot->address == address, 1))
		return slot->type;
	return cpy_type_slow(cpy, address);
}

/* cpy_collector_of - the state of the collector that serves @interpreter. */
static inline uint64_t cpy_collector_of(const struct cpy *cpy, uint64_t interpreter)
{
	if (cpy->layout.runtime.gc)
		return cpy->runtime + cpy->layout.runtime.gc;
	return interpreter + cpy->layout.interpreter.gc;
}

/* ---- dicts --------------------------------------------------------------- */

/* The tables of one dict, checked. */
struct cpy_dict {
	uint64_t keys;         /* address of the keys object */
	uint64_t entries_at;   /* address of its first entry */
	const unsigned char *entries; /* the same, or NULL when not in one piece */
	uint64_t values_at;    /* address of values[0] of a split table, or 0 */
	uint64_t count;        /* entries, the deleted ones among them */
	uint32_t stride;       /* bytes of an entry */
	uint32_t key_offset;   /* within an entry; the value follows */
	uint8_t kind;          /* 0 general, 1 str keys only, 2 split (values elsewhere) */
	bool embedded;         /* split: the values lie in the instance */
};

/*
 * cpy_find_lookdict - the static function by whose address a dict of 3.8 to 3.10 tells
 * that its keys are other than strings; 0: not known, or not of these.
 */
uint64_t cpy_find_lookdict(const struct cpy *cpy);
/* cpy_keys_read - reads the keys object at @keys; false when it makes no sense. */
bool cpy_keys_read(const struct cpy *cpy, uint64_t keys, struct cpy_dict *ret);
bool cpy_dict_read(const struct cpy *cpy, uint64_t dict, struct cpy_dict *ret);
/* cpy_dict_entry - entry @index; false when it is empty or unreadable. */
bool cpy_dict_entry(const struct cpy *cpy, const struct cpy_dict *dict, uint64_t index,
		    uint64_t *ret_key, uint64_t *ret_value);
/* cpy_keys_size - bytes of the keys object, as _PyDict_KeysSize has it; 0: unreadable. */
uint64_t cpy_keys_size(const struct cpy *cpy, uint64_t keys);
/* cpy_shared_size - how many values a table of shared keys makes room for. */
uint64_t cpy_shared_size(const struct cpy *cpy, uint64_t keys);
/* The row of dict. */
void cpy_walk_dict(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body);
bool cpy_size_dict(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		   uint64_t *ret);
bool cpy_length_dict(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		     uint64_t *ret);
/* cpy_is_interned - whether @dict is an interpreter's dict of interned strings. */
bool cpy_is_interned(const struct cpy *cpy, uint64_t dict);

/* ---- walking ------------------------------------------------------------- */

/* cpy_emit_array - emits @count words at @at with their index; missing bytes are counted. */
void cpy_emit_array(struct cpy_walk *walk, uint64_t at, uint64_t count, uint8_t kind,
		    uint8_t label, const char *text);
/* cpy_emit_inferred - what the scan of an opaque body may refer to. */
void cpy_emit_inferred(struct cpy_walk *walk);
/* cpy_static_dict - tp_dict or tp_subclasses of a static type, as @interpreter has it. */
uint64_t cpy_static_field(const struct cpy *cpy, const struct cpy_interpreter *interpreter,
			  uint64_t type, bool subclasses);

/* ---- stages --------------------------------------------------------------- */

/*
 * cpy_discover - finds CPython in cpy->image, the one that @which names if that is not
 * NULL (find.c); *@ret false: it is not there.
 */
RG_MUST_CHECK rg_error *cpy_discover(struct cpy *cpy, const char *which, bool *ret);
/* cpy_fits - whether @layout fits the interpreter at @interpreter: PyType_Type, else 0. */
uint64_t cpy_fits(struct cpy *cpy, const struct cpy_layout *layout, uint64_t interpreter);

/* One CPython of the process: what looking at an address for its _PyRuntime gives. */
struct cpy_finding {
	uint64_t runtime;
	uint32_t hexversion;
	bool free_threaded;
	const struct rg_module *module;
};

/* What 3.13 and later begin _PyRuntime with. */
#define CPY_COOKIE UINT64_C(0x7970677562656478) /* "xdebugpy" */

/*
 * cpy_find - the CPython that @which names by its version, its file or its address, in
 * *@ret; NULL: the executable's own, else the first one.  The others are noted.
 * *@ret_found false: there is none.  UNSUPPORTED, CORRUPT: there is, but it cannot be read;
 * NOT_FOUND: none is @which.  O(modules), else O(bytes of static data).
 */
RG_MUST_CHECK rg_error *cpy_find(struct cpy *cpy, const char *which, struct cpy_finding *ret,
				 bool *ret_found);
/* cpy_version_text - "3.11.2" from PY_VERSION_HEX, cut to @size. */
void cpy_version_text(uint32_t hex, char *ret, size_t size);
/* cpy_module_of - the module that maps @address, or whose zeroed data lies right behind. */
const struct rg_module *cpy_module_of(const rg_image *image, uint64_t address);
/* cpy_unsupported - says that this refgraph does not read that one. */
rg_error *cpy_unsupported(const char *version, const char *variant);

static inline bool cpy_is_pointer(const struct cpy *cpy, uint64_t address)
{
	return address && !(address & 7) && rg_image_at(cpy->image, address, 8);
}

/*
 * cpy_debug_offsets_differ - how many fields of the runtime at @runtime, of 3.13 or
 * later, say otherwise than @layout.
 */
unsigned cpy_debug_offsets_differ(const struct cpy *cpy, uint64_t runtime,
				  const struct cpy_layout *layout);
/*
 * cpy_debug_offsets_apply - lets what cpy->runtime, of 3.13 or later, says of itself
 * correct cpy->layout and @execution, and notes what it did.  UNSUPPORTED: it says
 * what cannot be followed.
 */
struct cpy_execution;
RG_MUST_CHECK rg_error *cpy_debug_offsets_apply(struct cpy *cpy, struct cpy_execution *execution);
/*
 * cpy_config_shift - debug builds of 3.13 and later have a word more in PyConfig
 * (run_presite): if so, what stands behind it is a word higher.
 */
RG_MUST_CHECK rg_error *cpy_config_shift(struct cpy *cpy, uint64_t interpreter);
/* cpy_interpreter_shift - lets what lies behind the allocator's state stand @shift bytes higher. */
RG_MUST_CHECK rg_error *cpy_interpreter_shift(struct cpy *cpy, uint64_t interpreter,
					      int32_t shift);
rg_error *cpy_heap_mark(struct cpy *cpy, rg_builder *builder);
/* cpy_pools_open - finds the arenas that pools are held against, where they are known. */
void cpy_pools_open(struct cpy *cpy);
/*
 * cpy_block_room - how many bytes the block in use has that begins at @address, by
 * the books of pymalloc or malloc(); 0: none begins there.  O(blocks of a pool).
 */
uint64_t cpy_block_room(const struct cpy *cpy, uint64_t address);
/*
 * cpy_may_begin - whether an object of @size bytes, with @prefix before it, may stand at
 * @address, as far as pymalloc's books tell.  O(1).
 */
bool cpy_may_begin(const struct cpy *cpy, uint64_t address, uint32_t prefix, uint64_t size);
/*
 * Calls @each for what must be objects of the collector's in pymalloc's pools,
 * whether anything leads to them or not.  O(image / 16).
 */
void cpy_pools_salvage(struct cpy *cpy, void (*each)(void *user, uint64_t object), void *user);
/* cpy_pools_own - calls @each for what in the pools is not in use.  O(image / 16 KiB + blocks). */
RG_MUST_CHECK rg_error *cpy_pools_own(struct cpy *cpy, struct rg_map *ret_pools,
				      rg_error *(*each)(void *user, uint64_t start, uint64_t end),
				      void *user);
/* cpy_pools_round - @end, or the end of the block of @pools (cpy_pools_own) that has @start. */
uint64_t cpy_pools_round(const struct cpy *cpy, const struct rg_map *pools, uint64_t start,
			 uint64_t end);
/* cpy_own - memory that is the runtime's own (runtime.h). */
rg_error *cpy_own(void *state, rg_error *(*each)(void *user, uint64_t start, uint64_t end),
		  void *user);
/* Calls @each for the objects of the permanent generations. */
void cpy_heap_frozen(struct cpy *cpy, void (*each)(void *user, uint64_t object), void *user);
rg_error *cpy_objects(void *state, rg_builder *builder);
rg_error *cpy_references(void *state, rg_builder *builder);
/* ---- where types come from (origin.c) -------------------------------------- */

struct cpy_origins;
/* cpy_origins_new - what sys.modules of @cpy says, read once; freed with cpy_origins_free(). */
RG_MUST_CHECK rg_error *cpy_origins_new(struct cpy *cpy, struct cpy_origins **ret);
/* cpy_origin - where @type comes from.  O(functions of its class) at worst; cannot fail. */
enum rg_origin cpy_origin(struct cpy_origins *origins, const struct cpy_type *type);
void cpy_origins_free(struct cpy_origins *origins);

/* ---- what types are for (role.c) -------------------------------------------- */

/* cpy_own_role - what a type of that name is for, for cpy_type.own_role. */
enum rg_role cpy_own_role(const struct cpy_type *type);
/* cpy_role - what objects of @type are for, by its bases.  O(bases); cannot fail. */
enum rg_role cpy_role(struct cpy *cpy, const struct cpy_type *type);
/* cpy_describe_role - what of @object follows from that: open, bound, shown. */
void cpy_describe_role(struct cpy *cpy, const struct cpy_type *type, uint64_t object,
		       struct rg_description *ret);
/*
 * cpy_ndarray_view - the array whose bytes the numpy.ndarray at @object shows, and how
 * many of them; false when it shows its own.
 */
bool cpy_ndarray_view(const struct cpy *cpy, uint64_t object, uint64_t *ret_base,
		      uint64_t *ret_shown);

/* cpy_type_finish - what of a type can be told only when all types are known. */
void cpy_type_finish(struct cpy *cpy, struct cpy_type *type);
/* ---- words.c ---- */
extern const struct rg_words cpy_words;

void cpy_labels(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		enum rg_label_policy policy, rg_label_fn *each, void *each_user);
void cpy_codes(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
	       bool of_owner, enum rg_label_policy policy, rg_label_fn *each, void *each_user);
void cpy_describe(void *user, const rg_graph *graph, rg_id id, bool values,
		  struct rg_description *ret);
uint16_t cpy_fingerprint(void *user, const rg_graph *graph, rg_id id);
/* cpy_fixed_of - what of the objects of @type cannot change, for cpy_type.fixed. */
enum cpy_fixed cpy_fixed_of(const struct cpy_type *type);

/* ---- inference ------------------------------------------------------------ */

struct cpy_infer;
RG_MUST_CHECK rg_error *cpy_infer_new(struct cpy *cpy, struct cpy_infer **ret);
void cpy_infer_free(struct cpy_infer *infer);
/* cpy_infer_add - notes an instance of an opaque type; false: no memory. */
bool cpy_infer_add(struct cpy_infer *infer, const struct cpy_type *type, uint64_t object);
/*
 * cpy_infer_round - judges the new instances, and calls @each for the words
 * that have become references of old and new ones; *@ret false when nothing is new.
 */
RG_MUST_CHECK rg_error *cpy_infer_round(struct cpy_infer *infer,
					rg_error *(*each)(void *user, uint64_t target), void *user,
					bool *ret);

/* cpy_infer_number - numbers all places, once nothing new is found; returns how many. */
uint32_t cpy_infer_number(struct cpy_infer *infer);
/*
 * cpy_infer_place - the number of the place that the inferred @reference of @object, of
 * @type, was read at, or RG_NONE: all instances of the C type have it.
 */
uint32_t cpy_infer_place(const struct cpy *cpy, const struct cpy_type *type, uint64_t object,
			 const struct cpy_reference *reference);
/* cpy_put_offset_item - the text of CPY_LABEL_OFFSET_ITEM. */
struct cpy_text;
void cpy_put_offset_item(struct cpy_text *text, uint64_t arg);

/* ---- words ---------------------------------------------------------------- */

struct cpy_text {
	char *at;
	size_t size;
	size_t length; /* of the whole, though cut at size */
};

void cpy_text_put(struct cpy_text *text, const char *bytes, size_t length);
void cpy_text_puts(struct cpy_text *text, const char *string);
/* cpy_text_repr - Python's repr() of str, int, bool, None, float, bytes and tuples of these;
 * else the type in angle brackets. */
void cpy_text_repr(struct cpy *cpy, struct cpy_text *text, uint64_t object);
/*
 * cpy_text_literal - a literal that evaluates to what equals the object, whole: of str, int,
 * bool, None, finite float, bytes and tuples of these; false: there is none (or it is long).
 */
bool cpy_text_literal(struct cpy *cpy, struct cpy_text *text, uint64_t object);
/* cpy_buffer_repr - the str at @object as Python writes it, all of it in printable characters. */
struct rg_buffer;
/*
 * cpy_buffer_word - appends the str at @string, "" where there is none, with its NUL;
 * returns where in the buffer it stands.
 */
size_t cpy_buffer_word(struct rg_buffer *buffer, struct cpy *cpy, uint64_t string);
void cpy_buffer_repr(struct cpy *cpy, struct rg_buffer *buffer, uint64_t object);
/* cpy_text_finish - closes with a NUL, at a character's boundary. */
void cpy_text_finish(struct cpy_text *text);

#endif
