/* SPDX-License-Identifier: MIT */
/*
 * Attributes and keys: what the labels of an object's references say.  An
 * attribute may stand in the object itself or in the namespace that is a part of it.
 */
#include "analysis/query.h"

#include <string.h>

#include "analysis/syntax.h"
#include "base/alloc.h"

#define LABEL 512

/* One object at a time. */
struct look {
	const struct rg_query_run *run;
	const struct rg_query_item *item;
	const uint64_t *inside; /* what the query in brackets selects; or NULL */
	struct rg_references references;
	rg_id object;
	rg_id dict;             /* its namespace, or RG_NONE */
	bool fits;
};

/* What @target, a reference that is an object and a part of its owner, refers to; or RG_NONE. */
static rg_id referent_of(const struct look *look, rg_id target)
{
	const rg_graph *graph = look->run->graph;

	if (!rg_graph_words(graph)->referent || !(graph->flags[target] & RG_OBJECT_PLUMBING) ||
	    graph->offset[target] == graph->offset[target + 1])
		return RG_NONE;
	return graph->target[graph->offset[target]];
}

/* Whether what the label leads to is as the test wants it. */
static bool is_wanted(const struct look *look, rg_id target)
{
	const struct rg_query_item *item = look->item;
	struct rg_description words;
	rg_id referent;

	if (look->inside) {
		referent = referent_of(look, target);
		return rg_bitset_test(look->inside, target) ||
		       (referent != RG_NONE && rg_bitset_test(look->inside, referent));
	}
	if (item->comparison == RG_COMPARISON_ANY)
		return true;
	rg_graph_describe(look->run->graph, target, true, &words);
	return rg_query_value_fits(item, item->value, words.value);
}

/* The text between the first @before bytes of a label and its last one, in @buffer. */
static const char *between(const char *label, size_t before, char close, char buffer[LABEL])
{
	size_t length = strlen(label);

	if (length < before + 1 || length >= LABEL + before || label[length - 1] != close)
		return NULL;
	memcpy(buffer, label + before, length - before - 1);
	buffer[length - before - 1] = '\0';
	return buffer;
}

static void see_attribute(void *user, size_t index, const char *label)
{
	struct look *look = user;
	const struct rg_words *words = rg_graph_words(look->run->graph);
	const rg_graph *graph = look->run->graph;
	rg_id target = look->references.target[index];
	char buffer[LABEL];
	size_t length;

	if (rg_syntax_name(words, &graph->types.data[graph->type[look->object]], label, &length) &&
	    !look->fits && between(label, 1, '}', buffer) &&
	    rg_pattern_match(look->item->pattern, buffer))
		look->fits = is_wanted(look, target);
	if (label[0] != '.')
		return;
	if (rg_syntax_is_namespace(words, label) &&
	    look->references.kind[index] & RG_REFERENCE_PLUMBING &&
	    rg_query_owner(look->run->graph, target) == look->object)
		look->dict = target;
	if (!look->fits && rg_pattern_match(look->item->pattern, label + 1))
		look->fits = is_wanted(look, target);
}

/* The keys of a namespace are names of attributes. */
static void see_name(void *user, size_t index, const char *label)
{
	struct look *look = user;
	char buffer[LABEL];
	const char *key;

	if (look->fits || label[0] != '[')
		return;
	key = between(label, 1, ']', buffer);
	if (key && (*key == '\'' || *key == '"') &&
	    rg_query_pattern_fits(look->item->pattern, key))
		look->fits = is_wanted(look, look->references.target[index]);
}

static void see_key(void *user, size_t index, const char *label)
{
	struct look *look = user;
	bool brace_keys = rg_graph_words(look->run->graph)->brace_keys;
	bool asked = !brace_keys && (look->inside || look->item->comparison != RG_COMPARISON_ANY);
	char buffer[LABEL];
	const char *key = NULL;

	if (look->fits)
		return;
	if (label[0] == '[')
		key = between(label, 1, ']', buffer);
	/* Where nothing is asked of what is there, the key itself will do. */
	else if (label[0] == '{' && !asked)
		key = between(label, 1, '}', buffer);
	else if (!strncmp(label, "key ", 4) && !asked)
		key = label + 4;
	if (key && rg_query_pattern_fits(look->item->pattern, key))
		look->fits = is_wanted(look, look->references.target[index]);
}

static void see(struct look *look, rg_id id, rg_label_fn *each)
{
	look->references = rg_graph_references(look->run->graph, id);
	rg_graph_labels(look->run->graph, id, 0, look->references.count, RG_LABELS_ALL, each, look);
}

rg_error *rg_query_label(struct rg_query_run *run, const struct rg_query_item *item,
			 const uint64_t *domain, uint64_t *ret)
{
	const rg_graph *graph = run->graph;
	struct look look = { .run = run, .item = item };
	uint64_t *inside = NULL, *everything = NULL;
	rg_error *error = NULL;
	rg_id id;

	if (item->left != RG_READER_NONE) {
		inside = rg_bitset_new(graph->count);
		everything = rg_bitset_new(graph->count);
		for (id = 0; everything && id < graph->count; id++)
			rg_bitset_add(everything, id);
		if (!inside || !everything)
			error = rg_error_no_memory();
		else
			error = rg_query_evaluate(run, item->left, everything, inside);
		look.inside = inside;
	}
	if (!error)
		rg_query_for_each(graph, domain, id) {
			if (graph->offset[id] == graph->offset[id + 1])
				continue;
			look.object = id;
			look.dict = RG_NONE;
			look.fits = false;
			see(&look, id, item->which == RG_QUERY_KEY ? see_key : see_attribute);
			if (!look.fits && look.dict != RG_NONE)
				see(&look, look.dict, see_name);
			if (look.fits)
				rg_bitset_add(ret, id);
		}
	rg_free(inside);
	rg_free(everything);
	return error;
}
