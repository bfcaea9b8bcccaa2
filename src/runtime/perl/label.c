/* SPDX-License-Identifier: MIT */
/*
 * References in words.  The SV is walked again; what the graph holds of the walk is
 * counted, so that number n here is the graph's reference number n.
 */
#include <stdio.h>

#include "runtime/perl/code.h"

#define LABEL_SIZE 512

struct labels {
	struct pl *pl;
	const rg_graph *graph;
	enum rg_label_policy policy;
	size_t index, first, end;
	uint64_t wanted; /* of a single reference: its target, else 0 */
	size_t before;   /* and how many to the same target come before it */
	bool as_code, of_owner;
	bool is_object;  /* blessed: its keys are names of attributes */
	const struct pl_sv *sv;
	struct pl_coder coder;
	rg_label_fn *each;
	void *user;
};

/* Stops a walk: nothing more is wanted.  The one error that costs nothing to make. */
static rg_error *enough(void)
{
	return rg_error_no_memory();
}

static bool is_shown(const struct labels *labels, uint64_t hek)
{
	char word[256];
	int64_t length;

	if (labels->policy == RG_LABELS_ALL)
		return true;
	if (!labels->is_object)
		return false;
	length = pl_hek(labels->pl, hek, word, sizeof(word), NULL);
	return length > 0 && (size_t)length < sizeof(word) && pl_is_word(word, (size_t)length);
}

/* ---- one label -------------------------------------------------------------------------- */

static void put_letter(struct pl_text *text, uint64_t letter)
{
	char word[16];

	if (letter > 0x20 && letter < 0x7f)
		snprintf(word, sizeof(word), "'%c'", (int)letter);
	else
		snprintf(word, sizeof(word), "%u", (unsigned int)letter);
	pl_puts(text, word);
}

static void put_key(const struct labels *labels, uint64_t hek, struct pl_text *text)
{
	pl_puts(text, "{");
	if (!is_shown(labels, hek))
		pl_puts(text, "<key>");
	else if (!pl_put_hek(labels->pl, text, hek))
		pl_puts(text, "?");
	pl_puts(text, "}");
}

static void put_slot(const struct labels *labels, uint64_t slot, struct pl_text *text)
{
	char sigil[2] = { (char)slot, '\0' };
	bool is_word = slot == 'I' || slot == 'F';
	size_t before = text->length;

	/* A package in a package: "Scalar::Util::" */
	if (slot == '%' && pl_put_package(labels->pl, text, labels->coder.target)) {
		pl_puts(text, "::");
		return;
	}
	if (!pl_put_symbol(labels->pl, text, labels->sv, is_word ? "*" : sigil))
		text->length = before;
	if (is_word)
		pl_puts(text, slot == 'I' ? "{IO}" : "{FORMAT}");
	else if (text->length == before)
		pl_puts(text, sigil);
}

static void put_lexical(const struct labels *labels, uint64_t name, struct pl_text *text)
{
	char word[256];
	uint32_t flags;

	if (!pl_padname_read(labels->pl, name, word, sizeof(word), &flags)) {
		pl_puts(text, "?");
		return;
	}
	if (flags & PL_PADNAME_OUTER)
		pl_puts(text, "captured ");
	pl_puts(text, word);
}

static void put_numbered(struct pl_text *text, const char *word, uint64_t number)
{
	pl_puts(text, word);
	pl_put_number(text, number);
}

static void put_label(const struct labels *labels, const struct pl_edge *edge,
		      struct pl_text *text)
{
	switch ((enum pl_label)edge->what) {
	case PL_LABEL_TEXT:
		pl_puts(text, (const char *)(uintptr_t)edge->value);
		break;
	case PL_LABEL_REFERENT:
		pl_puts(text, "->");
		break;
	case PL_LABEL_ELEMENT:
		put_numbered(text, "[", edge->value);
		pl_puts(text, "]");
		break;
	case PL_LABEL_VALUE:
		put_key(labels, edge->value, text);
		break;
	case PL_LABEL_KEY_SV:
		pl_puts(text, "{<key>}");
		break;
	case PL_LABEL_SYMBOL:
		/* A glob's slots have the whole name. */
		if (labels->coder.target_is_glob)
			break;
		pl_puts(text, "*");
		if (!pl_put_hek(labels->pl, text, edge->value))
			pl_puts(text, "?");
		break;
	case PL_LABEL_SLOT:
		put_slot(labels, edge->value, text);
		break;
	case PL_LABEL_PAD:
		/* The first is the one that closures keep their variables in. */
		if (edge->value > 1) {
			put_numbered(text, "(depth ", edge->value);
			pl_puts(text, ") ");
		}
		break;
	case PL_LABEL_LEXICAL:
		put_lexical(labels, edge->value, text);
		break;
	case PL_LABEL_TEMPORARY:
		put_numbered(text, "pad ", edge->value);
		break;
	case PL_LABEL_CONSTANT:
		pl_puts(text, "constant");
		break;
	case PL_LABEL_MAGIC:
		if (edge->value == 'P' || edge->value == 'q') {
			pl_puts(text, "tied");
			break;
		}
		pl_puts(text, "magic ");
		put_letter(text, edge->value);
		break;
	case PL_LABEL_MAGIC_KEY:
		pl_puts(text, "key of magic ");
		put_letter(text, edge->value);
		break;
	case PL_LABEL_OVERLOAD:
		put_numbered(text, "overload ", edge->value);
		break;
	case PL_LABEL_FIELD:
		put_numbered(text, "field ", edge->value);
		break;
	case PL_LABEL_STACK:
		put_numbered(text, "stack ", edge->value);
		break;
	}
}

static void put_one(struct labels *labels, const struct pl_edge *edge)
{
	char buffer[LABEL_SIZE];
	struct pl_text text = { buffer, sizeof(buffer), 0, false };
	struct pl_sv target;

	labels->coder.target = edge->target;
	labels->coder.target_is_glob = edge->what == PL_LABEL_SYMBOL &&
				       pl_sv_read(labels->pl, edge->target, &target) &&
				       target.type == PL_PVGV;
	if (labels->policy == RG_LABELS_NONE) {
		text.length = 0;
	} else if (!labels->as_code) {
		put_label(labels, edge, &text);
	} else if ((edge->what == PL_LABEL_VALUE && !is_shown(labels, edge->value)) ||
		   !pl_code_put(&labels->coder, labels->sv, edge, &text) || text.cut) {
		text.length = 0;
	}
	pl_put_finish(&text);
	labels->each(labels->user, labels->index, buffer);
}

/* ---- walking again --------------------------------------------------------------------- */

/* A single one is found by its target: no need to know which others the graph has. */
static rg_error *label_single(void *user, const struct pl_edge *edge)
{
	struct labels *labels = user;

	if (edge->target != labels->wanted || labels->before--)
		return NULL;
	labels->index = labels->first;
	put_one(labels, edge);
	return enough();
}

static rg_error *label_references(void *user, const struct pl_edge *edge)
{
	struct labels *labels = user;

	if (rg_graph_find(labels->graph, edge->target) == RG_NONE)
		return NULL;
	if (labels->index >= labels->first)
		put_one(labels, edge);
	return ++labels->index < labels->end ? NULL : enough();
}

/* Which of the references to its target the single one asked for is. */
static void set_single(struct labels *labels, rg_id source)
{
	struct rg_references out = rg_graph_references(labels->graph, source);
	size_t i;

	if (labels->first + 1 != labels->end || labels->first >= out.count)
		return;
	labels->wanted = rg_graph_object(labels->graph, out.target[labels->first]).address;
	for (i = 0; i < labels->first; i++)
		labels->before += out.target[i] == out.target[labels->first];
}

static void walk_again(struct labels *labels, rg_id source)
{
	struct pl_sv sv;

	if (labels->first == labels->end ||
	    !pl_sv_read(labels->pl, rg_graph_object(labels->graph, source).address, &sv))
		return;
	labels->coder.pl = labels->pl;
	labels->sv = &sv;
	labels->is_object = sv.flags & PL_OBJECT;
	set_single(labels, source);
	rg_error_free(pl_walk_again(labels->pl, &sv,
				    labels->wanted ? label_single : label_references, labels));
}

void pl_labels(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
	       enum rg_label_policy policy, rg_label_fn *each, void *each_user)
{
	struct labels labels = {
		.pl = user,
		.graph = graph,
		.policy = policy,
		.first = first,
		.end = first + count,
		.each = each,
		.user = each_user,
	};

	walk_again(&labels, source);
}

/* The reference that makes @source a part of its owner, as code. */
static void code_of_part(void *user, size_t index, const char *text)
{
	struct pl_text *code = user;

	(void)index;
	pl_puts(code, text);
}

/*
 * A reference that is a part of its owner: what follows behind the owner's own code is
 * all that leads to the referent, for $x->{key} is that reference.
 */
static bool set_owner_code(struct labels *labels, rg_id source, struct pl_text *code)
{
	rg_id owner = rg_graph_owner(labels->graph, source);
	struct rg_references out;
	size_t i;

	if (owner == RG_NONE)
		return false;
	out = rg_graph_references(labels->graph, owner);
	for (i = 0; i < out.count; i++)
		if (out.target[i] == source && out.kind[i] & RG_REFERENCE_PLUMBING)
			break;
	if (i == out.count)
		return false;
	pl_codes(labels->pl, labels->graph, owner, i, 1, false, labels->policy, code_of_part,
		 code);
	pl_put_finish(code);
	return code->length && !code->cut;
}

void pl_codes(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
	      bool of_owner, enum rg_label_policy policy, rg_label_fn *each, void *each_user)
{
	char owner[LABEL_SIZE];
	struct pl_text code = { owner, sizeof(owner), 0, false };
	struct labels labels = {
		.pl = user,
		.graph = graph,
		.policy = policy,
		.as_code = true,
		.first = first,
		.end = first + count,
		.each = each,
		.user = each_user,
	};

	if (of_owner) {
		if (!set_owner_code(&labels, source, &code))
			return;
		labels.coder.owner = owner;
	}
	walk_again(&labels, source);
}
