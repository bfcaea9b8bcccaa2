/* SPDX-License-Identifier: MIT */
/* Which allocators hold the blocks of this build, and how each of them rounds. */
#include "runtime/cpython/blocks.h"
#include "runtime/cpython/mimalloc.h"

#define POOL_BLOCK_MAX 512
#define PAGE UINT64_C(4096)
#define CHUNK_MIN 32

struct chunks {
	enum cpy_blocks *which;
	cpy_block_fn *each;
	void *user;
};

static void add_chunk(void *user, uint64_t start, uint64_t size, bool mapped)
{
	struct chunks *chunks = user;

	*chunks->which = mapped ? CPY_BLOCKS_MAPPED : CPY_BLOCKS_CHUNK;
	chunks->each(chunks->user, start, size);
}

void cpy_blocks(const struct cpy *cpy, enum cpy_blocks *which, cpy_block_fn *each, void *user)
{
	struct chunks chunks = { which, each, user };

	if (cpy->layout.free_threaded) {
		*which = CPY_BLOCKS_BIN;
		cpy_mimalloc_blocks(cpy, each, user);
		return;
	}
	*which = CPY_BLOCKS_POOL;
	cpy_pools_blocks(cpy, each, user);
	rg_image_malloc_used(cpy->image, add_chunk, &chunks);
}

static uint64_t round_up(uint64_t value, uint64_t to)
{
	return (value + to - 1) & ~(to - 1);
}

bool cpy_block_fits(enum cpy_blocks which, uint64_t need, uint64_t size)
{
	uint64_t chunk = round_up(need + 8, 16);

	if (need > size)
		return false;
	switch (which) {
	case CPY_BLOCKS_POOL:
		return need && size <= POOL_BLOCK_MAX && round_up(need, 16) == size;
	case CPY_BLOCKS_CHUNK:
		/* A rest of less than the smallest chunk stays with the one before. */
		chunk = (chunk < CHUNK_MIN ? CHUNK_MIN : chunk) - 8;
		return size == chunk || size == chunk + 16;
	case CPY_BLOCKS_MAPPED:
		return size == round_up(chunk + 8, PAGE) - 16 ||
		       size == round_up(need + 16, PAGE) - 16;
	case CPY_BLOCKS_BIN:
		return size - need <= need / 4 || round_up(need, 16) == size;
	}
	return false;
}
