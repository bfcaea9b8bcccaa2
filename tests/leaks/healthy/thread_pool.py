# SPDX-License-Identifier: MIT
"""A pool of threads that always has something to do, dumped in the midst of it."""
import concurrent.futures
import hashlib
import itertools
import zlib


def work(number):
    data = bytes(number % 251 for _ in range(20000))
    return hashlib.sha256(zlib.compress(data)).hexdigest()


def main():
    results = {}
    with concurrent.futures.ThreadPoolExecutor(6) as pool:
        running = {pool.submit(work, number) for number in range(12)}
        for number in itertools.count(12):
            done, running = concurrent.futures.wait(
                running, return_when=concurrent.futures.FIRST_COMPLETED)
            for job in done:
                digest = job.result()
                results[digest[:1]] = digest
                running.add(pool.submit(work, number))
            if number in (150, 500):
                print("hour", 1 + number // 500, flush=True)


if __name__ == "__main__":
    main()
