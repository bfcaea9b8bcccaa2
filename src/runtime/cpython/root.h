/* SPDX-License-Identifier: MIT */
/* What is at hand while roots are handed out, for root.c and root_static.c. */
#ifndef RG_RUNTIME_CPYTHON_ROOT_H
#define RG_RUNTIME_CPYTHON_ROOT_H

#include "base/buffer.h"
#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/frame_stack.h"

/* Frames further out have no expression of a sensible length. */
#define CPY_DEEPEST_FRAME 64

struct cpy_roots {
	struct cpy *cpy;
	const struct cpy_execution *layout;
	rg_error *(*each)(void *user, const struct rg_root_init *root);
	void *user;
	struct rg_buffer name;  /* of the root at hand; its prefix stays */
	size_t prefix;          /* length of what all roots at hand begin with */
	struct rg_root_init init;
	const char *code;       /* of the root at hand, or NULL */
	char frame_code[96 + 8 * CPY_DEEPEST_FRAME]; /* of the frame at hand, or "" */
	bool has_modules;       /* sys.modules is what the interpreter says */
	struct cpy_frame_stack stack; /* what the last frame that calls C runs */
	uint64_t stack_words;   /* of C stacks that were looked at */
	uint32_t locals_count;  /* of a frame's variables: 0 when a generator owns them */
	rg_error *error;        /* from a walker, which has no way to return it */
};

/* cpy_roots_prefix - what the name holds now is the prefix of all names until the next call. */
void cpy_roots_prefix(struct cpy_roots *roots);
/* cpy_roots_cut - goes back to the first @length bytes of the name. */
void cpy_roots_cut(struct cpy_roots *roots, size_t length);
/*
 * cpy_roots_put - hands out the root at @address, if that is not 0, named by what the buffer
 * holds; cuts it back to its prefix.
 */
RG_MUST_CHECK rg_error *cpy_roots_put(struct cpy_roots *roots, uint64_t address,
				      enum rg_root_kind kind, uint32_t count);

/* cpy_roots_static - what static data and variables of C own (root_static.c). */
RG_MUST_CHECK rg_error *cpy_roots_static(struct cpy_roots *roots);

#endif
