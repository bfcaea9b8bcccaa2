# SPDX-License-Identifier: MIT
"""Exceptions with tracebacks, frames, notes, groups; the snapshot inside an except block."""
import asyncio
import gc
import os
import sys
import traceback
import types

gc.disable()


class Custom(Exception):
    def __init__(self, message, **details):
        super().__init__(message)
        self.details = details


class Slotted(Exception):
    __slots__ = ("slot",)


class Both(KeyError, AttributeError):
    pass


def raises(depth, error):
    local = ["local", depth]
    if depth:
        return raises(depth - 1, error)
    raise error


def catch(error, depth=2):
    try:
        raises(depth, error)
    except BaseException as caught:
        return caught


def chained():
    try:
        try:
            raises(1, ValueError("first", [1]))
        except ValueError as first:
            raise TypeError("second") from first
    except TypeError:
        try:
            raises(2, Custom("third", key=["value"]))
        except Custom as third:
            return third


def unicode_errors():
    found = []
    for action in (lambda: b"\xff\xfe".decode("utf-8"), lambda: "\ud800".encode("utf-8"),
                   lambda: "é".encode("ascii")):
        try:
            action()
        except UnicodeError as error:
            found.append(error)
    found.append(UnicodeTranslateError("text", 0, 1, "reason"))
    return found


def natural():
    """Errors the interpreter raises itself, with the fields it fills in."""
    found = []
    for source in ("1 / 0", "undefined_name", "None.attribute", "{}['missing']", "[][5]",
                   "int('x')",
                   "import missing_module", "from os import missing_name", "'a' + 1",
                   "open('/none/x')",
                   "next(iter(()))", "f(", "  x", "x = = 1", "'\\N{NO SUCH NAME}'",
                   "raise SystemExit([1])",
                   "assert False, ['message']", "(lambda: (lambda: late)())()",
                   "b'x'.fromhex('zz')",
                   "chr(-1)", "2 ** 5 ** 0.5 ** 'x'", "setattr(1, 'x', 2)", "del missing",
                   "a, b = 1,"):
        try:
            exec(compile(source, "<natural>", "exec"), {"__name__": "natural"})
        except BaseException as error:
            found.append(error)
    return found


PLACE = (3, 4) if sys.version_info >= (3, 10) else ()
NAMED = {"name": "who"} if sys.version_info >= (3, 10) else {}
caught = [catch(error) for error in (
    ValueError(), KeyError("k"), OSError(2, "No such file", "a", None, "b"), StopIteration([1]),
    SystemExit(["code"]), ImportError("m", name="n", path="p"), Custom("c", a=1), Both("both"),
    BlockingIOError(11, "again", 5),
    NameError("n", **NAMED), AttributeError("a", **dict(NAMED, obj=[1]) if NAMED else {}),
    SyntaxError("bad", ("file", 1, 2, "text", *PLACE)), KeyboardInterrupt(), GeneratorExit("g"),
    MemoryError(), RecursionError("deep"), asyncio.CancelledError("c"), UnicodeDecodeError(
        "utf-8", b"bytes", 0, 1, "reason"), Slotted("s"), StopAsyncIteration([2]))]
caught[-2].slot = ["in a slot"]
if sys.version_info >= (3, 11):
    caught[0].add_note("a note")
    caught[0].add_note("another " + "note" * 10)
caught[1].attribute = {"own": caught[1]}
chain = chained()
if sys.version_info >= (3, 11):
    inner_group = ExceptionGroup("inner", [KeyError([2]), OSError(3, "x")])
    group = ExceptionGroup("group", [ValueError(1), inner_group])
    base_group = BaseExceptionGroup("base", [KeyboardInterrupt(),
                                             catch(ValueError("with traceback"))])
    split = group.split(ValueError)
    derived = group.subgroup(lambda e: isinstance(e, KeyError))
naturals = natural()
unicodes = unicode_errors()
never_raised = [cls() for cls in (Exception, OSError, SyntaxError, ImportError, Custom.__base__)]
uninitialised = [cls.__new__(cls) for cls in (OSError, UnicodeDecodeError, StopIteration,
                                              SystemExit,
                                             SyntaxError, ImportError, AttributeError, NameError)]
summaries = traceback.TracebackException.from_exception(chain, capture_locals=True)
extracted = traceback.extract_tb(chain.__traceback__)
frames = [tb.tb_frame for tb in [caught[0].__traceback__, caught[0].__traceback__.tb_next]]
locals_seen = [f.f_locals for f in frames]
made_traceback = types.TracebackType(None, sys._getframe(), 0, 1)
if sys.version_info >= (3, 11):
    exec('''
try:
    raise group
except* ValueError as star:
    starred = star
except* (KeyError, OSError) as star:
    starred_rest = star
''')
try:
    os.stat("/does/not/exist")
except OSError as error:
    stat_error = error


# Garbage: the classic, an exception kept by a local of the frame that its traceback holds.
def leak(n):
    text = "held by a garbage frame %d" % n
    try:
        raise ValueError(text, [n])
    except ValueError as error:
        kept = error
    return None


for i in range(5):
    leak(i)
self_cause = ValueError("cause of itself")
self_cause.__cause__ = KeyError("other")
self_cause.__cause__.__context__ = self_cause
del self_cause


def in_handlers(n):
    here = ["handler", n]
    try:
        raise LookupError("level", n)
    except LookupError as current:
        if n:
            in_handlers(n - 1)
        else:
            snapshot()


in_handlers(3)
