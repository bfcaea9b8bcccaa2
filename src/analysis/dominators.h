/* SPDX-License-Identifier: MIT */
/*
 * The state of one computation of dominators, which goes from station to
 * station: depth-first numbers, semidominators and dominators in these numbers,
 * then numbers in preorder of the tree of dominators, then what was left out.
 *
 * Objects that refer to nothing are more than half of a heap.  They are in no
 * search: theirs is the nearest common dominator of those who refer to them.
 */
#ifndef RG_ANALYSIS_DOMINATORS_H
#define RG_ANALYSIS_DOMINATORS_H

#include "analysis/flow.h"

/* In the number of a vertex that has none. */
#define RG_DOMINATORS_UNSEEN RG_NONE       /* the search has not come there */
#define RG_DOMINATORS_LEAF (RG_NONE - 1)   /* refers to nothing */

/* One word with a meaning of its own at each station. */
union rg_dominators_slot {
	uint64_t word;         /* an edge of the search's stack; an offset into back; a sum */
	struct {
		uint32_t ancestor; /* link and eval */
		uint32_t label;    /* the least semidominator on the way to it */
	};
	struct {
		uint32_t pre;
		uint32_t next;
	};
	struct {
		uint32_t jump; /* an ancestor farther off */
		uint32_t depth;
	};
	struct {
		uint32_t head; /* of a list of leaves */
		uint32_t join; /* union-find */
	};
};

/* What a proof needs: by depth-first number. */
struct rg_dominators_witness {
	uint32_t count, alive;
	rg_id *vertex;
	uint32_t *parent; /* in the spanning tree */
	uint32_t *semi;
	uint32_t *from;   /* last referrer on a semidominator's way; RG_NONE: a single reference */
	uint32_t *via;    /* a vertex of greater number above that, of the same semidominator */
};

struct rg_dominators_work {
	struct rg_flow flow;
	uint32_t *number;  /* by vertex */
	uint32_t count;    /* numbers given so far */
	uint32_t capacity; /* vertices that can get one */
	uint32_t low;      /* the first number of the tree that is being searched */
	uint32_t alive;    /* numbers below belong to what roots lead to */

	/* by number */
	rg_id *vertex;
	uint32_t *parent;  /* in the spanning tree; then the dominator */
	uint32_t *semi;    /* then sizes; then the dominator in preorder */
	union rg_dominators_slot *slot;

	uint32_t *back_count; /* by number: references from greater numbers; then in slot */
	rg_id *back;          /* numbers of who refers to each, all greater than its own */
	uint64_t *retained;   /* by vertex; of leaves first and last referrer meanwhile */
	bool jumping;         /* the ways up are so long that they are gone in jumps */
	uint64_t alive_objects; /* leaves too; known at the end */
	struct rg_dominators_witness *witness; /* or NULL */
	uint32_t *whose;      /* by number, for that: whose semidominator a label is */
};

/* rg_dominators_leaves - preorder of the tree, dominators of leaves, sums; in number: by vertex. */
RG_MUST_CHECK rg_error *rg_dominators_leaves(struct rg_dominators_work *work);

/*
 * rg_dominators_search - finds them; @work, all zero before, then holds the flow, and with @certify
 * the witness, until rg_dominators_forget(), which is to be called in any case.
 */
RG_MUST_CHECK rg_error *rg_dominators_search(struct rg_dominators_work *work,
					     const rg_graph *graph, bool certify,
					     struct rg_dominators **ret);
void rg_dominators_forget(struct rg_dominators_work *work);

/*
 * rg_dominators_prove - whether @found is the tree of dominators of @flow, by what @witness says
 * of its search: an error of what does not hold.
 */
RG_MUST_CHECK rg_error *rg_dominators_prove(const struct rg_flow *flow,
					    const struct rg_dominators_witness *witness,
					    const struct rg_dominators *found);

#endif
