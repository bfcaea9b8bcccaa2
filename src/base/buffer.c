/* SPDX-License-Identifier: MIT */
/* A growing string with a sticky failure flag. */
#include "base/buffer.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/alloc.h"

static bool reserve(struct rg_buffer *buffer, size_t extra)
{
	size_t need, capacity;
	char *data;

	if (buffer->failed)
		return false;
	if (__builtin_add_overflow(buffer->length, extra, &need) || need >= SIZE_MAX / 2) {
		buffer->failed = true;
		return false;
	}
	if (need < buffer->capacity)
		return true;
	capacity = buffer->capacity ? buffer->capacity * 2 : 64;
	if (capacity <= need)
		capacity = need + 1;
	data = rg_realloc(buffer->data, capacity, 1);
	if (!data) {
		buffer->failed = true;
		return false;
	}
	buffer->data = data;
	buffer->capacity = capacity;
	return true;
}

void rg_buffer_free(struct rg_buffer *buffer)
{
	rg_free(buffer->data);
	*buffer = (struct rg_buffer)RG_BUFFER_INIT;
}

void rg_buffer_clear(struct rg_buffer *buffer)
{
	buffer->length = 0;
	if (buffer->data)
		buffer->data[0] = '\0';
}

void rg_buffer_append(struct rg_buffer *buffer, const void *bytes, size_t length)
{
	if (!reserve(buffer, length))
		return;
	if (length)
		memcpy(buffer->data + buffer->length, bytes, length);
	buffer->length += length;
	buffer->data[buffer->length] = '\0';
}

void rg_buffer_puts(struct rg_buffer *buffer, const char *string)
{
	rg_buffer_append(buffer, string, strlen(string));
}

void rg_buffer_putc(struct rg_buffer *buffer, char c)
{
	rg_buffer_append(buffer, &c, 1);
}

void rg_buffer_printf(struct rg_buffer *buffer, const char *format, ...)
{
	va_list args;
	int length;

	va_start(args, format);
	length = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (length < 0 || !reserve(buffer, (size_t)length)) {
		buffer->failed = true;
		return;
	}
	va_start(args, format);
	vsnprintf(buffer->data + buffer->length, (size_t)length + 1, format, args);
	va_end(args);
	buffer->length += (size_t)length;
}

void rg_buffer_u64(struct rg_buffer *buffer, uint64_t value)
{
	char digits[20];
	size_t n = sizeof(digits);

	do {
		digits[--n] = (char)('0' + value % 10);
		value /= 10;
	} while (value);
	rg_buffer_append(buffer, digits + n, sizeof(digits) - n);
}

const char *rg_buffer_string(const struct rg_buffer *buffer)
{
	return buffer->data ? buffer->data : "";
}

bool rg_buffer_failed(const struct rg_buffer *buffer)
{
	return buffer->failed;
}
