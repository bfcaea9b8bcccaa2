/* SPDX-License-Identifier: MIT */
/* Making and passing on errors inside the library. */
#ifndef RG_BASE_ERROR_H
#define RG_BASE_ERROR_H

#include <refgraph/refgraph.h>

/*
 * rg_error_new - an error with a formatted sentence.  Falls back to
 * rg_error_no_memory() when it cannot be allocated; never NULL.
 */
RG_MUST_CHECK rg_error *rg_error_new(enum rg_error_code code, const char *format, ...)
	__attribute__((format(printf, 2, 3), cold));
/* rg_error_no_memory - the static out-of-memory error: needs no memory itself. */
RG_MUST_CHECK rg_error *rg_error_no_memory(void) __attribute__((cold));
/* rg_error_prefix - puts "PREFIX: " before the sentence of @error, which it takes over. */
RG_MUST_CHECK rg_error *rg_error_prefix(rg_error *error, const char *prefix)
	__attribute__((cold));
/* Returns from the calling function with the error of @call, if it has one. */
#define RG_TRY(call)                                                                               \
	do {                                                                                       \
		rg_error *rg_try_error_ = (call);                                                  \
		if (__builtin_expect(rg_try_error_ != NULL, 0))                                    \
			return rg_try_error_;                                                      \
	} while (0)

#endif
