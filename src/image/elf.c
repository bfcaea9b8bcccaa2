/* SPDX-License-Identifier: MIT */
/*
 * ELF files through libelf, which opens truncated and odd files without a word:
 * everything it says is held against the size of the file here.
 */
#include <gelf.h>
#include <libelf.h>

#include "base/alloc.h"
#include "image/private.h"

static rg_error *not_a_dump(const char *path, const char *what)
{
	return rg_error_new(RG_ERROR_NOT_A_DUMP,
			    "%s: %s: name an ELF core (written by gcore or the kernel) or a dump "
			    "of refgraph's", path, what);
}

/* The number of program headers, which section 0 holds when it exceeds 16 bits. */
static uint64_t claimed_phdrs(const unsigned char *data, uint64_t size, const Elf64_Ehdr *header)
{
	Elf64_Shdr first;

	if (header->e_phnum != PN_XNUM)
		return header->e_phnum;
	if (!header->e_shoff || header->e_shoff > size || size - header->e_shoff < sizeof(first))
		return PN_XNUM;
	memcpy(&first, data + header->e_shoff, sizeof(first));
	return first.sh_info ? first.sh_info : PN_XNUM;
}

rg_error *rg_elf_open(const unsigned char *data, uint64_t size, const char *path,
		      struct rg_elf *ret)
{
	struct rg_elf elf = { .data = data, .size = size };
	Elf64_Ehdr *header;

	if (!size)
		return not_a_dump(path, "is empty");
	if (size < SELFMAG || memcmp(data, ELFMAG, SELFMAG) != 0)
		return not_a_dump(path, "is not an ELF file");
	if (size < sizeof(Elf64_Ehdr))
		return rg_error_new(
			RG_ERROR_CORRUPT,
			"%s: is cut off in its ELF header, after %llu bytes: dump again", path,
			(unsigned long long)size);
	if (data[EI_CLASS] == ELFCLASS32)
		return rg_error_new(RG_ERROR_UNSUPPORTED,
				    "%s: is of a 32-bit process: only 64-bit ones can be read",
				    path);
	if (data[EI_DATA] == ELFDATA2MSB)
		return rg_error_new(
			RG_ERROR_UNSUPPORTED,
			"%s: is of a big-endian machine: only little-endian ones can be "
			"read",
			path);
	if (data[EI_CLASS] != ELFCLASS64 || data[EI_DATA] != ELFDATA2LSB)
		return not_a_dump(path, "has no valid ELF header");
	elf_version(EV_CURRENT);
	/* libelf writes nothing through this pointer unless asked to update the file. */
	elf.handle = elf_memory((char *)(uintptr_t)data, (size_t)size);
	header = elf.handle ? elf64_getehdr(elf.handle) : NULL;
	if (!header) {
		rg_error *error = rg_error_new(RG_ERROR_CORRUPT,
					       "%s: has a damaged ELF header (%s): dump again",
					       path, elf_errmsg(-1));
		elf_end(elf.handle);
		return error;
	}
	elf.type = header->e_type;
	elf.machine = header->e_machine;
	elf.phdr_count = claimed_phdrs(data, size, header);
	elf.phdr_offset = header->e_phoff;
	if (header->e_phentsize == sizeof(Elf64_Phdr) && header->e_phoff < size)
		elf.phdr_usable = (size - header->e_phoff) / sizeof(Elf64_Phdr);
	if (elf.phdr_usable > elf.phdr_count)
		elf.phdr_usable = elf.phdr_count;
	*ret = elf;
	return NULL;
}

void rg_elf_close(struct rg_elf *elf)
{
	elf_end(elf->handle);
	elf->handle = NULL;
}

bool rg_elf_phdr(const struct rg_elf *elf, uint64_t index, Elf64_Phdr *ret)
{
	GElf_Phdr phdr;

	if (index >= elf->phdr_usable || index > INT32_MAX)
		return false;
	if (elf->phdr_usable == elf->phdr_count &&
	    gelf_getphdr(elf->handle, (int)index, &phdr)) {
		*ret = phdr;
		return true;
	}
	/* libelf gives none at all when the table is cut off: then by hand. */
	memcpy(ret, elf->data + elf->phdr_offset + index * sizeof(*ret), sizeof(*ret));
	return true;
}

rg_error *rg_elf_notes(const struct rg_elf *elf, uint64_t offset, uint64_t size,
		       rg_note_visitor *visit, void *context)
{
	Elf_Data *data;
	size_t at = 0;

	if (!size || offset > elf->size || size > elf->size - offset)
		return NULL;
	data = elf_getdata_rawchunk(elf->handle, (int64_t)offset, (size_t)size, ELF_T_NHDR);
	if (!data)
		return NULL;
	while (at < data->d_size) {
		GElf_Nhdr note;
		size_t name, desc, next = gelf_getnote(data, at, &note, &name, &desc);
		size_t name_length = note.n_namesz;
		const char *name_bytes = (const char *)data->d_buf + name;

		if (!next || next <= at)
			break;
		if (name_length && !name_bytes[name_length - 1])
			name_length--;
		RG_TRY(visit(context, note.n_type, name_bytes, name_length,
			     (const unsigned char *)data->d_buf + desc, note.n_descsz));
		at = next;
	}
	return NULL;
}

bool rg_elf_build_id(const unsigned char *bytes, size_t size, uint64_t align,
		     unsigned char ret[32], size_t *ret_size)
{
	uint64_t at = 0, pad = align == 8 ? 7 : 3;

	while (at <= size && size - at >= sizeof(Elf64_Nhdr)) {
		Elf64_Nhdr note;
		uint64_t desc, next;

		memcpy(&note, bytes + at, sizeof(note));
		desc = (at + sizeof(note) + note.n_namesz + pad) & ~pad;
		next = (desc + note.n_descsz + pad) & ~pad;
		if (desc > size || note.n_descsz > size - desc)
			return false;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && note.n_descsz &&
		    note.n_descsz <= 32 && memcmp(bytes + at + sizeof(note), "GNU", 4) == 0) {
			memcpy(ret, bytes + desc, note.n_descsz);
			*ret_size = note.n_descsz;
			return true;
		}
		at = next;
	}
	return false;
}
