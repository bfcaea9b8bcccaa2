/* SPDX-License-Identifier: MIT */
/* How far each object is from what a person would call its holder. */
#ifndef RG_ANALYSIS_HOLDERS_H
#define RG_ANALYSIS_HOLDERS_H

#include "base/error.h"

/* No root leads there. */
#define RG_HOLDERS_FAR UINT32_MAX

/*
 * rg_holders_rank - for each object how far it is from a named root: by the
 * class of the root first (a module's, then a thread's variables, then the
 * rest), then by the number of references; RG_HOLDERS_FAR where none leads.
 * Routine references and roots lead nowhere.  *@ret is freed with rg_free().
 * O(objects + references) time, 8 bytes an object, of which 4 are kept.
 */
RG_MUST_CHECK rg_error *rg_holders_rank(const rg_graph *graph, uint32_t **ret);

#endif
