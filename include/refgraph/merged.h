/* SPDX-License-Identifier: MIT */
/*
 * What holds many objects, put together: the best chains to all of them as one
 * tree, in which what is reached in the same way is one node.
 */
#ifndef REFGRAPH_MERGED_H
#define REFGRAPH_MERGED_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

/* What is to be merged, and how much of it is to be shown. */
struct rg_merged_options {
	size_t size;
	size_t limit;         /* nodes at most, those on straight ways not counted; 0: no limit */
	unsigned int share;   /* nodes below which less than so many thousandths of the targets are
				 (with @by_bytes: of their bytes) are left out */
	bool by_bytes;        /* what is most is told by bytes, not by number of targets */
	bool plumbing;        /* parts stand for themselves */
	bool shortest;        /* this and the next two as in rg_chains_options */
	uint32_t root_kinds;  /* only from these: bits 1 << rg_root_kind; 0: from any */
	const char *root;     /* only from roots whose name matches this pattern; NULL: any */
	enum rg_label_policy labels; /* which may be shown: the others are "" and alike */
};

/*
 * Objects that are reached in the same way: from the objects of one node by one
 * label (without what differs from one item to the next: "[3]" is "[*]", "key 'x'"
 * is "key *"), and of one type.
 */
struct rg_merged_node {
	uint32_t parent;      /* index of a node before it; RG_NONE: roots refer to it */
	uint32_t depth;       /* nodes above */
	const char *label;    /* how the parent's objects refer to these, or the name of the root.
				 Of a single object as rg_path_label() has it, item and all */
	const struct rg_root *root; /* at the top the first of these roots, else NULL */
	uint64_t root_count;  /* at the top: how many */
	rg_type_id type;      /* RG_NONE: of several, see @lumped */
	rg_id example;        /* the first of the objects that was found */
	uint64_t objects;     /* different ones on the way to targets, targets themselves too */
	uint64_t targets;     /* at or below */
	uint64_t bytes;       /* of these: sizes and owned bytes; sums stop at UINT64_MAX */
	uint64_t own_targets; /* among @objects */
	uint64_t own_bytes;   /* of these */
	bool repeats;         /* objects of it refer in the same way, at once or by up to three
				 nodes between, to others of it: a list, a tree */
	bool lumped;          /* more than a million nodes: whatever else is there, of any label */
	bool straight;        /* no target, and just one node below: a line can have both */
	uint64_t left_out;    /* nodes right below that are left out */
	uint64_t left_out_targets; /* at or below these */
	uint64_t left_out_bytes; /* of these targets */
};

/* The whole tree, and what is in none of its nodes. */
struct rg_merged {
	const struct rg_merged_node *nodes; /* depth first; of one parent those with most first,
					       then by label and type */
	size_t count;
	uint64_t nodes_found;      /* with those that were left out */
	uint64_t targets, bytes;   /* each counted once */
	uint64_t unreached;        /* of these: targets that no root leads to, in no node */
	uint64_t unreached_bytes;  /* of these: sizes and owned bytes */
	uint64_t left_out;         /* nodes at the top that are left out */
	uint64_t left_out_targets; /* at or below these */
	uint64_t left_out_bytes;   /* of these targets */
};

/*
 * rg_merged_find - the tree of what holds the @count objects @targets: each counts
 * once, by its best chain (as rg_chain_tree_new has it, so a chain may lead
 * through other targets).  A step whose label and type are those of one of the
 * four nodes next above goes back there, so that a list of any length is one
 * node, a tree of lists two.  Where not all nodes are wanted those stay that
 * have most at or below.  *@ret is freed with rg_merged_free() and refers to
 * @graph.
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INVALID for a target that does not exist
 * or none at all; RG_ERROR_INCOMPLETE when the dump has no roots.
 * Complexity: O(objects + references + nodes log nodes) time, whatever the sum
 * of the lengths of the chains, 16 bytes an object and 100 a node; 4 bytes an
 * object are kept.
 */
RG_API RG_MUST_CHECK rg_error *rg_merged_find(const rg_graph *graph, const rg_id *targets,
					      size_t count,
					      const struct rg_merged_options *options,
					      struct rg_merged **ret);

/*
 * rg_merged_chain - the best chain to object @id, the example of a node say, as
 * the tree has it; *@ret is freed with rg_chains_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INVALID for an object that does not exist.
 * Complexity: O(references of the sources on the way).
 */
RG_API RG_MUST_CHECK rg_error *rg_merged_chain(const struct rg_merged *merged, rg_id id,
					       struct rg_chains **ret);

/* rg_merged_free - releases @merged; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_merged_free(struct rg_merged *merged);

#endif
