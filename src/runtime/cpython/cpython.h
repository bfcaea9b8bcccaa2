/* SPDX-License-Identifier: MIT */
/*
 * What the files of this folder share: the state of one CPython found in an
 * image, its types, and how an object's references are handed out.
 *
 * The way: find.c finds the runtime, discover.c picks the layout; type.c turns a
 * type's address into a struct cpy_type with the row of the struct table that
 * says how its instances look; heap.c walks the collector's lists and marks all
 * that is reachable; object.c sets numbers; each walker emits references;
 * label.c and describe.c turn what was emitted into words; root.c names roots.
 */
#ifndef RG_RUNTIME_CPYTHON_CPYTHON_H
#define RG_RUNTIME_CPYTHON_CPYTHON_H

#include <string.h>

#include "base/error.h"
#include "base/map.h"
#include "graph/builder.h"
#include "image/image.h"
#include "runtime/cpython/layout.h"
#include "runtime/runtime.h"

struct cpy;
struct cpy_type;
struct cpy_walk;

/* tp_flags, equal in all versions read here unless said. */
#define CPY_TPFLAG_STATIC_BUILTIN (UINT64_C(1) << 1)   /* 3.12 and later */
#define CPY_TPFLAG_INLINE_VALUES (UINT64_C(1) << 2)    /* 3.13 and later */
#define CPY_TPFLAG_MANAGED_WEAKREF (UINT64_C(1) << 3)  /* 3.12 and later */
#define CPY_TPFLAG_MANAGED_DICT (UINT64_C(1) << 4)     /* 3.11 and later */
#define CPY_TPFLAG_HEAPTYPE (UINT64_C(1) << 9)
#define CPY_TPFLAG_HAVE_GC (UINT64_C(1) << 14)
#define CPY_TPFLAG_ITEMS_AT_END (UINT64_C(1) << 23)    /* 3.12 and later */
#define CPY_TPFLAG_LONG (UINT64_C(1) << 24)
#define CPY_TPFLAG_LIST (UINT64_C(1) << 25)
#define CPY_TPFLAG_TUPLE (UINT64_C(1) << 26)
#define CPY_TPFLAG_BYTES (UINT64_C(1) << 27)
#define CPY_TPFLAG_UNICODE (UINT64_C(1) << 28)
#define CPY_TPFLAG_DICT (UINT64_C(1) << 29)
#define CPY_TPFLAG_EXCEPTION (UINT64_C(1) << 30)
#define CPY_TPFLAG_TYPE (UINT64_C(1) << 31)

/* ---- what the struct tables say ---------------------------------------- */

/* How a field of a C struct holds what it points at. */
enum cpy_hold {
	CPY_OWNED,       /* owned, and visited by tp_traverse */
	CPY_UNTRAVERSED, /* owned, but tp_traverse does not visit it */
	CPY_BORROWED,    /* owns nothing */
	CPY_WEAK,        /* a weak reference's referent */
	/* Beside one of these: the bits of graph.h, two to the left. */
	CPY_PART = RG_REFERENCE_PLUMBING << 2,
	CPY_ROUTINE = RG_REFERENCE_ROUTINE << 2,
	CPY_NAME = (int)(RG_REFERENCE_NAME << 2),
};

struct cpy_field {
	uint16_t offset;    /* from the object's body: see cpy_body() */
	uint8_t hold;       /* enum cpy_hold */
	const char *label;  /* ".func"; NULL ends a list */
};

/* Which builds a row is for. */
enum cpy_build {
	CPY_ANY_BUILD,
	CPY_WITH_GIL,
	CPY_FREE_THREADED,
};

/*
 * One row: how the instances of one C type look in a range of versions.  Rows
 * are keyed by the C type's own tp_name, never by a Python class's name, and
 * hold only while tp_basicsize agrees (layout drift then shows as an opaque
 * type, never as a misreading).
 */
struct cpy_struct {
	const char *name;       /* tp_name as the C source spells it: "functools.partial", "dict" */
	uint8_t since, until;   /* minor versions, inclusive: 11 .. 13 */
	uint8_t build;          /* enum cpy_build */
	uint32_t basicsize;     /* must equal struct cpy_type's; 0: any */
	const char *base;       /* row whose struct this one embeds at offset 0, or NULL */
	const struct cpy_field *fields; /* NULL: none */
	/* What fields cannot say; emits in the order of the struct.  NULL: nothing. */
	void (*walk)(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body);
	/*
	 * The C-implemented __sizeof__, without the headers before the object and
	 * what stands before the body; NULL: basicsize + |ob_size| * itemsize.
	 * False: cannot be read.
	 */
	bool (*size)(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		     uint64_t *ret);
	/* Bytes owned outside the object that size leaves out; NULL: none. */
	uint64_t (*owned)(const struct cpy *cpy, const struct cpy_type *type, uint64_t body);
	/* Number of items for "N items" in descriptions; NULL: has none. */
	bool (*length)(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		       uint64_t *ret);
};

/* A table of rows, ended by a row without a name; all tables stand in struct_table.c. */
extern const struct cpy_struct cpy_structs_core[];       /* walk_core.c, walk_dict.c */
extern const struct cpy_struct cpy_structs_execution[];  /* code, function, frame, generator, ... */
extern const struct cpy_struct cpy_structs_execution_older[]; /* the same up to 3.10 */
extern const struct cpy_struct cpy_structs_builtin[];    /* other types of the interpreter itself */
extern const struct cpy_struct cpy_structs_collections[]; /* _collections, functools, itertools */
extern const struct cpy_struct cpy_structs_io[];         /* io, sockets, compression, parsers */
extern const struct cpy_struct cpy_structs_stdlib[];     /* the rest of the standard library */
extern const struct cpy_struct cpy_structs_extension[];  /* well-known extensions: numpy */

/* cpy_struct_find - the row of a C type; NULL: unknown.  O(1) expected after the first call. */
const struct cpy_struct *cpy_struct_find(const struct cpy *cpy, const char *tp_name,
					 uint64_t basicsize);

/* ---- types -------------------------------------------------------------- */

/* One __slots__ member or declared member of a C type that holds an object. */
struct cpy_slot {
	uint32_t offset;   /* from the body, like all offsets of types */
	uint32_t itemsize; /* not 0: behind the items, of this size, and so much farther off */
	uint64_t name;    /* address of its C string in the target */
};

#define CPY_ROW_DEPTH 4

/* What of an object stays as long as it lives (fingerprint.c). */
enum cpy_fixed {
	CPY_FIXED_NOTHING,
	CPY_FIXED_TEXT,   /* a str's */
	CPY_FIXED_NUMBER, /* all behind the head of an int, a float, a complex */
	CPY_FIXED_BYTES,  /* a bytes's */
	CPY_FIXED_ITEMS,  /* a tuple's */
	CPY_FIXED_METHOD, /* a bound method's function and self */
	CPY_FIXED_CODE,   /* a function's */
};

/*
 * A type of the target, read once.  Rows leave out what cpy_walk_object() adds
 * by itself for every object: the dict at tp_dictoffset, the managed one, inline
 * values, slots of Python classes, and the type of instances of heap types.
 */
struct cpy_type {
	uint64_t address;
	rg_type_id id;          /* set by object.c */
	uint64_t flags;         /* tp_flags */
	uint64_t basicsize;     /* tp_basicsize, from the body on */
	uint64_t itemsize;
	int64_t dictoffset;     /* from the body, if positive: meaningless with MANAGED_DICT */
	uint64_t weaklistoffset;
	uint64_t base;          /* tp_base */
	uint64_t metatype;      /* address of its own type */
	uint64_t cached_keys;   /* ht_cached_keys: shared keys of instances, or 0 */
	uint32_t prefix;        /* bytes before the object that belong to it: GC head, pre-header */
	bool is_gc;             /* HAVE_GC: a GC head stands before the object (GIL builds) */
	bool is_heap;           /* HEAPTYPE: instances own a reference to their type */
	bool is_python;         /* made by a class statement (its tp_name lies in ht_name) */
	bool is_type;           /* its instances are types */
	bool hides_type;        /* its tp_traverse does not visit it, though instances own it */
	bool is_opaque;         /* no row: instances are scanned conservatively */
	bool has_finalizer;     /* a Python __del__ */
	uint64_t solid;         /* address of the C type that decides the layout */
	const struct cpy_struct *row; /* NULL when opaque */
	const struct cpy_slot *slots; /* of all Python classes in its chain of bases */
	uint32_t slot_count;
	const char *name;       /* module.qualname */
	const char *short_name;
	const char *module;
	struct cpy_inferred *inferred; /* infer.c: what was inferred of an opaque type */
	/* Rows to walk, embedded bases first; the last one is row.  size, owned and length: the
	 * last row that has one. */
	const struct cpy_struct *rows[CPY_ROW_DEPTH];
	uint32_t row_count;
	bool is_leaf;           /* instances refer to nothing */
	bool keeps_memory;      /* instances may own memory of any content (blocks.h) */
	bool is_dict, is_module; /* by its row */
	enum rg_role own_role;   /* by its own name: cpy_role() asks its bases, too */
	enum cpy_fixed fixed;    /* what of its objects stays as long as they live */
	bool is_routine;         /* its objects describe something to the interpreter */
	uint32_t hidden_items;  /* struct sequences: all items, visible or not; or 0 */
	uint32_t scan_from, scan_to; /* of an opaque type: the bytes of the body to scan */
	struct cpy_type *solid_type; /* the type at solid: its inferred holds for all of its kind */
	uint64_t dict;          /* tp_dict (of the main interpreter where each has its own) */
};

/*
 * cpy_type_at - the type at @address, read and checked on first use: NULL when
 * no valid type stands there.  Pointers stay valid for the life of @cpy.
 * O(1) expected.
 */
const struct cpy_type *cpy_type_at(struct cpy *cpy, uint64_t address);

/* cpy_type_of - the type of the object at @object, NULL when there is no valid object. */
const struct cpy_type *cpy_type_of(struct cpy *cpy, uint64_t object);

/* cpy_type_is - whether @type is the type at @base or derives from it (by tp_base). */
bool cpy_type_is(struct cpy *cpy, const struct cpy_type *type, uint64_t base);

/* ---- the state ---------------------------------------------------------- */

struct cpy_interpreter {
	uint64_t address;
	uint64_t id;
	uint64_t interned;      /* dict of interned strings, whose references do not count; or 0 */
	uint64_t modules;       /* the dict sys.modules */
	uint64_t arenas;        /* pymalloc's array of arenas, or 0: not known (pools.c) */
	uint32_t arena_count;
};

struct cpy_thread {
	uint64_t address;       /* PyThreadState */
	uint32_t interpreter;   /* index */
	uint64_t id, native_id;
};

struct cpy {
	rg_image *image;
	struct rg_progress progress;
	struct cpy_layout layout;  /* a copy: probes may correct it */
	uint32_t shift;            /* see cpy_body() */
	const struct rg_module *module; /* where _PyRuntime lives, or NULL */
	uint64_t runtime;          /* _PyRuntime */
	uint32_t hexversion;       /* PY_VERSION_HEX */
	uint8_t minor;             /* 8, 9, ..: of the series whose tables are used */
	char version[32];
	char build[512];
	const struct cpy_execution *execution; /* as corrected for this dump; NULL: the table */
	uint64_t type_type;        /* PyType_Type */
	uint64_t type_symbol;      /* where its symbol is, once it was looked for; or 0 */
	uint64_t none;             /* _Py_NoneStruct, 0 if unknown */
	uint64_t lookdict;         /* to 3.10: the function for dicts of any keys; 0 if unknown */
	uint64_t builtins;         /* the module of that name, 0 if unknown */
	uint64_t builtins_dict;
	struct cpy_interpreter *interpreters;
	size_t interpreter_count;
	struct cpy_thread *threads;
	size_t thread_count;
	struct rg_collector collector;
	uint64_t unreadable;       /* objects; see cpy_undecoded */
	rg_builder *builder;       /* during and after objects() */
	struct rg_map type_index;  /* type address -> index + 1 into types; rejected: UINT32_MAX */
	struct cpy_type **types;
	size_t type_count, type_capacity;
	struct cpy_private *private; /* of the individual files */
};

/* ---- reading ------------------------------------------------------------ */

/* A word of the target, 0 when it is not at hand (check with the pointer's own tests). */
static inline uint64_t cpy_word(const struct cpy *cpy, uint64_t address)
{
	uint64_t word;

	(void)rg_image_u64(cpy->image, address, &word);
	return word;
}

static inline uint32_t cpy_word32(const struct cpy *cpy, uint64_t address)
{
	uint32_t word;

	(void)rg_image_u32(cpy->image, address, &word);
	return word;
}

/*
 * cpy_body - where the fields of the object at @object stand.
 *
 * The tables and readers of this folder have offsets as builds with a GIL and
 * without extras have them: ob_type at 8, what is the struct's own from CPY_HEAD
 * on.  Other builds put more in front of ob_type, and all else stands so much
 * higher: cpy->shift bytes.  So fields are read at these same offsets from the
 * body, which is so much above the address that references hold; walkers, sizes
 * and lengths of the struct tables are given it.  What the collector or a managed
 * dict puts before an object is before its address, not its body.
 */
static inline uint64_t cpy_body(const struct cpy *cpy, uint64_t object)
{
	return object + cpy->shift;
}

/* The size of PyObject: an object has this much at least. */
static inline uint64_t cpy_head_size(const struct cpy *cpy)
{
	return CPY_HEAD + cpy->shift;
}

/* cpy_get - the field at @offset of the object at @object, as cpy_word(). */
static inline uint64_t cpy_get(const struct cpy *cpy, uint64_t object, uint64_t offset)
{
	return cpy_word(cpy, cpy_body(cpy, object) + offset);
}

static inline uint32_t cpy_get32(const struct cpy *cpy, uint64_t object, uint64_t offset)
{
	return cpy_word32(cpy, cpy_body(cpy, object) + offset);
}

/* cpy_type_word - ob_type of the object at @object. */
static inline uint64_t cpy_type_word(const struct cpy *cpy, uint64_t object)
{
	return cpy_get(cpy, object, CPY_TYPE);
}

/* cpy_read_field - as cpy_get(), to @ret; false when it is not at hand. */
static inline bool cpy_read_field(const struct cpy *cpy, uint64_t object, uint64_t offset,
				  uint64_t *ret)
{
	return rg_image_u64(cpy->image, cpy_body(cpy, object) + offset, ret);
}

/* cpy_module_definition - the PyModuleDef of the module at @module, or 0. */
static inline uint64_t cpy_module_definition(const struct cpy *cpy, uint64_t module)
{
	uint32_t flag = cpy->layout.module.has_definition;

	if (flag && !(cpy_get32(cpy, module, flag) & 255))
		return 0;
	return cpy_get(cpy, module, cpy->layout.module.definition);
}

/*
 * cpy_str - the text of the str object at @object as UTF-8, cut to @size with
 * its closing NUL (never within a character); returns its full length in
 * bytes, or -1 when it is no str or cannot be read.  Lone surrogates become
 * U+FFFD.
 */
int64_t cpy_str(struct cpy *cpy, uint64_t object, char *ret, size_t size);

/* cpy_long - the value of a small int object (at most 63 bits); false if it is none. */
bool cpy_long(struct cpy *cpy, uint64_t object, int64_t *ret);

/*
 * cpy_dict_each - calls @each for every live entry of the dict at @dict in
 * order, until it returns false; false if the dict cannot be read.
 */
bool cpy_dict_each(struct cpy *cpy, uint64_t dict,
		   bool (*each)(void *user, uint64_t key, uint64_t value), void *user);

/* cpy_dict_get - the value under the str key @name, or 0.  O(entries). */
uint64_t cpy_dict_get(struct cpy *cpy, uint64_t dict, const char *name);

/*
 * cpy_undecoded - counts the object at @address as one that could not be decoded,
 * once, however much of it makes no sense and however many refer to it.
 */
void cpy_undecoded(struct cpy *cpy, uint64_t address);

/* ---- references --------------------------------------------------------- */

/* How an emitted reference is to be called; text and arg are what the label needs. */
enum cpy_label {
	CPY_LABEL_NONE,
	CPY_LABEL_TEXT,        /* text as it is: ".__class__" */
	CPY_LABEL_TEXT_INDEX,  /* text "[" arg "]": ".co_consts", "stack" */
	CPY_LABEL_INDEX,       /* "[" arg "]" */
	CPY_LABEL_ATTRIBUTE,   /* "." and the str object at arg */
	CPY_LABEL_SLOT,        /* "." and the C string at arg */
	CPY_LABEL_VALUE,       /* "[" repr of the key object at arg "]" */
	CPY_LABEL_KEY,         /* "key " and repr of the object at arg */
	CPY_LABEL_ELEMENT,     /* "{" repr of the object at arg "}": a member of a set */
	CPY_LABEL_NAMED,       /* text, a blank, and the str object at arg: "local x", "cell x" */
	CPY_LABEL_OFFSET,      /* text if any, "+" arg: a word of an opaque body */
	CPY_LABEL_OFFSET_ITEM, /* "+offset[index]": of an array that an opaque body leads to */
	CPY_LABEL_STATE,       /* "module state " and text up to a blank */
	CPY_LABEL_ADDRESSED,   /* text, then the address arg in hexadecimal */
};

/* Texts that code.c knows again. */
#define CPY_TEXT_LOCAL "local"

struct cpy_reference {
	uint64_t target;  /* not 0; not yet known to be an object */
	uint64_t arg;
	const char *text; /* a string literal, or NULL */
	uint8_t label;    /* enum cpy_label */
	uint8_t kind;     /* enum rg_reference_kind, with the bits beside it */
};

#define CPY_WALK_CAPACITY 256

/*
 * Where walkers put references.  The buffer is handed to flush() when it is
 * full and when the object is done; the order of emission is the order of the
 * object's references for ever after: label numbers count on it.
 */
struct cpy_walk {
	struct cpy *cpy;
	uint64_t object;
	const struct cpy_type *type;
	unsigned count;
	void (*flush)(struct cpy_walk *walk);
	void *user;
	struct cpy_reference references[CPY_WALK_CAPACITY];
};

static inline void cpy_emit(struct cpy_walk *walk, uint64_t target, uint8_t kind, uint8_t label,
			    const char *text, uint64_t arg)
{
	struct cpy_reference *reference;

	if (!target)
		return;
	if (__builtin_expect(walk->count == CPY_WALK_CAPACITY, 0)) {
		walk->flush(walk);
		walk->count = 0;
	}
	reference = &walk->references[walk->count++];
	reference->target = target;
	reference->arg = arg;
	reference->text = text;
	reference->label = label;
	reference->kind = kind;
}

/* cpy_emit_field - emits the word at @body + @offset: of an object's body, or of any C struct. */
static inline void cpy_emit_field(struct cpy_walk *walk, uint64_t body, uint64_t offset,
				  uint8_t kind, const char *text)
{
	cpy_emit(walk, cpy_word(walk->cpy, body + offset), kind, CPY_LABEL_TEXT, text, 0);
}

/*
 * cpy_walk_object - emits all references of the object at walk->object, of type
 * walk->type: its type, its struct's fields, instance attributes, slots; then
 * flushes.  Used alike for marking, for filling the graph and for labels.
 */
void cpy_walk_object(struct cpy_walk *walk);

/*
 * cpy_walk_frame - emits what an interpreter frame (_PyInterpreterFrame, 3.11
 * and later) owns: code, function, locals by name, value stack.  @kind is that
 * of the exactly known ones.
 */
void cpy_walk_frame(struct cpy_walk *walk, uint64_t frame, uint8_t kind);

/*
 * cpy_roots - calls @each for everything outside the objects that refers to
 * one: threads' frames, thread and interpreter state, static data, each value
 * of sys.modules.  Called for marking and for adding roots, in the same order.
 */
rg_error *cpy_roots(struct cpy *cpy,
		    rg_error *(*each)(void *user, const struct rg_root_init *root), void *user);

/*
 * cpy_fault_file - the file that an enabled faulthandler writes to, or 0; searched
 * for in static data at the first call.
 */
uint64_t cpy_fault_file(struct cpy *cpy);

/* cpy_threads - describes the threads with their frames to @builder. */
rg_error *cpy_threads(struct cpy *cpy, rg_builder *builder);

/* cpy_tasks - the tasks of asyncio, as builder.h has it; @user is a struct cpy. */
rg_error *cpy_tasks(void *user, const rg_graph *graph, rg_task_fn *each, void *each_user);

/*
 * cpy_object_size - what sys.getsizeof() says (the C-implemented __sizeof__ plus
 * headers); false when it cannot be read.
 */
bool cpy_object_size(const struct cpy *cpy, const struct cpy_type *type, uint64_t object,
		     uint64_t *ret_size, uint64_t *ret_owned);

#endif
