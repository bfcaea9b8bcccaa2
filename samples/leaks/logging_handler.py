# SPDX-License-Identifier: MIT
"""A billing service. Its status page shows what was logged lately, from a handler of its own."""
import decimal
import logging
import random

log = logging.getLogger("billing")


class Invoice:
    def __init__(self, number, items):
        self.number = number
        self.items = items

    def total(self):
        return sum((price * count for _, price, count in self.items), decimal.Decimal(0))

    def __str__(self):
        return "invoice %d" % self.number


class StatusHandler(logging.Handler):
    """Keeps records for the status page, which shows the last ten."""

    def __init__(self, level=logging.NOTSET):
        super().__init__(level)
        self.records = []

    def emit(self, record):
        self.records.append(record)

    def page(self):
        return "\n".join(self.format(record) for record in self.records[-10:])


def set_up_logging():
    handler = StatusHandler()
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(message)s"))
    root = logging.getLogger()
    root.addHandler(handler)
    root.addHandler(logging.FileHandler("/dev/null"))
    root.setLevel(logging.INFO)
    return handler


def bill(number, chance):
    items = [("article %d" % chance.randrange(1000), decimal.Decimal(chance.randrange(9999)) / 100,
              chance.randrange(1, 9)) for _ in range(12)]
    invoice = Invoice(number, items)
    log.info("%s over %s is sent", invoice, invoice.total())


def main():
    status = set_up_logging()
    chance = random.Random(4)
    for hour in range(1, 3):
        for number in range(1500):
            bill(10000 * hour + number, chance)
        print("hour", hour, len(status.page()), flush=True)
        input()


if __name__ == "__main__":
    main()
