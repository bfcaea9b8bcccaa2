/* SPDX-License-Identifier: MIT */
/* The table of runtimes, and the loop that asks each whether an image is its own. */
#include "runtime/runtime.h"

#include <string.h>

#include "base/buffer.h"

/* One line a runtime: the only one outside its folder that names it. */
#define RUNTIMES(X)                                                                                \
	X(cpython)                                                                                 \
	X(perl)

#define DECLARE(name) extern const struct rg_runtime name##_runtime;
#define ENTRY(name) &name##_runtime,

RUNTIMES(DECLARE)

static const struct rg_runtime *const runtimes[] = { RUNTIMES(ENTRY) };

static rg_error *none_found(void)
{
	struct rg_buffer known = RG_BUFFER_INIT;
	rg_error *error;

	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
		rg_buffer_printf(&known, "%s%s", i ? "; " : "", runtimes[i]->reads);
	error = rg_error_new(RG_ERROR_NO_RUNTIME,
			     "nothing in this process's memory is a runtime that refgraph reads "
			     "(%s): if it should be one, dump again with coredump_filter 0x37",
			     rg_buffer_string(&known));
	rg_buffer_free(&known);
	return error;
}

rg_error *rg_runtime_open(rg_image *image, const char *which, const struct rg_progress *progress,
			  const struct rg_runtime **ret, void **ret_state)
{
	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++) {
		void *state = NULL;

		RG_TRY(runtimes[i]->open(image, which, progress, &state));
		if (!state)
			continue;
		*ret = runtimes[i];
		*ret_state = state;
		return NULL;
	}
	return none_found();
}

const struct rg_runtime *rg_runtime_of_dump(const char *title)
{
	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
		if (runtimes[i]->dump && strcmp(runtimes[i]->dump, title) == 0)
			return runtimes[i];
	return NULL;
}

const struct rg_words *rg_runtime_words(const char *name)
{
	for (size_t i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++)
		if (strcmp(runtimes[i]->name, name) == 0)
			return runtimes[i]->words;
	return NULL;
}
