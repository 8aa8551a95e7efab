#!/usr/bin/env python3
"""pack_wheel.py PROBERACE SHARE VERSION FOLDER: packs python/proberace with the executable and what install.sh put below SHARE into a wheel
in FOLDER, for this machine's libraries; auditwheel then takes in those that it needs, whose licences come along."""
import pathlib
import platform
import re
import subprocess
import sys

from wheel.wheelfile import WheelFile

ROOT = pathlib.Path(__file__).resolve().parent.parent
# What every Linux has (auditwheel leaves it out), and what is inside the executable.
SYSTEMS = re.compile(r"lib(c|m|gcc_s|stdc\+\+)\.so")
INSIDE = "libarchive-dev"


def copyrights(proberace):
    """Debian's copyright file of each package whose library comes along, by the package's name."""
    used = subprocess.run(["ldd", proberace], check=True, capture_output=True, text=True).stdout
    paths = [path for path in re.findall(r"=> (/\S+)", used) if not SYSTEMS.search(path)]
    packages = {INSIDE}
    for path in paths:
        # Debian's lists name files where they stood before /usr was merged.
        names = [path, path.removeprefix("/usr")] + ([] if path.startswith("/usr") else ["/usr" + path])
        owners = subprocess.run(["dpkg", "-S", *names], check=False, capture_output=True, text=True).stdout
        if not owners:
            sys.exit(f"{path} is of no Debian package: whose licence is it?")
        packages.add(owners.split(":")[0])
    return {package: pathlib.Path("/usr/share/doc", package, "copyright") for package in sorted(packages)}


def main(proberace, share, version, folder):
    tag = f"py3-none-linux_{platform.machine()}"
    info = f"proberace-{version}.dist-info"
    licences = {"LICENSE": ROOT / "LICENSE"} | {f"{package}.txt": path for package, path in copyrights(proberace).items()}
    with WheelFile(pathlib.Path(folder, f"proberace-{version}-{tag}.whl"), "w") as wheel:
        for path in sorted((ROOT / "python" / "proberace").iterdir()):
            if path.is_file():
                wheel.write(path, f"proberace/{path.name}")
        wheel.write(proberace, "proberace/bin/proberace")
        for path in sorted(pathlib.Path(share).rglob("*")):
            if path.is_file():
                wheel.write(path, f"proberace-{version}.data/data/share/{path.relative_to(share)}")
        for name, path in licences.items():
            wheel.write(path, f"{info}/licenses/{name}")
        wheel.writestr(f"{info}/METADATA", (
            f"Metadata-Version: 2.4\nName: proberace\nVersion: {version}\n"
            "Summary: Tells harmless IOMMU probe races of Linux from harmful ones, from ftrace and dmesg captures\n"
            "License-Expression: Apache-2.0\n" + "".join(f"License-File: {name}\n" for name in licences) + "Requires-Python: >=3.11\n"
            "Classifier: Operating System :: POSIX :: Linux\nClassifier: Typing :: Typed\n"
            "Description-Content-Type: text/markdown\n\n") + (ROOT / "python" / "README.md").read_text(encoding="utf-8"))
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: proberace\nRoot-Is-Purelib: false\nTag: {tag}\n")
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\nproberace = proberace:main\n")


main(*sys.argv[1:])
