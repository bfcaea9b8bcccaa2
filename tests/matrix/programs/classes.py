# SPDX-License-Identifier: MIT
"""Classes and instances of every make: dicts shared, materialised, replaced; slots; metaclasses."""
import abc
import collections
import dataclasses
import enum
import gc
import sys
import types
import typing
import weakref

gc.disable()


@dataclasses.dataclass
class Point:
    x: int
    y: float = 1.5
    tags: list = dataclasses.field(default_factory=list)
    extra: dict = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True, order=True,
                       **({"slots": True} if sys.version_info >= (3, 10) else {}))
class Frozen:
    name: str
    parent: object = None


class Slotted:
    __slots__ = ("a", "b", "__weakref__")


class SlottedDict:
    __slots__ = ("a", "b", "__dict__")


class Child(Slotted):
    __slots__ = ("c", "_Child__private")

    def __init__(self):
        self.c = self.__private = [self.__class__]


class DictChild(Slotted):
    pass


class Plain:
    shared = {"class": "level"}

    def __init__(self, n):
        self.number = n
        self.text = "text %d" % n
        self.list = [n]


class Wide:
    def __init__(self):
        for i in range(45):
            setattr(self, "attribute_%d" % i, ["value", i])


class Meta(type):
    registry = []

    def __new__(mcs, name, bases, namespace, **kwargs):
        cls = super().__new__(mcs, name, bases, namespace)
        cls.arguments = kwargs
        mcs.registry.append(cls)
        return cls

    def __init__(cls, name, bases, namespace, **kwargs):
        super().__init__(name, bases, namespace)

    @property
    def upper(cls):
        return cls.__name__.upper()


class MadeByMeta(metaclass=Meta, option=["kept"]):
    def method(self):
        return super().__repr__()


class MetaMeta(type):
    pass


class Deep(MetaMeta("Middle", (type,), {"level": 2}), metaclass=MetaMeta):
    pass


class Colour(enum.Enum):
    RED = 1
    GREEN = "green"
    BLUE = (0, 0, 255)


class Flags(enum.IntFlag):
    A = 1
    B = 2
    C = 4


class Name(*([enum.StrEnum] if sys.version_info >= (3, 11) else [str, enum.Enum])):
    ONE = enum.auto()
    TWO = enum.auto()


Pair = collections.namedtuple("Pair", "left right", defaults=[None])


class Typed(typing.NamedTuple):
    key: str
    values: list


class Descriptor:
    def __set_name__(self, owner, name):
        self.owner, self.name = owner, name

    def __get__(self, instance, owner=None):
        return self if instance is None else instance.__dict__.get(self.name)

    def __set__(self, instance, value):
        instance.__dict__[self.name] = value


class Described:
    one = Descriptor()
    two = Descriptor()

    @property
    def three(self):
        return 3

    @three.setter
    def three(self, value):
        pass

    @classmethod
    def build(cls):
        return cls()

    @staticmethod
    def help():
        return "help"


class Shape(abc.ABC):
    @abc.abstractmethod
    def area(self):
        ...


class Square(Shape):
    def area(self):
        return 1


@Shape.register
class Circle:
    pass


class Outer:
    class Inner:
        class Innermost:
            pass


class NoSize:
    def __sizeof__(self):
        raise RuntimeError("must not be called")


class LyingSize:
    def __init__(self):
        self.data = "x" * 1000

    def __sizeof__(self):
        return 10 ** 9


class OddModule:
    pass


OddModule.__module__ = 42
LyingName = type("renamed", (), {"__module__": "some.where", "__qualname__": "Else.Where"})
Long = type("L" * 300, (Plain,), {})
Unicode = type("Größe_名前", (), {})
Dynamic = type("Dynamic", (Slotted, Plain), {"__doc__": "made by type()", "__slots__": ()})
Many = [type("Many%d" % i, (Plain,), {"index": i, "__slots__": ("s%d" % i,)}) for i in range(50)]
new_class = types.new_class("NewClass", (Plain,), {}, lambda ns: ns.update(made="new_class"))

points = [Point(i, tags=["t", i]) for i in range(20)]
frozen = Frozen("leaf", Frozen("root"))
slotted = [Slotted() for _ in range(5)]
slotted[0].a = slotted
slotted[1].b = slotted[0]
slot_dict = SlottedDict()
slot_dict.a = "slot"
slot_dict.z = "in the dict"
child = Child()
child.a = weakref.ref(child)
dict_child = DictChild()
dict_child.a = 1
dict_child.other = dict_child
plains = [Plain(i) for i in range(100)]
materialised = [vars(p) for p in plains[:10]]
plains[20].__dict__["not an identifier"] = [1, 2]
plains[21].__dict__[7] = "int key"
del plains[22].text
plains[23].late = "added late"
del plains[23].number
plains[24].__dict__ = {"replaced": [24]}
plains[25].__dict__ = plains[26].__dict__
plains[27].__dict__ = collections.OrderedDict(ordered=True)
replaced_shared = {"owner": "two instances"}
plains[28].__dict__ = replaced_shared
plains[29].__dict__.clear()
plains[30].__class__ = Wide
copied = [dict(vars(p)) for p in plains[40:45]]
old_dict = plains[46].__dict__
plains[46].__dict__ = {}
orphan = Plain(1000)
orphan_dict = orphan.__dict__
del orphan
wides = [Wide() for _ in range(3)]
wide_dict = wides[0].__dict__
empty = [Plain.__new__(Plain) for _ in range(4)]
empty_dicts = [e.__dict__ for e in empty[:2]]
made = MadeByMeta()
deep = Deep("Made", (), {})
deep_instance = deep()
colours = [Colour.RED, Colour("green"), Colour.BLUE, Flags.A | Flags.C, Flags(0), Name.ONE]
pairs = [Pair(1), Pair(*"ab"), Typed("k", [1])]
described = Described()
described.one = [1]
described.two = described
bound = [described.build, described.help, Described.__dict__["build"], described.three,
         Described.__dict__["three"], Described.one, super(Square, Square()), Plain.__init__]
square = Square()
subclass_checks = [isinstance(Circle(), Shape), issubclass(int, Shape), issubclass(Square, Shape)]
inner = [Outer.Inner(), Outer.Inner.Innermost()]
liars = [NoSize(), LyingSize(), OddModule(), LyingName(), Long(3), Unicode()]
dynamic = [Dynamic(1), new_class(2)] + [cls(i) for i, cls in enumerate(Many)]
for instance in dynamic[2:]:
    setattr(instance, "s%d" % instance.number, [instance])
weak = [weakref.ref(points[0]), weakref.proxy(points[1]), weakref.WeakSet([described])]
members = [Slotted.a, Slotted.__dict__["__weakref__"], Plain.__dict__["__dict__"],
           type.__dict__["__mro__"], int.__dict__["real"], list.append, [].append, int.__add__,
           (3).__add__, dict.fromkeys, object.__init_subclass__]

# Garbage: a class with its instances, and instances alone.
trash_class = type("Trash", (Plain,), {"__slots__": ("slot",)})
trash = trash_class(5)
trash.slot = trash
trash_class.instances = [trash]
point = Point(99)
point.extra["self"] = point
point.tags += [LyingSize(), Colour.RED, "only garbage %d" % sys.maxsize]
own = Plain(1)
own.itself = own
lazy = Plain(2)
lazy.itself = lazy
lazy_dict_made = lazy.__dict__ is not None
del trash, trash_class, point, own, lazy, instance
