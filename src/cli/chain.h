/* SPDX-License-Identifier: MIT */
/* What the files of the command chain share. */
#ifndef REFGRAPH_CLI_CHAIN_H
#define REFGRAPH_CLI_CHAIN_H

#include "cli/cli.h"

/* chain_expression - the whole expression, however long, to be freed; NULL: no memory. */
char *chain_expression(const struct cli *cli, const rg_graph *graph, const struct rg_chain *chain);
/* chain_evaluates - whether that is code. */
bool chain_evaluates(const struct cli *cli, const rg_graph *graph, const struct rg_chain *chain);

/* --- chain_merged.c --- */
/* chain_merged - what holds all @targets, as a tree in whatever form is asked for. */
int chain_merged(struct cli *cli, rg_dump *dump, const rg_graph *graph,
		 const struct cli_objects *targets);

#endif
