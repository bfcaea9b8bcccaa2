/* SPDX-License-Identifier: MIT */
/*
 * From text to a query, by descent.  Without a query to fill the same parser
 * only finds where a text stops being one.
 */
#include "analysis/query.h"

#include <string.h>

#include "analysis/lexer.h"
#include "base/alloc.h"

#define NO_ITEM RG_QUERY_NO_ITEM

struct parser {
	struct rg_lexer lexer;
	const char *text;
	struct rg_token token;  /* the next one */
	struct rg_query *into;  /* or NULL */
	size_t items, terms, tests;
	size_t depth;
	const char *end;        /* of the last token taken */
	const char *expected;   /* once something is wrong; then token is what */
	bool is_word;           /* and then whether that should be a word of the language */
	bool needs_references;
};

static const char a_test[] = "a test, as in type = app.Session or size > 10K";
static const char a_value[] = "a number or the name of one, as in size + owned > 10K";
static const char a_pattern[] =
	"a name or a pattern, in quotation marks if it holds spaces or brackets";
static const char a_place[] = "#N or #largest at the end of the name of a type";

static size_t parse_or(struct parser *parser);

static bool fail(struct parser *parser, const char *expected)
{
	if (!parser->expected)
		parser->expected = expected;
	return false;
}

static size_t no_item(struct parser *parser, const char *expected)
{
	fail(parser, expected);
	return NO_ITEM;
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

/* A pattern where the next token is: that may be cut differently, so it is read again. */
static bool take_pattern(struct parser *parser, struct rg_token *ret_token, const char **ret)
{
	struct rg_token pattern;

	parser->lexer.at = parser->end;
	pattern = rg_lexer_pattern(&parser->lexer);
	if (pattern.kind != RG_TOKEN_PATTERN) {
		parser->token = pattern;
		return fail(parser, a_pattern);
	}
	*ret = "";
	if (parser->into) {
		char *kept = parser->into->patterns + (pattern.start - parser->text);

		/* A bracket, a space, a comma, a quotation mark or the end follows. */
		kept[pattern.length] = '\0';
		*ret = kept;
	}
	*ret_token = pattern;
	parser->end = parser->lexer.at;
	parser->token = rg_lexer_next(&parser->lexer);
	return true;
}

static unsigned int cost_of(const struct parser *parser, size_t item)
{
	return parser->into && item != NO_ITEM ? parser->into->items[item].cost : 0;
}

static size_t add_item(struct parser *parser, struct rg_query_item *item)
{
	bool is_test = item->kind > RG_QUERY_OR, references = false;
	unsigned int inside = cost_of(parser, item->left), other = cost_of(parser, item->right);

	if (is_test && parser->tests++ == RG_QUERY_TESTS)
		return no_item(parser, "an end: a query may have 100 tests");
	if (parser->items == RG_QUERY_ITEMS)
		return no_item(parser, "fewer tests and operators");
	item->cost += rg_query_cost(item->kind, item->which, &references);
	parser->needs_references = parser->needs_references || references;
	if (item->cost < inside)
		item->cost = inside;
	if (item->cost < other)
		item->cost = other;
	if (parser->into)
		parser->into->items[parser->items] = *item;
	return parser->items++;
}

/* --- numbers ------------------------------------------------------------------ */

/* A value as it is read. */
struct value {
	size_t terms, names, constants;
	bool bytes;   /* all names are those of bytes */
	bool percent;
	bool references;
	unsigned int cost;
};

static bool is_bytes(uint32_t which)
{
	return which == RG_QUERY_SIZE || which == RG_QUERY_OWNED || which == RG_QUERY_RETAINED ||
	       which == RG_QUERY_SHOWN;
}

static bool parse_term(struct parser *parser, struct value *value, bool negative)
{
	struct rg_query_term term = { .which = RG_QUERY_CONSTANT, .negative = negative };
	const struct rg_query_word *word = NULL;
	bool references = false;

	if (parser->token.kind == RG_TOKEN_WORD) {
		unsigned int cost;

		word = rg_query_word_find(parser->token.start, parser->token.length);
		if (!word || word->kind != RG_QUERY_NUMBER) {
			parser->is_word = !word && !parser->expected;
			return fail(parser, a_value);
		}
		term.which = (enum rg_query_number)word->which;
		cost = rg_query_cost(RG_QUERY_NUMBER, word->which, &references);
		value->references = value->references || references;
		value->cost = cost > value->cost ? cost : value->cost;
		value->bytes = value->bytes && is_bytes(word->which);
		value->names++;
	} else if (parser->token.kind == RG_TOKEN_NUMBER) {
		term.number = parser->token.number;
		value->constants++;
		value->percent = value->percent || parser->token.percent;
	} else {
		return fail(parser, a_value);
	}
	if (parser->terms == RG_QUERY_TERMS)
		return fail(parser, "an end: a query may have 250 numbers");
	if (parser->into)
		parser->into->terms[parser->terms] = term;
	parser->terms++;
	value->terms++;
	take(parser);
	return true;
}

static bool parse_value(struct parser *parser, struct value *value)
{
	bool negative = rg_token_is(&parser->token, "-");

	*value = (struct value){ .bytes = true };
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

static bool parse_sign(struct parser *parser, enum rg_query_comparison *ret)
{
	static const struct {
		const char *text;
		enum rg_query_comparison comparison;
	} signs[] = {
		{ ">", RG_QUERY_GREATER },       { ">=", RG_QUERY_GREATER_EQUAL },
		{ "<", RG_QUERY_LESS },          { "<=", RG_QUERY_LESS_EQUAL },
		{ "=", RG_QUERY_EQUAL },         { "==", RG_QUERY_EQUAL },
		{ "!=", RG_QUERY_UNEQUAL },
	};

	for (size_t i = 0; i < sizeof(signs) / sizeof(signs[0]); i++)
		if (take_if(parser, signs[i].text)) {
			*ret = signs[i].comparison;
			return true;
		}
	return false;
}

static size_t parse_numbers(struct parser *parser)
{
	struct rg_query_item item = { .kind = RG_QUERY_NUMBER, .left = NO_ITEM, .right = NO_ITEM,
				      .first = parser->terms };
	struct rg_token start = parser->token, right_start;
	struct value left, right;

	if (!parse_value(parser, &left))
		return NO_ITEM;
	if (left.percent) {
		parser->token = start;
		return no_item(parser, "no % but alone on the right side");
	}
	if (!parse_sign(parser, &item.comparison))
		return no_item(parser, "one of > >= < <= = !=");
	right_start = parser->token;
	if (!parse_value(parser, &right))
		return NO_ITEM;
	if (!left.names && !right.names) {
		parser->token = start;
		return no_item(parser, "the name of a number on one side, as in size > 10K");
	}
	if (right.percent && (right.terms != 1 || !left.bytes || left.constants)) {
		parser->token = right_start;
		return no_item(parser, "no %: it stands alone on the right, and size, owned or "
				       "retained on the left");
	}
	item.percent = right.percent;
	item.left_terms = left.terms;
	item.right_terms = right.terms;
	/* What a number costs depends on its names, not on the kind of the test. */
	item.which = RG_QUERY_CONSTANT;
	item.cost = left.cost > right.cost ? left.cost : right.cost;
	parser->needs_references = parser->needs_references || left.references || right.references;
	return add_item(parser, &item);
}

/* --- texts --------------------------------------------------------------------- */

/* = PATTERN or != PATTERN; or, where @numbers, > NUMBER and the like. */
static bool parse_comparison(struct parser *parser, bool numbers, struct rg_query_item *item,
			     struct rg_token *ret_token, const char **ret)
{
	bool negative;

	if (!parse_sign(parser, &item->comparison))
		return fail(parser, numbers ? "one of = != > >= < <=" : "= or !=");
	if (item->comparison <= RG_QUERY_UNEQUAL)
		return take_pattern(parser, ret_token, ret);
	if (!numbers)
		return fail(parser, "= or != before a name or a pattern");
	negative = take_if(parser, "-");
	if (parser->token.kind != RG_TOKEN_NUMBER || parser->token.percent)
		return fail(parser, "a number");
	item->number = negative ? -parser->token.number : parser->token.number;
	take(parser);
	return true;
}

static size_t parse_text(struct parser *parser, const struct rg_query_word *word)
{
	struct rg_query_item item = { .kind = word->kind, .which = word->which, .left = NO_ITEM,
				      .right = NO_ITEM };
	bool is_value = word->kind == RG_QUERY_WORDS && word->which == RG_QUERY_VALUE;
	struct rg_token pattern;

	take(parser);
	if (!parse_comparison(parser, is_value, &item, &pattern, &item.pattern))
		return NO_ITEM;
	if (item.kind == RG_QUERY_TYPE &&
	    !rg_query_class_known((enum rg_query_type_word)item.which, pattern.start,
				  pattern.length)) {
		parser->token = pattern;
		return no_item(parser, item.which == RG_QUERY_TYPE_ORIGIN
					       ? "one of runtime, package, program, unknown"
					       : "the name of a role, as collection, file or task");
	}
	return add_item(parser, &item);
}

/* --- what has brackets ------------------------------------------------------------ */

static bool is_address(const struct rg_token *token)
{
	const char *at = token->start;

	if (token->length < 3 || token->length > 18 || at[0] != '0' || (at[1] | 32) != 'x')
		return false;
	for (size_t i = 2; i < token->length; i++)
		if (!strchr("0123456789abcdefABCDEF", at[i]))
			return false;
	return true;
}

static uint64_t address_of(const struct rg_token *token)
{
	uint64_t address = 0;

	for (size_t i = 2; i < token->length; i++) {
		char c = token->start[i];

		address = address * 16 + (uint64_t)(c <= '9' ? c - '0' : (c | 32) - 'a' + 10);
	}
	return address;
}

/* 0xADDRESS, TYPE, TYPE#N or TYPE#largest: a token that is one name. */
static size_t add_named(struct parser *parser, const struct rg_token *token, const char *kept)
{
	struct rg_query_item item = { .kind = RG_QUERY_NAMED, .left = NO_ITEM, .right = NO_ITEM,
				      .place = RG_QUERY_EVERY, .pattern = kept };
	const char *hash = token->start + token->length;

	if (is_address(token)) {
		item.kind = RG_QUERY_ADDRESS;
		item.place = address_of(token);
		return add_item(parser, &item);
	}
	while (hash > token->start && *hash != '#')
		hash--;
	if (*hash == '#' && hash > token->start) {
		size_t after = (size_t)(token->start + token->length - hash) - 1;
		uint64_t place = 0;

		if (after == 7 && !memcmp(hash + 1, "largest", after)) {
			item.place = RG_QUERY_LARGEST;
		} else {
			bool is_number = after > 0 && after <= 10;

			for (size_t i = 1; i <= after && is_number; i++) {
				is_number = hash[i] >= '0' && hash[i] <= '9';
				place = place * 10 + (uint64_t)(hash[i] - '0');
			}
			if (!is_number) {
				parser->token = *token;
				parser->token.kind = RG_TOKEN_BAD;
				return no_item(parser, a_place);
			}
			item.place = place;
		}
		if (parser->into)
			parser->into->patterns[hash - parser->text] = '\0';
	}
	return add_item(parser, &item);
}

/* Whether what stands before the closing bracket is a test without blanks: size>3. */
static bool begins_test(const struct rg_token *token)
{
	size_t length = strspn(token->start, "abcdefghijklmnopqrstuvwxyz_");
	const struct rg_query_word *word;

	if (length > token->length)
		length = token->length;
	word = rg_query_word_find(token->start, length);
	if (!word)
		return false;
	if (length == token->length)
		return word->kind == RG_QUERY_FLAG || word->kind == RG_QUERY_STATE ||
		       word->kind == RG_QUERY_OPEN;
	return strchr("<>=!+-", token->start[length]) != NULL;
}

/* The objects of a relation, behind its bracket: one that is named, or a query. */
static size_t parse_objects(struct parser *parser)
{
	struct rg_lexer ahead = { parser->end };
	struct rg_token name = rg_lexer_pattern(&ahead);
	bool quoted = name.kind == RG_TOKEN_PATTERN &&
		      (name.start[-1] == '\'' || name.start[-1] == '"');
	const char *after = ahead.at, *kept;

	after += strspn(after, " \t\n\r");
	if (name.kind != RG_TOKEN_PATTERN || *after != ')' || (!quoted && begins_test(&name)))
		return parse_or(parser);
	if (!take_pattern(parser, &name, &kept))
		return NO_ITEM;
	return add_named(parser, &name, kept);
}

static size_t parse_relation(struct parser *parser, const struct rg_query_word *word)
{
	struct rg_query_item item = { .kind = word->kind, .which = word->which, .right = NO_ITEM };

	take(parser);
	if (!take_if(parser, "("))
		return no_item(parser, "( and objects or a query, as in referrer(type = dict)");
	item.left = parse_objects(parser);
	if (item.left == NO_ITEM)
		return NO_ITEM;
	if (!take_if(parser, ")"))
		return no_item(parser, "and, or, or )");
	return add_item(parser, &item);
}

static size_t parse_label(struct parser *parser, const struct rg_query_word *word)
{
	struct rg_query_item item = { .kind = word->kind, .which = word->which, .left = NO_ITEM,
				      .right = NO_ITEM };
	struct rg_token pattern;

	take(parser);
	if (!rg_token_is(&parser->token, "("))
		return no_item(parser, word->which == RG_QUERY_KEY
					       ? "( and a key, as in key(token)"
					       : "( and a name, as in attr(user)");
	parser->end = parser->token.start + 1;
	if (!take_pattern(parser, &pattern, &item.pattern))
		return NO_ITEM;
	if (take_if(parser, ",")) {
		item.left = parse_objects(parser);
		if (item.left == NO_ITEM)
			return NO_ITEM;
	}
	if (!take_if(parser, ")"))
		return no_item(parser, item.left == NO_ITEM ? ") or a comma and a query"
							    : "and, or, or )");
	if (item.left == NO_ITEM && parser->token.kind == RG_TOKEN_SIGN &&
	    strchr("<>=!", *parser->token.start) &&
	    !parse_comparison(parser, true, &item, &pattern, &item.value))
		return NO_ITEM;
	return add_item(parser, &item);
}

/* --- tests and what joins them ----------------------------------------------------- */

static size_t parse_test(struct parser *parser)
{
	const struct rg_token token = parser->token;
	const struct rg_query_word *word;
	struct rg_query_item item = { .left = NO_ITEM, .right = NO_ITEM };
	struct rg_token name;
	const char *kept;

	if (is_address(&token)) {
		take(parser);
		return add_named(parser, &token, NULL);
	}
	if (token.kind == RG_TOKEN_BAD && (*token.start == '\'' || *token.start == '"')) {
		parser->end = token.start;
		if (!take_pattern(parser, &name, &kept))
			return NO_ITEM;
		return add_named(parser, &name, kept);
	}
	if (token.kind == RG_TOKEN_NUMBER || rg_token_is(&token, "-") || rg_token_is(&token, "+"))
		return parse_numbers(parser);
	if (token.kind != RG_TOKEN_WORD)
		return no_item(parser, a_test);
	word = rg_query_word_find(token.start, token.length);
	if (!word) {
		parser->is_word = !parser->expected;
		return no_item(parser, a_test);
	}
	switch (word->kind) {
	case RG_QUERY_NUMBER:
		return parse_numbers(parser);
	case RG_QUERY_TYPE:
	case RG_QUERY_WORDS:
	case RG_QUERY_ROOT:
		return parse_text(parser, word);
	case RG_QUERY_LABEL:
		return parse_label(parser, word);
	case RG_QUERY_RELATION:
		return parse_relation(parser, word);
	default:
		item.kind = word->kind;
		item.which = word->which;
		take(parser);
		return add_item(parser, &item);
	}
}

static size_t parse_not(struct parser *parser)
{
	struct rg_query_item item = { .kind = RG_QUERY_NOT, .right = NO_ITEM };
	size_t result;

	if (parser->depth == RG_QUERY_DEPTH)
		return no_item(parser, "no more parentheses and nots: 32 within each other are "
				       "the most");
	parser->depth++;
	if (take_if(parser, "not")) {
		result = item.left = parse_not(parser);
		if (result != NO_ITEM)
			result = add_item(parser, &item);
	} else if (take_if(parser, "(")) {
		result = parse_or(parser);
		if (result != NO_ITEM && !take_if(parser, ")"))
			result = no_item(parser, "and, or, or )");
	} else {
		result = parse_test(parser);
	}
	parser->depth--;
	return result;
}

static size_t parse_joined(struct parser *parser, enum rg_query_kind kind, const char *word,
			   size_t (*part)(struct parser *parser))
{
	size_t result = part(parser);

	while (result != NO_ITEM && take_if(parser, word)) {
		struct rg_query_item item = { .kind = kind, .left = result };

		result = item.right = part(parser);
		if (result != NO_ITEM)
			result = add_item(parser, &item);
	}
	return result;
}

static size_t parse_and(struct parser *parser)
{
	return parse_joined(parser, RG_QUERY_AND, "and", parse_not);
}

static size_t parse_or(struct parser *parser)
{
	return parse_joined(parser, RG_QUERY_OR, "or", parse_and);
}

/* Reads all of @text; on failure parser->expected says what should stand at parser->token. */
static bool parse(struct parser *parser, const char *text, struct rg_query *into)
{
	*parser = (struct parser){ .lexer = { text }, .text = text, .into = into, .end = text };
	if (strnlen(text, RG_QUERY_LENGTH + 1) > RG_QUERY_LENGTH) {
		parser->token.start = text + RG_QUERY_LENGTH;
		return fail(parser, "an end: a query may have 4096 bytes");
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
	const struct rg_token *token = &parser->token;
	size_t column = (size_t)(token->start - parser->text) + 1;
	int length = token->length < 40 ? (int)token->length : 40;
	char word[41] = "", near[128];

	if (token->kind == RG_TOKEN_END)
		return rg_error_new(RG_ERROR_INVALID, "column %zu: expected %s", column,
				    parser->expected);
	memcpy(word, token->start, (size_t)length);
	if (parser->is_word && rg_query_near(word, near, sizeof(near)))
		return rg_error_new(RG_ERROR_INVALID, "column %zu: expected %s, not '%s'; near: %s",
				    column, parser->expected, word, near);
	return rg_error_new(RG_ERROR_INVALID, "column %zu: expected %s, not '%s'", column,
			    parser->expected, word);
}

rg_error *rg_query_parse(const char *text, rg_query **ret)
{
	size_t size = strnlen(text, RG_QUERY_LENGTH) + 1;
	struct rg_query *query = rg_calloc(1, sizeof(*query) + 2 * size);
	struct parser parser;

	if (!query)
		return rg_error_no_memory();
	query->text = query->room;
	query->patterns = query->room + size;
	memcpy(query->room, text, size - 1);
	memcpy(query->patterns, text, size - 1);
	if (!parse(&parser, text, query)) {
		rg_query_free(query);
		return complain(&parser);
	}
	query->item_count = parser.items;
	query->term_count = parser.terms;
	query->needs_references = parser.needs_references;
	*ret = query;
	return NULL;
}

size_t rg_query_fault(const char *text)
{
	struct parser parser;

	return parse(&parser, text, NULL) ? SIZE_MAX : (size_t)(parser.token.start - text);
}

const char *rg_query_text(const rg_query *query)
{
	return query->text;
}

bool rg_query_needs_references(const rg_query *query)
{
	return query->needs_references;
}

void rg_query_free(rg_query *query)
{
	rg_free(query);
}
