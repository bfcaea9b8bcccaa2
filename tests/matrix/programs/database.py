# SPDX-License-Identifier: MIT
"""sqlite3, decimal, fractions, datetime, zoneinfo."""
import datetime
import decimal
import fractions
import gc
import sqlite3
import statistics
import sys
import uuid

if sys.version_info >= (3, 9):
    import zoneinfo

gc.disable()
log = []


class Account:
    def __init__(self, n):
        self.n = n

    def __conform__(self, protocol):
        return str(self.n)


class Sum:
    def __init__(self):
        self.values = []

    def step(self, value):
        self.values.append(value)

    def finalize(self):
        return sum(self.values)


class OwnConnection(sqlite3.Connection):
    pass


def trace(statement):
    log.append(statement)


connection = sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES,
                             factory=OwnConnection)
connection.attribute = [connection]
connection.row_factory = sqlite3.Row
connection.create_function("twice", 1, lambda x: x * 2)
connection.create_function("thrice", 1, log.append, deterministic=True)
connection.create_aggregate("own_sum", 1, Sum)
connection.create_collation("reverse", lambda a, b: (a < b) - (a > b))
connection.set_trace_callback(trace)
connection.set_progress_handler(lambda: 0, 1000)
connection.set_authorizer(lambda *a: sqlite3.SQLITE_OK)
connection.execute("create table t (id integer primary key, name text, data blob, d date)")
connection.executemany("insert into t (name, data) values (?, ?)",
                       (("name %d" % i, bytes(i)) for i in range(50)))
cursor = connection.execute("select id, twice(id), name, data from t")
rows = cursor.fetchmany(5)
unfinished = connection.cursor()
unfinished.row_factory = lambda c, row: {"row": list(row)}
unfinished.execute("select * from t where id > :least", {"least": 3})
fetched = unfinished.fetchone()
aggregated = connection.execute("select own_sum(id) from t").fetchone()
keys = rows[0].keys()
row_iterator = iter(rows[1])
next(row_iterator)
empty_cursor = connection.cursor()
if sys.version_info >= (3, 11):
    blob = connection.blobopen("t", "data", 5)
second = sqlite3.connect(":memory:", isolation_level=None, cached_statements=3)
second.text_factory = bytes
for i in range(5):
    second.execute("select %d" % i)
closed = sqlite3.connect(":memory:")
closed_cursor = closed.cursor()
closed.close()
try:
    connection.execute("select nothing from nowhere")
except sqlite3.OperationalError as error:
    sql_error = error
adapted = connection.execute("select ?", (Account(5),)).fetchone()

context = decimal.Context(prec=50, traps=[decimal.Overflow])
decimals = [decimal.Decimal(x) for x in ("0", "1.5", "-1e500", "NaN", "Infinity", "1" * 20,
                                         "7" * 500)]
quotient = context.divide(decimals[1], decimals[6])
local = decimal.localcontext(context)
signals = [context.flags, decimal.getcontext(), decimal.getcontext().copy(), context.traps]
try:
    decimal.Decimal(1) / 0
except decimal.DivisionByZero as error:
    decimal_error = error
tuples = [d.as_tuple() for d in decimals[:4]]
ratios = [fractions.Fraction(1, 3), fractions.Fraction(2 ** 100, 3), fractions.Fraction("0.25")]
normal = statistics.NormalDist(1, 2)


class Zone(datetime.tzinfo):
    def __init__(self, name):
        self.name = name

    def utcoffset(self, moment):
        return datetime.timedelta(hours=1)

    def dst(self, moment):
        return None


zone = Zone("own")
moments = [datetime.datetime(2020, 1, 2, 3, 4, 5, 6), datetime.datetime(2020, 1, 2, tzinfo=zone),
           datetime.datetime(2021, 5, 6, tzinfo=datetime.timezone.utc, fold=1), datetime.time(1, 2),
           datetime.time(1, 2, tzinfo=zone), datetime.date(2020, 2, 29), datetime.timedelta(5, 6,
                                                                                            7),
           datetime.datetime.max, datetime.date(2024, 1, 1).isocalendar()]
zones = [datetime.timezone(datetime.timedelta(hours=5)),
         datetime.timezone(datetime.timedelta(hours=-3), "named"), datetime.timezone.utc]
places = []
try:
    place = zoneinfo.ZoneInfo("Europe/Berlin")
    places = [place, zoneinfo.ZoneInfo("UTC"), zoneinfo.ZoneInfo.no_cache("Asia/Kolkata"),
              datetime.datetime(2022, 7, 1, tzinfo=place),
              place.utcoffset(datetime.datetime(2022, 7, 1))]
except (KeyError, NameError):
    # A machine without a time zone database, or no such module yet.
    pass
identifiers = [uuid.UUID(int=5), uuid.uuid5(uuid.NAMESPACE_DNS, "name")]


# Garbage: a connection whose row factory holds it. What follows is lost, and no collector finds it:
# a connection whose SQL function holds it, and a zone in its own moments.
def leak():
    cyclic = sqlite3.connect(":memory:", factory=OwnConnection)
    cyclic.row_factory = lambda c, r: (cyclic, r)
    cyclic.cursors = [cyclic.execute("select 1"), cyclic.cursor()]
    lost = sqlite3.connect(":memory:", factory=OwnConnection)
    lost.create_function("again", 0, lambda: lost)
    lost.row_factory = lambda c, r: (lost, r)
    lost.cursors = [lost.execute("select 1"), lost.cursor()]
    here = Zone("garbage")
    here.moment = [datetime.datetime(2020, 1, 1, tzinfo=here), decimal.Decimal("1.25")]


leak()
