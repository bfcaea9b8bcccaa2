#!/bin/sh
# SPDX-License-Identifier: MIT
# Brings perls that this system does not have, with Devel::MAT::Dumper for each, installing nothing:
#
#     fetch-perls.sh [SUITE[:OPTION[,OPTION]...]]...             (default: those of $DEFAULT below)
#
# SUITE alone is a Debian suite's perl: its packages are unpacked with their own C library, headers
# and Devel::MAT, CACHE/perl-SUITE/perl starts it through its own ld.so. With options of perl's ./Configure
# it is built from the suite's source package instead, and Devel::MAT::Dumper's XS for it. That takes
# about ten minutes on two cores; all that is not needed to run it is deleted. Packages come from the
# mirror that apt uses here, signatures checked. Exit status 0 only if all of them are there.
set -eu

DEFAULT="trixie forky sid bullseye bookworm:-Uusethreads"
PACKAGES="perl libperl-dev libdevel-mat-dumper-perl"
script=fetch-perls
here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=tests/matrix/debian.sh
. "$here/../matrix/debian.sh"

need_tools apt-get dpkg dpkg-deb awk

version_of='require Devel::MAT::Dumper; printf "%vd", $^V'

there() {
	test -x "$root/perl" && "$root/perl" -e "$version_of" >/dev/null 2>&1
}

# launcher SUITE: $root/perl, which starts $1's perl with its own loader, libraries and modules
launcher() {
	perl=usr/bin/perl
	loader=$(cd "$root" && find . -name 'ld-linux*.so.*' -o -name 'ld.so.1' -o -name 'ld64.so.*' |
		head -1)
	libs=$(cd "$root" && find . -name 'libc.so.6' -exec dirname {} \; | head -1)
	test -x "$root/$perl" && test -n "$loader" && test -n "$libs" || {
		say "$1: the packages hold no perl, ld.so or libc"
		return 1
	}
	triplet=$(basename "$libs")
	release=$(cd "$root/usr/share/perl" && ls -d 5.*.* | tail -1)
	short=${release%.*}
	cat >"$root/perl" <<-END
		#!/bin/sh
		# Starts the perl of $1 through its own ld.so, with its own libraries and modules.
		root=\$(cd "\$(dirname "\$0")" && pwd)
		arch=\$root/usr/lib/$triplet
		PERL5LIB=\${PERL5LIB:+\$PERL5LIB:}\$arch/perl5/$short:\$root/usr/share/perl5
		PERL5LIB=\$PERL5LIB:\$arch/perl-base:\$arch/perl/$short:\$root/usr/share/perl/$short
		export PERL5LIB
		exec "\$root/$loader" --library-path "\$arch:\$root/lib/$triplet" "\$root/$perl" "\$@"
	END
	chmod +x "$root/perl"
}

fetch_suite() {
	root=$cache/perl-$1
	work=$cache/.perl-$1.work
	if there; then
		say "$1: already in $root"
		return 0
	fi
	open_suite deb "$1" || return 1
	kept=$root
	root=$work/root
	mkdir -p "$root"
	# libperl-dev holds the headers, from which a layout's offsets are checked.
	# Older suites have the dumper alone; what it writes newer readers read.
	suite_apt -y --download-only install $PACKAGES libdevel-mat-perl >/dev/null 2>&1 ||
		logged "$1: the packages could not be had" suite_apt -y --download-only install \
			$PACKAGES || return 1
	for deb in "$work"/archives/*.deb; do
		case ${deb##*/} in gcc* | cpp* | binutils* | lib*san* | libgcc-*-dev* | *-modules-extra*)
			continue ;;
		esac
		dpkg-deb --fsys-tarfile "$deb" | tar -x -C "$root" --no-same-owner \
			--keep-directory-symlink --exclude=./usr/share/doc --exclude=./usr/share/man \
			--exclude=./usr/share/locale --exclude='*.a' --exclude=./usr/share/perl/5.*/pod
	done
	launcher "$1" || return 1
	rm -rf "$kept"
	mv "$root" "$kept"
	root=$kept
	rm -rf "$work"
	version=$("$root/perl" -e "$version_of") || {
		say "$1: perl does not start"
		return 1
	}
	say "$1: perl $version in $root"
}

# get_source SUITE PACKAGE: its upstream tarballs, alone in $work/archives
get_source() {
	open_suite deb-src "$1" && cd "$work/archives" &&
		logged "$1:$2: the source could not be had" suite_apt --download-only --tar-only source "$2"
}

unpack() {
	mkdir -p "$2"
	for tarball in "$1"/*.orig.tar.*; do
		case $tarball in *.asc) continue ;; esac
		tar -x -C "$2" --strip-components=1 -f "$tarball" || return 1
	done
}

configure_and_make() {
	# shellcheck disable=SC2086 # a list of words
	cd "$1" && ./Configure -des -Dprefix="$root" -Dman1dir=none -Dman3dir=none \
		-Doptimize="-O1 -g1" $2 && nice make -s -j"$(nproc 2>/dev/null || echo 1)" perl &&
		nice make -s -j"$(nproc 2>/dev/null || echo 1)" && make -s install.perl
}

# Devel::MAT::Dumper without its own build system, which this perl does not have.
build_dumper() {
	perl=$root/bin/perl
	core=$("$perl" -MConfig -e 'print "$Config{archlibexp}/CORE"')
	arch=$("$perl" -MConfig -e 'print $Config{sitearchexp}')
	flags=$("$perl" -MConfig -e 'print "$Config{ccflags} $Config{cccdlflags}"')
	typemap=$("$perl" -MConfig -e 'print "$Config{privlibexp}/ExtUtils/typemap"')
	version=$(awk '$1 == "package" && $2 == "Devel::MAT::Dumper" { sub(";", "", $3); print $3; exit }' \
		"$1/lib/Devel/MAT/Dumper.pm")
	cd "$1/lib/Devel/MAT" || return 1
	"$perl" -MExtUtils::ParseXS -e 'ExtUtils::ParseXS->new->process_file(filename => $ARGV[0],
		output => $ARGV[1], typemap => [$ARGV[2]])' Dumper.xs Dumper.c "$typemap" || return 1
	mkdir -p "$arch/auto/Devel/MAT/Dumper" "$arch/Devel/MAT"
	# shellcheck disable=SC2086 # a list of words
	gcc -shared -O1 -g1 $flags -DVERSION="\"$version\"" -DXS_VERSION="\"$version\"" -I"$core" \
		-I"$1/include" -I"$1" Dumper.c -o "$arch/auto/Devel/MAT/Dumper/Dumper.so" || return 1
	cp -R Dumper.pm "$arch/Devel/MAT/"
	if test -d Dumper; then cp -R Dumper "$arch/Devel/MAT/"; fi
}

build_suite() {
	suite=${1%%:*}
	options=$(echo "${1#*:}" | tr , ' ')
	name=$(echo "$1" | tr -c 'A-Za-z0-9.\n' - | sed 's/--*/-/g')
	root=$cache/perl-$name
	work=$cache/.perl-$name.work
	if there; then
		say "$1: already in $root"
		return 0
	fi
	need_tools gcc make xz || return 1
	sources=$cache/.perl-$name.sources
	rm -rf "$root" "$sources"
	get_source "$suite" perl && unpack "$work/archives" "$sources/perl" || return 1
	# One of the dumper's releases does for all perls; a mirror may lack those of old suites.
	for from in "$suite" trixie forky sid; do
		get_source "$from" libdevel-mat-dumper-perl || continue
		unpack "$work/archives" "$sources/dumper" && break
	done
	logged "$1: the build failed" configure_and_make "$sources/perl" "$options" || return 1
	logged "$1: Devel::MAT::Dumper could not be built" build_dumper \
		"$sources/dumper" || return 1
	ln -sf bin/perl "$root/perl"
	rm -rf "$work" "$sources"
	version=$("$root/perl" -e "$version_of") || {
		say "$1: perl does not start"
		return 1
	}
	say "$1: perl $version in $root"
}

test $# -gt 0 || set -- $DEFAULT
status=0
for name; do
	case $name in
	*:*) ( build_suite "$name" ) || status=1 ;;
	*) ( fetch_suite "$name" ) || status=1 ;;
	esac
done
exit $status
