/* SPDX-License-Identifier: MIT */
/*
 * Signatures: what a root, a label and a chain are called wherever and whenever
 * the program runs.  All labels are read as if they might be shown and made
 * general here, so that what they depend on is not what a policy withholds.
 */
#include "base/error.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "analysis/syntax.h"
#include "analysis/trail.h"
#include "base/alloc.h"
#include "graph/store.h"

#define DEEPEST 8  /* parts of parts, as paths have it */
#define LABEL 512  /* longer labels are cut */

struct signature {
	struct rg_signature public;
	char text[];
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool is_hex(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'f');
}

/* Whether a number may begin behind @c: not inside of a name. */
static bool is_before_number(char c)
{
	return c == ' ' || c == '+' || c == '[' || c == ',' || c == '(' || c == ':' || c == '<';
}

/* Appends @text without its numbers: "[3]" is "[*]", "stack 3" is "stack *". */
static void put_general(struct rg_buffer *ret, const char *text)
{
	for (const char *at = text; *at;) {
		bool free = at == text || is_before_number(at[-1]);

		if (free && at[0] == '0' && at[1] == 'x' && is_hex(at[2])) {
			for (at += 2; is_hex(*at);)
				at++;
			rg_buffer_putc(ret, '*');
		} else if (free && is_digit(*at)) {
			while (is_digit(*at))
				at++;
			rg_buffer_putc(ret, '*');
		} else {
			rg_buffer_putc(ret, *at++);
		}
	}
}

/* The name of the function whose frame @root is of; from the root's name where no thread has it. */
static void put_function(const rg_graph *graph, const struct rg_root *root, const char *name,
			 struct rg_buffer *ret)
{
	const struct rg_thread *thread = root->thread < graph->threads.count
						? &graph->threads.data[root->thread] : NULL;
	const char *end = strstr(name, " (");

	if (thread && root->frame < thread->frame_count && *thread->frames[root->frame].function)
		rg_buffer_puts(ret, thread->frames[root->frame].function);
	else if (end)
		rg_buffer_append(ret, name, (size_t)(end - name));
	else
		rg_buffer_puts(ret, "?");
}

void rg_trail_root(const rg_graph *graph, const struct rg_root *root, struct rg_buffer *ret)
{
	const char *name = root->name, *frame = strstr(name, "frame ");

	if (root->kind == RG_ROOT_MODULE) {
		rg_buffer_puts(ret, name);
		return;
	}
	if (root->thread == RG_NONE && strncmp(name, "thread ", 7) != 0) {
		put_general(ret, name);
		return;
	}
	/* Threads have names of their own, with numbers or without. */
	if (root->frame != RG_NONE || frame) {
		rg_buffer_puts(ret, "frame ");
		put_function(graph, root, frame ? frame + 6 : "", ret);
	} else {
		rg_buffer_puts(ret, "thread");
	}
	rg_buffer_puts(ret, ", ");
	put_general(ret, rg_root_place(root));
}

void rg_trail_label(const rg_graph *graph, rg_id source, struct rg_buffer *held,
		    const char *label)
{
	const struct rg_words *words = rg_graph_words(graph);
	size_t length = strlen(label), name;

	if (rg_syntax_is_namespace(words, rg_buffer_string(held)) && length > 4 &&
	    strncmp(label, "['", 2) == 0 && strcmp(label + length - 2, "']") == 0 &&
	    rg_syntax_is_identifier(label + 2, length - 4)) {
		rg_buffer_clear(held);
		rg_buffer_putc(held, '.');
		rg_buffer_append(held, label + 2, length - 4);
	} else if (label[0] == '[' && strncmp(label, "[+", 2) != 0) {
		rg_buffer_puts(held, "[*]");
	} else if (rg_syntax_name(words, &graph->types.data[graph->type[source]], label, &name)) {
		rg_buffer_puts(held, label);
	} else if (label[0] == '{') {
		rg_buffer_puts(held, "{*}");
	} else if (strncmp(label, "key ", 4) == 0) {
		rg_buffer_puts(held, "{key}");
	} else {
		/* What is no syntax stands apart from what is. */
		if ((label[0] >= 'a' && label[0] <= 'z') || !length)
			rg_buffer_puts(held, length ? " " : "?");
		put_general(held, label);
	}
}

bool rg_trail_is_part(const rg_graph *graph, rg_id source, size_t index, rg_id target)
{
	uint8_t kind = graph->kind[graph->offset[source] + index];

	return kind & RG_REFERENCE_PLUMBING && rg_graph_owner(graph, target) == source;
}

static bool step(struct rg_trails *trails, struct rg_buffer *label, const rg_graph *graph,
		 rg_id target, bool last, uint32_t *at)
{
	uint32_t word;

	rg_buffer_putc(label, '>');
	rg_buffer_puts(label, graph->types.data[graph->type[target]].name);
	return !rg_buffer_failed(label) &&
	       rg_trails_word(trails, rg_buffer_string(label), &word) &&
	       rg_trails_step(trails, *at, word, last, at);
}

/* The way of @chain. */
static bool follow(struct rg_trails *trails, const rg_graph *graph, const struct rg_chain *chain,
		   uint32_t *ret)
{
	struct rg_buffer label = RG_BUFFER_INIT;
	rg_id first = chain->length ? chain->steps[0].source : chain->target;
	size_t parts = 0;
	char raw[LABEL];
	bool ok;

	*ret = 0;
	rg_trail_root(graph, chain->root, &label);
	ok = step(trails, &label, graph, first, !chain->length, ret);
	rg_buffer_clear(&label);
	for (size_t i = 0; ok && i < chain->length; i++) {
		const struct rg_step *at = &chain->steps[i];

		rg_graph_label(graph, at->source, at->index, RG_LABELS_ALL, raw, sizeof(raw));
		rg_trail_label(graph, at->source, &label, raw);
		if (i + 1 < chain->length && parts < DEEPEST &&
		    rg_trail_is_part(graph, at->source, at->index, at->target)) {
			parts++;
			continue;
		}
		ok = step(trails, &label, graph, at->target, i + 1 == chain->length, ret);
		rg_buffer_clear(&label);
		parts = 0;
	}
	rg_buffer_free(&label);
	return ok;
}

void rg_signature_hash(const char *text, uint64_t *ret_hash, char ret_id[24])
{
	*ret_hash = rg_hash_bytes(text, strlen(text));
	snprintf(ret_id, 24, "sig1:%016" PRIx64, *ret_hash);
}

rg_error *rg_signature_find(const rg_graph *graph, const struct rg_chain *chain,
			    struct rg_signature **ret)
{
	struct signature *signature = NULL;
	struct rg_trails trails;
	const char *text = NULL;
	uint32_t at;

	if (rg_trails_init(&trails) && follow(&trails, graph, chain, &at))
		text = rg_trails_text(&trails, at);
	if (text)
		signature = rg_alloc(sizeof(*signature) + strlen(text) + 1);
	if (signature) {
		memcpy(signature->text, text, strlen(text) + 1);
		signature->public.text = signature->text;
		rg_signature_hash(text, &signature->public.hash, signature->public.id);
		*ret = &signature->public;
	}
	rg_trails_free(&trails);
	return signature ? NULL : rg_error_no_memory();
}

void rg_signature_free(struct rg_signature *signature)
{
	/* The public part is the first member. */
	rg_free(signature);
}
