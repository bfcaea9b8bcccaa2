/* SPDX-License-Identifier: MIT */
/* What the files of this folder know of an open dump beside the public functions. */
#ifndef RG_SESSION_SESSION_H
#define RG_SESSION_SESSION_H

#include "base/progress.h"
#include "image/image.h"

/* rg_dump_progress - whom the caller of rg_dump_open() wants told; belongs to @dump. */
const struct rg_progress *rg_dump_progress(const rg_dump *dump);

/* rg_dump_image - the memory of the dumped process, NULL where the dump has none. */
rg_image *rg_dump_image(rg_dump *dump);

/* rg_dump_own - what of it the runtime says is its own (runtime.h, own). */
RG_MUST_CHECK rg_error *rg_dump_own(rg_dump *dump,
				    rg_error *(*each)(void *user, uint64_t start, uint64_t end),
				    void *user);

#endif
