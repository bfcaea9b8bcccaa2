/* SPDX-License-Identifier: MIT */
/*
 * References as Perl.  The expression for a scalar is that scalar; for anything else -
 * an array, a hash, a sub, a glob, a handle, a pattern - it is one whose value is a
 * reference to it.  So what leads from a scalar that is a reference to its referent is
 * nothing at all, for which a space stands, unless that is a scalar again.
 *
 * Nothing is said of what perl would do otherwise: tied variables, and objects of a
 * class that overloads operators.
 */
#include "runtime/perl/code.h"

#define MAGIC_LIMIT 64
#define AUX_NO_DEREF 2u /* HvAUXf_NO_DEREF, hv.h */

/* Whether what @sv is does not show what it holds: `tie`, or the elements of shared ones. */
static bool is_tied(const struct pl *pl, const struct pl_sv *sv)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t magic = pl_magic(pl, sv);
	unsigned int count;

	for (count = 0; magic && count < MAGIC_LIMIT; count++) {
		uint8_t type = pl_byte(pl, magic + at->magic_type);

		if (type == 'P' || type == 'p' || type == 'q' || type == 'N' || type == 'n')
			return true;
		magic = pl_word(pl, magic + at->magic_next);
	}
	return magic != 0;
}

/* ---- overloading -------------------------------------------------------------------- */

struct symbols {
	struct pl *pl;
	bool overloads, inherits;
};

/* "(%{}" and the like say how to dereference; @ISA that it can be inherited. */
static rg_error *look_at_symbol(void *user, const struct pl_edge *edge)
{
	struct symbols *symbols = user;
	char word[16];
	int64_t length;

	if (edge->what != PL_LABEL_SYMBOL)
		return NULL;
	length = pl_hek(symbols->pl, edge->value, word, sizeof(word), NULL);
	symbols->overloads |= length > 0 && word[0] == '(' &&
			      (!strcmp(word + 2, "{}") || !strcmp(word, "(nomethod"));
	symbols->inherits |= length == 3 && !strcmp(word, "ISA");
	return NULL;
}

/* Whether the table of operators of @stash was made, and in *@ret whether any is in it. */
static bool has_table(const struct pl *pl, const struct pl_sv *stash, bool *ret)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t magic = pl_magic(pl, stash);
	unsigned int count;

	for (count = 0; magic && count < MAGIC_LIMIT; count++) {
		if (pl_byte(pl, magic + at->magic_type) == 'c') {
			*ret = pl_byte(pl, pl_word(pl, magic + at->magic_ptr)) & 1;
			return true;
		}
		magic = pl_word(pl, magic + at->magic_next);
	}
	return false;
}

/*
 * Whether the class of @sv overloads how it is dereferenced.  A stash is flagged until
 * perl has looked: then it has a table, or a flag that says that -> is not overloaded.
 */
static bool is_overloaded(struct pl *pl, const struct pl_sv *sv)
{
	struct symbols symbols = { .pl = pl };
	struct pl_hash hash;
	struct pl_sv stash;
	bool any;

	if (!(sv->flags & PL_OBJECT))
		return false;
	if (!pl_sv_read(pl, pl_blessed(pl, sv), &stash) || !pl_hash_read(pl, &stash, &hash))
		return true;
	if (!(stash.flags & PL_AMAGIC) ||
	    (hash.aux && pl_word32(pl, hash.aux + pl->layout.at.aux_flags) & AUX_NO_DEREF))
		return false;
	if (has_table(pl, &stash, &any))
		return any;
	rg_error_free(pl_walk_again(pl, &stash, look_at_symbol, &symbols));
	return symbols.overloads || symbols.inherits;
}

static bool is_plain(struct pl *pl, const struct pl_sv *sv)
{
	return !is_tied(pl, sv) && !is_overloaded(pl, sv);
}

static bool put_referent(const struct pl_coder *coder, const struct pl_sv *sv,
			 const struct pl_edge *edge, struct pl_text *text)
{
	struct pl_sv target;

	if (!pl_sv_read(coder->pl, edge->target, &target) || is_tied(coder->pl, sv))
		return false;
	if (coder->owner)
		pl_puts(text, coder->owner);
	if (!pl_is_scalar(&target)) {
		if (!coder->owner)
			pl_puts(text, " ");
		return true;
	}
	pl_puts(text, "->$*");
	return !is_overloaded(coder->pl, &target);
}

static bool put_slot(uint64_t slot, struct pl_text *text)
{
	switch (slot) {
	case '$':
		pl_puts(text, "->*{SCALAR}->$*");
		return true;
	case '@':
		pl_puts(text, "->*{ARRAY}");
		return true;
	case '%':
		pl_puts(text, "->*{HASH}");
		return true;
	case '&':
		pl_puts(text, "->*{CODE}");
		return true;
	case 'I':
		pl_puts(text, "->*{IO}");
		return true;
	default:
		pl_puts(text, "->*{FORMAT}");
		return true;
	}
}

bool pl_code_put(const struct pl_coder *coder, const struct pl_sv *sv, const struct pl_edge *edge,
		 struct pl_text *text)
{
	struct pl_pad pad;

	if (edge->what == PL_LABEL_REFERENT)
		return put_referent(coder, sv, edge, text);
	if (coder->owner || !is_plain(coder->pl, sv))
		return false;
	switch ((enum pl_label)edge->what) {
	case PL_LABEL_ELEMENT:
		if (!(sv->flags & PL_REAL) || pl_pad_find(coder->pl, sv->address, &pad))
			return false;
		pl_puts(text, "->[");
		pl_put_number(text, edge->value);
		pl_puts(text, "]");
		return true;
	case PL_LABEL_VALUE:
		pl_puts(text, "->{");
		if (!pl_put_key_code(coder->pl, text, edge->value))
			return false;
		pl_puts(text, "}");
		return true;
	case PL_LABEL_SLOT:
		return put_slot(edge->value, text);
	default:
		return false;
	}
}
