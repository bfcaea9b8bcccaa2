/* SPDX-License-Identifier: MIT */
/* References as Perl. */
#ifndef RG_RUNTIME_PERL_CODE_H
#define RG_RUNTIME_PERL_CODE_H

#include "runtime/perl/name.h"

struct pl_coder {
	struct pl *pl;
	const char *owner;   /* code that leads to the source from the object it is a part of */
	uint64_t target;
	bool target_is_glob;
};

/*
 * pl_code_put - what, written behind an expression for @sv, is one for the target of
 * @edge; with coder->owner behind one for the object that @sv is a part of.  False:
 * nothing is known to.
 */
bool pl_code_put(const struct pl_coder *coder, const struct pl_sv *sv, const struct pl_edge *edge,
		 struct pl_text *text);

#endif
