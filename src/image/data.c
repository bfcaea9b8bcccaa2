/* SPDX-License-Identifier: MIT */
/* Where a module keeps its variables: the writable segments that its program headers name. */
#include "image/private.h"

/* The writable segment @phdr of module @m: whether it is one, and where. */
static bool is_data(const rg_image *image, size_t m, const Elf64_Phdr *phdr, uint64_t *ret_start,
		    uint64_t *ret_end)
{
	*ret_start = image->modules[m].bias + phdr->p_vaddr;
	return image->modules[m].is_elf && phdr->p_type == PT_LOAD && phdr->p_flags & PF_W &&
	       !__builtin_add_overflow(*ret_start, phdr->p_memsz, ret_end);
}

bool rg_image_data_at(const rg_image *image, uint64_t address, struct rg_image_data *ret)
{
	uint64_t start, end;

	for (size_t m = 0; image->private && m < image->module_count; m++) {
		const struct rg_module_private *private = &image->private->modules[m];

		for (size_t i = 0; i < private->phdr_count; i++) {
			const Elf64_Phdr *phdr = &private->phdrs[i];

			if (!is_data(image, m, phdr, &start, &end) || address < start ||
			    address >= end)
				continue;
			ret->module = &image->modules[m];
			ret->is_bss = address - start >= phdr->p_filesz;
			ret->offset = address - start - (ret->is_bss ? phdr->p_filesz : 0);
			return true;
		}
	}
	return false;
}

bool rg_image_data_next(const rg_image *image, uint64_t address, uint64_t *ret_start,
			uint64_t *ret_end)
{
	uint64_t start, end;
	bool found = false;

	for (size_t m = 0; image->private && m < image->module_count; m++) {
		const struct rg_module_private *private = &image->private->modules[m];

		for (size_t i = 0; i < private->phdr_count; i++) {
			if (!is_data(image, m, &private->phdrs[i], &start, &end) ||
			    end <= address || (found && start >= *ret_start))
				continue;
			*ret_start = start;
			*ret_end = end;
			found = true;
		}
	}
	return found;
}

const char *rg_image_register_name(const rg_image *image, uint64_t number)
{
	static const char *const x86[] = {
		"r15", "r14", "r13", "r12", "rbp", "rbx", "r11", "r10", "r9", "r8", "rax", "rcx",
		"rdx", "rsi", "rdi", "orig_rax", "rip", "cs", "eflags", "rsp", "ss", "fs_base",
		"gs_base", "ds", "es", "fs", "gs",
	};
	static const char *const arm[] = {
		"x0", "x1", "x2", "x3", "x4", "x5", "x6", "x7", "x8", "x9", "x10", "x11", "x12",
		"x13", "x14", "x15", "x16", "x17", "x18", "x19", "x20", "x21", "x22", "x23", "x24",
		"x25", "x26", "x27", "x28", "x29", "x30", "sp", "pc", "pstate",
	};

	if (image->private->machine == EM_AARCH64)
		return number < sizeof(arm) / sizeof(arm[0]) ? arm[number] : "?";
	return number < sizeof(x86) / sizeof(x86[0]) ? x86[number] : "?";
}
