#!/bin/sh
# SPDX-License-Identifier: MIT
# Unpacks the python3 of other Debian suites beside the system, installing nothing:
#
#     fetch-interpreters.sh [SUITE[:PACKAGE]...]              (default: those of $DEFAULT below)
#
# PACKAGE is the interpreter where the suite has several: forky:python3.13, or a debug build:
# forky:python3.14-dbg.
# The packages come from the mirror that apt uses here, with the suite replaced (debian.sh). They are
# unpacked with their own C library and started through their own ld.so: CACHE/SUITE-PACKAGE/python3
# is the launcher. Exit status 0 only if all of them are there.
set -eu

DEFAULT="trixie forky:python3.13 forky:python3.14 forky:python3.15
bullseye:python3.9-dbg forky:python3.14-dbg forky:python3.15-dbg"
script=fetch-interpreters
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/matrix/debian.sh
. "$here/debian.sh"

need_tools apt-get dpkg dpkg-deb awk

fetch_suite() {
	suite=${1%%:*}
	package=python3
	case $1 in *:*) package=${1#*:} ;; esac
	name=$(echo "$1" | tr : -)
	root=$cache/$name
	work=$cache/.$name.work
	if test -x "$root/python3" && "$root/python3" -c 'import ctypes' 2>/dev/null; then
		say "$1: already in $root"
		return 0
	fi
	open_suite deb "$suite" || return 1
	rm -rf "$root"
	mkdir -p "$root"
	# python3 names the version; with an empty status file apt brings all it needs, libc6 included.
	logged "$1: the packages could not be had" suite_apt -y --download-only install "$package" ||
		return 1
	for deb in "$work"/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --no-same-owner --keep-directory-symlink \
			--exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale
	done
	# A debug build brings the ordinary one, whose library it shares.
	suffix=
	case $package in *-dbg) suffix=d ;; esac
	python=$(cd "$root" && ls usr/bin/python3.[0-9]* |
		grep -E "^usr/bin/python3\.[0-9]+$suffix\$" | head -1)
	loader=$(cd "$root" && find . -name 'ld-linux*.so.*' -o -name 'ld.so.1' -o -name 'ld64.so.*' |
		head -1)
	libs=$(cd "$root" && find . -name 'libc.so.6' -exec dirname {} \; | head -1)
	test -n "$python" && test -n "$loader" && test -n "$libs" || {
		say "$1: the packages hold no python3, ld.so or libc"
		return 1
	}
	triplet=$(basename "$libs")
	cat >"$root/python3" <<-END
		#!/bin/sh
		# Starts the interpreter of $suite through its own ld.so, with its own libraries.
		root=\$(cd "\$(dirname "\$0")" && pwd)
		PYTHONHOME=\$root/usr
		export PYTHONHOME
		exec "\$root/$loader" --library-path \\
			"\$root/usr/lib/$triplet:\$root/lib/$triplet" "\$root/$python" "\$@"
	END
	chmod +x "$root/python3"
	rm -rf "$work"
	version=$("$root/python3" -c 'import ctypes, ssl, sqlite3, sys; print(sys.version.split()[0])') || {
		say "$1: the interpreter does not start"
		return 1
	}
	say "$1: python $version in $root"
}

test $# -gt 0 || set -- $DEFAULT
status=0
for name; do
	( fetch_suite "$name" ) || status=1
done
exit $status
