/* SPDX-License-Identifier: MIT */
/*
 * Sorting without memory of its own and without recursion: libc's qsort
 * allocates behind the allocation hook's back.
 */
#ifndef RG_BASE_SORT_H
#define RG_BASE_SORT_H

#include <stddef.h>

/* Below, equal or above 0 as @a comes before, with or after @b. */
typedef int rg_compare_fn(const void *a, const void *b, void *user);

/*
 * rg_sort - sorts @count elements of @size bytes (at most 512) in
 * O(count log count); not stable, so the order should be total.
 */
void rg_sort(void *base, size_t count, size_t size, rg_compare_fn *compare, void *user);

#endif
