/* SPDX-License-Identifier: MIT */
/*
 * The frames of a thread as they stand one behind the other in its chunks of memory
 * (datastack_chunk of PyThreadState, 3.11 and later).  Frames are linked as well, but from
 * 3.12 on through frames of the interpreter's own, which lie on the C stack: where a dump
 * lacks that, the chunks still have all frames but those of generators.
 */
#include "runtime/cpython/data_stack.h"

/* A chunk: the one before it, its size and, unless it is the last, what of it is in use. */
#define CHUNK_SIZE 8
#define CHUNK_TOP 16
#define CHUNK_DATA 24

#define MOST_CHUNKS 4096
/* How many frames are passed in all while looking for one. */
#define BUDGET (UINT64_C(1) << 22)

static uint64_t first_frame(const struct cpy *cpy, uint64_t chunk)
{
	/* The first chunk of all leaves a word free. */
	return chunk + CHUNK_DATA + (cpy_word(cpy, chunk) ? 0 : 8);
}

/* How long the frame at @frame is; 0: there is none. */
static uint64_t frame_size(const struct cpy *cpy, uint64_t frame)
{
	uint32_t locals, stack;

	if (!cpy_code_slots(cpy, cpy_frame_code(cpy, frame), &locals, &stack))
		return 0;
	return cpy_execution_layout(cpy)->frame.localsplus + 8 * ((uint64_t)locals + stack);
}

/* The frame of @chunk that ends at @end; 0: none does. */
static uint64_t frame_before(struct cpy_data_stack *stack, const struct cpy *cpy, uint64_t chunk,
			     uint64_t end)
{
	uint64_t frame = first_frame(cpy, chunk), size;

	while (frame < end && stack->passed++ < BUDGET) {
		size = frame_size(cpy, frame);
		if (!size || size > end - frame)
			return 0;
		if (frame + size == end)
			return frame;
		frame += size;
	}
	return 0;
}

/* The last frame in use of @chunk, which another follows. */
static uint64_t last_frame(struct cpy_data_stack *stack, const struct cpy *cpy, uint64_t chunk)
{
	uint64_t top = chunk ? cpy_word(cpy, chunk + CHUNK_TOP) : 0;

	if (!top || top > cpy_word(cpy, chunk + CHUNK_SIZE) / 8)
		return 0;
	return frame_before(stack, cpy, chunk, chunk + CHUNK_DATA + 8 * top);
}

uint64_t cpy_data_stack_below(struct cpy_data_stack *stack, const struct cpy *cpy, uint64_t frame)
{
	uint64_t chunk = stack->chunk, size;
	unsigned i;

	for (i = 0; chunk && i < MOST_CHUNKS; i++, chunk = cpy_word(cpy, chunk)) {
		size = cpy_word(cpy, chunk + CHUNK_SIZE);
		if (frame <= chunk || frame - chunk >= size)
			continue;
		if (frame == first_frame(cpy, chunk))
			return last_frame(stack, cpy, cpy_word(cpy, chunk));
		return frame_before(stack, cpy, chunk, frame);
	}
	return 0;
}

uint64_t cpy_data_stack_top(struct cpy_data_stack *stack, const struct cpy *cpy)
{
	uint64_t size = stack->chunk ? cpy_word(cpy, stack->chunk + CHUNK_SIZE) : 0;

	if (stack->top <= stack->chunk || stack->top - stack->chunk > size)
		return 0;
	if (stack->top == first_frame(cpy, stack->chunk))
		return last_frame(stack, cpy, cpy_word(cpy, stack->chunk));
	return frame_before(stack, cpy, stack->chunk, stack->top);
}

void cpy_data_stack_begin(struct cpy_data_stack *stack, const struct cpy *cpy, uint64_t thread)
{
	uint32_t chunk = cpy_execution_layout(cpy)->thread.stack_chunk;

	*stack = (struct cpy_data_stack){ 0 };
	if (!chunk)
		return;
	stack->chunk = cpy_word(cpy, thread + chunk);
	stack->top = cpy_word(cpy, thread + chunk + 8);
}
