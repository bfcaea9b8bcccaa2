/* SPDX-License-Identifier: MIT */
/* Stacks for people: the most recent call first, as py-spy and faulthandler have it. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "cli/threads.h"

#define FUNCTION_WIDTH 32
#define NAME_WIDTH 16

/* "name = list, 3 items" in what is left of the line. */
static void put_local(void *user, const struct cli_local *local)
{
	const struct cli_stacks *stacks = user;
	const struct cli *cli = stacks->cli;
	char name[256], words[1024];
	bool is_stack = !strcmp(local->kind, "stack");

	if (is_stack && !cli->options.all)
		return;
	if (is_stack)
		snprintf(name, sizeof(name), "stack %s", local->name);
	else
		rg_text_clean(local->name, name, sizeof(name));
	cli_describe(cli, stacks->graph, local->object, words, sizeof(words));
	rg_sink_printf(cli->sink, "      %-*s = %s\n", NAME_WIDTH, name, words);
}

static void put_frame(const struct cli_stacks *stacks, const struct rg_frame *frame)
{
	rg_sink *sink = stacks->cli->sink;
	char function[256], file[1024];

	rg_text_clean(*frame->function ? frame->function : "?", function, sizeof(function));
	rg_text_clean(*frame->file ? frame->file : "?", file, sizeof(file));
	rg_sink_printf(sink, "  %-*s  %s", FUNCTION_WIDTH, function, file);
	if (frame->line)
		rg_sink_printf(sink, ":%u", frame->line);
	rg_sink_puts(sink, "\n");
}

void cli_put_frames(const struct cli_stacks *stacks, const struct rg_frame *frames, size_t count,
		    uint32_t thread)
{
	size_t shown = cli_frames_shown(stacks, count);
	char number[RG_FORMAT_SIZE];

	for (size_t i = 0; i < shown; i++) {
		put_frame(stacks, &frames[i]);
		if (!stacks->cli->options.locals)
			continue;
		if (thread != RG_NONE)
			cli_thread_locals(stacks, thread, (uint32_t)i, put_local, (void *)stacks);
		else if (frames[i].object != RG_NONE)
			cli_object_locals(stacks, frames[i].object, put_local, (void *)stacks);
	}
	if (shown < count)
		rg_sink_printf(stacks->cli->sink, "  %s more %s: -n 0 shows all\n",
			       rg_format_count(count - shown, number),
			       count - shown == 1 ? "frame" : "frames");
}

static void put_state(const struct cli_stacks *stacks, const struct rg_thread *thread)
{
	const struct cli *cli = stacks->cli;
	char words[512];

	if (thread->native_id)
		rg_sink_printf(cli->sink, "%snative %" PRIu64, cli->dot, thread->native_id);
	if (thread->flags & RG_THREAD_DAEMON)
		rg_sink_printf(cli->sink, "%sdaemon", cli->dot);
	if (thread->flags & RG_THREAD_CURRENT) {
		rg_sink_puts(cli->sink, cli->dot);
		rg_sink_text(cli->sink, *thread->state ? thread->state : "current");
	}
	if (thread->flags & RG_THREAD_RUNNING)
		rg_sink_printf(cli->sink, "%srunning", cli->dot);
	if (*thread->system_call) {
		rg_sink_printf(cli->sink, "%sin system call ", cli->dot);
		rg_sink_text(cli->sink, thread->system_call);
	}
	rg_sink_puts(cli->sink, "\n");
	if (thread->exception == RG_NONE)
		return;
	cli_describe(cli, stacks->graph, thread->exception, words, sizeof(words));
	rg_sink_printf(cli->sink, "  handling %s at 0x%" PRIx64 "\n", words,
		       rg_graph_object(stacks->graph, thread->exception).address);
}

void cli_threads_text(const struct cli_stacks *stacks)
{
	struct cli *cli = stacks->cli;
	char name[CLI_THREAD_NAME_SIZE];
	bool no_tasks;

	for (size_t at = 0; at < stacks->thread_count; at++) {
		uint32_t i = stacks->order[at];
		const struct rg_thread *thread = &stacks->threads[i];

		if (!cli_wants_thread(stacks, i))
			continue;
		rg_sink_printf(cli->sink, "\n%s%s%s", cli_bold(cli), cli_thread_name(thread, name),
			       cli_plain(cli));
		put_state(stacks, thread);
		cli_put_frames(stacks, thread->frames, thread->frame_count, i);
		if (thread->flags & RG_THREAD_CUT)
			rg_sink_puts(cli->sink, "  the dump may lack frames before these\n");
		else if (!thread->frame_count)
			rg_sink_puts(cli->sink, "  no frame\n");
	}
	if (!stacks->thread_count)
		rg_sink_puts(cli->sink, "\nno threads in this dump\n");
	/* Where nothing runs by turns there is no more to be shown of them. */
	no_tasks = cli->options.locals && !*rg_graph_words(stacks->graph)->coroutine;
	rg_sink_printf(cli->sink, "\nnext: refgraph %s", no_tasks ? "retained" : "threads");
	cli_put_dump(cli, rg_dump_info(stacks->dump)->path);
	rg_sink_puts(cli->sink, no_tasks ? " --by thread\n"
				: cli->options.locals ? " --async\n" : " --locals\n");
}
