# SPDX-License-Identifier: MIT
"""Story 4: a reader of feeds, which somebody made faster by switching the collector off."""
import gc
import time
import xml.dom.minidom

FEED = "<feed>%s</feed>" % "".join(
    "<entry id='%d'><title>Entry %d</title><link href='http://example.org/%d'/></entry>" % (n, n, n)
    for n in range(50))


def titles(text):
    document = xml.dom.minidom.parseString(text)
    return [node.firstChild.data for node in document.getElementsByTagName("title")]


def main():
    gc.disable()  # "pauses spoil our latency, and we have no cycles"
    gc.freeze()
    seen = set()
    for _ in range(40):
        seen.update(titles(FEED))
    print("hour 1", flush=True)
    time.sleep(60)


if __name__ == "__main__":
    main()
