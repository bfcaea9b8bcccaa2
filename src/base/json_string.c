/* SPDX-License-Identifier: MIT */
/* UTF-8 (RFC 3629) and JSON strings (RFC 8259, section 7). */
#include "base/json_string.h"

#include <string.h>

uint32_t rg_utf8_decode(const char *text, size_t length, size_t *ret_used)
{
	static const uint32_t least[5] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *at = (const unsigned char *)text;
	uint32_t code;
	size_t need;

	*ret_used = 1;
	if (at[0] < 0x80)
		return at[0];
	if (at[0] >= 0xc2 && at[0] < 0xe0) {
		need = 2;
		code = at[0] & 0x1f;
	} else if (at[0] >= 0xe0 && at[0] < 0xf0) {
		need = 3;
		code = at[0] & 0x0f;
	} else if (at[0] >= 0xf0 && at[0] < 0xf5) {
		need = 4;
		code = at[0] & 0x07;
	} else {
		return 0xfffd;
	}
	if (length < need)
		return 0xfffd;
	for (size_t i = 1; i < need; i++) {
		if ((at[i] & 0xc0) != 0x80)
			return 0xfffd;
		code = code << 6 | (at[i] & 0x3f);
	}
	if (code < least[need] || code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		return 0xfffd;
	*ret_used = need;
	return code;
}

size_t rg_utf8_encode(uint32_t code, char ret[4])
{
	if (code > 0x10ffff || (code >= 0xd800 && code < 0xe000))
		code = 0xfffd;
	if (code < 0x80) {
		ret[0] = (char)code;
		return 1;
	}
	if (code < 0x800) {
		ret[0] = (char)(0xc0 | code >> 6);
		ret[1] = (char)(0x80 | (code & 0x3f));
		return 2;
	}
	if (code < 0x10000) {
		ret[0] = (char)(0xe0 | code >> 12);
		ret[1] = (char)(0x80 | (code >> 6 & 0x3f));
		ret[2] = (char)(0x80 | (code & 0x3f));
		return 3;
	}
	ret[0] = (char)(0xf0 | code >> 18);
	ret[1] = (char)(0x80 | (code >> 12 & 0x3f));
	ret[2] = (char)(0x80 | (code >> 6 & 0x3f));
	ret[3] = (char)(0x80 | (code & 0x3f));
	return 4;
}

/* Whether a byte may stand in a JSON string as it is. */
static bool plain(unsigned char c)
{
	return c >= 0x20 && c < 0x7f && c != '"' && c != '\\';
}

void rg_buffer_json_string(struct rg_buffer *buffer, const char *text, size_t length)
{
	size_t at = 0;

	rg_buffer_putc(buffer, '"');
	while (at < length) {
		size_t run = at, used;
		uint32_t code;
		char bytes[4];

		while (run < length && plain((unsigned char)text[run]))
			run++;
		rg_buffer_append(buffer, text + at, run - at);
		at = run;
		if (at == length)
			break;
		code = rg_utf8_decode(text + at, length - at, &used);
		at += used;
		if (code == '"' || code == '\\') {
			rg_buffer_putc(buffer, '\\');
			rg_buffer_putc(buffer, (char)code);
		} else if (code == '\n') {
			rg_buffer_puts(buffer, "\\n");
		} else if (code == '\t') {
			rg_buffer_puts(buffer, "\\t");
		} else if (code < 0x20 || code == 0x7f) {
			rg_buffer_printf(buffer, "\\u%04x", code);
		} else {
			rg_buffer_append(buffer, bytes, rg_utf8_encode(code, bytes));
		}
	}
	rg_buffer_putc(buffer, '"');
}
