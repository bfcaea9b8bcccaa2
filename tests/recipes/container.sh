#!/bin/sh
# SPDX-License-Identifier: MIT
# container.sh ROOT PYTHON PROGRAM: runs a program in namespaces and a file system of its own, as a
# container is, with a copy of the interpreter that the host does not have at that path.
set -eu
root=$1 python=$2 program=$3

if [ "${4-}" != inside ]; then
    exec unshare --user --map-root-user --mount --pid --fork --kill-child \
        sh "$0" "$root" "$python" "$program" inside
fi
mount -t tmpfs none "$root"
mkdir -p "$root/srv/image/bin" "$root/srv/image/lib"
cp "$(readlink -f "$python")" "$root/srv/image/bin/python3"
cp "$program" "$root/app.py"
ldd "$python" | grep -o '/[^ ]*' | while read -r file; do
    mkdir -p "$root$(dirname "$file")"
    cp -L "$file" "$root$file"
done
# The modules that the program needs, and no more of the standard library
"$python" -I -S -c '
import os, shutil, sys, time
import encodings, os
target, program = sys.argv[1:]
library = os.path.dirname(os.__file__)
for module in list(sys.modules.values()):
    path = getattr(module, "__file__", None) or ""
    if path.startswith(library + "/"):
        copy = os.path.join(target, os.path.basename(library), os.path.relpath(path, library))
        os.makedirs(os.path.dirname(copy), exist_ok=True)
        shutil.copy(path, copy)
' "$root/srv/image/lib" "$program"
# The root itself changes, so that the host sees paths of files as a container has them.
mkdir "$root/host"
cd "$root"
pivot_root . host
cd /
for libraries in /host/lib/*-linux-gnu /host/usr/lib64; do
    [ ! -d "$libraries" ] || LD_LIBRARY_PATH=$libraries /host/bin/umount -l /host && break
done
exec /srv/image/bin/python3 -S /app.py
