/* SPDX-License-Identifier: MIT */
/* Tokens, one at a time; numbers are read here, as strtod() follows the locale. */
#include "analysis/lexer.h"

#include <string.h>

#define LARGEST 9223372036854775807.0 /* what a number may be */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static void skip_space(struct rg_lexer *lexer)
{
	lexer->at += strspn(lexer->at, " \t\n\r");
}

static double power(char suffix)
{
	switch (suffix) {
	case 'k':
	case 'K':
		return 0x1p10;
	case 'm':
	case 'M':
		return 0x1p20;
	case 'g':
	case 'G':
		return 0x1p30;
	case 't':
	case 'T':
		return 0x1p40;
	default:
		return 0;
	}
}

/* The number at lexer->at, which begins with a digit. */
static struct rg_token number(struct rg_lexer *lexer)
{
	struct rg_token token = { RG_TOKEN_NUMBER, lexer->at, 0, 0, false };
	const char *at = lexer->at;
	double place = 1;

	for (; is_digit(*at); at++)
		token.number = token.number * 10 + (*at - '0');
	if (*at == '.' && is_digit(at[1])) {
		double digits = 0;

		for (at++; is_digit(*at); at++) {
			if (place > 1e15)
				continue;
			digits = digits * 10 + (*at - '0');
			place *= 10;
		}
		token.number += digits / place;
	}
	if (power(*at))
		token.number *= power(*at++);
	if (*at == '%') {
		token.percent = true;
		at++;
	}
	if (is_letter(*at) || is_digit(*at) || *at == '.' || !(token.number < LARGEST))
		token.kind = RG_TOKEN_BAD;
	/* What is wrong with it is shown as a whole. */
	while (token.kind == RG_TOKEN_BAD && (is_letter(*at) || is_digit(*at) || *at == '.'))
		at++;
	token.length = (size_t)(at - token.start);
	lexer->at = at;
	return token;
}

struct rg_token rg_lexer_next(struct rg_lexer *lexer)
{
	struct rg_token token = { RG_TOKEN_END, NULL, 0, 0, false };
	const char *at;

	skip_space(lexer);
	at = token.start = lexer->at;
	if (!*at)
		return token;
	if (is_digit(*at))
		return number(lexer);
	if (is_letter(*at)) {
		token.kind = RG_TOKEN_WORD;
		while (is_letter(*at) || is_digit(*at))
			at++;
	} else if (strchr("<>=", *at) || (*at == '!' && at[1] == '=')) {
		token.kind = RG_TOKEN_SIGN;
		at += 1 + (at[1] == '=');
	} else if (strchr("()+-,", *at)) {
		token.kind = RG_TOKEN_SIGN;
		at++;
	} else {
		token.kind = RG_TOKEN_BAD;
		at++;
		/* All of a character of UTF-8. */
		while (((unsigned char)*at & 0xc0) == 0x80)
			at++;
	}
	token.length = (size_t)(at - token.start);
	lexer->at = at;
	return token;
}

struct rg_token rg_lexer_pattern(struct rg_lexer *lexer)
{
	struct rg_token token = { RG_TOKEN_PATTERN, NULL, 0, 0, false };
	const char *end;

	skip_space(lexer);
	token.start = lexer->at;
	if (*lexer->at == '\'' || *lexer->at == '"') {
		end = strchr(lexer->at + 1, *lexer->at);
		if (end && end > lexer->at + 1) {
			token.start++;
			token.length = (size_t)(end - token.start);
			lexer->at = end + 1;
			return token;
		}
	} else {
		token.length = strcspn(lexer->at, " \t\n\r(),'\"");
		lexer->at += token.length;
		if (token.length)
			return token;
	}
	/* Told as the next token, whatever that is. */
	token = rg_lexer_next(lexer);
	if (token.kind != RG_TOKEN_END)
		token.kind = RG_TOKEN_BAD;
	return token;
}

bool rg_token_is(const struct rg_token *token, const char *text)
{
	return (token->kind == RG_TOKEN_WORD || token->kind == RG_TOKEN_SIGN) &&
	       strlen(text) == token->length && !memcmp(text, token->start, token->length);
}
