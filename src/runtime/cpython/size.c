/* SPDX-License-Identifier: MIT */
/* What sys.getsizeof() says of an object, and what it owns beyond that. */
#include "runtime/cpython/private.h"

/* tp_basicsize and the items: what object.__sizeof__ says. */
static bool plain_size(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		       uint64_t *ret)
{
	uint64_t items = 0;

	if (type->itemsize) {
		if (!rg_image_u64(cpy->image, body + CPY_HEAD, &items))
			return false;
		if ((int64_t)items < 0)
			items = -items;
		if (items >> 40)
			return false;
	}
	*ret = type->basicsize + items * type->itemsize;
	return true;
}

/* The table of attribute values that an instance of a Python class owns. */
static uint64_t values_size(const struct cpy *cpy, const struct cpy_type *type, uint64_t object)
{
	uint64_t count, word;
	unsigned char prefix = 0;

	if (cpy->layout.dict.inline_values) {
		/* Allocated with the instance, whether in use or not; not in its size. */
		if (!(type->flags & CPY_TPFLAG_INLINE_VALUES))
			return 0;
		count = cpy_shared_size(cpy, type->cached_keys);
		return ((count + 7) & ~UINT64_C(7)) + 8 * (count + 1);
	}
	if (cpy->minor <= 11) {
		word = cpy_word(cpy, object - 32);
	} else {
		word = cpy_word(cpy, object - 24);
		word = word & 1 ? word + 1 : 0;
	}
	if (!word || !rg_image_read(cpy->image, word - 1, &prefix, 1))
		return 0;
	return prefix + 8 * cpy_shared_size(cpy, type->cached_keys);
}

bool cpy_object_size(const struct cpy *cpy, const struct cpy_type *type, uint64_t object,
		     uint64_t *ret_size, uint64_t *ret_owned)
{
	bool (*size)(const struct cpy *, const struct cpy_type *, uint64_t, uint64_t *) =
		plain_size;
	uint64_t (*owned)(const struct cpy *, const struct cpy_type *, uint64_t) = NULL;
	uint64_t prefix = type->prefix, bytes = 0, extra = 0, body = cpy_body(cpy, object);
	bool readable;
	uint32_t i;

	for (i = 0; i < type->row_count; i++) {
		if (type->rows[i]->size)
			size = type->rows[i]->size;
		if (type->rows[i]->owned)
			owned = type->rows[i]->owned;
	}
	readable = size(cpy, type, body, &bytes) && bytes <= cpy->private->image_bytes;
	if (!readable)
		bytes = type->basicsize;
	if (owned)
		extra = owned(cpy, type, body);
	if (type->flags & CPY_TPFLAG_MANAGED_DICT)
		extra += values_size(cpy, type, object);
	/* Static types have no collector's head; 3.11 and 3.12 add one all the same. */
	if (type->is_type && (cpy->minor >= 13 || cpy->minor <= 10) &&
	    !cpy_is_heap_type(cpy, object))
		prefix = 0;
	*ret_size = prefix + cpy->shift + bytes;
	*ret_owned = extra <= cpy->private->image_bytes ? extra : 0;
	return readable;
}
