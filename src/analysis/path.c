/* SPDX-License-Identifier: MIT */
/*
 * Paths in the words of a reader: parts are folded into their owners, labels
 * are put together, and a chain becomes an expression.
 */
#include "analysis/path.h"

#include <string.h>

#include "analysis/syntax.h"
#include "graph/store.h"

#define DEEPEST RG_PATH_DEEPEST
#define MOST_STEPS 200 /* of an expression: compilers nest no deeper than some thousand levels */
#define LABEL RG_PATH_LABEL

/* Writing to the caller's buffer, and counting what does not fit. */
struct writer {
	char *buffer;
	size_t size;
	size_t length;
};

static void put(struct writer *writer, const char *text)
{
	size_t length = strlen(text);

	if (writer->length < writer->size) {
		size_t room = writer->size - writer->length - 1;
		size_t shown = length < room ? length : room;

		memcpy(writer->buffer + writer->length, text, shown);
		writer->buffer[writer->length + shown] = '\0';
	}
	writer->length += length;
}

/* Turns "['name']" into ".name" if name is an identifier. */
static bool to_attribute(char *label)
{
	size_t length = strlen(label);

	if (length < 5 || strncmp(label, "['", 2) != 0 || strcmp(label + length - 2, "']") != 0 ||
	    !rg_syntax_is_identifier(label + 2, length - 4))
		return false;
	label[0] = '.';
	memmove(label + 1, label + 2, length - 4);
	label[length - 3] = '\0';
	return true;
}

/* The reference that makes @part a part of @owner. */
static bool find_ownership(const rg_graph *graph, rg_id owner, rg_id part, struct rg_step *ret)
{
	struct rg_references out = rg_graph_references(graph, owner);

	for (size_t i = 0; i < out.count; i++) {
		if (out.target[i] == part && out.kind[i] & RG_REFERENCE_PLUMBING) {
			*ret = (struct rg_step){ owner, i, part };
			return true;
		}
	}
	return false;
}

static bool is_ownership(const rg_graph *graph, const struct rg_step *step)
{
	return rg_graph_owner(graph, step->target) == step->source &&
	       rg_graph_references(graph, step->source).kind[step->index] & RG_REFERENCE_PLUMBING;
}

size_t rg_path_next(const rg_graph *graph, const struct rg_step *steps, size_t count,
		    bool plumbing)
{
	size_t taken = 0;

	if (!count)
		return 0;
	/* While a step only goes into a part, the next one belongs to it. */
	while (!plumbing && taken + 1 < count && taken < DEEPEST &&
	       is_ownership(graph, &steps[taken]))
		taken++;
	return taken + 1;
}

/*
 * What stays of @held, the label of an ownership, before @label, which may be changed:
 * "['b']" in a namespace is ".b", its key just "key 'b'".
 */
static void put_held(struct writer *writer, const struct rg_words *words, const char *held,
		     char *label)
{
	if (rg_syntax_is_namespace(words, held) &&
	    (to_attribute(label) || strncmp(label, "key ", 4) == 0))
		return;
	put(writer, held);
	/* What is no syntax stands apart from what is. */
	if (held[0] && label[0] >= 'a' && label[0] <= 'z')
		put(writer, " ");
}

void rg_path_lead_add(struct rg_path_lead *lead, char label[RG_PATH_LABEL])
{
	struct writer writer = { lead->before, sizeof(lead->before), strlen(lead->before) };

	put_held(&writer, lead->words, lead->held, label);
	memcpy(lead->held, label, strlen(label) + 1);
}

size_t rg_path_lead_join(const struct rg_path_lead *lead, char label[RG_PATH_LABEL], char *buffer,
			 size_t size)
{
	struct writer writer = { buffer, size, 0 };

	if (size)
		buffer[0] = '\0';
	put(&writer, lead->before);
	put_held(&writer, lead->words, lead->held, label);
	put(&writer, label);
	return writer.length;
}

/* Past the bracket that closes what @open opens; a quoted key may hold any. */
static const char *skip_brackets(const char *open)
{
	char close = *open == '{' ? '}' : ']', quote = open[1];
	const char *at = open + 1;

	if (quote == '\'' || quote == '"') {
		for (at++; *at && *at != quote; at++)
			at += *at == '\\' && at[1];
		at += *at == quote;
	}
	at += strcspn(at, (char[]){ close, '\0' });
	return *at ? at + 1 : at;
}

/* Where labels are "{key}->" and "[3]->": each of them, but for names of attributes. */
static void generalise_brackets(const struct rg_words *words, const struct rg_type *owner,
				char *label)
{
	char *to = label;

	for (const char *at = label, *end; *at; at = end) {
		size_t length;
		const char *name = *at == '{' ? rg_syntax_name(words, owner, at, &length) : NULL;

		end = at + 1;
		if (*at == '{' || *at == '[')
			end = skip_brackets(at);
		if ((*at == '{' || *at == '[') && !name && end - at >= 3) {
			char close = end[-1];

			*to++ = *at;
			*to++ = '*';
			*to++ = close;
		} else {
			memmove(to, at, (size_t)(end - at));
			to += end - at;
		}
	}
	*to = '\0';
}

void rg_path_generalise(const struct rg_words *words, const struct rg_type *owner, char *label)
{
	char *bracket = strchr(label, '[');
	char *key = strncmp(label, "key ", 4) == 0 ? label : strstr(label, " key ");

	if (words->brace_keys) {
		generalise_brackets(words, owner, label);
		return;
	}
	if (key && (!bracket || key < bracket)) {
		key += key == label ? 4 : 5;
		if (*key)
			memcpy(key, "*", 2);
	} else if (label[0] == '{' && strlen(label) >= 3) {
		memcpy(label, "{*}", 4);
	} else if (bracket && strlen(bracket) >= 3) {
		memcpy(bracket, "[*]", 4);
	}
}

/* Writes the labels of ownerships, then of what follows. */
static void put_labels(struct writer *writer, const rg_graph *graph, const struct rg_step *steps,
		       size_t count, enum rg_label_policy policy)
{
	const struct rg_words *words = rg_graph_words(graph);
	char held[LABEL] = "", label[LABEL];

	for (size_t i = 0; i < count; i++) {
		rg_graph_label(graph, steps[i].source, steps[i].index, policy, label,
			       sizeof(label));
		put_held(writer, words, held, label);
		memcpy(held, label, sizeof(held));
	}
	put(writer, held);
}

size_t rg_path_label(const rg_graph *graph, const struct rg_step *steps, size_t count,
		     enum rg_label_policy policy, char *buffer, size_t size)
{
	struct writer writer = { buffer, size, 0 };

	if (size)
		buffer[0] = '\0';
	put_labels(&writer, graph, steps, count, policy);
	return writer.length;
}

size_t rg_step_label(const rg_graph *graph, const struct rg_step *step,
		     enum rg_label_policy policy, char *buffer, size_t size)
{
	struct rg_step all[DEEPEST + 1];
	size_t first = DEEPEST;

	/* The owner's own steps to the part come first. */
	all[first] = *step;
	while (first) {
		rg_id part = all[first].source, owner = rg_graph_owner(graph, part);

		if (owner == RG_NONE || !find_ownership(graph, owner, part, &all[first - 1]))
			break;
		first--;
	}
	return rg_path_label(graph, all + first, DEEPEST + 1 - first, policy, buffer, size);
}

/* Appends the code of one reference to @code, of @used bytes so far; false: it has none. */
static bool add_code(const rg_graph *graph, const struct rg_step *step, bool of_owner,
		     enum rg_label_policy policy, char code[LABEL], size_t *used)
{
	size_t length = rg_graph_code(graph, step->source, step->index, of_owner, policy,
				      code + *used, LABEL - *used);

	if (!length || length >= LABEL - *used)
		return false;
	/* Nothing to write: the expression before stands for the target as well. */
	if (length == 1 && code[*used] == ' ')
		code[*used] = '\0';
	else
		*used += length;
	return true;
}

/*
 * The code of one element: each of its steps, but what an owner's own step and
 * the next make together goes before what they are one by one.
 */
static bool get_code(const rg_graph *graph, const struct rg_step *steps, size_t count,
		     enum rg_label_policy policy, char code[LABEL])
{
	size_t used = 0, i = 0;

	code[0] = '\0';
	while (i < count) {
		if (i + 1 < count && is_ownership(graph, &steps[i]) &&
		    add_code(graph, &steps[i + 1], true, policy, code, &used))
			i += 2;
		else if (add_code(graph, &steps[i], false, policy, code, &used))
			i++;
		else
			return false;
	}
	return count > 0;
}

/* What is no code, behind what is some, stands in angle brackets. */
static void put_words(struct writer *writer, const struct rg_words *words, const char *label,
		      bool after_code)
{
	bool hides = (label[0] == '[' || label[0] == '{') && label[1] == '<';

	if (label[0] && strchr(words->syntax, label[0]) && (!after_code || hides)) {
		put(writer, label);
		return;
	}
	put(writer, "<");
	put(writer, label[0] ? label : "?");
	put(writer, ">");
}

/*
 * Writes @name, of a root, and what of @code follows on it in one go: "(\%x)" and
 * "->{k}" are "$x{k}".  The rest of @code.
 */
static const char *put_name(struct writer *writer, const struct rg_words *words, const char *name,
			    const char *code)
{
	size_t length = strlen(name), before = words->variable ? strlen(words->variable) : 0;
	char variable[LABEL];

	if (!before || length < before + 2 || length >= sizeof(variable) ||
	    strncmp(name, words->variable, before) != 0 || name[length - 1] != ')' ||
	    (strncmp(code, "->{", 3) != 0 && strncmp(code, "->[", 3) != 0)) {
		put(writer, name);
		return code;
	}
	memcpy(variable, name + before + 1, length - before - 2);
	variable[length - before - 2] = '\0';
	put(writer, words->element);
	put(writer, variable);
	return code + 2;
}

/*
 * Writes @chain, which begins with @name, each element as code where there is some.
 * Returns whether all of it is code.
 */
static bool put_chain(struct writer *writer, const rg_graph *graph, const struct rg_chain *chain,
		      enum rg_label_policy policy, bool plumbing, const char *name)
{
	bool is_code = chain->root->code && chain->length <= MOST_STEPS;
	size_t at = 0;

	if (!chain->length)
		put(writer, name);
	while (at < chain->length) {
		size_t taken = rg_path_next(graph, chain->steps + at, chain->length - at, plumbing);
		struct writer element = { NULL, 0, 0 };
		char label[LABEL];

		if (get_code(graph, chain->steps + at, taken, policy, label)) {
			put(writer, at ? label : put_name(writer, rg_graph_words(graph), name,
							  label));
		} else {
			if (!at)
				put(writer, name);
			is_code = false;
			element.buffer = label;
			element.size = sizeof(label);
			label[0] = '\0';
			put_labels(&element, graph, chain->steps + at, taken, policy);
			put_words(writer, rg_graph_words(graph), label, chain->root->code != NULL);
		}
		at += taken;
	}
	return is_code;
}

bool rg_path_evaluates(const rg_graph *graph, const struct rg_chain *chain,
		       enum rg_label_policy policy, bool plumbing)
{
	char code[LABEL];
	size_t at = 0;

	if (!chain->root->code || chain->length > MOST_STEPS)
		return false;
	while (at < chain->length) {
		size_t taken = rg_path_next(graph, chain->steps + at, chain->length - at, plumbing);

		if (!get_code(graph, chain->steps + at, taken, policy, code))
			return false;
		at += taken;
	}
	return true;
}

size_t rg_path_expression(const rg_graph *graph, const struct rg_chain *chain,
			  enum rg_label_policy policy, bool plumbing, char *buffer, size_t size)
{
	const struct rg_root *root = chain->root;
	struct writer writer = { buffer, size, 0 };
	bool renamed = root->code && root->code != root->name;

	if (size)
		buffer[0] = '\0';
	if (put_chain(&writer, graph, chain, policy, plumbing, renamed ? root->code : root->name) ||
	    !renamed)
		return writer.length;
	/* Words begin with what the root is called. */
	writer.length = 0;
	if (size)
		buffer[0] = '\0';
	put_chain(&writer, graph, chain, policy, plumbing, root->name);
	return writer.length;
}
