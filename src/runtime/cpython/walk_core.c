/* SPDX-License-Identifier: MIT */
/*
 * How the built-in containers, strings, numbers, types and weak references look
 * in memory: the rows of the core types with their walkers and sizes.
 */
#include "runtime/cpython/private.h"

#define HIDDEN_MAX 1024

void cpy_emit_array(struct cpy_walk *walk, uint64_t at, uint64_t count, uint8_t kind,
		    uint8_t label, const char *text)
{
	const unsigned char *bytes;
	uint64_t i, word;

	if (!count)
		return;
	bytes = count >> 50 ? NULL : rg_image_at(walk->cpy->image, at, count * 8);
	for (i = 0; i < count; i++) {
		if (bytes) {
			word = cpy_load64(bytes + 8 * i);
		} else if (!rg_image_u64(walk->cpy->image, at + 8 * i, &word)) {
			/* Cut off: what follows is as unreadable as this. */
			cpy_undecoded(walk->cpy, walk->object);
			return;
		}
		cpy_emit(walk, word, kind, label, text, i);
	}
}

static void walk_list(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	const unsigned char *at = rg_image_at(walk->cpy->image, body, 40);

	(void)type;
	if (!at) {
		cpy_undecoded(walk->cpy, walk->object);
		return;
	}
	cpy_emit_array(walk, cpy_load64(at + 24), cpy_load64(at + 16), RG_REFERENCE_STRONG,
		       CPY_LABEL_INDEX, NULL);
}

/*
 * In 3.11 the frozen modules' constants are static data, made by the compiler:
 * None, True, False and Ellipsis stand in them without having been counted.
 */
static void walk_frozen_tuple(struct cpy_walk *walk, uint64_t body, uint64_t count)
{
	struct cpy *cpy = walk->cpy;
	uint64_t i;

	for (i = 0; i < count; i++) {
		uint64_t item;

		if (!rg_image_u64(cpy->image, body + cpy->layout.tuple.items + 8 * i, &item)) {
			cpy_undecoded(walk->cpy, walk->object);
			return;
		}
		cpy_emit(walk, item,
			 item && cpy_immortal(cpy, item)
				 ? RG_REFERENCE_STRONG
				 : RG_REFERENCE_BORROWED,
			 CPY_LABEL_INDEX, NULL, i);
	}
}

static void walk_hidden_items(struct cpy_walk *walk, uint64_t body, uint64_t from, uint64_t to)
{
	uint64_t i, item;

	for (i = from; i < to && i < from + HIDDEN_MAX; i++)
		if (rg_image_u64(walk->cpy->image, body + 24 + 8 * i, &item))
			cpy_emit(walk, item, RG_REFERENCE_UNTRAVERSED, CPY_LABEL_INDEX, NULL, i);
}

static void walk_tuple(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint64_t count = cpy_word(walk->cpy, body + CPY_HEAD);

	if (walk->cpy->minor <= 11 && cpy_immortal(walk->cpy, walk->object)) {
		walk_frozen_tuple(walk, body, count);
		return;
	}
	/* A struct sequence has items that its length does not tell; 3.8 does not show them. */
	if (type->hidden_items > count && walk->cpy->minor <= 8)
		walk_hidden_items(walk, body, count, type->hidden_items);
	else if (type->hidden_items > count)
		count = type->hidden_items;
	cpy_emit_array(walk, body + walk->cpy->layout.tuple.items, count, RG_REFERENCE_STRONG,
		       CPY_LABEL_INDEX, NULL);
}

static void walk_set(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	struct cpy *cpy = walk->cpy;
	const unsigned char *at = rg_image_at(cpy->image, body, 64), *table;
	uint64_t mask, start, i;

	(void)type;
	if (!at) {
		cpy_undecoded(walk->cpy, walk->object);
		return;
	}
	mask = cpy_load64(at + 32);
	start = cpy_load64(at + 40);
	/* An empty set under construction has no table yet. */
	if (!start)
		return;
	table = mask >> 50 ? NULL : rg_image_at(cpy->image, start, (mask + 1) * 16);
	if (!table) {
		cpy_undecoded(walk->cpy, walk->object);
		return;
	}
	for (i = 0; i <= mask; i++) {
		uint64_t key = cpy_load64(table + 16 * i);

		if (!key || cpy_load64(table + 16 * i + 8) == UINT64_MAX)
			continue; /* unused, or deleted */
		cpy_emit(walk, key, RG_REFERENCE_STRONG, CPY_LABEL_ELEMENT, NULL, key);
	}
}

static void walk_weakref(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint64_t referent = cpy_word(walk->cpy, body + 16);

	(void)type;
	if (referent != walk->cpy->none)
		cpy_emit(walk, referent, RG_REFERENCE_WEAK, CPY_LABEL_TEXT, "weakref", 0);
	cpy_emit_field(walk, body, 24, RG_REFERENCE_STRONG, ".__callback__");
}

/* ---- types --------------------------------------------------------------------- */

/* What a type keeps to find things faster, and nobody else's: a part that says nothing. */
#define OWN_CACHE (RG_REFERENCE_PLUMBING | RG_REFERENCE_ROUTINE)

/* What each interpreter keeps for a static type. */
static void walk_static_type(struct cpy_walk *walk)
{
	struct cpy *cpy = walk->cpy;
	uint64_t object = walk->object;
	size_t i;

	for (i = 0; i < cpy->interpreter_count; i++) {
		cpy_emit(walk, cpy_static_field(cpy, &cpy->interpreters[i], object, false),
			 RG_REFERENCE_UNTRAVERSED | RG_REFERENCE_PLUMBING, CPY_LABEL_TEXT,
			 ".__dict__", 0);
		cpy_emit(walk, cpy_static_field(cpy, &cpy->interpreters[i], object, true),
			 RG_REFERENCE_UNTRAVERSED | OWN_CACHE, CPY_LABEL_TEXT, ".tp_subclasses",
			 0);
		if (!cpy->layout.interpreter.static_types_count)
			break;
	}
}

static void walk_type(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	struct cpy *cpy = walk->cpy;
	const unsigned char *at = rg_image_at(cpy->image, body, cpy->layout.str.type_size);
	uint8_t kind = RG_REFERENCE_UNTRAVERSED, base_kind = RG_REFERENCE_BORROWED;
	struct cpy_dict keys;
	uint64_t i, key, value;
	bool heap;

	(void)type;
	if (!at) {
		cpy_undecoded(walk->cpy, walk->object);
		return;
	}
	heap = cpy_load64(at + 168) & CPY_TPFLAG_HEAPTYPE;
	if (heap) {
		kind = base_kind = RG_REFERENCE_STRONG;
		cpy_emit(walk, cpy_load64(at + 264), kind | RG_REFERENCE_PLUMBING, CPY_LABEL_TEXT,
			 ".__dict__", 0);
	} else {
		walk_static_type(walk);
	}
	cpy_emit(walk, cpy_load64(at + 352), kind | OWN_CACHE, CPY_LABEL_TEXT, ".tp_cache", 0);
	cpy_emit(walk, cpy_load64(at + 344), kind | OWN_CACHE, CPY_LABEL_TEXT, ".__mro__", 0);
	cpy_emit(walk, cpy_load64(at + 336), kind, CPY_LABEL_TEXT, ".__bases__", 0);
	/* Static types take their base as it is, without owning it. */
	cpy_emit(walk, cpy_load64(at + 256), base_kind | RG_REFERENCE_ROUTINE, CPY_LABEL_TEXT,
		 ".__base__", 0);
	if (!heap)
		return;
	if (cpy->layout.heap_type.module)
		cpy_emit_field(walk, body, cpy->layout.heap_type.module,
			       kind | RG_REFERENCE_ROUTINE, ".ht_module");
	kind = RG_REFERENCE_UNTRAVERSED;
	cpy_emit(walk, cpy_load64(at + 360), kind | OWN_CACHE, CPY_LABEL_TEXT, ".tp_subclasses",
		 0);
	kind |= RG_REFERENCE_NAME;
	cpy_emit_field(walk, body, cpy->layout.heap_type.name, kind, ".__name__");
	cpy_emit_field(walk, body, cpy->layout.heap_type.qualname, kind, ".__qualname__");
	cpy_emit_field(walk, body, cpy->layout.heap_type.slots, kind, ".__slots__");
	key = cpy_word(cpy, body + cpy->layout.heap_type.cached_keys);
	if (!key || !cpy_keys_read(cpy, key, &keys))
		return;
	for (i = 0; i < keys.count; i++) {
		(void)cpy_dict_entry(cpy, &keys, i, &key, &value);
		cpy_emit(walk, key, kind, CPY_LABEL_NAMED, "shared key", key);
	}
}

static bool size_type(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		      uint64_t *ret)
{
	uint64_t keys;

	(void)type;
	if (!(cpy_word(cpy, body + 168) & CPY_TPFLAG_HEAPTYPE)) {
		*ret = cpy->layout.str.type_size;
		return true;
	}
	keys = cpy_word(cpy, body + cpy->layout.heap_type.cached_keys);
	*ret = cpy->layout.heap_type.size + (keys ? cpy_keys_size(cpy, keys) : 0);
	return true;
}

/* ---- sizes ---------------------------------------------------------------------- */

static bool size_list(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		      uint64_t *ret)
{
	uint64_t allocated;

	if (!rg_image_u64(cpy->image, body + 32, &allocated))
		return false;
	/* While it is being sorted, its items are elsewhere and this is -1. */
	if (allocated == UINT64_MAX)
		allocated = 0;
	if (allocated >> 48)
		return false;
	*ret = type->basicsize + 8 * allocated;
	return true;
}

static bool size_set(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		     uint64_t *ret)
{
	uint64_t mask = cpy_word(cpy, body + 32);

	if (mask >> 48)
		return false;
	*ret = type->basicsize;
	if (cpy_word(cpy, body + 40) != body + 64)
		*ret += 16 * (mask + 1);
	return true;
}

static bool size_int(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		     uint64_t *ret)
{
	uint64_t size, digits;

	(void)type;
	if (!rg_image_u64(cpy->image, body + CPY_HEAD, &size))
		return false;
	if (cpy->layout.integer.has_tag)
		digits = size >> 3;
	else
		digits = (int64_t)size < 0 ? -size : size;
	if (digits >> 48)
		return false;
	/* From 3.11 on zero has room for a digit as well. */
	*ret = cpy->layout.integer.digits + 4 * (digits || cpy->minor <= 10 ? digits : 1);
	return true;
}

static bool size_str(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		     uint64_t *ret)
{
	const unsigned char *at = rg_image_at(cpy->image, body, cpy->layout.str.ascii_header);
	uint64_t length, data, utf8, wide, header = cpy->layout.str.compact_header;
	unsigned state, kind;
	bool compact, ascii;

	(void)type;
	if (!at)
		return false;
	length = cpy_load64(at + CPY_HEAD);
	state = cpy_str_state(cpy, at);
	kind = state >> 2 & 7;
	compact = state & 0x20;
	ascii = state & 0x40;
	if (length >> 48)
		return false;
	if (compact && ascii) {
		*ret = cpy->layout.str.ascii_header + length + 1;
	} else if (compact) {
		*ret = header + (length + 1) * kind;
	} else {
		/* One word more: the pointer to the characters. */
		*ret = header + 8;
		data = cpy_word(cpy, body + cpy->layout.str.data);
		if (data)
			*ret += (length + 1) * kind;
	}
	if (cpy->layout.str.wstr) {
		wide = cpy_load64(at + cpy->layout.str.wstr);
		data = compact ? body + (ascii ? cpy->layout.str.ascii_header : header)
			       : cpy_word(cpy, body + cpy->layout.str.data);
		if (wide && wide != data)
			*ret += 4 + 4 * (ascii && compact ? length
							  : cpy_word(cpy, body + header - 8));
	}
	if (!(compact && ascii)) {
		utf8 = cpy_word(cpy, body + cpy->layout.str.utf8);
		data = compact ? body + header : cpy_word(cpy, body + cpy->layout.str.data);
		if (utf8 && utf8 != data)
			*ret += cpy_word(cpy, body + cpy->layout.str.utf8_length) + 1;
	}
	return *ret >> 52 == 0;
}

static bool size_bytearray(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			   uint64_t *ret)
{
	uint64_t allocated;

	if (!rg_image_u64(cpy->image, body + 24, &allocated) || allocated >> 48)
		return false;
	*ret = type->basicsize + allocated;
	return true;
}

/* From 3.15 on the bytes are those of an object, ob_bytes_object. */
static const struct cpy_field bytearray_315[] = {
	{ 56, CPY_UNTRAVERSED | CPY_PART, ".ob_bytes_object" },
	{ 0, 0, NULL },
};

/* An empty one shares its bytes with all others, and does not count them. */
static bool size_bytearray_315(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			       uint64_t *ret)
{
	uint64_t allocated;

	if (!rg_image_u64(cpy->image, body + 24, &allocated) || allocated >> 48)
		return false;
	*ret = type->basicsize + (allocated ? cpy->shift + 33 + allocated : 0);
	return true;
}

static bool length_size(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			uint64_t *ret)
{
	(void)type;
	return rg_image_u64(cpy->image, body + CPY_HEAD, ret);
}

static bool length_set(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		       uint64_t *ret)
{
	(void)type;
	return rg_image_u64(cpy->image, body + 24, ret);
}

/* ---- the table -------------------------------------------------------------------- */

const struct cpy_struct cpy_structs_core[] = {
	{ .name = "object", .since = 8, .until = 15, .basicsize = 16 },
	{ .name = "type", .since = 8, .until = 15, .walk = walk_type, .size = size_type },
	{ .name = "dict", .since = 8, .until = 15, .basicsize = 48, .walk = cpy_walk_dict,
	  .size = cpy_size_dict, .length = cpy_length_dict },
	{ .name = "list", .since = 8, .until = 15, .basicsize = 40, .walk = walk_list,
	  .size = size_list, .length = length_size },
	{ .name = "tuple", .since = 8, .until = 13, .basicsize = 24, .walk = walk_tuple,
	  .length = length_size },
	{ .name = "tuple", .since = 14, .until = 15, .basicsize = 32, .walk = walk_tuple,
	  .length = length_size },
	{ .name = "frozendict", .since = 15, .until = 15, .basicsize = 56, .base = "dict" },
	{ .name = "set", .since = 8, .until = 15, .basicsize = 200, .walk = walk_set,
	  .size = size_set, .length = length_set },
	{ .name = "frozenset", .since = 8, .until = 15, .basicsize = 200, .walk = walk_set,
	  .size = size_set, .length = length_set },
	{ .name = "str", .since = 8, .until = 15, .size = size_str },
	{ .name = "int", .since = 8, .until = 15, .size = size_int },
	{ .name = "bool", .since = 8, .until = 15, .size = size_int },
	{ .name = "float", .since = 8, .until = 15, .basicsize = 24 },
	{ .name = "complex", .since = 8, .until = 15, .basicsize = 32 },
	{ .name = "bytes", .since = 8, .until = 15, .basicsize = 33 },
	{ .name = "bytearray", .since = 8, .until = 14, .basicsize = 56, .size = size_bytearray },
	{ .name = "bytearray", .since = 15, .until = 15, .basicsize = 64,
	  .fields = bytearray_315, .size = size_bytearray_315 },
	{ .name = "NoneType", .since = 8, .until = 15, .basicsize = 16 },
	{ .name = "NotImplementedType", .since = 8, .until = 15, .basicsize = 16 },
	{ .name = "ellipsis", .since = 8, .until = 15, .basicsize = 16 },
	{ .name = "weakref", .since = 8, .until = 9, .basicsize = 56, .walk = walk_weakref },
	{ .name = "weakproxy", .since = 8, .until = 9, .basicsize = 56, .walk = walk_weakref },
	{ .name = "weakcallableproxy", .since = 8, .until = 9, .basicsize = 56,
	  .walk = walk_weakref },
	{ .name = "weakref.ReferenceType", .since = 10, .until = 10, .basicsize = 56,
	  .walk = walk_weakref },
	{ .name = "weakref.ProxyType", .since = 10, .until = 10, .basicsize = 56,
	  .walk = walk_weakref },
	{ .name = "weakref.CallableProxyType", .since = 10, .until = 10, .basicsize = 56,
	  .walk = walk_weakref },
	{ .name = "weakref.ReferenceType", .since = 11, .until = 15, .basicsize = 64,
	  .walk = walk_weakref },
	{ .name = "weakref.ProxyType", .since = 11, .until = 15, .basicsize = 64,
	  .walk = walk_weakref },
	{ .name = "weakref.CallableProxyType", .since = 11, .until = 15, .basicsize = 64,
	  .walk = walk_weakref },
	/* Free-threaded: each knows the lock of its referent. */
	{ .name = "weakref.ReferenceType", .since = 13, .until = 15, .basicsize = 72,
	  .walk = walk_weakref },
	{ .name = "weakref.ProxyType", .since = 13, .until = 15, .basicsize = 72,
	  .walk = walk_weakref },
	{ .name = "weakref.CallableProxyType", .since = 13, .until = 15, .basicsize = 72,
	  .walk = walk_weakref },
	{ .name = NULL },
};
