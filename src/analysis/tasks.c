/* SPDX-License-Identifier: MIT */
/*
 * Tasks and what they wait for: every object that a task awaits, with those that
 * wait for it and those that give it.
 */
#include <refgraph/refgraph.h>

#include <stdlib.h>
#include <string.h>

#include "analysis/tasks.h"
#include "base/alloc.h"
#include "base/sort.h"

/* --- gathering ----------------------------------------------------------------- */

static struct rg_frame *copy_frames(const struct rg_task *task)
{
	struct rg_frame *frames;
	size_t bytes = 0, length;
	char *text;

	for (size_t i = 0; i < task->frame_count; i++)
		bytes += strlen(task->frames[i].function) + strlen(task->frames[i].file) + 2;
	/* The texts stand behind the frames, in the same block. */
	frames = rg_alloc(task->frame_count * sizeof(*frames) + bytes + 1);
	if (!frames)
		return NULL;
	text = (char *)(frames + task->frame_count);
	for (size_t i = 0; i < task->frame_count; i++) {
		frames[i] = task->frames[i];
		length = strlen(task->frames[i].function) + 1;
		frames[i].function = memcpy(text, task->frames[i].function, length);
		text += length;
		length = strlen(task->frames[i].file) + 1;
		frames[i].file = memcpy(text, task->frames[i].file, length);
		text += length;
	}
	return frames;
}

static rg_id *copy_ids(const rg_id *ids, size_t count)
{
	rg_id *copy = rg_calloc(count, sizeof(*copy));

	if (copy && count)
		memcpy(copy, ids, count * sizeof(*copy));
	return copy;
}

static void free_task(struct rg_task *task)
{
	rg_free((void *)(uintptr_t)task->name);
	rg_free((void *)(uintptr_t)task->frames);
	rg_free((void *)(uintptr_t)task->awaits);
	rg_free((void *)(uintptr_t)task->gives);
}

static rg_error *keep_task(void *user, const struct rg_task *task)
{
	struct rg_tasks *tasks = user;
	struct rg_task copy = *task;

	copy.name = rg_strdup(task->name);
	copy.frames = copy_frames(task);
	copy.awaits = copy_ids(task->awaits, task->await_count);
	copy.gives = copy_ids(task->gives, task->give_count);
	if (!copy.name || !copy.frames || !copy.awaits || !copy.gives ||
	    tasks->tasks.count >= UINT32_MAX - 1 || !rg_vector_push(&tasks->tasks, copy)) {
		free_task(&copy);
		return rg_error_no_memory();
	}
	return NULL;
}

/* --- order ------------------------------------------------------------------------- */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* "Task-9" before "Task-10": runs of digits compare as numbers. */
static int compare_names(const char *a, const char *b)
{
	while (*a && *b) {
		size_t digits_a = 0, digits_b = 0;
		int order;

		if (!is_digit(*a) || !is_digit(*b)) {
			if (*a != *b)
				return (unsigned char)*a < (unsigned char)*b ? -1 : 1;
			a++;
			b++;
			continue;
		}
		while (*a == '0' && is_digit(a[1]))
			a++;
		while (*b == '0' && is_digit(b[1]))
			b++;
		while (is_digit(a[digits_a]))
			digits_a++;
		while (is_digit(b[digits_b]))
			digits_b++;
		if (digits_a != digits_b)
			return digits_a < digits_b ? -1 : 1;
		order = memcmp(a, b, digits_a);
		if (order)
			return order;
		a += digits_a;
		b += digits_b;
	}
	return (*a != '\0') - (*b != '\0');
}

static int compare_tasks(const void *a, const void *b, void *user)
{
	const struct rg_task *left = a, *right = b;
	int order;

	(void)user;
	if (left->loop != right->loop)
		return left->loop < right->loop ? -1 : 1;
	order = compare_names(left->name, right->name);
	if (order)
		return order;
	return (left->object > right->object) - (left->object < right->object);
}

/* --- waits -------------------------------------------------------------------------- */

/* A task and an object that it awaits or gives. */
struct tie {
	rg_id object;
	uint32_t task;
	bool gives;
};

static int compare_ties(const void *a, const void *b, void *user)
{
	const struct tie *left = a, *right = b;

	(void)user;
	if (left->object != right->object)
		return left->object < right->object ? -1 : 1;
	if (left->gives != right->gives)
		return left->gives - right->gives;
	return (left->task > right->task) - (left->task < right->task);
}

static size_t fill_ties(const struct rg_tasks *tasks, struct tie *ties)
{
	size_t count = 0;

	for (uint32_t t = 0; t < tasks->tasks.count; t++) {
		const struct rg_task *task = &tasks->tasks.data[t];

		if (task->state > RG_TASK_WAITING)
			continue;
		ties[count++] = (struct tie){ task->object, t, true };
		for (size_t i = 0; i < task->give_count; i++)
			ties[count++] = (struct tie){ task->gives[i], t, true };
		for (size_t i = 0; i < task->await_count; i++)
			ties[count++] = (struct tie){ task->awaits[i], t, false };
	}
	return count;
}

/* Objects that somebody waits for, from ties sorted by object, waiters first. */
static rg_error *make_waits(struct rg_tasks *tasks, const struct tie *ties, size_t count)
{
	uint32_t *next;
	size_t end;

	tasks->numbers = rg_calloc(count, sizeof(*tasks->numbers));
	if (!tasks->numbers)
		return rg_error_no_memory();
	next = tasks->numbers;
	for (size_t i = 0; i < count; i = end) {
		struct rg_task_wait wait = { .object = ties[i].object, .waiters = next };
		bool waited_for = !ties[i].gives;

		for (end = i; end < count && ties[end].object == ties[i].object; end++) {
			/* What is named twice is one. */
			if (!waited_for || (end > i && ties[end].task == ties[end - 1].task &&
					    ties[end].gives == ties[end - 1].gives))
				continue;
			*next++ = ties[end].task;
			if (ties[end].gives)
				wait.giver_count++;
			else
				wait.waiter_count++;
		}
		wait.givers = wait.waiters + wait.waiter_count;
		if (waited_for && !rg_vector_push(&tasks->waits, wait))
			return rg_error_no_memory();
	}
	return NULL;
}

static rg_error *find_waits(struct rg_tasks *tasks)
{
	size_t count = tasks->tasks.count;
	struct tie *ties;
	rg_error *error;

	for (size_t i = 0; i < tasks->tasks.count; i++)
		count += tasks->tasks.data[i].await_count + tasks->tasks.data[i].give_count;
	ties = rg_calloc(count, sizeof(*ties));
	if (!ties)
		return rg_error_no_memory();
	count = fill_ties(tasks, ties);
	rg_sort(ties, count, sizeof(*ties), compare_ties, NULL);
	error = make_waits(tasks, ties, count);
	rg_free(ties);
	return error;
}

/* --- the whole ------------------------------------------------------------------------ */

const struct rg_task_wait *rg_tasks_wait(const struct rg_task_list *list, rg_id object)
{
	size_t low = 0, high = list->wait_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (list->waits[middle].object < object)
			low = middle + 1;
		else
			high = middle;
	}
	return low < list->wait_count && list->waits[low].object == object ? &list->waits[low]
									   : NULL;
}

void rg_tasks_free(struct rg_task_list *list)
{
	struct rg_tasks *tasks = (struct rg_tasks *)list;

	if (!tasks)
		return;
	for (size_t i = 0; i < tasks->tasks.count; i++)
		free_task(&tasks->tasks.data[i]);
	rg_vector_free(&tasks->tasks);
	rg_vector_free(&tasks->waits);
	rg_vector_free(&tasks->cycles);
	rg_vector_free(&tasks->steps);
	rg_free(tasks->numbers);
	rg_free(tasks);
}

rg_error *rg_tasks_find(const rg_graph *graph, struct rg_task_list **ret)
{
	struct rg_tasks *tasks = rg_calloc(1, sizeof(*tasks));
	rg_error *error;

	if (!tasks)
		return rg_error_no_memory();
	error = rg_graph_tasks(graph, keep_task, tasks);
	if (!error) {
		rg_sort(tasks->tasks.data, tasks->tasks.count, sizeof(*tasks->tasks.data),
			compare_tasks, NULL);
		error = find_waits(tasks);
	}
	tasks->list.tasks = tasks->tasks.data;
	tasks->list.count = tasks->tasks.count;
	tasks->list.waits = tasks->waits.data;
	tasks->list.wait_count = tasks->waits.count;
	if (!error)
		error = rg_tasks_cycles(tasks);
	if (error) {
		rg_tasks_free(&tasks->list);
		return error;
	}
	tasks->list.cycles = tasks->cycles.data;
	tasks->list.cycle_count = tasks->cycles.count;
	*ret = &tasks->list;
	return NULL;
}
