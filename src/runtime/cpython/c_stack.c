/* SPDX-License-Identifier: MIT */
/*
 * Structs of C that own references and are known only to C functions that run: words of a
 * thread's C stack are followed, and what they lead to is told by its shape.
 *
 *  - struct bootstate (_threadmodule.c): what a thread was started with, next to the state
 *    of that very thread;
 *  - struct _arena (pyarena.c): what the compiler keeps while what it has compiled runs.
 *
 * A stack has words of calls that are over as well, so these references count as far as
 * nothing else explains their objects' counts.
 */
#include "runtime/cpython/c_stack.h"

#include "runtime/cpython/private.h"

/* Of a stack's live part: its outermost calls are the most interesting. */
#define MOST_BYTES (UINT64_C(8) << 20)
#define LEAST_BLOCK 8192 /* DEFAULT_BLOCK_SIZE */
#define BLOCK_HEAD 32

/* Words of all stacks, and blocks that they may lead to, that are looked at in all. */
#define BUDGET (UINT64_C(1) << 26)

struct c_stack {
	struct cpy *cpy;
	const struct cpy_thread *thread;
	rg_error *(*each)(void *user, uint64_t address, const char *name);
	void *user;
	struct rg_map seen; /* structs that were found */
	uint64_t *spent;    /* of the budget */
};

static bool has_flag(struct cpy *cpy, uint64_t object, uint64_t flag)
{
	const struct cpy_type *type = object && object % 8 == 0 ? cpy_type_of(cpy, object) : NULL;

	return type && type->flags & flag;
}

/* Whether it stands at @at: the state of the thread, what to call, and arguments for it. */
static bool is_start(const struct c_stack *stack, uint64_t at)
{
	struct cpy *cpy = stack->cpy;
	uint64_t call, keywords;

	/* Up to 3.10 the interpreter comes first. */
	if (cpy_word(cpy, at + (cpy->minor <= 10 ? 32 : 0)) != stack->thread->address)
		return false;
	call = cpy_word(cpy, at + 8);
	keywords = cpy_word(cpy, at + 24);
	return call && call % 8 == 0 && cpy_type_of(cpy, call) &&
	       has_flag(cpy, cpy_word(cpy, at + 16), CPY_TPFLAG_TUPLE) &&
	       (!keywords || has_flag(cpy, keywords, CPY_TPFLAG_DICT));
}

/* Its first block, the one in use, which that leads to, and a list. */
static bool is_arena(const struct c_stack *stack, uint64_t at)
{
	struct cpy *cpy = stack->cpy;
	uint64_t block = cpy_word(cpy, at), current = cpy_word(cpy, at + 8), size;

	if (!block || block % 8 || !current || current % 8 ||
	    !has_flag(cpy, cpy_word(cpy, at + 16), CPY_TPFLAG_LIST))
		return false;
	for (; block && *stack->spent < BUDGET; ++*stack->spent) {
		size = cpy_word(cpy, block);
		if (size < LEAST_BLOCK || cpy_word(cpy, block + 8) > size ||
		    cpy_word(cpy, block + 24) != block + BLOCK_HEAD)
			return false;
		if (block == current)
			return true;
		block = cpy_word(cpy, block + 16);
	}
	return false;
}

/* Whether @at is met for the first time. */
static rg_error *note(struct c_stack *stack, uint64_t at, bool *ret)
{
	*ret = !rg_map_find(&stack->seen, at);
	return !*ret || rg_map_put(&stack->seen, at, 1) ? NULL : rg_error_no_memory();
}

static rg_error *follow(struct c_stack *stack, uint64_t at)
{
	static const char *const starts[] = { "start function", "start arguments",
					      "start keywords" };
	struct cpy *cpy = stack->cpy;
	bool is_new;
	unsigned i;

	if (is_start(stack, at)) {
		RG_TRY(note(stack, at, &is_new));
		for (i = 0; is_new && i < 3; i++) {
			uint64_t object = cpy_word(cpy, at + 8 * (i + 1));

			if (object)
				RG_TRY(stack->each(stack->user, object, starts[i]));
		}
	} else if (is_arena(stack, at)) {
		RG_TRY(note(stack, at, &is_new));
		if (is_new)
			return stack->each(stack->user, cpy_word(cpy, at + 16), "parser arena");
	}
	return NULL;
}

static rg_error *follow_all(struct c_stack *stack, uint64_t start, uint64_t end)
{
	uint64_t word;

	if (end - start > MOST_BYTES)
		start = end - MOST_BYTES;
	for (start = (start + 7) & ~UINT64_C(7);
	     end - start >= 8 && ++*stack->spent < BUDGET; start += 8) {
		word = cpy_word(stack->cpy, start);
		/* Allocators align to 16 bytes; what lies on a stack is looked at as well. */
		if (word >> 12 && word % 8 == 0)
			RG_TRY(follow(stack, word));
	}
	return NULL;
}

static bool is_known(const struct cpy *cpy, uint64_t native_id)
{
	size_t i;

	for (i = 0; i < cpy->thread_count; i++)
		if (cpy->threads[i].native_id == native_id)
			return true;
	return false;
}

/* Whether the stack of the kernel's @thread may be that of @wanted: it is, or it is nobody's. */
static bool may_be(const struct cpy *cpy, const struct rg_image_thread *thread,
		   const struct cpy_thread *wanted)
{
	const rg_image *image = cpy->image;
	size_t i;

	if (thread->native_id == wanted->native_id)
		return true;
	for (i = 0; i < image->thread_count; i++)
		if (image->threads[i].native_id == wanted->native_id)
			return false;
	return !is_known(cpy, thread->native_id);
}

rg_error *cpy_c_stack(struct cpy *cpy, const struct cpy_thread *thread, uint64_t *spent,
		      rg_error *(*each)(void *user, uint64_t address, const char *name),
		      void *user)
{
	struct c_stack stack = { .cpy = cpy, .thread = thread, .each = each, .user = user,
				 .spent = spent };
	const rg_image *image = cpy->image;
	const struct rg_segment *segment;
	rg_error *error = NULL;
	size_t i;

	for (i = 0; !error && i < image->thread_count; i++) {
		uint64_t pointer = image->threads[i].stack_pointer;

		if (!may_be(cpy, &image->threads[i], thread))
			continue;
		segment = rg_image_segment(image, pointer);
		if (segment && segment->writable && segment->end - pointer >= 8)
			error = follow_all(&stack, pointer, segment->end);
	}
	rg_map_free(&stack.seen);
	return error;
}
