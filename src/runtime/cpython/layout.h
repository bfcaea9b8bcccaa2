/* SPDX-License-Identifier: MIT */
/*
 * Where CPython keeps what, by version: offsets in bytes, 64-bit builds.  One
 * designated table a version range, with a GIL or free-threaded (layout.c), from
 * the headers of the versions it names; discover.c checks the structure it finds
 * against it before anything is believed.  Offsets within objects are counted
 * from the body (cpy_body()), and so are alike in both.
 */
#ifndef RG_RUNTIME_CPYTHON_LAYOUT_H
#define RG_RUNTIME_CPYTHON_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

/* Where ob_type stands, and where the fields of an object's own struct begin: see cpy_body(). */
#define CPY_TYPE 8
#define CPY_HEAD 16

struct cpy_layout {
	uint32_t since, until; /* PY_VERSION_HEX >> 16: 0x030b .. 0x030b */
	uint32_t last_patch;   /* the last release of the series it holds for, 1 up; 0: all */
	uint32_t checked_patch; /* the newest release of the series it was held against */
	uint32_t shift;        /* of an object's body */
	bool free_threaded;

	struct {
		uint32_t size, interpreters_head, interpreters_main;
		uint32_t gc;                 /* 3.8: the collector's state, one for all; or 0 */
	} runtime;

	struct {
		uint32_t size, next, id, threads_head, gc, sysdict, builtins, modules;
		uint32_t static_types;       /* types.builtins.initialized; 0: in the types */
		uint32_t static_types_stride, static_types_count;
		uint32_t static_type_dict, static_type_subclasses; /* within an entry */
		uint32_t extension_types;    /* types.for_extensions.initialized */
		uint32_t extension_types_count;
		uint32_t interned;           /* cached_objects.interned_strings, 0: a C static */
		uint32_t obmalloc;
		uint32_t moving;             /* what lies behind this differs between builds */
	} interpreter;

	struct {
		uint32_t generations;        /* three heads, 24 bytes apart; probed */
		uint32_t permanent, enabled, collecting, garbage, callbacks;
		uint32_t youngest;           /* points at the first head; 0: nothing does */
	} gc;

	struct {
		uint64_t mask;               /* the bits of ob_refcnt that say whether it lives */
		uint64_t limit;              /* a living object has 1 to this */
		bool is_narrow;              /* it is the lower 32 bits; their highest: immortal */
		bool is_split;               /* free-threaded: see head.h */
		uint64_t deferred;           /* what is added where threads count for themselves */
	} count;

	struct {
		uint32_t items;              /* of the first item of a tuple */
	} tuple;

	struct {
		uint32_t name, state, definition;
		uint32_t has_definition;     /* a byte that says so; 0: it always is one */
		uint32_t state_size;         /* 0: in the definition */
	} module;

	struct {
		uint32_t next, interpreter, thread_id, native_thread_id, current_frame;
		uint32_t cframe;             /* non-zero: current_frame is in what it points at */
		uint32_t cframe_current;
		uint32_t size;               /* of PyThreadState; 0: nothing is told by it */
		uint32_t counts;             /* {values, size}: counts of its own; 0: none */
		uint32_t merging;            /* two stacks of objects whose counts it shall merge */
	} thread;

	struct {
		uint32_t size, name, slots, qualname, cached_keys, module, tp_name_copy;
		uint32_t unique_id;          /* into the threads' own counts; 0: none */
	} heap_type;

	struct {
		uint32_t type_size;          /* sizeof(PyTypeObject) */
		uint32_t ascii_header;       /* sizeof(PyASCIIObject) */
		uint32_t compact_header;     /* sizeof(PyCompactUnicodeObject) */
		uint32_t utf8_length, utf8, data;
		uint32_t wstr;               /* 0: gone */
		bool has_ready;              /* bit 7 of the state is `ready` */
		bool has_wide_state;         /* `interned` is a byte of its own */
	} str;

	struct {
		bool has_tag;                /* lv_tag (3.12) instead of ob_size */
		uint32_t digits;
	} integer;

	struct {
		uint32_t values_prefix;      /* 3.11, 3.12: values[-1] is the prefix; else 0 */
		bool inline_values;          /* 3.13: with a header, in the instance itself */
		bool has_lookup;             /* to 3.10: keys tell their kind by a function */
		uint32_t unique_id;          /* as of types; 0: none */
	} dict;

	struct {
		uint32_t size;               /* of pymalloc's pools; 0: 16 KiB */
	} pool;
};

/*
 * cpy_layout_find - the table for @hexversion, with a GIL or @free_threaded, or NULL when
 * that release is not supported.
 */
const struct cpy_layout *cpy_layout_find(uint32_t hexversion, bool free_threaded);

/*
 * cpy_layout_next - another table for the series of @hexversion, after @before (NULL:
 * the first one); NULL when there are no more.
 */
const struct cpy_layout *cpy_layout_next(uint32_t hexversion, bool free_threaded,
					 const struct cpy_layout *before);

/* cpy_layout_newest - the table of the newest series there is one for. */
const struct cpy_layout *cpy_layout_newest(bool free_threaded);

#endif
