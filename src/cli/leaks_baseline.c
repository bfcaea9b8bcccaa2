/* SPDX-License-Identifier: MIT */
/*
 * Reading a baseline: the JSON that leaks wrote, and somebody may have reformatted.  No
 * more of JSON is understood than tells where values begin and end.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/leaks.h"

#define DEEPEST 64

/* What is left of the text; a NUL stands behind it. */
struct scan {
	const char *at, *end;
};

static void skip_blanks(struct scan *scan)
{
	while (scan->at < scan->end && strchr(" \t\r\n", *scan->at) && *scan->at)
		scan->at++;
}

static bool take(struct scan *scan, char what)
{
	skip_blanks(scan);
	if (scan->at == scan->end || *scan->at != what)
		return false;
	scan->at++;
	return true;
}

/* A string; its contents as they stand, escapes too, to @ret if that is wanted. */
static bool take_string(struct scan *scan, char **ret)
{
	const char *begin;

	if (!take(scan, '"'))
		return false;
	begin = scan->at;
	while (scan->at < scan->end && *scan->at != '"')
		scan->at += *scan->at == '\\' && scan->at + 1 < scan->end ? 2 : 1;
	if (scan->at >= scan->end)
		return false;
	if (ret) {
		free(*ret);
		*ret = strndup(begin, (size_t)(scan->at - begin));
	}
	scan->at++;
	return !ret || *ret;
}

/* Any value, without recursion. */
static bool skip_value(struct scan *scan)
{
	char closing[DEEPEST];
	size_t depth = 0;

	for (;;) {
		skip_blanks(scan);
		if (scan->at == scan->end)
			return false;
		if (*scan->at == '"') {
			if (!take_string(scan, NULL))
				return false;
		} else if (*scan->at == '{' || *scan->at == '[') {
			if (depth == DEEPEST)
				return false;
			closing[depth++] = *scan->at++ == '{' ? '}' : ']';
			continue;
		} else if (depth && *scan->at == closing[depth - 1]) {
			scan->at++;
			depth--;
		} else if (depth && (*scan->at == ',' || *scan->at == ':')) {
			scan->at++;
			continue;
		} else {
			const char *begin = scan->at;

			while (scan->at < scan->end && !strchr(" \t\r\n,:]}[{\"", *scan->at))
				scan->at++;
			if (scan->at == begin)
				return false;
		}
		if (!depth)
			return true;
	}
}

static bool take_number(struct scan *scan, uint64_t *ret)
{
	uint64_t value = 0;

	skip_blanks(scan);
	if (scan->at == scan->end || *scan->at < '0' || *scan->at > '9')
		return skip_value(scan);
	for (; scan->at < scan->end && *scan->at >= '0' && *scan->at <= '9'; scan->at++)
		if (__builtin_mul_overflow(value, UINT64_C(10), &value) ||
		    __builtin_add_overflow(value, (uint64_t)(*scan->at - '0'), &value))
			value = UINT64_MAX;
	*ret = value;
	return true;
}

static bool take_suspect(struct scan *scan, struct leaks *leaks)
{
	struct leaks_accepted one = { NULL, NULL, 0, 0 }, *more;
	char *key = NULL;
	bool ok = take(scan, '{');

	while (ok && !take(scan, '}')) {
		ok = take_string(scan, &key) && take(scan, ':');
		if (!ok)
			break;
		if (!strcmp(key, "signature"))
			ok = take_string(scan, &one.signature);
		else if (!strcmp(key, "kind"))
			ok = take_string(scan, &one.kind);
		else if (!strcmp(key, "retained"))
			ok = take_number(scan, &one.retained);
		else if (!strcmp(key, "count"))
			ok = take_number(scan, &one.count);
		else
			ok = skip_value(scan);
		take(scan, ',');
	}
	free(key);
	ok = ok && one.signature && one.kind;
	more = ok ? realloc(leaks->accepted, (leaks->accepted_count + 1) * sizeof(*more)) : NULL;
	if (!more) {
		free(one.signature);
		free(one.kind);
		return false;
	}
	leaks->accepted = more;
	leaks->accepted[leaks->accepted_count++] = one;
	return true;
}

bool leaks_parse_baseline(const char *text, size_t length, struct leaks *leaks)
{
	struct scan scan = { text, text + length };
	char *key = NULL, *schema = NULL;
	bool ok = take(&scan, '{'), suspects = false;

	while (ok && !take(&scan, '}')) {
		ok = take_string(&scan, &key) && take(&scan, ':');
		if (!ok)
			break;
		if (!strcmp(key, "schema")) {
			ok = take_string(&scan, &schema) && !strcmp(schema, "refgraph/leaks/1");
		} else if (!strcmp(key, "suspects")) {
			suspects = true;
			ok = take(&scan, '[');
			while (ok && !take(&scan, ']')) {
				ok = take_suspect(&scan, leaks);
				take(&scan, ',');
			}
		} else {
			ok = skip_value(&scan);
		}
		take(&scan, ',');
	}
	ok = ok && schema && suspects;
	free(key);
	free(schema);
	return ok;
}
