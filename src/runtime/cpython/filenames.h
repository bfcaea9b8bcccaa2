/* SPDX-License-Identifier: MIT */
/* What the table of tracemalloc's file names owns (filenames.c). */
#ifndef RG_RUNTIME_CPYTHON_FILENAMES_H
#define RG_RUNTIME_CPYTHON_FILENAMES_H

#include "runtime/cpython/cpython.h"

/*
 * cpy_filenames - calls @each for the file names if the struct at @at is their table,
 * else for nothing.  O(1) unless it looks like one, then O(buckets + names); these are
 * taken from *@budget, which begins with CPY_FILENAMES: of a made-up dump every word may
 * look like one.
 */
#define CPY_FILENAMES (UINT64_C(1) << 22)
RG_MUST_CHECK rg_error *cpy_filenames(struct cpy *cpy, uint64_t at, uint64_t *budget,
				      rg_error *(*each)(void *user, uint64_t address,
							const char *name),
				      void *user);

#endif
