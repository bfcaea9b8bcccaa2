/* SPDX-License-Identifier: MIT */
/*
 * What variables of C own, where their shape says so beyond doubt: they have no place that
 * one could know, stripped as interpreters are, and single words prove nothing.  Each shape
 * holds something that only it would: a string of C and the str made of it, a table whose
 * entries must stand where they stand.
 *
 *  - struct _PyArg_Parser (modsupport.h): the names of keywords, and a tuple of them;
 *  - slotdefs (typeobject.c, up to 3.11): names of special methods;
 *  - _Py_Identifier (up to 3.9);
 *  - the tables of one-letter str and bytes, and of small numbers (up to 3.9 and 3.8);
 *  - the cache of attributes of types (up to 3.9);
 *  - the types of the syntax tree, and what stands between them (Python-ast.c, up to 3.9);
 *  - the handlers of signals (up to 3.11);
 *  - errnomap (exceptions.c, up to 3.9), the units of time of _datetime (up to 3.12);
 *  - the signals of _decimal, with their classes (up to 3.12);
 *  - the table of tracemalloc's file names (filenames.c);
 *  - classes that the code of the module itself implements;
 *  - the strings of modules made by Cython (__Pyx_StringTabEntry).
 *
 * A reference counts as far as nothing else explains its object's count (RG_ROOT_STATIC).
 */
#include "runtime/cpython/statics.h"

#include <stdio.h>

#include "runtime/cpython/filenames.h"
#include "runtime/cpython/private.h"

#define MOST_KEYWORDS 256
#define LETTERS 256
#define FEWEST_LETTERS 4
#define SMALL_INTS 262
#define SMALLEST_INT (-5)
#define INT_SIZE 32
#define CACHE_ENTRIES 4096
#define CACHE_STRIDE 24
#define FEWEST_CACHED 64
#define FEWEST_ERRORS 8
#define MOST_ERRORS 1024
#define CACHE_TRIES 256 /* that look like one, before all of it is looked at */
#define SLOT_FLAGS_LIMIT 16
#define SIGNALS 64
#define HANDLER_STRIDE 16
#define FEWEST_DEFAULTS 32

struct statics {
	struct cpy *cpy;
	rg_error *(*each)(void *user, uint64_t address, const char *name);
	void *user;
	const struct rg_module *module; /* whose variables are at hand */
	uint64_t start, end; /* of those */
	uint64_t done;       /* up to here they belong to a table */
	bool cache_found, ints_found, handlers_found;
	unsigned cache_tries;
	uint64_t filenames; /* how much may still be looked through for their table */
};

static rg_error *put(const struct statics *statics, uint64_t object, const char *name)
{
	return object ? statics->each(statics->user, object, name) : NULL;
}

static bool has_flag(struct cpy *cpy, uint64_t object, uint64_t flag)
{
	const struct cpy_type *type = object && object % 8 == 0 ? cpy_type_of(cpy, object) : NULL;
	const unsigned char *head;

	if (!type || !(type->flags & flag))
		return false;
	head = cpy_head_at(cpy, object);
	return head && cpy_head_lives(cpy, head);
}

/* Whether the str at @object says what the string of C at @string does. */
static bool says(struct cpy *cpy, uint64_t object, uint64_t string)
{
	char one[128], other[128];

	return string && has_flag(cpy, object, CPY_TPFLAG_UNICODE) &&
	       rg_image_string(cpy->image, string, other, sizeof(other)) && other[0] &&
	       cpy_str(cpy, object, one, sizeof(one)) >= 0 && !strcmp(one, other);
}

/* ---- single variables --------------------------------------------------------- */

/* Whether @tuple, which the word at @at refers to, is the one a parser of arguments made. */
static bool is_keywords(struct cpy *cpy, uint64_t at, uint64_t tuple)
{
	bool owns = cpy->minor < 13 || cpy_word32(cpy, at - 20) == 1;
	uint64_t keywords = cpy_word(cpy, at - (cpy->minor < 13 ? 40 : 48));
	uint32_t positional = cpy_word32(cpy, at - 16);
	uint64_t count, i;

	if (!owns || !keywords || positional > MOST_KEYWORDS ||
	    !cpy_read_field(cpy, tuple, CPY_HEAD, &count) || !count || count > MOST_KEYWORDS)
		return false;
	for (i = 0; i < count; i++)
		if (!says(cpy, cpy_get(cpy, tuple, cpy->layout.tuple.items + 8 * i),
			  cpy_word(cpy, keywords + 8 * (positional + i))))
			return false;
	return !cpy_word(cpy, keywords + 8 * (positional + count));
}

static bool is_slot_name(struct cpy *cpy, uint64_t at, uint64_t string)
{
	char name[4];

	return cpy->minor <= 11 && cpy_word(cpy, at - 8) < SLOT_FLAGS_LIMIT &&
	       says(cpy, string, cpy_word(cpy, at - 48)) &&
	       cpy_str(cpy, string, name, sizeof(name)) >= 0 && !strncmp(name, "__", 2);
}

static bool is_identifier(struct cpy *cpy, uint64_t at, uint64_t string)
{
	uint64_t next = cpy_word(cpy, at - 16);
	struct rg_image_data data;

	return cpy->minor <= 9 && says(cpy, string, cpy_word(cpy, at - 8)) &&
	       (!next || rg_image_data_at(cpy->image, next, &data));
}

struct errors {
	struct cpy *cpy;
	unsigned count;
	bool are;
};

static bool check_error(void *user, uint64_t key, uint64_t value)
{
	struct errors *errors = user;
	const struct cpy_type *type = cpy_type_of(errors->cpy, value);

	errors->are = has_flag(errors->cpy, key, CPY_TPFLAG_LONG) && type && type->is_type;
	errors->are = errors->are && ++errors->count <= MOST_ERRORS;
	return errors->are;
}

/* {errno: class}, which only exceptions.c has. */
static bool is_errnomap(struct cpy *cpy, uint64_t dict)
{
	struct errors errors = { .cpy = cpy };

	if (cpy->minor > 9)
		return false;
	(void)cpy_dict_each(cpy, dict, check_error, &errors);
	return errors.are && errors.count >= FEWEST_ERRORS;
}

/* Where a type has pointers to what implements it: tp_dealloc, tp_methods .. tp_getset, tp_new. */
static const uint16_t type_parts[] = { 48, 232, 240, 248, 312 };

/* Whether @word is a class made at run time by the module whose variables are at hand. */
static bool is_own_class(const struct statics *statics, uint64_t word)
{
	struct cpy *cpy = statics->cpy;
	size_t i;

	if (!statics->module || !has_flag(cpy, word, CPY_TPFLAG_TYPE) ||
	    !cpy_is_heap_type(cpy, word))
		return false;
	for (i = 0; i < sizeof(type_parts) / sizeof(type_parts[0]); i++) {
		uint64_t part = cpy_get(cpy, word, type_parts[i]);

		/* Code and constants stand between the head of the file and its variables. */
		if (part >= statics->module->base && part < statics->end)
			return true;
	}
	return false;
}

/* {"InvalidOperation", "decimal.InvalidOperation", flag, class}: the class is at @at. */
static bool is_signal(struct cpy *cpy, uint64_t at, uint64_t class)
{
	const struct cpy_type *type = cpy_type_at(cpy, class);
	char full[96], name[96];

	return cpy->minor <= 12 && type && type->flags & CPY_TPFLAG_EXCEPTION && type->name &&
	       cpy_word(cpy, at - 8) <= UINT32_MAX &&
	       rg_image_string(cpy->image, cpy_word(cpy, at - 16), full, sizeof(full)) &&
	       !strncmp(full, "decimal.", 8) &&
	       rg_image_string(cpy->image, cpy_word(cpy, at - 24), name, sizeof(name)) &&
	       !strcmp(full + 8, name);
}

/*
 * An entry of Cython's table of strings: {variable, text, size with its NUL, encoding, ..}.
 * Returns what the variable holds, or 0.
 */
static uint64_t cython_string(const struct statics *statics, uint64_t at, uint64_t variable)
{
	struct cpy *cpy = statics->cpy;
	uint64_t string = cpy_word(cpy, variable), text = cpy_word(cpy, at + 8);
	uint64_t size = cpy_word(cpy, at + 16);
	char one[256], other[256];
	const char *bytes;

	if (!size || size > sizeof(one) || !text)
		return 0;
	bytes = rg_image_at(cpy->image, text, size);
	if (!bytes || bytes[size - 1])
		return 0;
	memcpy(one, bytes, size);
	if (has_flag(cpy, string, CPY_TPFLAG_UNICODE))
		return cpy_str(cpy, string, other, sizeof(other)) == (int64_t)size - 1 &&
		       !memcmp(one, other, size) ? string : 0;
	if (!has_flag(cpy, string, CPY_TPFLAG_BYTES) ||
	    cpy_get(cpy, string, CPY_HEAD) != size - 1)
		return 0;
	bytes = rg_image_at(cpy->image, cpy_body(cpy, string) + 32, size);
	return bytes && !memcmp(one, bytes, size) ? string : 0;
}

/* Whether @word is a number of seconds or microseconds in a longer unit of time. */
static bool is_unit(struct cpy *cpy, uint64_t word)
{
	static const int64_t units[] = { 1000, 86400, 1000000, 60000000, 3600000000, 86400000000,
					 604800000000 };
	int64_t value;
	size_t i;

	if (!has_flag(cpy, word, CPY_TPFLAG_LONG) || !cpy_long(cpy, word, &value))
		return false;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++)
		if (value == units[i])
			return true;
	return false;
}

/* ---- tables ----------------------------------------------------------------------- */

/* The letter that @object, a str or bytes, consists of; -1: it does not. */
static int letter_of(struct cpy *cpy, uint64_t object, uint64_t flag)
{
	uint64_t length;
	char text[8];
	const uint8_t *byte;

	if (!has_flag(cpy, object, flag) || !cpy_read_field(cpy, object, CPY_HEAD, &length) ||
	    length != 1)
		return -1;
	if (flag == CPY_TPFLAG_BYTES) {
		byte = rg_image_at(cpy->image, cpy_body(cpy, object) + 32, 1);
		return byte ? *byte : -1;
	}
	if (cpy_str(cpy, object, text, sizeof(text)) < 0)
		return -1;
	if (text[0] & 0x80)
		return (text[0] & 0x1f) << 6 | (text[1] & 0x3f);
	return text[0];
}

/* The table of letters in which @object, at @at, stands at its place; 0: there is none. */
static uint64_t letter_table(const struct statics *statics, uint64_t at, uint64_t object,
			     uint64_t flag)
{
	struct cpy *cpy = statics->cpy;
	int letter = letter_of(cpy, object, flag);
	uint64_t table = at - 8 * (uint64_t)letter, word;
	unsigned i, count = 0;

	if (letter < 0 || letter >= LETTERS || table < statics->start || table > at ||
	    statics->end - table < 8 * LETTERS)
		return 0;
	for (i = 0; i < LETTERS; i++) {
		word = cpy_word(cpy, table + 8 * i);
		if (!word)
			continue;
		if (letter_of(cpy, word, flag) != (int)i)
			return 0;
		count++;
	}
	return count >= FEWEST_LETTERS ? table : 0;
}

static rg_error *put_letters(struct statics *statics, uint64_t at, uint64_t object, uint64_t flag)
{
	uint64_t table = letter_table(statics, at, object, flag);
	unsigned i;

	for (i = 0; table && i < LETTERS; i++)
		RG_TRY(put(statics, cpy_word(statics->cpy, table + 8 * i),
			   flag == CPY_TPFLAG_BYTES ? "bytes of one letter"
						    : "strings of one letter"));
	if (table)
		statics->done = table + 8 * LETTERS;
	return NULL;
}

/* Where in the cache an attribute is looked for (MCACHE_HASH). */
static unsigned cache_index(const struct cpy *cpy, uint32_t version, uint64_t name)
{
	return (version ^ (uint32_t)cpy_get(cpy, name, 24)) & (CACHE_ENTRIES - 1);
}

/*
 * The cache of {version, name, value} in which the @name at @at stands at its place; 0:
 * there is none.  Entries that were never used have None for a name.
 */
static uint64_t cache_table(struct statics *statics, uint64_t at, uint64_t name)
{
	struct cpy *cpy = statics->cpy;
	uint64_t version = cpy_word(cpy, at - 8), table, word;
	unsigned i, count = 0;

	if (!version || version > UINT32_MAX)
		return 0;
	table = at - 8 - CACHE_STRIDE * (uint64_t)cache_index(cpy, (uint32_t)version, name);
	if (table < statics->start || table > at ||
	    statics->end - table < CACHE_ENTRIES * CACHE_STRIDE ||
	    ++statics->cache_tries > CACHE_TRIES)
		return 0;
	for (i = 0; i < CACHE_ENTRIES; i++) {
		version = cpy_word(cpy, table + CACHE_STRIDE * i);
		word = cpy_word(cpy, table + CACHE_STRIDE * i + 8);
		if (!word || word == cpy->none)
			continue;
		if (version > UINT32_MAX || !has_flag(cpy, word, CPY_TPFLAG_UNICODE))
			return 0;
		if (version && cache_index(cpy, (uint32_t)version, word) != i)
			return 0;
		count += version != 0;
	}
	return count >= FEWEST_CACHED ? table : 0;
}

static rg_error *put_cache(struct statics *statics, uint64_t at, uint64_t name)
{
	uint64_t table = statics->cache_found ? 0 : cache_table(statics, at, name);
	unsigned i;

	if (!table)
		return NULL;
	statics->cache_found = true;
	statics->done = table + CACHE_ENTRIES * CACHE_STRIDE;
	for (i = 0; i < CACHE_ENTRIES; i++)
		RG_TRY(put(statics, cpy_word(statics->cpy, table + CACHE_STRIDE * i + 8),
			   "type cache"));
	return NULL;
}

/* The numbers of 3.8 are objects in a table, each born with a reference. */
static rg_error *put_ints(struct statics *statics, uint64_t at)
{
	struct cpy *cpy = statics->cpy;
	uint64_t object = at - CPY_TYPE - cpy->shift;
	int64_t value;
	uint32_t i;

	if (statics->ints_found || object < statics->start ||
	    statics->end - object < SMALL_INTS * INT_SIZE ||
	    (int64_t)cpy_get(cpy, object, CPY_HEAD) != -1)
		return NULL;
	for (i = 0, value = SMALLEST_INT; i < SMALL_INTS; i++, value++) {
		uint64_t one = object + INT_SIZE * i;
		int64_t sign = (value > 0) - (value < 0);

		if (!has_flag(cpy, one, CPY_TPFLAG_LONG) ||
		    (int64_t)cpy_get(cpy, one, CPY_HEAD) != sign ||
		    (sign && cpy_get32(cpy, one, 24) != (uint32_t)(sign * value)))
			return NULL;
	}
	statics->ints_found = true;
	statics->done = object + SMALL_INTS * INT_SIZE;
	for (i = 0; i < SMALL_INTS; i++)
		RG_TRY(put(statics, object + INT_SIZE * i, "small ints"));
	return NULL;
}

/* What may stand in the table of signal handlers: C's numbers for two of them, None, or code. */
static bool is_handler(struct cpy *cpy, uint64_t object, bool *ret_default)
{
	const struct cpy_type *type = object && object % 8 == 0 ? cpy_type_of(cpy, object) : NULL;
	int64_t value;

	*ret_default = false;
	if (!type)
		return false;
	if (!(type->flags & CPY_TPFLAG_LONG))
		return true;
	if (!cpy_long(cpy, object, &value) || value < 0 || value > 1)
		return false;
	*ret_default = !value;
	return true;
}

/*
 * Handlers of signalmodule.c, up to 3.11: {tripped, handler} for each signal, none for 0;
 * @at is the handler of the first.
 */
static rg_error *put_handlers(struct statics *statics, uint64_t at)
{
	struct cpy *cpy = statics->cpy;
	unsigned i, defaults = 0;

	if (statics->handlers_found || at - statics->start < HANDLER_STRIDE ||
	    statics->end - at < SIGNALS * HANDLER_STRIDE || cpy_word(cpy, at - HANDLER_STRIDE))
		return NULL;
	for (i = 0; i < SIGNALS; i++) {
		uint64_t entry = at + HANDLER_STRIDE * i;
		bool is_default;

		if (cpy_word32(cpy, entry - 8) > 1 ||
		    !is_handler(cpy, cpy_word(cpy, entry), &is_default))
			return NULL;
		defaults += is_default;
	}
	if (defaults < FEWEST_DEFAULTS)
		return NULL;
	statics->handlers_found = true;
	statics->done = at + SIGNALS * HANDLER_STRIDE - 8;
	for (i = 0; i < SIGNALS; i++) {
		char name[32];

		snprintf(name, sizeof(name), "signal handler %u", i + 1);
		RG_TRY(put(statics, cpy_word(cpy, at + HANDLER_STRIDE * i), name));
	}
	return NULL;
}

/* Whether @object is a class of the module _ast, or an object of one. */
static bool is_syntax(struct cpy *cpy, uint64_t object)
{
	const struct cpy_type *type = cpy_type_at(cpy, object);
	uint64_t module;
	char name[8];

	if (!type)
		type = cpy_type_of(cpy, object);
	if (!type || !type->is_heap)
		return false;
	module = cpy_dict_get(cpy, type->dict, "__module__");
	return module && cpy_str(cpy, module, name, sizeof(name)) >= 0 &&
	       (!strcmp(name, "ast") || !strcmp(name, "_ast"));
}

/*
 * 3.9 has one struct of them, with the names of their fields; 3.8 single variables, among
 * which others may stand.
 */
static rg_error *put_syntax(struct statics *statics, uint64_t at, uint64_t object)
{
	struct cpy *cpy = statics->cpy;

	if (!is_syntax(cpy, object))
		return NULL;
	RG_TRY(put(statics, object, "ast state"));
	for (at += 8; cpy->minor == 9 && at < statics->end; at += 8) {
		object = cpy_word(cpy, at);
		if (!has_flag(cpy, object, CPY_TPFLAG_UNICODE) &&
		    !(object && object % 8 == 0 && is_syntax(cpy, object)))
			break;
		RG_TRY(put(statics, object, "ast state"));
	}
	statics->done = at;
	return NULL;
}

/* ---- all of them ------------------------------------------------------------------- */

static rg_error *look_at(struct statics *statics, uint64_t at, uint64_t word)
{
	struct cpy *cpy = statics->cpy;

	if (word >= statics->start && word < statics->end) {
		uint64_t string = cython_string(statics, at, word);

		if (string)
			return put(statics, string, "string of Cython");
	}
	RG_TRY(cpy_filenames(cpy, word, &statics->filenames, statics->each, statics->user));
	if (has_flag(cpy, word, CPY_TPFLAG_TUPLE))
		return is_keywords(cpy, at, word)
			       ? put(statics, word, "keywords of a parser of arguments") : NULL;
	if (is_own_class(statics, word))
		return put(statics, word, "class of its own");
	if (cpy->minor > 12)
		return NULL;
	if (is_unit(cpy, word) &&
	    (is_unit(cpy, cpy_word(cpy, at - 8)) || is_unit(cpy, cpy_word(cpy, at + 8))))
		return put(statics, word, "unit of time");
	if (is_signal(cpy, at, word))
		return put(statics, word, "signal of _decimal");
	if (cpy->minor > 11)
		return NULL;
	RG_TRY(put_handlers(statics, at));
	if (at < statics->done)
		return NULL;
	if (has_flag(cpy, word, CPY_TPFLAG_UNICODE)) {
		if (is_slot_name(cpy, at, word))
			return put(statics, word, "name of a slot");
		if (is_identifier(cpy, at, word))
			return put(statics, word, "identifier");
		if (cpy->minor > 9)
			return NULL;
		RG_TRY(put_letters(statics, at, word, CPY_TPFLAG_UNICODE));
		return put_cache(statics, at, word);
	}
	if (cpy->minor > 9)
		return NULL;
	if (has_flag(cpy, word, CPY_TPFLAG_BYTES))
		return put_letters(statics, at, word, CPY_TPFLAG_BYTES);
	if (has_flag(cpy, word, CPY_TPFLAG_DICT) && is_errnomap(cpy, word))
		return put(statics, word, "errnomap");
	if (cpy->minor == 8)
		RG_TRY(put_ints(statics, at));
	return put_syntax(statics, at, word);
}

/* The words of [@start, @end) that are in the dump. */
static rg_error *look_through(struct statics *statics, uint64_t start, uint64_t end)
{
	const rg_image *image = statics->cpy->image;
	uint64_t lowest = UINT64_C(1) << 16, word;
	struct rg_image_data data;
	size_t i;

	statics->module = rg_image_data_at(image, start, &data) ? data.module : NULL;
	statics->start = start;
	statics->end = end;
	statics->done = 0;
	for (i = 0; i < image->segment_count; i++) {
		const struct rg_segment *segment = &image->segments[i];
		uint64_t at = segment->start > start ? segment->start : start;
		uint64_t last = segment->end < end ? segment->end : end;

		/* What is still as the file has it refers to nothing. */
		if (!segment->writable || segment->from_file || at >= last)
			continue;
		for (at = (at + 7) & ~UINT64_C(7); at < last && last - at >= 8; at += 8) {
			word = cpy_load64(segment->bytes + (at - segment->start));
			if (word >= lowest && word % 8 == 0 && at >= statics->done)
				RG_TRY(look_at(statics, at, word));
		}
	}
	return NULL;
}

rg_error *cpy_statics(struct cpy *cpy,
		      rg_error *(*each)(void *user, uint64_t address, const char *name),
		      void *user)
{
	struct statics statics = { .cpy = cpy, .each = each, .user = user,
				   .filenames = CPY_FILENAMES };
	uint64_t at = 0, start, end;

	for (; rg_image_data_next(cpy->image, at, &start, &end); at = end)
		RG_TRY(look_through(&statics, start, end));
	return NULL;
}
