/* SPDX-License-Identifier: MIT */
/*
 * Dynamic symbols of the modules, from the tables that the dynamic linker itself
 * used: .gnu.hash, .hash and .dynsym as PT_DYNAMIC names them.  They lie in
 * loaded segments, so that a stripped program has them too.
 *
 * Sources: System V gABI chapter 5 (Dynamic Linking, Hash Table); the GNU hash
 * section as binutils and glibc have it (elf/dl-lookup.c, do_lookup_x).
 */
#include <stdlib.h>

#include "base/alloc.h"
#include "image/private.h"

enum {
	MAX_DYNAMIC = 4096,         /* entries of one PT_DYNAMIC; real ones have about 30 */
	MAX_MODULE_SYMBOLS = 1 << 20,
	MAX_SYMBOLS = 4 << 20,      /* of all modules together */
	MAX_NAME = 4096,
};

/* Where one module's tables are, as target addresses; 0: has none. */
struct tables {
	const rg_image *image;
	const struct rg_module *module;
	const struct rg_module_private *private;
	uint64_t symbols, strings, strings_size, gnu_hash, hash;
};

/* Reads @size bytes at @address: from memory, else from the file that agrees with it. */
static bool fetch(const struct tables *tables, uint64_t address, void *ret, size_t size)
{
	const struct rg_module_private *private = tables->private;
	uint64_t vaddr = address - tables->module->bias;

	if (rg_image_read(tables->image, address, ret, size))
		return true;
	if (!private->file.data)
		return false;
	for (size_t i = 0; i < private->phdr_count; i++) {
		const Elf64_Phdr *phdr = &private->phdrs[i];
		uint64_t inside = vaddr - phdr->p_vaddr, offset;

		if (phdr->p_type != PT_LOAD || vaddr < phdr->p_vaddr ||
		    inside >= phdr->p_filesz || size > phdr->p_filesz - inside ||
		    __builtin_add_overflow(phdr->p_offset, inside, &offset) ||
		    offset > private->file.size || size > private->file.size - offset)
			continue;
		memcpy(ret, private->file.data + offset, size);
		return true;
	}
	return false;
}

static uint32_t fetch32(const struct tables *tables, uint64_t address)
{
	uint32_t value;

	return fetch(tables, address, &value, sizeof(value)) ? value : 0;
}

/* glibc adds the bias to the pointers of PT_DYNAMIC in place, musl does not. */
static uint64_t relocated(const struct tables *tables, uint64_t value)
{
	if (value >= tables->private->low && value < tables->private->high)
		return value;
	return value + tables->module->bias;
}

static bool find_tables(const rg_image *image, const struct rg_module *module,
			struct tables *ret)
{
	const struct rg_module_private *private =
		&image->private->modules[module - image->modules];
	const Elf64_Phdr *dynamic = NULL;
	struct tables tables = { .image = image, .module = module, .private = private };
	uint64_t count;

	for (size_t i = 0; i < private->phdr_count && !dynamic; i++)
		if (private->phdrs[i].p_type == PT_DYNAMIC)
			dynamic = &private->phdrs[i];
	if (!dynamic)
		return false;
	count = dynamic->p_memsz / sizeof(Elf64_Dyn);
	for (uint64_t i = 0; i < count && i < MAX_DYNAMIC; i++) {
		Elf64_Dyn entry;

		if (!fetch(&tables, module->bias + dynamic->p_vaddr + i * sizeof(entry), &entry,
			   sizeof(entry)) || entry.d_tag == DT_NULL)
			break;
		switch (entry.d_tag) {
		case DT_SYMTAB:
			tables.symbols = relocated(&tables, entry.d_un.d_ptr);
			break;
		case DT_STRTAB:
			tables.strings = relocated(&tables, entry.d_un.d_ptr);
			break;
		case DT_STRSZ:
			tables.strings_size = entry.d_un.d_val;
			break;
		case DT_GNU_HASH:
			tables.gnu_hash = relocated(&tables, entry.d_un.d_ptr);
			break;
		case DT_HASH:
			tables.hash = relocated(&tables, entry.d_un.d_ptr);
			break;
		}
	}
	*ret = tables;
	return tables.symbols && tables.strings;
}

static bool fetch_symbol(const struct tables *tables, uint64_t index, Elf64_Sym *ret)
{
	return fetch(tables, tables->symbols + index * sizeof(*ret), ret, sizeof(*ret));
}

/* A defined symbol with an address: not another module's, nor an offset in a thread's block. */
static bool has_address(const Elf64_Sym *symbol)
{
	unsigned int type = ELF64_ST_TYPE(symbol->st_info);

	return symbol->st_shndx != SHN_UNDEF && symbol->st_value && type != STT_TLS &&
	       type != STT_SECTION && type != STT_FILE;
}

static uint64_t address_of(const struct tables *tables, const Elf64_Sym *symbol)
{
	return symbol->st_shndx == SHN_ABS ? symbol->st_value
					   : symbol->st_value + tables->module->bias;
}

/* Reads the name at @address, NUL included; false if it does not end within @size. */
static bool fetch_name(const struct tables *tables, uint64_t address, char *ret, size_t size)
{
	size_t done = 0;

	/* Up to the end of a page at a time: what follows may not be there. */
	while (done < size) {
		size_t piece = (size_t)(64 - (address + done) % 64);

		if (piece > size - done)
			piece = size - done;
		if (!fetch(tables, address + done, ret + done, piece)) {
			piece = 1;
			if (!fetch(tables, address + done, ret + done, piece))
				return false;
		}
		if (memchr(ret + done, '\0', piece))
			return true;
		done += piece;
	}
	return false;
}

static bool is_named(const struct tables *tables, const Elf64_Sym *symbol, const char *name,
		     size_t length)
{
	char text[256];

	if (tables->strings_size && symbol->st_name >= tables->strings_size)
		return false;
	if (length >= sizeof(text) ||
	    !fetch(tables, tables->strings + symbol->st_name, text, length + 1))
		return false;
	return memcmp(text, name, length + 1) == 0;
}

static uint32_t gnu_hash_of(const char *name)
{
	uint32_t hash = 5381;

	for (; *name; name++)
		hash = hash * 33 + (unsigned char)*name;
	return hash;
}

static uint32_t sysv_hash_of(const char *name)
{
	uint32_t hash = 0;

	for (; *name; name++) {
		uint32_t high;

		hash = (hash << 4) + (unsigned char)*name;
		high = hash & 0xf0000000;
		hash = (hash ^ high >> 24) & ~high;
	}
	return hash;
}

/* The parts of a .gnu.hash section. */
struct gnu_hash {
	uint32_t buckets, first;
	uint64_t bucket_at, chain_at;
};

static bool gnu_hash_open(const struct tables *tables, struct gnu_hash *ret)
{
	uint32_t header[4];

	if (!tables->gnu_hash || !fetch(tables, tables->gnu_hash, header, sizeof(header)) ||
	    !header[0] || header[0] > MAX_MODULE_SYMBOLS || header[2] > MAX_MODULE_SYMBOLS)
		return false;
	ret->buckets = header[0];
	ret->first = header[1];
	ret->bucket_at = tables->gnu_hash + sizeof(header) + (uint64_t)header[2] * 8;
	ret->chain_at = ret->bucket_at + (uint64_t)header[0] * 4;
	return true;
}

/* How many dynamic symbols there are: no field says so where .hash is missing. */
static uint64_t symbol_count(const struct tables *tables)
{
	struct gnu_hash table;
	uint64_t last = 0, count = 0;

	if (tables->hash) {
		count = fetch32(tables, tables->hash + 4);
	} else if (gnu_hash_open(tables, &table)) {
		for (uint64_t i = 0; i < table.buckets; i++) {
			uint32_t index = fetch32(tables, table.bucket_at + i * 4);

			if (index > last)
				last = index;
		}
		/* The longest chain begins at the highest bucket and ends with an odd hash. */
		for (count = last; count >= table.first && count < MAX_MODULE_SYMBOLS; count++) {
			uint32_t hash;

			if (!fetch(tables, table.chain_at + (count - table.first) * 4, &hash,
				   sizeof(hash)) || hash & 1)
				break;
		}
		count = last ? count + 1 : table.first;
	} else if (tables->strings > tables->symbols) {
		/* Linkers put the names right after the symbols. */
		count = (tables->strings - tables->symbols) / sizeof(Elf64_Sym);
	}
	return count < MAX_MODULE_SYMBOLS ? count : MAX_MODULE_SYMBOLS;
}

/* Each finder: true and the symbol; *ret_known says whether its table could answer at all. */
static bool find_by_gnu_hash(const struct tables *tables, const char *name, Elf64_Sym *ret,
			     bool *ret_known)
{
	uint32_t wanted = gnu_hash_of(name), index, hash;
	size_t length = strlen(name);
	struct gnu_hash table;

	*ret_known = gnu_hash_open(tables, &table) &&
		     fetch(tables, table.bucket_at + (uint64_t)(wanted % table.buckets) * 4, &index,
			   sizeof(index));
	if (!*ret_known || index < table.first)
		return false;
	for (uint32_t i = 0; i < MAX_MODULE_SYMBOLS; i++) {
		uint64_t at = (uint64_t)index + i;

		if (!fetch(tables, table.chain_at + (at - table.first) * 4, &hash, sizeof(hash))) {
			*ret_known = false;
			return false;
		}
		if ((hash | 1) == (wanted | 1) && fetch_symbol(tables, at, ret) &&
		    is_named(tables, ret, name, length))
			return true;
		if (hash & 1)
			return false;
	}
	return false;
}

static bool find_by_hash(const struct tables *tables, const char *name, Elf64_Sym *ret,
			 bool *ret_known)
{
	size_t length = strlen(name);
	uint32_t header[2], index;

	*ret_known =
		tables->hash && fetch(tables, tables->hash, header, sizeof(header)) && header[0];
	if (!*ret_known)
		return false;
	index = fetch32(tables, tables->hash + 8 + (uint64_t)(sysv_hash_of(name) % header[0]) * 4);
	for (uint32_t i = 0; index && i < MAX_MODULE_SYMBOLS; i++) {
		if (fetch_symbol(tables, index, ret) && is_named(tables, ret, name, length))
			return true;
		index = fetch32(tables, tables->hash + 8 + ((uint64_t)header[0] + index) * 4);
	}
	return false;
}

static bool find_linearly(const struct tables *tables, const char *name, Elf64_Sym *ret)
{
	uint64_t count = symbol_count(tables);
	size_t length = strlen(name);

	for (uint64_t i = 1; i < count; i++) {
		if (!fetch_symbol(tables, i, ret))
			return false;
		if (has_address(ret) && is_named(tables, ret, name, length))
			return true;
	}
	return false;
}

bool rg_image_symbol(const rg_image *image, const struct rg_module *module, const char *name,
		     uint64_t *ret_address, uint64_t *ret_size)
{
	struct tables tables;
	Elf64_Sym symbol;
	bool known = false, found;

	if (!module->is_elf || !find_tables(image, module, &tables))
		return false;
	found = find_by_gnu_hash(&tables, name, &symbol, &known);
	if (!known)
		found = find_by_hash(&tables, name, &symbol, &known);
	if (!known)
		found = find_linearly(&tables, name, &symbol);
	if (!found || !has_address(&symbol))
		return false;
	*ret_address = address_of(&tables, &symbol);
	*ret_size = symbol.st_size;
	return true;
}

static int compare_entries(const void *a, const void *b)
{
	const struct rg_symbol_entry *x = a, *y = b;

	if (x->address != y->address)
		return x->address < y->address ? -1 : 1;
	if (x->module != y->module)
		return x->module < y->module ? -1 : 1;
	return x->name < y->name ? -1 : x->name > y->name;
}

/* Collects the symbols of all modules; false: no memory. */
static bool build_table(rg_image *image)
{
	struct rg_image_private *private = image->private;

	for (size_t i = 0; i < image->module_count; i++) {
		struct tables tables;
		uint64_t count;

		if (!image->modules[i].is_elf || !find_tables(image, &image->modules[i], &tables))
			continue;
		count = symbol_count(&tables);
		for (uint64_t j = 1; j < count && private->symbols.count < MAX_SYMBOLS; j++) {
			struct rg_symbol_entry entry;
			Elf64_Sym symbol;

			if (!fetch_symbol(&tables, j, &symbol))
				break;
			if (!has_address(&symbol))
				continue;
			entry.address = address_of(&tables, &symbol);
			entry.name = tables.strings + symbol.st_name;
			entry.module = (uint32_t)i;
			if (!rg_vector_push(&private->symbols, entry)) {
				rg_vector_free(&private->symbols);
				return false;
			}
		}
	}
	if (private->symbols.count)
		qsort(private->symbols.data, private->symbols.count,
		      sizeof(*private->symbols.data), compare_entries);
	private->symbols_built = true;
	return true;
}

const char *rg_image_symbol_at(rg_image *image, uint64_t address)
{
	struct rg_image_private *private = image->private;
	size_t low = 0, high, entry;
	char text[MAX_NAME], *copy;
	const uint32_t *known;
	struct tables tables;

	if (!private->symbols_built && !build_table(image))
		return NULL;
	high = private->symbols.count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (private->symbols.data[middle].address < address)
			low = middle + 1;
		else
			high = middle;
	}
	entry = low;
	if (entry == private->symbols.count || private->symbols.data[entry].address != address)
		return NULL;
	known = rg_map_find(&private->symbol_names, address);
	if (known)
		return private->names.data[*known];
	if (!find_tables(image, &image->modules[private->symbols.data[entry].module], &tables) ||
	    !fetch_name(&tables, private->symbols.data[entry].name, text, sizeof(text)))
		return NULL;
	copy = rg_strdup(text);
	if (!copy || !rg_vector_push(&private->names, copy)) {
		rg_free(copy);
		return NULL;
	}
	/* Should the map find no memory, the name is only looked up once more. */
	rg_map_put(&private->symbol_names, address, (uint32_t)(private->names.count - 1));
	return copy;
}
