/* SPDX-License-Identifier: MIT */
/* refgraph convert: a dump in the portable form. */
#include <string.h>

#include "cli/command.h"

static int run(struct cli *cli)
{
	struct rg_convert_options options;
	const rg_graph *graph;
	rg_dump *dump = NULL;
	rg_error *error;
	int status = cli_load(cli, cli->operands[0], &dump);

	if (status)
		return status;
	memset(&options, 0, sizeof(options));
	options.size = sizeof(options);
	options.labels = (enum rg_label_policy)cli->options.labels;
	options.values = cli->options.values;
	/* Read first: a dump that cannot be read must leave no output behind. */
	error = rg_dump_graph(dump, &graph);
	status = error ? cli_fail(error) : cli_open(cli);
	if (!status) {
		/* What goes to the same terminal is progress enough. */
		if (cli->options.output || !cli->width)
			cli_progress_stage("looking for unreachable objects");
		error = rg_dump_convert(dump, &options, rg_sink_receive, cli->sink);
		if (error)
			status = cli_fail(error);
	}
	rg_dump_close(dump);
	return status;
}

const struct cli_command cli_convert = {
	.name = "convert",
	.operands = "DUMP",
	.summary = "write a dump in the portable form, one object a line",
	.text = "Writes a dump in the portable form (NDJSON), which every command reads. It holds\n"
		"neither values nor keys of dicts unless --values or --labels=all ask for them.",
	.formats = CLI_ANY(CLI_NDJSON),
	.format = CLI_NDJSON,
	.labels = RG_LABELS_NAMES,
	.least = 1,
	.most = 1,
	.run = run,
};
