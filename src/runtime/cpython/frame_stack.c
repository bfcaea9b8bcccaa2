/* SPDX-License-Identifier: MIT */
/*
 * The stack of values of a frame that calls C, up to 3.13: where it ends is in a register
 * of the machine, so it is worked out from the code (stack_depth.h).  What the running
 * instruction took off the stack is still its own until the call returns, with few
 * exceptions: an instruction that dropped a value whose end runs code no longer owns that.
 * So these slots own what they hold as far as the counts allow (rg_root_init.tentative).
 */
#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/frame_stack.h"
#include "runtime/cpython/private.h"
#include "runtime/cpython/stack_depth.h"

#include "base/alloc.h"

/* How much code is looked at in all, in units: no program has that much in its frames. */
#define BUDGET (UINT64_C(1) << 26)
/* And of one function: what is known of each unit takes up to a hundred bytes meanwhile. */
#define MOST_UNITS (UINT64_C(1) << 20)

#define CODE_EXCEPTION_TABLE 40 /* of 3.11 to 3.13 */
#define CODE_CODE 48            /* co_code up to 3.10 */
#define BYTES_DATA 32

/* The blocks of a frame of 3.8: a number, then {type, handler, level} for each. */
#define FRAME_BLOCK_COUNT 112
#define FRAME_BLOCKS 120
#define BLOCK_SIZE 12
#define MOST_BLOCKS 20
#define EXCEPT_HANDLER 257

/* The bytes object at @object; NULL: it is none, or not to be read. */
static const uint8_t *bytes_of(const struct cpy *cpy, uint64_t object, uint64_t *ret_size)
{
	uint64_t size;

	if (!object || !cpy_read_field(cpy, object, CPY_HEAD, &size) || size > UINT32_MAX)
		return NULL;
	*ret_size = size;
	return rg_image_at(cpy->image, cpy_body(cpy, object) + BYTES_DATA, size);
}

/* What @code, the code object of @frame, runs; *ret_unit: where the frame is in it. */
static bool read_bytecode(const struct cpy *cpy, uint64_t frame, uint64_t code,
			  struct cpy_bytecode *ret, uint64_t *ret_unit)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	uint64_t start = cpy_body(cpy, code) + layout->code.adaptive, at, size = 0;
	uint32_t locals;

	*ret = (struct cpy_bytecode){ .minor = cpy->minor };
	if (layout->heap_frame) {
		ret->code = bytes_of(cpy, cpy_get(cpy, code, CODE_CODE), &size);
		ret->units = size / 2;
		ret->stacksize = cpy_get32(cpy, code, layout->code.stacksize);
		at = cpy_get32(cpy, frame, layout->heap_frame->lasti);
		/* In bytes before 3.10; below zero: it has not begun. */
		*ret_unit = at > INT32_MAX ? 0 : cpy->minor < 10 ? at / 2 : at;
		return ret->code != NULL;
	}
	if (!cpy_code_slots(cpy, code, &locals, &ret->stacksize) ||
	    !cpy_read_field(cpy, code, CPY_HEAD, &size) || size > UINT32_MAX ||
	    !rg_image_u64(cpy->image, frame + layout->frame.instruction, &at))
		return false;
	ret->units = size;
	ret->code = rg_image_at(cpy->image, start, 2 * size);
	ret->handlers = bytes_of(cpy, cpy_get(cpy, code, CODE_EXCEPTION_TABLE), &size);
	ret->handlers_size = ret->handlers ? size : 0;
	/* Before its first instruction a frame points in front of the code. */
	*ret_unit = at + 2 == start ? 0 : (at - start) / 2;
	return ret->code && at + 2 >= start;
}

/* How many exceptions the frame of 3.8 at @frame is handling. */
static unsigned handled_by(const struct cpy *cpy, uint64_t frame)
{
	uint32_t count = cpy_get32(cpy, frame, FRAME_BLOCK_COUNT), i;
	unsigned handled = 0;

	for (i = 0; i < count && i < MOST_BLOCKS; i++)
		handled += cpy_get32(cpy, frame, FRAME_BLOCKS + BLOCK_SIZE * i) ==
			   EXCEPT_HANDLER;
	return handled;
}

/* Whether the frame executes, so that where its stack ends is not on record. */
static bool is_running(const struct cpy *cpy, const struct cpy_execution *layout, uint64_t frame)
{
	const struct cpy_heap_frame *heap = layout->heap_frame;

	if (!heap)
		return !layout->frame.stackpointer &&
		       (int32_t)cpy_word32(cpy, frame + layout->frame.stacktop) == -1;
	if (heap->state)
		return !(cpy_get32(cpy, frame, heap->state) & 255);
	return (cpy_get32(cpy, frame, heap->executing) & 255) == 1 &&
	       !cpy_get(cpy, frame, heap->stacktop);
}

static uint64_t stack_start(const struct cpy *cpy, const struct cpy_execution *layout,
			    uint64_t frame, uint64_t code)
{
	uint32_t locals, stack;

	if (layout->heap_frame)
		return cpy_get(cpy, frame, layout->heap_frame->valuestack);
	if (!cpy_code_slots(cpy, code, &locals, &stack))
		return 0;
	return frame + layout->frame.localsplus + 8 * (uint64_t)locals;
}

rg_error *cpy_frame_stack(struct cpy_frame_stack *stack, const struct cpy *cpy, uint64_t frame,
			  uint64_t code, uint64_t *ret_start, uint32_t *ret_count)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	struct cpy_bytecode bytecode;
	uint64_t unit;
	int depth;

	*ret_start = 0;
	*ret_count = 0;
	if (cpy->minor > 13 || !is_running(cpy, layout, frame) ||
	    !read_bytecode(cpy, frame, code, &bytecode, &unit))
		return NULL;
	/* Frames that stand next to each other often run the same code. */
	if (code != stack->code) {
		cpy_depths_free(stack->depths);
		stack->depths = NULL;
		stack->code = 0;
		if (bytecode.units > MOST_UNITS || stack->looked_at + bytecode.units > BUDGET)
			return NULL;
		stack->looked_at += bytecode.units;
		RG_TRY(cpy_depths_find(&bytecode, &stack->depths));
		stack->code = code;
	}
	depth = cpy_depths_at(stack->depths, unit,
			      cpy->minor == 8 ? handled_by(cpy, frame) : 0);
	if (depth <= 0)
		return NULL;
	*ret_start = stack_start(cpy, layout, frame, code);
	*ret_count = *ret_start ? (uint32_t)depth : 0;
	return NULL;
}

void cpy_frame_stack_free(struct cpy_frame_stack *stack)
{
	cpy_depths_free(stack->depths);
	*stack = (struct cpy_frame_stack){ 0 };
}
