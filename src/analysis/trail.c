/* SPDX-License-Identifier: MIT */
/*
 * A tree of ways.  A word is put behind a way once; what folding makes of it is
 * remembered, so that of all ways that look alike only the first is looked at.
 */
#include "analysis/trail.h"

#include <string.h>

#include "base/alloc.h"

#define LONGEST 100        /* words of a way */
#define MOST_PERIOD 4      /* words that are repeated together */
#define LONGEST_BODY 4096  /* of what is folded, as text */

static uint64_t key_of(uint32_t at, uint32_t word)
{
	return ((uint64_t)at << 32 | word) + 1;
}

bool rg_trails_init(struct rg_trails *trails)
{
	struct rg_trail none = { .parent = 0 };
	uint32_t empty;

	*trails = (struct rg_trails){ .text = RG_BUFFER_INIT };
	/* Word 0 is that of the way of none. */
	return rg_trails_word(trails, "", &empty) && rg_vector_push(&trails->trails, none);
}

void rg_trails_free(struct rg_trails *trails)
{
	rg_vector_free(&trails->trails);
	rg_vector_free(&trails->words);
	rg_strings_free(&trails->strings);
	rg_map_free(&trails->word_of);
	rg_map_free(&trails->child_of);
	rg_map_free(&trails->next_of);
	rg_buffer_free(&trails->text);
}

bool rg_trails_word(struct rg_trails *trails, const char *text, uint32_t *ret)
{
	uint64_t hash = rg_hash_bytes(text, strlen(text));
	const uint32_t *known;
	const char *copy;

	/* 0 is no key; what has the hash of another text goes on from there. */
	for (;; hash++) {
		known = hash ? rg_map_find(&trails->word_of, hash) : NULL;
		if (hash && (!known || strcmp(trails->words.data[*known], text) == 0))
			break;
	}
	if (known) {
		*ret = *known;
		return true;
	}
	copy = rg_strings_copy(&trails->strings, text);
	if (!copy || trails->words.count >= UINT32_MAX ||
	    !rg_map_put(&trails->word_of, hash, (uint32_t)trails->words.count) ||
	    !rg_vector_push(&trails->words, copy))
		return false;
	*ret = (uint32_t)trails->words.count - 1;
	return true;
}

static bool make_child(struct rg_trails *trails, uint32_t at, uint32_t word, uint32_t period,
		       uint32_t body, uint32_t *ret)
{
	const uint32_t *known = rg_map_find(&trails->child_of, key_of(at, word));
	struct rg_trail trail = { at, word, trails->trails.data[at].length + 1, period, body };

	if (known) {
		*ret = *known;
		return true;
	}
	if (trails->trails.count >= UINT32_MAX ||
	    !rg_map_put(&trails->child_of, key_of(at, word), (uint32_t)trails->trails.count) ||
	    !rg_vector_push(&trails->trails, trail))
		return false;
	*ret = (uint32_t)trails->trails.count - 1;
	return true;
}

/* The way @count words shorter than @at, which is at least that long. */
static uint32_t shorten(const struct rg_trails *trails, uint32_t at, uint32_t count)
{
	while (count--)
		at = trails->trails.data[at].parent;
	return at;
}

/* Whether the last @period words of both ways are the same. */
static bool end_alike(const struct rg_trails *trails, uint32_t a, uint32_t b, uint32_t period)
{
	for (; period--; a = trails->trails.data[a].parent, b = trails->trails.data[b].parent)
		if (trails->trails.data[a].word != trails->trails.data[b].word)
			return false;
	return true;
}

/* The last @period words of @at as one text in the scratch buffer. */
static const char *body_of(struct rg_trails *trails, uint32_t at, uint32_t period)
{
	rg_buffer_clear(&trails->text);
	for (uint32_t i = period; i--;) {
		const struct rg_trail *trail = &trails->trails.data[shorten(trails, at, i)];

		rg_buffer_puts(&trails->text, trails->words.data[trail->word]);
	}
	return rg_buffer_string(&trails->text);
}

/* Makes one of the last @period words of @at, which come twice. */
static bool fold(struct rg_trails *trails, uint32_t at, uint32_t period, uint32_t *ret)
{
	struct rg_buffer group = RG_BUFFER_INIT;
	uint32_t body, word;
	bool ok;

	rg_buffer_puts(&group, "(");
	rg_buffer_puts(&group, body_of(trails, at, period));
	rg_buffer_puts(&group, ")+");
	ok = !rg_buffer_failed(&group) && !rg_buffer_failed(&trails->text) &&
	     rg_trails_word(trails, rg_buffer_string(&trails->text), &body) &&
	     rg_trails_word(trails, rg_buffer_string(&group), &word) &&
	     make_child(trails, shorten(trails, at, 2 * period), word, period, body, ret);
	rg_buffer_free(&group);
	return ok;
}

/* Folds what @*at ends in, if it comes twice or goes on what was folded; until nothing does. */
static bool fold_end(struct rg_trails *trails, uint32_t *at)
{
	uint32_t period = 1;

	while (period <= MOST_PERIOD && period < trails->trails.data[*at].length) {
		uint32_t before = shorten(trails, *at, period), body;
		struct rg_trail last = trails->trails.data[before];

		if (last.period == period) {
			if (!rg_trails_word(trails, body_of(trails, *at, period), &body) ||
			    rg_buffer_failed(&trails->text))
				return false;
			if (body == last.body) {
				*at = before;
				period = 1;
				continue;
			}
		}
		/* The first word is the root's, which nothing repeats. */
		if (2 * period < trails->trails.data[*at].length &&
		    end_alike(trails, *at, before, period) &&
		    strlen(body_of(trails, *at, period)) <= LONGEST_BODY) {
			if (!fold(trails, *at, period, at))
				return false;
			period = 1;
			continue;
		}
		period++;
	}
	return true;
}

bool rg_trails_step(struct rg_trails *trails, uint32_t at, uint32_t word, bool last,
		    uint32_t *ret)
{
	const uint32_t *known = rg_map_find(&trails->next_of, key_of(at, word));
	uint32_t length = trails->trails.data[at].length, next;

	if (known) {
		*ret = *known;
		return true;
	}
	if (length >= LONGEST && !last) {
		if (length > LONGEST) {
			*ret = at;
			return true;
		}
		return rg_trails_word(trails, "...", &next) &&
		       make_child(trails, at, next, 0, 0, ret);
	}
	if (!make_child(trails, at, word, 0, 0, &next))
		return false;
	if (length < LONGEST && (!fold_end(trails, &next) ||
				 !rg_map_put(&trails->next_of, key_of(at, word), next)))
		return false;
	*ret = next;
	return true;
}

const char *rg_trails_text(struct rg_trails *trails, uint32_t at)
{
	uint32_t words[LONGEST + 2], count = 0;

	for (; trails->trails.data[at].length; at = trails->trails.data[at].parent)
		words[count++] = trails->trails.data[at].word;
	rg_buffer_clear(&trails->text);
	while (count--)
		rg_buffer_puts(&trails->text, trails->words.data[words[count]]);
	return rg_buffer_failed(&trails->text) ? NULL : rg_buffer_string(&trails->text);
}
