/* SPDX-License-Identifier: MIT */
/* How a vector grows: by doubling, so that n pushes cost O(n). */
#include "base/vector.h"

#include <string.h>

#include "base/alloc.h"

bool rg_vector_grow(void *field, size_t *capacity, size_t count, size_t size)
{
	size_t wanted = *capacity ? *capacity * 2 : 16;
	void *data, *bigger;

	if (count < *capacity)
		return true;
	if (wanted <= *capacity)
		return false;
	/* The pointer is of any type: only its bytes may be read here. */
	memcpy(&data, field, sizeof(data));
	bigger = rg_realloc(data, wanted, size);
	if (!bigger)
		return false;
	memcpy(field, &bigger, sizeof(bigger));
	*capacity = wanted;
	return true;
}
