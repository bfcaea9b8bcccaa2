/* SPDX-License-Identifier: MIT */
/* Laying out ELF cores and modules by hand: libelf is what is under test. */
#include "support/synth_core.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct bytes {
	unsigned char *data;
	size_t size, capacity;
};

struct load {
	uint64_t start, memsz, filesz;
	uint32_t flags;
	unsigned char *bytes;
};

struct map {
	uint64_t start, end, offset;
	char *path;
};

struct synth_core {
	struct synth_options options;
	struct load *loads;
	size_t load_count;
	struct map *maps;
	size_t map_count;
	struct bytes notes, auxv;
};

static void *grow(void *old, size_t size)
{
	void *data = realloc(old, size ? size : 1);

	if (!data)
		abort();
	return data;
}

/* Room for one more element; arrays double, so that their count says when they are full. */
static void *grow_one(void *old, size_t count, size_t size)
{
	return count & (count - 1) ? old : grow(old, (count ? count * 2 : 1) * size);
}

static void add(struct bytes *bytes, const void *data, size_t size)
{
	if (!size)
		return;
	if (bytes->size + size > bytes->capacity) {
		bytes->capacity = (bytes->size + size) * 2;
		bytes->data = grow(bytes->data, bytes->capacity);
	}
	if (data)
		memcpy(bytes->data + bytes->size, data, size);
	else
		memset(bytes->data + bytes->size, 0, size);
	bytes->size += size;
}

static void add64(struct bytes *bytes, uint64_t value)
{
	add(bytes, &value, sizeof(value));
}

static void add_note(struct bytes *notes, const char *name, uint32_t type, const void *desc,
		     size_t size)
{
	uint32_t header[3] = { (uint32_t)strlen(name) + 1, (uint32_t)size, type };

	add(notes, header, sizeof(header));
	add(notes, name, header[0]);
	add(notes, NULL, -notes->size & 3);
	add(notes, desc, size);
	add(notes, NULL, -notes->size & 3);
}

struct synth_core *synth_core_new(void)
{
	struct synth_core *core = grow(NULL, sizeof(*core));

	memset(core, 0, sizeof(*core));
	return core;
}

void synth_core_free(struct synth_core *core)
{
	for (size_t i = 0; i < core->load_count; i++)
		free(core->loads[i].bytes);
	for (size_t i = 0; i < core->map_count; i++)
		free(core->maps[i].path);
	free(core->loads);
	free(core->maps);
	free(core->notes.data);
	free(core->auxv.data);
	free(core);
}

struct synth_options *synth_core_options(struct synth_core *core)
{
	return &core->options;
}

void synth_core_load(struct synth_core *core, uint64_t start, uint64_t memsz, uint32_t flags,
		     const void *bytes, uint64_t filesz)
{
	struct load load = { start, memsz, filesz, flags, grow(NULL, filesz) };

	if (filesz)
		memcpy(load.bytes, bytes, filesz);
	core->loads = grow_one(core->loads, core->load_count, sizeof(load));
	core->loads[core->load_count++] = load;
}

void synth_core_map(struct synth_core *core, uint64_t start, uint64_t end, uint64_t offset,
		    const char *path)
{
	struct map map = { start, end, offset, grow(NULL, strlen(path) + 1) };

	strcpy(map.path, path);
	core->maps = grow_one(core->maps, core->map_count, sizeof(map));
	core->maps[core->map_count++] = map;
}

void synth_core_thread(struct synth_core *core, uint32_t id, uint64_t stack, uint64_t fs_base)
{
	unsigned char status[392] = { 0 };
	bool arm = core->options.machine == EM_AARCH64;

	memcpy(status + 32, &id, 4);
	for (uint64_t i = 0; i < (arm ? 34 : 27); i++)
		memcpy(status + 112 + i * 8, &i, 8);
	memcpy(status + 112 + (arm ? 31 : 19) * 8, &stack, 8);
	if (!arm)
		memcpy(status + 112 + 21 * 8, &fs_base, 8);
	add_note(&core->notes, "CORE", NT_PRSTATUS, status, arm ? 392 : 336);
	if (arm)
		add_note(&core->notes, "LINUX", 0x401, &fs_base, 8);
}

void synth_core_process(struct synth_core *core, uint32_t pid)
{
	unsigned char info[136] = { 0 };

	memcpy(info + 24, &pid, 4);
	add_note(&core->notes, "CORE", NT_PRPSINFO, info, sizeof(info));
}

void synth_core_auxv(struct synth_core *core, uint64_t type, uint64_t value)
{
	add64(&core->auxv, type);
	add64(&core->auxv, value);
}

static void add_file_note(struct synth_core *core, struct bytes *notes)
{
	uint64_t unit = core->options.page_units ? 4096 : 1;
	struct bytes desc = { NULL, 0, 0 };

	add64(&desc, core->map_count);
	add64(&desc, unit);
	for (size_t i = 0; i < core->map_count; i++) {
		add64(&desc, core->maps[i].start);
		add64(&desc, core->maps[i].end);
		add64(&desc, core->maps[i].offset / unit);
	}
	for (size_t i = 0; i < core->map_count; i++)
		add(&desc, core->maps[i].path, strlen(core->maps[i].path) + 1);
	add_note(notes, "CORE", NT_FILE, desc.data, desc.size);
	free(desc.data);
}

unsigned char *synth_core_bytes(struct synth_core *core, size_t *ret_size)
{
	const struct synth_options *options = &core->options;
	struct bytes file = { NULL, 0, 0 }, notes = { NULL, 0, 0 };
	size_t phdrs = core->load_count + 1;
	Elf64_Ehdr header = { 0 };
	Elf64_Shdr section = { .sh_info = (uint32_t)phdrs };
	Elf64_Phdr phdr = { .p_type = PT_NOTE, .p_align = 4 };
	uint64_t offset;

	add(&notes, core->notes.data, core->notes.size);
	if (core->auxv.size)
		add_note(&notes, "CORE", NT_AUXV, core->auxv.data, core->auxv.size);
	if (!options->no_file_note)
		add_file_note(core, &notes);
	memcpy(header.e_ident, ELFMAG, SELFMAG);
	header.e_ident[EI_CLASS] = options->class ? options->class : ELFCLASS64;
	header.e_ident[EI_DATA] = options->data ? options->data : ELFDATA2LSB;
	header.e_ident[EI_VERSION] = EV_CURRENT;
	header.e_type = options->type ? options->type : ET_CORE;
	header.e_machine = options->machine ? options->machine : EM_X86_64;
	header.e_version = EV_CURRENT;
	header.e_phoff = sizeof(header);
	header.e_ehsize = sizeof(header);
	header.e_phentsize = sizeof(phdr);
	header.e_phnum = (uint16_t)phdrs;
	offset = sizeof(header) + phdrs * sizeof(phdr);
	if (options->extended_numbering) {
		header.e_phnum = PN_XNUM;
		header.e_shoff = offset;
		header.e_shentsize = sizeof(section);
		header.e_shnum = 1;
		offset += sizeof(section);
	}
	add(&file, &header, sizeof(header));
	phdr.p_offset = offset;
	phdr.p_filesz = notes.size;
	add(&file, &phdr, sizeof(phdr));
	offset += notes.size;
	for (size_t i = 0; i < core->load_count; i++) {
		const struct load *load = &core->loads[i];

		phdr = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = load->flags, .p_align = 4096,
				     .p_vaddr = load->start, .p_memsz = load->memsz,
				     .p_filesz = load->filesz, .p_offset = offset };
		add(&file, &phdr, sizeof(phdr));
		offset += load->filesz;
	}
	if (options->extended_numbering)
		add(&file, &section, sizeof(section));
	add(&file, notes.data, notes.size);
	for (size_t i = 0; i < core->load_count; i++)
		add(&file, core->loads[i].bytes, core->loads[i].filesz);
	free(notes.data);
	*ret_size = file.size;
	return file.data;
}

enum { ALPHA = 1, BETA, IMPORTED, SYMBOLS };

static const char names[] = "\0synth_alpha\0synth_beta\0elsewhere";
static const uint32_t name_at[] = { 0, 1, 13, 24 };

enum {
	NOTE_AT = 0x400,
	DYNSYM_AT = 0x1000,
	DYNSTR_AT = 0x1100,
	HASH_AT = 0x1200,
	DYNAMIC_AT = 0x3000,
};

static void put32(unsigned char *at, uint32_t value)
{
	memcpy(at, &value, sizeof(value));
}

static uint32_t gnu_hash(const char *name)
{
	uint32_t hash = 5381;

	for (; *name; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash;
}

/* One bucket: the chain holds every symbol; the imported one stands before it. */
static void put_hash(unsigned char *at, enum synth_hash kind)
{
	if (kind == SYNTH_GNU_HASH) {
		/* Imported symbols come first in such a table: symbol 1 is then the import. */
		put32(at, 1);
		put32(at + 4, 2);
		put32(at + 8, 1);
		put32(at + 12, 6);
		memset(at + 16, 0xff, 8);
		put32(at + 24, 2);
		put32(at + 28, gnu_hash(names + name_at[ALPHA]) & ~1u);
		put32(at + 32, gnu_hash(names + name_at[BETA]) | 1);
	} else if (kind == SYNTH_SYSV_HASH) {
		put32(at, 1);
		put32(at + 4, SYMBOLS);
		put32(at + 8, 1);
		put32(at + 12, 0);
		put32(at + 16, 2);
		put32(at + 20, 3);
		put32(at + 24, 0);
	}
}

void synth_module(unsigned char ret[SYNTH_MODULE_SIZE], enum synth_hash hash,
		  const unsigned char *id, size_t id_size, uint64_t bias)
{
	static const int order[] = { 0, IMPORTED, ALPHA, BETA };
	static const struct {
		uint64_t start, end;
		uint32_t flags;
	} loads[] = {
		{ 0, 0x2000, PF_R },
		{ 0x2000, 0x3000, PF_R | PF_X },
		{ 0x3000, 0x4000, PF_R | PF_W },
	};
	const struct {
		int64_t tag;
		uint64_t value;
	} dynamic[] = {
		{ DT_SYMTAB, DYNSYM_AT + bias },
		{ DT_STRTAB, DYNSTR_AT + bias },
		{ DT_STRSZ, sizeof(names) },
		{ DT_SYMENT, sizeof(Elf64_Sym) },
		{ hash == SYNTH_GNU_HASH ? DT_GNU_HASH
		  : hash == SYNTH_SYSV_HASH ? DT_HASH : DT_DEBUG, HASH_AT + bias },
		{ DT_NULL, 0 },
	};
	Elf64_Ehdr header = { .e_type = ET_DYN, .e_machine = EM_X86_64, .e_version = EV_CURRENT,
			      .e_phoff = sizeof(header), .e_ehsize = sizeof(header),
			      .e_phentsize = sizeof(Elf64_Phdr), .e_phnum = 5 };
	Elf64_Phdr phdr = { 0 };
	size_t at = sizeof(header);
	struct bytes note = { NULL, 0, 0 };

	memset(ret, 0, SYNTH_MODULE_SIZE);
	memcpy(header.e_ident, ELFMAG, SELFMAG);
	header.e_ident[EI_CLASS] = ELFCLASS64;
	header.e_ident[EI_DATA] = ELFDATA2LSB;
	header.e_ident[EI_VERSION] = EV_CURRENT;
	memcpy(ret, &header, sizeof(header));
	for (size_t i = 0; i < 3; i++, at += sizeof(phdr)) {
		phdr = (Elf64_Phdr){ .p_type = PT_LOAD, .p_flags = loads[i].flags,
				     .p_offset = loads[i].start, .p_vaddr = loads[i].start,
				     .p_filesz = loads[i].end - loads[i].start,
				     .p_memsz = loads[i].end - loads[i].start, .p_align = 4096 };
		memcpy(ret + at, &phdr, sizeof(phdr));
	}
	/* Another note first, as real files have it. */
	add_note(&note, "GNU", 1, "\0\0\0\0\3\0\0\0\2\0\0\0\0\0\0\0", 16);
	if (id_size)
		add_note(&note, "GNU", NT_GNU_BUILD_ID, id, id_size);
	memcpy(ret + NOTE_AT, note.data, note.size);
	phdr = (Elf64_Phdr){ .p_type = PT_NOTE, .p_flags = PF_R, .p_offset = NOTE_AT,
			     .p_vaddr = NOTE_AT, .p_filesz = note.size, .p_memsz = note.size,
			     .p_align = 4 };
	free(note.data);
	memcpy(ret + at, &phdr, sizeof(phdr));
	phdr = (Elf64_Phdr){ .p_type = PT_DYNAMIC, .p_flags = PF_R | PF_W, .p_offset = DYNAMIC_AT,
			     .p_vaddr = DYNAMIC_AT, .p_filesz = sizeof(dynamic),
			     .p_memsz = sizeof(dynamic), .p_align = 8 };
	memcpy(ret + at + sizeof(phdr), &phdr, sizeof(phdr));
	for (int i = 1; i < SYMBOLS; i++) {
		int which = order[i];
		Elf64_Sym symbol = {
			.st_name = name_at[which],
			.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_OBJECT),
			.st_shndx = which == IMPORTED ? SHN_UNDEF : 7,
			.st_value = which == IMPORTED ? 0
				    : which == ALPHA ? SYNTH_DATA : SYNTH_RODATA,
			.st_size = which == IMPORTED ? 0 : 16,
		};

		memcpy(ret + DYNSYM_AT + (size_t)i * sizeof(symbol), &symbol, sizeof(symbol));
	}
	memcpy(ret + DYNSTR_AT, names, sizeof(names));
	put_hash(ret + HASH_AT, hash);
	memcpy(ret + SYNTH_RODATA, "rodata of a module", 19);
	memcpy(ret + DYNAMIC_AT, dynamic, sizeof(dynamic));
	memcpy(ret + SYNTH_DATA, "data of a module", 17);
}

void synth_write(const char *path, const void *bytes, size_t size)
{
	FILE *file = fopen(path, "wb");

	if (!file || (size && fwrite(bytes, 1, size, file) != size) || fclose(file))
		abort();
}
