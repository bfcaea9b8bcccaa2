/* SPDX-License-Identifier: MIT */
/* What tasks.c, who waits for whom, hands to task_cycles.c. */
#ifndef RG_ANALYSIS_TASKS_H
#define RG_ANALYSIS_TASKS_H

#include "base/error.h"
#include "base/vector.h"

/* A list of tasks while it is made, and what the public one points at. */
struct rg_tasks {
	struct rg_task_list list; /* first: the public pointer is this one */
	RG_VECTOR(struct rg_task) tasks;
	RG_VECTOR(struct rg_task_wait) waits;
	RG_VECTOR(struct rg_task_cycle) cycles;
	RG_VECTOR(struct rg_task_step) steps;
	uint32_t *numbers; /* waiters and givers of all waits */
};

/* rg_tasks_cycles - fills cycles and steps; what the cycles point at is set last. */
RG_MUST_CHECK rg_error *rg_tasks_cycles(struct rg_tasks *tasks);

#endif
