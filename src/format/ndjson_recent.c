/* SPDX-License-Identifier: MIT */
/* A few long lines are kept as they were read; short ones are read again sooner than found. */
#include "format/ndjson_recent.h"
#include "format/ndjson_state.h"

#define LONG_LINE 4096

void rg_ndjson_recent_init(struct rg_ndjson_recent *recent)
{
	pthread_mutex_init(&recent->lock, NULL);
}

void rg_ndjson_recent_free(struct rg_ndjson_recent *recent)
{
	for (size_t i = 0; i < RG_NDJSON_RECENT; i++)
		rg_ndjson_references_free(&recent->slots[i].refs);
	pthread_mutex_destroy(&recent->lock);
}

static struct rg_ndjson_spoken *slot_of(struct rg_ndjson_file *s, rg_id source)
{
	return &s->recent.slots[source % RG_NDJSON_RECENT];
}

bool rg_ndjson_recall(struct rg_ndjson_file *s, const rg_graph *graph, rg_id source,
		      struct rg_ndjson_spoken *ret)
{
	struct rg_ndjson_spoken *slot = slot_of(s, source);
	const char *line;
	size_t length;

	if (source >= s->entries.count)
		return false;
	*ret = (struct rg_ndjson_spoken){ .source = source };
	pthread_mutex_lock(&s->recent.lock);
	if (slot->is_there && slot->source == source) {
		*ret = *slot;
		*slot = (struct rg_ndjson_spoken){ .source = 0 };
	}
	pthread_mutex_unlock(&s->recent.lock);
	if (ret->is_there)
		return true;
	length = rg_ndjson_line(s, s->entries.data[source].offset, &line);
	if (!rg_ndjson_references(line, length, &ret->refs)) {
		rg_ndjson_references_free(&ret->refs);
		return false;
	}
	ret->is_there = length >= LONG_LINE;
	ret->all_found = ret->refs.all.count == rg_graph_references(graph, source).count;
	for (int owner = 0; s->has_code && owner < 2; owner++)
		ret->has_code[owner] =
			rg_ndjson_codes_find(line, length, owner, &ret->code[owner]);
	return true;
}

void rg_ndjson_keep(struct rg_ndjson_file *s, struct rg_ndjson_spoken *spoken)
{
	struct rg_ndjson_spoken *slot = slot_of(s, spoken->source), older = *spoken;

	if (spoken->is_there) {
		pthread_mutex_lock(&s->recent.lock);
		older = *slot;
		*slot = *spoken;
		pthread_mutex_unlock(&s->recent.lock);
	}
	rg_ndjson_references_free(&older.refs);
}
