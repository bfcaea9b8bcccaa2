/* SPDX-License-Identifier: MIT */
/* Marking objects and ranking the marks; see index.h for the layout. */
#include "graph/index.h"

#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"

#define MOST_OBJECTS (UINT64_C(0xffffffff) - 1) /* RG_NONE and one more value stay free */

void rg_index_free(struct rg_index *index)
{
	rg_pagemap_free(&index->map);
	rg_free(index->marks);
	rg_free(index->pages);
	rg_free(index->ranks);
	*index = (struct rg_index){ .granule = index->granule };
}

static bool add_page(struct rg_index *index, uint64_t page)
{
	uint32_t *cell;

	if (index->count == index->capacity) {
		size_t wanted = index->capacity ? index->capacity + index->capacity / 2 : 256;
		void *marks;

		if (index->count >= MOST_OBJECTS)
			return false;
		marks = rg_realloc(index->marks, wanted, sizeof(*index->marks));
		if (!marks)
			return false;
		index->marks = marks;
		index->capacity = wanted;
	}
	cell = rg_pagemap_cell(&index->map, page);
	if (!cell)
		return false;
	memset(index->marks[index->count], 0, sizeof(*index->marks));
	*cell = (uint32_t)++index->count;
	return true;
}

int rg_index_mark(struct rg_index *index, uint64_t address)
{
	uint32_t slot = rg_index_slot(index, address);
	unsigned int bit = rg_index_bit(index, address);
	uint64_t mask = UINT64_C(1) << (bit % 64);
	uint64_t *word;

	if (__builtin_expect(address & ((UINT64_C(1) << index->granule) - 1), 0))
		return 0;
	if (__builtin_expect(!slot, 0)) {
		if (!add_page(index, address >> (index->granule + RG_INDEX_MARK_BITS)))
			return -1;
		slot = (uint32_t)index->count;
	}
	word = &index->marks[slot - 1][bit / 64];
	if (*word & mask)
		return 0;
	if (index->marked >= MOST_OBJECTS)
		return -1;
	*word |= mask;
	index->marked++;
	return 1;
}

static int compare_chunks(const void *a, const void *b, void *user)
{
	const struct rg_pagemap_slot *left = a, *right = b;

	(void)user;
	return (left->chunk > right->chunk) - (left->chunk < right->chunk);
}

/* Moves the marks of the page in @cell to position @to of @marks and ranks them. */
static void rank_page(struct rg_index *index, uint64_t (*marks)[RG_INDEX_WORDS], size_t to,
		      uint64_t page, uint32_t *cell, uint64_t *before)
{
	const uint64_t *words = index->marks[*cell - 1];
	uint64_t inside = 0;
	unsigned int sum = 0;

	memcpy(marks[to], words, sizeof(marks[to]));
	for (unsigned int w = 0; w < RG_INDEX_WORDS; w++) {
		if (w)
			inside |= (uint64_t)sum << (9 * (w - 1));
		sum += rg_index_popcount(words[w]);
	}
	index->pages[to] = page;
	index->ranks[to] = (struct rg_index_rank){ inside, (uint32_t)*before };
	*before += sum;
	*cell = (uint32_t)to + 1;
}

bool rg_index_rank(struct rg_index *index)
{
	uint64_t(*marks)[RG_INDEX_WORDS] = rg_alloc(index->count * sizeof(*marks));
	struct rg_pagemap_slot *chunks = rg_alloc(index->map.used * sizeof(*chunks));
	size_t used = 0, to = 0;
	uint64_t before = 0;

	index->pages = rg_alloc(index->count * sizeof(*index->pages));
	index->ranks = rg_alloc(index->count * sizeof(*index->ranks));
	if (!marks || !chunks || !index->pages || !index->ranks) {
		rg_free(marks);
		rg_free(chunks);
		rg_free(index->pages);
		rg_free(index->ranks);
		index->pages = NULL;
		index->ranks = NULL;
		return false;
	}
	if (index->map.slots)
		for (size_t i = 0; i <= index->map.mask; i++)
			if (index->map.slots[i].values)
				chunks[used++] = index->map.slots[i];
	rg_sort(chunks, used, sizeof(*chunks), compare_chunks, NULL);
	for (size_t i = 0; i < used; i++)
		for (size_t p = 0; p < RG_CHUNK_PAGES; p++)
			if (chunks[i].values[p])
				rank_page(index, marks, to++, chunks[i].chunk << RG_CHUNK_BITS | p,
					  &chunks[i].values[p], &before);
	rg_free(chunks);
	rg_free(index->marks);
	index->marks = marks;
	index->capacity = index->count;
	return true;
}

uint64_t rg_index_address(const struct rg_index *index, rg_id id)
{
	size_t low = 0, high = index->count;
	const struct rg_index_rank *rank;
	unsigned int word = 0, rest;
	uint64_t bits;

	/* The last page that has no more than @id marks before it. */
	while (high - low > 1) {
		size_t middle = low + (high - low) / 2;

		if (index->ranks[middle].before <= id)
			low = middle;
		else
			high = middle;
	}
	rank = &index->ranks[low];
	rest = id - rank->before;
	while (word + 1 < RG_INDEX_WORDS && (rank->inside >> (9 * word) & 511) <= rest)
		word++;
	if (word)
		rest -= (unsigned int)(rank->inside >> (9 * (word - 1)) & 511);
	bits = index->marks[low][word];
	while (rest--)
		bits &= bits - 1;
	return index->pages[low] << (index->granule + RG_INDEX_MARK_BITS) |
	       (uint64_t)(word * 64 + (unsigned int)__builtin_ctzll(bits)) << index->granule;
}
