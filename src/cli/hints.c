/* SPDX-License-Identifier: MIT */
/* Names that are near a word that names nothing. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

void cli_hints_offer(struct cli_hints *hints, const char *name, const char *short_name)
{
	const char *word = hints->word;
	const char *dot = strrchr(word, '.'), *last = dot && dot[1] ? dot + 1 : word;
	size_t limit = strlen(word) / 3 + 1, own_limit = strlen(last) / 3 + 1;
	size_t full = cli_distance(word, name, limit);
	size_t tail = cli_distance(word, short_name, limit);
	size_t own = cli_distance(last, short_name, own_limit);
	size_t score = full < tail ? full : tail;

	/* The right name with another module: as good as a letter or two. */
	if (own < own_limit && own + 1 < score)
		score = own + 1;
	if (strcasestr(name, word))
		score = 1;
	if (score > limit)
		return;
	/* Smaller scores first, then by name. */
	for (size_t i = 0; i < CLI_MOST_HINTS; i++) {
		const char *lower = hints->names[i];
		size_t lower_score = hints->scores[i];

		if (lower && !strcmp(lower, name))
			return;
		if (!lower || score < lower_score ||
		    (score == lower_score && strcmp(name, lower) < 0)) {
			hints->names[i] = name;
			hints->scores[i] = score;
			name = lower;
			score = lower_score;
		}
		if (!name)
			return;
	}
}

bool cli_hints_text(const struct cli_hints *hints, char *buffer, size_t size)
{
	size_t at = 0;

	*buffer = '\0';
	for (size_t i = 0; i < CLI_MOST_HINTS && hints->names[i] && at < size; i++)
		at += (size_t)snprintf(buffer + at, size - at, "%s%.120s", i ? ", " : "",
				       hints->names[i]);
	return *buffer;
}
