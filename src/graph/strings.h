/* SPDX-License-Identifier: MIT */
/* Copies of strings that live as long as the graph: appended to chunks, freed together. */
#ifndef RG_GRAPH_STRINGS_H
#define RG_GRAPH_STRINGS_H

#include <stddef.h>

struct rg_string_chunk;

struct rg_strings {
	struct rg_string_chunk *chunk; /* the newest; NULL when empty */
};

/* rg_strings_copy - a copy of @string ("" for NULL), or NULL when memory ran out. */
const char *rg_strings_copy(struct rg_strings *strings, const char *string);
void rg_strings_free(struct rg_strings *strings);

#endif
