/* SPDX-License-Identifier: MIT */
/* pymalloc's pools: what is free in them, and what only looks like one. */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "runtime/cpython/private.h"
#include "unit/runner.h"

#define POOL 16384
#define START UINT64_C(0x7f0000010000)

/* A pool header: @used blocks of class @size_class, carved up to @next. */
static void put_pool(unsigned char *at, uint32_t used, uint64_t free_block, uint32_t size_class,
		     uint32_t next)
{
	uint32_t last = POOL - (size_class + 1) * 16;

	memset(at, 0, POOL);
	memcpy(at, &used, 4);
	memcpy(at + 8, &free_block, 8);
	memcpy(at + 36, &size_class, 4);
	memcpy(at + 40, &next, 4);
	memcpy(at + 44, &last, 4);
}

/* What is found free in @bytes at START. */
static uint64_t found(const unsigned char *bytes, size_t length, bool writable)
{
	struct rg_segment segment = { START, START + length, bytes, writable, false };
	struct cpy cpy = { 0 };
	uint64_t sum;

	CU_ASSERT_PTR_NULL_FATAL(rg_image_from_segments(&segment, 1, &cpy.image));
	sum = cpy_pools_count(&cpy).free;
	rg_image_close(cpy.image);
	return sum;
}

static void counts_free_and_uncarved_blocks(void)
{
	unsigned char *bytes = calloc(4, POOL);

	/* Blocks of 64 bytes: 255 fit; 10 in use, 20 carved. */
	put_pool(bytes, 10, START + 48 + 64, 3, 48 + 20 * 64);
	/* Blocks of 512 bytes: 31 fit, all in use. */
	put_pool(bytes + 2 * POOL, 31, 0, 31, 48 + 31 * 512);
	CU_ASSERT_EQUAL(found(bytes, 4 * POOL, true), (255 - 10) * 64);
	CU_ASSERT_EQUAL(found(bytes, 4 * POOL, false), 0);
	/* Cut within the pool: what is not whole is none. */
	CU_ASSERT_EQUAL(found(bytes, POOL - 1, true), 0);
	free(bytes);
}

static void refuses_what_only_looks_like_a_pool(void)
{
	unsigned char *bytes = calloc(1, POOL);

	put_pool(bytes, 10, START + 48 + 63, 3, 48 + 20 * 64); /* a free block between blocks */
	CU_ASSERT_EQUAL(found(bytes, POOL, true), 0);
	put_pool(bytes, 10, START - 64, 3, 48 + 20 * 64);      /* one outside */
	CU_ASSERT_EQUAL(found(bytes, POOL, true), 0);
	put_pool(bytes, 256, 0, 3, 48 + 20 * 64);              /* more than fit */
	CU_ASSERT_EQUAL(found(bytes, POOL, true), 0);
	put_pool(bytes, 10, 0, 32, 48);                        /* no such class */
	CU_ASSERT_EQUAL(found(bytes, POOL, true), 0);
	put_pool(bytes, 10, 0, 3, 48 + 20 * 64 + 8);           /* carved within a block */
	CU_ASSERT_EQUAL(found(bytes, POOL, true), 0);
	put_pool(bytes, 0, 0, 3, 48);                          /* wholly free: a stale header */
	CU_ASSERT_EQUAL(found(bytes, POOL, true), 0);
	free(bytes);
}

/* ---- blocks in use ------------------------------------------------------------------------ */

struct seen {
	uint64_t starts[64];
	size_t count;
	uint64_t size;
};

static void see(void *user, uint64_t start, uint64_t size)
{
	struct seen *seen = user;

	if (seen->count < 64)
		seen->starts[seen->count] = start;
	seen->count++;
	seen->size = size;
}

static struct cpy_pools count(unsigned char *bytes, size_t length, struct seen *ret)
{
	struct rg_segment segment = { START, START + length, bytes, true, false };
	struct cpy cpy = { 0 };
	struct cpy_pools sum;

	*ret = (struct seen){ .count = 0 };
	CU_ASSERT_PTR_NULL_FATAL(rg_image_from_segments(&segment, 1, &cpy.image));
	cpy_pools_blocks(&cpy, see, ret);
	sum = cpy_pools_count(&cpy);
	rg_image_close(cpy.image);
	return sum;
}

static void put_word(unsigned char *bytes, uint64_t address, uint64_t word)
{
	memcpy(bytes + (address - START), &word, 8);
}

static void tells_blocks_in_use(void)
{
	unsigned char *bytes = calloc(1, POOL);
	const uint64_t first = START + 48;
	struct cpy_pools sum;
	struct seen seen;

	/* Blocks of 96: six carved, the second and the fifth free, in that order of freeing. */
	put_pool(bytes, 4, first + 4 * 96, 5, 48 + 6 * 96);
	put_word(bytes, first + 4 * 96, first + 96);
	put_word(bytes, first + 96, 0);
	sum = count(bytes, POOL, &seen);
	CU_ASSERT_EQUAL_FATAL(seen.count, 4);
	CU_ASSERT_EQUAL(seen.size, 96);
	CU_ASSERT_EQUAL(seen.starts[0], first);
	CU_ASSERT_EQUAL(seen.starts[1], first + 2 * 96);
	CU_ASSERT_EQUAL(seen.starts[2], first + 3 * 96);
	CU_ASSERT_EQUAL(seen.starts[3], first + 5 * 96);
	CU_ASSERT_EQUAL(sum.pools, 1);
	CU_ASSERT_EQUAL(sum.blocks, 4);
	CU_ASSERT_EQUAL(sum.bytes, 4 * 96);
	CU_ASSERT_EQUAL(sum.torn, 0);
	/* In the middle of an allocation the count is ahead of the list. */
	put_word(bytes, START, 5);
	CU_ASSERT_EQUAL(count(bytes, POOL, &seen).torn, 1);
	CU_ASSERT_EQUAL(seen.count, 4);
	/* A list that runs in a circle tells nothing. */
	put_word(bytes, first + 96, first + 4 * 96);
	CU_ASSERT_EQUAL(count(bytes, POOL, &seen).torn, 1);
	CU_ASSERT_EQUAL(seen.count, 0);
	free(bytes);
}

static void holds_pools_against_arenas(void)
{
	enum { STATE = 2 * POOL, ARENAS = STATE + 1024 };
	unsigned char *bytes = calloc(3, POOL);
	struct rg_segment segment = { START, START + 3 * POOL, bytes, true, false };
	struct cpy_interpreter interpreter = { .address = START + STATE };
	struct cpy cpy = { .minor = 12, .interpreters = &interpreter, .interpreter_count = 1 };
	struct seen seen = { .count = 0 };

	put_pool(bytes, 1, 0, 31, 48 + 512);
	put_pool(bytes + POOL, 1, 0, 31, 48 + 512);
	cpy.layout.interpreter.obmalloc = 8;
	CU_ASSERT_PTR_NULL_FATAL(rg_image_from_segments(&segment, 1, &cpy.image));
	/* One arena, which has the second pool and not the first. */
	put_word(bytes, START + STATE + 8 + 512, START + ARENAS);
	put_word(bytes, START + STATE + 8 + 520, 1);
	put_word(bytes, START + ARENAS, START + POOL);
	cpy_pools_open(&cpy);
	cpy_pools_blocks(&cpy, see, &seen);
	CU_ASSERT_EQUAL_FATAL(seen.count, 1);
	CU_ASSERT_EQUAL(seen.starts[0], START + POOL + 48);
	/* Where the arenas make no sense, pools are told by their headers alone. */
	interpreter.arenas = 0;
	put_word(bytes, START + ARENAS, 12345);
	cpy_pools_open(&cpy);
	seen.count = 0;
	cpy_pools_blocks(&cpy, see, &seen);
	CU_ASSERT_EQUAL(seen.count, 2);
	rg_image_close(cpy.image);
	free(bytes);
}

static void knows_what_a_request_gets(void)
{
	CU_ASSERT(cpy_block_fits(CPY_BLOCKS_POOL, 49, 64));
	CU_ASSERT(cpy_block_fits(CPY_BLOCKS_POOL, 512, 512));
	CU_ASSERT_FALSE(cpy_block_fits(CPY_BLOCKS_POOL, 48, 64));
	CU_ASSERT_FALSE(cpy_block_fits(CPY_BLOCKS_POOL, 65, 64));
	/* malloc(600): a chunk of 608 with 600 to use, or 624 where 16 were left over. */
	CU_ASSERT(cpy_block_fits(CPY_BLOCKS_CHUNK, 600, 600));
	CU_ASSERT(cpy_block_fits(CPY_BLOCKS_CHUNK, 600, 616));
	CU_ASSERT_FALSE(cpy_block_fits(CPY_BLOCKS_CHUNK, 600, 632));
	CU_ASSERT_FALSE(cpy_block_fits(CPY_BLOCKS_CHUNK, 601, 600));
	CU_ASSERT(cpy_block_fits(CPY_BLOCKS_CHUNK, 1, 24));
	CU_ASSERT(cpy_block_fits(CPY_BLOCKS_MAPPED, 200000, 49 * 4096 - 16));
	CU_ASSERT_FALSE(cpy_block_fits(CPY_BLOCKS_MAPPED, 200000, 50 * 4096 - 16));
	CU_ASSERT(cpy_block_fits(CPY_BLOCKS_BIN, 100, 112));
	CU_ASSERT_FALSE(cpy_block_fits(CPY_BLOCKS_BIN, 100, 160));
}

static void finds_marks_near(void)
{
	rg_builder *builder;
	uint64_t at, size, mark;

	CU_ASSERT_PTR_NULL_FATAL(rg_builder_new(&builder));
	/* At the end of a word of marks, of a page, and in the page after one without any. */
	CU_ASSERT_EQUAL(rg_builder_mark(builder, START + 504), 1);
	CU_ASSERT_EQUAL(rg_builder_mark(builder, START + 4096), 1);
	CU_ASSERT_EQUAL(rg_builder_mark(builder, START + 3 * 4096 + 8), 1);
	for (at = START; at < START + 4 * 4096; at += 8)
		for (size = 8; size <= 256; size += 8) {
			bool expected = false;

			for (mark = at; mark < at + size; mark += 8)
				expected |= rg_builder_marked(builder, mark);
			if (rg_builder_marked_near(builder, at, size) != expected)
				CU_FAIL_FATAL("marks near an address are others");
		}
	CU_PASS("as looked at one by one");
	rg_builder_free(builder);
}

static const struct rg_test tests[] = {
	RG_TEST(tells_blocks_in_use),
	RG_TEST(holds_pools_against_arenas),
	RG_TEST(knows_what_a_request_gets),
	RG_TEST(finds_marks_near),
	RG_TEST(counts_free_and_uncarved_blocks),
	RG_TEST(refuses_what_only_looks_like_a_pool),
	{ 0 },
};

const struct rg_suite rg_suite_pools = { "pools", NULL, NULL, tests };
