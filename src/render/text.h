/* SPDX-License-Identifier: MIT */
/* UTF-8 that may be broken: decoding, repairing, measuring. */
#ifndef RG_RENDER_TEXT_H
#define RG_RENDER_TEXT_H

#include <stddef.h>
#include <stdint.h>

#define RG_TEXT_BAD 0xFFFDu

/*
 * rg_text_decode - the character at the start of @text (@length > 0 bytes);
 * the number of bytes it took, at least 1, goes to *@ret_used.  RG_TEXT_BAD for
 * everything that Unicode or XML do not allow: what is not well-formed, and
 * non-characters.
 */
uint32_t rg_text_decode(const char *text, size_t length, size_t *ret_used);
/* rg_text_columns - how many terminal columns the clean @text takes. */
size_t rg_text_columns(const char *text);
/*
 * rg_text_shorten - @text cut in its middle to at most @columns columns, with
 * @mark in place of what is gone; to be freed with rg_free; NULL: no memory.
 */
char *rg_text_shorten(const char *text, size_t columns, const char *mark);
/* rg_text_cleaned - rg_text_clean() into memory of its own; NULL: no memory. */
char *rg_text_cleaned(const char *text);

#endif
