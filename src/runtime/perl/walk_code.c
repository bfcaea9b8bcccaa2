/* SPDX-License-Identifier: MIT */
/*
 * Subs and formats: their pads, the names in those, and where they come from.
 *
 * A PADLIST belongs to its CV: names first, then one pad a depth of recursion, each
 * an array.  Names are shared by the clones of a closure and counted each on its own;
 * they own the stash of an `our`, the class of a typed lexical, the prototype of a
 * `state sub`.
 */
#include "runtime/perl/walk.h"

#define DEEPEST 65536       /* pads of one sub: each depth of recursion has one */
#define MOST_NAMES (1u << 24)

/* ---- pads and their names ---------------------------------------------------------- */

bool pl_pad_find(const struct pl *pl, uint64_t address, struct pl_pad *ret)
{
	const uint32_t *index = rg_map_find(&pl->shared.index, address);

	if (!index)
		return false;
	*ret = pl->shared.pads.data[*index];
	return true;
}

bool pl_pad_note(struct pl *pl, uint64_t address, const struct pl_pad *pad)
{
	if (rg_map_find(&pl->shared.index, address) || pl->shared.pads.count >= UINT32_MAX)
		return true;
	return rg_map_put(&pl->shared.index, address, (uint32_t)pl->shared.pads.count) &&
	       rg_vector_push(&pl->shared.pads, *pad);
}

uint64_t pl_padname(struct pl *pl, uint64_t names, uint64_t index)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t fill;

	if (!names || !rg_image_u64(pl->image, names + at->padnames_fill, &fill) ||
	    (int64_t)index > (int64_t)fill)
		return 0;
	return pl_word(pl, pl_word(pl, names + at->padnames_array) + 8 * index);
}

bool pl_padname_read(struct pl *pl, uint64_t name, char *ret, size_t size, uint32_t *ret_flags)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t text = pl_word(pl, name + at->padname_pv);

	*ret_flags = pl_byte(pl, name + at->padname_flags);
	return text && rg_image_string(pl->image, text, ret, size) && ret[0] && ret[1];
}

/* The SVs that one name owns. */
static void walk_name(struct pl_walk *walk, uint64_t name, bool shared)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t stash, type, info;
	uint32_t count;
	uint8_t kind = RG_REFERENCE_STRONG;

	if (!rg_image_u64(walk->pl->image, name + at->padname_ourstash, &stash))
		return;
	type = pl_word(walk->pl, name + at->padname_type);
	info = at->padname_fieldinfo == PL_ABSENT
		       ? 0
		       : pl_word(walk->pl, name + at->padname_fieldinfo);
	if (!stash && !type && !info)
		return;
	if ((shared ||
	     !rg_image_u32(walk->pl->image, name + at->padname_refcnt, &count) || count > 1) &&
	    !pl_claims(walk, name))
		kind = RG_REFERENCE_BORROWED;
	pl_emit_text(walk, stash, kind | RG_REFERENCE_ROUTINE, "package of a name");
	pl_emit_text(walk, type, kind | RG_REFERENCE_ROUTINE, "type of a name");
	if (info && pl_claims(walk, info)) {
		pl_emit_text(walk, pl_word(walk->pl, info + at->fieldinfo_stash),
			     RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE, "class of a field");
		pl_emit_text(walk, pl_word(walk->pl, info + at->fieldinfo_paramname),
			     RG_REFERENCE_STRONG, "parameter of a field");
	}
}

void pl_walk_names(struct pl_walk *walk, uint64_t names)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t fill, array, i, name;
	uint32_t count;

	if (!names || !rg_image_u64(walk->pl->image, names + at->padnames_fill, &fill) ||
	    (int64_t)fill <= 0 || fill > MOST_NAMES)
		return;
	if (!rg_image_u32(walk->pl->image, names + at->padnames_refcnt, &count))
		count = 2;
	array = pl_word(walk->pl, names + at->padnames_array);
	for (i = 1; i <= fill && !walk->error; i++) {
		if (!rg_image_u64(walk->pl->image, array + 8 * i, &name)) {
			pl_walk_failed(walk);
			return;
		}
		if (name)
			walk_name(walk, name, count > 1);
	}
}

static void walk_pads(struct pl_walk *walk, uint64_t padlist)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t array = pl_word(walk->pl, padlist + at->padlist_array);
	uint64_t max = pl_word(walk->pl, padlist + at->padlist_max), pad, depth;

	if ((int64_t)max < 0 || !array)
		return;
	for (depth = 1; depth <= max && depth < DEEPEST && !walk->error; depth++) {
		if (!rg_image_u64(walk->pl->image, array + 8 * depth, &pad)) {
			pl_walk_failed(walk);
			break;
		}
		if (!pad)
			continue;
		pl_emit(walk, pad, RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING, PL_LABEL_PAD,
			depth);
	}
	pl_walk_names(walk, pl_word(walk->pl, array));
}

/* ---- the sub -------------------------------------------------------------------------- */

/* The root of the op tree; that of the main program is not in its CV. */
static uint64_t root_of(struct pl_walk *walk)
{
	struct pl *pl = walk->pl;
	uint64_t root = pl_word(pl, walk->sv.any + pl->layout.at.cv_root);
	size_t i;

	for (i = 0; !root && i < pl->interpreter_count; i++)
		if (pl_field(pl, &pl->interpreters[i], PL_FIELD_main_cv) == walk->sv.address)
			root = pl_field(pl, &pl->interpreters[i], PL_FIELD_main_root);
	return root;
}

/* What an XSUB was made with: CvXSUBANY. */
static void walk_value(struct pl_walk *walk, uint64_t value)
{
	struct pl_hash hash;
	struct pl_sv sv;
	/* class.c up to 5.40 says that a class's constructor counts its class, and does not. */
	bool is_class = walk->pl->layout.minor <= 40 && pl_sv_read(walk->pl, value, &sv) &&
			pl_is_class(walk->pl, &sv, &hash);

	pl_emit_text(walk, value, is_class ? RG_REFERENCE_BORROWED : RG_REFERENCE_STRONG,
		     "constant value");
}

void pl_walk_code(struct pl_walk *walk)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t body = walk->sv.any, padlist;
	bool is_external, has_value;
	uint32_t flags;

	if (!rg_image_u32(walk->pl->image, body + at->cv_flags, &flags)) {
		pl_walk_failed(walk);
		return;
	}
	is_external = flags & PL_CVf_ISXSUB;
	has_value = is_external &&
		    (flags & PL_CVf_CONST ||
		     (walk->pl->layout.minor >= 37 && flags & PL_CVf_REFCOUNTED_ANYSV));
	pl_emit_text(walk, pl_word(walk->pl, body + at->cv_stash),
		     RG_REFERENCE_BORROWED | RG_REFERENCE_ROUTINE, "package");
	/* Its name, or the glob that it was compiled into. */
	if (!(flags & PL_CVf_NAMED))
		pl_emit_text(walk, pl_word(walk->pl, body + at->cv_gv),
			     RG_REFERENCE_ROUTINE | (flags & PL_CVf_CVGV_RC
							     ? RG_REFERENCE_STRONG
							     : RG_REFERENCE_BORROWED),
			     "glob");
	pl_emit_text(walk, pl_word(walk->pl, body + at->cv_outside),
		     RG_REFERENCE_ROUTINE | (flags & PL_CVf_WEAKOUTSIDE ? RG_REFERENCE_BORROWED
									: RG_REFERENCE_STRONG),
		     "scope");
	if (has_value)
		walk_value(walk, pl_word(walk->pl, body + at->cv_start));
	if (is_external)
		return;
	padlist = pl_word(walk->pl, body + at->cv_padlist);
	if (padlist)
		walk_pads(walk, padlist);
	if (!walk->pl->layout.threaded && !walk->error)
		pl_walk_ops(walk, root_of(walk));
}
