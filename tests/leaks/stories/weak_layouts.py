# SPDX-License-Identifier: MIT
"""Layouts of documents in a weak dict, so that they go when the document goes. They know it, too."""
import weakref


class Document:
    def __init__(self, title, paragraphs):
        self.title = title
        self.paragraphs = paragraphs


class Layout:
    def __init__(self, document, width):
        self.document = document
        self.lines = []
        for text in document.paragraphs:
            self.lines += [text[n:n + width] for n in range(0, len(text), width)]


layouts = weakref.WeakKeyDictionary()


def show(document, width=60):
    layout = layouts.get(document)
    if layout is None:
        layout = layouts[document] = Layout(document, width)
    return len(layout.lines)


def main():
    for hour in range(1, 3):
        shown = 0
        for number in range(150):
            text = "".join("word %d of %d, " % (n, number) for n in range(60))
            shown += show(Document("document %d" % number, [text] * 5))
        print("hour", hour, shown, flush=True)
        input()


if __name__ == "__main__":
    main()
