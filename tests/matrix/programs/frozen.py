# SPDX-License-Identifier: MIT
"""gc.freeze(): what was there before is frozen, living or not; what came after is not."""
import gc
import weakref

gc.disable()


class Node:
    pass


def ring(n, text):
    nodes = [Node() for _ in range(n)]
    for i, node in enumerate(nodes):
        node.next = nodes[i - 1]
        node.text = "%s %d" % (text, i)
    return nodes[0]


before = ring(5, "kept and frozen")
ring(4, "unreachable and frozen")
frozen_list = [1, [2], {"k": before}]
gc.freeze()
count = gc.get_freeze_count()
after = ring(3, "kept, later")
ring(6, "unreachable, later")
into_frozen = ring(2, "unreachable, refers to what is frozen")
into_frozen.frozen = frozen_list
del into_frozen
held_by_frozen = ring(2, "held by what is frozen")
frozen_list.append(held_by_frozen)
weak = weakref.ref(held_by_frozen)
del held_by_frozen
# Held only by frozen garbage: the collector takes that for alive.
frozen_garbage = ring(2, "lost")
frozen_garbage.later = []
gc.freeze()
frozen_garbage.later.append(ring(2, "held by frozen garbage"))
del frozen_garbage
last = ring(3, "unreachable, after the second freeze")
del last
