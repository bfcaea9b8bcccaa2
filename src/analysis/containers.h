/* SPDX-License-Identifier: MIT */
/* What is kept of the containers of a dump beside the public rows. */
#ifndef RG_ANALYSIS_CONTAINERS_H
#define RG_ANALYSIS_CONTAINERS_H

#include <refgraph/refgraph.h>

#include "graph/strings.h"

/* Any container, by which it is found again. */
struct rg_container {
	uint64_t address;  /* of what has the elements: of a cache a part of it */
	uint64_t retained;
	uint32_t type;     /* hash of the name of the row's type */
	uint32_t elements; /* UINT32_MAX: so many or more */
};

struct rg_containers {
	struct rg_container_table public;
	struct rg_container_row *rows;
	uint64_t *keys;            /* by row: rg_container.address */
	struct rg_container *all;  /* ascending by address */
	size_t all_count;
	uint64_t least;            /* elements of those that may have a row */
	struct rg_strings strings;
};

/* rg_containers_type - the hash of a type's name. */
uint32_t rg_containers_type(const char *name);
/* rg_containers_at - the container at @address with that type, or NULL.  O(log containers). */
const struct rg_container *rg_containers_at(const struct rg_container_table *table,
					    uint64_t address, uint32_t type);

#endif
