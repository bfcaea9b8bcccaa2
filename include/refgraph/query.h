/* SPDX-License-Identifier: MIT */
/*
 * Queries: which objects, as people write it:
 *
 *	type = app.Session and size + owned > 10K
 *	attr(user) = 'bob' and not unreachable
 *	type = dict and len > 1000 and referrer(type = app.*)
 *
 *	query:    tests joined by `or`, `and`, `not` and parentheses; `not` binds
 *	          closest, then `and`
 *	test:     FLAG
 *	          VALUE > VALUE, and >= < <= = == !=
 *	          TEXT = PATTERN, and == !=
 *	          attr(PATTERN), key(PATTERN); behind them = PATTERN, != PATTERN or > NUMBER
 *	          and so on, or inside behind a comma OBJECTS
 *	          RELATION(OBJECTS)
 *	          0xADDRESS, or the name of a type in quotation marks
 *	objects:  a query, 0xADDRESS, TYPE, TYPE#N or TYPE#largest
 *	value:    numbers and names of numbers joined by + and -; the first may have a sign
 *
 * Numbers and patterns are those of conditions (condition.h).  N% stands alone on
 * the right of a comparison of bytes: so many hundredths of all bytes.
 *
 *	flags:     tracked immortal frozen finalizer unreachable lost unreached opaque
 *	           unreadable plumbing is_type is_module open
 *	numbers:   size owned retained refcount external in out depth len bound shown
 *	           descriptor
 *	texts:     type module origin role name text value root
 *	relations: referrer referent reachable_from retained_by dominator
 *
 * What is not known of an object (the len of a number, the depth of what no root
 * leads to) makes a comparison false, whatever it is; so `not` makes it true.
 * refgraph(1) explains each word.
 */
#ifndef REFGRAPH_QUERY_H
#define REFGRAPH_QUERY_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

typedef struct rg_query rg_query;

/*
 * rg_query_parse - reads @text, of at most 4096 bytes, 100 tests, 250 terms, and
 * parentheses and `not` 32 deep.  *@ret is freed with rg_query_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INVALID when it is no query: the sentence
 * names the column and what was expected there, or the words that are near.
 * Complexity: O(length).
 */
RG_API RG_MUST_CHECK rg_error *rg_query_parse(const char *text, rg_query **ret);

/*
 * rg_query_fault - the byte of @text at which it stops being a query, SIZE_MAX if
 * it is one.  O(length); cannot fail.
 */
RG_API size_t rg_query_fault(const char *text);

/*
 * rg_query_near - the words of the language nearest to @word, with commas between,
 * in @buffer of @size bytes; false, and "", where none is near.  O(length); cannot fail.
 */
RG_API bool rg_query_near(const char *word, char *buffer, size_t size);

/* rg_query_text - what was parsed, owned by @query.  O(1); cannot fail. */
RG_API const char *rg_query_text(const rg_query *query);

/*
 * rg_query_needs_references - whether @query wants a graph with references, that
 * of rg_dump_graph(); else that of rg_dump_objects() will do.  O(1); cannot fail.
 */
RG_API bool rg_query_needs_references(const rg_query *query);

/* What the caller knows already, so that it is not worked out again; each may be NULL. */
struct rg_query_context {
	size_t size;
	const struct rg_dominators *dominators;
	const struct rg_garbage *garbage;
};

/* The objects that a query selects. */
struct rg_query_result {
	const rg_id *ids;            /* ascending */
	size_t count;
	const char *const *unknown;  /* patterns of types and modules that fit none, each once;
					they belong to the query */
	size_t unknown_count;
};

/*
 * rg_query_select - the objects of @graph for which @query holds.  What it needs
 * beyond the arrays of the graph (dominators, distances from roots, unreachable
 * objects) is found once, and only if it still matters after the tests that cost
 * little.  Labels and contents are read whatever may be shown.
 * *@ret is freed with rg_query_result_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_NOT_FOUND for an address at which no object
 * starts, and for TYPE#N beyond the last; RG_ERROR_INCOMPLETE for what the dump
 * does not tell (roots, counts); RG_ERROR_INVALID without the references it needs.
 * Complexity: O(objects * tests) time and some bits an object for each level of
 * parentheses; with relations, attr and key O(references) for each; depth 4
 * bytes an object; retained, dominator, unreachable and lost as
 * rg_dominators_find() and rg_garbage_find() have it.
 */
RG_API RG_MUST_CHECK rg_error *rg_query_select(const rg_graph *graph, const rg_query *query,
					       const struct rg_query_context *context,
					       struct rg_query_result **ret);

/* rg_query_result_free - releases @result; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_query_result_free(struct rg_query_result *result);

/* rg_query_free - releases @query; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_query_free(rg_query *query);

#endif
