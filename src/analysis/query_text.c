/* SPDX-License-Identifier: MIT */
/* Tests of names: of types, of what a description says, of roots, and objects by their type. */
#include "analysis/query.h"

#include <string.h>

#include "analysis/lexer.h"
#include "base/alloc.h"

#define LONGEST 1024 /* of what stands in quotation marks */

/* --- texts ------------------------------------------------------------------------ */

/* The text inside the quotation marks of a str or bytes as repr() writes it; false: it has none. */
static bool unquote(const char *text, char buffer[LONGEST])
{
	size_t at = 0;
	char quote;

	text += *text == 'b';
	quote = *text++;
	if (quote != '\'' && quote != '"')
		return false;
	for (; *text && at < LONGEST - 1; text++) {
		if (*text == quote)
			break;
		if (*text == '\\' && text[1]) {
			text++;
			buffer[at++] = *text == 'n' ? '\n' : *text == 't' ? '\t'
				       : *text == 'r' ? '\r' : *text;
			continue;
		}
		buffer[at++] = *text;
	}
	buffer[at] = '\0';
	/* What was cut off has no mark at its end. */
	return !*text || !text[1];
}

bool rg_query_pattern_fits(const char *pattern, const char *text)
{
	char inside[LONGEST];

	return rg_pattern_match(pattern, text) ||
	       (unquote(text, inside) && rg_pattern_match(pattern, inside));
}

/* A number as repr() writes it; false: it is none. */
static bool read_number(const char *text, double *ret)
{
	struct rg_lexer lexer;
	struct rg_token token;
	bool negative = *text == '-';

	text += negative;
	if (strspn(text, "0123456789.") != strlen(text))
		return false;
	lexer.at = text;
	token = rg_lexer_next(&lexer);
	if (token.kind != RG_TOKEN_NUMBER || *lexer.at)
		return false;
	*ret = negative ? -token.number : token.number;
	return true;
}

bool rg_query_value_fits(const struct rg_query_item *item, const char *pattern, const char *value)
{
	double number;

	if (!*value)
		return false;
	if (item->comparison > RG_COMPARISON_UNEQUAL)
		return read_number(value, &number) &&
		       rg_compare(item->comparison, number, item->number);
	return rg_query_pattern_fits(pattern, value) == (item->comparison == RG_COMPARISON_EQUAL);
}

/* --- types -------------------------------------------------------------------------- */

static bool type_fits(const struct rg_query_item *item, const struct rg_type *type)
{
	const char *pattern = item->pattern;
	struct rg_type_selection one = { &pattern, 1, false };

	switch ((enum rg_query_type_word)item->which) {
	case RG_QUERY_TYPE_NAME:
		return rg_pattern_match(pattern, type->name) ||
		       rg_pattern_match(pattern, type->short_name);
	case RG_QUERY_TYPE_MODULE:
		return rg_type_selected(type, &one);
	case RG_QUERY_TYPE_ORIGIN:
		return rg_pattern_match(pattern, rg_origin_name(type->origin));
	case RG_QUERY_TYPE_ROLE:
		return rg_pattern_match(pattern, rg_role_name(type->role));
	}
	return false;
}

/* Notes that @pattern fits no type. */
static void note_unknown(struct rg_query_run *run, const char *pattern)
{
	for (size_t i = 0; i < run->unknown_count; i++)
		if (!strcmp(run->unknown[i], pattern))
			return;
	if (run->unknown_count < RG_QUERY_ITEMS)
		run->unknown[run->unknown_count++] = pattern;
}

rg_error *rg_query_type(struct rg_query_run *run, const struct rg_query_item *item,
			const uint64_t *domain, uint64_t *ret)
{
	const rg_graph *graph = run->graph;
	bool *fits = rg_calloc(graph->types.count + 1, sizeof(*fits)), any = false;
	rg_id id;

	if (!fits)
		return rg_error_no_memory();
	for (size_t t = 0; t < graph->types.count; t++) {
		bool does = type_fits(item, &graph->types.data[t]);

		any = any || does;
		fits[t] = does == (item->comparison == RG_COMPARISON_EQUAL);
	}
	if (!any && item->which <= RG_QUERY_TYPE_MODULE)
		note_unknown(run, item->pattern);
	rg_query_for_each(graph, domain, id)
		if (fits[graph->type[id]])
			rg_bitset_add(ret, id);
	rg_free(fits);
	return NULL;
}

/* By full name, else by short name, else as a pattern: as objects are named elsewhere. */
static bool *find_named(const rg_graph *graph, const char *pattern, bool *ret_any)
{
	bool *fits = rg_calloc(graph->types.count + 1, sizeof(*fits)), any = false;

	for (int way = 0; fits && way < 3 && !any; way++)
		for (size_t t = 0; t < graph->types.count; t++) {
			const struct rg_type *type = &graph->types.data[t];

			fits[t] = way == 0 ? !strcmp(pattern, type->name)
				  : way == 1 ? !strcmp(pattern, type->short_name)
				  : rg_pattern_match(pattern, type->name) ||
				    rg_pattern_match(pattern, type->short_name);
			any = any || fits[t];
		}
	*ret_any = any;
	return fits;
}

rg_error *rg_query_named(struct rg_query_run *run, const struct rg_query_item *item,
			 const uint64_t *domain, uint64_t *ret)
{
	const rg_graph *graph = run->graph;
	uint64_t place = item->place, met = 0, most = 0;
	rg_id chosen = RG_NONE;
	bool any, *fits = find_named(graph, item->pattern, &any);

	if (!fits)
		return rg_error_no_memory();
	if (!any)
		note_unknown(run, item->pattern);
	for (rg_id id = 0; any && id < graph->count; id++) {
		uint64_t bytes;

		if (!fits[graph->type[id]])
			continue;
		if (place == RG_QUERY_EVERY && rg_bitset_test(domain, id))
			rg_bitset_add(ret, id);
		bytes = rg_store_size(graph, id) + rg_store_owned(graph, id);
		if (place == RG_QUERY_LARGEST ? chosen == RG_NONE || bytes > most : met == place) {
			chosen = id;
			most = bytes;
		}
		met++;
	}
	rg_free(fits);
	if (place == RG_QUERY_EVERY || place == RG_QUERY_LARGEST || !any) {
		if (chosen != RG_NONE && place == RG_QUERY_LARGEST &&
		    rg_bitset_test(domain, chosen))
			rg_bitset_add(ret, chosen);
		return NULL;
	}
	if (chosen == RG_NONE)
		return rg_error_new(RG_ERROR_NOT_FOUND, "there are only %llu objects of type '%s', "
				    "counted from #0: #%llu is none of them",
				    (unsigned long long)met, item->pattern,
				    (unsigned long long)place);
	if (rg_bitset_test(domain, chosen))
		rg_bitset_add(ret, chosen);
	return NULL;
}

/* --- descriptions and roots -------------------------------------------------------------- */

void rg_query_words(const struct rg_query_run *run, const struct rg_query_item *item,
		    const uint64_t *domain, uint64_t *ret)
{
	bool is_value = item->which == RG_QUERY_VALUE;
	struct rg_description words;
	rg_id id;

	rg_query_for_each(run->graph, domain, id) {
		const char *text;
		bool fits;

		rg_graph_describe(run->graph, id, is_value, &words);
		text = item->which == RG_QUERY_NAME ? words.name : words.text;
		if (is_value)
			fits = rg_query_value_fits(item, item->pattern, words.value);
		else
			fits = *text && rg_pattern_match(item->pattern, text) ==
						(item->comparison == RG_COMPARISON_EQUAL);
		if (fits)
			rg_bitset_add(ret, id);
	}
}

void rg_query_root(const struct rg_query_run *run, const struct rg_query_item *item,
		   const uint64_t *domain, uint64_t *ret)
{
	const rg_graph *graph = run->graph;

	/* != asks for a root of another name. */
	for (size_t i = 0; i < graph->roots.count; i++) {
		const struct rg_root *root = &graph->roots.data[i];
		bool fits = rg_pattern_match(item->pattern, root->name) ||
			    rg_pattern_match(item->pattern, rg_root_kind_name(root->kind));

		if (fits == (item->comparison == RG_COMPARISON_EQUAL) &&
		    rg_bitset_test(domain, root->object))
			rg_bitset_add(ret, root->object);
	}
}
