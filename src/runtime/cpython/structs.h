/* SPDX-License-Identifier: MIT */
/*
 * How the tables of C structs are written, and what their walkers share.
 *
 * A field is OWN (owned, tp_traverse visits it), HID (owned, not visited), BOR
 * (borrowed) or WEAK (a weak reference's referent).  Left out is what
 * cpy_walk_object() knows by itself: the fields that tp_dictoffset and
 * tp_weaklistoffset point at, and the type of an instance of a heap type.  A
 * label is the attribute's name in Python where it has one, else the name of the
 * field in C.
 */
#ifndef RG_RUNTIME_CPYTHON_STRUCTS_H
#define RG_RUNTIME_CPYTHON_STRUCTS_H

#include "runtime/cpython/cpython.h"

#define CPY_ROW(type_name, first, last, struct_size) \
	.name = (type_name), .since = (first), .until = (last), .basicsize = (struct_size)
#define CPY_FIELDS(...) .fields = (const struct cpy_field[]){ __VA_ARGS__, { 0, 0, NULL } }
#define OWN(at, text) { (at), CPY_OWNED, (text) }
#define HID(at, text) { (at), CPY_UNTRAVERSED, (text) }
#define BOR(at, text) { (at), CPY_BORROWED, (text) }
#define WEAK(at, text) { (at), CPY_WEAK, (text) }

#define CPY_OB_SIZE 16           /* of a PyVarObject */
#define CPY_C_STRING_MAX (1u << 20) /* no format, name or line is longer */

typedef void cpy_walk_fn(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body);
typedef bool cpy_size_fn(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			 uint64_t *ret);
typedef uint64_t cpy_owned_fn(const struct cpy *cpy, const struct cpy_type *type, uint64_t body);

/* Adds @count times @size to *@sum; false: that does not fit. */
static inline bool cpy_add_product(uint64_t *sum, uint64_t count, uint64_t size)
{
	uint64_t product;

	return !__builtin_mul_overflow(count, size, &product) &&
	       !__builtin_add_overflow(*sum, product, sum);
}

/*
 * cpy_emit_strided - emits @count words, @stride bytes apart, from @at on, as
 * text[i] (no text: [i]); stops where the dump has no more bytes.
 */
static inline void cpy_emit_strided(struct cpy_walk *walk, uint64_t at, uint64_t count,
				    uint64_t stride, uint8_t kind, const char *text)
{
	uint64_t i, word;

	for (i = 0; i < count; i++, at += stride) {
		if (!rg_image_u64(walk->cpy->image, at, &word)) {
			cpy_undecoded(walk->cpy, walk->object);
			return;
		}
		cpy_emit(walk, word, kind, text ? CPY_LABEL_TEXT_INDEX : CPY_LABEL_INDEX, text, i);
	}
}

/* A linked list of the target that is walked: { .limit = 1 } to begin with. */
struct cpy_chain {
	uint64_t mark; /* a node seen before */
	uint64_t steps, limit;
};

/*
 * cpy_chain_closes - to be asked for each node in turn: true once the list runs in
 * a circle, at the latest when it has been around twice (Brent's algorithm).
 */
static inline bool cpy_chain_closes(struct cpy_chain *chain, uint64_t node)
{
	if (node == chain->mark)
		return true;
	if (++chain->steps == chain->limit) {
		chain->mark = node;
		chain->steps = 0;
		chain->limit *= 2;
	}
	return false;
}

/* ---- structs_sizes.c -------------------------------------------------------- */

/* ob_size as length. */
cpy_size_fn cpy_var_length;
/* The size of the dict that a struct begins with. */
cpy_size_fn cpy_dict_size;
/* cpy_c_string_size - bytes of the C string at @address with its NUL; false: no end in sight. */
bool cpy_c_string_size(const struct cpy *cpy, uint64_t address, uint64_t *ret);
/* cpy_size_plus - @base, and @each times the word at @count if that at @pointer is not 0. */
bool cpy_size_plus(const struct cpy *cpy, uint64_t base, uint64_t pointer, uint64_t count,
		   uint64_t each, uint64_t *ret);
/* cpy_owned_block - the same from 0, and 0 when it cannot be read. */
uint64_t cpy_owned_block(const struct cpy *cpy, uint64_t pointer, uint64_t count, uint64_t each);

/* ---- structs_modules.c ------------------------------------------------------ */

/*
 * cpy_module_state - the fields of the state of the module of that name, with a blank
 * between two: one a word of it, "-" for what is no object, "*" before one that is
 * borrowed.  NULL: not known.
 */
const char *cpy_module_state(const struct cpy *cpy, const char *module, uint64_t size);

/* ---- structs_io_walk.c ------------------------------------------------------ */

cpy_walk_fn cpy_walk_pickler, cpy_walk_unpickler, cpy_walk_pdata, cpy_walk_template;
cpy_walk_fn cpy_walk_expat, cpy_walk_element, cpy_walk_element_iterator, cpy_walk_connection;
cpy_walk_fn cpy_walk_statement_cache, cpy_walk_codec, cpy_walk_stringio;
cpy_size_fn cpy_size_buffered, cpy_size_bytesio, cpy_size_array, cpy_size_struct;
cpy_size_fn cpy_size_pickler, cpy_size_unpickler, cpy_size_element, cpy_length_element;
cpy_owned_fn cpy_owned_stringio, cpy_owned_mmap, cpy_owned_bz2, cpy_owned_lzma;
cpy_owned_fn cpy_owned_zstd, cpy_owned_zstd_dict;
cpy_owned_fn cpy_owned_zlib, cpy_owned_csv_reader, cpy_owned_csv_writer;

#endif
