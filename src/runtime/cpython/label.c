/* SPDX-License-Identifier: MIT */
/*
 * References in words.  The object is walked again; what the graph holds of the
 * walk is counted, so that number n here is the graph's reference number n.
 */
#include <ctype.h>
#include <stdio.h>

#include "runtime/cpython/code.h"

#define LABEL_SIZE 512

struct labels {
	struct cpy *cpy;
	const rg_graph *graph;
	enum rg_label_policy policy;
	size_t index, first, end;
	uint64_t wanted;  /* of a single reference: its target, else 0 */
	size_t before;    /* and how many to the same target come before it */
	bool is_namespace;
	bool as_code;
	struct cpy_coder coder;
	rg_label_fn *each;
	void *user;
};

static bool is_identifier(const char *text)
{
	const unsigned char *at = (const unsigned char *)text;

	if (!*at || (*at >= '0' && *at <= '9'))
		return false;
	for (; *at; at++)
		if (*at < 0x80 && !isalnum(*at) && *at != '_')
			return false;
	return true;
}

static void put_str(struct cpy *cpy, struct cpy_text *text, uint64_t object)
{
	char word[256];
	char *at;

	if (cpy_str(cpy, object, word, sizeof(word)) < 0) {
		cpy_text_puts(text, "?");
		return;
	}
	for (at = word; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '?';
	cpy_text_puts(text, word);
}

static void put_string(struct cpy *cpy, struct cpy_text *text, uint64_t address)
{
	char word[256];
	char *at;

	if (!rg_image_string(cpy->image, address, word, sizeof(word)))
		snprintf(word, sizeof(word), "?");
	for (at = word; *at; at++)
		if ((unsigned char)*at < 0x20 || *at == 0x7f)
			*at = '?';
	cpy_text_puts(text, word);
}

/* Whether the policy lets the key's value be seen. */
static bool is_key_shown(const struct labels *labels, uint64_t object)
{
	char word[256];

	return labels->policy == RG_LABELS_ALL ||
	       (labels->is_namespace && cpy_str(labels->cpy, object, word, sizeof(word)) > 0 &&
		is_identifier(word));
}

/* The name of a context variable, which is what a reader would look for. */
static bool put_variable(const struct labels *labels, struct cpy_text *text,
			 const struct cpy_type *type, uint64_t object)
{
	uint64_t name = cpy_get(labels->cpy, object, CPY_HEAD);
	char word[256];

	if (!type || type->is_python || strcmp(type->name, "_contextvars.ContextVar") ||
	    cpy_str(labels->cpy, name, word, sizeof(word)) <= 0 || !is_identifier(word))
		return false;
	cpy_text_puts(text, "<ContextVar ");
	cpy_text_puts(text, word);
	cpy_text_puts(text, ">");
	return true;
}

/* A key, as the policy has it: its value, or in angle brackets what it is. */
static void put_key(const struct labels *labels, struct cpy_text *text, uint64_t object)
{
	const struct cpy_type *type = cpy_type_of(labels->cpy, object);

	if (put_variable(labels, text, type, object))
		return;
	if (is_key_shown(labels, object)) {
		cpy_text_repr(labels->cpy, text, object);
		return;
	}
	cpy_text_puts(text, "<");
	cpy_text_puts(text, type ? type->name : "?");
	cpy_text_puts(text, ">");
}

static void put_label(const struct labels *labels, const struct cpy_reference *reference,
		      struct cpy_text *text)
{
	struct cpy *cpy = labels->cpy;
	char number[40];

	switch (reference->label) {
	case CPY_LABEL_TEXT:
		cpy_text_puts(text, reference->text);
		break;
	case CPY_LABEL_TEXT_INDEX:
		cpy_text_puts(text, reference->text);
		/* fall through */
	case CPY_LABEL_INDEX:
		snprintf(number, sizeof(number), "[%llu]", (unsigned long long)reference->arg);
		cpy_text_puts(text, number);
		break;
	case CPY_LABEL_ATTRIBUTE:
		cpy_text_puts(text, ".");
		put_str(cpy, text, reference->arg);
		break;
	case CPY_LABEL_SLOT:
		cpy_text_puts(text, ".");
		put_string(cpy, text, reference->arg);
		break;
	case CPY_LABEL_VALUE:
		cpy_text_puts(text, "[");
		put_key(labels, text, reference->arg);
		cpy_text_puts(text, "]");
		break;
	case CPY_LABEL_KEY:
		cpy_text_puts(text, "key ");
		put_key(labels, text, reference->arg);
		break;
	case CPY_LABEL_ELEMENT:
		cpy_text_puts(text, "{");
		put_key(labels, text, reference->arg);
		cpy_text_puts(text, "}");
		break;
	case CPY_LABEL_NAMED:
		cpy_text_puts(text, reference->text);
		cpy_text_puts(text, " ");
		put_str(cpy, text, reference->arg);
		break;
	case CPY_LABEL_OFFSET:
		if (reference->text)
			cpy_text_puts(text, reference->text);
		snprintf(number, sizeof(number), "+%llu", (unsigned long long)reference->arg);
		cpy_text_puts(text, number);
		break;
	case CPY_LABEL_OFFSET_ITEM:
		cpy_put_offset_item(text, reference->arg);
		break;
	case CPY_LABEL_STATE:
		cpy_text_puts(text, "module state ");
		cpy_text_put(text, reference->text, strcspn(reference->text, " "));
		break;
	case CPY_LABEL_ADDRESSED:
		cpy_text_puts(text, reference->text);
		snprintf(number, sizeof(number), "0x%llx", (unsigned long long)reference->arg);
		cpy_text_puts(text, number);
		break;
	default:
		break;
	}
}

/* As Python, or nothing: what was cut is no Python any more. */
static void put_code(const struct labels *labels, const struct cpy_reference *reference,
		     struct cpy_text *text)
{
	bool is_hidden = reference->label == CPY_LABEL_VALUE &&
			 !is_key_shown(labels, reference->arg);

	if (is_hidden || !cpy_code_put(&labels->coder, text, reference) ||
	    text->length >= text->size)
		text->length = 0;
}

static void put_one(const struct labels *labels, const struct cpy_reference *reference)
{
	char buffer[LABEL_SIZE];
	struct cpy_text text = { buffer, sizeof(buffer), 0 };

	if (labels->policy != RG_LABELS_NONE && labels->as_code)
		put_code(labels, reference, &text);
	else if (labels->policy != RG_LABELS_NONE)
		put_label(labels, reference, &text);
	cpy_text_finish(&text);
	labels->each(labels->user, labels->index, buffer);
}

/* A single one is found by its target: no need to know which others the graph has. */
static void label_single(struct cpy_walk *walk)
{
	struct labels *labels = walk->user;
	unsigned i;

	for (i = 0; i < walk->count && labels->index < labels->end; i++) {
		if (walk->references[i].target != labels->wanted || labels->before--)
			continue;
		labels->index = labels->first;
		put_one(labels, &walk->references[i]);
		labels->index = labels->end;
	}
	walk->count = 0;
}

static void label_references(struct cpy_walk *walk)
{
	struct labels *labels = walk->user;
	unsigned i;

	for (i = 0; i < walk->count && labels->index < labels->end; i++) {
		const struct cpy_reference *reference = &walk->references[i];

		if (rg_graph_find(labels->graph, reference->target) == RG_NONE)
			continue;
		if (labels->index >= labels->first)
			put_one(labels, reference);
		labels->index++;
	}
}

static bool find_name(void *user, uint64_t key, uint64_t value)
{
	struct labels *labels = user;
	char word[16];

	(void)value;
	if (labels->index++ >= 8)
		return false;
	if (cpy_str(labels->cpy, key, word, sizeof(word)) == 8 && !strcmp(word, "__name__"))
		labels->is_namespace = true;
	return !labels->is_namespace;
}

/* Whether @id is a dict whose keys are names: of a module, a class, an instance. */
static bool is_namespace(struct labels *labels, const struct rg_object *object,
			 const struct cpy_type *type)
{
	if (!(type->flags & CPY_TPFLAG_DICT))
		return false;
	if (object->flags & RG_OBJECT_PLUMBING)
		return true;
	(void)cpy_dict_each(labels->cpy, object->address, find_name, labels);
	labels->index = 0;
	return labels->is_namespace;
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

/* Walks @source again; @labels says what to make of its references. */
static void walk_again(struct labels *labels, rg_id source)
{
	/* A copy: walks count what cannot be read, and others may be walking at the same time. */
	struct cpy copy = *labels->cpy, *cpy = &copy;
	struct rg_object object = rg_graph_object(labels->graph, source);
	const struct cpy_type *type = cpy_type_of(cpy, object.address);
	struct cpy_walk *walk;

	if (!type || labels->first == labels->end || type->is_leaf)
		return;
	labels->cpy = labels->coder.cpy = cpy;
	labels->coder.object = object.address;
	labels->coder.type = type;
	labels->is_namespace = is_namespace(labels, &object, type);
	/* Not cleared: its buffer is large, and there may be a walk for every object. */
	walk = rg_alloc(sizeof(*walk));
	if (!walk)
		return; /* no memory, no labels: nothing here can fail */
	walk->count = 0;
	walk->cpy = cpy;
	walk->object = object.address;
	walk->type = type;
	set_single(labels, source);
	walk->flush = labels->wanted ? label_single : label_references;
	walk->user = labels;
	cpy_walk_object(walk);
	rg_free(walk);
}

void cpy_labels(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		enum rg_label_policy policy, rg_label_fn *each, void *each_user)
{
	struct labels labels = {
		.cpy = user,
		.graph = graph,
		.policy = policy,
		.first = first,
		.end = first + count,
		.each = each,
		.user = each_user,
	};

	walk_again(&labels, source);
}

/* Whether @part is what @owner has as its __dict__, and not another part of it. */
static bool is_dict_of(const rg_graph *graph, rg_id owner, rg_id part)
{
	struct rg_references out = rg_graph_references(graph, owner);
	char label[16];
	size_t i;

	for (i = 0; i < out.count; i++)
		if (out.target[i] == part && out.kind[i] & RG_REFERENCE_PLUMBING)
			break;
	if (i == out.count)
		return false;
	rg_graph_label(graph, owner, i, RG_LABELS_NAMES, label, sizeof(label));
	return !strcmp(label, ".__dict__");
}

void cpy_codes(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
	       bool of_owner, enum rg_label_policy policy, rg_label_fn *each, void *each_user)
{
	struct labels labels = {
		.cpy = user,
		.graph = graph,
		.policy = policy,
		.as_code = true,
		.first = first,
		.end = first + count,
		.each = each,
		.user = each_user,
	};
	rg_id owner = of_owner ? rg_graph_owner(graph, source) : RG_NONE;

	if (of_owner) {
		if (owner == RG_NONE || !is_dict_of(graph, owner, source))
			return;
		labels.coder.owner = rg_graph_object(graph, owner).address;
		labels.coder.owner_type = cpy_type_of(user, labels.coder.owner);
		if (!labels.coder.owner_type)
			return;
	}
	walk_again(&labels, source);
}
