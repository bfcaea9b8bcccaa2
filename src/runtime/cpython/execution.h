/* SPDX-License-Identifier: MIT */
/* The walkers and sizes that the table in execution.c names. */
#ifndef RG_RUNTIME_CPYTHON_EXECUTION_H
#define RG_RUNTIME_CPYTHON_EXECUTION_H

#include "runtime/cpython/cpython.h"

void cpy_walk_code(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body);
void cpy_walk_frame_object(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body);
void cpy_walk_generator(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body);
void cpy_walk_coroutine(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body);
void cpy_walk_async_generator(struct cpy_walk *walk, const struct cpy_type *type,
			      uint64_t body);
void cpy_walk_module(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body);
void cpy_walk_hamt_array(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body);
void cpy_walk_hamt_pairs(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body);
void cpy_walk_capsule(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body);

/* frame_object.c: of 3.8 to 3.10. */
void cpy_walk_heap_frame(struct cpy_walk *walk, const struct cpy_type *type, uint64_t body);
bool cpy_size_heap_frame(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			 uint64_t *ret);
bool cpy_size_older_code(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			 uint64_t *ret);

bool cpy_size_code(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
		   uint64_t *ret);
bool cpy_size_frame_object(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			   uint64_t *ret);
bool cpy_size_generator(const struct cpy *cpy, const struct cpy_type *type, uint64_t body,
			uint64_t *ret);

#endif
