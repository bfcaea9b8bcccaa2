/* SPDX-License-Identifier: MIT */
/*
 * How far a generator, coroutine or async generator is, and its frame.
 *
 * 3.13 and later keep apart in gi_frame_state whether it is suspended in a
 * yield or in an await; before, the instruction that comes next tells: RESUME
 * with an argument of 2 (yield from) or 3 (await).  (Objects/genobject.c,
 * _PyGen_yf, of 3.11 to 3.13.)
 */
#include "runtime/cpython/execution_layout.h"

/* The states by version, and how far each is. */
static enum cpy_progress progress_of(unsigned minor, int8_t state)
{
	if (minor >= 15)
		return state == 0   ? CPY_CREATED
		       : state == 1 ? CPY_SUSPENDED
		       : state <= 3 ? CPY_AWAITING
		       : state == 4 ? CPY_RUNNING
				    : CPY_FINISHED;
	if (state >= 0)
		return state == 0 ? CPY_RUNNING : CPY_FINISHED;
	if (minor >= 13)
		return state == -3 ? CPY_CREATED : state == -2 ? CPY_SUSPENDED : CPY_AWAITING;
	return state == -2 ? CPY_CREATED : CPY_SUSPENDED;
}

static bool resumes_await(const struct cpy *cpy, const struct cpy_frame *frame)
{
	uint64_t instruction;
	const uint8_t *next;

	if (!rg_image_u64(cpy->image,
			  frame->address + cpy_execution_layout(cpy)->frame.instruction,
			  &instruction))
		return false;
	next = rg_image_at(cpy->image, instruction + 2, 2);
	return next && (next[1] & 3) >= 2;
}

bool cpy_is_generator(const struct cpy_type *type)
{
	return type && type->row &&
	       (!strcmp(type->row->name, "coroutine") || !strcmp(type->row->name, "generator") ||
		!strcmp(type->row->name, "async_generator"));
}

bool cpy_generator_read(const struct cpy *cpy, uint64_t object, struct cpy_generator *ret)
{
	const struct cpy_execution *layout = cpy_execution_layout(cpy);
	struct cpy_generator generator = { 0 };
	const int8_t *state;

	if (layout->heap_frame)
		return cpy_heap_generator_read(cpy, object, ret);
	state = rg_image_at(cpy->image, cpy_body(cpy, object) + layout->generator.state, 1);
	if (!state)
		return false;
	generator.progress = progress_of(cpy->minor, *state);
	if (generator.progress != CPY_FINISHED) {
		generator.frame.address = cpy_body(cpy, object) + layout->generator.frame;
		generator.frame.owner = CPY_FRAME_OF_GENERATOR;
		generator.frame.is_shown = true;
		generator.frame.code = cpy_frame_code(cpy, generator.frame.address);
	}
	if (cpy->minor < 13 && generator.progress == CPY_SUSPENDED &&
	    resumes_await(cpy, &generator.frame))
		generator.progress = CPY_AWAITING;
	*ret = generator;
	return true;
}
