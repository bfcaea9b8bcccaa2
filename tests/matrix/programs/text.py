# SPDX-License-Identifier: MIT
"""re, io, logging, ElementTree, ast, json, csv, pickle, parsers and readers of text."""
import argparse
import ast
import codecs
import configparser
import copyreg
import csv
import difflib
import email.message
import gc
import html.parser
import io
import json
import locale
import logging
import logging.handlers
import pickle
import re
import shlex
import string
import symtable
import sys
import tempfile
import textwrap
import tokenize
import unicodedata
import xml.dom.minidom
import xml.etree.ElementTree as ElementTree
import xml.parsers.expat
import xml.sax

gc.disable()
SOURCE = '''
import os
class A(B, metaclass=C):
    x: int = 5
    def f(self, a, *b, c=1, **d) -> "r":
        """doc"""
        with open(f"{a!r:>{c}}") as h, g:
            return [y async for y in z] if (w := 1) else lambda: (yield)
async def g():
    try: pass
    except E as e: raise e from None
'''
if sys.version_info >= (3, 10):
    SOURCE += """
    match x:
        case {"k": [1, *rest], **kw} | A(x=1): pass
"""
if sys.version_info >= (3, 11):
    SOURCE += """
    try: pass
    except* E as e: raise e from None
"""

patterns = [re.compile(p) for p in ("a+", r"(?P<name>\w+)\s(?P<rest>.*)", r"[^\x00-\x7f]",
                                    "(a)(b)?(c)")]
patterns.append(re.compile(rb"bytes(\d*)", re.I))
text = "first second third"
matches = [patterns[1].match(text), patterns[3].match("ac"), patterns[4].search(b"x BYTES12"),
           patterns[1].fullmatch("long " * 30)]
scanner = patterns[0].scanner("banana")
scanner_match = scanner.search()
finder = patterns[0].finditer("banana" * 3)
next(finder)
groups = [m.groupdict() for m in matches] + [matches[0].groups(), matches[0].regs]
lexer = re.Scanner([(r"\d+", lambda s, t: int(t)), (r"\s+", None)])
lexed = lexer.scan("1 22 x")
template = [patterns[0].sub("<\\g<0>>", "banana"), string.Template("$a ${b}")]

streams = [io.StringIO(), io.StringIO("initial"), io.BytesIO(), io.BytesIO(b"initial" * 20),
           io.BytesIO(b"x")]
streams[0].write("written " * 10)
streams[2].write(b"written")
exported = streams[3].getbuffer()
line_iterator = iter(io.StringIO("a\nb\n"))
next(line_iterator)
raw = io.FileIO("file", "w+")
raw.attribute = [raw]
writer = io.BufferedWriter(io.FileIO("file", "w"), 100)
writer.write(b"buffered")
reader = io.BufferedReader(io.FileIO("/dev/zero"), 256)
reader.read(10)
wrapper = io.TextIOWrapper(io.BytesIO(b"caf\xc3\xa9\nline two\n"), encoding="utf-8", newline=None)
wrapper.readline()
wrapper_out = io.TextIOWrapper(io.BytesIO(), encoding="utf-16", errors="replace")
wrapper_out.write("pending text")
opened = open("file", "w+", encoding="utf-8")
random_access = io.BufferedRandom(io.FileIO("file", "r+"))
pair = io.BufferedRWPair(io.FileIO("file"), io.FileIO("/dev/null", "w"))
closed = io.BytesIO(b"closed")
closed.close()
detached = io.TextIOWrapper(io.BytesIO(b"d"))
detached_buffer = detached.detach()
decoder = io.IncrementalNewlineDecoder(codecs.getincrementaldecoder("utf-8")(), True)
decoded = decoder.decode(b"a\r")
spooled = tempfile.SpooledTemporaryFile(max_size=1000)
spooled.write(b"spool")
incremental = [codecs.getincrementalencoder("shift_jis")(),
               codecs.getincrementaldecoder("gb18030")(),
               codecs.lookup("utf-8"), codecs.getwriter("latin-1")(io.BytesIO()),
               codecs.getreader("euc_jp")(io.BytesIO(b"abc"))]

logger = logging.getLogger("app.part")
handlers = [logging.StreamHandler(streams[0]), logging.handlers.MemoryHandler(100),
            logging.NullHandler(), logging.handlers.BufferingHandler(5)]
for handler in handlers:
    handler.setFormatter(logging.Formatter("%(asctime)s %(message)s", style="%"))
    logger.addHandler(handler)
logger.addFilter(lambda r: True)
logger.warning("message %s", ["argument"])
adapter = logging.LoggerAdapter(logger, {"extra": [1]})
logger.propagate = False

root = ElementTree.fromstring("<r a='1'><c b='2'>text<d/>tail</c><!-- x --><c/></r>")
root.set("more", "x" * 20)
made = ElementTree.SubElement(root[0], "made", {"k": "v"})
made.text, made.tail = "text", ["not a string"]
element_iterators = [root.iter(), root.iter("c"), root.iterfind("c"), root.itertext(), iter(root)]
for iterator in element_iterators[:3]:
    next(iterator)
tree = ElementTree.ElementTree(root)
parser = ElementTree.XMLParser()
parser.feed("<a><b>unfinished")
builder = ElementTree.TreeBuilder()
builder.start("open", {"attr": "value"})
builder.data("data")
pull = ElementTree.XMLPullParser(["start", "end"])
pull.feed("<x><y/>")
many_children = ElementTree.Element("parent")
many_children.extend(ElementTree.Element("child%d" % i) for i in range(30))
del many_children[5:25]
expat = xml.parsers.expat.ParserCreate()
expat.StartElementHandler = lambda name, attributes: streams
expat.Parse("<open a='b'>")
dom = xml.dom.minidom.parseString("<a><b c='d'>e</b></a>")

module = ast.parse(SOURCE)
nodes = list(ast.walk(module))
expression = ast.parse("a + b * 2", mode="eval")
hand_made = ast.Name(id="x", ctx=ast.Load(), lineno=1, col_offset=0)
hand_made.parent = expression
table = symtable.symtable("def f(x):\n  y = x\n", "name", "exec")
tokens = list(tokenize.generate_tokens(io.StringIO("x = [1, 'two']\n").readline))

loaded = json.loads('{"a": [1, 2.5, null, true], "b": {"c": "text"}}')
encoder, json_decoder = json.JSONEncoder(indent=2), json.JSONDecoder(object_hook=dict)
c_encoder = json.encoder.c_make_encoder(None, str, json.encoder.encode_basestring_ascii, None, ":",
                                        ",",
                                        False, False, True)
encoding = encoder.iterencode([1, [2, {"k": 3}]])
next(encoding)
csv_reader = csv.reader(io.StringIO("a,b\nc,\"d\ne\"\n"))
next(csv_reader)
csv_writer = csv.writer(io.StringIO(), dialect=csv.excel_tab)
csv_dict = csv.DictReader(io.StringIO("h1,h2\n1,2\n"))
next(csv_dict)
pickler = pickle.Pickler(io.BytesIO(), protocol=5)
pickler.dump([loaded, {"x": (1, 2)}, loaded])
unpickler = pickle.Unpickler(io.BytesIO(pickle.dumps([1, [2], {"k": "v"}])))
unpickled = unpickler.load()
persistent = type("Persistent", (pickle.Pickler,), {"persistent_id": lambda self,
                                                    o: None})(io.BytesIO())
persistent.dump([1])
memo = pickler.memo
config = configparser.ConfigParser()
config.read_string("[s]\nk = v\n[t]\nl = %(m)s\nm = n\n")
arguments = argparse.ArgumentParser(prog="p")
arguments.add_argument("--option", type=int, default=5, choices=[5, 6])
parsed = arguments.parse_args(["--option", "6"])
message = email.message.EmailMessage()
message["Subject"] = "subject"
message.set_content("content")
diff = difflib.SequenceMatcher(None, "abcd", "bcde")
blocks = diff.get_matching_blocks()
lex = shlex.shlex("a 'b c' d")
first_token = lex.get_token()
wrap = textwrap.TextWrapper(width=20)
page = html.parser.HTMLParser()
page.feed("<p>text")
old_unicode = unicodedata.ucd_3_2_0
reduced = copyreg.__newobj__(dict)
sax = xml.sax.make_parser()
conventions = locale.localeconv()


# Garbage: an element in its own child, a parser whose handler holds it, a node in itself.
def leak():
    element = ElementTree.Element("garbage", {"attribute": "of garbage"})
    element.append(ElementTree.Element("child"))
    element[0].append(element)
    lost = xml.parsers.expat.ParserCreate()
    lost.EndElementHandler = lambda name: lost
    node = ast.parse("x = y")
    node.body[0].parent = node
    raw_io = io.BytesIO(b"garbage")
    raw_io.attribute = raw_io
    text_io = io.TextIOWrapper(raw_io)
    text_io.attribute = text_io
    record = logging.LogRecord("n", 10, "p", 5, "m", [], None)
    record.self = record
    out = csv.writer(type("Out", (), {"write": lambda self, x: None, "out": None})())
    box = []
    box.append((out, csv.reader(box)))
    pickled = pickle.Pickler(io.BytesIO())
    pickled.dispatch_table = {int: lambda x: pickled}


leak()
del handler, iterator
