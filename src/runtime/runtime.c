/* SPDX-License-Identifier: MIT */
/* The table of runtimes, and the loop that asks each whether an image is its own. */
#include "runtime/runtime.h"

extern const struct rg_runtime cpy_runtime;

/* One line a runtime: the only place outside its folder that names it. */
static const struct rg_runtime *const runtimes[] = {
	&cpy_runtime,
};

rg_error *rg_runtime_open(rg_image *image, const struct rg_progress *progress,
			  const struct rg_runtime **ret, void **ret_state)
{
	size_t i;

	for (i = 0; i < sizeof(runtimes) / sizeof(runtimes[0]); i++) {
		void *state = NULL;

		RG_TRY(runtimes[i]->open(image, progress, &state));
		if (!state)
			continue;
		*ret = runtimes[i];
		*ret_state = state;
		return NULL;
	}
	if (!image->complete && image->missing_count)
		return rg_error_new(RG_ERROR_NO_RUNTIME,
				    "no Python was found in what there is of this dump: %s",
				    image->missing[0]);
	return rg_error_new(RG_ERROR_NO_RUNTIME,
			    "no Python was found in this dump: refgraph reads CPython 3.11, 3.12 "
			    "and 3.13");
}
