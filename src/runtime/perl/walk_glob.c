/* SPDX-License-Identifier: MIT */
/*
 * Globs.  What a glob has stands in its GP, struct gp of gv.h, which several globs can
 * share after *this = *that: one of them owns the slots, the one they all call the
 * effective glob if it still has that GP.
 */
#include "runtime/perl/walk.h"

static uint64_t gp_of(const struct pl_sv *glob)
{
	return glob->u;
}

/* Whether this glob owns what @gp holds. */
static bool owns(struct pl_walk *walk, uint64_t gp, uint64_t effective)
{
	struct pl_sv other;
	uint32_t count;

	if (!rg_image_u32(walk->pl->image, gp + walk->pl->layout.at.gp_refcnt, &count) ||
	    count <= 1 || effective == walk->sv.address)
		return true;
	if (effective && pl_sv_read(walk->pl, effective, &other) && other.type == PL_PVGV &&
	    gp_of(&other) == gp)
		return false;
	return pl_claims(walk, gp);
}

void pl_walk_glob(struct pl_walk *walk)
{
	const struct pl_members *at = &walk->pl->layout.at;
	const struct {
		uint16_t offset;
		char sigil;
	} slots[] = {
		{ at->gp_sv, '$' }, { at->gp_av, '@' }, { at->gp_hv, '%' },
		{ at->gp_cv, '&' }, { at->gp_io, 'I' }, { at->gp_form, 'F' },
	};
	uint64_t gp = gp_of(&walk->sv), effective;
	uint8_t kind;
	size_t i;

	pl_emit_text(walk, pl_word(walk->pl, walk->sv.any + at->gv_stash),
		     RG_REFERENCE_BORROWED | RG_REFERENCE_ROUTINE, "stash");
	if (!gp)
		return;
	if (!rg_image_u64(walk->pl->image, gp + at->gp_egv, &effective)) {
		pl_walk_failed(walk);
		return;
	}
	kind = owns(walk, gp, effective) ? RG_REFERENCE_STRONG : RG_REFERENCE_BORROWED;
	for (i = 0; i < sizeof(slots) / sizeof(slots[0]); i++) {
		uint64_t slot = pl_word(walk->pl, gp + slots[i].offset);

		pl_emit(walk, slot,
			kind == RG_REFERENCE_STRONG ? pl_holder_kind(walk->pl, slot) : kind,
			PL_LABEL_SLOT, (uint64_t)(unsigned char)slots[i].sigil);
	}
	pl_emit_text(walk, effective, RG_REFERENCE_BORROWED | RG_REFERENCE_ROUTINE,
		     "effective glob");
}
