/* SPDX-License-Identifier: MIT */
/* What of the process's memory is Perl's own. */
#include "runtime/perl/private.h"

struct own {
	rg_error *(*each)(void *user, uint64_t start, uint64_t end);
	void *user;
};

static rg_error *put_arena(void *user, uint64_t start, uint64_t count)
{
	const struct own *own = user;

	return own->each(own->user, start, start + 24 * count);
}

rg_error *pl_own(void *state, rg_error *(*each)(void *user, uint64_t start, uint64_t end),
		 void *user)
{
	struct pl *pl = state;
	struct own own = { .each = each, .user = user };
	size_t i;

	for (i = 0; i < pl->interpreter_count; i++) {
		const struct pl_interpreter *interpreter = &pl->interpreters[i];

		RG_TRY(pl_heap_arenas(pl, interpreter, put_arena, &own));
		if (pl->layout.threaded)
			RG_TRY(each(user, interpreter->address,
				    interpreter->address + pl->layout.at.interpreter_size));
	}
	return NULL;
}
