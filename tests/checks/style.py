# SPDX-License-Identifier: MIT
"""What can be said of a file without reading it: licence line, width, length, white space."""
import common

CODE = (".c", ".h")
SCRIPTS = (".py", ".sh", ".mk")
FOLDERS = ("include", "src", "tests", "samples")
WIDTH, LENGTH = 100, 800


def complaints(name, text):
    findings = []
    lines = text.split("\n")
    first = lines[1] if lines[0].startswith("#!") and len(lines) > 1 else lines[0]
    if "SPDX-License-Identifier: MIT" not in first:
        findings.append("%s:1: the licence line is missing" % name)
    if name.endswith(CODE) and len(lines) > LENGTH:
        findings.append("%s: %d lines: split it by nouns (%d at most)" % (name, len(lines), LENGTH))
    for number, line in enumerate(lines, 1):
        if line != line.rstrip():
            findings.append("%s:%d: white space at the end" % (name, number))
        if name.endswith(CODE) and len(line.expandtabs(8)) > WIDTH:
            findings.append("%s:%d: wider than %d columns" % (name, number, WIDTH))
        if name.endswith(CODE) and line.startswith("        ") and "\t" not in line:
            findings.append("%s:%d: indented by spaces" % (name, number))
    if not text.endswith("\n") or text.endswith("\n\n"):
        findings.append("%s: does not end in one newline" % name)
    return findings


def check(tree):
    return [finding for folder in FOLDERS
            for path in common.files("%s/%s" % (tree, folder), *CODE, *SCRIPTS)
            if not path.startswith(("cache/", "unit/suites.c"))
            for finding in complaints("%s/%s" % (folder, path),
                                      common.read(tree, folder, path))]


if __name__ == "__main__":
    common.run(("files look alike", lambda: check(common.source_dir())))
