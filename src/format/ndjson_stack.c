/* SPDX-License-Identifier: MIT */
/* The lines of a portable dump that describe threads and tasks. */
#include "base/alloc.h"
#include "format/ndjson_state.h"

/* Two of these may be left empty in a line, and are "" then. */
struct frames {
	RG_VECTOR(struct rg_frame) all;
};

static void free_frames(struct frames *frames)
{
	for (size_t i = 0; i < frames->all.count; i++) {
		rg_free((char *)(uintptr_t)frames->all.data[i].function);
		rg_free((char *)(uintptr_t)frames->all.data[i].file);
	}
	rg_vector_free(&frames->all);
}

/* The object at the address that comes next, or RG_NONE. */
static rg_id read_object(const struct rg_ndjson_file *s, struct rg_json_scan *scan)
{
	uint64_t address;

	return rg_json_u64(scan, &address) ? rg_builder_find(s->builder, address) : RG_NONE;
}

static rg_error *read_frame(struct rg_ndjson_file *s, struct rg_json_scan *scan,
			    struct frames *frames)
{
	struct rg_frame frame = { .object = RG_NONE };
	char *function = NULL, *file = NULL;
	struct rg_json_slice key;
	rg_error *error = NULL;
	uint64_t line = 0;

	while (!error && rg_json_key(scan, &key)) {
		struct rg_json_scan here = *scan;

		if (rg_json_is(&key, "function"))
			error = rg_ndjson_string(&here, &function);
		else if (rg_json_is(&key, "file"))
			error = rg_ndjson_string(&here, &file);
		else if (rg_json_is(&key, "line"))
			rg_json_u64(&here, &line);
		else if (rg_json_is(&key, "object"))
			frame.object = read_object(s, &here);
		if (!rg_json_skip(scan))
			break;
	}
	frame.function = function ? function : rg_strdup("");
	frame.file = file ? file : rg_strdup("");
	frame.line = line > UINT32_MAX ? 0 : (uint32_t)line;
	if (!frame.function || !frame.file || !rg_vector_push(&frames->all, frame)) {
		rg_free((char *)(uintptr_t)frame.function);
		rg_free((char *)(uintptr_t)frame.file);
		if (!error)
			error = rg_error_no_memory();
	}
	return error;
}

static rg_error *read_frames(struct rg_ndjson_file *s, struct rg_json_scan *scan,
			     struct frames *frames)
{
	rg_error *error = NULL;

	if (frames->all.count || !rg_json_enter(scan, '['))
		return NULL;
	while (!error && rg_json_element(scan) && rg_json_enter(scan, '{'))
		error = read_frame(s, scan, frames);
	return error;
}

static void read_flag(struct rg_json_scan *scan, uint32_t flag, uint32_t *flags)
{
	bool set;

	if (rg_json_bool(scan, &set) && set)
		*flags |= flag;
}

rg_error *rg_ndjson_thread(struct rg_ndjson_file *s, uint64_t offset)
{
	struct rg_thread thread = { .object = RG_NONE, .exception = RG_NONE };
	char *name = NULL, *state = NULL, *call = NULL;
	struct frames frames = { 0 };
	struct rg_json_scan scan;
	struct rg_json_slice key;
	rg_error *error = NULL;

	rg_ndjson_scan(s, offset, &scan);
	while (!error && rg_json_key(&scan, &key)) {
		struct rg_json_scan here = scan;

		if (rg_json_is(&key, "thread"))
			rg_json_u64(&here, &thread.id);
		else if (rg_json_is(&key, "native"))
			rg_json_u64(&here, &thread.native_id);
		else if (rg_json_is(&key, "name"))
			error = rg_ndjson_string(&here, &name);
		else if (rg_json_is(&key, "state"))
			error = rg_ndjson_string(&here, &state);
		else if (rg_json_is(&key, "system_call"))
			error = rg_ndjson_string(&here, &call);
		else if (rg_json_is(&key, "daemon"))
			read_flag(&here, RG_THREAD_DAEMON, &thread.flags);
		else if (rg_json_is(&key, "current"))
			read_flag(&here, RG_THREAD_CURRENT, &thread.flags);
		else if (rg_json_is(&key, "running"))
			read_flag(&here, RG_THREAD_RUNNING, &thread.flags);
		else if (rg_json_is(&key, "cut"))
			read_flag(&here, RG_THREAD_CUT, &thread.flags);
		else if (rg_json_is(&key, "object"))
			thread.object = read_object(s, &here);
		else if (rg_json_is(&key, "exception"))
			thread.exception = read_object(s, &here);
		else if (rg_json_is(&key, "frames"))
			error = read_frames(s, &here, &frames);
		if (!rg_json_skip(&scan))
			break;
	}
	thread.name = name;
	thread.state = state;
	thread.system_call = call;
	thread.frames = frames.all.data;
	thread.frame_count = frames.all.count;
	if (!error)
		error = rg_builder_thread(s->builder, &thread);
	if (!error && !rg_vector_push(&s->thread_ids, thread.id))
		error = rg_error_no_memory();
	free_frames(&frames);
	rg_free(name);
	rg_free(state);
	rg_free(call);
	return error;
}

struct ids {
	RG_VECTOR(rg_id) all;
};

/* A list of addresses; those of no object are left out. */
static rg_error *read_ids(struct rg_ndjson_file *s, struct rg_json_scan *scan, struct ids *ids)
{
	if (!rg_json_enter(scan, '['))
		return NULL;
	while (rg_json_element(scan)) {
		struct rg_json_scan here = *scan;
		rg_id id = read_object(s, &here);

		if (id != RG_NONE && !rg_vector_push(&ids->all, id))
			return rg_error_no_memory();
		if (!rg_json_skip(scan))
			break;
	}
	return NULL;
}

/* The thread whose own number is @id. */
static uint32_t thread_of(const struct rg_ndjson_file *s, uint64_t id)
{
	for (size_t i = 0; i < s->thread_ids.count; i++)
		if (s->thread_ids.data[i] == id)
			return (uint32_t)i;
	return RG_NONE;
}

rg_error *rg_ndjson_task(struct rg_ndjson_file *s, uint64_t offset)
{
	struct rg_task task = { .object = RG_NONE, .loop = RG_NONE, .thread = RG_NONE,
				.coroutine = RG_NONE };
	struct rg_json_slice key, word = { NULL, 0 };
	struct ids awaits = { 0 }, gives = { 0 };
	struct frames frames = { 0 };
	struct rg_json_scan scan;
	char *name = NULL;
	uint64_t thread;
	rg_error *error = NULL;

	rg_ndjson_scan(s, offset, &scan);
	while (!error && rg_json_key(&scan, &key)) {
		struct rg_json_scan here = scan;

		if (rg_json_is(&key, "task"))
			task.object = read_object(s, &here);
		else if (rg_json_is(&key, "name"))
			error = rg_ndjson_string(&here, &name);
		else if (rg_json_is(&key, "state"))
			rg_json_string(&here, &word);
		else if (rg_json_is(&key, "loop"))
			task.loop = read_object(s, &here);
		else if (rg_json_is(&key, "of_thread") && rg_json_u64(&here, &thread))
			task.thread = thread_of(s, thread);
		else if (rg_json_is(&key, "coroutine"))
			task.coroutine = read_object(s, &here);
		else if (rg_json_is(&key, "frames"))
			error = read_frames(s, &here, &frames);
		else if (rg_json_is(&key, "awaits"))
			error = read_ids(s, &here, &awaits);
		else if (rg_json_is(&key, "gives"))
			error = read_ids(s, &here, &gives);
		if (!rg_json_skip(&scan))
			break;
	}
	for (int i = 0; word.text && i <= RG_TASK_CANCELLED; i++)
		if (rg_json_is(&word, rg_task_state_name((enum rg_task_state)i)))
			task.state = (enum rg_task_state)i;
	task.name = name;
	task.frames = frames.all.data;
	task.frame_count = frames.all.count;
	task.awaits = awaits.all.data;
	task.await_count = awaits.all.count;
	task.gives = gives.all.data;
	task.give_count = gives.all.count;
	if (!error && task.object == RG_NONE)
		s->unreadable++;
	else if (!error)
		error = rg_builder_task(s->builder, &task);
	free_frames(&frames);
	rg_vector_free(&awaits.all);
	rg_vector_free(&gives.all);
	rg_free(name);
	return error;
}
