# SPDX-License-Identifier: MIT
"""Story 2: a service that takes uploads. Each refused one costs what the upload was large.

Errors are logged with a traceback, and the log is written in batches for speed.
"""
import json
import logging
import logging.handlers
import time

log = logging.getLogger("uploads")


class Upload:
    def __init__(self, number, body):
        self.number = number
        self.body = body


def parse(upload):
    text = upload.body.decode()
    return json.loads(text)


def receive(number):
    upload = Upload(number, b'{"values": [%s 17' % (b"1.25, " * 60000))
    try:
        return parse(upload)
    except ValueError:
        log.exception("upload %d is not JSON", upload.number)
        return None


def set_up_logging():
    to_file = logging.FileHandler("/dev/null")
    # "No need to write each line": up to ten thousand records wait here for a critical one.
    batches = logging.handlers.MemoryHandler(10000, flushLevel=logging.CRITICAL, target=to_file)
    log.addHandler(batches)
    log.propagate = False


def main():
    set_up_logging()
    for number in range(40):
        receive(number)
    print("hour 1", flush=True)
    time.sleep(60)


if __name__ == "__main__":
    main()
