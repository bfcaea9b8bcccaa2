/* SPDX-License-Identifier: MIT */
/*
 * Conditions on how a heap grew, as people write them for a gate:
 *
 *	delta_bytes(*) > 10M
 *	count(app.Session) > 1000 or climbing(app.*) > 0
 *	not delta_count(app.*) <= 5%
 *
 *	condition:  comparisons joined by `or`, `and`, `not` and parentheses;
 *	            `not` binds closest, then `and`
 *	comparison: VALUE > VALUE, and >= < <= == !=; = is ==
 *	value:      terms joined by + and -; the first may have a sign
 *	term:       FUNCTION(PATTERN), or a number: 12, 2.5, 10K (K M G T are
 *	            powers of 1024)
 *
 * A pattern is one of rg_pattern_match() and fits types by their full or their
 * short name; where it holds spaces, brackets, commas or quotes it stands in
 * quotation marks.  The functions add up over all types that fit:
 *
 *	count, bytes, owned                  in the last dump
 *	delta_count, delta_bytes, delta_owned  last against first after warmup
 *	slope_count, slope_bytes, slope_owned  a dump, as rg_growth_row has it
 *	new, gone, climbing, plateaued       how many types are
 *	survivors, survivor_bytes            of rg_survivors_find(): how many, and
 *	                                     sizes with what they own
 *
 * or over all containers (containers.h) whose path, whose shape or whose
 * signature the pattern fits:
 *
 *	elements, retained                   in the last dump; of containers within
 *	                                     each other what both retain counts twice
 *	delta_elements, delta_retained       last against first after warmup
 *	slope_elements                       a dump
 *	exclusive                            bytes of newcomers that would go with it;
 *	                                     where nobody weighed them, what it retains more
 *
 * N% stands alone on the right of a comparison of deltas or slopes, and is N
 * hundredths of what the same types had in the first dump after warmup: where
 * they had nothing, 0.
 */
#ifndef REFGRAPH_CONDITION_H
#define REFGRAPH_CONDITION_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

typedef struct rg_condition rg_condition;

/* A comparison that decides the answer: all others could be anything. */
struct rg_condition_fact {
	const char *text; /* the comparison as it was written */
	bool holds;       /* whether it is true */
	bool bytes;       /* its functions give bytes, not numbers of things */
	double value;     /* of its left side */
	double limit;     /* of its right side */
};

struct rg_judgement {
	bool holds;               /* whether the whole condition is true */
	const struct rg_condition_fact *facts; /* as they stand in the condition */
	size_t fact_count;        /* at least one */
	const char *const *unknown; /* patterns that fit no type of any dump, each once */
	size_t unknown_count;     /* how many */
	const char *const *unknown_containers; /* that fit no container that has a row, each once */
	size_t unknown_container_count; /* how many */
};

/* What a condition is held against; all zero but what it needs. */
struct rg_condition_subject {
	size_t size;
	const struct rg_growth *growth;               /* of all types, without peak */
	const struct rg_container_growth *containers; /* with all; for functions of containers */
	const struct rg_type_table *survivors;        /* for functions of survivors */
};

/* What rg_condition_needs() says. */
enum rg_condition_need {
	RG_CONDITION_NEEDS_CONTAINERS = 1u << 0, /* rg_condition_subject.containers */
	RG_CONDITION_NEEDS_SURVIVORS = 1u << 1,  /* rg_condition_subject.survivors */
};

/*
 * rg_condition_parse - reads @text, of at most 4096 bytes, 250 terms, 100
 * comparisons, and parentheses and `not` 32 deep.  *@ret is freed with
 * rg_condition_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INVALID when it is no condition: the
 * sentence names the column and what was expected there.
 * Complexity: O(length).
 */
RG_API RG_MUST_CHECK rg_error *rg_condition_parse(const char *text, rg_condition **ret);

/*
 * rg_condition_fault - the byte of @text at which it stops being a condition,
 * SIZE_MAX if it is one.  O(length); cannot fail.
 */
RG_API size_t rg_condition_fault(const char *text);

/* rg_condition_text - what was parsed, owned by @condition.  O(1); cannot fail. */
RG_API const char *rg_condition_text(const rg_condition *condition);

/*
 * rg_condition_concerns - whether a pattern of @condition fits the type of
 * @row.  O(patterns * length of names); cannot fail.
 */
RG_API bool rg_condition_concerns(const rg_condition *condition, const struct rg_growth_row *row);

/*
 * rg_condition_judge - whether @condition holds of @growth, which was made with
 * all types and without peak.  Numbers are exact up to 2^53.  *@ret points into
 * @condition, and is freed with rg_judgement_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INVALID when @growth was made otherwise.
 * Complexity: O(terms * types).
 */
RG_API RG_MUST_CHECK rg_error *rg_condition_judge(const rg_condition *condition,
						  const struct rg_growth *growth,
						  struct rg_judgement **ret);

/*
 * rg_condition_needs - what beside a growth of types @condition asks about, as
 * rg_condition_need.  O(terms); cannot fail.
 */
RG_API unsigned int rg_condition_needs(const rg_condition *condition);

/*
 * rg_condition_judge_all - as rg_condition_judge, of all that @subject has.  *@ret points into
 * @condition, and is freed with rg_judgement_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INVALID when something that the condition
 * needs is missing or was made otherwise.
 * Complexity: O(terms * (types + containers * length of paths)).
 */
RG_API RG_MUST_CHECK rg_error *rg_condition_judge_all(const rg_condition *condition,
						      const struct rg_condition_subject *subject,
						      struct rg_judgement **ret);

/*
 * rg_condition_concerns_container - whether a pattern of @condition that is
 * one of containers fits @row.  O(patterns * length of paths); cannot fail.
 */
RG_API bool rg_condition_concerns_container(const rg_condition *condition,
					    const struct rg_container_growth_row *row);

/* rg_judgement_free - releases @judgement; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_judgement_free(struct rg_judgement *judgement);

/* rg_condition_free - releases @condition; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_condition_free(rg_condition *condition);

#endif
