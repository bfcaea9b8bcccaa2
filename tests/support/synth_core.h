/* SPDX-License-Identifier: MIT */
/*
 * A synthesiser of small ELF cores and of the modules mapped in them, whole or
 * broken in every way a test asks for.  Runs out of memory by aborting.
 */
#ifndef RG_TESTS_SYNTH_CORE_H
#define RG_TESTS_SYNTH_CORE_H

#include <elf.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* How the core's headers are to lie. */
struct synth_options {
	bool extended_numbering; /* PN_XNUM, the count in section 0 */
	bool no_file_note;
	bool page_units;  /* offsets of NT_FILE in pages (kernel), not in bytes (gdb) */
	uint16_t type;    /* 0: ET_CORE */
	uint16_t machine; /* 0: EM_X86_64 */
	uint8_t class;    /* 0: ELFCLASS64 */
	uint8_t data;     /* 0: ELFDATA2LSB */
};

struct synth_core;

struct synth_core *synth_core_new(void);
void synth_core_free(struct synth_core *core);
struct synth_options *synth_core_options(struct synth_core *core);
/* Memory [@start, @start + @memsz), of which the core holds the @filesz bytes at @bytes. */
void synth_core_load(struct synth_core *core, uint64_t start, uint64_t memsz, uint32_t flags,
		     const void *bytes, uint64_t filesz);
/* An entry of NT_FILE. */
void synth_core_map(struct synth_core *core, uint64_t start, uint64_t end, uint64_t offset,
		    const char *path);
/* NT_PRSTATUS of thread @id, and the process's NT_PRPSINFO. */
void synth_core_thread(struct synth_core *core, uint32_t id, uint64_t stack, uint64_t fs_base);
void synth_core_process(struct synth_core *core, uint32_t pid);
/* An entry of NT_AUXV. */
void synth_core_auxv(struct synth_core *core, uint64_t type, uint64_t value);
/* The file as bytes, to be freed with free(). */
unsigned char *synth_core_bytes(struct synth_core *core, size_t *ret_size);

/* How the symbols of a module can be found. */
enum synth_hash { SYNTH_GNU_HASH, SYNTH_SYSV_HASH, SYNTH_NO_HASH };

#define SYNTH_MODULE_SIZE 0x4000
#define SYNTH_RODATA 0x2000 /* "rodata of a module" stands there, in [0x2000, 0x3000), read-only */
#define SYNTH_DATA 0x3800   /* "data of a module", in [0x3000, 0x4000), writable */

/*
 * A shared object whose file offsets are its addresses: headers and build-id
 * in the first page, .dynsym and friends in the second, read-only data in the
 * third, .dynamic and data in the fourth.  It defines `synth_alpha` at
 * SYNTH_DATA (16 bytes), `synth_beta` at SYNTH_RODATA, and imports `elsewhere`.
 * @id_size 0: no build-id.  @bias is added to the pointers in .dynamic, as glibc does.
 */
void synth_module(unsigned char ret[SYNTH_MODULE_SIZE], enum synth_hash hash,
		  const unsigned char *id, size_t id_size, uint64_t bias);

/* Writes @size bytes to a new file at @path; aborts when it cannot. */
void synth_write(const char *path, const void *bytes, size_t size);

#endif
