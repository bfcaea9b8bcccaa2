/* SPDX-License-Identifier: MIT */
/* What the files of refgraph threads share. */
#ifndef REFGRAPH_CLI_THREADS_H
#define REFGRAPH_CLI_THREADS_H

#include "cli/cli.h"

/* A variable of a frame. */
struct cli_local {
	const char *name; /* without the word before it; belongs to the text it came from */
	const char *kind; /* "local", "cell", "inlined", "stack", "namespace" */
	rg_id object;     /* of a cell, what is in it */
	rg_id cell;       /* RG_NONE: none */
};

struct cli_stacks {
	struct cli *cli;
	rg_dump *dump;
	const rg_graph *graph;
	const struct rg_thread *threads;
	size_t thread_count;
	uint32_t *order;                  /* the threads by the kernel's number, as they began */
	const struct rg_root **locals; /* by thread, frame, then as the roots are */
	size_t local_count;
	const struct rg_task_list *tasks; /* NULL: not asked for */
	const char *wanted;               /* a thread or task; NULL: all */
};

/* Called for each variable of a frame. */
typedef void cli_local_fn(void *user, const struct cli_local *local);

/* --- cmd_threads.c --- */
/* cli_thread_locals - the variables of a thread's frame. */
void cli_thread_locals(const struct cli_stacks *stacks, uint32_t thread, uint32_t frame,
		       cli_local_fn *each, void *user);
/* cli_object_locals - those of the frame of a suspended coroutine. */
void cli_object_locals(const struct cli_stacks *stacks, rg_id object, cli_local_fn *each,
		       void *user);
/* cli_wants_thread - whether that thread was asked for. */
bool cli_wants_thread(const struct cli_stacks *stacks, uint32_t thread);
bool cli_wants_task(const struct cli_stacks *stacks, const struct rg_task *task);
/* cli_is_done - whether the task is, and needs --all to be shown. */
bool cli_is_done(const struct rg_task *task);
/* cli_thread_name - its name, or its number. */
#define CLI_THREAD_NAME_SIZE 128
const char *cli_thread_name(const struct rg_thread *thread, char buffer[CLI_THREAD_NAME_SIZE]);
/* cli_frames_shown - how many of @count frames -n lets through. */
size_t cli_frames_shown(const struct cli_stacks *stacks, size_t count);

/* --- threads_text.c --- */
void cli_threads_text(const struct cli_stacks *stacks);
/* cli_put_frames - the frames, and with --locals their variables: of a thread or a task. */
void cli_put_frames(const struct cli_stacks *stacks, const struct rg_frame *frames, size_t count,
		    uint32_t thread);

/* --- threads_tasks.c --- */
void cli_tasks_text(const struct cli_stacks *stacks);

/* --- threads_json.c --- */
int cli_threads_json(const struct cli_stacks *stacks);
int cli_threads_csv(const struct cli_stacks *stacks);

#endif
