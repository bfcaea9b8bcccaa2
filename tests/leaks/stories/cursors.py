# SPDX-License-Identifier: MIT
"""Pages of search results from sqlite. A visitor's cursor is kept for the next page."""
import sqlite3


class Search:
    def __init__(self):
        self.database = sqlite3.connect(":memory:", cached_statements=8)
        self.database.execute("create table books (title text, year int)")
        self.database.executemany("insert into books values (?, ?)",
                                  (("book %d" % n, 1900 + n % 120) for n in range(3000)))
        self.cursors = {}

    def page(self, visitor, year):
        cursor = self.cursors.get(visitor)
        if cursor is None:
            cursor = self.database.execute(
                "select title from books where year > ? order by title", (year,))
            self.cursors[visitor] = cursor
        rows = cursor.fetchmany(10)
        if not rows:
            del self.cursors[visitor]
        return [title for title, in rows]


search = Search()


def main():
    for hour in range(1, 3):
        for number in range(400):
            search.page("visitor-%d-%d" % (hour, number), 1900 + number % 100)
        print("hour", hour, flush=True)
        input()


if __name__ == "__main__":
    main()
