/* SPDX-License-Identifier: MIT */
/*
 * From text to a condition, by descent.  Without a condition to fill the same
 * parser only finds where a text stops being one.
 */
#include "base/error.h"

#include <string.h>

#include "analysis/condition.h"
#include "base/alloc.h"

struct parser {
	struct rg_reader in;        /* the first member */
	struct rg_condition *into;  /* or NULL */
	size_t items, terms, comparisons;
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

static size_t add_item(struct parser *parser, const struct rg_item *item)
{
	if (parser->items == RG_CONDITION_ITEMS) {
		return rg_reader_none(&parser->in, "fewer comparisons and operators");
	}
	if (parser->into)
		parser->into->items[parser->items] = *item;
	return parser->items++;
}

static bool add_term(struct parser *parser, struct value *value, const struct rg_term *term)
{
	if (parser->terms == RG_CONDITION_TERMS)
		return rg_reader_fail(&parser->in, "an end: a condition may have 250 terms");
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
	kept = parser->into->patterns + (token->start - parser->in.text);
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

	while (which < count && !rg_token_is(&parser->in.token, functions[which].name))
		which++;
	if (which == count)
		return rg_reader_fail(&parser->in, a_function);
	term.function = functions[which].function;
	rg_reader_take(&parser->in);
	if (!rg_token_is(&parser->in.token, "("))
		return rg_reader_fail(&parser->in, "( and a type");
	/* What follows the bracket is no token, so it is read from there again. */
	parser->in.lexer.at = parser->in.token.start + 1;
	pattern = rg_lexer_pattern(&parser->in.lexer);
	if (pattern.kind != RG_TOKEN_PATTERN) {
		parser->in.token = pattern;
		return rg_reader_fail(&parser->in, "a type or a pattern, in quotation marks if it "
						   "holds spaces or brackets");
	}
	parser->in.token = rg_lexer_next(&parser->in.lexer);
	if (!rg_reader_take_if(&parser->in, ")"))
		return rg_reader_fail(&parser->in, ")");
	term.pattern = keep_pattern(parser, &pattern);
	value->functions++;
	value->changes = value->changes && is_change(term.function);
	if (is_of_things(term.function))
		value->things = true;
	else
		value->bytes = true;
	return add_term(parser, value, &term);
}

static bool parse_term(struct rg_reader *reader, void *into, bool negative)
{
	struct parser *parser = (struct parser *)reader;
	struct value *value = into;
	struct rg_term term = { .function = RG_FUNCTION_NUMBER, .negative = negative };

	if (parser->in.token.kind == RG_TOKEN_WORD)
		return parse_function(parser, value, negative);
	if (parser->in.token.kind != RG_TOKEN_NUMBER)
		return rg_reader_fail(&parser->in, a_value);
	term.number = parser->in.token.number;
	value->numbers++;
	value->percent = value->percent || parser->in.token.percent;
	if (!add_term(parser, value, &term))
		return false;
	rg_reader_take(&parser->in);
	return true;
}

static size_t parse_comparison(struct rg_reader *reader)
{
	struct parser *parser = (struct parser *)reader;
	struct rg_item item = { .kind = RG_ITEM_COMPARE, .first = parser->terms };
	struct rg_token start = parser->in.token, right_start;
	struct value left = { .changes = true }, right = { .changes = true };

	if (!rg_reader_sum(&parser->in, &left))
		return RG_READER_NONE;
	if (left.percent) {
		parser->in.token = start;
		return rg_reader_none(&parser->in, "no % but alone on the right side");
	}
	if (!rg_reader_comparison(&parser->in, &item.comparison))
		return rg_reader_none(&parser->in, "one of > >= < <= = !=");
	right_start = parser->in.token;
	if (!rg_reader_sum(&parser->in, &right))
		return RG_READER_NONE;
	if (!left.functions && !right.functions) {
		parser->in.token = start;
		return rg_reader_none(&parser->in, a_function);
	}
	if (right.percent && (right.terms != 1 || !left.changes || left.numbers)) {
		parser->in.token = right_start;
		return rg_reader_none(&parser->in, "no %: it stands alone on the right, and "
						   "functions that begin with delta_ or slope_ on "
						   "the left");
	}
	if (parser->comparisons++ == RG_CONDITION_COMPARISONS) {
		return rg_reader_none(&parser->in, "an end: a condition may have 100 comparisons");
	}
	item.percent = right.percent;
	item.bytes = (left.bytes || right.bytes) && !left.things && !right.things;
	item.left_terms = left.terms;
	item.right_terms = right.terms;
	if (parser->into) {
		item.text = parser->into->comparisons + (start.start - parser->in.text);
		/* A space, a bracket, a word or the end follows. */
		parser->into->comparisons[parser->in.end - parser->in.text] = '\0';
	}
	return add_item(parser, &item);
}

static size_t join(struct rg_reader *reader, enum rg_join how, size_t left, size_t right)
{
	static const enum rg_item_kind kinds[] = {
		[RG_JOIN_NOT] = RG_ITEM_NOT, [RG_JOIN_AND] = RG_ITEM_AND, [RG_JOIN_OR] = RG_ITEM_OR,
	};
	struct rg_item item = { .kind = kinds[how], .left = left, .right = right };

	return add_item((struct parser *)reader, &item);
}

/* Reads all of @text into @into, or into nothing. */
static bool parse(struct parser *parser, const char *text, struct rg_condition *into)
{
	static const struct rg_grammar grammar = {
		.length = RG_CONDITION_LENGTH,
		.too_long = "an end: a condition may have 4096 bytes",
		.test = parse_comparison,
		.join = join,
		.term = parse_term,
	};

	*parser = (struct parser){ .into = into };
	return rg_reader_parse(&parser->in, &grammar, text);
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
		return rg_reader_complain(&parser.in, "");
	}
	condition->item_count = parser.items;
	condition->term_count = parser.terms;
	*ret = condition;
	return NULL;
}

size_t rg_condition_fault(const char *text)
{
	struct parser parser;

	return parse(&parser, text, NULL) ? SIZE_MAX : (size_t)(parser.in.token.start - text);
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
