/* SPDX-License-Identifier: MIT */
/* One line of a portable dump that describes an object, taken apart. */
#ifndef RG_FORMAT_NDJSON_LINE_H
#define RG_FORMAT_NDJSON_LINE_H

#include "base/vector.h"
#include "format/json_scan.h"

/* What a line is about, by the key that only such lines have. */
enum rg_ndjson_line {
	RG_LINE_BAD,     /* no JSON object */
	RG_LINE_OTHER,   /* a JSON object that says nothing to us */
	RG_LINE_HEADER,
	RG_LINE_TYPEDEF,
	RG_LINE_THREAD,
	RG_LINE_TASK,
	RG_LINE_OBJECT,
	RG_LINE_ROOT,
	RG_LINE_END,
};

/* rg_ndjson_line_kind - what the line is; *ret_address is an object's or root's. */
enum rg_ndjson_line rg_ndjson_line_kind(const char *line, size_t length, uint64_t *ret_address);

/* One reference as the line gives it. */
struct rg_ndjson_reference {
	uint64_t target;
	uint8_t kind;
	struct rg_json_slice label; /* text NULL: none */
};

/* Scratch for rg_ndjson_references, so that reading a file allocates only as it grows. */
struct rg_ndjson_references {
	RG_VECTOR(struct rg_ndjson_reference) all;  /* the result, in the object's order */
	RG_VECTOR(struct rg_ndjson_reference) counted;
	RG_VECTOR(struct rg_ndjson_reference) others;
	RG_VECTOR(uint64_t) at;
	uint64_t bad; /* entries that were no addresses or no indices */
};

/* rg_ndjson_references - the references of an object's line; false: no memory. */
bool rg_ndjson_references(const char *line, size_t length, struct rg_ndjson_references *ret);
void rg_ndjson_references_free(struct rg_ndjson_references *refs);

#endif
