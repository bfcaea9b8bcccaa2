/* SPDX-License-Identifier: MIT */
/* References as Python, for label.c, which walks the objects, and for roots. */
#ifndef RG_RUNTIME_CPYTHON_CODE_H
#define RG_RUNTIME_CPYTHON_CODE_H

#include "runtime/cpython/private.h"

/* One source whose references are to be written. */
struct cpy_coder {
	struct cpy *cpy;
	uint64_t object;
	const struct cpy_type *type;
	/* Of the object that the source is the __dict__ of, if it is to be written from there. */
	uint64_t owner;
	const struct cpy_type *owner_type; /* NULL: from the source itself */
};

/*
 * cpy_code_put - appends what evaluates to the target of @reference behind an
 * expression for the source; false: nothing does (and @text holds no use).
 */
bool cpy_code_put(const struct cpy_coder *coder, struct cpy_text *text,
		  const struct cpy_reference *reference);

/* cpy_code_item - appends "[key]"; false: @key cannot be written as a literal. */
bool cpy_code_item(struct cpy *cpy, struct cpy_text *text, uint64_t key);

#endif
