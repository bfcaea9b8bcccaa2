# SPDX-License-Identifier: MIT
"""How much of a portable dump's counts is explained: of the mortal objects, those whose every
reference was found at a place that owns it. The others have a root `external references`."""
import json

IMMORTAL = '"immortal": true'


def measure(portable):
    """{mortal: objects whose count means something, unexplained: those with references left over}"""
    mortal, external = set(), set()
    with open(portable, encoding="utf-8", errors="surrogatepass") as lines:
        for line in lines:
            if line.startswith('{"address": '):
                # Within a string its quotes would have backslashes before them.
                if IMMORTAL not in line:
                    mortal.add(int(line[12:line.index(",")]))
            elif line.startswith('{"root": '):
                root = json.loads(line)
                if root.get("kind") == "external":
                    external.add(root["root"])
    return {"mortal": len(mortal), "unexplained": len(mortal & external)}


def share(measured):
    """Over several dumps, in % of the mortal objects, never rounded up to 100; "-": none."""
    mortal = sum(one["mortal"] for one in measured)
    wrong = sum(one["unexplained"] for one in measured)
    if not mortal or not wrong:
        return "100" if mortal else "-"
    return "%.3f" % (int(100000 * (mortal - wrong) / mortal) / 1000)
