# SPDX-License-Identifier: MIT
"""What only a terminal sees: blocks of types, widths, colours, and progress that leaves nothing."""
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import tap  # noqa: E402

DUMPS = os.path.join(HERE, "dumps")
PROGRAM = os.environ.get("REFGRAPH", "refgraph")
CLEAR = "\r\033[K"


def run(*arguments, columns=80, term="xterm", slow=False, interrupt=None, **more):
    """What a terminal of so many columns gets, and the wait status.

    slow: it is stopped for more than a second soon after it began, so that what it does takes
    long on any machine. interrupt: press Ctrl-C when this appears.
    """
    environment = dict(os.environ, LC_ALL="C.UTF-8", TERM=term, **more)
    environment.pop("NO_COLOR", None)
    # The size of the terminal comes too late: its program has started by then.
    environment.update(more, COLUMNS=str(columns))
    pid, terminal = pty.fork()
    if pid == 0:
        # A shell has its background jobs ignore that.
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        os.chdir(DUMPS)
        os.execve(PROGRAM, [PROGRAM, *arguments], environment)
    if slow:
        time.sleep(0.1)
        os.kill(pid, signal.SIGSTOP)
        time.sleep(1.2)
        os.kill(pid, signal.SIGCONT)
    seen, end = b"", time.monotonic() + 60
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 0.1)[0]:
            continue
        try:
            piece = os.read(terminal, 65536)
        except OSError:
            break
        if not piece:
            break
        seen += piece
        if interrupt and interrupt in seen:
            os.write(terminal, b"\x03")
            interrupt = None
    status = os.waitpid(pid, 0)[1]
    os.close(terminal)
    return seen.decode("utf-8").replace("\r\n", "\n"), status


def types_stand_apart(folder):
    del folder
    seen, status = run("types", "--color", "never", "monday.ndjson")
    assert status == 0, seen
    own = seen.index("The program's own · 17 objects · 816 B · 8.6%\n")
    packages = seen.index("Installed packages · 1 object · 64 B · 0.7% · 4.0 KiB owned\n")
    runtime = seen.index("CPython and its library · 67 objects · 8.4 KiB · 90.7% · 320 B owned\n")
    assert own < seen.index("app.session.Session\n") < packages < seen.index("Buffer") < runtime
    assert runtime < seen.index("  dict\n") and "… 1 more type, 72 B\n" in seen, seen
    assert "next: refgraph chain monday.ndjson 'app.session.Session#0'\n" in seen
    whole = run("types", "--color", "never", "-n", "0", "monday.ndjson")[0]
    assert "more types" not in whole and "-n 0" not in whole
    # Where nobody knows what is whose there is one table, as in a pipe.
    assert "The program's own" not in run("types", "cut.ndjson")[0]


def growth_stands_apart(folder):
    del folder
    seen, status = run("growth", "--color", "never", "monday.ndjson", "tuesday.ndjson")
    assert status == 0, seen
    own, runtime = seen.index("The program's own · +7 objects · "), seen.index("CPython and its")
    assert own < seen.index("app.session.Session") < runtime < seen.index("  function"), seen


def it_fits_the_terminal(folder):
    del folder
    for columns in (60, 80, 200):
        seen = run("types", "--color", "never", "monday.ndjson", columns=columns)[0]
        table = seen[seen.index("Count"):seen.index("\n\n-n 0")]
        assert max(map(len, table.split("\n"))) <= columns, seen
    narrow = run("types", "--color", "never", "monday.ndjson", columns=58)[0]
    assert "…Session\n" in narrow and "app.session.Session\n" not in narrow.split("-n 0")[0], narrow


def colour_can_be_had_and_refused(folder):
    del folder
    assert "\033[1mThe program's own" in run("types", "monday.ndjson")[0]
    for seen, _ in (run("types", "monday.ndjson", NO_COLOR="1"), run("types", "monday.ndjson", term="dumb"),
                    run("types", "monday.ndjson", "--color", "never")):
        assert "\033" not in seen, seen


def big(folder):
    """A dump that takes half a second to read, or more."""
    path = os.path.join(folder, "big.ndjson")
    with open(path, "w", encoding="utf-8") as file:
        for number in range(1, 900001):
            file.write('{"address": %d, "type": "app.Node%d", "size": 48, "refs": [%d, %d, %d]}\n' % (
                number * 16, number % 7, number * 8 // 16 * 16 + 16, number // 3 * 16 + 16, 16))
    return path


def progress_comes_and_goes(folder):
    path = big(folder)
    seen, status = run("info", "--color", "never", path, slow=True)
    assert status == 0, seen
    assert re.search(r"\r\033\[K(reading|finding|indexing) \w+ +\d+%", seen), seen
    assert CLEAR + path in seen, "the line is still there when the result comes"
    for arguments in ((path, ), ("--format", "json", path)):
        seen, status = run("info", *arguments, term="dumb", slow=True)
        assert status == 0 and "%" not in seen and "\r" not in seen, seen
    done = subprocess.run([PROGRAM, "info", path], check=True, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, timeout=60)
    assert not done.stderr and b"\r" not in done.stdout
    seen, status = run("info", "--color", "never", path, slow=True, interrupt=b"%")
    assert os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGINT, (status, seen)
    assert seen.endswith(CLEAR), seen


CASES = (types_stand_apart, growth_stands_apart, it_fits_the_terminal, colour_can_be_had_and_refused,
         progress_comes_and_goes)


if __name__ == "__main__":
    sys.exit(tap.run("terminal", CASES))
