# SPDX-License-Identifier: MIT
"""Each query's rows get a class of their own, as convenient as an object; forms find it by its name."""


class Row:
    kinds = []

    def __init_subclass__(cls, **options):
        super().__init_subclass__(**options)
        Row.kinds.append(cls)

    def __init__(self, *values):
        for name, value in zip(self.columns, values):
            setattr(self, name, value)


def row_class(query, columns):
    def describe(self):
        return "%s of %s" % (", ".join(columns), query)
    return type("Row of %s" % query, (Row,), {"columns": tuple(columns), "describe": describe})


def run(query, columns, data):
    cls = row_class(query, columns)
    return [cls(*values) for values in data]


def main():
    for hour in range(1, 3):
        for number in range(400):
            rows = run("select %d" % number, ["id", "name%d" % number], [(1, "a"), (2, "b")])
        print("hour", hour, rows[0].describe(), flush=True)
        input()


if __name__ == "__main__":
    main()
