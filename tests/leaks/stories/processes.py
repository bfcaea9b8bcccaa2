# SPDX-License-Identifier: MIT
"""Converts files with a program of the system; the pipes of those that are done are never read."""
import subprocess


class Converter:
    def __init__(self):
        self.running = []

    def convert(self, text):
        process = subprocess.Popen(["cat"], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        process.stdin.write(text.encode())
        process.stdin.close()
        self.running.append(process)

    def wait(self):
        for process in self.running:
            process.wait()


converter = Converter()


def main():
    for hour in range(1, 3):
        for number in range(60):
            converter.convert("text %d" % number)
        converter.wait()
        print("hour", hour, flush=True)
        input()


if __name__ == "__main__":
    main()
