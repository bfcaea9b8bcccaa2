# SPDX-License-Identifier: MIT
"""The perls at hand, and programs of theirs dumped twice at one moment: by perl's own dumper and by gcore.

The dumper writes to a FIFO (lib/Oracle.pm); when it is full the process waits in write(2). Then the
core is made, and only then the FIFO is read: what both dumps say is of one state, to the byte."""
import array
import fcntl
import glob
import os
import shutil
import signal
import subprocess
import sys
import termios
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "checks"))
import common  # noqa: E402

REFGRAPH = os.environ.get("REFGRAPH") or os.path.join(common.build_dir(), "refgraph")
CACHE = os.environ.get("REFGRAPH_CACHE") or os.path.join(HERE, "..", "cache")
SYSTEM = "/usr/bin/perl"
SHARED = "/usr/share/perl5"   # modules without compiled parts: any perl runs them
FULL = 65536 - 4096   # bytes in a FIFO to which a writer may be adding no more
LIMIT = 120


def perls(fetched):
    """(name, program) of the system's perl and of those that fetch-perls.sh has brought."""
    found = [("system", SYSTEM)] if os.path.exists(SYSTEM) else []
    if fetched:
        found += [(os.path.basename(os.path.dirname(path))[5:], path)
                  for path in sorted(glob.glob(os.path.join(CACHE, "perl-*", "perl")))]
    return found


def asks(perl, code, *words):
    """What a one-liner prints, or None where it fails."""
    done = subprocess.run([perl, *words, "-e", code], check=False, capture_output=True, text=True)
    return done.stdout if done.returncode == 0 else None


def need(perl, *modules):
    """Words for @perl's command line with which it has @modules: those of Debian will do."""
    for words in ([], ["-I" + SHARED]):
        if all(asks(perl, "require %s" % module, *words) is not None for module in modules):
            return words
    raise common.Skip("%s has no %s here" % (perl, " or no ".join(modules)))


def environment(**more):
    clean = {key: value for key, value in os.environ.items() if not key.startswith("PERL")}
    # The order of hashes is then the same each time, so that a finding can be looked at again.
    return dict(clean, PERL_HASH_SEED="1", PERL_PERTURB_KEYS="0", **more)


def gcore(pid, folder):
    if not shutil.which("gcore"):
        raise common.Skip("there is no gcore")
    done = subprocess.run(["gcore", "-o", os.path.join(folder, "core"), str(pid)], check=False,
                          stdin=subprocess.DEVNULL, capture_output=True)
    path = os.path.join(folder, "core.%d" % pid)
    if done.returncode or not os.path.exists(path):
        raise common.Skip("gcore: %s" % done.stderr.decode()[-80:].strip())
    return path


def waiting(fifo):
    """Bytes that wait in @fifo."""
    count = array.array("i", [0])
    fcntl.ioctl(fifo, termios.FIONREAD, count)
    return count[0]


def drain(fifos, paths, process):
    """Reads all FIFOs to their ends at once: writers of several threads wait for each other."""
    files = [open(path, "wb") for path in paths]
    open_ones = dict(zip(fifos, files))
    end = time.monotonic() + LIMIT
    while open_ones and time.monotonic() < end:
        read = 0
        for fifo, file in list(open_ones.items()):
            try:
                data = os.read(fifo, 1 << 20)
            except BlockingIOError:
                continue
            read += 1
            if data:
                file.write(data)
            else:
                del open_ones[fifo]
        if not read:
            time.sleep(0.002)
    for file in files:
        file.close()
    if open_ones:
        raise AssertionError("%d does not finish its dump" % process.pid)


def child_of(pid):
    """The process itself, or where a launcher's shell still runs its child."""
    try:
        with open("/proc/%d/task/%d/children" % (pid, pid), encoding="ascii") as file:
            children = file.read().split()
    except OSError:
        return pid
    with open("/proc/%d/comm" % pid, encoding="ascii") as file:
        return int(children[0]) if children and file.read().strip() == "sh" else pid


def gather(perl, words, folder, interpreters=1, **more):
    """Runs perl with @words; (core, [pmat of each interpreter]) of the moment at which it stops."""
    base = os.path.join(folder, "oracle")
    names = ["%s.%d" % (base, i) for i in range(interpreters)]
    for name in names:
        os.mkfifo(name)
    fifos = [os.open(name, os.O_RDONLY | os.O_NONBLOCK) for name in names]
    with subprocess.Popen([perl, "-I" + os.path.join(HERE, "lib"), *words], cwd=folder,
                          env=environment(ORACLE=base, **more), stdin=subprocess.DEVNULL,
                          stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process:
        try:
            end = time.monotonic() + LIMIT
            while any(waiting(fifo) < FULL for fifo in fifos):
                if process.poll() is not None:
                    raise AssertionError("ended before it was dumped: %s"
                                         % process.stderr.read().decode()[-300:].strip())
                if time.monotonic() > end:
                    raise AssertionError("does not come to where it is dumped")
                time.sleep(0.01)
            # It has filled the FIFO: a moment later it waits for room, in each thread.
            time.sleep(0.1)
            core = gcore(child_of(process.pid), folder)
            paths = [name + ".pmat" for name in names]
            drain(fifos, paths, process)
        finally:
            process.send_signal(signal.SIGKILL)
            for fifo in fifos:
                os.close(fifo)
            for name in names:
                os.unlink(name)
    return core, paths


def readers(perl):
    """Perls with a Devel::MAT, the program's own first: not every release reads all forms."""
    return [other for other in dict.fromkeys([perl] + [path for _, path in perls(True)])
            if asks(other, "require Devel::MAT; require Devel::MAT::Dumpfile; print 1")]


def refgraph(*words):
    done = subprocess.run([REFGRAPH, *words], check=False, capture_output=True, text=True,
                          timeout=LIMIT * 3, errors="replace")
    if done.returncode not in (0, 1):
        raise AssertionError("refgraph %s: %s" % (" ".join(words), done.stderr.strip()[-400:]))
    return done.stdout
