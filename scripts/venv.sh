#!/bin/sh
# Makes a Python environment under .build/ with the consumers that the tests of the scan formats ask, and prints its
# python. Without a network it prints a sentence instead and fails; the tests then skip.
set -eu
here=$(cd "$(dirname "$0")/.." && pwd)
venv="$here/.build/venv"
packages="jsonschema==4.26.0 junitparser==5.0.3 kcidb-io==141 sarif-tools==3.0.5 pydantic-sarif==0.1.1 tap.py==3.2.1 cmarkgfm==2025.10.22"
mkdir -p "$here/.build"
if [ ! -e "$venv/ready" ] || [ "$(cat "$venv/ready")" != "$packages" ]; then
  if ! { python3 -m venv "$venv" && "$venv/bin/pip" install -q --disable-pip-version-check $packages; } >"$venv.log" 2>&1; then
    echo "pip cannot install the consumers of the scan formats; $venv.log says why (Debian: python3-venv)" >&2
    exit 1
  fi
  echo "$packages" >"$venv/ready"
fi
echo "$venv/bin/python"
