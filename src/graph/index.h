/* SPDX-License-Identifier: MIT */
/*
 * Which addresses are objects, and their ids.
 *
 * A mark is a bit; 512 marks, one for each granule of a page, make a cache
 * line.  An id is the rank of its mark, so ids follow addresses and cost a
 * page look-up and one population count: Vigna's rank9 layout (2008), where
 * one word holds the seven 9-bit counts of the words before.
 */
#ifndef RG_GRAPH_INDEX_H
#define RG_GRAPH_INDEX_H

#include <refgraph/refgraph.h>

#include "base/pagemap.h"

#define RG_INDEX_MARK_BITS 9 /* 512 marks a page */
#define RG_INDEX_WORDS 8

struct rg_index_rank {
	uint64_t inside; /* marks before word w in bits 9(w-1) .. 9w-1 */
	uint32_t before; /* marks in earlier pages */
};

struct rg_index {
	struct rg_pagemap map;              /* page -> position in the arrays + 1 */
	uint64_t (*marks)[RG_INDEX_WORDS];  /* in the order of discovery, ascending once ranked */
	size_t count;                       /* pages */
	size_t capacity;
	uint64_t *pages;                    /* once ranked: the page at each position */
	struct rg_index_rank *ranks;        /* once ranked */
	uint64_t marked;
	unsigned int granule;               /* log2 of the smallest distance of objects */
};

void rg_index_free(struct rg_index *index);
/* rg_index_mark - 1: new, 0: known (or no multiple of the granule), -1: no memory or too many. */
int rg_index_mark(struct rg_index *index, uint64_t address);
/* rg_index_rank - ids from here on, no marks any more; false: no memory. */
bool rg_index_rank(struct rg_index *index);
/* rg_index_address - the address of object @id, which must exist. */
uint64_t rg_index_address(const struct rg_index *index, rg_id id);

static inline unsigned int rg_index_popcount(uint64_t word)
{
#ifdef __POPCNT__
	return (unsigned int)__builtin_popcountll(word);
#else
	/* Faster than the library call that the compiler makes of it otherwise. */
	word -= word >> 1 & UINT64_C(0x5555555555555555);
	word = (word & UINT64_C(0x3333333333333333)) + (word >> 2 & UINT64_C(0x3333333333333333));
	word = (word + (word >> 4)) & UINT64_C(0x0f0f0f0f0f0f0f0f);
	return (unsigned int)(word * UINT64_C(0x0101010101010101) >> 56);
#endif
}

static inline uint32_t rg_index_slot(const struct rg_index *index, uint64_t address)
{
	return rg_pagemap_get(&index->map, address >> (index->granule + RG_INDEX_MARK_BITS));
}

static inline unsigned int rg_index_bit(const struct rg_index *index, uint64_t address)
{
	return (unsigned int)(address >> index->granule) & ((1u << RG_INDEX_MARK_BITS) - 1);
}

static inline bool rg_index_marked(const struct rg_index *index, uint64_t address)
{
	uint32_t slot = rg_index_slot(index, address);
	unsigned int bit = rg_index_bit(index, address);

	if (!slot || address & ((UINT64_C(1) << index->granule) - 1))
		return false;
	return index->marks[slot - 1][bit / 64] >> (bit % 64) & 1;
}

/* The id of the object at @address, or RG_NONE; only once ranked. */
static inline rg_id rg_index_find(const struct rg_index *index, uint64_t address)
{
	uint32_t slot = rg_index_slot(index, address);
	unsigned int bit = rg_index_bit(index, address);
	unsigned int word = bit / 64;
	uint64_t mask = UINT64_C(1) << (bit % 64);
	const struct rg_index_rank *rank;
	unsigned int inside;

	if (!slot || address & ((UINT64_C(1) << index->granule) - 1))
		return RG_NONE;
	if (!(index->marks[slot - 1][word] & mask))
		return RG_NONE;
	rank = &index->ranks[slot - 1];
	/* Shifted by one more field, so that word 0 reads the empty lowest one. */
	inside = (unsigned int)(word ? rank->inside >> (9 * (word - 1)) & 511 : 0);
	return rank->before + inside + rg_index_popcount(index->marks[slot - 1][word] & (mask - 1));
}

#endif
