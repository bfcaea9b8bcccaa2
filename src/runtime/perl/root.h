/* SPDX-License-Identifier: MIT */
/* What the files that find roots share. */
#ifndef RG_RUNTIME_PERL_ROOT_H
#define RG_RUNTIME_PERL_ROOT_H

#include "base/buffer.h"
#include "runtime/perl/name.h"

struct pl_roots {
	struct pl *pl;
	rg_builder *builder;
	const struct pl_interpreter *interpreter;
	struct rg_buffer name; /* of the root at hand */
	size_t prefix;         /* what of it stays for the next one */
	struct rg_root_init init;
};

/* pl_roots_prefix - what the name holds now stands before those of all that follow. */
void pl_roots_prefix(struct pl_roots *roots);
/* pl_roots_cut - takes the name back to @length bytes. */
void pl_roots_cut(struct pl_roots *roots, size_t length);
/* pl_roots_put - a root for the SV at @address, if there is one, under the name at hand. */
RG_MUST_CHECK rg_error *pl_roots_put(struct pl_roots *roots, uint64_t address,
				     enum rg_root_kind kind, uint32_t count);
/* pl_roots_named - the same with @name added to the name. */
RG_MUST_CHECK rg_error *pl_roots_named(struct pl_roots *roots, uint64_t address,
				       enum rg_root_kind kind, uint32_t count, const char *name);
/*
 * pl_roots_variable - a variable that something else owns: a root for it and, if it is a
 * reference, one for what it refers to; @code, or NULL, evaluates to it.
 */
RG_MUST_CHECK rg_error *pl_roots_variable(struct pl_roots *roots, uint64_t address,
					  enum rg_root_kind kind, const char *code);

/* pl_roots_symbols - the package variables and subs of the interpreter at hand. */
RG_MUST_CHECK rg_error *pl_roots_symbols(struct pl_roots *roots);
/* pl_roots_save_stack - what local and the like have put aside. */
RG_MUST_CHECK rg_error *pl_roots_save_stack(struct pl_roots *roots);
/* pl_roots_frames - stacks, contexts, the lexicals of active subs; adds the thread. */
RG_MUST_CHECK rg_error *pl_roots_frames(struct pl_roots *roots, uint32_t thread);

#endif
