/* SPDX-License-Identifier: MIT */
/* Threads: their names, as the threading module has them, and their frames in words. */
#include "base/alloc.h"
#include "base/buffer.h"
#include "base/vector.h"
#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/private.h"

/* ---- an attribute of an instance ------------------------------------------ */

struct search {
	struct cpy *cpy;
	const char *name;
	uint64_t value;
	uint64_t dict; /* the instance's __dict__ */
};

static void match_attribute(struct cpy_walk *walk)
{
	struct search *search = walk->user;
	char text[64];
	unsigned i;

	for (i = 0; i < walk->count; i++) {
		const struct cpy_reference *reference = &walk->references[i];

		if (reference->label == CPY_LABEL_ATTRIBUTE) {
			if (cpy_str(search->cpy, reference->arg, text, sizeof(text)) >= 0 &&
			    !strcmp(text, search->name))
				search->value = reference->target;
		} else if (reference->label == CPY_LABEL_TEXT && reference->text &&
			   !strcmp(reference->text, ".__dict__")) {
			search->dict = reference->target;
		}
	}
}

uint64_t cpy_attribute(struct cpy *cpy, uint64_t object, const char *name)
{
	struct search search = { cpy, name, 0, 0 };
	const struct cpy_type *type = cpy_type_of(cpy, object);
	struct cpy_walk *walk;

	if (!type)
		return 0;
	walk = rg_alloc(sizeof(*walk));
	if (!walk)
		return 0;
	walk->cpy = cpy;
	walk->object = object;
	walk->type = type;
	walk->count = 0;
	walk->flush = match_attribute;
	walk->user = &search;
	cpy_walk_object(walk);
	rg_free(walk);
	if (!search.value && search.dict)
		search.value = cpy_dict_get(cpy, search.dict, name);
	return search.value;
}

/* ---- names ----------------------------------------------------------------- */

struct active {
	struct cpy *cpy;
	uint64_t ident;
	uint64_t thread;
};

static bool match_ident(void *user, uint64_t key, uint64_t value)
{
	struct active *active = user;
	int64_t ident;

	if (!cpy_long(active->cpy, key, &ident) || (uint64_t)ident != active->ident)
		return true;
	active->thread = value;
	return false;
}

uint64_t cpy_thread_object(struct cpy *cpy, const struct cpy_thread *thread)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	struct active active = { cpy, thread->id, 0 };
	uint64_t modules, module, running;

	if (thread->interpreter >= cpy->interpreter_count)
		return 0;
	modules = cpy_word(cpy, cpy->interpreters[thread->interpreter].address +
				layout->interpreter.modules);
	module = modules ? cpy_dict_get(cpy, modules, "threading") : 0;
	/* A module's dict stands at the same place in all versions. */
	running = module ? cpy_dict_get(cpy, cpy_get(cpy, module, CPY_HEAD), "_active") : 0;
	if (!running || !cpy_dict_each(cpy, running, match_ident, &active))
		return 0;
	return active.thread;
}

void cpy_thread_name(struct cpy *cpy, const struct cpy_thread *thread, char *ret, size_t size)
{
	uint64_t object = cpy_thread_object(cpy, thread);
	uint64_t name = object ? cpy_attribute(cpy, object, "_name") : 0;

	if (!name || cpy_str(cpy, name, ret, size) < 0)
		ret[0] = '\0';
}

/* ---- what a thread was doing ---------------------------------------------- */

/* Whether @thread holds the lock without which no code of the program runs. */
static bool holds_gil(const struct cpy *cpy, const struct cpy_thread *thread)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	uint64_t gil;

	if (layout->runtime.current && cpy->runtime)
		return cpy_word(cpy, cpy->runtime + layout->runtime.current) == thread->address;
	if (!layout->interpreter.gil || thread->interpreter >= cpy->interpreter_count)
		return false;
	/* Interpreters share that of the main one, the last of the list, or have their own. */
	for (size_t i = 0; i < cpy->interpreter_count; i++) {
		gil = cpy->interpreters[i].address + layout->interpreter.gil;
		if (cpy_word(cpy, gil + 8) == thread->address && cpy_word32(cpy, gil + 16) == 1)
			return true;
	}
	return false;
}

/* Handlers nest: the innermost that handles anything. */
#define HANDLERS_LIMIT 100000

static uint64_t handled(const struct cpy *cpy, const struct cpy_thread *thread)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	bool three = cpy->minor < 11; /* type, value, traceback; then one word less */
	uint64_t item, value;
	unsigned i;

	if (!layout->thread.exc_info)
		return 0;
	item = cpy_word(cpy, thread->address + layout->thread.exc_info);
	for (i = 0; item && i < HANDLERS_LIMIT; i++) {
		value = cpy_word(cpy, item + (three ? 8 : 0));
		if (value && value != cpy->none)
			return value;
		item = cpy_word(cpy, item + (three ? 24 : 8));
	}
	return 0;
}

/* The kernel's own thread that @thread runs on, or NULL. */
static const struct rg_image_thread *kernel_thread(const struct cpy *cpy,
						   const struct cpy_thread *thread)
{
	for (size_t i = 0; i < cpy->image->thread_count; i++) {
		const struct rg_image_thread *found = &cpy->image->threads[i];

		if (thread->native_id ? found->native_id == thread->native_id
				      : found->fs_base && found->fs_base == thread->id)
			return found;
	}
	return NULL;
}

static void describe_activity(struct cpy *cpy, rg_builder *builder,
			      const struct cpy_thread *thread, struct rg_thread *ret,
			      char call[RG_SYSTEM_CALL_SIZE])
{
	const struct rg_image_thread *kernel = kernel_thread(cpy, thread);
	uint64_t object = cpy_thread_object(cpy, thread);
	uint64_t exception = handled(cpy, thread), daemon;
	int64_t truth;
	int in_kernel;

	call[0] = '\0';
	ret->system_call = call;
	ret->state = "";
	ret->object = object ? rg_builder_find(builder, object) : RG_NONE;
	ret->exception = exception ? rg_builder_find(builder, exception) : RG_NONE;
	daemon = object ? cpy_attribute(cpy, object, "_daemonic") : 0;
	if (daemon && cpy_long(cpy, daemon, &truth) && truth)
		ret->flags |= RG_THREAD_DAEMON;
	if (holds_gil(cpy, thread)) {
		ret->flags |= RG_THREAD_CURRENT;
		ret->state = "holds the GIL";
	}
	if (!kernel)
		return;
	if (!ret->native_id)
		ret->native_id = kernel->native_id;
	in_kernel = rg_image_system_call(cpy->image, kernel, call);
	if (!in_kernel)
		ret->flags |= RG_THREAD_RUNNING;
}

/* ---- threads in words ------------------------------------------------------ */

struct text_frame {
	size_t function, file; /* offsets into the text */
	uint32_t line;
	rg_id object;
};

static rg_error *describe(struct cpy *cpy, rg_builder *builder, const struct cpy_thread *thread)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	RG_VECTOR(struct text_frame) texts = { 0 };
	struct rg_buffer text = RG_BUFFER_INIT;
	struct rg_thread described = { .id = thread->id, .native_id = thread->native_id };
	struct rg_frame *frames = NULL;
	struct cpy_stack stack;
	struct cpy_frame frame;
	rg_error *error = NULL;
	char name[256], call[RG_SYSTEM_CALL_SIZE];
	size_t i;

	cpy_stack_begin(&stack, cpy, thread);
	while (cpy_stack_next(&stack, &frame)) {
		struct text_frame one = { .object = RG_NONE };

		/*
		 * No frame is empty: gcore writes zeros for C stacks with the guard pages
		 * of glibc 2.42, and frames that C entered Python by lie on these.
		 */
		if (cpy->minor > 10 && !frame.code && frame.owner == CPY_FRAME_OF_THREAD)
			described.flags |= RG_THREAD_CUT;

		if (!frame.is_shown || !cpy_is_code(cpy, frame.code))
			continue;
		one.function = cpy_buffer_word(&text, cpy,
					cpy_get(cpy, frame.code, layout->code.qualname));
		one.file = cpy_buffer_word(&text, cpy,
				    cpy_get(cpy, frame.code, layout->code.filename));
		one.line = cpy_frame_line(cpy, &frame);
		if (frame.owner == CPY_FRAME_OF_GENERATOR)
			one.object = rg_builder_find(builder, frame.address - cpy->shift -
							      layout->generator.frame);
		if (layout->heap_frame)
			one.object = rg_builder_find(builder, cpy_heap_frame_generator(
								      cpy, frame.address));
		if (!rg_vector_push(&texts, one)) {
			error = rg_error_no_memory();
			goto out;
		}
	}
	frames = rg_calloc(texts.count, sizeof(*frames));
	if (!frames || rg_buffer_failed(&text)) {
		error = rg_error_no_memory();
		goto out;
	}
	for (i = 0; i < texts.count; i++)
		frames[i] = (struct rg_frame){
			.function = text.data + texts.data[i].function,
			.file = text.data + texts.data[i].file,
			.line = texts.data[i].line,
			.object = texts.data[i].object,
		};
	cpy_thread_name(cpy, thread, name, sizeof(name));
	describe_activity(cpy, builder, thread, &described, call);
	described.name = name;
	described.frames = frames;
	described.frame_count = texts.count;
	error = rg_builder_thread(builder, &described);
out:
	rg_free(frames);
	rg_vector_free(&texts);
	rg_buffer_free(&text);
	return error;
}

rg_error *cpy_threads(struct cpy *cpy, rg_builder *builder)
{
	size_t i;

	for (i = 0; i < cpy->thread_count; i++)
		RG_TRY(describe(cpy, builder, &cpy->threads[i]));
	return NULL;
}
