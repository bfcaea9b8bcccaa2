/* SPDX-License-Identifier: MIT */
/*
 * Where code, frames, generators, threads and the interpreter's own state keep
 * what, by minor version (64-bit builds): offsets in bytes, from the headers and
 * debug information of 3.11.2, 3.11.7, 3.12.1, 3.13.0, 3.13.5, 3.14.8, 3.14.10,
 * 3.15.0 and 3.15.2, and of free-threaded 3.13.15, 3.14.7, 3.14.10, 3.15.0 and 3.15.2.
 * What is of an object is counted from its body (cpy_body()).
 */
#ifndef RG_RUNTIME_CPYTHON_EXECUTION_LAYOUT_H
#define RG_RUNTIME_CPYTHON_EXECUTION_LAYOUT_H

#include "runtime/cpython/cpython.h"

/* frame.owner: who owns what the frame holds. */
#define CPY_FRAME_OF_THREAD 0
#define CPY_FRAME_OF_GENERATOR 1
#define CPY_FRAME_OF_OBJECT 2
/* 3.12 and later, this one and above: a marker of the interpreter's, holds nothing. */
#define CPY_FRAME_OF_C 3

/* co_localspluskinds: a plain variable; the others are cells. */
#define CPY_KIND_HIDDEN 0x10 /* of an inlined comprehension; 3.12 and later */
#define CPY_KIND_CELL 0x40
#define CPY_KIND_FREE 0x80

/* A word of a state that owns a reference, and what it is called. */
struct cpy_state_field {
	uint32_t offset;
	const char *name; /* NULL ends a list */
};

/* Frames as objects, up to 3.10: where one keeps what. */
struct cpy_heap_frame {
	uint32_t back, code, builtins, globals, locals, trace, generator, lasti, lineno;
	uint32_t localsplus;
	uint32_t valuestack;
	uint32_t stacktop;   /* 3.8, 3.9: a pointer */
	uint32_t stackdepth; /* 3.10: a number */
	uint32_t executing;  /* 3.8, 3.9: a byte */
	uint32_t state;      /* 3.10: a byte, see frame_object.c */
};

struct cpy_execution {
	const struct cpy_heap_frame *heap_frame; /* up to 3.10, in place of frame; else NULL */

	struct {
		uint32_t stacksize, nlocalsplus, firstlineno, localsplusnames, localspluskinds;
		uint32_t filename, qualname, linetable, adaptive, extra;
		uint32_t cached_code; /* 3.11: _co_code itself */
		uint32_t cached;      /* 3.12 and later: _co_cached, four objects */
		uint32_t executors;   /* 3.13 and later: co_executors */
		uint32_t unique_id;   /* into the threads' own counts; 0: none */
		uint32_t copies;      /* of the bytecode: -> {number, addresses}; 0: none */
	} code;

	struct {
		uint32_t code, function, locals, frame_object, previous, instruction, stacktop;
		uint32_t owner, localsplus;
		uint32_t stackpointer; /* 3.14 and later, in place of stacktop: an address */
		bool is_tagged;        /* code, function and slots are stack references */
	} frame;

	struct {
		uint32_t frame, embedded; /* f_frame, _f_frame_data */
	} frame_object;

	struct {
		uint32_t state, exc_value, origin, frame;
		int8_t cleared; /* the state at and above which the frame is gone */
	} generator;

	struct {
		uint32_t size;
		uint32_t stack_chunk;    /* {previous, size}, of frames; 0: frames are objects */
		uint32_t current_frame;
		uint32_t cframe_current; /* current_frame lies in what tstate->cframe points at */
		bool has_cframe;
		uint32_t dict;
		uint32_t local_key, local_sentinel; /* 3.13: of threading.local; 0: in the dict */
		uint32_t exc_info;     /* points at {value, ..}: what is handled; 0: unknown */
		const struct cpy_state_field *fields;
	} thread;

	struct {
		uint32_t modules, modules_by_index;
		const struct cpy_state_field *fields;
		uint32_t ast, ast_end;           /* a block of owned words */
		uint32_t type_cache;             /* 4096 entries {version, name, value} */
		uint32_t ids_size, ids_array;    /* interned identifiers */
		uint32_t atexit, atexit_count;   /* of {function, args, kwargs}; 0: a list */
		uint32_t cached, cached_end;     /* to 3.10: blocks of owned words: small ints, */
		uint32_t strings, strings_end;   /* and one-letter str and bytes; 0: C statics */
		uint32_t callables, callables_end; /* sys.monitoring's; 0: none */
		uint32_t tools, tools_end;
		uint32_t gil; /* {interval, last holder, locked}; 0: unknown */
	} interpreter;

	struct {
		uint32_t signals; /* 65 handlers, 16 bytes apart; 0: C statics */
		uint32_t current; /* the thread state that holds the GIL; 0: see interpreter.gil */
		const struct cpy_state_field *fields;
	} runtime;

	struct {
		uint32_t state; /* of _asyncio.Future and Task: an int; 0: unknown */
	} future;
};

/*
 * cpy_execution_table - the table for the version of @cpy; never NULL.  @cpy->layout
 * tells which of one series.
 */
const struct cpy_execution *cpy_execution_table(const struct cpy *cpy);

/* cpy_execution_layout - the same, with what the debug offsets corrected in it. */
static inline const struct cpy_execution *cpy_execution_layout(const struct cpy *cpy)
{
	return cpy->execution ? cpy->execution : cpy_execution_table(cpy);
}

/* ---- stack references ----------------------------------------------------- */

/*
 * From 3.14 on a frame's words are tagged (union _PyStackRef of pycore_stackref.h):
 * 0 owns a reference, 1 does not (so NULL is the word 1), and the others are no objects.
 */
#define CPY_TAG_MASK UINT64_C(3)
#define CPY_TAG_BORROWED 1

/* cpy_untagged - the object that @word of a frame stands for, or 0. */
static inline uint64_t cpy_untagged(const struct cpy_execution *layout, uint64_t word)
{
	if (!layout->frame.is_tagged)
		return word;
	return (word & CPY_TAG_MASK) > CPY_TAG_BORROWED ? 0 : word & ~CPY_TAG_MASK;
}

/* cpy_frame_code - the code object that the frame at @frame runs, or 0. */
static inline uint64_t cpy_frame_code(const struct cpy *cpy, uint64_t frame)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);

	return cpy_untagged(layout, cpy_word(cpy, frame + layout->frame.code));
}

/* cpy_execution_older - the same for 3.8 to 3.10 (execution_layout_older.c). */
const struct cpy_execution *cpy_execution_older(const struct cpy *cpy);

/* ---- frames (frame.c) ---------------------------------------------------- */

/* A thread's frames as they stand in memory (data_stack.c). */
struct cpy_data_stack {
	uint64_t chunk; /* the innermost; 0: there is none */
	uint64_t top;   /* where the next frame would stand */
	uint64_t passed;
};

/*
 * Goes up a thread's stack, innermost frame first; ends on a cycle.  Where the link to the
 * next frame lies in memory that the dump lacks, it goes on with the next one in memory.
 */
struct cpy_stack {
	const struct cpy *cpy;
	const struct cpy_execution *layout;
	uint64_t frame;   /* the next one */
	uint64_t hare;    /* to notice cycles (Brent) */
	uint64_t steps, limit;
	uint64_t owned;   /* the last one that the thread owns */
	struct cpy_data_stack data;
};

/* One frame of a thread's stack. */
struct cpy_frame {
	uint64_t address;
	uint64_t code;     /* a code object, or 0 */
	uint8_t owner;
	bool is_shown;     /* runs code of the program: not a marker or a trampoline */
};

void cpy_stack_begin(struct cpy_stack *stack, const struct cpy *cpy,
		     const struct cpy_thread *thread);
bool cpy_stack_next(struct cpy_stack *stack, struct cpy_frame *ret);

/* cpy_frame_line - the line @frame is at; 0: unknown. */
uint32_t cpy_frame_line(const struct cpy *cpy, const struct cpy_frame *frame);

/* cpy_owns - whether the word of a frame at @at owns a reference, as far as its tag says. */
bool cpy_owns(const struct cpy *cpy, uint64_t at);

/* ---- frames as objects, up to 3.10 (frame_object.c) ----------------------- */

bool cpy_heap_frame_next(struct cpy_stack *stack, struct cpy_frame *ret);
uint32_t cpy_heap_frame_line(const struct cpy *cpy, const struct cpy_frame *frame);
/* cpy_heap_frame_generator - the generator whose frame @frame is, or 0. */
uint64_t cpy_heap_frame_generator(const struct cpy *cpy, uint64_t frame);
/* cpy_heap_namespace - what a module's or a class's @frame has in place of variables, or 0. */
uint64_t cpy_heap_namespace(const struct cpy *cpy, uint64_t frame);
struct cpy_generator;
/* cpy_heap_generator_read - cpy_generator_read() of these. */
bool cpy_heap_generator_read(const struct cpy *cpy, uint64_t object, struct cpy_generator *ret);
/* cpy_walk_heap_variables - emits the variables and the stack of @frame, named. */
void cpy_walk_heap_variables(struct cpy_walk *walk, uint64_t frame);

/* cpy_function_code - the code object of the function at @function. */
static inline uint64_t cpy_function_code(const struct cpy *cpy, uint64_t function)
{
	return cpy_get(cpy, function, cpy->minor < 10 ? 16 : 48);
}

/* cpy_function_name - its __qualname__. */
static inline uint64_t cpy_function_name(const struct cpy *cpy, uint64_t function)
{
	return cpy_get(cpy, function, cpy->minor < 10 ? 104 : 40);
}

/* cpy_is_code - whether a code object stands at @object. */
bool cpy_is_code(struct cpy *cpy, uint64_t object);

/* cpy_code_slots - co_nlocalsplus and co_stacksize of @code; false if they make no sense. */
bool cpy_code_slots(const struct cpy *cpy, uint64_t code, uint32_t *ret_locals,
		    uint32_t *ret_stack);

/* ---- generators (generator.c) -------------------------------------------- */

/* How far a generator, coroutine or async generator is. */
enum cpy_progress {
	CPY_CREATED,
	CPY_SUSPENDED, /* in a yield */
	CPY_AWAITING,  /* in an await or yield from: what it awaits tops its stack */
	CPY_RUNNING,
	CPY_FINISHED,
};

/* One generator, read. */
struct cpy_generator {
	enum cpy_progress progress;
	struct cpy_frame frame; /* address 0: it has none any more */
};

/* cpy_generator_read - that at @object, which has the struct of one; false: cannot be read. */
bool cpy_generator_read(const struct cpy *cpy, uint64_t object, struct cpy_generator *ret);

/* cpy_is_generator - whether @type has the struct of a generator, of whatever kind. */
bool cpy_is_generator(const struct cpy_type *type);

/* ---- threads (thread.c) -------------------------------------------------- */

/* cpy_thread_object - the threading module's object for @thread; 0: it has none. */
uint64_t cpy_thread_object(struct cpy *cpy, const struct cpy_thread *thread);

/* cpy_thread_name - the name the threading module knows @thread by; "" if it knows none. */
void cpy_thread_name(struct cpy *cpy, const struct cpy_thread *thread, char *ret, size_t size);

/*
 * cpy_attribute - the value of instance attribute @name of the object at
 * @object, in its values or its __dict__; 0 if it has none.
 */
uint64_t cpy_attribute(struct cpy *cpy, uint64_t object, const char *name);

#endif
