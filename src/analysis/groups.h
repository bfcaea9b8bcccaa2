/* SPDX-License-Identifier: MIT */
/*
 * Grouping: each object gets the number of its class, and classes have names.
 * A class that is a set (of types, of ways) is reached from a smaller one by one
 * more element, so that each reference costs one look-up.
 */
#ifndef RG_ANALYSIS_GROUPS_H
#define RG_ANALYSIS_GROUPS_H

#include "analysis/trail.h"
#include "base/error.h"
#include "graph/store.h"

#define RG_GROUPS_MOST 8 /* elements of a set */

/* In the number of a class. */
#define RG_GROUPS_UNASKED UINT32_MAX

struct rg_element_set {
	uint32_t count; /* more than RG_GROUPS_MOST: all such sets are one */
	uint32_t elements[RG_GROUPS_MOST]; /* ascending */
};

struct rg_grouping {
	const rg_graph *graph;
	struct rg_groups_options how;
	uint32_t *class; /* by object */
	RG_VECTOR(struct rg_element_set) sets; /* by class; the first is empty */
	struct rg_map more;   /* class, element -> class */
	struct rg_map known;  /* hash of a set -> class, for one that is reached in two ways */
	struct rg_trails words; /* names of ways */
	struct rg_strings names;
};

/* rg_groups_by_referrer, rg_groups_by_via - the classes of all objects that are asked about. */
RG_MUST_CHECK rg_error *rg_groups_by_referrer(struct rg_grouping *grouping);
RG_MUST_CHECK rg_error *rg_groups_by_via(struct rg_grouping *grouping);
/* rg_groups_set_name - the name of a class that is a set; NULL: no memory. */
const char *rg_groups_set_name(struct rg_grouping *grouping, uint32_t class);

#endif
