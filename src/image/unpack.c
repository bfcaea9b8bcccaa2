/* SPDX-License-Identifier: MIT */
/*
 * Compressed cores: recognised by their first bytes and decompressed once, into
 * an unlinked file of mode 0600 that is mapped as any core is.
 *
 * What a stream may grow to is bounded, and blocks of zeros become holes: a core
 * compresses well, but a hostile file must not fill the disk.
 */
#include <stdlib.h>
#include <unistd.h>

#ifdef HAVE_ZSTD
#include <zstd.h>
#endif
#ifdef HAVE_ZLIB
#include <zlib.h>
#endif
#ifdef HAVE_LZMA
#include <lzma.h>
#endif

#include "base/alloc.h"
#include "base/buffer.h"
#include "image/private.h"

enum {
	BLOCK = 64 << 10,   /* the grain of holes, and what is decompressed at a time */
	MAX_RATIO = 1024,   /* beyond ALLOWANCE; heaps compress 3 to 100 times */
	MAX_WINDOW = 256 << 20, /* memory that an xz stream may ask for */
};

#define ALLOWANCE (UINT64_C(1) << 30)
#define ANNOUNCED (UINT64_C(1) << 24) /* bytes from one word of progress to the next */

/* Where decompressed bytes go. */
struct sink {
	int fd;
	const char *path; /* of the compressed file */
	const struct rg_progress *progress;
	const char *where; /* the directory of the temporary file */
	uint64_t written, limit;
	unsigned char *block; /* BLOCK bytes for the decompressor to fill */
	const char *why;      /* what the library says of a stream that is not whole */
};

#if defined(HAVE_ZSTD) || defined(HAVE_ZLIB) || defined(HAVE_LZMA)
/* Takes @size bytes from the block.  The first ones must begin an ELF file. */
static rg_error *sink_take(struct sink *sink, size_t size)
{
	static const unsigned char zeros[4096];
	bool hole = size == BLOCK;

	if (!size)
		return NULL;
	if (!sink->written && (size < SELFMAG || memcmp(sink->block, ELFMAG, SELFMAG) != 0))
		return rg_error_new(RG_ERROR_NOT_A_DUMP,
				    "%s: is compressed, but what is in it is not an ELF core: "
				    "decompress it and see", sink->path);
	if (size > sink->limit - sink->written)
		return rg_error_new(RG_ERROR_LIMIT,
				    "%s: decompresses to more than %llu bytes, which no core does: "
				    "if it is genuine, decompress it yourself",
				    sink->path, (unsigned long long)sink->limit);
	for (size_t at = 0; hole && at < size; at += sizeof(zeros))
		hole = memcmp(sink->block + at, zeros, sizeof(zeros)) == 0;
	if (hole)
		RG_TRY(rg_io_skip(sink->fd, size, sink->where));
	else
		RG_TRY(rg_io_write(sink->fd, sink->block, size, sink->where));
	sink->written += size;
	if (sink->written % ANNOUNCED >= size)
		return NULL;
	return rg_progress_step(sink->progress, "decompressing", sink->written, 0);
}
#endif

#ifdef HAVE_ZSTD
static rg_error *unpack_zstd(const struct rg_file *file, struct sink *sink)
{
	ZSTD_DCtx *context = ZSTD_createDCtx();
	ZSTD_inBuffer in = { file->data, (size_t)file->size, 0 };
	ZSTD_outBuffer out;
	rg_error *error = NULL;
	size_t left;

	if (!context)
		return rg_error_no_memory();
	do {
		out = (ZSTD_outBuffer){ sink->block, BLOCK, 0 };
		left = ZSTD_decompressStream(context, &out, &in);
		error = sink_take(sink, out.pos);
		if (ZSTD_isError(left)) {
			sink->why = ZSTD_getErrorName(left);
			break;
		}
		/* A full block may leave more of the same frame inside the library. */
	} while (!error && (in.pos < in.size || out.pos == out.size));
	if (!error && !sink->why && left)
		sink->why = "unexpected end";
	ZSTD_freeDCtx(context);
	return error;
}
#else
#define unpack_zstd NULL
#endif

#ifdef HAVE_ZLIB
static void *zlib_alloc(void *opaque, unsigned int count, unsigned int size)
{
	(void)opaque;
	return rg_calloc(count, size);
}

static void zlib_free(void *opaque, void *pointer)
{
	(void)opaque;
	rg_free(pointer);
}

static rg_error *unpack_gzip(const struct rg_file *file, struct sink *sink)
{
	z_stream stream = { .zalloc = zlib_alloc, .zfree = zlib_free };
	uint64_t fed = 0;
	rg_error *error = NULL;
	int status;

	/* 16: a gzip header and no other. */
	if (inflateInit2(&stream, 15 + 16) != Z_OK)
		return rg_error_no_memory();
	do {
		if (!stream.avail_in && fed < file->size) {
			uint64_t piece = file->size - fed < BLOCK ? file->size - fed : BLOCK;

			stream.next_in = (unsigned char *)(uintptr_t)file->data + fed;
			stream.avail_in = (unsigned int)piece;
			fed += piece;
		}
		stream.next_out = sink->block;
		stream.avail_out = BLOCK;
		status = inflate(&stream, Z_NO_FLUSH);
		error = sink_take(sink, BLOCK - stream.avail_out);
		/* Members can follow each other. */
		if (status == Z_STREAM_END && (stream.avail_in || fed < file->size) &&
		    inflateReset(&stream) == Z_OK)
			status = Z_OK;
	} while (!error && status == Z_OK);
	if (!error && status == Z_MEM_ERROR)
		error = rg_error_no_memory();
	if (!error && status != Z_STREAM_END)
		sink->why = status == Z_BUF_ERROR ? "unexpected end" : "damaged data";
	inflateEnd(&stream);
	return error;
}
#else
#define unpack_gzip NULL
#endif

#ifdef HAVE_LZMA
static void *lzma_allocate(void *opaque, size_t count, size_t size)
{
	(void)opaque;
	return rg_calloc(count, size);
}

static void lzma_release(void *opaque, void *pointer)
{
	(void)opaque;
	rg_free(pointer);
}

static rg_error *unpack_xz(const struct rg_file *file, struct sink *sink)
{
	static const lzma_allocator allocator = { lzma_allocate, lzma_release, NULL };
	lzma_stream stream = LZMA_STREAM_INIT;
	rg_error *error = NULL;
	lzma_ret status;

	stream.allocator = &allocator;
	if (lzma_stream_decoder(&stream, MAX_WINDOW, LZMA_CONCATENATED) != LZMA_OK)
		return rg_error_no_memory();
	stream.next_in = file->data;
	stream.avail_in = (size_t)file->size;
	do {
		stream.next_out = sink->block;
		stream.avail_out = BLOCK;
		status = lzma_code(&stream, LZMA_FINISH);
		error = sink_take(sink, BLOCK - stream.avail_out);
	} while (!error && status == LZMA_OK);
	if (!error && status == LZMA_MEM_ERROR)
		error = rg_error_no_memory();
	if (!error && status != LZMA_STREAM_END)
		sink->why = status == LZMA_BUF_ERROR ? "unexpected end"
			    : status == LZMA_MEMLIMIT_ERROR ? "too large a dictionary"
							    : "damaged data";
	lzma_end(&stream);
	return error;
}
#else
#define unpack_xz NULL
#endif

static const struct packer {
	const char *name, *command;
	rg_error *(*unpack)(const struct rg_file *file, struct sink *sink); /* NULL: not built in */
	size_t magic_size;
	unsigned char magic[6];
} packers[] = {
	{ "zstd", "zstd -d", unpack_zstd, 4, { 0x28, 0xb5, 0x2f, 0xfd } },
	{ "xz", "xz -d", unpack_xz, 6, { 0xfd, '7', 'z', 'X', 'Z', 0 } },
	{ "gzip", "gzip -d", unpack_gzip, 2, { 0x1f, 0x8b } },
	{ "lz4", "lz4 -d", NULL, 4, { 0x04, 0x22, 0x4d, 0x18 } },
	{ "bzip2", "bzip2 -d", NULL, 3, { 'B', 'Z', 'h' } },
};

static const struct packer *packer_of(const struct rg_file *file)
{
	for (size_t i = 0; i < sizeof(packers) / sizeof(packers[0]); i++)
		if (file->size >= packers[i].magic_size &&
		    memcmp(file->data, packers[i].magic, packers[i].magic_size) == 0)
			return &packers[i];
	return NULL;
}

/* A file that has no name, mode 0600; *ret_where names its directory for messages. */
static rg_error *open_unlinked(int *ret_fd, char **ret_where)
{
	const char *directory = secure_getenv("TMPDIR");
	struct rg_buffer path = RG_BUFFER_INIT;
	rg_error *error;
	char *name;

	/* A core is large, and /tmp is often memory. */
	rg_buffer_printf(&path, "%s/refgraph", directory && *directory ? directory : "/var/tmp");
	if (rg_buffer_failed(&path)) {
		rg_buffer_free(&path);
		return rg_error_no_memory();
	}
	error = rg_io_temporary(path.data, ret_fd, &name);
	if (error) {
		rg_buffer_free(&path);
		return error;
	}
	rg_io_discard(-1, name);
	rg_free(name);
	*ret_where = path.data;
	return NULL;
}

static rg_error *note_of(const struct sink *sink, const struct packer *packer, char **ret)
{
	struct rg_buffer note = RG_BUFFER_INIT;

	if (!sink->why) {
		*ret = NULL;
		return NULL;
	}
	if (!sink->written)
		return rg_error_new(RG_ERROR_CORRUPT,
				    "%s: nothing of it can be decompressed (%s: %s): copy it again",
				    sink->path, packer->name, sink->why);
	rg_buffer_printf(&note,
			 "%s: cannot be decompressed beyond %llu bytes (%s: %s): copy it again",
			 sink->path, (unsigned long long)sink->written, packer->name, sink->why);
	if (rg_buffer_failed(&note)) {
		rg_buffer_free(&note);
		return rg_error_no_memory();
	}
	*ret = note.data;
	return NULL;
}

rg_error *rg_image_unpack(struct rg_file *file, const char *path,
			  const struct rg_progress *progress, char **ret_note)
{
	const struct packer *packer = packer_of(file);
	struct sink sink = { .path = path, .progress = progress };
	struct rg_file unpacked;
	char *where = NULL, *note = NULL;
	rg_error *error;

	if (!packer) {
		*ret_note = NULL;
		return NULL;
	}
	if (!packer->unpack)
		return rg_error_new(RG_ERROR_UNSUPPORTED,
				    "%s: is compressed with %s, which this build does not read: "
				    "decompress it first (%s %s)", path, packer->name,
				    packer->command, path);
	RG_TRY(open_unlinked(&sink.fd, &where));
	sink.where = where;
	if (__builtin_mul_overflow(file->size, MAX_RATIO, &sink.limit) ||
	    __builtin_add_overflow(sink.limit, ALLOWANCE, &sink.limit))
		sink.limit = UINT64_MAX;
	sink.block = rg_alloc(BLOCK);
	error = sink.block ? packer->unpack(file, &sink) : rg_error_no_memory();
	rg_free(sink.block);
	if (!error)
		error = note_of(&sink, packer, &note);
	rg_free(where);
	if (error) {
		close(sink.fd);
		return error;
	}
	error = rg_file_from_fd(sink.fd, path, &unpacked);
	if (error) {
		rg_free(note);
		return error;
	}
	rg_file_close(file);
	*file = unpacked;
	*ret_note = note;
	return NULL;
}
