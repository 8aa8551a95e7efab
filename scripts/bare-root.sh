#!/bin/sh
# bare-root.sh SUITE: makes a bare Debian of that suite in a new folder, with what the packages' tests take in its /tmp, and prints the folder.
# What debootstrap made is kept in .build/roots. Needs root, and a mirror the first time.
set -eu
suite=$1
here=$(cd "$(dirname "$0")/.." && pwd)
roots=$here/.build/roots
mkdir -p "$roots"
[ -e "$roots/$suite.tar" ] || {
  debootstrap --variant=minbase "$suite" "$roots/$suite" > "$roots/$suite.log"
  tar -C "$roots/$suite" -cf "$roots/$suite.part" . && mv "$roots/$suite.part" "$roots/$suite.tar"
  rm -rf "${roots:?}/$suite"
}
root=$(mktemp -d)
tar -C "$root" -xf "$roots/$suite.tar"
cp /etc/resolv.conf "$root/etc/"
cp -r "$here/sample-traces/natural-7.3.4-cmdline" "$root/tmp/boot"
cp "$here/scripts/examples.sh" "$here/README.md" "$here/docs/ci.md" "$here/docs/capturing.md" "$root/tmp/"
echo "$root"
