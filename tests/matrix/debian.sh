# SPDX-License-Identifier: MIT
# What fetch-interpreters.sh and build-interpreters.sh share: packages of a Debian suite, binary or
# source, through apt itself with a state folder of its own, so that signatures and checksums are
# checked as ever and the system's own packages are left alone. Sourced; $script and $here are set.
#
# CACHE is $REFGRAPH_CACHE, or tests/cache in the tree.

cache=${REFGRAPH_CACHE:-$here/../cache}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

say() {
	echo "$script: $*" >&2
}

need_tools() {
	for tool; do
		command -v "$tool" >/dev/null || { say "needs $tool"; return 1; }
	done
}

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
		test -r "$file" && echo "$file" && return
	done
}

# suite_apt COMMAND...: apt-get of the suite that open_suite named
suite_apt() {
	apt-get -qq -o Dir::Etc::SourceList="$work/sources.list" -o Dir::Etc::SourceParts="$work/parts" \
		-o Dir::Etc::Preferences="$work/none" -o Dir::Etc::PreferencesParts="$work/parts" \
		-o Dir::State="$work" -o Dir::State::Lists="$work/lists" \
		-o Dir::State::status="$work/status" -o Dir::State::extended_states="$work/extended" \
		-o Dir::Cache="$work" -o Dir::Cache::archives="$work/archives" \
		-o Debug::NoLocking=1 -o APT::Sandbox::User="$(id -un)" -o APT::Default-Release="" \
		-o APT::Get::List-Cleanup=0 -o Acquire::Languages=none -o Acquire::Retries=2 \
		-o APT::Update::Post-Invoke::= -o APT::Architectures="$arch" -o APT::Install-Recommends=0 \
		"$@"
}

# logged WHAT COMMAND...: runs it; where it fails, says that WHAT did, and how
logged() {
	what=$1
	shift
	"$@" >"$work/log" 2>&1 && return
	say "$what:"
	tail -n 40 "$work/log" | sed 's/^/    /' >&2
	return 1
}

# An empty folder for apt's state and for what is worked on
work_folder() {
	rm -rf "$work"
	mkdir -p "$work/lists/partial" "$work/archives/partial" "$work/parts"
	: >"$work/status"
}

# open_suite KIND SUITE: the index of its packages (KIND deb) or sources (deb-src), below $work
open_suite() {
	uri=$(mirror_uri)
	keys=$(keyring)
	arch=$(dpkg --print-architecture)
	test -n "$uri" || { say "$2: apt has no Debian mirror configured here"; return 1; }
	test -n "$keys" || { say "$2: debian-archive-keyring is not installed"; return 1; }
	work_folder
	echo "$1 [signed-by=$keys arch=$arch] $uri $2 main" >"$work/sources.list"
	logged "$2: apt-get update failed" update_index
}

# apt-get update fails where anything could not be had, but what it only warns of is trouble too.
update_index() {
	suite_apt update 2>"$work/errors" && ! grep '^[EW]:' "$work/errors"
}
