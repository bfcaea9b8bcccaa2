/* SPDX-License-Identifier: MIT */
/* A fixed-size set of small integers. */
#ifndef RG_BASE_BITSET_H
#define RG_BASE_BITSET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/alloc.h"

/* Cleared words for @bits members, to be freed with rg_free; NULL: no memory. */
static inline uint64_t *rg_bitset_new(uint64_t bits)
{
	return rg_calloc((size_t)(bits / 64 + 1), sizeof(uint64_t));
}

static inline bool rg_bitset_test(const uint64_t *set, uint64_t bit)
{
	return set[bit / 64] >> (bit % 64) & 1;
}

static inline void rg_bitset_add(uint64_t *set, uint64_t bit)
{
	set[bit / 64] |= UINT64_C(1) << (bit % 64);
}

static inline void rg_bitset_remove(uint64_t *set, uint64_t bit)
{
	set[bit / 64] &= ~(UINT64_C(1) << (bit % 64));
}

/* Adds @bit; true if it was not there before. */
static inline bool rg_bitset_claim(uint64_t *set, uint64_t bit)
{
	uint64_t mask = UINT64_C(1) << (bit % 64);
	bool fresh = !(set[bit / 64] & mask);

	set[bit / 64] |= mask;
	return fresh;
}

#endif
