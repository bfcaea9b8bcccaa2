/* SPDX-License-Identifier: MIT */
/* What task.c, which reads asyncio's tasks, shares with task_wait.c, who waits for whom. */
#ifndef RG_RUNTIME_CPYTHON_TASK_H
#define RG_RUNTIME_CPYTHON_TASK_H

#include "base/vector.h"
#include "runtime/cpython/execution_layout.h"

/* What a type's objects are to asyncio. */
enum cpy_task_kind {
	CPY_NO_FUTURE,
	CPY_FUTURE_C,  /* of _asyncio */
	CPY_FUTURE,    /* of asyncio.futures, in Python */
	CPY_TASK_C,
	CPY_TASK,
};

/* The references of one object, in its order. */
struct cpy_links {
	RG_VECTOR(struct cpy_reference) all;
	bool failed;
};

/* A coroutine or the like on the way from a task to what it waits for. */
struct cpy_step {
	uint64_t object;
	uint64_t next;     /* what it awaits; 0: nothing */
	uint64_t self;     /* its variable of that name; 0: none */
	bool enters;       /* it is called __aenter__ */
	size_t held, held_count; /* into cpy_task.held */
};

struct cpy_ids {
	RG_VECTOR(rg_id) all;
};

/* One task while it is read. */
struct cpy_task {
	struct cpy *cpy;
	const rg_graph *graph;
	uint64_t object;
	enum cpy_task_kind kind;
	struct cpy_links links;           /* of the task itself */
	RG_VECTOR(struct cpy_step) steps; /* outermost first */
	RG_VECTOR(uint64_t) held;         /* whose __aexit__ is on the stack of a step */
	struct cpy_ids awaits, gives;
	struct rg_map seen;               /* futures on the way to what its end completes */
	RG_VECTOR(uint64_t) queue;
	struct cpy_links scratch;
};

/* cpy_task_kind_of - what @object is to asyncio. */
enum cpy_task_kind cpy_task_kind_of(struct cpy *cpy, uint64_t object);

/* cpy_links_read - the references of @object; false: no memory. */
bool cpy_links_read(struct cpy *cpy, uint64_t object, struct cpy_links *ret);
/* cpy_links_text - the target of the reference with that very label; 0: there is none. */
uint64_t cpy_links_text(const struct cpy_links *links, const char *text);

/* cpy_future_field - a field of a future or task: C calls it @text, Python @attribute. */
uint64_t cpy_future_field(struct cpy *cpy, const struct cpy_links *links,
			  enum cpy_task_kind kind, uint64_t object, const char *text,
			  const char *attribute);

/* How a future is. */
enum cpy_future_state { CPY_PENDING, CPY_CANCELLED, CPY_DONE, CPY_FUTURE_UNKNOWN };
enum cpy_future_state cpy_future_state(struct cpy *cpy, enum cpy_task_kind kind, uint64_t object);

/* cpy_task_waits - fills awaits and gives of @task, whose steps are read; false: no memory. */
bool cpy_task_waits(struct cpy_task *task, uint64_t future);

#endif
