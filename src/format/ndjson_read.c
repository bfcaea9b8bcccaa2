/* SPDX-License-Identifier: MIT */
/*
 * Reading the portable dump.  The file stays mapped: labels and descriptions
 * are taken from an object's line when they are asked for, so that what is kept
 * of each object is its address and where its line begins.
 */
#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "format/ndjson_line.h"
#include "format/ndjson_state.h"

static rg_error *lacks(struct rg_ndjson_file *s, const char *sentence)
{
	char *copy = rg_strdup(sentence);

	if (!copy || !rg_vector_push(&s->missing, copy)) {
		rg_free(copy);
		return rg_error_no_memory();
	}
	s->complete = false;
	return NULL;
}

size_t rg_ndjson_line(const struct rg_ndjson_file *s, uint64_t offset, const char **ret)
{
	const char *start = (const char *)s->file.data + offset;
	const char *end = memchr(start, '\n', (size_t)(s->file.size - offset));

	*ret = start;
	return end ? (size_t)(end - start) : (size_t)(s->file.size - offset);
}

void rg_ndjson_scan(const struct rg_ndjson_file *s, uint64_t offset, struct rg_json_scan *ret)
{
	const char *line;
	size_t length = rg_ndjson_line(s, offset, &line);

	rg_json_scan_init(ret, line, length);
	rg_json_enter(ret, '{');
}

static bool recognise(const unsigned char *head, size_t length)
{
	size_t at = 0;

	while (at < length && (head[at] == ' ' || head[at] == '\n' || head[at] == '\r' ||
			       head[at] == '\t'))
		at++;
	return at < length && head[at] == '{';
}

static void close_state(void *user)
{
	struct rg_ndjson_file *s = user;

	if (!s)
		return;
	for (size_t i = 0; i < s->missing.count; i++)
		rg_free(s->missing.data[i]);
	for (size_t i = 0; i < 4; i++)
		rg_free(s->strings[i]);
	rg_vector_free(&s->entries);
	rg_vector_free(&s->roots);
	rg_vector_free(&s->threads);
	rg_vector_free(&s->tasks);
	rg_vector_free(&s->typedefs);
	rg_vector_free(&s->thread_ids);
	rg_vector_free(&s->missing);
	rg_vector_free(&s->types);
	rg_map_free(&s->type_index);
	rg_ndjson_recent_free(&s->recent);
	rg_file_close(&s->file);
	rg_free(s);
}

rg_error *rg_ndjson_string(struct rg_json_scan *scan, char **ret)
{
	struct rg_json_slice slice;
	struct rg_buffer text = RG_BUFFER_INIT;

	if (!rg_json_string(scan, &slice)) {
		rg_json_skip(scan);
		return NULL;
	}
	rg_json_text(&slice, &text);
	if (!rg_buffer_failed(&text))
		rg_buffer_putc(&text, '\0');
	if (rg_buffer_failed(&text)) {
		rg_buffer_free(&text);
		return rg_error_no_memory();
	}
	rg_free(*ret);
	*ret = text.data;
	return NULL;
}

static void read_collector(struct rg_json_scan *scan, struct rg_collector *ret)
{
	struct rg_json_slice key;

	if (!rg_json_enter(scan, '{'))
		return;
	ret->known = true;
	while (rg_json_key(scan, &key)) {
		bool known = rg_json_is(&key, "enabled")      ? rg_json_bool(scan, &ret->enabled)
			     : rg_json_is(&key, "collecting") ? rg_json_bool(scan, &ret->collecting)
			     : rg_json_is(&key, "frozen")     ? rg_json_u64(scan, &ret->frozen)
							      : false;

		if (!known && !rg_json_skip(scan))
			return;
	}
}

static rg_error *read_missing(struct rg_ndjson_file *s, struct rg_json_scan *scan)
{
	if (!rg_json_enter(scan, '['))
		return NULL;
	while (rg_json_element(scan)) {
		char *sentence = NULL;

		RG_TRY(rg_ndjson_string(scan, &sentence));
		if (sentence && !rg_vector_push(&s->missing, sentence)) {
			rg_free(sentence);
			return rg_error_no_memory();
		}
	}
	return NULL;
}

static rg_error *read_header(struct rg_ndjson_file *s, const char *path, const char *line,
			     size_t length)
{
	static const char *const names[4] = { "runtime", "runtime_name", "version", "build" };
	struct rg_json_scan scan;
	struct rg_json_slice key, word;
	uint64_t format = 0;

	s->has_header = true;
	s->labels_all = true;
	rg_json_scan_init(&scan, line, length);
	rg_json_enter(&scan, '{');
	while (rg_json_key(&scan, &key)) {
		struct rg_json_scan here = scan;
		size_t i = 0;

		while (i < 4 && !rg_json_is(&key, names[i]))
			i++;
		if (i < 4)
			RG_TRY(rg_ndjson_string(&here, &s->strings[i]));
		else if (rg_json_is(&key, "refgraph"))
			rg_json_u64(&here, &format);
		else if (rg_json_is(&key, "complete"))
			rg_json_bool(&here, &s->complete);
		else if (rg_json_is(&key, "missing"))
			RG_TRY(read_missing(s, &here));
		else if (rg_json_is(&key, "collector"))
			read_collector(&here, &s->collector);
		else if (rg_json_is(&key, "interpreters"))
			rg_json_u64(&here, &s->interpreters);
		else if (rg_json_is(&key, "unreadable"))
			rg_json_u64(&here, &s->unreadable);
		else if (rg_json_is(&key, "allocator_free"))
			rg_json_u64(&here, &s->allocator_free);
		else if (rg_json_is(&key, "total_bytes"))
			rg_json_u64(&here, &s->total_bytes);
		else if (rg_json_is(&key, "labels") && rg_json_string(&here, &word))
			s->labels_all = rg_json_is(&word, "all");
		else if (rg_json_is(&key, "code"))
			rg_json_bool(&here, &s->has_code);
		if (!rg_json_skip(&scan))
			break;
	}
	if (format != 1)
		return rg_error_new(RG_ERROR_UNSUPPORTED,
				    "%s: is a portable dump of form %llu; this refgraph reads "
				    "form 1: use a newer one", path, (unsigned long long)format);
	return NULL;
}

static void read_end(struct rg_ndjson_file *s, const char *line, size_t length)
{
	struct rg_json_scan scan;
	struct rg_json_slice key;

	rg_json_scan_init(&scan, line, length);
	if (!rg_json_enter(&scan, '{') || !rg_json_key(&scan, &key) || !rg_json_enter(&scan, '{'))
		return;
	while (rg_json_key(&scan, &key))
		if (!rg_json_is(&key, "objects") || !rg_json_u64(&scan, &s->end_objects))
			if (!rg_json_skip(&scan))
				return;
	/* Whole to its last bracket, or it is not the end. */
	s->has_end = !rg_json_key(&scan, &key) && !scan.failed;
}

static rg_error *read_line(struct rg_ndjson_file *s, const char *path, uint64_t offset,
			   size_t length)
{
	const char *line = (const char *)s->file.data + offset;
	uint64_t address = 0;
	bool pushed = true;

	switch (rg_ndjson_line_kind(line, length, &address)) {
	case RG_LINE_HEADER:
		return s->has_header ? NULL : read_header(s, path, line, length);
	case RG_LINE_TYPEDEF:
		pushed = rg_vector_push(&s->typedefs, offset);
		break;
	case RG_LINE_THREAD:
		pushed = rg_vector_push(&s->threads, offset);
		break;
	case RG_LINE_TASK:
		pushed = rg_vector_push(&s->tasks, offset);
		break;
	case RG_LINE_ROOT:
		pushed = rg_vector_push(&s->roots, offset);
		break;
	case RG_LINE_OBJECT: {
		struct rg_ndjson_entry entry = { address, offset };

		pushed = rg_vector_push(&s->entries, entry);
		break;
	}
	case RG_LINE_END:
		read_end(s, line, length);
		break;
	case RG_LINE_BAD:
		s->unreadable++;
		break;
	case RG_LINE_OTHER:
		break;
	}
	return pushed ? NULL : rg_error_no_memory();
}

static bool is_blank(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			return false;
	return true;
}

static int by_address(const void *a, const void *b)
{
	const struct rg_ndjson_entry *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	return x->offset < y->offset ? -1 : x->offset > y->offset;
}

/* Sorts the objects; of two with one address the first stays. */
static void sort_entries(struct rg_ndjson_file *s)
{
	size_t kept = 0;
	bool sorted = true;

	for (size_t i = 1; i < s->entries.count && sorted; i++)
		sorted = s->entries.data[i - 1].address < s->entries.data[i].address;
	if (sorted)
		return;
	qsort(s->entries.data, s->entries.count, sizeof(*s->entries.data), by_address);
	for (size_t i = 0; i < s->entries.count; i++) {
		if (kept && s->entries.data[kept - 1].address == s->entries.data[i].address)
			s->unreadable++;
		else
			s->entries.data[kept++] = s->entries.data[i];
	}
	s->entries.count = kept;
}

static rg_error *read_file(struct rg_ndjson_file *s, const char *path,
			   const struct rg_progress *progress)
{
	uint64_t offset = 0, announced = 0;

	while (offset < s->file.size) {
		const char *line;
		size_t length = rg_ndjson_line(s, offset, &line);

		if (!is_blank(line, length))
			RG_TRY(read_line(s, path, offset, length));
		offset += length + 1;
		if (offset - announced > 1 << 22) {
			announced = offset;
			RG_TRY(rg_progress_step(progress, "finding objects", offset, s->file.size));
		}
	}
	if (!s->entries.count && !s->has_header)
		return rg_error_new(RG_ERROR_NOT_A_DUMP,
				    "%s: begins with '{' but holds no object of a portable dump: "
				    "its lines must be {\"address\": ..., \"type\": ..., "
				    "\"size\": ..., \"refs\": [...]}", path);
	sort_entries(s);
	if (s->has_header && !s->has_end)
		RG_TRY(lacks(s, "the portable dump ends before its last line ({\"end\": ...}): it "
				"was cut off or is still being written; convert it again"));
	else if (s->has_end && s->end_objects != s->entries.count)
		RG_TRY(lacks(s, "the portable dump holds another number of objects than its last "
				"line says: lines are missing or damaged; convert it again"));
	return NULL;
}

static rg_error *open_file(const char *path, struct rg_file *file,
			   const struct rg_progress *progress, void **ret)
{
	struct rg_ndjson_file *s = rg_calloc(1, sizeof(*s));
	rg_error *error;

	if (!s) {
		rg_file_close(file);
		return rg_error_no_memory();
	}
	s->file = *file;
	*file = (struct rg_file){ NULL, 0, -1 };
	s->complete = true;
	s->labels_all = true;
	rg_ndjson_recent_init(&s->recent);
	error = read_file(s, path, progress);
	if (error) {
		close_state(s);
		return error;
	}
	*ret = s;
	return NULL;
}

static void info(void *user, struct rg_dump_info *ret)
{
	struct rg_ndjson_file *s = user;

	ret->runtime = s->strings[0] ? s->strings[0] : "unknown";
	ret->runtime_name = s->strings[1]   ? s->strings[1]
			    : s->strings[0] ? s->strings[0]
					    : "unknown runtime";
	ret->version = s->strings[2] ? s->strings[2] : "";
	ret->build = s->strings[3] ? s->strings[3] : "";
	ret->interpreters = s->interpreters;
	ret->threads = s->threads.count;
	ret->unreadable = s->unreadable;
	ret->allocator_free = s->allocator_free;
	ret->total_bytes = s->total_bytes;
	ret->complete = s->complete;
	ret->missing = (const char *const *)s->missing.data;
	ret->missing_count = s->missing.count;
	ret->has_refcounts = s->has_refcounts;
	ret->collector = s->collector;
}

const struct rg_format rg_format_ndjson = {
	.title = "portable dump",
	.recognise = recognise,
	.open = open_file,
	.objects = rg_ndjson_objects,
	.references = rg_ndjson_graph,
	.info = info,
	.hooks = { .labels = rg_ndjson_labels, .codes = rg_ndjson_codes,
		   .describe = rg_ndjson_describe, .fingerprint = rg_ndjson_fingerprint },
	.close = close_state,
};
