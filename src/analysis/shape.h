/* SPDX-License-Identifier: MIT */
/* Numbers that are equal for components that look alike. */
#ifndef RG_ANALYSIS_SHAPE_H
#define RG_ANALYSIS_SHAPE_H

#include "analysis/subset.h"

/* rg_shapes - the shape of each of @count components goes to @ret_shapes. */
RG_MUST_CHECK rg_error *rg_shapes(const struct rg_subset *subset, const uint32_t *components,
				  size_t count, uint64_t *ret_shapes);

/*
 * rg_shape_label - @label without what differs from one instance to the next:
 * "[3]" and "['k']" are "[*]" unless the collection is a namespace (a part of
 * its owner, or of keys that are attributes).  As a hash; the same on every machine.
 */
uint64_t rg_shape_label(const struct rg_words *words, const char *label, bool is_namespace);

#endif
