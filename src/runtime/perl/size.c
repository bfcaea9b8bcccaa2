/* SPDX-License-Identifier: MIT */
/*
 * How many bytes a head takes with its body and tables, by the same sums as
 * Devel::MAT::Dumper (0.46 to 0.52) writes into its files, so that the two can be
 * compared: the head; the body, as far as it is allocated; a string's buffer; the
 * slots of an array; buckets, entries and keys of a hash that are its own.  It
 * leaves out magic, ops, pads' lists of names, and the PerlIO layers.
 */
#include "runtime/perl/private.h"

/* A body, but for members before xpv_cur, which are not allocated for small types. */
static uint64_t scalar_size(const struct pl *pl, const struct pl_sv *sv)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t size = 0, skipped = 0;

	switch (sv->type) {
	case PL_NV:
		size = 8;
		break;
	case PL_PV:
		size = at->size_pv - at->pv_cur;
		break;
	case PL_PVIV:
		size = at->size_pviv - at->pv_cur;
		break;
	case PL_PVNV:
		size = at->size_pvnv - at->pv_cur;
		break;
	case PL_PVMG:
		size = at->size_pvmg;
		break;
	default:
		return 0;
	}
	if (sv->flags & PL_POK)
		size += pl_word(pl, sv->any + at->pv_len);
	/* What was chopped off its beginning: sv.h, SvOOK_offset. */
	if (sv->flags & PL_OOK) {
		skipped = pl_byte(pl, sv->u - 1);
		if (!skipped)
			skipped = pl_word(pl, sv->u - 9);
		size += skipped;
	}
	return size;
}

/* The entries' own keys, where these are not in the table of shared strings. */
static uint64_t keys_size(struct pl *pl, const struct pl_sv *sv, const struct pl_hash *hash)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t size = 0, budget = hash->keys, i;

	pl->steps += hash->count + hash->keys;
	for (i = 0; i < hash->count; i++) {
		uint64_t entry = pl_word(pl, hash->buckets + 8 * i);

		while (entry && budget) {
			uint64_t next, hek;

			if (!rg_image_u64(pl->image, entry + at->he_next, &next)) {
				pl_undecoded(pl, sv->address);
				return size;
			}
			hek = pl_word(pl, entry + at->he_hek);
			/* sizeof(HEK) is 12: a byte of the key, and what aligns it. */
			size += 12 + (uint64_t)pl_word32(pl, hek + at->hek_len) + 2;
			entry = next;
			budget--;
		}
	}
	return size;
}

static uint64_t hash_size(struct pl *pl, const struct pl_sv *sv)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t size = at->size_pvhv, name;
	struct pl_hash hash;

	if (!pl_hash_read(pl, sv, &hash) || hash.keys > pl->image_bytes / at->size_he) {
		pl_undecoded(pl, sv->address);
		return size;
	}
	if (hash.buckets) {
		size += 8 * hash.count + at->size_he * hash.keys;
		if (!(sv->flags & PL_SHAREKEYS))
			size += keys_size(pl, sv, &hash);
	}
	if (hash.aux && pl_stash_name(pl, sv, &name)) {
		size += at->size_aux;
		if (pl_word(pl, hash.aux + at->aux_mro_meta))
			size += at->size_mro;
	}
	return size;
}

static uint64_t array_size(struct pl *pl, const struct pl_sv *sv)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t max;

	if (!rg_image_u64(pl->image, sv->any + at->av_max, &max) ||
	    max + 1 > pl->image_bytes / 8) {
		pl_undecoded(pl, sv->address);
		return at->size_pvav;
	}
	return at->size_pvav + 8 * (max + 1);
}

static uint64_t body_size(struct pl *pl, const struct pl_sv *sv)
{
	const struct pl_members *at = &pl->layout.at;

	switch (sv->type) {
	case PL_INVLIST:
		return at->size_pv + pl_word(pl, sv->any + at->pv_len);
	case PL_REGEXP:
		return at->size_regexp;
	case PL_PVGV:
		return at->size_pvgv + (pl_is_glob(sv) ? at->size_gp : 0);
	case PL_PVLV:
		return at->size_pvlv;
	case PL_PVAV:
		return array_size(pl, sv);
	case PL_PVHV:
		return hash_size(pl, sv);
	case PL_PVCV:
		return at->size_pvcv;
	case PL_PVFM:
		return at->size_pvfm;
	case PL_PVIO:
		return at->size_pvio;
	case PL_PVOBJ:
		return at->size_pvobj;
	default:
		break;
	}
	/* Neither what is undefined nor a reference has more than its head there. */
	if (sv->flags & PL_ROK || !(sv->flags & PL_OK) || pl_is_bool(pl, sv))
		return 0;
	return scalar_size(pl, sv);
}

uint64_t pl_size(struct pl *pl, const struct pl_sv *sv)
{
	uint64_t size = body_size(pl, sv);

	/* More than the process had is no length, but damage. */
	if (size > pl->image_bytes * 2 + ((uint64_t)1 << 32)) {
		pl_undecoded(pl, sv->address);
		size = 0;
	}
	return pl->layout.at.sv_size + size;
}
