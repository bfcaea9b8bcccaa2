# SPDX-License-Identifier: MIT
"""A ledger in sqlite that closes its cursors."""
import contextlib
import sqlite3


class Ledger:
    def __init__(self):
        self.database = sqlite3.connect(":memory:")
        self.database.execute("create table entries (id integer primary key, account, amount)")

    def book(self, account, amount):
        with self.database:
            self.database.execute("insert into entries (account, amount) values (?, ?)",
                                  (account, amount))

    def balance(self, account):
        with contextlib.closing(self.database.cursor()) as cursor:
            cursor.execute("select amount from entries where account = ?", (account,))
            return sum(amount for amount, in cursor)


def main():
    ledger = Ledger()
    for hour in (1, 2):
        for number in range(1000):
            ledger.book("account-%d" % (number % 20), number)
            ledger.balance("account-%d" % (number % 7))
        print("hour", hour, flush=True)
        input()


if __name__ == "__main__":
    main()
