/* SPDX-License-Identifier: MIT */
/*
 * What kind of thing a head is, in the words of Devel::MAT, and the package that it
 * is blessed into; names of packages and stashes.
 */
#include <stdio.h>

#include "runtime/perl/private.h"

bool pl_hash_read(const struct pl *pl, const struct pl_sv *sv, struct pl_hash *ret)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t max;

	if (sv->type != PL_PVHV || !rg_image_u64(pl->image, sv->any + at->hv_max, &max) ||
	    max >= pl->image_bytes / 8)
		return false;
	ret->buckets = sv->u;
	ret->count = sv->u ? max + 1 : 0;
	ret->keys = pl_word(pl, sv->any + at->hv_keys);
	ret->aux = 0;
	if (sv->flags & PL_OOK)
		ret->aux = at->hv_aux != PL_ABSENT ? sv->any + at->hv_aux : sv->u + 8 * (max + 1);
	return true;
}

int64_t pl_hek(const struct pl *pl, uint64_t hek, char *ret, size_t size, bool *ret_utf8)
{
	const struct pl_members *at = &pl->layout.at;
	uint32_t length;
	size_t part;

	*ret = '\0';
	if (!hek || !rg_image_u32(pl->image, hek + at->hek_len, &length) || length > INT32_MAX)
		return -1;
	part = length < size ? length : size - 1;
	if (!pl_read(pl, hek + at->hek_key, ret, part)) {
		*ret = '\0';
		return -1;
	}
	ret[part] = '\0';
	/* A NUL and flags follow the text: HVhek_UTF8. */
	if (ret_utf8)
		*ret_utf8 = pl_byte(pl, hek + at->hek_key + length + 1) & 1;
	return length;
}

uint64_t pl_hash_get(const struct pl *pl, const struct pl_sv *sv, const char *key)
{
	const struct pl_members *at = &pl->layout.at;
	int64_t length = (int64_t)strlen(key);
	uint64_t entry, budget, i;
	struct pl_hash hash;
	char text[256];

	if (!pl_hash_read(pl, sv, &hash))
		return 0;
	budget = hash.keys;
	for (i = 0; i < hash.count; i++) {
		entry = pl_word(pl, hash.buckets + 8 * i);
		for (; entry && budget; budget--) {
			if (pl_hek(pl, pl_word(pl, entry + at->he_hek), text, sizeof(text),
				   NULL) == length && !strcmp(text, key))
				return pl_word(pl, entry + at->he_value);
			entry = pl_word(pl, entry + at->he_next);
		}
	}
	return 0;
}

bool pl_stash_name(const struct pl *pl, const struct pl_sv *sv, uint64_t *ret)
{
	struct pl_hash hash;
	uint64_t name;
	uint32_t count;

	if (!pl_hash_read(pl, sv, &hash) || !hash.aux)
		return false;
	name = pl_word(pl, hash.aux + pl->layout.at.aux_name);
	count = pl_word32(pl, hash.aux + pl->layout.at.aux_name_count);
	/* hv.h: with a count it is an array, whose first element is the name or NULL. */
	if (name && count)
		name = pl_word(pl, name);
	*ret = name;
	return name != 0;
}

rg_error *pl_spent(const struct pl *pl)
{
	/* All that is there is looked through some times: for sizes, pads, references. */
	if (pl->steps <= 4 * pl->image_bytes)
		return NULL;
	return rg_error_new(RG_ERROR_CORRUPT, "Perl's values claim more than the dump's memory can "
					      "hold: it is damaged");
}

void pl_undecoded(struct pl *pl, uint64_t address)
{
	if (rg_map_find(&pl->seen, address))
		return;
	if (address && pl->seen.used < (size_t)4 << 20 && !rg_map_put(&pl->seen, address, 1))
		pl->failed = true;
	pl->unreadable++;
}

enum kind {
	KIND_UNDEF, KIND_SCALAR, KIND_BOOL, KIND_REF, KIND_ARRAY, KIND_PAD, KIND_HASH, KIND_STASH,
	KIND_CLASS, KIND_CODE, KIND_GLOB, KIND_LVALUE, KIND_IO, KIND_FORMAT, KIND_REGEXP,
	KIND_INVLIST, KIND_OBJECT, KINDS,
};

static const char *const words[KINDS] = {
	[KIND_UNDEF] = "UNDEF", [KIND_SCALAR] = "SCALAR", [KIND_BOOL] = "BOOL",
	[KIND_REF] = "REF", [KIND_ARRAY] = "ARRAY", [KIND_PAD] = "PAD", [KIND_HASH] = "HASH",
	[KIND_STASH] = "STASH", [KIND_CLASS] = "CLASS", [KIND_CODE] = "CODE", [KIND_GLOB] = "GLOB",
	[KIND_LVALUE] = "LVALUE", [KIND_IO] = "IO", [KIND_FORMAT] = "FORMAT",
	[KIND_REGEXP] = "REGEXP", [KIND_INVLIST] = "INVLIST", [KIND_OBJECT] = "OBJECT",
};

/* Of what is not blessed; a file is told by its IO, which globs and objects hold. */
static const enum rg_role roles[KINDS] = {
	[KIND_ARRAY] = RG_ROLE_COLLECTION, [KIND_HASH] = RG_ROLE_COLLECTION,
	[KIND_IO] = RG_ROLE_FILE,
};

static enum kind scalar_kind(const struct pl *pl, const struct pl_sv *sv)
{
	if (sv->flags & PL_ROK)
		return KIND_REF;
	if (pl_is_bool(pl, sv))
		return KIND_BOOL;
	return sv->flags & (PL_IOK | PL_NOK | PL_POK) ? KIND_SCALAR : KIND_UNDEF;
}

static enum kind stash_kind(const struct pl *pl, const struct pl_sv *sv)
{
	const struct pl_members *at = &pl->layout.at;
	struct pl_hash hash;
	uint64_t name;

	if (!pl_stash_name(pl, sv, &name))
		return KIND_HASH;
	/* hv.h: HvAUXf_IS_CLASS, since 5.38. */
	if (at->aux_class_fields != PL_ABSENT && pl_hash_read(pl, sv, &hash) &&
	    pl_word32(pl, hash.aux + at->aux_flags) & 4)
		return KIND_CLASS;
	return KIND_STASH;
}

static enum kind kind_of(const struct pl *pl, const struct pl_sv *sv)
{
	switch (sv->type) {
	case PL_INVLIST:
		return KIND_INVLIST;
	case PL_REGEXP:
		return KIND_REGEXP;
	case PL_PVGV:
		return KIND_GLOB;
	case PL_PVLV:
		return KIND_LVALUE;
	case PL_PVAV:
		return pl_is_pad(pl, sv->address) ? KIND_PAD : KIND_ARRAY;
	case PL_PVHV:
		return stash_kind(pl, sv);
	case PL_PVCV:
		return KIND_CODE;
	case PL_PVFM:
		return KIND_FORMAT;
	case PL_PVIO:
		return KIND_IO;
	case PL_PVOBJ:
		return KIND_OBJECT;
	default:
		return scalar_kind(pl, sv);
	}
}

rg_error *pl_type_of(struct pl *pl, const struct pl_sv *sv, rg_builder *builder, rg_type_id *ret)
{
	enum kind kind = kind_of(pl, sv);
	uint64_t package = pl_blessed(pl, sv);
	uint64_t key = (package ? package * KINDS : 0) + (uint64_t)kind + 1;
	const uint32_t *known = rg_map_find(&pl->types, key);
	char module[200] = "", name[240];
	struct rg_type_init init = { .short_name = words[kind], .module = module, .name = name };
	struct pl_package about = { .origin = RG_ORIGIN_RUNTIME };
	const char *last;
	uint32_t flags = 0;
	struct pl_sv stash;
	uint64_t hek;

	if (known) {
		*ret = *known;
		return NULL;
	}
	snprintf(name, sizeof(name), "%s", words[kind]);
	if (package) {
		if (!pl_sv_read(pl, package, &stash) || !pl_stash_name(pl, &stash, &hek) ||
		    pl_hek(pl, hek, module, sizeof(module), NULL) < 0)
			snprintf(module, sizeof(module), "?");
		snprintf(name, sizeof(name), "%s(%s)", words[kind], module);
		last = strrchr(module, ':');
		init.short_name = last ? last + 1 : module;
		init.address = package;
		pl_package(pl, package, module, &about);
	}
	init.origin = about.origin;
	/* Every IO is blessed, by itself into IO::File. */
	init.role = package && kind != KIND_IO ? about.role : roles[kind];
	RG_TRY(rg_builder_add_type(builder, &init, ret));
	if (about.has_destroy)
		flags |= RG_OBJECT_FINALIZER;
	if (kind == KIND_STASH || kind == KIND_CLASS)
		flags |= RG_OBJECT_MODULE;
	if (!rg_vector_push(&pl->type_flags, flags) ||
	    !rg_map_put(&pl->types, key, *ret))
		return rg_error_no_memory();
	return NULL;
}
