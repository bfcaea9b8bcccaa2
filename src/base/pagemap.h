/* SPDX-License-Identifier: MIT */
/*
 * From the number of a 4 KiB page to a 32-bit value, 0 for pages never set.
 *
 * Two levels: a hash over chunks of 512 pages (2 MiB), then a plain array.  A
 * heap of 330 MB has 165 chunks, so that both levels stay in cache, while
 * hostile addresses scattered over 2^64 cost at most 2 KiB each.
 */
#ifndef RG_BASE_PAGEMAP_H
#define RG_BASE_PAGEMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define RG_PAGE_BITS 12
#define RG_PAGE_SIZE ((uint64_t)1 << RG_PAGE_BITS)
#define RG_CHUNK_BITS 9
#define RG_CHUNK_PAGES ((size_t)1 << RG_CHUNK_BITS)

struct rg_pagemap_slot {
	uint64_t chunk;   /* page >> RG_CHUNK_BITS */
	uint32_t *values; /* RG_CHUNK_PAGES of them; NULL: slot unused */
};

struct rg_pagemap {
	struct rg_pagemap_slot *slots; /* open addressing, power of two; NULL when empty */
	size_t mask;
	size_t used;
};

/* rg_pagemap_cell - where the value of @page stands, made if need be; NULL: no memory. */
uint32_t *rg_pagemap_cell(struct rg_pagemap *map, uint64_t page);
void rg_pagemap_free(struct rg_pagemap *map);

/* rg_pagemap_get - the value of @page, 0 if never set. */
static inline uint32_t rg_pagemap_get(const struct rg_pagemap *map, uint64_t page)
{
	uint64_t chunk = page >> RG_CHUNK_BITS;
	size_t at;

	if (!map->slots)
		return 0;
	at = (size_t)(chunk * UINT64_C(0x9e3779b97f4a7c15) >> 20) & map->mask;
	for (;;) {
		const struct rg_pagemap_slot *slot = &map->slots[at];

		if (!slot->values)
			return 0;
		if (slot->chunk == chunk)
			return slot->values[page & (RG_CHUNK_PAGES - 1)];
		at = (at + 1) & map->mask;
	}
}

#endif
