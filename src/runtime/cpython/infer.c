/* SPDX-License-Identifier: MIT */
/*
 * Types of C extensions whose layout is unknown: a word of the body counts as a
 * reference only if in every instance it is a valid object, None or null.  What
 * is found so leads to further objects, among them further instances: so this
 * goes in rounds, until a round finds nothing new.
 */
#include <stdlib.h>

#include "base/bitset.h"
#include "runtime/cpython/private.h"

/* What is known of one opaque type. */
struct opaque {
	struct cpy_type *type;
	RG_VECTOR(uint64_t) instances;
	size_t judged;    /* instances before this one have had their say */
	uint64_t *possible; /* offsets not yet ruled out */
	uint32_t words;   /* bits of it: one a word, and one for all the items */
	bool announced;   /* the references of the judged ones have been handed out */
};

struct cpy_infer {
	struct cpy *cpy;
	RG_VECTOR(struct opaque) types;
	struct rg_map index; /* solid type's address -> index */
};

rg_error *cpy_infer_new(struct cpy *cpy, struct cpy_infer **ret)
{
	struct cpy_infer *infer = rg_calloc(1, sizeof(*infer));

	if (!infer)
		return rg_error_no_memory();
	infer->cpy = cpy;
	*ret = infer;
	return NULL;
}

void cpy_infer_free(struct cpy_infer *infer)
{
	size_t i;

	if (!infer)
		return;
	for (i = 0; i < infer->types.count; i++)
		rg_vector_free(&infer->types.data[i].instances);
	rg_vector_free(&infer->types);
	rg_map_free(&infer->index);
	rg_free(infer);
}

uint64_t cpy_opaque_items(const struct cpy *cpy, const struct cpy_type *type, uint64_t object)
{
	uint64_t items;

	if (type->itemsize != 8)
		return 0;
	items = cpy_get(cpy, object, CPY_HEAD);
	if ((int64_t)items < 0)
		items = -items;
	return items >> 40 ? 0 : items;
}

/* Which offsets of the body may hold references at all. */
static void begin(const struct cpy *cpy, struct opaque *opaque)
{
	struct cpy_type *type = opaque->type;
	uint32_t at, i;

	(void)cpy;
	for (at = (type->scan_from + 7) & ~7u; at + 8 <= type->scan_to; at += 8) {
		if (at == type->weaklistoffset || (int64_t)at == type->dictoffset)
			continue;
		/* The length of a variable-size object. */
		if (at == CPY_HEAD && type->itemsize)
			continue;
		rg_bitset_add(opaque->possible, at / 8);
	}
	if (type->itemsize == 8)
		rg_bitset_add(opaque->possible, opaque->words - 1);
	/* Declared members are exact: emitted as slots. */
	for (i = 0; i < type->slot_count; i++)
		if (!type->slots[i].itemsize && type->slots[i].offset < type->scan_to)
			rg_bitset_remove(opaque->possible, type->slots[i].offset / 8);
}

bool cpy_infer_add(struct cpy_infer *infer, const struct cpy_type *type, uint64_t object)
{
	struct cpy_type *solid = type->solid_type;
	const uint32_t *index = rg_map_find(&infer->index, solid->address);
	struct opaque *opaque;

	if (index)
		return rg_vector_push(&infer->types.data[*index].instances, object);
	opaque = &(struct opaque){ .type = solid, .words = solid->scan_to / 8 + 1 };
	opaque->possible = cpy_keep(infer->cpy, 8 * (opaque->words / 64 + 1));
	if (!opaque->possible)
		return false;
	begin(infer->cpy, opaque);
	if (!rg_vector_push(&infer->types, *opaque) ||
	    !rg_map_put(&infer->index, solid->address, (uint32_t)infer->types.count - 1))
		return false;
	return rg_vector_push(&infer->types.data[infer->types.count - 1].instances, object);
}

static bool is_object(struct cpy *cpy, uint64_t word)
{
	return !word || cpy_type_of(cpy, word);
}

/* Takes from @opaque what the instance at @object rules out. */
static void judge(struct cpy *cpy, struct opaque *opaque, uint64_t object)
{
	const struct cpy_type *type = opaque->type;
	uint64_t items, i, body = cpy_body(cpy, object);
	uint32_t at;

	for (at = (type->scan_from + 7) & ~7u; at + 8 <= type->scan_to; at += 8) {
		uint64_t word;

		if (!rg_bitset_test(opaque->possible, at / 8))
			continue;
		if (!rg_image_u64(cpy->image, body + at, &word) || word == object ||
		    !is_object(cpy, word))
			rg_bitset_remove(opaque->possible, at / 8);
	}
	if (!rg_bitset_test(opaque->possible, opaque->words - 1) || type->itemsize != 8)
		return;
	items = cpy_opaque_items(cpy, type, object);
	for (i = 0; i < items; i++) {
		uint64_t word;

		if (rg_image_u64(cpy->image, body + type->basicsize + 8 * i, &word) &&
		    is_object(cpy, word))
			continue;
		rg_bitset_remove(opaque->possible, opaque->words - 1);
		return;
	}
}

static rg_error *announce(struct cpy *cpy, struct opaque *opaque, uint64_t object,
			  rg_error *(*each)(void *user, uint64_t target), void *user)
{
	const struct cpy_type *type = opaque->type;
	uint64_t items, i, word, body = cpy_body(cpy, object);
	uint32_t at;

	for (at = (type->scan_from + 7) & ~7u; at + 8 <= type->scan_to; at += 8) {
		if (!rg_bitset_test(opaque->possible, at / 8))
			continue;
		word = cpy_word(cpy, body + at);
		if (word)
			RG_TRY(each(user, word));
	}
	if (!rg_bitset_test(opaque->possible, opaque->words - 1))
		return NULL;
	items = cpy_opaque_items(cpy, type, object);
	for (i = 0; i < items; i++) {
		word = cpy_word(cpy, body + type->basicsize + 8 * i);
		if (word)
			RG_TRY(each(user, word));
	}
	return NULL;
}

rg_error *cpy_infer_round(struct cpy_infer *infer,
			  rg_error *(*each)(void *user, uint64_t target), void *user, bool *ret)
{
	bool fresh = false;
	size_t i, j;

	for (i = 0; i < infer->types.count; i++) {
		struct opaque *opaque = &infer->types.data[i];
		size_t first = opaque->judged, count = opaque->instances.count;

		if (first == count)
			continue;
		fresh = true;
		for (j = first; j < count; j++)
			judge(infer->cpy, opaque, opaque->instances.data[j]);
		opaque->judged = count;
		opaque->type->inferred = opaque->possible;
		/* Each may add instances, and so move the table of types. */
		for (j = first; j < count; j++)
			RG_TRY(announce(infer->cpy, &infer->types.data[i],
					infer->types.data[i].instances.data[j], each, user));
	}
	*ret = fresh;
	return NULL;
}

void cpy_emit_inferred(struct cpy_walk *walk)
{
	const struct cpy_type *solid = walk->type->solid_type;
	uint64_t body = cpy_body(walk->cpy, walk->object);
	uint32_t at, last;

	if (!solid || !solid->inferred)
		return;
	for (at = (solid->scan_from + 7) & ~7u; at + 8 <= solid->scan_to; at += 8)
		if (rg_bitset_test(solid->inferred, at / 8))
			cpy_emit(walk, cpy_word(walk->cpy, body + at), RG_REFERENCE_INFERRED,
				 CPY_LABEL_OFFSET, NULL, walk->cpy->shift + at);
	last = solid->scan_to / 8;
	if (solid->itemsize == 8 && rg_bitset_test(solid->inferred, last))
		cpy_emit_array(walk, body + solid->basicsize,
			       cpy_opaque_items(walk->cpy, solid, walk->object),
			       RG_REFERENCE_INFERRED, CPY_LABEL_INDEX, NULL);
}
