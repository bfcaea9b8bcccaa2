/* SPDX-License-Identifier: MIT */
/*
 * Where a type comes from, by what the dump itself says: the file that a static
 * type is mapped from, else the module it names in sys.modules (or a parent
 * package of it) and the file that this was read from, held against the folder
 * of the standard library, and sys.stdlib_module_names for what has no file.
 */
#include "base/vector.h"
#include "runtime/cpython/execution_layout.h"
#include "runtime/cpython/private.h"

#define NAMES_LIMIT (1u << 12) /* slots of the set of names that are looked at */
#define FOLDERS 2

struct entry {
	const char *name;
	uint64_t module;   /* what sys.modules has under it, or 0 */
	bool is_standard;  /* in sys.stdlib_module_names */
	bool is_known;     /* @origin has been found out */
	enum rg_origin origin;
};

struct cpy_origins {
	struct cpy *cpy;
	struct rg_map index;        /* hash of a name, then every second -> index + 1 */
	RG_VECTOR(struct entry) entries;
	char folders[FOLDERS][1024]; /* of the standard library, without a closing slash; "" */
	char program[1024];          /* the installed package that __main__ is a part of; "" */
	bool has_names;
	bool failed;
};

/* ---- names ------------------------------------------------------------------- */

static struct entry *find(const struct cpy_origins *origins, const char *name, size_t length,
			  uint64_t *ret_key)
{
	uint64_t key = rg_hash_bytes(name, length) | 1;
	const uint32_t *at;

	while ((at = rg_map_find(&origins->index, key)) != NULL) {
		struct entry *entry = &origins->entries.data[*at - 1];

		if (!strncmp(entry->name, name, length) && !entry->name[length])
			return entry;
		key += 2;
		key += !key;
	}
	if (ret_key)
		*ret_key = key;
	return NULL;
}

static struct entry *enter(struct cpy_origins *origins, const char *name)
{
	struct entry fresh = { .name = name };
	uint64_t key;
	struct entry *entry = find(origins, name, strlen(name), &key);

	if (entry)
		return entry;
	fresh.name = cpy_keep_string(origins->cpy, name);
	if (!fresh.name || !rg_vector_push(&origins->entries, fresh) ||
	    !rg_map_put(&origins->index, key, (uint32_t)origins->entries.count)) {
		origins->failed = true;
		return NULL;
	}
	return &origins->entries.data[origins->entries.count - 1];
}

static bool add_module(void *user, uint64_t key, uint64_t value)
{
	struct cpy_origins *origins = user;
	struct entry *entry;
	char name[512];

	if (cpy_str(origins->cpy, key, name, sizeof(name)) <= 0)
		return true;
	entry = enter(origins, name);
	/* The main interpreter comes first, and stays. */
	if (entry && !entry->module)
		entry->module = value;
	return !origins->failed;
}

/* The str members of the set at @set: {key, hash} in a table of mask + 1. */
static void add_names(struct cpy_origins *origins, uint64_t set)
{
	struct cpy *cpy = origins->cpy;
	const struct cpy_type *type = cpy_type_of(cpy, set);
	uint64_t mask = cpy_get(cpy, set, 32), table = cpy_get(cpy, set, 40), i;
	struct entry *entry;
	char name[128];

	if (!type || !type->row || strcmp(type->row->name, "frozenset") || mask >= NAMES_LIMIT)
		return;
	for (i = 0; i <= mask && !origins->failed; i++) {
		uint64_t key = cpy_word(cpy, table + 16 * i);

		if (!key || cpy_str(cpy, key, name, sizeof(name)) <= 0)
			continue;
		entry = enter(origins, name);
		if (entry)
			entry->is_standard = origins->has_names = true;
	}
}

/*
 * Up to 3.9 there is no such set: what is compiled into the interpreter is in the tuple
 * @names, but for the two modules that import all others.  The rest has files.
 */
static void add_builtin(struct cpy_origins *origins, uint64_t names)
{
	static const char *const frozen[] = { "_frozen_importlib", "_frozen_importlib_external" };
	struct cpy *cpy = origins->cpy;
	uint64_t count = cpy_get(cpy, names, CPY_HEAD), i;
	struct entry *entry;
	char name[128];

	for (i = 0; i < sizeof(frozen) / sizeof(frozen[0]); i++) {
		entry = enter(origins, frozen[i]);
		if (entry)
			entry->is_standard = true;
	}
	for (i = 0; i < count && i < NAMES_LIMIT && !origins->failed; i++) {
		uint64_t item = cpy_get(cpy, names, cpy->layout.tuple.items + 8 * i);

		if (cpy_str(cpy, item, name, sizeof(name)) <= 0)
			continue;
		entry = enter(origins, name);
		if (entry)
			entry->is_standard = true;
	}
}

/* Whether the top-level package of @name belongs to the standard library. */
static bool is_standard(const struct cpy_origins *origins, const char *name)
{
	const struct entry *entry = find(origins, name, strcspn(name, "."), NULL);

	return entry && entry->is_standard;
}

/* ---- files ------------------------------------------------------------------- */

/* A component of @path that is @word, or ends in it where @suffix: what follows it, or NULL. */
static const char *component(const char *path, const char *word, bool suffix)
{
	size_t length = strlen(word);
	const char *at;

	for (at = strstr(path, word); at; at = strstr(at + 1, word))
		if ((suffix || at == path || at[-1] == '/') && at[length] == '/')
			return at + length + 1;
	return NULL;
}

/* Within the folder where packages are installed: what follows that, or NULL. */
static const char *installed(const char *path)
{
	static const struct {
		const char *word;
		bool suffix;
	} folders[] = {
		{ "site-packages", false },
		{ "dist-packages", false },
		{ ".egg", true },
		{ ".whl", true },
	};
	const char *rest = NULL;
	size_t i;

	for (i = 0; i < sizeof(folders) / sizeof(folders[0]) && !rest; i++)
		rest = component(path, folders[i].word, folders[i].suffix);
	return rest;
}

static bool is_below(const char *path, const char *folder)
{
	size_t length = strlen(folder);

	return length && !strncmp(path, folder, length) && path[length] == '/';
}

/* Whether a folder is the standard library's alone, and not an application's that froze it. */
static bool is_own_folder(const char *folder)
{
	const char *base = strrchr(folder, '/');

	base = base ? base + 1 : folder;
	return !strncmp(base, "python", 6) || !strncmp(base, "Python", 6) ||
	       !strncmp(base, "pypy", 4);
}

/* Of the module @name, read from @path. */
static enum rg_origin of_file(const struct cpy_origins *origins, const char *path,
			      const char *name)
{
	bool standard = component(path, "lib-dynload", false) != NULL, alone = false;
	size_t i;

	if (is_below(path, origins->program))
		return RG_ORIGIN_PROGRAM;
	if (installed(path))
		return RG_ORIGIN_PACKAGE;
	for (i = 0; i < FOLDERS; i++)
		if (is_below(path, origins->folders[i])) {
			standard = true;
			alone |= is_own_folder(origins->folders[i]);
		}
	if (!standard)
		return RG_ORIGIN_PROGRAM;
	return alone || !origins->has_names || is_standard(origins, name) ? RG_ORIGIN_RUNTIME
									  : RG_ORIGIN_PROGRAM;
}

/* The str under @key in the namespace of the module at @module. */
static bool module_text(struct cpy *cpy, uint64_t module, const char *key, char *ret, size_t size)
{
	const struct cpy_type *type = module ? cpy_type_of(cpy, module) : NULL;
	uint64_t value;

	ret[0] = '\0';
	if (!type || !type->is_module)
		return false;
	value = cpy_dict_get(cpy, cpy_get(cpy, module, CPY_HEAD), key);
	return value && cpy_str(cpy, value, ret, size) > 0;
}

/* The folder of the file of the module @name, or "". */
static void folder_of(struct cpy_origins *origins, const char *name, char *ret, size_t size)
{
	const struct entry *entry = find(origins, name, strlen(name), NULL);
	char *slash;

	ret[0] = '\0';
	if (!entry || !module_text(origins->cpy, entry->module, "__file__", ret, size))
		return;
	slash = strrchr(ret, '/');
	*(slash ? slash : ret) = '\0';
}

/* `python -m package` of an installed package: that one is the program. */
static void find_program(struct cpy_origins *origins)
{
	char path[sizeof(origins->program)];
	const struct entry *entry = find(origins, "__main__", 8, NULL);
	const char *rest;
	size_t length;

	if (!entry || !module_text(origins->cpy, entry->module, "__file__", path, sizeof(path)))
		return;
	rest = installed(path);
	if (!rest || !strchr(rest, '/'))
		return;
	length = (size_t)(rest - path) + strcspn(rest, "/");
	memcpy(origins->program, path, length);
	origins->program[length] = '\0';
}

/* ---- modules ------------------------------------------------------------------- */

static enum rg_origin of_entry(struct cpy_origins *origins, struct entry *entry)
{
	char path[1024];

	if (entry->is_known)
		return entry->origin;
	entry->is_known = true;
	entry->origin = RG_ORIGIN_UNKNOWN;
	if (!strcmp(entry->name, "__main__"))
		entry->origin = RG_ORIGIN_PROGRAM;
	else if (module_text(origins->cpy, entry->module, "__file__", path, sizeof(path)))
		entry->origin = of_file(origins, path, entry->name);
	else if (is_standard(origins, entry->name))
		entry->origin = RG_ORIGIN_RUNTIME;
	else if (entry->module && origins->has_names && !strchr(entry->name, '.'))
		/* Made by the program at run time, or built into it by who embeds the runtime. */
		entry->origin = RG_ORIGIN_PROGRAM;
	return entry->origin;
}

/* Of what is called @module or, where nobody knows that, of its parent packages. */
static enum rg_origin of_module(struct cpy_origins *origins, const char *module)
{
	size_t length = strlen(module);
	enum rg_origin origin = RG_ORIGIN_UNKNOWN;

	while (length) {
		struct entry *entry = find(origins, module, length, NULL);

		if (entry)
			origin = of_entry(origins, entry);
		if (origin != RG_ORIGIN_UNKNOWN)
			return origin;
		while (length && module[--length] != '.')
			;
	}
	return RG_ORIGIN_UNKNOWN;
}

struct function_search {
	struct cpy_origins *origins;
	const struct cpy_type *type;
	enum rg_origin origin;
};

/* A class without a module that can be found: its methods know their file. */
static bool look_at_function(void *user, uint64_t key, uint64_t value)
{
	struct function_search *search = user;
	struct cpy *cpy = search->origins->cpy;
	const struct cpy_type *type = cpy_type_of(cpy, value);
	uint64_t code;
	char path[1024];

	(void)key;
	if (!type || !type->row || strcmp(type->row->name, "function"))
		return true;
	code = cpy_function_code(cpy, value);
	if (cpy_str(cpy, cpy_get(cpy, code, cpy_execution_layout(cpy)->code.filename), path,
		    sizeof(path)) <= 0 || path[0] == '<')
		return true;
	search->origin = of_file(search->origins, path, search->type->module);
	/* namedtuple lends its methods to everybody. */
	if (search->origin == RG_ORIGIN_RUNTIME)
		search->origin = RG_ORIGIN_UNKNOWN;
	return search->origin == RG_ORIGIN_UNKNOWN;
}

/* The path of the shared object that @address is mapped from; NULL: none, or the runtime's own. */
static const char *mapped_file(const struct cpy *cpy, uint64_t address)
{
	const struct rg_mapping *mapping = rg_image_mapping_of(cpy->image, address);
	const struct rg_module *file;

	if (!address || !mapping || mapping->module >= cpy->image->module_count)
		return NULL;
	file = &cpy->image->modules[mapping->module];
	return file == cpy->module ? NULL : file->path;
}

/* A heap type made in C: of the file that has its functions. */
static enum rg_origin of_functions(const struct cpy_origins *origins, const struct cpy_type *type)
{
	static const uint16_t slots[] = { 48, 184, 88 }; /* tp_dealloc, tp_traverse, tp_repr */
	const char *path = NULL;
	size_t i;

	for (i = 0; i < sizeof(slots) / sizeof(slots[0]) && !path; i++)
		path = mapped_file(origins->cpy,
				   cpy_get(origins->cpy, type->address, slots[i]));
	return path ? of_file(origins, path, type->module) : RG_ORIGIN_UNKNOWN;
}

/* A static type: of the file it is mapped from. */
static enum rg_origin of_static(struct cpy_origins *origins, const struct cpy_type *type)
{
	enum rg_origin origin = RG_ORIGIN_UNKNOWN;
	const char *path;

	if (type->flags & CPY_TPFLAG_STATIC_BUILTIN && origins->cpy->minor >= 12)
		return RG_ORIGIN_RUNTIME;
	path = mapped_file(origins->cpy, type->address);
	if (path)
		return of_file(origins, path, type->module);
	/* Zero until it ran, so of no file; or of a program that embeds the runtime. */
	if (strcmp(type->module, "builtins") != 0)
		origin = of_module(origins, type->module);
	return origin != RG_ORIGIN_UNKNOWN ? origin : RG_ORIGIN_RUNTIME;
}

enum rg_origin cpy_origin(struct cpy_origins *origins, const struct cpy_type *type)
{
	struct function_search search = { origins, type, RG_ORIGIN_UNKNOWN };
	struct cpy *cpy = origins->cpy;
	enum rg_origin origin;
	char name[512];

	if (!type->is_heap)
		return of_static(origins, type);
	/* Made in C for a module that it knows itself. */
	if (!type->is_python &&
	    module_text(cpy, cpy_get(cpy, type->address, cpy->layout.heap_type.module),
			"__name__", name, sizeof(name))) {
		origin = of_module(origins, name);
		if (origin != RG_ORIGIN_UNKNOWN)
			return origin;
	}
	if (!type->is_python) {
		origin = of_functions(origins, type);
		if (origin != RG_ORIGIN_UNKNOWN)
			return origin;
	}
	/* A class from exec() without a name in its namespace says builtins, and lies. */
	if (!type->is_python || strcmp(type->module, "builtins")) {
		origin = of_module(origins, type->module);
		if (origin != RG_ORIGIN_UNKNOWN)
			return origin;
	}
	if (type->is_python)
		(void)cpy_dict_each(cpy, type->dict, look_at_function, &search);
	return search.origin;
}

rg_error *cpy_origins_new(struct cpy *cpy, struct cpy_origins **ret)
{
	struct cpy_origins *origins = rg_calloc(1, sizeof(*origins));
	uint64_t at, names;
	size_t i;

	if (!origins)
		return rg_error_no_memory();
	origins->cpy = cpy;
	for (i = 0; i < cpy->interpreter_count && !origins->failed; i++) {
		at = cpy->interpreters[i].address;
		(void)cpy_dict_each(cpy, cpy_word(cpy, at + cpy->layout.interpreter.modules),
				    add_module, origins);
	}
	at = cpy->interpreters[0].address;
	names = cpy_dict_get(cpy, cpy_word(cpy, at + cpy->layout.interpreter.sysdict),
			     "stdlib_module_names");
	if (names && !origins->failed)
		add_names(origins, names);
	if (!names && cpy->minor <= 9 && !origins->failed) {
		names = cpy_dict_get(cpy, cpy_word(cpy, at + cpy->layout.interpreter.sysdict),
				     "builtin_module_names");
		if (names)
			add_builtin(origins, names);
	}
	if (origins->failed) {
		cpy_origins_free(origins);
		return rg_error_no_memory();
	}
	/* Where `os` lies; a program that hides it may still have another of its first modules. */
	folder_of(origins, "os", origins->folders[0], sizeof(origins->folders[0]));
	folder_of(origins, "codecs", origins->folders[1], sizeof(origins->folders[1]));
	find_program(origins);
	*ret = origins;
	return NULL;
}

void cpy_origins_free(struct cpy_origins *origins)
{
	if (!origins)
		return;
	rg_map_free(&origins->index);
	rg_vector_free(&origins->entries);
	rg_free(origins);
}
