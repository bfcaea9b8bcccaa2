# SPDX-License-Identifier: MIT
"""A service that makes thumbnails with a pool of threads, and counts how many are ready."""
import concurrent.futures
import random
import zlib

WIDTH, HEIGHT = 160, 120


class Picture:
    def __init__(self, name, pixels):
        self.name = name
        self.pixels = pixels


def render(name, seed):
    """Stands for what reads and scales a photo."""
    chance = random.Random(seed)
    row = bytes(chance.randrange(256) for _ in range(WIDTH * 3))
    pixels = bytearray()
    for line in range(HEIGHT):
        pixels += row[line:] + row[:line]
    return Picture(name, bytes(pixels))


class Thumbnails:
    def __init__(self, workers):
        self.pool = concurrent.futures.ThreadPoolExecutor(workers, "thumbnail")
        self.jobs = {}
        self.checksum = 0

    def order(self, name, seed):
        if name not in self.jobs:
            job = self.pool.submit(render, name, seed)
            job.add_done_callback(self.finished)
            self.jobs[name] = job

    def finished(self, job):
        self.checksum ^= zlib.crc32(job.result().pixels)

    def ready(self):
        return sum(job.done() for job in self.jobs.values())

    def wait(self):
        concurrent.futures.wait(self.jobs.values())


service = Thumbnails(4)


def main():
    for hour in range(1, 3):
        for number in range(250):
            service.order("photo-%d-%d.jpg" % (hour, number), number)
        service.wait()
        print("hour", hour, "with", service.ready(), "thumbnails", flush=True)
        input()


if __name__ == "__main__":
    main()
