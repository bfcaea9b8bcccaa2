# SPDX-License-Identifier: MIT
"""Dumps of real interpreters whose file is gone, replaced or too old, taken with gcore and by the
kernel; skipped where there is no gcore, or no such interpreter."""
import array
import glob
import json
import os
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time

import support

PROGRAM = """
import sys, time
class Session(object):
    def __init__(self):
        self.data = {"a": [1, 2, 3]}
        self.me = self
kept = [Session() for _ in range(100)]
sys.stdout.write("ready\\n")
sys.stdout.flush()
time.sleep(600)
"""
COLLECTING = """
import gc, sys, time
class Session(object):
    def __init__(self):
        self.me = self
class Slow(object):
    def __del__(self):
        sys.stdout.write("ready\\n")
        sys.stdout.flush()
        time.sleep(600)
gc.disable()
for _ in range(100):
    Session()
slow = Slow()
slow.me = slow
del slow
for _ in range(100):
    Session()
gc.collect()
"""
CACHE = os.environ.get("REFGRAPH_CACHE") or os.path.join(support.HERE, "..", "cache")
PYENV = os.path.expanduser("~/.pyenv/versions")


def system_python():
    found = os.path.realpath(os.environ.get("PYTHON3") or shutil.which("python3") or "")
    if not os.path.isfile(found):
        raise support.common.Skip("no interpreter of the system's")
    return found


def pyenv_python(series):
    """The newest interpreter of a series that pyenv built, with its prefix."""
    for prefix in sorted(glob.glob(os.path.join(PYENV, series + ".*")), reverse=True):
        program = os.path.join(prefix, "bin", "python" + series)
        if os.path.exists(program):
            return os.path.realpath(program), prefix
    raise support.common.Skip("no CPython %s here" % series)


def build_id(path):
    """The first bytes of a file's build-id, as messages show them."""
    with open(path, "rb") as file:
        data = file.read()
    phoff, = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for index in range(count):
        kind, _, at, _, _, length, _, _ = struct.unpack_from("<IIQQQQQQ", data,
                                                             phoff + index * size)
        end = at + length
        while kind == 4 and at < end:
            name, desc, note = struct.unpack_from("<III", data, at)
            where = at + 12 + (name + 3) // 4 * 4
            if note == 3 and data[at + 12:at + 16] == b"GNU\0":
                return data[where:where + 8].hex()
            at = where + (desc + 3) // 4 * 4
    raise support.common.Skip("%s has no build-id" % path)


def dump(command, folder, coredump_filter="0x33", by_kernel=None, environment=None,
         program=PROGRAM):
    """The core of a process that runs @program under @command."""
    script, core = os.path.join(folder, "program.py"), os.path.join(folder, "core")
    with open(script, "w", encoding="utf-8") as file:
        file.write(program)
    if not by_kernel and not shutil.which("gcore"):
        raise support.common.Skip("there is no gcore")
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PYTHON")}
    limit = "ulimit -c unlimited; " if by_kernel else ""
    with subprocess.Popen(["sh", "-c", limit + 'exec "$@"', "sh", *command, "-S", script],
                          stdout=subprocess.PIPE, stdin=subprocess.DEVNULL, cwd=folder,
                          stderr=subprocess.DEVNULL,
                          env=dict(clean, **(environment or {}))) as target:
        try:
            if target.stdout.readline() != b"ready\n":
                raise support.common.Skip("%s does not run here" % command[0])
            with open("/proc/%d/coredump_filter" % target.pid, "w", encoding="ascii") as file:
                file.write(coredump_filter)
            if by_kernel:
                target.send_signal(by_kernel)
                target.wait(60)
                found = glob.glob(core + "*")
            else:
                done = subprocess.run(["gcore", "-o", core, str(target.pid)], check=False,
                                      env=clean, stdin=subprocess.DEVNULL, capture_output=True)
                found = glob.glob(core + ".*")
                if done.returncode:
                    raise support.common.Skip("gcore: %s" % done.stderr.decode()[-80:].strip())
        finally:
            target.kill()
    if not found:
        raise support.common.Skip("no core was written (%s)" % open(
            "/proc/sys/kernel/core_pattern", encoding="ascii").read().strip())
    return found[0]


def types_of(path, *options):
    rows = map(json.loads, support.run("convert", path, *options).stdout.splitlines())
    return {row["address"]: row["type"] for row in rows if "address" in row}


def judge(core, right, file, *words):
    """What is wrong with the answers on @core while @file is not what was mapped."""
    said = support.answer("types", core, "-n", "0")
    text = "\n".join(said["missing"])
    findings = ["%r is not in %r" % (word, text) for word in words if word not in text]
    if said["complete"]:
        findings.append("is called complete")
    types, full = types_of(core), types_of(core, *right)
    unnamed = 0
    for address, name in types.items():
        if name.startswith(("type@0x", "?.")):
            unnamed += 1
        elif name != full.get(address):
            findings.append("0x%x is a %s, not a %s" % (address, full.get(address), name))
            break
    if unnamed * 50 > len(types) or len(types) < len(full) * 0.95:
        findings.append("%d of %d objects have a name, %d in all" % (len(types) - unnamed,
                                                                     len(types), len(full)))
    if not support.answer("types", core, *right)["complete"]:
        findings.append("the right file does not heal it")
    other = support.run("types", core, "--exe", "/bin/ls")
    findings += support.error_of(other, "/bin/ls: is another build", build_id("/bin/ls"),
                                 build_id(file))
    findings += support.error_of(support.run("cycles", core, "--exit-code"), support.GUIDE)
    return findings


def the_executable_is_gone(folder):
    program = os.path.join(folder, "program")
    shutil.copy(system_python(), program)
    core = dump([program], folder)
    good = os.path.join(folder, "root") + program
    os.makedirs(os.path.dirname(good))
    shutil.move(program, good)
    return [finding for right in (("--exe", good), ("--sysroot", os.path.join(folder, "root")))
            for finding in judge(core, right, good, "there is no such file here", "--sysroot",
                                 "0x37", build_id(good))]


def the_executable_is_replaced(folder):
    program, good = os.path.join(folder, "program"), os.path.join(folder, "good")
    shutil.copy(system_python(), program)
    core = dump([program], folder)
    os.rename(program, good)
    shutil.copy("/bin/ls", program)
    findings = judge(core, ("--exe", good), good, "is another build", "--exe", build_id(good),
                     build_id("/bin/ls"))
    os.unlink(core)
    os.rename(good, program)
    core = dump([program], folder, "0x37")
    os.unlink(program)
    if not support.answer("types", core)["complete"]:
        findings.append("with filter 0x37 the core is not whole by itself")
    return findings


def the_library_is_replaced(folder):
    program, prefix = pyenv_python("3.12")
    library = glob.glob(os.path.join(prefix, "lib", "libpython3.12.so.1.0"))
    if not library:
        raise support.common.Skip("3.12 has no shared library")
    place = os.path.join(folder, "lib")
    os.mkdir(place)
    own = shutil.copy(library[0], place)
    core = dump([program], folder, environment={"LD_LIBRARY_PATH": place, "PYTHONHOME": prefix})
    good = os.path.join(folder, "root") + own
    os.makedirs(os.path.dirname(good))
    shutil.move(own, good)
    shutil.copy("/bin/ls", own)
    said = "\n".join(support.answer("types", core)["missing"])
    findings = ["%r is not in %r" % (word, said) for word in
                (build_id(good), build_id("/bin/ls"), "is another build") if word not in said]
    for right in (("--sysroot", os.path.join(folder, "root")), ("--exe", good)):
        if not support.answer("types", core, *right)["complete"]:
            findings.append("%s does not heal it" % right[0])
    return findings


def a_core_of_the_kernel(folder):
    core = dump([system_python()], folder, by_kernel=signal.SIGABRT)
    said = support.answer("types", core, "-n", "0")
    sessions = [row["count"] for row in said["types"] if row["type"] == "__main__.Session"]
    if not said["complete"] or sessions != [100]:
        return ["complete %s, %s sessions, missing %s" % (said["complete"], sessions,
                                                          said["missing"])]
    findings = says_signal(core, "ended by signal 6 (SIGABRT)")
    os.truncate(core, os.path.getsize(core) * 9 // 10)
    if support.answer("types", core)["complete"]:
        findings.append("is called complete after having been cut")
    os.unlink(core)
    core = dump([system_python()], folder, by_kernel=signal.SIGSEGV)
    return findings + says_signal(core, "ended by signal 11 (SIGSEGV)")


def says_signal(core, words):
    text = support.run("info", core).stdout
    text = text if isinstance(text, str) else text.decode()
    return [] if words in text else ["info does not say %r: %s" % (words, text)]


def a_collection_under_way(folder):
    """Garbage that the collector has set aside, while a finalizer runs, is on no list of its own."""
    findings = []
    programs = {system_python()} | set(glob.glob(os.path.join(CACHE, "*", "python3")))
    for series in ("3.11", "3.12", "3.13", "3.14", "3.15"):
        try:
            programs.add(pyenv_python(series)[0])
        except support.common.Skip:
            pass
    for program in sorted(programs):
        core = dump([program], folder, program=COLLECTING)
        said = support.answer("cycles", core, "-n", "0")
        types = {row["type"]: row["count"] for row in support.answer("types", core, "-n",
                                                                     "0")["types"]}
        if types.get("__main__.Session") != 200 or not said["collector"]["collecting"]:
            findings.append("%s: %s of 200 sessions, collector %s" % (
                program, types.get("__main__.Session"), said["collector"]))
        os.unlink(core)
    return findings


def an_old_interpreter(folder, series):
    program, _ = pyenv_python(series)
    return support.error_of(support.run("info", dump([program], folder)),
                            "found CPython %s" % series, "reads CPython 3.", "a newer one")


def a_build_that_traces_references(folder):
    """Up to 3.12 two words stand before the count; later ones are as all others."""
    found = sorted(path for series in ("8", "9", "10", "11", "12") for path in
                   glob.glob(os.path.join(CACHE, "*-3.%s.*tr" % series, "python3")))
    if not found:
        raise support.common.Skip("none is built: build-interpreters.sh "
                                  "bookworm:python3.11:--with-trace-refs")
    return [finding for program in found for finding in support.error_of(
        support.run("info", dump([program], folder)), "found CPython 3.", "--with-trace-refs",
        "two more words")]


def offsets_of(core):
    """Where the core's runtime says how it is laid out, and of what series it is; or None."""
    at = core.offset(core.symbol("_PyRuntime")[0])
    if core.data[at:at + 8] != b"xdebugpy":
        return None
    return at, struct.unpack_from("<Q", core.data, at + 8)[0] >> 16 & 255


def change(core, folder, place, word):
    """A file with the core, in which one number of 8 bytes is another."""
    data = bytearray(core.data)
    struct.pack_into("<Q", data, place, word)
    path = os.path.join(folder, core.name)
    with open(path, "wb") as file:
        file.write(data)
    return path


def copy(core, folder):
    """A file with the core as it is."""
    return change(core, folder, 0, struct.unpack_from("<Q", core.data)[0])


def as_before(said, before, unreached):
    """Whether the same objects are there, but for those that only a layout one is sure of can show.

    @unreached: the number of objects in the allocator's memory that nothing leads to.
    """
    counts = [{row["type_address"]: row["count"] for row in answer["types"]}
              for answer in (before, said)]
    gone = {address: count - counts[1].get(address, 0) for address, count in counts[0].items()}
    return not set(counts[1]) - set(counts[0]) and min(gone.values()) >= 0 \
        and sum(gone.values()) in (0, unreached)


# Where the runtime has the offsets of a thread's native_thread_id and a list's ob_item.
NATIVE_ID = {13: 200, 14: 224, 15: 248}
LIST_ITEMS = {13: 432, 14: 480, 15: 576}
NEWEST = 15


def a_release_to_come(folder):
    """As it would look: the version in a small core's own table, changed."""
    findings = []
    for name in support.core_names():
        core = support.Core(name)
        at, series = offsets_of(core) or (0, 0)
        if not at:
            continue
        threaded = struct.unpack_from("<Q", core.data, at + 16)[0]
        before = support.answer("types", copy(core, folder), "-n", "0")
        path = change(core, folder, at + 16, 1 - threaded)
        findings += support.error_of(
            support.run("types", path), "found CPython 3.",
            ", whose own" if threaded else "t, whose own", "debug offsets do not fit")
        unreached = support.answer("info", copy(core, folder))["unreached"]
        path = change(core, folder, at + 8, 0x036300f0)
        if series == NEWEST:
            said = support.answer("types", path, "-n", "0")
            if said["complete"] or not as_before(said, before, unreached) or \
                    "3.99.0 is newer than all that" not in said["missing"][0]:
                findings.append("%s: as 3.99 it says %s" % (name, said["missing"]))
        else:
            findings += support.error_of(support.run("types", path), "found CPython 3.99.0",
                                         "debug offsets do not fit", "ob_item")
        path = change(core, folder, at + 8, 0x036300f0 - ((99 - series) << 16) + (99 << 8))
        said = support.answer("types", path, "-n", "0")
        build = support.answer("info", path)["build"]
        if not said["complete"] or said["types"] != before["types"] or \
                "newer than any release checked" not in build:
            findings.append("%s: as release 99 it says %s" % (name, build))
    return findings


def hexversion_of(core):
    """Where the digit of the int sys.hexversion stands, and its value: by what the file is called."""
    series, patch = [int(word) for word in core.name.split("-")[1].split(".")[1:]]
    version = 3 << 24 | series << 16 | patch << 8 | 0xf0
    # ob_size up to 3.11, a tag with the number of digits in 3.12, then the digit.
    at = core.data.find(struct.pack("<QI", 8 if series >= 12 else 1, version))
    return at + 8, version


def a_patch_to_come(folder):
    """Of a series whose runtime says nothing of its layout: read by its structure, and that is said."""
    findings = []
    for name in support.core_names():
        core = support.Core(name)
        if offsets_of(core):
            continue
        at, version = hexversion_of(core)
        was = struct.unpack_from("<Q", core.data, at)[0]
        before = support.answer("info", change(core, folder, at, was))
        path = change(core, folder, at, was - version + (version & ~0xff00 | 99 << 8))
        said = support.answer("info", path)
        if said["objects"] != before["objects"] or said["roots"] != before["roots"] or \
                not said["version"].endswith(".99") or \
                "newer than any release checked" not in said["build"]:
            findings.append("%s: as release 99 it says %s %s" % (name, said["version"],
                                                                 said["build"]))
        if "newer than" in before["build"]:
            findings.append("%s: is said to be newer than itself" % name)
    return findings


def lowered(core, at, by):
    """The core as if all of the main interpreter behind its collector's state stood lower.

    That is how 3.14.0 to 3.14.4 differ, whose collector's state is shorter. All words of the
    memory that point into what has moved follow it.
    """
    runtime = core.symbol("_PyRuntime")[0]
    interpreter, = core.words(runtime + 816, "<Q")
    size, gc = core.words(runtime + 48, "<Q")[0], core.words(runtime + 88, "<Q")[0]
    first, end = interpreter + gc + 264, interpreter + size
    data = bytearray(core.data)
    for start, offset, length, flags, _ in core.loads:
        if not flags & support.PF_W:
            continue
        words = array.array("Q", bytes(data[offset:offset + length // 8 * 8]))
        for i, word in enumerate(words):
            if first <= word < end:
                words[i] = word - by
        data[offset:offset + length // 8 * 8] = words.tobytes()
    moved = core.offset(first)
    data[moved - by:moved - by + end - first] = data[moved:moved + end - first]
    for place in (24, 48, 96, 104, 112):
        word, = struct.unpack_from("<Q", data, at + place)
        struct.pack_into("<Q", data, at + place, word - by)
    return data


def a_collector_of_early_314(folder):
    """Told by its version, and, where a build has kept it, by the debug offsets alone."""
    findings = []
    for name in support.core_names():
        core = support.Core(name)
        at, series = offsets_of(core) or (0, 0)
        # Without a GIL there was no such collector.
        if series != 14 or name.endswith("t"):
            continue
        whole = support.answer("types", copy(core, folder), "-n", "0")
        roots = support.answer("info", os.path.join(folder, name))["roots"]
        core.data = bytes(lowered(core, at, 24))
        for version in (0x030e02f0, 0x030e07f0):
            path = change(core, folder, at + 8, version)
            said = support.answer("types", path, "-n", "0")
            if not said["complete"] or said["types"] != whole["types"] or \
                    support.answer("info", path)["roots"] != roots:
                findings.append("%s: as %x it says %s" % (name, version, said["missing"]))
    return findings


def a_layout_of_its_own(folder):
    """A vendor's build that says of itself what is not in the tables."""
    findings = []
    for name in support.core_names():
        core = support.Core(name)
        at, series = offsets_of(core) or (0, 0)
        if not at:
            continue
        plain = support.answer("types", copy(core, folder), "-n", "0")
        unreached = support.answer("info", copy(core, folder))["unreached"]
        place = at + NATIVE_ID[series]
        was = struct.unpack_from("<Q", core.data, place)[0]
        said = support.answer("types", change(core, folder, place, was + 8), "-n", "0")
        if said["complete"] or not as_before(said, plain, unreached) or \
                "native_thread_id %d for %d" % (was + 8, was) not in said["missing"][0]:
            findings.append("%s: with a field moved it says %s" % (name, said["missing"]))
        # Without a GIL all of an object is 16 bytes higher.
        path = change(core, folder, at + LIST_ITEMS[series], 48 if name.endswith("t") else 32)
        findings += support.error_of(support.run("types", path), "debug offsets do not fit",
                                     "list_object.ob_item 32 for 24")
        path = change(core, folder, place, 1 << 40)
        findings += support.error_of(support.run("types", path), "debug offsets do not fit",
                                     "native_thread_id")
    return findings


def no_interpreter_at_all(folder):
    with subprocess.Popen(["sleep", "600"]) as target:
        time.sleep(0.2)
        try:
            if not shutil.which("gcore"):
                raise support.common.Skip("there is no gcore")
            path = os.path.join(folder, "core")
            subprocess.run(["gcore", "-o", path, str(target.pid)], check=False,
                           stdin=subprocess.DEVNULL, capture_output=True)
        finally:
            target.kill()
    if not os.path.exists("%s.%d" % (path, target.pid)):
        raise support.common.Skip("gcore writes no core")
    return support.error_of(support.run("info", "%s.%d" % (path, target.pid)),
                            "nothing in this process's memory", "CPython 3.")


def two_in_one_process(folder):
    program, _ = pyenv_python("3.12")
    _, prefix = pyenv_python("3.13")
    libraries = glob.glob(os.path.join(prefix, "lib", "libpython3.13.so.1.0"))
    if not libraries:
        raise support.common.Skip("3.13 has no shared library")
    start = os.path.join(folder, "start.py")
    with open(start, "w", encoding="utf-8") as file:
        file.write("import ctypes, sys\n"
                   "ctypes.CDLL(%r, mode=8).Py_InitializeEx(0)\n"
                   "exec(open(sys.argv[2]).read())\n" % libraries[0])
    core = dump([program, start], folder)
    said = support.answer("info", core)
    if said["complete"] or not any("holds another CPython" in text for text in said["missing"]):
        return ["%s, missing %s" % (said["version"], said["missing"])]
    return []


def in_folder(test, *more):
    with tempfile.TemporaryDirectory(prefix="errors-") as folder:
        return test(folder, *more)


CASES = [(test.__name__.replace("_", " "), lambda test=test: in_folder(test)) for test in
         (the_executable_is_gone, the_executable_is_replaced, the_library_is_replaced,
          a_core_of_the_kernel, a_collection_under_way,
          a_build_that_traces_references, a_release_to_come, a_patch_to_come,
          a_layout_of_its_own,
          a_collector_of_early_314, no_interpreter_at_all, two_in_one_process)]
# What no release of refgraph is to read; each where it is at hand.
CASES += [("an old interpreter: %s" % series,
           lambda series=series: in_folder(an_old_interpreter, series))
          for series in ("2.7", "3.6", "3.7")]

if __name__ == "__main__":
    sys.exit(support.common.run(*CASES))
