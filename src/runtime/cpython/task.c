/* SPDX-License-Identifier: MIT */
/*
 * The tasks of asyncio, found as objects: of _asyncio.Task and of the one in
 * Python, and of classes derived from either.  What a task awaits is followed
 * from its coroutine down: each suspended one has what it awaits on top of its
 * stack.  (Modules/_asynciomodule.c, Lib/asyncio/tasks.py, 3.11 to 3.13.)
 */
#include "runtime/cpython/private.h"
#include "runtime/cpython/task.h"

#include <stdio.h>

#include "base/alloc.h"
#include "base/buffer.h"

#define BASES_LIMIT 64
#define STEPS_LIMIT 100000
/* Far beyond any object that is looked into here. */
#define LINKS_LIMIT (1u << 20)

/* ---- what is a task ---------------------------------------------------------- */

static enum cpy_task_kind kind_of_type(struct cpy *cpy, const struct cpy_type *type)
{
	static const struct {
		const char *name;
		enum cpy_task_kind kind;
	} known[] = {
		{ "_asyncio.Task", CPY_TASK_C },	 { "asyncio.tasks.Task", CPY_TASK },
		{ "_asyncio.Future", CPY_FUTURE_C }, { "asyncio.futures.Future", CPY_FUTURE },
	};

	for (unsigned i = 0; type && i < BASES_LIMIT; i++) {
		for (size_t k = 0; type->name && k < sizeof(known) / sizeof(known[0]); k++)
			if (!strcmp(type->name, known[k].name))
				return known[k].kind;
		type = type->base ? cpy_type_at(cpy, type->base) : NULL;
	}
	return CPY_NO_FUTURE;
}

enum cpy_task_kind cpy_task_kind_of(struct cpy *cpy, uint64_t object)
{
	return object && object % 8 == 0 ? kind_of_type(cpy, cpy_type_of(cpy, object))
					 : CPY_NO_FUTURE;
}

/* ---- the references of one object --------------------------------------------- */

static void keep_links(struct cpy_walk *walk)
{
	struct cpy_links *links = walk->user;

	for (unsigned i = 0; i < walk->count && links->all.count < LINKS_LIMIT; i++)
		if (!rg_vector_push(&links->all, walk->references[i]))
			links->failed = true;
	walk->count = 0;
}

bool cpy_links_read(struct cpy *cpy, uint64_t object, struct cpy_links *ret)
{
	const struct cpy_type *type = cpy_type_of(cpy, object);
	struct cpy_walk *walk;

	ret->all.count = 0;
	if (!type)
		return true;
	walk = rg_alloc(sizeof(*walk));
	if (!walk)
		return false;
	walk->cpy = cpy;
	walk->object = object;
	walk->type = type;
	walk->count = 0;
	walk->flush = keep_links;
	walk->user = ret;
	cpy_walk_object(walk);
	rg_free(walk);
	return !ret->failed;
}

uint64_t cpy_links_text(const struct cpy_links *links, const char *text)
{
	for (size_t i = 0; i < links->all.count; i++) {
		const struct cpy_reference *link = &links->all.data[i];

		if (link->label == CPY_LABEL_TEXT && link->text && !strcmp(link->text, text))
			return link->target;
	}
	return 0;
}

/* ---- futures ------------------------------------------------------------------ */

uint64_t cpy_future_field(struct cpy *cpy, const struct cpy_links *links,
			  enum cpy_task_kind kind, uint64_t object, const char *text,
			  const char *attribute)
{
	uint64_t value;

	if (kind == CPY_FUTURE_C || kind == CPY_TASK_C)
		value = cpy_links_text(links, text);
	else
		value = cpy_attribute(cpy, object, attribute);
	return value != cpy->none ? value : 0;
}

enum cpy_future_state cpy_future_state(struct cpy *cpy, enum cpy_task_kind kind, uint64_t object)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	uint64_t body = cpy_body(cpy, object), string;
	uint32_t state;
	char text[16];

	if (kind == CPY_FUTURE_C || kind == CPY_TASK_C) {
		if (!layout->future.state ||
		    !rg_image_u32(cpy->image, body + layout->future.state, &state) ||
		    state > CPY_DONE)
			return CPY_FUTURE_UNKNOWN;
		return (enum cpy_future_state)state;
	}
	/* An instance has it only once it is no longer what its class says: pending. */
	string = cpy_attribute(cpy, object, "_state");
	if (!string)
		return CPY_PENDING;
	if (cpy_str(cpy, string, text, sizeof(text)) < 0)
		return CPY_FUTURE_UNKNOWN;
	return !strcmp(text, "PENDING")	    ? CPY_PENDING
	       : !strcmp(text, "CANCELLED") ? CPY_CANCELLED
					    : CPY_DONE;
}

/* ---- the awaits --------------------------------------------------------------- */

/* Whether @object is a function of that name. */
static bool is_function(struct cpy *cpy, uint64_t object, const char *name)
{
	const struct cpy_type *type = cpy_type_of(cpy, object);
	struct cpy_links links = { 0 };
	char text[32];
	bool is;

	if (!type || !type->row || strcmp(type->row->name, "function") != 0)
		return false;
	is = cpy_links_read(cpy, object, &links) &&
	     cpy_str(cpy, cpy_links_text(&links, ".__name__"), text, sizeof(text)) >= 0 &&
	     !strcmp(text, name);
	rg_vector_free(&links.all);
	return is;
}

/*
 * What an "async with" of the frame will let go of: the method __aexit__ is kept
 * on the stack; from 3.14 on as a function, with its object above it.
 */
static bool note_held(struct cpy_task *task, const struct cpy_links *links, size_t index)
{
	uint64_t object = links->all.data[index].target, held = 0;
	const struct cpy_type *type = cpy_type_of(task->cpy, object);

	if (type && type->row && !strcmp(type->row->name, "method") &&
	    is_function(task->cpy, cpy_get(task->cpy, object, 16), "__aexit__"))
		held = cpy_get(task->cpy, object, 24);
	else if (index + 1 < links->all.count && is_function(task->cpy, object, "__aexit__"))
		held = links->all.data[index + 1].target;
	return !held || rg_vector_push(&task->held, held);
}

/* Reads the suspended frame of @step's object: what it awaits, its self, what it holds. */
static bool read_frame(struct cpy_task *task, struct cpy_step *step,
		       const struct cpy_generator *generator)
{
	const struct cpy_execution *layout = cpy_execution_layout(task->cpy);
	const struct cpy_links *links = &task->scratch;
	char text[32], qualname[256];
	uint64_t code, name;

	/* Up to 3.10 the frame is an object of its own. */
	if (!cpy_links_read(task->cpy, layout->heap_frame ? generator->frame.address : step->object,
			    &task->scratch))
		return false;
	for (size_t i = 0; i < links->all.count; i++) {
		const struct cpy_reference *link = &links->all.data[i];

		if (link->label == CPY_LABEL_NAMED && !step->self &&
		    !strcmp(link->text, CPY_TEXT_LOCAL) &&
		    cpy_str(task->cpy, link->arg, text, sizeof(text)) >= 0 &&
		    !strcmp(text, "self"))
			step->self = link->target;
		if (link->label != CPY_LABEL_TEXT_INDEX || strcmp(link->text, "stack"))
			continue;
		if (generator->progress == CPY_AWAITING)
			step->next = link->target;
		if (!note_held(task, links, i))
			return false;
	}
	code = generator->frame.code;
	name = cpy_is_code(task->cpy, code) ? cpy_get(task->cpy, code, layout->code.qualname) : 0;
	if (name && cpy_str(task->cpy, name, qualname, sizeof(qualname)) >= 0) {
		const char *dot = strrchr(qualname, '.');

		step->enters = !strcmp(dot ? dot + 1 : qualname, "__aenter__");
	}
	return true;
}

/* What stands between a coroutine and the next: the label of the field that leads on. */
static uint64_t step_through(struct cpy_task *task, uint64_t object)
{
	static const struct {
		const char *row, *field;
	} known[] = {
		{ "coroutine_wrapper", ".cw_coroutine" },
		{ "async_generator_asend", ".ags_gen" },
		{ "async_generator_athrow", ".agt_gen" },
		{ "anext_awaitable", ".wrapped" },
		{ "_asyncio.FutureIter", ".future" },
	};
	const struct cpy_type *type = cpy_type_of(task->cpy, object);

	for (size_t i = 0; type && type->row && i < sizeof(known) / sizeof(known[0]); i++) {
		if (strcmp(type->row->name, known[i].row))
			continue;
		if (!cpy_links_read(task->cpy, object, &task->scratch))
			return 0;
		return cpy_links_text(&task->scratch, known[i].field);
	}
	return 0;
}

/*
 * Goes down from @object to what is awaited in the end: *ret is the future, or
 * whatever else no step leads on from; 0 where nothing is awaited.
 */
static bool follow(struct cpy_task *task, uint64_t object, bool *ret_running, uint64_t *ret)
{
	struct cpy_generator generator;
	size_t limit = 1;
	uint64_t hare = 0;

	/* Brent: from time to time an object is kept that only a cycle can lead back to. */
	for (size_t i = 1; object && i < STEPS_LIMIT && object != hare; i++) {
		struct cpy_step step = { .object = object, .held = task->held.count };

		if (i == limit) {
			hare = object;
			limit *= 2;
		}
		if (!cpy_is_generator(cpy_type_of(task->cpy, object))) {
			uint64_t next = step_through(task, object);

			if (task->scratch.failed)
				return false;
			if (!next) {
				*ret = object;
				return true;
			}
			object = next;
			continue;
		}
		if (!cpy_generator_read(task->cpy, object, &generator) ||
		    generator.progress == CPY_FINISHED)
			return true;
		if (generator.progress == CPY_RUNNING)
			*ret_running = true;
		if (!read_frame(task, &step, &generator))
			return false;
		step.held_count = task->held.count - step.held;
		if (!rg_vector_push(&task->steps, step))
			return false;
		object = step.next;
	}
	return true;
}

/* ---- a task in words ---------------------------------------------------------- */

/* The steps as frames, innermost first; their words in @text.  *ret is freed by the caller. */
static bool make_frames(struct cpy_task *task, struct rg_buffer *text, struct rg_frame **ret)
{
	const struct cpy_execution *layout = cpy_execution_layout(task->cpy);
	size_t count = task->steps.count;
	struct rg_frame *frames = rg_calloc(count, sizeof(*frames));
	size_t *at = rg_calloc(count, 2 * sizeof(*at));

	for (size_t i = 0; frames && at && i < count; i++) {
		const struct cpy_step *step = &task->steps.data[count - 1 - i];
		struct cpy_generator generator = { 0 };
		uint64_t code;

		(void)cpy_generator_read(task->cpy, step->object, &generator);
		code = generator.frame.code;
		at[2 * i] = cpy_buffer_word(text, task->cpy,
					    cpy_get(task->cpy, code, layout->code.qualname));
		at[2 * i + 1] = cpy_buffer_word(text, task->cpy,
						cpy_get(task->cpy, code, layout->code.filename));
		frames[i].line = cpy_frame_line(task->cpy, &generator.frame);
		frames[i].object = rg_graph_find(task->graph, step->object);
	}
	if (!frames || !at || rg_buffer_failed(text)) {
		rg_free(frames);
		rg_free(at);
		return false;
	}
	for (size_t i = 0; i < count; i++) {
		frames[i].function = text->data + at[2 * i];
		frames[i].file = text->data + at[2 * i + 1];
	}
	rg_free(at);
	*ret = frames;
	return true;
}

static rg_id find(const struct cpy_task *task, uint64_t address)
{
	return address ? rg_graph_find(task->graph, address) : RG_NONE;
}

/* The thread that the loop runs in, as the loop says itself. */
static uint32_t thread_of(struct cpy_task *task, uint64_t loop)
{
	uint64_t number = loop ? cpy_attribute(task->cpy, loop, "_thread_id") : 0;
	int64_t id;

	if (!number || !cpy_long(task->cpy, number, &id))
		return RG_NONE;
	for (size_t i = 0; i < task->cpy->thread_count; i++)
		if (task->cpy->threads[i].id == (uint64_t)id)
			return (uint32_t)i;
	return RG_NONE;
}

static enum rg_task_state state_of(struct cpy_task *task, bool running, uint64_t waiter)
{
	enum cpy_task_kind kind;

	switch (cpy_future_state(task->cpy, task->kind, task->object)) {
	case CPY_CANCELLED:
		return RG_TASK_CANCELLED;
	case CPY_DONE:
		return cpy_future_field(task->cpy, &task->links, task->kind, task->object,
					"._exception", "_exception")
			       ? RG_TASK_FAILED : RG_TASK_DONE;
	case CPY_PENDING:
	case CPY_FUTURE_UNKNOWN:
		break;
	}
	if (running)
		return RG_TASK_RUNNING;
	kind = waiter ? cpy_task_kind_of(task->cpy, waiter) : CPY_NO_FUTURE;
	if (!waiter || (kind != CPY_NO_FUTURE &&
			cpy_future_state(task->cpy, kind, waiter) != CPY_PENDING))
		return RG_TASK_READY;
	return RG_TASK_WAITING;
}

static uint64_t task_field(struct cpy_task *task, const char *text, const char *attribute)
{
	return cpy_future_field(task->cpy, &task->links, task->kind, task->object, text,
				attribute);
}

/* From 3.12 on a task that was not given a name has its number there until asked. */
static void read_name(struct cpy_task *task, char *ret, size_t size)
{
	uint64_t name = task_field(task, ".name", "_name");
	int64_t number;

	ret[0] = '\0';
	if (!name || cpy_str(task->cpy, name, ret, size) >= 0)
		return;
	ret[0] = '\0';
	if (cpy_long(task->cpy, name, &number))
		snprintf(ret, size, "Task-%lld", (long long)number);
}

static rg_error *read_task(struct cpy_task *task, rg_task_fn *each, void *user)
{
	struct rg_buffer text = RG_BUFFER_INIT;
	struct rg_frame *frames = NULL;
	uint64_t coroutine, waiter, loop, awaited = 0;
	bool running = false;
	struct rg_task found;
	rg_error *error = NULL;
	char name[256];

	task->steps.count = task->held.count = 0;
	task->awaits.all.count = task->gives.all.count = 0;
	if (!cpy_links_read(task->cpy, task->object, &task->links))
		return rg_error_no_memory();
	coroutine = task_field(task, ".coro", "_coro");
	loop = task_field(task, "._loop", "_loop");
	waiter = task_field(task, "._fut_waiter", "_fut_waiter");
	read_name(task, name, sizeof(name));
	if (!follow(task, coroutine, &running, &awaited))
		return rg_error_no_memory();
	found = (struct rg_task){
		.object = rg_graph_find(task->graph, task->object),
		.name = name,
		.state = state_of(task, running, waiter),
		.loop = find(task, loop),
		.thread = thread_of(task, loop),
		.coroutine = find(task, coroutine),
		.frame_count = task->steps.count,
	};
	if (found.state <= RG_TASK_WAITING && !cpy_task_waits(task, waiter))
		return rg_error_no_memory();
	if (found.state == RG_TASK_WAITING) {
		found.awaits = task->awaits.all.data;
		found.await_count = task->awaits.all.count;
	}
	found.gives = task->gives.all.data;
	found.give_count = task->gives.all.count;
	if (!make_frames(task, &text, &frames))
		error = rg_error_no_memory();
	found.frames = frames;
	if (!error)
		error = each(user, &found);
	rg_free(frames);
	rg_buffer_free(&text);
	return error;
}

rg_error *cpy_tasks(void *user, const rg_graph *graph, rg_task_fn *each, void *each_user)
{
	struct cpy_task task = { .cpy = user, .graph = graph };
	rg_type_id types = rg_graph_type_count(graph);
	uint8_t *kinds = rg_calloc(types, 1);
	rg_error *error = NULL;

	if (!kinds)
		return rg_error_no_memory();
	for (rg_type_id t = 0; t < types; t++) {
		uint64_t address = rg_graph_type(graph, t)->address;

		kinds[t] = (uint8_t)kind_of_type(task.cpy,
						 address ? cpy_type_at(task.cpy, address) : NULL);
	}
	for (rg_id id = 0; !error && id < rg_graph_object_count(graph); id++) {
		struct rg_object object = rg_graph_object(graph, id);

		if (object.type >= types || kinds[object.type] < CPY_TASK_C)
			continue;
		task.object = object.address;
		task.kind = (enum cpy_task_kind)kinds[object.type];
		error = read_task(&task, each, each_user);
	}
	rg_vector_free(&task.links.all);
	rg_vector_free(&task.scratch.all);
	rg_vector_free(&task.steps);
	rg_vector_free(&task.held);
	rg_vector_free(&task.awaits.all);
	rg_vector_free(&task.gives.all);
	rg_vector_free(&task.queue);
	rg_map_free(&task.seen);
	rg_free(kinds);
	return error;
}
