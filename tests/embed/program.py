# SPDX-License-Identifier: MIT
# What embed.c runs in each interpreter. Only modules that need no file: a library in a namespace of
# its own cannot load those of the standard library that are files.
import gc
import posix
import sys


class Session:
    def __init__(self):
        self.me = self
        self.data = {"numbers": [1, 2, NUMBER]}


gc.disable()
kept = [Session() for _ in range(10 + NUMBER)]
for _ in range(5 + NUMBER):
    Session()
leaked = None


def witness():
    objects = gc.get_objects()
    fd = posix.open(OUT, posix.O_WRONLY | posix.O_CREAT, 0o600)
    for o in objects:
        t = type(o)
        posix.write(fd, ("%x %s\n" % (id(o), t.__name__)).encode())
    del o, t, objects
    gc.set_debug(gc.DEBUG_SAVEALL)
    count = gc.collect()
    for o in gc.garbage:
        posix.write(fd, ("%x unreachable\n" % id(o)).encode())
    posix.write(fd, ("end %d\n" % count).encode())
    posix.close(fd)
