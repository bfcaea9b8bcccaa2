#!/bin/sh
# SPDX-License-Identifier: MIT
# Unpacks the python3 of newer Debian suites beside the system, installing nothing:
#
#     fetch-interpreters.sh [SUITE[:PACKAGE]...]              (default: those of $DEFAULT below)
#
# PACKAGE is the interpreter where the suite has several: forky:python3.13.
# The packages come from the mirror that apt uses here, with the suite replaced, through apt itself
# with a state folder of its own, so signatures are checked as ever. They are unpacked with their own
# C library and started through their own ld.so: CACHE/SUITE/python3 is the launcher.
# CACHE is $REFGRAPH_CACHE, or tests/cache in the tree. Exit status 0 only if all suites are there.
set -eu

DEFAULT="trixie forky:python3.13 forky:python3.14 forky:python3.15"
here=$(cd "$(dirname "$0")" && pwd)
cache=${REFGRAPH_CACHE:-$here/../cache}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

say() {
	echo "fetch-interpreters: $*" >&2
}

for tool in apt-get dpkg dpkg-deb awk; do
	command -v $tool >/dev/null || { say "needs $tool (a Debian system)"; exit 1; }
done

# The first archive URI of the system's own suite; security and third-party archives are none.
mirror_uri() {
	. /etc/os-release
	apt-get indextargets --format '$(SITE) $(RELEASE) $(COMPONENT)' 'Created-By: Packages' |
		awk -v codename="${VERSION_CODENAME:-none}" \
			'($2 == codename || $2 == "stable") && $3 == "main" { print $1; exit }'
}

keyring() {
	for file in /usr/share/keyrings/debian-archive-keyring.gpg \
		/usr/share/keyrings/debian-archive-keyring.pgp; do
		test -r $file && echo $file && return
	done
}

fetch_suite() {
	suite=${1%%:*}
	package=python3
	case $1 in *:*) package=${1#*:} ;; esac
	name=$(echo "$1" | tr : -)
	root=$cache/$name
	work=$cache/.$name.work
	if test -x "$root/python3" && "$root/python3" -c 'import ctypes' 2>/dev/null; then
		say "$suite: already in $root"
		return 0
	fi
	uri=$(mirror_uri)
	keys=$(keyring)
	test -n "$uri" || { say "$suite: apt has no Debian mirror configured here"; return 1; }
	test -n "$keys" || { say "$suite: debian-archive-keyring is not installed"; return 1; }
	rm -rf "$work" "$root"
	mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/parts" "$root"
	: >"$work/status"
	arch=$(dpkg --print-architecture)
	echo "deb [signed-by=$keys arch=$arch] $uri $suite main" >"$work/sources.list"
	set -- -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts="$work/parts" \
		-o Dir::Etc::Preferences="$work/none" -o Dir::Etc::PreferencesParts="$work/parts" \
		-o Dir::State="$work" -o Dir::State::Lists="$work/lists" \
		-o Dir::State::status="$work/status" -o Dir::State::extended_states="$work/extended" \
		-o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives" \
		-o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" -o APT::Default-Release="" \
		-o APT::Get::List-Cleanup=0 -o Acquire::Languages=none -o Acquire::Retries=2 \
		-o APT::Update::Post-Invoke::= -o APT::Architectures="$arch" -o APT::Install-Recommends=0
	apt-get "$@" update >"$work/log" 2>&1 && ! grep -q '^[EW]:' "$work/log" || {
		say "$suite: apt-get update failed:"
		sed 's/^/    /' "$work/log" >&2
		return 1
	}
	# python3 names the version; with an empty status file apt brings all it needs, libc6 included.
	apt-get "$@" -y --download-only install "$package" >"$work/log" 2>&1 || {
		say "$suite: the packages could not be had:"
		sed 's/^/    /' "$work/log" >&2
		return 1
	}
	for deb in "$work"/archives/*.deb; do
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --no-same-owner --keep-directory-symlink \
			--exclude=./usr/share/doc --exclude=./usr/share/man --exclude=./usr/share/locale
	done
	python=$(cd "$root" && ls usr/bin/python3.[0-9]* | grep -E '^usr/bin/python3\.[0-9]+$' | head -1)
	loader=$(cd "$root" && find . -name 'ld-linux*.so.*' -o -name 'ld.so.1' -o -name 'ld64.so.*' |
		head -1)
	libs=$(cd "$root" && find . -name 'libc.so.6' -exec dirname {} \; | head -1)
	test -n "$python" && test -n "$loader" && test -n "$libs" || {
		say "$suite: the packages hold no python3, ld.so or libc"
		return 1
	}
	triplet=$(basename "$libs")
	cat >"$root/python3" <<-END
		#!/bin/sh
		# Starts the interpreter of $suite through its own ld.so, with its own libraries.
		root=\$(cd "\$(dirname "\$0")" && pwd)
		PYTHONHOME=\$root/usr
		export PYTHONHOME
		exec "\$root/$loader" --argv0 "\$root/$python" --library-path \\
			"\$root/usr/lib/$triplet:\$root/lib/$triplet" "\$root/$python" "\$@"
	END
	chmod +x "$root/python3"
	rm -rf "$work"
	version=$("$root/python3" -c 'import ctypes, ssl, sqlite3, sys; print(sys.version.split()[0])') || {
		say "$suite: the interpreter does not start"
		return 1
	}
	say "$suite: python $version in $root"
}

test $# -gt 0 || set -- $DEFAULT
status=0
for name; do
	( fetch_suite "$name" ) || status=1
done
exit $status
