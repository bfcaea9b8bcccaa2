# SPDX-License-Identifier: MIT
"""Objects of third-party libraries and their extension types, whichever are installed (Debian has
all of them): lxml, yaml, sqlalchemy, django, greenlet, gevent, cffi, cryptography, PIL, zmq, ...

Skips itself where fewer than five are there.
"""
import gc
import importlib
import sys

gc.disable()
kept = []


def use(name, make):
    """Keeps what make(module) makes, if the library is there."""
    try:
        module = importlib.import_module(name)
        kept.append((name, module, make(module)))
    except Exception:  # missing, or another version: then without it
        pass


def sqlalchemy(m):
    from sqlalchemy.orm import Session, declarative_base
    base = declarative_base()

    class User(base):
        __tablename__ = "user"
        id = m.Column(m.Integer, primary_key=True)
        name = m.Column(m.String)

    engine = m.create_engine("sqlite://")
    base.metadata.create_all(engine)
    session = Session(engine)
    session.add_all([User(name="user %d" % i) for i in range(20)])
    session.commit()
    return base, User, engine, session, session.query(User).all()


def django(m):
    from django.conf import settings
    settings.configure(INSTALLED_APPS=[])
    m.setup()
    from django.http import HttpRequest, HttpResponse
    return HttpRequest(), HttpResponse(b"x")


def greenlet(m):
    def run(x):
        y = [x]
        return m.getcurrent().parent.switch(y)
    made = m.greenlet(run)
    return made.switch(5), made


def cffi(m):
    ffi = m.FFI()
    return ffi, ffi.new("int[10]"), ffi.cast("void *", 0)


def zmq(m):
    context = m.Context()
    return context, context.socket(m.REP)


def wrapt(m):
    @m.decorator
    def through(wrapped, instance, args, kwargs):
        return wrapped(*args, **kwargs)
    return m.ObjectProxy([1, 2]), through(len)


use("lxml.etree", lambda m: [m.fromstring("<a x='1'><b>t</b><c/></a>"), m.XMLParser(),
                             m.XPath("//b")])
use("yaml", lambda m: m.safe_load("a: [1, {b: c}]"))
use("sqlalchemy", sqlalchemy)
use("django", django)
use("greenlet", greenlet)
use("gevent", lambda m: [m.spawn(lambda: 1)])
use("cffi", cffi)
use("cryptography.hazmat.primitives.hashes", lambda m: m.Hash(m.SHA256()))
use("PIL.Image", lambda m: m.new("RGB", (10, 10)))
use("msgpack", lambda m: [m.Packer(), m.Unpacker(), m.unpackb(m.packb({"a": [1, 2]}))])
use("markupsafe", lambda m: m.Markup("x"))
use("zmq", zmq)
use("regex", lambda m: [m.compile(r"(a)(?P<x>b)"), m.match(r"(a)(?P<x>b)", "ab")])
use("multidict", lambda m: [m.MultiDict(a=1), m.CIMultiDict(b=[2])])
use("yarl", lambda m: m.URL("http://x/y?z=1"))
use("frozenlist", lambda m: m.FrozenList([1, [2]]))
use("aiohttp", lambda m: m)
use("wrapt", wrapt)
use("google.protobuf.struct_pb2", lambda m: [m.Struct(), m.Value(string_value="x")])
use("flask", lambda m: m.Flask("x"))
use("requests", lambda m: m.Session())
use("bs4", lambda m: m.BeautifulSoup("<a><b>x</b></a>", "html.parser"))
use("networkx", lambda m: m.path_graph(10))
use("psutil", lambda m: m.Process())
use("twisted.internet.defer", lambda m: m.Deferred())
use("simplejson", lambda m: m.loads('{"a": [1]}'))
if len(kept) < 5:
    sys.exit("fewer than five of these libraries are installed")


class Leak:
    pass


for _, _, value in list(kept):
    leak = Leak()
    leak.self = leak
    leak.value = value
del leak, value
