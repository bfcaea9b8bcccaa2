# SPDX-License-Identifier: MIT
"""Compressors, hashes, sockets, selectors, ssl, processes and the rest of the operating system."""
import bz2
import concurrent.futures
import ctypes
import fcntl
import gc
import hashlib
import hmac
import http.client
import lzma
import mmap
import multiprocessing
import multiprocessing.shared_memory
import multiprocessing.synchronize
import os
import pathlib
import random
import secrets
import select
import selectors
import signal
import socket
import socketserver
import ssl
import struct
import subprocess
import sys
import tempfile
import time
import urllib.parse
import urllib.request
import zipfile
import zlib

gc.disable()
data = b"compressible " * 500

compressors = [zlib.compressobj(), bz2.BZ2Compressor(), lzma.LZMACompressor()]
for compressor in compressors:
    compressor.compress(data)
decompressors = [zlib.decompressobj(zdict=b"compress"), bz2.BZ2Decompressor(),
                 lzma.LZMADecompressor()]
decompressors[0].decompress(zlib.compress(data), 100)
decompressors[1].decompress(bz2.compress(data), 100)
decompressors[2].decompress(lzma.compress(data)[:50])
finished = bz2.BZ2Decompressor()
finished.decompress(bz2.compress(data) + b"unused data")
lzma_filters = lzma.LZMACompressor(filters=[{"id": lzma.FILTER_LZMA2}], format=lzma.FORMAT_RAW)
with bz2.open("file.bz2", "wb") as file:
    file.write(data)
compressed_file = bz2.open("file.bz2", "rb")
compressed_file.read(10)
archive = zipfile.ZipFile("archive.zip", "w")
archive.writestr("member", data)

hashes = [hashlib.new(name, b"data") for name in ("md5", "sha1", "sha256", "sha512", "sha3_256",
                                                  "blake2b")]
hashes += [hashlib.blake2s(key=b"k"), hashlib.shake_128(b"x"), hmac.new(b"key", b"m", "sha256")]
randoms = [random.Random(1), random.SystemRandom(), secrets.SystemRandom()]
randoms[0].gauss(0, 1)
state = randoms[0].getstate()

left, right = socket.socketpair()
listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listening.settimeout(5.5)
unbound = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM) if socket.has_ipv6 else None
closed = socket.socket()
closed.close()
socket_file = left.makefile("rwb")
text_file = right.makefile("r", encoding="utf-8")
poll = select.poll()
poll.register(left, select.POLLIN)
epoll = select.epoll()
epoll.register(right)
selector = selectors.DefaultSelector()
key = selector.register(left, selectors.EVENT_READ, data=["registered"])
selected = selector.get_map()
context = ssl.create_default_context()
plain_context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
plain_context.sni_callback = lambda *a: None
incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
tls = context.wrap_bio(incoming, outgoing, server_hostname="example.invalid")
tls.owner = ["attribute of an SSLObject"] if hasattr(tls, "__dict__") else None
try:
    tls.do_handshake()
except ssl.SSLWantReadError as error:
    want_read = error
pipe = os.pipe()
opened = open(pipe[0], "rb", buffering=0)
scan = os.scandir("/proc/self")
entry = next(scan)
entry_stat = entry.stat()
listing = sorted(os.listdir("/sys"))
stat = os.stat("/")
results = [os.times(), os.uname(), time.gmtime(0), os.sched_param(1),
           time.get_clock_info("time"), os.statvfs("/"), signal.sigpending()]
environment = os.environ
path = [pathlib.Path("/proc") / "self", pathlib.PurePosixPath("a/b.c"),
        pathlib.Path("x").absolute()]
parents = path[0].parents
suffix = path[1].with_suffix(".d")
temporary = tempfile.TemporaryDirectory()
temporary_file = tempfile.NamedTemporaryFile()
old_handler = signal.signal(signal.SIGUSR1, lambda *a: old_handler)
signal.signal(signal.SIGCHLD, lambda *a: None)

# A fetched interpreter starts others like itself through its launcher, where there is one.
launcher = pathlib.Path(sys.prefix).parent / "python3"
if launcher.exists():
    multiprocessing.set_executable(str(launcher))
process = subprocess.Popen(["sleep", "100"], stdout=subprocess.PIPE, stdin=subprocess.PIPE)
finished_process = subprocess.run(["true"], capture_output=True, check=False)
shared = [multiprocessing.Lock(), multiprocessing.Semaphore(2), multiprocessing.Event(),
          multiprocessing.Value("i", 5), multiprocessing.Array("d", [1.5, 2.5]),
          multiprocessing.Pipe(), multiprocessing.SimpleQueue()]
acquired = shared[0].acquire()
mp_context = multiprocessing.get_context("spawn")
not_started = multiprocessing.Process(target=print, args=(["argument"],))
future = concurrent.futures.Future()
future.add_done_callback(lambda f: data)
done_future = concurrent.futures.Future()
done_future.set_result(["result"])
pool = concurrent.futures.ProcessPoolExecutor(2)

url = urllib.parse.urlsplit("http://user@host:80/path?query#fragment")
query = urllib.parse.parse_qs("a=1&a=2&b=3")
request = urllib.request.Request("http://host.invalid/", data=b"x", headers={"H": "v"})
opener = urllib.request.build_opener()
connection = http.client.HTTPConnection("host.invalid", 80)
server_class = type("Server", (socketserver.ThreadingMixIn, socketserver.TCPServer), {})
lock_file = open("lock", "w", encoding="utf-8")
fcntl.flock(lock_file, fcntl.LOCK_EX)
map_file = open("mapped", "w+b")
map_file.write(bytes(4096))
map_file.flush()
mapped = mmap.mmap(map_file.fileno(), 4096)
structure = struct.Struct("<IHb3x")
unpacked = structure.unpack(bytes(10))


# Garbage: a socket in its own selector data, a context whose callback holds it.
def leak():
    a, b = socket.socketpair()
    own = selectors.SelectSelector()
    own.register(a, selectors.EVENT_READ, data=own)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.sni_callback = lambda *args: server
    never = multiprocessing.Process(target=print, args=([],))
    never._args[0].append(never)
    rng = random.Random(5)
    rng.self = rng
    lost = concurrent.futures.Future()
    lost.add_done_callback(lambda f: (lost, b))
    box = [hashlib.sha256(b"garbage"), zlib.compressobj(), os.scandir("/")]
    box.append(box)


leak()
del compressor, file
