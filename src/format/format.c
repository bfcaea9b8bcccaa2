/* SPDX-License-Identifier: MIT */
/* The table of formats. */
#include "format/format.h"

#include "format/ndjson.h"
#include "format/pmat.h"

static const struct rg_format *const formats[] = {
	&rg_format_ndjson,
	&rg_format_pmat,
};

const struct rg_format *rg_format_find(const unsigned char *head, size_t length)
{
	for (size_t i = 0; i < sizeof(formats) / sizeof(formats[0]); i++)
		if (formats[i]->recognise(head, length))
			return formats[i];
	return NULL;
}
