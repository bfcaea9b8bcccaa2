# SPDX-License-Identifier: MIT
"""Looks at what others keep: it sorts before them and defines nothing of it."""
from shop.cache import Page, pages, price
from shop.registry import Limits, remember, routes
from shop.work import callbacks, local, log, start, tasks


def overview():
    return len(pages) + len(routes) + len(callbacks) + len(tasks)
