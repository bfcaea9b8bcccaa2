/* SPDX-License-Identifier: MIT */
/* The table of formats. */
#include "format/format.h"

#include "format/ndjson.h"

static const struct rg_format *const formats[] = {
	&rg_format_ndjson,
};

const struct rg_format *rg_format_find(const unsigned char *head, size_t length)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i]->recognise(head, length))
			return formats[i];
	return NULL;
}
