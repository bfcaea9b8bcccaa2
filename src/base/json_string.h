/* SPDX-License-Identifier: MIT */
/* Text as a JSON string: what every writer of JSON needs and none may get wrong. */
#ifndef RG_BASE_JSON_STRING_H
#define RG_BASE_JSON_STRING_H

#include "base/buffer.h"

/*
 * rg_utf8_decode - the code point at @text (@length > 0 bytes left); its bytes
 * go to *@ret_used.  Anything that is not well-formed UTF-8 (overlong forms,
 * surrogates, beyond U+10FFFF, cut off) gives U+FFFD and uses one byte.
 */
uint32_t rg_utf8_decode(const char *text, size_t length, size_t *ret_used);

/* rg_utf8_encode - @code as UTF-8 (surrogates become U+FFFD); returns its 1 to 4 bytes. */
size_t rg_utf8_encode(uint32_t code, char ret[4]);

/*
 * rg_buffer_json_string - appends @text in double quotes: control characters,
 * quotes and backslashes escaped, ill-formed UTF-8 repaired to U+FFFD.
 */
void rg_buffer_json_string(struct rg_buffer *buffer, const char *text, size_t length);

#endif
