/* SPDX-License-Identifier: MIT */
/*
 * Where output goes: a descriptor, a file that appears whole or not at all, or
 * memory.  One buffer in front of each, and the first failure is kept.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/io.h"
#include "render/text.h"

#define SINK_BUFFER ((size_t)64 << 10)

struct rg_sink {
	int fd;           /* -1: memory, or committed */
	bool memory;
	bool owns_fd;     /* opened by us and written directly */
	char *name;       /* of the result, for messages */
	char *temporary;  /* NULL unless a file is to take its place */
	struct rg_buffer buffer;
	rg_error *error;  /* the first failure */
};

static rg_error *sink_new(const char *name, rg_sink **ret)
{
	rg_sink *sink = rg_calloc(1, sizeof(*sink));

	if (!sink)
		return rg_error_no_memory();
	sink->fd = -1;
	sink->name = rg_strdup(name);
	if (!sink->name) {
		rg_free(sink);
		return rg_error_no_memory();
	}
	*ret = sink;
	return NULL;
}

rg_error *rg_sink_fd(int fd, const char *name, rg_sink **ret)
{
	rg_sink *sink;

	RG_TRY(sink_new(name, &sink));
	sink->fd = fd;
	*ret = sink;
	return NULL;
}

rg_error *rg_sink_memory(rg_sink **ret)
{
	rg_sink *sink;

	RG_TRY(sink_new("memory", &sink));
	sink->memory = true;
	*ret = sink;
	return NULL;
}

rg_error *rg_sink_file(const char *path, rg_sink **ret)
{
	rg_error *error = NULL;
	struct stat st;
	rg_sink *sink;

	RG_TRY(sink_new(path, &sink));
	if (stat(path, &st) == 0 && S_ISDIR(st.st_mode)) {
		error = rg_error_errno(EISDIR, path, "write to it");
	} else if (stat(path, &st) == 0 && !S_ISREG(st.st_mode)) {
		/* Renaming a file over /dev/null would be a disaster. */
		error = rg_io_open_special(path, &sink->fd);
		sink->owns_fd = !error;
	} else {
		error = rg_io_temporary(path, &sink->fd, &sink->temporary);
	}
	if (error) {
		rg_sink_free(sink);
		return error;
	}
	*ret = sink;
	return NULL;
}

const char *rg_sink_bytes(const rg_sink *sink, size_t *ret_length)
{
	if (!sink->memory)
		return NULL;
	if (ret_length)
		*ret_length = sink->buffer.length;
	return rg_buffer_string(&sink->buffer);
}

bool rg_sink_failed(const rg_sink *sink)
{
	return sink->error || rg_buffer_failed(&sink->buffer);
}

static void flush(rg_sink *sink)
{
	if (sink->memory)
		return;
	if (!sink->error && sink->buffer.length)
		sink->error = rg_io_write(sink->fd, rg_buffer_string(&sink->buffer),
					  sink->buffer.length, sink->name);
	rg_buffer_clear(&sink->buffer);
}

void rg_sink_write(rg_sink *sink, const void *bytes, size_t length)
{
	if (sink->error)
		return;
	if (!sink->memory && sink->buffer.length + length > SINK_BUFFER)
		flush(sink);
	if (!sink->memory && length > SINK_BUFFER) {
		if (!sink->error)
			sink->error = rg_io_write(sink->fd, bytes, length, sink->name);
		return;
	}
	rg_buffer_append(&sink->buffer, bytes, length);
}

void rg_sink_puts(rg_sink *sink, const char *string)
{
	rg_sink_write(sink, string, strlen(string));
}

void rg_sink_text(rg_sink *sink, const char *text)
{
	char small[256];
	char *clean;

	if (rg_text_clean(text, small, sizeof(small)) < sizeof(small)) {
		rg_sink_puts(sink, small);
		return;
	}
	clean = rg_text_cleaned(text);
	if (clean)
		rg_sink_puts(sink, clean);
	else if (!sink->error)
		sink->error = rg_error_no_memory();
	rg_free(clean);
}

void rg_sink_printf(rg_sink *sink, const char *format, ...)
{
	char small[512];
	char *large = NULL;
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(small, sizeof(small), format, arguments);
	va_end(arguments);
	if (length < 0)
		return;
	if ((size_t)length < sizeof(small)) {
		rg_sink_write(sink, small, (size_t)length);
		return;
	}
	large = rg_alloc((size_t)length + 1);
	if (!large) {
		if (!sink->error)
			sink->error = rg_error_no_memory();
		return;
	}
	va_start(arguments, format);
	vsnprintf(large, (size_t)length + 1, format, arguments);
	va_end(arguments);
	rg_sink_write(sink, large, (size_t)length);
	rg_free(large);
}

/* The first failure, which becomes the caller's; a later commit must not report success. */
static rg_error *take_error(rg_sink *sink)
{
	rg_error *error = sink->error;

	if (!error && rg_buffer_failed(&sink->buffer))
		error = rg_error_no_memory();
	if (error)
		sink->error = rg_error_no_memory();
	return error;
}

rg_error *rg_sink_receive(void *sink, const void *bytes, size_t length)
{
	rg_sink_write(sink, bytes, length);
	return take_error(sink);
}

rg_error *rg_sink_commit(rg_sink *sink)
{
	rg_error *error;

	if (!rg_sink_failed(sink))
		flush(sink);
	RG_TRY(take_error(sink));
	if (sink->temporary) {
		error = rg_io_publish(sink->fd, sink->temporary, sink->name);
		/* Published or not, the descriptor is closed. */
		sink->fd = -1;
		if (error)
			return error;
		rg_free(sink->temporary);
		sink->temporary = NULL;
	} else if (sink->owns_fd) {
		int fd = sink->fd;

		sink->fd = -1;
		if (close(fd) < 0)
			return rg_error_errno(errno, sink->name, "write to it");
	}
	return NULL;
}

void rg_sink_free(rg_sink *sink)
{
	if (!sink)
		return;
	if (sink->temporary)
		rg_io_discard(sink->fd, sink->temporary);
	else if (sink->owns_fd && sink->fd >= 0)
		close(sink->fd);
	rg_free(sink->temporary);
	rg_free(sink->name);
	rg_buffer_free(&sink->buffer);
	rg_error_free(sink->error);
	rg_free(sink);
}
