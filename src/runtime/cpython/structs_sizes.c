/* SPDX-License-Identifier: MIT */
/* What sizes and lengths of many C types are made of. */
#include "runtime/cpython/structs.h"

bool cpy_var_length(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		    uint64_t *ret)
{
	uint64_t count;

	(void)type;
	if (!rg_image_u64(cpy->image, body + CPY_OB_SIZE, &count))
		return false;
	*ret = count;
	return true;
}

bool cpy_dict_size(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		   uint64_t *ret)
{
	const struct cpy_struct *dict = cpy_struct_find(cpy, "dict", 0);

	return dict && dict->size && dict->size(cpy, type, body, ret);
}

bool cpy_c_string_size(const struct cpy *cpy, uint64_t address, uint64_t *ret)
{
	uint64_t size = 0;

	/* Piece by piece: a string can go on in the next segment. */
	for (;;) {
		const struct rg_segment *segment = rg_image_segment(cpy->image, address + size);
		const unsigned char *at, *end;
		uint64_t left;

		if (!segment)
			return false;
		at = segment->bytes + (address + size - segment->start);
		left = segment->end - (address + size);
		if (left > CPY_C_STRING_MAX - size)
			left = CPY_C_STRING_MAX - size;
		end = memchr(at, 0, left);
		if (end) {
			*ret = size + (uint64_t)(end - at) + 1;
			return true;
		}
		size += left;
		if (size >= CPY_C_STRING_MAX)
			return false;
	}
}

bool cpy_size_plus(const struct cpy *cpy, uint64_t base, uint64_t pointer, uint64_t count,
		   uint64_t each, uint64_t *ret)
{
	uint64_t size = base, words;

	if (cpy_word(cpy, pointer) && (!rg_image_u64(cpy->image, count, &words) ||
				       !cpy_add_product(&size, words, each)))
		return false;
	*ret = size;
	return true;
}

uint64_t cpy_owned_block(const struct cpy *cpy, uint64_t pointer, uint64_t count, uint64_t each)
{
	uint64_t size = 0;

	return cpy_size_plus(cpy, 0, pointer, count, each, &size) ? size : 0;
}
