/* SPDX-License-Identifier: MIT */
/*
 * Reads code objects, a line each: minor version, co_stacksize, instructions and table of
 * handlers in hexadecimal ("-": none).  Writes the depths at all units, "." for unknown; of
 * 3.8 for 0, 1, 2 and 3 exceptions that are being handled.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/error.h"
#include "runtime/cpython/stack_depth.h"

#define HANDLED_38 4

static size_t decode(const char *hex, uint8_t *bytes)
{
	size_t count = 0;
	unsigned byte;

	while (hex && sscanf(hex + 2 * count, "%2x", &byte) == 1)
		bytes[count++] = (uint8_t)byte;
	return count;
}

static void print_depths(const struct cpy_bytecode *code, const struct cpy_depths *depths)
{
	unsigned kinds = code->minor == 8 ? HANDLED_38 : 1, handled;

	for (size_t unit = 0; unit < code->units; unit++)
		for (handled = 0; handled < kinds; handled++) {
			int depth = cpy_depths_at(depths, unit, handled);

			if (depth < 0)
				printf(handled ? ",." : " .");
			else
				printf("%c%d", handled ? ',' : ' ', depth);
		}
	putchar('\n');
}

static int answer(char *line)
{
	char *minor = strtok(line, " \n"), *stacksize = strtok(NULL, " \n");
	char *hex = strtok(NULL, " \n"), *table = strtok(NULL, " \n");
	struct cpy_bytecode code = { 0 };
	struct cpy_depths *depths;
	uint8_t *bytes, *handlers;
	rg_error *error;

	if (!table)
		return 1;
	bytes = calloc(1, strlen(hex) / 2 + 1);
	handlers = calloc(1, strlen(table) / 2 + 1);
	if (!bytes || !handlers)
		abort();
	code.minor = (unsigned)atoi(minor);
	code.stacksize = (uint32_t)atoi(stacksize);
	code.code = bytes;
	code.units = decode(hex, bytes) / 2;
	code.handlers = handlers;
	code.handlers_size = strcmp(table, "-") ? decode(table, handlers) : 0;
	error = cpy_depths_find(&code, &depths);
	if (!error) {
		print_depths(&code, depths);
		cpy_depths_free(depths);
	}
	free(bytes);
	free(handlers);
	if (!error)
		return 0;
	rg_error_free(error);
	return 1;
}

int main(void)
{
	char *line = NULL;
	size_t capacity = 0;
	int wrong = 0;

	while (!wrong && getline(&line, &capacity, stdin) > 0)
		wrong = answer(line);
	free(line);
	return wrong;
}
