# SPDX-License-Identifier: MIT
"""Signatures over the small cores: the same from a core and from its portable forms, whatever labels
these keep, and for one program the same under every CPython, where what holds the object is."""
import glob
import json
import os
import re
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402

REFGRAPH = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
CORES = os.path.join(HERE, "..", "cores")
# Of tests/cores/program.py: what holds an object of this type first, under all of them.
SHAPES = {
    "__main__.Listed": "sys.modules['__main__']>module.kept>list[*]>__main__.Listed",
    "__main__.Cached": "sys.modules['__main__']>module.cache>functools._lru_cache_wrapper"
                       ".cache[*]>__main__.Cached",
    "__main__.Default": "sys.modules['__main__']>module.with_default>function"
                        ".__defaults__[*]>__main__.Default",
    "__main__.Captured": "sys.modules['__main__']>module.handler>function.__closure__[*]>cell"
                         ".cell_contents>__main__.Captured",
    "__main__.Held": "frame wait_forever, local held>__main__.Held",
}
MANY = ("list", "dict", "tuple", "function", "type")


def refgraph(*words):
    done = subprocess.run([REFGRAPH, *words], check=False, capture_output=True, text=True,
                          timeout=300)
    if done.returncode not in (0, 1):
        raise ValueError("%s: %s" % (" ".join(words), done.stderr.strip()))
    return done.stdout


def each(dump):
    """By address: the signatures of all objects of some types."""
    found = json.loads(refgraph("chain", "--each", "--format", "json", dump, *MANY))["each"]
    return {row["address"]: row["signature"] for row in found}


def check_forms(core):
    with tempfile.TemporaryDirectory() as folder:
        signatures = each(core)
        findings = []
        for labels in ("names", "all"):
            portable = os.path.join(folder, labels + ".ndjson")
            refgraph("convert", "--labels", labels, core, "-o", portable)
            other = each(portable)
            findings += ["%s: %s has %s, with labels=%s %s" %
                         (os.path.basename(core), address, signatures[address], labels,
                          other.get(address))
                         for address in sorted(signatures) if other.get(address) != signatures[address]]
        distinct = set(signatures.values())
        if len(signatures) < 1000 or len(distinct) < 200 or len(distinct) == len(signatures):
            findings.append("%d signatures of %d objects: that tells nothing" %
                            (len(distinct), len(signatures)))
        return findings[:5]


def check_shapes(core):
    findings = []
    for name, shape in SHAPES.items():
        chains = json.loads(refgraph("chain", "--format", "json", core, name))["chains"]
        got = chains[0] if chains else {"shape": None, "signature": None}
        if got["shape"] != shape:
            findings.append("%s: %s is %s, not %s" % (os.path.basename(core), name, got["shape"],
                                                      shape))
        elif not re.fullmatch("sig1:[0-9a-f]{16}", got["signature"]):
            findings.append("%s is no signature" % got["signature"])
    return findings


def cases():
    for core in sorted(glob.glob(os.path.join(CORES, "cpython-*.core.xz"))):
        name = os.path.basename(core).replace(".core.xz", "")
        yield "signatures of program.py in %s" % name, lambda core=core: check_shapes(core)
        if "3.11" in name or "3.13.0" in name:
            yield "signatures of %s in all forms" % name, lambda core=core: check_forms(core)


if __name__ == "__main__":
    sys.exit(common.run(*cases()))
