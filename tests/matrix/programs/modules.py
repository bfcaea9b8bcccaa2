# SPDX-License-Identifier: MIT
"""Modules made by hand and many of the standard library's, each with what it keeps at import."""
import gc
import importlib
import importlib.machinery
import importlib.util
import os
import sys
import types
import warnings

gc.disable()
warnings.simplefilter("ignore")
NAMES = """
_asyncio _bisect _blake2 _bz2 _codecs_jp _csv _ctypes _curses _datetime _decimal _elementtree
_functools _hashlib _heapq _io _json _locale _lsprof _lzma _multibytecodec _multiprocessing
_opcode _operator _pickle _posixshmem _posixsubprocess _queue _random _sha2 _sha512 _sha3 _socket
_sqlite3 _sre _ssl _stat _statistics _string _struct _symtable _thread _tracemalloc _uuid _weakref
_zoneinfo array atexit binascii cmath fcntl grp itertools marshal math mmap posix pwd pyexpat
resource select spwd syslog termios time unicodedata zlib abc argparse ast asyncio base64 bdb
bisect calendar cmd code codecs codeop collections colorsys compileall concurrent.futures
configparser contextlib copy csv ctypes curses dataclasses datetime decimal difflib dis email
encodings.idna enum filecmp fileinput fnmatch fractions ftplib functools getpass gettext glob
graphlib gzip hashlib heapq hmac html http.server imaplib inspect io ipaddress json keyword
linecache locale logging.config lzma mailbox mimetypes modulefinder multiprocessing.pool netrc
ntpath nturl2path numbers opcode operator optparse pathlib pdb pickle pickletools pkgutil platform
plistlib poplib pprint profile pstats pty py_compile pyclbr pydoc queue quopri random re reprlib
rlcompleter runpy sched secrets selectors shelve shlex shutil signal site smtplib socket
socketserver sqlite3 ssl stat statistics string stringprep struct subprocess symtable sysconfig
tabnanny tarfile tempfile textwrap threading timeit token tokenize tomllib trace traceback
tracemalloc types typing unittest.mock urllib.request uuid venv warnings wave weakref webbrowser
wsgiref.simple_server xml.dom.minidom xml.sax xmlrpc.client zipapp zipfile zipimport zoneinfo
""".split()
loaded, absent = {}, []
for name in NAMES:
    try:
        loaded[name] = importlib.import_module(name)
    except ImportError:
        absent.append(name)

empty = types.ModuleType("empty")
with_doc = types.ModuleType("documented", "doc " * 10)
with_doc.function = lambda: with_doc
source = """
import sys
value = [1]
def f(): return value
class C:
    'doc'
    x = f
instance = C()
"""
executed = types.ModuleType("executed")
exec(source, executed.__dict__)
sys.modules["executed"] = executed
spec = importlib.machinery.ModuleSpec("specified", None, origin="nowhere", is_package=True)
specified = importlib.util.module_from_spec(spec)
with open("written.py", "w", encoding="utf-8") as file:
    file.write(source)
sys.path.insert(0, os.getcwd())
written = importlib.import_module("written")
file_spec = importlib.util.spec_from_file_location("other", "written.py")
other = importlib.util.module_from_spec(file_spec)
file_spec.loader.exec_module(other)


class Lazy(types.ModuleType):
    def __getattr__(self, name):
        return self


class Finder:
    @staticmethod
    def find_spec(name, path=None, target=None):
        return None


sys.meta_path.append(Finder)
lazy = Lazy("lazy")
lazy.attribute = [lazy]
sys.modules["lazy"] = lazy
sys.modules["blocked"] = None
sys.modules["not.a.module"] = types.SimpleNamespace(odd=["module"])
lazy_loaded = importlib.util.LazyLoader.factory(importlib.machinery.SourceFileLoader)
no_name = types.ModuleType("x")
del no_name.__name__
replaced = types.ModuleType("replaced")
replaced.__class__ = Lazy
compiled = [compile(source, "<string>", "exec", dont_inherit=True), compile("1 + 1", "<e>", "eval")]
namespaces = [executed.__dict__, vars(lazy), {"__builtins__": {}}]
exec("x = 1\ndef f(): return x", namespaces[2])
profile = loaded["_lsprof"].Profiler() if "_lsprof" in loaded else None
hook_log = []
sys.excepthook, original_hook = hook_log.append, sys.excepthook
sys.displayhook = lambda value: hook_log
mock = loaded["unittest.mock"].MagicMock(name="mock", return_value=[1])
mock.method(1, key=[2])


# Garbage: a module with functions that hold its globals, one that was imported and forgotten.
def leak():
    lost = types.ModuleType("lost")
    exec(source, lost.__dict__)
    lost.self = lost
    lost_namespace = {}
    exec("def f(): return g\ndef g(): return f\ntext = 'of a garbage namespace' * 2",
         lost_namespace)
    forgotten = importlib.util.module_from_spec(file_spec)
    file_spec.loader.exec_module(forgotten)
    again = Lazy("again")
    again.me = again


leak()
del file, name
