/* SPDX-License-Identifier: MIT */
/*
 * Words, numbers and signs of an expression that a person typed, and the
 * patterns of names in it.  Knows no grammar: whoever parses asks for a pattern
 * where the grammar has one, as names of types hold nearly any character.
 */
#ifndef RG_ANALYSIS_LEXER_H
#define RG_ANALYSIS_LEXER_H

#include <stdbool.h>
#include <stddef.h>

enum rg_token_kind {
	RG_TOKEN_END,
	RG_TOKEN_WORD,   /* letters, digits and _, no digit first */
	RG_TOKEN_NUMBER, /* digits, perhaps a fraction, K M G T (powers of 1024), then perhaps % */
	RG_TOKEN_SIGN,   /* ( ) + - , and what compares: > >= < <= = == != */
	RG_TOKEN_PATTERN, /* only rg_lexer_pattern() gives it */
	RG_TOKEN_BAD,    /* a character that begins nothing, or a number that is none */
};

/* Where it stands in the text; of a quoted pattern without the quotes. */
struct rg_token {
	enum rg_token_kind kind;
	const char *start;
	size_t length;
	double number;
	bool percent;
};

struct rg_lexer {
	const char *at;
};

/* rg_lexer_next - the next token; RG_TOKEN_END for ever once the text ends. */
struct rg_token rg_lexer_next(struct rg_lexer *lexer);
/*
 * rg_lexer_pattern - a pattern of names in place of the next token: all up to a
 * space, a bracket, a comma or a quotation mark, or anything in quotation marks
 * of either kind.  RG_TOKEN_BAD where there is none, or its quote does not end.
 */
struct rg_token rg_lexer_pattern(struct rg_lexer *lexer);
/* rg_token_is - whether the token is the word or sign @text. */
bool rg_token_is(const struct rg_token *token, const char *text);

#endif
