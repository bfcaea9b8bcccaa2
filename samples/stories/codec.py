# SPDX-License-Identifier: MIT
"""Story 6: frames of video go to a C library, which calls back when it is done with one.

While C has the pointer Python must not free the object: so a reference is taken for it. Here the C
library is qsort of libc, which calls back as any other does.
"""
import ctypes
import time

libc = ctypes.CDLL(None)
take = ctypes.pythonapi.Py_IncRef
take.argtypes = [ctypes.py_object]
give_back = ctypes.pythonapi.Py_DecRef
give_back.argtypes = [ctypes.py_object]
COMPARE = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_void_p)


class Frame:
    def __init__(self, number):
        self.number = number
        self.pixels = bytearray(b"%d" % number * 5000)


@COMPARE
def compare(first, second):
    return ctypes.c_int.from_address(first).value - ctypes.c_int.from_address(second).value


def encode(frame):
    take(frame)  # it is C's now
    numbers = (ctypes.c_int * 8)(*range(frame.number, frame.number + 8))
    libc.qsort(numbers, ctypes.c_size_t(8), ctypes.c_size_t(4), compare)
    if numbers[0] % 3 == 0:
        return None  # a frame that is skipped; whoever wrote this forgot give_back(frame)
    give_back(frame)
    return bytes(numbers)


def main():
    sizes = [encode(Frame(number)) for number in range(900)]
    print("hour 1", len(sizes), flush=True)
    time.sleep(60)


if __name__ == "__main__":
    main()
