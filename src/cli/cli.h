/* SPDX-License-Identifier: MIT */
/*
 * What the commands share.  Adding a command: one file cmd_NAME.c with its
 * option table and a struct cli_command, its declaration in command.h, one row
 * in main.c's table, its file in local.mk, and a section in the manual.
 */
#ifndef REFGRAPH_CLI_H
#define REFGRAPH_CLI_H

#include <refgraph/refgraph.h>

enum cli_status {
	CLI_OK = 0,
	CLI_FINDING = 1, /* not found, or something found where --exit-code asks */
	CLI_TROUBLE = 2,
};

enum cli_format {
	CLI_TABLE,
	CLI_TREE,
	CLI_JSON,
	CLI_NDJSON,
	CLI_CSV,
	CLI_DOT,
	CLI_SVG,
	CLI_PNG,
	CLI_PDF,
	CLI_COLLAPSED,
	CLI_SPEEDSCOPE,
};
#define CLI_FORMAT_NAMES "table|tree|json|ndjson|csv|dot|svg|png|pdf|collapsed|speedscope"
#define CLI_ANY(format) (1u << (format))

/* Words given with an option that may be repeated. */
struct cli_list {
	const char **items;
	size_t count;
};

/* Every option of every command; which ones a command takes, its table says. */
struct cli_options {
	bool help, version;
	const char *exe;
	struct cli_list sysroots;
	const char *runtime;
	int labels;           /* rg_label_policy */
	bool values;
	int format;           /* cli_format, or -1: not given */
	const char *output;   /* NULL: standard output */
	int color;            /* 0 auto, 1 always, 2 never */
	uint64_t limit;       /* 0: everything */
	bool limit_given;
	bool allow_incomplete, exit_code;
	bool tracked, short_names, peak, all, each, shortest, plumbing, weak, refcounts, sizes;
	bool no_filter;
	bool locals, async;
	bool merge, disjoint;
	const char *graph;    /* growth: a picture of who holds the newcomers */
	bool containers, survivors;
	int process;          /* growth: 0 auto, 1 same, 2 different */
	int sort;
	uint64_t chains, depth, too_many, limit_nodes;
	struct cli_list ignore_types, only_types, highlights;
	uint64_t warmup;
	struct cli_list fail_if;
	const char *junit;
	int annotate;         /* 0 auto, 1 github, 2 never */
	struct cli_list modules;
	bool no_stdlib;
	int by;               /* retained: 0 objects, then in the order of the words */
	struct cli_list cuts, excludes;
	bool release, tree, self_check;
	const char *baseline, *suppressions; /* leaks */
	bool update_baseline;
	uint64_t least, least_bytes; /* 0: as the library has it */
	uint64_t levels;      /* 0: as the format has it */
	uint64_t share;       /* percent; UINT64_MAX: as the format has it */
};

enum cli_option_kind {
	CLI_FLAG,   /* bool */
	CLI_NUMBER, /* uint64_t */
	CLI_WORD,   /* const char * */
	CLI_WORDS,  /* struct cli_list, may be repeated */
	CLI_CHOICE, /* int, the place of the word in @choices */
};

/* One option: parsed, explained and documented from this row alone. */
struct cli_option {
	char letter;          /* 0: none */
	const char *name;
	const char *argument; /* what the help calls it, or NULL */
	enum cli_option_kind kind;
	size_t offset;        /* of its field in struct cli_options */
	const char *choices;  /* "a|b|c" */
	const char *help;
};
#define CLI_FIELD(field) offsetof(struct cli_options, field)
#define CLI_OPTIONS_END { 0, NULL, NULL, CLI_FLAG, 0, NULL, NULL }

struct cli;

struct cli_command {
	const char *name;
	const char *operands; /* "DUMP..." */
	const char *summary;  /* a line of refgraph --help */
	const char *text;     /* what the command's own help says before the options */
	const struct cli_option *options; /* beside those that all commands take */
	unsigned int formats; /* CLI_ANY() of each that it writes; 0: it reads no dump */
	enum cli_format format; /* the default */
	int labels;           /* the default rg_label_policy */
	int least, most;      /* operands; most < 0: any number */
	int (*run)(struct cli *cli);
};

/* One run of the command. */
struct cli {
	const struct cli_command *command;
	struct cli_options options;
	char **operands;
	int operand_count;
	bool color;   /* results may hold colours */
	bool ascii;   /* the terminal shows nothing else */
	size_t width; /* of the terminal; 0: results do not go to one */
	const char *dot; /* between facts on a line */
	rg_sink *sink;
	struct cli_near *near; /* one for each of options.modules, or NULL (select.c) */
};

/* --- main.c --- */
/* cli_command_at - the commands in the order of --help; NULL past the last. */
const struct cli_command *cli_command_at(size_t index);

/* --- options.c --- */
/* cli_option_at - the options of @command in the order of its help; NULL past the last. */
const struct cli_option *cli_option_at(const struct cli_command *command, size_t index);
/* cli_choices - what an option of @command takes, blanks between; empty: anything. */
#define CLI_CHOICES_SIZE 256
const char *cli_choices(const struct cli_command *command, const struct cli_option *option,
			char ret[CLI_CHOICES_SIZE]);
/* cli_parse - reads the options of cli->command from @argv; false: said why not. */
bool cli_parse(struct cli *cli, int argc, char **argv);
void cli_options_free(struct cli_options *options);
void cli_help(const struct cli_command *command, rg_sink *sink);
/* cli_distance - how many letters apart two words are, at most @limit + 1. */
size_t cli_distance(const char *a, const char *b, size_t limit);

/* --- report.c --- */
/* cli_say - "refgraph: ..." on standard error, fit for a terminal. */
void cli_say(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* cli_fail - says @error, frees it, and gives CLI_TROUBLE. */
int cli_fail(rg_error *error);
int cli_no_memory(void);
/* cli_open - opens where the result goes: cli->sink. */
int cli_open(struct cli *cli);
/* cli_close - commits and frees cli->sink; @status is passed on if that goes well. */
int cli_close(struct cli *cli, int status);
/* cli_load - opens the dump @path as the options have it. */
int cli_load(struct cli *cli, const char *path, rg_dump **ret);
/* cli_head - the first line of a report: what was read and whether it is whole. */
void cli_head(struct cli *cli, const struct rg_dump_info *info);
/*
 * cli_put_wrapped - clean text that begins in @column; on a terminal that it
 * would overflow it goes on, behind some @after, on a line indented by @indent.
 * Gives the column it ends in.
 */
size_t cli_put_wrapped(struct cli *cli, const char *text, const char *after, size_t column,
		       size_t indent);
/*
 * cli_put_dump - " DUMP" of a command line to copy, quoted where a shell needs that, and before
 * it the options that say how dumps are read.
 */
void cli_put_dump(struct cli *cli, const char *path);
/* cli_put_path - " PATH" of the same, for one more dump. */
void cli_put_path(struct cli *cli, const char *path);
/* cli_put_object - " 'NAME#0'" of the same: a type, and @suffix behind it. */
void cli_put_object(struct cli *cli, const char *name, const char *suffix);
/* cli_json_begin - opens the outermost object with what every schema has. */
int cli_json_begin(struct cli *cli, const struct rg_dump_info *const *infos, size_t count,
		   rg_json **ret);
/* cli_json_collector - what is known of the runtime's collector. */
void cli_json_collector(rg_json *json, const struct rg_dump_info *info);
/* cli_json_end - closes it and frees @json. */
int cli_json_end(rg_json *json);
/* cli_vouch - CLI_TROUBLE, and said why, if a dump is too incomplete for the gate @option. */
int cli_vouch(const struct cli *cli, const struct rg_dump_info *info, const char *option);
/* cli_gate - @found as the exit status of --exit-code, if that was asked for. */
int cli_gate(struct cli *cli, const struct rg_dump_info *info, bool found);
struct rg_table_style cli_table_style(const struct cli *cli);
/* cli_kind_word - the word for the kind of a reference, flags beside it ignored. */
const char *cli_kind_word(uint8_t kind);
/* cli_type_name - as --short has it. */
const char *cli_type_name(const struct cli *cli, const rg_graph *graph, rg_type_id type);
/* cli_module_title - "Module", "Package": what heads a column of them. */
#define CLI_TITLE 64
const char *cli_module_title(const rg_graph *graph, char ret[CLI_TITLE]);
/* cli_shown - the object as whose part @id is shown, or itself. */
rg_id cli_shown(const rg_graph *graph, rg_id id);
/*
 * cli_weak_label - how the reference @step, which is to be made weak, is called by who
 * reads: without the step that leads on from a reference that is an object itself.
 */
void cli_weak_label(const struct cli *cli, const rg_graph *graph, const struct rg_step *step,
		    char *buffer, size_t size);
/* cli_no_collector - "Perl has no cycle collector": why garbage stays. */
#define CLI_NO_COLLECTOR 128
const char *cli_no_collector(const struct rg_dump_info *info, char ret[CLI_NO_COLLECTOR]);
/* cli_json_evaluates - whether an expression is code in the dump's language. */
void cli_json_evaluates(rg_json *json, const rg_graph *graph, bool evaluates);
/* cli_describe - "list, 3 items" of an object into @buffer, for people. */
void cli_describe(const struct cli *cli, const rg_graph *graph, rg_id id, char *buffer,
		  size_t size);
/* cli_bold - begins and ends what matters most. */
const char *cli_bold(const struct cli *cli);
const char *cli_plain(const struct cli *cli);

/* --- progress.c --- */
/*
 * cli_progress_start - from a second on, shows on a terminal how far things
 * are; gives what the library is to call, or NULL where nobody looks.
 */
rg_progress_fn *cli_progress_start(void);
/* cli_progress_stage - what is being done now, a literal, where the library tells nothing. */
void cli_progress_stage(const char *stage);
/* cli_progress_stop - the line goes; before anything else is written. */
void cli_progress_stop(void);

/* --- select.c --- */
/* The options of commands that show types: --module and --no-stdlib. */
#define CLI_SELECT_OPTIONS                                                                         \
	{ 0, "module", "GLOB", CLI_WORDS, CLI_FIELD(modules), NULL,                                \
	  "only types of modules or packages that GLOB fits; may be repeated" },                   \
	{ 0, "no-stdlib", NULL, CLI_FLAG, CLI_FIELD(no_stdlib), NULL,                              \
	  "leave out types of the runtime and its standard library" }
/* cli_selection - these as the library takes them; belongs to @cli. */
struct rg_type_selection cli_selection(const struct cli *cli);
/* cli_selects - whether there is anything to leave out. */
bool cli_selects(const struct cli *cli);
/* cli_select_look - notes which modules @graph has; cli_load() does so. */
void cli_select_look(struct cli *cli, const rg_graph *graph);
/* cli_select_close - says which of --module fitted nothing in any dump, and frees what it knew. */
void cli_select_close(struct cli *cli, int status);
/*
 * On a terminal the program's own types stand apart from those of packages, and
 * these from the runtime's: three blocks of one table.
 */
enum cli_block { CLI_BLOCK_PROGRAM, CLI_BLOCK_PACKAGES, CLI_BLOCK_RUNTIME, CLI_BLOCKS };
/* cli_block - where a type of @origin stands; what nobody knows is the program's. */
enum cli_block cli_block(enum rg_origin origin);
/* cli_block_title - "the program's own" and so on, owned by nobody: copied to @buffer. */
void cli_block_title(const struct rg_dump_info *info, enum cli_block block, char *buffer,
		     size_t size);
/* cli_block_rows - how many of @count rows a block shows. */
size_t cli_block_rows(const struct cli *cli, enum cli_block block, size_t count);
/* cli_left_out_by - "--no-stdlib --module app": which options leave types out, for people. */
void cli_left_out_by(const struct cli *cli, char *buffer, size_t size);
/* cli_put_left_out_by - "left out by --no-stdlib"; false, and nothing, where nothing is. */
bool cli_put_left_out_by(struct cli *cli);
/* cli_put_left_out - how much was not selected, of @whole bytes, and by which options. */
void cli_put_left_out(struct cli *cli, uint64_t types, uint64_t objects, uint64_t bytes,
		      uint64_t whole);
/* cli_json_selected - the totals of what was selected, beside those of everything. */
void cli_json_selected(rg_json *json, uint64_t objects, uint64_t bytes, uint64_t owned);

/* --- object.c --- */
/* Objects named on the command line. */
struct cli_objects {
	rg_id *ids;
	size_t count;
};
/*
 * cli_find - the objects that @words name, each once, in that order; @FILE and - (standard input)
 * are files of further words, one a line.  On failure says what would fit.
 */
int cli_find(rg_dump *dump, char *const *words, size_t count, struct cli_objects *ret);
/* cli_find_any - the same where a query may fit nothing: then *@ret is empty. */
int cli_find_any(rg_dump *dump, char *const *words, size_t count, struct cli_objects *ret);
/*
 * cli_cut_number - takes #N or #largest off the end of @word; whether there was a number, which
 * goes to @ret_number.
 */
bool cli_cut_number(char *word, uint64_t *ret_number, bool *ret_largest);
/* cli_memory_of - what an object takes, and owns. */
uint64_t cli_memory_of(const rg_graph *graph, rg_id id);
/* cli_add - appends an object to @objects, which has room for *@capacity. */
int cli_add(struct cli_objects *objects, size_t *capacity, rg_id id);
/* cli_says_order - says so where @path, the dump, is no file but a later operand is one. */
bool cli_says_order(const struct cli *cli, const char *path);
/* cli_match - whether a type's full or short name fits @pattern. */
bool cli_match(const char *pattern, const struct rg_type *type);
/* cli_unknown_type - says that no type is called @word, or fits it, and which are near. */
int cli_unknown_type(const rg_dump *dump, const char *word);

/* --- query.c --- */
/* cli_is_query - whether @word, which names no type of @graph, is meant as a query. */
bool cli_is_query(const char *word);
/*
 * cli_find_query - appends the objects that the query @word selects: all, or of {QUERY}#N and
 * {QUERY}#largest one.  What fits no type is said; so is a query that selects nothing, which is
 * trouble unless @may_be_empty.
 */
int cli_find_query(rg_dump *dump, const char *word, bool may_be_empty, struct cli_objects *objects,
		   size_t *capacity);

/* --- point.c --- */
/* cli_point_at - shows the part of @text around byte @at on standard error, and a mark below. */
void cli_point_at(const char *text, size_t at);

/* --- hints.c --- */
#define CLI_MOST_HINTS 3
/* The names nearest to @word, best first. */
struct cli_hints {
	const char *word;
	const char *names[CLI_MOST_HINTS];
	size_t scores[CLI_MOST_HINTS];
};
/* cli_hints_offer - keeps @name if it is near; it is not copied. */
void cli_hints_offer(struct cli_hints *hints, const char *name, const char *short_name);
/* cli_hints_text - them with commas between; false: there is none. */
bool cli_hints_text(const struct cli_hints *hints, char *buffer, size_t size);

/* --- draw.c --- */
/* cli_draw - writes @picture in the format asked for. */
int cli_draw(struct cli *cli, rg_picture *picture);

#endif
