#!/bin/sh
# SPDX-License-Identifier: MIT
# Watches a process and takes one dump of it before its memory reaches a limit: after an
# out-of-memory kill there is nothing left to dump.
#
#     dump-before-oom.sh [-i SECONDS] [-o PREFIX] PID LIMIT
#
# LIMIT is a size (900M, 2G: the process's resident memory) or a share (85%: of what its cgroup may
# use at most, as the out-of-memory killer reckons). Looks every SECONDS (1 by default) and writes
# PREFIX.PID (core.PID by default), whose name is printed. Exit status: 0 a dump was written, 1 the
# process ended before, 2 trouble.
set -u

interval=1
prefix=core

die() {
    echo "dump-before-oom: $*" >&2
    exit 2
}

usage() {
    echo "usage: dump-before-oom.sh [-i SECONDS] [-o PREFIX] PID LIMIT" >&2
    exit 2
}

while getopts i:o: option; do
    case $option in
    i) interval=$OPTARG ;;
    o) prefix=$OPTARG ;;
    *) usage ;;
    esac
done
shift $((OPTIND - 1))
[ $# -eq 2 ] || usage
pid=$1

# Kilobytes of resident memory, swap included; nothing once the process has ended.
resident() {
    awk '/^VmRSS:|^VmSwap:/ { sum += $2; seen = 1 } END { if (seen) print sum }' \
        "/proc/$pid/status" 2>/dev/null
}

# The folder of the nearest cgroup around the process that has a limit. Version 2 has one
# hierarchy, version 1 one for memory.
limited_cgroup() {
    path=$(sed -n 's/^0:://p' "/proc/$pid/cgroup")
    top=/sys/fs/cgroup
    limit_file=memory.max usage_file=memory.current
    if [ -d /sys/fs/cgroup/memory ]; then
        path=$(sed -n 's/^[0-9]*:\([^:]*,\)*memory\(,[^:]*\)*://p' "/proc/$pid/cgroup")
        top=/sys/fs/cgroup/memory
        limit_file=memory.limit_in_bytes usage_file=memory.usage_in_bytes
    fi
    # In a container the path is the host's, while the folder is the container's own.
    [ -d "$top$path" ] || path=
    while :; do
        limit=$(cat "$top$path/$limit_file" 2>/dev/null || echo max)
        # "No limit" is the word max, or in version 1 a number beyond any memory.
        case $limit in
        max | ???????????????????*) ;;
        *) cgroup=$top$path && return 0 ;;
        esac
        [ -n "$path" ] && [ "$path" != / ] || return 1
        path=${path%/*}
    done
}

# Kilobytes that count against the cgroup's limit. Files that were not used lately can be
# dropped before anything is killed, so they are not counted.
charged() {
    [ -d "/proc/$pid" ] || return 0
    awk -v all="$(cat "$cgroup/$usage_file")" '
        $1 == "total_inactive_file" { file = $2; total = 1 }
        $1 == "inactive_file" && !total { file = $2 }
        END { printf "%d\n", (all - file) / 1024 }' "$cgroup/memory.stat"
}

case $2 in
*%)
    limited_cgroup || die "$pid is in no cgroup with a limit: name a size, as 900M"
    measure=charged
    limit=$((limit * ${2%\%} / 102400))
    ;;
*[0-9]M) measure=resident limit=$((${2%M} * 1024)) ;;
*[0-9]G) measure=resident limit=$((${2%G} * 1024 * 1024)) ;;
*) usage ;;
esac
[ -n "$(resident)" ] || die "there is no process $pid"
command -v gcore >/dev/null || die "gcore is not installed: it comes with gdb"

# How much may be needed on disk is known now, and can be freed now.
folder=$(dirname -- "$prefix")
[ -w "$folder" ] || die "$folder cannot be written"

while :; do
    used=$($measure)
    if [ -z "$used" ]; then
        echo "dump-before-oom: process $pid ended below the limit" >&2
        exit 1
    fi
    [ "$used" -lt "$limit" ] || break
    sleep "$interval"
done

need=$(resident)
[ -n "$need" ] || exit 1
room=$(df -Pk -- "$folder" | awk 'NR == 2 { print $4 }')
[ "$room" -gt $((need + need / 10)) ] ||
    die "$folder has room for $room KiB, the dump needs about $need KiB"
# With the pages of files: the dump explains itself on any machine. Gcore heeds it.
echo 0x37 2>/dev/null >"/proc/$pid/coredump_filter" ||
    echo "dump-before-oom: coredump_filter of $pid is not ours to set" >&2
umask 077
# Settings for Python in the environment would be heeded by gdb's own.
log=$(env -u PYTHONHOME -u PYTHONPATH gcore -o "$prefix" "$pid" 2>&1) || true
[ -s "$prefix.$pid" ] || die "gcore wrote nothing:
$log"
echo "$prefix.$pid"
