/* SPDX-License-Identifier: MIT */
/* Options of older and newer callers; see options.h. */
#include "base/options.h"

#include <string.h>

/* No struct of ours will ever be so long: a size beyond is a variable that nobody set. */
#define LONGEST 4096

rg_error *rg_options_read(const void *given, size_t size, void *ret)
{
	const unsigned char *bytes = given;
	size_t said = 0;

	if (given)
		memcpy(&said, given, sizeof(said));
	if (said && (said < sizeof(said) || said > LONGEST))
		return rg_error_new(RG_ERROR_INVALID,
				    "options say that they are %zu bytes: set them all to zero, "
				    "then their size to sizeof", said);
	for (size_t i = size; i < said; i++)
		if (bytes[i])
			return rg_error_new(RG_ERROR_INVALID,
					    "an option is set that this version of the library "
					    "does not know: use a newer one");
	memset(ret, 0, size);
	if (given)
		memcpy(ret, given, said && said < size ? said : size);
	return NULL;
}
