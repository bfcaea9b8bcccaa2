/* SPDX-License-Identifier: MIT */
/* Writing the portable dump.  Keys that say what is usual are left out. */
#include "format/ndjson.h"

#include <stdlib.h>
#include <string.h>

#include "base/alloc.h"
#include "base/json_string.h"
#include "graph/store.h"

#define FLUSH_AT ((size_t)1 << 20)

/* The labels of one object, end to end, each closed by a NUL. */
struct labels {
	struct rg_buffer text;
	size_t *start;
	size_t count, capacity;
	bool failed;
};

struct writer {
	const rg_graph *graph;
	const struct rg_ndjson_options *options;
	struct rg_buffer out;
	rg_write_fn *write;
	void *user;
	bool has_code;
	struct labels labels, codes; /* of the object at hand */
	struct rg_buffer assumed;
};

static rg_error *flush(struct writer *w, size_t at_least)
{
	if (rg_buffer_failed(&w->out))
		return rg_error_no_memory();
	if (w->out.length < at_least || !w->out.length)
		return NULL;
	RG_TRY(w->write(w->user, w->out.data, w->out.length));
	rg_buffer_clear(&w->out);
	return NULL;
}

static void text(struct writer *w, const char *key, const char *value)
{
	rg_buffer_printf(&w->out, ", \"%s\": ", key);
	rg_buffer_json_string(&w->out, value, strlen(value));
}

static void number(struct writer *w, const char *key, uint64_t value)
{
	rg_buffer_puts(&w->out, ", \"");
	rg_buffer_puts(&w->out, key);
	rg_buffer_puts(&w->out, "\": ");
	rg_buffer_u64(&w->out, value);
}

static void flag(struct writer *w, const char *key, bool set)
{
	if (set)
		rg_buffer_printf(&w->out, ", \"%s\": true", key);
}

static void header(struct writer *w, const struct rg_dump_info *info)
{
	static const char *const policies[] = { "all", "names", "none" };

	rg_buffer_puts(&w->out, "{\"refgraph\": 1");
	text(w, "runtime", info->runtime);
	text(w, "version", info->version);
	rg_buffer_puts(&w->out, info->complete ? ", \"complete\": true" : ", \"complete\": false");
	rg_buffer_puts(&w->out, ", \"missing\": [");
	for (size_t i = 0; i < info->missing_count; i++) {
		rg_buffer_puts(&w->out, i ? ", " : "");
		rg_buffer_json_string(&w->out, info->missing[i], strlen(info->missing[i]));
	}
	rg_buffer_puts(&w->out, "]");
	if (info->collector.known)
		rg_buffer_printf(&w->out,
				 ", \"collector\": {\"enabled\": %s, \"collecting\": %s, "
				 "\"frozen\": %llu}",
				 info->collector.enabled ? "true" : "false",
				 info->collector.collecting ? "true" : "false",
				 (unsigned long long)info->collector.frozen);
	text(w, "runtime_name", info->runtime_name);
	text(w, "build", info->build);
	number(w, "interpreters", info->interpreters);
	number(w, "unreadable", info->unreadable);
	number(w, "allocator_free", info->allocator_free);
	number(w, "total_bytes", info->total_bytes);
	text(w, "labels", policies[w->options->labels]);
	flag(w, "code", w->has_code);
	rg_buffer_puts(&w->out, "}\n");
}

/* Types of which more is known than follows from their name alone. */
static rg_error *typedefs(struct writer *w)
{
	for (rg_type_id i = 0; i < rg_graph_type_count(w->graph); i++) {
		const struct rg_type *type = rg_graph_type(w->graph, i);
		const char *dot = strrchr(type->name, '.');
		size_t head = dot ? (size_t)(dot - type->name) : 0;

		if (type->origin == RG_ORIGIN_UNKNOWN && type->role == RG_ROLE_NONE &&
		    strlen(type->module) == head &&
		    !memcmp(type->module, type->name, head) &&
		    !strcmp(type->short_name, dot ? dot + 1 : type->name))
			continue;
		rg_buffer_puts(&w->out, "{\"typedef\": ");
		rg_buffer_json_string(&w->out, type->name, strlen(type->name));
		if (type->address)
			number(w, "type_address", type->address);
		text(w, "module", type->module);
		text(w, "short_name", type->short_name);
		if (type->origin != RG_ORIGIN_UNKNOWN)
			text(w, "origin", rg_origin_name(type->origin));
		if (type->role != RG_ROLE_NONE)
			text(w, "role", rg_role_name(type->role));
		rg_buffer_puts(&w->out, "}\n");
		RG_TRY(flush(w, FLUSH_AT));
	}
	return NULL;
}

static void object_key(struct writer *w, const char *key, rg_id id)
{
	if (id != RG_NONE)
		number(w, key, rg_graph_object(w->graph, id).address);
}

static void frames(struct writer *w, const struct rg_frame *all, size_t count)
{
	rg_buffer_puts(&w->out, ", \"frames\": [");
	for (size_t k = 0; k < count; k++) {
		rg_buffer_puts(&w->out, k ? ", {\"function\": " : "{\"function\": ");
		rg_buffer_json_string(&w->out, all[k].function, strlen(all[k].function));
		text(w, "file", all[k].file);
		number(w, "line", all[k].line);
		object_key(w, "object", all[k].object);
		rg_buffer_putc(&w->out, '}');
	}
	rg_buffer_putc(&w->out, ']');
}

static rg_error *threads(struct writer *w)
{
	size_t count;
	const struct rg_thread *all = rg_graph_threads(w->graph, &count);

	for (size_t i = 0; i < count; i++) {
		rg_buffer_puts(&w->out, "{\"thread\": ");
		rg_buffer_u64(&w->out, all[i].id);
		number(w, "native", all[i].native_id);
		text(w, "name", all[i].name);
		if (*all[i].state)
			text(w, "state", all[i].state);
		if (*all[i].system_call)
			text(w, "system_call", all[i].system_call);
		flag(w, "daemon", all[i].flags & RG_THREAD_DAEMON);
		flag(w, "current", all[i].flags & RG_THREAD_CURRENT);
		flag(w, "running", all[i].flags & RG_THREAD_RUNNING);
		flag(w, "cut", all[i].flags & RG_THREAD_CUT);
		object_key(w, "object", all[i].object);
		object_key(w, "exception", all[i].exception);
		frames(w, all[i].frames, all[i].frame_count);
		rg_buffer_puts(&w->out, "}\n");
		RG_TRY(flush(w, FLUSH_AT));
	}
	return NULL;
}

static void addresses(struct writer *w, const char *key, const rg_id *ids, size_t count)
{
	if (!count)
		return;
	rg_buffer_printf(&w->out, ", \"%s\": [", key);
	for (size_t i = 0; i < count; i++) {
		rg_buffer_puts(&w->out, i ? ", " : "");
		rg_buffer_u64(&w->out, rg_graph_object(w->graph, ids[i]).address);
	}
	rg_buffer_putc(&w->out, ']');
}

static rg_error *put_task(void *user, const struct rg_task *task)
{
	struct writer *w = user;
	size_t count;
	const struct rg_thread *threads_of = rg_graph_threads(w->graph, &count);

	rg_buffer_puts(&w->out, "{\"task\": ");
	rg_buffer_u64(&w->out, rg_graph_object(w->graph, task->object).address);
	text(w, "name", task->name);
	text(w, "state", rg_task_state_name(task->state));
	object_key(w, "loop", task->loop);
	if (task->thread < count)
		number(w, "of_thread", threads_of[task->thread].id);
	object_key(w, "coroutine", task->coroutine);
	addresses(w, "awaits", task->awaits, task->await_count);
	addresses(w, "gives", task->gives, task->give_count);
	frames(w, task->frames, task->frame_count);
	rg_buffer_puts(&w->out, "}\n");
	return flush(w, FLUSH_AT);
}

static rg_error *roots(struct writer *w)
{
	size_t count, thread_count;
	const struct rg_root *all = rg_graph_roots(w->graph, &count);
	const struct rg_thread *of = rg_graph_threads(w->graph, &thread_count);

	for (size_t i = 0; i < count; i++) {
		rg_buffer_puts(&w->out, "{\"root\": ");
		rg_buffer_u64(&w->out, rg_graph_object(w->graph, all[i].object).address);
		text(w, "label", all[i].name);
		text(w, "kind", rg_root_kind_name(all[i].kind));
		number(w, "count", all[i].count);
		if (all[i].code)
			text(w, "code", all[i].code);
		if (all[i].thread < thread_count) {
			number(w, "thread", of[all[i].thread].id);
			if (all[i].frame != RG_NONE)
				number(w, "frame", all[i].frame);
		}
		flag(w, "routine", all[i].routine);
		flag(w, "importer", all[i].importer);
		rg_buffer_puts(&w->out, "}\n");
		RG_TRY(flush(w, FLUSH_AT));
	}
	return NULL;
}

static bool is_counted(uint8_t kind)
{
	kind &= RG_REFERENCE_KIND_MASK;
	return kind != RG_REFERENCE_WEAK && kind != RG_REFERENCE_BORROWED;
}

/* Which references an array of a line holds: the counted ones, or those of one kind. */
#define COUNTED UINT8_MAX

static bool selected(uint8_t kind, uint8_t which)
{
	return which == COUNTED ? is_counted(kind) : (kind & RG_REFERENCE_KIND_MASK) == which;
}

static void collect_label(void *user, size_t index, const char *label)
{
	struct labels *labels = user;

	(void)index;
	if (labels->count == labels->capacity) {
		size_t capacity = labels->capacity ? labels->capacity * 2 : 64;
		size_t *start = rg_realloc(labels->start, capacity, sizeof(*start));

		if (!start) {
			labels->failed = true;
			return;
		}
		labels->start = start;
		labels->capacity = capacity;
	}
	labels->start[labels->count++] = labels->text.length;
	rg_buffer_append(&labels->text, label, strlen(label) + 1);
}

/* The targets of the selected references, as addresses; false if there are none. */
static bool targets(struct writer *w, const struct rg_references *refs, const char *key,
		    uint8_t which)
{
	const char *comma = "";
	bool any = which == COUNTED;

	for (size_t i = 0; i < refs->count && !any; i++)
		any = selected(refs->kind[i], which);
	if (!any)
		return false;
	rg_buffer_printf(&w->out, ", \"%s\": [", key);
	for (size_t i = 0; i < refs->count; i++) {
		if (!selected(refs->kind[i], which))
			continue;
		rg_buffer_puts(&w->out, comma);
		rg_buffer_u64(&w->out, rg_graph_object(w->graph, refs->target[i]).address);
		comma = ", ";
	}
	rg_buffer_putc(&w->out, ']');
	return true;
}

/* The labels parallel to what targets() wrote. */
static void label_array(struct writer *w, const struct rg_references *refs, const char *key,
			uint8_t which, const struct labels *labels)
{
	const char *comma = "";

	rg_buffer_printf(&w->out, ", \"%s\": [", key);
	for (size_t i = 0; i < refs->count && i < labels->count; i++) {
		const char *label = labels->text.data + labels->start[i];

		if (!selected(refs->kind[i], which))
			continue;
		rg_buffer_puts(&w->out, comma);
		rg_buffer_json_string(&w->out, label, strlen(label));
		comma = ", ";
	}
	rg_buffer_putc(&w->out, ']');
}

/* Indices into refs of the references whose kind byte, masked, is @value. */
static void indices(struct writer *w, const struct rg_references *refs, const char *key,
		    uint8_t mask, uint8_t value)
{
	uint64_t at = 0;
	bool any = false;

	for (size_t i = 0; i < refs->count; i++) {
		if (!is_counted(refs->kind[i]))
			continue;
		if ((refs->kind[i] & mask) == value) {
			if (any)
				rg_buffer_puts(&w->out, ", ");
			else
				rg_buffer_printf(&w->out, ", \"%s\": [", key);
			rg_buffer_u64(&w->out, at);
			any = true;
		}
		at++;
	}
	if (any)
		rg_buffer_putc(&w->out, ']');
}

/* Where borrowed and weak references stand among all: the order is part of the graph. */
static void positions(struct writer *w, const struct rg_references *refs)
{
	static const uint8_t kinds[] = { RG_REFERENCE_BORROWED, RG_REFERENCE_WEAK };
	const char *comma = "";

	rg_buffer_puts(&w->out, ", \"at\": [");
	for (size_t k = 0; k < 2; k++)
		for (size_t i = 0; i < refs->count; i++)
			if ((refs->kind[i] & RG_REFERENCE_KIND_MASK) == kinds[k]) {
				rg_buffer_puts(&w->out, comma);
				rg_buffer_u64(&w->out, i);
				comma = ", ";
			}
	rg_buffer_putc(&w->out, ']');
}

/* A hook cannot fail; when memory ran out in it, labels are missing. */
static rg_error *check(const struct labels *labels, size_t count)
{
	if (labels->failed || rg_buffer_failed(&labels->text) || labels->count != count)
		return rg_error_no_memory();
	return NULL;
}

/*
 * Code, where it is not what a reader assumes from the label: by index into
 * refs, "" where there is none.
 */
static rg_error *codes(struct writer *w, rg_id id, const struct rg_references *refs,
		       bool of_owner)
{
	struct labels *codes = &w->codes;
	uint64_t at = 0;
	bool any = false;

	rg_buffer_clear(&codes->text);
	codes->count = 0;
	rg_graph_codes(w->graph, id, 0, refs->count, of_owner, w->options->labels, collect_label,
		       codes);
	RG_TRY(check(codes, refs->count));
	for (size_t i = 0; i < refs->count; i++) {
		const char *code = codes->text.data + codes->start[i];

		if (!is_counted(refs->kind[i]))
			continue;
		rg_ndjson_default_code(rg_graph_words(w->graph),
				       w->labels.text.data + w->labels.start[i], of_owner,
				       &w->assumed);
		if (strcmp(rg_buffer_string(&w->assumed), code) != 0) {
			if (any)
				rg_buffer_puts(&w->out, ", \"");
			else
				rg_buffer_printf(&w->out, ", \"%s\": {\"",
						 of_owner ? "owner_code" : "code");
			rg_buffer_u64(&w->out, at);
			rg_buffer_puts(&w->out, "\": ");
			rg_buffer_json_string(&w->out, code, strlen(code));
			any = true;
		}
		at++;
	}
	if (any)
		rg_buffer_putc(&w->out, '}');
	return rg_buffer_failed(&w->assumed) ? rg_error_no_memory() : NULL;
}

static rg_error *references(struct writer *w, rg_id id)
{
	struct labels *labels = &w->labels;
	struct rg_references refs = rg_graph_references(w->graph, id);
	bool labelled = w->options->labels != RG_LABELS_NONE && refs.count;
	bool borrowed, weak;

	if (labelled) {
		rg_buffer_clear(&labels->text);
		labels->count = 0;
		rg_graph_labels(w->graph, id, 0, refs.count, w->options->labels, collect_label,
				labels);
		RG_TRY(check(labels, refs.count));
	}
	targets(w, &refs, "refs", COUNTED);
	if (labelled)
		label_array(w, &refs, "labels", COUNTED, labels);
	indices(w, &refs, "inferred", RG_REFERENCE_KIND_MASK, RG_REFERENCE_INFERRED);
	indices(w, &refs, "untraversed", RG_REFERENCE_KIND_MASK, RG_REFERENCE_UNTRAVERSED);
	indices(w, &refs, "plumbing", RG_REFERENCE_PLUMBING, RG_REFERENCE_PLUMBING);
	indices(w, &refs, "routine", RG_REFERENCE_ROUTINE, RG_REFERENCE_ROUTINE);
	indices(w, &refs, "names", RG_REFERENCE_NAME, RG_REFERENCE_NAME);
	borrowed = targets(w, &refs, "borrowed", RG_REFERENCE_BORROWED);
	if (borrowed && labelled)
		label_array(w, &refs, "borrowed_labels", RG_REFERENCE_BORROWED, labels);
	weak = targets(w, &refs, "weak", RG_REFERENCE_WEAK);
	if (weak && labelled)
		label_array(w, &refs, "weak_labels", RG_REFERENCE_WEAK, labels);
	if (borrowed || weak)
		positions(w, &refs);
	if (labelled && w->has_code)
		RG_TRY(codes(w, id, &refs, false));
	if (labelled && w->has_code && rg_graph_owner(w->graph, id) != RG_NONE)
		RG_TRY(codes(w, id, &refs, true));
	return NULL;
}

static bool member(const uint64_t *set, rg_id id)
{
	return set && set[id / 64] >> (id % 64) & 1;
}

static rg_error *object(struct writer *w, rg_id id)
{
	struct rg_object o = rg_graph_object(w->graph, id);
	const struct rg_type *type = rg_graph_type(w->graph, o.type);
	struct rg_description what;
	uint16_t fingerprint = rg_graph_fingerprint(w->graph, id);

	rg_buffer_puts(&w->out, "{\"address\": ");
	rg_buffer_u64(&w->out, o.address);
	rg_buffer_puts(&w->out, ", \"type\": ");
	rg_buffer_json_string(&w->out, type->name, strlen(type->name));
	number(w, "size", o.size);
	RG_TRY(references(w, id));
	if (o.refcount >= 0)
		number(w, "refcount", (uint64_t)o.refcount);
	flag(w, "tracked", o.flags & RG_OBJECT_TRACKED);
	flag(w, "immortal", o.flags & RG_OBJECT_IMMORTAL);
	flag(w, "frozen", o.flags & RG_OBJECT_FROZEN);
	flag(w, "unreachable", member(w->options->unreachable, id));
	flag(w, "lost", member(w->options->lost, id));
	flag(w, "finalizer", o.flags & RG_OBJECT_FINALIZER);
	flag(w, "opaque", o.flags & RG_OBJECT_OPAQUE);
	flag(w, "unreadable", o.flags & RG_OBJECT_UNREADABLE);
	flag(w, "is_type", o.flags & RG_OBJECT_TYPE);
	flag(w, "is_module", o.flags & RG_OBJECT_MODULE);
	flag(w, "is_routine", o.flags & RG_OBJECT_ROUTINE);
	flag(w, "unreached", o.flags & RG_OBJECT_UNREACHED);
	if (o.owned)
		number(w, "owned", o.owned);
	if (fingerprint)
		number(w, "fingerprint", fingerprint);
	if (type->address)
		number(w, "type_address", type->address);
	rg_graph_describe(w->graph, id, w->options->values, &what);
	if (what.name[0])
		text(w, "name", what.name);
	if (what.has_length)
		number(w, "len", what.length);
	if (what.text[0])
		text(w, "text", what.text);
	if (w->options->values && what.value[0])
		text(w, "value", what.value);
	if (what.has_open)
		rg_buffer_puts(&w->out, what.open ? ", \"open\": true" : ", \"open\": false");
	if (what.descriptor >= 0)
		number(w, "descriptor", (uint64_t)what.descriptor);
	if (what.has_bound && what.bound == UINT64_MAX)
		rg_buffer_puts(&w->out, ", \"bound\": null");
	else if (what.has_bound)
		number(w, "bound", what.bound);
	if (what.has_shown)
		number(w, "shown", what.shown);
	if (what.has_shown)
		number(w, "base", what.base);
	rg_buffer_puts(&w->out, "}\n");
	return flush(w, FLUSH_AT);
}

static rg_error *objects(struct writer *w)
{
	rg_error *error = NULL;

	for (rg_id id = 0; id < rg_graph_object_count(w->graph) && !error; id++) {
		if (!(id & 0xfff))
			error = rg_progress_step(&w->options->progress, "writing objects", id,
						 rg_graph_object_count(w->graph));
		if (!error)
			error = object(w, id);
	}
	return error;
}

static rg_error *everything(struct writer *w, const struct rg_dump_info *info)
{
	header(w, info);
	RG_TRY(typedefs(w));
	RG_TRY(threads(w));
	RG_TRY(objects(w));
	RG_TRY(rg_graph_tasks(w->graph, put_task, w));
	RG_TRY(roots(w));
	rg_buffer_printf(&w->out, "{\"end\": {\"objects\": %lu, \"references\": %llu}}\n",
			 (unsigned long)rg_graph_object_count(w->graph),
			 (unsigned long long)rg_graph_reference_count(w->graph));
	return flush(w, 0);
}

/* A runtime that knows of a language has roots that are written in it. */
static bool has_code(const rg_graph *graph)
{
	size_t count;
	const struct rg_root *roots = rg_graph_roots(graph, &count);

	for (size_t i = 0; i < count; i++)
		if (roots[i].code)
			return true;
	return false;
}

static void free_labels(struct labels *labels)
{
	rg_buffer_free(&labels->text);
	rg_free(labels->start);
}

rg_error *rg_ndjson_write(const rg_graph *graph, const struct rg_dump_info *info,
			  const struct rg_ndjson_options *options, rg_write_fn *write, void *user)
{
	struct writer w = {
		.graph = graph,
		.options = options,
		.write = write,
		.user = user,
		.has_code = has_code(graph),
	};
	rg_error *error = everything(&w, info);

	free_labels(&w.labels);
	free_labels(&w.codes);
	rg_buffer_free(&w.assumed);
	rg_buffer_free(&w.out);
	return error;
}
