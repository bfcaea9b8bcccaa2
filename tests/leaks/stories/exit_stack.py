# SPDX-License-Identifier: MIT
"""A daemon that frees what it uses at its end: every job enters its resources into one stack."""
import contextlib


class Lease:
    """A piece of a shared memory, until it is given back."""

    taken = 0

    def __init__(self, size):
        self.memory = bytearray(size)

    def __enter__(self):
        Lease.taken += 1
        return self

    def __exit__(self, *error):
        Lease.taken -= 1


class Daemon:
    def __init__(self):
        self.resources = contextlib.ExitStack()
        self.jobs = 0

    def job(self, number):
        lease = self.resources.enter_context(Lease(16384 + number))
        lease.memory[0] = number % 256
        self.jobs += 1
        return sum(lease.memory[:100])


daemon = Daemon()


def main():
    with daemon.resources:
        for hour in range(1, 3):
            for number in range(500):
                daemon.job(number)
            print("hour", hour, daemon.jobs, Lease.taken, flush=True)
            input()


if __name__ == "__main__":
    main()
