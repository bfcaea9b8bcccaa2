/* SPDX-License-Identifier: MIT */
/*
 * A growing string.  Once an append has failed for want of memory all further
 * ones do nothing and rg_buffer_failed() is true: check once, at the end.
 */
#ifndef RG_BASE_BUFFER_H
#define RG_BASE_BUFFER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct rg_buffer {
	char *data; /* NUL-terminated when not NULL */
	size_t length;
	size_t capacity;
	bool failed;
};

#define RG_BUFFER_INIT { NULL, 0, 0, false }

void rg_buffer_free(struct rg_buffer *buffer);
void rg_buffer_clear(struct rg_buffer *buffer);
void rg_buffer_append(struct rg_buffer *buffer, const void *bytes, size_t length);
void rg_buffer_puts(struct rg_buffer *buffer, const char *string);
void rg_buffer_putc(struct rg_buffer *buffer, char c);
void rg_buffer_printf(struct rg_buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
/* rg_buffer_u64 - @value in decimal, without printf's cost. */
void rg_buffer_u64(struct rg_buffer *buffer, uint64_t value);
/* rg_buffer_string - the text, "" when empty. */
const char *rg_buffer_string(const struct rg_buffer *buffer);
bool rg_buffer_failed(const struct rg_buffer *buffer);

#endif
