# SPDX-License-Identifier: MIT
"""C extension types with random layouts: their C source, and a description of their fields.

A description is {name, base, python, static, gc, dict, weak, items, fields: [[kind, name, more]]};
program.py makes instances by it. Kinds of fields:

    object     owned, or NULL in some instances     member     the same, declared (T_OBJECT or _EX)
    slots      owned, several in a row              array      owned, in a block of its own whose
    borrowed   an object that others own                       length is a field called count
    stale      where an object was                  bare       the same, as long as the block
    integer, real, small, address, text: no references
"""
import random

BUILTIN = {"dict": ("PyDictObject", "PyDict_Type"), "list": ("PyListObject", "PyList_Type"),
           "set": ("PySetObject", "PySet_Type"),
           "Exception": ("PyBaseExceptionObject", "PyExc_Exception")}
PLAIN = {"integer": "Py_ssize_t", "real": "double", "small": "int", "address": "void *",
         "text": "char *", "stale": "void *", "borrowed": "PyObject *", "object": "PyObject *",
         "member": "PyObject *", "count": "Py_ssize_t", "capacity": "Py_ssize_t"}

PRELUDE = r"""
#define PY_SSIZE_T_CLEAN
#include <Python.h>
#include <structmember.h>
#include <stdlib.h>
#include <string.h>

static PyObject *next_value(PyObject *values, Py_ssize_t *at)
{
	PyObject *value = PyTuple_GetItem(values, *at);

	++*at;
	return value;
}

static void *next_address(PyObject *values, Py_ssize_t *at)
{
	return PyLong_AsVoidPtr(next_value(values, at));
}

/* Ellipsis stands for NULL. */
static PyObject *own(PyObject *value)
{
	if (!value || value == Py_Ellipsis)
		return NULL;
	Py_INCREF(value);
	return value;
}

/* (objects, words behind them, which allocator). */
static PyObject **own_all(PyObject *value, Py_ssize_t *count, Py_ssize_t *capacity)
{
	PyObject *objects = PyTuple_GetItem(value, 0), *rest = PyTuple_GetItem(value, 1);
	Py_ssize_t n = PyTuple_Size(objects), more = PyTuple_Size(rest), i;
	size_t size = (size_t)(n + more) * sizeof(PyObject *);
	PyObject **block;

	*count = n;
	*capacity = n + more;
	if (!size)
		return NULL;
	block = PyObject_IsTrue(PyTuple_GetItem(value, 2)) ? PyMem_Malloc(size) : malloc(size);
	for (i = 0; i < n; i++)
		block[i] = own(PyTuple_GetItem(objects, i));
	for (i = 0; i < more; i++)
		block[n + i] = PyLong_AsVoidPtr(PyTuple_GetItem(rest, i));
	return block;
}

static char *copy(PyObject *value)
{
	char *text = malloc((size_t)PyBytes_Size(value) + 1);

	memcpy(text, PyBytes_AsString(value), (size_t)PyBytes_Size(value) + 1);
	return text;
}

static int nothing(PyObject *self, PyObject *arguments, PyObject *keywords)
{
	(void)self;
	(void)arguments;
	(void)keywords;
	return 0;
}
"""


def random_type(rng, number, made, heap_dict):
    """heap_dict: types made from a spec may have a dict and weak references."""
    bases = [t for t in made if not t["items"]]
    kind = rng.choice(["object"] * 6 + ["made"] * 3 + ["builtin"])
    base = "object"
    if kind == "made" and bases:
        base = rng.choice(bases)["name"]
    elif kind == "builtin":
        base = rng.choice(sorted(BUILTIN))
    above = {t["name"]: t for t in made}.get(base, {})
    of_builtin = base in BUILTIN or above.get("of_builtin", False)
    static = rng.random() < 0.5 and not (above and not above["static"])
    own_extra = static or heap_dict
    new = {"name": "T%d" % number, "base": base, "of_builtin": of_builtin, "static": static,
           "gc": above.get("gc", False) or of_builtin or rng.random() < 0.5,
           "dict": own_extra and not above and not of_builtin and rng.random() < 0.25,
           "weak": own_extra and not above and not of_builtin and rng.random() < 0.25,
           "items": "", "fields": []}
    if not above and not of_builtin and rng.random() < 0.25:
        new["items"] = rng.choice(["objects", "pairs", "reals", "integers"])
    fields = []
    for i in range(rng.randint(1, 9)):
        kind = rng.choice(["object"] * 6 + ["member"] * 3 + ["borrowed", "borrowed", "stale",
                          "integer", "integer", "real", "small", "address", "text", "slots",
                          "array", "array", "bare"])
        name = "f%d" % i
        if kind == "slots":
            fields.append([kind, name, rng.randint(2, 5)])
        elif kind == "array":
            fields.append([kind, name, "n" + name])
            fields.append(["count", "n" + name, 0])
            if rng.random() < 0.5:
                fields.append(["capacity", "c" + name, 0])
                fields[-3].append("c" + name)
        else:
            fields.append([kind, name, rng.choice(["T_OBJECT", "T_OBJECT_EX"])])
    if rng.random() < 0.7:
        rng.shuffle(fields)
    new["fields"] = fields
    return new


def choose(seed, number, heap_dict):
    """Descriptions of so many types."""
    rng = random.Random(seed)
    made = []
    for i in range(number):
        made.append(random_type(rng, i, made, heap_dict))
    return made


def struct(t):
    if t["base"] in BUILTIN:
        first = BUILTIN[t["base"]][0] + " base;"
    elif t["base"] != "object":
        first = "struct %s base;" % t["base"]
    else:
        first = "PyObject_VAR_HEAD" if t["items"] else "PyObject_HEAD"
    lines = ["struct %s {" % t["name"], "\t" + first]
    for kind, name, *more in t["fields"]:
        if kind == "slots":
            lines.append("\tPyObject *%s[%d];" % (name, more[0]))
        elif kind in ("array", "bare"):
            lines.append("\tPyObject **%s;" % name)
        else:
            lines.append("\t%s%s%s;" % (PLAIN[kind], "" if PLAIN[kind][-1] == "*" else " ", name))
    lines += ["\tPyObject *its_%s;" % what for what in ("dict", "weak") if t[what]]
    return lines + ["};", ""]


def fill(t, above):
    """A function that puts values into the fields, those of a C base first."""
    me = t["name"]
    lines = ["static void fill_%s(struct %s *self, PyObject *values, Py_ssize_t *at)" % (me, me),
             "{", "\tPy_ssize_t count, capacity;", "", "\t(void)count, (void)capacity;",
             "\t(void)self, (void)values, (void)at;"]
    if above:
        lines.append("\tfill_%s(&self->base, values, at);" % above["name"])
    for kind, name, *more in t["fields"]:
        to = "\tself->%s = " % name
        if kind in ("object", "member"):
            lines.append(to + "own(next_value(values, at));")
        elif kind == "slots":
            lines += ["\tself->%s[%d] = own(next_value(values, at));" % (name, i)
                      for i in range(more[0])]
        elif kind in ("array", "bare"):
            lines.append(to + "own_all(next_value(values, at), &count, &capacity);")
            lines += ["\tself->%s = count;" % more[0]] if kind == "array" else []
            lines += ["\tself->%s = capacity;" % more[1]] if len(more) > 1 else []
        elif kind in ("address", "stale", "borrowed"):
            lines.append(to + "next_address(values, at);")
        elif kind == "text":
            lines.append(to + "copy(next_value(values, at));")
        elif kind == "real":
            lines.append(to + "PyFloat_AsDouble(next_value(values, at));")
        elif kind in ("integer", "small"):
            lines.append(to + "PyLong_As%s(next_value(values, at));" % (
                "Ssize_t" if kind == "integer" else "Long"))
    return lines + ["}", ""]


def items(t):
    """What stands behind the struct, for each of ob_size items."""
    me, kind = t["name"], t["items"]
    lines = ["static void fill_items_%s(struct %s *self, PyObject *values, Py_ssize_t *at)" % (
        me, me), "{", "\tvoid **item = (void **)(self + 1);", "\tPy_ssize_t i;", "",
        "\tfor (i = 0; i < Py_SIZE(self); i++) {"]
    if kind in ("objects", "pairs"):
        lines.append("\t\t*item++ = own(next_value(values, at));")
    if kind in ("integers", "pairs"):
        lines.append("\t\t*item++ = next_address(values, at);")
    if kind == "reals":
        lines += ["\t\tdouble real = PyFloat_AsDouble(next_value(values, at));", "",
                  "\t\tmemcpy(item++, &real, sizeof(real));"]
    return lines + ["\t}", "}", ""]


def traverse(t, base_type):
    me = t["name"]
    lines = ["static int traverse_%s(PyObject *object, visitproc visit, void *arg)" % me, "{",
             "\tstruct %s *self = (struct %s *)object;" % (me, me), "\tPy_ssize_t i;",
             "", "\t(void)self, (void)i;"]
    if base_type:
        lines += ["\tif (%s->tp_traverse) {" % base_type,
                  "\t\tint status = %s->tp_traverse(object, visit, arg);" % base_type, "",
                  "\t\tif (status)", "\t\t\treturn status;", "\t}"]
    for kind, name, *more in t["fields"]:
        if kind in ("object", "member"):
            lines.append("\tPy_VISIT(self->%s);" % name)
        elif kind == "slots":
            lines += ["\tfor (i = 0; i < %d; i++)" % more[0],
                      "\t\tPy_VISIT(self->%s[i]);" % name]
        elif kind == "array":
            lines += ["\tfor (i = 0; i < self->%s; i++)" % more[0],
                      "\t\tPy_VISIT(self->%s[i]);" % name]
    if t["items"] in ("objects", "pairs"):
        lines += ["\tfor (i = 0; i < Py_SIZE(self); i++)",
                  "\t\tPy_VISIT(((PyObject **)(self + 1))[i%s]);" % (
                      " * 2" if t["items"] == "pairs" else "")]
    if t["dict"]:
        lines.append("\tPy_VISIT(self->its_dict);")
    if not t["static"]:
        lines += ["#if PY_VERSION_HEX >= 0x03090000"]
        # A base made from a spec shows the type already.
        lines += [] if base_type and not base_type.startswith("(&Py") and "static" not in base_type \
            else ["\tPy_VISIT(Py_TYPE(object));"]
        lines += ["#endif"]
    return lines + ["\treturn 0;", "}", ""]


def new(t, base_type):
    me = t["name"]
    size = "PyLong_AsSsize_t(next_value(values, &at))" if t["items"] else "0"
    make = "self = (struct %s *)type->tp_alloc(type, %s);" % (me, size)
    if t["of_builtin"]:
        root = t["root"]
        make = "self = (struct %s *)%s->tp_new(type, none, NULL);" % (me, root)
    lines = ["static PyObject *new_%s(PyTypeObject *type, PyObject *arguments, PyObject *words)" % me,
             "{", "\tPyObject *values = PyTuple_GetItem(arguments, 0), *none = PyTuple_New(0);",
             "\tstruct %s *self;" % me, "\tPy_ssize_t at = 0;", "", "\t(void)words, (void)none;",
             "\t" + make, "\tif (!self)", "\t\treturn NULL;",
             "\tfill_%s(self, values, &at);" % me]
    if t["items"]:
        lines.append("\tfill_items_%s(self, values, &at);" % me)
    if t["gc"] and not t["of_builtin"]:
        lines.append("\t/* tp_alloc has it tracked. */")
    return lines + ["\tPy_DECREF(none);", "\treturn (PyObject *)self;", "}", ""]


def members(t):
    lines = ["static PyMemberDef members_%s[] = {" % t["name"]]
    for kind, name, *more in t["fields"]:
        if kind == "member":
            lines.append('\t{ "%s", %s, offsetof(struct %s, %s), 0, NULL },' % (
                name, more[0], t["name"], name))
    if not t["static"]:
        for what in ("dict", "weak"):
            if t[what]:
                lines.append('\t{ "__%soffset__", T_PYSSIZET, offsetof(struct %s, its_%s), '
                             'READONLY, NULL },' % (what if what == "dict" else "weaklist",
                                                    t["name"], what))
    return lines + ["\t{ NULL, 0, 0, 0, NULL },", "};", ""]


ITEM_SIZE = {"": 0, "objects": 8, "reals": 8, "integers": 8, "pairs": 16}


def definition(t, base_type):
    """The type itself, and in ready_NAME what makes it."""
    me = t["name"]
    flags = "Py_TPFLAGS_DEFAULT | Py_TPFLAGS_BASETYPE" + (" | Py_TPFLAGS_HAVE_GC" if t["gc"] else "")
    base = base_type or "NULL"
    lines = []
    if t["static"]:
        lines += ["static PyTypeObject static_%s = {" % me, "\tPyVarObject_HEAD_INIT(NULL, 0)",
                  '\t.tp_name = "rgtypes.%s",' % me, "\t.tp_basicsize = sizeof(struct %s)," % me,
                  "\t.tp_itemsize = %d," % ITEM_SIZE[t["items"]], "\t.tp_flags = %s," % flags,
                  "\t.tp_new = new_%s," % me, "\t.tp_init = nothing,",
                  "\t.tp_members = members_%s," % me]
        lines += ["\t.tp_traverse = traverse_%s," % me] if t["gc"] else []
        for what, field in (("dict", "tp_dictoffset"), ("weak", "tp_weaklistoffset")):
            if t[what]:
                lines.append("\t.%s = offsetof(struct %s, its_%s)," % (field, me, what))
        lines += ["};", "static PyTypeObject *type_%s;" % me, "", "static int ready_%s(void)" % me,
                  "{", "\tstatic_%s.tp_base = %s;" % (me, base), "\ttype_%s = &static_%s;" % (me, me),
                  "\treturn PyType_Ready(type_%s);" % me, "}", ""]
        return lines
    lines += ["static PyTypeObject *type_%s;" % me, "static PyType_Slot slots_%s[] = {" % me,
              "\t{ Py_tp_new, new_%s }," % me, "\t{ Py_tp_init, nothing },",
              "\t{ Py_tp_members, members_%s }," % me]
    lines += ["\t{ Py_tp_traverse, traverse_%s }," % me] if t["gc"] else []
    lines += ["\t{ 0, NULL },", "};", "static PyType_Spec spec_%s = {" % me,
              '\t"rgtypes.%s", sizeof(struct %s), %d, %s, slots_%s,' % (
                  me, me, ITEM_SIZE[t["items"]], flags, me), "};", "",
              "static int ready_%s(void)" % me, "{",
              "\tPyObject *base = (PyObject *)%s;" % base,
              "\tPyObject *bases = base ? PyTuple_Pack(1, base) : NULL;", "",
              "\ttype_%s = (PyTypeObject *)PyType_FromSpecWithBases(&spec_%s, bases);" % (me, me),
              "\tPy_XDECREF(bases);", "\treturn type_%s ? 0 : -1;" % me, "}", ""]
    return lines


def source(types):
    """The module rgtypes."""
    by_name = {t["name"]: t for t in types}
    lines = ["/* Made by generate.py. */", PRELUDE]
    for t in types:
        above = by_name.get(t["base"])
        if t["base"] in BUILTIN:
            symbol = BUILTIN[t["base"]][1]
            base_type = "((PyTypeObject *)%s)" % symbol if symbol.startswith("PyExc") \
                else "(&%s)" % symbol
            t["root"] = base_type
        else:
            base_type = "type_" + above["name"] if above else ""
            t["root"] = above["root"] if above and above["of_builtin"] else ""
        shows = base_type
        if above and above["static"]:
            shows = "(&static_%s)" % above["name"]
        lines += struct(t) + fill(t, above)
        lines += items(t) if t["items"] else []
        lines += traverse(t, shows) if t["gc"] else []
        lines += new(t, base_type) + members(t) + definition(t, base_type)
    lines += ["static struct PyModuleDef definition = {", "\tPyModuleDef_HEAD_INIT,",
              '\t.m_name = "rgtypes", .m_size = -1,', "};", "",
              "PyMODINIT_FUNC PyInit_rgtypes(void)", "{",
              "\tPyObject *module = PyModule_Create(&definition);", ""]
    for t in types:
        lines += ["\tif (ready_%s() < 0 || PyModule_AddObject(module, \"%s\", "
                  "(PyObject *)type_%s) < 0)" % (t["name"], t["name"], t["name"]),
                  "\t\treturn NULL;", "\tPy_INCREF(type_%s);" % t["name"]]
    lines += ["\treturn module;", "}", ""]
    return "\n".join(lines)
