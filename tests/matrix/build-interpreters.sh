#!/bin/sh
# SPDX-License-Identifier: MIT
# Builds interpreters that no Debian suite ships, from its source packages, installing nothing:
#
#     build-interpreters.sh [SPEC[|SPEC]...]...               (default: those of $DEFAULT below)
#
# SPEC is FROM:SOURCE:OPTION[,OPTION]..., OPTION one of ./configure's, and FROM:SOURCE one of
#
#     SUITE:python3.14           the source package of a Debian suite, signature and checksum checked
#                                by apt, from the mirror that it uses here (debian.sh)
#     pool:python3.14_3.14.7     what the mirror's pool still holds of one that no index lists any
#                                more; its checksum must stand in KNOWN below
#     file:TARBALL               sources at hand, as they are
#
# Of several joined by | the first that can be had is built. It is built with little optimisation,
# without what only tests need, and without Debian's patches. What it takes to run goes to
# CACHE/FROM-VERSION with a suffix for what is unusual about the build (t free-threaded, d debug, tr
# reference tracing), all else is deleted; CACHE/FROM-VERSION/python3 starts it. That takes two to
# four minutes on two cores. Exit status 0 only if all of them are there.
set -eu

DEFAULT="forky:python3.14:--disable-gil|pool:python3.14_3.14.7:--disable-gil"
KNOWN="
python3.14_3.14.7.orig.tar.xz 3b48dac8fb59f62eaa67ac83c1eb12bda1b7a08406dd286e252c11a66be27f81
"
script=build-interpreters
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/matrix/debian.sh
. "$here/debian.sh"

need_tools apt-get dpkg awk tar xz make gcc sha256sum

# suffix_of OPTIONS: what to call such a build
suffix_of() {
	echo "$1" | tr , '\n' | awk '
		$0 == "--disable-gil" { t = "t" }
		$0 == "--with-pydebug" { d = "d" }
		$0 == "--with-trace-refs" { r = "tr" }
		END { print t d r }'
}

# get_pooled NAME: the tarball of that name, if it is the one that was seen before
get_pooled() {
	file=$1.orig.tar.xz
	sum=$(echo "$KNOWN" | awk -v file="$file" '$1 == file { print $2 }')
	test -n "$sum" || { echo "the checksum of $file is not known"; return 1; }
	uri=$(mirror_uri)
	test -n "$uri" || { echo "apt has no Debian mirror configured here"; return 1; }
	/usr/lib/apt/apt-helper download-file "$uri/pool/main/p/${1%%_*}/$file" "$file" "SHA256:$sum"
}

# get_source FROM SOURCE: the tarball, alone in $work/archives
get_source() {
	case $1 in
	file)
		work_folder && cp "$2" "$work/archives/"
		;;
	pool)
		work_folder && cd "$work/archives" &&
			logged "$2: the source could not be had" get_pooled "$2"
		;;
	*)
		open_suite deb-src "$1" && cd "$work/archives" &&
			logged "$1:$2: the source could not be had" suite_apt --download-only --tar-only \
				source "$2"
		;;
	esac
}

configure_and_make() {
	# shellcheck disable=SC2086 # a list of words
	../configure -q --prefix="$root" --without-ensurepip OPT="-g1 -O1 $asserts" $options &&
		make -s -j"$(nproc 2>/dev/null || echo 1)"
}

# What was built, and what it imports, to where it stays; the library's folder has its own name.
keep() {
	library=$(./python -c 'import sysconfig; print(sysconfig.get_config_var("LIBDEST"))') || return 1
	mkdir -p "$root/bin" "$library/lib-dynload"
	cp -p python "$root/bin/python3"
	tar -C ../Lib --exclude=__pycache__ --exclude=./test --exclude=./idlelib --exclude=./ensurepip \
		--exclude=./lib2to3 --exclude=./tkinter --exclude=./turtledemo -cf - . |
		tar -C "$library" -xf -
	for file in "$(cat pybuilddir.txt)"/*; do
		test -d "$file" || cp -pL "$file" "$library/lib-dynload/"
	done
	ln -s bin/python3 "$root/python3"
	"$root/python3" -c 'import ctypes, sys; print(sys.version.split()[0])'
}

build() {
	spec=$1
	work=$cache/.build-$(echo "$spec" | tr -c 'A-Za-z0-9.\n' -)
	from=${spec%%:*}
	source=${spec#*:}
	options=$(echo "${source#*:}" | tr , ' ')
	suffix=$(suffix_of "${source#*:}")
	source=${source%%:*}
	for root in "$cache/$from"-*; do
		test -f "$root/spec" && test "$(cat "$root/spec")" = "$spec" &&
			"$root/python3" -c 'import ctypes' 2>/dev/null || continue
		say "$spec: already in $root"
		return 0
	done
	# A build with assertions is what --with-pydebug asks for; the others are without.
	asserts=-DNDEBUG
	case $suffix in *d*) asserts= ;; esac
	get_source "$from" "$source" || return 1
	mkdir -p "$work/source/build"
	for tarball in "$work"/archives/*.tar.*; do
		tar -x -C "$work/source" --strip-components=1 -f "$tarball" || return 1
	done
	version=$(awk '$2 == "PY_VERSION" { gsub("\"", ""); print $3 }' \
		"$work/source/Include/patchlevel.h")
	root=$cache/$from-$version$suffix
	cd "$work/source/build"
	logged "$spec: the build failed" configure_and_make || return 1
	rm -rf "$root"
	logged "$spec: the interpreter does not start" keep || return 1
	echo "$spec" >"$root/spec"
	say "$spec: python $version$suffix in $root"
}

# build_any SPECS: the first of them that can be had
build_any() {
	specs=$1
	while test -n "$specs"; do
		first=${specs%%|*}
		specs=${specs#"$first"}
		specs=${specs#|}
		( trap 'rm -rf "$work"' EXIT && build "$first" ) && return
	done
	return 1
}

test $# -gt 0 || set -- "$DEFAULT"
status=0
for specs; do
	build_any "$specs" || status=1
done
exit $status
