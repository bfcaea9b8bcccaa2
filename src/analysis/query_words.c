/* SPDX-License-Identifier: MIT */
/* The words of the language of queries, what they cost, and which are near a mistake. */
#include "analysis/query.h"

#include <stdio.h>
#include <string.h>

#define MOST_NEAR 3
#define LONGEST 32 /* words that are compared with mistakes */

static const struct rg_query_word words[] = {
	{ "attr", RG_QUERY_LABEL, RG_QUERY_ATTRIBUTE },
	{ "bound", RG_QUERY_NUMBER, RG_QUERY_BOUND },
	{ "depth", RG_QUERY_NUMBER, RG_QUERY_REACH },
	{ "descriptor", RG_QUERY_NUMBER, RG_QUERY_DESCRIPTOR },
	{ "dominator", RG_QUERY_RELATION, RG_QUERY_DOMINATOR },
	{ "external", RG_QUERY_NUMBER, RG_QUERY_EXTERNAL },
	{ "finalizer", RG_QUERY_FLAG, RG_OBJECT_FINALIZER },
	{ "frozen", RG_QUERY_FLAG, RG_OBJECT_FROZEN },
	{ "immortal", RG_QUERY_FLAG, RG_OBJECT_IMMORTAL },
	{ "in", RG_QUERY_NUMBER, RG_QUERY_IN },
	{ "is_module", RG_QUERY_FLAG, RG_OBJECT_MODULE },
	{ "is_type", RG_QUERY_FLAG, RG_OBJECT_TYPE },
	{ "key", RG_QUERY_LABEL, RG_QUERY_KEY },
	{ "len", RG_QUERY_NUMBER, RG_QUERY_LEN },
	{ "lost", RG_QUERY_STATE, RG_STATE_LOST },
	{ "module", RG_QUERY_TYPE, RG_QUERY_TYPE_MODULE },
	{ "name", RG_QUERY_WORDS, RG_QUERY_NAME },
	{ "opaque", RG_QUERY_FLAG, RG_OBJECT_OPAQUE },
	{ "open", RG_QUERY_OPEN, 0 },
	{ "origin", RG_QUERY_TYPE, RG_QUERY_TYPE_ORIGIN },
	{ "out", RG_QUERY_NUMBER, RG_QUERY_OUT },
	{ "owned", RG_QUERY_NUMBER, RG_QUERY_OWNED },
	{ "plumbing", RG_QUERY_FLAG, RG_OBJECT_PLUMBING },
	{ "reachable_from", RG_QUERY_RELATION, RG_QUERY_REACHABLE_FROM },
	{ "refcount", RG_QUERY_NUMBER, RG_QUERY_REFCOUNT },
	{ "referent", RG_QUERY_RELATION, RG_QUERY_REFERENT },
	{ "referrer", RG_QUERY_RELATION, RG_QUERY_REFERRER },
	{ "retained", RG_QUERY_NUMBER, RG_QUERY_RETAINED },
	{ "retained_by", RG_QUERY_RELATION, RG_QUERY_RETAINED_BY },
	{ "role", RG_QUERY_TYPE, RG_QUERY_TYPE_ROLE },
	{ "root", RG_QUERY_ROOT, 0 },
	{ "shown", RG_QUERY_NUMBER, RG_QUERY_SHOWN },
	{ "size", RG_QUERY_NUMBER, RG_QUERY_SIZE },
	{ "text", RG_QUERY_WORDS, RG_QUERY_TEXT },
	{ "tracked", RG_QUERY_FLAG, RG_OBJECT_TRACKED },
	{ "type", RG_QUERY_TYPE, RG_QUERY_TYPE_NAME },
	{ "unreachable", RG_QUERY_STATE, RG_STATE_UNREACHABLE },
	{ "unreached", RG_QUERY_FLAG, RG_OBJECT_UNREACHED },
	{ "unreadable", RG_QUERY_FLAG, RG_OBJECT_UNREADABLE },
	{ "value", RG_QUERY_WORDS, RG_QUERY_VALUE },
};
#define WORDS (sizeof(words) / sizeof(words[0]))

const struct rg_query_word *rg_query_word_find(const char *text, size_t length)
{
	for (size_t i = 0; i < WORDS; i++)
		if (strlen(words[i].name) == length && !memcmp(words[i].name, text, length))
			return &words[i];
	return NULL;
}

/* How many letters apart two short words are. */
static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST + 1], length = strlen(b);

	for (size_t j = 0; j <= length; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1]; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= length; j++) {
			size_t change = diagonal + (a[i - 1] != b[j - 1]);

			diagonal = row[j];
			row[j] = row[j] < row[j - 1] ? row[j] + 1 : row[j - 1] + 1;
			if (change < row[j])
				row[j] = change;
		}
	}
	return row[length];
}

bool rg_query_near(const char *word, char *buffer, size_t size)
{
	size_t length = strnlen(word, LONGEST), limit = length / 3 + 1, at = 0, found = 0;

	if (size)
		buffer[0] = '\0';
	if (length < 2 || length >= LONGEST)
		return false;
	/* The nearest first; of the same distance in the order of the alphabet. */
	for (size_t wanted = 0; wanted <= limit; wanted++) {
		for (size_t i = 0; i < WORDS && found < MOST_NEAR && at < size; i++) {
			size_t far = distance(word, words[i].name);

			/* What is a part of a word is rather near, too. */
			if (far > 2 && length >= 3 && (strstr(words[i].name, word) ||
						       strstr(word, words[i].name)) &&
			    strlen(words[i].name) >= 3)
				far = 2;
			if (far != wanted)
				continue;
			at += (size_t)snprintf(buffer + at, size - at, "%s%s", found++ ? ", " : "",
					       words[i].name);
		}
	}
	return found > 0;
}

unsigned int rg_query_cost(enum rg_query_kind kind, uint32_t which, bool *ret_references)
{
	bool references = false;
	unsigned int cost = 0;

	switch (kind) {
	case RG_QUERY_NOT:
	case RG_QUERY_AND:
	case RG_QUERY_OR:
	case RG_QUERY_ADDRESS:
		break;
	case RG_QUERY_FLAG:
	case RG_QUERY_TYPE:
	case RG_QUERY_NAMED:
		cost = 1;
		break;
	case RG_QUERY_NUMBER:
		references = which == RG_QUERY_RETAINED || which == RG_QUERY_EXTERNAL ||
			     which == RG_QUERY_IN || which == RG_QUERY_OUT ||
			     which == RG_QUERY_REACH;
		cost = which == RG_QUERY_RETAINED ? 12 : which == RG_QUERY_REACH ? 9
		       : which == RG_QUERY_IN ? 6 : which >= RG_QUERY_LEN ? 5 : 2;
		break;
	case RG_QUERY_ROOT:
		references = true;
		cost = 3;
		break;
	case RG_QUERY_WORDS:
	case RG_QUERY_OPEN:
		cost = 5;
		break;
	case RG_QUERY_LABEL:
		references = true;
		cost = 7;
		break;
	case RG_QUERY_STATE:
		references = true;
		cost = 8;
		break;
	case RG_QUERY_RELATION:
		references = true;
		cost = which == RG_QUERY_DOMINATOR ? 12 : which == RG_QUERY_RETAINED_BY ? 11 : 10;
		break;
	}
	*ret_references = references;
	return cost;
}

bool rg_query_class_known(enum rg_query_type_word which, const char *pattern, size_t length)
{
	char copy[LONGEST + 1];

	if (which == RG_QUERY_TYPE_NAME || which == RG_QUERY_TYPE_MODULE)
		return true;
	if (length > LONGEST)
		return false;
	memcpy(copy, pattern, length);
	copy[length] = '\0';
	for (int i = RG_ORIGIN_UNKNOWN; i <= RG_ORIGIN_PROGRAM && which == RG_QUERY_TYPE_ORIGIN;
	     i++)
		if (rg_pattern_match(copy, rg_origin_name((enum rg_origin)i)))
			return true;
	for (int i = RG_ROLE_NONE; i <= RG_ROLE_THREAD_LOCAL && which == RG_QUERY_TYPE_ROLE; i++)
		if (rg_pattern_match(copy, rg_role_name((enum rg_role)i)))
			return true;
	return false;
}
