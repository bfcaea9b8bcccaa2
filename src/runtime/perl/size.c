/* SPDX-License-Identifier: MIT */
/* How many bytes a head and all that belongs to it take. */
#include "runtime/perl/private.h"

uint64_t pl_size(struct pl *pl, const struct pl_sv *sv)
{
	(void)sv;
	return pl->layout.at.sv_size;
}
