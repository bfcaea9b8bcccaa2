/* SPDX-License-Identifier: MIT */
/* What the files that read the portable dump share: one open file. */
#ifndef RG_FORMAT_NDJSON_STATE_H
#define RG_FORMAT_NDJSON_STATE_H

#include "base/map.h"
#include "base/vector.h"
#include "format/json_scan.h"
#include "format/ndjson.h"
#include "format/ndjson_recent.h"

/* An object and its line; sorted by address, so that the index is the object's id. */
struct rg_ndjson_entry {
	uint64_t address;
	uint64_t offset;
};

struct rg_ndjson_type {
	struct rg_json_slice name; /* in the mapped file, escapes not resolved */
	uint64_t address;
	rg_type_id id;
};

struct rg_ndjson_file {
	struct rg_file file;
	RG_VECTOR(struct rg_ndjson_entry) entries;
	RG_VECTOR(uint64_t) roots;    /* where the lines of roots begin */
	RG_VECTOR(uint64_t) threads;
	RG_VECTOR(uint64_t) tasks;
	RG_VECTOR(uint64_t) typedefs;
	RG_VECTOR(uint64_t) thread_ids; /* parallel to threads */
	RG_VECTOR(char *) missing;
	RG_VECTOR(struct rg_ndjson_type) types;
	struct rg_map type_index;     /* hash of name and address -> index + 1 into types */
	char *strings[4];             /* runtime, runtime_name, version, build */
	uint64_t interpreters, unreadable, allocator_free, total_bytes;
	uint64_t end_objects;
	bool has_header, has_end, complete, has_refcounts;
	bool has_code;                /* labels are code where nothing else is said */
	bool labels_all;              /* the file's labels were not restricted when written */
	struct rg_collector collector;
	rg_builder *builder;
	struct rg_ndjson_recent recent;
};

/* rg_ndjson_line - the line at @offset, without its line feed; returns its length. */
size_t rg_ndjson_line(const struct rg_ndjson_file *s, uint64_t offset, const char **ret);
/* rg_ndjson_scan - begins to scan the object that the line at @offset is. */
void rg_ndjson_scan(const struct rg_ndjson_file *s, uint64_t offset, struct rg_json_scan *ret);
/* rg_ndjson_string - the string that comes next, its escapes resolved, as a copy in *@ret. */
RG_MUST_CHECK rg_error *rg_ndjson_string(struct rg_json_scan *scan, char **ret);

/* ndjson_graph.c: the stages of building (format.h). */
rg_error *rg_ndjson_objects(void *user, rg_builder *builder);
rg_error *rg_ndjson_graph(void *user, rg_builder *builder);
/* ndjson_stack.c: the line at @offset is a thread's, a task's. */
RG_MUST_CHECK rg_error *rg_ndjson_thread(struct rg_ndjson_file *s, uint64_t offset);
RG_MUST_CHECK rg_error *rg_ndjson_task(struct rg_ndjson_file *s, uint64_t offset);
/* ndjson_words.c: the hooks of the graph. */
void rg_ndjson_labels(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		      enum rg_label_policy policy, rg_label_fn *each, void *each_user);
void rg_ndjson_codes(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		     bool of_owner, enum rg_label_policy policy, rg_label_fn *each,
		     void *each_user);
void rg_ndjson_describe(void *user, const rg_graph *graph, rg_id id, bool values,
			struct rg_description *ret);
uint16_t rg_ndjson_fingerprint(void *user, const rg_graph *graph, rg_id id);

/*
 * ndjson_code.c: what an object's line says where its labels are not the code.
 * rg_ndjson_codes_find goes to it, rg_ndjson_codes_next reads entry by entry.
 */
bool rg_ndjson_codes_find(const char *line, size_t length, bool of_owner,
			  struct rg_json_scan *ret);
bool rg_ndjson_codes_next(struct rg_json_scan *scan, size_t *ret_index, struct rg_json_slice *ret);

#endif
