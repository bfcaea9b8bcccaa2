/* SPDX-License-Identifier: MIT */
/* Strings in chunks; a long one gets a chunk of its own. */
#include "graph/strings.h"

#include <string.h>

#include "base/alloc.h"

#define CHUNK 16384

struct rg_string_chunk {
	struct rg_string_chunk *next;
	size_t used;
	size_t size;
	char bytes[];
};

const char *rg_strings_copy(struct rg_strings *strings, const char *string)
{
	size_t length = string ? strlen(string) : 0;
	struct rg_string_chunk *chunk = strings->chunk;
	char *copy;

	if (!length)
		return "";
	if (!chunk || chunk->size - chunk->used <= length) {
		size_t size = length < CHUNK / 4 ? CHUNK : length + 1;

		chunk = rg_alloc(sizeof(*chunk) + size);
		if (!chunk)
			return NULL;
		chunk->used = 0;
		chunk->size = size;
		if (strings->chunk && size != CHUNK) {
			/* Behind the newest, which still has room for others. */
			chunk->next = strings->chunk->next;
			strings->chunk->next = chunk;
		} else {
			chunk->next = strings->chunk;
			strings->chunk = chunk;
		}
	}
	copy = chunk->bytes + chunk->used;
	memcpy(copy, string, length + 1);
	chunk->used += length + 1;
	return copy;
}

void rg_strings_free(struct rg_strings *strings)
{
	while (strings->chunk) {
		struct rg_string_chunk *next = strings->chunk->next;

		rg_free(strings->chunk);
		strings->chunk = next;
	}
}
