# SPDX-License-Identifier: MIT
"""An application that logs through a queue to files that rotate, with a logger for each module."""
import logging
import logging.handlers
import os
import queue
import tempfile


def set_up_logging(folder):
    to_file = logging.handlers.RotatingFileHandler(os.path.join(folder, "log"), maxBytes=40000,
                                                   backupCount=2)
    to_file.setFormatter(logging.Formatter("%(asctime)s %(name)s %(message)s"))
    waiting = queue.Queue()
    listener = logging.handlers.QueueListener(waiting, to_file)
    listener.start()
    root = logging.getLogger()
    root.addHandler(logging.handlers.QueueHandler(waiting))
    root.setLevel(logging.INFO)
    return waiting


def work(number):
    log = logging.getLogger("app.part%d" % (number % 60))
    log.info("step %d of %s", number, {"user": number})
    try:
        return 1 // (number % 40)
    except ZeroDivisionError:
        log.exception("step %d failed", number)
        return None


def main():
    with tempfile.TemporaryDirectory() as folder:
        waiting = set_up_logging(folder)
        for hour in (1, 2):
            for number in range(2000):
                work(number)
            while waiting.qsize():
                pass
            print("hour", hour, flush=True)
            input()


if __name__ == "__main__":
    main()
