/* SPDX-License-Identifier: MIT */
/*
 * A growing array of any element type: `RG_VECTOR(struct foo) foos = {0};`.
 * rg_vector_push() is false when memory ran out.
 */
#ifndef RG_BASE_VECTOR_H
#define RG_BASE_VECTOR_H

#include <stdbool.h>
#include <stddef.h>

#define RG_VECTOR(type)                                                                            \
	struct {                                                                                   \
		type *data;                                                                        \
		size_t count;                                                                      \
		size_t capacity;                                                                   \
	}

/* Makes room for one more element; @field is the address of the data pointer. */
bool rg_vector_grow(void *field, size_t *capacity, size_t count, size_t size);

/* Appends @value; false when memory ran out (the vector is then unchanged). */
#define rg_vector_push(v, value)                                                                   \
	((__builtin_expect((v)->count < (v)->capacity, 1) ||                                       \
	  rg_vector_grow(&(v)->data, &(v)->capacity, (v)->count, sizeof(*(v)->data))) &&  \
	 ((v)->data[(v)->count++] = (value), true))

#define rg_vector_free(v)                                                                          \
	(rg_free((v)->data), (v)->data = NULL, (v)->count = (v)->capacity = 0)

#endif
