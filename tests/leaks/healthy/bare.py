# SPDX-License-Identifier: MIT
"""An interpreter that waits for input."""
for hour in (1, 2):
    print("hour", hour, flush=True)
    input()
