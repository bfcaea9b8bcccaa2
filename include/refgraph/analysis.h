/* SPDX-License-Identifier: MIT */
/*
 * What can be found out from a graph.  Results are plain data: they belong to
 * the caller, who frees each with its own function; the pointers in them
 * belong to the result and are not to be changed.  Unless said otherwise a
 * result names objects by id, so it is of use only as long as its graph, and
 * arrays are in a documented order that depends on nothing but the graph.
 *
 * Options structs: see refgraph.h.  NULL is all zero, which is a good default; one
 * that the library does not know is RG_ERROR_INVALID in every function here.
 */
#ifndef REFGRAPH_ANALYSIS_H
#define REFGRAPH_ANALYSIS_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

/* ---- types ----------------------------------------------------------------- */

/* By which number the rows of a table of types descend (names ascend); ties by name, address. */
enum rg_type_order {
	RG_TYPES_BY_BYTES = 0,
	RG_TYPES_BY_COUNT = 1,
	RG_TYPES_BY_NAME = 2,
	RG_TYPES_BY_OWNED = 3,
};

/*
 * Which types are looked at; all zero is every one.  A type has to pass both.
 */
struct rg_type_selection {
	const char *const *modules; /* patterns, one of which its module or a package above it
				       matches: "app" has all of app.session; none: any module */
	size_t module_count;
	bool no_runtime;            /* not those of the runtime and its standard library; what
				       comes from nobody knows where stays */
};

/*
 * rg_type_selected - whether @selection (NULL: everything) has @type.
 * O(patterns * (length of a pattern + length of the module) * packages); cannot fail.
 */
RG_API bool rg_type_selected(const struct rg_type *type,
			     const struct rg_type_selection *selection);

struct rg_types_options {
	size_t size;
	bool tracked_only;  /* only tracked and not frozen: what gc.get_objects() would give */
	bool short_names;   /* short names; types of the same short name become one row */
	enum rg_type_order order; /* of the rows */
	struct rg_type_selection select; /* rows for these; totals are those of all */
	const uint64_t *set; /* count only these objects (rg_newcomers.set); NULL: all */
};

/* All objects of one type, or of several that were merged. */
struct rg_type_row {
	const char *name;
	const char *module;    /* "" where unknown or merged from several */
	uint64_t type_address; /* 0 where unknown or merged from several */
	rg_type_id type;       /* the type, of several the first */
	uint32_t merged;       /* how many types */
	enum rg_origin origin; /* of several the program's own first, then a package's */
	uint64_t count;        /* objects */
	uint64_t bytes;        /* their sizes */
	uint64_t owned;        /* bytes outside that they own */
	uint64_t tracked;      /* how many are tracked */
	const char *short_name; /* the last word of the name; of several types the first's */
};

/* Independent of the graph it was made from: names are copies. */
struct rg_type_table {
	const struct rg_type_row *rows;
	size_t count;
	uint64_t objects; /* totals, whether their types were selected or not */
	uint64_t bytes;
	uint64_t owned;
	uint64_t tracked;
	uint64_t selected_objects; /* totals of all rows */
	uint64_t selected_bytes;
	uint64_t selected_owned;
	uint64_t selected_tracked;
	size_t left_out;  /* types with objects that were not selected */
};

/*
 * rg_types - counts and bytes by type; types without objects have no row.
 * Needs no references.  *@ret is freed with rg_types_free().
 * Errors: RG_ERROR_NO_MEMORY.
 * Complexity: O(objects + types log types).
 */
RG_API RG_MUST_CHECK rg_error *rg_types(const rg_graph *graph,
					const struct rg_types_options *options,
					struct rg_type_table **ret);

/* rg_types_free - releases @table; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_types_free(struct rg_type_table *table);

/* ---- unreachable objects --------------------------------------------------- */

/* Whether anything but a cycle holds an object. */
enum rg_state {
	RG_STATE_ALIVE = 0,
	RG_STATE_UNREACHABLE = 1, /* the runtime's own collector would find it, or it goes with
				     what that finds: nothing else holds it */
	RG_STATE_LOST = 2,        /* nothing holds it either, but no collector would find it */
};

/* Which objects are unreachable.  Opaque arrays: ask rg_garbage_state(). */
struct rg_garbage {
	bool by_roots;              /* the dump has no counts: not reached from any root */
	bool certain;               /* no inferred reference between objects found took part */
	uint64_t objects;           /* unreachable ones */
	uint64_t tracked;           /* tracked ones among them: those the collector counts */
	uint64_t bytes;             /* their sizes */
	uint64_t owned;
	uint64_t lost_objects;
	uint64_t lost_bytes;
	uint64_t lost_owned;
	uint64_t overcounted;       /* objects with more references found than their count; such
				       a contradiction counts as being held */
	const rg_id *overcounted_objects; /* the first of them, ascending, at most 100 */
	size_t overcounted_listed;
	const uint64_t *unreachable_set; /* bit id % 64 of word id / 64: what the collector finds,
					    and untracked objects that only these hold */
	const uint64_t *going_set; /* tracked objects that it does not count, as untracked ones
				      stand between, and that go with those all the same; and
				      what only they hold */
	const uint64_t *lost_set;
};

/*
 * rg_garbage_find - finds unreachable objects by accounting, as CPython's
 * collector does (update_refs, subtract_refs and move_unreachable of
 * Modules/gcmodule.c): from the counts of tracked objects that are neither
 * frozen nor immortal, references that such objects show to the collector are
 * subtracted; what is left over is held from outside, and what these reach is
 * alive.  The same over all objects and all counted references tells what is
 * lost.  Without counts, what no root reaches is unreachable.
 * *@ret is freed with rg_garbage_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INCOMPLETE when the dump has neither
 * counts nor roots.
 * Complexity: O(objects + references) time, 9 bytes an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_garbage_find(const rg_graph *graph, struct rg_garbage **ret);

/* rg_garbage_state - the state of object @id.  O(1); cannot fail. */
RG_API enum rg_state rg_garbage_state(const struct rg_garbage *garbage, rg_id id);

/* rg_garbage_free - releases @garbage; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_garbage_free(struct rg_garbage *garbage);

/* ---- cycles ---------------------------------------------------------------- */

struct rg_cycles_options {
	size_t size;
	bool all; /* also cycles that are alive */
};

/* One reference of an object. */
struct rg_step {
	rg_id source;
	size_t index; /* of the reference among those of @source */
	rg_id target;
};

/* An attribute that many objects have. */
struct rg_cut {
	struct rg_step first; /* the first reference of that name: rg_step_label() */
	uint64_t count;       /* references of that name inside the example */
};

struct rg_type_count {
	rg_type_id type;
	uint64_t count;
};

/* One root cycle, and what it alone leads to. */
struct rg_root_cycle {
	rg_id lowest;        /* its first member by address */
	uint64_t members;    /* objects in the cycle itself */
	uint64_t objects;    /* that would go with it: members, and what no other root cycle
				leads to */
	uint64_t retained;   /* bytes of these: sizes and what they own; sums stop at UINT64_MAX */
	uint64_t finalizers; /* of these objects, with a finalizer */
};

/*
 * Root cycles of one shape: strongly connected objects that no other garbage
 * refers to, and what hangs from them.  Two have the same shape when colour
 * refinement over types and labels (indices and keys of collections left out)
 * cannot tell them apart.  What hangs from cycles of several shapes belongs to
 * the first of them by address.
 */
struct rg_cycle_group {
	uint64_t shape;         /* a number that only depends on types and labels */
	uint64_t count;         /* cycles of this shape */
	bool alive;             /* a reachable cycle, listed with @all; nothing hangs from it */
	bool certain;           /* no inferred reference took part */
	const rg_id *objects;   /* of all these cycles, and what hangs from them, ascending */
	size_t object_count;
	size_t member_count;    /* how many of them are in a cycle themselves */
	size_t shared;          /* how many of them hang from another shape too */
	uint64_t bytes;         /* sizes */
	uint64_t owned;
	uint64_t lost;          /* objects among them that are lost */
	uint64_t finalizers;    /* objects among them with a finalizer */
	const struct rg_type_count *finalizer_types; /* of these, most first, then by name */
	size_t finalizer_type_count;
	const struct rg_root_cycle *root_cycles; /* of garbage all @count, most retained first,
						    then by address; of what is alive NULL */
	uint64_t retained;      /* bytes that they retain, together; what several root cycles
				   share is in none of these */
	const struct rg_type_count *types; /* of @objects, most first, then by name */
	size_t type_count;
	const rg_id *example;   /* the members of the first cycle by address, ascending */
	size_t example_count;
	const struct rg_step *cycle; /* a shortest way around it, each step starting where the
					last ended; ends with the best to break if that leads
					to no built-in type; empty when an object without a
					count is the only member */
	size_t cycle_length;
	bool has_break;         /* one reference whose removal leaves no cycle exists: */
	struct rg_step break_at;
	const struct rg_cut *cuts; /* attributes: without all references of these names inside the
				      example no cycle is left, and none of them is there for
				      nothing.  Where one reference would do, only such as usually
				      lead back (parent, owner, ...) */
	size_t cut_count;       /* at most 6; 0: none were found */
	bool verified;          /* what @break_at and @cuts claim was tried: without these
				   references no cycle of the example is left, and of garbage
				   counts alone free all its members */
	uint64_t freed;         /* of garbage: objects that counts then free in all, without any
				   collection, of one cycle; with @cuts if there are any */
	uint64_t freed_bytes;   /* sizes of these and what they own */
};

struct rg_cycles {
	const struct rg_cycle_group *groups; /* garbage first; most bytes (with owned) first, then
						by the lowest object */
	size_t count;
	uint64_t cycles; /* root cycles in all groups of garbage */
	uint64_t shared_objects;  /* garbage that several root cycles lead to: no one retains it */
	uint64_t shared_bytes;    /* of these: sizes and what they own */
};

/*
 * rg_cycles_find - groups the unreachable and lost objects of @garbage, which
 * belongs to @graph, into root cycles: the source components of the
 * condensation of the graph induced by them.  What a root cycle retains is what it
 * dominates among these; sizes and what is owned of all garbage are the sum of what
 * root cycles retain and what several of them share.  *@ret is freed with
 * rg_cycles_free().
 * Errors: RG_ERROR_NO_MEMORY.
 * Complexity: O(garbage + its references) time and 40 bytes for each object
 * in it (Tarjan 1972), labels of cycle members included as long as there are
 * no more than a million references between them (beyond, shapes are told by
 * types alone); with @all for each object of the graph.
 */
RG_API RG_MUST_CHECK rg_error *rg_cycles_find(const rg_graph *graph,
					      const struct rg_garbage *garbage,
					      const struct rg_cycles_options *options,
					      struct rg_cycles **ret);

/*
 * rg_cycle_weak - the reference whose weakening @group names, as a program would name it:
 * the first of its cuts or its break; what is the referent of a reference that is an
 * object itself (rg_words.referent) is what leads to that.  @group must have one or the
 * other.  O(length of the cycle); cannot fail.
 */
RG_API struct rg_step rg_cycle_weak(const rg_graph *graph, const struct rg_cycle_group *group);

/* rg_cycles_free - releases @cycles; NULL is allowed.  O(groups); cannot fail. */
RG_API void rg_cycles_free(struct rg_cycles *cycles);

/* ---- chains ---------------------------------------------------------------- */

struct rg_chains_options {
	size_t size;
	bool shortest;        /* the shortest of all, whatever class its root is of */
	size_t count;         /* how many chains at most; 0: one */
	uint32_t root_kinds;  /* only from these: bits 1 << rg_root_kind; 0: from any */
	const char *root;     /* only from roots whose name matches this pattern; NULL: any */
	bool disjoint;        /* chains that have no object in common but the target */
};

#define RG_CHAINS_MOST_DISJOINT 8 /* however many are asked for */

/* Why an object is alive: a root, and the references from its object to the target. */
struct rg_chain {
	const struct rg_root *root;  /* belongs to the graph */
	const struct rg_step *steps; /* none when the root refers to the target itself */
	size_t length;
	rg_id target;
};

struct rg_chains {
	const struct rg_chain *chains; /* best first */
	size_t count;                  /* 0: nothing leads there, which is an answer of its own */
};

/*
 * rg_chains_find - shortest chains from roots to any of the @target_count
 * objects of @targets, over counted references: breadth-first forwards from
 * the best class of roots that reaches them (modules; then locals and
 * thread-locals; then the state of interpreters and threads and static data;
 * then external references).  Of the ways from a class those come first that
 * follow fewest routine references and start at no routine root, which explain
 * nothing; then the shortest, parts counting as near as their owner; then by
 * root, then in the order of references.  By root: what several modules name
 * is told of the one that others import from, importers (CPython: __main__)
 * last; a module imports from another when it names it, a class of it or a
 * function that runs in its namespace (two that name each other: the one of the
 * longer name, a submodule, is imported from); where that decides nothing, by
 * name.  Several chains differ in the last referrer; none leads through a
 * target.  With @shortest the classes and routine do not matter.  *@ret is freed
 * with rg_chains_free().
 *
 * With @disjoint no two chains have an object in common, parts on their own,
 * but for the target, and each has a root to itself.  There are as many as there can be
 * (Menger), up to @count and RG_CHAINS_MOST_DISJOINT: who wants the object gone has to
 * cut that many references at least.  Of the ways to choose them one is taken
 * with most chains from the best class; of these most from the two best classes, and
 * so on.  Then each in turn is the best that the others leave room for;
 * that their lengths add up to the least is not promised.
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INVALID for a target that does not
 * exist or none at all; RG_ERROR_INCOMPLETE when the dump has no roots.
 * Complexity: O(objects + references) time, 8 bytes an object and 24 for each
 * distance there is; no limit of length.  With @disjoint for each chain (unit
 * capacities, Ford and Fulkerson 1956) and each class twice, 17 bytes an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_chains_find(const rg_graph *graph, const rg_id *targets,
					      size_t target_count,
					      const struct rg_chains_options *options,
					      struct rg_chains **ret);

/* rg_chains_free - releases @chains; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_chains_free(struct rg_chains *chains);

/* The best chain to each object, found in one search: for many objects, one after the other. */
typedef struct rg_chain_tree rg_chain_tree;

/*
 * rg_chain_tree_new - finds the best ways to everything, as rg_chains_find
 * has it for one object; count is ignored.  @graph must outlive it.  *@ret is
 * freed with rg_chain_tree_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INCOMPLETE when the dump has no roots.
 * Complexity: O(objects + references) time, memory as rg_chains_find, of which 4 bytes an object
 * are kept.
 */
RG_API RG_MUST_CHECK rg_error *rg_chain_tree_new(const rg_graph *graph,
						 const struct rg_chains_options *options,
						 rg_chain_tree **ret);

/*
 * rg_chain_tree_find - the one chain to @target, or none; *@ret is freed with
 * rg_chains_free().  Several threads may ask one tree.
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INVALID for an object that does not exist.
 * Complexity: O(references of the sources on the way).
 */
RG_API RG_MUST_CHECK rg_error *rg_chain_tree_find(const rg_chain_tree *tree, rg_id target,
						  struct rg_chains **ret);

/* rg_chain_tree_free - releases @tree; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_chain_tree_free(rg_chain_tree *tree);

/*
 * rg_path_next - how many steps of @steps make the next element of a path as a
 * reader sees it: one, or with @plumbing false also the steps through parts of
 * the same owner, so that a -.__dict__-> {} -['b']-> c is one element.  Its
 * object is the target of the last of them.  0 when @count is 0.
 * O(steps taken); cannot fail.
 */
RG_API size_t rg_path_next(const rg_graph *graph, const struct rg_step *steps, size_t count,
			   bool plumbing);

/*
 * rg_path_label - the label of the @count steps of one such element: for the
 * example ".b".  Writes at most @size bytes with the closing NUL, cutting what
 * is longer, and returns the length of the whole; 0 where there is none or
 * @policy withholds it.  O(references of the sources); cannot fail.
 */
RG_API size_t rg_path_label(const rg_graph *graph, const struct rg_step *steps, size_t count,
			    enum rg_label_policy policy, char *buffer, size_t size);

/*
 * rg_step_label - the label of a single reference as seen from the object that
 * its source is a part of: ".b" for the reference {} -['b']-> c of a's
 * __dict__.  Written and returned as by rg_path_label.  O(references of the
 * source and its owners); cannot fail.
 */
RG_API size_t rg_step_label(const rg_graph *graph, const struct rg_step *step,
			    enum rg_label_policy policy, char *buffer, size_t size);

/*
 * rg_path_evaluates - whether the expression of @chain is code in the language
 * of the dumped program (for CPython: Python) that evaluates to the target
 * itself there, as long as nothing has changed; sys must have been imported.
 * False whenever that is not certain: for labels that are no syntax (a member
 * of a set, a key), where the program's own classes decide what an attribute or
 * an item is, where @policy withholds a key, and for more than 200 references.
 * O(references of all sources); cannot fail.
 */
RG_API bool rg_path_evaluates(const rg_graph *graph, const struct rg_chain *chain,
			      enum rg_label_policy policy, bool plumbing);

/*
 * rg_path_expression - a chain as an expression: the root's name and the labels
 * of its elements, "sys.modules['app'].cache['k'][3].parent"; what is no code
 * stands in angle brackets: "<cell x>", "<?>".  Where rg_path_evaluates, it is
 * code from beginning to end.  Written and returned
 * as by rg_path_label.  O(references of all sources); cannot fail.
 */
RG_API size_t rg_path_expression(const rg_graph *graph, const struct rg_chain *chain,
				 enum rg_label_policy policy, bool plumbing, char *buffer,
				 size_t size);

/* ---- neighbourhoods -------------------------------------------------------- */

enum rg_direction {
	RG_DIRECTION_BACK = 0,    /* who refers to them */
	RG_DIRECTION_FORWARD = 1, /* what they refer to */
};

struct rg_neighborhood_options {
	size_t size;
	enum rg_direction direction; /* backwards unless said otherwise */
	unsigned int depth;         /* steps from the targets; 0: 3 */
	size_t too_many;            /* new neighbours drawn of one object; 0: 10, farther off 5 */
	size_t limit_nodes;         /* boxes in all: objects, roots, folds; 0: 150 */
	const char *const *ignore;  /* patterns of types that are left out */
	size_t ignore_count;
	const char *const *only;    /* patterns of types that are drawn; none: all */
	size_t only_count;
	bool plumbing;              /* parts stand for themselves */
	bool weak;                  /* weak and borrowed references too */
	bool past_modules;          /* also what is around modules that are no targets */
	bool everything;            /* also what explains nothing: see rg_left_out */
};

struct rg_neighbor {
	rg_id object;
	unsigned int depth; /* steps from the nearest target */
	bool target;
	bool expanded;    /* its neighbours were looked at: edges and folds are complete */
	bool cut;         /* not expanded, but has neighbours that are not here */
	uint64_t folded;  /* neighbours that are left out, in all */
};

/* All references of one kind from one object (and its parts) to another. */
struct rg_neighbor_edge {
	uint32_t from, to;           /* indices of neighbours */
	uint8_t kind;                /* rg_reference_kind */
	uint64_t count;
	const struct rg_step *steps; /* the first of them, for labels: rg_step_label() */
	size_t step_count;           /* at most 4 */
};

/* Neighbours of one object that are left out, by type. */
struct rg_neighbor_fold {
	uint32_t node;
	rg_type_id type;
	uint64_t count;
};

/* A root that refers to an object that is here. */
struct rg_neighbor_root {
	uint32_t node;
	const struct rg_root *root; /* belongs to the graph */
};

/*
 * What is left out unless asked for, because it explains nothing: references
 * from and to the objects that were expanded, and roots.
 */
struct rg_left_out {
	uint64_t immortal; /* to (backwards: from) objects that live as long as the runtime */
	uint64_t routine;  /* by the way the runtime builds things: __class__, __globals__, ... */
	uint64_t names;    /* forwards: to what something is only called: str keys, __name__ */
	uint64_t roots;    /* of the runtime itself: caches, start-up frames; of modules that
			      the module table holds: any other */
};

struct rg_neighborhood {
	const struct rg_neighbor *nodes;      /* targets first, then by depth as they were found */
	size_t node_count;
	const struct rg_neighbor_edge *edges; /* by source, then by first reference */
	size_t edge_count;
	const struct rg_neighbor_fold *folds; /* by node, then most first, then by type name */
	size_t fold_count;
	const struct rg_neighbor_root *roots; /* in the order of roots */
	size_t root_count;
	uint64_t targets_left_out;            /* for want of room */
	struct rg_left_out left_out;          /* as usual */
};

/*
 * rg_neighborhood_find - what is around the objects of @targets: breadth-first
 * up to a depth, as objgraph's show_backrefs and show_refs walk.  Parts are
 * one with their owners unless @plumbing; types are matched by their full or
 * short names against patterns in which * is any text and ? any character.
 * Targets appear as long as they leave half of the room to others.  Modules
 * are not expanded unless they are targets or @past_modules.
 * References between objects that are both here are all here if the one nearer
 * to the targets was expanded.
 *
 * What explains nothing is left out and counted, unless @everything: immortal
 * objects and what the runtime keeps for itself, routine references (shown
 * with @plumbing; and to a class that is a target, from its instances), names
 * (forwards), routine roots.  Backwards, an object that nothing else holds
 * keeps them all.
 *
 * Where not everything has room, backwards what leads to a named root soonest
 * is drawn first, and the way to it from each target before anything else.
 * *@ret is freed with rg_neighborhood_free().
 * Errors: RG_ERROR_NO_MEMORY, RG_ERROR_INVALID for a target that does not exist.
 * Complexity: O(references to and from the objects drawn, and those of their
 * referrers; roots) time, 5 bits an object; backwards, where not everything has
 * room, O(objects + references) time and 8 bytes an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_neighborhood_find(const rg_graph *graph, const rg_id *targets,
						    size_t target_count,
						    const struct rg_neighborhood_options *options,
						    struct rg_neighborhood **ret);

/* rg_neighborhood_free - releases @neighborhood; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_neighborhood_free(struct rg_neighborhood *neighborhood);

/*
 * rg_pattern_match - whether @text matches @pattern as a whole; * is any text,
 * ? any character, everything else itself.  O(length * length) at worst;
 * cannot fail.
 */
RG_API bool rg_pattern_match(const char *pattern, const char *text);

/* ---- growth ---------------------------------------------------------------- */

/*
 * How the number of objects of a type went over the dumps after warmup; where
 * that never changed, how their bytes went, with what they own.  Of the steps
 * from dump to dump one in six may fail to grow, so that a pause, or a moment
 * at which some were freed, hides no leak in a long series.  Numbers without
 * any trend climb with three dumps in one type of 6, with four in one of 24,
 * with five or more in at most one of 86: who wants to rely on it takes five.
 */
enum rg_verdict {
	RG_VERDICT_NOISE = 0,     /* neither of the others */
	RG_VERDICT_CLIMBING = 1,  /* more in the last dump than in any before, and of six
				     steps at least five grew */
	RG_VERDICT_PLATEAUED = 2, /* more than in the first, never higher, and the same over the
				     last quarter of the steps, at least the last one */
};

struct rg_growth_options {
	size_t size;
	bool peak;      /* objgraph: only types above the highest count after warmup and before
			   the last dump; a type that was in none of these had 0 */
	size_t warmup;  /* so many dumps at the beginning are shown but judge nothing */
	enum rg_type_order order; /* by count: by its change; by bytes: by that of bytes and owned
				     together; by name */
	bool all;       /* keep types that did not change: rg_condition_judge() wants them */
};

/* One type in all dumps.  Differences stop at what an int64_t holds. */
struct rg_growth_row {
	const char *name;
	const char *module;
	uint64_t type_address;  /* in the last dump that has it; 0 where unknown or merged */
	const uint64_t *counts; /* by dump */
	const uint64_t *bytes;
	const uint64_t *owned;
	int64_t count_delta;    /* last against first after warmup; with @peak the peak */
	int64_t bytes_delta;
	int64_t owned_delta;
	enum rg_verdict verdict;
	bool is_new;            /* not in the first dump after warmup, but in the last */
	bool is_gone;           /* the other way round */
	enum rg_origin origin; /* as the last dump that has the type says */
	const char *short_name; /* as in rg_type_row */
	double count_slope;     /* a dump: the least squares line over the dumps after warmup */
	double bytes_slope;
	double owned_slope;
	size_t grown;           /* steps after warmup in which the count grew, or what was judged */
};

struct rg_growth {
	const struct rg_growth_row *rows; /* without those that never changed; most growth first */
	size_t count;
	size_t dumps;         /* how many were compared: the length of counts, bytes and owned */
	size_t unchanged;     /* types in which nothing changed after warmup */
	size_t climbing;      /* rows with that verdict */
	int64_t count_delta;  /* of all types, last against first dump after warmup */
	int64_t bytes_delta;  /* the same for their sizes, in bytes */
	int64_t owned_delta;  /* and for bytes outside that they own */
	size_t warmup;        /* dumps at the beginning that judge nothing */
	bool peak, all;       /* as the options had it */
};

/*
 * rg_growth_find - what changed over @count tables, oldest first, made with the
 * same options.  Types are matched by name, and among those of one name by
 * address, else by their order of addresses.  Independent of the tables
 * afterwards.  *@ret is freed with rg_growth_free().
 * With @peak the differences are those of objgraph's growth(), called once a
 * dump: the last call's.
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INVALID with fewer than two dumps after
 * warmup.
 * Complexity: O(rows log rows + types * dumps).
 */
RG_API RG_MUST_CHECK rg_error *rg_growth_find(const struct rg_type_table *const *tables,
					      size_t count,
					      const struct rg_growth_options *options,
					      struct rg_growth **ret);

/* rg_growth_free - releases @growth; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_growth_free(struct rg_growth *growth);

/* ---- newcomers ------------------------------------------------------------- */

/* What is kept of a dump to tell its objects from those of a later one. */
struct rg_snapshot;

/*
 * rg_snapshot_take - notes the objects of @graph, which needs no references.
 * *@ret is independent of the graph and freed with rg_snapshot_free().
 * Errors: RG_ERROR_NO_MEMORY.  O(objects) time, 16 bytes an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_snapshot_take(const rg_graph *graph, struct rg_snapshot **ret);

/* rg_snapshot_free - releases @snapshot; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_snapshot_free(struct rg_snapshot *snapshot);

struct rg_newcomers {
	uint64_t count;
	const uint64_t *set; /* by object: bit id % 64 of word id / 64 */
	uint64_t reused;     /* of these: where another of their type and size stood, as the
			        fingerprint tells */
};

/*
 * rg_newcomers_find - the objects of @graph that were not in the dump that
 * @before was taken of.  An object is the same if its address, its type and its
 * fingerprint (rg_graph_fingerprint) are, and its size where no object of that type
 * is known to the collector; a new one without a fingerprint that took the place of
 * an old one that looked so is not told from it.
 * *@ret is freed with rg_newcomers_free().
 * Errors: RG_ERROR_NO_MEMORY.  O(objects of both) time, a bit an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_newcomers_find(const rg_graph *graph,
						 const struct rg_snapshot *before,
						 struct rg_newcomers **ret);

/*
 * rg_survivors_find - of the newcomers since @before those that the dump @between
 * was taken of had already: (between - before) that is still there, what memlab
 * calls leaked.  As rg_newcomers_find otherwise.  *@ret is freed with
 * rg_newcomers_free().
 * Errors: RG_ERROR_NO_MEMORY.  O(objects of all three) time, a bit an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_survivors_find(const rg_graph *graph,
						 const struct rg_snapshot *before,
						 const struct rg_snapshot *between,
						 struct rg_newcomers **ret);

/* rg_newcomers_free - releases @newcomers; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_newcomers_free(struct rg_newcomers *newcomers);

struct rg_keepers_options {
	size_t size;
	size_t most_types; /* of newcomers, the program's own first, then most bytes; 0: 6 */
	size_t limit;      /* groups in all; 0: 30 */
};

/* Objects of one type that are held, or hold, in the same way. */
struct rg_keeper {
	rg_type_id type;
	uint64_t count;
	rg_id example;             /* the first of them */
	bool newcomers;            /* whom the question was about */
	unsigned int level;        /* steps from newcomers */
	uint64_t bytes;            /* of newcomers: sizes and what they own */
	const struct rg_root *root; /* that names @example; NULL: none.  Belongs to the graph */
};

/* Objects of one group hold those of another. */
struct rg_keeper_edge {
	uint32_t from, to;   /* indices of keepers */
	uint64_t count;      /* objects of @to that are held so */
	struct rg_step step; /* the first of these references: rg_keeper_label() */
};

struct rg_keepers {
	const struct rg_keeper *keepers; /* newcomers first */
	size_t count;
	const struct rg_keeper_edge *edges; /* in the order in which holders were found */
	size_t edge_count;
	uint64_t left_out;       /* objects whose holders have no group for want of room */
	uint64_t types_left_out; /* types of newcomers that were not asked about */
};

/*
 * rg_keepers_find - who holds the @newcomers of @graph: of each object the
 * referrer that leads to a named root soonest, those of one type and label
 * together, and so on up to what a root names.  Routine references hold nothing.
 * *@ret is freed with rg_keepers_free() and refers to @graph.
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INVALID without references.
 * Complexity: O(objects + references) time, 9 bytes an object and 40 a newcomer.
 */
RG_API RG_MUST_CHECK rg_error *rg_keepers_find(const rg_graph *graph,
					       const struct rg_newcomers *newcomers,
					       const struct rg_keepers_options *options,
					       struct rg_keepers **ret);

/* rg_keepers_free - releases @keepers; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_keepers_free(struct rg_keepers *keepers);

/*
 * rg_keeper_label - as rg_step_label(), without what differs from one object to
 * the next: "[3]" and "['k']" are "[*]".  Returns the length of what was
 * written.  O(references of the source and its owners); cannot fail.
 */
RG_API size_t rg_keeper_label(const rg_graph *graph, const struct rg_step *step,
			      enum rg_label_policy policy, char *buffer, size_t size);

/* --- tasks: who waits for whom -------------------------------------------- */

/*
 * What tasks wait for, and who gives it: a future, a lock, or a task, which gives
 * itself.  The lists are indices into rg_task_list.tasks, ascending.
 */
struct rg_task_wait {
	rg_id object;
	const uint32_t *waiters;
	size_t waiter_count;
	const uint32_t *givers; /* none of them done */
	size_t giver_count;
};

/* One step of a cycle: the task waits for the object, which the next task gives. */
struct rg_task_step {
	uint32_t task; /* index into rg_task_list.tasks */
	rg_id object;
};

/* Tasks that wait for each other: each goes on only when the next does. */
struct rg_task_cycle {
	const struct rg_task_step *steps; /* a shortest one; the last waits for the first */
	size_t step_count;
	size_t tasks; /* how many wait for each other in this or in ways like it */
};

/* All tasks of a dump, and who waits for whom. */
struct rg_task_list {
	/* By loop, then name with its numbers as numbers, then object. */
	const struct rg_task *tasks;
	size_t count;
	const struct rg_task_wait *waits; /* ascending by object */
	size_t wait_count;
	const struct rg_task_cycle *cycles; /* by their first task */
	size_t cycle_count;
};

/*
 * rg_tasks_find - all tasks of @graph, what they wait for, and the cycles among
 * these: strongly connected components (Tarjan, "Depth-first search and linear
 * graph algorithms", 1972) of tasks and what they await, in each a shortest
 * cycle through its first task.  That one of several givers may be enough is not
 * known: a cycle is a deadlock where each object has one giver.
 * *@ret is freed with rg_tasks_free().  RG_ERROR_NO_MEMORY.
 * O(objects + n log n) for n tasks with what they wait for and give.
 */
RG_API RG_MUST_CHECK rg_error *rg_tasks_find(const rg_graph *graph, struct rg_task_list **ret);

/*
 * rg_tasks_wait - the entry of @list for @object, or NULL when no task waits for it.
 * Owned by @list.  O(log waits); cannot fail.
 */
RG_API const struct rg_task_wait *rg_tasks_wait(const struct rg_task_list *list, rg_id object);

/* rg_tasks_free - releases @list; NULL is allowed.  O(tasks); cannot fail. */
RG_API void rg_tasks_free(struct rg_task_list *list);

#endif
