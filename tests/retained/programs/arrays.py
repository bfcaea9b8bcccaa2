# SPDX-License-Identifier: MIT
"""Objects in arrays of numpy and in what pandas makes of them."""
import numpy
import pandas


class Plain:
    def __init__(self, **values):
        for name, value in values.items():
            setattr(self, name, value)


def item(holder, key):
    return holder[key]


def drop_item(holder, key):
    holder[key] = None


def drop_attribute(holder, name):
    setattr(holder, name, None)


def objects(count):
    made = numpy.empty(count, dtype=object)
    for number in range(count):
        made[number] = Plain(number=[number], shown=numpy.arange(number)[1:])
    return made


def references():
    single = numpy.empty(10, dtype=object)
    for number in range(10):
        single[number] = [Plain(n=[number])]
    for number in range(10):
        yield "element %d of an array" % number, single, item, number, drop_item, (number,)
    plain = Plain(array=objects(5), frame=pandas.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}),
                  series=pandas.Series([Plain(a=[1]), [2]]), index=pandas.Index([3, 4]),
                  view=numpy.arange(100)[10:20], masked=numpy.ma.masked_array([1, 2], [0, 1]))
    for name in ("array", "frame", "series", "index", "view", "masked"):
        yield "attribute " + name, plain, getattr, name, drop_attribute, (name,)
    table = {"grouped": pandas.DataFrame({"a": [1, 1], "b": [2, 3]}).groupby("a"),
             "frames": [pandas.DataFrame({"n": [n]}) for n in range(3)],
             "generator": numpy.random.default_rng(1), "iterator": numpy.nditer(numpy.arange(3))}
    for name in list(table):
        yield "value " + name, table, item, name, drop_item, (name,)
