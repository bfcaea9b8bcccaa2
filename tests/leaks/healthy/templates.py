# SPDX-License-Identifier: MIT
"""Templates that are compiled to functions, rendered, and forgotten: young cycles, some always wait."""
import random

WORDS = ("name", "price", "count", "total")


def compile_template(number, chance):
    names = chance.sample(WORDS, 2)
    source = "\n".join((
        "def render(values, names=%r):" % (names,),
        "    lines = [('template', %d, ('version', 1))]" % number,
        "    for name in names:",
        "        if name in ('name', 'price%d'):" % number,
        "            lines.append((name, 'shown', (%d, 'of')))" % number,
        "        lines.append('%s' % values.get(name, 0))",
        "    return lines"))
    namespace = {}
    exec(compile(source, "<template %d>" % number, "exec"), namespace)
    return namespace["render"]


def main():
    chance = random.Random(2)
    lines = 0
    for hour in (1, 2):
        for number in range(1500):
            render = compile_template(number + 1500 * hour, chance)
            lines += len(render({"name": "x%d" % number, "count": number}))
        print("hour", hour, lines, flush=True)
        input()


if __name__ == "__main__":
    main()
