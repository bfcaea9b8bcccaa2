/* SPDX-License-Identifier: MIT */
/* What an object is, in words. */
#include "runtime/perl/private.h"

void pl_describe(void *user, const rg_graph *graph, rg_id id, bool values,
		 struct rg_description *ret)
{
	struct pl *pl = user;
	struct pl_sv sv;

	(void)values;
	if (!pl_sv_read(pl, rg_graph_object(graph, id).address, &sv))
		return;
	if (sv.type == PL_PVAV) {
		ret->length = pl_word(pl, sv.any + pl->layout.at.av_fill) + 1;
		ret->has_length = true;
	}
}
