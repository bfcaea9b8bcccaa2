/* SPDX-License-Identifier: MIT */
/*
 * References as Python: what, behind an expression for the source, evaluates to
 * the target, or nothing.  Nothing is said unless the way of CPython's attribute
 * and item lookups through the dumped types leads to that very object.
 *
 * What attribute lookup does (Objects/object.c, typeobject.c, moduleobject.c of
 * 3.8 to 3.15): a data descriptor of the type comes first, then the instance's
 * dict, then what else the type has.  A class that brings its own
 * __getattribute__ or __getitem__ may do anything.
 */
#include <stdio.h>

#include "runtime/cpython/code.h"
#include "runtime/cpython/execution_layout.h"

#define DESCR_GET 272 /* tp_descr_get, in all versions read */
#define DESCR_SET 280
#define TYPE_MRO 344
#define TYPE_GETATTRO 144
#define MEMBER_DEFINITION 40 /* d_member of a member_descriptor */
#define MEMBER_TYPE 8        /* within PyMemberDef */
#define MEMBER_OFFSET 16
#define MEMBER_OBJECT 6
#define MEMBER_OBJECT_EX 16
#define MOST_BASES 256
#define LONGEST_NAME 256
#define GETATTRIBUTE "__getattribute__"

/* What looking a name up in a type and its bases finds; a member's offset stands above. */
enum found {
	FOUND_NOTHING,
	FOUND_PLAIN,  /* what an instance's own attribute hides */
	FOUND_DATA,   /* a data descriptor: it decides */
	FOUND_MEMBER, /* one that reads the word at an offset */
	FOUND_GETTER, /* one that is known to hand out the field of its name */
};
#define FOUND_BITS 3

/* How a type looks up attributes or items, as far as it is known. */
enum access {
	ACCESS_UNKNOWN,
	ACCESS_OBJECT,
	ACCESS_METHOD, /* as object, but the function's attributes show through */
	ACCESS_TYPE,
	ACCESS_SEQUENCE,
	ACCESS_DICT,
};

/* What facts are remembered about. */
enum topic {
	TOPIC_ATTRIBUTE, /* as enum found */
	TOPIC_ACCESS,    /* as enum access */
	TOPIC_DICT,      /* shows_dict() */
};

/* Getters that hand out the field which our tables name like them. */
static const struct {
	const char *type, *name;
} getters[] = {
	{ "object", "__class__" },
	{ "function", "__code__" },
	{ "function", "__defaults__" },
	{ "function", "__kwdefaults__" },
	{ "function", "__name__" },
	{ "function", "__qualname__" },
	{ "function", "__type_params__" },
	{ "cell", "cell_contents" },
	{ "builtin_function_or_method", "__self__" },
	{ "frame", "f_back" },
	{ "frame", "f_trace" },
	{ "traceback", "tb_next" },
	{ "generator", "__name__" },
	{ "generator", "__qualname__" },
	{ "generator", "gi_code" },
	{ "coroutine", "__name__" },
	{ "coroutine", "__qualname__" },
	{ "coroutine", "cr_code" },
	{ "async_generator", "__name__" },
	{ "async_generator", "__qualname__" },
	{ "async_generator", "ag_code" },
	{ "BaseException", "args" },
	{ "BaseException", "__traceback__" },
	{ "BaseException", "__context__" },
	{ "BaseException", "__cause__" },
	{ "wrapper_descriptor", "__qualname__" },
	{ "method_descriptor", "__qualname__" },
	{ "classmethod_descriptor", "__qualname__" },
	{ "member_descriptor", "__qualname__" },
	{ "getset_descriptor", "__qualname__" },
	{ "weakref.ReferenceType", "__callback__" },
	{ "type", "__mro__" },
	{ "type", "__bases__" },
	{ "code", "co_code" },
};

/* Where generators and their kin keep their variables, by the name of the C type. */
static const struct {
	const char *type, *way;
} variables[] = {
	{ "frame", ".f_locals" },
	{ "generator", ".gi_frame.f_locals" },
	{ "coroutine", ".cr_frame.f_locals" },
	{ "async_generator", ".ag_frame.f_locals" },
};

static bool is_c_type(const struct cpy_type *type, const char *name)
{
	return type && !type->is_python && !strcmp(type->name, name);
}

/* ---- looking up ------------------------------------------------------------- */

/*
 * The value that @name has in the first of @type and its bases that has one; 0 where
 * none has.  *@ret_where is that class.
 */
static uint64_t look_up(struct cpy *cpy, const struct cpy_type *type, const char *name,
			const struct cpy_type **ret_where)
{
	uint64_t mro = cpy_get(cpy, type->address, TYPE_MRO), value, base;
	uint64_t count = mro ? cpy_get(cpy, mro, CPY_HEAD) : 0, i;

	for (i = 0; i < count && i < MOST_BASES; i++) {
		base = cpy_get(cpy, mro, cpy->layout.tuple.items + 8 * i);
		*ret_where = cpy_type_at(cpy, base);
		if (!*ret_where || !(*ret_where)->dict)
			continue;
		value = cpy_dict_get(cpy, (*ret_where)->dict, name);
		if (value)
			return value;
	}
	*ret_where = NULL;
	return 0;
}

static uint32_t judge_found(struct cpy *cpy, const struct cpy_type *where, const char *name,
			    uint64_t value)
{
	const struct cpy_type *kind = cpy_type_of(cpy, value);
	uint64_t member, offset;
	uint32_t type;
	size_t i;

	if (!kind)
		return FOUND_DATA;
	if (!cpy_get(cpy, kind->address, DESCR_SET))
		return FOUND_PLAIN;
	if (is_c_type(kind, "member_descriptor")) {
		member = cpy_get(cpy, value, MEMBER_DEFINITION);
		if (rg_image_u32(cpy->image, member + MEMBER_TYPE, &type) &&
		    rg_image_u64(cpy->image, member + MEMBER_OFFSET, &offset) &&
		    (type == MEMBER_OBJECT || type == MEMBER_OBJECT_EX) && !(offset >> 24))
			return (uint32_t)offset << FOUND_BITS | FOUND_MEMBER;
		return FOUND_DATA;
	}
	if (!is_c_type(kind, "getset_descriptor"))
		return FOUND_DATA;
	for (i = 0; i < sizeof(getters) / sizeof(getters[0]); i++)
		if (is_c_type(where, getters[i].type) && !strcmp(name, getters[i].name))
			return FOUND_GETTER;
	return FOUND_DATA;
}

/*
 * A fact about @type and @name is found once, and then remembered if there is
 * memory for it.  Several threads may ask: whoever comes first does the work, and
 * all find the same.
 */
typedef uint32_t find_fn(struct cpy *cpy, const struct cpy_type *type, const char *name);

static uint32_t fact(struct cpy *cpy, const struct cpy_type *type, const char *name,
		     enum topic topic, find_fn *find)
{
	struct cpy_private *private = cpy->private;
	uint64_t key = rg_hash_bytes(name, strlen(name)) ^
		       (type->address + topic) * UINT64_C(0x9e3779b97f4a7c15);
	const uint32_t *known;
	uint32_t found = 0;
	bool is_known;

	key = key ? key : 1;
	pthread_mutex_lock(&private->fact_lock);
	known = rg_map_find(&private->facts, key);
	is_known = known != NULL;
	if (is_known)
		found = *known;
	pthread_mutex_unlock(&private->fact_lock);
	if (is_known)
		return found;
	found = find(cpy, type, name);
	pthread_mutex_lock(&private->fact_lock);
	(void)rg_map_put(&private->facts, key, found);
	pthread_mutex_unlock(&private->fact_lock);
	return found;
}

static uint32_t find_attribute(struct cpy *cpy, const struct cpy_type *type, const char *name)
{
	const struct cpy_type *where;
	uint64_t value = look_up(cpy, type, name, &where);

	return value ? judge_found(cpy, where, name, value) : FOUND_NOTHING;
}

static uint32_t find(struct cpy *cpy, const struct cpy_type *type, const char *name)
{
	return fact(cpy, type, name, TOPIC_ATTRIBUTE, find_attribute);
}

static enum access judge_access(const struct cpy_type *where)
{
	static const struct {
		const char *type;
		enum access access;
	} known[] = {
		{ "object", ACCESS_OBJECT },
		{ "module", ACCESS_OBJECT },
		{ "method", ACCESS_METHOD },
		{ "type", ACCESS_TYPE },
		{ "list", ACCESS_SEQUENCE },
		{ "tuple", ACCESS_SEQUENCE },
		{ "collections.deque", ACCESS_SEQUENCE },
		{ "dict", ACCESS_DICT },
	};
	size_t i;

	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (is_c_type(where, known[i].type))
			return known[i].access;
	return ACCESS_UNKNOWN;
}

/* Whether the C type @type looks attributes up as object does. */
static bool is_ordinary(struct cpy *cpy, const struct cpy_type *type)
{
	uint64_t mro = cpy_get(cpy, type->address, TYPE_MRO);
	uint64_t count = mro ? cpy_get(cpy, mro, CPY_HEAD) : 0;
	const struct cpy_type *last;

	if (!count || count > MOST_BASES)
		return false;
	last = cpy_type_at(cpy, cpy_get(cpy, mro, cpy->layout.tuple.items + 8 * (count - 1)));
	return is_c_type(last, "object") && cpy_get(cpy, last->address, TYPE_GETATTRO) ==
						   cpy_get(cpy, type->address, TYPE_GETATTRO);
}

/* Whose method @method the instances of @type have. */
static uint32_t find_access(struct cpy *cpy, const struct cpy_type *type, const char *method)
{
	const struct cpy_type *where;

	/* Without tp_getattro it is tp_getattr that decides, of which no dict tells. */
	if (!cpy_get(cpy, type->address, TYPE_GETATTRO) || !look_up(cpy, type, method, &where))
		return ACCESS_UNKNOWN;
	/* C types that name the ordinary lookup themselves have a method of their own for it. */
	if (!where->is_python && !strcmp(method, GETATTRIBUTE) && is_ordinary(cpy, where))
		return ACCESS_OBJECT;
	return judge_access(where);
}

static enum access attributes_of(struct cpy *cpy, const struct cpy_type *type)
{
	return (enum access)fact(cpy, type, GETATTRIBUTE, TOPIC_ACCESS, find_access);
}

static enum access items_of(struct cpy *cpy, const struct cpy_type *type)
{
	return (enum access)fact(cpy, type, "__getitem__", TOPIC_ACCESS, find_access);
}

static uint32_t find_dict(struct cpy *cpy, const struct cpy_type *type, const char *name)
{
	const struct cpy_type *where, *kind;
	uint64_t value = look_up(cpy, type, name, &where);

	kind = value ? cpy_type_of(cpy, value) : NULL;
	return (is_c_type(kind, "getset_descriptor") || is_c_type(kind, "member_descriptor")) &&
	       attributes_of(cpy, type) == ACCESS_OBJECT;
}

/* Whether x.__dict__ is the dict of the instance x itself. */
static bool shows_dict(struct cpy *cpy, const struct cpy_type *type)
{
	return fact(cpy, type, "__dict__", TOPIC_DICT, find_dict);
}

/* ---- names ------------------------------------------------------------------- */

static bool is_keyword(const char *word)
{
	static const char *const keywords[] = {
		"False", "None", "True", "and", "as", "assert", "async", "await", "break", "class",
		"continue", "def", "del", "elif", "else", "except", "finally", "for", "from",
		"global", "if", "import", "in", "is", "lambda", "nonlocal", "not", "or", "pass",
		"raise", "return", "try", "while", "with", "yield", "__debug__",
	};
	size_t i;

	for (i = 0; i < sizeof(keywords) / sizeof(keywords[0]); i++)
		if (!strcmp(word, keywords[i]))
			return true;
	return false;
}

/* Other letters than ASCII's are normalised by the parser, and might then be others. */
static bool is_name(const char *word)
{
	const char *at = word;

	if (!*at || (*at >= '0' && *at <= '9'))
		return false;
	for (; *at; at++)
		if (!((*at >= 'a' && *at <= 'z') || (*at >= 'A' && *at <= 'Z') || *at == '_' ||
		      (*at >= '0' && *at <= '9')))
			return false;
	return !is_keyword(word);
}

/* The str at @object, if all of it fits. */
static bool read_name(struct cpy *cpy, uint64_t object, char name[LONGEST_NAME])
{
	int64_t length = cpy_str(cpy, object, name, LONGEST_NAME);

	return length >= 0 && length < LONGEST_NAME && strlen(name) == (size_t)length;
}

/* ".__dict__['key']" */
static bool put_dict_item(struct cpy *cpy, struct cpy_text *text, uint64_t key)
{
	cpy_text_puts(text, ".__dict__[");
	if (!cpy_text_literal(cpy, text, key))
		return false;
	cpy_text_puts(text, "]");
	return true;
}

/* Whether C.name, for the value @value in C's own dict, is that value itself. */
static bool is_own_attribute(struct cpy *cpy, uint64_t class, const struct cpy_type *type,
			     const char *name, uint64_t value)
{
	static const char *const unbound[] = {
		"function", "property", "member_descriptor", "getset_descriptor",
		"method_descriptor", "wrapper_descriptor",
	};
	uint64_t mro = cpy_get(cpy, class, TYPE_MRO);
	const struct cpy_type *kind = cpy_type_of(cpy, value);
	size_t i;

	if (!kind || !mro || cpy_get(cpy, mro, cpy->layout.tuple.items) != class ||
	    find(cpy, type, name) >= FOUND_DATA)
		return false;
	if (!cpy_get(cpy, kind->address, DESCR_GET))
		return true;
	for (i = 0; i < sizeof(unbound) / sizeof(unbound[0]); i++)
		if (is_c_type(kind, unbound[i]))
			return true;
	return false;
}

/* The item @key of the dict of @owner, which is of @type. */
static bool put_attribute(struct cpy *cpy, struct cpy_text *text, uint64_t owner,
			  const struct cpy_type *type, uint64_t key, uint64_t value)
{
	const struct cpy_type *kind = cpy_type_of(cpy, key);
	char name[LONGEST_NAME];
	bool is_plain = kind && !kind->is_heap && read_name(cpy, key, name) && is_name(name);

	if (type->is_type) {
		/* Its __dict__ is a view that no metaclass's own may hide. */
		if (attributes_of(cpy, type) != ACCESS_TYPE)
			return false;
		if (!is_plain || !is_own_attribute(cpy, owner, type, name, value))
			return look_up(cpy, type, "__dict__", &kind) && is_c_type(kind, "type") &&
			       put_dict_item(cpy, text, key);
	} else {
		if (attributes_of(cpy, type) != ACCESS_OBJECT)
			return false;
		/* A module's attribute imports what is still to be imported; its dict does not. */
		if (!is_plain || find(cpy, type, name) >= FOUND_DATA ||
		    is_c_type(cpy_type_of(cpy, value), "lazy_import"))
			return shows_dict(cpy, type) && put_dict_item(cpy, text, key);
	}
	cpy_text_puts(text, ".");
	cpy_text_puts(text, name);
	return true;
}

/* A field of the C struct, or a slot: only where a descriptor of its name reads that very word. */
static bool put_field(const struct cpy_coder *coder, struct cpy_text *text, const char *name,
		      uint64_t target)
{
	struct cpy *cpy = coder->cpy;
	const struct cpy_type *type = coder->type;
	uint32_t fact;

	if (!is_name(name) || attributes_of(cpy, type) == ACCESS_UNKNOWN)
		return false;
	fact = find(cpy, type, name);
	if ((fact & ((1u << FOUND_BITS) - 1)) == FOUND_MEMBER) {
		if (cpy_word(cpy, coder->object + (fact >> FOUND_BITS)) != target)
			return false;
	} else if (fact != FOUND_GETTER) {
		return false;
	}
	cpy_text_puts(text, ".");
	cpy_text_puts(text, name);
	return true;
}

static bool put_text(const struct cpy_coder *coder, struct cpy_text *text, const char *label,
		     uint64_t target)
{
	if (label[0] != '.')
		return false;
	if (strcmp(label, ".__dict__") != 0)
		return put_field(coder, text, label + 1, target);
	if (coder->type->is_type || !shows_dict(coder->cpy, coder->type))
		return false;
	cpy_text_puts(text, label);
	return true;
}

static bool put_variable(const struct cpy_coder *coder, struct cpy_text *text,
			 const struct cpy_reference *reference)
{
	size_t i;

	if (strcmp(reference->text, CPY_TEXT_LOCAL) != 0)
		return false;
	for (i = 0; i < sizeof(variables) / sizeof(variables[0]); i++) {
		if (!is_c_type(coder->type, variables[i].type))
			continue;
		cpy_text_puts(text, variables[i].way);
		return cpy_code_item(coder->cpy, text, reference->arg);
	}
	return false;
}

bool cpy_code_item(struct cpy *cpy, struct cpy_text *text, uint64_t key)
{
	cpy_text_puts(text, "[");
	if (!cpy_text_literal(cpy, text, key))
		return false;
	cpy_text_puts(text, "]");
	return true;
}

static bool put_index(const struct cpy_coder *coder, struct cpy_text *text, uint64_t index)
{
	char number[32];

	if (items_of(coder->cpy, coder->type) != ACCESS_SEQUENCE)
		return false;
	/* Struct sequences have items beyond their length. */
	if (index >= cpy_get(coder->cpy, coder->object, CPY_HEAD))
		return false;
	snprintf(number, sizeof(number), "[%llu]", (unsigned long long)index);
	cpy_text_puts(text, number);
	return true;
}

bool cpy_code_put(const struct cpy_coder *coder, struct cpy_text *text,
		  const struct cpy_reference *reference)
{
	struct cpy *cpy = coder->cpy;
	char name[LONGEST_NAME];

	if (coder->owner_type)
		return reference->label == CPY_LABEL_VALUE &&
		       put_attribute(cpy, text, coder->owner, coder->owner_type, reference->arg,
				     reference->target);
	switch (reference->label) {
	case CPY_LABEL_TEXT:
		return put_text(coder, text, reference->text, reference->target);
	case CPY_LABEL_INDEX:
		return put_index(coder, text, reference->arg);
	case CPY_LABEL_ATTRIBUTE:
		return put_attribute(cpy, text, coder->object, coder->type, reference->arg,
				     reference->target);
	case CPY_LABEL_SLOT:
		return rg_image_string(cpy->image, reference->arg, name, sizeof(name)) &&
		       put_field(coder, text, name, reference->target);
	case CPY_LABEL_VALUE:
		return items_of(cpy, coder->type) == ACCESS_DICT &&
		       cpy_code_item(cpy, text, reference->arg);
	case CPY_LABEL_NAMED:
		return put_variable(coder, text, reference);
	default:
		return false;
	}
}
