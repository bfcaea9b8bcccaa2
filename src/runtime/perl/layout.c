/* SPDX-License-Identifier: MIT */
/* Choosing a column of layout_data.c for a release, and the names of fields. */
#include "runtime/perl/layout.h"

#include <stddef.h>

static unsigned int distance(unsigned int one, unsigned int other)
{
	return one > other ? one - other : other - one;
}

bool pl_layout_find(unsigned int minor, bool threaded, struct pl_layout *ret)
{
	struct pl_layout candidate;
	unsigned int i, best = 0, least = UINT32_MAX;

	for (i = 0; pl_layout_at(i, &candidate); i++) {
		unsigned int far = distance(candidate.minor, minor);

		if (candidate.threaded == threaded && far < least) {
			least = far;
			best = i;
		}
	}
	if (least == UINT32_MAX || !pl_layout_at(best, ret))
		return false;
	ret->nearest = least != 0;
	return true;
}

#define NAME(name) #name,
static const char *const names[] = { PL_FIELDS(NAME) };

const char *pl_field_name(enum pl_field field)
{
	return field < PL_FIELD_COUNT ? names[field] : "";
}
