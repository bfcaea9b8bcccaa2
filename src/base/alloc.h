/* SPDX-License-Identifier: MIT */
/*
 * The one way to memory.  Everything the library allocates comes through here,
 * so that a test can let the n-th allocation fail.
 */
#ifndef RG_BASE_ALLOC_H
#define RG_BASE_ALLOC_H

#include <stddef.h>
#include <stdint.h>

/* rg_alloc - @size bytes, not cleared; NULL when there are none.  0 gives 1 byte. */
void *rg_alloc(size_t size);
/* rg_calloc - @count elements of @size bytes, cleared; NULL on overflow too. */
void *rg_calloc(size_t count, size_t size);
/* rg_realloc - as realloc for @count elements of @size bytes; on NULL @old is untouched. */
void *rg_realloc(void *old, size_t count, size_t size);
/* rg_free - releases what the others gave; NULL is allowed. */
void rg_free(void *pointer);
/* rg_strdup, rg_strndup - a copy of a string, or NULL. */
char *rg_strdup(const char *string);
char *rg_strndup(const char *string, size_t length);

/*
 * For tests only: @countdown allocations succeed, the one after fails; 0 fails
 * the next; negative switches the hook off.  rg_alloc_count says how many
 * allocations there have been.  Not thread-safe.
 */
void rg_alloc_fail_after(int64_t countdown);
uint64_t rg_alloc_count(void);

#endif
