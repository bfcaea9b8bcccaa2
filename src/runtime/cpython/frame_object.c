/* SPDX-License-Identifier: MIT */
/*
 * Frames of 3.8 to 3.10: objects on the heap, linked by f_back, which show all they
 * hold to the collector while they run as well.
 *
 * Variables stand behind the struct: locals, then a cell for each variable that a
 * closure shares, then those of the closure; names are in three tuples of the code
 * object.  The stack of values above has its end on record (f_stacktop, f_stackdepth
 * in 3.10) unless the frame executes.
 */
#include "runtime/cpython/execution.h"
#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/private.h"

#define SLOT_LIMIT (1u << 20)
#define STACK_LIMIT (UINT64_C(1) << 24)

/* Of a code object. */
#define CODE_NLOCALS 28
#define CODE_STACKSIZE 32
#define CODE_FLAGS 36
#define CODE_OPTIMIZED 1
#define CODE_CODE 48
#define CODE_VARNAMES 72
#define CODE_FREEVARS 80
#define CODE_CELLVARS 88
#define CODE_CELL2ARG 96
#define CODE_EXTRA 144
#define CODE_OPCACHE 160
#define CODE_OPCACHE_SIZE 172 /* a byte */

#define EXTRA_LIMIT 255
#define OPCACHE_ENTRY 32
#define TUPLE_ITEMS 24
#define YIELD_FROM 72 /* of 3.8 to 3.10 */
#define BYTES_DATA 32

/* How many slots the code object at @code asks for. */
struct slots {
	uint32_t locals, cells, free, stack;
};

static bool tuple_length(const struct cpy *cpy, uint64_t tuple, uint32_t *ret)
{
	uint64_t length;

	if (!tuple || !cpy_read_field(cpy, tuple, CPY_HEAD, &length) || length > SLOT_LIMIT)
		return false;
	*ret = (uint32_t)length;
	return true;
}

/* Of the code object whose body is at @body. */
static bool read_slots(const struct cpy *cpy, uint64_t body, struct slots *ret)
{
	return rg_image_u32(cpy->image, body + CODE_NLOCALS, &ret->locals) &&
	       rg_image_u32(cpy->image, body + CODE_STACKSIZE, &ret->stack) &&
	       tuple_length(cpy, cpy_word(cpy, body + CODE_CELLVARS), &ret->cells) &&
	       tuple_length(cpy, cpy_word(cpy, body + CODE_FREEVARS), &ret->free) &&
	       ret->locals <= SLOT_LIMIT && ret->stack <= SLOT_LIMIT;
}

/* ---- what a frame holds ---------------------------------------------------- */

/* The @count variables at @at, named by the tuple @names. */
static void emit_named(struct cpy_walk *walk, uint64_t at, uint32_t count, uint64_t names,
		       const char *word)
{
	uint32_t i, named = 0;
	uint64_t value, name;

	(void)tuple_length(walk->cpy, names, &named);
	for (i = 0; i < count; i++) {
		if (!rg_image_u64(walk->cpy->image, at + 8 * (uint64_t)i, &value)) {
			cpy_undecoded(walk->cpy, walk->object);
			return;
		}
		name = i < named ? cpy_get(walk->cpy, names, TUPLE_ITEMS + 8 * (uint64_t)i) : 0;
		if (name)
			cpy_emit(walk, value, RG_REFERENCE_STRONG, CPY_LABEL_NAMED, word, name);
		else
			cpy_emit(walk, value, RG_REFERENCE_STRONG, CPY_LABEL_TEXT_INDEX, word, i);
	}
}

/* The values between the stack's bottom and its top, none while the frame executes. */
static uint32_t stack_depth(const struct cpy *cpy, const struct cpy_heap_frame *layout,
			    uint64_t frame, uint32_t limit)
{
	uint64_t bottom = cpy_get(cpy, frame, layout->valuestack), top;
	int32_t depth;

	if (layout->stackdepth) {
		depth = (int32_t)cpy_get32(cpy, frame, layout->stackdepth);
		return depth > 0 && (uint32_t)depth <= limit ? (uint32_t)depth : 0;
	}
	top = cpy_get(cpy, frame, layout->stacktop);
	if (!top || top < bottom || (top - bottom) % 8 || (top - bottom) / 8 > limit)
		return 0;
	return (uint32_t)((top - bottom) / 8);
}

void cpy_walk_heap_variables(struct cpy_walk *walk, uint64_t frame)
{
	const struct cpy_heap_frame *layout = cpy_execution_layout(walk->cpy)->heap_frame;
	struct cpy *cpy = walk->cpy;
	uint64_t code = cpy_get(cpy, frame, layout->code);
	uint64_t at = cpy_body(cpy, frame) + layout->localsplus;
	struct slots slots;

	if (!cpy_is_code(cpy, code) || !read_slots(cpy, cpy_body(cpy, code), &slots)) {
		cpy_undecoded(cpy, frame);
		return;
	}
	emit_named(walk, at, slots.locals, cpy_get(cpy, code, CODE_VARNAMES), CPY_TEXT_LOCAL);
	at += 8 * (uint64_t)slots.locals;
	emit_named(walk, at, slots.cells, cpy_get(cpy, code, CODE_CELLVARS), "cell");
	at += 8 * (uint64_t)slots.cells;
	emit_named(walk, at, slots.free, cpy_get(cpy, code, CODE_FREEVARS), "cell");
	cpy_emit_array(walk, cpy_get(cpy, frame, layout->valuestack),
		       stack_depth(cpy, layout, frame, slots.stack), RG_REFERENCE_STRONG,
		       CPY_LABEL_TEXT_INDEX, "stack");
}

void cpy_walk_heap_frame(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body)
{
	const struct cpy_heap_frame *layout = cpy_execution_layout(walk->cpy)->heap_frame;

	(void)type;
	cpy_emit_field(walk, body, layout->back, RG_REFERENCE_STRONG, ".f_back");
	cpy_emit_field(walk, body, layout->code, RG_REFERENCE_STRONG, ".f_code");
	cpy_emit_field(walk, body, layout->builtins, RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE,
		       ".f_builtins");
	cpy_emit_field(walk, body, layout->globals, RG_REFERENCE_STRONG | RG_REFERENCE_ROUTINE,
		       ".f_globals");
	cpy_emit_field(walk, body, layout->locals, RG_REFERENCE_STRONG, ".f_locals");
	cpy_emit_field(walk, body, layout->trace, RG_REFERENCE_STRONG, ".f_trace");
	cpy_walk_heap_variables(walk, walk->object);
}

/* ---- sizes -------------------------------------------------------------------- */

bool cpy_size_heap_frame(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			 uint64_t *ret)
{
	const struct cpy_heap_frame *layout = cpy_execution_layout(cpy)->heap_frame;
	struct slots slots;

	if (!read_slots(cpy, cpy_body(cpy, cpy_word(cpy, body + layout->code)), &slots))
		return false;
	/* One of them is in the struct. */
	*ret = type->basicsize - 8 +
	       8 * ((uint64_t)slots.locals + slots.cells + slots.free + slots.stack);
	return true;
}

bool cpy_size_older_code(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			 uint64_t *ret)
{
	uint64_t size = type->basicsize, extra = cpy_word(cpy, body + CODE_EXTRA), bytes;
	struct slots slots;

	if (!read_slots(cpy, body, &slots))
		return false;
	if (cpy_word(cpy, body + CODE_CELL2ARG))
		size += 8 * (uint64_t)slots.cells;
	if (extra && rg_image_u64(cpy->image, extra, &bytes) && bytes <= EXTRA_LIMIT)
		size += 8 + 8 * bytes;
	if (cpy_word(cpy, body + CODE_OPCACHE)) {
		if (!cpy_read_field(cpy, cpy_word(cpy, body + CODE_CODE), CPY_HEAD, &bytes) ||
		    bytes > UINT32_MAX)
			return false;
		size += bytes / 2 + OPCACHE_ENTRY * (cpy_word32(cpy, body + CODE_OPCACHE_SIZE) &
						     255);
	}
	*ret = size;
	return true;
}

/* ---- up the stack ---------------------------------------------------------------- */

bool cpy_heap_frame_next(struct cpy_stack *stack, struct cpy_frame *ret)
{
	const struct cpy_heap_frame *layout = stack->layout->heap_frame;
	const struct cpy *cpy = stack->cpy;
	uint64_t frame = stack->frame, previous;

	if (!frame || frame % 8 || frame == stack->hare || stack->steps > STACK_LIMIT ||
	    !cpy_read_field(cpy, frame, layout->back, &previous))
		return false;
	if (++stack->steps == stack->limit) {
		stack->hare = frame;
		stack->limit *= 2;
	}
	stack->frame = previous;
	*ret = (struct cpy_frame){
		.address = frame,
		.code = cpy_get(cpy, frame, layout->code),
		.owner = CPY_FRAME_OF_OBJECT,
	};
	ret->is_shown = ret->code != 0;
	return true;
}

uint64_t cpy_heap_frame_generator(const struct cpy *cpy, uint64_t frame)
{
	return cpy_get(cpy, frame, cpy_execution_layout(cpy)->heap_frame->generator);
}

uint64_t cpy_heap_namespace(const struct cpy *cpy, uint64_t frame)
{
	const struct cpy_heap_frame *layout = cpy_execution_layout(cpy)->heap_frame;
	uint64_t code = cpy_get(cpy, frame, layout->code);

	if (cpy_get32(cpy, code, CODE_FLAGS) & CODE_OPTIMIZED)
		return 0;
	return cpy_get(cpy, frame, layout->locals);
}

/* ---- generators -------------------------------------------------------------------- */

/* f_state of 3.10: -2 created, -1 suspended, 0 executing, then finished; before it takes more. */
static enum cpy_progress progress_of(const struct cpy *cpy, const struct cpy_heap_frame *layout,
				     uint64_t frame)
{
	int8_t state;

	if (layout->state) {
		state = (int8_t)(cpy_get32(cpy, frame, layout->state) & 255);
		return state == -2   ? CPY_CREATED
		       : state == -1 ? CPY_SUSPENDED
		       : state == 0  ? CPY_RUNNING
				     : CPY_FINISHED;
	}
	if (cpy_get32(cpy, frame, layout->executing) & 255)
		return CPY_RUNNING;
	if (!cpy_get(cpy, frame, layout->stacktop))
		return CPY_FINISHED;
	return (int32_t)cpy_get32(cpy, frame, layout->lasti) < 0 ? CPY_CREATED : CPY_SUSPENDED;
}

/* Whether the instruction that comes next hands values on from what is awaited. */
static bool is_awaiting(const struct cpy *cpy, const struct cpy_heap_frame *layout,
			const struct cpy_frame *frame)
{
	uint64_t code = cpy_get(cpy, frame->code, CODE_CODE), size;
	int64_t next = (int32_t)cpy_get32(cpy, frame->address, layout->lasti);
	const uint8_t *at;

	if (next < 0 || !cpy_read_field(cpy, code, CPY_HEAD, &size))
		return false;
	next = layout->state ? 2 * (next + 1) : next + 2;
	if ((uint64_t)next >= size)
		return false;
	at = rg_image_at(cpy->image, cpy_body(cpy, code) + BYTES_DATA + (uint64_t)next, 1);
	return at && *at == YIELD_FROM;
}

bool cpy_heap_generator_read(const struct cpy *cpy, uint64_t object, struct cpy_generator *ret)
{
	const struct cpy_heap_frame *layout = cpy_execution_layout(cpy)->heap_frame;
	struct cpy_generator generator = { .progress = CPY_FINISHED };
	uint64_t frame;

	if (!cpy_read_field(cpy, object, CPY_HEAD, &frame))
		return false;
	if (frame && rg_image_at(cpy->image, cpy_body(cpy, frame), layout->localsplus))
		generator.progress = progress_of(cpy, layout, frame);
	if (generator.progress != CPY_FINISHED)
		generator.frame = (struct cpy_frame){
			.address = frame,
			.code = cpy_get(cpy, frame, layout->code),
			.owner = CPY_FRAME_OF_OBJECT,
			.is_shown = true,
		};
	if (generator.progress == CPY_SUSPENDED && is_awaiting(cpy, layout, &generator.frame))
		generator.progress = CPY_AWAITING;
	*ret = generator;
	return true;
}

/* ---- lines ------------------------------------------------------------------------ */

/* co_lnotab of 3.8 and 3.9: pairs of bytes forward and lines on. */
static int64_t lnotab_line(const uint8_t *at, uint64_t count, int64_t line, int64_t instruction)
{
	int64_t byte = 0;

	for (; count; count--, at += 2) {
		byte += at[0];
		if (byte > instruction)
			break;
		line += (int8_t)at[1];
	}
	return line;
}

/* co_linetable of 3.10: pairs of the bytes of a range and the lines on to its own. */
static int64_t linetable_line(const uint8_t *at, uint64_t count, int64_t line,
			      int64_t instruction)
{
	int64_t end = 0, here = 0;

	if (instruction < 0)
		return line;
	for (; count && end <= instruction; count--, at += 2) {
		end += at[0];
		/* -128: no line of its own. */
		here = (int8_t)at[1] == -128 ? 0 : (line += (int8_t)at[1]);
	}
	return end > instruction ? here : 0;
}

uint32_t cpy_heap_frame_line(const struct cpy *cpy, const struct cpy_frame *frame)
{
	const struct cpy_execution *execution = cpy_execution_layout(cpy);
	const struct cpy_heap_frame *layout = execution->heap_frame;
	uint64_t table = cpy_get(cpy, frame->code, execution->code.linetable), size;
	int64_t instruction = (int32_t)cpy_get32(cpy, frame->address, layout->lasti), line;
	uint32_t first, traced = cpy_get32(cpy, frame->address, layout->lineno);
	const void *bytes;

	/* While a tracer looks on, it is on record. */
	if (layout->stackdepth ? traced != 0
			       : cpy_get(cpy, frame->address, layout->trace) != 0)
		return traced;
	if (!frame->code || !table ||
	    !rg_image_u32(cpy->image, cpy_body(cpy, frame->code) + execution->code.firstlineno,
			  &first) ||
	    !cpy_read_field(cpy, table, CPY_HEAD, &size) || size > UINT32_MAX)
		return 0;
	bytes = rg_image_at(cpy->image, cpy_body(cpy, table) + BYTES_DATA, size);
	if (!bytes)
		return 0;
	if (cpy->minor >= 10)
		line = linetable_line(bytes, size / 2, first,
				      instruction < 0 ? -1 : 2 * instruction);
	else
		line = lnotab_line(bytes, size / 2, first, instruction);
	return line > 0 && line <= UINT32_MAX ? (uint32_t)line : 0;
}
