/* SPDX-License-Identifier: MIT */
/* Whether a condition holds of how a heap grew, and which comparisons decide that. */
#include "base/error.h"

#include <string.h>

#include "analysis/condition.h"
#include "base/alloc.h"
#include "base/options.h"

struct judgement {
	struct rg_judgement public;
	struct rg_condition_fact facts[RG_CONDITION_COMPARISONS];
	const char *unknown[RG_CONDITION_TERMS];
	const char *unknown_containers[RG_CONDITION_TERMS];
};

/* What is known of each item. */
struct answer {
	bool holds;
	bool decides;
	double value, limit;
};

static bool fits_name(const struct rg_term *term, const char *name, const char *short_name)
{
	return rg_pattern_match(term->pattern, name) ||
	       rg_pattern_match(term->pattern, short_name);
}

static bool fits(const struct rg_term *term, const struct rg_growth_row *row)
{
	return fits_name(term, row->name, row->short_name);
}

static bool fits_container(const struct rg_term *term, const struct rg_container_growth_row *row)
{
	return (row->path && rg_pattern_match(term->pattern, row->path)) ||
	       rg_pattern_match(term->pattern, row->shape) ||
	       rg_pattern_match(term->pattern, row->signature);
}

/* What the function gives for one container. */
static double of_container(enum rg_function function, const struct rg_container_growth_row *row,
			   size_t dump)
{
	switch (function) {
	case RG_FUNCTION_ELEMENTS:
		return (double)row->elements[dump];
	case RG_FUNCTION_DELTA_ELEMENTS:
		return (double)row->element_delta;
	case RG_FUNCTION_SLOPE_ELEMENTS:
		return row->slope;
	case RG_FUNCTION_RETAINED:
		return (double)row->retained[dump];
	case RG_FUNCTION_DELTA_RETAINED:
		return (double)row->retained_delta;
	case RG_FUNCTION_EXCLUSIVE:
		/* Where nobody looked, as much as it can be. */
		if (!row->weighed)
			return row->retained_delta > 0 ? (double)row->retained_delta : 0;
		return (double)row->exclusive;
	default:
		return 0;
	}
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
	default:
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
	case RG_FUNCTION_DELTA_ELEMENTS:
	case RG_FUNCTION_SLOPE_ELEMENTS:
		return RG_FUNCTION_ELEMENTS;
	case RG_FUNCTION_DELTA_RETAINED:
		return RG_FUNCTION_RETAINED;
	default:
		return RG_FUNCTION_COUNT;
	}
}

/* What @function gives for all that the term's pattern fits. */
static double sum_term(const struct rg_term *term, enum rg_function function,
		       const struct rg_condition_subject *subject, size_t dump)
{
	double sum = 0;

	if (rg_function_of_survivors(function)) {
		const struct rg_type_table *survivors = subject->survivors;

		for (size_t i = 0; i < survivors->count; i++)
			if (fits_name(term, survivors->rows[i].name, survivors->rows[i].short_name))
				sum += function == RG_FUNCTION_SURVIVORS
					       ? (double)survivors->rows[i].count
					       : (double)survivors->rows[i].bytes +
							 (double)survivors->rows[i].owned;
		return sum;
	}
	if (rg_function_of_containers(function)) {
		const struct rg_container_growth *containers = subject->containers;

		for (size_t i = 0; i < containers->count; i++)
			if (fits_container(term, &containers->rows[i]))
				sum += of_container(function, &containers->rows[i], dump);
		return sum;
	}
	for (size_t i = 0; i < subject->growth->count; i++)
		if (fits(term, &subject->growth->rows[i]))
			sum += of_row(function, &subject->growth->rows[i], dump);
	return sum;
}

/* Adds up @count terms; @whole: what there was in the first dump instead of what changed. */
static double add_up(const struct rg_term *terms, size_t count,
		     const struct rg_condition_subject *subject, bool whole)
{
	const struct rg_growth *growth = subject->growth;
	double result = 0;

	for (size_t t = 0; t < count; t++) {
		enum rg_function function = whole ? whole_of(terms[t].function) : terms[t].function;
		size_t dump = whole ? growth->warmup : growth->dumps - 1;
		double value = terms[t].number;

		if (terms[t].pattern)
			value += sum_term(&terms[t], function, subject, dump);
		result += terms[t].negative ? -value : value;
	}
	return result;
}

static void answer_item(const rg_condition *condition, const struct rg_condition_subject *subject,
			struct answer *answers, size_t at)
{
	const struct rg_item *item = &condition->items[at];
	const struct rg_term *terms = &condition->terms[item->first];
	struct answer *answer = &answers[at];

	switch (item->kind) {
	case RG_ITEM_COMPARE:
		answer->value = add_up(terms, item->left_terms, subject, false);
		answer->limit = add_up(terms + item->left_terms, item->right_terms, subject, false);
		if (item->percent)
			answer->limit *= add_up(terms, item->left_terms, subject, true) / 100;
		answer->holds = rg_compare(item->comparison, answer->value, answer->limit);
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

/* Whether anything of any dump fits the pattern of @term. */
static bool is_known(const struct rg_term *term, const struct rg_condition_subject *subject)
{
	bool known = !term->pattern;

	if (rg_function_of_containers(term->function)) {
		for (size_t i = 0; !known && i < subject->containers->count; i++)
			known = fits_container(term, &subject->containers->rows[i]);
		return known;
	}
	for (size_t i = 0; !known && i < subject->growth->count; i++)
		known = fits(term, &subject->growth->rows[i]);
	return known;
}

static void add_unknown(const char **list, size_t *count, const char *pattern)
{
	for (size_t i = 0; i < *count; i++)
		if (strcmp(list[i], pattern) == 0)
			return;
	list[(*count)++] = pattern;
}

static void find_unknown(const rg_condition *condition, const struct rg_condition_subject *subject,
			 struct judgement *judgement)
{
	struct rg_judgement *public = &judgement->public;

	for (size_t t = 0; t < condition->term_count; t++) {
		const struct rg_term *term = &condition->terms[t];

		if (is_known(term, subject))
			continue;
		if (rg_function_of_containers(term->function))
			add_unknown(judgement->unknown_containers,
				    &public->unknown_container_count, term->pattern);
		else
			add_unknown(judgement->unknown, &public->unknown_count, term->pattern);
	}
	public->unknown = judgement->unknown;
	public->unknown_containers = judgement->unknown_containers;
}

static rg_error *check_subject(const rg_condition *condition,
			       const struct rg_condition_subject *subject)
{
	unsigned int needs = rg_condition_needs(condition);

	if (!subject->growth || subject->growth->peak || !subject->growth->all)
		return rg_error_new(RG_ERROR_INVALID, "a condition judges a growth of all types "
						      "that was made without peak");
	if (needs & RG_CONDITION_NEEDS_CONTAINERS && !subject->containers)
		return rg_error_new(RG_ERROR_INVALID, "a condition on containers judges a growth "
						      "of these");
	if (needs & RG_CONDITION_NEEDS_SURVIVORS && !subject->survivors)
		return rg_error_new(RG_ERROR_INVALID, "a condition on survivors judges a table of "
						      "these");
	return NULL;
}

rg_error *rg_condition_judge_all(const rg_condition *condition,
				 const struct rg_condition_subject *subject,
				 struct rg_judgement **ret)
{
	size_t count = condition->item_count;
	struct rg_condition_subject of;
	struct judgement *judgement;
	struct answer *answers;

	RG_TRY(rg_options_read(subject, sizeof(of), &of));
	RG_TRY(check_subject(condition, &of));
	answers = rg_calloc(count, sizeof(*answers));
	judgement = rg_calloc(1, sizeof(*judgement));
	if (!answers || !judgement) {
		rg_free(answers);
		rg_free(judgement);
		return rg_error_no_memory();
	}
	for (size_t i = 0; i < count; i++)
		answer_item(condition, &of, answers, i);
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
	find_unknown(condition, &of, judgement);
	judgement->public.holds = answers[count - 1].holds;
	judgement->public.facts = judgement->facts;
	rg_free(answers);
	*ret = &judgement->public;
	return NULL;
}

rg_error *rg_condition_judge(const rg_condition *condition, const struct rg_growth *growth,
			     struct rg_judgement **ret)
{
	struct rg_condition_subject subject = { .size = sizeof(subject), .growth = growth };

	return rg_condition_judge_all(condition, &subject, ret);
}

bool rg_condition_concerns(const rg_condition *condition, const struct rg_growth_row *row)
{
	for (size_t t = 0; t < condition->term_count; t++)
		if (condition->terms[t].pattern &&
		    !rg_function_of_containers(condition->terms[t].function) &&
		    fits(&condition->terms[t], row))
			return true;
	return false;
}

bool rg_condition_concerns_container(const rg_condition *condition,
				     const struct rg_container_growth_row *row)
{
	for (size_t t = 0; t < condition->term_count; t++)
		if (condition->terms[t].pattern &&
		    rg_function_of_containers(condition->terms[t].function) &&
		    fits_container(&condition->terms[t], row))
			return true;
	return false;
}

void rg_judgement_free(struct rg_judgement *judgement)
{
	/* The public part is the first member. */
	rg_free(judgement);
}
