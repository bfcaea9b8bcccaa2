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

/* Whether what @sv is does not show what it holds: `tie`, or the elements of shared ones. */
static bool is_tied(const struct pl *pl, const struct pl_sv *sv)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t magic = pl_magic(pl, sv);
	unsigned int count;

	for (count = 0; magic && count < 64; count++) {
		uint8_t type = pl_byte(pl, magic + at->magic_type);

		if (type == 'P' || type == 'p' || type == 'q' || type == 'N' || type == 'n')
			return true;
		magic = pl_word(pl, magic + at->magic_next);
	}
	return magic != 0;
}

/* Whether the class of @sv overloads anything. */
static bool is_overloaded(const struct pl *pl, const struct pl_sv *sv)
{
	struct pl_sv stash;

	if (!(sv->flags & PL_OBJECT))
		return false;
	return !pl_sv_read(pl, pl_blessed(pl, sv), &stash) || stash.flags & PL_AMAGIC;
}

static bool is_plain(const struct pl *pl, const struct pl_sv *sv)
{
	return !is_tied(pl, sv) && !is_overloaded(pl, sv);
}

static bool is_scalar(const struct pl_sv *sv)
{
	return sv->type < PL_PVAV && sv->type != PL_PVGV && sv->type != PL_REGEXP;
}

static bool put_referent(const struct pl_coder *coder, const struct pl_sv *sv,
			 const struct pl_edge *edge, struct pl_text *text)
{
	struct pl_sv target;

	if (!pl_sv_read(coder->pl, edge->target, &target) || is_tied(coder->pl, sv))
		return false;
	if (coder->owner)
		pl_puts(text, coder->owner);
	if (!is_scalar(&target)) {
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
