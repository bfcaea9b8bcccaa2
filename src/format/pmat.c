/* SPDX-License-Identifier: MIT */
/*
 * Opening a .pmat file: its head, and one pass over all SVs that notes where each
 * of them stands.  A file that ends too early has what was read until then.
 */
#include "format/pmat.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/sort.h"

#define NEWEST 6 /* the newest form, 0.NEWEST, that is understood */
#define OLDEST 2 /* before it frames had no sizes of their own */

static rg_error *lacks(struct rg_pmat_file *s, const char *sentence)
{
	char *copy = rg_strdup(sentence);

	if (!copy || !rg_vector_push(&s->missing, copy)) {
		rg_free(copy);
		return rg_error_no_memory();
	}
	return NULL;
}

static bool recognise(const unsigned char *head, size_t length)
{
	return length >= 8 && !memcmp(head, "PMAT", 4) && !(head[4] & ~0x1f) && !head[5];
}

static void close_file(void *user)
{
	struct rg_pmat_file *s = user;

	if (!s)
		return;
	for (size_t i = 0; i < s->missing.count; i++)
		rg_free(s->missing.data[i]);
	rg_vector_free(&s->missing);
	rg_vector_free(&s->svs_at.all);
	rg_vector_free(&s->extended.all);
	rg_vector_free(&s->pads.all);
	rg_vector_free(&s->codes.all);
	rg_vector_free(&s->structs.all);
	rg_map_free(&s->struct_index);
	rg_map_free(&s->types);
	rg_file_close(&s->file);
	rg_free(s);
}

static void read_sizes(struct rg_pmat_cursor *cursor, struct rg_pmat_sizes *ret, size_t base)
{
	unsigned int count = rg_pmat_u8(cursor);

	for (unsigned int i = 0; i < count; i++) {
		struct rg_pmat_sizes sizes;

		sizes.bytes = rg_pmat_u8(cursor);
		sizes.pointers = rg_pmat_u8(cursor);
		sizes.strings = rg_pmat_u8(cursor);
		if (base + i < 256)
			ret[base + i] = sizes;
	}
}

/* A file that says less of its SVs than their addresses, counts and sizes is none. */
static rg_error *read_head(struct rg_pmat_file *s, const char *path, struct rg_pmat_cursor *cursor)
{
	unsigned int flags, major;

	rg_pmat_skip(cursor, 4, 1);
	flags = rg_pmat_u8(cursor);
	s->big_endian = flags & 0x01;
	s->word = flags & 0x02 ? 8 : 4;
	s->pointer = flags & 0x04 ? 8 : 4;
	s->real = flags & 0x08 ? 10 : 8;
	s->threads = flags & 0x10;
	rg_pmat_u8(cursor);
	major = rg_pmat_u8(cursor);
	s->minor = rg_pmat_u8(cursor);
	if (major || s->minor < OLDEST || s->minor > NEWEST)
		return rg_error_new(RG_ERROR_UNSUPPORTED, "%s: is a Devel::MAT dump of form %u.%u; "
				    "this refgraph reads 0.%d to 0.%d", path, major, s->minor,
				    OLDEST, NEWEST);
	s->release = rg_pmat_u32(cursor);
	read_sizes(cursor, s->svs, 0);
	if (s->minor >= 4)
		read_sizes(cursor, s->extensions, RG_PMAT_MAGIC);
	else
		s->extensions[RG_PMAT_MAGIC] = (struct rg_pmat_sizes){ 2, 2, 0 };
	read_sizes(cursor, s->contexts, 0);
	for (size_t i = 0; i < 3; i++)
		s->immortals[i] = rg_pmat_pointer(cursor);
	if (cursor->failed)
		return rg_error_new(RG_ERROR_CORRUPT, "%s: the Devel::MAT dump ends within its "
				    "head: nothing of it can be read; dump again", path);
	if (s->svs[0].bytes < s->pointer + 4 + s->word || !s->svs[0].pointers)
		return rg_error_new(RG_ERROR_CORRUPT, "%s: the head of the Devel::MAT dump leaves "
				    "no room for addresses and counts: it is damaged", path);
	return NULL;
}

static void read_roots(struct rg_pmat_file *s, struct rg_pmat_cursor *cursor)
{
	uint64_t count = rg_pmat_u32(cursor);

	s->roots = cursor->at;
	for (; s->root_count < count && !cursor->failed; s->root_count += !cursor->failed) {
		rg_pmat_string(cursor);
		rg_pmat_pointer(cursor);
	}
	count = rg_pmat_word(cursor);
	s->stack = cursor->at;
	rg_pmat_skip(cursor, count, s->pointer);
	if (!cursor->failed)
		s->stack_count = count;
}

static rg_error *note(struct rg_pmat_entries *entries, uint64_t address, uint64_t offset)
{
	struct rg_pmat_entry entry = { address, offset };

	return rg_vector_push(&entries->all, entry) ? NULL : rg_error_no_memory();
}

static rg_error *read_struct(struct rg_pmat_file *s, struct rg_pmat_cursor *cursor)
{
	uint64_t start = cursor->at, id, count;

	rg_pmat_u8(cursor);
	id = rg_pmat_word(cursor);
	count = rg_pmat_word(cursor);
	rg_pmat_string(cursor);
	for (; count && !cursor->failed; count--) {
		rg_pmat_string(cursor);
		rg_pmat_u8(cursor);
	}
	if (cursor->failed || id == UINT64_MAX || rg_map_find(&s->struct_index, id + 1))
		return NULL;
	if (s->structs.all.count >= UINT32_MAX ||
	    !rg_map_put(&s->struct_index, id + 1, (uint32_t)s->structs.all.count))
		return rg_error_no_memory();
	return note(&s->structs, id, start);
}

static rg_error *read_extension(struct rg_pmat_file *s, struct rg_pmat_cursor *cursor,
				unsigned int type)
{
	const struct rg_pmat_sizes *sizes = &s->extensions[type];
	uint64_t start = cursor->at, address;

	rg_pmat_u8(cursor);
	address = rg_pmat_pointer(cursor);
	rg_pmat_skip(cursor, 1, sizes->bytes);
	rg_pmat_skip(cursor, sizes->pointers, s->pointer);
	for (unsigned int i = 0; i < sizes->strings && !cursor->failed; i++)
		rg_pmat_string(cursor);
	return cursor->failed ? NULL : note(&s->extended, address, start);
}

/* The pads of a CODE and its op tree, so that both are known by their own addresses. */
static rg_error *note_code(struct rg_pmat_file *s, const struct rg_pmat_record *record,
			   uint64_t offset)
{
	struct rg_pmat_cursor cursor = { s, record->body, false };
	uint64_t tree = rg_pmat_number_of(s, record, s->word + 1, s->pointer);
	struct rg_pmat_code_part part;

	while (rg_pmat_next_part(&cursor, &part))
		if (part.kind == RG_PMAT_PAD && part.pointer)
			RG_TRY(note(&s->pads, part.pointer, offset));
	/* What closures are made from has the tree before them, and keeps it when they go. */
	if (!(rg_pmat_number_of(s, record, s->word, 1) & RG_PMAT_CODE_CLONE))
		offset |= RG_PMAT_LATER;
	return tree && !s->threads ? note(&s->codes, tree, offset) : NULL;
}

/* The SVs; *@ret_whole is whether the mark that ends them was reached. */
static rg_error *read_svs(struct rg_pmat_file *s, struct rg_pmat_cursor *cursor,
			  const struct rg_progress *progress, bool *ret_whole)
{
	uint64_t announced = 0;

	*ret_whole = false;
	for (;;) {
		struct rg_pmat_cursor next = *cursor;
		unsigned int type = rg_pmat_u8(&next);
		struct rg_pmat_record record;

		if (!type || next.failed) {
			*ret_whole = !next.failed;
			*cursor = next;
			return NULL;
		}
		next = *cursor;
		if (type == RG_PMAT_META_STRUCT) {
			RG_TRY(read_struct(s, &next));
		} else if (type != RG_PMAT_UNKNOWN && type >= RG_PMAT_MAGIC) {
			if (!s->extensions[type].bytes && !s->extensions[type].pointers &&
			    !s->extensions[type].strings)
				return NULL; /* of a newer form: its length is not known */
			RG_TRY(read_extension(s, &next, type));
		} else {
			if (!rg_pmat_head(s, cursor->at, &record))
				return NULL;
			next.at = record.body;
			rg_pmat_body(&next, &record);
			if (!next.failed)
				RG_TRY(note(&s->svs_at, record.address, cursor->at));
			if (!next.failed && type == RG_PMAT_CODE)
				RG_TRY(note_code(s, &record, cursor->at));
		}
		if (next.failed)
			return NULL;
		*cursor = next;
		if (cursor->at - announced > 1 << 22) {
			announced = cursor->at;
			RG_TRY(rg_progress_step(progress, "finding objects", cursor->at,
						s->file.size));
		}
	}
}

/* Call frames and the stack of temporaries; false: the file ends within them. */
static bool read_tail(struct rg_pmat_file *s, struct rg_pmat_cursor *cursor)
{
	uint64_t count;
	unsigned int type;

	s->contexts_at = cursor->at;
	while ((type = rg_pmat_u8(cursor)) != 0) {
		const struct rg_pmat_sizes *parts[2] = { &s->contexts[0], &s->contexts[type] };

		for (size_t i = 0; i < 2; i++) {
			rg_pmat_skip(cursor, 1, parts[i]->bytes);
			rg_pmat_skip(cursor, parts[i]->pointers, s->pointer);
			for (unsigned int k = 0; k < parts[i]->strings && !cursor->failed; k++)
				rg_pmat_string(cursor);
		}
		if (cursor->failed)
			return false;
		s->frames++;
	}
	/* Older files end here. */
	if (cursor->failed || cursor->at == s->file.size)
		return !cursor->failed;
	count = rg_pmat_word(cursor);
	s->mortals = cursor->at;
	rg_pmat_skip(cursor, count, s->pointer);
	if (!cursor->failed)
		s->mortal_count = count;
	if (count)
		rg_pmat_word(cursor);
	return !cursor->failed;
}

static int by_address(const void *a, const void *b, void *user)
{
	const struct rg_pmat_entry *x = a, *y = b;

	(void)user;
	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

static void sort_entries(struct rg_pmat_entries *entries)
{
	for (size_t i = 1; i < entries->all.count; i++) {
		if (by_address(&entries->all.data[i - 1], &entries->all.data[i], NULL) > 0) {
			rg_sort(entries->all.data, entries->all.count, sizeof(*entries->all.data),
				by_address, NULL);
			return;
		}
	}
}

/* Of two entries with one address the first stays; *@ret_dropped is how many went. */
static void drop_doubles(struct rg_pmat_entries *entries, uint64_t *ret_dropped)
{
	size_t kept = 0;

	for (size_t i = 0; i < entries->all.count; i++)
		if (!kept || entries->all.data[kept - 1].address != entries->all.data[i].address)
			entries->all.data[kept++] = entries->all.data[i];
	*ret_dropped = entries->all.count - kept;
	entries->all.count = kept;
}

/*
 * The three SVs that each interpreter has outside of its arenas.  Their entries lead to no
 * place of the file, since all that it says of them is where they are.
 */
static rg_error *add_immortals(struct rg_pmat_file *s)
{
	for (size_t i = 0; i < 3; i++) {
		bool known = !s->immortals[i];

		for (size_t k = 0; k < i; k++)
			known |= s->immortals[k] == s->immortals[i];
		if (!known)
			RG_TRY(note(&s->svs_at, s->immortals[i], 0));
	}
	return NULL;
}

static rg_error *read_file(struct rg_pmat_file *s, const char *path,
			   const struct rg_progress *progress)
{
	struct rg_pmat_cursor cursor = { s, 0, false };
	uint64_t dropped;
	bool whole = false;
	char sentence[200];

	RG_TRY(read_head(s, path, &cursor));
	read_roots(s, &cursor);
	if (!cursor.failed)
		RG_TRY(read_svs(s, &cursor, progress, &whole));
	s->end = cursor.at;
	if (!whole) {
		snprintf(sentence, sizeof(sentence), "the Devel::MAT dump cannot be read on behind "
			 "byte %llu of %llu: it was cut off or is damaged; SVs are missing: dump "
			 "again", (unsigned long long)s->end, (unsigned long long)s->file.size);
		RG_TRY(lacks(s, sentence));
	} else if (!read_tail(s, &cursor)) {
		RG_TRY(lacks(s, "the Devel::MAT dump ends within its call frames or temporaries: "
				"it was cut off: dump again"));
	}
	RG_TRY(add_immortals(s));
	sort_entries(&s->svs_at);
	sort_entries(&s->extended);
	sort_entries(&s->pads);
	sort_entries(&s->codes);
	drop_doubles(&s->pads, &dropped);
	drop_doubles(&s->codes, &dropped);
	drop_doubles(&s->svs_at, &dropped);
	s->unreadable = dropped;
	snprintf(s->version, sizeof(s->version), "%u.%u.%u", s->release >> 24,
		 s->release >> 16 & 0xff, s->release & 0xffff);
	snprintf(s->build, sizeof(s->build), "form 0.%u, %u-bit, %s-endian, %s", s->minor,
		 s->pointer * 8, s->big_endian ? "big" : "little",
		 s->threads ? "with threads" : "without threads");
	return NULL;
}

static rg_error *open_file(const char *path, struct rg_file *file,
			   const struct rg_progress *progress, void **ret)
{
	struct rg_pmat_file *s = rg_calloc(1, sizeof(*s));
	rg_error *error;

	if (!s) {
		rg_file_close(file);
		return rg_error_no_memory();
	}
	s->file = *file;
	*file = (struct rg_file){ NULL, 0, -1 };
	error = read_file(s, path, progress);
	if (error) {
		close_file(s);
		return error;
	}
	*ret = s;
	return NULL;
}

static void info(void *user, struct rg_dump_info *ret)
{
	struct rg_pmat_file *s = user;

	ret->version = s->version;
	ret->build = s->build;
	ret->interpreters = 1;
	ret->threads = 1;
	ret->unreadable = s->unreadable;
	ret->complete = !s->missing.count;
	ret->missing = (const char *const *)s->missing.data;
	ret->missing_count = s->missing.count;
	ret->has_refcounts = true;
}

const struct rg_format rg_format_pmat = {
	.title = "Devel::MAT dump",
	.recognise = recognise,
	.open = open_file,
	.objects = rg_pmat_objects,
	.references = rg_pmat_references,
	.info = info,
	.hooks = { .labels = rg_pmat_labels, .describe = rg_pmat_describe,
		   .codes = rg_pmat_codes },
	.close = close_file,
};
