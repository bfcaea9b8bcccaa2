/* SPDX-License-Identifier: MIT */
/*
 * How is a core made small enough to send, and free of secrets?  Writes it in
 * the portable form, without the keys of dicts and without values, and shows
 * how far the reading has come.
 *
 *	9-convert CORE FILE.ndjson
 */
#include <refgraph/refgraph.h>

#include <stdio.h>
#include <string.h>

static int fail(rg_error *error)
{
	fprintf(stderr, "%s\n", rg_error_message(error));
	rg_error_free(error);
	return 2;
}

/* Called now and then while the dump is read; whoever wants it to stop returns false. */
static bool progress(void *user, const char *stage, uint64_t done, uint64_t total)
{
	const char **last = (const char **)user;

	(void)done;
	(void)total;
	if (!*last || strcmp(*last, stage) != 0)
		fprintf(stderr, "%s\n", stage);
	*last = stage;
	return true;
}

static rg_error *convert(rg_dump *dump, const char *path)
{
	struct rg_convert_options options;
	rg_sink *sink;
	rg_error *error = rg_sink_file(path, &sink);

	if (error)
		return error;
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.labels = RG_LABELS_NAMES;
	/* Any function may take the pieces; this one puts them into the sink. */
	error = rg_dump_convert(dump, &options, rg_sink_receive, sink);
	if (!error)
		error = rg_sink_commit(sink);
	rg_sink_free(sink);
	return error;
}

int main(int argc, char **argv)
{
	struct rg_open_options options;
	const char *stage = NULL;
	rg_dump *dump;
	rg_error *error;

	if (argc != 3) {
		fprintf(stderr, "usage: 9-convert CORE FILE.ndjson\n");
		return 2;
	}
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.progress = progress;
	options.progress_user = &stage;
	error = rg_dump_open(argv[1], &options, &dump);
	if (error)
		return fail(error);
	error = convert(dump, argv[2]);
	rg_dump_close(dump);
	return error ? fail(error) : 0;
}
