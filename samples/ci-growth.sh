#!/bin/sh
# SPDX-License-Identifier: MIT
# A step of a build that fails when a program's heap grows: warms it up, dumps it, lets it work,
# dumps it again, and has refgraph judge the difference. To copy; what to change stands first.
#
#   ci-growth.sh              runs $PROGRAM and takes two dumps of it (gcore comes with gdb)
#   ci-growth.sh DUMP DUMP... judges dumps that were taken elsewhere
#
# Exit status: 0 it did not grow, 1 it did, 2 trouble: nothing was judged.
# $ARTIFACTS gets growth.txt, growth.xml (JUnit), and if it grew who holds it as why.svg.
set -u

here=$(cd "$(dirname "$0")" && pwd) || exit 2
: "${REFGRAPH:=refgraph}"
: "${ARTIFACTS:=artifacts}"

# The program: whatever prints a line when it is warm, and another when it has worked.
: "${PROGRAM:=${PYTHON3:-python3} -B $here/leaky.py --pause 0.01}"
: "${WARM:=batch 10}" "${WORKED:=batch 40}"

# Its own types, and how much they may grow. Numbers, strings and the like come and go in every
# program; a program's own types tell a leak from noise.
: "${TYPES:=__main__.*}"
gate_1="delta_count($TYPES) > 5%"
gate_2="delta_bytes(*) + delta_owned(*) > 50M"

pid=
dumps=
clean_up() {
    [ -z "$pid" ] || kill "$pid" 2>/dev/null
    # Dumps hold whatever the program held, secrets too: they are no artifacts.
    [ -z "$dumps" ] || rm -rf "$dumps"
}
trap clean_up EXIT
trap 'exit 2' HUP INT TERM

trouble() {
    echo "ci-growth: $*" >&2
    exit 2
}

# wait_for LINE: until the program has printed it
wait_for() {
    for _ in $(seq 300); do
        ! grep -qxF "$1" "$dumps/log" || return 0
        kill -0 "$pid" 2>/dev/null || break
        sleep 0.1
    done
    tail -n 5 "$dumps/log" >&2
    trouble "the program did not print '$1'; the end of what it wrote stands above"
}

# dump NAME: of the running program, which goes on afterwards
dump() {
    command -v gcore >/dev/null || trouble "cannot take a dump: gcore is missing (Debian: gdb)"
    gcore -o "$dumps/$1" "$pid" >"$dumps/gcore.log" 2>&1
    [ -s "$dumps/$1.$pid" ] || {
        tail -n 3 "$dumps/gcore.log" >&2
        trouble "cannot take a dump: gcore may not look into the program; in a container," \
            "allow it: --cap-add=SYS_PTRACE"
    }
    mv "$dumps/$1.$pid" "$dumps/$1.core"
}

take_dumps() {
    dumps=$(mktemp -d) || exit 2
    # shellcheck disable=SC2086 # a command and its arguments
    $PROGRAM >"$dumps/log" 2>&1 &
    pid=$!
    wait_for "$WARM"
    dump before
    wait_for "$WORKED"
    dump after
    kill "$pid"
    wait "$pid" 2>/dev/null
    pid=
}

# Who holds the first of the own types that grew: the picture is a help, not the verdict.
draw() {
    for last; do :; done
    type=$("$REFGRAPH" growth --format csv --sort count "$@" | awk -F, -v own="${TYPES%%\**}" \
        'NR > 1 && $(NF - 3) > 0 && index($(NF - 1), own) == 1 { print $(NF - 1); exit }')
    [ -n "$type" ] || return 0
    "$REFGRAPH" backrefs --depth 5 --limit-nodes 40 "$last" "$type#0" -o "$ARTIFACTS/why.svg" &&
        echo "who holds $type: $ARTIFACTS/why.svg"
}

mkdir -p "$ARTIFACTS" || exit 2
# What an earlier build left would pass for the answer of this one.
rm -f "$ARTIFACTS/growth.txt" "$ARTIFACTS/growth.xml" "$ARTIFACTS/why.svg"
if [ $# -eq 0 ]; then
    take_dumps
    set -- "$dumps/before.core" "$dumps/after.core"
fi
"$REFGRAPH" growth --fail-if "$gate_1" --fail-if "$gate_2" --junit "$ARTIFACTS/growth.xml" \
    "$@" >"$ARTIFACTS/growth.txt"
status=$?
cat "$ARTIFACTS/growth.txt"
[ $status -ne 1 ] || draw "$@"
exit $status
