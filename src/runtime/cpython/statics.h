/* SPDX-License-Identifier: MIT */
/* What variables of C own, told by shape (statics.c). */
#ifndef RG_RUNTIME_CPYTHON_STATICS_H
#define RG_RUNTIME_CPYTHON_STATICS_H

#include "runtime/cpython/cpython.h"

/*
 * cpy_statics - calls @each for every reference that a variable of the interpreter or of an
 * extension owns, as far as its shape proves it, with the name of the variable.
 * O(variables of all modules).
 */
RG_MUST_CHECK rg_error *cpy_statics(struct cpy *cpy,
				    rg_error *(*each)(void *user, uint64_t address,
						      const char *name),
				    void *user);

#endif
