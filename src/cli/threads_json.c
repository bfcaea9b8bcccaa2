/* SPDX-License-Identifier: MIT */
/* Stacks and tasks for programs: JSON, and a frame a row in CSV. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/threads.h"

struct output {
	const struct cli_stacks *stacks;
	rg_json *json;
};

static void put_object(const struct output *out, const char *key, rg_id id)
{
	if (id == RG_NONE)
		rg_json_put_null(out->json, key);
	else
		rg_json_put_address(out->json, key,
				    rg_graph_object(out->stacks->graph, id).address);
}

static void put_described(const struct output *out, rg_id id)
{
	const struct cli *cli = out->stacks->cli;
	struct rg_object object = rg_graph_object(out->stacks->graph, id);
	struct rg_description words;

	rg_graph_describe(out->stacks->graph, id, cli->options.values, &words);
	rg_json_put_address(out->json, "address", object.address);
	rg_json_put_string(out->json, "type",
			   cli_type_name(cli, out->stacks->graph, object.type));
	if (*words.name)
		rg_json_put_string(out->json, "name", words.name);
	if (*words.text)
		rg_json_put_string(out->json, "text", words.text);
	if (words.has_length)
		rg_json_put_u64(out->json, "len", words.length);
	if (*words.value)
		rg_json_put_string(out->json, "value", words.value);
}

static void put_local(void *user, const struct cli_local *local)
{
	const struct output *out = user;

	rg_json_put_object(out->json, NULL);
	rg_json_put_string(out->json, "local", local->name);
	rg_json_put_string(out->json, "kind", local->kind);
	put_described(out, local->object);
	if (local->cell != RG_NONE)
		put_object(out, "cell", local->cell);
	rg_json_put_end(out->json);
}

static void put_frames(struct output *out, const struct rg_frame *frames, size_t count,
		       uint32_t thread)
{
	size_t shown = cli_frames_shown(out->stacks, count);

	rg_json_put_array(out->json, "frames");
	for (size_t i = 0; i < shown; i++) {
		rg_json_put_object(out->json, NULL);
		rg_json_put_string(out->json, "function", frames[i].function);
		rg_json_put_string(out->json, "file", frames[i].file);
		rg_json_put_u64(out->json, "line", frames[i].line);
		put_object(out, "object", frames[i].object);
		if (out->stacks->cli->options.locals) {
			rg_json_put_array(out->json, "locals");
			if (thread != RG_NONE)
				cli_thread_locals(out->stacks, thread, (uint32_t)i, put_local,
						  out);
			else if (frames[i].object != RG_NONE)
				cli_object_locals(out->stacks, frames[i].object, put_local, out);
			rg_json_put_end(out->json);
		}
		rg_json_put_end(out->json);
	}
	rg_json_put_end(out->json);
}

static void put_thread(struct output *out, uint32_t index)
{
	const struct rg_thread *thread = &out->stacks->threads[index];

	rg_json_put_object(out->json, NULL);
	rg_json_put_address(out->json, "id", thread->id);
	rg_json_put_u64(out->json, "native_id", thread->native_id);
	rg_json_put_string(out->json, "name", thread->name);
	rg_json_put_bool(out->json, "daemon", thread->flags & RG_THREAD_DAEMON);
	rg_json_put_bool(out->json, "current", thread->flags & RG_THREAD_CURRENT);
	rg_json_put_string(out->json, "state", thread->state);
	rg_json_put_string(out->json, "activity",
			   *thread->system_call			   ? "system call"
			   : thread->flags & RG_THREAD_RUNNING ? "running"
							       : "unknown");
	rg_json_put_string(out->json, "system_call", thread->system_call);
	put_object(out, "object", thread->object);
	if (thread->exception == RG_NONE) {
		rg_json_put_null(out->json, "exception");
	} else {
		rg_json_put_object(out->json, "exception");
		put_described(out, thread->exception);
		rg_json_put_end(out->json);
	}
	rg_json_put_bool(out->json, "cut", thread->flags & RG_THREAD_CUT);
	rg_json_put_u64(out->json, "frame_count", thread->frame_count);
	put_frames(out, thread->frames, thread->frame_count, index);
	rg_json_put_end(out->json);
}

static void put_tasks(const struct output *out, const char *key, const uint32_t *tasks,
		      size_t count)
{
	rg_json_put_array(out->json, key);
	for (size_t i = 0; i < count; i++)
		put_object(out, NULL, out->stacks->tasks->tasks[tasks[i]].object);
	rg_json_put_end(out->json);
}

static void put_awaits(const struct output *out, const struct rg_task *task)
{
	rg_json_put_array(out->json, "awaits");
	for (size_t i = 0; i < task->await_count; i++) {
		const struct rg_task_wait *wait =
			rg_tasks_wait(out->stacks->tasks, task->awaits[i]);

		rg_json_put_object(out->json, NULL);
		put_described(out, task->awaits[i]);
		put_tasks(out, "from", wait ? wait->givers : NULL, wait ? wait->giver_count : 0);
		rg_json_put_end(out->json);
	}
	rg_json_put_end(out->json);
}

/* Who waits for the task, or for what it gives. */
static void put_waiters(const struct output *out, const struct rg_task *task)
{
	const struct rg_task_wait *wait = rg_tasks_wait(out->stacks->tasks, task->object);

	rg_json_put_array(out->json, "awaited_by");
	for (size_t i = 0; i <= task->give_count; i++) {
		rg_id object = i ? task->gives[i - 1] : task->object;

		if (i)
			wait = rg_tasks_wait(out->stacks->tasks, object);
		for (size_t k = 0; wait && k < wait->waiter_count; k++) {
			rg_json_put_object(out->json, NULL);
			put_object(out, "task", out->stacks->tasks->tasks[wait->waiters[k]].object);
			put_object(out, "through", object);
			rg_json_put_end(out->json);
		}
	}
	rg_json_put_end(out->json);
}

static void put_task(struct output *out, uint32_t index)
{
	const struct rg_task *task = &out->stacks->tasks->tasks[index];

	rg_json_put_object(out->json, NULL);
	put_object(out, "address", task->object);
	rg_json_put_string(out->json, "name", task->name);
	rg_json_put_string(out->json, "state", rg_task_state_name(task->state));
	put_object(out, "loop", task->loop);
	if (task->thread < out->stacks->thread_count)
		rg_json_put_address(out->json, "thread", out->stacks->threads[task->thread].id);
	else
		rg_json_put_null(out->json, "thread");
	put_object(out, "coroutine", task->coroutine);
	put_awaits(out, task);
	put_waiters(out, task);
	rg_json_put_u64(out->json, "frame_count", task->frame_count);
	put_frames(out, task->frames, task->frame_count, RG_NONE);
	rg_json_put_end(out->json);
}

static void put_cycles(const struct output *out)
{
	const struct rg_task_list *list = out->stacks->tasks;

	rg_json_put_array(out->json, "cycles");
	for (size_t i = 0; i < list->cycle_count; i++) {
		rg_json_put_object(out->json, NULL);
		rg_json_put_u64(out->json, "tasks", list->cycles[i].tasks);
		rg_json_put_array(out->json, "cycle");
		for (size_t k = 0; k < list->cycles[i].step_count; k++) {
			const struct rg_task_step *step = &list->cycles[i].steps[k];

			rg_json_put_object(out->json, NULL);
			put_object(out, "task", list->tasks[step->task].object);
			rg_json_put_string(out->json, "name", list->tasks[step->task].name);
			put_object(out, "awaits", step->object);
			rg_json_put_end(out->json);
		}
		rg_json_put_end(out->json);
		rg_json_put_end(out->json);
	}
	rg_json_put_end(out->json);
}

static bool is_shown(const struct cli_stacks *stacks, const struct rg_task *task)
{
	return (!stacks->wanted || cli_wants_task(stacks, task)) &&
	       (!cli_is_done(task) || stacks->cli->options.all);
}

int cli_threads_json(const struct cli_stacks *stacks)
{
	const struct rg_dump_info *info = rg_dump_info(stacks->dump);
	struct output out = { stacks, NULL };
	int status = cli_json_begin(stacks->cli, &info, 1, &out.json);

	if (status)
		return status;
	rg_json_put_array(out.json, "threads");
	for (uint32_t i = 0; i < stacks->thread_count; i++)
		if (cli_wants_thread(stacks, stacks->order[i]))
			put_thread(&out, stacks->order[i]);
	rg_json_put_end(out.json);
	if (stacks->tasks) {
		rg_json_put_array(out.json, "tasks");
		for (uint32_t i = 0; i < stacks->tasks->count; i++)
			if (is_shown(stacks, &stacks->tasks->tasks[i]))
				put_task(&out, i);
		rg_json_put_end(out.json);
		put_cycles(&out);
	}
	return cli_json_end(out.json);
}

static void put_address(rg_table *table, uint64_t address)
{
	char text[24];

	snprintf(text, sizeof(text), "0x%" PRIx64, address);
	rg_table_text(table, text);
}

static void put_rows(const struct cli_stacks *stacks, rg_table *table, uint64_t id,
		     const char *name, const char *state, const struct rg_frame *frames,
		     size_t count)
{
	size_t shown = cli_frames_shown(stacks, count);

	/* One without frames has a row as well. */
	for (size_t i = 0; i < shown || !i; i++) {
		put_address(table, id);
		rg_table_text(table, name);
		rg_table_text(table, state);
		if (i >= shown) {
			rg_table_empty(table);
			rg_table_empty(table);
			rg_table_empty(table);
			rg_table_empty(table);
			break;
		}
		rg_table_number(table, (int64_t)i);
		rg_table_text(table, frames[i].function);
		rg_table_text(table, frames[i].file);
		rg_table_number(table, frames[i].line);
	}
}

int cli_threads_csv(const struct cli_stacks *stacks)
{
	static const struct rg_column columns[] = {
		{ "Id", "id", RG_COLUMN_TEXT },
		{ "Name", "name", RG_COLUMN_TEXT },
		{ "State", "state", RG_COLUMN_TEXT },
		{ "Frame", "frame", RG_COLUMN_COUNT },
		{ "Function", "function", RG_COLUMN_TEXT },
		{ "File", "file", RG_COLUMN_TEXT },
		{ "Line", "line", RG_COLUMN_COUNT },
	};
	rg_table *table;
	rg_error *error = rg_table_new(columns, sizeof(columns) / sizeof(columns[0]), &table);

	if (error)
		return cli_fail(error);
	for (uint32_t i = 0; !stacks->tasks && i < stacks->thread_count; i++) {
		const struct rg_thread *thread = &stacks->threads[stacks->order[i]];

		if (cli_wants_thread(stacks, stacks->order[i]))
			put_rows(stacks, table, thread->id, thread->name, thread->state,
				 thread->frames, thread->frame_count);
	}
	for (uint32_t i = 0; stacks->tasks && i < stacks->tasks->count; i++) {
		const struct rg_task *task = &stacks->tasks->tasks[i];

		if (is_shown(stacks, task))
			put_rows(stacks, table,
				 rg_graph_object(stacks->graph, task->object).address, task->name,
				 rg_task_state_name(task->state), task->frames,
				 task->frame_count);
	}
	error = rg_table_csv(table, stacks->cli->sink);
	rg_table_free(table);
	return error ? cli_fail(error) : CLI_OK;
}
