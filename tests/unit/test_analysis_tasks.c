/* SPDX-License-Identifier: MIT */
/* Who waits for whom: random tasks against brute force, and the order of the list. */
#include "unit/runner.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "support/synth.h"

#define OBJECTS 24
#define MOST 4

/* Tasks of a test, objects 0 .. count - 1; what they await and give is beside. */
struct tasks {
	struct rg_task all[OBJECTS];
	rg_id awaits[OBJECTS][MOST], gives[OBJECTS][MOST];
	char names[OBJECTS][24];
	uint32_t count;
};

static struct rg_task *add(struct tasks *tasks, const char *name)
{
	uint32_t i = tasks->count++;
	struct rg_task *task = &tasks->all[i];

	snprintf(tasks->names[i], sizeof(tasks->names[i]), "%s", name);
	*task = (struct rg_task){
		.object = i, .name = tasks->names[i], .state = RG_TASK_WAITING, .loop = RG_NONE,
		.thread = RG_NONE, .coroutine = RG_NONE, .awaits = tasks->awaits[i],
		.gives = tasks->gives[i],
	};
	return task;
}

static void await(struct tasks *tasks, uint32_t task, rg_id object)
{
	tasks->awaits[task][tasks->all[task].await_count++] = object;
}

static void give(struct tasks *tasks, uint32_t task, rg_id object)
{
	tasks->gives[task][tasks->all[task].give_count++] = object;
}

static struct rg_task_list *find(struct tasks *tasks, rg_builder *builder)
{
	struct rg_task_list *list;

	for (uint32_t i = 0; i < tasks->count; i++)
		CU_ASSERT_PTR_NULL_FATAL(rg_builder_task(builder, &tasks->all[i]));
	CU_ASSERT_PTR_NULL_FATAL(rg_tasks_find(rg_builder_graph(builder), &list));
	CU_ASSERT_EQUAL_FATAL(list->count, tasks->count);
	return list;
}

static bool has(const rg_id *ids, size_t count, rg_id id)
{
	for (size_t i = 0; i < count; i++)
		if (ids[i] == id)
			return true;
	return false;
}

static bool awaits(const struct rg_task *task, rg_id object)
{
	return task->state <= RG_TASK_WAITING && has(task->awaits, task->await_count, object);
}

static bool gives(const struct rg_task *task, rg_id object)
{
	return task->state <= RG_TASK_WAITING &&
	       (task->object == object || has(task->gives, task->give_count, object));
}

/* steps[a][b]: how many tasks on from a stands b, by any way; 0: there is none. */
static void count_steps(const struct rg_task_list *list, unsigned steps[OBJECTS][OBJECTS])
{
	memset(steps, 0, OBJECTS * sizeof(*steps));
	for (uint32_t a = 0; a < list->count; a++)
		for (uint32_t b = 0; b < list->count; b++)
			for (rg_id object = 0; object < OBJECTS; object++)
				if (awaits(&list->tasks[a], object) &&
				    gives(&list->tasks[b], object))
					steps[a][b] = 1;
	for (uint32_t m = 0; m < list->count; m++)
		for (uint32_t a = 0; a < list->count; a++)
			for (uint32_t b = 0; b < list->count; b++)
				if (steps[a][m] && steps[m][b] &&
				    (!steps[a][b] || steps[a][m] + steps[m][b] < steps[a][b]))
					steps[a][b] = steps[a][m] + steps[m][b];
}

static void check_waits(const struct rg_task_list *list)
{
	size_t found = 0;

	for (rg_id object = 0; object < OBJECTS; object++) {
		const struct rg_task_wait *wait = rg_tasks_wait(list, object);
		size_t waiters = 0, givers = 0;

		for (uint32_t t = 0; t < list->count; t++) {
			if (awaits(&list->tasks[t], object)) {
				CU_ASSERT_PTR_NOT_NULL_FATAL(wait);
				CU_ASSERT_EQUAL_FATAL(wait->waiters[waiters], t);
				waiters++;
			}
		}
		CU_ASSERT_EQUAL(wait != NULL, waiters != 0);
		if (!wait)
			continue;
		found++;
		for (uint32_t t = 0; t < list->count; t++)
			if (gives(&list->tasks[t], object))
				CU_ASSERT_EQUAL_FATAL(wait->givers[givers++], t);
		CU_ASSERT_EQUAL(wait->object, object);
		CU_ASSERT_EQUAL(wait->waiter_count, waiters);
		CU_ASSERT_EQUAL(wait->giver_count, givers);
	}
	CU_ASSERT_EQUAL(list->wait_count, found);
}

static void check_cycles(const struct rg_task_list *list)
{
	unsigned steps[OBJECTS][OBJECTS];
	size_t cycles = 0;

	count_steps(list, steps);
	for (uint32_t t = 0; t < list->count; t++) {
		const struct rg_task_cycle *cycle = &list->cycles[cycles];
		size_t members = 0;
		bool first = true;

		for (uint32_t other = 0; other < list->count; other++) {
			bool same = steps[t][other] && steps[other][t];

			members += same;
			first = first && !(same && other < t);
		}
		if (!members || !first)
			continue;
		CU_ASSERT_FATAL(cycles < list->cycle_count);
		cycles++;
		CU_ASSERT_EQUAL(cycle->tasks, members);
		CU_ASSERT_EQUAL_FATAL(cycle->step_count, steps[t][t]);
		CU_ASSERT_EQUAL(cycle->steps[0].task, t);
		for (size_t i = 0; i < cycle->step_count; i++) {
			const struct rg_task_step *step = &cycle->steps[i];
			const struct rg_task_step *next = i + 1 < cycle->step_count ? step + 1
										    : cycle->steps;

			CU_ASSERT(awaits(&list->tasks[step->task], step->object));
			CU_ASSERT(gives(&list->tasks[next->task], step->object));
		}
	}
	CU_ASSERT_EQUAL(list->cycle_count, cycles);
}

/* Many seeds: few tasks and objects, so that cycles of every length come up. */
static void agrees_with_brute_force(void)
{
	size_t cycles = 0, longest = 0;

	for (uint64_t seed = 1; seed <= 400; seed++) {
		struct synth_random random = { seed };
		struct synth *synth = synth_new(OBJECTS, 1);
		rg_builder *builder = synth_must(synth);
		struct tasks tasks = { .count = 0 };
		uint32_t count = 1 + synth_random(&random, 10);
		struct rg_task_list *list;

		for (uint32_t t = 0; t < count; t++) {
			struct rg_task *task = add(&tasks, "Task");
			uint32_t waits = synth_random(&random, 3), holds = synth_random(&random, 3);

			if (!synth_random(&random, 6))
				task->state = RG_TASK_DONE;
			while (waits--)
				await(&tasks, t, synth_random(&random, 16));
			while (holds--)
				give(&tasks, t, 10 + synth_random(&random, 6));
		}
		list = find(&tasks, builder);
		check_waits(list);
		check_cycles(list);
		for (size_t i = 0; i < list->cycle_count; i++)
			if (list->cycles[i].step_count > longest)
				longest = list->cycles[i].step_count;
		cycles += list->cycle_count;
		rg_tasks_free(list);
		rg_builder_free(builder);
		synth_free(synth);
	}
	/* Else nothing was compared. */
	CU_ASSERT(cycles > 100);
	CU_ASSERT(longest >= 3);
}

static void orders_by_loop_and_number(void)
{
	static const char *const names[] = { "Task-10", "Task-9", "b", "Task-09", "", "a" };
	static const char *const wanted[] = { "a", "b", "", "Task-9", "Task-09", "Task-10" };
	struct synth *synth = synth_new(OBJECTS, 1);
	rg_builder *builder = synth_must(synth);
	struct tasks tasks = { .count = 0 };
	struct rg_task_list *list;

	for (size_t i = 0; i < 6; i++)
		add(&tasks, names[i])->loop = i == 2 || i == 5 ? 20 : 21;
	list = find(&tasks, builder);
	for (size_t i = 0; i < 6; i++)
		CU_ASSERT_STRING_EQUAL(list->tasks[i].name, wanted[i]);
	CU_ASSERT_EQUAL(list->cycle_count, 0);
	rg_tasks_free(list);
	rg_builder_free(builder);
	synth_free(synth);
}

/* A chain of a hundred thousand that ends where it began: no recursion, no square. */
static void follows_long_chains(void)
{
	rg_id count = 100000;
	struct synth *synth = synth_new(count, 1);
	rg_builder *builder = synth_must(synth);
	struct rg_task_list *list;

	for (rg_id i = 0; i < count; i++) {
		rg_id next = (i + 1) % count;
		struct rg_task task = { .object = i, .name = "", .state = RG_TASK_WAITING,
					.loop = RG_NONE, .awaits = &next, .await_count = 1 };

		CU_ASSERT_PTR_NULL_FATAL(rg_builder_task(builder, &task));
	}
	CU_ASSERT_PTR_NULL_FATAL(rg_tasks_find(rg_builder_graph(builder), &list));
	CU_ASSERT_EQUAL_FATAL(list->cycle_count, 1);
	CU_ASSERT_EQUAL(list->cycles[0].step_count, count);
	CU_ASSERT_EQUAL(list->cycles[0].steps[count - 1].object, 0);
	rg_tasks_free(list);
	rg_builder_free(builder);
	synth_free(synth);
}

/* Every allocation fails once; leaks are the sanitiser's to find. */
static void survives_failed_allocations(void)
{
	struct rg_frame frames[] = { { "f", "a.py", 3, 1 }, { "", "", 0, RG_NONE } };
	struct tasks tasks = { .count = 0 };
	int64_t failures = 0;

	for (uint32_t t = 0; t < 3; t++) {
		struct rg_task *task = add(&tasks, "Task");

		task->frames = frames;
		task->frame_count = 2;
		await(&tasks, t, (t + 1) % 3);
		give(&tasks, t, 9);
	}
	for (;; failures++) {
		struct synth *synth = synth_new(OBJECTS, 1);
		rg_builder *builder = synth_must(synth);
		struct rg_task_list *list = NULL;
		rg_error *error = NULL;

		rg_alloc_fail_after(failures);
		for (uint32_t t = 0; !error && t < 3; t++)
			error = rg_builder_task(builder, &tasks.all[t]);
		if (!error)
			error = rg_tasks_find(rg_builder_graph(builder), &list);
		rg_alloc_fail_after(-1);
		if (!error)
			CU_ASSERT_STRING_EQUAL(list->tasks[0].frames[0].file, "a.py");
		rg_tasks_free(list);
		rg_builder_free(builder);
		synth_free(synth);
		if (!error)
			break;
		CU_ASSERT_EQUAL_FATAL(rg_error_code(error), RG_ERROR_NO_MEMORY);
		rg_error_free(error);
		CU_ASSERT_FATAL(failures < 1000);
	}
	CU_ASSERT(failures > 20);
}

static rg_error *stop_at_second(void *user, const struct rg_task *task)
{
	uint32_t *seen = user;

	CU_ASSERT_EQUAL(task->object, *seen);
	return ++*seen == 2 ? rg_error_new(RG_ERROR_INVALID, "enough") : NULL;
}

static void hands_tasks_out_until_told_to_stop(void)
{
	struct synth *synth = synth_new(OBJECTS, 1);
	rg_builder *builder = synth_must(synth);
	struct tasks tasks = { .count = 0 };
	uint32_t seen = 0;
	rg_error *error;

	for (uint32_t t = 0; t < 3; t++)
		CU_ASSERT_PTR_NULL_FATAL(rg_builder_task(builder, add(&tasks, "Task")));
	error = rg_graph_tasks(rg_builder_graph(builder), stop_at_second, &seen);
	CU_ASSERT_EQUAL(rg_error_code(error), RG_ERROR_INVALID);
	CU_ASSERT_EQUAL(seen, 2);
	rg_error_free(error);
	rg_builder_free(builder);
	synth_free(synth);
}

static void names_what_tasks_and_roots_are(void)
{
	struct rg_root root = { .name = "thread a, b, frame f(x, y) (g.py:3), local z" };

	CU_ASSERT_STRING_EQUAL(rg_root_place(&root), "local z");
	root.name = "external references";
	CU_ASSERT_STRING_EQUAL(rg_root_place(&root), "external references");
	CU_ASSERT_STRING_EQUAL(rg_task_state_name(RG_TASK_READY), "ready");
	CU_ASSERT_STRING_EQUAL(rg_task_state_name(RG_TASK_CANCELLED), "cancelled");
	CU_ASSERT_STRING_EQUAL(rg_task_state_name((enum rg_task_state)77), "other");
}

static const struct rg_test tests[] = {
	RG_TEST(agrees_with_brute_force),
	RG_TEST(orders_by_loop_and_number),
	RG_TEST(follows_long_chains),
	RG_TEST(survives_failed_allocations),
	RG_TEST(hands_tasks_out_until_told_to_stop),
	RG_TEST(names_what_tasks_and_roots_are),
	{ 0 },
};

const struct rg_suite rg_suite_analysis_tasks = {
	"analysis_tasks", NULL, NULL, tests
};
