/* SPDX-License-Identifier: MIT */
/*
 * Tasks that wait for each other.  The graph has a node for each task and one
 * for each object that is waited for; an edge leads from a task to what it
 * awaits and from there to each task that gives it.  Its strongly connected
 * components are found without recursion; of each, a shortest cycle through its
 * first task.
 */
#include <refgraph/refgraph.h>

#include <string.h>

#include "analysis/tasks.h"
#include "base/alloc.h"

/* Nodes 0 .. tasks - 1 are tasks, the others waits. */
struct search {
	struct rg_tasks *tasks;
	uint32_t task_count, count;
	uint32_t *index;     /* when it was met, from 1; 0: not yet */
	uint32_t *low;
	uint32_t *component; /* from 1; 0: none yet */
	uint32_t *stack;     /* of nodes without a component */
	uint32_t *path;      /* from the start to the node at hand */
	uint32_t *edge;      /* the next edge of each */
	uint32_t *before;    /* breadth first: where a node was reached from, plus 1 */
	size_t stacked, deep;
	uint32_t met, components;
};

/* Edge @i of @node, or RG_NONE past the last. */
static uint32_t edge_at(const struct search *s, uint32_t node, uint32_t i)
{
	const struct rg_task_list *list = &s->tasks->list;
	const struct rg_task_wait *wait;
	const struct rg_task *task;

	if (node >= s->task_count) {
		wait = &list->waits[node - s->task_count];
		return i < wait->giver_count ? wait->givers[i] : RG_NONE;
	}
	task = &list->tasks[node];
	if (task->state > RG_TASK_WAITING || i >= task->await_count)
		return RG_NONE;
	wait = rg_tasks_wait(list, task->awaits[i]);
	return s->task_count + (uint32_t)(wait - list->waits);
}

static void enter(struct search *s, uint32_t node)
{
	s->index[node] = s->low[node] = ++s->met;
	s->edge[node] = 0;
	s->stack[s->stacked++] = node;
	s->path[s->deep++] = node;
}

static void leave(struct search *s, uint32_t node)
{
	uint32_t popped;

	s->deep--;
	if (s->deep && s->low[node] < s->low[s->path[s->deep - 1]])
		s->low[s->path[s->deep - 1]] = s->low[node];
	if (s->low[node] != s->index[node])
		return;
	s->components++;
	do {
		popped = s->stack[--s->stacked];
		s->component[popped] = s->components;
	} while (popped != node);
}

static void find_components(struct search *s)
{
	for (uint32_t start = 0; start < s->task_count; start++) {
		if (s->index[start])
			continue;
		enter(s, start);
		while (s->deep) {
			uint32_t node = s->path[s->deep - 1];
			uint32_t next = edge_at(s, node, s->edge[node]++);

			if (next == RG_NONE)
				leave(s, node);
			else if (!s->index[next])
				enter(s, next);
			else if (!s->component[next] && s->index[next] < s->low[node])
				s->low[node] = s->index[next];
		}
	}
}

/* Breadth first from @start back to it, within its component; false: there is no way. */
static bool find_way(struct search *s, uint32_t start)
{
	uint32_t *queue = s->stack;
	size_t first = 0, last = 0;

	queue[last++] = start;
	while (first < last) {
		uint32_t node = queue[first++], next;

		for (uint32_t i = 0; (next = edge_at(s, node, i)) != RG_NONE; i++) {
			if (s->component[next] != s->component[start] || s->before[next])
				continue;
			s->before[next] = node + 1;
			if (next == start)
				return true;
			queue[last++] = next;
		}
	}
	return false;
}

/* The way that find_way() found, as steps. */
static rg_error *keep_way(struct search *s, uint32_t start, struct rg_task_cycle *cycle)
{
	struct rg_tasks *tasks = s->tasks;
	size_t first = tasks->steps.count;
	uint32_t node = start;

	do {
		uint32_t wait = s->before[node] - 1, task = s->before[wait] - 1;
		struct rg_task_step step = {
			task, tasks->list.waits[wait - s->task_count].object,
		};

		if (!rg_vector_push(&tasks->steps, step))
			return rg_error_no_memory();
		node = task;
	} while (node != start);
	cycle->step_count = tasks->steps.count - first;
	/* It was followed backwards. */
	for (size_t i = first, k = tasks->steps.count - 1; i < k; i++, k--) {
		struct rg_task_step swapped = tasks->steps.data[i];

		tasks->steps.data[i] = tasks->steps.data[k];
		tasks->steps.data[k] = swapped;
	}
	return NULL;
}

static rg_error *find_cycles(struct search *s)
{
	struct rg_tasks *tasks = s->tasks;
	uint32_t *members = s->low; /* by component; low is of no more use */
	size_t first = 0;

	memset(members, 0, ((size_t)s->count + 1) * sizeof(*members));
	for (uint32_t t = 0; t < s->task_count; t++)
		members[s->component[t]]++;
	for (uint32_t t = 0; t < s->task_count; t++) {
		struct rg_task_cycle cycle = { .tasks = members[s->component[t]] };

		/* Each component once, from its first task. */
		if (!cycle.tasks)
			continue;
		members[s->component[t]] = 0;
		if (!find_way(s, t))
			continue;
		RG_TRY(keep_way(s, t, &cycle));
		if (!rg_vector_push(&tasks->cycles, cycle))
			return rg_error_no_memory();
	}
	for (size_t i = 0; i < tasks->cycles.count; i++) {
		tasks->cycles.data[i].steps = tasks->steps.data + first;
		first += tasks->cycles.data[i].step_count;
	}
	return NULL;
}

rg_error *rg_tasks_cycles(struct rg_tasks *tasks)
{
	struct search s = { .tasks = tasks, .task_count = (uint32_t)tasks->list.count };
	size_t count = tasks->list.count + tasks->list.wait_count;
	rg_error *error = NULL;
	uint32_t *all;

	if (count >= UINT32_MAX)
		return rg_error_no_memory();
	s.count = (uint32_t)count;
	all = rg_calloc(count + 1, 7 * sizeof(*all));
	if (!all)
		return rg_error_no_memory();
	s.index = all;
	s.low = all + (count + 1);
	s.component = all + 2 * (count + 1);
	s.stack = all + 3 * (count + 1);
	s.path = all + 4 * (count + 1);
	s.edge = all + 5 * (count + 1);
	s.before = all + 6 * (count + 1);
	find_components(&s);
	error = find_cycles(&s);
	rg_free(all);
	return error;
}
