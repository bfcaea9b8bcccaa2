/* SPDX-License-Identifier: MIT */
/*
 * A hash of what in an object cannot change as long as it lives, by which dumps of one
 * process tell it from another that took its place.  What can change says nothing: a
 * list is the same whatever it holds.
 */
#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/private.h"

#define MOST 64 /* bytes that are looked at, or of addresses of items */

enum cpy_fixed cpy_fixed_of(const struct cpy_type *type)
{
	static const struct {
		const char *name;
		enum cpy_fixed fixed;
	} known[] = {
		{ "str", CPY_FIXED_TEXT },       { "int", CPY_FIXED_NUMBER },
		{ "float", CPY_FIXED_NUMBER },   { "complex", CPY_FIXED_NUMBER },
		{ "bytes", CPY_FIXED_BYTES },    { "tuple", CPY_FIXED_ITEMS },
		{ "method", CPY_FIXED_METHOD },  { "function", CPY_FIXED_CODE },
	};

	for (uint32_t i = 0; i < type->row_count; i++)
		for (size_t k = 0; k < sizeof(known) / sizeof(known[0]); k++)
			if (!strcmp(type->rows[i]->name, known[k].name))
				return known[k].fixed;
	return CPY_FIXED_NOTHING;
}

/* At most MOST of the bytes from @at to @end; returns how many there are. */
static size_t copy(const struct cpy *cpy, uint64_t at, uint64_t end, unsigned char *ret)
{
	size_t size = end > at ? (size_t)(end - at < MOST ? end - at : MOST) : 0;

	return size && rg_image_read(cpy->image, at, ret, size) ? size : 0;
}

/* What @object is fixed by, MOST bytes at most; its type is @type, and it ends at @end. */
static size_t fixed_bytes(struct cpy *cpy, const struct cpy_type *type, uint64_t object,
			  uint64_t end, unsigned char *ret)
{
	uint64_t body = cpy_body(cpy, object), code;
	int64_t length;

	switch (type->fixed) {
	case CPY_FIXED_TEXT:
		length = cpy_str(cpy, object, (char *)ret, MOST);
		return length < 0 ? 0 : strnlen((char *)ret, MOST);
	case CPY_FIXED_NUMBER:
		return copy(cpy, body + 16, end, ret);
	case CPY_FIXED_BYTES:
		/* Behind its length and ob_shash, which is -1 until somebody asks for it. */
		return copy(cpy, body + 32, end, ret);
	case CPY_FIXED_ITEMS:
		return copy(cpy, body + cpy->layout.tuple.items, end, ret);
	case CPY_FIXED_METHOD:
		return copy(cpy, body + 16, body + 32, ret);
	case CPY_FIXED_CODE:
		code = cpy_function_code(cpy, object);
		memcpy(ret, &code, sizeof(code));
		return code ? sizeof(code) : 0;
	default:
		return 0;
	}
}

/* @hash with what the object of the graph is fixed by; *ret_type: its type, where anything is. */
static uint64_t add(struct cpy *cpy, const rg_graph *graph, rg_id id, uint64_t hash,
		    unsigned char bytes[8 + MOST], const struct cpy_type **ret_type,
		    size_t *ret_size)
{
	struct rg_object object = rg_graph_object(graph, id);
	const struct cpy_type *type = cpy_type_of(cpy, object.address);

	*ret_type = type;
	*ret_size = 0;
	if (type)
		*ret_size = fixed_bytes(cpy, type, object.address,
					object.address - type->prefix + object.size, bytes + 8);
	if (!*ret_size)
		return hash;
	memcpy(bytes, &hash, sizeof(hash));
	return rg_hash_bytes((const char *)bytes, 8 + *ret_size);
}

uint16_t cpy_fingerprint(void *user, const rg_graph *graph, rg_id id)
{
	struct cpy *cpy = user;
	unsigned char bytes[8 + MOST], of_item[8 + MOST];
	const struct cpy_type *type, *of;
	uint64_t hash = rg_image_salt(cpy->image);
	size_t size, of_size;

	if (!hash)
		return 0;
	hash = add(cpy, graph, id, hash, bytes, &type, &size);
	if (!size)
		return 0;
	/* Items can take the places of others, too: with a tuple they mostly do. */
	for (size_t at = 0; type->fixed == CPY_FIXED_ITEMS && at + 8 <= size; at += 8) {
		rg_id item = rg_graph_find(graph, cpy_load64(bytes + 8 + at));

		if (item != RG_NONE)
			hash = add(cpy, graph, item, hash, of_item, &of, &of_size);
	}
	hash ^= hash >> 32;
	hash ^= hash >> 16;
	return (uint16_t)hash ? (uint16_t)hash : 1;
}
