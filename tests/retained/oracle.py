# SPDX-License-Identifier: MIT
"""What the interpreter itself frees when one reference goes.

    oracle.py PROGRAM FOLDER

PROGRAM (one of programs/) has references(): rows of a name, the object that has the reference, what
finds its target and a key for that, what drops it and the arguments for that. No row holds what the
reference leads to. Of each a line is printed: who holds it, what it leads to (addresses), and the name. For each a
child, forked by libc so that no handler changes anything, drops that one reference, collects, and
writes the addresses of the tracked objects that are gone to FOLDER. The parent, which drops nothing,
then waits to be dumped.
"""
import ctypes
import gc
import importlib.util
import os
import sys

def load(path):
    spec = importlib.util.spec_from_file_location("program", path)
    program = importlib.util.module_from_spec(spec)
    sys.modules["program"] = program
    spec.loader.exec_module(program)
    return program


def ends_of(holder, look, key):
    """Addresses of the object that has the reference and of its target: an instance may have it
    itself or in its dict, a generator in its frame, as the version has it."""
    target = id(look(holder, key))
    near = gc.get_referents(holder)
    for at in range(len(near)):
        if id(near[at]) == target:
            return id(holder), target
    for at in range(len(near)):
        if type(near[at]) is type or type(near[at]).__name__ == "module":
            continue
        far = gc.get_referents(near[at])
        for index in range(len(far)):
            if id(far[index]) == target:
                return id(near[at]), target
    # What is not tracked does not tell: an array of numpy.
    return id(holder), target


def gone_with(drop, holder, arguments):
    """In the child: nothing tracked is made between the drop and the second look."""
    # A collection ceases to track what needs none, tuples for one.
    gc.collect()
    before = gc.get_objects()
    ids = set()
    for index in range(len(before)):
        ids.add(id(before[index]))
    del before
    drop(holder, *arguments)
    gc.collect()
    after = gc.get_objects()
    for index in range(len(after)):
        ids.discard(id(after[index]))
    return ids


def main():
    program, folder = load(sys.argv[1]), sys.argv[2]
    libc = ctypes.PyDLL(None)
    libc.prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)
    rows = list(program.references())
    # Each collection may cease to track what holds nothing else that is tracked.
    for _ in range(4):
        gc.collect()
    gc.disable()
    for number in range(len(rows)):
        name, holder, look, key, drop, arguments = rows[number]
        print("%x %x %s" % (*ends_of(holder, look, key), name))
        sys.stdout.flush()
        child = libc.fork()
        if not child:
            found = gone_with(drop, holder, arguments)
            with open(os.path.join(folder, "gone.%d" % number), "w") as out:
                for address in found:
                    out.write("%x\n" % address)
            os._exit(0)
        os.waitpid(child, 0)
    holder = look = key = drop = arguments = name = None
    print("ready", flush=True)
    libc.pause()


main()
