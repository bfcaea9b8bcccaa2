/* SPDX-License-Identifier: MIT */
/*
 * The blocks of CPython's object allocator that are in use, whatever they hold:
 * objects, tables of objects, raw memory of C code.
 *
 * Every allocator tells its blocks in one shape: a call of (start, size) for
 * each, @start what the allocator returned and @size what it set aside.  There
 * is pymalloc with its pools for up to 512 bytes (pools.c), glibc's malloc for
 * what is larger, or for all with PYTHONMALLOC=malloc (image.h), and in
 * free-threaded builds mimalloc; blocks.c goes through those of this build.
 */
#ifndef RG_RUNTIME_CPYTHON_BLOCKS_H
#define RG_RUNTIME_CPYTHON_BLOCKS_H

#include "runtime/cpython/cpython.h"

/* How an allocator rounds what it is asked for. */
enum cpy_blocks {
	CPY_BLOCKS_POOL,   /* to multiples of 16, up to 512 */
	CPY_BLOCKS_CHUNK,  /* glibc: to multiples of 16, less 8 of its own; 16 more at times */
	CPY_BLOCKS_MAPPED, /* glibc: to whole pages, less 16 of its own */
	CPY_BLOCKS_BIN,    /* mimalloc: by at most an eighth, or to multiples of 16 */
};

/* Called for each block in use, by address within one pool or heap. */
typedef void cpy_block_fn(void *user, uint64_t start, uint64_t size);

/* What the bookkeeping of pymalloc's pools says. */
struct cpy_pools {
	uint64_t pools;  /* with at least one block in use */
	uint64_t blocks; /* in use */
	uint64_t bytes;  /* of these blocks */
	uint64_t free;   /* bytes of the other blocks of these pools */
	uint64_t torn;   /* pools whose count and list of free blocks disagree */
};

/* cpy_pools_blocks - the blocks in use in pymalloc's pools.  O(image / 16 KiB + blocks). */
void cpy_pools_blocks(const struct cpy *cpy, cpy_block_fn *each, void *user);

/* cpy_pools_count - adds up what the pools' headers say.  O(image / 16 KiB + free blocks). */
struct cpy_pools cpy_pools_count(const struct cpy *cpy);

/*
 * cpy_blocks - calls @each for every block in use; *@which says of what kind
 * the one at hand is.  O(image / 4 KiB + blocks).
 */
void cpy_blocks(const struct cpy *cpy, enum cpy_blocks *which, cpy_block_fn *each, void *user);

/* cpy_block_fits - whether a request of @need bytes gets a block of @size.  O(1). */
bool cpy_block_fits(enum cpy_blocks which, uint64_t need, uint64_t size);

/*
 * cpy_unreached - calls @each for the objects that stand in blocks in use and are
 * not marked in @builder: that nothing leads to.  @keepers: addresses of the
 * objects with memory of their own of unknown content (cpy_keeps_memory());
 * with @tracked also what the collector knows, whose lists cannot be relied on.
 */
RG_MUST_CHECK rg_error *cpy_unreached(struct cpy *cpy, const rg_builder *builder,
				      const uint64_t *keepers, size_t keeper_count, bool tracked,
				      void (*each)(void *user, uint64_t object), void *user);

/* cpy_keeps_memory - whether objects of @type can own memory in which anything stands. */
bool cpy_keeps_memory(const struct cpy_type *type);

#endif
