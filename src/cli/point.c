/* SPDX-License-Identifier: MIT */
/* Shows where a text that somebody typed is wrong: a condition, a query. */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

#define MOST_SHOWN 60 /* bytes of a condition on either side of where it is wrong */

/* Whether a byte goes on with a character of UTF-8. */
static bool is_inside(char byte)
{
	return ((unsigned char)byte & 0xc0) == 0x80;
}

/* How many characters a terminal shows of a clean text. */
static int shown_width(const char *clean)
{
	int width = 0;

	for (; *clean; clean++)
		width += !is_inside(*clean);
	return width;
}

void cli_point_at(const char *text, size_t at)
{
	size_t length = strlen(text), from = 0, to = length;
	char part[2 * MOST_SHOWN + 8], before[4 * sizeof(part)], after[4 * sizeof(part)];

	if (at > length)
		at = length;
	if (at > MOST_SHOWN)
		from = at - MOST_SHOWN;
	while (from < at && is_inside(text[from]))
		from++;
	if (length - at > MOST_SHOWN)
		to = at + MOST_SHOWN;
	while (to > at && is_inside(text[to]))
		to--;
	snprintf(part, sizeof(part), "%.*s", (int)(at - from), text + from);
	rg_text_clean(part, before, sizeof(before));
	snprintf(part, sizeof(part), "%.*s", (int)(to - at), text + at);
	rg_text_clean(part, after, sizeof(after));
	fprintf(stderr, "  %s%s%s%s\n  %*s^\n", from ? "..." : "", before, after,
		to < length ? "..." : "", shown_width(before) + (from ? 3 : 0), "");
}
