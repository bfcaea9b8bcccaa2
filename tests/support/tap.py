# SPDX-License-Identifier: MIT
"""Running tests that each want an empty folder, and reporting as TAP."""
import tempfile


class Skip(Exception):
    """Raised by a test that cannot be made here; its text says why."""


def run(suite, tests):
    """Runs the functions in @tests, each with a folder of its own; the exit status."""
    failed = 0
    print("1..%d" % len(tests))
    for number, test in enumerate(tests, 1):
        word, note, findings = "ok", "", []
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(folder)
            except Skip as skip:
                note = " # SKIP %s" % skip
            except Exception as error:  # pylint: disable=broad-except
                word, findings = "not ok", repr(error).splitlines()
                failed += 1
        print("%s %d - %s: %s%s" % (word, number, suite, test.__name__.replace("_", " "), note))
        for line in findings:
            print("# " + line)
    return 1 if failed else 0
