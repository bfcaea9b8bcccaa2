/* SPDX-License-Identifier: MIT */
/* The frames of a thread as they stand in memory (data_stack.c). */
#ifndef RG_RUNTIME_CPYTHON_DATA_STACK_H
#define RG_RUNTIME_CPYTHON_DATA_STACK_H

#include "runtime/cpython/execution_layout.h"

/* cpy_data_stack_begin - at the thread state @thread; of no use up to 3.10. */
void cpy_data_stack_begin(struct cpy_data_stack *stack, const struct cpy *cpy, uint64_t thread);
/* cpy_data_stack_top - the innermost frame; 0: none, or it cannot be told.  O(frames). */
uint64_t cpy_data_stack_top(struct cpy_data_stack *stack, const struct cpy *cpy);
/* cpy_data_stack_below - the frame that was there before @frame; 0 as above.  O(frames). */
uint64_t cpy_data_stack_below(struct cpy_data_stack *stack, const struct cpy *cpy,
			      uint64_t frame);

#endif
