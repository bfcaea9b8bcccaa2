/* SPDX-License-Identifier: MIT */
/* Text and numbers out of str and int objects, and Python's repr() of small values. */
#include <float.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/buffer.h"
#include "runtime/cpython/private.h"

#define REPR_DEPTH 3
#define REPR_ITEMS 8
#define REPR_CHARACTERS 120
#define LITERAL_CHARACTERS 300

void cpy_text_put(struct cpy_text *text, const char *bytes, size_t length)
{
	if (text->length < text->size) {
		size_t room = text->size - text->length;

		memcpy(text->at + text->length, bytes, length < room ? length : room);
	}
	text->length += length;
}

void cpy_text_puts(struct cpy_text *text, const char *string)
{
	cpy_text_put(text, string, strlen(string));
}

void cpy_text_finish(struct cpy_text *text)
{
	size_t end = text->length;

	if (!text->size)
		return;
	if (end >= text->size) {
		end = text->size - 1;
		/* The byte cut off must not be one that continues a character. */
		while (end && ((unsigned char)text->at[end] & 0xc0) == 0x80)
			end--;
	}
	text->at[end] = '\0';
}

/* ---- str ------------------------------------------------------------------- */

/* Where the characters of a str are. */
struct characters {
	uint64_t at;
	uint64_t length;
	unsigned kind; /* bytes a character: 1, 2, 4 */
};

static bool is_kind_of(const struct cpy *cpy, uint64_t object, uint64_t flag)
{
	uint64_t type;

	if (!object || object & 7 || !cpy_read_field(cpy, object, CPY_TYPE, &type) || type & 7)
		return false;
	return (cpy_get(cpy, type, 168) & flag) != 0;
}

static bool str_characters(const struct cpy *cpy, uint64_t object, struct characters *ret)
{
	uint64_t body = cpy_body(cpy, object);
	const unsigned char *bytes;
	unsigned state;

	if (!is_kind_of(cpy, object, CPY_TPFLAG_UNICODE))
		return false;
	bytes = rg_image_at(cpy->image, body, cpy->layout.str.ascii_header);
	if (!bytes)
		return false;
	ret->length = cpy_load64(bytes + CPY_HEAD);
	state = cpy_str_state(cpy, bytes);
	ret->kind = state >> 2 & 7;
	if (!ret->kind && cpy->layout.str.wstr) {
		/* Not made ready: only its wide characters exist. */
		ret->at = cpy_word(cpy, body + cpy->layout.str.wstr);
		ret->length = cpy_word(cpy, body + cpy->layout.str.compact_header - 8);
		ret->kind = 4;
	} else if (state & 0x20) {
		ret->at = body + (state & 0x40 ? cpy->layout.str.ascii_header
					       : cpy->layout.str.compact_header);
	} else {
		ret->at = cpy_word(cpy, body + cpy->layout.str.data);
	}
	if ((ret->kind != 1 && ret->kind != 2 && ret->kind != 4) || ret->length >> 48)
		return false;
	return !ret->length || rg_image_at(cpy->image, ret->at, ret->length * ret->kind);
}

static uint32_t character_at(const unsigned char *bytes, unsigned kind, uint64_t index)
{
	uint32_t c = 0;

	if (kind == 1)
		return bytes[index];
	memcpy(&c, bytes + index * kind, kind);
	return c;
}

static unsigned encode(uint32_t c, char *ret)
{
	if (c < 0x80) {
		ret[0] = (char)c;
		return 1;
	}
	if (c < 0x800) {
		ret[0] = (char)(0xc0 | c >> 6);
		ret[1] = (char)(0x80 | (c & 63));
		return 2;
	}
	if (c > 0x10ffff || (c >= 0xd800 && c < 0xe000))
		c = 0xfffd;
	if (c < 0x10000) {
		ret[0] = (char)(0xe0 | c >> 12);
		ret[1] = (char)(0x80 | (c >> 6 & 63));
		ret[2] = (char)(0x80 | (c & 63));
		return 3;
	}
	ret[0] = (char)(0xf0 | c >> 18);
	ret[1] = (char)(0x80 | (c >> 12 & 63));
	ret[2] = (char)(0x80 | (c >> 6 & 63));
	ret[3] = (char)(0x80 | (c & 63));
	return 4;
}

int64_t cpy_str(struct cpy *cpy, uint64_t object, char *ret, size_t size)
{
	struct characters characters;
	const unsigned char *bytes;
	int64_t length = 0;
	size_t used = 0;
	bool full = false;
	uint64_t i;

	if (!str_characters(cpy, object, &characters))
		return -1;
	bytes = rg_image_at(cpy->image, characters.at, characters.length * characters.kind);
	for (i = 0; bytes && i < characters.length; i++) {
		char encoded[4];
		unsigned n = encode(character_at(bytes, characters.kind, i), encoded);

		length += n;
		full = full || used + n >= size;
		if (full)
			continue;
		memcpy(ret + used, encoded, n);
		used += n;
	}
	if (size)
		ret[used] = '\0';
	return length;
}

static void repr_str(struct cpy *cpy, struct cpy_text *text, uint64_t object, uint64_t limit)
{
	struct characters characters;
	const unsigned char *bytes;
	char quote = '\'';
	uint64_t i;

	if (!str_characters(cpy, object, &characters)) {
		cpy_text_puts(text, "<str>");
		return;
	}
	bytes = rg_image_at(cpy->image, characters.at, characters.length * characters.kind);
	for (i = 0; bytes && i < characters.length && i < limit; i++) {
		uint32_t c = character_at(bytes, characters.kind, i);

		if (c == '"') {
			quote = '\'';
			break;
		}
		if (c == '\'')
			quote = '"';
	}
	cpy_text_put(text, &quote, 1);
	for (i = 0; bytes && i < characters.length; i++) {
		uint32_t c = character_at(bytes, characters.kind, i);
		char out[16];
		unsigned n;

		if (i == limit) {
			cpy_text_puts(text, "...");
			break;
		}
		if (c == (unsigned char)quote || c == '\\')
			n = (unsigned)snprintf(out, sizeof(out), "\\%c", (char)c);
		else if (c == '\n' || c == '\r' || c == '\t')
			n = (unsigned)snprintf(out, sizeof(out), "\\%c",
					       c == '\n' ? 'n' : c == '\r' ? 'r' : 't');
		else if (c < 0x20 || (c >= 0x7f && c <= 0xa0) || c == 0xad)
			n = (unsigned)snprintf(out, sizeof(out), "\\x%02x", c);
		else if ((c >= 0xd800 && c < 0xf900) || (c >= 0x2000 && c <= 0x200f) ||
			 (c >= 0x2028 && c <= 0x202f) || (c >= 0x205f && c <= 0x206f) ||
			 c == 0x3000 || (c >= 0xfff0 && c <= 0xffff && c != 0xfffd))
			n = (unsigned)snprintf(out, sizeof(out), "\\u%04x", c);
		else if (c >= 0xe0000)
			n = (unsigned)snprintf(out, sizeof(out), "\\U%08x", c);
		else
			n = encode(c, out);
		cpy_text_put(text, out, n);
	}
	cpy_text_put(text, &quote, 1);
}

size_t cpy_buffer_word(struct rg_buffer *buffer, struct cpy *cpy, uint64_t string)
{
	char word[1024];
	size_t at = buffer->length;

	if (!string || cpy_str(cpy, string, word, sizeof(word)) < 0)
		word[0] = '\0';
	rg_buffer_append(buffer, word, strlen(word) + 1);
	return at;
}

void cpy_buffer_repr(struct cpy *cpy, struct rg_buffer *buffer, uint64_t object)
{
	char text[512];
	const char *at;
	char quote;

	if (cpy_str(cpy, object, text, sizeof(text)) < 0) {
		const struct cpy_type *type = cpy_type_of(cpy, object);

		rg_buffer_printf(buffer, "<%s>", type && type->name ? type->name : "?");
		return;
	}
	quote = strchr(text, '\'') && !strchr(text, '"') ? '"' : '\'';
	rg_buffer_putc(buffer, quote);
	for (at = text; *at; at++) {
		if (*at == quote || *at == '\\')
			rg_buffer_printf(buffer, "\\%c", *at);
		else if (*at == '\n')
			rg_buffer_puts(buffer, "\\n");
		else if (*at == '\r')
			rg_buffer_puts(buffer, "\\r");
		else if (*at == '\t')
			rg_buffer_puts(buffer, "\\t");
		else if ((unsigned char)*at < 32 || *at == 127)
			rg_buffer_printf(buffer, "\\x%02x", (unsigned char)*at);
		else
			rg_buffer_putc(buffer, *at);
	}
	rg_buffer_putc(buffer, quote);
}

/* ---- numbers ---------------------------------------------------------------- */

/* Sign and digits of an int; false if it is none. */
static bool long_digits(const struct cpy *cpy, uint64_t object, bool *ret_negative,
			uint64_t *ret_count)
{
	int64_t size;

	if (!is_kind_of(cpy, object, CPY_TPFLAG_LONG))
		return false;
	size = (int64_t)cpy_get(cpy, object, CPY_HEAD);
	if (cpy->layout.integer.has_tag) {
		*ret_negative = (size & 3) == 2;
		*ret_count = (size & 3) == 1 ? 0 : (uint64_t)size >> 3;
		return true;
	}
	*ret_negative = size < 0;
	*ret_count = size < 0 ? -(uint64_t)size : (uint64_t)size;
	return true;
}

bool cpy_long(struct cpy *cpy, uint64_t object, int64_t *ret)
{
	uint64_t digits = cpy_body(cpy, object) + cpy->layout.integer.digits;
	uint64_t count, value = 0, i;
	bool negative;

	if (!long_digits(cpy, object, &negative, &count) || count > 3)
		return false;
	for (i = count; i-- > 0;) {
		uint32_t digit;

		if (value >> 33 ||
		    !rg_image_u32(cpy->image, digits + 4 * i, &digit))
			return false;
		value = value << 30 | (digit & 0x3fffffff);
	}
	if (value >> 63)
		return false;
	*ret = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

static void repr_long(struct cpy *cpy, struct cpy_text *text, uint64_t object)
{
	uint64_t type = cpy_type_word(cpy, object), count = 0;
	bool negative = false;
	char out[40];
	int64_t value;

	/* bool is the subtype of int that has no further bits. */
	if (cpy->none && cpy_type_fast(cpy, type) &&
	    !strcmp(cpy_type_fast(cpy, type)->name, "bool")) {
		cpy_text_puts(text, cpy_long(cpy, object, &value) && value ? "True" : "False");
		return;
	}
	if (cpy_long(cpy, object, &value)) {
		snprintf(out, sizeof(out), "%lld", (long long)value);
		cpy_text_puts(text, out);
		return;
	}
	if (!long_digits(cpy, object, &negative, &count))
		count = 0;
	snprintf(out, sizeof(out), "<int of %llu bits>", (unsigned long long)(count * 30));
	cpy_text_puts(text, out);
}

/* The shortest decimal that reads back as the same, laid out as repr() does. */
static void repr_float(struct cpy *cpy, struct cpy_text *text, uint64_t object)
{
	uint64_t word = cpy_get(cpy, object, CPY_HEAD);
	char digits[40], out[48];
	int precision, exponent, used, i, n = 0;
	double value;

	memcpy(&value, &word, sizeof(value));
	if (value != value) {
		cpy_text_puts(text, "nan");
		return;
	}
	if (value > DBL_MAX || value < -DBL_MAX) {
		cpy_text_puts(text, value > 0 ? "inf" : "-inf");
		return;
	}
	for (precision = 0; precision < 17; precision++) {
		snprintf(digits, sizeof(digits), "%.*e", precision, value);
		if (strtod(digits, NULL) == value)
			break;
	}
	exponent = (int)strtol(strchr(digits, 'e') + 1, NULL, 10);
	if (digits[0] == '-')
		out[n++] = '-';
	/* Only the digits; the decimal point is the locale's. */
	for (i = used = 0; digits[i] && digits[i] != 'e'; i++)
		if (digits[i] >= '0' && digits[i] <= '9')
			digits[used++] = digits[i];
	if (exponent >= -4 && exponent < 16) {
		if (exponent < 0) {
			n += snprintf(out + n, sizeof(out) - (size_t)n, "0.%.*s%.*s", -exponent - 1,
				      "0000", used, digits);
		} else {
			for (i = 0; i <= exponent || i < used || i < exponent + 2; i++) {
				if (i == exponent + 1)
					out[n++] = '.';
				out[n++] = i < used ? digits[i] : '0';
			}
			out[n] = '\0';
		}
	} else {
		n += snprintf(out + n, sizeof(out) - (size_t)n, "%c%s%.*se%c%02d", digits[0],
			      used > 1 ? "." : "", used - 1, digits + 1, exponent < 0 ? '-' : '+',
			      abs(exponent));
	}
	cpy_text_puts(text, out);
}

static void repr_bytes(struct cpy *cpy, struct cpy_text *text, uint64_t object, uint64_t limit)
{
	uint64_t length = cpy_get(cpy, object, CPY_HEAD), i;
	const unsigned char *bytes;

	bytes = length >> 48 ? NULL : rg_image_at(cpy->image, cpy_body(cpy, object) + 32, length);
	if (!bytes) {
		cpy_text_puts(text, "<bytes>");
		return;
	}
	cpy_text_puts(text, "b'");
	for (i = 0; i < length; i++) {
		char out[8];

		if (i == limit) {
			cpy_text_puts(text, "...");
			break;
		}
		if (bytes[i] == '\'' || bytes[i] == '\\')
			snprintf(out, sizeof(out), "\\%c", bytes[i]);
		else if (bytes[i] < 0x20 || bytes[i] >= 0x7f)
			snprintf(out, sizeof(out), "\\x%02x", bytes[i]);
		else
			snprintf(out, sizeof(out), "%c", bytes[i]);
		cpy_text_puts(text, out);
	}
	cpy_text_puts(text, "'");
}

/* ---- any -------------------------------------------------------------------- */

/* The depth is bounded by REPR_DEPTH, whatever the target says. */
static void repr(struct cpy *cpy, struct cpy_text *text, uint64_t object, unsigned depth)
{
	const struct cpy_type *type = cpy_type_of(cpy, object);
	uint64_t count, i;

	if (!type) {
		cpy_text_puts(text, "<?>");
		return;
	}
	if (object == cpy->none) {
		cpy_text_puts(text, "None");
		return;
	}
	/* Python classes may print as anything: only the built-in types themselves. */
	if (type->is_heap) {
		cpy_text_puts(text, "<");
		cpy_text_puts(text, type->name);
		cpy_text_puts(text, ">");
	} else if (type->flags & CPY_TPFLAG_UNICODE) {
		repr_str(cpy, text, object, REPR_CHARACTERS);
	} else if (type->flags & CPY_TPFLAG_LONG) {
		repr_long(cpy, text, object);
	} else if (type->flags & CPY_TPFLAG_BYTES) {
		repr_bytes(cpy, text, object, REPR_CHARACTERS);
	} else if (!strcmp(type->name, "float")) {
		repr_float(cpy, text, object);
	} else if (!strcmp(type->name, "tuple") && depth < REPR_DEPTH) {
		count = cpy_get(cpy, object, CPY_HEAD);
		cpy_text_puts(text, "(");
		for (i = 0; i < count; i++) {
			if (i)
				cpy_text_puts(text, ", ");
			if (i == REPR_ITEMS) {
				cpy_text_puts(text, "...");
				break;
			}
			repr(cpy, text,
			     cpy_get(cpy, object, cpy->layout.tuple.items + 8 * i),
			     depth + 1);
		}
		cpy_text_puts(text, count == 1 ? ",)" : ")");
	} else {
		cpy_text_puts(text, "<");
		cpy_text_puts(text, type->name);
		cpy_text_puts(text, ">");
	}
}

void cpy_text_repr(struct cpy *cpy, struct cpy_text *text, uint64_t object)
{
	repr(cpy, text, object, 0);
}

/* ---- literals --------------------------------------------------------------- */

static bool put_literal(struct cpy *cpy, struct cpy_text *text, uint64_t object, unsigned depth);

static bool put_tuple(struct cpy *cpy, struct cpy_text *text, uint64_t object, unsigned depth)
{
	uint64_t count = cpy_get(cpy, object, CPY_HEAD), i;

	if (depth == REPR_DEPTH || count > REPR_ITEMS)
		return false;
	cpy_text_puts(text, "(");
	for (i = 0; i < count; i++) {
		if (i)
			cpy_text_puts(text, ", ");
		if (!put_literal(cpy, text, cpy_get(cpy, object, cpy->layout.tuple.items + 8 * i),
				 depth + 1))
			return false;
	}
	cpy_text_puts(text, count == 1 ? ",)" : ")");
	return true;
}

/* The depth is bounded by REPR_DEPTH, whatever the target says. */
static bool put_literal(struct cpy *cpy, struct cpy_text *text, uint64_t object, unsigned depth)
{
	const struct cpy_type *type = cpy_type_of(cpy, object);
	struct characters characters;
	uint64_t word, length;
	double number;
	int64_t value;

	if (!type || type->is_heap)
		return false;
	if (object == cpy->none) {
		cpy_text_puts(text, "None");
	} else if (!strcmp(type->name, "str")) {
		if (!str_characters(cpy, object, &characters) ||
		    characters.length > LITERAL_CHARACTERS ||
		    !rg_image_at(cpy->image, characters.at, characters.length * characters.kind))
			return false;
		repr_str(cpy, text, object, LITERAL_CHARACTERS + 1);
	} else if (!strcmp(type->name, "int") || !strcmp(type->name, "bool")) {
		if (!cpy_long(cpy, object, &value))
			return false;
		repr_long(cpy, text, object);
	} else if (!strcmp(type->name, "bytes")) {
		length = cpy_get(cpy, object, CPY_HEAD);
		if (length > LITERAL_CHARACTERS ||
		    !rg_image_at(cpy->image, cpy_body(cpy, object) + 32, length))
			return false;
		repr_bytes(cpy, text, object, LITERAL_CHARACTERS + 1);
	} else if (!strcmp(type->name, "float")) {
		if (!cpy_read_field(cpy, object, CPY_HEAD, &word))
			return false;
		memcpy(&number, &word, sizeof(number));
		if (!(number >= -DBL_MAX && number <= DBL_MAX))
			return false;
		repr_float(cpy, text, object);
	} else {
		return !strcmp(type->name, "tuple") && put_tuple(cpy, text, object, depth);
	}
	return true;
}

bool cpy_text_literal(struct cpy *cpy, struct cpy_text *text, uint64_t object)
{
	return put_literal(cpy, text, object, 0);
}
