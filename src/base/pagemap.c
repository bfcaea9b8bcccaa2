/* SPDX-License-Identifier: MIT */
/* Growing a page map: the hash over chunks doubles when it is half full. */
#include "base/pagemap.h"

#include "base/alloc.h"

static struct rg_pagemap_slot *probe(struct rg_pagemap_slot *slots, size_t mask, uint64_t chunk)
{
	size_t at = (size_t)(chunk * UINT64_C(0x9e3779b97f4a7c15) >> 20) & mask;

	while (slots[at].values && slots[at].chunk != chunk)
		at = (at + 1) & mask;
	return &slots[at];
}

static bool grow(struct rg_pagemap *map)
{
	size_t mask = map->slots ? map->mask * 2 + 1 : 63;
	struct rg_pagemap_slot *slots = rg_calloc(mask + 1, sizeof(*slots));

	if (!slots)
		return false;
	if (map->slots)
		for (size_t i = 0; i <= map->mask; i++)
			if (map->slots[i].values)
				*probe(slots, mask, map->slots[i].chunk) = map->slots[i];
	rg_free(map->slots);
	map->slots = slots;
	map->mask = mask;
	return true;
}

uint32_t *rg_pagemap_cell(struct rg_pagemap *map, uint64_t page)
{
	uint64_t chunk = page >> RG_CHUNK_BITS;
	struct rg_pagemap_slot *slot;

	if ((!map->slots || map->used * 2 > map->mask) && !grow(map))
		return NULL;
	slot = probe(map->slots, map->mask, chunk);
	if (!slot->values) {
		slot->values = rg_calloc(RG_CHUNK_PAGES, sizeof(*slot->values));
		if (!slot->values)
			return NULL;
		slot->chunk = chunk;
		map->used++;
	}
	return &slot->values[page & (RG_CHUNK_PAGES - 1)];
}

void rg_pagemap_free(struct rg_pagemap *map)
{
	if (map->slots)
		for (size_t i = 0; i <= map->mask; i++)
			rg_free(map->slots[i].values);
	rg_free(map->slots);
	*map = (struct rg_pagemap){ NULL, 0, 0 };
}
