/* SPDX-License-Identifier: MIT */
/*
 * What the fields of execution.c cannot say: caches behind code objects, frames
 * and generators with their locals, module state, the nodes of context maps,
 * and the sizes that depend on a code object.
 */
#include "runtime/cpython/execution.h"
#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/structs.h"

/* The most words of module state that are looked at: far beyond any real one. */
#define STATE_LIMIT (1u << 17)
/* co_extra: one slot for each debugger or profiler; CPython allows 255. */
#define EXTRA_LIMIT 255
#define EXECUTOR_LIMIT 4096

void cpy_walk_code(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	static const char *const cached_labels[] = {
		".co_code", ".co_varnames", ".co_cellvars", ".co_freevars"
	};
	const struct cpy_execution *layout = cpy_execution_layout(walk->cpy);
	uint64_t cached, executors;
	uint32_t size, i;

	(void)type;
	if (layout->code.cached_code)
		cpy_emit_field(walk, body, layout->code.cached_code, RG_REFERENCE_UNTRAVERSED,
			       ".co_code");
	if (layout->code.cached) {
		cached = cpy_word(walk->cpy, body + layout->code.cached);
		for (i = 0; cached && i < 4; i++)
			cpy_emit_field(walk, cached, 8 * i, RG_REFERENCE_UNTRAVERSED,
				       cached_labels[i]);
	}
	if (layout->code.executors) {
		executors = cpy_word(walk->cpy, body + layout->code.executors);
		size = executors ? cpy_word32(walk->cpy, executors) : 0;
		for (i = 0; size <= EXECUTOR_LIMIT && i < size; i++)
			cpy_emit(walk, cpy_word(walk->cpy, executors + 8 + 8 * (uint64_t)i),
				 RG_REFERENCE_UNTRAVERSED, CPY_LABEL_TEXT_INDEX, ".co_executors",
				 i);
	}
}

bool cpy_size_code(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		   uint64_t *ret)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	uint64_t units, extra, slots;

	if (!rg_image_u64(cpy->image, body + CPY_HEAD, &units) || units > UINT32_MAX)
		return false;
	*ret = (type->basicsize + units * type->itemsize + 7) & ~UINT64_C(7);
	extra = cpy_word(cpy, body + layout->code.extra);
	if (extra && rg_image_u64(cpy->image, extra, &slots) && slots <= EXTRA_LIMIT)
		*ret += 8 + 8 * slots;
	return true;
}

/* The size of a frame's variables and stack behind what stands before them. */
static bool frame_size(const struct cpy *cpy, uint64_t frame, uint64_t before, uint64_t *ret)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	uint32_t locals, stack;
	uint64_t code;

	code = cpy_frame_code(cpy, frame);
	if (!cpy_code_slots(cpy, code, &locals, &stack))
		return false;
	*ret = before + layout->frame.localsplus + 8 * ((uint64_t)locals + stack);
	return true;
}

bool cpy_size_frame_object(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			   uint64_t *ret)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);

	(void)type;
	return frame_size(cpy, cpy_word(cpy, body + layout->frame_object.frame),
			  layout->frame_object.embedded, ret);
}

bool cpy_size_generator(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			uint64_t *ret)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	uint64_t before = layout->generator.frame;
	uint64_t code;
	uint32_t locals, stack;

	(void)type;
	if (cpy->minor > 11)
		return frame_size(cpy, body + before, before, ret);
	/* 3.11 keeps the code object beside the frame, which may be gone. */
	code = cpy_word(cpy, body + CPY_HEAD);
	if (!cpy_code_slots(cpy, code, &locals, &stack))
		return false;
	*ret = before + layout->frame.localsplus + 8 * ((uint64_t)locals + stack);
	return true;
}

void cpy_walk_frame_object(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	const struct cpy_execution *layout = cpy_execution_layout(walk->cpy);
	uint64_t frame = cpy_word(walk->cpy, body + layout->frame_object.frame);
	const uint8_t *owner;

	(void)type;
	/* While the frame runs, its thread or generator owns what it holds. */
	if (frame != body + layout->frame_object.embedded)
		return;
	owner = rg_image_at(walk->cpy->image, frame + layout->frame.owner, 1);
	if (owner && *owner == CPY_FRAME_OF_OBJECT)
		cpy_walk_frame(walk, frame, RG_REFERENCE_STRONG);
}

static void walk_generator(struct cpy_walk *walk, uint64_t body, const char *code_label)
{
	const struct cpy_execution *layout = cpy_execution_layout(walk->cpy);
	uint64_t frame = body + layout->generator.frame;
	const int8_t *state;

	state = rg_image_at(walk->cpy->image, body + layout->generator.state, 1);
	if (!state)
		return;
	if (*state < layout->generator.cleared)
		cpy_walk_frame(walk, frame, RG_REFERENCE_STRONG);
	else if (walk->cpy->minor > 11)
		/* What is left of the frame; no longer visited. */
		cpy_emit(walk, cpy_frame_code(walk->cpy, frame),
			 cpy_owns(walk->cpy, frame + layout->frame.code)
				 ? RG_REFERENCE_UNTRAVERSED
				 : RG_REFERENCE_BORROWED,
			 CPY_LABEL_TEXT, code_label, 0);
}

void cpy_walk_generator(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	walk_generator(walk, body, ".gi_code");
}

void cpy_walk_coroutine(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	(void)type;
	walk_generator(walk, body, ".cr_code");
}

void cpy_walk_async_generator(struct cpy_walk *walk, const struct cpy_type *type,
			      uint64_t body)
{
	(void)type;
	walk_generator(walk, body, ".ag_code");
}

/* A table of _decimal's {name, full name, flag, class}, ended by one without a name. */
static void walk_conditions(struct cpy_walk *walk, uint64_t table, unsigned first,
			    const char *label)
{
	unsigned i;

	for (i = first; table && i < 64 && cpy_word(walk->cpy, table + 32 * i); i++)
		cpy_emit(walk, cpy_word(walk->cpy, table + 32 * i + 24), RG_REFERENCE_STRONG,
			 CPY_LABEL_TEXT_INDEX, label, i);
}

/* The zones last used, in a list of {next, previous, key, zone}; CPython keeps eight. */
static void walk_zones(struct cpy_walk *walk, uint64_t node)
{
	unsigned i;

	for (i = 0; node && i < 64; i++, node = cpy_word(walk->cpy, node)) {
		cpy_emit_field(walk, node, 16, RG_REFERENCE_STRONG, "module state zone's key");
		cpy_emit_field(walk, node, 24, RG_REFERENCE_STRONG, "module state zone");
	}
}

/* What is to be called at exit, up to 3.9: callbacks 0 -> {function, args, kwargs}, number 8. */
static void walk_callbacks(struct cpy_walk *walk, uint64_t state)
{
	static const char *const labels[] = { "module state callbacks.function",
					      "module state callbacks.args",
					      "module state callbacks.kwargs" };
	uint64_t callbacks = cpy_word(walk->cpy, state), callback;
	uint32_t count = cpy_word32(walk->cpy, state + 8), i, j;

	for (i = 0; i < count && i < STATE_LIMIT; i++) {
		if (!rg_image_u64(walk->cpy->image, callbacks + 8 * (uint64_t)i, &callback))
			return;
		for (j = 0; callback && j < 3; j++)
			cpy_emit(walk, cpy_word(walk->cpy, callback + 8 * j), RG_REFERENCE_STRONG,
				 CPY_LABEL_TEXT_INDEX, labels[j], i);
	}
}

/* The words of a module's state: by name where they are known, else as what they look like. */
static void walk_words(struct cpy_walk *walk, uint64_t state, uint64_t size, const char *names)
{
	uint64_t i;

	for (i = 0; !names && i + 8 <= size; i += 8)
		cpy_emit(walk, cpy_word(walk->cpy, state + i), RG_REFERENCE_INFERRED,
			 CPY_LABEL_OFFSET, "module state ", i);
	for (; names && *names && i + 8 <= size; i += 8) {
		bool is_borrowed = *names == '*';

		names += is_borrowed;
		if (*names != '-')
			cpy_emit(walk, cpy_word(walk->cpy, state + i),
				 is_borrowed ? RG_REFERENCE_BORROWED : RG_REFERENCE_STRONG,
				 CPY_LABEL_STATE, names, 0);
		names += strcspn(names, " ");
		names += *names == ' ';
	}
}

void cpy_walk_module(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	struct cpy *cpy = walk->cpy;
	const struct cpy_layout *layout = &cpy->layout;
	uint64_t definition = cpy_module_definition(cpy, walk->object);
	uint64_t state = cpy_word(cpy, body + layout->module.state);
	uint64_t sized_at = layout->module.state_size ? body + layout->module.state_size
						      : cpy_body(cpy, definition) + 56;
	char name[64];
	uint64_t size;

	if (cpy_str(cpy, cpy_word(cpy, body + layout->module.name), name, sizeof(name)) < 0)
		name[0] = '\0';
	/* Shows the collector the type of modules, though that is immortal and nobody's. */
	if (cpy->minor > 13 && !strcmp(name, "_hmac"))
		cpy_emit(walk, type->address, RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE,
			 CPY_LABEL_TEXT, ".__class__", 0);
	/* Its state is in C data; late releases do not show it to the collector. */
	if (!strcmp(name, "faulthandler"))
		cpy_emit(walk, cpy_fault_file(cpy), RG_REFERENCE_UNTRAVERSED, CPY_LABEL_TEXT,
			 "module state file", 0);
	if ((!definition && !layout->module.state_size) || !state || state % 8 ||
	    !rg_image_u64(cpy->image, sized_at, &size))
		return;
	if (size / 8 > STATE_LIMIT)
		return;
	if (cpy->minor <= 9 && size == 16 && !strcmp(name, "atexit")) {
		walk_callbacks(walk, state);
		return;
	}
	walk_words(walk, state, size, cpy_module_state(cpy, name, size));
	/* The first of the second table borrows from the first table. */
	if (cpy->minor >= 13 && size == 240 && !strcmp(name, "_decimal")) {
		walk_conditions(walk, cpy_word(cpy, state + 176), 0, "module state signal_map");
		walk_conditions(walk, cpy_word(cpy, state + 184), 1, "module state cond_map");
	}
	if (cpy->minor >= 12 && size == 88 && !strcmp(name, "_zoneinfo"))
		walk_zones(walk, cpy_word(cpy, state + 48));
}

/* The children of an array node: 32 nodes of the next level. */
void cpy_walk_hamt_array(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	unsigned i;

	(void)type;
	for (i = 0; i < 32; i++)
		cpy_emit(walk, cpy_word(walk->cpy, body + CPY_HEAD + 8 * i),
			 RG_REFERENCE_STRONG, CPY_LABEL_INDEX, NULL, i);
}

/*
 * The pairs of a bitmap or collision node.  In a bitmap node a pair without a
 * key holds a node of the next level.
 */
void cpy_walk_hamt_pairs(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	uint64_t size, key, value, i;

	(void)type;
	/* Collisions are rare, but have no bound of their own: the count of words has. */
	if (!rg_image_u64(walk->cpy->image, body + CPY_HEAD, &size) ||
	    !rg_image_at(walk->cpy->image, body, 32) || size > UINT32_MAX)
		return;
	for (i = 0; i + 1 < size; i += 2) {
		if (!rg_image_u64(walk->cpy->image, body + 32 + 8 * i, &key) ||
		    !rg_image_u64(walk->cpy->image, body + 40 + 8 * i, &value))
			return;
		cpy_emit(walk, key, RG_REFERENCE_STRONG, CPY_LABEL_KEY, NULL, key);
		if (key)
			cpy_emit(walk, value, RG_REFERENCE_STRONG, CPY_LABEL_VALUE, NULL, key);
		else
			cpy_emit(walk, value, RG_REFERENCE_STRONG, CPY_LABEL_INDEX, NULL, i / 2);
	}
}

/* A capsule owns what its maker says; two makers of the standard library keep objects there. */
void cpy_walk_capsule(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	static const char *const labels[] = { ".Sock_Type", ".error", ".timeout_error" };
	uint64_t table = cpy_word(walk->cpy, body + 16);
	uint64_t name = cpy_word(walk->cpy, body + 24);
	char text[24];
	unsigned i;

	(void)type;
	if (!name || !table || !rg_image_string(walk->cpy->image, name, text, sizeof(text)))
		return;
	if (walk->cpy->minor > 13 && !strcmp(text, "_curses._C_API"))
		cpy_emit_field(walk, table, 0, RG_REFERENCE_STRONG, ".window_type");
	if (strcmp(text, "_socket.CAPI"))
		return;
	/* The collector is shown the first of them, and only from 3.13 on. */
	for (i = 0; i < 3; i++)
		cpy_emit_field(walk, table, 8 * i,
			       i == 0 && walk->cpy->minor > 12 ? RG_REFERENCE_STRONG
							       : RG_REFERENCE_UNTRAVERSED,
			       labels[i]);
}
