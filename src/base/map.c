/* SPDX-License-Identifier: MIT */
/* Growing the address map: it doubles when it is half full. */
#include "base/map.h"

#include "base/alloc.h"

static struct rg_map_slot *probe(struct rg_map_slot *slots, size_t mask, uint64_t key)
{
	size_t at = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & mask;

	while (slots[at].key && slots[at].key != key)
		at = (at + 1) & mask;
	return &slots[at];
}

bool rg_map_put(struct rg_map *map, uint64_t key, uint32_t value)
{
	struct rg_map_slot *slot;

	if (!key)
		return false;
	if (!map->slots || map->used * 2 > map->mask) {
		size_t mask = map->slots ? map->mask * 2 + 1 : 63;
		struct rg_map_slot *slots = rg_calloc(mask + 1, sizeof(*slots));

		if (!slots)
			return false;
		if (map->slots)
			for (size_t i = 0; i <= map->mask; i++)
				if (map->slots[i].key)
					*probe(slots, mask, map->slots[i].key) = map->slots[i];
		rg_free(map->slots);
		map->slots = slots;
		map->mask = mask;
	}
	slot = probe(map->slots, map->mask, key);
	if (!slot->key)
		map->used++;
	slot->key = key;
	slot->value = value;
	return true;
}

void rg_map_free(struct rg_map *map)
{
	rg_free(map->slots);
	*map = (struct rg_map){ NULL, 0, 0 };
}
