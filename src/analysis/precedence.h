/* SPDX-License-Identifier: MIT */
/* In which order chains set out from the roots. */
#ifndef RG_ANALYSIS_PRECEDENCE_H
#define RG_ANALYSIS_PRECEDENCE_H

#include <refgraph/refgraph.h>

/* rg_precedence_class - 0 is the best; roots of one class are equally good. */
unsigned int rg_precedence_class(enum rg_root_kind kind);

/*
 * rg_precedence - the indices of all roots, better ones first: by class; those
 * that explain something before the others; of modules the one that is imported
 * from before the one that imports from it.  To be freed with rg_free; NULL: no
 * memory.  O(roots log roots + what modules name and its references).
 */
uint32_t *rg_precedence(const rg_graph *graph);

#endif
