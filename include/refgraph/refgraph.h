/* SPDX-License-Identifier: MIT */
/*
 * librefgraph: the graph of all objects and references of a reference-counted
 * program, rebuilt from a heap dump.  This is the only header to include.
 *
 * Ownership: what a function hands out through a `ret` parameter belongs to
 * the caller, who releases it with the function named there; every other
 * pointer belongs to the handle it came from and lives as long as that.
 * Threads: different handles are independent; one handle is for one thread at a
 * time.  But a graph that rg_dump_graph() has returned may be read and analysed
 * by several threads, as long as none closes its dump.
 * Options: a struct that begins with @size may grow.  Set it all to zero, then
 * @size to sizeof and what is wanted; NULL stands for all zero.  What a program
 * compiled with older headers lacks counts as zero, what one compiled with newer
 * ones sets beyond is RG_ERROR_INVALID.  A @size of 0 is for programs that are
 * built together with the library.  Numbers of enums and flags never change; new
 * ones may come, so a switch wants a default.
 * The library never prints, exits or aborts, and has no global state.  Sizes are
 * bytes.  Names and texts are UTF-8.
 */
#ifndef REFGRAPH_H
#define REFGRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#if defined(__GNUC__)
#define RG_API __attribute__((visibility("default")))
#define RG_MUST_CHECK __attribute__((warn_unused_result))
#else
#define RG_API
#define RG_MUST_CHECK
#endif

#ifdef __cplusplus
extern "C" {
#endif

#include <refgraph/error.h>
#include <refgraph/graph.h>
#include <refgraph/words.h>
#include <refgraph/dump.h>
#include <refgraph/analysis.h>
#include <refgraph/audit.h>
#include <refgraph/retained.h>
#include <refgraph/signature.h>
#include <refgraph/query.h>
#include <refgraph/groups.h>
#include <refgraph/merged.h>
#include <refgraph/leaks.h>
#include <refgraph/containers.h>
#include <refgraph/condition.h>
#include <refgraph/output.h>
#include <refgraph/picture.h>

#ifdef __cplusplus
}
#endif

#endif
