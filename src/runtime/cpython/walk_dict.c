/* SPDX-License-Identifier: MIT */
/*
 * Dicts: a keys object with its entries, and for split tables the values apart
 * from it.  Split keys belong to the keys object, which all instances of a class
 * share: they are the class's references, once, and nobody else's.
 */
#include "runtime/cpython/private.h"

#define KEYS_HEADER 32
#define KEYS_GENERAL 0
#define KEYS_STR 1
#define KEYS_SPLIT 2
#define OLDER_HEADER 40

/* Up to 3.10 dk_size stands itself: a word, a power of two, which tells the width of an index. */
static bool index_bytes(uint64_t size, uint64_t *ret)
{
	if (!size || size & (size - 1) || size >> 40)
		return false;
	*ret = size <= 0xff ? size : size <= 0xffff ? 2 * size : size <= 0xffffffff ? 4 * size
										 : 8 * size;
	return true;
}

/*
 * The keys of 3.8 to 3.10: dk_refcnt 0, dk_size 8, dk_lookup 16, dk_usable 24,
 * dk_nentries 32, then the indices.  Whether all keys are strings is known by the
 * function that looks them up.
 */
static bool read_older_keys(const struct cpy *cpy, uint64_t keys, struct cpy_dict *ret)
{
	const unsigned char *at = rg_image_at(cpy->image, keys, OLDER_HEADER);
	uint64_t size, bytes;

	if (!at || keys & 7)
		return false;
	size = cpy_load64(at + 8);
	if (!index_bytes(size, &bytes))
		return false;
	ret->keys = keys;
	ret->kind = !cpy->lookdict || cpy_load64(at + 16) == cpy->lookdict ? KEYS_GENERAL
									  : KEYS_STR;
	ret->stride = 24;
	ret->key_offset = 8;
	ret->entries_at = keys + OLDER_HEADER + bytes;
	ret->count = cpy_load64(at + 32);
	ret->values_at = 0;
	ret->embedded = false;
	if (ret->count > 2 * size / 3)
		return false;
	ret->entries = rg_image_at(cpy->image, ret->entries_at, ret->count * ret->stride);
	return true;
}

bool cpy_keys_read(const struct cpy *cpy, uint64_t keys, struct cpy_dict *ret)
{
	const unsigned char *at;

	if (__builtin_expect(cpy->layout.dict.has_lookup, 0))
		return read_older_keys(cpy, keys, ret);
	at = rg_image_at(cpy->image, keys, KEYS_HEADER);
	if (!at || keys & 7)
		return false;
	/* log2 of size and of index bytes; a table that fills the address space is none. */
	if (at[8] > 40 || at[9] > 43 || at[10] > KEYS_SPLIT)
		return false;
	ret->keys = keys;
	ret->kind = at[10];
	ret->stride = ret->kind == KEYS_GENERAL ? 24 : 16;
	ret->key_offset = ret->kind == KEYS_GENERAL ? 8 : 0;
	ret->entries_at = keys + KEYS_HEADER + (UINT64_C(1) << at[9]);
	ret->count = cpy_load64(at + 24);
	ret->values_at = 0;
	ret->embedded = false;
	if (ret->count > (UINT64_C(2) << at[8]) / 3)
		return false;
	ret->entries = rg_image_at(cpy->image, ret->entries_at, ret->count * ret->stride);
	return true;
}

bool cpy_dict_read(const struct cpy *cpy, uint64_t dict, struct cpy_dict *ret)
{
	const unsigned char *at = rg_image_at(cpy->image, cpy_body(cpy, dict), 48);
	uint64_t values;

	if (!at || !cpy_keys_read(cpy, cpy_load64(at + 32), ret))
		return false;
	values = cpy_load64(at + 40);
	if (!values) {
		/* Split keys without values do not occur: not a dict, or half made. */
		return ret->kind != KEYS_SPLIT || !ret->count;
	}
	if (cpy->layout.dict.inline_values) {
		uint32_t head;

		if (!rg_image_u32(cpy->image, values, &head))
			return false;
		ret->embedded = head >> 16 & 255;
		ret->values_at = values + 8;
		/* Its capacity can be smaller than what the keys have grown to. */
		if (ret->count > (head & 255))
			ret->count = head & 255;
	} else {
		ret->values_at = values;
		if (cpy->layout.dict.has_lookup)
			ret->kind = KEYS_SPLIT;
	}
	return true;
}

uint64_t cpy_find_lookdict(const struct cpy *cpy)
{
	/* The classes derived from object are kept by number. */
	uint64_t object = cpy_get(cpy, cpy->type_type, 256);
	uint64_t subclasses = cpy_get(cpy, object, 360);
	struct cpy_dict table;

	if (!cpy->layout.dict.has_lookup || !cpy_dict_read(cpy, subclasses, &table) ||
	    !table.count || table.values_at)
		return 0;
	return cpy_word(cpy, table.keys + 16);
}

bool cpy_dict_entry(const struct cpy *cpy, const struct cpy_dict *dict, uint64_t index,
		    uint64_t *ret_key, uint64_t *ret_value)
{
	uint64_t at = dict->entries_at + index * dict->stride + dict->key_offset;

	if (dict->entries) {
		const unsigned char *entry =
			dict->entries + index * dict->stride + dict->key_offset;

		*ret_key = cpy_load64(entry);
		*ret_value = cpy_load64(entry + 8);
	} else {
		*ret_key = cpy_word(cpy, at);
		*ret_value = cpy_word(cpy, at + 8);
	}
	if (dict->values_at)
		*ret_value = cpy_word(cpy, dict->values_at + 8 * index);
	return *ret_key && *ret_value;
}

uint64_t cpy_keys_size(const struct cpy *cpy, uint64_t keys)
{
	const unsigned char *at = rg_image_at(cpy->image, keys, KEYS_HEADER);
	uint64_t size, bytes;

	if (cpy->layout.dict.has_lookup) {
		size = at ? cpy_load64(at + 8) : 0;
		return index_bytes(size, &bytes) ? OLDER_HEADER + bytes + 2 * size / 3 * 24 : 0;
	}
	if (!at || at[8] > 40 || at[9] > 43)
		return 0;
	return KEYS_HEADER + (UINT64_C(1) << at[9]) +
	       (UINT64_C(2) << at[8]) / 3 * (at[10] == KEYS_GENERAL ? 24 : 16);
}

uint64_t cpy_shared_size(const struct cpy *cpy, uint64_t keys)
{
	const unsigned char *at = rg_image_at(cpy->image, keys, KEYS_HEADER);
	uint64_t size = at ? cpy_load64(at + 16) + cpy_load64(at + 24) : 0;

	if (cpy->layout.dict.has_lookup)
		size = at ? 2 * cpy_load64(at + 8) / 3 : 0;
	return size > 65536 ? 0 : size;
}

bool cpy_is_interned(const struct cpy *cpy, uint64_t dict)
{
	size_t i;

	for (i = 0; i < cpy->interpreter_count; i++)
		if (cpy->interpreters[i].interned == dict)
			return true;
	return false;
}

static bool is_modules(const struct cpy *cpy, uint64_t dict)
{
	size_t i;

	for (i = 0; i < cpy->interpreter_count; i++)
		if (cpy->interpreters[i].modules == dict)
			return true;
	return false;
}

bool cpy_dict_each(struct cpy *cpy, uint64_t dict,
		   bool (*each)(void *user, uint64_t key, uint64_t value), void *user)
{
	struct cpy_dict table;
	uint64_t i, key, value;

	if (!cpy_dict_read(cpy, dict, &table))
		return false;
	for (i = 0; i < table.count; i++) {
		if (!table.entries && !rg_image_at(cpy->image, table.entries_at + i * table.stride,
						   table.stride))
			return false;
		if (cpy_dict_entry(cpy, &table, i, &key, &value) && !each(user, key, value))
			break;
	}
	return true;
}

struct search {
	struct cpy *cpy;
	const char *name;
	size_t length;
	uint64_t found;
};

/* Names asked for here are short and ASCII: compares without decoding. */
static bool match(void *user, uint64_t key, uint64_t value)
{
	struct search *search = user;
	const struct cpy *cpy = search->cpy;
	uint64_t body = cpy_body(cpy, key);
	const unsigned char *at = rg_image_at(cpy->image, body, cpy->layout.str.ascii_header);
	const void *text;

	if (!at || cpy_load64(at + CPY_HEAD) != search->length ||
	    (cpy_str_state(cpy, at) & 0x60) != 0x60)
		return true;
	text = rg_image_at(cpy->image, body + cpy->layout.str.ascii_header, search->length);
	if (!text || memcmp(text, search->name, search->length))
		return true;
	if (!(cpy_get(cpy, cpy_load64(at + CPY_TYPE), 168) & CPY_TPFLAG_UNICODE))
		return true;
	search->found = value;
	return false;
}

uint64_t cpy_dict_get(struct cpy *cpy, uint64_t dict, const char *name)
{
	struct search search = { cpy, name, strlen(name), 0 };

	(void)cpy_dict_each(cpy, dict, match, &search);
	return search.found;
}

/* ---- walking ----------------------------------------------------------------- */

void cpy_walk_dict(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	struct cpy *cpy = walk->cpy;
	uint64_t object = walk->object;
	struct cpy_dict table;
	uint64_t i, key = 0, value = 0;
	uint8_t key_kind = RG_REFERENCE_UNTRAVERSED, value_kind = RG_REFERENCE_STRONG;

	(void)type;
	(void)body;
	if (!cpy_dict_read(cpy, object, &table)) {
		cpy_undecoded(walk->cpy, walk->object);
		return;
	}
	if (table.embedded)
		return; /* the instance's own references */
	if (table.kind == KEYS_GENERAL)
		key_kind = RG_REFERENCE_STRONG;
	else
		key_kind |= RG_REFERENCE_NAME; /* strings, all of them */
	/* Each module is a root of its own. */
	if (__builtin_expect(is_modules(cpy, object), 0))
		value_kind |= RG_REFERENCE_ROUTINE;
	if (__builtin_expect(cpy_is_interned(cpy, object), 0))
		key_kind = value_kind = RG_REFERENCE_BORROWED;
	for (i = 0; i < table.count; i++) {
		if (!table.entries && !rg_image_at(cpy->image, table.entries_at + i * table.stride,
						   table.stride)) {
			cpy_undecoded(walk->cpy, walk->object);
			return;
		}
		if (!cpy_dict_entry(cpy, &table, i, &key, &value))
			continue;
		if (!table.values_at)
			cpy_emit(walk, key, key_kind, CPY_LABEL_KEY, NULL, key);
		cpy_emit(walk, value,
			 __builtin_expect(value == cpy->builtins || value == cpy->builtins_dict, 0)
				 ? value_kind | RG_REFERENCE_ROUTINE
				 : value_kind,
			 CPY_LABEL_VALUE, NULL, key);
	}
}

bool cpy_size_dict(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		   uint64_t *ret)
{
	uint64_t keys = cpy_word(cpy, body + 32), values = cpy_word(cpy, body + 40);
	uint64_t size = type->basicsize, table;

	if (values)
		size += 8 * cpy_shared_size(cpy, keys);
	if ((!values || cpy->minor < 13) && cpy_word(cpy, keys) == 1) {
		table = cpy_keys_size(cpy, keys);
		if (!table)
			return false;
		size += table;
	}
	*ret = size;
	return true;
}

bool cpy_length_dict(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		     uint64_t *ret)
{
	(void)type;
	return rg_image_u64(cpy->image, body + 16, ret);
}
