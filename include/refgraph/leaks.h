/* SPDX-License-Identifier: MIT */
/*
 * What looks like a leak: suspects, the worst first, each with what speaks for it.
 *
 * Size alone makes no suspect: many elements of one kind below one holder do, and
 * whose module, class or frame holds them says how many there have to be.
 */
#ifndef REFGRAPH_LEAKS_H
#define REFGRAPH_LEAKS_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

/* What a suspect is suspected of. */
enum rg_leak_kind {
	RG_LEAK_CONTAINER = 0,     /* one container keeps many objects of one kind */
	RG_LEAK_TYPE = 1,          /* many objects of one type below one holder that is none */
	RG_LEAK_CACHE = 2,         /* a cache without bound, or with a huge one */
	RG_LEAK_EXCEPTION = 3,     /* stored exceptions, whose tracebacks keep frames */
	RG_LEAK_FRAME = 4,         /* stored frames */
	RG_LEAK_GARBAGE = 5,       /* unreachable cycles that wait for the collector, or for good */
	RG_LEAK_UNCOLLECTABLE = 6, /* what the collector has given up, or was told to keep */
	RG_LEAK_LOST = 7,          /* nothing holds it, or nobody knows what; nothing frees it */
	RG_LEAK_RESOURCE = 8,      /* open files, sockets, connections, cursors, sessions */
	RG_LEAK_VIEW = 9,          /* small views that keep all of what they are cut from */
	RG_LEAK_HISTORY = 10,      /* results that an interactive session remembers */
	RG_LEAK_THREAD_LOCAL = 11, /* values of thread-local variables */
	RG_LEAK_TASK = 12,         /* tasks that wait and wait */
	RG_LEAK_COROUTINE = 13,    /* coroutines that nobody runs */
	RG_LEAK_BUFFER = 14,       /* one big object that gets bigger */
};

/* One thing that speaks for a suspect; which of the numbers mean something, the kind says. */
enum rg_fact_kind {
	RG_FACT_ELEMENTS = 0,     /* @count elements of @type, which retain @bytes */
	RG_FACT_GREW = 1,         /* @count more elements, @bytes more retained (signed) than in
				     the earlier dump */
	RG_FACT_NEW = 2,          /* it was not in the earlier dump */
	RG_FACT_UNBOUNDED = 3,    /* a cache of @count entries, and any number more */
	RG_FACT_BOUND = 4,        /* a cache of @count entries, @bound at most */
	RG_FACT_SHARED = 5,       /* something else holds @count elements, @bytes, as well */
	RG_FACT_ALSO = 6,         /* @object holds the same elements */
	RG_FACT_ALIKE = 7,        /* @count such holders have that signature */
	RG_FACT_COLLECTOR_OFF = 8,
	RG_FACT_COLLECTOR_FROZEN = 9, /* @count objects are set aside */
	RG_FACT_COLLECTOR_BEHIND = 10, /* it is on, and @bytes wait for it */
	RG_FACT_CYCLES = 11,      /* @count cycles of @object's shape and what hangs from them */
	RG_FACT_FINALIZERS = 12,  /* @count objects have one */
	RG_FACT_TRACEBACKS = 13,  /* @count of them keep frames */
	RG_FACT_OPEN = 14,        /* @count are open */
	RG_FACT_UNREACHABLE = 15, /* @count of them nothing reaches, and they are still there */
	RG_FACT_EXAMPLE = 16,     /* @object is one of them */
	RG_FACT_SHOWN = 17,       /* views of @object show @count bytes of @bytes */
	RG_FACT_UNREFERRED = 18,  /* to @count of them nothing refers at all */
	RG_FACT_WAITS = 19,       /* @count of them wait for what @object is the type of */
	RG_FACT_BREAK = 20,       /* made weak, @object's reference number @bound frees it, such
				     references of all, @bytes of them, all @count */
};

struct rg_leak_fact {
	enum rg_fact_kind kind;
	int64_t count;   /* how many */
	int64_t bytes;   /* how much */
	uint64_t bound;  /* of a cache: entries at most */
	rg_type_id type; /* or RG_NONE */
	rg_id object;    /* or RG_NONE */
};

/* One suspect.  What it points at belongs to the result, the root of its chain to the graph. */
struct rg_suspect {
	enum rg_leak_kind kind;
	const char *signature;  /* "sig1:..": the same in another dump of the same program */
	const char *shape;      /* what that is the hash of, for people */
	rg_id object;           /* the holder, or RG_NONE: what is suspected has none */
	const struct rg_chain *chain; /* the best way to it; NULL where no root leads */
	enum rg_origin origin;  /* whose module, class, function or frame holds it */
	bool local;             /* a variable of a running function holds it */
	rg_type_id type;        /* of the elements, or RG_NONE */
	uint64_t count;         /* elements of that type; open resources; waiting tasks; ... */
	uint64_t retained;      /* bytes that it keeps, or holds together with others */
	bool exclusive;         /* all of them would go with @object */
	const rg_id *objects;   /* the holder, then some of the elements; at most 8 */
	size_t object_count;
	const struct rg_leak_fact *facts; /* in the order in which they are to be told */
	size_t fact_count;
};

struct rg_leaks {
	const struct rg_suspect *suspects; /* the worst first */
	size_t count;
	uint64_t living;        /* bytes: sizes and owned bytes of all that is alive */
	uint64_t waiting;       /* bytes that are unreachable */
	bool no_counts;         /* the dump has no reference counts: nothing was said of garbage,
				   lost objects and what nothing explains */
	rg_id biggest;          /* where nothing stands out, the object of the program's that keeps
				   most; or RG_NONE */
	uint64_t biggest_bytes; /* what that retains */
	const struct rg_chain *biggest_chain; /* or NULL */
};

/* What is kept of an earlier dump: containers, and how many of what there were. */
struct rg_leaks_before;

struct rg_leaks_options {
	size_t size;
	double share;    /* percent of the living bytes that a holder of the program's keeps at
			    least; 0: 1 */
	uint64_t least;  /* and so many elements; 0: 100 */
	uint64_t bytes;  /* and so many bytes; 0: 256 KiB */
	const struct rg_leaks_before *const *before; /* of earlier dumps, oldest first: only what
							is new or grew since is suspect */
	size_t before_count;
	const struct rg_collector *collector; /* or NULL: not known */
	unsigned int threads; /* that work on it, 2 at most; 0: 1.  The result is the same */
	size_t most;     /* suspects at most; 0: 100 */
};

/*
 * rg_leak_kind_name - "container", "type", "cache", ...: the word for @kind in
 * every output, owned by the library; "other" for what is none.  O(1); cannot fail.
 */
RG_API const char *rg_leak_kind_name(enum rg_leak_kind kind);

/*
 * rg_leaks_find - what looks like a leak in @graph: holders of many objects of one
 * kind (after "drop walks" of Eclipse MAT's leak suspects, and LeakBot's rules, ECOOP
 * 2003, that rank holders by structure and ownership), unbounded caches, stored
 * exceptions and frames, garbage that waits, what is lost, resources left open, views
 * that keep what they are cut from, histories, tasks that wait.  One culprit is told
 * once.  *@ret is freed with rg_leaks_free() and refers to @graph.
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INCOMPLETE when the dump has no roots;
 * RG_ERROR_INVALID without references.
 * Complexity: O(objects + references), with what rg_dominators_find() and
 * rg_garbage_find() need; about 40 bytes an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_leaks_find(const rg_graph *graph,
					     const struct rg_leaks_options *options,
					     struct rg_leaks **ret);

/* rg_leaks_free - releases @leaks; NULL is allowed.  O(suspects); cannot fail. */
RG_API void rg_leaks_free(struct rg_leaks *leaks);

/*
 * rg_leaks_note - what rg_leaks_find() wants to know of an earlier dump; of @options
 * only size and threads count.  *@ret is independent of the graph and freed with
 * rg_leaks_before_free().
 * Errors: RG_ERROR_NO_MEMORY; RG_ERROR_INCOMPLETE when the dump has no roots;
 * RG_ERROR_INVALID without references.
 * Complexity: O(objects + references) as rg_leaks_find(); 32 bytes a container are kept.
 */
RG_API RG_MUST_CHECK rg_error *rg_leaks_note(const rg_graph *graph,
					     const struct rg_leaks_options *options,
					     struct rg_leaks_before **ret);

/* rg_leaks_before_free - releases @before; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_leaks_before_free(struct rg_leaks_before *before);

#endif
