/* SPDX-License-Identifier: MIT */
/*
 * What is free in pymalloc, CPython's allocator for blocks of up to 512 bytes.
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

/* Bytes free in the pool whose header is at @at and whose address is @pool; 0: it is none. */
static uint64_t pool_free(const unsigned char *at, uint64_t pool)
{
	uint32_t used, size_class, next, last;
	uint64_t free_block = cpy_load64(at + 8), size, blocks;

	memcpy(&used, at, 4);
	memcpy(&size_class, at + 36, 4);
	memcpy(&next, at + 40, 4);
	memcpy(&last, at + 44, 4);
	if (!used || size_class >= SIZE_CLASSES)
		return 0;
	size = (uint64_t)(size_class + 1) * ALIGNMENT;
	blocks = (POOL_SIZE - POOL_HEADER) / size;
	if (used > blocks || last != POOL_SIZE - size || next < POOL_HEADER ||
	    next > last + size || (next - POOL_HEADER) % size)
		return 0;
	if (free_block && (free_block - pool < POOL_HEADER || free_block - pool >= POOL_SIZE ||
			   (free_block - pool - POOL_HEADER) % size))
		return 0;
	return (blocks - used) * size;
}

uint64_t cpy_pools_free(const struct cpy *cpy)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < cpy->image->segment_count; i++) {
		const struct rg_segment *segment = &cpy->image->segments[i];
		uint64_t at = (segment->start + POOL_SIZE - 1) & ~(POOL_SIZE - 1);

		if (!segment->writable || segment->from_file || at < segment->start)
			continue;
		for (; at < segment->end && segment->end - at >= POOL_SIZE; at += POOL_SIZE)
			sum += pool_free(segment->bytes + (at - segment->start), at);
	}
	return sum;
}
