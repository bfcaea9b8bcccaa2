/* SPDX-License-Identifier: MIT */
/* The commands, one cmd_*.c each. */
#ifndef REFGRAPH_CLI_COMMAND_H
#define REFGRAPH_CLI_COMMAND_H

#include "cli/cli.h"

extern const struct cli_command cli_info;
extern const struct cli_command cli_types;
extern const struct cli_command cli_growth;
extern const struct cli_command cli_cycles;
extern const struct cli_command cli_backrefs;
extern const struct cli_command cli_refs;
extern const struct cli_command cli_chain;
extern const struct cli_command cli_objects_command;
extern const struct cli_command cli_threads;
extern const struct cli_command cli_retained;
extern const struct cli_command cli_leaks;
extern const struct cli_command cli_refcounts;
extern const struct cli_command cli_convert;
extern const struct cli_command cli_completion;

#endif
