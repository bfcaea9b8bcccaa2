/* SPDX-License-Identifier: MIT */
/* The I/O shim: open, map, write, rename, behind a countdown that tests set. */
#include "base/io.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/alloc.h"
#include "base/buffer.h"

/* Written by tests alone, as in alloc.c. */
static int64_t fail_countdown = -1;
static uint64_t calls;

static int must_fail(void)
{
	if (__builtin_expect(fail_countdown < 0, 1))
		return 0;
	calls++;
	if (fail_countdown > 0) {
		fail_countdown--;
		return 0;
	}
	errno = EIO;
	return 1;
}

void rg_io_fail_after(int64_t countdown)
{
	fail_countdown = countdown;
	calls = 0;
}

uint64_t rg_io_count(void)
{
	return calls;
}

static rg_error *not_regular(const char *path, mode_t mode)
{
	if (S_ISDIR(mode))
		return rg_error_new(RG_ERROR_NOT_A_DUMP,
				    "%s: is a directory: name a core or a portable dump in it",
				    path);
	return rg_error_new(RG_ERROR_NOT_A_DUMP,
			    "%s: is not a regular file: a dump must be one, since it is "
			    "mapped, not read", path);
}

rg_error *rg_file_open(const char *path, struct rg_file *ret)
{
	struct stat st;
	int fd;

	/* A hostile core can name devices, and opening one of them can do things. */
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return not_regular(path, st.st_mode);
	/* O_NONBLOCK: opening a FIFO that took its place must not wait for a writer. */
	fd = must_fail() ? -1 : open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return rg_error_errno(errno, path, "open it");
	return rg_file_from_fd(fd, path, ret);
}

rg_error *rg_file_from_fd(int fd, const char *name, struct rg_file *ret)
{
	struct rg_file file = { NULL, 0, fd };
	struct stat st;
	rg_error *error = NULL;

	if (must_fail() || fstat(fd, &st) < 0) {
		error = rg_error_errno(errno, name, "examine it");
	} else if (!S_ISREG(st.st_mode)) {
		error = not_regular(name, st.st_mode);
	} else if (st.st_size > 0) {
		void *data = must_fail() ? MAP_FAILED
					 : mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE,
						fd, 0);

		if (data == MAP_FAILED)
			error = rg_error_errno(errno, name, "map it");
		else
			file.data = data;
		file.size = (uint64_t)st.st_size;
	}
	if (error) {
		close(fd);
		return error;
	}
	*ret = file;
	return NULL;
}

void rg_file_close(struct rg_file *file)
{
	if (file->data)
		munmap((void *)file->data, (size_t)file->size);
	if (file->fd >= 0)
		close(file->fd);
	*file = (struct rg_file){ NULL, 0, -1 };
}

rg_error *rg_io_write(int fd, const void *bytes, size_t length, const char *name)
{
	const char *at = bytes;

	while (length) {
		ssize_t n = must_fail() ? -1 : write(fd, at, length);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return rg_error_errno(n ? errno : ENOSPC, name, "write to it");
		at += n;
		length -= (size_t)n;
	}
	return NULL;
}

rg_error *rg_io_skip(int fd, uint64_t length, const char *name)
{
	off_t end = must_fail() || length > INT64_MAX ? -1 : lseek(fd, (off_t)length, SEEK_CUR);

	/* Should nothing follow, the file must still be as long as that. */
	if (end < 0 || ftruncate(fd, end) < 0)
		return rg_error_errno(errno, name, "write to it");
	return NULL;
}

rg_error *rg_io_open_special(const char *path, int *ret_fd)
{
	int fd = must_fail() ? -1 : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return rg_error_errno(errno, path, "open it for writing");
	*ret_fd = fd;
	return NULL;
}

/* A file without a name in the folder of @path; negative where there are no such. */
static int open_unnamed(const char *path)
{
#ifdef O_TMPFILE
	const char *slash = strrchr(path, '/');
	char *folder = rg_strdup(slash ? path : ".");
	char link[64];
	int fd;

	if (!folder)
		return -1;
	if (slash)
		folder[slash == path ? 1 : slash - path] = '\0';
	fd = open(folder, O_TMPFILE | O_RDWR | O_CLOEXEC, 0600);
	rg_free(folder);
	if (fd < 0)
		return -1;
	/* It gets its name through /proc, which need not be there. */
	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	if (access(link, F_OK) == 0)
		return fd;
	close(fd);
#else
	(void)path;
#endif
	return -1;
}

/* Gives the file without a name a temporary one beside @path, for the caller to free. */
static rg_error *name_it(int fd, const char *path, char **ret)
{
	char link[64];

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	for (unsigned number = 0; number < 10000; number++) {
		struct rg_buffer name = RG_BUFFER_INIT;

		rg_buffer_printf(&name, "%s.%d.%u", path, (int)getpid(), number);
		if (rg_buffer_failed(&name)) {
			rg_buffer_free(&name);
			return rg_error_no_memory();
		}
		if (linkat(AT_FDCWD, link, AT_FDCWD, name.data, AT_SYMLINK_FOLLOW) == 0) {
			*ret = name.data;
			return NULL;
		}
		rg_buffer_free(&name);
		if (errno != EEXIST)
			break;
	}
	return rg_error_errno(errno, path, "put the finished file there");
}

rg_error *rg_io_temporary(const char *path, int *ret_fd, char **ret_name)
{
	struct rg_buffer name = RG_BUFFER_INIT;
	int fd;

	if (must_fail())
		return rg_error_errno(errno, path, "create a file beside it");
	fd = open_unnamed(path);
	if (fd >= 0) {
		*ret_name = rg_strdup("");
		if (*ret_name) {
			*ret_fd = fd;
			return NULL;
		}
		close(fd);
		return rg_error_no_memory();
	}
	rg_buffer_printf(&name, "%s.XXXXXX", path);
	if (rg_buffer_failed(&name)) {
		rg_buffer_free(&name);
		return rg_error_no_memory();
	}
	/* mkostemp gives mode 0600: dumps and what is drawn from them hold secrets. */
	fd = mkostemp(name.data, O_CLOEXEC);
	if (fd < 0) {
		rg_buffer_free(&name);
		return rg_error_errno(errno, path, "create a file beside it");
	}
	*ret_fd = fd;
	*ret_name = name.data;
	return NULL;
}

rg_error *rg_io_publish(int fd, const char *temporary, const char *path)
{
	char *name = NULL;
	rg_error *error = NULL;

	if (!*temporary) {
		error = name_it(fd, path, &name);
		if (error) {
			close(fd);
			return error;
		}
	}
	/* close() reports what a delayed write could not store. */
	if (must_fail() || close(fd) < 0)
		error = rg_error_errno(errno, path, "write to it");
	else if (must_fail() || rename(name ? name : temporary, path) < 0)
		error = rg_error_errno(errno, path, "put the finished file there");
	if (error && name)
		unlink(name);
	rg_free(name);
	return error;
}

void rg_io_discard(int fd, const char *temporary)
{
	if (fd >= 0)
		close(fd);
	if (*temporary)
		unlink(temporary);
}
