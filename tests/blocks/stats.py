# SPDX-License-Identifier: MIT
"""Has pymalloc print its own books, and stands still from then on: nothing is allocated between."""
import _signal
import sys

kept = [[n, str(n), {n: (n, n + 0.5)}] for n in range(20000)]
del kept[::3]
text = ["x" * n for n in range(2000)]
del text[1::2]
stats = sys._debugmallocstats
pause = _signal.pause
stats()
pause()
