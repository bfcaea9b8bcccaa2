/* SPDX-License-Identifier: MIT */
/* The stack of values of a frame that calls C (frame_stack.c). */
#ifndef RG_RUNTIME_CPYTHON_FRAME_STACK_H
#define RG_RUNTIME_CPYTHON_FRAME_STACK_H

#include "runtime/cpython/cpython.h"

struct cpy_depths;

/* What is remembered from one frame to the next: zero to begin with. */
struct cpy_frame_stack {
	uint64_t code;
	struct cpy_depths *depths; /* of the code object at code */
	uint64_t looked_at;
};

/*
 * cpy_frame_stack - where the values on the stack of the running @frame, which runs @code,
 * begin, and how many there are; none where the walkers of frames read them (the end is on
 * record, as always from 3.14 on) and where they cannot be told.  O(units of the code).
 */
RG_MUST_CHECK rg_error *cpy_frame_stack(struct cpy_frame_stack *stack, const struct cpy *cpy,
					uint64_t frame, uint64_t code, uint64_t *ret_start,
					uint32_t *ret_count);
void cpy_frame_stack_free(struct cpy_frame_stack *stack);

#endif
