#!/bin/sh
# wheel-test.sh WHEEL SUITE...: installs the wheel into a fresh virtual environment of each suite's Python, on a bare Debian without
# libtraceevent, and uses it without a network. Needs root.
set -eu
wheel=$1
shift
here=$(cd "$(dirname "$0")/.." && pwd)

say() { printf '%s: %s\n' "$suite" "$*"; }
# With /proc, which is gone with the command's name space.
inside() { unshare "$1" -m sh -euc 'mount -t proc proc "$0/proc"; exec chroot "$0" sh -euc "$1"' "$root" "$2"; }
online() { inside -u "$1" > "$root/tmp/log" 2>&1 || { cat "$root/tmp/log"; exit 1; }; }
offline() { inside -n "$1"; }

for suite; do
  root=$(sh "$here/scripts/bare-root.sh" "$suite")
  trap 'rm -rf "$root"' EXIT
  cp "$wheel" "$here/python/test_proberace.py" "$root/tmp/"
  online 'apt-get update -qq; DEBIAN_FRONTEND=noninteractive apt-get install -qq --no-install-recommends python3-venv'
  [ -z "$(find "$root/usr/lib" -name 'libtraceevent*' -o -name 'libarchive.so*')" ] || { say 'is not bare'; exit 1; }
  offline 'python3 -m venv /venv; /venv/bin/pip install -q --no-index /tmp/*.whl'
  say "installed: $(offline '/venv/bin/python --version; /venv/bin/proberace --version; du -sk /venv/lib/python3*/site-packages/proberace*' | tr -s '\n\t' ' ')"
  offline '/venv/bin/proberace report --fail-on none /venv/share/proberace/boot/*.txt | head -3'
  offline 'PATH=/venv/bin:$PATH; sh /tmp/examples.sh /tmp/boot /tmp/README.md /tmp/ci.md /tmp/capturing.md /venv/share/man/man?/proberace*'
  offline 'cd /tmp; /venv/bin/python test_proberace.py'
  offline '/venv/bin/pip uninstall -q -y proberace; [ -z "$(find /venv -type f -name "*proberace*")" ]'
  say 'removed, and nothing is left'
  rm -rf "$root"
done
