# SPDX-License-Identifier: MIT
"""A search service: its index fills the memory, as it should. Sessions are never closed."""
import itertools

numbers = itertools.count(1)


class Index:
    def __init__(self, count):
        self.entries = {"word%06d" % number: [number] for number in range(count)}

    def find(self, start, count):
        return [self.entries["word%06d" % (start + n)] for n in range(count)]


class Session:
    def __init__(self, number):
        self.number = number
        self.shown = []


index = Index(120000)
sessions = {}


def search(session, start):
    found = index.find(start, 20)
    session.shown.append([list(entry) for entry in found])
    return found


def main():
    for hour in range(1, 3):
        for _ in range(700):
            number = next(numbers)
            sessions[number] = Session(number)
            search(sessions[number], number * 7 % 100000)
        print("hour", hour, len(sessions), flush=True)
        input()


if __name__ == "__main__":
    main()
