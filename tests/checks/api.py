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
