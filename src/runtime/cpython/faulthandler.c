/* SPDX-License-Identifier: MIT */
/*
 * The file that the faulthandler module writes to when it is enabled.  It stands
 * in C data: _PyRuntime.faulthandler from 3.12 on, which moves between releases,
 * and a static of the interpreter's file before.  It is told by its shape, the
 * struct fatal_error of Modules/faulthandler.c:
 *
 *     int enabled; PyObject *file; int fd; int all_threads; PyInterpreterState *interp;
 */
#include "runtime/cpython/private.h"

#define SHAPE_SIZE 32
#define NEAR (UINT64_C(8) << 20) /* static data are not larger */

static bool has_shape(struct cpy *cpy, const unsigned char *at)
{
	uint32_t enabled, fd, all_threads;
	uint64_t interpreter = cpy_load64(at + 24);

	memcpy(&enabled, at, 4);
	memcpy(&fd, at + 16, 4);
	memcpy(&all_threads, at + 20, 4);
	if (enabled != 1 || fd > 65535 || all_threads > 2)
		return false;
	for (size_t i = 0; i < cpy->interpreter_count; i++)
		if (cpy->interpreters[i].address == interpreter)
			return cpy_type_of(cpy, cpy_load64(at + 8)) != NULL;
	return false;
}

/* The file in the range [@start, @end), or 0. */
static uint64_t search(struct cpy *cpy, uint64_t start, uint64_t end)
{
	const struct rg_segment *segment;

	for (size_t i = 0; i < cpy->image->segment_count; i++) {
		uint64_t at, last;

		segment = &cpy->image->segments[i];
		if (!segment->writable || segment->end <= start || segment->start >= end)
			continue;
		at = ((segment->start > start ? segment->start : start) + 7) & ~UINT64_C(7);
		last = segment->end < end ? segment->end : end;
		for (; at < last && last - at >= SHAPE_SIZE; at += 8) {
			const unsigned char *bytes = segment->bytes + (at - segment->start);

			if (has_shape(cpy, bytes))
				return cpy_load64(bytes + 8);
		}
	}
	return 0;
}

uint64_t cpy_fault_file(struct cpy *cpy)
{
	struct cpy_private *private = cpy->private;

	if (private->fault_searched)
		return private->fault_file;
	private->fault_searched = true;
	if (cpy->minor >= 12)
		private->fault_file = search(cpy, cpy->runtime,
					     cpy->runtime + cpy->layout.runtime.size);
	else
		private->fault_file = search(cpy, cpy->runtime > NEAR ? cpy->runtime - NEAR : 0,
					     cpy->runtime + NEAR);
	return private->fault_file;
}
