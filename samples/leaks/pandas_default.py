# SPDX-License-Identifier: MIT
"""A report over the measurements of each day. To tell days without measurements from broken ones the
frames of the days are joined, starting from those that are given."""
import numpy
import pandas

STATIONS = ["station-%02d" % number for number in range(40)]


def measurements(day, generator):
    """What the stations sent that day."""
    count = 24000
    return pandas.DataFrame({
        "station": generator.choice(len(STATIONS), count),
        "temperature": generator.normal(15, 8, count),
        "pressure": generator.normal(1013, 9, count),
        "humidity": generator.uniform(0, 100, count),
        "day": numpy.full(count, day),
    })


def averages(frame, before=[]):
    """Mean of each station that day, and how it changed."""
    before.append(frame)
    means = frame.groupby("station").mean()
    if len(before) < 2:
        return means, None
    return means, means - before[-2].groupby("station").mean()


def warmest(means):
    return STATIONS[means["temperature"].idxmax()]


def main():
    generator = numpy.random.default_rng(11)
    day = 0
    for hour in range(1, 3):
        for _ in range(20):
            day += 1
            means, change = averages(measurements(day, generator))
            line = "day %d: %s" % (day, warmest(means))
            if change is not None:
                line += ", %+.2f degrees" % change["temperature"].mean()
        print("hour", hour, line, flush=True)
        input()


if __name__ == "__main__":
    main()
