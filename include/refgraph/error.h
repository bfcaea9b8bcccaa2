/* SPDX-License-Identifier: MIT */
/*
 * Errors as values.  Every fallible function of the library returns an
 * rg_error *: NULL is success, anything else says what went wrong, where, and
 * what to do about it, in one sentence meant for a person.  The caller owns a
 * returned error and frees it with rg_error_free().  On failure no output
 * parameter has been written.
 */
#ifndef REFGRAPH_ERROR_H
#define REFGRAPH_ERROR_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

typedef struct rg_error rg_error;

/* What kind of failure it was: enough to decide without reading the text. */
enum rg_error_code {
	RG_ERROR_NO_MEMORY = 1,   /* an allocation failed */
	RG_ERROR_IO = 2,          /* a file could not be opened, read or written */
	RG_ERROR_NOT_A_DUMP = 3,  /* the file is none of the forms we read */
	RG_ERROR_UNSUPPORTED = 4, /* a dump, but of a machine or runtime version we do not read */
	RG_ERROR_CORRUPT = 5,     /* the dump contradicts itself where we need it */
	RG_ERROR_NO_RUNTIME = 6,  /* a readable image in which no known runtime was found */
	RG_ERROR_NOT_FOUND = 7,   /* the named object, type or root is not in the dump */
	RG_ERROR_INCOMPLETE = 8,  /* the dump lacks what the question needs (refcounts, roots) */
	RG_ERROR_INVALID = 9,     /* an argument that makes no sense: a mistake of the caller */
	RG_ERROR_LIMIT = 10,      /* a budget that guards against hostile input was used up */
};

/*
 * rg_error_code - the kind of @error.  O(1); cannot fail.
 */
RG_API enum rg_error_code rg_error_code(const rg_error *error);

/*
 * rg_error_message - the sentence, without a trailing full stop's newline.
 * Owned by @error; valid until rg_error_free().  O(1); cannot fail.
 */
RG_API const char *rg_error_message(const rg_error *error);

/*
 * rg_error_errno - an error for callbacks that do I/O: "@path: cannot @what:
 * what errno @number means".  Owned by whoever it is returned to; never NULL.
 * Errors: without memory it is RG_ERROR_NO_MEMORY, else RG_ERROR_IO.  O(1).
 */
RG_API RG_MUST_CHECK rg_error *rg_error_errno(int number, const char *path, const char *what);

/*
 * rg_error_free - releases @error; NULL is allowed.  O(1); cannot fail.
 */
RG_API void rg_error_free(rg_error *error);

#endif
