/* SPDX-License-Identifier: MIT */
/*
 * From text to a query, by descent.  Without a query to fill the same parser
 * only finds where a text stops being one.
 */
#include "analysis/query.h"

#include <string.h>

#include "base/alloc.h"

struct parser {
	struct rg_reader in;    /* the first member */
	struct rg_query *into;  /* or NULL */
	size_t items, terms, tests;
	bool is_word;           /* where something is wrong: it should be a word of the language */
	bool needs_references;
};

static const char a_test[] = "a test, as in type = app.Session or size > 10K";
static const char a_value[] = "a number or the name of one, as in size + owned > 10K";
static const char a_pattern[] =
	"a name or a pattern, in quotation marks if it holds spaces or brackets";
static const char a_place[] = "#N or #largest at the end of the name of a type";

/* A pattern where the next token is: that may be cut differently, so it is read again. */
static bool take_pattern(struct parser *parser, struct rg_token *ret_token, const char **ret)
{
	struct rg_token pattern;

	parser->in.lexer.at = parser->in.end;
	pattern = rg_lexer_pattern(&parser->in.lexer);
	if (pattern.kind != RG_TOKEN_PATTERN) {
		parser->in.token = pattern;
		return rg_reader_fail(&parser->in, a_pattern);
	}
	*ret = "";
	if (parser->into) {
		char *kept = parser->into->patterns + (pattern.start - parser->in.text);

		/* A bracket, a space, a comma, a quotation mark or the end follows. */
		kept[pattern.length] = '\0';
		*ret = kept;
	}
	*ret_token = pattern;
	parser->in.end = parser->in.lexer.at;
	parser->in.token = rg_lexer_next(&parser->in.lexer);
	return true;
}

static unsigned int cost_of(const struct parser *parser, size_t item)
{
	return parser->into && item != RG_READER_NONE ? parser->into->items[item].cost : 0;
}

static size_t add_item(struct parser *parser, struct rg_query_item *item)
{
	bool is_test = item->kind > RG_QUERY_OR, references = false;
	unsigned int inside = cost_of(parser, item->left), other = cost_of(parser, item->right);

	if (is_test && parser->tests++ == RG_QUERY_TESTS)
		return rg_reader_none(&parser->in, "an end: a query may have 100 tests");
	if (parser->items == RG_QUERY_ITEMS)
		return rg_reader_none(&parser->in, "fewer tests and operators");
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

static bool parse_term(struct rg_reader *reader, void *into, bool negative)
{
	struct parser *parser = (struct parser *)reader;
	struct value *value = into;
	struct rg_query_term term = { .which = RG_QUERY_CONSTANT, .negative = negative };
	const struct rg_query_word *word = NULL;
	bool references = false;

	if (parser->in.token.kind == RG_TOKEN_WORD) {
		unsigned int cost;

		word = rg_query_word_find(parser->in.token.start, parser->in.token.length);
		if (!word || word->kind != RG_QUERY_NUMBER) {
			parser->is_word = !word && !parser->in.expected;
			return rg_reader_fail(&parser->in, a_value);
		}
		term.which = (enum rg_query_number)word->which;
		cost = rg_query_cost(RG_QUERY_NUMBER, word->which, &references);
		value->references = value->references || references;
		value->cost = cost > value->cost ? cost : value->cost;
		value->bytes = value->bytes && is_bytes(word->which);
		value->names++;
	} else if (parser->in.token.kind == RG_TOKEN_NUMBER) {
		term.number = parser->in.token.number;
		value->constants++;
		value->percent = value->percent || parser->in.token.percent;
	} else {
		return rg_reader_fail(&parser->in, a_value);
	}
	if (parser->terms == RG_QUERY_TERMS)
		return rg_reader_fail(&parser->in, "an end: a query may have 250 numbers");
	if (parser->into)
		parser->into->terms[parser->terms] = term;
	parser->terms++;
	value->terms++;
	rg_reader_take(&parser->in);
	return true;
}

static size_t parse_numbers(struct parser *parser)
{
	struct rg_query_item item = { .kind = RG_QUERY_NUMBER, .left = RG_READER_NONE,
				      .right = RG_READER_NONE,
				      .first = parser->terms };
	struct rg_token start = parser->in.token, right_start;
	struct value left = { .bytes = true }, right = { .bytes = true };

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
	if (!left.names && !right.names) {
		parser->in.token = start;
		return rg_reader_none(&parser->in,
				      "the name of a number on one side, as in size > 10K");
	}
	if (right.percent && (right.terms != 1 || !left.bytes || left.constants)) {
		parser->in.token = right_start;
		return rg_reader_none(&parser->in, "no %: it stands alone on the right, and size, "
						   "owned or retained on the left");
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

	if (!rg_reader_comparison(&parser->in, &item->comparison))
		return rg_reader_fail(&parser->in, numbers ? "one of = != > >= < <=" : "= or !=");
	if (item->comparison <= RG_COMPARISON_UNEQUAL)
		return take_pattern(parser, ret_token, ret);
	if (!numbers)
		return rg_reader_fail(&parser->in, "= or != before a name or a pattern");
	negative = rg_reader_take_if(&parser->in, "-");
	if (parser->in.token.kind != RG_TOKEN_NUMBER || parser->in.token.percent)
		return rg_reader_fail(&parser->in, "a number");
	item->number = negative ? -parser->in.token.number : parser->in.token.number;
	rg_reader_take(&parser->in);
	return true;
}

static size_t parse_text(struct parser *parser, const struct rg_query_word *word)
{
	struct rg_query_item item = { .kind = word->kind, .which = word->which,
				      .left = RG_READER_NONE, .right = RG_READER_NONE };
	bool is_value = word->kind == RG_QUERY_WORDS && word->which == RG_QUERY_VALUE;
	struct rg_token pattern;

	rg_reader_take(&parser->in);
	if (!parse_comparison(parser, is_value, &item, &pattern, &item.pattern))
		return RG_READER_NONE;
	if (item.kind == RG_QUERY_TYPE &&
	    !rg_query_class_known((enum rg_query_type_word)item.which, pattern.start,
				  pattern.length)) {
		parser->in.token = pattern;
		return rg_reader_none(&parser->in, item.which == RG_QUERY_TYPE_ORIGIN
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
	struct rg_query_item item = { .kind = RG_QUERY_NAMED, .left = RG_READER_NONE,
				      .right = RG_READER_NONE,
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
				parser->in.token = *token;
				parser->in.token.kind = RG_TOKEN_BAD;
				return rg_reader_none(&parser->in, a_place);
			}
			item.place = place;
		}
		if (parser->into)
			parser->into->patterns[hash - parser->in.text] = '\0';
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
	struct rg_lexer ahead = { parser->in.end };
	struct rg_token name = rg_lexer_pattern(&ahead);
	bool quoted = name.kind == RG_TOKEN_PATTERN &&
		      (name.start[-1] == '\'' || name.start[-1] == '"');
	const char *after = ahead.at, *kept;

	after += strspn(after, " \t\n\r");
	if (name.kind != RG_TOKEN_PATTERN || *after != ')' || (!quoted && begins_test(&name)))
		return rg_reader_any(&parser->in);
	if (!take_pattern(parser, &name, &kept))
		return RG_READER_NONE;
	return add_named(parser, &name, kept);
}

static size_t parse_relation(struct parser *parser, const struct rg_query_word *word)
{
	struct rg_query_item item = { .kind = word->kind, .which = word->which,
				      .right = RG_READER_NONE };

	rg_reader_take(&parser->in);
	if (!rg_reader_take_if(&parser->in, "("))
		return rg_reader_none(&parser->in,
				      "( and objects or a query, as in referrer(type = dict)");
	item.left = parse_objects(parser);
	if (item.left == RG_READER_NONE)
		return RG_READER_NONE;
	if (!rg_reader_take_if(&parser->in, ")"))
		return rg_reader_none(&parser->in, "and, or, or )");
	return add_item(parser, &item);
}

static size_t parse_label(struct parser *parser, const struct rg_query_word *word)
{
	struct rg_query_item item = { .kind = word->kind, .which = word->which,
				      .left = RG_READER_NONE, .right = RG_READER_NONE };
	struct rg_token pattern;

	rg_reader_take(&parser->in);
	if (!rg_token_is(&parser->in.token, "("))
		return rg_reader_none(&parser->in, word->which == RG_QUERY_KEY
					       ? "( and a key, as in key(token)"
					       : "( and a name, as in attr(user)");
	parser->in.end = parser->in.token.start + 1;
	if (!take_pattern(parser, &pattern, &item.pattern))
		return RG_READER_NONE;
	if (rg_reader_take_if(&parser->in, ",")) {
		item.left = parse_objects(parser);
		if (item.left == RG_READER_NONE)
			return RG_READER_NONE;
	}
	if (!rg_reader_take_if(&parser->in, ")"))
		return rg_reader_none(&parser->in, item.left == RG_READER_NONE
							   ? ") or a comma and a query"
							   : "and, or, or )");
	if (item.left == RG_READER_NONE && parser->in.token.kind == RG_TOKEN_SIGN &&
	    strchr("<>=!", *parser->in.token.start) &&
	    !parse_comparison(parser, true, &item, &pattern, &item.value))
		return RG_READER_NONE;
	return add_item(parser, &item);
}

/* --- tests and what joins them ----------------------------------------------------- */

static size_t parse_test(struct rg_reader *reader)
{
	struct parser *parser = (struct parser *)reader;
	const struct rg_token token = parser->in.token;
	const struct rg_query_word *word;
	struct rg_query_item item = { .left = RG_READER_NONE, .right = RG_READER_NONE };
	struct rg_token name;
	const char *kept;

	if (is_address(&token)) {
		rg_reader_take(&parser->in);
		return add_named(parser, &token, NULL);
	}
	if (token.kind == RG_TOKEN_BAD && (*token.start == '\'' || *token.start == '"')) {
		parser->in.end = token.start;
		if (!take_pattern(parser, &name, &kept))
			return RG_READER_NONE;
		return add_named(parser, &name, kept);
	}
	if (token.kind == RG_TOKEN_NUMBER || rg_token_is(&token, "-") || rg_token_is(&token, "+"))
		return parse_numbers(parser);
	if (token.kind != RG_TOKEN_WORD)
		return rg_reader_none(&parser->in, a_test);
	word = rg_query_word_find(token.start, token.length);
	if (!word) {
		parser->is_word = !parser->in.expected;
		return rg_reader_none(&parser->in, a_test);
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
		rg_reader_take(&parser->in);
		return add_item(parser, &item);
	}
}

static size_t join(struct rg_reader *reader, enum rg_join how, size_t left, size_t right)
{
	static const enum rg_query_kind kinds[] = {
		[RG_JOIN_NOT] = RG_QUERY_NOT,
		[RG_JOIN_AND] = RG_QUERY_AND,
		[RG_JOIN_OR] = RG_QUERY_OR,
	};
	struct rg_query_item item = { .kind = kinds[how], .left = left, .right = right };

	return add_item((struct parser *)reader, &item);
}

/* Reads all of @text into @into, or into nothing. */
static bool parse(struct parser *parser, const char *text, struct rg_query *into)
{
	static const struct rg_grammar grammar = {
		.length = RG_QUERY_LENGTH,
		.too_long = "an end: a query may have 4096 bytes",
		.test = parse_test,
		.join = join,
		.term = parse_term,
	};

	*parser = (struct parser){ .into = into };
	return rg_reader_parse(&parser->in, &grammar, text);
}

static rg_error *complain(const struct parser *parser)
{
	const struct rg_token *token = &parser->in.token;
	char word[41] = "", near[128] = "";

	memcpy(word, token->start, token->length < 40 ? token->length : 40);
	if (!parser->is_word || !rg_query_near(word, near, sizeof(near)))
		near[0] = '\0';
	return rg_reader_complain(&parser->in, near);
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

	return parse(&parser, text, NULL) ? SIZE_MAX : (size_t)(parser.in.token.start - text);
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
