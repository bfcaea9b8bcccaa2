/* SPDX-License-Identifier: MIT */
/*
 * What a chain is called by everybody: the way from a root by types and by the
 * names of attributes and variables, without addresses, numbers, keys, threads
 * and lines.  The same leak has the same signature in tomorrow's dump, in that
 * of another process, of another machine, and in a portable dump of either.
 */
#ifndef REFGRAPH_SIGNATURE_H
#define REFGRAPH_SIGNATURE_H

#ifndef REFGRAPH_H
#error "include <refgraph/refgraph.h>, which is the only supported header"
#endif

/*
 * The text is ROOT>TYPE and then, for each element of the path as
 * rg_path_next() has it without plumbing, LABEL>TYPE:
 *
 *	sys.modules['app']>module.queue>list[*]>app.Job.next>app.Job
 *	frame serve, local seen>dict[*]>list
 *
 * Of a root, names of threads, lines and numbers are left out.  Of a label,
 * names of attributes, variables and cells are kept; any index or key is [*],
 * an element of a set {*}, the key of a dict itself {key}, a number *.  What
 * comes at least twice in a row, up to four elements together, is (...)+, so
 * that a linked list has one signature however long it is; behind a hundred
 * elements ... stands for all but the last.
 */
struct rg_signature {
	const char *text;
	uint64_t hash; /* of the text: FNV-1a, 64 bits */
	char id[24];   /* "sig1:" and the hash, 16 hexadecimal digits; 1 is the version of the
			  rules above */
};

/*
 * rg_signature_find - the signature of @chain, which is one of @graph.  *@ret is
 * independent of both and freed with rg_signature_free().
 * Errors: RG_ERROR_NO_MEMORY.
 * Complexity: O(references of the sources on the way).
 */
RG_API RG_MUST_CHECK rg_error *rg_signature_find(const rg_graph *graph,
						 const struct rg_chain *chain,
						 struct rg_signature **ret);

/* rg_signature_free - releases @signature; NULL is allowed.  O(1); cannot fail. */
RG_API void rg_signature_free(struct rg_signature *signature);

#endif
