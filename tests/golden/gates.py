# SPDX-License-Identifier: MIT
"""Gates as a build meets them: samples/ci-growth.sh, JUnit files that parsers read, annotations."""
import json
import os
import stat
import subprocess
import sys
import xml.etree.ElementTree

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path.insert(0, os.path.join(HERE, "..", "support"))
import tap  # noqa: E402

DUMPS = os.path.join(HERE, "dumps")
SAMPLES = os.path.join(os.environ.get("RG_SRCDIR", os.path.join(HERE, "..", "..")), "samples")
PROGRAM = os.environ.get("REFGRAPH", "refgraph")
RENDER = os.path.join(os.environ.get("REFGRAPH_LIBEXEC", ""), "refgraph-render")
PYTHON = os.environ.get("PYTHON3", sys.executable)

# Works like leaky.py, and keeps nothing.
STEADY = """
import sys, time
sys.path.insert(0, %r)
import leaky
leaky.let_debuggers_attach()
class Order: pass
kept = [Order() for _ in range(100)]
for number in range(1, 1000):
    kept = [Order() for _ in range(100)]
    print("batch", number, flush=True)
    time.sleep(0.01)
"""


def run(words, **more):
    environment = dict(os.environ, LC_ALL="C", **more.pop("env", {}))
    return subprocess.run(words, cwd=DUMPS, timeout=120, env=environment, check=False,
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, **more)


def build_step(folder, *dumps, **settings):
    return run(["sh", os.path.join(SAMPLES, "ci-growth.sh"), *dumps],
               env=dict(settings, REFGRAPH=PROGRAM, PYTHON3=PYTHON, ARTIFACTS=folder))


def cases_of(path):
    """Of a JUnit file: the name of each case, and whether it failed; what it counts must be so."""
    root = xml.etree.ElementTree.parse(path).getroot()
    assert root.tag == "testsuites" and [suite.tag for suite in root] == ["testsuite"]
    found = {}
    for case in root[0]:
        assert case.tag == "testcase" and case.get("classname") and case.get("time") == "0"
        found[case.get("name")] = case.find("failure") is not None
        for failure in case.iter("failure"):
            assert failure.get("message") and failure.text, case
    for element in (root, root[0]):
        assert int(element.get("tests")) == len(found), found
        assert int(element.get("failures")) == sum(found.values()), found
    return found


def needs_dumps(done):
    if b"cannot take a dump" in done.stderr:
        raise tap.Skip(done.stderr.decode().strip().splitlines()[-1])


def a_step_fails_on_growth(folder):
    done = build_step(folder, "monday.ndjson", "tuesday.ndjson", TYPES="app.*")
    assert done.returncode == 1, done
    assert b"tuesday against monday: +31 objects" in done.stdout, done
    assert b"failed: delta_count(app.*) > 5%: value 7, limit 0.85" in done.stderr, done
    assert list(cases_of(os.path.join(folder, "growth.xml")).values()) == [True, False]
    with open(os.path.join(folder, "growth.txt"), "rb") as file:
        assert done.stdout.startswith(file.read())
    if os.path.exists(RENDER) and b"--with-cgraph" not in done.stderr:
        tree = xml.etree.ElementTree.parse(os.path.join(folder, "why.svg"))
        assert "app.session.Session" in "".join(tree.getroot().itertext())


def a_step_passes_without(folder):
    for name in ("why.svg", "growth.xml"):
        with open(os.path.join(folder, name), "w", encoding="utf-8") as file:
            file.write("of an earlier build")
    done = build_step(folder, "monday.ndjson", "monday.ndjson", TYPES="app.*")
    assert done.returncode == 0 and not done.stderr, done
    assert list(cases_of(os.path.join(folder, "growth.xml")).values()) == [False, False]
    assert sorted(os.listdir(folder)) == ["growth.txt", "growth.xml"]


def a_step_is_trouble_with_half_a_dump(folder):
    done = build_step(folder, "monday.ndjson", "cut.ndjson")
    assert done.returncode == 2 and b"--allow-incomplete" in done.stderr, done
    assert os.listdir(folder) == ["growth.txt"], os.listdir(folder)


def a_step_fails_a_leaking_program(folder):
    done = build_step(folder)
    needs_dumps(done)
    assert done.returncode == 1, done
    assert b"failed: delta_count(__main__.*) > 5%" in done.stderr, done
    assert b"__main__.Customer" in done.stdout, done
    assert list(cases_of(os.path.join(folder, "growth.xml")).values()) == [True, False]


def a_step_passes_a_steady_program(folder):
    script = os.path.join(folder, "steady.py")
    with open(script, "w", encoding="utf-8") as file:
        file.write(STEADY % os.path.abspath(SAMPLES))
    done = build_step(folder, PROGRAM="%s -B %s" % (PYTHON, script))
    needs_dumps(done)
    assert done.returncode == 0, done
    assert list(cases_of(os.path.join(folder, "growth.xml")).values()) == [False, False]


def a_step_says_when_a_program_dies(folder):
    done = build_step(folder, PROGRAM="echo no such import")
    assert done.returncode == 2 and b"no such import" in done.stderr, done
    assert b"did not print 'batch 10'" in done.stderr, done


def junit_is_private_and_whole(folder):
    path = os.path.join(folder, "growth.xml")
    done = run([PROGRAM, "growth", "hostile.ndjson", "hostile.ndjson", "--junit", path,
                "--fail-if", 'count("\\"<&>\x1b[31m\u202e") < 1',
                "--fail-if", "count(*) > 1 or count(']]>') > 1"])
    assert done.returncode == 2 and b"column" in done.stderr, done  # a quote inside quotes
    assert not os.listdir(folder)
    done = run([PROGRAM, "growth", "hostile.ndjson", "hostile.ndjson", "--junit", path,
                "--fail-if", "count('\"<&>\x1b[31m\u202e') < 1",
                "--fail-if", "count(*) > 1 or count(']]>') > 1"])
    assert done.returncode == 1, done
    assert b"\x1b" not in done.stderr and "\u202e".encode() not in done.stderr, done
    assert cases_of(path) == {"count('\"<&>\\x1b[31m\\u202e') < 1": True,
                              "count(*) > 1 or count(']]>') > 1": True}
    assert stat.S_IMODE(os.stat(path).st_mode) == 0o600
    assert os.listdir(folder) == ["growth.xml"]


def a_junit_file_that_fails_is_trouble(folder):
    paths = [os.path.join(folder, "none", "growth.xml")]
    if os.path.exists("/dev/full"):
        paths.append("/dev/full")
    for path in paths:
        done = run([PROGRAM, "growth", "monday.ndjson", "tuesday.ndjson", "--junit", path,
                    "--fail-if", "count(*) < 0"])
        assert done.returncode == 2 and not done.stdout, done
        assert path.encode() in done.stderr, done


def github_is_told_beside_the_json(_):
    words = [PROGRAM, "growth", "monday.ndjson", "tuesday.ndjson", "--format", "json",
             "--fail-if", "delta_count(app.*) > 5%"]
    for wanted, more, variables in (
            (True, [], {"GITHUB_ACTIONS": "true"}),
            (False, ["--annotate", "never"], {"GITHUB_ACTIONS": "true"}),
            (True, ["--annotate", "github"], {"GITHUB_ACTIONS": ""}),
            (False, [], {"GITHUB_ACTIONS": "false"})):
        done = run(words + more, env=variables)
        assert done.returncode == 1, done
        assert json.loads(done.stdout)["violations"][0]["value"] == 7
        told = [line for line in done.stderr.splitlines() if line.startswith(b"::")]
        assert len(told) == wanted, done
        if told:
            assert told[0].startswith(b"::error title=refgraph growth::tuesday.ndjson fails on "
                                      b"delta_count(app.*) > 5%25%0A"), told


TESTS = [
    a_step_fails_on_growth, a_step_passes_without, a_step_is_trouble_with_half_a_dump,
    a_step_fails_a_leaking_program, a_step_passes_a_steady_program,
    a_step_says_when_a_program_dies, junit_is_private_and_whole,
    a_junit_file_that_fails_is_trouble, github_is_told_beside_the_json,
]


if __name__ == "__main__":
    sys.exit(tap.run("gates", TESTS))
