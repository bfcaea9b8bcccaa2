/* SPDX-License-Identifier: MIT */
/*
 * Options structs of callers that may have been compiled with other headers
 * than the library: their first member says how long they are.
 */
#ifndef RG_BASE_OPTIONS_H
#define RG_BASE_OPTIONS_H

#include "base/error.h"

/*
 * rg_options_read - fills the @size bytes of @ret with the options @given, or
 * with zeros where that is NULL.  A shorter struct is of an older version: what
 * it lacks is zero.  A longer one is of a newer version: what it has more must be
 * zero.  One that says 0 is as long as @ret.
 * Errors: RG_ERROR_INVALID.  O(size).
 */
RG_MUST_CHECK rg_error *rg_options_read(const void *given, size_t size, void *ret);

#endif
