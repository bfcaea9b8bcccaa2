# SPDX-License-Identifier: MIT
"""pandas: some work, of which nothing is kept."""
import pandas


def work(days):
    for day in range(days):
        frame = pandas.DataFrame({"day": [day] * 5000, "value": range(5000)})
        means = frame[frame["value"] % 7 == day % 7].groupby("day").mean()
        text = means.to_csv()
    return len(text)


for hour in (1, 2):
    print("hour", hour, work(30), flush=True)
    input()
