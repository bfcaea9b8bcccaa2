# SPDX-License-Identifier: MIT
"""pandas, imported, and idle."""
import pandas

version = pandas.__version__
for hour in (1, 2):
    print("hour", hour, flush=True)
    input()
