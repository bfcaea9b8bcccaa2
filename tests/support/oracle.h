/* SPDX-License-Identifier: MIT */
/*
 * Answers for small graphs by brute force, to compare the analyses with.  They
 * use nothing but the public functions and are as slow and plain as can be.
 */
#ifndef RG_TESTS_SUPPORT_ORACLE_H
#define RG_TESTS_SUPPORT_ORACLE_H

#include <refgraph/refgraph.h>

#define ORACLE_MOST 64 /* objects */

/* The three passes of CPython's collector, by the book; then who is held by its finds alone. */
void oracle_unreachable(const rg_graph *graph, bool *ret);
/* @unreachable, and what goes with it: nothing else holds it, tracked or not. */
void oracle_going(const rg_graph *graph, const bool *unreachable, bool *ret);
/* The same over everything: neither alive nor going with @unreachable. */
void oracle_lost(const rg_graph *graph, const bool *unreachable, bool *ret);
/* ret[u][v]: a way of one or more counted references inside @set leads from u to v. */
void oracle_closure(const rg_graph *graph, const bool *set, bool ret[ORACLE_MOST][ORACLE_MOST]);
/* Length of the shortest cycle inside @set, 0 if there is none; @skip: a reference to leave out. */
size_t oracle_girth(const rg_graph *graph, const bool *set, const struct rg_step *skip);

#endif
