/* SPDX-License-Identifier: MIT */
/* Compressed cores: recognised by their first bytes. */
#include "base/alloc.h"
#include "image/private.h"

struct packer {
	const char *name, *command;
	size_t magic_size;
	unsigned char magic[6];
};

static const struct packer packers[] = {
	{ "zstd", "zstd -d", 4, { 0x28, 0xb5, 0x2f, 0xfd } },
	{ "xz", "xz -d", 6, { 0xfd, '7', 'z', 'X', 'Z', 0 } },
	{ "gzip", "gzip -d", 2, { 0x1f, 0x8b } },
	{ "lz4", "lz4 -d", 4, { 0x04, 0x22, 0x4d, 0x18 } },
	{ "bzip2", "bzip2 -d", 3, { 'B', 'Z', 'h' } },
};

rg_error *rg_image_unpack(struct rg_file *file, const char *path, char **ret_note)
{
	for (size_t i = 0; i < sizeof(packers) / sizeof(packers[0]); i++) {
		const struct packer *packer = &packers[i];

		if (file->size >= packer->magic_size &&
		    memcmp(file->data, packer->magic, packer->magic_size) == 0)
			return rg_error_new(
				RG_ERROR_UNSUPPORTED,
				"%s: is compressed with %s, which this build cannot read: "
				"decompress it first (%s %s)",
				path, packer->name, packer->command, path);
	}
	*ret_note = NULL;
	return NULL;
}
