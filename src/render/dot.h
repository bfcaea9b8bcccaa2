/* SPDX-License-Identifier: MIT */
/* A picture in the DOT language; linked into the command alone. */
#ifndef RG_RENDER_DOT_H
#define RG_RENDER_DOT_H

#include <refgraph/refgraph.h>

/*
 * dot_write - writes @picture to @sink in the DOT language; NULL, or why that
 * cannot be done (a static sentence).
 */
const char *dot_write(rg_picture *picture, rg_sink *sink);

#endif
