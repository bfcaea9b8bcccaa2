/* SPDX-License-Identifier: MIT */
/* Tasks for people: those that wait for each other first, then loop by loop. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/threads.h"

#define MOST_NAMED 5

static void put_name(const struct cli_stacks *stacks, uint32_t index)
{
	const struct rg_task *task = &stacks->tasks->tasks[index];

	if (*task->name)
		rg_sink_text(stacks->cli->sink, task->name);
	else
		rg_sink_printf(stacks->cli->sink, "task 0x%" PRIx64,
			       rg_graph_object(stacks->graph, task->object).address);
}

/* "Task-2, Task-3 and 4 more", leaving out @except. */
static void put_names(const struct cli_stacks *stacks, const uint32_t *tasks, size_t count)
{
	char number[RG_FORMAT_SIZE];

	for (size_t i = 0; i < count && i < MOST_NAMED; i++) {
		rg_sink_puts(stacks->cli->sink, i ? ", " : "");
		put_name(stacks, tasks[i]);
	}
	if (count > MOST_NAMED)
		rg_sink_printf(stacks->cli->sink, " and %s more",
			       rg_format_count(count - MOST_NAMED, number));
}

/* "asyncio.locks.Lock 0x7f..": what a task waits for. */
static void put_object(const struct cli_stacks *stacks, rg_id id)
{
	char words[512];

	cli_describe(stacks->cli, stacks->graph, id, words, sizeof(words));
	rg_sink_printf(stacks->cli->sink, "%s at 0x%" PRIx64, words,
		       rg_graph_object(stacks->graph, id).address);
}

static bool gives_itself(const struct cli_stacks *stacks, rg_id object, uint32_t giver)
{
	return stacks->tasks->tasks[giver].object == object;
}

static void put_cycle(const struct cli_stacks *stacks, const struct rg_task_cycle *cycle)
{
	rg_sink *sink = stacks->cli->sink;
	char number[RG_FORMAT_SIZE];

	rg_sink_printf(sink, "\n%s%s %s each other%s\n", cli_bold(stacks->cli),
		       rg_format_count(cycle->tasks, number),
		       cycle->tasks == 1 ? "task waits for itself, not" : "tasks wait for",
		       cli_plain(stacks->cli));
	for (size_t i = 0; i < cycle->step_count; i++) {
		const struct rg_task_step *step = &cycle->steps[i];
		uint32_t next = cycle->steps[(i + 1) % cycle->step_count].task;

		rg_sink_puts(sink, "  ");
		put_name(stacks, step->task);
		rg_sink_puts(sink, " waits for ");
		if (gives_itself(stacks, step->object, next)) {
			put_name(stacks, next);
		} else {
			put_object(stacks, step->object);
			rg_sink_puts(sink, ", from ");
			put_name(stacks, next);
		}
		rg_sink_puts(sink, "\n");
	}
	if (cycle->step_count < cycle->tasks)
		rg_sink_printf(sink, "  the shortest of several such cycles\n");
}

static bool is_given(const struct cli_stacks *stacks, rg_id object)
{
	const struct rg_task_wait *wait = rg_tasks_wait(stacks->tasks, object);

	return wait && wait->giver_count;
}

static void put_awaits(const struct cli_stacks *stacks, const struct rg_task *task)
{
	rg_sink *sink = stacks->cli->sink;
	bool any = false;

	for (size_t i = 0; i < task->await_count; i++)
		any = any || is_given(stacks, task->awaits[i]);
	for (size_t i = 0; i < task->await_count; i++) {
		const struct rg_task_wait *wait = rg_tasks_wait(stacks->tasks, task->awaits[i]);

		/* What somebody gives says it all; else the future itself, which comes first. */
		if (any ? !is_given(stacks, task->awaits[i]) : i)
			continue;
		rg_sink_puts(sink, "  waits for ");
		if (wait && wait->giver_count &&
		    gives_itself(stacks, task->awaits[i], wait->givers[0])) {
			put_name(stacks, wait->givers[0]);
		} else {
			put_object(stacks, task->awaits[i]);
			if (wait && wait->giver_count) {
				rg_sink_puts(sink, ", from ");
				put_names(stacks, wait->givers, wait->giver_count);
			}
		}
		rg_sink_puts(sink, "\n");
	}
}

static void put_waiters(const struct cli_stacks *stacks, const struct rg_task *task)
{
	const struct rg_task_wait *wait = rg_tasks_wait(stacks->tasks, task->object);
	rg_sink *sink = stacks->cli->sink;

	for (size_t i = 0; i <= task->give_count; i++) {
		if (i)
			wait = rg_tasks_wait(stacks->tasks, task->gives[i - 1]);
		if (!wait || !wait->waiter_count)
			continue;
		rg_sink_puts(sink, "  awaited by ");
		put_names(stacks, wait->waiters, wait->waiter_count);
		if (i) {
			rg_sink_puts(sink, " through ");
			put_object(stacks, task->gives[i - 1]);
		}
		rg_sink_puts(sink, "\n");
	}
}

static void put_task(const struct cli_stacks *stacks, uint32_t index)
{
	const struct rg_task *task = &stacks->tasks->tasks[index];
	struct cli *cli = stacks->cli;
	char words[512];

	rg_sink_printf(cli->sink, "\n%s", cli_bold(cli));
	put_name(stacks, index);
	rg_sink_printf(cli->sink, "%s%s%s", cli_plain(cli), cli->dot,
		       rg_task_state_name(task->state));
	if (task->coroutine != RG_NONE) {
		cli_describe(cli, stacks->graph, task->coroutine, words, sizeof(words));
		rg_sink_printf(cli->sink, "%s%s", cli->dot, words);
	}
	rg_sink_puts(cli->sink, "\n");
	put_awaits(stacks, task);
	put_waiters(stacks, task);
	cli_put_frames(stacks, task->frames, task->frame_count, RG_NONE);
}

static void put_loop(const struct cli_stacks *stacks, const struct rg_task *task)
{
	char words[512], name[CLI_THREAD_NAME_SIZE];
	struct cli *cli = stacks->cli;

	if (task->loop == RG_NONE) {
		rg_sink_puts(cli->sink, "\nof no loop\n");
		return;
	}
	cli_describe(cli, stacks->graph, task->loop, words, sizeof(words));
	rg_sink_printf(cli->sink, "\nloop %s at 0x%" PRIx64, words,
		       rg_graph_object(stacks->graph, task->loop).address);
	if (task->thread < stacks->thread_count)
		rg_sink_printf(cli->sink, ", in %s",
			       cli_thread_name(&stacks->threads[task->thread], name));
	rg_sink_puts(cli->sink, "\n");
}

void cli_tasks_text(const struct cli_stacks *stacks)
{
	const struct rg_task_list *list = stacks->tasks;
	struct cli *cli = stacks->cli;
	rg_id loop = RG_NONE;
	size_t done = 0, shown = 0;
	char number[RG_FORMAT_SIZE];

	for (size_t i = 0; i < list->cycle_count; i++)
		put_cycle(stacks, &list->cycles[i]);
	for (uint32_t i = 0; i < list->count; i++) {
		const struct rg_task *task = &list->tasks[i];

		if (stacks->wanted && !cli_wants_task(stacks, task))
			continue;
		if (cli_is_done(task) && !cli->options.all) {
			done++;
			continue;
		}
		if (!shown++ || task->loop != loop)
			put_loop(stacks, task);
		loop = task->loop;
		put_task(stacks, i);
	}
	if (!shown)
		rg_sink_puts(cli->sink, "\nno task that is not done\n");
	if (done)
		rg_sink_printf(cli->sink, "\n%s done: --all shows %s\n",
			       rg_format_count(done, number), done == 1 ? "it" : "them");
	rg_sink_puts(cli->sink, list->cycle_count ? "\nnext: refgraph objects"
						  : "\nnext: refgraph threads");
	cli_put_dump(cli, rg_dump_info(stacks->dump)->path);
	if (list->cycle_count)
		rg_sink_printf(cli->sink, " 0x%" PRIx64 "\n",
			       rg_graph_object(stacks->graph,
					       list->cycles[0].steps[0].object).address);
	else
		rg_sink_puts(cli->sink, cli->options.locals ? "\n" : " --async --locals\n");
}
