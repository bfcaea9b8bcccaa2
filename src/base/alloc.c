/* SPDX-License-Identifier: MIT */
/* The allocation hook: libc's allocator behind a countdown that tests set. */
#include "base/alloc.h"

#include <stdlib.h>
#include <string.h>

/*
 * The only variables of the library that outlive a call: they are written by
 * tests alone, which run one at a time.
 */
static int64_t fail_countdown = -1;
static uint64_t allocations;

static int must_fail(void)
{
	if (__builtin_expect(fail_countdown < 0, 1))
		return 0;
	allocations++;
	if (fail_countdown == 0)
		return 1;
	fail_countdown--;
	return 0;
}

void rg_alloc_fail_after(int64_t countdown)
{
	fail_countdown = countdown;
	allocations = 0;
}

uint64_t rg_alloc_count(void)
{
	return allocations;
}

void *rg_alloc(size_t size)
{
	return must_fail() ? NULL : malloc(size ? size : 1);
}

void *rg_calloc(size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || must_fail())
		return NULL;
	return calloc(bytes ? bytes : 1, 1);
}

void *rg_realloc(void *old, size_t count, size_t size)
{
	size_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes) || must_fail())
		return NULL;
	return realloc(old, bytes ? bytes : 1);
}

void rg_free(void *pointer)
{
	free(pointer);
}

char *rg_strndup(const char *string, size_t length)
{
	char *copy = length == SIZE_MAX ? NULL : rg_alloc(length + 1);

	if (copy) {
		memcpy(copy, string, length);
		copy[length] = '\0';
	}
	return copy;
}

char *rg_strdup(const char *string)
{
	return rg_strndup(string, strlen(string));
}
