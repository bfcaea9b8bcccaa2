# SPDX-License-Identifier: MIT
"""The runner of the unit tests cannot pass falsely: linked with suites that must fail, it fails."""
import os
import subprocess

import common

# Suite of tests/unit/broken.c -> exit status, and what the output must say.
EXPECTED = {
    "sound": (0, "ok 2 - sound: is_skipped # SKIP nothing to see"),
    "failing": (1, "not ok 2 - failing: fails"),
    "silent": (1, "not ok 1 - silent: asserts_nothing"),
    "ending": (3, "Bail out!"),
    "twice": (2, "test passes of suite twice"),
    "none": (2, "has no test"),
    "setup": (1, "not ok 1 - setup: passes"),
    "teardown": (1, "the teardown of suite teardown failed"),
    "no-such-suite": (2, "no such suite"),
}


def outcome(suite):
    program = os.path.join(common.build_dir(), "tests", "unit", "broken")
    done = subprocess.run([program, suite], check=False, text=True,
                          stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    status, words = EXPECTED[suite]
    findings = []
    if done.returncode != status:
        findings.append("exit status %d instead of %d" % (done.returncode, status))
    if words not in done.stdout:
        findings.append("the output does not say: " + words)
    return findings


if __name__ == "__main__":
    common.run(*[("suite %s: exit status %d" % (name, EXPECTED[name][0]),
                  lambda name=name: outcome(name)) for name in EXPECTED])
