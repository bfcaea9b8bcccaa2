# SPDX-License-Identifier: MIT
"""The public functions as the headers declare them."""
import os
import re

import common

_DECLARATION = re.compile(r"RG_API\b([^;{]*?)\b(\w+)\s*\(([^;{]*)\)[^;()]*;", re.DOTALL)
_COMMENT_BEFORE = re.compile(r"/\*((?:[^*]|\*(?!/))*)\*/\s*\Z")


class Function:
    def __init__(self, header, line, result, name, parameters, comment):
        self.header, self.line, self.name, self.comment = header, line, name, comment
        self.result = " ".join(result.replace("RG_MUST_CHECK", "").split())
        self.parameters = " ".join(parameters.split())

    def where(self):
        return "include/refgraph/%s:%d: %s" % (self.header, self.line, self.name)


class Member:
    """A member of a public struct, or a value of a public enum."""

    def __init__(self, header, line, owner, name, comment, owner_comment):
        self.header, self.line, self.owner, self.name = header, line, owner, name
        self.comment, self.owner_comment = comment, owner_comment

    def where(self):
        return "include/refgraph/%s:%d: %s.%s" % (self.header, self.line, self.owner, self.name)


_BODY = re.compile(r"^(struct|enum) (rg_\w+) \{\n(.*?)^\};", re.DOTALL | re.MULTILINE)


def members(tree):
    """Every member of the structs and enums of include/refgraph, with the comment beside it."""
    found = []
    folder = os.path.join(tree, "include", "refgraph")
    for header in common.files(folder, ".h"):
        text = common.read(folder, header)
        for body in _BODY.finditer(text):
            before = _COMMENT_BEFORE.search(text[:body.start()])
            # A comment may go on over lines of its own: then it is one here, with a mark for each.
            lines = re.sub(r"/\*.*?\*/", lambda m: m[0].replace("\n", "\0"), body[3], flags=re.DOTALL)
            number = text.count("\n", 0, body.start(3))
            for line in lines.split("\n"):
                number += 1 + line.count("\0")
                code = re.sub(r"/\*.*?\*/", "", line).split("=")[0].rstrip(" ;,")
                if not line.startswith("\t") or not code.strip():
                    continue
                names = re.findall(r"(\w+)(?:\[\w*\])?(?=,|$)", code)
                comment = re.search(r"/\*(.*?)\*/", line)
                found += [Member(header, number, body[2], name, comment and comment[1].strip(),
                                 before and before[1]) for name in names]
    return found


def functions(tree):
    """Every RG_API function of include/refgraph, with the comment directly before it or None."""
    found = []
    folder = os.path.join(tree, "include", "refgraph")
    for header in common.files(folder, ".h"):
        text = common.read(folder, header)
        # Comments are blanked in place, so that offsets agree with the text that has them.
        code = re.sub(r"/\*.*?\*/|//[^\n]*|^[ \t]*#(?:\\\n|[^\n])*",
                      lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.DOTALL | re.MULTILINE)
        for match in _DECLARATION.finditer(code):
            before = _COMMENT_BEFORE.search(text[:match.start()])
            found.append(Function(header, text.count("\n", 0, match.start()) + 1,
                                  match[1], match[2], match[3],
                                  re.sub(r"\s*\n\s*\*?\s*", " ", before[1]) if before else None))
    return found
