/* SPDX-License-Identifier: MIT */
/* A hash map from a 64-bit key (an address) to a 32-bit value; key 0 is not allowed. */
#ifndef RG_BASE_MAP_H
#define RG_BASE_MAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_map_slot {
	uint64_t key; /* 0: unused */
	uint32_t value;
};

struct rg_map {
	struct rg_map_slot *slots; /* open addressing, power of two; NULL when empty */
	size_t mask;
	size_t used;
};

/* rg_hash_bytes - FNV-1a (Fowler, Noll, Vo), 64 bits: what makes a key of a text. */
static inline uint64_t rg_hash_bytes(const char *text, size_t length)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (size_t i = 0; i < length; i++)
		hash = (hash ^ (unsigned char)text[i]) * UINT64_C(0x100000001b3);
	return hash;
}

/* rg_map_put - sets @key's value; false: no memory. */
bool rg_map_put(struct rg_map *map, uint64_t key, uint32_t value);
void rg_map_free(struct rg_map *map);

/* rg_map_find - the slot's value, or NULL when @key is not there. */
static inline const uint32_t *rg_map_find(const struct rg_map *map, uint64_t key)
{
	size_t at;

	if (!map->slots || !key)
		return NULL;
	at = (size_t)(key * UINT64_C(0x9e3779b97f4a7c15) >> 32) & map->mask;
	for (;; at = (at + 1) & map->mask) {
		if (map->slots[at].key == key)
			return &map->slots[at].value;
		if (!map->slots[at].key)
			return NULL;
	}
}

#endif
