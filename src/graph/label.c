/* SPDX-License-Identifier: MIT */
/*
 * Labels, code and descriptions.  They are not stored: the runtime or the format
 * that filled the graph makes them again for what is shown, through hooks
 * that this file keeps from breaking their promises.
 */
#include "graph/store.h"

#include <string.h>

/* A caller of labels, and how far the hook has come. */
struct relay {
	rg_label_fn *each;
	void *user;
	size_t next;
	size_t end;
};

static void relay_label(void *user, size_t index, const char *text)
{
	struct relay *relay = user;

	if (index < relay->next || index >= relay->end)
		return;
	while (relay->next < index)
		relay->each(relay->user, relay->next++, "");
	relay->next++;
	relay->each(relay->user, index, text ? text : "");
}

void rg_graph_labels(const rg_graph *graph, rg_id source, size_t first, size_t count,
		     enum rg_label_policy policy, rg_label_fn *each, void *user)
{
	size_t all = rg_graph_references(graph, source).count;
	struct relay relay = { each, user, first, 0 };

	if (first >= all)
		return;
	relay.end = count < all - first ? first + count : all;
	if (graph->hooks.labels && policy != RG_LABELS_NONE && count)
		graph->hooks.labels(graph->hooks.user, graph, source, first, relay.end - first,
				    policy, relay_label, &relay);
	while (relay.next < relay.end)
		each(user, relay.next++, "");
}

void rg_graph_codes(const rg_graph *graph, rg_id source, size_t first, size_t count,
		    bool of_owner, enum rg_label_policy policy, rg_label_fn *each, void *user)
{
	size_t all = rg_graph_references(graph, source).count;
	struct relay relay = { each, user, first, 0 };

	if (first >= all)
		return;
	relay.end = count < all - first ? first + count : all;
	if (graph->hooks.codes && policy != RG_LABELS_NONE && count)
		graph->hooks.codes(graph->hooks.user, graph, source, first, relay.end - first,
				   of_owner, policy, relay_label, &relay);
	while (relay.next < relay.end)
		each(user, relay.next++, "");
}

struct copy {
	char *buffer;
	size_t size;
	size_t length;
};

static void copy_label(void *user, size_t index, const char *text)
{
	struct copy *copy = user;

	(void)index;
	copy->length = strlen(text);
	if (copy->size) {
		size_t shown = copy->length < copy->size ? copy->length : copy->size - 1;

		memcpy(copy->buffer, text, shown);
		copy->buffer[shown] = '\0';
	}
}

size_t rg_graph_label(const rg_graph *graph, rg_id source, size_t index,
		      enum rg_label_policy policy, char *buffer, size_t size)
{
	struct copy copy = { buffer, size, 0 };

	if (size)
		buffer[0] = '\0';
	rg_graph_labels(graph, source, index, 1, policy, copy_label, &copy);
	return copy.length;
}

size_t rg_graph_code(const rg_graph *graph, rg_id source, size_t index, bool of_owner,
		     enum rg_label_policy policy, char *buffer, size_t size)
{
	struct copy copy = { buffer, size, 0 };

	if (size)
		buffer[0] = '\0';
	rg_graph_codes(graph, source, index, 1, of_owner, policy, copy_label, &copy);
	return copy.length;
}

void rg_graph_describe(const rg_graph *graph, rg_id id, bool values, struct rg_description *ret)
{
	memset(ret, 0, sizeof(*ret));
	ret->descriptor = -1;
	if (!graph->hooks.describe)
		return;
	graph->hooks.describe(graph->hooks.user, graph, id, values, ret);
	ret->name[sizeof(ret->name) - 1] = '\0';
	ret->text[sizeof(ret->text) - 1] = '\0';
	ret->value[sizeof(ret->value) - 1] = '\0';
	if (!values)
		ret->value[0] = '\0';
}

uint16_t rg_graph_fingerprint(const rg_graph *graph, rg_id id)
{
	if (!graph->hooks.fingerprint)
		return 0;
	return graph->hooks.fingerprint(graph->hooks.user, graph, id);
}
