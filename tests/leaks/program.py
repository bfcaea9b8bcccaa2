# SPDX-License-Identifier: MIT
"""Leaks in many places, then waits to be dumped."""
import asyncio
import ctypes

import shop.admin
import shop.work
from shop.registry import routes
from shop.cache import price, pages
from shop.work import callbacks, last_error, local, tasks

shop.work.leak()


async def serve():
    shop.work.start()
    await asyncio.sleep(0)
    ctypes.CDLL(None).prctl(0x59616D61, ctypes.c_ulong(-1), 0, 0, 0)
    print("ready", flush=True)
    await asyncio.sleep(600)

asyncio.run(serve())
