/* SPDX-License-Identifier: MIT */
/*
 * The table of tracemalloc's file names, which owns each of them once: a
 * _Py_hashtable_t (Python/hashtable.c), {entries, buckets, array of lists} with an entry
 * {next, hash, key, ..} a name; in 3.8 the first two the other way round.  Where the variable is
 * depends on the release, but that each str stands in a table with its own hash beside it,
 * and as many of them as the table says, is proof enough.
 */
#include "runtime/cpython/filenames.h"

#include "runtime/cpython/head.h"
#include "runtime/cpython/private.h"

#define FEWEST_BUCKETS 16
#define MOST_BUCKETS (UINT64_C(1) << 20)
#define STR_HASH 24

struct table {
	uint64_t buckets, entries, array;
};

static bool read_table(const struct cpy *cpy, uint64_t at, struct table *ret)
{
	uint64_t first = cpy_word(cpy, at), second = cpy_word(cpy, at + 8);

	ret->buckets = cpy->minor == 8 ? first : second;
	ret->entries = cpy->minor == 8 ? second : first;
	ret->array = cpy_word(cpy, at + 16);
	return ret->buckets >= FEWEST_BUCKETS && ret->buckets <= MOST_BUCKETS &&
	       !(ret->buckets & (ret->buckets - 1)) && ret->entries &&
	       ret->entries <= 2 * ret->buckets && ret->array && ret->array % 8 == 0 &&
	       rg_image_at(cpy->image, ret->array, 8 * ret->buckets);
}

/* Whether the entry at @entry is of a str, with its hash. */
static bool is_name(struct cpy *cpy, uint64_t entry, uint64_t *ret)
{
	uint64_t key = cpy_word(cpy, entry + 16);
	const struct cpy_type *type = key && key % 8 == 0 ? cpy_type_of(cpy, key) : NULL;

	*ret = key;
	return type && type->flags & CPY_TPFLAG_UNICODE &&
	       cpy_get(cpy, key, STR_HASH) == cpy_word(cpy, entry + 8);
}

/* The next entry from *@bucket on, where @entry is the last one, or 0. */
static uint64_t next_entry(const struct cpy *cpy, const struct table *table, uint64_t *bucket,
			   uint64_t entry)
{
	entry = entry ? cpy_word(cpy, entry) : 0;
	while (!entry && *bucket < table->buckets)
		entry = cpy_word(cpy, table->array + 8 * (*bucket)++);
	return entry;
}

rg_error *cpy_filenames(struct cpy *cpy, uint64_t at, uint64_t *budget,
			rg_error *(*each)(void *user, uint64_t address, const char *name),
			void *user)
{
	struct table table;
	uint64_t bucket = 0, count = 0, entry = 0, name;

	if (!read_table(cpy, at, &table) || *budget < table.buckets + table.entries)
		return NULL;
	*budget -= table.buckets + table.entries;
	while ((entry = next_entry(cpy, &table, &bucket, entry)) != 0)
		if (++count > table.entries || !is_name(cpy, entry, &name))
			return NULL;
	if (count != table.entries)
		return NULL;
	for (bucket = 0; (entry = next_entry(cpy, &table, &bucket, entry)) != 0;) {
		const unsigned char *head;

		(void)is_name(cpy, entry, &name);
		head = cpy_head_at(cpy, name);
		/* Another table of this shape has the strings that are never freed. */
		if (head && !cpy_head_immortal(cpy, head))
			RG_TRY(each(user, name, "file name of tracemalloc"));
	}
	return NULL;
}
