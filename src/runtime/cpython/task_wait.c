/* SPDX-License-Identifier: MIT */
/*
 * Who waits for whom.  A task goes on when its _fut_waiter is done; that future
 * is another task, or one that the end of another completes through its
 * callbacks: those of gather, wait, shield, wait_for and task groups keep it in
 * a closure, in a partial, or in the object whose method they are.  And a task
 * that enters "async with lock" waits for whoever is inside: the lock knows only
 * those who wait, but the frame inside keeps the method __aexit__ on its stack.
 */
#include "base/alloc.h"
#include "runtime/cpython/task.h"

/* Looked at for one task: callbacks, and the futures that these complete. */
#define CALLBACKS_LIMIT 4096
#define ATTRIBUTES_LIMIT 256

static bool add_id(const struct cpy_task *task, struct cpy_ids *ids, uint64_t object)
{
	rg_id id = object ? rg_graph_find(task->graph, object) : RG_NONE;

	if (id == RG_NONE)
		return true;
	for (size_t i = 0; i < ids->all.count && i < 64; i++)
		if (ids->all.data[i] == id)
			return true;
	return rg_vector_push(&ids->all, id);
}

/* ---- what is awaited, what is held ---------------------------------------------- */

/* Whether a step further in works on @object: it is being entered, or let go of for a while. */
static bool is_left_to(const struct cpy_task *task, size_t step, uint64_t object)
{
	for (size_t i = step + 1; i < task->steps.count; i++)
		if (task->steps.data[i].self == object)
			return true;
	return false;
}

static bool add_locks(struct cpy_task *task)
{
	for (size_t i = 0; i < task->steps.count; i++) {
		const struct cpy_step *step = &task->steps.data[i];
		bool is_last = i + 1 == task->steps.count;

		if ((is_last || step->enters) && !add_id(task, &task->awaits, step->self))
			return false;
		for (size_t k = 0; k < step->held_count && k < ATTRIBUTES_LIMIT; k++) {
			uint64_t held = task->held.data[step->held + k];

			if (!is_left_to(task, i, held) && !add_id(task, &task->gives, held))
				return false;
		}
	}
	return true;
}

/* ---- what the end of a task completes --------------------------------------------- */

/* Notes @object if it is a future that is not done, and no task. */
static bool offer(struct cpy_task *task, uint64_t object)
{
	enum cpy_task_kind kind = cpy_task_kind_of(task->cpy, object);
	rg_id id;

	if ((kind != CPY_FUTURE && kind != CPY_FUTURE_C) || rg_map_find(&task->seen, object) ||
	    task->queue.count >= CALLBACKS_LIMIT ||
	    cpy_future_state(task->cpy, kind, object) != CPY_PENDING)
		return true;
	id = rg_graph_find(task->graph, object);
	if (id == RG_NONE)
		return true;
	return rg_map_put(&task->seen, object, 1) && rg_vector_push(&task->queue, object) &&
	       rg_vector_push(&task->gives.all, id);
}

struct attributes {
	struct cpy_task *task;
	unsigned left;
	bool failed;
};

static bool offer_value(void *user, uint64_t key, uint64_t value)
{
	struct attributes *attributes = user;

	(void)key;
	if (!offer(attributes->task, value))
		attributes->failed = true;
	return !attributes->failed && --attributes->left;
}

/* Futures among the attributes of the object whose method is the callback. */
static bool offer_attributes(struct cpy_task *task, uint64_t object)
{
	struct attributes attributes = { task, ATTRIBUTES_LIMIT, false };
	uint64_t dict;

	if (cpy_task_kind_of(task->cpy, object) != CPY_NO_FUTURE)
		return offer(task, object);
	if (!cpy_links_read(task->cpy, object, &task->scratch))
		return false;
	dict = cpy_links_text(&task->scratch, ".__dict__");
	for (size_t i = 0; i < task->scratch.all.count && i < ATTRIBUTES_LIMIT; i++)
		if ((task->scratch.all.data[i].label == CPY_LABEL_ATTRIBUTE ||
		     task->scratch.all.data[i].label == CPY_LABEL_SLOT) &&
		    !offer(task, task->scratch.all.data[i].target))
			return false;
	if (dict)
		(void)cpy_dict_each(task->cpy, dict, offer_value, &attributes);
	return !attributes.failed;
}

/* The items of the tuple at @tuple, or, with @cells, what they contain. */
static bool offer_items(struct cpy_task *task, uint64_t tuple, bool cells)
{
	struct cpy_links links = { 0 };
	bool fine = !tuple || cpy_links_read(task->cpy, tuple, &links);

	for (size_t i = 0; fine && i < links.all.count && i < ATTRIBUTES_LIMIT; i++) {
		uint64_t item = links.all.data[i].target;

		fine = offer(task, cells ? cpy_get(task->cpy, item, CPY_HEAD) : item);
	}
	rg_vector_free(&links.all);
	return fine;
}

static bool read_callback(struct cpy_task *task, uint64_t callback)
{
	const struct cpy_type *type = cpy_type_of(task->cpy, callback);
	const char *name = type && type->row ? type->row->name : "";

	if (!strcmp(name, "method"))
		return offer_attributes(task, cpy_get(task->cpy, callback, 24));
	if (strcmp(name, "function") != 0 && strcmp(name, "functools.partial") != 0)
		return true;
	if (!cpy_links_read(task->cpy, callback, &task->scratch))
		return false;
	if (!strcmp(name, "function"))
		return offer_items(task, cpy_links_text(&task->scratch, ".__closure__"), true);
	return offer_items(task, cpy_links_text(&task->scratch, ".args"), false);
}

static bool read_pair(struct cpy_task *task, uint64_t pair)
{
	const struct cpy_type *type = cpy_type_of(task->cpy, pair);

	if (!type || !(type->flags & CPY_TPFLAG_TUPLE))
		return true;
	if (!cpy_links_read(task->cpy, pair, &task->scratch))
		return false;
	for (size_t i = 0; i < task->scratch.all.count; i++)
		if (task->scratch.all.data[i].label == CPY_LABEL_INDEX &&
		    !task->scratch.all.data[i].arg)
			return read_callback(task, task->scratch.all.data[i].target);
	return true;
}

/* The callbacks of one future: C keeps the first apart, all others are pairs in a list. */
static bool read_callbacks(struct cpy_task *task, uint64_t future)
{
	enum cpy_task_kind kind = cpy_task_kind_of(task->cpy, future);
	struct cpy_links links = { 0 };
	uint64_t first, list;
	bool fine;

	fine = cpy_links_read(task->cpy, future, &links);
	first = fine ? cpy_links_text(&links, ".callback0") : 0;
	list = fine ? cpy_future_field(task->cpy, &links, kind, future, "._callbacks",
				       "_callbacks") : 0;
	if (first)
		fine = read_callback(task, first);
	if (fine && list)
		fine = cpy_links_read(task->cpy, list, &links);
	for (size_t i = 0; fine && list && i < links.all.count && i < CALLBACKS_LIMIT; i++)
		fine = read_pair(task, links.all.data[i].target);
	rg_vector_free(&links.all);
	return fine;
}

bool cpy_task_waits(struct cpy_task *task, uint64_t future)
{
	rg_map_free(&task->seen);
	task->queue.count = 0;
	if (!add_id(task, &task->awaits, future) || !add_locks(task) ||
	    !rg_vector_push(&task->queue, task->object))
		return false;
	for (size_t i = 0; i < task->queue.count; i++)
		if (!read_callbacks(task, task->queue.data[i]))
			return false;
	return true;
}
