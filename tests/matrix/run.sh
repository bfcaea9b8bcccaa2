#!/bin/sh
# SPDX-License-Identifier: MIT
# The interpreter matrix: run.py with a python3 that can run it. Options: run.sh --help.
here=$(cd "$(dirname "$0")" && pwd)
for python in /usr/bin/python3 python3; do
	if command -v "$python" >/dev/null &&
		"$python" -c 'import sys; sys.exit(sys.version_info < (3, 11))'; then
		exec "$python" -B "$here/run.py" "$@"
	fi
done
echo "matrix: needs a python3, 3.11 or newer" >&2
exit 2
