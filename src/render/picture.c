/* SPDX-License-Identifier: MIT */
/* A picture as data: it owns its strings, and merges what runs in parallel. */
#include "render/picture.h"

#include <string.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "render/text.h"

#define MOST_NODES (UINT32_C(1) << 28)
#define MOST_LABELS 3   /* of parallel references; more are counted */
#define TITLE_COLUMNS 72
#define LINE_COLUMNS 64
#define LABEL_COLUMNS 40
#define CAPTION_COLUMNS 120

rg_error *rg_picture_new(bool backwards, rg_picture **ret)
{
	rg_picture *picture = rg_calloc(1, sizeof(*picture));

	if (!picture)
		return rg_error_no_memory();
	picture->backwards = backwards;
	*ret = picture;
	return NULL;
}

static void node_free(const struct rg_picture_node *node)
{
	rg_free((char *)node->id);
	rg_free((char *)node->title);
	rg_free((char *)node->text);
}

void rg_picture_free(rg_picture *picture)
{
	if (!picture)
		return;
	for (size_t i = 0; i < picture->nodes.count; i++)
		node_free(&picture->nodes.data[i]);
	for (size_t i = 0; i < picture->edges.count; i++)
		rg_free((char *)picture->edges.data[i].label);
	rg_vector_free(&picture->nodes);
	rg_vector_free(&picture->edges);
	rg_vector_free(&picture->labels);
	rg_map_free(&picture->edge_of);
	rg_free(picture->caption);
	rg_free(picture->legend);
	rg_free(picture);
}

/* One line of @length bytes, clean and not too wide; NULL: no memory. */
static char *fit(const char *text, size_t length, size_t columns)
{
	char *line = rg_strndup(text, length), *clean, *fitting;

	if (!line)
		return NULL;
	clean = rg_text_cleaned(line);
	rg_free(line);
	if (!clean)
		return NULL;
	fitting = rg_text_shorten(clean, columns, "\u2026");
	rg_free(clean);
	return fitting;
}

/* Every line of @text fitted; NULL: no memory. */
static char *fit_lines(const char *text, size_t columns)
{
	struct rg_buffer out = RG_BUFFER_INIT;

	for (;;) {
		size_t length = strcspn(text, "\n");
		char *line = fit(text, length, columns);

		if (line)
			rg_buffer_puts(&out, line);
		else
			out.failed = true;
		rg_free(line);
		if (!text[length])
			break;
		rg_buffer_putc(&out, '\n');
		text += length + 1;
	}
	if (rg_buffer_failed(&out)) {
		rg_buffer_free(&out);
		return NULL;
	}
	return out.data ? out.data : rg_strdup("");
}

rg_error *rg_picture_add_node(rg_picture *picture, const struct rg_picture_node *node,
			      uint32_t *ret_index)
{
	struct rg_picture_node copy = *node;

	if (picture->nodes.count >= MOST_NODES)
		return rg_error_new(RG_ERROR_LIMIT, "a picture of over %u nodes: draw fewer",
				    MOST_NODES);
	copy.id = rg_strdup(node->id);
	copy.title = fit(node->title, strlen(node->title), TITLE_COLUMNS);
	copy.text = fit_lines(node->text, LINE_COLUMNS);
	copy.fill[0] = copy.ink[0] = '\0';
	if (!copy.id || !copy.title || !copy.text || !rg_vector_push(&picture->nodes, copy)) {
		node_free(&copy);
		return rg_error_no_memory();
	}
	*ret_index = (uint32_t)(picture->nodes.count - 1);
	return NULL;
}

/* Adds @label to what the edge says, unless it says enough. */
static rg_error *add_label(struct rg_picture_edge *edge, struct rg_picture_labels *labels,
			   const char *label)
{
	struct rg_buffer out = RG_BUFFER_INIT;
	char *clean;

	if (!*label || labels->cut)
		return NULL;
	if (labels->shown == MOST_LABELS) {
		rg_buffer_printf(&out, "%s, \u2026", edge->label);
		labels->cut = true;
	} else {
		clean = fit(label, strlen(label), LABEL_COLUMNS);
		if (!clean)
			return rg_error_no_memory();
		rg_buffer_printf(&out, "%s%s%s", edge->label, labels->shown ? ", " : "", clean);
		rg_free(clean);
		labels->shown++;
		edge->labelled++;
	}
	if (rg_buffer_failed(&out)) {
		rg_buffer_free(&out);
		return rg_error_no_memory();
	}
	rg_free((char *)edge->label);
	edge->label = out.data;
	return NULL;
}

rg_error *rg_picture_add_edge(rg_picture *picture, const struct rg_picture_edge *edge)
{
	uint64_t key = ((uint64_t)edge->from + 1) << 32 | (uint64_t)edge->to << 3 |
		       (edge->kind & RG_REFERENCE_KIND_MASK);
	const uint32_t *known;
	uint32_t at;

	if (edge->from >= picture->nodes.count || edge->to >= picture->nodes.count)
		return rg_error_new(RG_ERROR_INVALID, "an edge to a node that is not there");
	known = rg_map_find(&picture->edge_of, key);
	if (known) {
		at = *known;
		picture->edges.data[at].count += edge->count;
	} else {
		struct rg_picture_edge fresh = *edge;
		struct rg_picture_labels none = { 0, false };

		at = (uint32_t)picture->edges.count;
		fresh.kind = edge->kind & RG_REFERENCE_KIND_MASK;
		fresh.label = rg_strdup("");
		fresh.labelled = 0;
		if (!fresh.label || !rg_vector_push(&picture->labels, none) ||
		    !rg_vector_push(&picture->edges, fresh)) {
			rg_free((char *)fresh.label);
			picture->labels.count = picture->edges.count;
			return rg_error_no_memory();
		}
		if (!rg_map_put(&picture->edge_of, key, at))
			return rg_error_no_memory();
	}
	return add_label(&picture->edges.data[at], &picture->labels.data[at], edge->label);
}

rg_error *rg_picture_set_caption(rg_picture *picture, const char *caption)
{
	char *clean = fit_lines(caption, CAPTION_COLUMNS);

	if (!clean)
		return rg_error_no_memory();
	rg_free(picture->caption);
	picture->caption = clean;
	return NULL;
}

const char *rg_picture_caption(const rg_picture *picture)
{
	return picture->caption ? picture->caption : "";
}

const struct rg_picture_edge *rg_picture_edges(const rg_picture *picture, size_t *ret_count)
{
	*ret_count = picture->edges.count;
	return picture->edges.data;
}
