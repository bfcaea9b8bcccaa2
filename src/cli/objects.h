/* SPDX-License-Identifier: MIT */
/* refgraph objects: what its list, its groups and its view of one object share. */
#ifndef REFGRAPH_CLI_OBJECTS_H
#define REFGRAPH_CLI_OBJECTS_H

#include "cli/command.h"

#define OBJECTS_WORDS 512
#define OBJECTS_FLAGS 128

/* How much there is of some objects. */
struct objects_totals {
	uint64_t types, objects, bytes, owned;
};

/* What the filters let through, and what the choice of modules alone kept out. */
struct objects_chosen {
	struct objects_totals all, kept, left_out;
};

/* --- objects_one.c --- */
/* objects_flags - the words for @flags with blanks between. */
void objects_flags(uint32_t flags, char buffer[OBJECTS_FLAGS]);
/* objects_put_json - one object; @full: what is known of a single one, too. */
int objects_put_json(struct cli *cli, rg_json *json, const rg_graph *graph, rg_id id, bool full);
/* objects_look - everything about one object, for people. */
int objects_look(struct cli *cli, rg_dump *dump, const rg_graph *graph, rg_id id);

/* --- objects_groups.c --- */
/* objects_groups - the report of --by; @graph has references. */
int objects_groups(struct cli *cli, rg_dump *dump, const rg_graph *graph,
		   const struct cli_objects *objects, const struct objects_chosen *chosen);

#endif
