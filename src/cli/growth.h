/* SPDX-License-Identifier: MIT */
/* What the parts of growth share: the dumps it compares, and how each part shows them. */
#ifndef REFGRAPH_CLI_GROWTH_H
#define REFGRAPH_CLI_GROWTH_H

#include "cli/cli.h"

/* What is kept of each dump, so that only one is open at a time. */
struct growth_series {
	struct rg_dump_info *infos;
	const struct rg_dump_info **views; /* one pointer each */
	struct rg_type_table **tables;
	size_t count;
	struct rg_growth *growth;
};

/* --- growth_report.c --- */
int growth_report(struct cli *cli, const struct growth_series *series);
int growth_report_csv(struct cli *cli, const struct growth_series *series);
int growth_report_json(struct cli *cli, const struct growth_series *series);

#endif
