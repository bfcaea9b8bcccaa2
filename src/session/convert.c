/* SPDX-License-Identifier: MIT */
/* From an open dump to the portable form, with what the accounting says of each object. */
#include "base/error.h"
#include "base/options.h"
#include "format/ndjson.h"
#include "session/session.h"

rg_error *rg_dump_convert(rg_dump *dump, const struct rg_convert_options *options,
			  rg_write_fn *write, void *user)
{
	struct rg_ndjson_options how = { .progress = *rg_dump_progress(dump) };
	struct rg_garbage *garbage = NULL;
	const rg_graph *graph;
	struct rg_convert_options given;
	rg_error *error;

	RG_TRY(rg_options_read(options, sizeof(given), &given));
	RG_TRY(rg_dump_graph(dump, &graph));
	how.labels = given.labels;
	how.values = given.values;
	if (rg_dump_info(dump)->has_refcounts) {
		RG_TRY(rg_garbage_find(graph, &garbage));
		how.unreachable = garbage->unreachable_set;
		how.lost = garbage->lost_set;
	}
	error = rg_ndjson_write(graph, rg_dump_info(dump), &how, write, user);
	rg_garbage_free(garbage);
	return error;
}
