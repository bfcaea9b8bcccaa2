/* SPDX-License-Identifier: MIT */
/* Whether a condition holds of how a heap grew, and which comparisons decide that. */
#include "base/error.h"

#include <string.h>

#include "analysis/condition.h"
#include "base/alloc.h"

struct judgement {
	struct rg_judgement public;
	struct rg_condition_fact facts[RG_CONDITION_COMPARISONS];
	const char *unknown[RG_CONDITION_TERMS];
};

/* What is known of each item. */
struct answer {
	bool holds;
	bool decides;
	double value, limit;
};

static bool fits(const struct rg_term *term, const struct rg_growth_row *row)
{
	return rg_pattern_match(term->pattern, row->name) ||
	       rg_pattern_match(term->pattern, row->short_name);
}

/* What the function gives for one type. */
static double of_row(enum rg_function function, const struct rg_growth_row *row, size_t last)
{
	switch (function) {
	case RG_FUNCTION_COUNT:
		return (double)row->counts[last];
	case RG_FUNCTION_BYTES:
		return (double)row->bytes[last];
	case RG_FUNCTION_OWNED:
		return (double)row->owned[last];
	case RG_FUNCTION_DELTA_COUNT:
		return (double)row->count_delta;
	case RG_FUNCTION_DELTA_BYTES:
		return (double)row->bytes_delta;
	case RG_FUNCTION_DELTA_OWNED:
		return (double)row->owned_delta;
	case RG_FUNCTION_SLOPE_COUNT:
		return row->count_slope;
	case RG_FUNCTION_SLOPE_BYTES:
		return row->bytes_slope;
	case RG_FUNCTION_SLOPE_OWNED:
		return row->owned_slope;
	case RG_FUNCTION_NEW:
		return row->is_new;
	case RG_FUNCTION_GONE:
		return row->is_gone;
	case RG_FUNCTION_CLIMBING:
		return row->verdict == RG_VERDICT_CLIMBING;
	case RG_FUNCTION_PLATEAUED:
		return row->verdict == RG_VERDICT_PLATEAUED;
	case RG_FUNCTION_NUMBER:
		break;
	}
	return 0;
}

/* The function whose value in the first dump a change is a part of. */
static enum rg_function whole_of(enum rg_function function)
{
	switch (function) {
	case RG_FUNCTION_DELTA_BYTES:
	case RG_FUNCTION_SLOPE_BYTES:
		return RG_FUNCTION_BYTES;
	case RG_FUNCTION_DELTA_OWNED:
	case RG_FUNCTION_SLOPE_OWNED:
		return RG_FUNCTION_OWNED;
	default:
		return RG_FUNCTION_COUNT;
	}
}

/* Adds up @count terms; @whole: what there was in the first dump instead of what changed. */
static double add_up(const struct rg_term *terms, size_t count, const struct rg_growth *growth,
		     bool whole)
{
	double result = 0;

	for (size_t t = 0; t < count; t++) {
		enum rg_function function = whole ? whole_of(terms[t].function) : terms[t].function;
		size_t dump = whole ? growth->warmup : growth->dumps - 1;
		double value = terms[t].number;

		for (size_t i = 0; terms[t].pattern && i < growth->count; i++)
			if (fits(&terms[t], &growth->rows[i]))
				value += of_row(function, &growth->rows[i], dump);
		result += terms[t].negative ? -value : value;
	}
	return result;
}

static bool compare(enum rg_comparison comparison, double value, double limit)
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
		/* Both are sums of the same kind of numbers, exact below 2^53. */
		return value >= limit && value <= limit;
	case RG_COMPARISON_UNEQUAL:
		break;
	}
	return value < limit || value > limit;
}

static void answer_item(const rg_condition *condition, const struct rg_growth *growth,
			struct answer *answers, size_t at)
{
	const struct rg_item *item = &condition->items[at];
	const struct rg_term *terms = &condition->terms[item->first];
	struct answer *answer = &answers[at];

	switch (item->kind) {
	case RG_ITEM_COMPARE:
		answer->value = add_up(terms, item->left_terms, growth, false);
		answer->limit = add_up(terms + item->left_terms, item->right_terms, growth, false);
		if (item->percent)
			answer->limit *= add_up(terms, item->left_terms, growth, true) / 100;
		answer->holds = compare(item->comparison, answer->value, answer->limit);
		break;
	case RG_ITEM_NOT:
		answer->holds = !answers[item->left].holds;
		break;
	case RG_ITEM_AND:
		answer->holds = answers[item->left].holds && answers[item->right].holds;
		break;
	case RG_ITEM_OR:
		answer->holds = answers[item->left].holds || answers[item->right].holds;
		break;
	}
}

/* Hands on to the children of a deciding item whether they decide too. */
static void explain_item(const rg_condition *condition, struct answer *answers, size_t at)
{
	const struct rg_item *item = &condition->items[at];
	bool holds = answers[at].holds;

	if (!answers[at].decides || item->kind == RG_ITEM_COMPARE)
		return;
	if (item->kind == RG_ITEM_NOT) {
		answers[item->left].decides = true;
		return;
	}
	/* Of `a and b` that is false, or `a or b` that is true, those that alone make it so. */
	answers[item->left].decides = answers[item->left].holds == holds;
	answers[item->right].decides = answers[item->right].holds == holds;
}

static void find_unknown(const rg_condition *condition, const struct rg_growth *growth,
			 struct judgement *judgement)
{
	struct rg_judgement *public = &judgement->public;

	for (size_t t = 0; t < condition->term_count; t++) {
		const struct rg_term *term = &condition->terms[t];
		bool known = !term->pattern;

		for (size_t i = 0; !known && i < growth->count; i++)
			known = fits(term, &growth->rows[i]);
		for (size_t u = 0; !known && u < public->unknown_count; u++)
			known = strcmp(judgement->unknown[u], term->pattern) == 0;
		if (!known)
			judgement->unknown[public->unknown_count++] = term->pattern;
	}
}

rg_error *rg_condition_judge(const rg_condition *condition, const struct rg_growth *growth,
			     struct rg_judgement **ret)
{
	size_t count = condition->item_count;
	struct judgement *judgement;
	struct answer *answers;

	if (growth->peak || !growth->all)
		return rg_error_new(RG_ERROR_INVALID, "a condition judges a growth of all types "
						      "that was made without peak");
	answers = rg_calloc(count, sizeof(*answers));
	judgement = rg_calloc(1, sizeof(*judgement));
	if (!answers || !judgement) {
		rg_free(answers);
		rg_free(judgement);
		return rg_error_no_memory();
	}
	for (size_t i = 0; i < count; i++)
		answer_item(condition, growth, answers, i);
	answers[count - 1].decides = true;
	for (size_t i = count; i-- > 0;)
		explain_item(condition, answers, i);
	for (size_t i = 0; i < count; i++) {
		const struct rg_item *item = &condition->items[i];

		if (item->kind != RG_ITEM_COMPARE || !answers[i].decides)
			continue;
		judgement->facts[judgement->public.fact_count++] = (struct rg_condition_fact){
			item->text, answers[i].holds, item->bytes, answers[i].value,
			answers[i].limit
		};
	}
	find_unknown(condition, growth, judgement);
	judgement->public.holds = answers[count - 1].holds;
	judgement->public.facts = judgement->facts;
	judgement->public.unknown = judgement->unknown;
	rg_free(answers);
	*ret = &judgement->public;
	return NULL;
}

bool rg_condition_concerns(const rg_condition *condition, const struct rg_growth_row *row)
{
	for (size_t t = 0; t < condition->term_count; t++)
		if (condition->terms[t].pattern && fits(&condition->terms[t], row))
			return true;
	return false;
}

void rg_judgement_free(struct rg_judgement *judgement)
{
	/* The public part is the first member. */
	rg_free(judgement);
}
