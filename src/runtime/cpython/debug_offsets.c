/* SPDX-License-Identifier: MIT */
/*
 * What 3.13 and later say of their own layout, in the struct _Py_DebugOffsets that
 * _PyRuntime begins with: numbers of 8 bytes each, whose places are fixed within a
 * series.  They are held against the tables.  Where both know a field and differ,
 * the interpreter is right, if all that is read by that field follows it; if not,
 * the dump is refused, and what did not fit is said.
 *
 * A debug build has some more words in the interpreter's state, which the debug
 * offsets do not tell of: there the place of the static types does.
 */
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>

#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/private.h"

/* What a field stands for here; what is of an object is counted from its body. */
enum scope {
	IN_LAYOUT,     /* a member of struct cpy_layout */
	OF_INTERPRETER, /* the same, of the interpreter's state: what lies beside it moves too */
	IN_EXECUTION,  /* a member of struct cpy_execution */
	IN_OBJECT,     /* of struct cpy_layout, and of an object */
	IN_CODE,       /* of struct cpy_execution, and of an object */
	FIXED,         /* a number that the readers rely on, of an object */
};

static bool is_execution(uint8_t scope)
{
	return scope == IN_EXECUTION || scope == IN_CODE;
}

struct field {
	const char *name;
	uint16_t place[3]; /* in 3.13, 3.14, 3.15; 0: not there */
	uint8_t scope;     /* enum scope */
	uint16_t member;   /* offsetof, or the number itself */
};

#define LAYOUT(member_) offsetof(struct cpy_layout, member_)
#define EXECUTION(member_) offsetof(struct cpy_execution, member_)

static const struct field fields[] = {
	{ "pyobject.ob_type", { 360, 408, 472 }, FIXED, 8 },
	{ "type_object.tp_name", { 376, 424, 488 }, FIXED, 24 },
	{ "type_object.tp_flags", { 392, 440, 504 }, FIXED, 168 },
	{ "type_object.tp_basicsize", { 0, 0, 512 }, FIXED, 32 },
	{ "type_object.tp_dictoffset", { 0, 0, 520 }, FIXED, 288 },
	{ "list_object.ob_item", { 432, 480, 576 }, FIXED, 24 },
	{ "list_object.ob_size", { 440, 488, 584 }, FIXED, 16 },
	{ "tuple_object.ob_size", { 416, 464, 560 }, FIXED, 16 },
	{ "set_object.used", { 0, 504, 600 }, FIXED, 24 },
	{ "set_object.table", { 0, 512, 608 }, FIXED, 40 },
	{ "set_object.mask", { 0, 520, 616 }, FIXED, 32 },
	{ "dict_object.ma_keys", { 456, 536, 632 }, FIXED, 32 },
	{ "dict_object.ma_values", { 464, 544, 640 }, FIXED, 40 },
	{ "float_object.ob_fval", { 480, 560, 656 }, FIXED, 16 },
	{ "long_object.lv_tag", { 496, 576, 672 }, FIXED, 16 },
	{ "bytes_object.ob_size", { 520, 600, 696 }, FIXED, 16 },
	{ "bytes_object.ob_sval", { 528, 608, 704 }, FIXED, 32 },
	{ "unicode_object.state", { 544, 624, 720 }, FIXED, 32 },
	{ "unicode_object.length", { 552, 632, 728 }, FIXED, 16 },

	{ "runtime_state.interpreters_head", { 40, 40, 40 }, IN_LAYOUT,
	  LAYOUT(runtime.interpreters_head) },
	{ "interpreter_state.id", { 56, 56, 56 }, OF_INTERPRETER, LAYOUT(interpreter.id) },
	{ "interpreter_state.next", { 64, 64, 64 }, OF_INTERPRETER, LAYOUT(interpreter.next) },
	{ "interpreter_state.threads_head", { 72, 72, 72 }, OF_INTERPRETER,
	  LAYOUT(interpreter.threads_head) },
	{ "interpreter_state.gc", { 80, 88, 88 }, OF_INTERPRETER, LAYOUT(interpreter.gc) },
	{ "interpreter_state.imports_modules", { 88, 96, 96 }, OF_INTERPRETER,
	  LAYOUT(interpreter.modules) },
	{ "interpreter_state.sysdict", { 96, 104, 104 }, OF_INTERPRETER,
	  LAYOUT(interpreter.sysdict) },
	{ "interpreter_state.builtins", { 104, 112, 112 }, OF_INTERPRETER,
	  LAYOUT(interpreter.builtins) },
	{ "gc.collecting", { 576, 656, 760 }, IN_LAYOUT, LAYOUT(gc.collecting) },
	{ "thread_state.next", { 168, 192, 192 }, IN_LAYOUT, LAYOUT(thread.next) },
	{ "thread_state.interp", { 176, 200, 200 }, IN_LAYOUT, LAYOUT(thread.interpreter) },
	{ "thread_state.current_frame", { 184, 208, 208 }, IN_LAYOUT,
	  LAYOUT(thread.current_frame) },
	{ "thread_state.thread_id", { 192, 216, 240 }, IN_LAYOUT, LAYOUT(thread.thread_id) },
	{ "thread_state.native_thread_id", { 200, 224, 248 }, IN_LAYOUT,
	  LAYOUT(thread.native_thread_id) },
	{ "heap_type_object.ht_cached_keys", { 0, 0, 536 }, IN_OBJECT,
	  LAYOUT(heap_type.cached_keys) },
	{ "tuple_object.ob_item", { 408, 456, 552 }, IN_OBJECT, LAYOUT(tuple.items) },
	{ "long_object.ob_digit", { 504, 584, 680 }, IN_OBJECT, LAYOUT(integer.digits) },
	{ "unicode_object.asciiobject_size", { 560, 640, 736 }, IN_OBJECT,
	  LAYOUT(str.ascii_header) },
	{ "unicode_object.compactunicodeobject_size", { 0, 0, 744 }, IN_OBJECT,
	  LAYOUT(str.compact_header) },

	{ "thread_state.current_frame", { 184, 208, 208 }, IN_EXECUTION,
	  EXECUTION(thread.current_frame) },
	{ "interpreter_frame.previous", { 232, 256, 320 }, IN_EXECUTION,
	  EXECUTION(frame.previous) },
	{ "interpreter_frame.executable", { 240, 264, 328 }, IN_EXECUTION, EXECUTION(frame.code) },
	{ "interpreter_frame.instr_ptr", { 248, 272, 336 }, IN_EXECUTION,
	  EXECUTION(frame.instruction) },
	{ "interpreter_frame.localsplus", { 256, 280, 344 }, IN_EXECUTION,
	  EXECUTION(frame.localsplus) },
	{ "interpreter_frame.owner", { 264, 288, 352 }, IN_EXECUTION, EXECUTION(frame.owner) },
	{ "interpreter_frame.stackpointer", { 0, 296, 360 }, IN_EXECUTION,
	  EXECUTION(frame.stackpointer) },
	{ "code_object.filename", { 280, 320, 384 }, IN_CODE, EXECUTION(code.filename) },
	{ "code_object.qualname", { 296, 336, 400 }, IN_CODE, EXECUTION(code.qualname) },
	{ "code_object.linetable", { 304, 344, 408 }, IN_CODE, EXECUTION(code.linetable) },
	{ "code_object.firstlineno", { 312, 352, 416 }, IN_CODE,
	  EXECUTION(code.firstlineno) },
	{ "code_object.localsplusnames", { 328, 368, 432 }, IN_CODE,
	  EXECUTION(code.localsplusnames) },
	{ "code_object.localspluskinds", { 336, 376, 440 }, IN_CODE,
	  EXECUTION(code.localspluskinds) },
	{ "code_object.co_code_adaptive", { 344, 384, 448 }, IN_CODE,
	  EXECUTION(code.adaptive) },
	{ "gen_object.gi_iframe", { 0, 680, 808 }, IN_CODE, EXECUTION(generator.frame) },
	{ "gen_object.gi_frame_state", { 0, 688, 816 }, IN_CODE, EXECUTION(generator.state) },
};

#define FIELD_COUNT (sizeof(fields) / sizeof(fields[0]))
/* sizeof(PyInterpreterState): all offsets of states and objects are below. */
#define OFFSET_MAX (1u << 20)

/* Places of the sizes of runtime, interpreter and thread state. */
#define RUNTIME_SIZE 24
#define INTERPRETER_SIZE 48

static const uint16_t thread_size[] = { 152, 176, 176 };

static unsigned column_of(unsigned minor)
{
	return minor >= 15 ? 2 : minor == 14 ? 1 : 0;
}

static uint64_t number_at(const struct cpy *cpy, uint64_t runtime, unsigned place)
{
	return cpy_word(cpy, runtime + place);
}

/* What the runtime at @runtime says of @field, where objects' bodies stand as in @layout. */
static uint64_t told(const struct cpy *cpy, uint64_t runtime, const struct field *field,
		     unsigned column, const struct cpy_layout *layout)
{
	return number_at(cpy, runtime, field->place[column]) -
	       (field->scope >= IN_OBJECT ? layout->shift : 0);
}

static uint64_t expected(const struct field *field, const struct cpy_layout *layout,
			 const struct cpy_execution *execution)
{
	uint32_t number = field->member;

	if (is_execution(field->scope))
		memcpy(&number, (const char *)execution + field->member, sizeof(number));
	else if (field->scope != FIXED)
		memcpy(&number, (const char *)layout + field->member, sizeof(number));
	return number;
}

unsigned cpy_debug_offsets_differ(const struct cpy *cpy, uint64_t runtime,
				  const struct cpy_layout *layout)
{
	unsigned column = column_of(layout->since & 255), count = 0;
	size_t i;

	for (i = 0; i < FIELD_COUNT; i++)
		if (fields[i].place[column] && !is_execution(fields[i].scope) &&
		    told(cpy, runtime, &fields[i], column, layout) !=
			    expected(&fields[i], layout, NULL))
			count++;
	return count;
}

/* Adds "name 75 for 74" to the sentence at @ret. */
static void note(char *ret, size_t size, const char *name, uint64_t there, uint64_t here)
{
	size_t length = strlen(ret);

	snprintf(ret + length, size - length, "%s%s %llu for %llu", length ? ", " : "", name,
		 (unsigned long long)there, (unsigned long long)here);
}

/* Forgets where the interpreter's state has roots, but for what the debug offsets tell. */
static void drop_roots(struct cpy *cpy, struct cpy_execution *execution)
{
	static const struct cpy_state_field none[] = { { 0, NULL } };

	memset(&execution->interpreter, 0, sizeof(execution->interpreter));
	execution->interpreter.fields = none;
	execution->interpreter.modules = cpy->layout.interpreter.modules;
	cpy->layout.interpreter.interned = 0;
}

/* A copy of the tables: fields of the interpreter's state in (@from, @to) are @shift higher. */
static rg_error *raise_fields(struct cpy *cpy, uint32_t from, uint32_t to, int32_t shift,
			      struct cpy_execution **ret)
{
	struct cpy_execution *execution = cpy_keep(cpy, sizeof(*execution));
	const struct cpy_state_field *field;
	struct cpy_state_field *higher;
	size_t i;

	if (!execution)
		return rg_error_no_memory();
	*execution = *cpy_execution_layout(cpy);
	for (i = 0; execution->interpreter.fields[i].name; i++)
		;
	higher = cpy_keep(cpy, (i + 1) * sizeof(*higher));
	if (!higher)
		return rg_error_no_memory();
	for (i = 0, field = execution->interpreter.fields; field->name; field++, i++) {
		higher[i] = *field;
		if (field->offset > from && field->offset < to)
			higher[i].offset += (uint32_t)shift;
	}
	higher[i] = (struct cpy_state_field){ 0, NULL };
	execution->interpreter.fields = higher;
	cpy->execution = execution;
	*ret = execution;
	return NULL;
}

/* Where that which varies in size begins: behind it all may stand elsewhere. */
static uint32_t moving_from(const struct cpy *cpy, int32_t shift)
{
	/* What a debug build has more stands behind it; what a release lacks, before it. */
	return cpy->layout.interpreter.moving ? cpy->layout.interpreter.moving
					      : cpy->layout.interpreter.obmalloc - (shift < 0);
}

rg_error *cpy_config_shift(struct cpy *cpy, uint64_t interpreter)
{
	const struct cpy_state_field *field = cpy_execution_layout(cpy)->interpreter.fields;
	uint64_t dict = cpy_type_word(cpy, cpy_word(cpy, interpreter +
						    cpy->layout.interpreter.sysdict));
	struct cpy_execution *execution;

	while (field->name && strcmp(field->name, "sysdict_copy") != 0)
		field++;
	/* Behind the copies of sys and builtins stands the address of a function. */
	if (!field->name ||
	    cpy_type_word(cpy, cpy_word(cpy, interpreter + field->offset + 8)) != dict ||
	    cpy_type_word(cpy, cpy_word(cpy, interpreter + field->offset + 16)) != dict)
		return NULL;
	/* The field before these two comes first behind the configuration. */
	return raise_fields(cpy, field->offset - 9, moving_from(cpy, 0), 8, &execution);
}

/* The same for what is no root by itself; and whether the whole makes sense then. */
static rg_error *move_rest(struct cpy *cpy, struct cpy_execution *execution, uint64_t interpreter,
			   uint32_t from, int32_t shift)
{
	uint32_t *const moved[] = {
		&execution->interpreter.ast, &execution->interpreter.ast_end,
		&execution->interpreter.type_cache, &execution->interpreter.ids_size,
		&execution->interpreter.ids_array, &execution->interpreter.callables,
		&execution->interpreter.callables_end, &execution->interpreter.tools,
		&execution->interpreter.tools_end, &cpy->layout.interpreter.extension_types,
		&cpy->layout.interpreter.interned,
	};
	uint64_t interned;
	size_t i;

	for (i = 0; i < sizeof(moved) / sizeof(moved[0]); i++)
		if (*moved[i] > from)
			*moved[i] += (uint32_t)shift;
	/* One of the last fields tells whether this was all. */
	interned = cpy_word(cpy, interpreter + cpy->layout.interpreter.interned);
	if (!rg_image_at(cpy->image, interned, 16) || interned & 7 ||
	    cpy_type_word(cpy, interned) !=
		    cpy_type_word(cpy, cpy_word(cpy, interpreter +
						     cpy->layout.interpreter.sysdict)))
		drop_roots(cpy, execution);
	/* Of free-threaded builds a newer mimalloc keeps less there. */
	if (!cpy->private->layout_note[0] && !(cpy->layout.free_threaded && shift < 0))
		snprintf(cpy->private->layout_note, sizeof(cpy->private->layout_note),
			 "%d bytes %s in the interpreter's state%s", abs(shift),
			 shift > 0 ? "more" : "less", shift > 0 ? ", as debug builds have" : "");
	return NULL;
}

rg_error *cpy_interpreter_shift(struct cpy *cpy, uint64_t interpreter, int32_t shift)
{
	uint32_t from = moving_from(cpy, shift);
	struct cpy_execution *execution;

	RG_TRY(raise_fields(cpy, from, UINT32_MAX, shift, &execution));
	return move_rest(cpy, execution, interpreter, from, shift);
}

rg_error *cpy_debug_offsets_apply(struct cpy *cpy, struct cpy_execution *execution)
{
	unsigned column = column_of(cpy->layout.since & 255);
	char misfits[256] = "", moved[160] = "";
	bool interpreter_moved = false;
	uint64_t size;
	uint32_t number;
	size_t i;

	for (i = 0; i < FIELD_COUNT; i++) {
		const struct field *field = &fields[i];
		uint64_t here = expected(field, &cpy->layout, execution), there;

		if (!field->place[column])
			continue;
		there = told(cpy, cpy->runtime, field, column, &cpy->layout);
		if (there == here)
			continue;
		if (field->scope == FIXED || there > OFFSET_MAX) {
			note(misfits, sizeof(misfits), field->name, there, here);
			continue;
		}
		note(moved, sizeof(moved), field->name, there, here);
		number = (uint32_t)there;
		if (is_execution(field->scope))
			memcpy((char *)execution + field->member, &number, sizeof(number));
		else
			memcpy((char *)&cpy->layout + field->member, &number, sizeof(number));
		interpreter_moved |= field->scope == OF_INTERPRETER;
	}
	if (misfits[0])
		return rg_error_new(RG_ERROR_UNSUPPORTED,
				    "found CPython %s, whose own debug offsets do not fit what "
				    "this refgraph knows of its series (%s): the dump is "
				    "damaged, or a newer one may read it",
				    cpy->version, misfits);
	/* Options of the build make these two states longer at their ends. */
	size = number_at(cpy, cpy->runtime, RUNTIME_SIZE);
	if (size >= 1 << 10 && size < OFFSET_MAX)
		cpy->layout.runtime.size = (uint32_t)size;
	size = number_at(cpy, cpy->runtime, INTERPRETER_SIZE);
	if (size >= 1 << 10 && size < OFFSET_MAX)
		cpy->layout.interpreter.size = (uint32_t)size;
	/* What free-threaded builds keep behind a thread's state stands so much higher or lower. */
	size = number_at(cpy, cpy->runtime, thread_size[column]);
	if (cpy->layout.thread.size && size > cpy->layout.thread.size / 2 && size < OFFSET_MAX) {
		number = (uint32_t)size - cpy->layout.thread.size;
		cpy->layout.thread.merging += number;
		cpy->layout.thread.counts += cpy->layout.thread.counts ? number : 0;
	}
	if (interpreter_moved) {
		/* What the table says of its other fields is as doubtful. */
		drop_roots(cpy, execution);
	}
	if (!moved[0])
		return NULL;
	snprintf(cpy->private->layout_note, sizeof(cpy->private->layout_note),
		 "its debug offsets differ from what is known of CPython %s, and are believed "
		 "(%s)%s", cpy->version, moved,
		 interpreter_moved ? ": most fields of the interpreter's state name no root" : "");
	return rg_image_lacks(cpy->image, cpy->private->layout_note);
}
