/* SPDX-License-Identifier: MIT */
/*
 * What the languages that people type have in common: tests joined by `or`, `and`,
 * `not` and parentheses, sums on both sides of a comparison, and the place where a text
 * stops being any of that.  What a test is, and what becomes of it, the grammar says.
 */
#ifndef RG_ANALYSIS_READER_H
#define RG_ANALYSIS_READER_H

#include "analysis/lexer.h"
#include "base/error.h"

#define RG_READER_NONE SIZE_MAX
#define RG_READER_DEPTH 32 /* parentheses and `not` within each other */

enum rg_join { RG_JOIN_NOT, RG_JOIN_AND, RG_JOIN_OR };

enum rg_comparison {
	RG_COMPARISON_ANY, /* there is none */
	RG_COMPARISON_EQUAL,
	RG_COMPARISON_UNEQUAL,
	RG_COMPARISON_GREATER,
	RG_COMPARISON_GREATER_EQUAL,
	RG_COMPARISON_LESS,
	RG_COMPARISON_LESS_EQUAL,
};

struct rg_reader;

/* One language.  Items are numbers of the language's own; RG_READER_NONE: it failed. */
struct rg_grammar {
	size_t length;         /* bytes that a text may have */
	const char *too_long;  /* what is expected behind these */
	size_t (*test)(struct rg_reader *reader);
	/* Of RG_JOIN_NOT there is no @right. */
	size_t (*join)(struct rg_reader *reader, enum rg_join join, size_t left, size_t right);
	bool (*term)(struct rg_reader *reader, void *value, bool negative);
};

/* Stands first in a language's own parser. */
struct rg_reader {
	const struct rg_grammar *grammar;
	struct rg_lexer lexer;
	const char *text;
	struct rg_token token; /* the next one */
	const char *end;       /* of the last token taken */
	const char *expected;  /* once something is wrong; then token is what */
	size_t depth;
};

/* rg_reader_parse - reads all of @text; false: see rg_reader_complain(). */
bool rg_reader_parse(struct rg_reader *reader, const struct rg_grammar *grammar, const char *text);
/*
 * rg_reader_complain - what was expected where; @near, unless it is "", are words that
 * somebody may have meant.
 */
rg_error *rg_reader_complain(const struct rg_reader *reader, const char *near);

/* rg_reader_fail - notes the first thing that was expected and is not there; false. */
bool rg_reader_fail(struct rg_reader *reader, const char *expected);
/* rg_reader_none - the same for who gives an item. */
size_t rg_reader_none(struct rg_reader *reader, const char *expected);
void rg_reader_take(struct rg_reader *reader);
/* rg_reader_take_if - takes the token if it is the word or sign @text. */
bool rg_reader_take_if(struct rg_reader *reader, const char *text);
/* rg_reader_any - tests joined by `or` and what binds closer. */
size_t rg_reader_any(struct rg_reader *reader);
/* rg_reader_sum - terms with + and - between them; the first may have a sign. */
bool rg_reader_sum(struct rg_reader *reader, void *value);
/* rg_reader_comparison - takes one of the signs; false: there is none. */
bool rg_reader_comparison(struct rg_reader *reader, enum rg_comparison *ret);

/* rg_compare - whether @comparison holds of these numbers; RG_COMPARISON_ANY always. */
bool rg_compare(enum rg_comparison comparison, double value, double limit);

#endif
