/* SPDX-License-Identifier: MIT */
/* The JSON scanner (RFC 8259), one pass, no recursion, no allocation. */
#include "format/json_scan.h"

#include <string.h>

#include "base/json_string.h"

static bool fail(struct rg_json_scan *scan)
{
	scan->failed = true;
	return false;
}

static void blanks(struct rg_json_scan *scan)
{
	while (scan->at < scan->end &&
	       (*scan->at == ' ' || *scan->at == '\t' || *scan->at == '\r' || *scan->at == '\n'))
		scan->at++;
}

/* The next character that is no blank, or '\0'. */
static char peek(struct rg_json_scan *scan)
{
	blanks(scan);
	return !scan->failed && scan->at < scan->end ? *scan->at : '\0';
}

static bool accept(struct rg_json_scan *scan, char c)
{
	if (peek(scan) != c)
		return false;
	scan->at++;
	return true;
}

void rg_json_scan_init(struct rg_json_scan *scan, const char *text, size_t length)
{
	*scan = (struct rg_json_scan){ text, text + length, false, true };
}

bool rg_json_enter(struct rg_json_scan *scan, char bracket)
{
	scan->first = true;
	return accept(scan, bracket) || fail(scan);
}

bool rg_json_string(struct rg_json_scan *scan, struct rg_json_slice *ret)
{
	const char *at;

	if (peek(scan) != '"')
		return false;
	for (at = scan->at + 1; at < scan->end && *at != '"'; at++)
		if (*at == '\\')
			at++;
	if (at >= scan->end)
		return fail(scan);
	*ret = (struct rg_json_slice){ scan->at + 1, (size_t)(at - scan->at - 1) };
	scan->at = at + 1;
	return true;
}

/* Whether another member comes; passes the comma before it, or the bracket at the end. */
static bool more(struct rg_json_scan *scan, char closing)
{
	bool first = scan->first;

	scan->first = false;
	if (accept(scan, closing))
		return false;
	if (!first && !accept(scan, ','))
		return fail(scan);
	return peek(scan) != '\0' || fail(scan);
}

bool rg_json_key(struct rg_json_scan *scan, struct rg_json_slice *ret)
{
	if (scan->failed || !more(scan, '}'))
		return false;
	if (!rg_json_string(scan, ret) || !accept(scan, ':'))
		return fail(scan);
	return true;
}

bool rg_json_element(struct rg_json_scan *scan)
{
	if (scan->failed || !more(scan, ']'))
		return false;
	return peek(scan) != '\0' || fail(scan);
}

bool rg_json_u64(struct rg_json_scan *scan, uint64_t *ret)
{
	uint64_t value = 0;
	const char *at;
	char c = peek(scan);

	if (c < '0' || c > '9')
		return false;
	for (at = scan->at; at < scan->end && *at >= '0' && *at <= '9'; at++)
		if (__builtin_mul_overflow(value, 10, &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*at - '0'), &value))
			return fail(scan);
	if (at < scan->end && (*at == '.' || *at == 'e' || *at == 'E'))
		return false;
	scan->at = at;
	*ret = value;
	return true;
}

bool rg_json_i64(struct rg_json_scan *scan, int64_t *ret)
{
	const char *start;
	bool negative;
	uint64_t value;

	negative = peek(scan) == '-';
	start = scan->at;
	if (negative)
		scan->at++;
	if (!rg_json_u64(scan, &value) || value > (uint64_t)INT64_MAX) {
		scan->at = start;
		return false;
	}
	*ret = negative ? -(int64_t)value : (int64_t)value;
	return true;
}

static bool word(struct rg_json_scan *scan, const char *literal)
{
	size_t length = strlen(literal);

	if ((size_t)(scan->end - scan->at) < length || memcmp(scan->at, literal, length) != 0)
		return false;
	scan->at += length;
	return true;
}

bool rg_json_bool(struct rg_json_scan *scan, bool *ret)
{
	char c = peek(scan);

	if (c == 't' && word(scan, "true")) {
		*ret = true;
		return true;
	}
	if (c == 'f' && word(scan, "false")) {
		*ret = false;
		return true;
	}
	return false;
}

/* A number, true, false or null: passed over without looking closely. */
static bool skip_scalar(struct rg_json_scan *scan)
{
	const char *start = scan->at;

	while (scan->at < scan->end && *scan->at && strchr("+-.0123456789aeflnrstuEINy", *scan->at))
		scan->at++;
	return scan->at > start || fail(scan);
}

bool rg_json_skip(struct rg_json_scan *scan)
{
	struct rg_json_slice string;
	size_t depth = 0;

	/* Brackets are counted, not matched by kind: what is skipped need not be understood. */
	do {
		char c = peek(scan);

		if (c == '\0')
			return fail(scan);
		if (c == '"') {
			if (!rg_json_string(scan, &string))
				return false;
		} else if (c == '{' || c == '[') {
			depth++;
			scan->at++;
		} else if (c == '}' || c == ']') {
			if (!depth)
				return fail(scan);
			depth--;
			scan->at++;
		} else if ((c == ',' || c == ':') && depth) {
			scan->at++;
			continue;
		} else if (!skip_scalar(scan)) {
			return false;
		}
	} while (depth);
	return true;
}

static int hex(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	if (c >= 'a' && c <= 'f')
		return c - 'a' + 10;
	if (c >= 'A' && c <= 'F')
		return c - 'A' + 10;
	return -1;
}

/* The four hexadecimal digits at @at, or -1. */
static int32_t unit(const char *at, const char *end)
{
	int32_t value = 0;

	if (end - at < 4)
		return -1;
	for (int i = 0; i < 4; i++) {
		int digit = hex(at[i]);

		if (digit < 0)
			return -1;
		value = value << 4 | digit;
	}
	return value;
}

void rg_json_text(const struct rg_json_slice *slice, struct rg_buffer *ret)
{
	static const char from[] = "\"\\/bfnrt", to[] = "\"\\/\b\f\n\r\t";
	const char *at = slice->text, *end = slice->text + slice->length;

	while (at < end) {
		const char *escape = memchr(at, '\\', (size_t)(end - at));
		const char *found;
		char bytes[4];
		int32_t high, low;

		rg_buffer_append(ret, at, (size_t)((escape ? escape : end) - at));
		if (!escape || escape + 1 >= end)
			return;
		at = escape + 2;
		found = strchr(from, escape[1]);
		if (found && escape[1]) {
			rg_buffer_putc(ret, to[found - from]);
			continue;
		}
		high = escape[1] == 'u' ? unit(at, end) : -1;
		if (high < 0) {
			rg_buffer_append(ret, bytes, rg_utf8_encode(0xfffd, bytes));
			continue;
		}
		at += 4;
		if (high >= 0xd800 && high < 0xdc00 && end - at >= 6 && at[0] == '\\' &&
		    at[1] == 'u') {
			low = unit(at + 2, end);
			if (low >= 0xdc00 && low < 0xe000) {
				at += 6;
				high = 0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00);
			}
		}
		rg_buffer_append(ret, bytes, rg_utf8_encode((uint32_t)high, bytes));
	}
}

bool rg_json_is(const struct rg_json_slice *slice, const char *name)
{
	return slice->length == strlen(name) && memcmp(slice->text, name, slice->length) == 0;
}
