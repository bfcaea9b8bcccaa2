/* SPDX-License-Identifier: MIT */
/*
 * The memory of free-threaded builds, all of whose objects mimalloc keeps: in
 * heaps for objects of the collector's, for those with a pre-header among them,
 * and for all others; and one for memory that is no object's.
 */
#ifndef RG_RUNTIME_CPYTHON_MIMALLOC_H
#define RG_RUNTIME_CPYTHON_MIMALLOC_H

#include "runtime/cpython/cpython.h"

/* Which heap a page belongs to (_Py_MIMALLOC_HEAP_* of pycore_mimalloc.h). */
enum cpy_mimalloc_heap {
	CPY_HEAP_MEMORY,
	CPY_HEAP_OBJECTS,
	CPY_HEAP_GC,
	CPY_HEAP_GC_PRE,
};

#define CPY_MIMALLOC_BLOCKS UINT16_MAX /* of a page, at most */

/* A page: blocks of one size, one behind the other. */
struct cpy_mimalloc_page {
	uint64_t start;      /* of its first block */
	uint64_t size;       /* of a block */
	uint32_t count;      /* of blocks that have ever been in use */
	uint32_t used;       /* of those that are, by the page's own word */
	uint64_t end;        /* of all its memory */
	enum cpy_mimalloc_heap heap;
	bool is_torn;        /* a list of free blocks does not end, or leads elsewhere */
	const uint64_t *is_free; /* a bit for each block */
};

/* The generations of mimalloc that CPython has come with: their states differ. */
enum cpy_mimalloc_generation {
	CPY_MIMALLOC_NONE,
	CPY_MIMALLOC_212, /* 3.13, 3.14.0 to 3.14.8, 3.15.0 */
	CPY_MIMALLOC_252,
};

/* cpy_mimalloc_generation - by the shape of segments; NONE: there are none.  O(image / 32 MiB). */
enum cpy_mimalloc_generation cpy_mimalloc_generation(const struct cpy *cpy);

/*
 * cpy_mimalloc_pages - calls @each for every page of every heap, those of threads that
 * have ended among them, by address.  O(image / 32 MiB + blocks).
 */
RG_MUST_CHECK rg_error *cpy_mimalloc_pages(const struct cpy *cpy,
					   rg_error *(*each)(void *user,
							     const struct cpy_mimalloc_page *page),
					   void *user);

/*
 * cpy_mimalloc_blocks - calls @each for every block in use that an object can stand in,
 * by address within a page; an object's start is type->prefix into its block, with the
 * debug hooks of PYTHONMALLOC 16 bytes more.
 */
void cpy_mimalloc_blocks(const struct cpy *cpy,
			 void (*each)(void *user, uint64_t start, uint64_t size), void *user);

/* cpy_mimalloc_object - where the object in the block at @block of @page starts. */
uint64_t cpy_mimalloc_object(const struct cpy *cpy, const struct cpy_mimalloc_page *page,
			     uint64_t block);

/* cpy_mimalloc_free - bytes of blocks that are not in use. */
uint64_t cpy_mimalloc_free(const struct cpy *cpy);

/* cpy_mimalloc_own - calls @each for what of the heaps is not in use, and their own state. */
RG_MUST_CHECK rg_error *cpy_mimalloc_own(const struct cpy *cpy,
					 rg_error *(*each)(void *user, uint64_t start,
							   uint64_t end), void *user);

#endif
