/* SPDX-License-Identifier: MIT */
/*
 * References of a .pmat file as code, by the rules of the runtime's own: the expression
 * for a scalar is that scalar, for anything else one whose value is a reference to it.
 * From a scalar to what it refers to leads nothing at all, for which a space stands.
 *
 * Of tied variables and of objects whose class may overload operators nothing is said.
 */
#include "format/pmat.h"

#include <string.h>

#include "base/buffer.h"

struct coder {
	struct rg_pmat_file *s;
	const rg_graph *graph;
	struct rg_pmat_record record;
	enum rg_label_policy policy;
	const char *owner; /* of_owner: what leads from the owner to the record; else NULL */
	rg_label_fn *each;
	void *user;
	struct rg_buffer text;
	size_t first, end, index;
};

static bool is_word(const struct rg_pmat_string *string)
{
	for (uint64_t i = 0; i < string->length; i++) {
		unsigned char c = (unsigned char)string->text[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return string->length > 0 && string->length < 200;
}

/* Whether `tie` or sharing stands between a variable and what it holds. */
static bool is_tied(const struct rg_pmat_file *s, uint64_t address)
{
	const struct rg_pmat_entries *extended = &s->extended;

	for (size_t i = rg_pmat_first(extended, address);
	     i < extended->all.count && extended->all.data[i].address == address; i++) {
		struct rg_pmat_cursor cursor = { s, extended->all.data[i].offset, false };
		unsigned int type = rg_pmat_u8(&cursor);
		uint8_t spell;

		rg_pmat_pointer(&cursor);
		spell = rg_pmat_u8(&cursor);
		if (type == RG_PMAT_MAGIC && spell && strchr("PpqNn", spell))
			return true;
	}
	return false;
}

/* Whether a class may overload: it has an operator's method, or inherits from another. */
static bool may_overload(const struct rg_pmat_file *s, uint64_t stash)
{
	struct rg_pmat_cursor cursor = { s, 0, false };
	struct rg_pmat_record class;

	if (!stash)
		return false;
	if (!rg_pmat_find(s, stash, &class) || class.type != RG_PMAT_STASH)
		return true;
	cursor.at = class.body;
	for (uint64_t i = 0; i < class.count; i++) {
		struct rg_pmat_string key = rg_pmat_string(&cursor);

		rg_pmat_skip(&cursor, s->minor >= 6 ? 2 : 1, s->pointer);
		if (key.length && (key.text[0] == '(' ||
				   (key.length == 3 && !memcmp(key.text, "ISA", 3))))
			return true;
	}
	return false;
}

static bool put_key(struct coder *coder, const struct rg_pmat_string *key)
{
	bool word = is_word(key);

	if (coder->policy != RG_LABELS_ALL && !(word && coder->record.blessed))
		return false;
	for (uint64_t i = 0; !word && i < key->length; i++)
		if (key->text[i] < 0x20 || key->text[i] == 0x7f)
			return false;
	if (key->length > 200)
		return false;
	rg_buffer_puts(&coder->text, word ? "->{" : "->{'");
	for (uint64_t i = 0; i < key->length; i++) {
		if (key->text[i] == '\'' || key->text[i] == '\\')
			rg_buffer_putc(&coder->text, '\\');
		rg_buffer_putc(&coder->text, key->text[i]);
	}
	rg_buffer_puts(&coder->text, word ? "}" : "'}");
	return true;
}

static void put_referent(struct coder *coder, const struct rg_pmat_edge *edge)
{
	struct rg_pmat_record target;

	if (!rg_pmat_find(coder->s, edge->target, &target) || is_tied(coder->s, edge->target))
		return;
	if (coder->owner)
		rg_buffer_puts(&coder->text, coder->owner);
	if (!rg_pmat_is_scalar(&target))
		rg_buffer_puts(&coder->text, coder->owner ? "" : " ");
	else if (!may_overload(coder->s, target.blessed))
		rg_buffer_puts(&coder->text, "->$*");
	else
		rg_buffer_clear(&coder->text);
}

static void put_step(struct coder *coder, const struct rg_pmat_edge *edge)
{
	static const char *const slots[][2] = {
		{ "$", "->*{SCALAR}->$*" }, { "@", "->*{ARRAY}" }, { "%", "->*{HASH}" },
		{ "&", "->*{CODE}" },	    { "I", "->*{IO}" },	   { "F", "->*{FORMAT}" },
	};

	if (is_tied(coder->s, coder->record.address))
		return;
	if (coder->record.type == RG_PMAT_REF && edge->what == RG_PMAT_WORD &&
	    edge->text.length == 2 && !memcmp(edge->text.text, "->", 2)) {
		put_referent(coder, edge);
		return;
	}
	if (coder->owner || may_overload(coder->s, coder->record.blessed))
		return;
	if (edge->what == RG_PMAT_INDEX && coder->record.type == RG_PMAT_ARRAY &&
	    (edge->kind & RG_REFERENCE_KIND_MASK) == RG_REFERENCE_STRONG)
		rg_buffer_printf(&coder->text, "->[%llu]", (unsigned long long)edge->value);
	else if (edge->what == RG_PMAT_KEY && coder->record.type == RG_PMAT_HASH)
		put_key(coder, &edge->text);
	for (size_t i = 0; edge->what == RG_PMAT_SLOT && i < 6; i++)
		if (slots[i][0][0] == (char)edge->value)
			rg_buffer_puts(&coder->text, slots[i][1]);
}

static rg_error *speak(void *user, const struct rg_pmat_edge *edge)
{
	struct coder *coder = user;

	if (rg_graph_find(coder->graph, edge->target) == RG_NONE)
		return NULL;
	if (coder->index >= coder->first && coder->index < coder->end) {
		rg_buffer_clear(&coder->text);
		put_step(coder, edge);
		coder->each(coder->user, coder->index, rg_buffer_string(&coder->text));
	}
	coder->index++;
	/* Nothing is wanted any more: what is returned only has to be no NULL. */
	return coder->index < coder->end ? NULL : rg_error_no_memory();
}

static void copy(void *user, size_t index, const char *text)
{
	(void)index;
	rg_buffer_puts(user, text);
}

/* What leads from its owner to the part @source. */
static void put_way(struct coder *coder, rg_id source, struct rg_buffer *ret)
{
	rg_id owner = rg_graph_owner(coder->graph, source);
	struct rg_references refs;

	if (owner == RG_NONE)
		return;
	refs = rg_graph_references(coder->graph, owner);
	for (size_t i = 0; i < refs.count; i++) {
		if (refs.target[i] == source && refs.kind[i] & RG_REFERENCE_PLUMBING) {
			rg_pmat_codes(coder->s, coder->graph, owner, i, 1, false, coder->policy,
				      copy, ret);
			return;
		}
	}
}

void rg_pmat_codes(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		   bool of_owner, enum rg_label_policy policy, rg_label_fn *each, void *each_user)
{
	struct coder coder = { .s = user, .graph = graph, .policy = policy, .each = each,
			       .user = each_user, .text = RG_BUFFER_INIT, .first = first,
			       .end = first + count };
	struct rg_buffer way = RG_BUFFER_INIT;
	struct rg_pmat_entries *all = &coder.s->svs_at;

	if (of_owner) {
		put_way(&coder, source, &way);
		coder.owner = rg_buffer_string(&way);
	}
	if ((!of_owner || way.length) && count && source < all->all.count &&
	    all->all.data[source].offset &&
	    rg_pmat_head(coder.s, all->all.data[source].offset, &coder.record))
		rg_error_free(rg_pmat_walk(coder.s, &coder.record, speak, &coder));
	rg_buffer_free(&way);
	rg_buffer_free(&coder.text);
}
