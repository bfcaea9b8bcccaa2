/* SPDX-License-Identifier: MIT */
/* A file on disk that may be what the process had mapped: opened and looked at, bounded. */
#include <unistd.h>

#include "base/alloc.h"
#include "image/private.h"

enum { MAX_FILE_PHDRS = 256 };

void rg_candidate_close(struct rg_candidate *candidate)
{
	rg_free(candidate->phdrs);
	rg_file_close(&candidate->file);
	candidate->phdrs = NULL;
}

/* Reads program headers and build-id; a file that is no ELF for our machine is only that. */
static rg_error *examine(struct rg_candidate *candidate, uint16_t machine, const char *path)
{
	const struct rg_file *file = &candidate->file;
	struct rg_elf elf;
	rg_error *error = rg_elf_open(file->data, file->size, path, &elf);
	size_t count;

	if (error) {
		bool fatal = rg_error_code(error) == RG_ERROR_NO_MEMORY;

		if (fatal)
			return error;
		rg_error_free(error);
		return NULL;
	}
	count = elf.phdr_usable < MAX_FILE_PHDRS ? (size_t)elf.phdr_usable : MAX_FILE_PHDRS;
	candidate->is_elf = elf.machine == machine && (elf.type == ET_EXEC || elf.type == ET_DYN);
	candidate->phdrs = rg_calloc(count, sizeof(*candidate->phdrs));
	if (!candidate->phdrs) {
		rg_elf_close(&elf);
		return rg_error_no_memory();
	}
	for (size_t i = 0; i < count; i++) {
		Elf64_Phdr *phdr = &candidate->phdrs[i];

		if (!rg_elf_phdr(&elf, i, phdr))
			break;
		candidate->phdr_count++;
		if (phdr->p_type == PT_NOTE && !candidate->build_id_size &&
		    phdr->p_offset < file->size && phdr->p_filesz <= file->size - phdr->p_offset)
			rg_elf_build_id(file->data + phdr->p_offset, phdr->p_filesz, phdr->p_align,
					candidate->build_id, &candidate->build_id_size);
	}
	rg_elf_close(&elf);
	return NULL;
}

rg_error *rg_candidate_open(struct rg_candidate *candidate, const char *path, uint16_t machine,
			    bool *ret_found)
{
	rg_error *error;

	*candidate = (struct rg_candidate){ .file = { NULL, 0, -1 } };
	*ret_found = false;
	error = rg_file_open(path, &candidate->file);
	if (error) {
		if (rg_error_code(error) == RG_ERROR_NO_MEMORY)
			return error;
		rg_error_free(error);
		return NULL;
	}
	/* The mapping stays without it, and a process has more libraries than descriptors. */
	close(candidate->file.fd);
	candidate->file.fd = -1;
	error = examine(candidate, machine, path);
	if (error)
		rg_candidate_close(candidate);
	else
		*ret_found = true;
	return error;
}
