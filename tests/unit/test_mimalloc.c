/* SPDX-License-Identifier: MIT */
/*
 * Free-threaded builds: the pages of mimalloc's segments of both generations, what of
 * them is in use, and the counts in the head of an object.
 */
#include <stdlib.h>
#include <string.h>

#include "base/bitset.h"
#include "runtime/cpython/mimalloc.h"
#include "runtime/cpython/private.h"
#include "unit/runner.h"

#define SLICE 65536
#define SLICES 4
#define START UINT64_C(0x20000000000) /* 32 MiB aligned */
#define CONSTANT UINT64_C(0x1234567890abcdef)
#define BLOCK 48
#define FIRST (SLICE + 3 * BLOCK) /* of 2.1.2: small blocks do not begin with the page */

/* Where either generation keeps what; as in mimalloc/types.h of each. */
struct places {
	unsigned cookie, segment_slices, info_slices, entries, slices, slice_size;
	unsigned free, local_free, thread_free, used, block_size, page_start;
};

static const struct places older = { 216, 224, 232, 248, 264, 96, 16, 32, 40, 24, 28, 0 };
static const struct places newer = { 224, 248, 256, 272, 288, 112, 16, 24, 56, 32, 40, 48 };

struct world {
	const struct places *at;
	unsigned char *bytes;
	struct cpy cpy;
};

static void put(unsigned char *at, uint64_t value, unsigned size)
{
	memcpy(at, &value, size);
}

static unsigned char *page(struct world *world, unsigned index)
{
	return world->bytes + world->at->slices + world->at->slice_size * index;
}

/* A page of blocks for objects of the collector's in slice 1, a free span behind it. */
static struct world *world_new(const struct places *at)
{
	struct world *world = calloc(1, sizeof(*world));
	unsigned char *bytes = calloc(SLICES, SLICE);
	struct rg_segment segment = { START, START + SLICES * SLICE, bytes, true, false };

	world->at = at;
	world->bytes = bytes;
	put(bytes + at->cookie, START ^ CONSTANT, 8);
	put(bytes + at->segment_slices, 512, 8);
	put(bytes + at->info_slices, 1, 8);
	put(bytes + at->entries, SLICES, 8);
	put(page(world, 0), 1, 4);
	put(page(world, 1), 1, 4);
	put(page(world, 2), 2, 4);
	put(page(world, 1) + 10, 6, 2); /* blocks that have been in use */
	put(page(world, 1) + at->used, 3, 2);
	put(page(world, 1) + at->block_size, BLOCK, 4);
	put(page(world, 1) + at->free, START + FIRST, 8);
	put(bytes + FIRST, START + FIRST + 2 * BLOCK, 8); /* the next free block */
	/* With flags in its lowest bits. */
	put(page(world, 1) + at->thread_free, (START + FIRST + 5 * BLOCK) | 2, 8);
	if (at->page_start) {
		put(page(world, 1) + at->page_start, START + FIRST, 8);
		page(world, 1)[35] = CPY_HEAP_GC;
	} else {
		page(world, 1)[8] = CPY_HEAP_GC << 3;
	}
	world->cpy.layout.free_threaded = true;
	CU_ASSERT_PTR_NULL_FATAL(rg_image_from_segments(&segment, 1, &world->cpy.image));
	return world;
}

static void world_free(struct world *world)
{
	rg_image_close(world->cpy.image);
	free(world->bytes);
	free(world);
}

struct found {
	uint64_t blocks[16];
	unsigned count, pages, torn;
};

static void note_block(void *user, uint64_t start, uint64_t size)
{
	struct found *found = user;

	CU_ASSERT_EQUAL(size, BLOCK);
	if (found->count < 16)
		found->blocks[found->count++] = start;
}

static rg_error *note_page(void *user, const struct cpy_mimalloc_page *page)
{
	struct found *found = user;

	found->pages++;
	found->torn += page->is_torn;
	return NULL;
}

static struct found look(struct world *world)
{
	struct found found = { 0 };

	cpy_mimalloc_blocks(&world->cpy, note_block, &found);
	CU_ASSERT_PTR_NULL(cpy_mimalloc_pages(&world->cpy, note_page, &found));
	return found;
}

static void finds_blocks_in_use(void)
{
	const struct places *const generations[] = { &older, &newer };
	static const unsigned used[] = { 1, 3, 4 };

	for (unsigned g = 0; g < 2; g++) {
		struct world *world = world_new(generations[g]);
		struct found found = look(world);

		CU_ASSERT_EQUAL(cpy_mimalloc_generation(&world->cpy),
				g ? CPY_MIMALLOC_252 : CPY_MIMALLOC_212);
		CU_ASSERT_EQUAL(found.pages, 1);
		CU_ASSERT_EQUAL(found.torn, 0);
		CU_ASSERT_EQUAL_FATAL(found.count, 3);
		for (unsigned i = 0; i < 3; i++)
			CU_ASSERT_EQUAL(found.blocks[i], START + FIRST + used[i] * BLOCK);
		/* The rest of the page is free too, though never handed out. */
		CU_ASSERT_EQUAL(cpy_mimalloc_free(&world->cpy),
				((SLICE - 3 * BLOCK) / BLOCK - 3) * BLOCK);
		world_free(world);
	}
}

static void believes_no_list_that_leads_elsewhere(void)
{
	struct world *world = world_new(&older);

	put(world->bytes + FIRST, START + FIRST, 8); /* in a circle */
	CU_ASSERT_EQUAL(look(world).torn, 1);
	CU_ASSERT_EQUAL(look(world).count, 4);
	put(world->bytes + FIRST, START + FIRST + 1, 8); /* within a block */
	CU_ASSERT_EQUAL(look(world).torn, 1);
	put(world->bytes + FIRST, START + FIRST + 6 * BLOCK, 8); /* beyond what was in use */
	CU_ASSERT_EQUAL(look(world).torn, 1);
	put(world->bytes + FIRST, UINT64_MAX - 7, 8);
	CU_ASSERT_EQUAL(look(world).torn, 1);
	put(page(world, 1) + 10, 60000, 2); /* more blocks than fit */
	CU_ASSERT_EQUAL(look(world).pages, 0);
	world_free(world);
}

static void refuses_what_only_looks_like_a_segment(void)
{
	struct world *world = world_new(&newer);

	put(world->bytes + newer.cookie, 0, 8);
	CU_ASSERT_EQUAL(cpy_mimalloc_generation(&world->cpy), CPY_MIMALLOC_NONE);
	put(world->bytes + newer.cookie, 1, 8);
	CU_ASSERT_EQUAL(look(world).count, 3);
	put(world->bytes + newer.entries, 513, 8);
	CU_ASSERT_EQUAL(look(world).count, 0);
	put(world->bytes + newer.entries, SLICES, 8);
	put(world->bytes + newer.info_slices, 0, 8);
	CU_ASSERT_EQUAL(look(world).count, 0);
	put(world->bytes + newer.info_slices, 1, 8);
	put(page(world, 1), 0, 4); /* a page of no slices: nothing behind it can be found */
	CU_ASSERT_EQUAL(look(world).pages, 0);
	put(page(world, 1), 1, 4);
	put(page(world, 1) + newer.page_start, START, 8); /* outside its slices */
	CU_ASSERT_EQUAL(look(world).pages, 0);
	world_free(world);
}

/* The head of an object: bits, the owner's count, that of all others with two bits of flags. */
static void put_head(unsigned char head[32], uint8_t bits, uint32_t local, int64_t shared,
		     unsigned flags)
{
	memset(head, 0, 32);
	head[CPY_BITS] = bits;
	put(head + CPY_LOCAL_COUNT, local, 4);
	put(head + CPY_SHARED_COUNT, (uint64_t)shared << CPY_SHARED_SHIFT | flags, 8);
}

static void adds_both_counts(void)
{
	struct cpy cpy = { .layout.count = { .is_split = true, .deferred = 1000 } };
	unsigned char head[32];

	put_head(head, 0, 5, 0, 0);
	CU_ASSERT_EQUAL(cpy_head_count(&cpy, head), 5);
	CU_ASSERT_TRUE(cpy_head_lives(&cpy, head));
	/* Others have let go of more than they took; 3: merged. */
	put_head(head, 0, 5, -3, 2);
	CU_ASSERT_EQUAL(cpy_head_count(&cpy, head), 2);
	CU_ASSERT_TRUE(cpy_head_lives(&cpy, head));
	put_head(head, 0, 0, 7, 3);
	CU_ASSERT_EQUAL(cpy_head_count(&cpy, head), 7);
	put_head(head, 0, 0, 0, 3);
	CU_ASSERT_FALSE(cpy_head_lives(&cpy, head));
	put_head(head, 0, 3, -3, 3);
	CU_ASSERT_FALSE(cpy_head_lives(&cpy, head));
	/* Counted late: so much too high. */
	put_head(head, CPY_BIT_DEFERRED, 2, 1000, 0);
	CU_ASSERT_EQUAL(cpy_head_count(&cpy, head), 2);
	CU_ASSERT_TRUE(cpy_head_lives(&cpy, head));
	put_head(head, CPY_BIT_DEFERRED, CPY_LOCAL_IMMORTAL, 0, 0);
	CU_ASSERT_TRUE(cpy_head_immortal(&cpy, head));
	CU_ASSERT_TRUE(cpy_head_lives(&cpy, head));
	put_head(head, 0, CPY_LOCAL_IMMORTAL - 1, 0, 0);
	CU_ASSERT_FALSE(cpy_head_immortal(&cpy, head));
}

static void reads_a_wide_state_of_strings(void)
{
	struct cpy cpy = { 0 };
	unsigned char at[40] = { 0 };

	at[32] = 0x65; /* interned 1, kind 1, compact, ascii */
	at[33] = 0xff;
	CU_ASSERT_EQUAL(cpy_str_state(&cpy, at), 0x65);
	cpy.layout.str.has_wide_state = true;
	at[32] = 0xfd; /* interned 1, what stands above it is left over */
	at[33] = 0xd9; /* kind 1, compact, ascii; as above */
	CU_ASSERT_EQUAL(cpy_str_state(&cpy, at), 0x65);
}

static const struct rg_test tests[] = {
	RG_TEST(finds_blocks_in_use),
	RG_TEST(believes_no_list_that_leads_elsewhere),
	RG_TEST(refuses_what_only_looks_like_a_segment),
	RG_TEST(adds_both_counts),
	RG_TEST(reads_a_wide_state_of_strings),
	{ 0 },
};

const struct rg_suite rg_suite_mimalloc = { "mimalloc", NULL, NULL, tests };
