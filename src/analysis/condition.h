/* SPDX-License-Identifier: MIT */
/*
 * A parsed condition: its comparisons and what joins them, children before
 * parents, so that one pass over the array answers it and one back explains it.
 */
#ifndef RG_ANALYSIS_CONDITION_H
#define RG_ANALYSIS_CONDITION_H

#include "analysis/reader.h"

#include <refgraph/refgraph.h>

#define RG_CONDITION_LENGTH 4096
#define RG_CONDITION_TERMS 250
#define RG_CONDITION_COMPARISONS 100
/* An operator a comparison, and a `not` before each of these. */
#define RG_CONDITION_ITEMS (4 * RG_CONDITION_COMPARISONS)

enum rg_function {
	RG_FUNCTION_NUMBER, /* no function */
	RG_FUNCTION_COUNT,
	RG_FUNCTION_BYTES,
	RG_FUNCTION_OWNED,
	RG_FUNCTION_DELTA_COUNT,
	RG_FUNCTION_DELTA_BYTES,
	RG_FUNCTION_DELTA_OWNED,
	RG_FUNCTION_SLOPE_COUNT,
	RG_FUNCTION_SLOPE_BYTES,
	RG_FUNCTION_SLOPE_OWNED,
	RG_FUNCTION_NEW,
	RG_FUNCTION_GONE,
	RG_FUNCTION_CLIMBING,
	RG_FUNCTION_PLATEAUED,
	/* Of containers: */
	RG_FUNCTION_ELEMENTS,
	RG_FUNCTION_DELTA_ELEMENTS,
	RG_FUNCTION_SLOPE_ELEMENTS,
	RG_FUNCTION_RETAINED,
	RG_FUNCTION_DELTA_RETAINED,
	RG_FUNCTION_EXCLUSIVE,
	/* Of survivors: */
	RG_FUNCTION_SURVIVORS,
	RG_FUNCTION_SURVIVOR_BYTES,
};

/* What a function is about. */
static inline bool rg_function_of_containers(enum rg_function function)
{
	return function >= RG_FUNCTION_ELEMENTS && function <= RG_FUNCTION_EXCLUSIVE;
}

static inline bool rg_function_of_survivors(enum rg_function function)
{
	return function >= RG_FUNCTION_SURVIVORS;
}

struct rg_term {
	enum rg_function function;
	bool negative;
	double number;
	const char *pattern; /* of a function */
};

enum rg_item_kind { RG_ITEM_COMPARE, RG_ITEM_NOT, RG_ITEM_AND, RG_ITEM_OR };

struct rg_item {
	enum rg_item_kind kind;
	size_t left, right;     /* items; `not` has the left one only */
	/* Of a comparison: */
	enum rg_comparison comparison;
	bool percent;           /* the right side is hundredths of what there was */
	bool bytes;
	size_t first, left_terms, right_terms;
	const char *text;
};

struct rg_condition {
	size_t item_count, term_count;
	struct rg_item items[RG_CONDITION_ITEMS];
	struct rg_term terms[RG_CONDITION_TERMS];
	const char *text;
	/* Copies of the text, cut into patterns and into comparisons. */
	char *patterns, *comparisons;
	char room[];
};

#endif
