/* SPDX-License-Identifier: MIT */
/* Reading by descent: what joins tests and terms, whatever these are. */
#include "analysis/reader.h"

#include <string.h>

#define WORD 40 /* of what stands there instead so much is shown */

bool rg_reader_fail(struct rg_reader *reader, const char *expected)
{
	if (!reader->expected)
		reader->expected = expected;
	return false;
}

size_t rg_reader_none(struct rg_reader *reader, const char *expected)
{
	rg_reader_fail(reader, expected);
	return RG_READER_NONE;
}

void rg_reader_take(struct rg_reader *reader)
{
	reader->end = reader->token.start + reader->token.length;
	reader->token = rg_lexer_next(&reader->lexer);
}

bool rg_reader_take_if(struct rg_reader *reader, const char *text)
{
	if (!rg_token_is(&reader->token, text))
		return false;
	rg_reader_take(reader);
	return true;
}

bool rg_reader_sum(struct rg_reader *reader, void *value)
{
	bool negative = rg_token_is(&reader->token, "-");

	if (negative || rg_token_is(&reader->token, "+"))
		rg_reader_take(reader);
	while (reader->grammar->term(reader, value, negative)) {
		negative = rg_token_is(&reader->token, "-");
		if (!negative && !rg_token_is(&reader->token, "+"))
			return true;
		rg_reader_take(reader);
	}
	return false;
}

bool rg_reader_comparison(struct rg_reader *reader, enum rg_comparison *ret)
{
	static const struct {
		const char *text;
		enum rg_comparison comparison;
	} signs[] = {
		{ ">", RG_COMPARISON_GREATER },  { ">=", RG_COMPARISON_GREATER_EQUAL },
		{ "<", RG_COMPARISON_LESS },     { "<=", RG_COMPARISON_LESS_EQUAL },
		{ "=", RG_COMPARISON_EQUAL },    { "==", RG_COMPARISON_EQUAL },
		{ "!=", RG_COMPARISON_UNEQUAL },
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (rg_reader_take_if(reader, signs[i].text)) {
			*ret = signs[i].comparison;
			return true;
		}
	return false;
}

static size_t read_not(struct rg_reader *reader)
{
	size_t result;

	if (reader->depth == RG_READER_DEPTH)
		return rg_reader_none(reader, "no more parentheses and nots: 32 within each other "
					      "are the most");
	reader->depth++;
	if (rg_reader_take_if(reader, "not")) {
		result = read_not(reader);
		if (result != RG_READER_NONE)
			result = reader->grammar->join(reader, RG_JOIN_NOT, result,
						       RG_READER_NONE);
	} else if (rg_reader_take_if(reader, "(")) {
		result = rg_reader_any(reader);
		if (result != RG_READER_NONE && !rg_reader_take_if(reader, ")"))
			result = rg_reader_none(reader, "and, or, or )");
	} else {
		result = reader->grammar->test(reader);
	}
	reader->depth--;
	return result;
}

static size_t read_joined(struct rg_reader *reader, enum rg_join join, const char *word,
			  size_t (*part)(struct rg_reader *reader))
{
	size_t left = part(reader), right;

	while (left != RG_READER_NONE && rg_reader_take_if(reader, word)) {
		right = part(reader);
		left = right == RG_READER_NONE ? right
					       : reader->grammar->join(reader, join, left, right);
	}
	return left;
}

static size_t read_and(struct rg_reader *reader)
{
	return read_joined(reader, RG_JOIN_AND, "and", read_not);
}

size_t rg_reader_any(struct rg_reader *reader)
{
	return read_joined(reader, RG_JOIN_OR, "or", read_and);
}

bool rg_reader_parse(struct rg_reader *reader, const struct rg_grammar *grammar, const char *text)
{
	*reader = (struct rg_reader){
		.grammar = grammar, .lexer = { text }, .text = text, .end = text,
	};
	if (strnlen(text, grammar->length + 1) > grammar->length) {
		reader->token.start = text + grammar->length;
		return rg_reader_fail(reader, grammar->too_long);
	}
	reader->token = rg_lexer_next(&reader->lexer);
	if (rg_reader_any(reader) == RG_READER_NONE)
		return false;
	if (reader->token.kind != RG_TOKEN_END)
		return rg_reader_fail(reader, "and, or, or the end");
	return true;
}

rg_error *rg_reader_complain(const struct rg_reader *reader, const char *near)
{
	const struct rg_token *token = &reader->token;
	size_t column = (size_t)(token->start - reader->text) + 1;
	int length = token->length < WORD ? (int)token->length : WORD;

	if (token->kind == RG_TOKEN_END)
		return rg_error_new(RG_ERROR_INVALID, "column %zu: expected %s", column,
				    reader->expected);
	return rg_error_new(RG_ERROR_INVALID, "column %zu: expected %s, not '%.*s'%s%s", column,
			    reader->expected, length, token->start, *near ? "; near: " : "", near);
}

bool rg_compare(enum rg_comparison comparison, double value, double limit)
{
	switch (comparison) {
	case RG_COMPARISON_GREATER:
		return value > limit;
	case RG_COMPARISON_GREATER_EQUAL:
		return value >= limit;
	case RG_COMPARISON_LESS:
		return value < limit;
	case RG_COMPARISON_LESS_EQUAL:
		return value <= limit;
	case RG_COMPARISON_EQUAL:
		/* Whole numbers, exact below 2^53. */
		return value >= limit && value <= limit;
	case RG_COMPARISON_UNEQUAL:
		return value < limit || value > limit;
	case RG_COMPARISON_ANY:
		break;
	}
	return true;
}
