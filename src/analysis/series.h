/* SPDX-License-Identifier: MIT */
/* Numbers over several dumps: how they went, and how fast. */
#ifndef RG_ANALYSIS_SERIES_H
#define RG_ANALYSIS_SERIES_H

#include <refgraph/refgraph.h>

/* rg_series_difference - @later less @earlier, as far as an int64_t goes. */
int64_t rg_series_difference(uint64_t later, uint64_t earlier);
/* rg_series_flat - whether all @count numbers are the same. */
bool rg_series_flat(const uint64_t *numbers, size_t count);
/* rg_series_judge - how at least two @numbers went; the steps that grew go to @ret_grown. */
enum rg_verdict rg_series_judge(const uint64_t *numbers, size_t count, size_t *ret_grown);
/*
 * rg_series_slope - how much more a dump, as the line of least squares through
 * (i, numbers[i]) has it.  Everything before the division is exact: with at
 * most INT32_MAX dumps the sums stay below 2^127.
 */
double rg_series_slope(const uint64_t *numbers, size_t count);

#endif
