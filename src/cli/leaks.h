/* SPDX-License-Identifier: MIT */
/* What the files of refgraph leaks share. */
#ifndef REFGRAPH_CLI_LEAKS_H
#define REFGRAPH_CLI_LEAKS_H

#include "cli/cli.h"

/* One suspect of a --baseline. */
struct leaks_accepted {
	char *signature, *kind;
	uint64_t retained, count;
};

/* One line of --suppressions. */
struct leaks_rule {
	int line;
	char *what;    /* "signature", "kind", "type", "path" */
	char *pattern;
	uint64_t used;
};

struct leaks {
	rg_dump *dump;
	const rg_graph *graph;
	struct rg_leaks *found;
	struct rg_leaks_before **before;
	char **earlier;          /* paths of the dumps before, for people */
	size_t before_count;
	struct leaks_accepted *accepted;
	size_t accepted_count;
	bool has_baseline;       /* of JSON */
	bool baseline_is_dump;
	struct leaks_rule *rules;
	size_t rule_count;
	const struct rg_suspect **shown; /* those that were neither suppressed nor accepted */
	size_t shown_count;
	uint64_t suppressed, known;
	const char **why_shown;  /* parallel to shown: "grew since the baseline", or NULL */
};

/* --- leaks_words.c --- */
/* What is said of one suspect; each text is the caller's to free, NULL: no memory. */
char *leaks_title(const struct cli *cli, const struct leaks *leaks,
		  const struct rg_suspect *suspect);
/* leaks_path - the chain to its holder as an expression; "" where there is none. */
char *leaks_path(const struct cli *cli, const struct leaks *leaks, const struct rg_chain *chain);
/* leaks_evidence - line number @index; NULL, and *ret_end, behind the last. */
char *leaks_evidence(const struct cli *cli, const struct leaks *leaks,
		     const struct rg_suspect *suspect, size_t index, bool *ret_end);
/* leaks_next - the command to go on with; @rank names files that it writes. */
char *leaks_next(struct cli *cli, const struct leaks *leaks, const struct rg_suspect *suspect,
		 size_t rank);

/* --- leaks_filter.c --- */
/* leaks_read_rules - the lines of --suppressions. */
int leaks_read_rules(const struct cli *cli, struct leaks *leaks);
/* leaks_read_baseline - what --baseline names: accepted suspects, or that it is a dump. */
int leaks_read_baseline(const struct cli *cli, struct leaks *leaks);
/* leaks_filter - chooses what is shown. */
int leaks_filter(const struct cli *cli, struct leaks *leaks);
/* leaks_say_unused - the rules that fitted nothing, on standard error. */
void leaks_say_unused(const struct cli *cli, const struct leaks *leaks);
void leaks_filter_free(struct leaks *leaks);

/* --- leaks_baseline.c --- */
/* leaks_parse_baseline - the suspects of a JSON text; false: it is none that leaks wrote. */
bool leaks_parse_baseline(const char *text, size_t length, struct leaks *leaks);

/* --- leaks_report.c --- */
int leaks_text(struct cli *cli, const struct leaks *leaks);
int leaks_csv(struct cli *cli, const struct leaks *leaks);
/* leaks_json - @all: those that were accepted or suppressed as well, for a new baseline. */
int leaks_json(struct cli *cli, const struct leaks *leaks, bool all);

#endif
