/* SPDX-License-Identifier: MIT */
/*
 * The references of long lines that were read not long ago: labels are asked for
 * one at a time, and a dict of 70,000 entries is a line of megabytes.
 */
#ifndef RG_FORMAT_NDJSON_RECENT_H
#define RG_FORMAT_NDJSON_RECENT_H

#include <pthread.h>

#include <refgraph/refgraph.h>

#include "format/ndjson_line.h"

#define RG_NDJSON_RECENT 8

/* What a line says of an object's references. */
struct rg_ndjson_spoken {
	rg_id source;
	bool is_there;
	struct rg_ndjson_references refs;
	bool all_found;              /* each target is an object of the graph */
	bool has_code[2];            /* "code", "owner_code" */
	struct rg_json_scan code[2]; /* within them */
};

struct rg_ndjson_recent {
	pthread_mutex_t lock;
	struct rg_ndjson_spoken slots[RG_NDJSON_RECENT];
};

struct rg_ndjson_file;

/*
 * rg_ndjson_recall - what the line of object @source says, read anew if nobody
 * has it; false: there is no such line, or no memory.  *@ret is the caller's until
 * it goes back with rg_ndjson_keep(), so several threads may do so at once.
 * O(length of the line), or O(1) for a long one that was asked for just before.
 */
bool rg_ndjson_recall(struct rg_ndjson_file *s, const rg_graph *graph, rg_id source,
		      struct rg_ndjson_spoken *ret);
void rg_ndjson_keep(struct rg_ndjson_file *s, struct rg_ndjson_spoken *spoken);
void rg_ndjson_recent_init(struct rg_ndjson_recent *recent);
void rg_ndjson_recent_free(struct rg_ndjson_recent *recent);

#endif
