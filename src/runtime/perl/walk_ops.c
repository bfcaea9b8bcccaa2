/* SPDX-License-Identifier: MIT */
/*
 * Op trees of unthreaded builds.  With threads constants and globs stand in the pad;
 * without, the ops themselves own them: op_clear() of op.c tells which.
 *
 * The tree is walked along op_first and op_sibparent, which leads to the next sibling
 * or, from the last one, to the parent.
 */
#include "runtime/perl/walk.h"

#define OPF_KIDS 4u
#define PMF_CODELIST_PRIVATE 0x10000000u /* op.h */
#define TYPE_MASK 0x1ffu  /* op_type:9 of a 16-bit unit behind op_targ */
#define MORE_SIBLINGS 0x4000u
#define AUX_LIMIT 4096
#define TREES_LIMIT (1u << 20)

typedef RG_VECTOR(uint64_t) tree_list;

struct op {
	uint64_t at;
	uint32_t type;
	uint8_t flags;
	bool has_sibling;
};

static bool read_op(struct pl_walk *walk, uint64_t address, struct op *ret)
{
	const struct pl_members *at = &walk->pl->layout.at;
	const unsigned char *bytes = rg_image_at(walk->pl->image, address, at->size_op);
	uint16_t unit;

	if (!address || address % 8 || !bytes)
		return false;
	memcpy(&unit, bytes + at->op_targ + 8, 2);
	*ret = (struct op){ address, unit & TYPE_MASK, bytes[at->op_flags],
			    unit & MORE_SIBLINGS };
	return true;
}

static void emit_constant(struct pl_walk *walk, uint64_t place, uint8_t kind)
{
	pl_emit(walk, pl_word(walk->pl, place), kind, PL_LABEL_CONSTANT, 0);
}

/* What may be something else than an SV. */
static void emit_if_sv(struct pl_walk *walk, uint64_t place, uint8_t kind)
{
	uint64_t word = pl_word(walk->pl, place);

	if (word && !(word & 7) && rg_builder_marked(walk->pl->builder, word))
		pl_emit(walk, word, kind, PL_LABEL_CONSTANT, 0);
}

/* The list behind `$x->{a}[0]` and the like: constants among places and actions. */
static void walk_multideref(struct pl_walk *walk, uint64_t place, uint8_t kind)
{
	uint64_t items = pl_word(walk->pl, place), count, i;

	if (!items || !rg_image_u64(walk->pl->image, items - 8, &count) || count > AUX_LIMIT)
		return;
	for (i = 0; i < count; i++)
		emit_if_sv(walk, items + 8 * i, kind);
}

static void walk_pattern(struct pl_walk *walk, const struct op *op, uint8_t kind, tree_list *trees)
{
	const struct pl_members *at = &walk->pl->layout.at;
	const struct pl_numbers *number = &walk->pl->layout.number;
	uint64_t subtree[2] = { 0, 0 };
	unsigned int i;

	emit_if_sv(walk, op->at + at->op_pmregexp, kind);
	if (op->type == number->OP_SPLIT)
		emit_if_sv(walk, op->at + at->op_pmreplroot, kind);
	else if (op->type == number->OP_SUBST)
		subtree[0] = pl_word(walk->pl, op->at + at->op_pmreplroot);
	/* Code in a pattern; private is what is a part of another tree. */
	if (!(pl_word32(walk->pl, op->at + at->op_pmflags) & PMF_CODELIST_PRIVATE))
		subtree[1] = pl_word(walk->pl, op->at + at->op_code_list);
	for (i = 0; i < 2; i++)
		if (subtree[i] && trees->count < TREES_LIMIT &&
		    !rg_vector_push(trees, subtree[i]) && !walk->error)
			walk->error = rg_error_no_memory();
}

static void walk_op(struct pl_walk *walk, const struct op *op, uint8_t kind, tree_list *trees)
{
	const struct pl_members *at = &walk->pl->layout.at;
	const struct pl_numbers *number = &walk->pl->layout.number;
	uint32_t type = op->type;

	if (type == number->OP_NULL)
		return;
	if (type == number->OP_CONST || type == number->OP_HINTSEVAL ||
	    type == number->OP_GV || type == number->OP_GVSV || type == number->OP_AELEMFAST)
		emit_constant(walk, op->at + at->op_sv, kind);
	else if (type == number->OP_METHOD_NAMED || type == number->OP_METHOD_SUPER)
		emit_constant(walk, op->at + at->op_meth, kind);
	else if (type == number->OP_METHOD_REDIR || type == number->OP_METHOD_REDIR_SUPER) {
		emit_constant(walk, op->at + at->op_meth, kind);
		emit_constant(walk, op->at + at->op_rclass_sv, kind);
	} else if (type == number->OP_NEXTSTATE || type == number->OP_DBSTATE) {
		if (at->cop_filegv != PL_ABSENT)
			emit_constant(walk, op->at + at->cop_filegv, kind);
	} else if (type == number->OP_MATCH || type == number->OP_QR ||
		   type == number->OP_SUBST || type == number->OP_SPLIT) {
		walk_pattern(walk, op, kind, trees);
	} else if (type == number->OP_MULTIDEREF) {
		walk_multideref(walk, op->at + at->op_aux, kind);
	} else if (type == number->OP_TRANS || type == number->OP_TRANSR) {
		/* A table of its own, or an SV. */
		emit_if_sv(walk, op->at + at->op_sv, kind);
	}
}

/* The op behind @op in the tree of @root, kids first; 0 behind the last one. */
static uint64_t next_op(struct pl_walk *walk, const struct op *op, uint64_t root,
			uint64_t *budget)
{
	const struct pl_members *at = &walk->pl->layout.at;
	struct op here = *op;
	uint64_t first;

	first = op->flags & OPF_KIDS ? pl_word(walk->pl, op->at + at->op_first) : 0;
	if (first)
		return first;
	while (here.at != root && *budget) {
		uint64_t next = pl_word(walk->pl, here.at + at->op_sibparent);

		if (here.has_sibling)
			return next;
		--*budget;
		if (!read_op(walk, next, &here))
			return 0;
	}
	return 0;
}

static void walk_tree(struct pl_walk *walk, uint64_t root, uint8_t kind, tree_list *trees,
		      uint64_t *budget)
{
	uint64_t at = root;
	struct op op;

	while (at && *budget && !walk->error && read_op(walk, at, &op)) {
		--*budget;
		walk_op(walk, &op, kind, trees);
		at = next_op(walk, &op, root, budget);
	}
}

void pl_walk_ops(struct pl_walk *walk, uint64_t root)
{
	uint64_t budget = walk->pl->image_bytes / walk->pl->layout.at.size_op + 1;
	tree_list trees = { 0 };
	uint8_t kind;
	size_t i;

	if (!root)
		return;
	/* Clones of a closure share the tree. */
	kind = pl_claims(walk, root) ? RG_REFERENCE_STRONG : RG_REFERENCE_BORROWED;
	walk_tree(walk, root, kind, &trees, &budget);
	for (i = 0; i < trees.count; i++)
		walk_tree(walk, trees.data[i], kind, &trees, &budget);
	rg_vector_free(&trees);
}
