# SPDX-License-Identifier: MIT
"""Memory that objects own or view: array, memoryview, bytearray, ctypes, mmap, struct, pickle."""
import array
import ctypes
import gc
import mmap
import pickle
import struct

gc.disable()


class Point(ctypes.Structure):
    _fields_ = [("x", ctypes.c_int), ("y", ctypes.c_double)]


class Node(ctypes.Structure):
    pass


Node._fields_ = [("next", ctypes.POINTER(Node)), ("value", ctypes.py_object), ("name",
                                                                               ctypes.c_char_p),
                 ("point", Point), ("numbers", ctypes.c_int * 4)]


class Either(ctypes.Union):
    _fields_ = [("i", ctypes.c_longlong), ("d", ctypes.c_double), ("bytes", ctypes.c_ubyte * 8)]


class Bits(ctypes.BigEndianStructure):
    _pack_ = 1
    _fields_ = [("a", ctypes.c_uint16, 3), ("b", ctypes.c_uint16, 13)]


arrays = [array.array(code, [1, 2, 3]) for code in "bBhHiIlLqQfd"] + [array.array("u", "text")]
grown = array.array("q")
for i in range(1000):
    grown.append(i)
empty_array = array.array("d")
byte_arrays = [bytearray(), bytearray(b"x"), bytearray(1000), bytearray(b"popped" * 10)]
del byte_arrays[3][:20]
byte_arrays[0].extend(range(100))
views = [memoryview(b"bytes"), memoryview(byte_arrays[1]), memoryview(grown),
         memoryview(arrays[10])[1:],
         memoryview(bytearray(24)).cast("B", [2, 3, 4]), memoryview(memoryview(b"nested"))[::2]]
released = memoryview(bytearray(5))
released.release()
view_of_view = [views[4][1:], views[2].toreadonly()]
anonymous = mmap.mmap(-1, 8192)
anonymous[:5] = b"hello"
map_view = memoryview(anonymous)
structs = [struct.Struct(f) for f in ("<HHq", "10s5x3d", ">?", "")]
unpacker = structs[0].iter_unpack(bytes(36))
next(unpacker)
pickle_buffer = pickle.PickleBuffer(byte_arrays[2])

simple = [t(1) for t in (ctypes.c_int, ctypes.c_double, ctypes.c_ubyte, ctypes.c_longlong,
                         ctypes.c_bool)]
char_pointer = ctypes.c_char_p(b"kept by the pointer")
wide_pointer = ctypes.c_wchar_p("wide")
void_pointer = ctypes.c_void_p(0)
py_object = ctypes.py_object(["held"])
buffers = [ctypes.create_string_buffer(b"text", 64), ctypes.create_unicode_buffer("uni")]
points = [Point(1, 2.5), Point()]
point_array = (Point * 3)(Point(1, 1), Point(2, 2))
object_array = (ctypes.py_object * 3)([1], {"a": 1}, "text")
char_array = (ctypes.c_char_p * 2)(b"one" * 5, b"two" * 5)
nodes = [Node() for _ in range(3)]
nodes[0].next = ctypes.pointer(nodes[1])
nodes[1].next = ctypes.pointer(nodes[2])
nodes[2].value = ["a python object in a structure"]
nodes[2].name = b"name" * 4
inner_point = nodes[0].point
inner_numbers = nodes[1].numbers
followed = nodes[0].next.contents.next.contents
pointer = ctypes.pointer(points[0])
contents = pointer.contents
pointer_to_pointer = ctypes.pointer(pointer)
null = ctypes.POINTER(ctypes.c_int)()
by_reference = [ctypes.byref(points[0]), ctypes.byref(simple[0], 2)]
cast_pointer = ctypes.cast(buffers[0], ctypes.POINTER(ctypes.c_ubyte))
union = Either(i=5)
bits = Bits(3, 100)
from_buffer = Point.from_buffer(bytearray(64))
from_copy = Point.from_buffer_copy(bytes(64))
at_address = Point.from_address(ctypes.addressof(points[0]))
resized = Point()
ctypes.resize(resized, 256)

compare_type = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_int), ctypes.c_void_p)
state = ["state of a callback"]
callback = compare_type(lambda a, b: len(state))
callbacks = [callback, ctypes.PYFUNCTYPE(ctypes.py_object, ctypes.py_object)(lambda x: [x])]
libc = ctypes.CDLL(None)
qsort = libc.qsort
qsort.argtypes = [ctypes.c_void_p, ctypes.c_size_t, ctypes.c_size_t, compare_type]
qsort.restype = None
strlen = libc.strlen
strlen.argtypes = (ctypes.c_char_p,)
strlen.errcheck = lambda result, function, arguments: result
length = strlen(b"four")
prototype = ctypes.CFUNCTYPE(ctypes.c_size_t, ctypes.c_char_p)
by_name = prototype(("strlen", libc), ((1, "text", b"default"),))
python_api = ctypes.pythonapi.Py_GetVersion
python_api.restype = ctypes.c_char_p
version = python_api()
types_made = [ctypes.c_int * n for n in range(5)] + [ctypes.POINTER(Point * 2),
                                                     ctypes.POINTER(Either)]


class Converter:
    @classmethod
    def from_param(cls, value):
        return value


strlen.argtypes = (Converter,)


# Garbage: ctypes instances that hold themselves through their kept objects.
def leak():
    node = Node()
    node.next = ctypes.pointer(node)
    box = (ctypes.py_object * 1)()
    box[0] = ctypes.py_object(box)
    function = compare_type(lambda a, b: function)
    point = Point()
    point.itself = point
    point.text = "attribute of a structure in garbage"
    held = ctypes.py_object()
    held.value = [held]


leak()
