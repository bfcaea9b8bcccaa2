/* SPDX-License-Identifier: MIT */
/*
 * The save stack: what `local` and the like put aside until their scope ends.  An entry
 * is its arguments and then a word with its type, scope.c; what it owns is what
 * leave_scope() gives back.
 */
#include "runtime/perl/root.h"

#define ENTRIES_LIMIT (1u << 26)

/* How an argument holds its SV. */
enum owned {
	NOTHING,
	COUNTED,     /* one count */
	TWICE,       /* two, unless the value still is where it was */
	SLOTS,       /* a GP: what its slots hold */
	NAMES,       /* a PADNAME */
	LIKELY,      /* one count, as far as nothing else explains it */
};

struct entry {
	uint16_t type;
	uint8_t arguments;
	uint8_t owned[3];
	const char *name;
};

static rg_error *put_gp(struct pl_roots *roots, uint64_t gp)
{
	const struct pl_members *at = &roots->pl->layout.at;
	const uint16_t slots[] = { at->gp_sv, at->gp_av, at->gp_hv, at->gp_cv, at->gp_io,
				   at->gp_form };
	uint32_t count;
	size_t i;

	/* Not emptied: the glob still has it. */
	if (!gp || !rg_image_u32(roots->pl->image, gp + at->gp_refcnt, &count) || count != 1)
		return NULL;
	for (i = 0; i < sizeof(slots) / sizeof(slots[0]); i++)
		RG_TRY(pl_roots_named(roots, pl_word(roots->pl, gp + slots[i]), RG_ROOT_THREAD, 1,
				      "glob put aside by local"));
	return NULL;
}

static rg_error *put_argument(struct pl_roots *roots, uint64_t word, enum owned owned,
			      const char *name)
{
	rg_error *error;

	if (!word || owned == NOTHING || owned == NAMES)
		return NULL;
	if (owned == SLOTS)
		return put_gp(roots, word);
	if (owned != LIKELY)
		RG_TRY(pl_roots_named(roots, word, RG_ROOT_THREAD, 1, name));
	if (owned == COUNTED)
		return NULL;
	roots->init.tentative = true;
	error = pl_roots_named(roots, word, RG_ROOT_THREAD, 1, name);
	roots->init.tentative = false;
	return error;
}

#define MOST_TYPES 64

/* What the types of this build own; by type. */
static void set_entries(const struct pl_numbers *number, struct entry entries[MOST_TYPES])
{
	const struct entry known[] = {
		{ number->SAVEt_ALLOC, 0, { 0 }, "" },
		{ number->SAVEt_CLEARPADRANGE, 0, { 0 }, "" },
		{ number->SAVEt_CLEARSV, 0, { 0 }, "" },
		{ number->SAVEt_REGCONTEXT, 0, { 0 }, "" },
		{ number->SAVEt_TMPSFLOOR, 1, { 0 }, "" },
		{ number->SAVEt_BOOL, 1, { 0 }, "" },
		{ number->SAVEt_COMPILE_WARNINGS, 1, { 0 }, "" },
		{ number->SAVEt_COMPPAD, 1, { 0 }, "" },
		{ number->SAVEt_FREECOPHH, 1, { 0 }, "" },
		{ number->SAVEt_FREEOP, 1, { 0 }, "" },
		{ number->SAVEt_FREEPV, 1, { 0 }, "" },
		{ number->SAVEt_FREESV, 1, { LIKELY }, "freed at the end of a scope" },
		{ number->SAVEt_I16, 1, { 0 }, "" },
		{ number->SAVEt_I32_SMALL, 1, { 0 }, "" },
		{ number->SAVEt_I8, 1, { 0 }, "" },
		{ number->SAVEt_INT_SMALL, 1, { 0 }, "" },
		{ number->SAVEt_MORTALIZESV, 1, { LIKELY }, "freed at the end of a scope" },
		{ number->SAVEt_NSTAB, 1, { 0 }, "" },
		{ number->SAVEt_OP, 1, { 0 }, "" },
		{ number->SAVEt_PARSER, 1, { 0 }, "" },
		{ number->SAVEt_STACK_POS, 1, { 0 }, "" },
		{ number->SAVEt_READONLY_OFF, 1, { 0 }, "" },
		{ number->SAVEt_FREEPADNAME, 1, { NAMES }, "" },
		{ number->SAVEt_STRLEN_SMALL, 1, { 0 }, "" },
		{ number->SAVEt_FREE_REXC_STATE, 1, { 0 }, "" },
		{ number->SAVEt_FREERCPV, 1, { 0 }, "" },
		{ number->SAVEt_AV, 2, { COUNTED, COUNTED }, "array put aside by local" },
		{ number->SAVEt_DESTRUCTOR, 2, { 0 }, "" },
		{ number->SAVEt_DESTRUCTOR_X, 2, { 0 }, "" },
		{ number->SAVEt_GENERIC_PVREF, 2, { 0 }, "" },
		{ number->SAVEt_GENERIC_SVREF, 2, { NOTHING, TWICE }, "put aside by local" },
		{ number->SAVEt_GP, 2, { COUNTED, SLOTS }, "glob put aside by local" },
		{ number->SAVEt_GVSV, 2, { NOTHING, TWICE }, "scalar put aside by local" },
		{ number->SAVEt_HINTS, 2, { 0 }, "" },
		{ number->SAVEt_HPTR, 2, { 0 }, "" },
		{ number->SAVEt_HV, 2, { COUNTED, COUNTED }, "hash put aside by local" },
		{ number->SAVEt_I32, 2, { 0 }, "" },
		{ number->SAVEt_INT, 2, { 0 }, "" },
		{ number->SAVEt_ITEM, 2, { NOTHING, COUNTED }, "value put aside" },
		{ number->SAVEt_IV, 2, { 0 }, "" },
		{ number->SAVEt_LONG, 2, { 0 }, "" },
		{ number->SAVEt_PPTR, 2, { 0 }, "" },
		{ number->SAVEt_SAVESWITCHSTACK, 2, { 0 }, "" },
		{ number->SAVEt_SHARED_PVREF, 2, { 0 }, "" },
		{ number->SAVEt_SPTR, 2, { LIKELY }, "put aside" },
		{ number->SAVEt_STRLEN, 2, { 0 }, "" },
		{ number->SAVEt_SV, 2, { COUNTED, TWICE }, "scalar put aside by local" },
		{ number->SAVEt_SVREF, 2, { NOTHING, TWICE }, "scalar put aside by local" },
		{ number->SAVEt_VPTR, 2, { 0 }, "" },
		{ number->SAVEt_ADELETE, 2, { NOTHING, COUNTED }, "array of a local element" },
		{ number->SAVEt_APTR, 2, { 0 }, "" },
		{ number->SAVEt_RCPV, 2, { 0 }, "" },
		{ number->SAVEt_HELEM, 3, { COUNTED, COUNTED, TWICE },
		  "element put aside by local" },
		{ number->SAVEt_PADSV_AND_MORTALIZE, 3, { COUNTED }, "loop variable put aside" },
		{ number->SAVEt_SET_SVFLAGS, 3, { 0 }, "" },
		{ number->SAVEt_GVSLOT, 3, { NOTHING, NOTHING, TWICE },
		  "slot of a glob put aside by local" },
		{ number->SAVEt_AELEM, 3, { COUNTED, NOTHING, TWICE },
		  "element put aside by local" },
		{ number->SAVEt_DELETE, 3, { NOTHING, NOTHING, COUNTED },
		  "hash of a local element" },
		{ number->SAVEt_HINTS_HH, 3, { NOTHING, NOTHING, COUNTED }, "hints put aside" },
	};
	size_t i;

	for (i = 0; i < MOST_TYPES; i++)
		entries[i].type = PL_ABSENT;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (known[i].type < MOST_TYPES)
			entries[known[i].type] = known[i];
}

rg_error *pl_roots_save_stack(struct pl_roots *roots)
{
	const struct pl_numbers *number = &roots->pl->layout.number;
	uint64_t stack = pl_field(roots->pl, roots->interpreter, PL_FIELD_savestack);
	int64_t top = (int32_t)pl_field32(roots->pl, roots->interpreter, PL_FIELD_savestack_ix);
	struct entry entries[MOST_TYPES];
	uint64_t type, word;
	unsigned int i;

	if (!stack || top > (int64_t)ENTRIES_LIMIT)
		return NULL;
	set_entries(number, entries);
	while (top > 0) {
		const struct entry *entry;

		top--;
		if (!rg_image_u64(roots->pl->image, stack + 8 * (uint64_t)top, &type))
			break;
		entry = &entries[type & number->SAVE_MASK & (MOST_TYPES - 1)];
		if (entry->type == PL_ABSENT)
			break;
		top -= entry->arguments;
		/* Room of any size lies below these. */
		if (entry->type == number->SAVEt_ALLOC || entry->type == number->SAVEt_REGCONTEXT)
			top -= (int64_t)(type >> number->SAVE_TIGHT_SHIFT &
					 (ENTRIES_LIMIT - 1));
		if (top < 0)
			break;
		for (i = 0; i < entry->arguments; i++)
			if (entry->owned[i] &&
			    rg_image_u64(roots->pl->image, stack + 8 * ((uint64_t)top + i), &word))
				RG_TRY(put_argument(roots, word, entry->owned[i], entry->name));
	}
	return NULL;
}
