/* SPDX-License-Identifier: MIT */
/* Threads and tasks: what runs, and through which frames. */
#include <string.h>

#include "base/alloc.h"
#include "graph/build.h"

static struct rg_frame *copy_frames(struct rg_graph *graph, const struct rg_frame *frames,
				    size_t count)
{
	struct rg_frame *copy = rg_calloc(count ? count : 1, sizeof(*copy));

	for (size_t i = 0; copy && i < count; i++) {
		copy[i] = frames[i];
		copy[i].function = rg_strings_copy(&graph->strings, frames[i].function);
		copy[i].file = rg_strings_copy(&graph->strings, frames[i].file);
		if (!copy[i].function || !copy[i].file) {
			rg_free(copy);
			return NULL;
		}
	}
	return copy;
}

static rg_id *copy_ids(const rg_id *ids, size_t count)
{
	rg_id *copy = rg_alloc((count ? count : 1) * sizeof(*copy));

	if (copy && count)
		memcpy(copy, ids, count * sizeof(*copy));
	return copy;
}

rg_error *rg_builder_thread(rg_builder *builder, const struct rg_thread *thread)
{
	struct rg_graph *graph = &builder->graph;
	struct rg_thread copy = *thread;
	struct rg_frame *frames = copy_frames(graph, thread->frames, thread->frame_count);

	copy.frames = frames;
	copy.name = rg_strings_copy(&graph->strings, thread->name);
	copy.state = rg_strings_copy(&graph->strings, thread->state);
	copy.system_call = rg_strings_copy(&graph->strings, thread->system_call);
	if (!frames || !copy.name || !copy.state || !copy.system_call ||
	    !rg_vector_push(&graph->threads, copy)) {
		rg_free(frames);
		return rg_error_no_memory();
	}
	return NULL;
}

rg_error *rg_builder_task(rg_builder *builder, const struct rg_task *task)
{
	struct rg_graph *graph = &builder->graph;
	struct rg_task copy = *task;
	struct rg_frame *frames = copy_frames(graph, task->frames, task->frame_count);
	rg_id *awaits = copy_ids(task->awaits, task->await_count);
	rg_id *gives = copy_ids(task->gives, task->give_count);

	copy.name = rg_strings_copy(&graph->strings, task->name);
	copy.frames = frames;
	copy.awaits = awaits;
	copy.gives = gives;
	if (!copy.name || !frames || !awaits || !gives || !rg_vector_push(&graph->tasks, copy)) {
		rg_free(frames);
		rg_free(awaits);
		rg_free(gives);
		return rg_error_no_memory();
	}
	return NULL;
}

void rg_graph_free_stacks(struct rg_graph *graph)
{
	for (size_t i = 0; i < graph->threads.count; i++)
		rg_free((void *)(uintptr_t)graph->threads.data[i].frames);
	for (size_t i = 0; i < graph->tasks.count; i++) {
		rg_free((void *)(uintptr_t)graph->tasks.data[i].frames);
		rg_free((void *)(uintptr_t)graph->tasks.data[i].awaits);
		rg_free((void *)(uintptr_t)graph->tasks.data[i].gives);
	}
	rg_vector_free(&graph->threads);
	rg_vector_free(&graph->tasks);
}

const struct rg_thread *rg_graph_threads(const rg_graph *graph, size_t *ret_count)
{
	*ret_count = graph->threads.count;
	return graph->threads.data;
}

rg_error *rg_graph_tasks(const rg_graph *graph, rg_task_fn *each, void *user)
{
	if (graph->hooks.tasks)
		return graph->hooks.tasks(graph->hooks.user, graph, each, user);
	for (size_t i = 0; i < graph->tasks.count; i++)
		RG_TRY(each(user, &graph->tasks.data[i]));
	return NULL;
}

const char *rg_task_state_name(enum rg_task_state state)
{
	static const char *const names[] = {
		[RG_TASK_READY] = "ready",	 [RG_TASK_RUNNING] = "running",
		[RG_TASK_WAITING] = "waiting",	 [RG_TASK_DONE] = "done",
		[RG_TASK_FAILED] = "failed",	 [RG_TASK_CANCELLED] = "cancelled",
	};

	return (size_t)state < sizeof(names) / sizeof(names[0]) ? names[state] : "other";
}

const char *rg_root_place(const struct rg_root *root)
{
	const char *place = root->name, *comma;

	/* Labels of frames have no comma; the names of threads and functions may. */
	while ((comma = strstr(place, ", ")))
		place = comma + 2;
	return place;
}
