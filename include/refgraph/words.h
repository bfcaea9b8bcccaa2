/* SPDX-License-Identifier: MIT */
/*
 * What a runtime calls things, and how labels are written in its language.
 *
 * Objects, references, counts and roots are the same everywhere; modules or packages,
 * finalizers, whether there is a collector, and what is syntax in a label are not.
 * Each runtime has one table, which its dumps and what was converted from them share.
 */
#ifndef REFGRAPH_WORDS_H
#define REFGRAPH_WORDS_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

/* Lists end with NULL.  What is not said to be NULL somewhere is a string, "" for none. */
struct rg_words {
	/* ---- what things are called ---- */
	const char *language;      /* in which programs are written; "" where that is not known */
	const char *module;        /* that has global variables and types: "module", "package" */
	const char *modules;
	const char *interpreters;
	const char *finalizer;     /* the method that runs before an object goes: "DESTROY" */
	const char *code_key;      /* JSON and CSV: whether an expression is code; NULL: "python" */

	/* ---- garbage ---- */
	bool no_collector;         /* none looks for cycles: what is unreachable stays for good */
	const char *collector_off; /* what a program turns it off with: " (gc.disable)" */
	const char *weaken_one;    /* what frees a cycle: "a weak reference there frees" */
	const char *weaken_all;    /* the same at several places */
	const char *kept_module;   /* where the collector puts what it cannot free; NULL: nowhere */
	const char *kept_label;

	/* ---- labels ---- */
	const char *syntax;        /* what labels begin with that go behind an expression */
	const char *namespace_part; /* label of a part whose keys ['x'] are attributes, or NULL */
	const char *referent;      /* of what a reference refers to that is an object, or NULL */
	const char *variable;      /* code of a root that is a variable of elements begins so, goes
				      on with a letter for its kind and ends in ")"; or NULL */
	const char *element;       /* and an element of it so, without an arrow: "$" */
	bool brace_keys;           /* {key} leads to a value; where the object has a class, {name}
				      is an attribute of it */
	const char *const *back;   /* attributes beside "parent" and the like that lead back */
	const char *const *frame;  /* labels of a frame that is an object of its own */
	const char *const *locals; /* kinds of variables, before their names: "local", "my" */
	const char *sigils;        /* what a variable begins with whose kind is not said; or "" */

	/* ---- whose code is whose ---- */
	const char *main_module;   /* the script's own */
	const char *separator;     /* in names of modules: "." */
	const char *const *installed; /* parts of paths of packages that somebody installed */
	const char *const *library;   /* and of what comes with the runtime */

	/* ---- habits ---- */
	const char *const *history_modules; /* where an interactive session keeps results */
	const char *const *history;  /* under these names; "_#": with a number */
	const char *coroutine;       /* short name of coroutines that somebody has to await */
};

/*
 * rg_graph_words - the words of the runtime that @graph is of; where it is not known,
 * such as say little.  Never NULL; owned by the library, for as long as that is there.
 * O(1); cannot fail.
 */
RG_API const struct rg_words *rg_graph_words(const rg_graph *graph);

#endif
