/* SPDX-License-Identifier: MIT */
/* refgraph threads: what each thread and task was doing, through which frames. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/command.h"
#include "cli/threads.h"

/* --- variables ----------------------------------------------------------------- */

/* "local x" taken apart; false: it is none. */
static bool read_place(const struct rg_words *words, const char *place, struct cli_local *ret)
{
	if (!strcmp(place, "f_locals") || !strcmp(place, ".f_locals")) {
		ret->name = "f_locals";
		ret->kind = "namespace";
		return true;
	}
	if (*place && strchr(words->sigils, *place)) {
		ret->name = place;
		ret->kind = "local";
		return true;
	}
	for (const char *const *kind = words->locals; *kind; kind++) {
		size_t length = strlen(*kind);

		if (strncmp(place, *kind, length) != 0 ||
		    (place[length] != ' ' && place[length] != '['))
			continue;
		ret->name = place + length + (place[length] == ' ');
		ret->kind = *kind;
		/* What distinguishes them is in the name already. */
		if (words->sigils[0] && strcmp(*kind, "stack") != 0)
			ret->kind = "local";
		return true;
	}
	return false;
}

/* A variable that other functions share is kept in a cell: shown is what is in it. */
static void open_cell(const rg_graph *graph, struct cli_local *local)
{
	struct rg_references references;
	char label[32];

	local->cell = RG_NONE;
	if (strcmp(local->kind, "cell") != 0)
		return;
	references = rg_graph_references(graph, local->object);
	for (size_t i = 0; i < references.count && i < 4; i++) {
		rg_graph_label(graph, local->object, i, RG_LABELS_NAMES, label, sizeof(label));
		if (strcmp(label, ".cell_contents") != 0)
			continue;
		local->cell = local->object;
		local->object = references.target[i];
		return;
	}
}

static int compare_locals(const void *a, const void *b)
{
	const struct rg_root *left = *(const struct rg_root *const *)a;
	const struct rg_root *right = *(const struct rg_root *const *)b;

	if (left->thread != right->thread)
		return left->thread < right->thread ? -1 : 1;
	if (left->frame != right->frame)
		return left->frame < right->frame ? -1 : 1;
	return left < right ? -1 : 1;
}

static int find_locals(struct cli_stacks *stacks)
{
	size_t count;
	const struct rg_root *roots = rg_graph_roots(stacks->graph, &count);

	stacks->locals = malloc((count ? count : 1) * sizeof(*stacks->locals));
	if (!stacks->locals)
		return cli_no_memory();
	for (size_t i = 0; i < count; i++)
		if (roots[i].kind == RG_ROOT_LOCAL && roots[i].thread < stacks->thread_count &&
		    roots[i].frame != RG_NONE)
			stacks->locals[stacks->local_count++] = &roots[i];
	qsort(stacks->locals, stacks->local_count, sizeof(*stacks->locals), compare_locals);
	return CLI_OK;
}

/* Whether number @at is a reference that is an object, to what another is of that very name. */
static bool is_mere_reference(const struct cli_stacks *stacks, size_t at)
{
	const struct rg_root *root = stacks->locals[at];
	struct rg_references out = rg_graph_references(stacks->graph, root->object);

	if (!rg_graph_words(stacks->graph)->referent || out.count != 1)
		return false;
	for (size_t i = at ? at - 1 : 0; i <= at + 1 && i < stacks->local_count; i++)
		if (stacks->locals[i]->object == out.target[0] &&
		    stacks->locals[i]->thread == root->thread &&
		    stacks->locals[i]->frame == root->frame &&
		    !strcmp(rg_root_place(stacks->locals[i]), rg_root_place(root)))
			return true;
	return false;
}

void cli_thread_locals(const struct cli_stacks *stacks, uint32_t thread, uint32_t frame,
		       cli_local_fn *each, void *user)
{
	size_t low = 0, high = stacks->local_count;

	while (low < high) {
		size_t middle = low + (high - low) / 2;
		const struct rg_root *root = stacks->locals[middle];

		if (root->thread < thread || (root->thread == thread && root->frame < frame))
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < stacks->local_count; low++) {
		const struct rg_root *root = stacks->locals[low];
		struct cli_local local = { .object = root->object };

		if (root->thread != thread || root->frame != frame)
			break;
		if (!read_place(rg_graph_words(stacks->graph), rg_root_place(root), &local) ||
		    is_mere_reference(stacks, low))
			continue;
		open_cell(stacks->graph, &local);
		each(user, &local);
	}
}

struct object_locals {
	const struct cli_stacks *stacks;
	struct rg_references references;
	cli_local_fn *each;
	void *user;
	rg_id frame; /* an object on its own that has the variables, or RG_NONE */
};

static void object_local(void *user, size_t index, const char *text)
{
	struct object_locals *of = user;
	struct cli_local local = { .object = of->references.target[index] };

	/* The frame of a generator can be an object of its own, which has the variables. */
	for (const char *const *frame = rg_graph_words(of->stacks->graph)->frame; *frame; frame++)
		if (!strcmp(text, *frame))
			of->frame = local.object;
	if (!read_place(rg_graph_words(of->stacks->graph), text, &local))
		return;
	open_cell(of->stacks->graph, &local);
	of->each(of->user, &local);
}

void cli_object_locals(const struct cli_stacks *stacks, rg_id object, cli_local_fn *each,
		       void *user)
{
	enum rg_label_policy policy = (enum rg_label_policy)stacks->cli->options.labels;
	struct object_locals of = { stacks, rg_graph_references(stacks->graph, object), each,
				    user, RG_NONE };

	rg_graph_labels(stacks->graph, object, 0, of.references.count, policy, object_local, &of);
	if (of.frame == RG_NONE)
		return;
	of.references = rg_graph_references(stacks->graph, of.frame);
	rg_graph_labels(stacks->graph, of.frame, 0, of.references.count, policy, object_local,
			&of);
}

/* --- which ones ------------------------------------------------------------------ */

const char *cli_thread_name(const struct rg_thread *thread, char buffer[CLI_THREAD_NAME_SIZE])
{
	if (*thread->name)
		rg_text_clean(thread->name, buffer, CLI_THREAD_NAME_SIZE);
	else
		snprintf(buffer, CLI_THREAD_NAME_SIZE, "thread %" PRIu64,
			 thread->native_id ? thread->native_id : thread->id);
	return buffer;
}

bool cli_wants_thread(const struct cli_stacks *stacks, uint32_t thread)
{
	const struct rg_thread *found;
	const char *wanted = stacks->wanted;
	uint64_t number;
	char *end;

	if (!wanted)
		return true;
	if (thread >= stacks->thread_count)
		return false;
	found = &stacks->threads[thread];
	number = strtoull(wanted, &end, 0);
	if (!*end && (number == found->id || number == found->native_id))
		return true;
	return rg_pattern_match(wanted, found->name);
}

bool cli_wants_task(const struct cli_stacks *stacks, const struct rg_task *task)
{
	uint64_t number;
	char *end;

	if (cli_wants_thread(stacks, task->thread) ||
	    rg_pattern_match(stacks->wanted, task->name))
		return true;
	number = strtoull(stacks->wanted, &end, 0);
	return !*end && number == rg_graph_object(stacks->graph, task->object).address;
}

bool cli_is_done(const struct rg_task *task)
{
	return task->state > RG_TASK_WAITING;
}

size_t cli_frames_shown(const struct cli_stacks *stacks, size_t count)
{
	uint64_t limit = stacks->cli->options.limit;

	if (stacks->cli->options.format != CLI_TABLE && !stacks->cli->options.limit_given)
		return count;
	return limit && limit < count ? (size_t)limit : count;
}

static int unknown(const struct cli_stacks *stacks)
{
	struct cli_hints hints = { .word = stacks->wanted };
	const char *path = rg_dump_info(stacks->dump)->path;
	char list[512];

	for (size_t i = 0; i < stacks->thread_count; i++)
		cli_hints_offer(&hints, stacks->threads[i].name, stacks->threads[i].name);
	for (size_t i = 0; stacks->tasks && i < stacks->tasks->count; i++)
		cli_hints_offer(&hints, stacks->tasks->tasks[i].name,
				stacks->tasks->tasks[i].name);
	if (cli_hints_text(&hints, list, sizeof(list)))
		cli_say("%s: no thread%s '%s'; near: %s", path, stacks->tasks ? " or task" : "",
			stacks->wanted, list);
	else
		cli_say("%s: no thread%s '%s': without it all are listed", path,
			stacks->tasks ? " or task" : "", stacks->wanted);
	return CLI_TROUBLE;
}

/* Whether what was asked for is there at all. */
static int check_wanted(const struct cli_stacks *stacks)
{
	for (uint32_t i = 0; i < stacks->thread_count; i++)
		if (cli_wants_thread(stacks, i))
			return CLI_OK;
	for (size_t i = 0; stacks->tasks && i < stacks->tasks->count; i++)
		if (!stacks->wanted || cli_wants_task(stacks, &stacks->tasks->tasks[i]))
			return CLI_OK;
	return stacks->wanted ? unknown(stacks) : CLI_OK;
}

/* The kernel numbers threads as they begin; one without a number comes last. */
static int compare_threads(const void *a, const void *b, void *user)
{
	const struct rg_thread *threads = user;
	uint32_t left = *(const uint32_t *)a, right = *(const uint32_t *)b;
	uint64_t first = threads[left].native_id - 1, second = threads[right].native_id - 1;

	if (first != second)
		return first < second ? -1 : 1;
	return left < right ? -1 : 1;
}

static int sort_threads(struct cli_stacks *stacks)
{
	stacks->order = malloc((stacks->thread_count + 1) * sizeof(*stacks->order));
	if (!stacks->order)
		return cli_no_memory();
	for (size_t i = 0; i < stacks->thread_count; i++)
		stacks->order[i] = (uint32_t)i;
	qsort_r(stacks->order, stacks->thread_count, sizeof(*stacks->order), compare_threads,
		(void *)(uintptr_t)stacks->threads);
	return CLI_OK;
}

/* --- the command ------------------------------------------------------------------- */

static int report(struct cli_stacks *stacks)
{
	struct cli *cli = stacks->cli;
	int status = cli_open(cli);

	if (status)
		return status;
	if (cli->options.format == CLI_JSON)
		return cli_threads_json(stacks);
	if (cli->options.format == CLI_CSV)
		return cli_threads_csv(stacks);
	cli_head(cli, rg_dump_info(stacks->dump));
	if (stacks->tasks)
		cli_tasks_text(stacks);
	else
		cli_threads_text(stacks);
	return CLI_OK;
}

static int run(struct cli *cli)
{
	struct cli_stacks stacks;
	struct rg_task_list *tasks = NULL;
	rg_error *error;
	int status;

	memset(&stacks, 0, sizeof(stacks));
	stacks.cli = cli;
	stacks.wanted = cli->operand_count > 1 ? cli->operands[1] : NULL;
	status = cli_load(cli, cli->operands[0], &stacks.dump);
	if (status)
		return status;
	error = rg_dump_graph(stacks.dump, &stacks.graph);
	if (!error && cli->options.async)
		error = rg_tasks_find(stacks.graph, &tasks);
	status = error ? cli_fail(error) : CLI_OK;
	if (!status) {
		stacks.tasks = tasks;
		stacks.threads = rg_graph_threads(stacks.graph, &stacks.thread_count);
		status = check_wanted(&stacks);
	}
	if (!status)
		status = sort_threads(&stacks);
	if (!status && cli->options.locals)
		status = find_locals(&stacks);
	if (!status)
		status = report(&stacks);
	if (!status)
		status = cli_gate(cli, rg_dump_info(stacks.dump), tasks && tasks->cycle_count);
	free(stacks.locals);
	free(stacks.order);
	rg_tasks_free(tasks);
	rg_dump_close(stacks.dump);
	return status;
}

static const struct cli_option options[] = {
	{ 'n', "limit", "N", CLI_NUMBER, CLI_FIELD(limit), NULL,
	  "show N frames of each, the innermost; 0 for all (20; in JSON and CSV all)" },
	{ 0, "locals", NULL, CLI_FLAG, CLI_FIELD(locals), NULL,
	  "show the variables of each frame" },
	{ 0, "async", NULL, CLI_FLAG, CLI_FIELD(async), NULL,
	  "show tasks: what each awaits, who waits for it, and cycles in waiting" },
	{ 'a', "all", NULL, CLI_FLAG, CLI_FIELD(all), NULL,
	  "also tasks that are done, and temporaries on the stacks" },
	{ 0, "short", NULL, CLI_FLAG, CLI_FIELD(short_names), NULL, "names without modules" },
	{ 0, "exit-code", NULL, CLI_FLAG, CLI_FIELD(exit_code), NULL,
	  "exit with 1 if tasks wait for each other (with --async)" },
	{ 0, "allow-incomplete", NULL, CLI_FLAG, CLI_FIELD(allow_incomplete), NULL,
	  "let --exit-code vouch for an incomplete dump" },
	CLI_OPTIONS_END,
};

const struct cli_command cli_threads = {
	.name = "threads",
	.operands = "DUMP [THREAD]",
	.summary = "what each thread or task was doing: frames, variables, awaits",
	.text = "Lists the threads, or the one named (by name, pattern or number), each with its\n"
		"frames: the most recent call first. With --async tasks instead: the awaits of\n"
		"each, what it waits for, who waits for it, and tasks that wait for each other.",
	.options = options,
	.formats = CLI_ANY(CLI_TABLE) | CLI_ANY(CLI_JSON) | CLI_ANY(CLI_CSV),
	.format = CLI_TABLE,
	.least = 1,
	.most = 2,
	.run = run,
};
