# SPDX-License-Identifier: MIT
"""A web shop that sends what visitors do to statistics: one thread takes it from a queue. When the
statistics' server refused once, that thread ended."""
import queue
import threading
import time


class Statistics:
    def __init__(self):
        self.events = queue.Queue()
        self.sent = 0
        self.thread = threading.Thread(target=self.run, name="statistics", daemon=True)
        self.thread.start()

    def run(self):
        while True:
            event = self.events.get()
            if not self.send(event):
                return

    def send(self, event):
        self.sent += 1
        return event["number"] < 100

    def note(self, number, page, **more):
        self.events.put({"number": number, "page": page, "at": time.time(), **more})


class Shop:
    def __init__(self):
        self.statistics = Statistics()

    def view(self, number, page):
        self.statistics.note(number, page, agent="Mozilla/5.0 (%d)" % number, referrer="/" * 40)
        return "<h1>%s</h1>" % page


shop = Shop()


def main():
    for hour in range(1, 3):
        for number in range(5000):
            shop.view(number + 5000 * hour, "/article/%d" % number)
        print("hour", hour, flush=True)
        input()


if __name__ == "__main__":
    main()
