/* SPDX-License-Identifier: MIT */
/*
 * Roots: what outside the objects refers to one.  A field is given the number
 * of references it owns, so that the accounting can subtract it; a root that
 * only names a place which an object already owns (a value of sys.modules, a
 * thread-local value, a variable of a running generator) owns none.
 */
#include <stdio.h>

#include "base/alloc.h"
#include "runtime/cpython/c_stack.h"
#include "runtime/cpython/code.h"
#include "runtime/cpython/root.h"

#define TYPE_CACHE_ENTRIES 4096
#define SIGNAL_HANDLERS 65
#define ATEXIT_LIMIT (1u << 20)
#define IDS_LIMIT (1u << 20)
/* Weak references to a thread's sentinel: one a threading.local. */
#define LOCALS_LIMIT (1u << 16)
#define MERGING_OBJECTS 254
#define MERGING_CHUNKS (1u << 16)

void cpy_roots_prefix(struct cpy_roots *roots)
{
	roots->prefix = roots->name.length;
}

void cpy_roots_cut(struct cpy_roots *roots, size_t length)
{
	if (roots->name.data && roots->name.length > length) {
		roots->name.length = length;
		roots->name.data[length] = '\0';
	}
}

rg_error *cpy_roots_put(struct cpy_roots *roots, uint64_t address, enum rg_root_kind kind,
			uint32_t count)
{
	rg_error *error = NULL;

	if (rg_buffer_failed(&roots->name))
		return rg_error_no_memory();
	if (address) {
		roots->init.address = address;
		roots->init.kind = kind;
		roots->init.count = count;
		roots->init.name = rg_buffer_string(&roots->name);
		roots->init.code = roots->code;
		error = roots->each(roots->user, &roots->init);
	}
	roots->code = NULL;
	cpy_roots_cut(roots, roots->prefix);
	return error;
}

static rg_error *put_word(struct cpy_roots *roots, uint64_t at, enum rg_root_kind kind,
			  const char *name)
{
	rg_buffer_puts(&roots->name, name);
	return cpy_roots_put(roots, cpy_word(roots->cpy, at), kind, 1);
}

/* What says nothing of why its object lives: caches, tables of names. */
static rg_error *put_routine(struct cpy_roots *roots, uint64_t start, uint64_t end, uint64_t step,
			     const char *name)
{
	rg_error *error = NULL;

	roots->init.routine = true;
	for (; !error && start < end; start += step)
		error = put_word(roots, start, RG_ROOT_INTERPRETER, name);
	roots->init.routine = false;
	return error;
}

static rg_error *put_fields(struct cpy_roots *roots, uint64_t base,
			    const struct cpy_state_field *field, enum rg_root_kind kind)
{
	for (; field->name; field++)
		RG_TRY(put_word(roots, base + field->offset, kind, field->name));
	return NULL;
}

/* A block of owned words, all under one name. */
static rg_error *put_block(struct cpy_roots *roots, uint64_t start, uint64_t end, uint64_t step,
			   const char *name)
{
	for (; start < end; start += step)
		RG_TRY(put_word(roots, start, RG_ROOT_INTERPRETER, name));
	return NULL;
}

/* ---- sys.modules ----------------------------------------------------------- */

/* sys.modules[key] as code, where that is true. */
static void set_module_code(struct cpy_roots *roots, uint64_t key, char *code, size_t size)
{
	struct cpy_text text = { code, size, 0 };

	if (!roots->has_modules)
		return;
	cpy_text_puts(&text, "sys.modules");
	if (!cpy_code_item(roots->cpy, &text, key) || text.length >= size)
		return;
	cpy_text_finish(&text);
	roots->code = code;
}

static bool put_module(void *user, uint64_t key, uint64_t value)
{
	struct cpy_roots *roots = user;
	char code[1024], name[16];

	/* None says that the module must not be imported. */
	if (value == roots->cpy->none)
		return true;
	rg_buffer_puts(&roots->name, "sys.modules[");
	cpy_buffer_repr(roots->cpy, &roots->name, key);
	rg_buffer_putc(&roots->name, ']');
	set_module_code(roots, key, code, sizeof(code));
	/* Nobody imports from the script: what it shares with a module is that module's. */
	if (cpy_str(roots->cpy, key, name, sizeof(name)) >= 0)
		roots->init.importer = !strcmp(name, "__main__") || !strcmp(name, "__mp_main__");
	roots->error = cpy_roots_put(roots, value, RG_ROOT_MODULE, 0);
	roots->init.importer = false;
	return !roots->error;
}

/* Whether sys.modules still is the dict that the interpreter imports into. */
static bool is_sys_modules(struct cpy *cpy, uint64_t modules)
{
	uint64_t sys = cpy_dict_get(cpy, modules, "sys");
	const struct cpy_type *type = sys ? cpy_type_of(cpy, sys) : NULL;

	return type && type->is_module &&
	       cpy_dict_get(cpy, cpy_get(cpy, sys, CPY_HEAD), "modules") == modules;
}

static rg_error *put_modules(struct cpy_roots *roots, const struct cpy_interpreter *interpreter)
{
	uint64_t modules;

	modules = cpy_word(roots->cpy, interpreter->address + roots->layout->interpreter.modules);
	cpy_roots_cut(roots, 0);
	if (interpreter->id)
		rg_buffer_printf(&roots->name, "interpreter %llu ",
				 (unsigned long long)interpreter->id);
	cpy_roots_prefix(roots);
	roots->error = NULL;
	roots->has_modules = !interpreter->id && is_sys_modules(roots->cpy, modules);
	if (modules)
		(void)cpy_dict_each(roots->cpy, modules, put_module, roots);
	return roots->error;
}

/* ---- interpreter state ------------------------------------------------------ */

static rg_error *put_atexit(struct cpy_roots *roots, uint64_t base)
{
	static const char *const labels[] = { "function", "arguments", "keywords" };
	uint64_t callbacks = cpy_word(roots->cpy, base + roots->layout->interpreter.atexit);
	uint32_t count = cpy_word32(roots->cpy, base + roots->layout->interpreter.atexit_count);
	uint64_t callback;
	uint32_t i, j;

	/* From 3.14 on a list, which is a field like others. */
	if (!roots->layout->interpreter.atexit || !callbacks || count > ATEXIT_LIMIT)
		return NULL;
	for (i = 0; i < count; i++) {
		if (!rg_image_u64(roots->cpy->image, callbacks + 8 * (uint64_t)i, &callback))
			break;
		for (j = 0; callback && j < 3; j++) {
			rg_buffer_printf(&roots->name, "atexit callback %u %s", (unsigned)i,
					 labels[j]);
			RG_TRY(cpy_roots_put(roots, cpy_word(roots->cpy, callback + 8 * j),
					     RG_ROOT_INTERPRETER, 1));
		}
	}
	return NULL;
}

static rg_error *put_ids(struct cpy_roots *roots, uint64_t base)
{
	uint64_t size = cpy_word(roots->cpy, base + roots->layout->interpreter.ids_size);
	uint64_t array = cpy_word(roots->cpy, base + roots->layout->interpreter.ids_array);

	if (!array || size > IDS_LIMIT || !rg_image_at(roots->cpy->image, array, size * 8))
		return NULL;
	return put_routine(roots, array, array + 8 * size, 8, "identifiers");
}

static rg_error *put_interpreter(struct cpy_roots *roots, const struct cpy_interpreter *interpreter)
{
	const struct cpy_execution *layout = roots->layout;
	uint64_t base = interpreter->address;

	cpy_roots_cut(roots, 0);
	rg_buffer_printf(&roots->name, "interpreter %llu ", (unsigned long long)interpreter->id);
	cpy_roots_prefix(roots);
	RG_TRY(put_fields(roots, base, layout->interpreter.fields, RG_ROOT_INTERPRETER));
	RG_TRY(put_routine(roots, base + layout->interpreter.ast,
			   base + layout->interpreter.ast_end, 8, "ast state"));
	if (layout->interpreter.type_cache)
		RG_TRY(put_routine(roots, base + layout->interpreter.type_cache + 8,
				   base + layout->interpreter.type_cache + 24 * TYPE_CACHE_ENTRIES,
				   24, "type cache"));
	RG_TRY(put_routine(roots, base + layout->interpreter.cached,
			   base + layout->interpreter.cached_end, 8, "small ints"));
	RG_TRY(put_routine(roots, base + layout->interpreter.strings,
			   base + layout->interpreter.strings_end, 8, "strings of one letter"));
	if (layout->interpreter.ids_array)
		RG_TRY(put_ids(roots, base));
	if (layout->interpreter.atexit)
		RG_TRY(put_atexit(roots, base));
	RG_TRY(put_block(roots, base + layout->interpreter.callables,
			 base + layout->interpreter.callables_end, 8, "monitoring callables"));
	return put_block(roots, base + layout->interpreter.tools,
			 base + layout->interpreter.tools_end, 8, "monitoring tools");
}

/* ---- what all interpreters share ------------------------------------------------ */

static rg_error *put_runtime(struct cpy_roots *roots)
{
	uint64_t signals = roots->cpy->runtime + roots->layout->runtime.signals;
	unsigned i;

	cpy_roots_cut(roots, 0);
	rg_buffer_puts(&roots->name, "runtime ");
	cpy_roots_prefix(roots);
	if (!roots->cpy->runtime)
		return NULL;
	RG_TRY(put_fields(roots, roots->cpy->runtime, roots->layout->runtime.fields,
			  RG_ROOT_INTERPRETER));
	for (i = 0; roots->layout->runtime.signals && i < SIGNAL_HANDLERS; i++) {
		rg_buffer_printf(&roots->name, "signal handler %u", i);
		RG_TRY(cpy_roots_put(roots, cpy_word(roots->cpy, signals + 16 * i + 8),
				     RG_ROOT_INTERPRETER, 1));
	}
	return NULL;
}

/* ---- frames --------------------------------------------------------------------- */

static void append_str(struct cpy_roots *roots, uint64_t string, const char *fallback)
{
	char text[256];

	if (!string || cpy_str(roots->cpy, string, text, sizeof(text)) < 0)
		rg_buffer_puts(&roots->name, fallback);
	else
		rg_buffer_puts(&roots->name, text);
}

/* A variable of the frame at hand as code. */
static void set_local_code(struct cpy_roots *roots, const struct cpy_reference *reference,
			   char *code, size_t size)
{
	struct cpy_text text = { code, size, 0 };

	if (!roots->frame_code[0] || strcmp(reference->text, CPY_TEXT_LOCAL) != 0)
		return;
	cpy_text_puts(&text, roots->frame_code);
	cpy_text_puts(&text, ".f_locals");
	if (!cpy_code_item(roots->cpy, &text, reference->arg) || text.length >= size)
		return;
	cpy_text_finish(&text);
	roots->code = code;
}

static void put_frame_references(struct cpy_walk *walk)
{
	struct cpy_roots *roots = walk->user;
	unsigned i;

	for (i = 0; i < walk->count && !roots->error; i++) {
		const struct cpy_reference *reference = &walk->references[i];
		enum rg_root_kind kind = RG_ROOT_LOCAL;
		uint32_t count = roots->locals_count;
		char code[sizeof(roots->frame_code) + 512];

		/* A stack reference that is not counted. */
		if (reference->kind == RG_REFERENCE_BORROWED)
			count = 0;
		if (reference->label == CPY_LABEL_TEXT) {
			/* A generator's own; and no variable, but for a namespace. */
			if (!roots->locals_count)
				continue;
			if (strcmp(reference->text, ".f_locals"))
				kind = RG_ROOT_THREAD;
			rg_buffer_puts(&roots->name, reference->text + 1);
		} else if (reference->label == CPY_LABEL_NAMED) {
			rg_buffer_printf(&roots->name, "%s ", reference->text);
			append_str(roots, reference->arg, "?");
			set_local_code(roots, reference, code, sizeof(code));
		} else {
			rg_buffer_printf(&roots->name, "%s %llu", reference->text,
					 (unsigned long long)reference->arg);
		}
		roots->error = cpy_roots_put(roots, reference->target, kind, count);
	}
	walk->count = 0;
}

/* "frame main (app.py:31), "; whether the runtime itself brought it along goes to init. */
static void append_frame(struct cpy_roots *roots, const struct cpy_frame *frame)
{
	const struct cpy_execution *layout = roots->layout;
	uint64_t file = cpy_get(roots->cpy, frame->code, layout->code.filename);
	char path[1024];
	const char *base, *shown = "?";

	rg_buffer_puts(&roots->name, "frame ");
	append_str(roots, cpy_get(roots->cpy, frame->code, layout->code.qualname), "?");
	if (file && cpy_str(roots->cpy, file, path, sizeof(path)) >= 0) {
		base = strrchr(path, '/');
		shown = base ? base + 1 : path;
		/* "<frozen importlib._bootstrap>", "<frozen runpy>", "<frozen site>" */
		roots->init.routine = !strncmp(path, "<frozen ", 8);
	}
	rg_buffer_printf(&roots->name, " (%s:%u), ", shown,
			 (unsigned)cpy_frame_line(roots->cpy, frame));
}

/* How the frame that is @index calls out is reached, from any other thread. */
static void set_frame_code(struct cpy_roots *roots, const struct cpy_thread *thread, uint32_t index)
{
	struct cpy_text text = { roots->frame_code, sizeof(roots->frame_code), 0 };
	char number[24];

	roots->frame_code[0] = '\0';
	if (!thread || index >= CPY_DEEPEST_FRAME ||
	    thread->interpreter >= roots->cpy->interpreter_count ||
	    roots->cpy->interpreters[thread->interpreter].id)
		return;
	snprintf(number, sizeof(number), "%llu", (unsigned long long)thread->id);
	cpy_text_puts(&text, "sys._current_frames()[");
	cpy_text_puts(&text, number);
	cpy_text_puts(&text, "]");
	while (index--)
		cpy_text_puts(&text, ".f_back");
	cpy_text_finish(&text);
}

static rg_error *put_tentative(struct cpy_roots *roots, uint64_t address, enum rg_root_kind kind,
			       const char *name)
{
	rg_error *error;

	rg_buffer_puts(&roots->name, name);
	roots->init.tentative = true;
	error = cpy_roots_put(roots, address, kind, 1);
	roots->init.tentative = false;
	return error;
}

/* The values on the stack of a frame that calls C. */
static rg_error *put_frame_stack(struct cpy_roots *roots, const struct cpy_frame *frame)
{
	uint64_t start;
	uint32_t count, i;

	RG_TRY(cpy_frame_stack(&roots->stack, roots->cpy, frame->address, frame->code, &start,
			       &count));
	for (i = 0; i < count; i++) {
		rg_buffer_printf(&roots->name, "stack %u", (unsigned)i);
		RG_TRY(put_tentative(roots, cpy_word(roots->cpy, start + 8 * (uint64_t)i),
				     RG_ROOT_LOCAL, ""));
	}
	return NULL;
}

/*
 * Code that fills a namespace is run by C: exec(), __build_class__(), an import.  Those own
 * what they run and the namespace, in variables of C, unless they borrow it from a frame.
 */
static rg_error *put_runner(struct cpy_roots *roots, const struct cpy_frame *frame)
{
	const struct cpy_execution *layout = roots->layout;
	struct cpy *cpy = roots->cpy;
	uint64_t locals;

	if (layout->heap_frame)
		locals = cpy_heap_namespace(cpy, frame->address);
	else
		locals = cpy_word(cpy, frame->address + layout->frame.locals);
	if (!locals || frame->owner == CPY_FRAME_OF_GENERATOR)
		return NULL;
	RG_TRY(put_tentative(roots, locals, RG_ROOT_THREAD, "namespace of what runs it"));
	RG_TRY(put_tentative(roots, frame->code, RG_ROOT_THREAD, "code of what runs it"));
	if (layout->heap_frame)
		return NULL;
	return put_tentative(roots,
			     cpy_untagged(layout, cpy_word(cpy, frame->address +
								layout->frame.function)),
			     RG_ROOT_THREAD, "function of what runs it");
}

static rg_error *put_frames(struct cpy_roots *roots, const struct cpy_thread *thread,
			    struct cpy_walk *walk)
{
	size_t prefix = roots->prefix;
	struct cpy_stack stack;
	struct cpy_frame frame;
	uint32_t index = 0;

	cpy_stack_begin(&stack, roots->cpy, thread);
	roots->error = NULL;
	while (!roots->error && cpy_stack_next(&stack, &frame)) {
		if (!cpy_is_code(roots->cpy, frame.code) ||
		    (frame.owner > CPY_FRAME_OF_GENERATOR && !roots->layout->heap_frame))
			continue;
		append_frame(roots, &frame);
		cpy_roots_prefix(roots);
		set_frame_code(roots, frame.is_shown ? thread : NULL, index);
		roots->init.frame = frame.is_shown ? index++ : RG_NONE;
		roots->locals_count = frame.owner == CPY_FRAME_OF_THREAD;
		if (roots->layout->heap_frame) {
			/* Who executes it owns it, or the generator does; its variables it owns. */
			rg_buffer_puts(&roots->name, "frame object");
			RG_TRY(cpy_roots_put(roots, frame.address, RG_ROOT_THREAD,
					     !cpy_heap_frame_generator(roots->cpy, frame.address)));
			rg_buffer_puts(&roots->name, "f_locals");
			RG_TRY(cpy_roots_put(roots, cpy_heap_namespace(roots->cpy, frame.address),
					     RG_ROOT_LOCAL, 0));
		}
		walk->count = 0;
		/* What a generator's frame holds is the generator's. */
		cpy_walk_frame(walk, frame.address,
			       roots->locals_count || roots->layout->heap_frame
				       ? RG_REFERENCE_STRONG : RG_REFERENCE_BORROWED);
		put_frame_references(walk);
		if (!roots->error)
			roots->error = put_frame_stack(roots, &frame);
		if (!roots->error)
			roots->error = put_runner(roots, &frame);
		roots->init.frame = RG_NONE;
		roots->init.routine = false;
		cpy_roots_cut(roots, prefix);
		cpy_roots_prefix(roots);
	}
	return roots->error;
}

/* Whether the C struct of @object is that of type @name, whatever class it is of. */
static bool is_struct(struct cpy *cpy, uint64_t object, const char *name)
{
	const struct cpy_type *type = object ? cpy_type_of(cpy, object) : NULL;

	if (type && type->solid && type->solid != type->address)
		type = cpy_type_at(cpy, type->solid);
	return type && type->name && !strcmp(type->name, name);
}

/* ---- thread-local values ------------------------------------------------------- */

static bool put_local(void *user, uint64_t key, uint64_t value)
{
	struct cpy_roots *roots = user;

	rg_buffer_puts(&roots->name, "thread-local local.");
	append_str(roots, key, "?");
	roots->error = cpy_roots_put(roots, value, RG_ROOT_THREAD_LOCAL, 0);
	return !roots->error;
}

/* Up to 3.12: the thread's dict holds a dummy for each local, which knows the values. */
static bool put_dummy(void *user, uint64_t key, uint64_t value)
{
	struct cpy_roots *roots = user;
	uint64_t dict;

	(void)key;
	if (!is_struct(roots->cpy, value, "_thread._localdummy"))
		return true;
	dict = cpy_get(roots->cpy, value, CPY_HEAD);
	if (dict)
		(void)cpy_dict_each(roots->cpy, dict, put_local, roots);
	return !roots->error;
}

struct local_search {
	uint64_t key, dict;
};

static bool match_key(void *user, uint64_t key, uint64_t value)
{
	struct local_search *search = user;

	if (key != search->key)
		return true;
	search->dict = value;
	return false;
}

/*
 * 3.13: each local keeps a weak reference to the thread's sentinel whose
 * callback knows the local through another weak reference; the local's dict of
 * dicts is keyed by an object of the thread's own.
 */
static rg_error *put_locals_313(struct cpy_roots *roots, uint64_t tstate)
{
	struct cpy *cpy = roots->cpy;
	struct local_search search = { 0, 0 };
	uint64_t sentinel, reference, callback, local;
	unsigned i;

	search.key = cpy_word(cpy, tstate + roots->layout->thread.local_key);
	sentinel = cpy_word(cpy, tstate + roots->layout->thread.local_sentinel);
	if (!search.key || !sentinel)
		return NULL;
	reference = cpy_get(cpy, sentinel, CPY_HEAD);
	for (i = 0; reference && i < LOCALS_LIMIT; i++) {
		callback = cpy_get(cpy, reference, 24);
		reference = cpy_get(cpy, reference, 48);
		if (!is_struct(cpy, callback, "builtin_function_or_method"))
			continue;
		local = cpy_get(cpy, cpy_get(cpy, callback, 24), CPY_HEAD);
		if (!is_struct(cpy, local, "_thread._local"))
			continue;
		search.dict = 0;
		(void)cpy_dict_each(cpy, cpy_get(cpy, local, 40), match_key, &search);
		if (search.dict)
			(void)cpy_dict_each(cpy, search.dict, put_local, roots);
		if (roots->error)
			return roots->error;
	}
	return NULL;
}

static rg_error *put_thread_locals(struct cpy_roots *roots, const struct cpy_thread *thread)
{
	uint64_t dict;

	roots->error = NULL;
	if (roots->layout->thread.local_key)
		return put_locals_313(roots, thread->address);
	dict = cpy_word(roots->cpy, thread->address + roots->layout->thread.dict);
	if (dict)
		(void)cpy_dict_each(roots->cpy, dict, put_dummy, roots);
	return roots->error;
}

/*
 * Free-threaded: an object that other threads have let go of more often than taken is
 * kept by a queue of the thread that owns it, until that one merges the counts.  The
 * queue is two stacks of chunks: the one before 0, number 8, objects 16.
 */
static rg_error *put_merging(struct cpy_roots *roots, const struct cpy_thread *thread)
{
	uint64_t at = thread->address + roots->cpy->layout.thread.merging, chunk, count, i;
	unsigned stack, chunks;

	if (!roots->cpy->layout.thread.merging)
		return NULL;
	for (stack = 0; stack < 2; stack++) {
		chunk = cpy_word(roots->cpy, at + 8 * stack);
		for (chunks = 0; chunk && chunks < MERGING_CHUNKS; chunks++) {
			count = cpy_word(roots->cpy, chunk + 8);
			for (i = 0; i < count && i < MERGING_OBJECTS; i++)
				RG_TRY(put_word(roots, chunk + 16 + 8 * i, RG_ROOT_THREAD,
						"counts to merge"));
			chunk = cpy_word(roots->cpy, chunk);
		}
	}
	return NULL;
}

/* ---- threads ------------------------------------------------------------------------ */

static rg_error *put_of_c(void *user, uint64_t address, const char *name)
{
	return put_tentative(user, address, RG_ROOT_THREAD, name);
}

static rg_error *put_thread(struct cpy_roots *roots, size_t index, struct cpy_walk *walk)
{
	const struct cpy_thread *thread = &roots->cpy->threads[index];
	rg_error *error;
	char name[128];

	cpy_roots_cut(roots, 0);
	if (thread->interpreter < roots->cpy->interpreter_count &&
	    roots->cpy->interpreters[thread->interpreter].id)
		rg_buffer_printf(&roots->name, "interpreter %llu ",
				 (unsigned long long)
				 roots->cpy->interpreters[thread->interpreter].id);
	cpy_thread_name(roots->cpy, thread, name, sizeof(name));
	if (name[0])
		rg_buffer_printf(&roots->name, "thread %s, ", name);
	else
		rg_buffer_printf(&roots->name, "thread %llu, ",
				 (unsigned long long)(thread->native_id ? thread->native_id
									: thread->id));
	cpy_roots_prefix(roots);
	roots->init.thread = (uint32_t)index;
	error = put_frames(roots, thread, walk);
	if (!error)
		error = put_thread_locals(roots, thread);
	if (!error)
		error = put_fields(roots, thread->address, roots->layout->thread.fields,
				   RG_ROOT_THREAD);
	if (!error)
		error = put_merging(roots, thread);
	if (!error)
		error = cpy_c_stack(roots->cpy, thread, &roots->stack_words, put_of_c, roots);
	roots->init.thread = RG_NONE;
	return error;
}

static rg_error *put_threads(struct cpy_roots *roots)
{
	struct cpy_walk *walk = rg_alloc(sizeof(*walk));
	rg_error *error = NULL;
	size_t i;

	if (!walk)
		return rg_error_no_memory();
	walk->cpy = roots->cpy;
	walk->object = 0;
	walk->type = NULL;
	walk->count = 0;
	walk->flush = put_frame_references;
	walk->user = roots;
	for (i = 0; !error && i < roots->cpy->thread_count; i++)
		error = put_thread(roots, i, walk);
	rg_free(walk);
	return error;
}

static rg_error *put_all(struct cpy_roots *roots)
{
	struct cpy *cpy = roots->cpy;
	size_t i;

	for (i = 0; i < cpy->interpreter_count; i++)
		RG_TRY(put_modules(roots, &cpy->interpreters[i]));
	RG_TRY(put_threads(roots));
	for (i = 0; i < cpy->interpreter_count; i++)
		RG_TRY(put_interpreter(roots, &cpy->interpreters[i]));
	RG_TRY(put_runtime(roots));
	return cpy_roots_static(roots);
}

rg_error *cpy_roots(struct cpy *cpy,
		    rg_error *(*each)(void *user, const struct rg_root_init *root), void *user)
{
	struct cpy_roots roots = {
		.cpy = cpy,
		.layout = cpy_execution_layout(cpy),
		.each = each,
		.user = user,
		.name = RG_BUFFER_INIT,
		.init = { .thread = RG_NONE, .frame = RG_NONE },
	};
	rg_error *error = put_all(&roots);

	cpy_frame_stack_free(&roots.stack);
	rg_buffer_free(&roots.name);
	return error;
}
