#!/bin/sh
# SPDX-License-Identifier: MIT
# Sets up, builds, and looks into a leaking program: on a Debian 12 with nothing but git and root or
# sudo. Builds in build-demo/ (or $RG_DEMO_BUILD); installs nothing but Debian packages.
set -u

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
# shellcheck source=tests/setup.sh
. "$top/tests/setup.sh"

build=${RG_DEMO_BUILD:-$top/build-demo}
out=$build/out
python=/usr/bin/python3
leaky=

bold='' plain=''
if [ -t 1 ] && [ -z "${NO_COLOR-}" ]; then
    bold=$(printf '\033[1m') plain=$(printf '\033[0m')
fi

heading() {
    printf '\n%s%s%s\n' "$bold" "$*" "$plain"
}

# show COMMAND...: prints the command as one would type it in the folder of the dumps, and runs it.
# Status 1 is an answer ("nothing found"); more is trouble.
show() {
    printf '\n$ %s\n' "$*"
    "$@"
    status=$?
    [ "$status" -le 1 ] || die "demo: that command failed with status $status"
}

# The command of the build tree, under its own name
refgraph() {
    REFGRAPH_LIBEXEC=$build "$build/refgraph" "$@"
}

stop_leaky() {
    [ -z "$leaky" ] || kill "$leaky" 2>/dev/null
    leaky=
}

build_refgraph() {
    mkdir -p "$build" && prepare_source "$build" && cd "$build" || return 1
    # A build that was configured before is brought up to date by make alone.
    [ -f config.status ] || "$source/configure" -q CC=gcc PYTHON3=$python || return 1
    make -s -j"$(nproc)"
}

# wait_for_batch N: until the program has written that it is done with batch N
wait_for_batch() {
    for _ in $(seq 600); do
        ! grep -qx "batch $1" "$out/leaky.log" || return 0
        kill -0 "$leaky" 2>/dev/null || break
        sleep 0.1
    done
    cat "$out/leaky.log" >&2
    die "demo: samples/leaky.py did not get to batch $1; what it wrote stands above"
}

# Why gdb may not attach here, in words
ptrace_remedy() {
    scope=$(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null || echo 0)
    case $scope in
    2) echo "kernel.yama.ptrace_scope is 2: run this as root" ;;
    3) echo "kernel.yama.ptrace_scope is 3: nobody may take dumps of a process on this system" ;;
    *) echo "in a container, ptrace may have to be allowed: --cap-add=SYS_PTRACE" ;;
    esac
}

# take_dump NAME: gcore, undisturbed by the user's own Python settings, which gdb's Python would heed
take_dump() {
    printf '\n$ gcore -o %s %s\n' "$1" "$leaky"
    asroot=
    if [ "$(id -u)" -ne 0 ] && [ "$(cat /proc/sys/kernel/yama/ptrace_scope 2>/dev/null)" = 2 ] &&
        sudo -n true 2>/dev/null; then
        asroot='sudo -n'
    fi
    # shellcheck disable=SC2086 # one word or two
    if ! $asroot env -i PATH="$PATH" HOME="$out" LC_ALL=C gcore -o "$1" "$leaky" \
        >"$out/gcore.log" 2>&1 || [ ! -s "$1.$leaky" ]; then
        cat "$out/gcore.log" >&2
        die "demo: gcore could not dump process $leaky ($(ptrace_remedy))"
    fi
    [ -z "$asroot" ] || sudo -n chown "$(id -u)" "$1.$leaky"
    mv "$1.$leaky" "$1"
    ls -sh "$1"
}

# shellcheck disable=SC2086 # a list of words
need_packages $BUILD_PACKAGES gdb procps
mkdir -p "$out" || exit 1
trap stop_leaky EXIT
trap 'exit 130' INT TERM

heading "Building refgraph in $build ..."
build_refgraph >"$build/build.log" 2>&1 || {
    tail -n 30 "$build/build.log" >&2
    die "demo: the build failed; the end of $build/build.log stands above"
}
cd "$out" || exit 1
rm -f ./*.core ./*.png ./*.svg ./*.dot leaky.log

heading "A nightly import is running, and it grows. Two dumps of it, a moment apart:"
env -u PYTHONHOME -u PYTHONPATH -u PYTHONSTARTUP "$python" -B "$top/samples/leaky.py" \
    >leaky.log 2>&1 &
leaky=$!
wait_for_batch 30
take_dump early.core
wait_for_batch 90
take_dump late.core
stop_leaky

heading "What is in the dump?"
show refgraph info late.core

heading "What takes the memory?"
show refgraph types -n 15 late.core

heading "What grew between the two?"
show refgraph growth -n 15 early.core late.core

heading "1. Frames of finished batches are still there. Who holds one?"
show refgraph chain late.core '__main__.Frame#0'

heading "2. So are customers:"
show refgraph chain late.core '__main__.Customer#0'

heading "3. And rejected rows:"
show refgraph chain late.core '__main__.RejectedRow#0'

heading "4. Nothing refers to the sessions but their own cursors: cycles, and nobody collects them."
show refgraph cycles late.core
show refgraph chain late.core '__main__.Session#0'

heading "5. Batches, with their payload:"
show refgraph chain late.core '__main__.Batch#0'

heading "The same as pictures:"
show refgraph backrefs late.core '__main__.Frame#0' --depth 6 -o frame.png
show refgraph backrefs late.core '__main__.Customer#0' --depth 6 -o customer.svg
show refgraph backrefs late.core '__main__.Session#0' --depth 4 -o session.dot

heading "Pictures and dumps:"
for file in frame.png customer.svg session.dot; do
    [ -s "$file" ] || die "demo: $out/$file was not written"
done
ls -1 "$out"/*.core
ls -1 "$out"/frame.png "$out"/customer.svg "$out"/session.dot
