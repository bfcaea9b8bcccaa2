# SPDX-License-Identifier: MIT
# shellcheck shell=sh disable=SC2034,SC2154 # variables of the caller
# What tests/run.sh and samples/demo.sh share: getting the packages that are missing, and a source
# tree that can be built beside. For sourcing; the caller sets "top" to the top of the tree.

BUILD_PACKAGES="autoconf automake libtool make gcc libc6-dev pkg-config xz-utils python3 \
libelf-dev libgraphviz-dev libzstd-dev zlib1g-dev liblzma-dev"

say() {
    printf '%s\n' "$*" >&2
}

die() {
    say "$@"
    exit 1
}

missing_packages() {
    for package in "$@"; do
        case $(dpkg-query -W -f '${db:Status-Status}' "$package" 2>/dev/null) in
        installed) ;;
        *) printf '%s ' "$package" ;;
        esac
    done
}

# Installs what is missing of the named packages, as root or through sudo; where neither may, prints
# the line that would and exits 1.
need_packages() {
    { command -v dpkg-query && command -v apt-get; } >/dev/null ||
        die "This sets itself up on Debian 12; elsewhere install the likes of: $*"
    missing=$(missing_packages "$@")
    [ -n "$missing" ] || return 0
    say "Missing Debian packages: $missing"
    if [ "$(id -u)" -eq 0 ]; then
        sudo=
    elif command -v sudo >/dev/null && sudo -n true 2>/dev/null; then
        sudo='sudo -n'
    else
        say "Only root may install them. This line would:"
        die "    sudo apt-get update && sudo apt-get install -y --no-install-recommends ${missing% }"
    fi
    say "Installing them (apt-get install -y --no-install-recommends) ..."
    setup_log=$(mktemp)
    # shellcheck disable=SC2086 # both are lists of words
    if ! {
        $sudo env DEBIAN_FRONTEND=noninteractive apt-get update &&
            $sudo env DEBIAN_FRONTEND=noninteractive \
                apt-get install -y --no-install-recommends $missing
    } </dev/null >"$setup_log" 2>&1; then
        tail -n 20 "$setup_log" >&2
        rm -f "$setup_log"
        die "apt-get failed; the end of what it said stands above."
    fi
    rm -f "$setup_log"
}

# Sets "source" to a tree that has a configure script and can be built from another folder: the tree
# itself, or a copy below folder $1 where it was configured in place, which rules that out.
prepare_source() {
    source=$top
    if [ -e "$top/config.status" ]; then
        source=$1/source
        mkdir -p "$source"
        (cd "$top" && git ls-files -z --cached --others --exclude-standard 2>/dev/null |
            tar -c -f - --null --files-from=- 2>/dev/null) | tar -x -f - -C "$source" || :
        [ -f "$source/configure.ac" ] ||
            { say "$top was configured in place: run make distclean there first." && return 1; }
    fi
    if [ ! -f "$source/configure" ] || [ -e "$top/.git" ]; then
        (cd "$source" && autoreconf -fi)
    fi
}
