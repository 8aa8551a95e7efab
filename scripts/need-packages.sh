#!/bin/sh
# Installs the Debian packages named that are missing: as root directly, else through `sudo -n`, else says how.
set -eu
missing=""
for package in "$@"; do
  dpkg-query -W -f='${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
[ -n "$missing" ] || exit 0
install="apt-get -o DPkg::Lock::Timeout=300 install -y --no-install-recommends$missing"
echo "installing:$missing"
if [ "$(id -u)" = 0 ]; then
  apt-get update -qq && DEBIAN_FRONTEND=noninteractive $install
elif sudo -n true 2>/dev/null; then
  sudo -n apt-get update -qq && sudo -n env DEBIAN_FRONTEND=noninteractive $install
else
  echo "These Debian packages are missing. Run this, then make again:" >&2
  echo "  sudo apt-get update && sudo $install" >&2
  exit 1
fi
