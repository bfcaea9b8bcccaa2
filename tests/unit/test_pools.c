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
	sum = cpy_pools_free(&cpy);
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

static const struct rg_test tests[] = {
	RG_TEST(counts_free_and_uncarved_blocks),
	RG_TEST(refuses_what_only_looks_like_a_pool),
	{ 0 },
};

const struct rg_suite rg_suite_pools = { "pools", NULL, NULL, tests };
