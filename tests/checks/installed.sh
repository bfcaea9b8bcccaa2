#!/bin/sh
# SPDX-License-Identifier: MIT
# What "make installcheck" proves of an installation: a user's program compiles, links and runs by
# pkg-config alone, and the command runs from where it is installed, with its helper beside it.
# From the environment: CC, PKG_CONFIG, DESTDIR, and where things are (BINDIR, LIBDIR, PKGCONFIGDIR,
# PKGLIBEXECDIR, PKGDATADIR, DATADIR), VERSION, COMMAND and HELPER, each yes or no, and RG_SRCDIR,
# PYTHON3 and CXX for the samples.
set -eu

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

fail() {
    echo "installcheck: $*" >&2
    exit 1
}

export PKG_CONFIG_PATH="$DESTDIR$PKGCONFIGDIR"
# The command must find its library by itself, unless it is not where it was configured to be.
[ -z "$DESTDIR" ] || export PKG_CONFIG_SYSROOT_DIR="$DESTDIR" LD_LIBRARY_PATH="$DESTDIR$LIBDIR"

[ "$("$PKG_CONFIG" --modversion refgraph)" = "$VERSION" ] || fail "refgraph.pc is not of $VERSION"

cat >"$work/user.c" <<'END'
#include <refgraph/refgraph.h>
int main(void)
{
	rg_error_free(NULL);
	return 0;
}
END
# shellcheck disable=SC2046,SC2086 # lists of words
$CC -std=c99 -Wall -Wextra -Werror "$work/user.c" -o "$work/user" \
    $("$PKG_CONFIG" --cflags --libs refgraph) $MODE_CFLAGS || fail "a user's program does not build"
LD_LIBRARY_PATH="$DESTDIR$LIBDIR" "$work/user" || fail "a user's program does not run"

if [ "$COMMAND" = yes ]; then
    "$DESTDIR$BINDIR/refgraph" --version | grep -q -F "$VERSION" ||
        fail "refgraph --version does not say $VERSION"
    "$DESTDIR$BINDIR/refgraph" info "$work/user.c" 2>/dev/null && fail "C code is no dump"
fi
if [ "$HELPER" = yes ] && [ ! -x "$DESTDIR$PKGLIBEXECDIR/refgraph-render" ]; then
    fail "refgraph-render is not in $PKGLIBEXECDIR"
fi
[ -f "$DESTDIR$PKGDATADIR/schema/types.schema.json" ] || fail "no schemas in $PKGDATADIR/schema"
for file in bash-completion/completions/refgraph zsh/site-functions/_refgraph \
    fish/vendor_completions.d/refgraph.fish; do
    [ -f "$DESTDIR$DATADIR/$file" ] || fail "no $file in $DATADIR"
done
if [ "$PYTHON3" != no ]; then
    PYTHONDONTWRITEBYTECODE=1 "$PYTHON3" "$RG_SRCDIR/tests/samples/samples.py" --installed ||
        fail "the samples do not work with what is installed"
fi
echo "installcheck: fine"
