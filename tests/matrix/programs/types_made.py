# SPDX-License-Identifier: MIT
"""typing objects, generic aliases, unions, and the type statement and PEP 695 where it exists."""
import abc
import collections.abc
import ctypes
import dataclasses
import gc
import re
import sys
import types
import typing

gc.disable()
T = typing.TypeVar("T")
Bound = typing.TypeVar("Bound", bound="Base", covariant=True)
Constrained = typing.TypeVar("Constrained", int, str, list)
NEW = sys.version_info >= (3, 11)
if NEW:
    P = typing.ParamSpec("P")
    Ts = typing.TypeVarTuple("Ts")
UserId = typing.NewType("UserId", int)


class Base(typing.Generic[T]):
    value: T
    registry: typing.ClassVar[typing.Dict[str, type]] = {}

    def get(self: "Base[T]", default: typing.Optional[T] = None) -> "T":
        return default


class Derived(Base[int], typing.Generic[Bound]):
    pass


if NEW:
    class Variadic(typing.Generic[typing.Unpack[Ts]]):
        pass


class Callback(typing.Protocol[T]):
    attribute: int

    def __call__(self, value: T) -> None:
        ...


@typing.runtime_checkable
class Closeable(typing.Protocol):
    def close(self):
        ...


class Movie(typing.TypedDict, total=False):
    name: typing.Required[str] if NEW else str
    year: int


class Nested(Movie):
    parent: typing.NotRequired["Movie"] if NEW else "Movie"


@dataclasses.dataclass
class Generic(typing.Generic[T]):
    items: typing.List[T] = dataclasses.field(default_factory=list)


class NotGeneric:
    def __class_getitem__(cls, item):
        return types.GenericAlias(cls, item) if sys.version_info >= (3, 9) else cls


@typing.overload
def overloaded(x: int) -> int:
    ...


@typing.overload
def overloaded(x: str) -> str:
    ...


def overloaded(x):
    return x


@typing.final
class Final:
    constant: typing.Final = 5


aliases = [typing.List[int], typing.Dict[str, typing.List[T]], typing.Tuple[int, ...],
           typing.Callable[[int, T], str], Base[str], Derived[Bound], Generic[typing.List[int]]]
unions = [typing.Union[int, str, T], typing.Optional[int], typing.Optional["Forward"]]
special = [typing.Literal[1, "a", None], typing.Any, typing.ClassVar[int], typing.Final[int],
           typing.Callable[[int], str], typing.Type[T], typing.List[T], typing.Dict[str, T],
           typing.Tuple[int, ...], typing.ForwardRef("Later"), typing.NoReturn]
hints = [typing.get_type_hints(Base), typing.get_type_hints(Movie)]
instances = [Base(), Derived(), Base[int](), Generic([1]), Movie(name="m"), UserId(5)]
if sys.version_info >= (3, 9):
    aliases += [list[int], dict[str, list[T]], tuple[int, ...], tuple[()], type[T],
                re.Pattern[str], collections.abc.Callable[[int, T], str],
                collections.abc.Callable[..., int], collections.abc.Mapping[str, T],
                NotGeneric[1, 2], list[T][int], Generic[list[int]]]
    special.append(typing.Annotated[int, ["meta"]])
if sys.version_info >= (3, 10):
    unions += [int | str, list[int] | None, T | int]
if NEW:
    exec('''
def annotated(a: typing.Annotated[int, "meta", ["data"]], *args: P.args, **kwargs: P.kwargs
              ) -> typing.Callable[typing.Concatenate[int, P], T]:
    return a
aliases += [tuple[*Ts], Variadic[int, str]]
''')
    special += [typing.Self, typing.Unpack[Ts], typing.TypeGuard[int], typing.LiteralString]
    unpacked = next(iter(tuple[int]))
    hints.append(typing.get_type_hints(annotated, include_extras=True))
    overloads = typing.get_overloads(overloaded)
    instances.append(Variadic())
checks = [isinstance(open, Closeable), isinstance([], collections.abc.Sized)]
parameters = [alias.__parameters__ for alias in aliases if hasattr(alias, "__parameters__")]
mappings = [types.MappingProxyType({"a": [1]}), Base.__dict__, types.SimpleNamespace(a=[1], b=2)]
mappings[2].self = mappings[2]
simple_empty = types.SimpleNamespace()
dynamic = [types.DynamicClassAttribute(len), types.new_class("New", (Base[int],)),
           types.resolve_bases((Base[int], object)), abc.ABCMeta("Abstract", (), {"x": [1]})]
registered = [abc.ABCMeta("R%d" % i, (), {}) for i in range(5)]
for a, b in zip(registered, registered[1:]):
    a.register(b)
cached_checks = [issubclass(b, a) for a in registered for b in registered]
structures = [type("S%d" % i, (ctypes.Structure,), {"_fields_": [("f", ctypes.c_int * (i + 1))]})
              for i in range(5)]
sentinels = [type(None), type(...), type(NotImplemented), types.FunctionType, types.CellType]
reassigned = type("Reassigned", (Base,), {})
reassigned.__bases__ = (Derived,)
unbased = type("Unbased", (Base, collections.abc.Sized), {"__len__": lambda self: 0})
deep = object
for i in range(40):
    deep = type("Deep%d" % i, (deep,), {"level_%d" % i: i})
forgotten = [type("Forgotten", (deep,), {}) for i in range(20)]
del forgotten[5:15]
subclass_lists = [deep.__subclasses__(), Base.__subclasses__(), int.__subclasses__()]
frame_type = type(sys._getframe())
new_syntax = {}
if sys.version_info >= (3, 12):
    exec('''
type Alias[T: int, *Ts, **P] = dict[str, Alias[T]] | list[T]
type Evaluated = list[Evaluated]
type Lazy = undefined_name
class New[T: (int, str), U: "Later"]:
    def method[V](self, v: V) -> T: return v
    type Inner = T
def function[T, *Ts](x: T, *args: *Ts) -> tuple[*Ts]: return args
''', new_syntax)
    evaluated = new_syntax["Evaluated"].__value__
    bounds = [p.__bound__ for p in new_syntax["Alias"].__type_params__[:1]]
    subscripted = new_syntax["Alias"][int, str, [bool]]
    new_instance = new_syntax["New"][int, str]()
if sys.version_info >= (3, 13):
    exec("class Defaults[T = int, **P = [str]]: pass\nclass More[*Ts = *tuple[int]]: pass",
         new_syntax)
    defaults = [p.__default__ for p in new_syntax["Defaults"].__type_params__]


# Garbage: classes that hold themselves as every class does, generics of them, and aliases.
def leak():
    class Local(typing.Generic[T]):
        def method(self):
            return __class__, super()
    Local.alias = Local[int]
    Local.union = typing.Optional[Local]
    if sys.version_info >= (3, 10):
        Local.union = Local | None

    class Abstract(abc.ABC):
        @abc.abstractmethod
        def f(self):
            ...

    class Concrete(Abstract):
        def f(self):
            return "in a garbage class"
    Concrete.instance = Concrete()
    isinstance(Concrete.instance, Abstract)
    variable = typing.TypeVar("variable", bound=Local)
    namespace = types.SimpleNamespace(text="of a garbage namespace")
    namespace.namespace = (namespace, variable, {"not tracked": 1.5})
    box = []
    if sys.version_info >= (3, 9):
        box.append(types.GenericAlias(list, (box,)))
    meta = type("Meta", (type,), {})
    cls = meta("Class", (), {})
    meta.made = cls
    if sys.version_info >= (3, 12):
        exec("type Lost[T] = Lost[T]\nclass N[T]: pass\nLost.__value__", {})


leak()
