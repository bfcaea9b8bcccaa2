/* SPDX-License-Identifier: MIT */
/*
 * The part of the tree of dominators that is worth showing: what keeps less than
 * a share of everything is counted by type, and what is still less with the rest.
 */
#ifndef REFGRAPH_CLI_RETAINED_TREE_H
#define REFGRAPH_CLI_RETAINED_TREE_H

#include "cli/retained.h"

enum branch_kind {
	BRANCH_ONE,   /* a vertex: an object, a thread, a root, ... */
	BRANCH_TYPE,  /* all small children of one type */
	BRANCH_REST,  /* everything else */
};

struct branch {
	enum branch_kind kind;
	rg_id vertex;        /* of several the first */
	uint32_t parent;     /* index; the first is its own */
	uint32_t depth;
	uint64_t count;      /* objects it stands for */
	uint64_t retained;
	uint64_t own;        /* of that, what stands in no branch below */
	size_t first, many;  /* into vertices: those it stands for */
};

/* How far a tree goes. */
struct retained_limits {
	uint32_t depth;
	uint32_t branches;
	uint64_t least;      /* bytes: what keeps less has no branch of its own */
};

struct retained_tree {
	struct branch *branches; /* parents before children, those of one parent together, most
				    retained first, the rest last */
	uint32_t count;
	rg_id *vertices;
};

/* retained_tree_new - below the first holder, or below the named objects; freed when done. */
int retained_tree_new(const struct cli *cli, const struct retained *retained,
		      const struct retained_limits *limits, struct retained_tree *ret);
void retained_tree_free(struct retained_tree *tree);
/* retained_limits_of - as the options have them; @fine: for viewers that zoom. */
struct retained_limits retained_limits_of(const struct cli *cli, const struct retained *retained,
					  bool fine);
/* retained_branch_label - how it is referred to, "" if that is not known. */
void retained_branch_label(const struct cli *cli, const struct retained *retained,
			   const struct retained_tree *tree, const struct branch *branch,
			   char *buffer, size_t size);
/* retained_branch_words - what it is: "list, 3 items", "1,204 × dict", "3 more". */
void retained_branch_words(const struct cli *cli, const struct retained *retained,
			   const struct branch *branch, char *buffer, size_t size);

/* --- retained_draw.c --- */
/* retained_draw - the tree on a terminal, or as a picture. */
int retained_draw(struct cli *cli, const struct retained *retained);

/* --- retained_flame.c --- */
/* retained_flame - as stacks for viewers of flame graphs. */
int retained_flame(struct cli *cli, const struct retained *retained);

#endif
