/* SPDX-License-Identifier: MIT */
/*
 * The pools of pymalloc, CPython's allocator for blocks of up to 512 bytes: what
 * is free in them, and, where a dump lacks part of the memory, objects in them.
 *
 * Pools are found by their headers (struct pool_header of pycore_obmalloc.h,
 * 3.10 and later: 16 KiB, aligned) wherever memory is writable, since the list
 * of arenas is a static without a symbol up to 3.11.  Pools that are wholly free
 * keep stale headers and cannot be told from other memory: they do not count.
 */
#include "runtime/cpython/private.h"

#define POOL_SIZE UINT64_C(16384)
#define POOL_HEADER 48
#define ALIGNMENT 16
#define SIZE_CLASSES 32

struct pool {
	uint64_t address;
	const unsigned char *bytes;
	uint64_t size;       /* of a block */
	uint32_t used;       /* blocks in use */
	uint32_t begun;      /* blocks that have ever been in use, the first ones */
	uint64_t free_block; /* the first of those that are so no more, or 0 */
};

static bool is_block(const struct pool *pool, uint64_t block)
{
	uint64_t offset = block - pool->address;

	return offset >= POOL_HEADER && offset < POOL_SIZE &&
	       !((offset - POOL_HEADER) % pool->size);
}

/* Reads the pool whose header is at @at and whose address is @address; false: it is none. */
static bool read_pool(const unsigned char *at, uint64_t address, struct pool *ret)
{
	struct pool pool = { .address = address, .bytes = at };
	uint32_t size_class, next, last;

	memcpy(&pool.used, at, 4);
	memcpy(&size_class, at + 36, 4);
	memcpy(&next, at + 40, 4);
	memcpy(&last, at + 44, 4);
	if (!pool.used || size_class >= SIZE_CLASSES)
		return false;
	pool.free_block = cpy_load64(at + 8);
	pool.size = (uint64_t)(size_class + 1) * ALIGNMENT;
	if (pool.used > (POOL_SIZE - POOL_HEADER) / pool.size || last != POOL_SIZE - pool.size ||
	    next < POOL_HEADER || next > last + pool.size || (next - POOL_HEADER) % pool.size)
		return false;
	if (pool.free_block && !is_block(&pool, pool.free_block))
		return false;
	pool.begun = (uint32_t)((next - POOL_HEADER) / pool.size);
	*ret = pool;
	return true;
}

/* Calls @each for all pools in writable memory. */
static void each_pool(const struct cpy *cpy, void (*each)(void *user, const struct pool *pool),
		      void *user)
{
	struct pool pool;

	for (size_t i = 0; i < cpy->image->segment_count; i++) {
		const struct rg_segment *segment = &cpy->image->segments[i];
		uint64_t at = (segment->start + POOL_SIZE - 1) & ~(POOL_SIZE - 1);

		if (!segment->writable || segment->from_file || at < segment->start)
			continue;
		for (; at < segment->end && segment->end - at >= POOL_SIZE; at += POOL_SIZE)
			if (read_pool(segment->bytes + (at - segment->start), at, &pool))
				each(user, &pool);
	}
}

static void add_free(void *user, const struct pool *pool)
{
	uint64_t *sum = user;

	*sum += ((POOL_SIZE - POOL_HEADER) / pool->size - pool->used) * pool->size;
}

uint64_t cpy_pools_free(const struct cpy *cpy)
{
	uint64_t sum = 0;

	each_pool(cpy, add_free, &sum);
	return sum;
}

/* ---- objects that nothing leads to any more ------------------------------------------- */

struct salvage {
	struct cpy *cpy;
	void (*each)(void *user, uint64_t object);
	void *user;
};

/* Whether the collector's head at @head names one at @link that names it, as far as is known. */
static bool link_fits(const struct cpy *cpy, uint64_t head, unsigned link)
{
	uint64_t at = cpy_word(cpy, head + link) & ~UINT64_C(3);

	if (!at || at & 7)
		return false;
	if (rg_image_was_mapped(cpy->image, at))
		return true;
	return (cpy_word(cpy, at + 8 - link) & ~UINT64_C(3)) == head;
}

/*
 * Whether the block at @block, which is in use, holds an object that the
 * collector knows, @prefix bytes into it: a type whose objects stand there, a
 * count that is none of the process's addresses, and a place on a list.
 */
static bool holds_object(struct cpy *cpy, uint64_t block, uint32_t prefix)
{
	uint64_t object = block + prefix, count = cpy_word(cpy, object);
	const struct cpy_type *type;

	if (!cpy_refcount_lives(cpy, count) || rg_image_segment(cpy->image, count) ||
	    rg_image_was_mapped(cpy->image, count))
		return false;
	type = cpy_type_fast(cpy, cpy_word(cpy, object + 8));
	return type && type->is_gc && type->prefix == prefix &&
	       link_fits(cpy, object - 16, 0) && link_fits(cpy, object - 16, 8);
}

static void salvage_pool(void *user, const struct pool *pool)
{
	struct salvage *salvage = user;
	uint64_t is_free[(POOL_SIZE / ALIGNMENT + 63) / 64] = { 0 }, block = pool->free_block;
	uint32_t i;

	/* The list of free blocks; one that does not end in time tells nothing. */
	for (i = 0; block && i <= pool->begun; i++) {
		uint64_t number = (block - pool->address - POOL_HEADER) / pool->size;

		if (!is_block(pool, block))
			return;
		is_free[number / 64] |= UINT64_C(1) << number % 64;
		block = cpy_load64(pool->bytes + (block - pool->address));
	}
	if (block)
		return;
	for (i = 0; i < pool->begun; i++) {
		block = pool->address + POOL_HEADER + i * pool->size;
		if (is_free[i / 64] >> i % 64 & 1 || pool->size < 32)
			continue;
		if (holds_object(salvage->cpy, block, 16))
			salvage->each(salvage->user, block + 16);
		else if (pool->size >= 48 && holds_object(salvage->cpy, block, 32))
			salvage->each(salvage->user, block + 32);
	}
}

void cpy_pools_salvage(struct cpy *cpy, void (*each)(void *user, uint64_t object), void *user)
{
	struct salvage salvage = { cpy, each, user };

	each_pool(cpy, salvage_pool, &salvage);
}
