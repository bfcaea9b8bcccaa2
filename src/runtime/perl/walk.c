/* SPDX-License-Identifier: MIT */
/* Every reference of one head. */
#include "runtime/perl/private.h"

rg_error *pl_references(void *state, rg_builder *builder)
{
	rg_id count = rg_graph_object_count(rg_builder_graph(builder)), id;

	(void)state;
	for (id = 0; id < count; id++)
		RG_TRY(rg_builder_next(builder));
	return NULL;
}

void pl_labels(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
	       enum rg_label_policy policy, rg_label_fn *each, void *each_user)
{
	size_t i;

	(void)user, (void)graph, (void)source, (void)policy;
	for (i = first; i < first + count; i++)
		each(each_user, i, "");
}
