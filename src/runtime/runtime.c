/* SPDX-License-Identifier: MIT */
/* The table of runtimes, and who recognises an image. */
#include "runtime/runtime.h"

static const struct rg_runtime *const runtimes[] = {
	NULL,
};

rg_error *rg_runtime_open(rg_image *image, const struct rg_progress *progress,
			  const struct rg_runtime **ret, void **ret_state)
{
	for (size_t i = 0; runtimes[i]; i++) {
		void *state = NULL;

		RG_TRY(runtimes[i]->open(image, progress, &state));
		if (state) {
			*ret = runtimes[i];
			*ret_state = state;
			return NULL;
		}
	}
	return rg_error_new(RG_ERROR_NO_RUNTIME,
			    "no known runtime was found in this process's memory");
}
