/* SPDX-License-Identifier: MIT */
/* Where modules come from: types say it of theirs, and that tells of others beside them. */
#ifndef RG_ANALYSIS_MODULES_H
#define RG_ANALYSIS_MODULES_H

#include <refgraph/refgraph.h>

#include "base/map.h"

struct rg_modules {
	struct rg_map origin_of; /* object + 1 -> its origin */
};

/*
 * rg_modules_find - a module has the origin of the types that name it; where
 * there are none, that of modules in the same folder.  O(types + modules).
 */
RG_MUST_CHECK rg_error *rg_modules_find(const rg_graph *graph, struct rg_modules *ret);
enum rg_origin rg_modules_origin(const struct rg_modules *modules, rg_id module);
void rg_modules_free(struct rg_modules *modules);

#endif
