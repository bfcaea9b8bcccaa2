# SPDX-License-Identifier: MIT
"""A recorder of network traffic: of each packet only the head is kept, without copying it."""
import random
import struct

HEAD = struct.Struct("!IHHI")


class Recorder:
    def __init__(self):
        self.heads = []
        self.bytes = 0

    def packet(self, data):
        self.bytes += len(data)
        self.heads.append(memoryview(data)[:HEAD.size])

    def by_port(self):
        ports = {}
        for head in self.heads:
            _, port, _, size = HEAD.unpack(head)
            ports[port] = ports.get(port, 0) + size
        return ports


recorder = Recorder()


def receive(chance, count):
    for number in range(count):
        size = chance.randrange(20000, 60000)
        data = bytearray(HEAD.pack(number, chance.choice((80, 443, 53)), 0, size))
        data.extend(bytes(size))
        recorder.packet(data)


def main():
    chance = random.Random(9)
    for hour in range(1, 3):
        receive(chance, 400)
        print("hour", hour, recorder.by_port(), flush=True)
        input()


if __name__ == "__main__":
    main()
