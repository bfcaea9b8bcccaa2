/* SPDX-License-Identifier: MIT */
/* What the files of the command retained share. */
#ifndef REFGRAPH_CLI_RETAINED_H
#define REFGRAPH_CLI_RETAINED_H

#include "cli/cli.h"

#define RETAINED_WORDS 512

/* The words of --by. */
enum { RETAINED_BY_OBJECT, RETAINED_BY_TYPE, RETAINED_BY_MODULE, RETAINED_BY_ROOT,
       RETAINED_BY_THREAD };

/* What one dump gave. */
struct retained {
	rg_dump *dump;
	const rg_graph *graph;
	struct rg_dominators *dominators;
	rg_dominator_tree *tree;
	uint64_t *unreachable;        /* by object: bit id % 64 of word id / 64 */
	struct rg_retained_table *types;
	struct rg_retained_table *modules;
	struct cli_objects rows;      /* the biggest objects that pass, or the named ones */
	uint64_t passing;             /* how many there are in all */
	uint64_t *named;              /* by object, of those that were named: as @unreachable */
	bool asked;                   /* about objects or references that were named: */
	struct rg_retained_set *set;
	struct rg_release release;
	struct rg_step *cuts;
	size_t cut_count;
	struct cli_objects excluded;
};

/* What one root, or one of the other holders, keeps. */
struct retained_root {
	const struct rg_root *root;   /* NULL: several, or none */
	const char *name;
	uint64_t retained;
	rg_id object;                 /* that it refers to, or RG_NONE */
};

/* retained_roots - most first; freed by the caller; NULL: no memory. */
struct retained_root *retained_roots(const struct retained *retained, size_t *ret_count);
/* retained_share - @bytes of all that is alive, in thousandths. */
uint64_t retained_share(const struct retained *retained, uint64_t bytes);
/* retained_shown - the object as which @id is shown: whose part it is, if that dominates it. */
rg_id retained_shown(const struct cli *cli, const struct retained *retained, rg_id id);
/*
 * retained_label - how what dominates @vertex refers to it; with @alike what differs from one
 * item to the next is left out.  False, and "", where it does so through others alone.
 */
bool retained_label(const struct cli *cli, const struct retained *retained, rg_id vertex,
		    bool alike, char *buffer, size_t size);
/*
 * retained_owner_label - of a part that its owner does not keep alone (the __dict__ of a module
 * whose functions others hold) how the owner refers to it; false: it is no part.
 */
bool retained_owner_label(const struct cli *cli, const struct retained *retained, rg_id id,
			  char *buffer, size_t size);
/* retained_holder - the name of a holder, for people. */
void retained_holder(const struct retained *retained, size_t holder, char *buffer, size_t size);
/* retained_held_by - what dominates object @id, and how, for people. */
void retained_held_by(const struct cli *cli, const struct retained *retained, rg_id id,
		      char *buffer, size_t size);
/* retained_alive - whether a root leads to object @id. */
static inline bool retained_alive(const struct retained *retained, rg_id id)
{
	return !(retained->unreachable[id / 64] >> (id % 64) & 1);
}

/* --- retained_text.c --- */
int retained_text(struct cli *cli, const struct retained *retained);
int retained_csv(struct cli *cli, const struct retained *retained);

/* --- retained_json.c --- */
int retained_json(struct cli *cli, const struct retained *retained);

#endif
