/* SPDX-License-Identifier: MIT */
/*
 * What the parts of growth share: the dumps it compares, the gate that
 * --fail-if sets, and how each part shows them.
 */
#ifndef REFGRAPH_CLI_GROWTH_H
#define REFGRAPH_CLI_GROWTH_H

#include "cli/cli.h"

/* What is kept of each dump, so that only one is open at a time. */
struct growth_series {
	struct rg_dump_info *infos;
	const struct rg_dump_info **views; /* one pointer each */
	struct rg_type_table **tables;
	struct rg_type_table **whole; /* of all types, where a gate has to know what was left out */
	size_t count;
	struct rg_growth *growth;
	/* Where containers or survivors are asked for: */
	struct rg_container_table **containers;
	struct rg_container_growth *grown; /* of all containers that have a row */
	struct rg_snapshot *first;         /* objects of the first dump after warmup */
	struct rg_snapshot *middle;        /* of the last but one */
	struct rg_type_table *survivors;   /* those that it had and the first had not */
	uint64_t reused;                   /* of them: in the place of another of their type */
	uint64_t survivor;                 /* the address of one of the first row */
	bool same_process;
};

/* What a dump is read for beside its types. */
struct growth_wants {
	bool containers;
	bool survivors;
};

/* --- growth_heap.c --- */
/* growth_heap_read - what @wants of the dump @at, whose types are in @series already. */
int growth_heap_read(struct cli *cli, struct growth_series *series, size_t at, rg_dump *dump,
		     const struct growth_wants *wants);
void growth_heap_free(struct growth_series *series);

/* --- growth_containers.c --- */
/* growth_container_shown - whether --module and --no-stdlib leave @row. */
bool growth_container_shown(const struct cli *cli, const struct rg_container_growth_row *row);
int growth_containers_report(struct cli *cli, const struct growth_series *series);
int growth_containers_csv(struct cli *cli, const struct growth_series *series);
/* growth_containers_json, growth_survivors_json - the keys `containers` and `survivors`. */
void growth_containers_json(const struct cli *cli, const struct growth_series *series,
			    rg_json *json);

/* --- growth_survivors.c --- */
int growth_survivors_report(struct cli *cli, const struct growth_series *series);
int growth_survivors_csv(struct cli *cli, const struct growth_series *series);
void growth_survivors_json(const struct growth_series *series, rg_json *json);

/* What --fail-if asked, and what came of it. */
struct growth_gate {
	rg_condition **conditions;
	struct rg_judgement **judgements; /* by condition, once judged */
	size_t count;
	size_t violated;
	struct rg_growth *growth; /* of all types */
	const struct growth_series *series;
	char left_out_by[512];    /* the options that leave types out */
	const char *dump;         /* the last one */
};

/* --- growth_report.c --- */
#define GROWTH_TITLE_SIZE 24
/* growth_title - the name of a dump's column: its file's name without folder and suffix. */
void growth_title(const char *path, char title[GROWTH_TITLE_SIZE]);
/* growth_is_shown - which of @count dumps have a column: all, or the first and the last few. */
bool growth_is_shown(size_t dump, size_t count);
#define GROWTH_MOST_COLUMNS 50 /* of dumps in CSV */
int growth_report(struct cli *cli, const struct growth_series *series);
int growth_report_csv(struct cli *cli, const struct growth_series *series);
int growth_report_json(struct cli *cli, const struct growth_series *series,
		       const struct growth_gate *gate);

/* --- gate.c --- */
/* gate_parse - reads the conditions; shows where one is wrong. */
int gate_parse(struct cli *cli, struct growth_gate *gate);
/* gate_needs - what beside types the conditions ask about, as rg_condition_need. */
unsigned int gate_needs(const struct growth_gate *gate);
/* gate_judge - judges all, and says on standard error what is violated. */
int gate_judge(struct cli *cli, const struct growth_series *series, struct growth_gate *gate);
void gate_free(struct growth_gate *gate);
/* gate_value - a number of a fact, in words. */
#define GATE_VALUE_SIZE (2 * RG_FORMAT_SIZE + 64)
char *gate_value(const struct rg_condition_fact *fact, double value, char buffer[GATE_VALUE_SIZE]);

/* gate_left_out - whether @pattern fits no type only because an option leaves it out. */
bool gate_left_out(const struct growth_gate *gate, const char *pattern);

/* --- gate_report.c --- */
/* gate_json - the key `violations`. */
void gate_json(const struct growth_gate *gate, rg_json *json);
/* gate_junit - writes the file of --junit. */
int gate_junit(const struct cli *cli, const struct growth_gate *gate);
/* gate_annotate - tells GitHub, on standard error, where that is wanted. */
int gate_annotate(const struct cli *cli, const struct growth_gate *gate);

/* --- growth_graph.c --- */
/* growth_graph - writes the picture that --graph asks for. */
int growth_graph(struct cli *cli, const struct growth_series *series);

#endif
