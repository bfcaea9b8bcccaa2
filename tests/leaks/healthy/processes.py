# SPDX-License-Identifier: MIT
"""Two processes that work for a third, which is dumped."""
import multiprocessing


def work(number):
    return sum(n * n for n in range(number % 500))


def main():
    with multiprocessing.get_context("fork").Pool(2) as pool:
        for hour in (1, 2):
            total = sum(pool.imap_unordered(work, range(3000), chunksize=50))
            print("hour", hour, total, flush=True)
            input()


if __name__ == "__main__":
    main()
