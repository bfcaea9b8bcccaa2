# SPDX-License-Identifier: MIT
"""Holds what app.py makes, then says in a child what the interpreter itself knows: for each query
the addresses of the objects that it should select, as JSON. The parent is dumped as it was then."""
import ctypes
import gc
import json
import os
import sys
import time

import app

sessions = [app.Session(number) for number in range(60)]
index = {"session %d" % session.number: session for session in sessions}
chain = None
for step in range(5):
    chain = app.Slotted("bob" if step % 2 else "eve", chain)
rows = [{"user_id": step % 50, "row %d" % step: None} for step in range(200)]
matrix = {(step, step): [step] for step in range(30)}
markers = ["".join(["zq", "x", str(step)]) for step in range(25)]
numbers = [10 ** 12 + step for step in range(40)]
blob = bytearray(2 << 20)
nest = [[[[blob]]]]
wide = [None] * 5000
letters = {"".join(["zq", "key"]), "other"}
for step in range(300):
    app.expensive(step)
    app.cheap(step)
log = open(os.path.join(sys.argv[1], "app.log"), "w")  # pylint: disable=consider-using-with
done = open(os.path.join(sys.argv[1], "done.log"), "w")  # pylint: disable=consider-using-with
done.close()
# A reference that nothing will ever explain.
ctypes.pythonapi.Py_IncRef(ctypes.py_object(sessions[2]))
gc.collect()
gc.disable()
garbage = []
for step in range(6):
    one, other = app.Node(), app.Node()
    one.other, other.other = other, one
    garbage += [id(one), id(other)]
    del one, other


def find(objects, is_wanted):
    """Addresses of those that are."""
    return [id(thing) for thing in objects if is_wanted(thing)]


def truth():
    objects = gc.get_objects()
    return {
        "type = app.Session": find(objects, lambda o: type(o) is app.Session),
        "type = Session and attr(user) = bob":
            find(sessions, lambda o: o.user == "bob"),
        "type = app.S* and attr(user) = 'bob'":
            find(objects, lambda o: type(o) in (app.Session, app.Slotted) and o.user == "bob"),
        "type = Slotted and attr(next, type = Slotted)":
            find(objects, lambda o: type(o) is app.Slotted and o.next is not None),
        "attr(next) = None": find(objects, lambda o: type(o) is app.Slotted and o.next is None),
        "type = app.Session and attr(closed) = True": find(sessions, lambda o: o.closed),
        "type = app.Session and attr(number) > 49.5": find(sessions, lambda o: o.number >= 50),
        "type = app.Session and attr(items, len > 1000)":
            find(sessions, lambda o: len(o.items) > 1000),
        "attr(buffer, size > 1050) and type = Session":
            find(sessions, lambda o: sys.getsizeof(o.buffer) > 1050),
        "module = app and tracked and not unreachable":
            find(objects, lambda o: type(o).__module__ == "app" and type(o) is not app.Node),
        "type = dict and len > 100 and tracked":
            find(objects, lambda o: type(o) is dict and len(o) > 100),
        "type = list and len >= 200 and tracked":
            find(objects, lambda o: type(o) is list and len(o) >= 200 and o is not objects),
        "type = list and out > 999 and tracked":
            find(objects, lambda o: type(o) is list and len(o) > 999 and o is not objects),
        "tracked and size > 5000 and type = dict":
            find(objects, lambda o: type(o) is dict and sys.getsizeof(o) > 5000),
        "key(zqkey) and size = %d" % sys.getsizeof(letters): [id(letters)],
        "key(user_id) = 42": find(rows, lambda o: o["user_id"] == 42),
        "key(user_id) >= 48 or key('row 7')":
            find(rows, lambda o: o["user_id"] >= 48 or "row 7" in o),
        "key('session 5', type = app.Session)": [id(index)],
        "key('(3, 3)') and type = dict": [id(matrix)],
        "key(zqkey)": [id(letters)],
        "value = zqx*": [id(marker) for marker in markers],
        "value = \"'zqx1?'\"": [id(marker) for marker in markers[10:20]],
        "value >= 1000000000010 and value < 1000000000040":
            [id(number) for number in numbers[10:]],
        "type = bytearray and size + owned > 1M": [id(blob)],
        "type = Node and unreachable": garbage,
        "role = cache and bound = 7": [id(app.cheap)],
        "open and text = '*/app.log'": [id(log.buffer.raw)],
        "descriptor = %d" % log.fileno(): [id(log.buffer.raw)],
        "name = handler and type = function": [id(app.handler)],
        "is_module and name = app": [id(app)],
        "referrer(app.Session) and type = bytearray": [id(session.buffer) for session in sessions],
        "referent(0x%x)" % id(sessions[7].buffer) + " and type = Session": [id(sessions[7])],
        "type = list and reachable_from(0x%x)" % id(nest[0]):
            [id(nest[0]), id(nest[0][0]), id(nest[0][0][0])],
        "type = Slotted and retained_by(0x%x)" % id(chain.next): find(
            objects, lambda o: type(o) is app.Slotted and o is not chain),
        "type = bytearray and dominator(0x%x)" % id(sessions[9]): [id(sessions[9].buffer)],
    }


child = os.fork()
if not child:
    with open(os.path.join(sys.argv[1], "truth.json"), "w", encoding="ascii") as file:
        json.dump(truth(), file)
    os._exit(0)
os.waitpid(child, 0)
print("ready", flush=True)
time.sleep(600)
