/* SPDX-License-Identifier: MIT */
/*
 * A parsed query: its tests and what joins them, children before parents; and
 * one run of it over a graph.  A test answers for a whole set of objects at
 * once, so that what it needs beyond the graph is found only when objects are
 * left to ask it about.
 */
#ifndef RG_ANALYSIS_QUERY_H
#define RG_ANALYSIS_QUERY_H

#include "analysis/reader.h"
#include "base/bitset.h"
#include "base/error.h"
#include "graph/store.h"

#define RG_QUERY_LENGTH 4096
#define RG_QUERY_TESTS 100
#define RG_QUERY_TERMS 250
/* An operator a test, and a `not` before each of these. */
#define RG_QUERY_ITEMS (4 * RG_QUERY_TESTS)

/* What a word of the language is. */
enum rg_query_kind {
	RG_QUERY_NOT,
	RG_QUERY_AND,
	RG_QUERY_OR,
	RG_QUERY_FLAG,     /* of the object: rg_object_flag */
	RG_QUERY_STATE,    /* unreachable, lost */
	RG_QUERY_NUMBER,   /* a comparison of sums */
	RG_QUERY_TYPE,     /* what is true of all objects of a type or of none */
	RG_QUERY_WORDS,    /* what a description says */
	RG_QUERY_OPEN,
	RG_QUERY_ROOT,     /* the name of a root that refers to it */
	RG_QUERY_LABEL,    /* attr, key */
	RG_QUERY_RELATION,
	RG_QUERY_ADDRESS,  /* one object */
	RG_QUERY_NAMED,    /* TYPE, TYPE#N, TYPE#largest */
};

/* Which of a kind. */
enum rg_query_number {
	RG_QUERY_CONSTANT,
	RG_QUERY_SIZE,
	RG_QUERY_OWNED,
	RG_QUERY_RETAINED,
	RG_QUERY_REFCOUNT,
	RG_QUERY_EXTERNAL,
	RG_QUERY_IN,
	RG_QUERY_OUT,
	RG_QUERY_REACH, /* depth */
	RG_QUERY_LEN, /* from here on what a description says */
	RG_QUERY_BOUND,
	RG_QUERY_SHOWN,
	RG_QUERY_DESCRIPTOR,
};
enum rg_query_type_word {
	RG_QUERY_TYPE_NAME,
	RG_QUERY_TYPE_MODULE,
	RG_QUERY_TYPE_ORIGIN,
	RG_QUERY_TYPE_ROLE,
};
enum rg_query_description { RG_QUERY_NAME, RG_QUERY_TEXT, RG_QUERY_VALUE };
enum rg_query_label { RG_QUERY_ATTRIBUTE, RG_QUERY_KEY };
enum rg_query_relation {
	RG_QUERY_REFERRER,
	RG_QUERY_REFERENT,
	RG_QUERY_REACHABLE_FROM,
	RG_QUERY_RETAINED_BY,
	RG_QUERY_DOMINATOR,
};
/* RG_QUERY_NAMED: which of the objects of a type. */
#define RG_QUERY_EVERY UINT64_MAX
#define RG_QUERY_LARGEST (UINT64_MAX - 1)

/* A word of the language. */
struct rg_query_word {
	const char *name;
	enum rg_query_kind kind;
	uint32_t which;  /* a flag, rg_state, or one of the enums above */
};

struct rg_query_item {
	enum rg_query_kind kind;
	uint32_t which;
	/* Of operators; of a relation or label the query inside: */
	size_t left, right;
	enum rg_comparison comparison;
	const char *pattern;  /* of texts; of a label the name */
	const char *value;    /* of a label; NULL: compared with @number */
	double number;
	size_t first, left_terms, right_terms; /* of numbers */
	bool percent;
	uint64_t place;       /* an address, or which of the objects of a type */
	unsigned int cost;    /* of itself and what is inside */
};

struct rg_query_term {
	enum rg_query_number which;
	bool negative;
	double number;
};

struct rg_query {
	size_t item_count, term_count;
	struct rg_query_item items[RG_QUERY_ITEMS];
	struct rg_query_term terms[RG_QUERY_TERMS];
	bool needs_references;
	const char *text;
	char *patterns; /* a copy of the text, cut into patterns */
	char room[];
};

/* --- query_words.c --- */
/* rg_query_word_find - the word that these @length bytes are, or NULL. */
const struct rg_query_word *rg_query_word_find(const char *text, size_t length);
/* rg_query_cost - how much a test costs, so that cheap ones come first; and what it needs. */
unsigned int rg_query_cost(enum rg_query_kind kind, uint32_t which, bool *ret_references);
/* rg_query_class_known - whether the pattern of these @length bytes fits any origin, or role. */
bool rg_query_class_known(enum rg_query_type_word which, const char *pattern, size_t length);

/* --- one run --- */
struct rg_query_run {
	const rg_graph *graph;
	const rg_query *query;
	const struct rg_dominators *dominators;
	const struct rg_garbage *garbage;
	/* Found on the way, and freed with the run. */
	struct rg_dominators *own_dominators;
	struct rg_garbage *own_garbage;
	uint32_t *depth;       /* by object; RG_NONE: no root leads there */
	uint32_t *in;          /* by object: counted references from objects */
	uint64_t total;        /* bytes of all objects */
	bool has_total;
	const char **unknown;  /* RG_QUERY_ITEMS of them */
	size_t unknown_count;
};

/* The words of a set of objects, and what is in them. */
static inline size_t rg_query_set_words(const rg_graph *graph)
{
	return graph->count / 64 + 1;
}

/* rg_query_for_each - each member of @set, in @id, ascending. */
#define rg_query_for_each(graph, set, id)                                                          \
	for (size_t word_ = 0; word_ < rg_query_set_words(graph); word_++)                         \
		for (uint64_t left_ = (set)[word_];                                                \
		     left_ && ((id) = (rg_id)(word_ * 64 + (size_t)__builtin_ctzll(left_)), true); \
		     left_ &= left_ - 1)

/* --- query_evaluate.c --- */
/* rg_query_evaluate - those of @domain for which @item holds, to @ret, which is not @domain. */
RG_MUST_CHECK rg_error *rg_query_evaluate(struct rg_query_run *run, size_t item,
					  const uint64_t *domain, uint64_t *ret);

/* --- query_facts.c --- */
RG_MUST_CHECK rg_error *rg_query_need_dominators(struct rg_query_run *run);
RG_MUST_CHECK rg_error *rg_query_need_garbage(struct rg_query_run *run);
RG_MUST_CHECK rg_error *rg_query_need_depth(struct rg_query_run *run);
RG_MUST_CHECK rg_error *rg_query_need_in(struct rg_query_run *run);
void rg_query_need_total(struct rg_query_run *run);
/* rg_query_owner - the next object as whose part @id is shown, or RG_NONE. */
rg_id rg_query_owner(const rg_graph *graph, rg_id id);
/* rg_query_add_owners - all objects whose part @id is, to @set. */
void rg_query_add_owners(const rg_graph *graph, uint64_t *set, rg_id id);
/* rg_query_is_part_of - whether any of those is in @set. */
bool rg_query_is_part_of(const rg_graph *graph, const uint64_t *set, rg_id id);

/* --- query_number.c, query_text.c, query_label.c, query_relation.c --- */
/* Each answers the test @item for @domain; @ret is cleared. */
RG_MUST_CHECK rg_error *rg_query_number(struct rg_query_run *run, const struct rg_query_item *item,
					const uint64_t *domain, uint64_t *ret);
RG_MUST_CHECK rg_error *rg_query_type(struct rg_query_run *run, const struct rg_query_item *item,
				      const uint64_t *domain, uint64_t *ret);
void rg_query_words(const struct rg_query_run *run, const struct rg_query_item *item,
		    const uint64_t *domain, uint64_t *ret);
void rg_query_root(const struct rg_query_run *run, const struct rg_query_item *item,
		   const uint64_t *domain, uint64_t *ret);
RG_MUST_CHECK rg_error *rg_query_label(struct rg_query_run *run, const struct rg_query_item *item,
				       const uint64_t *domain, uint64_t *ret);
RG_MUST_CHECK rg_error *rg_query_relation(struct rg_query_run *run,
					  const struct rg_query_item *item,
					  const uint64_t *domain, uint64_t *ret);
RG_MUST_CHECK rg_error *rg_query_named(struct rg_query_run *run, const struct rg_query_item *item,
				       const uint64_t *domain, uint64_t *ret);

/*
 * rg_query_value_fits - whether contents as a description has them (a str in quotation marks)
 * fit the comparison of @item: with a pattern as they are or without these marks, or with a number.
 */
bool rg_query_value_fits(const struct rg_query_item *item, const char *pattern, const char *value);
/* rg_query_pattern_fits - whether a text, or what is inside its quotation marks, fits @pattern. */
bool rg_query_pattern_fits(const char *pattern, const char *text);

#endif
