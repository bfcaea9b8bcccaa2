/* SPDX-License-Identifier: MIT */
/*
 * Text from a dump made fit to show.  Names come from a memory that may be
 * damaged or hostile: they may hold terminal escapes, half characters, or
 * characters that turn the direction of what follows.
 */
#include "render/text.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include <refgraph/refgraph.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/json_string.h"

/* Neither XML nor a reader of JSON is sure to take these. */
static bool is_noncharacter(uint32_t c)
{
	return (c & 0xFFFE) == 0xFFFE || (c >= 0xFDD0 && c < 0xFDF0);
}

uint32_t rg_text_decode(const char *text, size_t length, size_t *ret_used)
{
	uint32_t c = rg_utf8_decode(text, length, ret_used);

	return is_noncharacter(c) ? RG_TEXT_BAD : c;
}

/* Marks and overrides that make a line read otherwise than it is stored. */
static bool turns_direction(uint32_t c)
{
	return (c >= 0x202A && c <= 0x202E) || (c >= 0x2066 && c <= 0x2069) || c == 0x200E ||
	       c == 0x200F || c == 0x061C || c == 0x2028 || c == 0x2029;
}

size_t rg_text_clean(const char *text, char *buffer, size_t size)
{
	size_t left = strlen(text), whole = 0, at = 0, used;
	bool full = false;

	while (left) {
		uint32_t c = rg_text_decode(text, left, &used);
		char out[16];
		size_t n;

		if (c == '\n')
			n = (size_t)snprintf(out, sizeof(out), "\\n");
		else if (c == '\t')
			n = (size_t)snprintf(out, sizeof(out), "\\t");
		else if (c < 0x20 || (c >= 0x7F && c < 0xA0))
			n = (size_t)snprintf(out, sizeof(out), "\\x%02x", c);
		else if (turns_direction(c))
			n = (size_t)snprintf(out, sizeof(out), "\\u%04x", c);
		else
			n = rg_utf8_encode(c, out);
		/* Once something did not fit nothing after it may slip in. */
		if (!full && size && at + n < size) {
			memcpy(buffer + at, out, n);
			at += n;
		} else {
			full = true;
		}
		whole += n;
		text += used;
		left -= used;
	}
	if (size)
		buffer[at] = '\0';
	return whole;
}

char *rg_text_cleaned(const char *text)
{
	size_t length = rg_text_clean(text, NULL, 0);
	char *clean = rg_alloc(length + 1);

	if (clean)
		rg_text_clean(text, clean, length + 1);
	return clean;
}

/* Combining marks take no column, the scripts of East Asia and emoji two. */
static size_t columns_of(uint32_t c)
{
	if ((c >= 0x300 && c < 0x370) || (c >= 0x200B && c <= 0x200D) ||
	    (c >= 0xFE00 && c < 0xFE10) || (c >= 0x20D0 && c < 0x2100))
		return 0;
	if ((c >= 0x1100 && c < 0x1160) || (c >= 0x2E80 && c < 0xA4D0) ||
	    (c >= 0xAC00 && c < 0xD7A4) || (c >= 0xF900 && c < 0xFB00) ||
	    (c >= 0xFE30 && c < 0xFE70) || (c >= 0xFF00 && c < 0xFF61) ||
	    (c >= 0x1F300 && c < 0x1F650) || (c >= 0x1F900 && c < 0x1FA00) ||
	    (c >= 0x20000 && c < 0x3FFFE))
		return 2;
	return 1;
}

size_t rg_text_columns(const char *text)
{
	size_t left = strlen(text), columns = 0, used;

	while (left) {
		columns += columns_of(rg_text_decode(text, left, &used));
		text += used;
		left -= used;
	}
	return columns;
}

/* The byte after the first characters of @text that fit in @columns. */
static size_t prefix(const char *text, size_t columns)
{
	size_t left = strlen(text), at = 0, used, wide;

	while (left) {
		wide = columns_of(rg_text_decode(text + at, left, &used));
		if (wide > columns)
			break;
		columns -= wide;
		at += used;
		left -= used;
	}
	return at;
}

/* What the last word of a dotted name takes, or 0. */
static size_t last_word(const char *text)
{
	const char *dot = strpbrk(text, " <(") ? NULL : strrchr(text, '.');

	return dot ? rg_text_columns(dot + 1) : 0;
}

char *rg_text_shorten(const char *text, size_t columns, const char *mark)
{
	size_t all = rg_text_columns(text), marked = rg_text_columns(mark);
	size_t head, tail, keep, used;
	struct rg_buffer out = RG_BUFFER_INIT;

	if (all <= columns || columns <= marked)
		return rg_strdup(text);
	/* The end of a dotted name says most: its last word stays whole if anything else can. */
	keep = columns - marked - (columns - marked) / 2;
	if (last_word(text) > keep && last_word(text) + marked + 3 < columns)
		keep = last_word(text);
	head = prefix(text, columns - marked - keep);
	tail = prefix(text, all - keep);
	/* A wide character across the cut goes as well. */
	if (rg_text_columns(text + tail) > keep) {
		rg_text_decode(text + tail, strlen(text + tail), &used);
		tail += used;
	}
	rg_buffer_append(&out, text, head);
	rg_buffer_puts(&out, mark);
	rg_buffer_puts(&out, text + tail);
	if (rg_buffer_failed(&out)) {
		rg_buffer_free(&out);
		return NULL;
	}
	return out.data;
}
