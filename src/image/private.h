/* SPDX-License-Identifier: MIT */
/*
 * What the files of this folder share: the parts of an image that no other
 * folder sees, and the steps that opening a core consists of.
 */
#ifndef RG_IMAGE_PRIVATE_H
#define RG_IMAGE_PRIVATE_H

#include <elf.h>

#include "base/io.h"
#include "base/map.h"
#include "base/vector.h"
#include "image/image.h"

/* One PT_LOAD of the core: what the process had mapped, dumped or not. */
struct rg_core_load {
	uint64_t start;
	uint64_t end; /* by p_memsz; exclusive */
	const unsigned char *bytes;
	uint64_t size; /* bytes of it that the core holds */
	uint32_t flags; /* PF_* */
};

typedef RG_VECTOR(struct rg_core_load) rg_core_loads;
typedef RG_VECTOR(struct rg_segment) rg_segments;

/* What the ELF headers of a module say; beside struct rg_module, same index. */
struct rg_module_private {
	Elf64_Phdr *phdrs; /* from memory, else from the file; NULL: unknown */
	size_t phdr_count;
	uint64_t low, high; /* the addresses its mappings span */
	bool has_first_page;   /* file offset 0 is mapped, at rg_module.base */
	bool first_page_known; /* and the core holds what is there */
	struct rg_file file; /* mapped only when its bytes are used */
	char *file_name;     /* owns rg_module.file */
};

/* A dynamic symbol, for rg_image_symbol_at(). */
struct rg_symbol_entry {
	uint64_t address;
	uint64_t name; /* target address of its name */
	uint32_t module;
};

struct rg_image_private {
	struct rg_file core;
	char *core_path;
	uint16_t machine; /* EM_* */
	uint64_t page_size;
	uint64_t at_phdr, at_entry, at_random; /* from NT_AUXV; 0: unknown */
	size_t executable;          /* its module, or SIZE_MAX */
	bool has_file_note;
	char *file_note; /* a copy of the names of NT_FILE; owns rg_module.path */
	rg_core_loads loads; /* sorted by start, may not be without overlaps */
	struct rg_module_private *modules;
	size_t missing_capacity;
	bool symbols_built;
	RG_VECTOR(struct rg_symbol_entry) symbols; /* sorted by address */
	struct rg_map symbol_names;                /* address -> index into names */
	RG_VECTOR(char *) names;
};

/* image.c */

/* rg_image_new - an image that holds nothing yet. */
RG_MUST_CHECK rg_error *rg_image_new(rg_image **ret);
/*
 * rg_image_set_segments - takes over the array of @segments, sorts it, cuts
 * overlaps (the lower start wins) and fills the page map.  *ret_overlaps: how many were cut.
 */
RG_MUST_CHECK rg_error *rg_image_set_segments(rg_image *image, rg_segments *segments,
					      size_t *ret_overlaps);
/* rg_image_lacks_format - rg_image_lacks() with a formatted sentence. */
RG_MUST_CHECK rg_error *rg_image_lacks_format(rg_image *image, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* elf.c: all that is known of libelf. */

/* An ELF file in memory, through libelf. */
struct rg_elf {
	void *handle; /* Elf * */
	const unsigned char *data;
	uint64_t size;
	uint16_t type, machine;
	uint64_t phdr_count;  /* as the file claims, PN_XNUM resolved */
	uint64_t phdr_usable; /* how many of them lie inside the file */
	uint64_t phdr_offset;
};

/*
 * rg_elf_open - @path names the file in errors.  RG_ERROR_NOT_A_DUMP,
 * RG_ERROR_UNSUPPORTED (class, byte order), RG_ERROR_CORRUPT.
 */
RG_MUST_CHECK rg_error *rg_elf_open(const unsigned char *data, uint64_t size, const char *path,
				    struct rg_elf *ret);
void rg_elf_close(struct rg_elf *elf);
/* rg_elf_phdr - program header @index; false if the file does not hold it. */
bool rg_elf_phdr(const struct rg_elf *elf, uint64_t index, Elf64_Phdr *ret);

/* One note: @type, @name (with its length, NUL excluded) and @desc. */
typedef rg_error *rg_note_visitor(void *context, uint32_t type, const char *name,
				  size_t name_length, const unsigned char *desc, size_t desc_size);
/* rg_elf_notes - calls @visit for each whole note in [@offset, @offset + @size) of the file. */
RG_MUST_CHECK rg_error *rg_elf_notes(const struct rg_elf *elf, uint64_t offset, uint64_t size,
				     rg_note_visitor *visit, void *context);
/* rg_elf_build_id - finds the build-id among the notes in @bytes; false if there is none. */
bool rg_elf_build_id(const unsigned char *bytes, size_t size, uint64_t align,
		     unsigned char ret[32], size_t *ret_size);

/* notes.c */

/* rg_image_read_note - takes what the image wants from one note of the core: a rg_note_visitor. */
RG_MUST_CHECK rg_error *rg_image_read_note(void *image, uint32_t type, const char *name,
					   size_t name_length, const unsigned char *desc,
					   size_t desc_size);

/* module.c */

/* rg_image_find_modules - groups the mappings into modules and reads their headers in memory. */
RG_MUST_CHECK rg_error *rg_image_find_modules(rg_image *image);
/* rg_module_bias - computes the bias from the first PT_LOAD. */
void rg_module_bias(struct rg_module *module, const struct rg_module_private *private);
/* rg_image_load_of - the PT_LOAD of the core that spans @address, dumped or not, or NULL. */
const struct rg_core_load *rg_image_load_of(const rg_image *image, uint64_t address);

/* candidate.c */

/* A file on disk that may be what was mapped. */
struct rg_candidate {
	struct rg_file file;
	Elf64_Phdr *phdrs;
	size_t phdr_count;
	unsigned char build_id[32];
	size_t build_id_size;
	bool is_elf;
};

/*
 * rg_candidate_open - opens @path; *ret_found is false when there is no such
 * regular file to be read.  What is no ELF file of @machine has is_elf false.
 */
RG_MUST_CHECK rg_error *rg_candidate_open(struct rg_candidate *candidate, const char *path,
					  uint16_t machine, bool *ret_found);
void rg_candidate_close(struct rg_candidate *candidate);

/* fill.c */

/* rg_image_fill - takes bytes that the core leaves out from the mapped files. */
RG_MUST_CHECK rg_error *rg_image_fill(rg_image *image, const struct rg_image_options *options);

/* unpack.c */

/*
 * rg_image_unpack - if @file is compressed, replaces it by its decompressed
 * content; *ret_note (if not NULL afterwards) is a sentence about a stream that ended early.
 */
RG_MUST_CHECK rg_error *rg_image_unpack(struct rg_file *file, const char *path,
					const struct rg_progress *progress, char **ret_note);

#endif
