#!/usr/bin/env python3
"""pack_wheel.py PROBERACE SHARE VERSION FOLDER: packs python/proberace with the executable and what install.sh put below SHARE into a wheel
in FOLDER, for this machine's libraries; auditwheel then takes in those that it needs."""
import pathlib
import platform
import sys

from wheel.wheelfile import WheelFile

ROOT = pathlib.Path(__file__).resolve().parent.parent


def main(proberace, share, version, folder):
    tag = f"py3-none-linux_{platform.machine()}"
    info = f"proberace-{version}.dist-info"
    with WheelFile(pathlib.Path(folder, f"proberace-{version}-{tag}.whl"), "w") as wheel:
        for path in sorted((ROOT / "python" / "proberace").glob("*.py*")):
            if path.is_file():
                wheel.write(path, f"proberace/{path.name}")
        wheel.write(proberace, "proberace/bin/proberace")
        for path in sorted(pathlib.Path(share).rglob("*")):
            if path.is_file():
                wheel.write(path, f"proberace-{version}.data/data/share/{path.relative_to(share)}")
        wheel.write(ROOT / "LICENSE", f"{info}/licenses/LICENSE")
        wheel.writestr(f"{info}/METADATA", (
            f"Metadata-Version: 2.4\nName: proberace\nVersion: {version}\n"
            "Summary: Tells harmless IOMMU probe races of Linux from harmful ones, from ftrace and dmesg captures\n"
            "License-Expression: Apache-2.0\nLicense-File: LICENSE\nRequires-Python: >=3.11\n"
            "Classifier: Operating System :: POSIX :: Linux\nClassifier: Typing :: Typed\n"
            "Description-Content-Type: text/markdown\n\n") + (ROOT / "python" / "README.md").read_text(encoding="utf-8"))
        wheel.writestr(f"{info}/WHEEL", f"Wheel-Version: 1.0\nGenerator: proberace\nRoot-Is-Purelib: false\nTag: {tag}\n")
        wheel.writestr(f"{info}/entry_points.txt", "[console_scripts]\nproberace = proberace:main\n")


main(*sys.argv[1:])
