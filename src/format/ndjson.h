/* SPDX-License-Identifier: MIT */
/*
 * The portable dump: NDJSON, one object a line, a superset of what meliae
 * wrote.  docs/portable-dump.md describes it for those who write one.
 */
#ifndef RG_FORMAT_NDJSON_H
#define RG_FORMAT_NDJSON_H

#include "base/buffer.h"
#include "format/format.h"

extern const struct rg_format rg_format_ndjson;

struct rg_ndjson_options {
	enum rg_label_policy labels;
	bool values;
	const uint64_t *unreachable; /* a bit an object, or NULL */
	const uint64_t *lost;
	struct rg_progress progress;
};

/*
 * rg_ndjson_default_code - the code that is assumed of a reference with @label where the file
 * says nothing else; @of_owner: behind the object whose __dict__ holds it.
 */
void rg_ndjson_default_code(const struct rg_words *words, const char *label, bool of_owner,
			    struct rg_buffer *ret);

/*
 * rg_ndjson_write - writes @graph, line by line, through @write.  O(objects +
 * references); holds one line and a buffer of 1 MiB.
 */
RG_MUST_CHECK rg_error *rg_ndjson_write(const rg_graph *graph, const struct rg_dump_info *info,
					const struct rg_ndjson_options *options,
					rg_write_fn *write, void *user);

#endif
