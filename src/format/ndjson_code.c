/* SPDX-License-Identifier: MIT */
/*
 * Code in a portable dump.  Nearly every label is the code as well, so only
 * what differs is written: which default both sides assume, and reading it.
 */
#include <stdlib.h>
#include <string.h>

#include "base/buffer.h"
#include "format/ndjson_line.h"
#include "format/ndjson_state.h"

/* Whether @text is an identifier of plain letters, @length bytes long. */
static bool is_name(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		char c = text[i];
		bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';

		if (!letter && !(i && c >= '0' && c <= '9'))
			return false;
	}
	return length > 0;
}

void rg_ndjson_default_code(const struct rg_words *words, const char *label, bool of_owner,
			    struct rg_buffer *ret)
{
	size_t length = strlen(label);

	rg_buffer_clear(ret);
	if (words->brace_keys) {
		if (of_owner || !*label || label[1] == '<')
			return;
		/* What an expression is for refers to it already. */
		if (words->referent && !strcmp(label, words->referent))
			rg_buffer_putc(ret, ' ');
		else if (label[0] == '{' || label[0] == '[')
			rg_buffer_printf(ret, "->%s", label);
		return;
	}
	if ((label[0] != '.' && label[0] != '[') || label[1] == '<')
		return;
	if (!of_owner) {
		rg_buffer_append(ret, label, length);
	} else if (label[0] == '.' || (label[1] != '\'' && label[1] != '"')) {
		/* No item of a namespace. */
		return;
	} else if (length > 4 && label[1] == '\'' && is_name(label + 2, length - 4)) {
		rg_buffer_putc(ret, '.');
		rg_buffer_append(ret, label + 2, length - 4);
	} else {
		rg_buffer_puts(ret, ".__dict__");
		rg_buffer_append(ret, label, length);
	}
}

/* The index that @key is the text of; SIZE_MAX when it is none. */
static size_t index_of(const struct rg_json_slice *key)
{
	size_t index = 0;

	for (size_t i = 0; i < key->length; i++) {
		if (key->text[i] < '0' || key->text[i] > '9' || index > SIZE_MAX / 20)
			return SIZE_MAX;
		index = index * 10 + (size_t)(key->text[i] - '0');
	}
	return key->length ? index : SIZE_MAX;
}

bool rg_ndjson_codes_find(const char *line, size_t length, bool of_owner,
			  struct rg_json_scan *ret)
{
	struct rg_json_scan scan;
	struct rg_json_slice key;

	rg_json_scan_init(&scan, line, length);
	if (!rg_json_enter(&scan, '{'))
		return false;
	while (rg_json_key(&scan, &key)) {
		if (rg_json_is(&key, of_owner ? "owner_code" : "code")) {
			*ret = scan;
			return rg_json_enter(ret, '{');
		}
		if (!rg_json_skip(&scan))
			break;
	}
	return false;
}

bool rg_ndjson_codes_next(struct rg_json_scan *scan, size_t *ret_index, struct rg_json_slice *ret)
{
	struct rg_json_slice key;

	while (rg_json_key(scan, &key)) {
		*ret_index = index_of(&key);
		if (rg_json_string(scan, ret))
			return true;
		if (!rg_json_skip(scan))
			break;
	}
	return false;
}

/*
 * Exceptions come in the order of references, as they are written; one out of
 * order is passed over.
 */
void rg_ndjson_codes(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		     bool of_owner, enum rg_label_policy policy, rg_label_fn *each, void *each_user)
{
	struct rg_ndjson_file *s = user;
	struct rg_ndjson_spoken spoken;
	struct rg_buffer text = RG_BUFFER_INIT, code = RG_BUFFER_INIT;
	struct rg_json_scan scan;
	struct rg_json_slice exception = { NULL, 0 };
	size_t index = 0, counted = 0, next = 0;
	bool more;

	/* Where keys are withheld that the file holds, no code is left of them either. */
	if (!s->has_code || (policy != RG_LABELS_ALL && s->labels_all) ||
	    !rg_ndjson_recall(s, graph, source, &spoken))
		return;
	scan = spoken.code[of_owner];
	more = spoken.has_code[of_owner] && rg_ndjson_codes_next(&scan, &next, &exception);
	for (size_t i = 0; i < spoken.refs.all.count && index < first + count; i++) {
		const struct rg_ndjson_reference *ref = &spoken.refs.all.data[i];
		bool is_counted = (ref->kind & RG_REFERENCE_KIND_MASK) <= RG_REFERENCE_INFERRED;
		bool is_exception;

		while (more && is_counted && next < counted)
			more = rg_ndjson_codes_next(&scan, &next, &exception);
		is_exception = more && is_counted && next == counted;
		counted += is_counted;
		if ((!spoken.all_found && rg_graph_find(graph, ref->target) == RG_NONE) ||
		    index++ < first)
			continue;
		rg_buffer_clear(&text);
		rg_buffer_clear(&code);
		if (is_exception) {
			rg_json_text(&exception, &code);
		} else if (ref->label.text && is_counted) {
			rg_json_text(&ref->label, &text);
			rg_ndjson_default_code(rg_graph_words(graph), rg_buffer_string(&text),
					       of_owner, &code);
		}
		each(each_user, index - 1, rg_buffer_string(&code));
	}
	rg_buffer_free(&text);
	rg_buffer_free(&code);
	rg_ndjson_keep(s, &spoken);
}
