/* SPDX-License-Identifier: MIT */
/* Heap sort, with the hole moved instead of elements swapped. */
#include "base/sort.h"

#include <string.h>

#define LARGEST 512

/* Puts @element where it belongs in the heap of @count elements below @hole. */
static void sift(char *base, size_t hole, size_t count, size_t size, const char *element,
		 rg_compare_fn *compare, void *user)
{
	for (;;) {
		size_t child = hole * 2 + 1;

		if (child >= count)
			break;
		if (child + 1 < count &&
		    compare(base + child * size, base + (child + 1) * size, user) < 0)
			child++;
		if (compare(element, base + child * size, user) >= 0)
			break;
		memcpy(base + hole * size, base + child * size, size);
		hole = child;
	}
	memcpy(base + hole * size, element, size);
}

void rg_sort(void *data, size_t count, size_t size, rg_compare_fn *compare, void *user)
{
	char *base = data;
	char element[LARGEST];

	if (count < 2 || !size || size > LARGEST)
		return;
	/* What is in order already, as most of what is sorted here, costs one pass. */
	for (size_t i = 1;; i++) {
		if (i == count)
			return;
		if (compare(base + (i - 1) * size, base + i * size, user) > 0)
			break;
	}
	for (size_t i = count / 2; i-- > 0;) {
		memcpy(element, base + i * size, size);
		sift(base, i, count, size, element, compare, user);
	}
	for (size_t last = count - 1; last > 0; last--) {
		memcpy(element, base + last * size, size);
		memcpy(base + last * size, base, size);
		sift(base, 0, last, size, element, compare, user);
	}
}
