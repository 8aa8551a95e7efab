#!/bin/sh
# deb-test.sh PACKAGE SUITE...: installs the package in a bare Debian of each suite, uses it without a network, and removes it. Needs root.
set -eu
package=$1
shift

say() { printf '%s: %s\n' "$suite" "$*"; }
# With /proc, which is gone with the command's name space.
inside() { unshare "$1" -m sh -euc 'mount -t proc proc "$0/proc"; exec chroot "$0" sh -euc "$1"' "$root" "$2"; }
online() { inside -u "$1" > "$root/tmp/log" 2>&1 || { cat "$root/tmp/log"; exit 1; }; }
offline() { inside -n "$1"; }

for suite; do
  root=$(sh "$(dirname "$0")/bare-root.sh" "$suite")
  trap 'rm -rf "$root"' EXIT
  cp "$package" "$root/tmp/proberace.deb"
  online 'apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends /tmp/proberace.deb'
  say "installed: $(chroot "$root" dpkg-query -W -f '${Version}, ${Installed-Size} kB, depends on ${Depends}' proberace)"
  offline 'proberace report --fail-on none /usr/share/proberace/boot/*.txt | head -3'
  offline 'proberace > /tmp/out; [ -s /tmp/out ]; proberace doctor || [ $? = 1 ]'
  offline 'bash -n /usr/share/bash-completion/completions/proberace; dpkg --verify proberace'
  offline 'for c in $(proberace --help | sed -n "/^SUBCOMMANDS/,/^$/s/^  \([a-z]*\) .*/\1/p"); do
    gzip -t /usr/share/man/man1/proberace-$c.1.gz; done'
  offline 'sh /tmp/examples.sh /tmp/boot /tmp/README.md /tmp/ci.md /tmp/capturing.md /usr/share/man/man?/proberace*'
  online 'dpkg --purge proberace'
  left=$(find "$root" -xdev -path "$root/tmp" -prune -o -path "$root/var/cache" -prune -o -name '*proberace*' -print)
  [ -z "$left" ] || { say "left behind: $left"; exit 1; }
  say 'removed, and nothing is left'
  rm -rf "$root"
done
