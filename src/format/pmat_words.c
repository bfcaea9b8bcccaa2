/* SPDX-License-Identifier: MIT */
/* What SVs of a .pmat file and their references are called, read again when it is asked for. */
#include "format/pmat.h"

#include <stdio.h>
#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"

#define LONGEST 200 /* bytes of a key or name that are shown */

/* Control characters as \xHH, so that a label is one line. */
static void put_bytes(struct rg_buffer *ret, const char *text, uint64_t length, const char *quoted)
{
	for (uint64_t i = 0; i < length && i < LONGEST; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < 0x20 || c == 0x7f)
			rg_buffer_printf(ret, "\\x%02x", c);
		else if (strchr(quoted, c))
			rg_buffer_printf(ret, "\\%c", c);
		else
			rg_buffer_putc(ret, (char)c);
	}
	if (length > LONGEST)
		rg_buffer_puts(ret, "...");
}

void rg_pmat_put_string(struct rg_buffer *ret, const struct rg_pmat_string *string)
{
	if (string->text)
		put_bytes(ret, string->text, string->length, "");
}

static bool is_identifier(const struct rg_pmat_string *string)
{
	for (uint64_t i = 0; i < string->length; i++) {
		unsigned char c = (unsigned char)string->text[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return string->length > 0;
}

/* A package's name without the main:: in front of all others. */
static void put_package(const struct rg_pmat_file *s, uint64_t stash, struct rg_buffer *ret)
{
	struct rg_pmat_record record;
	struct rg_pmat_string name = { "__ANON__", 8 };

	if (rg_pmat_find(s, stash, &record) && record.strings[0].text &&
	    (record.type == RG_PMAT_STASH || record.type == RG_PMAT_CLASS))
		name = record.strings[0];
	if (name.length > 6 && !memcmp(name.text, "main::", 6)) {
		name.text += 6;
		name.length -= 6;
	}
	rg_pmat_put_string(ret, &name);
}

static bool is_main(const struct rg_pmat_file *s, uint64_t stash)
{
	struct rg_pmat_record record;

	return rg_pmat_find(s, stash, &record) && record.strings[0].length == 4 &&
	       !memcmp(record.strings[0].text, "main", 4);
}

void rg_pmat_put_symbol(const struct rg_pmat_file *s, const struct rg_pmat_record *record,
			struct rg_buffer *ret)
{
	struct rg_pmat_string name = record->strings[0];

	/* Another package is called by itself: main:: is in front of everything. */
	if (name.length < 3 || memcmp(name.text + name.length - 2, "::", 2) ||
	    !is_main(s, rg_pmat_pointer_of(s, record, 0))) {
		put_package(s, rg_pmat_pointer_of(s, record, 0), ret);
		rg_buffer_puts(ret, "::");
	}
	/* $^W is called so by its first byte, a control character. */
	if (name.text && name.length && (unsigned char)name.text[0] < 0x20) {
		rg_buffer_printf(ret, "^%c", 64 + name.text[0]);
		name.text++;
		name.length--;
	}
	rg_pmat_put_string(ret, &name);
}

void rg_pmat_put_code(const struct rg_pmat_file *s, const struct rg_pmat_record *record,
		      struct rg_buffer *ret)
{
	struct rg_pmat_record glob;

	if (record->strings[1].text) {
		put_package(s, rg_pmat_pointer_of(s, record, 0), ret);
		rg_buffer_puts(ret, "::");
		rg_pmat_put_string(ret, &record->strings[1]);
	} else if (rg_pmat_find(s, rg_pmat_pointer_of(s, record, 1), &glob) &&
		   glob.type == RG_PMAT_GLOB) {
		rg_pmat_put_symbol(s, &glob, ret);
	} else {
		put_package(s, rg_pmat_pointer_of(s, record, 0), ret);
		rg_buffer_puts(ret, "::__ANON__");
	}
}

/* ---- labels ----------------------------------------------------------------- */

struct words {
	const struct rg_pmat_file *s;
	const rg_graph *graph;
	struct rg_pmat_record record;
	struct rg_pmat_padname *padnames; /* of a pad; else NULL */
	enum rg_label_policy policy;
	rg_label_fn *each;
	void *user;
	struct rg_buffer text;
	size_t first, end, index;
};

static void put_key(struct words *w, const struct rg_pmat_string *key)
{
	bool name = is_identifier(key);
	/* Keys of an object are the names of its attributes, those of a stash of its symbols. */
	bool shown = w->policy == RG_LABELS_ALL ||
		     (name && (w->record.blessed || w->record.type != RG_PMAT_HASH));

	rg_buffer_putc(&w->text, '{');
	if (!shown) {
		rg_buffer_puts(&w->text, "<key>");
	} else if (name) {
		rg_pmat_put_string(&w->text, key);
	} else {
		rg_buffer_putc(&w->text, '\'');
		put_bytes(&w->text, key->text ? key->text : "", key->length, "'\\");
		rg_buffer_putc(&w->text, '\'');
	}
	rg_buffer_putc(&w->text, '}');
}

static void put_lexical(struct words *w, uint64_t index)
{
	struct rg_pmat_cursor cursor = { w->s, 0, true };
	struct rg_pmat_string name = { NULL, 0 };

	if (!index) {
		rg_buffer_puts(&w->text, "@_");
		return;
	}
	if (w->padnames && w->padnames[index].at) {
		cursor = (struct rg_pmat_cursor){ w->s, w->padnames[index].at, false };
		name = rg_pmat_string(&cursor);
	}
	if (name.length > 1 && w->padnames[index].flags & RG_PMAT_PADNAME_OUTER)
		rg_buffer_puts(&w->text, "captured ");
	if (name.length > 1)
		rg_pmat_put_string(&w->text, &name);
	else
		rg_buffer_printf(&w->text, "pad %llu", (unsigned long long)index);
}

static void put_slot(struct words *w, uint64_t sigil)
{
	bool other = sigil == 'I' || sigil == 'F';

	rg_buffer_putc(&w->text, other ? '*' : (char)sigil);
	rg_pmat_put_symbol(w->s, &w->record, &w->text);
	if (other)
		rg_buffer_puts(&w->text, sigil == 'I' ? "{IO}" : "{FORMAT}");
}

static void put_spell(struct words *w, uint64_t spell)
{
	if (spell == 'P' || spell == 'q')
		rg_buffer_puts(&w->text, "tied");
	else if (spell == '<')
		rg_buffer_puts(&w->text, "backreferences");
	else if (spell > 0x20 && spell < 0x7f)
		rg_buffer_printf(&w->text, "magic '%c'", (char)spell);
	else
		rg_buffer_printf(&w->text, "magic %llu", (unsigned long long)spell);
}

static void put_label(struct words *w, const struct rg_pmat_edge *edge)
{
	switch (edge->what) {
	case RG_PMAT_NOTHING:
		/* The pad of the first call is the one that closures keep their variables in. */
		if (edge->value > 1)
			rg_buffer_printf(&w->text, "(depth %llu) ",
					 (unsigned long long)edge->value);
		break;
	case RG_PMAT_WORD:
		put_bytes(&w->text, edge->text.text, edge->text.length, "");
		break;
	case RG_PMAT_INDEX:
		rg_buffer_printf(&w->text, "[%llu]", (unsigned long long)edge->value);
		break;
	case RG_PMAT_KEY:
		put_key(w, &edge->text);
		break;
	case RG_PMAT_SLOT:
		put_slot(w, edge->value);
		break;
	case RG_PMAT_SYMBOL:
		break;
	case RG_PMAT_LEXICAL:
		put_lexical(w, edge->value);
		break;
	case RG_PMAT_SPELL:
		put_spell(w, edge->value);
		break;
	}
}

static rg_error *speak(void *user, const struct rg_pmat_edge *edge)
{
	struct words *w = user;

	if (rg_graph_find(w->graph, edge->target) == RG_NONE)
		return NULL;
	if (w->index >= w->first && w->index < w->end) {
		rg_buffer_clear(&w->text);
		put_label(w, edge);
		w->each(w->user, w->index, rg_buffer_string(&w->text));
	}
	w->index++;
	/* No label is wanted any more: what is returned only has to be no NULL. */
	return w->index < w->end ? NULL : rg_error_no_memory();
}

static void speak_all(void *user, const rg_graph *graph, rg_id source, struct words *w)
{
	struct rg_pmat_file *s = user;
	rg_error *error;

	w->s = s;
	w->graph = graph;
	if (!w->end || source >= s->svs_at.all.count || !s->svs_at.all.data[source].offset ||
	    !rg_pmat_head(s, s->svs_at.all.data[source].offset, &w->record))
		return;
	if (w->record.type == RG_PMAT_ARRAY)
		w->padnames = rg_pmat_padnames(s, &w->record);
	error = rg_pmat_walk(s, &w->record, speak, w);
	rg_error_free(error);
	rg_free(w->padnames);
	rg_buffer_free(&w->text);
}

void rg_pmat_labels(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		    enum rg_label_policy policy, rg_label_fn *each, void *each_user)
{
	struct words w = { .policy = policy, .each = each, .user = each_user, .first = first,
			   .end = first + count, .text = RG_BUFFER_INIT };

	speak_all(user, graph, source, &w);
}

/* ---- descriptions ----------------------------------------------------------- */

static void set_text(char *field, size_t size, struct rg_buffer *text)
{
	snprintf(field, size, "%s", rg_buffer_string(text));
	rg_buffer_clear(text);
}

static void describe_place(const struct rg_pmat_string *file, uint64_t line,
			   struct rg_buffer *text, struct rg_description *ret)
{
	if (!file->text || !file->length)
		return;
	rg_pmat_put_string(text, file);
	if (line)
		rg_buffer_printf(text, ":%llu", (unsigned long long)line);
	set_text(ret->text, sizeof(ret->text), text);
}

static void describe_value(const struct rg_pmat_file *s, const struct rg_pmat_record *record,
			   struct rg_buffer *text, struct rg_description *ret)
{
	unsigned int flags = (unsigned int)rg_pmat_number_of(s, record, 0, 1);
	uint64_t number = rg_pmat_number_of(s, record, 1, s->word);
	uint64_t bits = rg_pmat_number_of(s, record, 1 + s->word, 8);
	double real;

	memcpy(&real, &bits, sizeof(real));
	if (flags & 0x08) {
		rg_buffer_putc(text, '"');
		put_bytes(text, record->strings[0].text ? record->strings[0].text : "",
			  record->strings[0].length, "\"\\");
		rg_buffer_putc(text, '"');
	} else if (flags & 0x04 && s->real == 8) {
		rg_buffer_printf(text, "%.15g", real);
	} else if (flags & 0x02) {
		rg_buffer_printf(text, "%llu", (unsigned long long)number);
	} else if (flags & 0x01) {
		rg_buffer_printf(text, "%lld",
				 s->word == 8 ? (long long)number : (long long)(int32_t)number);
	}
	set_text(ret->value, sizeof(ret->value), text);
}

void rg_pmat_describe(void *user, const rg_graph *graph, rg_id id, bool values,
		      struct rg_description *ret)
{
	struct rg_pmat_file *s = user;
	struct rg_buffer text = RG_BUFFER_INIT;
	struct rg_pmat_record record;
	uint64_t number;

	(void)graph;
	if (id >= s->svs_at.all.count || !s->svs_at.all.data[id].offset ||
	    !rg_pmat_head(s, s->svs_at.all.data[id].offset, &record))
		return;
	switch (record.type) {
	case RG_PMAT_STASH:
	case RG_PMAT_CLASS:
		rg_pmat_put_string(&text, &record.strings[0]);
		set_text(ret->name, sizeof(ret->name), &text);
		break;
	case RG_PMAT_GLOB:
		rg_buffer_putc(&text, '*');
		rg_pmat_put_symbol(s, &record, &text);
		set_text(ret->name, sizeof(ret->name), &text);
		describe_place(&record.strings[1],
			       rg_pmat_number_of(s, &record, 0, s->word), &text, ret);
		break;
	case RG_PMAT_CODE:
		rg_pmat_put_code(s, &record, &text);
		set_text(ret->name, sizeof(ret->name), &text);
		describe_place(&record.strings[0],
			       rg_pmat_number_of(s, &record, 0, s->word), &text, ret);
		break;
	case RG_PMAT_SCALAR:
		if (rg_pmat_number_of(s, &record, 0, 1) & 0x08) {
			ret->has_length = true;
			ret->length = rg_pmat_number_of(s, &record, 1 + s->word + s->real, s->word);
		}
		if (values)
			describe_value(s, &record, &text, ret);
		break;
	case RG_PMAT_IO:
		number = rg_pmat_number_of(s, &record, 0, s->word);
		ret->has_open = true;
		ret->open = number <= INT32_MAX;
		if (ret->open)
			ret->descriptor = (int64_t)number;
		break;
	}
	if (record.type == RG_PMAT_ARRAY || record.type == RG_PMAT_HASH ||
	    record.type == RG_PMAT_OBJECT) {
		ret->has_length = true;
		ret->length = record.count;
	}
	rg_buffer_free(&text);
}
