/* SPDX-License-Identifier: MIT */
/* Queries as operands: QUERY, and of {QUERY}#N or {QUERY}#largest one object. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"

/* Whether the first word is one of the language, or near one. */
static bool begins_as_query(const char *word)
{
	size_t length = strspn(word, "abcdefghijklmnopqrstuvwxyz_");
	char first[32], near[128];

	if (!length || length >= sizeof(first))
		return false;
	memcpy(first, word, length);
	first[length] = '\0';
	return !strcmp(first, "not") || rg_query_near(first, near, sizeof(near));
}

bool cli_is_query(const char *word)
{
	if (word[0] == '{')
		return true;
	if (!strpbrk(word, " \t(<=>!") && !strncmp(word, "0x", 2))
		return false;
	if (rg_query_fault(word) == SIZE_MAX)
		return true;
	/* Names of types may hold all of these, but a mistake in one rarely holds a blank, too. */
	if (!strpbrk(word, "=<>()!'\""))
		return strstr(word, " and ") || strstr(word, " or ") || !strncmp(word, "not ", 4);
	return strpbrk(word, " \t") || begins_as_query(word);
}

static int wrong(const rg_dump *dump, const char *text, rg_error *error)
{
	bool invalid = rg_error_code(error) == RG_ERROR_INVALID;

	if (!invalid)
		return cli_fail(error);
	cli_say("%s: '%s' is no type, and no query: %s", rg_dump_info(dump)->path, text,
		rg_error_message(error));
	rg_error_free(error);
	cli_point_at(text, rg_query_fault(text));
	return CLI_TROUBLE;
}

static int fail_in_dump(const rg_dump *dump, const char *text, rg_error *error)
{
	cli_say("%s: '%s': %s", rg_dump_info(dump)->path, text, rg_error_message(error));
	rg_error_free(error);
	return CLI_TROUBLE;
}

/* Appends what was selected, or the one of it that is asked for. */
static int choose(const rg_dump *dump, const char *word, const struct rg_query_result *result,
		  bool numbered, uint64_t number, bool largest, struct cli_objects *objects,
		  size_t *capacity)
{
	const rg_graph *graph = rg_dump_objects(dump);
	size_t best = 0;
	int status = CLI_OK;

	if (numbered && number >= result->count) {
		cli_say("%s: there are only %zu objects in '%s', counted from #0: #%" PRIu64
			" is none of them", rg_dump_info(dump)->path, result->count, word, number);
		return CLI_TROUBLE;
	}
	if (numbered)
		return cli_add(objects, capacity, result->ids[number]);
	for (size_t i = 0; !status && i < result->count; i++) {
		if (!largest)
			status = cli_add(objects, capacity, result->ids[i]);
		else if (cli_memory_of(graph, result->ids[i]) >
			 cli_memory_of(graph, result->ids[best]))
			best = i;
	}
	if (!status && largest && result->count)
		status = cli_add(objects, capacity, result->ids[best]);
	return status;
}

static int select_objects(rg_dump *dump, const char *text, const rg_query *query,
			  struct rg_query_result **ret)
{
	const rg_graph *graph = rg_dump_objects(dump);
	rg_error *error = NULL;

	if (rg_query_needs_references(query))
		error = rg_dump_graph(dump, &graph);
	if (error)
		return cli_fail(error);
	cli_progress_stage("selecting objects");
	error = rg_query_select(graph, query, NULL, ret);
	return error ? fail_in_dump(dump, text, error) : CLI_OK;
}

int cli_find_query(rg_dump *dump, const char *word, bool may_be_empty, struct cli_objects *objects,
		   size_t *capacity)
{
	char *copy = strdup(word), *text = copy;
	struct rg_query_result *result = NULL;
	bool numbered = false, largest = false;
	rg_query *query = NULL;
	uint64_t number = 0;
	rg_error *error;
	int status;

	if (!copy)
		return cli_no_memory();
	if (*word == '{') {
		numbered = cli_cut_number(copy, &number, &largest);
		text++;
		if (strlen(text) && text[strlen(text) - 1] == '}') {
			text[strlen(text) - 1] = '\0';
		} else {
			cli_say("%s: '%s' lacks } at the end, or #N or #largest behind it",
				rg_dump_info(dump)->path, word);
			free(copy);
			return CLI_TROUBLE;
		}
	}
	error = rg_query_parse(text, &query);
	status = error ? wrong(dump, text, error) : select_objects(dump, text, query, &result);
	for (size_t i = 0; !status && i < result->unknown_count; i++)
		cli_unknown_type(dump, result->unknown[i]);
	if (!status && !result->count && !may_be_empty) {
		cli_say("%s: no object is as '%s' has it", rg_dump_info(dump)->path, text);
		status = CLI_TROUBLE;
	}
	if (!status)
		status = choose(dump, text, result, numbered, number, largest, objects, capacity);
	rg_query_result_free(result);
	rg_query_free(query);
	free(copy);
	return status;
}
