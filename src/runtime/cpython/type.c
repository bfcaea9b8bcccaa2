/* SPDX-License-Identifier: MIT */
/*
 * A type's address becomes a struct cpy_type: checked, named as the interpreter
 * names it, with the row of the struct tables that tells how its instances look.
 */
#include <stdio.h>

#include "runtime/cpython/private.h"

#define BASES_MAX 4096
#define METATYPES_MAX 64
#define SLOTS_MAX 4096
#define MEMBER_SIZE 40
#define MEMBER_FLAGS 24
#define MEMBER_AFTER_ITEMS 16 /* 3.15 and later */
#define MEMBER_OBJECT 6
#define MEMBER_OBJECT_EX 16
#define REJECTED UINT32_MAX

/* The flags that promise an embedded built-in struct: checked by bit all over the interpreter. */
#define FAMILIES                                                                                   \
	(CPY_TPFLAG_LONG | CPY_TPFLAG_LIST | CPY_TPFLAG_TUPLE | CPY_TPFLAG_BYTES |                 \
	 CPY_TPFLAG_UNICODE | CPY_TPFLAG_DICT | CPY_TPFLAG_EXCEPTION | CPY_TPFLAG_TYPE)

void *cpy_keep(struct cpy *cpy, size_t size)
{
	void *block = rg_calloc(1, size);

	if (!block || !rg_vector_push(&cpy->private->blocks, block)) {
		rg_free(block);
		cpy->private->failed = true;
		return NULL;
	}
	return block;
}

const char *cpy_keep_string(struct cpy *cpy, const char *string)
{
	size_t size = strlen(string) + 1;
	char *copy = cpy_keep(cpy, size);

	if (copy)
		memcpy(copy, string, size);
	return copy;
}

/* Whether a type stands at @address: its chain of metatypes ends at `type`. */
static bool is_type(const struct cpy *cpy, uint64_t address)
{
	uint64_t at = address;
	unsigned i;

	for (i = 0; i < METATYPES_MAX; i++) {
		const unsigned char *bytes;

		if (!at || at & 7)
			return false;
		bytes = rg_image_at(cpy->image, cpy_body(cpy, at), cpy->layout.str.type_size);
		if (!bytes)
			return false;
		if (at != address && !(cpy_load64(bytes + 168) & CPY_TPFLAG_TYPE))
			return false;
		if (at == cpy->type_type)
			return true;
		at = cpy_load64(bytes + CPY_TYPE);
	}
	return false;
}

/* ---- names ------------------------------------------------------------------ */

/* Symbols of static types whose tp_name the dump lacks. */
static const char *symbol_name(struct cpy *cpy, uint64_t address)
{
	static const struct {
		const char *symbol, *name;
	} known[] = {
		{ "PyBaseObject_Type", "object" },
		{ "PyBool_Type", "bool" },
		{ "PyByteArray_Type", "bytearray" },
		{ "PyBytes_Type", "bytes" },
		{ "PyCFunction_Type", "builtin_function_or_method" },
		{ "PyCapsule_Type", "PyCapsule" },
		{ "PyCell_Type", "cell" },
		{ "PyClassMethodDescr_Type", "classmethod_descriptor" },
		{ "PyClassMethod_Type", "classmethod" },
		{ "PyCode_Type", "code" },
		{ "PyComplex_Type", "complex" },
		{ "PyContextToken_Type", "_contextvars.Token" },
		{ "PyContextVar_Type", "_contextvars.ContextVar" },
		{ "PyContext_Type", "_contextvars.Context" },
		{ "PyCoro_Type", "coroutine" },
		{ "PyDictItems_Type", "dict_items" },
		{ "PyDictIterItem_Type", "dict_itemiterator" },
		{ "PyDictIterKey_Type", "dict_keyiterator" },
		{ "PyDictIterValue_Type", "dict_valueiterator" },
		{ "PyDictKeys_Type", "dict_keys" },
		{ "PyDictProxy_Type", "mappingproxy" },
		{ "PyDictValues_Type", "dict_values" },
		{ "PyDict_Type", "dict" },
		{ "PyEllipsis_Type", "ellipsis" },
		{ "PyEnum_Type", "enumerate" },
		{ "PyFilter_Type", "filter" },
		{ "PyFloat_Type", "float" },
		{ "PyFrame_Type", "frame" },
		{ "PyFrozenSet_Type", "frozenset" },
		{ "PyFunction_Type", "function" },
		{ "PyGen_Type", "generator" },
		{ "PyGetSetDescr_Type", "getset_descriptor" },
		{ "PyListIter_Type", "list_iterator" },
		{ "PyList_Type", "list" },
		{ "PyLong_Type", "int" },
		{ "PyMap_Type", "map" },
		{ "PyMemberDescr_Type", "member_descriptor" },
		{ "PyMemoryView_Type", "memoryview" },
		{ "PyMethodDescr_Type", "method_descriptor" },
		{ "PyMethod_Type", "method" },
		{ "PyModuleDef_Type", "moduledef" },
		{ "PyModule_Type", "module" },
		{ "PyODict_Type", "collections.OrderedDict" },
		{ "PyProperty_Type", "property" },
		{ "PyRange_Type", "range" },
		{ "PyReversed_Type", "reversed" },
		{ "PySet_Type", "set" },
		{ "PySlice_Type", "slice" },
		{ "PyStaticMethod_Type", "staticmethod" },
		{ "PySuper_Type", "super" },
		{ "PyTraceBack_Type", "traceback" },
		{ "PyTuple_Type", "tuple" },
		{ "PyType_Type", "type" },
		{ "PyUnicode_Type", "str" },
		{ "PyWrapperDescr_Type", "wrapper_descriptor" },
		{ "PyZip_Type", "zip" },
		{ "_PyNone_Type", "NoneType" },
		{ "_PyNotImplemented_Type", "NotImplementedType" },
		{ "_PyWeakref_CallableProxyType", "weakref.CallableProxyType" },
		{ "_PyWeakref_ProxyType", "weakref.ProxyType" },
		{ "_PyWeakref_RefType", "weakref.ReferenceType" },
	};
	const char *symbol = rg_image_symbol_at(cpy->image, address);
	size_t i;

	for (i = 0; symbol && i < sizeof(known) / sizeof(known[0]); i++)
		if (!strcmp(known[i].symbol, symbol))
			return known[i].name;
	return NULL;
}

/* What a type is called itself that modules know by another name. */
static const char *own_name(const char *found)
{
	static const struct {
		const char *found, *own;
	} aliases[] = {
		{ "types.AsyncGeneratorType", "async_generator" },
		{ "types.BuiltinFunctionType", "builtin_function_or_method" },
		{ "types.CellType", "cell" },
		{ "types.ClassMethodDescriptorType", "classmethod_descriptor" },
		{ "types.CodeType", "code" },
		{ "types.CoroutineType", "coroutine" },
		{ "types.EllipsisType", "ellipsis" },
		{ "types.FrameType", "frame" },
		{ "types.FunctionType", "function" },
		{ "types.GeneratorType", "generator" },
		{ "types.GetSetDescriptorType", "getset_descriptor" },
		{ "types.MappingProxyType", "mappingproxy" },
		{ "types.MemberDescriptorType", "member_descriptor" },
		{ "types.MethodDescriptorType", "method_descriptor" },
		{ "types.MethodType", "method" },
		{ "types.MethodWrapperType", "method-wrapper" },
		{ "types.ModuleType", "module" },
		{ "types.NoneType", "NoneType" },
		{ "types.NotImplementedType", "NotImplementedType" },
		{ "types.TracebackType", "traceback" },
		{ "types.WrapperDescriptorType", "wrapper_descriptor" },
		{ "_collections.OrderedDict", "collections.OrderedDict" },
		{ "_collections.defaultdict", "collections.defaultdict" },
		{ "_collections.deque", "collections.deque" },
		{ "_weakref.CallableProxyType", "weakref.CallableProxyType" },
		{ "_weakref.ProxyType", "weakref.ProxyType" },
		{ "_weakref.ReferenceType", "weakref.ReferenceType" },
	};
	size_t i;

	for (i = 0; i < sizeof(aliases) / sizeof(aliases[0]); i++)
		if (!strcmp(aliases[i].found, found))
			return aliases[i].own;
	return NULL;
}

/* Which of two names for one type is the better: built-in, then its own, then the shorter. */
static bool is_better(const char *name, const char *before)
{
	if (!strchr(before, '.') || own_name(before))
		return false;
	return !strchr(name, '.') || own_name(name) || strlen(name) < strlen(before);
}

struct naming {
	struct cpy *cpy;
	char module[128]; /* "" for builtins */
};

/* The value of a module's name: a name for it, if it is a type that has none yet. */
static bool name_value(void *user, uint64_t key, uint64_t value)
{
	struct naming *naming = user;
	struct cpy *cpy = naming->cpy;
	struct cpy_private *private = cpy->private;
	char name[256], word[128];
	const uint32_t *known;
	char *copy;

	if (!is_type(cpy, value) || cpy_is_heap_type(cpy, value) ||
	    cpy_str(cpy, key, word, sizeof(word)) <= 0)
		return true;
	snprintf(name, sizeof(name), "%s%s%s", naming->module, naming->module[0] ? "." : "", word);
	known = rg_map_find(&private->found_names, value);
	if (known && !is_better(name, private->found.data[*known]))
		return true;
	copy = rg_strdup(name);
	if (!copy || !rg_vector_push(&private->found, copy)) {
		rg_free(copy);
		private->failed = true;
		return false;
	}
	if (!rg_map_put(&private->found_names, value, (uint32_t)private->found.count - 1))
		private->failed = true;
	return true;
}

static bool name_module(void *user, uint64_t key, uint64_t value)
{
	struct naming *naming = user;
	uint64_t dict;

	if (!cpy_read_field(naming->cpy, value, CPY_HEAD, &dict) ||
	    cpy_str(naming->cpy, key, naming->module, sizeof(naming->module)) < 0)
		return true;
	if (!strcmp(naming->module, "builtins"))
		naming->module[0] = '\0';
	/* All that io has of static types is _io's, and called so. */
	else if (!strcmp(naming->module, "io"))
		snprintf(naming->module, sizeof(naming->module), "_io");
	(void)cpy_dict_each(naming->cpy, dict, name_value, naming);
	return true;
}

/* Names of static types by the modules that hold them: only where nothing else tells. */
static const char *found_name(struct cpy *cpy, uint64_t address)
{
	struct cpy_private *private = cpy->private;
	struct naming naming = { .cpy = cpy };
	uint64_t at = cpy->interpreters[0].address;
	const uint32_t *index;
	const char *own;

	if (!private->found_built) {
		private->found_built = true;
		(void)cpy_dict_each(cpy, cpy_word(cpy, at + cpy->layout.interpreter.builtins),
				    name_value, &naming);
		(void)cpy_dict_each(cpy, cpy_word(cpy, at + cpy->layout.interpreter.modules),
				    name_module, &naming);
	}
	index = rg_map_find(&private->found_names, address);
	if (!index)
		return NULL;
	own = own_name(private->found.data[*index]);
	return own ? own : private->found.data[*index];
}

/* tp_name, from wherever it can be had; "" when it cannot. */
static void read_tp_name(struct cpy *cpy, uint64_t address, char *ret, size_t size)
{
	const char *name;

	if (rg_image_string(cpy->image, cpy_get(cpy, address, 24), ret, size) && ret[0])
		return;
	name = symbol_name(cpy, address);
	if (!name)
		name = found_name(cpy, address);
	snprintf(ret, size, "%s", name ? name : "");
}

/* Names come from the target and go to terminals and JSON: control characters do not. */
static void tame(char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			*text = '?';
}

struct key_search {
	const struct cpy *cpy;
	bool whole;
};

static bool look_at_key(void *user, uint64_t key, uint64_t value)
{
	struct key_search *search = user;

	(void)value;
	search->whole = cpy_head_at(search->cpy, key) != NULL;
	return search->whole;
}

/* Whether the dump has all keys of the dict at @dict. */
static bool keys_are_whole(struct cpy *cpy, uint64_t dict)
{
	struct key_search search = { cpy, true };

	return cpy_dict_each(cpy, dict, look_at_key, &search) && search.whole;
}

static void read_names(struct cpy *cpy, struct cpy_type *type, const char *tp_name)
{
	const char *dot = strrchr(tp_name, '.'), *last = dot ? dot + 1 : tp_name;
	char qualname[512] = "", name[256] = "", module[256] = "", full[800];
	bool named = *last, lost;

	if (type->is_heap) {
		uint64_t at = type->address;
		uint64_t value = cpy_dict_get(cpy, type->dict, "__module__");

		/* A class may be called "" after all. */
		named |= cpy_str(cpy, cpy_get(cpy, at, cpy->layout.heap_type.qualname), qualname,
				 sizeof(qualname)) >= 0;
		(void)cpy_str(cpy, cpy_get(cpy, at, cpy->layout.heap_type.name), name,
			      sizeof(name));
		if (value)
			(void)cpy_str(cpy, value, module, sizeof(module));
		/* Where the dump lacks what tells them, a bare name would be another type's. */
		/* Without the dict, or a key of it, nobody knows that there is none. */
		lost = value ? !rg_image_at(cpy->image, cpy_body(cpy, value),
					    cpy->layout.str.ascii_header)
			     : !keys_are_whole(cpy, type->dict);
		if ((lost || !cpy->image->complete) && (!module[0] || !qualname[0]) && named)
			snprintf(module, sizeof(module), "?");
		if (!qualname[0])
			snprintf(qualname, sizeof(qualname), "%s", name[0] ? name : last);
		if (!name[0])
			snprintf(name, sizeof(name), "%s", last);
	} else {
		snprintf(qualname, sizeof(qualname), "%s", last);
		snprintf(name, sizeof(name), "%s", last);
		if (dot)
			snprintf(module, sizeof(module), "%.*s", (int)(dot - tp_name), tp_name);
		else
			snprintf(module, sizeof(module), "builtins");
	}
	if (!named && !qualname[0]) {
		cpy->private->unnamed++;
		cpy_undecoded(cpy, type->address);
		snprintf(qualname, sizeof(qualname), "type@0x%llx",
			 (unsigned long long)type->address);
		snprintf(name, sizeof(name), "%.255s", qualname);
		module[0] = '\0';
	}
	if (!module[0] || !strcmp(module, "builtins"))
		snprintf(full, sizeof(full), "%s", qualname);
	else
		snprintf(full, sizeof(full), "%s.%s", module, qualname);
	tame(full);
	tame(name);
	tame(module);
	type->name = cpy_keep_string(cpy, full);
	type->short_name = cpy_keep_string(cpy, name);
	type->module = cpy_keep_string(cpy, module);
}

/* ---- slots -------------------------------------------------------------------- */

/* The members that hold objects: behind a heap type, or in a static type's table. */
static void read_slots(struct cpy *cpy, struct cpy_type *type, const struct cpy_type *base,
		       uint64_t metatype_basicsize)
{
	uint64_t at, count, i;
	uint32_t inherited = 0, used = 0;
	struct cpy_slot *slots;

	/* A C type with a row says all of itself there. */
	if (!type->is_python && !type->is_opaque)
		return;
	if (base && (type->is_python || base->is_opaque || base->is_python)) {
		type->slots = base->slots;
		type->slot_count = inherited = base->slot_count;
	}
	if (type->is_heap) {
		at = type->address + metatype_basicsize;
		count = cpy_get(cpy, type->address, CPY_HEAD);
	} else {
		at = cpy_get(cpy, type->address, 240);
		count = at ? SLOTS_MAX : 0;
	}
	if (count > SLOTS_MAX || (count && !rg_image_at(cpy->image, at, MEMBER_SIZE)))
		return;
	for (i = 0; i < count; i++)
		if (!cpy_word(cpy, at + MEMBER_SIZE * i))
			break;
	count = i;
	if (!count)
		return;
	slots = cpy_keep(cpy, sizeof(*slots) * (inherited + count));
	if (!slots)
		return;
	if (inherited)
		memcpy(slots, type->slots, sizeof(*slots) * inherited);
	for (i = 0; i < count; i++) {
		uint64_t member = at + MEMBER_SIZE * i;
		uint32_t kind = cpy_word32(cpy, member + 8);
		uint64_t offset = cpy_word(cpy, member + 16) - cpy->shift;
		bool is_after = cpy->minor > 14 && cpy_word32(cpy, member + MEMBER_FLAGS) &
							   MEMBER_AFTER_ITEMS;
		uint32_t j;

		if ((kind != MEMBER_OBJECT && kind != MEMBER_OBJECT_EX) || offset < CPY_HEAD ||
		    offset & 7 || offset > type->basicsize - 8)
			continue;
		/* One reference a word, even when two members name it. */
		for (j = 0; j < inherited + used; j++)
			if (slots[j].offset == offset)
				break;
		if (j < inherited + used)
			continue;
		slots[inherited + used].offset = (uint32_t)offset;
		slots[inherited + used].itemsize = is_after ? (uint32_t)type->itemsize : 0;
		slots[inherited + used].name = cpy_word(cpy, member);
		used++;
	}
	type->slots = slots;
	type->slot_count = inherited + used;
}

/* ---- layout --------------------------------------------------------------------- */

/* Puts @row and the rows it embeds into @type, innermost first. */
static void set_rows(struct cpy *cpy, struct cpy_type *type, const struct cpy_struct *row)
{
	const struct cpy_struct *chain[CPY_ROW_DEPTH];
	uint32_t count = 0;

	for (type->row = row; row && count < CPY_ROW_DEPTH;
	     row = row->base ? cpy_struct_find(cpy, row->base, 0) : NULL)
		chain[count++] = row;
	type->row_count = count;
	while (count--)
		type->rows[type->row_count - 1 - count] = chain[count];
}

static void copy_rows(struct cpy_type *type, const struct cpy_type *base)
{
	type->row = base->row;
	type->row_count = base->row_count;
	memcpy(type->rows, base->rows, sizeof(type->rows));
}

/* A struct sequence's items, of which its length counts only the visible ones. */
static uint32_t sequence_items(struct cpy *cpy, const struct cpy_type *type)
{
	uint64_t value = cpy_dict_get(cpy, type->dict, "n_fields");
	int64_t count;

	if (!value || !cpy_dict_get(cpy, type->dict, "n_sequence_fields") ||
	    !cpy_long(cpy, value, &count) || count < 0 || count > 1024)
		return 0;
	return (uint32_t)count;
}

/*
 * Whether all that @type has more than @base is a dict and a list of weak
 * references: 8 bytes each, which every walk reads by their offsets.
 */
static bool adds_only_dict(const struct cpy_type *type, const struct cpy_type *base)
{
	uint64_t extra = type->basicsize - base->basicsize;

	if (type->dictoffset >= (int64_t)base->basicsize &&
	    type->dictoffset < (int64_t)type->basicsize)
		extra -= 8;
	if (type->weaklistoffset >= base->basicsize && type->weaklistoffset < type->basicsize)
		extra -= 8;
	return !extra;
}

/*
 * Whether an instance of @type, whose layout is not known, begins with all that one of
 * @base has.  All do that are made by the rules; some of _io's put their own fields where
 * a base has others, but these are known.
 */
static bool embeds_base(const struct cpy_type *type, const struct cpy_type *base)
{
	if (base->basicsize > type->basicsize || !base->row_count)
		return false;
	return (type->flags & FAMILIES && base->flags & FAMILIES) ||
	       strncmp(base->row->name, "_io.", 4) != 0;
}

static void read_layout(struct cpy *cpy, struct cpy_type *type, struct cpy_type *base,
			const char *tp_name)
{
	const struct cpy_struct *row;

	if (type->is_python && base) {
		copy_rows(type, base);
		type->solid = base->solid;
		type->solid_type = base->solid_type;
		type->is_opaque = base->is_opaque;
		type->scan_from = base->scan_from;
		type->scan_to = base->scan_to;
		type->hidden_items = base->hidden_items;
		return;
	}
	type->solid = type->address;
	type->solid_type = type;
	row = cpy_struct_find(cpy, tp_name, type->basicsize);
	if (row) {
		set_rows(cpy, type, row);
	} else if (base && !base->is_opaque && base->basicsize <= type->basicsize &&
		   base->itemsize == type->itemsize &&
		   (adds_only_dict(type, base) || sequence_items(cpy, type))) {
		/* From 3.13 on the hidden items of a struct sequence are in its basicsize. */
		copy_rows(type, base);
	} else {
		type->is_opaque = true;
		type->scan_from = CPY_HEAD;
		type->scan_to = (uint32_t)type->basicsize;
		if (base && embeds_base(type, base)) {
			copy_rows(type, base);
			type->scan_from = base->is_opaque ? base->scan_from
							  : (uint32_t)base->basicsize;
		}
	}
	if (type->flags & CPY_TPFLAG_TUPLE && base && !type->is_opaque)
		type->hidden_items = sequence_items(cpy, type);
}

uint64_t cpy_static_field(const struct cpy *cpy, const struct cpy_interpreter *interpreter,
			  uint64_t type, bool subclasses)
{
	const struct cpy_layout *layout = &cpy->layout;
	uint64_t index = cpy_get(cpy, type, 360);
	uint64_t entry;

	if (layout->interpreter.static_types_count && index &&
	    index <= layout->interpreter.static_types_count) {
		uint32_t field = subclasses ? layout->interpreter.static_type_subclasses
					    : layout->interpreter.static_type_dict;
		uint64_t offset = (index - 1) * layout->interpreter.static_types_stride;

		entry = interpreter->address + layout->interpreter.static_types + offset;
		if (cpy_word(cpy, entry) == type)
			return cpy_word(cpy, entry + field);
		entry = interpreter->address + layout->interpreter.extension_types + offset;
		if (index <= layout->interpreter.extension_types_count &&
		    cpy_word(cpy, entry) == type)
			return cpy_word(cpy, entry + field);
		return 0;
	}
	/* Statics of extensions keep their state in themselves. */
	if (interpreter != cpy->interpreters)
		return 0;
	return subclasses ? index : cpy_get(cpy, type, 264);
}

/* Whether tp_name is the text of ht_name: so only a class statement makes it. */
static bool made_by_python(const struct cpy *cpy, uint64_t address)
{
	uint64_t tp_name = cpy_get(cpy, address, 24);
	uint64_t name = cpy_get(cpy, address, cpy->layout.heap_type.name);
	const unsigned char *at = rg_image_at(cpy->image, cpy_body(cpy, name),
					      cpy->layout.str.ascii_header);

	if (!at || !tp_name)
		return false;
	if ((cpy_str_state(cpy, at) & 0x60) == 0x60)
		return tp_name == cpy_body(cpy, name) + cpy->layout.str.ascii_header;
	return tp_name == cpy_get(cpy, name, cpy->layout.str.utf8) ||
	       tp_name == cpy_get(cpy, name, cpy->layout.str.data);
}

/*
 * What no program made: what stands in a type's namespace for a C function or
 * field, and what the import system notes of a module (its spec and loader).
 */
static bool is_routine(const struct cpy_type *type)
{
	static const char *const rows[] = {
		"getset_descriptor", "member_descriptor", "method_descriptor",
		"classmethod_descriptor", "wrapper_descriptor",
	};

	for (size_t i = 0; type->row && i < sizeof(rows) / sizeof(rows[0]); i++)
		if (!strcmp(type->row->name, rows[i]))
			return true;
	return type->is_python && type->module &&
	       !strncmp(type->module, "_frozen_importlib", strlen("_frozen_importlib"));
}

/* Reads the type at @address, known to be one, whose base has been read. */
static struct cpy_type *read_type(struct cpy *cpy, uint64_t address, struct cpy_type *base)
{
	struct cpy_type *type = cpy_keep(cpy, sizeof(*type));
	char tp_name[256];

	if (!type)
		return NULL;
	type->address = address;
	type->id = RG_NONE;
	type->metatype = cpy_type_word(cpy, address);
	type->basicsize = cpy_get(cpy, address, 32) - cpy->shift;
	type->itemsize = cpy_get(cpy, address, 40);
	type->flags = cpy_get(cpy, address, 168);
	type->weaklistoffset = cpy_get(cpy, address, 208);
	if ((int64_t)type->weaklistoffset > 0)
		type->weaklistoffset -= cpy->shift;
	type->base = cpy_get(cpy, address, 256);
	type->dictoffset = (int64_t)cpy_get(cpy, address, 288);
	if (type->dictoffset > 0)
		type->dictoffset -= cpy->shift;
	if (type->basicsize < CPY_HEAD || type->basicsize > 1 << 24 || type->itemsize > 1 << 24)
		return NULL;
	/* Bits that mean something only in later releases. */
	if (cpy->minor <= 10)
		type->flags &= ~(CPY_TPFLAG_STATIC_BUILTIN | CPY_TPFLAG_INLINE_VALUES |
				 CPY_TPFLAG_MANAGED_WEAKREF | CPY_TPFLAG_MANAGED_DICT |
				 CPY_TPFLAG_ITEMS_AT_END);
	type->is_gc = type->flags & CPY_TPFLAG_HAVE_GC;
	type->is_heap = type->flags & CPY_TPFLAG_HEAPTYPE;
	type->is_type = type->flags & CPY_TPFLAG_TYPE;
	type->prefix = type->is_gc && !cpy->layout.free_threaded ? 16 : 0;
	if (cpy->minor <= 11 ? type->flags & CPY_TPFLAG_MANAGED_DICT
			     : type->flags & (CPY_TPFLAG_MANAGED_DICT | CPY_TPFLAG_MANAGED_WEAKREF))
		type->prefix += 16;
	if (type->is_heap) {
		type->is_python = base && made_by_python(cpy, address);
		type->cached_keys = cpy_get(cpy, address, cpy->layout.heap_type.cached_keys);
		type->dict = cpy_get(cpy, address, 264);
	} else {
		type->dict = cpy_static_field(cpy, cpy->interpreters, address, false);
	}
	/* Types made in C show theirs from 3.9 on. */
	type->hides_type = cpy->minor <= 8 && type->is_heap && !type->is_python;
	read_tp_name(cpy, address, tp_name, sizeof(tp_name));
	read_layout(cpy, type, base, tp_name);
	read_names(cpy, type, tp_name);
	read_slots(cpy, type, base, cpy_get(cpy, type->metatype, 32));
	type->is_leaf = !type->is_heap && !type->is_opaque && !type->slot_count &&
			!type->dictoffset && (!type->row || (!type->row->walk &&
							     !type->row->fields)) &&
			type->row_count <= 1;
	type->keeps_memory = cpy_keeps_memory(type);
	type->is_dict = type->row && !strcmp(type->row->name, "dict");
	type->is_module = type->row && !strcmp(type->row->name, "module");
	type->is_routine = is_routine(type);
	type->fixed = cpy_fixed_of(type);
	if (!type->name || !type->short_name || !type->module)
		return NULL;
	type->own_role = cpy_own_role(type);
	return type;
}

static struct cpy_type *known(const struct cpy *cpy, uint64_t address, bool *ret_rejected)
{
	const uint32_t *index = rg_map_find(&cpy->type_index, address);

	*ret_rejected = index && *index == REJECTED;
	return index && *index != REJECTED ? cpy->types[*index - 1] : NULL;
}

static bool remember(struct cpy *cpy, uint64_t address, struct cpy_type *type)
{
	if (type) {
		if (cpy->type_count == cpy->type_capacity &&
		    !rg_vector_grow(&cpy->types, &cpy->type_capacity, cpy->type_count,
				    sizeof(*cpy->types)))
			return false;
		cpy->types[cpy->type_count++] = type;
	}
	return rg_map_put(&cpy->type_index, address, type ? (uint32_t)cpy->type_count : REJECTED);
}

/* Reads @address and those of its bases that are not known yet, from the base down. */
static struct cpy_type *read_chain(struct cpy *cpy, uint64_t address)
{
	RG_VECTOR(uint64_t) chain = { 0 };
	struct cpy_type *type = NULL;
	bool rejected = false, fits = true;
	uint64_t at;
	size_t i;

	for (at = address; at && fits; at = cpy_get(cpy, at, 256)) {
		type = known(cpy, at, &rejected);
		if (type)
			break;
		fits = !rejected && chain.count < BASES_MAX && is_type(cpy, at);
		if (fits && !rg_vector_push(&chain, at)) {
			cpy->private->failed = true;
			fits = false;
		}
	}
	if (!fits)
		type = NULL;
	for (i = chain.count; fits && i--;) {
		type = read_type(cpy, chain.data[i], type);
		fits = type && remember(cpy, chain.data[i], type);
	}
	rg_vector_free(&chain);
	if (fits)
		return type;
	if (!remember(cpy, address, NULL))
		cpy->private->failed = true;
	return NULL;
}

const struct cpy_type *cpy_type_slow(struct cpy *cpy, uint64_t address)
{
	struct cpy_type_slot *slot = cpy_type_slot(cpy, address);
	struct cpy_type *type;
	bool rejected;

	if (!address || address & 7)
		return NULL;
	type = known(cpy, address, &rejected);
	/* Every type that an object can have is known when all objects are. */
	if (cpy->private->sealed)
		return type;
	if (!type && !rejected) {
		/* What is not even readable is not worth remembering. */
		if (!rg_image_at(cpy->image, cpy_body(cpy, address), cpy->layout.str.type_size))
			return NULL;
		type = read_chain(cpy, address);
	}
	slot->address = address;
	slot->type = type;
	return type;
}

const struct cpy_type *cpy_type_at(struct cpy *cpy, uint64_t address)
{
	return cpy_type_fast(cpy, address);
}

const struct cpy_type *cpy_type_of(struct cpy *cpy, uint64_t object)
{
	const unsigned char *at;

	if (!object || object & 7)
		return NULL;
	at = cpy_head_at(cpy, object);
	if (!at || !cpy_head_lives(cpy, at))
		return NULL;
	return cpy_type_fast(cpy, cpy_head_type(cpy, at));
}

bool cpy_type_is(struct cpy *cpy, const struct cpy_type *type, uint64_t base)
{
	unsigned i;

	for (i = 0; type && i < BASES_MAX; i++) {
		if (type->address == base)
			return true;
		type = cpy_type_at(cpy, type->base);
	}
	return false;
}

/* A Python __del__ anywhere in the order of resolution. */
void cpy_type_finish(struct cpy *cpy, struct cpy_type *type)
{
	uint64_t mro = cpy_get(cpy, type->address, 344), count, i;

	if (!type->is_heap || !mro)
		return;
	count = cpy_get(cpy, mro, CPY_HEAD);
	for (i = 0; i < count && i < BASES_MAX; i++) {
		const struct cpy_type *entry =
			cpy_type_at(cpy, cpy_get(cpy, mro, cpy->layout.tuple.items + 8 * i));

		if (entry && entry->is_python && cpy_dict_get(cpy, entry->dict, "__del__")) {
			type->has_finalizer = true;
			return;
		}
	}
}
