# SPDX-License-Identifier: MIT
"""numpy and pandas: types of C extensions that no interpreter layout describes."""
import gc
import sys

try:
    import numpy
    import pandas
except ImportError as missing:
    sys.exit("no %s" % missing.name)

gc.disable()
arrays = [numpy.arange(1000), numpy.zeros((10, 20)), numpy.array([[1, 2], [3, 4]], dtype="i2").T,
          numpy.array(["a", [1], {"k": 2}, None], dtype=object), numpy.array("scalar"),
          numpy.empty(0),
          numpy.array(["text", "longer text"]), numpy.array([1 + 2j])]
views = [arrays[0][::2], arrays[1][2:5, ::3], arrays[0].reshape(10, 100), arrays[2].base]
structured = numpy.array([(1, 2.5, "a")], dtype=[("i", "i4"), ("f", "f8"), ("s", "U5")])
records = structured.view(numpy.recarray)
masked = numpy.ma.array([1, 2, 3], mask=[0, 1, 0])
matrix = numpy.matrix([[1, 2], [3, 4]])
scalars = [numpy.int64(5), numpy.float32(1.5), numpy.str_("text"), numpy.bool_(True), structured[0],
           numpy.datetime64("2020-01-01"), numpy.timedelta64(5, "D"), numpy.complex128(1j)]
dtypes = [a.dtype for a in arrays] + [structured.dtype, numpy.dtype("M8[ns]"),
                                      numpy.dtype((int, 3))]
ufuncs = [numpy.add, numpy.frompyfunc(lambda x: [x], 1, 1), numpy.vectorize(lambda x: x)]
iterators = [arrays[0].flat, iter(arrays[1]), numpy.nditer(arrays[2]), numpy.ndenumerate(arrays[2])]
next(iterators[1])
generator = numpy.random.default_rng(5)
state = numpy.random.RandomState(5)
state.rand(3)
broadcast = numpy.broadcast(arrays[2], [1, 2])
from_buffer = numpy.frombuffer(bytearray(64), dtype="f8")
memory = memoryview(arrays[1])


class Own(numpy.ndarray):
    def __array_finalize__(self, source):
        self.note = ["note"]


own = numpy.zeros(5).view(Own)
poly = numpy.polynomial.Polynomial([1, 2, 3])

frame = pandas.DataFrame({"a": range(100), "b": ["x", "y"] * 50, "c": numpy.linspace(0, 1, 100),
                          "d": pandas.date_range("2020-01-01", periods=100)})
frame.attrs["note"] = ["attribute"]
frame["e"] = pandas.Categorical(frame["b"])
indexed = frame.set_index("b")
grouped = frame.groupby("b")
means = grouped["c"].mean()
multi = frame.set_index(["a", "b"])
series = [pandas.Series([1, None, 3]), pandas.Series(["a", "b"], index=[5, 6], name="named"),
          frame["d"].dt.year, pandas.Series([1, 2], dtype="Int64"), pandas.Series([[1], {"a": 2}])]
looked_up = [indexed.loc["x"].shape, frame.index.get_loc(5), multi.index.get_loc((5, "y"))]
moments = [pandas.Timestamp("2020-01-01", tz="UTC"), pandas.Timedelta("1d"),
           pandas.Period("2020-01"),
           pandas.NaT, pandas.NA, pandas.Interval(0, 1), pandas.offsets.MonthEnd(2)]
indexes = [pandas.RangeIndex(5), pandas.Index(["a", "b"]), pandas.interval_range(0, 5),
           pandas.date_range("2020", periods=3, freq="M"), multi.index]
rolling = frame["c"].rolling(5)
merged = frame.merge(frame, on="a")


# Garbage: frames in their own attributes, arrays of objects in themselves.
def leak():
    box = numpy.empty(3, dtype=object)
    box[0] = [box, "an array of objects in garbage"]
    lost = pandas.DataFrame({"x": range(10)})
    lost.attrs["self"] = lost
    held = numpy.arange(10).view(Own)
    held.itself = held


leak()
