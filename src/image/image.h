/* SPDX-License-Identifier: MIT */
/*
 * The image: the memory of the dumped process, as ranges of addresses and
 * their bytes, whatever they come from.  The one bounded reader of target
 * memory: no other code turns a target address into a pointer.
 */
#ifndef RG_IMAGE_IMAGE_H
#define RG_IMAGE_IMAGE_H

#include <string.h>

#include "base/error.h"
#include "base/pagemap.h"
#include "base/progress.h"

/* A run of target addresses whose bytes are at hand. */
struct rg_segment {
	uint64_t start;
	uint64_t end;               /* exclusive; not necessarily at a page's end */
	const unsigned char *bytes; /* end - start of them */
	bool writable;
	bool from_file;             /* bytes of the mapped file, not of the dump */
};

/* One mapped file of the process, by the notes of the core. */
struct rg_mapping {
	uint64_t start, end;
	uint64_t file_offset;
	uint32_t module; /* index into rg_image.modules */
	bool writable;   /* by the program headers; false if unknown */
};

/* How the file on disk agrees with what the process had mapped. */
enum rg_module_state {
	RG_MODULE_UNUSED = 0,   /* nothing of it was needed */
	RG_MODULE_AGREES = 1,   /* build-ids agree: its bytes fill what the core leaves out */
	RG_MODULE_ABSENT = 2,   /* no such file */
	RG_MODULE_MISMATCH = 3, /* another build */
	RG_MODULE_UNKNOWN = 4,  /* no build-id to compare: used only if the caller named the file */
};

/* A mapped file with all its mappings: the executable or a shared object. */
struct rg_module {
	const char *path;       /* as the process knew it */
	const char *file;       /* the file used for its bytes, or NULL */
	uint64_t base;          /* where file offset 0 is mapped */
	uint64_t bias;          /* what to add to its symbol values; 0 for fixed addresses */
	unsigned char build_id[32];      /* as found in the process's memory */
	size_t build_id_size;            /* 0: not known */
	unsigned char file_build_id[32]; /* as found in the file on disk */
	size_t file_build_id_size;
	enum rg_module_state state;
	bool is_elf;
};

/* One thread of the kernel's, from NT_PRSTATUS. */
struct rg_image_thread {
	uint64_t native_id;
	uint64_t stack_pointer;
	uint64_t fs_base;       /* equals pthread_self(); TPIDR_EL0 on AArch64; 0: unknown */
	uint64_t registers[34]; /* struct user_regs_struct, as 64-bit words */
	size_t register_count;  /* 27 on x86-64, 34 on AArch64 */
};

typedef struct rg_image {
	struct rg_pagemap pages;     /* page number -> index + 1 into segments */
	struct rg_segment *segments; /* sorted, not overlapping */
	size_t segment_count;
	struct rg_mapping *mappings; /* sorted by start */
	size_t mapping_count;
	struct rg_module *modules;
	size_t module_count;
	struct rg_image_thread *threads;
	size_t thread_count;
	uint64_t pid;
	int signal;                  /* that made the kernel write the dump; 0: none, or unknown */
	char command[81];            /* the first bytes of its command line, "" if unknown */
	uint64_t dump_bytes;         /* bytes of memory the dump itself holds */
	bool complete;
	char **missing;              /* what is missing and what to do about it, a sentence each */
	size_t missing_count;
	struct rg_image_private *private;
} rg_image;

/*
 * @exe stands for the module whose build-id it has, whatever that is called;
 * where there is none, for the executable by NT_AUXV, and if that is ld.so, for
 * the program that ld.so runs.
 */
struct rg_image_options {
	const char *exe;             /* takes the place of the executable's own path, or NULL */
	const char *const *sysroots; /* looked under first, in order */
	size_t sysroot_count;
	struct rg_progress progress;
};

/*
 * rg_image_open_core - the image of the ELF core at @path: 64-bit little-endian
 * x86-64 or AArch64.  Bytes that the core leaves out are taken from the mapped
 * file when its build-id agrees with the one in memory.  What is cut off or
 * missing is listed in ret->missing; only what is no core at all is an error.
 * A core compressed with zstd, xz or gzip is decompressed into an unlinked file
 * in $TMPDIR or /var/tmp.  O(pages of the core) in time, mapped files included.
 * RG_ERROR_IO, RG_ERROR_NOT_A_DUMP (not ELF, not a core, empty),
 * RG_ERROR_UNSUPPORTED (32-bit, big-endian, machine, compressed otherwise),
 * RG_ERROR_CORRUPT, RG_ERROR_LIMIT (headers that multiply the file),
 * RG_ERROR_INVALID (options->exe is no executable of that machine).
 */
RG_MUST_CHECK rg_error *rg_image_open_core(const char *path, const struct rg_image_options *options,
					   rg_image **ret);

/*
 * rg_image_from_segments - an image over bytes of the caller's, which must
 * outlive it: what tests and other readers make images of.
 */
RG_MUST_CHECK rg_error *rg_image_from_segments(const struct rg_segment *segments, size_t count,
					       rg_image **ret);

void rg_image_close(rg_image *image);

/* rg_image_executable - the path of the program that ran, or "".  O(log mappings). */
const char *rg_image_executable(const rg_image *image);

/*
 * rg_image_symbol - looks up dynamic symbol @name in @module (from memory, else
 * from the file): its address and size; false when it is not there.
 */
bool rg_image_symbol(const rg_image *image, const struct rg_module *module, const char *name,
		     uint64_t *ret_address, uint64_t *ret_size);

/*
 * rg_image_symbol_at - the name of the dynamic symbol of any module that starts
 * exactly at @address, or NULL; owned by the image.
 */
const char *rg_image_symbol_at(rg_image *image, uint64_t address);

/* A place in the variables of a module. */
struct rg_image_data {
	const struct rg_module *module;
	bool is_bss;     /* behind what the file fills */
	uint64_t offset; /* from the start of the writable segment, or of its .bss */
};

/*
 * rg_image_data_at - the module whose writable segment holds @address, as its
 * program headers say; false if there is none.  O(modules).
 */
bool rg_image_data_at(const rg_image *image, uint64_t address, struct rg_image_data *ret);

/*
 * rg_image_data_next - the first writable segment of a module that ends behind
 * @address; false if there is none.  O(modules).
 */
bool rg_image_data_next(const rg_image *image, uint64_t address, uint64_t *ret_start,
			uint64_t *ret_end);

/*
 * rg_image_malloc_free - calls @each for memory that is free in the heaps of
 * glibc's malloc; without such heaps for nothing.  O(chunks).
 */
RG_MUST_CHECK rg_error *rg_image_malloc_free(const rg_image *image,
					     rg_error *(*each)(void *user, uint64_t start,
							       uint64_t end),
					     void *user);

/*
 * rg_image_malloc_used - calls @each for what glibc's malloc has handed out and
 * not got back: @size bytes from @start, with pages of their own if @mapped.
 * Heaps count whose chunks follow each other from end to end.  O(chunks + pages).
 */
void rg_image_malloc_used(const rg_image *image,
			  void (*each)(void *user, uint64_t start, uint64_t size, bool mapped),
			  void *user);

/*
 * rg_image_malloc_room - the bytes of the chunk of glibc's malloc whose memory begins
 * at @address, as its head and that of the next one have it; 0: there is none.  O(1).
 */
uint64_t rg_image_malloc_room(const rg_image *image, uint64_t address);

/* rg_image_register_name - what the machine calls registers[@number]; "?" for none. */
const char *rg_image_register_name(const rg_image *image, uint64_t number);

/* rg_image_mapping_of - the mapping that holds @address, or NULL. */
const struct rg_mapping *rg_image_mapping_of(const rg_image *image, uint64_t address);

/*
 * rg_image_was_mapped - whether the process had memory at @address that is not
 * at hand: cut off, or left out of the dump.  O(log segments).
 */
bool rg_image_was_mapped(const rg_image *image, uint64_t address);

/* rg_image_lacks - notes that something is missing; takes a copy of @sentence. */
RG_MUST_CHECK rg_error *rg_image_lacks(rg_image *image, const char *sentence);

/* rg_image_segment - the segment that holds @address, or NULL.  O(1), else O(log segments). */
const struct rg_segment *rg_image_segment_slow(const rg_image *image, uint64_t address);

static inline const struct rg_segment *rg_image_segment(const rg_image *image, uint64_t address)
{
	uint32_t index = rg_pagemap_get(&image->pages, address >> RG_PAGE_BITS);
	const struct rg_segment *segment;

	if (__builtin_expect(!index, 0))
		return NULL;
	segment = &image->segments[index - 1];
	/* A page can be shared by two segments: then the map names the first of them. */
	if (__builtin_expect(address - segment->start >= segment->end - segment->start, 0))
		return rg_image_segment_slow(image, address);
	return segment;
}

/*
 * rg_image_at - a pointer to the @size bytes at @address, or NULL unless all of
 * them are at hand in one piece.  Not necessarily aligned.
 */
static inline const void *rg_image_at(const rg_image *image, uint64_t address, uint64_t size)
{
	const struct rg_segment *segment = rg_image_segment(image, address);

	if (__builtin_expect(!segment || size > segment->end - address, 0))
		return NULL;
	return segment->bytes + (address - segment->start);
}

/* rg_image_read - copies @size bytes at @address, across segments; false if any is missing. */
bool rg_image_read(const rg_image *image, uint64_t address, void *ret, size_t size);

/* rg_image_string - copies the C string at @address, cut to @size; false if it cannot be read. */
bool rg_image_string(const rg_image *image, uint64_t address, char *ret, size_t size);

/* rg_image_u64, rg_image_u32 - the word at @address; false (and *ret 0) if not at hand. */
static inline bool rg_image_u64(const rg_image *image, uint64_t address, uint64_t *ret)
{
	const void *at = rg_image_at(image, address, 8);

	*ret = 0;
	if (__builtin_expect(!at, 0))
		return rg_image_read(image, address, ret, 8);
	memcpy(ret, at, 8);
	return true;
}

static inline bool rg_image_u32(const rg_image *image, uint64_t address, uint32_t *ret)
{
	const void *at = rg_image_at(image, address, 4);

	*ret = 0;
	if (__builtin_expect(!at, 0))
		return rg_image_read(image, address, ret, 4);
	memcpy(ret, at, 4);
	return true;
}

/*
 * rg_image_system_call - in which system call @thread was, by its registers: 1
 * with the call's name or number in @name; 0: in none; -1: cannot be told.
 */
#define RG_SYSTEM_CALL_SIZE 24
int rg_image_system_call(const rg_image *image, const struct rg_image_thread *thread,
			 char name[RG_SYSTEM_CALL_SIZE]);

/*
 * rg_image_salt - bytes that the kernel drew for the process (AT_RANDOM), the same in
 * every dump of it and in none of another's; 0: not in the dump.  O(log segments).
 */
uint64_t rg_image_salt(const rg_image *image);

#endif
