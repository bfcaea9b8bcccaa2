/* SPDX-License-Identifier: MIT */
/* What structs own that only a thread's C stack leads to (c_stack.c). */
#ifndef RG_RUNTIME_CPYTHON_C_STACK_H
#define RG_RUNTIME_CPYTHON_C_STACK_H

#include "runtime/cpython/cpython.h"

/*
 * cpy_c_stack - calls @each for every reference of such a struct, named, as far as the dump
 * knows which stack is that of @thread.  O(live part of the stack, of 8 MiB at most).
 * *@spent, 0 before the first thread, says how much of all stacks was looked at so far:
 * from a limit on no more is.
 */
RG_MUST_CHECK rg_error *cpy_c_stack(struct cpy *cpy, const struct cpy_thread *thread,
				    uint64_t *spent,
				    rg_error *(*each)(void *user, uint64_t address,
						      const char *name),
				    void *user);

#endif
