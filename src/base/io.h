/* SPDX-License-Identifier: MIT */
/*
 * The one way to files.  Everything the library reads or writes goes through
 * here, so that a test can let the n-th call fail.
 */
#ifndef RG_BASE_IO_H
#define RG_BASE_IO_H

#include <stddef.h>
#include <stdint.h>

#include "base/error.h"

/* A file mapped for reading. */
struct rg_file {
	const unsigned char *data; /* NULL when empty */
	uint64_t size;
	int fd;
};

/*
 * rg_file_open - maps the regular file @path.  A directory, a device and a
 * file that is not there are errors that say so.
 */
RG_MUST_CHECK rg_error *rg_file_open(const char *path, struct rg_file *ret);
/* rg_file_from_fd - maps the regular file @fd, which it takes over; @name is for the message. */
RG_MUST_CHECK rg_error *rg_file_from_fd(int fd, const char *name, struct rg_file *ret);
void rg_file_close(struct rg_file *file);

/* rg_io_write - writes all of @bytes to @fd, or says why not; @name is for the message. */
RG_MUST_CHECK rg_error *rg_io_write(int fd, const void *bytes, size_t length, const char *name);
/* rg_io_skip - leaves a hole of @length bytes at the end of @fd, where it is being written. */
RG_MUST_CHECK rg_error *rg_io_skip(int fd, uint64_t length, const char *name);
/*
 * rg_io_open_special - opens @path, something that exists and is no regular file (a device, a
 * FIFO), for writing.
 */
RG_MUST_CHECK rg_error *rg_io_open_special(const char *path, int *ret_fd);
/*
 * rg_io_temporary - creates a file of mode 0600 beside @path; its name goes to *@ret_name: ""
 * where the file system knows files without a name, of which nothing stays whatever happens.
 */
RG_MUST_CHECK rg_error *rg_io_temporary(const char *path, int *ret_fd, char **ret_name);
/* rg_io_publish - flushes @fd, closes it and puts the file, called @temporary so far, at @path. */
RG_MUST_CHECK rg_error *rg_io_publish(int fd, const char *temporary, const char *path);
/* rg_io_discard - closes @fd (unless negative) and removes @temporary. */
void rg_io_discard(int fd, const char *temporary);

/*
 * For tests only: @countdown I/O calls succeed, the one after fails with EIO;
 * negative switches the hook off.  Not thread-safe.
 */
void rg_io_fail_after(int64_t countdown);
uint64_t rg_io_count(void);

#endif
