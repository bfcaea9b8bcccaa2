/* SPDX-License-Identifier: MIT */
/*
 * The graph: objects, their types, references and roots, immutable once built.
 *
 * Objects have ids 0 .. n-1 in the order of their addresses; the arrays of one
 * object's references are in the order in which the runtime keeps them.  A
 * reference counts as often as it occurs: a list that holds an object three
 * times has three references to it.
 */
#ifndef REFGRAPH_GRAPH_H
#define REFGRAPH_GRAPH_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

typedef struct rg_graph rg_graph;

typedef uint32_t rg_id;      /* an object, 0 .. rg_graph_object_count() - 1 */
typedef uint32_t rg_type_id; /* a type, 0 .. rg_graph_type_count() - 1 */

#define RG_NONE UINT32_MAX   /* no object, no type */

/* What is known of one object beside its numbers. */
enum rg_object_flag {
	RG_OBJECT_TRACKED = 1u << 0,    /* known to the runtime's cycle collector */
	RG_OBJECT_IMMORTAL = 1u << 1,   /* its count is no longer maintained */
	RG_OBJECT_FROZEN = 1u << 2,     /* set aside by the program: the collector skips it */
	RG_OBJECT_FINALIZER = 1u << 3,  /* code of the program runs when it dies */
	RG_OBJECT_PLUMBING = 1u << 4,   /* shown as a part of the one object that owns it */
	RG_OBJECT_OPAQUE = 1u << 5,     /* its layout is unknown: references are inferred */
	RG_OBJECT_UNREADABLE = 1u << 6, /* exists, but the dump lacks (some of) its bytes */
	RG_OBJECT_TYPE = 1u << 7,       /* the object is itself a type */
	RG_OBJECT_MODULE = 1u << 8,     /* the object is a module */
	RG_OBJECT_ROUTINE = 1u << 9,    /* kept by the runtime for itself: explains nothing */
	RG_OBJECT_UNREACHED = 1u << 10, /* no root leads to it: found in the allocator's memory */
};

/* How a reference counts. */
enum rg_reference_kind {
	RG_REFERENCE_STRONG = 0,     /* owned, counted, and seen by the cycle collector */
	RG_REFERENCE_UNTRAVERSED = 1, /* owned and counted, but not shown to the collector */
	RG_REFERENCE_INFERRED = 2,   /* found by scanning a body of unknown layout; counted */
	RG_REFERENCE_WEAK = 3,       /* a weak reference: never counted */
	RG_REFERENCE_BORROWED = 4,   /* a pointer that owns nothing: never counted */
};

/*
 * The kind array of rg_references holds an rg_reference_kind in these bits.
 */
#define RG_REFERENCE_KIND_MASK 0x07u
/*
 * Set beside the kind: the target is a part of the source for the reader (an
 * instance's __dict__): shown as one object unless plumbing is asked for.
 */
#define RG_REFERENCE_PLUMBING 0x08u
/*
 * Set beside the kind: there by the way the runtime builds things (an
 * instance's __class__, a function's __globals__), so that it says nothing
 * about why the target lives.  Pictures leave it out unless asked.
 */
#define RG_REFERENCE_ROUTINE 0x10u
/*
 * Set beside the kind: the target is only what the source, or another
 * reference of it, is called: a function's __name__, the str key of a dict.
 */
#define RG_REFERENCE_NAME 0x20u

/* One object.  owned: bytes outside the object that it owns and @size leaves out. */
struct rg_object {
	uint64_t address;
	uint64_t size;
	uint64_t owned;
	int64_t refcount; /* -1: unknown */
	rg_type_id type;
	uint32_t flags;   /* rg_object_flag */
};

/*
 * Where a type comes from.  RG_ORIGIN_UNKNOWN is nobody's: it counts as the
 * program's own wherever one of the others must be chosen.
 */
enum rg_origin {
	RG_ORIGIN_UNKNOWN = 0,
	RG_ORIGIN_RUNTIME = 1, /* built into the runtime, or of its standard library */
	RG_ORIGIN_PACKAGE = 2, /* an installed package of a third party */
	RG_ORIGIN_PROGRAM = 3, /* the program itself */
};

/*
 * What objects of a type are for, as far as the runtime knows: its classes, those
 * of its library and of well-known packages, and what derives from them.
 */
enum rg_role {
	RG_ROLE_NONE = 0,
	RG_ROLE_COLLECTION = 1,   /* any number of elements, and it can get more */
	RG_ROLE_CACHE = 2,        /* results kept to save work: rg_description has its bound */
	RG_ROLE_VIEW = 3,         /* may show bytes of another object, which it keeps */
	RG_ROLE_FILE = 4,
	RG_ROLE_SOCKET = 5,
	RG_ROLE_CONNECTION = 6,   /* to a server or a database */
	RG_ROLE_CURSOR = 7,       /* a query's results that are still to be fetched */
	RG_ROLE_SESSION = 8,      /* of a client: keeps connections, what was loaded */
	RG_ROLE_EXCEPTION = 9,
	RG_ROLE_TRACEBACK = 10,
	RG_ROLE_FRAME = 11,
	RG_ROLE_COROUTINE = 12,   /* or a generator: code that goes on later */
	RG_ROLE_TASK = 13,
	RG_ROLE_THREAD_LOCAL = 14,
};

/* One type.  Strings belong to the graph. */
struct rg_type {
	const char *name;       /* module.qualname; built-ins bare */
	const char *short_name; /* objgraph's short name: the last word of the type's own name */
	const char *module;     /* "" where unknown */
	uint64_t address;       /* 0 where the dump does not say */
	rg_id object;           /* the type as an object, or RG_NONE */
	enum rg_origin origin;
	enum rg_role role;
};

/* Outgoing references of one object; @kind is parallel to @target. */
struct rg_references {
	const rg_id *target;
	const uint8_t *kind;
	size_t count;
};

/* Objects that refer to one object, ascending, with multiplicity; all kinds. */
struct rg_referrers {
	const rg_id *source;
	size_t count;
};

/* The class of a root, best first: chains prefer the smaller number. */
enum rg_root_kind {
	RG_ROOT_MODULE = 0,       /* a value of the module table */
	RG_ROOT_LOCAL = 1,        /* a local variable or stack slot of a thread's frame */
	RG_ROOT_THREAD_LOCAL = 2, /* a thread-local value */
	RG_ROOT_INTERPRETER = 3,  /* a field of interpreter or runtime state */
	RG_ROOT_THREAD = 4,       /* a field of a thread's state */
	RG_ROOT_STATIC = 5,       /* static data of the runtime: static types, singletons */
	RG_ROOT_EXTERNAL = 6,     /* references that nothing in the dump explains */
};

/* A place outside the object graph that refers to an object. */
struct rg_root {
	rg_id object;
	enum rg_root_kind kind;
	uint32_t count;     /* references it owns; 0: an object (a module table) owns them */
	uint32_t thread;    /* index into rg_graph_threads(), or RG_NONE */
	uint32_t frame;     /* index of the frame in that thread, 0 the innermost, or RG_NONE */
	const char *name;   /* "sys.modules['os']", "interpreter 0 codec_search_path", ... */
	bool routine;       /* a cache or a frame of the runtime itself: explains nothing */
	bool importer;      /* what it has in common with another of its kind is the other's: chains
			       of equal length prefer that */
	const char *code;   /* an expression in the runtime's language that evaluates to the object
			       in the dumped program, or NULL */
};

/* One frame of a thread's stack or of a task's awaits, innermost first. */
struct rg_frame {
	const char *function; /* qualified name */
	const char *file;
	uint32_t line;        /* 0: unknown */
	rg_id object;         /* a generator or coroutine whose frame this is, or RG_NONE */
};

/* What is known of a thread beside its frames. */
enum rg_thread_flag {
	RG_THREAD_DAEMON = 1u << 0,    /* the process would end without waiting for it */
	RG_THREAD_CURRENT = 1u << 1,   /* ran the program's code: for CPython, held the GIL */
	RG_THREAD_RUNNING = 1u << 2,   /* its registers show it outside of any system call */
	RG_THREAD_CUT = 1u << 3,       /* it may have older frames: the dump lacks that place */
};

/* One thread of the dumped process that the runtime knows. */
struct rg_thread {
	uint64_t id;          /* the runtime's own (for CPython: pthread_self) */
	uint64_t native_id;   /* the kernel's, 0 where unknown */
	const char *name;     /* "" where unknown */
	const struct rg_frame *frames;
	size_t frame_count;
	uint32_t flags;       /* rg_thread_flag */
	const char *state;    /* what RG_THREAD_CURRENT is called: "holds the GIL"; or "" */
	const char *system_call; /* in which the kernel has it, "futex" or a number; or "" */
	rg_id object;         /* the program's object for it, or RG_NONE */
	rg_id exception;      /* the one it is handling, or RG_NONE */
};

/* How far a task is. */
enum rg_task_state {
	RG_TASK_READY = 0,     /* nothing keeps it from going on but its turn */
	RG_TASK_RUNNING = 1,
	RG_TASK_WAITING = 2,   /* for what rg_task.awaits says */
	RG_TASK_DONE = 3,
	RG_TASK_FAILED = 4,    /* done: an error ended it */
	RG_TASK_CANCELLED = 5, /* done: it was cancelled */
};

/*
 * A task: something that runs by turns with others of its loop (for CPython,
 * one of asyncio's).  Whoever awaits an object goes on when a task that gives it
 * ends or lets go of it; a task gives itself without saying so.
 */
struct rg_task {
	rg_id object;
	const char *name;       /* "" where unknown */
	enum rg_task_state state;
	rg_id loop;             /* what gives it its turns, or RG_NONE */
	uint32_t thread;        /* where it runs: index into rg_graph_threads(), or RG_NONE */
	rg_id coroutine;        /* what it runs, or RG_NONE */
	const struct rg_frame *frames; /* innermost first: the last is the coroutine's own */
	size_t frame_count;
	const rg_id *awaits;    /* what it waits for: a future, a lock */
	size_t await_count;
	const rg_id *gives;     /* what its end completes, or what it holds */
	size_t give_count;
};

/* Which label texts may be shown: dict keys can be secrets. */
enum rg_label_policy {
	RG_LABELS_ALL = 0,   /* everything, keys with their value */
	RG_LABELS_NAMES = 1, /* attributes, variables, indices, identifier-like namespace keys */
	RG_LABELS_NONE = 2,  /* no label at all */
};

/* What can be said of an object in words.  Strings are NUL-terminated, cut at a limit. */
struct rg_description {
	char name[256];  /* of a module, type, function, ...; "" where it has none */
	char text[256];  /* where it is: "app.py:31" and the like; never contents */
	char value[128]; /* contents of a str, number, ...: only where asked for */
	uint64_t length; /* number of items; only where has_length */
	bool has_length;
	bool has_open, open;  /* of a file, socket, connection, where that can be told */
	int64_t descriptor;   /* the process's number for it while it is open; -1: not known */
	bool has_bound;
	uint64_t bound;       /* entries that a cache keeps at most; UINT64_MAX: any number */
	bool has_shown;
	uint64_t shown;       /* bytes that a view shows */
	uint64_t base;        /* address of the object whose bytes these are */
};

/*
 * rg_graph_object_count - how many objects.  O(1); cannot fail.
 */
RG_API rg_id rg_graph_object_count(const rg_graph *graph);

/*
 * rg_graph_object - the numbers of object @id, which must be below the count.
 * Returned by value.  O(log pages); cannot fail.
 */
RG_API struct rg_object rg_graph_object(const rg_graph *graph, rg_id id);

/*
 * rg_graph_find - the object that starts at @address, or RG_NONE.  O(1); cannot fail.
 */
RG_API rg_id rg_graph_find(const rg_graph *graph, uint64_t address);

/*
 * rg_graph_type_count - how many types.  O(1); cannot fail.
 */
RG_API rg_type_id rg_graph_type_count(const rg_graph *graph);

/*
 * rg_graph_type - type @type, owned by the graph.  O(1); cannot fail.
 */
RG_API const struct rg_type *rg_graph_type(const rg_graph *graph, rg_type_id type);

/*
 * rg_origin_name - "runtime", "package", "program", "unknown": the word for @origin
 * in every output, owned by the library.  O(1); cannot fail.
 */
RG_API const char *rg_origin_name(enum rg_origin origin);

/*
 * rg_role_name - "collection", "cache", "view", "file", ...: the word for @role in
 * every output, owned by the library; "none" for RG_ROLE_NONE and what is no role.
 * O(1); cannot fail.
 */
RG_API const char *rg_role_name(enum rg_role role);

/*
 * rg_graph_reference_count - how many references of all kinds, 0 when the
 * graph was loaded without references.  O(1); cannot fail.
 */
RG_API uint64_t rg_graph_reference_count(const rg_graph *graph);

/*
 * rg_graph_references - what object @id refers to.  The arrays belong to the
 * graph.  O(1); cannot fail.
 */
RG_API struct rg_references rg_graph_references(const rg_graph *graph, rg_id id);

/*
 * rg_graph_referrers - who refers to object @id.  The array belongs to the
 * graph.  O(1); cannot fail.
 */
RG_API struct rg_referrers rg_graph_referrers(const rg_graph *graph, rg_id id);

/*
 * rg_graph_owner - the object as whose part @id is shown (for the __dict__ of
 * an instance, the instance), or RG_NONE if it stands for itself, that is
 * without RG_OBJECT_PLUMBING.  An owner can be a part itself.
 * O(log objects); cannot fail.
 */
RG_API rg_id rg_graph_owner(const rg_graph *graph, rg_id id);

/*
 * rg_graph_roots - all roots, sorted by kind, name and object; their number
 * goes to @ret_count.  Owned by the graph.  O(1); cannot fail.
 */
RG_API const struct rg_root *rg_graph_roots(const rg_graph *graph, size_t *ret_count);

/*
 * rg_root_kind_name - "module", "local", ...: the word for @kind in every output,
 * owned by the library; "other" for what is none.  O(1); cannot fail.
 */
RG_API const char *rg_root_kind_name(enum rg_root_kind kind);

/*
 * rg_graph_threads - the threads; their number goes to @ret_count.  Owned by
 * the graph.  O(1); cannot fail.
 */
RG_API const struct rg_thread *rg_graph_threads(const rg_graph *graph, size_t *ret_count);

/*
 * rg_root_place - the last part of a root's name, behind its thread and frame:
 * "local x", "cell x", "stack 3".  It belongs to the graph, as root->name does.
 * O(length); cannot fail.
 */
RG_API const char *rg_root_place(const struct rg_root *root);

/* Called by rg_graph_tasks for one task, which is the callee's until it returns. */
typedef rg_error *rg_task_fn(void *user, const struct rg_task *task);

/*
 * rg_graph_tasks - calls @each for every task, done ones too, in the order of
 * their objects, until it fails; its error is handed on.  rg_tasks_find() of
 * analysis.h adds who waits for whom.  RG_ERROR_NO_MEMORY.  O(objects + what
 * tasks refer to).
 */
RG_API RG_MUST_CHECK rg_error *rg_graph_tasks(const rg_graph *graph, rg_task_fn *each, void *user);

/*
 * rg_task_state_name - "ready", "running", "waiting", "done", "failed", "cancelled",
 * owned by the library; "other" for what is none.  O(1); cannot fail.
 */
RG_API const char *rg_task_state_name(enum rg_task_state state);

/*
 * rg_graph_has_refcounts - whether the dump says how often objects are referred
 * to, so that accounting is possible; only after references were read.
 * O(1); cannot fail.
 */
RG_API bool rg_graph_has_refcounts(const rg_graph *graph);

/*
 * rg_graph_external - how many references to object @id neither an object nor
 * a named root explains; negative when more were found than its count says; 0
 * for immortals and where counts are unknown.  O(1); cannot fail.
 */
RG_API int64_t rg_graph_external(const rg_graph *graph, rg_id id);

/*
 * rg_graph_label - how reference number @index of object @source reaches its
 * target: ".attr", "['key']", "[3]", "key 'x'", "cell x", ...  Writes at most
 * @size bytes with the closing NUL to @buffer, cutting what is longer, and
 * returns the length of the whole label; 0 where there is none or @policy
 * withholds it.  O(references of @source); cannot fail.
 */
RG_API size_t rg_graph_label(const rg_graph *graph, rg_id source, size_t index,
			     enum rg_label_policy policy, char *buffer, size_t size);

/* Called by rg_graph_labels for one reference; @text is NUL-terminated, "" for none. */
typedef void rg_label_fn(void *user, size_t index, const char *text);

/*
 * rg_graph_labels - calls @each for the references @first .. @first + @count - 1
 * of @source in order.  O(references of @source) for the whole slice, where as
 * many calls of rg_graph_label would be quadratic; cannot fail.
 */
RG_API void rg_graph_labels(const rg_graph *graph, rg_id source, size_t first, size_t count,
			    enum rg_label_policy policy, rg_label_fn *each, void *user);

/*
 * rg_graph_describe - what can be said of object @id in words; with @values
 * also what a str, number and the like contains.  O(1); cannot fail: what
 * cannot be read stays empty.
 */
RG_API void rg_graph_describe(const rg_graph *graph, rg_id id, bool values,
			      struct rg_description *ret);

/*
 * rg_graph_fingerprint - a hash of what in object @id cannot change as long as it
 * lives: the text of a str, the items of a tuple, the code of a function; 0 where
 * nothing is known not to.  Two dumps of one process with different ones at one
 * address have different objects there; equal ones say so in all but one of 65,536
 * cases.  Between processes it says nothing: each hashes with random bytes of its
 * own, which no portable dump has: of a text that stands in none, either, it tells
 * next to nothing.
 * O(1); cannot fail.
 */
RG_API uint16_t rg_graph_fingerprint(const rg_graph *graph, rg_id id);

#endif
