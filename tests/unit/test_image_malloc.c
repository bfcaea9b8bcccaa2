/* SPDX-License-Identifier: MIT */
/* Heaps of malloc, made by hand: what of them is free. */
#include "unit/runner.h"

#include <string.h>

#include "image/image.h"

#define START UINT64_C(0x10000)
#define SIZE 8192u

/* Chunks as glibc has them. */
struct fake {
	uint64_t words[SIZE / 8];
	rg_image *image;
	uint64_t freed[SIZE / 8]; /* by word: how often it was said to be free */
};

static void put_chunk(struct fake *fake, uint64_t at, uint64_t size, bool before_in_use)
{
	fake->words[at / 8 + 1] = size | before_in_use;
}

static rg_error *note(void *user, uint64_t start, uint64_t end)
{
	struct fake *fake = user;

	CU_ASSERT_FATAL(start >= START && end <= START + SIZE && start <= end);
	for (; start < end; start += 8)
		fake->freed[(start - START) / 8]++;
	return NULL;
}

static void look(struct fake *fake)
{
	struct rg_segment segment = { .start = START, .end = START + SIZE,
				      .bytes = (const unsigned char *)fake->words,
				      .writable = true };

	memset(fake->freed, 0, sizeof(fake->freed));
	CU_ASSERT_PTR_NULL_FATAL(rg_image_from_segments(&segment, 1, &fake->image));
	CU_ASSERT_PTR_NULL(rg_image_malloc_free(fake->image, note, fake));
	rg_image_close(fake->image);
}

static bool is_free(const struct fake *fake, uint64_t at)
{
	return fake->freed[at / 8] != 0;
}

/* In use, free and marked so, in use, cached, cached and the last, in use, top. */
static void fill(struct fake *fake)
{
	uint64_t cached = START + 0x200 + 16, last = START + 0x240 + 16;

	memset(fake, 0, sizeof(*fake));
	put_chunk(fake, 0, 0x100, true);
	put_chunk(fake, 0x100, 0x80, true);
	put_chunk(fake, 0x180, 0x80, false);
	put_chunk(fake, 0x200, 0x40, true);
	put_chunk(fake, 0x240, 0x40, true);
	put_chunk(fake, 0x280, 0x80, true);
	put_chunk(fake, 0x300, SIZE - 0x300, true);
	fake->words[0x200 / 8 + 2] = cached >> 12 ^ last;
	fake->words[0x240 / 8 + 2] = last >> 12;
}

static void tells_free_chunks_from_others(void)
{
	static struct fake fake;

	fill(&fake);
	look(&fake);
	CU_ASSERT_FALSE(is_free(&fake, 0x10));
	CU_ASSERT_TRUE(is_free(&fake, 0x110));
	CU_ASSERT_FALSE(is_free(&fake, 0x190));
	CU_ASSERT_TRUE(is_free(&fake, 0x210));
	CU_ASSERT_TRUE(is_free(&fake, 0x250));
	CU_ASSERT_FALSE(is_free(&fake, 0x290));
	CU_ASSERT_TRUE(is_free(&fake, 0x310));
	CU_ASSERT_TRUE(is_free(&fake, SIZE - 8));
	/* Heads belong to nobody's memory. */
	CU_ASSERT_FALSE(is_free(&fake, 0x208));
}

/* What is no heap, or one that was damaged, has nothing free. */
static void believes_no_broken_heap(void)
{
	static struct fake fake;

	fill(&fake);
	put_chunk(&fake, 0x180, 0x81, false);
	put_chunk(&fake, 0x180, 0x88, true);
	look(&fake);
	/* What begins behind the break is taken for an arena's; nothing before it is. */
	CU_ASSERT_FALSE(is_free(&fake, 0x110));
	fill(&fake);
	put_chunk(&fake, 0x300, SIZE, true);
	look(&fake);
	CU_ASSERT_FALSE(is_free(&fake, 0x110));
	memset(&fake, 0, sizeof(fake));
	look(&fake);
	CU_ASSERT_FALSE(is_free(&fake, 0x110));
	memset(fake.words, 0xff, sizeof(fake.words));
	look(&fake);
	CU_ASSERT_FALSE(is_free(&fake, 0x110));
}

struct used {
	uint64_t starts[8], sizes[8];
	size_t count, mapped;
};

static void see(void *user, uint64_t start, uint64_t size, bool mapped)
{
	struct used *used = user;

	CU_ASSERT_FATAL(used->count < 8);
	used->starts[used->count] = start;
	used->sizes[used->count++] = size;
	used->mapped += mapped;
}

static void look_for_used(const struct fake *fake, uint64_t size, struct used *ret)
{
	struct rg_segment segment = { .start = START, .end = START + size,
				      .bytes = (const unsigned char *)fake->words,
				      .writable = true };
	rg_image *image;

	memset(ret, 0, sizeof(*ret));
	CU_ASSERT_PTR_NULL_FATAL(rg_image_from_segments(&segment, 1, &image));
	rg_image_malloc_used(image, see, ret);
	rg_image_close(image);
}

static void tells_chunks_in_use(void)
{
	static struct fake fake;
	struct used used;

	fill(&fake);
	look_for_used(&fake, SIZE, &used);
	CU_ASSERT_EQUAL_FATAL(used.count, 3);
	CU_ASSERT_EQUAL(used.mapped, 0);
	CU_ASSERT_EQUAL(used.starts[0], START + 16);
	CU_ASSERT_EQUAL(used.sizes[0], 0xf8);
	CU_ASSERT_EQUAL(used.starts[1], START + 0x190);
	CU_ASSERT_EQUAL(used.sizes[1], 0x78);
	CU_ASSERT_EQUAL(used.starts[2], START + 0x290);
	/* A chain that does not end where the heap does tells nothing. */
	put_chunk(&fake, 0x280, 0x70, true);
	look_for_used(&fake, SIZE, &used);
	CU_ASSERT_EQUAL(used.count, 0);
}

static void tells_chunks_with_pages_of_their_own(void)
{
	static struct fake fake;
	struct used used;

	memset(&fake, 0, sizeof(fake));
	/* As older releases have it, and less the head, as newer ones do. */
	put_chunk(&fake, 0, 0x1000 | 2, false);
	put_chunk(&fake, 0x1000, 0xff0 | 2, false);
	look_for_used(&fake, SIZE, &used);
	CU_ASSERT_EQUAL_FATAL(used.count, 2);
	CU_ASSERT_EQUAL(used.mapped, 2);
	CU_ASSERT_EQUAL(used.starts[1], START + 0x1010);
	CU_ASSERT_EQUAL(used.sizes[0], 0xff0);
	CU_ASSERT_EQUAL(used.sizes[1], 0xff0);
	/* Neither what reaches beyond the memory, nor other sizes, nor other flags. */
	put_chunk(&fake, 0, 0x3000 | 2, false);
	put_chunk(&fake, 0x1000, 0xfe0 | 2, false);
	look_for_used(&fake, SIZE, &used);
	CU_ASSERT_EQUAL(used.count, 0);
	put_chunk(&fake, 0, 0x1000 | 3, false);
	put_chunk(&fake, 0x1000, 0, false);
	look_for_used(&fake, SIZE, &used);
	CU_ASSERT_EQUAL(used.count, 0);
}

static const struct rg_test tests[] = {
	RG_TEST(tells_chunks_in_use),
	RG_TEST(tells_chunks_with_pages_of_their_own),
	RG_TEST(tells_free_chunks_from_others),
	RG_TEST(believes_no_broken_heap),
	{ 0 },
};

const struct rg_suite rg_suite_image_malloc = { "image_malloc", NULL, NULL, tests };
