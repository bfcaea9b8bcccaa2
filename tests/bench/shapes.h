/* SPDX-License-Identifier: MIT */
/* Large graphs of simple shapes for benchmarks, and what these measure with. */
#ifndef RG_TESTS_SHAPES_H
#define RG_TESTS_SHAPES_H

#include "graph/builder.h"

enum shape { HEAP, CHAIN, STAR, COMPLETE };
extern const char *const shape_names[4];

/* Ends the program with 2 on an error. */
void must(rg_error *error);
/* The graph; a module refers to object 0 unless it is @garbage.  Freed with rg_builder_free(). */
rg_builder *build(enum shape shape, rg_id count, bool garbage);
/* Seconds of the processor so far. */
double now(void);
/* The most memory since forget_peak(), in MB. */
unsigned long peak(void);
void forget_peak(void);
/* @work on @job in a child, on 256 KiB of stack; true: it ended, and *@holds was true then. */
bool in_child(void *(*work)(void *job), void *job, const bool *holds);

#endif
