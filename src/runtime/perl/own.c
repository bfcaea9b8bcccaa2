/* SPDX-License-Identifier: MIT */
/*
 * What of the process's memory is Perl's own: there an object's address is a
 * reference that the walkers have read, one that is borrowed, or what is left of
 * something freed, but never a sign of C code that holds the object.
 */
#include "runtime/perl/private.h"

#define MOST_STEPS (1u << 20)

struct own {
	struct pl *pl;
	rg_error *(*each)(void *user, uint64_t start, uint64_t end);
	void *user;
};

static rg_error *put(const struct own *own, uint64_t start, uint64_t size)
{
	if (!start || !size || size > own->pl->image_bytes || start > UINT64_MAX - size)
		return NULL;
	return own->each(own->user, start, start + size);
}

static rg_error *put_heads(void *user, uint64_t start, uint64_t count)
{
	return put(user, start, 24 * count);
}

/*
 * Bodies and entries of hashes: sv.c has sets of arenas in a chain, next, their number
 * and the last one in use, then for each its start, size and type.
 */
static rg_error *put_bodies(const struct own *own, uint64_t set)
{
	struct pl *pl = own->pl;
	uint32_t count, i, steps = 0;

	for (; set && pl_is_pointer(pl, set) && steps < MOST_STEPS; set = pl_word(pl, set)) {
		count = pl_word32(pl, set + 12);
		RG_TRY(put(own, set, 16 + 24 * (uint64_t)pl_word32(pl, set + 8)));
		for (i = 0; i <= count && steps < MOST_STEPS; i++, steps++)
			RG_TRY(put(own, pl_word(pl, set + 16 + 24 * (uint64_t)i),
				   pl_word(pl, set + 24 + 24 * (uint64_t)i)));
		steps++;
	}
	return NULL;
}

static rg_error *put_magic(const struct own *own, const struct pl_sv *sv)
{
	const struct pl_members *at = &own->pl->layout.at;
	uint64_t magic = pl_magic(own->pl, sv);
	unsigned int i;

	/* What mg_ptr points to can be C's. */
	for (i = 0; magic && i < 1024; i++) {
		RG_TRY(put(own, magic, at->size_magic));
		magic = pl_word(own->pl, magic + at->magic_next);
	}
	return NULL;
}

static rg_error *put_pads(const struct own *own, const struct pl_sv *code)
{
	const struct pl_members *at = &own->pl->layout.at;
	struct pl *pl = own->pl;
	uint64_t list, names, array, count, i;

	if (pl_word32(pl, code->any + at->cv_flags) & PL_CVf_ISXSUB)
		return NULL;
	list = pl_word(pl, code->any + at->cv_padlist);
	if (!list)
		return NULL;
	array = pl_word(pl, list + at->padlist_array);
	RG_TRY(put(own, list, at->size_padlist));
	RG_TRY(put(own, array, 8 * (pl_word(pl, list + at->padlist_max) + 1)));
	names = pl_word(pl, array);
	if (!names)
		return NULL;
	RG_TRY(put(own, names, at->size_padnames));
	count = pl_word(pl, names + at->padnames_max) + 1;
	array = pl_word(pl, names + at->padnames_array);
	RG_TRY(put(own, array, 8 * count));
	for (i = 0; i < count && count < MOST_STEPS; i++)
		RG_TRY(put(own, pl_word(pl, array + 8 * i), at->size_padname));
	return NULL;
}

static rg_error *put_hash(const struct own *own, const struct pl_sv *sv)
{
	const struct pl_members *at = &own->pl->layout.at;
	struct pl_hash hash;
	uint64_t size;

	if (!pl_hash_read(own->pl, sv, &hash))
		return NULL;
	size = 8 * hash.count;
	if (hash.aux && at->hv_aux == PL_ABSENT)
		size += at->size_aux;
	RG_TRY(put(own, hash.buckets, size));
	return hash.aux ? put(own, pl_word(own->pl, hash.aux + at->aux_mro_meta), at->size_mro)
			: NULL;
}

static rg_error *put_object(void *user, const struct pl_sv *sv)
{
	const struct own *own = user;
	const struct pl_members *at = &own->pl->layout.at;
	struct pl *pl = own->pl;

	RG_TRY(put_magic(own, sv));
	switch (sv->type) {
	case PL_REGEXP:
		return put(own, sv->any, at->size_regexp);
	case PL_PVAV:
		return put(own, pl_word(pl, sv->any + at->av_alloc),
			   8 * (pl_word(pl, sv->any + at->av_max) + 1));
	case PL_PVHV:
		return put_hash(own, sv);
	case PL_PVCV:
	case PL_PVFM:
		RG_TRY(put(own, sv->any, at->size_pvcv));
		return put_pads(own, sv);
	case PL_PVIO:
		return put(own, sv->any, at->size_pvio);
	case PL_PVOBJ:
		return put(own, sv->u, 8 * (pl_word(pl, sv->any + at->obj_maxfield) + 1));
	default:
		break;
	}
	if (pl_is_glob(sv))
		return put(own, sv->u, at->size_gp);
	/* The bytes of a string are no words. */
	if (sv->flags & PL_pPOK && sv->type >= PL_PV && !(sv->flags & PL_IsCOW))
		return put(own, sv->u, pl_word(pl, sv->any + at->pv_len));
	return NULL;
}

static rg_error *put_stacks(const struct own *own, const struct pl_interpreter *interpreter)
{
	const struct pl_members *at = &own->pl->layout.at;
	struct pl *pl = own->pl;
	uint64_t info = pl_field(pl, interpreter, PL_FIELD_curstackinfo), before;
	unsigned int i;

	RG_TRY(put(own, pl_field(pl, interpreter, PL_FIELD_savestack),
		   8 * (uint64_t)pl_field32(pl, interpreter, PL_FIELD_savestack_max)));
	RG_TRY(put(own, pl_field(pl, interpreter, PL_FIELD_tmps_stack),
		   8 * pl_field(pl, interpreter, PL_FIELD_tmps_max)));
	for (i = 0; i < 2; i++) {
		uint64_t way = i ? at->si_next : at->si_prev, steps = 0;

		for (before = info; before && steps < 4096; steps++) {
			RG_TRY(put(own, before, at->si_type + 8));
			RG_TRY(put(own, pl_word(pl, before + at->si_cxstack),
				   at->size_cx *
					   ((uint64_t)pl_word32(pl, before + at->si_cxmax) + 1)));
			before = pl_word(pl, before + way);
		}
	}
	RG_TRY(put(own, pl_field(pl, interpreter, PL_FIELD_stashpad),
		   8 * pl_field(pl, interpreter, PL_FIELD_stashpadmax)));
	return put(own, pl_field(pl, interpreter, PL_FIELD_parser), at->size_parser);
}

/* The variables themselves: in the struct, or each of them a static of its own. */
static rg_error *put_variables(const struct own *own, const struct pl_interpreter *interpreter)
{
	const struct pl_numbers *number = &own->pl->layout.number;
	unsigned int i;

	if (own->pl->layout.threaded)
		return put(own, interpreter->address, own->pl->layout.at.interpreter_size);
	for (i = 0; i < PL_FIELD_COUNT; i++) {
		uint64_t size = 8;

		if (i == PL_FIELD_sv_yes || i == PL_FIELD_sv_no || i == PL_FIELD_sv_undef ||
		    i == PL_FIELD_sv_zero)
			size = 24;
		else if (i == PL_FIELD_sv_consts)
			size = 8 * (uint64_t)number->SV_CONSTS_COUNT;
		else if (i == PL_FIELD_XPosix_ptrs || i == PL_FIELD_Posix_ptrs)
			size = 8 * (uint64_t)number->POSIX_CC_COUNT;
		else if (i == PL_FIELD_compiling)
			size = own->pl->layout.at.size_cop;
		RG_TRY(put(own, interpreter->variable[i], size));
	}
	return NULL;
}

rg_error *pl_own(void *state, rg_error *(*each)(void *user, uint64_t start, uint64_t end),
		 void *user)
{
	struct pl *pl = state;
	struct own own = { .pl = pl, .each = each, .user = user };
	size_t i;

	for (i = 0; i < pl->interpreter_count; i++) {
		const struct pl_interpreter *interpreter = &pl->interpreters[i];
		uint64_t signals = 8 * (uint64_t)pl->layout.number.SIG_SIZE;

		RG_TRY(put_variables(&own, interpreter));
		RG_TRY(put_stacks(&own, interpreter));
		RG_TRY(put(&own, pl_field(pl, interpreter, PL_FIELD_psig_ptr), 2 * signals));
		RG_TRY(put_bodies(&own, pl_field(pl, interpreter, PL_FIELD_body_arenas)));
		RG_TRY(pl_heap_arenas(pl, interpreter, put_heads, &own));
		RG_TRY(pl_heap_each(pl, interpreter, put_object, &own));
	}
	return NULL;
}
