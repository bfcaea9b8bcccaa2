# SPDX-License-Identifier: MIT
"""Views register themselves, and requests with them."""
routes = []


class Route:
    def __init__(self, path, view):
        self.path = path
        self.view = view
        self.seen = []  # LEAK: every request that came here


class Request:
    pass


class Setting:
    pass


class Limits:
    current = {}  # LEAK: a class attribute, never cleared


def remember(request, into=[]):  # LEAK: a default argument that lives as long as the function
    into.append(request)


class Remembered:
    pass
