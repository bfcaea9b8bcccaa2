/* SPDX-License-Identifier: MIT */
/* What the files of this folder know of an open dump beside the public functions. */
#ifndef RG_SESSION_SESSION_H
#define RG_SESSION_SESSION_H

#include "base/progress.h"

/* rg_dump_progress - whom the caller of rg_dump_open() wants told; belongs to @dump. */
const struct rg_progress *rg_dump_progress(const rg_dump *dump);

#endif
