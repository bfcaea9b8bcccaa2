/* SPDX-License-Identifier: MIT */
/*
 * Hashes: their entries, and what a stash or a hash with weak references to it has
 * beside them, struct xpvhv_aux and struct mro_meta of hv.h.
 */
#include "runtime/perl/walk.h"

#define AUX_IS_CLASS 4u /* HvAUXf_IS_CLASS, hv.h */

/* One chain of entries; entries of a hash are never more than memory can hold. */
struct chain {
	uint64_t at;
	uint64_t hare; /* from time to time an entry that only a ring leads back to */
	uint64_t steps, limit;
};

static bool is_strtab(struct pl_walk *walk)
{
	const struct pl *pl = walk->pl;
	size_t i;

	for (i = 0; i < pl->interpreter_count; i++)
		if (pl_field(pl, &pl->interpreters[i], PL_FIELD_strtab) == walk->sv.address)
			return true;
	return false;
}

static bool is_stash(struct pl_walk *walk, uint64_t aux)
{
	return aux && pl_word(walk->pl, aux + walk->pl->layout.at.aux_name);
}

/*
 * A scalar that is nothing but a reference, or a glob, is shown as a part of what holds
 * it: $h{key} is the thing that it refers to, $main::x what *main::x has.
 */
static uint8_t entry_kind(struct pl_walk *walk, uint64_t value, enum pl_label what)
{
	struct pl_sv sv;

	if (what == PL_LABEL_SYMBOL && pl_sv_read(walk->pl, value, &sv) && sv.type == PL_PVGV)
		return RG_REFERENCE_STRONG | RG_REFERENCE_PLUMBING;
	return pl_holder_kind(walk->pl, value);
}

static void walk_entry(struct pl_walk *walk, const unsigned char *bytes, enum pl_label what)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t hek, value;
	uint32_t length;

	memcpy(&hek, bytes + at->he_hek, 8);
	memcpy(&value, bytes + at->he_value, 8);
	if (rg_image_u32(walk->pl->image, hek + at->hek_len, &length) &&
	    (int32_t)length == PL_SVKEY) {
		uint64_t key = pl_word(walk->pl, hek + at->hek_key);

		pl_emit_text(walk, key, RG_REFERENCE_STRONG | RG_REFERENCE_NAME, "key");
		pl_emit(walk, value, entry_kind(walk, value, what),
			PL_LABEL_KEY_SV, key);
		return;
	}
	pl_emit(walk, value, entry_kind(walk, value, what), what, hek);
}

/* The entries of one bucket; false when there can be no more. */
static bool walk_chain(struct pl_walk *walk, uint64_t first, enum pl_label what,
		       uint64_t *budget)
{
	const struct pl_members *at = &walk->pl->layout.at;
	struct chain chain = { .at = first, .limit = 1 };

	while (chain.at && !walk->error) {
		const unsigned char *bytes = rg_image_at(walk->pl->image, chain.at, at->size_he);

		if (!bytes || chain.at == chain.hare || !*budget) {
			pl_walk_failed(walk);
			return *budget;
		}
		--*budget;
		if (++chain.steps == chain.limit) {
			chain.hare = chain.at;
			chain.limit *= 2;
		}
		walk_entry(walk, bytes, what);
		memcpy(&chain.at, bytes + at->he_next, 8);
	}
	return !walk->error;
}

static void walk_entries(struct pl_walk *walk, const struct pl_hash *hash, enum pl_label what)
{
	uint64_t budget = hash->keys, most = walk->pl->image_bytes / walk->pl->layout.at.size_he;
	const unsigned char *buckets;
	uint64_t i, first;

	if (!hash->buckets || !budget)
		return;
	buckets = rg_image_at(walk->pl->image, hash->buckets, 8 * hash->count);
	if (!buckets) {
		pl_walk_failed(walk);
		return;
	}
	if (budget > most)
		budget = most;
	pl_walk_spend(walk, hash->count + budget);
	for (i = 0; i < hash->count; i++) {
		memcpy(&first, buckets + 8 * i, 8);
		if (first && !walk_chain(walk, first, what, &budget))
			return;
	}
}

/* The method resolution of a class. */
static void walk_mro(struct pl_walk *walk, uint64_t meta)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t all = pl_word(walk->pl, meta + at->mro_linear_all);
	const uint8_t strong = RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE;
	const uint8_t borrowed = RG_REFERENCE_BORROWED | RG_REFERENCE_ROUTINE;

	pl_emit_text(walk, all, strong, "linear orders");
	/* The current one is in that hash, if there is such. */
	pl_emit_text(walk, pl_word(walk->pl, meta + at->mro_linear_current),
		     all ? borrowed : strong, "linear order");
	pl_emit_text(walk, pl_word(walk->pl, meta + at->mro_nextmethod), strong,
		     "next::method cache");
	pl_emit_text(walk, pl_word(walk->pl, meta + at->mro_isa), strong, "isa cache");
	pl_emit_text(walk, pl_word(walk->pl, meta + at->mro_super), strong, "SUPER cache");
	pl_emit_text(walk, pl_word(walk->pl, meta + at->mro_destroy), borrowed, "DESTROY cache");
}

bool pl_is_class(const struct pl *pl, const struct pl_sv *sv, struct pl_hash *ret)
{
	const struct pl_members *at = &pl->layout.at;

	return at->aux_class_superclass != PL_ABSENT && sv->type == PL_PVHV &&
	       pl_hash_read(pl, sv, ret) && ret->aux &&
	       pl_word32(pl, ret->aux + at->aux_flags) & AUX_IS_CLASS;
}

/* What feature 'class' adds to the stash of a class, from 5.38 on. */
static void walk_class(struct pl_walk *walk, uint64_t aux)
{
	const struct pl_members *at = &walk->pl->layout.at;

	pl_emit_text(walk, pl_word(walk->pl, aux + at->aux_class_superclass),
		     RG_REFERENCE_STRONG, "superclass");
	pl_emit_text(walk, pl_word(walk->pl, aux + at->aux_class_initfields),
		     RG_REFERENCE_STRONG, "field initialiser");
	pl_emit_text(walk, pl_word(walk->pl, aux + at->aux_class_adjust), RG_REFERENCE_STRONG,
		     "ADJUST blocks");
	pl_emit_text(walk, pl_word(walk->pl, aux + at->aux_class_params), RG_REFERENCE_STRONG,
		     "parameters");
}

static void walk_backreferences(struct pl_walk *walk, uint64_t list)
{
	struct pl_sv sv;

	if (list && pl_sv_read(walk->pl, list, &sv) && sv.type == PL_PVAV) {
		/* Held twice, so that it outlives its elements: sv_add_backref() of sv.c. */
		pl_emit_text(walk, list, RG_REFERENCE_STRONG, PL_TEXT_BACKREFS);
		pl_emit_text(walk, list, RG_REFERENCE_STRONG, PL_TEXT_BACKREFS);
	} else {
		pl_emit_text(walk, list, RG_REFERENCE_BORROWED, "backreference");
	}
}

static void walk_aux(struct pl_walk *walk, uint64_t aux, enum pl_label what)
{
	const struct pl_members *at = &walk->pl->layout.at;
	uint64_t entry = pl_word(walk->pl, aux + at->aux_eiter);
	uint64_t meta = pl_word(walk->pl, aux + at->aux_mro_meta), budget = 1;

	walk_backreferences(walk, pl_word(walk->pl, aux + at->aux_backreferences));
	if (meta && is_stash(walk, aux))
		walk_mro(walk, meta);
	if (at->aux_class_superclass != PL_ABSENT && is_stash(walk, aux) &&
	    pl_word32(walk->pl, aux + at->aux_flags) & AUX_IS_CLASS)
		walk_class(walk, aux);
	/* Deleted while each() stood on it: it is out of its chain. */
	if (entry && walk->sv.flags & PL_LAZYDEL) {
		const unsigned char *bytes = rg_image_at(walk->pl->image, entry, at->size_he);

		if (bytes && budget--)
			walk_entry(walk, bytes, what);
	}
}

void pl_walk_hash(struct pl_walk *walk)
{
	enum pl_label what;
	struct pl_hash hash;

	if (!pl_hash_read(walk->pl, &walk->sv, &hash)) {
		pl_walk_failed(walk);
		return;
	}
	what = is_stash(walk, hash.aux) ? PL_LABEL_SYMBOL : PL_LABEL_VALUE;
	if (hash.aux)
		walk_aux(walk, hash.aux, what);
	/* The values of the table of shared keys are counts. */
	if (!is_strtab(walk))
		walk_entries(walk, &hash, what);
}
