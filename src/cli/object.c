/* SPDX-License-Identifier: MIT */
/*
 * How objects are named on the command line: 0xADDRESS, TYPE (all of it), or
 * TYPE#N, counted from 0 in the order of addresses, or TYPE#largest.  A type is named in full,
 * by the last word of its name, or by a pattern.  What is none of these may be a query.
 * Many are named in a file: @FILE, or - for standard input.
 */
#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "cli/cli.h"

bool cli_says_order(const struct cli *cli, const char *path)
{
	struct stat st;

	/* Where every operand is a dump, or the first is something, that is not what went wrong. */
	if (cli->operand_count < 2 || path != cli->operands[0] ||
	    !strstr(cli->command->operands, "OBJECT") || stat(path, &st) == 0)
		return false;
	for (int i = 1; i < cli->operand_count; i++) {
		if (stat(cli->operands[i], &st) < 0 || !S_ISREG(st.st_mode))
			continue;
		cli_say("%s: there is no such file, but '%s' is one: the dump comes first: "
			"refgraph %s %s", path, cli->operands[i], cli->command->name,
			cli->command->operands);
		return true;
	}
	return false;
}

bool cli_match(const char *pattern, const struct rg_type *type)
{
	return rg_pattern_match(pattern, type->name) ||
	       rg_pattern_match(pattern, type->short_name);
}

static bool has_wildcard(const char *word)
{
	return strpbrk(word, "*?") != NULL;
}

int cli_unknown_type(const rg_dump *dump, const char *word)
{
	const rg_graph *graph = rg_dump_objects(dump);
	const char *path = rg_dump_info(dump)->path;
	struct cli_hints hints = { .word = word };
	char list[512];

	if (has_wildcard(word)) {
		cli_say("%s: no type matches '%s': refgraph types -n 0 %s lists them all", path,
			word, path);
		return CLI_TROUBLE;
	}
	for (rg_type_id t = 0; t < rg_graph_type_count(graph); t++) {
		const struct rg_type *type = rg_graph_type(graph, t);

		cli_hints_offer(&hints, type->name, type->short_name);
	}
	if (cli_hints_text(&hints, list, sizeof(list)))
		cli_say("%s: no type '%s'; near: %s", path, word, list);
	else
		cli_say("%s: no type '%s'; refgraph types -n 0 %s lists them all", path, word,
			path);
	return CLI_TROUBLE;
}

/* Which types @word means: by full name, else by short name, else as a pattern. */
static bool *wanted_types(const rg_graph *graph, const char *word, bool *ret_any)
{
	rg_type_id count = rg_graph_type_count(graph);
	bool *wanted = calloc((size_t)count + 1, sizeof(*wanted));

	*ret_any = false;
	for (int way = 0; wanted && way < 3 && !*ret_any; way++) {
		for (rg_type_id t = 0; t < count; t++) {
			const struct rg_type *type = rg_graph_type(graph, t);

			wanted[t] = way == 0 ? !strcmp(word, type->name)
				    : way == 1 ? !strcmp(word, type->short_name)
				    : has_wildcard(word) && cli_match(word, type);
			*ret_any = *ret_any || wanted[t];
		}
	}
	return wanted;
}

int cli_add(struct cli_objects *objects, size_t *capacity, rg_id id)
{
	if (objects->count == *capacity) {
		size_t larger = *capacity ? *capacity * 2 : 64;
		rg_id *ids = realloc(objects->ids, larger * sizeof(*ids));

		if (!ids)
			return cli_no_memory();
		objects->ids = ids;
		*capacity = larger;
	}
	objects->ids[objects->count++] = id;
	return CLI_OK;
}

bool cli_cut_number(char *word, uint64_t *ret_number, bool *ret_largest)
{
	char *hash = strrchr(word, '#'), *end = NULL;

	*ret_largest = hash && !strcmp(hash, "#largest");
	if (hash && hash[1] >= '0' && hash[1] <= '9')
		*ret_number = strtoull(hash + 1, &end, 10);
	if (*ret_largest || (end && !*end))
		*hash = '\0';
	return end && !*end;
}

/* What an object takes, and owns. */
uint64_t cli_memory_of(const rg_graph *graph, rg_id id)
{
	struct rg_object object = rg_graph_object(graph, id);

	return object.size + object.owned;
}

static int find_type(rg_dump *dump, const rg_graph *graph, const char *word, bool may_be_empty,
		     struct cli_objects *objects, size_t *capacity)
{
	char *name = strdup(word);
	uint64_t number = 0, met = 0;
	bool numbered, any = false, largest;
	rg_id best = RG_NONE;
	bool *wanted = NULL;
	int status = CLI_OK;

	if (!name)
		return cli_no_memory();
	numbered = cli_cut_number(name, &number, &largest);
	wanted = wanted_types(graph, name, &any);
	if (wanted && !any && cli_is_query(word)) {
		free(wanted);
		free(name);
		return cli_find_query(dump, word, may_be_empty, objects, capacity);
	}
	if (!wanted)
		status = cli_no_memory();
	else if (!any)
		status = cli_unknown_type(dump, name);
	for (rg_id id = 0; !status && id < rg_graph_object_count(graph); id++) {
		if (!wanted[rg_graph_object(graph, id).type])
			continue;
		if (largest && (best == RG_NONE ||
				cli_memory_of(graph, id) > cli_memory_of(graph, best)))
			best = id;
		if (!largest && (!numbered || met == number))
			status = cli_add(objects, capacity, id);
		met++;
		if (numbered && met > number)
			break;
	}
	if (!status && best != RG_NONE)
		status = cli_add(objects, capacity, best);
	if (!status && numbered && met <= number) {
		cli_say("%s: there are only %" PRIu64 " objects of type '%s', counted from #0: #%"
			PRIu64 " is none of them", rg_dump_info(dump)->path, met, name, number);
		status = CLI_TROUBLE;
	} else if (!status && !met) {
		cli_say("%s: the type '%s' is known, but no object is of it%s",
			rg_dump_info(dump)->path, name,
			rg_dump_info(dump)->complete ? "" :
			" in what is there: the dump is incomplete, perhaps cut off");
		status = CLI_TROUBLE;
	}
	free(wanted);
	free(name);
	return status;
}

/* The last object that starts below @address, or RG_NONE.  Ids are in the order of addresses. */
static rg_id object_before(const rg_graph *graph, uint64_t address)
{
	rg_id low = 0, high = rg_graph_object_count(graph);

	while (low < high) {
		rg_id middle = low + (high - low) / 2;

		if (rg_graph_object(graph, middle).address < address)
			low = middle + 1;
		else
			high = middle;
	}
	return low ? low - 1 : RG_NONE;
}

/* Says what is at @address, where no object starts. */
static int unknown_address(const rg_dump *dump, const rg_graph *graph, const char *word,
			   uint64_t address)
{
	const char *path = rg_dump_info(dump)->path;
	rg_id before = object_before(graph, address);
	struct rg_object object;

	switch (rg_dump_memory(dump, address)) {
	case RG_MEMORY_UNMAPPED:
		cli_say("%s: no object starts at '%s': the process had no memory there; refgraph "
			"objects lists addresses", path, word);
		return CLI_TROUBLE;
	case RG_MEMORY_LACKING:
		cli_say("%s: no object is known at '%s': the dump lacks that memory: see "
			"docs/taking-a-dump.md", path, word);
		return CLI_TROUBLE;
	default:
		break;
	}
	if (before != RG_NONE) {
		object = rg_graph_object(graph, before);
		/* Its size may count tables that lie elsewhere: where it starts is what is sure. */
		if (address - object.address < object.size) {
			cli_say("%s: no object starts at '%s': that is 0x%" PRIx64 " bytes behind "
				"the start of 0x%" PRIx64 ", of type '%s'", path, word,
				address - object.address, object.address,
				rg_graph_type(graph, object.type)->name);
			return CLI_TROUBLE;
		}
	}
	cli_say("%s: no object starts at '%s': refgraph objects lists addresses", path, word);
	return CLI_TROUBLE;
}

static int find_address(const rg_dump *dump, const rg_graph *graph, const char *word,
			struct cli_objects *objects, size_t *capacity)
{
	char *end;
	uint64_t address;
	rg_id id;

	errno = 0;
	address = strtoull(word + 2, &end, 16);
	/* strtoull would take blanks and signs as well. */
	if (*end || errno || !isxdigit((unsigned char)word[2])) {
		cli_say("'%s' is no address: it takes 0x and up to 16 hexadecimal digits", word);
		return CLI_TROUBLE;
	}
	id = rg_graph_find(graph, address);
	if (id != RG_NONE)
		return cli_add(objects, capacity, id);
	return unknown_address(dump, graph, word, address);
}

/* Drops what was named twice, keeping the order. */
static int unique(const rg_graph *graph, struct cli_objects *objects)
{
	bool *seen = calloc((size_t)rg_graph_object_count(graph) + 1, sizeof(*seen));
	size_t kept = 0;

	if (!seen)
		return cli_no_memory();
	for (size_t i = 0; i < objects->count; i++) {
		if (seen[objects->ids[i]])
			continue;
		seen[objects->ids[i]] = true;
		objects->ids[kept++] = objects->ids[i];
	}
	objects->count = kept;
	free(seen);
	return CLI_OK;
}

static int find_word(rg_dump *dump, const rg_graph *graph, const char *word, bool may_be_empty,
		     struct cli_objects *objects, size_t *capacity)
{
	if ((!strncmp(word, "0x", 2) || !strncmp(word, "0X", 2)) && !cli_is_query(word))
		return find_address(dump, graph, word, objects, capacity);
	return find_type(dump, graph, word, may_be_empty, objects, capacity);
}

/* The words in the file @path, one a line; empty lines are none. */
static int find_listed(rg_dump *dump, const rg_graph *graph, const char *path, bool may_be_empty,
		       struct cli_objects *objects, size_t *capacity)
{
	bool is_input = !strcmp(path, "-");
	FILE *file = is_input ? stdin : fopen(path, "re");
	size_t size = 0, words = 0;
	char *line = NULL;
	int status = CLI_OK;

	if (!file) {
		cli_say("%s: %s", path, strerror(errno));
		return CLI_TROUBLE;
	}
	while (!status && getline(&line, &size, file) >= 0) {
		line[strcspn(line, "\r\n")] = '\0';
		if (!*line)
			continue;
		words++;
		status = find_word(dump, graph, line, may_be_empty, objects, capacity);
	}
	if (!status && ferror(file)) {
		cli_say("%s: cannot be read: %s", path, strerror(errno));
		status = CLI_TROUBLE;
	} else if (!status && !words) {
		cli_say("%s: names no object: one a line is expected", path);
		status = CLI_TROUBLE;
	}
	free(line);
	if (!is_input)
		fclose(file);
	return status;
}

static int find(rg_dump *dump, char *const *words, size_t count, bool may_be_empty,
		struct cli_objects *ret)
{
	const rg_graph *graph = rg_dump_objects(dump);
	struct cli_objects objects = { NULL, 0 };
	size_t capacity = 0;
	bool listed = false;
	int status = CLI_OK;

	for (size_t i = 0; !status && i < count; i++) {
		bool is_list = words[i][0] == '@' || !strcmp(words[i], "-");

		listed = listed || is_list;
		if (is_list)
			status = find_listed(dump, graph, words[i] + (words[i][0] == '@'),
					     may_be_empty, &objects, &capacity);
		else
			status = find_word(dump, graph, words[i], may_be_empty, &objects,
					   &capacity);
	}
	if (!status && (count > 1 || listed))
		status = unique(graph, &objects);
	if (status) {
		free(objects.ids);
		return status;
	}
	*ret = objects;
	return CLI_OK;
}

int cli_find(rg_dump *dump, char *const *words, size_t count, struct cli_objects *ret)
{
	return find(dump, words, count, false, ret);
}

int cli_find_any(rg_dump *dump, char *const *words, size_t count, struct cli_objects *ret)
{
	return find(dump, words, count, true, ret);
}
