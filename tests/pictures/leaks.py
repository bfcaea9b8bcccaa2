# SPDX-License-Identifier: MIT
"""Leaks of many kinds: what leaks.ndjson.xz is a dump of, beside those of samples/leaky.py.

Made on a Debian 12 with samples/leaky.py beside this file in /opt/leaks:

    env -i PATH=/usr/bin:/bin HOME=/ /usr/bin/python3 -B -E leaks.py &
    gcore -o leaks $!; refgraph convert leaks.$! -o leaks.ndjson; xz -9e leaks.ndjson
"""
