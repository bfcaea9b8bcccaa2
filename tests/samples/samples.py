#!/usr/bin/env python3
# SPDX-License-Identifier: MIT
"""The samples, built outside of the tree by what pkg-config says, do what they say.

In "make check" the library, its headers and refgraph.pc are installed into a temporary folder; with
--installed (as "make installcheck" has it) those that are installed are used. Either way each sample
is copied away from the tree and compiled as strict C99 and as C++11, by every compiler there is. With
--update what they print is written to expected/ beside this script, to be read before it is believed.
"""
import glob
import json
import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402

TREE = common.source_dir()
SAMPLES = os.path.join(TREE, "samples")
EXPECTED = os.path.join(HERE, "expected")
DUMPS = os.path.join(TREE, "tests", "golden", "dumps")
CORES = os.path.join(TREE, "tests", "cores")
LIMIT = 120
STRICT = ["-pedantic", "-Wall", "-Wextra", "-Werror"]
AS_C = ["-std=c99", "-x", "c"]
AS_CXX = ["-std=c++11", "-x", "c++"]
DIRECTORIES = ("libdir", "includedir", "pkgconfigdir")

# Sample, arguments in the folder of portable dumps, exit status. {work} is a folder to write to.
RUNS = (
    ("1-open", ["tuesday.ndjson"], 0),
    ("1-open", ["cut.ndjson"], 0),
    ("1-open", ["hostile.ndjson"], 0),
    ("1-open", ["../cases.txt"], 2),
    ("2-types", ["tuesday.ndjson"], 0),
    ("2-types", ["hostile.ndjson"], 0),
    ("3-referrers", ["tuesday.ndjson", "app.session.Session"], 0),
    ("3-referrers", ["tuesday.ndjson", "no.such.Type"], 0),
    ("3-referrers", ["hub.ndjson", "app.Item"], 0),
    ("4-chain", ["tuesday.ndjson", "app.session.Session"], 0),
    ("4-chain", ["tuesday.ndjson", "app.tree.Node"], 0),
    ("4-chain", ["tuesday.ndjson", "no.such.Type"], 2),
    ("5-cycles", ["tuesday.ndjson"], 1),
    ("5-cycles", ["hub.ndjson"], 0),
    ("6-growth", ["monday.ndjson", "tuesday.ndjson", "wednesday.ndjson"], 1),
    ("6-growth", ["monday.ndjson", "monday.ndjson"], 0),
    ("6-growth", ["monday.ndjson"], 2),
    ("7-threads", ["monday.ndjson", "tuesday.ndjson", "tuesday.ndjson"], 0),
    ("7-threads", ["monday.ndjson", "no-such-file"], 2),
    ("8-picture", ["tuesday.ndjson", "app.session.Session", "{work}/picture.json"], 0),
    ("8-picture", ["tuesday.ndjson", "no.such.Type", "{work}/never.json"], 2),
    ("9-convert", ["monday.ndjson", "{work}/monday.ndjson"], 0),
    ("9-convert", ["monday.ndjson", "{work}/no/such/folder"], 2),
)


def run(command, **options):
    return subprocess.run(command, capture_output=True, text=True, timeout=LIMIT, check=False,
                          stdin=subprocess.DEVNULL, **options)


def words(name, default=""):
    return shlex.split(os.environ.get(name) or default)


class Installation:
    """Where the library is for a program that is not of this tree, and what pkg-config says of it."""

    def __init__(self, root, libdir, pkgconfigdir):
        self.root, self.libdir = root, root + libdir
        self.environment = dict(os.environ, LD_LIBRARY_PATH=self.libdir,
                                PKG_CONFIG_PATH=root + pkgconfigdir)
        if root:
            self.environment["PKG_CONFIG_SYSROOT_DIR"] = root

    def flags(self, *options):
        done = run([*words("PKG_CONFIG", "pkg-config"), *options, "refgraph"],
                   env=self.environment)
        if done.returncode:
            raise AssertionError("pkg-config %s: %s" % (" ".join(options), done.stderr))
        return shlex.split(done.stdout)


def staged(work):
    """Installs what a program needs into a folder below work."""
    root = os.path.join(work, "root")
    # This make is not part of the one that runs the tests.
    environment = {name: value for name, value in os.environ.items()
                   if name not in ("MAKEFLAGS", "MFLAGS", "MAKELEVEL", "DESTDIR")}
    done = run(["make", "-C", common.build_dir(), "install-libLTLIBRARIES",
                "install-pkgincludeHEADERS", "install-pkgconfigDATA", "DESTDIR=" + root],
               env=environment)
    if done.returncode:
        raise AssertionError("make install: " + done.stdout[-2000:] + done.stderr[-2000:])
    found = glob.glob(root + "/**/pkgconfig/refgraph.pc", recursive=True)
    libraries = glob.glob(root + "/**/librefgraph.la", recursive=True)
    if len(found) != 1 or len(libraries) != 1:
        raise AssertionError("make install made no refgraph.pc or no library")
    return Installation(root, os.path.dirname(libraries[0])[len(root):],
                        os.path.dirname(found[0])[len(root):])


def compilers():
    """Those of the build first; other ones cannot always link what is instrumented."""
    found = [(words("CC", "cc"), AS_C), (words("CXX", "c++"), AS_CXX)]
    if not words("MODE_CFLAGS"):
        found += [([name], AS_C) for name in ("gcc", "clang")]
        found += [([name], AS_CXX) for name in ("g++", "clang++")]
    known, seen = [], set()
    for command, language in found:
        key = (shutil.which(command[0]) and os.path.realpath(shutil.which(command[0])), language[0])
        if command != ["no"] and key[0] and key not in seen:
            seen.add(key)
            known.append((command, language))
    return known


class Outside:
    """The samples, copied to a folder of their own."""

    def __init__(self, work, installation):
        self.work, self.installation = work, installation
        self.folder = os.path.join(work, "samples")
        os.makedirs(self.folder)
        self.names = []
        for path in sorted(glob.glob(os.path.join(SAMPLES, "[0-9]*.c"))):
            shutil.copy(path, self.folder)
            self.names.append(os.path.basename(path)[:-2])

    def build(self, command, language, output, libraries=None):
        findings = []
        flags = self.installation.flags("--cflags")
        libraries = libraries or self.installation.flags("--libs")
        for name in self.names:
            done = run([*command, *language, *STRICT, *flags, name + ".c", "-x", "none", "-pthread",
                        "-o", os.path.join(self.work, output + name), *libraries,
                        *words("MODE_CFLAGS")], cwd=self.folder, env=self.installation.environment)
            if done.returncode:
                findings += (done.stderr or "%s: the compiler failed" % name).splitlines()
        return findings

    def call(self, sample, *arguments, prefix="c-"):
        program = os.path.join(self.work, prefix + sample)
        if not os.path.exists(program):
            raise AssertionError(sample + " was not built")
        return run([program, *[word.format(work=self.work) for word in arguments]], cwd=DUMPS,
                   env=self.installation.environment)


def transcript(outside, sample, prefix="c-"):
    """What all runs of one sample write, as one text."""
    text = ""
    for name, arguments, status in RUNS:
        if name == sample:
            done = outside.call(name, *arguments, prefix=prefix)
            text += "$ %s\n%s%s" % (" ".join([name, *arguments]), done.stdout, done.stderr)
            text += "[exit status %d]\n" % done.returncode
            if done.returncode != status:
                raise AssertionError("%s: exit status %d: %s" % (name, done.returncode, done.stderr))
    for written in ("picture.json",) if sample == "8-picture" else ():
        text += "$ cat {work}/%s\n" % written + common.read(outside.work, written)
    return text.replace(outside.work, "{work}")


def differences(wanted, got):
    return [] if wanted == got else ["expected:", *wanted.splitlines(), "got:", *got.splitlines()]


def prints(outside, sample, prefix="c-"):
    path = os.path.join(EXPECTED, sample + ".out")
    got = transcript(outside, sample, prefix)
    if "--update" in sys.argv:
        with open(path, "w", encoding="utf-8") as file:
            file.write(got)
    if "$" not in got:
        return ["no run of %s is listed" % sample]
    return differences(common.read(path), got)


def converts(outside):
    """What was written reads like what was read, and the keys of dicts are not in it."""
    outside.call("9-convert", "tuesday.ndjson", "{work}/tuesday.ndjson")
    findings = differences(outside.call("2-types", "tuesday.ndjson").stdout,
                           outside.call("2-types", "{work}/tuesday.ndjson").stdout)
    written = common.read(outside.work, "tuesday.ndjson")
    for line in written.splitlines():
        json.loads(line)
    return findings + (["a value is in what must hold none"] if "session 0" in written else [])


def on_core(outside, name):
    """A real core: what the interpreter itself said of it stands in the JSON file beside it."""
    core = os.path.join(CORES, name + ".core.xz")
    with open(os.path.join(CORES, name + ".json"), encoding="utf-8") as file:
        said = json.load(file)
    opened = outside.call("1-open", core)
    if opened.returncode and "xz" in opened.stderr:
        raise common.Skip("built without liblzma")
    main = r"sys\.modules\['__main__'\]\."
    wanted = (
        (opened, 0, r"(.*\n)*version +%s\n(.*\n)*complete +yes\n" % re.escape(name.split("-")[1])),
        (outside.call("2-types", core), 0, r" *Count +Bytes +Type\n(.*\n)*.* dict\n"),
        (outside.call("3-referrers", core, "__main__.Captured"), 0,
         r"__main__\.Captured\n  \.cell_contents of cell\n    \[0\] of tuple\n"
         r"      \.__closure__ of function "),
        (outside.call("4-chain", core, "__main__.Captured"), 0,
         main + r"handler\.__closure__\[0\]\.cell_contents  \(module\)\n"),
        # Up to 3.10 an instance has its dict from the start, and frames are objects.
        (outside.call("5-cycles", core), 1, r"5 of this shape, 1[05] objects, .*\n.*__main__\.Ring"),
        (outside.call("6-growth", core, core), 0, r"\d+ types did not change\n"),
        (outside.call("7-threads", core, "monday.ndjson", core), 0,
         r"(.*, \d{5,} references, %d unreachable\n).*\n\1" % said["unreachable"]["count"]),
        (outside.call("8-picture", core, "__main__.Held", "{work}/held.json"), 0,
         r"__main__\.Held (?:.*\n)+.*root thread \d+, frame wait_forever"),
        (outside.call("9-convert", core, "{work}/core.ndjson"), 0, ""),
        (outside.call("5-cycles", "{work}/core.ndjson"), 1, r"5 of this shape, 1[05] objects, "),
    )
    return ["%s: exit status %d, printed %r, not %r; %s" % (
        done.args[0], done.returncode, done.stdout[:400], pattern, done.stderr)
        for done, status, pattern in wanted
        if done.returncode != status or not re.match(pattern, done.stdout)]


def listed_in_readme(names):
    text = common.read(SAMPLES, "README.md")
    return ["samples/README.md does not lead to %s.c" % name
            for name in names if "(%s.c)" % name not in text]


def statically(outside):
    """What pkg-config adds for static linking is all that the archive wants."""
    archive = os.path.join(outside.installation.libdir, "librefgraph.a")
    if not os.path.exists(archive):
        raise common.Skip("configured without --enable-static")
    libraries = [archive if word == "-lrefgraph" else word
                 for word in outside.installation.flags("--static", "--libs")]
    findings = outside.build(words("CC", "cc"), AS_C, "static-", libraries)
    if findings:
        return findings
    linked = run(["ldd", os.path.join(outside.work, "static-1-open")]).stdout
    return (["it needs the shared library still"] if "librefgraph" in linked else []) + \
        prints(outside, "1-open", "static-")


def cases(outside):
    builds, done = compilers(), set()
    for command, language in builds:
        kind = "c-" if language is AS_C else "c++-"
        first = kind not in done
        done.add(kind)
        yield ("they compile: %s %s" % (" ".join(command), language[0]),
               lambda c=command, l=language, o=kind if first else "other-": outside.build(c, l, o))
    for name in outside.names:
        yield "%s does what it did" % name, lambda n=name: prints(outside, n)
    if "c++-" in done:
        yield "5-cycles as C++ too", lambda: prints(outside, "5-cycles", "c++-")
        yield "7-threads as C++ too", lambda: prints(outside, "7-threads", "c++-")
    yield "9-convert loses nothing but secrets", lambda: converts(outside)
    for path in sorted(glob.glob(os.path.join(CORES, "*.core.xz")))[:1]:
        name = os.path.basename(path)[:-len(".core.xz")]
        yield "all of them on %s" % name, lambda n=name: on_core(outside, n)
    yield "static linking by pkg-config", lambda: statically(outside)
    yield "README.md leads to each", lambda: listed_in_readme(outside.names)


def guarded(check):
    def case():
        try:
            return check()
        except (AssertionError, OSError, ValueError, subprocess.SubprocessError) as error:
            return ("%s: %s" % (type(error).__name__, error)).splitlines()
    return case


def main():
    with tempfile.TemporaryDirectory() as work:
        work = os.path.realpath(work)
        if "--installed" in sys.argv:
            installation = Installation(os.environ.get("DESTDIR", ""), os.environ["LIBDIR"],
                                        os.environ["PKGCONFIGDIR"])
        else:
            installation = staged(work)
        outside = Outside(work, installation)
        common.run(*[(text, guarded(check)) for text, check in cases(outside)])


if __name__ == "__main__":
    main()
