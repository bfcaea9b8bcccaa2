/* SPDX-License-Identifier: MIT */
/* Labels and descriptions of a portable dump, read from an object's line when asked for. */
#include <string.h>

#include "base/buffer.h"
#include "format/ndjson_line.h"
#include "format/ndjson_state.h"

/*
 * What of @label may be shown under @policy.  A file written with names alone
 * shows them; of one that holds every key, a quoted key is shown as its kind.
 */
static const char *restricted(const struct rg_ndjson_file *s, enum rg_label_policy policy,
			      const rg_graph *graph, rg_id source, const char *label)
{
	const struct rg_type *type = rg_graph_type(graph, rg_graph_object(graph, source).type);
	const struct rg_words *words = rg_graph_words(graph);

	if (policy == RG_LABELS_NONE)
		return "";
	if (policy == RG_LABELS_ALL || !s->labels_all)
		return label;
	if (!strncmp(label, "key ", 4))
		return "key <?>";
	if (label[0] == '[' && (label[1] < '0' || label[1] > '9') && label[1] != '<')
		return "[<?>]";
	/* Keys of what has a class are names of attributes, unless they are quoted. */
	if (label[0] == '{' && words->brace_keys && (label[1] == '\'' || !*type->module))
		return "{<key>}";
	if (label[0] == '{' && label[1] == '\'')
		return "{<?>}";
	return label;
}

void rg_ndjson_labels(void *user, const rg_graph *graph, rg_id source, size_t first, size_t count,
		      enum rg_label_policy policy, rg_label_fn *each, void *each_user)
{
	struct rg_ndjson_file *s = user;
	struct rg_ndjson_spoken spoken;
	struct rg_buffer text = RG_BUFFER_INIT;
	size_t index;

	if (!rg_ndjson_recall(s, graph, source, &spoken))
		return;
	index = spoken.all_found ? first : 0;
	for (size_t i = index; i < spoken.refs.all.count && index < first + count; i++) {
		const struct rg_ndjson_reference *ref = &spoken.refs.all.data[i];

		if (!spoken.all_found && rg_graph_find(graph, ref->target) == RG_NONE)
			continue;
		if (index++ < first)
			continue;
		rg_buffer_clear(&text);
		if (ref->label.text)
			rg_json_text(&ref->label, &text);
		each(each_user, index - 1, restricted(s, policy, graph, source,
						    rg_buffer_string(&text)));
	}
	rg_buffer_free(&text);
	rg_ndjson_keep(s, &spoken);
}

/* Copies @slice to @ret of @size bytes, cut at a character. */
static void copy_text(const struct rg_json_slice *slice, char *ret, size_t size)
{
	struct rg_buffer text = RG_BUFFER_INIT;
	size_t length;

	rg_json_text(slice, &text);
	length = text.length < size ? text.length : size - 1;
	while (length < text.length && length && ((unsigned char)text.data[length] & 0xc0) == 0x80)
		length--;
	if (length)
		memcpy(ret, text.data, length);
	ret[length] = '\0';
	rg_buffer_free(&text);
}

/* What follows from what an object is for. */
static void role_key(const struct rg_json_slice *key, struct rg_json_scan here,
		     struct rg_description *ret)
{
	uint64_t number;

	if (rg_json_is(key, "open")) {
		ret->has_open = rg_json_bool(&here, &ret->open);
	} else if (rg_json_is(key, "descriptor")) {
		if (rg_json_u64(&here, &number) && number <= INT32_MAX)
			ret->descriptor = (int64_t)number;
	} else if (rg_json_is(key, "bound")) {
		/* null: any number */
		ret->has_bound = true;
		if (!rg_json_u64(&here, &ret->bound))
			ret->bound = UINT64_MAX;
	} else if (rg_json_is(key, "shown")) {
		ret->has_shown = rg_json_u64(&here, &ret->shown);
	} else if (rg_json_is(key, "base")) {
		(void)rg_json_u64(&here, &ret->base);
	}
}

void rg_ndjson_describe(void *user, const rg_graph *graph, rg_id id, bool values,
			struct rg_description *ret)
{
	struct rg_ndjson_file *s = user;
	struct rg_json_scan scan;
	struct rg_json_slice key, slice;

	(void)graph;
	if (id >= s->entries.count)
		return;
	rg_ndjson_scan(s, s->entries.data[id].offset, &scan);
	while (rg_json_key(&scan, &key)) {
		struct rg_json_scan here = scan;

		if (rg_json_is(&key, "name") && rg_json_string(&here, &slice))
			copy_text(&slice, ret->name, sizeof(ret->name));
		else if (rg_json_is(&key, "text") && rg_json_string(&here, &slice))
			copy_text(&slice, ret->text, sizeof(ret->text));
		else if (values && rg_json_is(&key, "value") && rg_json_string(&here, &slice))
			copy_text(&slice, ret->value, sizeof(ret->value));
		else if (rg_json_is(&key, "len") && rg_json_u64(&here, &ret->length))
			ret->has_length = true;
		else
			role_key(&key, here, ret);
		if (!rg_json_skip(&scan))
			break;
	}
}

uint16_t rg_ndjson_fingerprint(void *user, const rg_graph *graph, rg_id id)
{
	struct rg_ndjson_file *s = user;
	struct rg_json_scan scan;
	struct rg_json_slice key;
	uint64_t value;

	(void)graph;
	if (id >= s->entries.count)
		return 0;
	rg_ndjson_scan(s, s->entries.data[id].offset, &scan);
	while (rg_json_key(&scan, &key)) {
		if (rg_json_is(&key, "fingerprint"))
			return rg_json_u64(&scan, &value) && value <= UINT16_MAX ? (uint16_t)value
										 : 0;
		if (!rg_json_skip(&scan))
			break;
	}
	return 0;
}
