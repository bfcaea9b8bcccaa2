/* SPDX-License-Identifier: MIT */
/* Perl's names as text. */
#include "runtime/perl/name.h"

#include <ctype.h>
#include <stdio.h>

#define RUNES 128 /* of a key that is written as code */

void pl_put_bytes(struct pl_text *text, const char *bytes, size_t count)
{
	size_t room = text->size ? text->size - 1 - text->length : 0;

	if (count > room) {
		count = room;
		text->cut = true;
	}
	memcpy(text->at + text->length, bytes, count);
	text->length += count;
}

void pl_puts(struct pl_text *text, const char *string)
{
	pl_put_bytes(text, string, strlen(string));
}

void pl_put_number(struct pl_text *text, uint64_t number)
{
	char digits[24];

	pl_put_bytes(text, digits,
		     (size_t)snprintf(digits, sizeof(digits), "%llu", (unsigned long long)number));
}

void pl_put_finish(struct pl_text *text)
{
	if (text->size)
		text->at[text->length] = '\0';
}

bool pl_is_word(const char *text, size_t length)
{
	size_t i;

	for (i = 0; i < length; i++)
		if (!isalpha((unsigned char)text[i]) && text[i] != '_' &&
		    !(i && isdigit((unsigned char)text[i])))
			return false;
	return length > 0;
}

/* Bytes of a string that is not flagged as UTF-8 are Latin-1. */
static void put_byte(struct pl_text *text, unsigned char byte, bool is_utf8)
{
	char two[2] = { (char)(0xc0 | byte >> 6), (char)(0x80 | (byte & 0x3f)) };

	if (byte < 0x20 || byte == 0x7f)
		pl_puts(text, "?");
	else if (byte < 0x80 || is_utf8)
		pl_put_bytes(text, (const char *)&byte, 1);
	else if (byte < 0xa0)
		pl_puts(text, "?");
	else
		pl_put_bytes(text, two, 2);
}

bool pl_put_hek(const struct pl *pl, struct pl_text *text, uint64_t hek)
{
	char word[PL_NAME];
	bool is_utf8 = false;
	int64_t length = pl_hek(pl, hek, word, sizeof(word), &is_utf8);
	size_t i, shown;

	if (length < 0)
		return false;
	shown = (size_t)length < sizeof(word) ? (size_t)length : sizeof(word) - 1;
	for (i = 0; i < shown; i++)
		put_byte(text, (unsigned char)word[i], is_utf8);
	if (shown < (size_t)length)
		pl_puts(text, "...");
	return true;
}

/* One character of a literal in double quotes; how many bytes it took, 0: none. */
static size_t put_rune(struct pl_text *text, const char *at, size_t left, bool is_utf8)
{
	unsigned char byte = (unsigned char)*at;
	uint32_t rune = byte;
	size_t count = 1, i;
	char code[16];

	if (is_utf8 && byte >= 0xc2 && byte < 0xf5) {
		count = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
		if (count > left)
			return 0;
		rune = byte & (0x7fu >> count);
		for (i = 1; i < count; i++)
			rune = rune << 6 | ((unsigned char)at[i] & 0x3f);
	}
	if (rune < 0x80 && isprint((int)rune) && !strchr("\"\\$@", (int)rune))
		snprintf(code, sizeof(code), "%c", (char)rune);
	else
		snprintf(code, sizeof(code), "\\x{%x}", (unsigned int)rune);
	pl_puts(text, code);
	return count;
}

bool pl_put_key_code(const struct pl *pl, struct pl_text *text, uint64_t hek)
{
	char word[PL_NAME];
	bool is_utf8 = false;
	int64_t length = pl_hek(pl, hek, word, sizeof(word), &is_utf8);
	size_t i, taken;

	if (length < 0 || length >= RUNES)
		return false;
	if (pl_is_word(word, (size_t)length)) {
		pl_put_bytes(text, word, (size_t)length);
		return true;
	}
	pl_puts(text, "\"");
	for (i = 0; i < (size_t)length; i += taken) {
		taken = put_rune(text, word + i, (size_t)length - i, is_utf8);
		if (!taken)
			return false;
	}
	pl_puts(text, "\"");
	return true;
}

bool pl_put_package(const struct pl *pl, struct pl_text *text, uint64_t stash)
{
	struct pl_sv sv;
	uint64_t name;

	return pl_sv_read(pl, stash, &sv) && pl_stash_name(pl, &sv, &name) &&
	       pl_put_hek(pl, text, name);
}

/* ^W for the variable whose name is the byte 23. */
static void put_symbol_name(const struct pl *pl, struct pl_text *text, uint64_t hek)
{
	char word[PL_NAME];

	if (pl_hek(pl, hek, word, sizeof(word), NULL) > 0 && word[0] > 0 && word[0] < 0x20) {
		char control[2] = { '^', (char)(word[0] + 64) };

		pl_put_bytes(text, control, 2);
		pl_puts(text, word + 1);
		return;
	}
	if (!pl_put_hek(pl, text, hek))
		pl_puts(text, "?");
}

bool pl_put_symbol(const struct pl *pl, struct pl_text *text, const struct pl_sv *glob,
		   const char *sigil)
{
	const struct pl_members *at = &pl->layout.at;
	uint64_t hek = pl_word(pl, glob->any + at->gv_namehek);

	if (!hek)
		return false;
	pl_puts(text, sigil);
	if (!pl_put_package(pl, text, pl_word(pl, glob->any + at->gv_stash)))
		pl_puts(text, "__ANON__");
	pl_puts(text, "::");
	put_symbol_name(pl, text, hek);
	return true;
}

bool pl_is_package_word(const char *text)
{
	const char *end;

	for (; *text; text = end + 2) {
		end = strchr(text, ':');
		if (!end || end[1] != ':')
			return pl_is_word(text, strlen(text));
		if (!pl_is_word(text, (size_t)(end - text)))
			return false;
	}
	return true;
}

bool pl_symbol_is_code(const struct pl *pl, const struct pl_sv *glob)
{
	const struct pl_members *at = &pl->layout.at;
	char word[PL_NAME];
	int64_t length = pl_hek(pl, pl_word(pl, glob->any + at->gv_namehek), word, sizeof(word),
				NULL);
	struct pl_sv stash;
	uint64_t package;

	if (length <= 0 || (size_t)length >= sizeof(word) || !pl_is_word(word, (size_t)length) ||
	    !pl_sv_read(pl, pl_word(pl, glob->any + at->gv_stash), &stash) ||
	    !pl_stash_name(pl, &stash, &package))
		return false;
	length = pl_hek(pl, package, word, sizeof(word), NULL);
	return length > 0 && (size_t)length < sizeof(word) && strlen(word) == (size_t)length &&
	       pl_is_package_word(word);
}

void pl_put_sub(const struct pl *pl, struct pl_text *text, uint64_t code)
{
	const struct pl_members *at = &pl->layout.at;
	uint32_t flags;
	uint64_t name;
	struct pl_sv sv, glob;

	if (!pl_sv_read(pl, code, &sv) || (sv.type != PL_PVCV && sv.type != PL_PVFM) ||
	    !rg_image_u32(pl->image, sv.any + at->cv_flags, &flags)) {
		pl_puts(text, "?");
		return;
	}
	name = pl_word(pl, sv.any + at->cv_gv);
	if (flags & PL_CVf_NAMED) {
		if (pl_put_package(pl, text, pl_word(pl, sv.any + at->cv_stash)))
			pl_puts(text, "::");
		if (!pl_put_hek(pl, text, name))
			pl_puts(text, "?");
	} else if (!pl_sv_read(pl, name, &glob) || glob.type != PL_PVGV ||
		   !pl_put_symbol(pl, text, &glob, "")) {
		pl_puts(text, flags & PL_CVf_UNIQUE ? "(eval)" : "__ANON__");
	}
}

bool pl_cop(const struct pl *pl, uint64_t cop, char *ret_file, size_t size, uint32_t *ret_line)
{
	const struct pl_members *at = &pl->layout.at;
	struct pl_sv glob;
	uint64_t file;

	ret_file[0] = '\0';
	*ret_line = 0;
	if (!cop || !rg_image_u32(pl->image, cop + at->cop_line, ret_line))
		return false;
	if (at->cop_file != PL_ABSENT && pl->layout.threaded) {
		file = pl_word(pl, cop + at->cop_file);
		return file && rg_image_string(pl->image, file, ret_file, size);
	}
	/* Unthreaded: the glob of that file is called "_<file". */
	if (!pl_sv_read(pl, pl_word(pl, cop + at->cop_filegv), &glob) || glob.type != PL_PVGV ||
	    pl_hek(pl, pl_word(pl, glob.any + at->gv_namehek), ret_file, size, NULL) < 2)
		return false;
	memmove(ret_file, ret_file + 2, strlen(ret_file + 2) + 1);
	return true;
}
