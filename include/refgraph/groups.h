/* SPDX-License-Identifier: MIT */
/*
 * Objects in groups: by what they are, by what refers to them, by how, and by
 * the collection that holds them.
 */
#ifndef REFGRAPH_GROUPS_H
#define REFGRAPH_GROUPS_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

/* What objects of one group have in common. */
enum rg_group_by {
	RG_GROUPS_BY_TYPE = 0,
	RG_GROUPS_BY_MODULE = 1,    /* of their type */
	RG_GROUPS_BY_SIZE = 2,      /* their own, without what they own */
	RG_GROUPS_BY_REFERRER = 3,  /* the set of types of what refers to them: Heapy's byrcs */
	RG_GROUPS_BY_VIA = 4,       /* the set of ways in which they are referred to: its byvia */
	RG_GROUPS_BY_CONTAINER = 5, /* the collection or cache that holds them; of several the one
				       with most references, of equals the first */
};

struct rg_groups_options {
	size_t size;
	enum rg_group_by by; /* what their names are then is said at rg_groups_find() */
	bool short_names; /* of types */
};

struct rg_group {
	const char *name;   /* belongs to the groups */
	uint64_t count;     /* objects */
	uint64_t bytes;     /* their sizes; sums stop at UINT64_MAX */
	uint64_t owned;     /* bytes outside that they own */
	rg_id example;      /* the first of them */
	rg_id container;    /* the collection, or RG_NONE */
};

struct rg_groups {
	const struct rg_group *rows; /* most bytes (with owned) first, then most objects, by name */
	size_t count;
};

/*
 * rg_groups_find - groups the @count objects @ids, each named once.  Referrers
 * are those that own their reference, a part (an instance's __dict__) stands for
 * its owner; a root counts as a referrer of its kind.  Ways are labels
 * without what differs from one to the next: ".user", "[*]", "{key}", and the
 * names of roots; a container's is its type and address.  More than eight types
 * or ways are one group, "more than 8".
 * *@ret is freed with rg_groups_free() and refers to @graph.
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INVALID for an object that does not exist
 * or an unknown @by, and where references are needed that were not read.
 * Complexity: O(objects + references) time, labels of what refers to the objects
 * included; 4 bytes an object, by container 8.
 */
RG_API RG_MUST_CHECK rg_error *rg_groups_find(const rg_graph *graph, const rg_id *ids,
					      size_t count,
					      const struct rg_groups_options *options,
					      struct rg_groups **ret);

/* rg_groups_free - releases @groups; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_groups_free(struct rg_groups *groups);

#endif
