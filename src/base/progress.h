/* SPDX-License-Identifier: MIT */
/* Telling the caller how far a long call has come, and asking whether to go on. */
#ifndef RG_BASE_PROGRESS_H
#define RG_BASE_PROGRESS_H

#include <refgraph/refgraph.h>

#include "base/error.h"

struct rg_progress {
	rg_progress_fn *call; /* or NULL */
	void *user;
};

/* rg_progress_step - @done of @total (0: unknown) units of @stage; an error to stop with. */
static inline RG_MUST_CHECK rg_error *rg_progress_step(const struct rg_progress *progress,
						       const char *stage, uint64_t done,
						       uint64_t total)
{
	if (!progress->call || progress->call(progress->user, stage, done, total))
		return NULL;
	return rg_error_new(RG_ERROR_LIMIT, "stopped while %s", stage);
}

#endif
