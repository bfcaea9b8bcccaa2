/* SPDX-License-Identifier: MIT */
/* The error object: a code and one sentence. */
#include "base/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

struct rg_error {
	enum rg_error_code code;
	const char *message;
};

static const struct rg_error no_memory = {
	RG_ERROR_NO_MEMORY, "out of memory: give the process more, or read a smaller dump"
};

rg_error *rg_error_no_memory(void)
{
	return (rg_error *)&no_memory;
}

rg_error *rg_error_new(enum rg_error_code code, const char *format, ...)
{
	va_list args;
	int length;
	struct rg_error *error;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0)
		return rg_error_no_memory();
	error = rg_alloc(sizeof(*error) + (size_t)length + 1);
	if (!error)
		return rg_error_no_memory();
	error->code = code;
	error->message = (char *)(error + 1);
	va_start(args, format);
	vsnprintf((char *)(error + 1), (size_t)length + 1, format, args);
	va_end(args);
	return error;
}

rg_error *rg_error_prefix(rg_error *error, const char *prefix)
{
	rg_error *longer;

	if (error == &no_memory)
		return error;
	longer = rg_error_new(error->code, "%s: %s", prefix, error->message);
	rg_error_free(error);
	return longer;
}

rg_error *rg_error_errno(int number, const char *path, const char *what)
{
	char text[128];

	/* The XSI and the GNU strerror_r differ in what they return; both cope with this. */
	text[0] = '\0';
#if defined(__GLIBC__)
	return rg_error_new(RG_ERROR_IO, "%s: cannot %s: %s", path, what,
			    strerror_r(number, text, sizeof(text)));
#else
	strerror_r(number, text, sizeof(text));
	return rg_error_new(RG_ERROR_IO, "%s: cannot %s: %s", path, what, text);
#endif
}

enum rg_error_code rg_error_code(const rg_error *error)
{
	return error->code;
}

const char *rg_error_message(const rg_error *error)
{
	return error->message;
}

void rg_error_free(rg_error *error)
{
	if (error != &no_memory)
		rg_free(error);
}
