/* SPDX-License-Identifier: MIT */
/*
 * A scanner for JSON text in memory: it hands out one value after the other and
 * builds nothing.  Numbers keep all 64 bits, which a parser that makes doubles
 * of them would lose.
 *
 *     rg_json_enter(&scan, '{');
 *     while (rg_json_key(&scan, &key)) ... one of the value functions, or rg_json_skip
 *
 * After a mistake in the text scan.failed stays true and every call is false.
 */
#ifndef RG_FORMAT_JSON_SCAN_H
#define RG_FORMAT_JSON_SCAN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/buffer.h"

struct rg_json_scan {
	const char *at;
	const char *end;
	bool failed;
	bool first; /* no comma is due before the next member or element */
};

/* A piece of the text: a key or a string without its quotes, escapes not resolved. */
struct rg_json_slice {
	const char *text;
	size_t length;
};

void rg_json_scan_init(struct rg_json_scan *scan, const char *text, size_t length);
/* rg_json_enter - goes into the object ('{') or array ('[') that comes next. */
bool rg_json_enter(struct rg_json_scan *scan, char bracket);
/* rg_json_key - the next key of the object; false at its end, which is then left. */
bool rg_json_key(struct rg_json_scan *scan, struct rg_json_slice *ret);
/* rg_json_element - true if another element of the array comes; else the array is left. */
bool rg_json_element(struct rg_json_scan *scan);
/* Values.  Each is false, without failing the scan, if a value of another kind comes. */
bool rg_json_u64(struct rg_json_scan *scan, uint64_t *ret);
bool rg_json_i64(struct rg_json_scan *scan, int64_t *ret);
bool rg_json_bool(struct rg_json_scan *scan, bool *ret);
bool rg_json_string(struct rg_json_scan *scan, struct rg_json_slice *ret);
/* rg_json_skip - passes over any value.  Iterative, whatever its depth. */
bool rg_json_skip(struct rg_json_scan *scan);
/* rg_json_text - resolves the escapes of @slice into @ret (appending). */
void rg_json_text(const struct rg_json_slice *slice, struct rg_buffer *ret);
/* rg_json_is - whether @slice is exactly @word. */
bool rg_json_is(const struct rg_json_slice *slice, const char *word);

#endif
