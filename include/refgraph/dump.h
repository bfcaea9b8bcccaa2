/* SPDX-License-Identifier: MIT */
/*
 * Opening a dump: a core of a process, or a file in the portable form.
 */
#ifndef REFGRAPH_DUMP_H
#define REFGRAPH_DUMP_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

typedef struct rg_dump rg_dump;

/*
 * Called now and then while a dump is read: @done of @total units of @stage
 * (a word such as "reading objects"); return false to stop (the call in
 * progress then fails with RG_ERROR_LIMIT).
 */
typedef bool rg_progress_fn(void *user, const char *stage, uint64_t done, uint64_t total);

/* How to open; all zero is a good default.  @size lets the struct grow. */
struct rg_open_options {
	size_t size;                  /* sizeof(struct rg_open_options) */
	const char *exe;              /* the executable the core was made by, or NULL */
	const char *const *sysroots;  /* folders under which mapped files are looked up first */
	size_t sysroot_count;
	rg_progress_fn *progress;     /* or NULL */
	void *progress_user;
	const char *runtime;          /* of several in the process the one to read: "3.12", the name
					 of its file, or "0x.." (rg_runtime_info); or NULL */
};

/* The state of the runtime's own cycle collector when the dump was taken. */
struct rg_collector {
	bool known;      /* false: the next three say nothing */
	bool enabled;
	bool collecting; /* in the middle of a collection */
	uint64_t frozen; /* objects set aside */
	bool absent;     /* the runtime has none: what is unreachable stays for good */
};

/* A runtime that the process held: a program that embeds them can hold several. */
struct rg_runtime_info {
	const char *version; /* "3.11.2" */
	const char *file;    /* that it is part of, or "" */
	uint64_t address;    /* of its state, which is another for each */
	bool read;           /* the objects of the dump are this one's */
};

/* What a dump is.  All strings belong to the dump. */
struct rg_dump_info {
	const char *path;
	const char *format;         /* "ELF core", "portable dump" */
	const char *runtime;        /* its name, as portable dumps have it */
	const char *runtime_name;   /* for people */
	const char *version;        /* "3.11.2" */
	const char *build;          /* one line: where the runtime was found, build-id, variant */
	uint64_t interpreters;
	uint64_t threads;
	uint64_t objects;
	uint64_t unreadable;        /* objects that could not be decoded, each counted once */
	bool complete;              /* nothing is missing that an answer needs: missing is empty */
	const char *const *missing; /* what is missing and what to do about it, a sentence each */
	size_t missing_count;
	bool has_refcounts;
	struct rg_collector collector;
	uint64_t object_bytes;      /* sizes plus owned bytes of all objects */
	uint64_t allocator_free;    /* bytes free in the runtime's own allocator; 0 where unknown */
	uint64_t total_bytes;       /* bytes of memory that the dump holds; 0 where unknown */
	const char *command;        /* the process: the first bytes of its command line, or "" */
	const char *executable;     /* its program file, or "" */
	uint64_t pid;               /* 0 where unknown */
	int signal;                 /* that ended it, as the kernel counts them; 0: none, unknown */
	const struct rg_runtime_info *runtimes; /* all that the process held; none: not known */
	size_t runtime_count;
	uint64_t unreached;         /* objects with RG_OBJECT_UNREACHED */
	uint64_t allocator_pools;   /* of the runtime's own allocator; 0: none, or unknown */
	uint64_t allocator_blocks;  /* in use in these, by the allocator's own books */
	uint64_t allocator_bytes;   /* of these blocks */
	uint64_t allocator_torn;    /* pools whose books disagree: it was at work in them */
	const struct rg_words *words; /* what its runtime calls things: rg_graph_words() */
};

/*
 * rg_dump_open - opens the dump at @path and finds all its objects; references
 * are read when rg_dump_graph() first asks for them.  @options may be NULL.
 * *@ret is released with rg_dump_close().
 * Errors: RG_ERROR_IO, RG_ERROR_NOT_A_DUMP, RG_ERROR_UNSUPPORTED,
 * RG_ERROR_CORRUPT, RG_ERROR_NO_RUNTIME, RG_ERROR_NO_MEMORY, RG_ERROR_LIMIT.
 * Complexity: O(objects + references) time, about 30 bytes an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_dump_open(const char *path,
					    const struct rg_open_options *options, rg_dump **ret);

/*
 * rg_dump_close - releases @dump, its graph and everything they handed out;
 * NULL is allowed.  O(objects); cannot fail.
 */
RG_API void rg_dump_close(rg_dump *dump);

/*
 * rg_dump_info - what @dump is; owned by the dump.  O(1); cannot fail.
 */
RG_API const struct rg_dump_info *rg_dump_info(const rg_dump *dump);

/*
 * rg_dump_objects - the graph with objects and types, and with references only
 * if rg_dump_graph() was called before; owned by the dump.  O(1); cannot fail.
 */
RG_API const rg_graph *rg_dump_objects(const rg_dump *dump);

/*
 * rg_dump_graph - the whole graph: references both ways and roots; read at the
 * first call, kept for the next.  *@ret is owned by the dump.
 * Errors: RG_ERROR_NO_MEMORY, RG_ERROR_CORRUPT, RG_ERROR_LIMIT.
 * Complexity: O(objects + references) time; about 10 bytes a reference and 16
 * an object.
 */
RG_API RG_MUST_CHECK rg_error *rg_dump_graph(rg_dump *dump, const rg_graph **ret);

/*
 * Where rg_dump_convert() writes: all of @length @bytes, or an error that says
 * why not.
 */
typedef rg_error *rg_write_fn(void *user, const void *bytes, size_t length);

/* What a dump knows of the memory at one address. */
enum rg_memory {
	RG_MEMORY_UNKNOWN = 0,  /* the dump holds no memory, but objects alone: the portable form */
	RG_MEMORY_UNMAPPED = 1, /* the process had nothing there */
	RG_MEMORY_LACKING = 2,  /* it had, and the dump leaves it out or is cut off before it */
	RG_MEMORY_THERE = 3,
};

/*
 * rg_dump_memory - what @dump knows of the memory at @address, which tells why
 * no object is there.  O(log segments); cannot fail.
 */
RG_API enum rg_memory rg_dump_memory(const rg_dump *dump, uint64_t address);

/* How to convert; all zero writes every label and no values. */
struct rg_convert_options {
	size_t size;                 /* sizeof(struct rg_convert_options) */
	enum rg_label_policy labels;
	bool values;                 /* also what strings and numbers contain */
};

/*
 * rg_dump_convert - writes @dump in the portable form through @write, which is
 * called with pieces of about 1 MiB.  Unreachable and lost objects are marked
 * where counts are known.  @options may be NULL.
 * Errors: those of rg_dump_graph() and what @write returns.
 * Complexity: O(objects + references) time, 1 MiB beside the graph.
 */
RG_API RG_MUST_CHECK rg_error *rg_dump_convert(rg_dump *dump,
					       const struct rg_convert_options *options,
					       rg_write_fn *write, void *user);

#endif
