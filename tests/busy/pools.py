# SPDX-License-Identifier: MIT
"""pymalloc's books, read from a core by other means than refgraph's: which blocks are in use."""
import re
import struct
import subprocess

LOAD = re.compile(r"^ +LOAD +0x(\w+) 0x(\w+) 0x\w+ 0x(\w+) 0x\w+ RW")
HEAD = 48


class Pools:
    """The pools of a core whose pages are `page` bytes."""

    def __init__(self, path, page):
        said = subprocess.run(["readelf", "-lW", path], check=True, capture_output=True,
                              text=True, env={"LC_ALL": "C", "PATH": "/usr/bin:/bin"}).stdout
        with open(path, "rb") as file:
            data = file.read()
        self.page = page
        self.pools = {}
        self.torn = 0
        for line in said.splitlines():
            found = LOAD.match(line)
            if not found:
                continue
            offset, start, size = (int(word, 16) for word in found.groups())
            for at in range(-start % page, size - page + 1, page):
                self.look_at(data[offset + at:offset + at + page], start + at)

    def look_at(self, bytes_, address):
        if len(bytes_) < self.page:
            return
        used, first = struct.unpack_from("<IxxxxQ", bytes_)
        number, begun, last = struct.unpack_from("<III", bytes_, 36)
        size = 16 * (number + 1)
        if not 0 < used <= (self.page - HEAD) // size or number >= 32 or last != self.page - size:
            return
        if not HEAD <= begun <= last + size or (begun - HEAD) % size:
            return
        free = set()
        while first and first not in free:
            offset = first - address
            if not HEAD <= offset < begun or (offset - HEAD) % size:
                if not free:
                    return
                self.torn += 1
                break
            free.add(first)
            first = struct.unpack_from("<Q", bytes_, offset)[0]
        self.torn += (begun - HEAD) // size - len(free) != used
        self.pools[address] = size, begun, free

    def block_of(self, address):
        """The block that holds address: (start, size, whether it is in use), or None."""
        pool = address & -self.page
        known = self.pools.get(pool)
        if not known or address - pool < HEAD:
            return None
        size, begun, free = known
        start = address - (address - pool - HEAD) % size
        return start, size, start - pool < begun and start not in free
