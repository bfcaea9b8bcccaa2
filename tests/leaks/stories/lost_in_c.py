# SPDX-License-Identifier: MIT
"""Messages handed to a C library, which takes a reference and is told when to give it back."""
import ctypes

take = ctypes.pythonapi.Py_IncRef
take.argtypes = [ctypes.py_object]
give_back = ctypes.pythonapi.Py_DecRef
give_back.argtypes = [ctypes.py_object]


class Payload:
    def __init__(self, number):
        self.number = number
        self.data = bytearray(6000)


def publish(payload):
    take(payload)
    if payload.number % 2:
        raise ConnectionError("the broker has gone")
    give_back(payload)


def main():
    failed = 0
    for hour in range(1, 3):
        for number in range(400):
            try:
                publish(Payload(number))
            except ConnectionError:
                failed += 1
        print("hour", hour, failed, flush=True)
        input()


if __name__ == "__main__":
    main()
