# SPDX-License-Identifier: MIT
# What unit tests share: synthesised cores and graphs, brute-force oracles; and what tests in Python do.
support_sources +=
support_sources += %D%/oracle.c
support_sources += %D%/oracle.h
support_sources += %D%/removal.c
support_sources += %D%/removal.h
support_sources += %D%/synth.c
support_sources += %D%/synth.h
support_sources += %D%/synth_core.c
support_sources += %D%/synth_core.h
EXTRA_DIST += %D%/tap.py %D%/target.py
