/* SPDX-License-Identifier: MIT */
/*
 * Roots in static data: singletons, what modules initialised in one phase keep, static types
 * with the reference they are born with, and variables of C.
 */
#include <stdio.h>

#include "base/vector.h"
#include "runtime/cpython/root.h"
#include "runtime/cpython/private.h"
#include "runtime/cpython/statics.h"

#define IDS_LIMIT (1u << 20)
#define TYPES_LIMIT (1u << 22)

/* The singletons of 3.11, each with the one reference it is born with. */
static rg_error *put_singletons(struct cpy_roots *roots)
{
	static const struct {
		const char *symbol, *name;
	} singletons[] = {
		{ "_Py_NoneStruct", "None" },
		{ "_Py_TrueStruct", "True" },
		{ "_Py_FalseStruct", "False" },
		{ "_Py_EllipsisObject", "Ellipsis" },
		{ "_Py_NotImplementedStruct", "NotImplemented" },
	};
	uint64_t address, size;
	size_t i;

	if (roots->cpy->minor > 11 || !roots->cpy->module)
		return NULL;
	for (i = 0; i < sizeof(singletons) / sizeof(singletons[0]); i++) {
		if (!rg_image_symbol(roots->cpy->image, roots->cpy->module, singletons[i].symbol,
				     &address, &size))
			continue;
		rg_buffer_puts(&roots->name, singletons[i].name);
		RG_TRY(cpy_roots_put(roots, address, RG_ROOT_STATIC, 1));
	}
	return NULL;
}

/* What static data keeps of modules that are initialised in one phase: a copy of their dict. */
static rg_error *put_module_copies(struct cpy_roots *roots)
{
	struct cpy *cpy = roots->cpy;
	uint64_t list, items, size, module, definition, name, i;
	const struct cpy_type *type;
	struct rg_map seen = { 0 };
	rg_error *error = NULL;
	char text[128];
	size_t n;

	for (n = 0; !error && n < cpy->interpreter_count; n++) {
		list = cpy_word(cpy, cpy->interpreters[n].address +
				     roots->layout->interpreter.modules_by_index);
		size = list ? cpy_get(cpy, list, CPY_HEAD) : 0;
		items = list ? cpy_get(cpy, list, CPY_HEAD + 8) : 0;
		if (size > IDS_LIMIT)
			continue;
		for (i = 0; !error && i < size; i++) {
			if (!rg_image_u64(cpy->image, items + 8 * i, &module))
				break;
			type = module ? cpy_type_of(cpy, module) : NULL;
			if (!type || !type->row || strcmp(type->row->name, "module"))
				continue;
			definition = cpy_module_definition(cpy, module);
			if (!definition || rg_map_find(&seen, definition))
				continue;
			if (!rg_map_put(&seen, definition, 1)) {
				error = rg_error_no_memory();
				break;
			}
			name = cpy_get(cpy, module, cpy->layout.module.name);
			if (!name || cpy_str(cpy, name, text, sizeof(text)) < 0)
				text[0] = '\0';
			rg_buffer_printf(&roots->name, "copy of module %s", text);
			error = cpy_roots_put(roots, cpy_word(cpy, definition + 32),
					      RG_ROOT_STATIC, 1);
			/* In 3.11 the definition itself is counted, from 1 on. */
			if (error || cpy->minor > 11)
				continue;
			rg_buffer_printf(&roots->name, "definition of module %s", text);
			error = cpy_roots_put(roots, definition, RG_ROOT_STATIC, 1);
		}
	}
	rg_map_free(&seen);
	return error;
}

/* ---- static types ------------------------------------------------------------- */

struct type_walk {
	struct cpy *cpy;
	struct rg_map seen;
	RG_VECTOR(uint64_t) queue;
	bool failed;
};

static void add_type(struct type_walk *walk, uint64_t type)
{
	if (!type || rg_map_find(&walk->seen, type) || walk->queue.count >= TYPES_LIMIT ||
	    !cpy_type_at(walk->cpy, type))
		return;
	if (!rg_map_put(&walk->seen, type, 1) || !rg_vector_push(&walk->queue, type))
		walk->failed = true;
}

/* tp_subclasses: {id: weak reference to the class}. */
static bool add_subclass(void *user, uint64_t key, uint64_t value)
{
	struct type_walk *walk = user;

	(void)key;
	add_type(walk, cpy_get(walk->cpy, value, CPY_HEAD));
	return !walk->failed;
}

static uint64_t subclasses_of(const struct cpy *cpy, const struct cpy_type *type)
{
	uint64_t word = cpy_get(cpy, type->address, 360);

	/* 3.12 and later keep those of the static builtin types in the interpreter. */
	if (cpy->minor < 12 || !(type->flags & CPY_TPFLAG_STATIC_BUILTIN))
		return word;
	if (!word || word > cpy->layout.interpreter.static_types_count || !cpy->interpreter_count)
		return 0;
	return cpy_static_field(cpy, &cpy->interpreters[0], type->address, true);
}

/* Up to 3.10 the variable by which C knows the static class of an exception owns it as well. */
static rg_error *put_exception(struct cpy_roots *roots, const struct cpy_type *type)
{
	uint64_t address, size;
	char symbol[96];

	snprintf(symbol, sizeof(symbol), "PyExc_%s", type->name ? type->name : "");
	if (!roots->cpy->module ||
	    !rg_image_symbol(roots->cpy->image, roots->cpy->module, symbol, &address, &size) ||
	    cpy_word(roots->cpy, address) != type->address)
		return NULL;
	rg_buffer_puts(&roots->name, symbol);
	return cpy_roots_put(roots, type->address, RG_ROOT_STATIC, 1);
}

static rg_error *put_types(struct cpy_roots *roots)
{
	struct cpy *cpy = roots->cpy;
	struct type_walk walk = { .cpy = cpy };
	const struct cpy_type *type;
	rg_error *error = NULL;
	uint64_t subclasses;
	size_t i;

	type = cpy_type_at(cpy, cpy->type_type);
	add_type(&walk, type ? type->base : 0);
	add_type(&walk, cpy->type_type);
	for (i = 0; !walk.failed && !error && i < walk.queue.count; i++) {
		type = cpy_type_at(cpy, walk.queue.data[i]);
		subclasses = type ? subclasses_of(cpy, type) : 0;
		if (subclasses)
			(void)cpy_dict_each(cpy, subclasses, add_subclass, &walk);
		if (!type || type->is_heap)
			continue;
		/* Born with one reference; from 3.12 on builtin ones are immortal. */
		rg_buffer_printf(&roots->name, "type %s", type->name ? type->name : "?");
		error = cpy_roots_put(roots, type->address, RG_ROOT_STATIC,
				      cpy->minor < 12 ||
					      !(type->flags & CPY_TPFLAG_STATIC_BUILTIN));
		if (!error && cpy->minor <= 10 && type->flags & CPY_TPFLAG_EXCEPTION)
			error = put_exception(roots, type);
	}
	rg_map_free(&walk.seen);
	rg_vector_free(&walk.queue);
	return !error && walk.failed ? rg_error_no_memory() : error;
}

static rg_error *put_variable(void *user, uint64_t address, const char *name)
{
	struct cpy_roots *roots = user;
	rg_error *error;

	rg_buffer_puts(&roots->name, name);
	roots->init.routine = true;
	error = cpy_roots_put(roots, address, RG_ROOT_STATIC, 1);
	roots->init.routine = false;
	return error;
}

rg_error *cpy_roots_static(struct cpy_roots *roots)
{
	cpy_roots_cut(roots, 0);
	rg_buffer_puts(&roots->name, "static ");
	cpy_roots_prefix(roots);
	RG_TRY(put_singletons(roots));
	RG_TRY(put_module_copies(roots));
	RG_TRY(put_types(roots));
	return cpy_statics(roots->cpy, put_variable, roots);
}
