/* SPDX-License-Identifier: MIT */
/*
 * What is this file?  Opens a dump, says what made it, and whether anything is
 * missing in it.
 *
 *	1-open DUMP [EXECUTABLE]
 *
 * EXECUTABLE is for a core of another machine: the program that was dumped,
 * where it is not at the place that the core names.
 */
#include <refgraph/refgraph.h>

#include <stdio.h>
#include <string.h>

/*
 * Every function that can fail returns NULL or an error of ours to free.  Its
 * message is a whole sentence: what, where, and what to do about it.
 */
static int fail(rg_error *error)
{
	fprintf(stderr, "%s\n", rg_error_message(error));
	if (rg_error_code(error) == RG_ERROR_NOT_A_DUMP)
		fprintf(stderr, "usage: 1-open DUMP [EXECUTABLE]\n");
	rg_error_free(error);
	return 2;
}

/* A dump can say anything, also what upsets a terminal: its text is cleaned before it is shown. */
static void line(const char *what, const char *text)
{
	char clean[1024];

	rg_text_clean(text ? text : "", clean, sizeof(clean));
	printf("%-10s %s\n", what, clean);
}

static void describe(const struct rg_dump_info *info)
{
	char number[RG_FORMAT_SIZE];
	size_t i;

	line("form", info->format);
	line("runtime", info->runtime_name);
	line("version", info->version);
	line("objects", rg_format_count(info->objects, number));
	line("bytes", rg_format_bytes(info->object_bytes, number));
	line("threads", rg_format_count(info->threads, number));
	line("complete", info->complete ? "yes" : "no");
	for (i = 0; i < info->missing_count; i++)
		line("missing", info->missing[i]);
}

int main(int argc, char **argv)
{
	struct rg_open_options options;
	rg_dump *dump;
	rg_error *error;

	if (argc < 2) {
		fprintf(stderr, "usage: 1-open DUMP [EXECUTABLE]\n");
		return 2;
	}
	/*
	 * Options are all zero but for what is asked for.  The size tells a later
	 * version of the library which of them this program knows.
	 */
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.exe = argc > 2 ? argv[2] : NULL;
	error = rg_dump_open(argv[1], &options, &dump);
	if (error)
		return fail(error);
	/* Belongs to the dump: nothing to free, and gone when that is closed. */
	describe(rg_dump_info(dump));
	rg_dump_close(dump);
	return 0;
}
