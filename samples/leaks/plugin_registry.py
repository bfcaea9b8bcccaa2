# SPDX-License-Identifier: MIT
"""An editor's plugins, which are loaded anew whenever the settings change. Plugins and registry know
each other. Collections made typing stutter: the collector only runs on demand."""
import gc
import random


class Plugin:
    def __init__(self, registry, name, words):
        self.registry = registry
        self.name = name
        self.words = words

    def complete(self, start):
        return [word for word in self.words if word.startswith(start)][:10]

    def sibling(self, name):
        return self.registry.plugins[name]


class Registry:
    def __init__(self, settings):
        self.settings = settings
        self.plugins = {}

    def load(self, name, words):
        self.plugins[name] = Plugin(self, name, words)

    def complete(self, start):
        return [word for plugin in self.plugins.values() for word in plugin.complete(start)]


class Editor:
    def __init__(self):
        self.registry = None

    def apply(self, settings, chance):
        """Makes a registry for the new settings; the old one is forgotten."""
        registry = Registry(settings)
        for name in ("python", "english", "html", "symbols"):
            registry.load(name, ["%s%d" % (name[:2], chance.randrange(10 ** 6))
                                 for _ in range(1500)])
        self.registry = registry


editor = Editor()


def main():
    gc.disable()
    chance = random.Random(6)
    for hour in range(1, 3):
        for change in range(12):
            editor.apply({"tab": 4, "change": change}, chance)
            editor.registry.complete("py1")
        print("hour", hour, flush=True)
        input()


if __name__ == "__main__":
    main()
