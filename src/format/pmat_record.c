/* SPDX-License-Identifier: MIT */
/*
 * Bytes of a .pmat file to numbers and records.  Everything is read through a
 * cursor that knows where the file ends; what a file says of its own sizes is
 * believed as far as the bytes are there.
 */
#include "format/pmat.h"

static const unsigned char *take(struct rg_pmat_cursor *cursor, uint64_t size)
{
	const struct rg_file *file = &cursor->file->file;
	uint64_t at = cursor->at;

	if (cursor->failed || at > file->size || size > file->size - at) {
		cursor->failed = true;
		return NULL;
	}
	cursor->at += size;
	return file->data + at;
}

void rg_pmat_skip(struct rg_pmat_cursor *cursor, uint64_t count, uint64_t size)
{
	uint64_t bytes;

	if (__builtin_mul_overflow(count, size, &bytes))
		cursor->failed = true;
	else
		take(cursor, bytes);
}

static uint64_t decode(const struct rg_pmat_file *s, const unsigned char *bytes, unsigned int size)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < size; i++)
		value = value << 8 | bytes[s->big_endian ? i : size - 1 - i];
	return value;
}

static uint64_t number(struct rg_pmat_cursor *cursor, unsigned int size)
{
	const unsigned char *bytes = take(cursor, size);

	return bytes ? decode(cursor->file, bytes, size) : 0;
}

uint8_t rg_pmat_u8(struct rg_pmat_cursor *cursor)
{
	return (uint8_t)number(cursor, 1);
}

uint32_t rg_pmat_u32(struct rg_pmat_cursor *cursor)
{
	return (uint32_t)number(cursor, 4);
}

uint64_t rg_pmat_word(struct rg_pmat_cursor *cursor)
{
	return number(cursor, cursor->file->word);
}

uint64_t rg_pmat_pointer(struct rg_pmat_cursor *cursor)
{
	return number(cursor, cursor->file->pointer);
}

struct rg_pmat_string rg_pmat_string(struct rg_pmat_cursor *cursor)
{
	uint64_t none = cursor->file->word == 8 ? UINT64_MAX : UINT32_MAX;
	uint64_t length = rg_pmat_word(cursor);
	struct rg_pmat_string string = { NULL, 0 };

	/* A length of -1 stands for a null pointer. */
	if (cursor->failed || length == none)
		return string;
	string.text = (const char *)take(cursor, length);
	string.length = string.text ? length : 0;
	return string;
}

/* Where the body of a type holds elements, how many: the first number of its own bytes. */
static bool has_count(unsigned int type)
{
	return type == RG_PMAT_ARRAY || type == RG_PMAT_HASH || type == RG_PMAT_STASH ||
	       type == RG_PMAT_CLASS || type == RG_PMAT_OBJECT;
}

bool rg_pmat_head(const struct rg_pmat_file *s, uint64_t offset, struct rg_pmat_record *ret)
{
	struct rg_pmat_cursor cursor = { s, offset, false };
	unsigned int type = rg_pmat_u8(&cursor);
	const struct rg_pmat_sizes *common = &s->svs[0], *own = &s->svs[type];
	uint64_t start = cursor.at;

	*ret = (struct rg_pmat_record){ .type = type };
	ret->address = rg_pmat_pointer(&cursor);
	ret->refcount = rg_pmat_u32(&cursor);
	ret->size = rg_pmat_word(&cursor);
	cursor.at = start;
	rg_pmat_skip(&cursor, 1, common->bytes);
	ret->blessed = rg_pmat_pointer(&cursor);
	rg_pmat_skip(&cursor, common->pointers - 1u, s->pointer);
	for (unsigned int i = 0; i < common->strings; i++)
		rg_pmat_string(&cursor);
	if (type == RG_PMAT_STRUCT) {
		ret->body = cursor.at;
		return !cursor.failed;
	}
	ret->bytes = cursor.at;
	ret->byte_count = own->bytes;
	rg_pmat_skip(&cursor, 1, own->bytes);
	ret->pointers = cursor.at;
	ret->pointer_count = own->pointers;
	rg_pmat_skip(&cursor, own->pointers, s->pointer);
	for (unsigned int i = 0; i < own->strings && !cursor.failed; i++) {
		struct rg_pmat_string string = rg_pmat_string(&cursor);

		if (i < RG_PMAT_STRINGS)
			ret->strings[i] = string;
	}
	ret->body = cursor.at;
	if (!cursor.failed && has_count(type))
		ret->count = rg_pmat_number_of(s, ret, 0, s->word);
	return !cursor.failed;
}

bool rg_pmat_next_part(struct rg_pmat_cursor *cursor, struct rg_pmat_code_part *ret)
{
	*ret = (struct rg_pmat_code_part){ .kind = rg_pmat_u8(cursor) };
	switch (ret->kind) {
	case 0:
		return false;
	case RG_PMAT_CONSTANT:
	case RG_PMAT_CODE_GLOB:
	case RG_PMAT_PADNAMES:
		ret->pointer = rg_pmat_pointer(cursor);
		break;
	case RG_PMAT_CONSTANT_INDEX:
	case RG_PMAT_GLOB_INDEX:
		ret->index = rg_pmat_word(cursor);
		break;
	case RG_PMAT_PADNAME:
		ret->index = rg_pmat_word(cursor);
		ret->at = cursor->at;
		rg_pmat_string(cursor);
		ret->pointer = rg_pmat_pointer(cursor);
		break;
	case RG_PMAT_PADSV:
	case RG_PMAT_PADNAME_FIELD:
		ret->index = rg_pmat_word(cursor);
		rg_pmat_word(cursor);
		ret->pointer = rg_pmat_pointer(cursor);
		break;
	case RG_PMAT_PAD:
		ret->index = rg_pmat_word(cursor);
		ret->pointer = rg_pmat_pointer(cursor);
		break;
	case RG_PMAT_PADNAME_FLAGS:
		ret->index = rg_pmat_word(cursor);
		ret->flags = rg_pmat_u8(cursor);
		break;
	default:
		cursor->failed = true;
	}
	return !cursor->failed;
}

static void skip_code(struct rg_pmat_cursor *cursor)
{
	struct rg_pmat_code_part part;

	while (rg_pmat_next_part(cursor, &part))
		;
}

static void skip_pairs(struct rg_pmat_cursor *cursor, uint64_t count)
{
	while (count-- && !cursor->failed) {
		rg_pmat_string(cursor);
		rg_pmat_skip(cursor, cursor->file->minor >= 6 ? 2 : 1, cursor->file->pointer);
	}
}

static void skip_fields(struct rg_pmat_cursor *cursor)
{
	unsigned int part;

	while ((part = rg_pmat_u8(cursor)) != 0 && !cursor->failed) {
		if (part != 1)
			cursor->failed = true;
		rg_pmat_word(cursor);
		rg_pmat_string(cursor);
	}
}

/* Bytes of a field by the type that its META_STRUCT gives; 0: no such type. */
static unsigned int field_size(const struct rg_pmat_file *s, uint8_t type)
{
	return type == 0 ? s->pointer : type <= 2 ? 1 : type == 3 ? 4 : type == 4 ? s->word : 0;
}

void rg_pmat_fields(const struct rg_pmat_file *s, uint64_t id, uint64_t body,
		    struct rg_pmat_fields *ret)
{
	const uint32_t *found = rg_map_find(&s->struct_index, id + 1);

	ret->meta = (struct rg_pmat_cursor){ s, 0, !found };
	ret->cursor = (struct rg_pmat_cursor){ s, body, !found };
	if (found)
		ret->meta.at = s->structs.all.data[*found].offset;
	rg_pmat_skip(&ret->meta, 1, 1 + (uint64_t)s->word);
	ret->left = rg_pmat_word(&ret->meta);
	rg_pmat_string(&ret->meta);
}

bool rg_pmat_next_field(struct rg_pmat_fields *fields, struct rg_pmat_string *ret_name,
			uint64_t *ret_pointer)
{
	unsigned int size;
	uint8_t type;

	if (!fields->left || fields->meta.failed || fields->cursor.failed)
		return false;
	fields->left--;
	*ret_name = rg_pmat_string(&fields->meta);
	type = rg_pmat_u8(&fields->meta);
	size = field_size(fields->cursor.file, type);
	*ret_pointer = 0;
	if (!size)
		fields->cursor.failed = true;
	else if (type == 0)
		*ret_pointer = rg_pmat_pointer(&fields->cursor);
	else
		rg_pmat_skip(&fields->cursor, 1, size);
	return !fields->meta.failed && !fields->cursor.failed;
}

static void skip_struct(struct rg_pmat_cursor *cursor, uint64_t id)
{
	struct rg_pmat_fields fields;
	struct rg_pmat_string name;
	uint64_t pointer;

	rg_pmat_fields(cursor->file, id, cursor->at, &fields);
	while (rg_pmat_next_field(&fields, &name, &pointer))
		;
	cursor->failed |= fields.meta.failed || fields.cursor.failed;
	cursor->at = fields.cursor.at;
}

void rg_pmat_body(struct rg_pmat_cursor *cursor, const struct rg_pmat_record *record)
{
	switch (record->type) {
	case RG_PMAT_ARRAY:
	case RG_PMAT_OBJECT:
		rg_pmat_skip(cursor, record->count, cursor->file->pointer);
		break;
	case RG_PMAT_HASH:
	case RG_PMAT_STASH:
		skip_pairs(cursor, record->count);
		break;
	case RG_PMAT_CLASS:
		skip_pairs(cursor, record->count);
		skip_fields(cursor);
		break;
	case RG_PMAT_CODE:
		skip_code(cursor);
		break;
	case RG_PMAT_STRUCT:
		skip_struct(cursor, record->blessed);
		break;
	}
}

uint64_t rg_pmat_pointer_of(const struct rg_pmat_file *s, const struct rg_pmat_record *record,
			    unsigned int index)
{
	struct rg_pmat_cursor cursor = { s, record->pointers + (uint64_t)index * s->pointer,
					 index >= record->pointer_count };

	return rg_pmat_pointer(&cursor);
}

uint64_t rg_pmat_number_of(const struct rg_pmat_file *s, const struct rg_pmat_record *record,
			   unsigned int at, unsigned int size)
{
	struct rg_pmat_cursor cursor = { s, record->bytes + at, at + size > record->byte_count };

	return number(&cursor, size);
}

size_t rg_pmat_first(const struct rg_pmat_entries *entries, uint64_t address)
{
	size_t low = 0, high = entries->all.count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (entries->all.data[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

bool rg_pmat_find(const struct rg_pmat_file *s, uint64_t address, struct rg_pmat_record *ret)
{
	size_t at = address ? rg_pmat_first(&s->svs_at, address) : s->svs_at.all.count;

	/* The immortals have an entry, but stand nowhere. */
	return at < s->svs_at.all.count && s->svs_at.all.data[at].address == address &&
	       s->svs_at.all.data[at].offset && rg_pmat_head(s, s->svs_at.all.data[at].offset, ret);
}
