/* SPDX-License-Identifier: MIT */
/*
 * A streaming JSON writer: what it is told goes straight to the sink, so that
 * a million rows cost no memory.  A wrong use is remembered and reported at the
 * end: the text would not parse.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/error.h"
#include "base/json_string.h"
#include "render/text.h"

#define MAX_DEPTH 60
#define BROKEN_LEVELS 2 /* levels that are broken into lines */

struct rg_json {
	rg_sink *sink;
	uint64_t arrays;   /* bit i: level i is an array */
	uint64_t occupied; /* bit i: level i has a value already */
	unsigned int depth;
	bool done;         /* the outermost value is complete */
	bool misused;
};

rg_error *rg_json_new(rg_sink *sink, rg_json **ret)
{
	rg_json *json = rg_calloc(1, sizeof(*json));

	if (!json)
		return rg_error_no_memory();
	json->sink = sink;
	*ret = json;
	return NULL;
}

void rg_json_free(rg_json *json)
{
	rg_free(json);
}

static uint64_t level_bit(const rg_json *json)
{
	return UINT64_C(1) << json->depth;
}

static void put_string(rg_json *json, const char *text)
{
	size_t left = strlen(text), plain = 0, used;
	const char *start = text;
	char out[8];

	rg_sink_write(json->sink, "\"", 1);
	while (left) {
		uint32_t c = rg_text_decode(text, left, &used);

		if (c >= 0x20 && c != '"' && c != '\\' && c != 0x7F && c != RG_TEXT_BAD) {
			plain += used;
			text += used;
			left -= used;
			continue;
		}
		rg_sink_write(json->sink, start, plain);
		if (c == '"' || c == '\\')
			rg_sink_printf(json->sink, "\\%c", (char)c);
		else if (c == '\n')
			rg_sink_write(json->sink, "\\n", 2);
		else if (c == '\t')
			rg_sink_write(json->sink, "\\t", 2);
		else if (c < 0x80)
			rg_sink_printf(json->sink, "\\u%04x", c);
		else
			rg_sink_write(json->sink, out, rg_utf8_encode(c, out));
		text += used;
		left -= used;
		start = text;
		plain = 0;
	}
	rg_sink_write(json->sink, start, plain);
	rg_sink_write(json->sink, "\"", 1);
}

static void indent(rg_json *json, unsigned int levels)
{
	rg_sink_write(json->sink, "\n        ", 1 + levels);
}

/* What comes before a value: comma, line, name. */
static void begin(rg_json *json, const char *key)
{
	bool in_object = json->depth && !(json->arrays & level_bit(json));

	if (json->done || in_object != (key != NULL)) {
		json->misused = true;
		return;
	}
	if (json->depth) {
		if (json->occupied & level_bit(json))
			rg_sink_write(json->sink, json->depth <= BROKEN_LEVELS ? "," : ", ",
				      json->depth <= BROKEN_LEVELS ? 1 : 2);
		if (json->depth <= BROKEN_LEVELS)
			indent(json, json->depth);
		json->occupied |= level_bit(json);
	} else {
		json->done = true;
	}
	if (key) {
		put_string(json, key);
		rg_sink_write(json->sink, ": ", 2);
	}
}

static void open_level(rg_json *json, const char *key, bool array)
{
	if (json->depth >= MAX_DEPTH) {
		json->misused = true;
		return;
	}
	begin(json, key);
	rg_sink_write(json->sink, array ? "[" : "{", 1);
	json->depth++;
	json->done = false;
	json->occupied &= ~level_bit(json);
	json->arrays &= ~level_bit(json);
	if (array)
		json->arrays |= level_bit(json);
}

void rg_json_put_object(rg_json *json, const char *key)
{
	open_level(json, key, false);
}

void rg_json_put_array(rg_json *json, const char *key)
{
	open_level(json, key, true);
}

void rg_json_put_end(rg_json *json)
{
	bool array, occupied;

	if (!json->depth) {
		json->misused = true;
		return;
	}
	array = json->arrays & level_bit(json);
	occupied = json->occupied & level_bit(json);
	json->depth--;
	if (occupied && json->depth < BROKEN_LEVELS)
		indent(json, json->depth);
	rg_sink_write(json->sink, array ? "]" : "}", 1);
	if (!json->depth)
		json->done = true;
}

void rg_json_put_string(rg_json *json, const char *key, const char *text)
{
	begin(json, key);
	if (text)
		put_string(json, text);
	else
		rg_sink_write(json->sink, "null", 4);
}

void rg_json_put_u64(rg_json *json, const char *key, uint64_t value)
{
	begin(json, key);
	rg_sink_printf(json->sink, "%" PRIu64, value);
}

void rg_json_put_i64(rg_json *json, const char *key, int64_t value)
{
	begin(json, key);
	rg_sink_printf(json->sink, "%" PRId64, value);
}

void rg_json_put_double(rg_json *json, const char *key, double value)
{
	char text[32], clean[32];
	size_t length = 0;

	if (!(value - value == 0)) {
		rg_json_put_null(json, key);
		return;
	}
	/* The fewest digits that give this number again. */
	for (int digits = 15; digits <= 17; digits++) {
		snprintf(text, sizeof(text), "%.*g", digits, value);
		if (strtod(text, NULL) == value)
			break;
	}
	/* Whatever the locale has between whole and fraction is a point in JSON. */
	for (const char *at = text; *at; at++) {
		bool plain = strchr("0123456789+-e", *at) != NULL;

		if (plain || !length || clean[length - 1] != '.')
			clean[length++] = plain ? *at : '.';
	}
	clean[length] = '\0';
	begin(json, key);
	rg_sink_puts(json->sink, clean);
}

void rg_json_put_bool(rg_json *json, const char *key, bool value)
{
	begin(json, key);
	rg_sink_puts(json->sink, value ? "true" : "false");
}

void rg_json_put_null(rg_json *json, const char *key)
{
	rg_json_put_string(json, key, NULL);
}

void rg_json_put_address(rg_json *json, const char *key, uint64_t address)
{
	begin(json, key);
	rg_sink_printf(json->sink, "\"0x%" PRIx64 "\"", address);
}

rg_error *rg_json_finish(rg_json *json)
{
	if (json->depth || !json->done || json->misused)
		return rg_error_new(RG_ERROR_INVALID,
				    "the JSON text was not written in order: a member without a "
				    "key, a level left open, or a second outermost value");
	rg_sink_write(json->sink, "\n", 1);
	return NULL;
}
