#!/bin/sh
# SPDX-License-Identifier: MIT
# Sets up, builds and passes the tests, on a Debian 12 with nothing but git and root or sudo.
#
#     tests/run.sh                 everything
#     tests/run.sh STAGE...        some of: gcc clang sanitize matrix leaks valgrind distcheck
#
# "unit" is another word for gcc. Builds go to build-tests/ (or $RG_TEST_BUILDS), one folder and one
# log a stage. The last line is "N passed, N failed"; the exit status is 0 only if nothing failed.
set -u

top=$(cd "$(dirname "$0")/.." && pwd) || exit 1
# shellcheck source=tests/setup.sh
. "$top/tests/setup.sh"

ALL_STAGES="gcc clang sanitize matrix perl leaks valgrind distcheck"
TEST_PACKAGES="libcunit1-dev g++ clang valgrind gdb binutils file \
libffi-dev libsqlite3-dev python3-django python3-numpy python3-pandas python3-sqlalchemy \
python3-jsonschema zsh fish debian-archive-keyring ca-certificates \
libdevel-mat-perl libdevel-mat-dumper-perl ack perltidy libmojolicious-perl libimage-exiftool-perl"

builds=${RG_TEST_BUILDS:-$top/build-tests}
jobs=$(nproc 2>/dev/null || echo 1)
passed=0
failed=0
skipped=0
failed_stages=

usage() {
    sed -n '3,9s/^# \{0,1\}//p' "$0"
    exit "$1"
}

# sum FILE WORD...: the numbers of automake's "# WORD:  N" summary lines
sum() {
    awk -v words="$(shift && echo "$*")" '
        BEGIN { n = split(words, list, " "); for (i = 1; i <= n; i++) wanted["# " list[i] ":"] = 1 }
        NF == 3 && ($1 " " $2) in wanted { total += $3 }
        END { print total + 0 }' "$1"
}

# configure_in STAGE ARGUMENT...: a build folder of the stage's own
configure_in() {
    folder=$builds/$1
    shift
    rm -rf "$folder" && mkdir -p "$folder" && cd "$folder" || return 1
    "$source/configure" -q PYTHON3=/usr/bin/python3 "$@"
}

make_check() {
    make -j"$jobs" V=0 && make -j"$jobs" V=0 check
}

stage_gcc() {
    configure_in gcc CC=gcc CXX=g++ --enable-werror && make_check
}

# What another compiler could make differ; the interpreters have said theirs to gcc's build, and do
# so again to the two that follow.
stage_clang() {
    configure_in clang CC=clang CXX=clang++ --enable-werror && make -j"$jobs" V=0 &&
        make -j"$jobs" V=0 check TESTS="tests/unit/runner tests/golden/golden.py \
tests/golden/outputs.py tests/golden/schemas.py tests/cores/readers.py \
tests/checks/exports.py tests/checks/headers.py tests/samples/samples.py"
}

# What interpreters say was compared in gcc's build; the sanitizers watch how one dump of a kind is
# read, the small cores of every release, and the hostile ones.
stage_sanitize() {
    export RG_INTERPRETERS=system
    configure_in sanitize CC=gcc CXX=g++ CFLAGS='-O1 -g' --enable-asan --enable-ubsan \
        --enable-werror && make_check
}

# The stages below reuse the plain gcc build, making it if it is not there.
plain_build() {
    [ -f "$builds/gcc/librefgraph.la" ] ||
        { configure_in gcc CC=gcc CXX=g++ --enable-werror && make -j"$jobs" V=0; } || return 1
    cd "$builds/gcc" || return 1
}

stage_matrix() {
    plain_build || return 1
    export REFGRAPH="$builds/gcc/refgraph" REFGRAPH_LIBEXEC="$builds/gcc"
    export RG_SRCDIR="$source" RG_BUILDDIR="$builds/gcc" PYTHONDONTWRITEBYTECODE=1
    if [ -f "$source/tests/matrix/run.sh" ]; then
        sh "$source/tests/matrix/run.sh" --thin
    else
        /usr/bin/python3 "$source/tests/matrix/run.py" --thin
    fi
}

# These print TAP, whose lines are counted.
stage_perl() {
    plain_build || return 1
    export REFGRAPH="$builds/gcc/refgraph" REFGRAPH_LIBEXEC="$builds/gcc"
    export RG_SRCDIR="$source" RG_BUILDDIR="$builds/gcc" PYTHONDONTWRITEBYTECODE=1
    sh "$source/tests/perl/fetch-perls.sh" trixie forky
    status=0
    for program in matrix cycles; do
        /usr/bin/python3 "$source/tests/perl/$program.py" --all || status=1
    done
    return $status
}

stage_leaks() {
    plain_build || return 1
    export REFGRAPH="$builds/gcc/refgraph" REFGRAPH_LIBEXEC="$builds/gcc"
    export RG_SRCDIR="$source" RG_BUILDDIR="$builds/gcc" PYTHONDONTWRITEBYTECODE=1
    status=0
    for program in leaks/stories leaks/healthy; do
        /usr/bin/python3 "$source/tests/$program.py" --turns || status=1
    done
    /usr/bin/python3 "$source/tests/retained/retained.py" --all || status=1
    return $status
}

stage_valgrind() {
    plain_build && make -j"$jobs" V=0 tests/unit/runner || return 1
    # Ten million random graphs would say no more of memory than two thousand.
    RG_GRAPHS=2000 ./libtool --mode=execute valgrind -q --leak-check=full --show-leak-kinds=definite,indirect \
        --errors-for-leak-kinds=definite,indirect --error-exitcode=99 tests/unit/runner
}

stage_distcheck() {
    export RG_INTERPRETERS=system
    plain_build && make V=0 distcheck \
        DISTCHECK_CONFIGURE_FLAGS="CC=gcc CXX=g++ PYTHON3=/usr/bin/python3 --enable-werror --enable-static"
}

# Adds what a stage's log says to the totals; a stage that failed without counting a failure counts
# as one, so does one that passed without counting anything.
tally() {
    name=$1 status=$2 log=$3
    case $name in
    matrix)
        counts=$(grep -E '^[0-9]+ passed, [0-9]+ failed' "$log" | tail -n 1)
        good=$(echo "$counts" | sed -n 's/^\([0-9]*\) passed.*/\1/p')
        bad=$(echo "$counts" | sed -n 's/.* \([0-9]*\) failed.*/\1/p')
        skip=$(echo "$counts" | sed -n 's/.* \([0-9]*\) skipped.*/\1/p')
        ;;
    leaks | perl | valgrind)
        good=$(grep -c '^ok ' "$log")
        bad=$(grep -c '^not ok ' "$log")
        skip=$(grep -c '^ok .* # SKIP' "$log")
        good=$((good - skip))
        ;;
    *)
        good=$(sum "$log" PASS XFAIL)
        bad=$(sum "$log" FAIL XPASS ERROR)
        skip=$(sum "$log" SKIP)
        ;;
    esac
    good=${good:-0} bad=${bad:-0} skip=${skip:-0}
    if [ "$bad" -eq 0 ] && { [ "$status" -ne 0 ] || [ "$good" -eq 0 ]; }; then
        bad=1
    fi
    passed=$((passed + good))
    failed=$((failed + bad))
    skipped=$((skipped + skip))
    result="$good passed, $bad failed, $skip skipped"
    [ "$bad" -eq 0 ] || failed_stages="$failed_stages $name"
}

# The lines of a log that say why.
explain() {
    grep -aE '^(FAIL|ERROR|XPASS)|rror:|warning:|\*\*\*|^==[0-9]+==' "$1" | head -n 40
    # A case that failed, and what it says of that.
    awk '/^(not ok|failed) / { left = 12 } left-- > 0 { print substr($0, 1, 300) }
        / short +kept / { table = 1 } table && $4 ~ /^[1-9]/ { print }' "$1" | head -n 120
    echo "  the end of $1:"
    tail -n 15 "$1" | sed 's/^/  | /'
    test_log=$(dirname "$1")/$2/test-suite.log
    [ ! -f "$test_log" ] || { echo "  $test_log:" && grep -aE '^(not ok|#)' "$test_log" | head -n 60; }
}

run_stage() {
    log=$builds/$1.log
    printf '%-10s ...\n' "$1"
    started=$(date +%s)
    # No stage reads standard input, and none may hang for ever.
    timeout "${RG_STAGE_SECONDS:-2400}" env RG_TEST_SOURCE="$source" sh "$0" --inside "$1" \
        </dev/null >"$log" 2>&1
    status=$?
    [ "$status" -ne 124 ] || echo "this stage took too long" >>"$log"
    tally "$1" "$status" "$log"
    printf '%-10s %s (%d s)\n' "$1" "$result" $(($(date +%s) - started))
    case " $failed_stages " in
    *" $1 "*) explain "$log" "$1" ;;
    *) [ "$1" != matrix ] || tail -n 100 "$log" | cut -c1-220 ;;
    esac
}

# One stage by itself, in a process that can be stopped as a whole
if [ "${1-}" = --inside ]; then
    source=$RG_TEST_SOURCE
    "stage_$2"
    exit
fi

stages=
for argument in "$@"; do
    case $argument in
    -h | --help) usage 0 ;;
    unit) stages="$stages gcc" ;;
    all) stages="$stages $ALL_STAGES" ;;
    *)
        case " $ALL_STAGES " in
        *" $argument "*) stages="$stages $argument" ;;
        *) say "tests/run.sh: no stage is called $argument" && usage 2 >&2 ;;
        esac
        ;;
    esac
done
[ -n "$stages" ] || stages=$ALL_STAGES

# shellcheck disable=SC2086 # lists of words
need_packages $BUILD_PACKAGES $TEST_PACKAGES
mkdir -p "$builds" || exit 1
prepare_source "$builds" >"$builds/prepare.log" 2>&1 || {
    cat "$builds/prepare.log"
    echo "0 passed, 1 failed"
    exit 1
}
for stage in $stages; do
    run_stage "$stage"
done
[ -z "$failed_stages" ] || echo "failed:$failed_stages"
[ "$skipped" -eq 0 ] || echo "$skipped skipped"
echo "$passed passed, $failed failed"
[ "$failed" -eq 0 ]
