/* SPDX-License-Identifier: MIT */
/*
 * From text to a condition, by descent.  Without a condition to fill the same
 * parser only finds where a text stops being one.
 */
#include "base/error.h"

#include <string.h>

#include "analysis/condition.h"
#include "analysis/lexer.h"
#include "base/alloc.h"

#define NO_ITEM SIZE_MAX

struct parser {
	struct rg_lexer lexer;
	const char *text;
	struct rg_token token;      /* the next one */
	struct rg_condition *into;  /* or NULL */
	size_t items, terms, comparisons;
	size_t depth;
	const char *end;            /* of the last token taken */
	const char *expected;       /* once something is wrong; then token is what */
};

/* A value as it is read. */
struct value {
	size_t terms, functions, numbers;
	bool changes; /* all functions are deltas and slopes */
	bool bytes, things;
	bool percent;
};

static const struct {
	const char *name;
	enum rg_function function;
} functions[] = {
	{ "count", RG_FUNCTION_COUNT },
	{ "bytes", RG_FUNCTION_BYTES },
	{ "owned", RG_FUNCTION_OWNED },
	{ "delta_count", RG_FUNCTION_DELTA_COUNT },
	{ "delta_bytes", RG_FUNCTION_DELTA_BYTES },
	{ "delta_owned", RG_FUNCTION_DELTA_OWNED },
	{ "slope_count", RG_FUNCTION_SLOPE_COUNT },
	{ "slope_bytes", RG_FUNCTION_SLOPE_BYTES },
	{ "slope_owned", RG_FUNCTION_SLOPE_OWNED },
	{ "new", RG_FUNCTION_NEW },
	{ "gone", RG_FUNCTION_GONE },
	{ "climbing", RG_FUNCTION_CLIMBING },
	{ "plateaued", RG_FUNCTION_PLATEAUED },
	{ "elements", RG_FUNCTION_ELEMENTS },
	{ "delta_elements", RG_FUNCTION_DELTA_ELEMENTS },
	{ "slope_elements", RG_FUNCTION_SLOPE_ELEMENTS },
	{ "retained", RG_FUNCTION_RETAINED },
	{ "delta_retained", RG_FUNCTION_DELTA_RETAINED },
	{ "exclusive", RG_FUNCTION_EXCLUSIVE },
	{ "survivors", RG_FUNCTION_SURVIVORS },
	{ "survivor_bytes", RG_FUNCTION_SURVIVOR_BYTES },
};

static const char a_function[] =
	"a function (count, bytes, owned; delta_ or slope_ before one of these; new, gone, "
	"climbing, plateaued; elements, retained, delta_ before one of these, slope_elements, "
	"exclusive; survivors, survivor_bytes)";
static const char a_value[] = "a number or a function, as in delta_bytes(*) > 10M";

static size_t parse_or(struct parser *parser);

static bool fail(struct parser *parser, const char *expected)
{
	if (!parser->expected)
		parser->expected = expected;
	return false;
}

static void take(struct parser *parser)
{
	parser->end = parser->token.start + parser->token.length;
	parser->token = rg_lexer_next(&parser->lexer);
}

static bool take_if(struct parser *parser, const char *text)
{
	if (!rg_token_is(&parser->token, text))
		return false;
	take(parser);
	return true;
}

static size_t add_item(struct parser *parser, const struct rg_item *item)
{
	if (parser->items == RG_CONDITION_ITEMS) {
		fail(parser, "fewer comparisons and operators");
		return NO_ITEM;
	}
	if (parser->into)
		parser->into->items[parser->items] = *item;
	return parser->items++;
}

static bool add_term(struct parser *parser, struct value *value, const struct rg_term *term)
{
	if (parser->terms == RG_CONDITION_TERMS)
		return fail(parser, "an end: a condition may have 250 terms");
	if (parser->into)
		parser->into->terms[parser->terms] = *term;
	parser->terms++;
	value->terms++;
	return true;
}

static const char *keep_pattern(struct parser *parser, const struct rg_token *token)
{
	char *kept;

	if (!parser->into)
		return NULL;
	kept = parser->into->patterns + (token->start - parser->text);
	/* A bracket, a space or a quotation mark follows. */
	kept[token->length] = '\0';
	return kept;
}

static bool is_change(enum rg_function function)
{
	return (function >= RG_FUNCTION_DELTA_COUNT && function <= RG_FUNCTION_SLOPE_OWNED) ||
	       function == RG_FUNCTION_DELTA_ELEMENTS || function == RG_FUNCTION_SLOPE_ELEMENTS ||
	       function == RG_FUNCTION_DELTA_RETAINED;
}

/* Whether it gives a number of things, not of bytes. */
static bool is_of_things(enum rg_function function)
{
	switch (function) {
	case RG_FUNCTION_BYTES:
	case RG_FUNCTION_OWNED:
	case RG_FUNCTION_DELTA_BYTES:
	case RG_FUNCTION_DELTA_OWNED:
	case RG_FUNCTION_SLOPE_BYTES:
	case RG_FUNCTION_SLOPE_OWNED:
	case RG_FUNCTION_RETAINED:
	case RG_FUNCTION_DELTA_RETAINED:
	case RG_FUNCTION_EXCLUSIVE:
	case RG_FUNCTION_SURVIVOR_BYTES:
		return false;
	default:
		return true;
	}
}

static bool parse_function(struct parser *parser, struct value *value, bool negative)
{
	struct rg_term term = { .negative = negative };
	struct rg_token pattern;
	size_t which = 0, count = sizeof(functions) / sizeof(functions[0]);

	while (which < count && !rg_token_is(&parser->token, functions[which].name))
		which++;
	if (which == count)
		return fail(parser, a_function);
	term.function = functions[which].function;
	take(parser);
	if (!rg_token_is(&parser->token, "("))
		return fail(parser, "( and a type");
	/* What follows the bracket is no token, so it is read from there again. */
	parser->lexer.at = parser->token.start + 1;
	pattern = rg_lexer_pattern(&parser->lexer);
	if (pattern.kind != RG_TOKEN_PATTERN) {
		parser->token = pattern;
		return fail(parser, "a type or a pattern, in quotation marks if it holds spaces or "
				    "brackets");
	}
	parser->token = rg_lexer_next(&parser->lexer);
	if (!take_if(parser, ")"))
		return fail(parser, ")");
	term.pattern = keep_pattern(parser, &pattern);
	value->functions++;
	value->changes = value->changes && is_change(term.function);
	if (is_of_things(term.function))
		value->things = true;
	else
		value->bytes = true;
	return add_term(parser, value, &term);
}

static bool parse_term(struct parser *parser, struct value *value, bool negative)
{
	struct rg_term term = { .function = RG_FUNCTION_NUMBER, .negative = negative };

	if (parser->token.kind == RG_TOKEN_WORD)
		return parse_function(parser, value, negative);
	if (parser->token.kind != RG_TOKEN_NUMBER)
		return fail(parser, a_value);
	term.number = parser->token.number;
	value->numbers++;
	value->percent = value->percent || parser->token.percent;
	if (!add_term(parser, value, &term))
		return false;
	take(parser);
	return true;
}

static bool parse_value(struct parser *parser, struct value *value)
{
	bool negative = rg_token_is(&parser->token, "-");

	*value = (struct value){ .changes = true };
	if (negative || rg_token_is(&parser->token, "+"))
		take(parser);
	while (parse_term(parser, value, negative)) {
		negative = rg_token_is(&parser->token, "-");
		if (!negative && !rg_token_is(&parser->token, "+"))
			return true;
		take(parser);
	}
	return false;
}

static bool parse_sign(struct parser *parser, enum rg_comparison *ret)
{
	static const char *const signs[] = {
		[RG_COMPARISON_GREATER] = ">",      [RG_COMPARISON_GREATER_EQUAL] = ">=",
		[RG_COMPARISON_LESS] = "<",         [RG_COMPARISON_LESS_EQUAL] = "<=",
		[RG_COMPARISON_EQUAL] = "==",       [RG_COMPARISON_UNEQUAL] = "!=",
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (take_if(parser, signs[i])) {
			*ret = (enum rg_comparison)i;
			return true;
		}
	/* As in queries. */
	if (take_if(parser, "=")) {
		*ret = RG_COMPARISON_EQUAL;
		return true;
	}
	return fail(parser, "one of > >= < <= = !=");
}

static size_t parse_comparison(struct parser *parser)
{
	struct rg_item item = { .kind = RG_ITEM_COMPARE, .first = parser->terms };
	struct rg_token start = parser->token, right_start;
	struct value left, right;

	if (!parse_value(parser, &left))
		return NO_ITEM;
	if (left.percent) {
		parser->token = start;
		fail(parser, "no % but alone on the right side");
		return NO_ITEM;
	}
	if (!parse_sign(parser, &item.comparison))
		return NO_ITEM;
	right_start = parser->token;
	if (!parse_value(parser, &right))
		return NO_ITEM;
	if (!left.functions && !right.functions) {
		parser->token = start;
		fail(parser, a_function);
		return NO_ITEM;
	}
	if (right.percent && (right.terms != 1 || !left.changes || left.numbers)) {
		parser->token = right_start;
		fail(parser, "no %: it stands alone on the right, and functions that begin with "
			     "delta_ or slope_ on the left");
		return NO_ITEM;
	}
	if (parser->comparisons++ == RG_CONDITION_COMPARISONS) {
		fail(parser, "an end: a condition may have 100 comparisons");
		return NO_ITEM;
	}
	item.percent = right.percent;
	item.bytes = (left.bytes || right.bytes) && !left.things && !right.things;
	item.left_terms = left.terms;
	item.right_terms = right.terms;
	if (parser->into) {
		item.text = parser->into->comparisons + (start.start - parser->text);
		/* A space, a bracket, a word or the end follows. */
		parser->into->comparisons[parser->end - parser->text] = '\0';
	}
	return add_item(parser, &item);
}

static size_t parse_not(struct parser *parser)
{
	struct rg_item item = { .kind = RG_ITEM_NOT };
	size_t result;

	if (parser->depth == RG_CONDITION_DEPTH) {
		fail(parser, "no more parentheses and nots: 32 within each other are the most");
		return NO_ITEM;
	}
	parser->depth++;
	if (take_if(parser, "not")) {
		result = item.left = parse_not(parser);
		if (result != NO_ITEM)
			result = add_item(parser, &item);
	} else if (take_if(parser, "(")) {
		result = parse_or(parser);
		if (result != NO_ITEM && !take_if(parser, ")")) {
			fail(parser, "and, or, or )");
			result = NO_ITEM;
		}
	} else {
		result = parse_comparison(parser);
	}
	parser->depth--;
	return result;
}

static size_t parse_joined(struct parser *parser, enum rg_item_kind kind, const char *word,
			   size_t (*part)(struct parser *parser))
{
	size_t result = part(parser);

	while (result != NO_ITEM && take_if(parser, word)) {
		struct rg_item item = { .kind = kind, .left = result };

		result = item.right = part(parser);
		if (result != NO_ITEM)
			result = add_item(parser, &item);
	}
	return result;
}

static size_t parse_and(struct parser *parser)
{
	return parse_joined(parser, RG_ITEM_AND, "and", parse_not);
}

static size_t parse_or(struct parser *parser)
{
	return parse_joined(parser, RG_ITEM_OR, "or", parse_and);
}

/* Reads all of @text; on failure parser->expected says what should stand at parser->token. */
static bool parse(struct parser *parser, const char *text, struct rg_condition *into)
{
	*parser = (struct parser){ .lexer = { text }, .text = text, .into = into, .end = text };
	if (strnlen(text, RG_CONDITION_LENGTH + 1) > RG_CONDITION_LENGTH) {
		parser->token.start = text + RG_CONDITION_LENGTH;
		return fail(parser, "an end: a condition may have 4096 bytes");
	}
	parser->token = rg_lexer_next(&parser->lexer);
	if (parse_or(parser) == NO_ITEM)
		return false;
	if (parser->token.kind != RG_TOKEN_END)
		return fail(parser, "and, or, or the end");
	return true;
}

static rg_error *complain(const struct parser *parser)
{
	size_t column = (size_t)(parser->token.start - parser->text), length;

	length = parser->token.length < 40 ? parser->token.length : 40;
	if (parser->token.kind == RG_TOKEN_END)
		return rg_error_new(RG_ERROR_INVALID, "column %zu: expected %s", column + 1,
				    parser->expected);
	return rg_error_new(RG_ERROR_INVALID, "column %zu: expected %s, not '%.*s'", column + 1,
			    parser->expected, (int)length, parser->token.start);
}

rg_error *rg_condition_parse(const char *text, rg_condition **ret)
{
	size_t size = strnlen(text, RG_CONDITION_LENGTH) + 1;
	struct rg_condition *condition = rg_calloc(1, sizeof(*condition) + 3 * size);
	struct parser parser;

	if (!condition)
		return rg_error_no_memory();
	condition->text = condition->room;
	condition->patterns = condition->room + size;
	condition->comparisons = condition->room + 2 * size;
	for (size_t i = 0; i < 3; i++)
		memcpy(condition->room + i * size, text, size - 1);
	if (!parse(&parser, text, condition)) {
		rg_condition_free(condition);
		return complain(&parser);
	}
	condition->item_count = parser.items;
	condition->term_count = parser.terms;
	*ret = condition;
	return NULL;
}

size_t rg_condition_fault(const char *text)
{
	struct parser parser;

	return parse(&parser, text, NULL) ? SIZE_MAX : (size_t)(parser.token.start - text);
}

const char *rg_condition_text(const rg_condition *condition)
{
	return condition->text;
}

void rg_condition_free(rg_condition *condition)
{
	rg_free(condition);
}

unsigned int rg_condition_needs(const rg_condition *condition)
{
	unsigned int needs = 0;

	for (size_t t = 0; t < condition->term_count; t++) {
		enum rg_function function = condition->terms[t].function;

		if (rg_function_of_containers(function))
			needs |= RG_CONDITION_NEEDS_CONTAINERS;
		if (rg_function_of_survivors(function))
			needs |= RG_CONDITION_NEEDS_SURVIVORS;
	}
	return needs;
}
