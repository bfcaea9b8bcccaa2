# SPDX-License-Identifier: MIT
"""Leaks in many places, then waits to be dumped."""
import ctypes
import time

import shop.work
from shop.registry import routes
from shop.cache import price, pages
from shop.work import callbacks, last_error, local

shop.work.leak()
ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)
print("ready", flush=True)
time.sleep(600)
