/* SPDX-License-Identifier: MIT */
/*
 * All references of one object: what its struct holds, then what every Python
 * object may have: slots, attributes, a dict, its type.
 */
#include "runtime/cpython/private.h"

static void walk_fields(struct cpy_walk *walk, const struct cpy_field *field, uint64_t body)
{
	static const uint8_t kinds[] = {
		[CPY_OWNED] = RG_REFERENCE_STRONG,
		[CPY_UNTRAVERSED] = RG_REFERENCE_UNTRAVERSED,
		[CPY_BORROWED] = RG_REFERENCE_BORROWED,
		[CPY_WEAK] = RG_REFERENCE_WEAK,
	};
	uint64_t word;

	for (; field->label; field++) {
		if (!rg_image_u64(walk->cpy->image, body + field->offset, &word)) {
			cpy_undecoded(walk->cpy, walk->object);
			continue;
		}
		cpy_emit(walk, word,
			 kinds[field->hold & 3] |
				 (field->hold >> 2 & (RG_REFERENCE_PLUMBING |
						      RG_REFERENCE_ROUTINE | RG_REFERENCE_NAME)),
			 CPY_LABEL_TEXT, field->label, 0);
	}
}

static void walk_slots(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint32_t i;

	for (i = 0; i < type->slot_count; i++) {
		const struct cpy_slot *slot = &type->slots[i];
		uint64_t at = body + slot->offset;

		if (__builtin_expect(slot->itemsize, 0))
			at += cpy_word(walk->cpy, body + CPY_HEAD) * slot->itemsize;
		cpy_emit(walk, cpy_word(walk->cpy, at), RG_REFERENCE_STRONG, CPY_LABEL_SLOT, NULL,
			 slot->name);
	}
}

/* The values of instance attributes at @values, named by the class's shared keys. */
static void walk_values(struct cpy_walk *walk, const struct cpy_type *type, uint64_t values,
			uint64_t capacity)
{
	const unsigned char *bytes;
	struct cpy_dict keys;
	uint64_t i, name, ignored, word;

	if (!cpy_keys_read(walk->cpy, type->cached_keys, &keys)) {
		cpy_undecoded(walk->cpy, walk->object);
		return;
	}
	if (keys.count > capacity)
		keys.count = capacity;
	bytes = rg_image_at(walk->cpy->image, values, keys.count * 8);
	if (!bytes && keys.count) {
		cpy_undecoded(walk->cpy, walk->object);
		return;
	}
	for (i = 0; i < keys.count; i++) {
		word = cpy_load64(bytes + 8 * i);
		if (!word)
			continue;
		(void)cpy_dict_entry(walk->cpy, &keys, i, &name, &ignored);
		cpy_emit(walk, word, RG_REFERENCE_STRONG, CPY_LABEL_ATTRIBUTE, NULL, name);
	}
}

static void emit_dict(struct cpy_walk *walk, uint64_t dict, uint8_t kind)
{
	cpy_emit(walk, dict, kind | RG_REFERENCE_PLUMBING, CPY_LABEL_TEXT, ".__dict__", 0);
}

static void walk_managed(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	struct cpy *cpy = walk->cpy;
	uint64_t object = walk->object;
	uint64_t word = cpy_word(cpy, object - (cpy->layout.free_threaded ? 8 : 24));
	uint8_t kind = RG_REFERENCE_STRONG;
	uint32_t head;

	if (cpy->minor <= 11) {
		uint64_t values = cpy_word(cpy, object - 32);

		if (values)
			walk_values(walk, type, values, UINT64_MAX);
		emit_dict(walk, word, kind);
	} else if (!cpy->layout.dict.inline_values) {
		/* Values are stored one below their address, which sets the lowest bit. */
		if (word & 1)
			walk_values(walk, type, word + 1, UINT64_MAX);
		else
			emit_dict(walk, word, kind);
	} else {
		if (type->flags & CPY_TPFLAG_INLINE_VALUES &&
		    rg_image_u32(cpy->image, body + type->basicsize, &head) && head >> 24) {
			walk_values(walk, type, body + type->basicsize + 8, head & 255);
			/*
			 * Up to 3.13.12 the collector is shown the one or the other
			 * (python/cpython#145440).  Debian, whose builds are told by
			 * where their generations stand, has that change in 3.13.5.
			 * 3.14 has it from 3.14.4 on.
			 */
			if ((cpy->hexversion < 0x030d0d00 && cpy->layout.gc.generations != 20) ||
			    (cpy->minor == 14 && cpy->hexversion < 0x030e0400))
				kind = RG_REFERENCE_UNTRAVERSED;
		}
		emit_dict(walk, word, kind);
	}
}

/* Where the pointer to the dict of an instance stands, by tp_dictoffset; 0: nowhere. */
static uint64_t dict_place(const struct cpy *cpy, const struct cpy_type *type, uint64_t body)
{
	uint64_t size, items;

	if (type->dictoffset > 0)
		return body + (uint64_t)type->dictoffset;
	items = cpy_word(cpy, body + CPY_HEAD);
	if (cpy->layout.integer.has_tag && type->flags & CPY_TPFLAG_LONG)
		items = items >> 3 ? items >> 3 : 1;
	else if ((int64_t)items < 0)
		items = -items;
	if (items >> 40)
		return 0;
	size = (type->basicsize + items * type->itemsize + 7) & ~UINT64_C(7);
	return body + size + (uint64_t)type->dictoffset;
}

void cpy_walk_object(struct cpy_walk *walk)
{
	const struct cpy_type *type = walk->type;
	uint64_t body = cpy_body(walk->cpy, walk->object);
	uint32_t i;

	walk->count = 0;
	for (i = 0; i < type->row_count; i++) {
		if (type->rows[i]->fields)
			walk_fields(walk, type->rows[i]->fields, body);
		if (type->rows[i]->walk)
			type->rows[i]->walk(walk, type, body);
	}
	if (type->is_opaque)
		cpy_emit_inferred(walk);
	if (type->slot_count)
		walk_slots(walk, type, body);
	if (type->flags & CPY_TPFLAG_MANAGED_DICT) {
		walk_managed(walk, type, body);
	} else if (type->dictoffset && !type->is_type) {
		uint64_t place = dict_place(walk->cpy, type, body);

		if (place)
			emit_dict(walk, cpy_word(walk->cpy, place), RG_REFERENCE_STRONG);
	}
	if (type->is_heap)
		cpy_emit(walk, type->address,
			 (type->hides_type ? RG_REFERENCE_UNTRAVERSED : RG_REFERENCE_STRONG) |
				 RG_REFERENCE_ROUTINE,
			 CPY_LABEL_TEXT, ".__class__", 0);
	if (walk->count)
		walk->flush(walk);
	walk->count = 0;
}
