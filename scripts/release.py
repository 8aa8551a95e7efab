#!/usr/bin/env python3
"""release.py VERSION FOLDER: checks that everything says VERSION, then makes source tarball, Debian package and wheel of what is committed,
twice, each time from the tarball in an empty folder. FOLDER gets them with SHA256SUMS; what differs between the two is named."""
import hashlib
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
TOOL = ROOT / ".build" / "release" / "proberace"


def said(*command, **options):
    return subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT, **options).stdout


def text(path):
    return (ROOT / path).read_text(encoding="utf-8")


def faults(version):
    """What does not agree."""
    rules = re.search(r"static let rules = (\d+)", text("Sources/Verdicts/Release.swift"))[1]
    newest = text("CHANGELOG.md").split("\n## ")[1]
    schemas = sorted((ROOT / "docs" / "schema").glob("*.json"))
    return [fault for fault, holds in {
        "something is not committed": not said("git", "status", "--porcelain"),
        f"{TOOL} is not of this source: its version": said(str(TOOL), "--version").strip() == version,
        "Sources/Verdicts/Release.swift: version": f'version = "{version}"' in text("Sources/Verdicts/Release.swift"),
        "CHANGELOG.md: its first section must be `VERSION (YYYY-MM-DD)`": bool(
            re.match(re.escape(version) + r" \(\d{4}-\d\d-\d\d\)\n", newest)),
        f"CHANGELOG.md: `Rules, revision {rules}`": f"Rules, revision {rules}\n" in newest,
        "debian/changelog: its first entry": text("debian/changelog").startswith(f"proberace ({version}-"),
        "docs/rules.md (make docs)": said(str(TOOL), "rules", "--format", "markdown") == text("docs/rules.md"),
        "docs/inputs.md (make docs)": said(str(TOOL), "formats", "--format", "markdown") == text("docs/inputs.md"),
        "python/proberace/_types.py (make wheel)": said("python3", "scripts/python_types.py") == text("python/proberace/_types.py"),
        "CHANGELOG.md: not every schema is named": all(path.stem in newest for path in schemas if path.stem != "common@1"),
    }.items() if not holds]


def build(version, folder, epoch):
    """All of one release, in an empty place that is the same each time."""
    place = ROOT / ".build" / "releasing"
    shutil.rmtree(place, ignore_errors=True)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    place.mkdir(parents=True)
    name = f"proberace-{version}"
    tarball = folder / f"{name}.tar.gz"
    # gzip's own header has no time then.
    archive = subprocess.run(["git", "archive", f"--prefix={name}/", "HEAD"], check=True, capture_output=True, cwd=ROOT).stdout
    tarball.write_bytes(subprocess.run(["gzip", "-9n"], input=archive, check=True, capture_output=True).stdout)
    with tarfile.open(tarball) as source:
        source.extractall(place, filter="data")
    environment = {**os.environ, "SOURCE_DATE_EPOCH": epoch}
    for target in ("deb", "wheel"):
        subprocess.run(["make", target], check=True, cwd=place / name, env=environment)
    for package in (place / name / ".build" / "packages").iterdir():
        shutil.copy(package, folder)


def members(path):
    """What a package holds, by name, as digests."""
    if path.suffix == ".whl":
        with zipfile.ZipFile(path) as wheel:
            return {name: hashlib.sha256(wheel.read(name)).hexdigest() for name in wheel.namelist()}
    if path.suffix == ".deb":
        data = subprocess.run(["dpkg-deb", "--fsys-tarfile", path], check=True, capture_output=True).stdout
        with subprocess.Popen(["tar", "-x", "--to-command", 'echo "$(sha256sum | cut -c1-64) $TAR_FILENAME"'],
                              stdin=subprocess.PIPE, stdout=subprocess.PIPE) as tar:
            lines = tar.communicate(data)[0].decode().split("\n")
        return {line[65:]: line[:64] for line in lines if line}
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest()}


def main(version, target):
    wrong = faults(version)
    if wrong:
        sys.exit("\n".join([f"not {version} yet; these do not agree:", *(f"  {fault}" for fault in wrong)]))
    epoch = said("dpkg-parsechangelog", "-STimestamp").strip()
    first, second = pathlib.Path(target), ROOT / ".build" / "release-again"
    build(version, first, epoch)
    build(version, second, epoch)
    sums = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(first.iterdir())}
    (first / "SHA256SUMS").write_text("".join(f"{digest}  {name}\n" for name, digest in sums.items()), encoding="utf-8")
    for name, digest in sums.items():
        if hashlib.sha256((second / name).read_bytes()).hexdigest() == digest:
            print(f"{digest}  {name}: the same twice")
        else:
            one, other = members(first / name), members(second / name)
            print(f"{digest}  {name}: not the same twice: "
                  + (", ".join(sorted(key for key in one | other if one.get(key) != other.get(key))) or "its order, or times"))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
