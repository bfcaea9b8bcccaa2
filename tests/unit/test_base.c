/* SPDX-License-Identifier: MIT */
/* The containers everything stands on: maps, vectors, buffers, bit sets. */
#include <string.h>

#include "base/alloc.h"
#include "base/bitset.h"
#include "base/buffer.h"
#include "base/map.h"
#include "base/pagemap.h"
#include "base/vector.h"
#include "unit/runner.h"

#define MANY 20000

/* Keys in an order that is neither sorted nor clustered. */
static uint64_t key(uint32_t i)
{
	return ((uint64_t)i * UINT64_C(0x9e3779b97f4a7c15)) | 1;
}

static void map_finds_what_was_put(void)
{
	struct rg_map map = { 0 };
	unsigned wrong = 0;

	CU_ASSERT_PTR_NULL(rg_map_find(&map, 1));
	for (uint32_t i = 0; i < MANY; i++)
		wrong += !rg_map_put(&map, key(i), i);
	for (uint32_t i = 0; i < MANY; i++) {
		const uint32_t *found = rg_map_find(&map, key(i));

		wrong += !found || *found != i;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(map.used, MANY);
	CU_ASSERT_PTR_NULL(rg_map_find(&map, 2));
	CU_ASSERT_FALSE(rg_map_put(&map, 0, 1));
	CU_ASSERT_TRUE(rg_map_put(&map, key(7), 99));
	CU_ASSERT_EQUAL(*rg_map_find(&map, key(7)), 99);
	CU_ASSERT_EQUAL(map.used, MANY);
	rg_map_free(&map);
}

static void map_survives_lack_of_memory(void)
{
	struct rg_map map = { 0 };
	uint32_t i = 0;

	CU_ASSERT_TRUE(rg_map_put(&map, 1, 1));
	rg_alloc_fail_after(0);
	while (rg_map_put(&map, key(i), i))
		i++;
	rg_alloc_fail_after(-1);
	CU_ASSERT_TRUE(i > 0);
	CU_ASSERT_EQUAL(*rg_map_find(&map, key(i - 1)), i - 1);
	rg_map_free(&map);
}

static void pagemap_keeps_scattered_pages(void)
{
	struct rg_pagemap map = { 0 };
	unsigned wrong = 0;

	CU_ASSERT_EQUAL(rg_pagemap_get(&map, 5), 0);
	for (uint32_t i = 1; i < 3000; i++) {
		uint32_t *near_cell = rg_pagemap_cell(&map, i);
		uint32_t *far_cell;

		*near_cell = i;
		far_cell = rg_pagemap_cell(&map, key(i) >> 12);
		*far_cell = i;
	}
	for (uint32_t i = 1; i < 3000; i++)
		wrong += rg_pagemap_get(&map, i) != i || rg_pagemap_get(&map, key(i) >> 12) != i;
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(rg_pagemap_get(&map, 3001), 0);
	rg_pagemap_free(&map);
	CU_ASSERT_EQUAL(rg_pagemap_get(&map, 5), 0);
}

static void vector_grows(void)
{
	RG_VECTOR(uint64_t) v = { 0 };
	unsigned wrong = 0;

	for (uint64_t i = 0; i < MANY; i++)
		wrong += !rg_vector_push(&v, i * i);
	for (uint64_t i = 0; i < MANY; i++)
		wrong += v.data[i] != i * i;
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(v.count, MANY);
	rg_vector_free(&v);
	CU_ASSERT_PTR_NULL(v.data);
}

static void buffer_fails_once_for_all(void)
{
	struct rg_buffer buffer = RG_BUFFER_INIT;

	CU_ASSERT_STRING_EQUAL(rg_buffer_string(&buffer), "");
	rg_buffer_printf(&buffer, "%d-%s", 42, "x");
	rg_buffer_u64(&buffer, UINT64_MAX);
	CU_ASSERT_STRING_EQUAL(rg_buffer_string(&buffer), "42-x18446744073709551615");
	rg_alloc_fail_after(0);
	for (int i = 0; i < 100; i++)
		rg_buffer_puts(&buffer, "longer and longer");
	rg_alloc_fail_after(-1);
	CU_ASSERT_TRUE(rg_buffer_failed(&buffer));
	rg_buffer_puts(&buffer, "no more");
	CU_ASSERT_TRUE(rg_buffer_failed(&buffer));
	rg_buffer_free(&buffer);
	CU_ASSERT_FALSE(rg_buffer_failed(&buffer));
}

static void bitset_claims_once(void)
{
	uint64_t *set = rg_bitset_new(130);

	CU_ASSERT_PTR_NOT_NULL_FATAL(set);
	CU_ASSERT_TRUE(rg_bitset_claim(set, 129));
	CU_ASSERT_FALSE(rg_bitset_claim(set, 129));
	CU_ASSERT_TRUE(rg_bitset_test(set, 129));
	rg_bitset_remove(set, 129);
	CU_ASSERT_FALSE(rg_bitset_test(set, 129));
	rg_free(set);
}

static void allocation_refuses_overflow(void)
{
	CU_ASSERT_PTR_NULL(rg_realloc(NULL, SIZE_MAX, 16));
	CU_ASSERT_PTR_NULL(rg_calloc(SIZE_MAX, 16));
}

static const struct rg_test tests[] = {
	RG_TEST(map_finds_what_was_put),
	RG_TEST(map_survives_lack_of_memory),
	RG_TEST(pagemap_keeps_scattered_pages),
	RG_TEST(vector_grows),
	RG_TEST(buffer_fails_once_for_all),
	RG_TEST(bitset_claims_once),
	RG_TEST(allocation_refuses_overflow),
	{ 0 },
};

const struct rg_suite rg_suite_base = { "base", NULL, NULL, tests };
