/* SPDX-License-Identifier: MIT */
/*
 * Objects are the heads in the arenas of every interpreter, and the few that stand
 * in the interpreter itself.  An arena is an array of heads; the first is none: it
 * holds the address of the next arena, their number, and no type (sv.c, Perl_sv_add_arena).
 */
#include <inttypes.h>
#include <stdio.h>

#include "runtime/perl/private.h"

#define HEAD 24
#define MOST_HEADS ((uint64_t)1 << 31)

struct heap {
	struct pl *pl;
	rg_builder *builder;
	uint64_t marked;
	uint64_t found; /* heads of the interpreter that is being read */
	rg_error *(*each)(void *user, const struct pl_sv *sv);
	void *user;
};

rg_error *pl_heap_arenas(struct pl *pl, const struct pl_interpreter *interpreter,
			 rg_error *(*each)(void *user, uint64_t start, uint64_t count), void *user)
{
	uint64_t at = pl_field(pl, interpreter, PL_FIELD_sv_arenaroot);
	uint64_t budget = pl->image_bytes / HEAD;
	struct rg_map visited = { 0 };
	rg_error *error = NULL;

	while (!error && at && !(at & 7) && !rg_map_find(&visited, at)) {
		uint64_t count = pl_word32(pl, at + 8);

		if (!rg_image_at(pl->image, at, HEAD) || count < 2 || count > budget)
			break;
		budget -= count;
		if (!rg_map_put(&visited, at, 1))
			error = rg_error_no_memory();
		else
			error = each(user, at, count);
		at = pl_word(pl, at);
	}
	if (!error && at)
		error = rg_image_lacks(pl->image,
				       "a list of Perl's arenas ends too early: memory is missing "
				       "from the dump or damaged, and values are missing with it");
	rg_map_free(&visited);
	return error;
}

static rg_error *each_head(void *user, uint64_t start, uint64_t count)
{
	struct heap *heap = user;
	const rg_image *image = heap->pl->image;
	const unsigned char *bytes = rg_image_at(image, start, count * HEAD);
	uint64_t i;

	for (i = 1; i < count; i++) {
		uint64_t address = start + i * HEAD;
		const unsigned char *at = bytes ? bytes + i * HEAD
						: rg_image_at(image, address, HEAD);
		struct pl_sv sv;

		/* Across the border of two segments, or not there at all. */
		if (!at) {
			unsigned char copy[HEAD];

			if (!rg_image_read(image, address, copy, HEAD))
				continue;
			pl_sv_load(address, copy, &sv);
		} else {
			pl_sv_load(address, at, &sv);
		}
		if (sv.type < PL_TYPES)
			RG_TRY(heap->each(heap->user, &sv));
	}
	return NULL;
}

rg_error *pl_heap_each(struct pl *pl, const struct pl_interpreter *interpreter,
		       rg_error *(*each)(void *user, const struct pl_sv *sv), void *user)
{
	struct heap heap = { .pl = pl, .each = each, .user = user };

	return pl_heap_arenas(pl, interpreter, each_head, &heap);
}

/* The pads of @code, so that they can be told from other arrays. */
static rg_error *note_pads(struct pl *pl, const struct pl_sv *code)
{
	const struct pl_members *at = &pl->layout.at;
	struct pl_pad noted = { .code = code->address };
	uint64_t list, array, count, i;

	if (pl_word32(pl, code->any + at->cv_flags) & PL_CVf_ISXSUB)
		return NULL;
	list = pl_word(pl, code->any + at->cv_padlist);
	if (!list)
		return NULL;
	count = pl_word(pl, list + at->padlist_max);
	array = pl_word(pl, list + at->padlist_array);
	noted.names = pl_word(pl, array);
	pl->steps += count < pl->image_bytes / 8 ? count : 0;
	RG_TRY(pl_spent(pl));
	/* The first is the list of names. */
	for (i = 1; i <= count && count < pl->image_bytes / 8; i++) {
		uint64_t pad;

		if (!rg_image_u64(pl->image, array + 8 * i, &pad))
			break;
		noted.depth = (uint32_t)i;
		if (pad && (!rg_map_put(&pl->pads, pad, 1) || !pl_pad_note(pl, pad, &noted)))
			return rg_error_no_memory();
	}
	return NULL;
}

/* What @stash, if it is a class that derives from another, has from that. */
static rg_error *note_class(struct pl *pl, const struct pl_sv *stash)
{
	const struct pl_members *at = &pl->layout.at;
	struct pl_sv above, list;
	struct pl_hash hash, from;
	uint64_t adjust, fields;

	if (!pl_is_class(pl, stash, &hash) ||
	    !pl_sv_read(pl, pl_word(pl, hash.aux + at->aux_class_superclass), &above) ||
	    !pl_is_class(pl, &above, &from))
		return NULL;
	adjust = pl_word(pl, hash.aux + at->aux_class_adjust);
	fields = pl_word(pl, from.aux + at->aux_class_initfields);
	if (adjust && pl_sv_read(pl, pl_word(pl, from.aux + at->aux_class_adjust), &list) &&
	    list.type == PL_PVAV &&
	    !rg_map_put(&pl->uncounted, adjust, pl_word32(pl, list.any + at->av_fill) + 1))
		return rg_error_no_memory();
	return fields && !rg_map_put(&pl->uncounted, fields, 0) ? rg_error_no_memory() : NULL;
}

/*
 * Without threads the constants of a sub are in its ops, and closures share those of the
 * sub that they are clones of: theirs they are, whichever is walked first.
 */
static rg_error *note_ops(struct pl *pl, const struct pl_sv *code)
{
	uint32_t flags = pl_word32(pl, code->any + pl->layout.at.cv_flags);
	uint64_t root = pl_word(pl, code->any + pl->layout.at.cv_root);

	if (pl->layout.threaded || !root || (flags & PL_CVf_ISXSUB) ||
	    (flags & (PL_CVf_CLONE | PL_CVf_CLONED)) != PL_CVf_CLONE)
		return NULL;
	return rg_map_put(&pl->shared.claims, root, (uint32_t)(code->address >> 3))
		       ? NULL : rg_error_no_memory();
}

static rg_error *mark(void *user, const struct pl_sv *sv)
{
	struct heap *heap = user;

	if (rg_builder_mark(heap->builder, sv->address) < 0)
		return rg_error_no_memory();
	heap->found++;
	if ((++heap->marked & 0xfffff) == 0)
		RG_TRY(rg_builder_step(heap->builder, "finding objects", heap->marked, 0));
	if (sv->type == PL_PVCV || sv->type == PL_PVFM) {
		RG_TRY(note_ops(heap->pl, sv));
		return note_pads(heap->pl, sv);
	}
	if (sv->type == PL_PVHV && heap->pl->layout.at.aux_class_superclass != PL_ABSENT)
		return note_class(heap->pl, sv);
	return NULL;
}

static const enum pl_field immortals[] = { PL_FIELD_sv_undef, PL_FIELD_sv_yes, PL_FIELD_sv_no,
					   PL_FIELD_sv_zero };

static bool is_immortal(const struct pl *pl, uint64_t address)
{
	size_t i, j;

	for (i = 0; i < pl->interpreter_count; i++)
		for (j = 0; j < sizeof(immortals) / sizeof(immortals[0]); j++)
			if (pl_field_at(&pl->interpreters[i], immortals[j]) == address)
				return true;
	return false;
}

static rg_error *set_one(void *user, rg_id id, uint64_t address)
{
	struct heap *heap = user;
	struct pl *pl = heap->pl;
	struct rg_object object = { .address = address };
	struct pl_sv sv;

	if (!pl_sv_read(pl, address, &sv))
		memset(&sv, 0, sizeof(sv));
	RG_TRY(pl_type_of(pl, &sv, heap->builder, &object.type));
	object.refcount = sv.refcount;
	object.size = pl_size(pl, &sv);
	RG_TRY(pl_spent(pl));
	object.flags = pl->type_flags.data[object.type];
	if (sv.flags & PL_PROTECT && is_immortal(pl, address))
		object.flags |= RG_OBJECT_IMMORTAL;
	if ((id & 0xfffff) == 0xfffff)
		RG_TRY(rg_builder_step(heap->builder, "reading objects", id, heap->marked));
	return rg_builder_set(heap->builder, id, &object);
}

/*
 * PL_sv_count is how many heads are in use.  One may be about to be used: it is taken
 * off the list of free ones and counted before its flags are set (sv_inline.h, new_sv).
 */
static rg_error *check_count(struct pl *pl, const struct pl_interpreter *interpreter,
			     uint64_t found)
{
	uint64_t count = pl_field(pl, interpreter, PL_FIELD_sv_count);
	char sentence[160];

	if (count <= found + 1 || count > pl->image_bytes / HEAD)
		return NULL;
	snprintf(sentence, sizeof(sentence),
		 "%" PRIu64 " of Perl's %" PRIu64 " values were not found: memory is missing from "
		 "the dump or damaged", count - found, count);
	return rg_image_lacks(pl->image, sentence);
}

rg_error *pl_objects(void *state, rg_builder *builder)
{
	struct pl *pl = state;
	struct heap heap = { .pl = pl, .builder = builder };
	size_t i, j;
	rg_id count;

	pl->builder = builder;
	for (i = 0; i < pl->interpreter_count; i++) {
		heap.found = 0;
		RG_TRY(pl_heap_each(pl, &pl->interpreters[i], mark, &heap));
		RG_TRY(check_count(pl, &pl->interpreters[i], heap.found));
		for (j = 0; j < sizeof(immortals) / sizeof(immortals[0]); j++) {
			struct pl_sv sv;

			if (pl_sv_read(pl, pl_field_at(&pl->interpreters[i], immortals[j]), &sv))
				RG_TRY(mark(&heap, &sv));
		}
	}
	RG_TRY(rg_builder_index(builder, &count));
	RG_TRY(rg_builder_each(builder, set_one, &heap));
	return pl->failed ? rg_error_no_memory() : NULL;
}
