/* SPDX-License-Identifier: MIT */
/* Patterns of names.  Not fnmatch: names hold brackets, and a pattern must not recurse. */
#include "base/error.h"

bool rg_pattern_match(const char *pattern, const char *text)
{
	const char *star = NULL, *resume = text;

	while (*text) {
		if (*pattern == '*') {
			star = pattern++;
			resume = text;
		} else if (*pattern == '?' || *pattern == *text) {
			/* A character of UTF-8 is its first byte and all that continue it. */
			if (*pattern == '?')
				while (((unsigned char)text[1] & 0xc0) == 0x80)
					text++;
			pattern++;
			text++;
		} else if (star) {
			/* Give the last star one more character. */
			pattern = star + 1;
			text = ++resume;
		} else {
			return false;
		}
	}
	while (*pattern == '*')
		pattern++;
	return !*pattern;
}
