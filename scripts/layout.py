#!/usr/bin/env python3
"""layout.py: holds what docs/architecture.md says of files and modules; reads `swift package dump-package` from standard input.

No file is longer than 300 lines, but generated ones. No type has the name of one of Swift's. A target depends only on targets that stand above it in Package.swift, and
imports only what it declares. What shows an analysis reads no input: it needs no C library.
"""
import json
import pathlib
import re
import sys

LONGEST = 300
# What a program makes: from perfetto.proto, from docs/schema.
GENERATED = {"Sources/Perfetto/perfetto.pb.swift", "python/proberace/_types.py"}
SOURCES = ["Sources", "Tests", "Fuzz", "Benchmarks", "scripts", "sample-traces/lab", "farm", "python"]
# Modules that other people's readers of hostile bytes must not come near.
PURE = {"Analysis", "Check", "Reports", "HistoryReports"}
# Of Swift's types those whose names are at hand.
SWIFTS = set("""Actor Array Character Clock Codable Collection Comparable Decoder Dictionary Duration Encodable Encoder Equatable Error
  Hashable Hasher Identifiable Instant Iterator KeyPath Mirror Never Optional Range Regex Repeated Result Sendable Sequence Set Slice
  Span String Substring Task TaskGroup Unicode Zip""".split())
TYPE = re.compile(r"^ *(?:[a-z@]+ )*(?:struct|enum|class|actor|protocol|typealias) (\w+)", re.MULTILINE)
IMPORT = re.compile(r"^(?:@testable )?(?:(?:package|internal|private) )?import (?:struct |func |enum )?(\w+)", re.MULTILINE)


def long_files():
    """Files that are too long, with their lines."""
    files = [path for folder in SOURCES for end in ("swift", "py") for path in pathlib.Path(folder).rglob(f"*.{end}")]
    if len(files) < 400:
        yield f"only {len(files)} files are here"
    for path in sorted(set(files + [pathlib.Path("Package.swift")])):
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > LONGEST and str(path) not in GENERATED:
            yield f"{path}: {lines} lines, of {LONGEST} at most"


def shadows():
    """Types that take a name of Swift's."""
    for folder in SOURCES:
        for path in sorted(pathlib.Path(folder).rglob("*.swift")):
            if str(path) not in GENERATED:
                for name in sorted(SWIFTS & set(TYPE.findall(path.read_text(encoding="utf-8")))):
                    yield f"{path}: {name} is Swift's"


def dependencies(target):
    """Names of the targets of this package that a target asks for, and of other packages' modules."""
    own, foreign = [], []
    for dependency in target["dependencies"]:
        if "product" in dependency:
            foreign.append(dependency["product"][0])
        else:
            own.append(next(iter(dependency.values()))[0])
    return own, foreign


def needs(name, own):
    """All targets of this package that one needs."""
    found, left = set(), [name]
    while left:
        for other in own[left.pop()]:
            if other not in found:
                found.add(other)
                left.append(other)
    return found


def module_faults(package):
    """What modules ask for that they should not."""
    targets = {target["name"]: target for target in package["targets"]}
    order = {name: at for at, name in enumerate(targets)}
    own, foreign = {}, {}
    for name, target in targets.items():
        own[name], foreign[name] = dependencies(target)
    for name, target in targets.items():
        for other in own[name]:
            # Tests and what they share may stand anywhere.
            if target["type"] not in ("test",) and order[other] > order[name] and other != "TestSupport":
                yield f"Package.swift: {name} depends on {other}, which stands below it"
        if target["type"] == "system":
            continue
        folder = pathlib.Path(target.get("path") or ("Tests" if target["type"] == "test" else "Sources") + "/" + name)
        excluded = [folder / path for path in target.get("exclude", [])]
        imported = set()
        for path in folder.rglob("*.swift"):
            if not any(part in path.parents for part in excluded):
                imported |= set(IMPORT.findall(path.read_text(encoding="utf-8")))
        for other in sorted(imported & set(targets) - set(own[name])):
            yield f"{folder}: imports {other}, which Package.swift does not give it"
        for other in sorted(set(own[name]) - imported - {"proberace", "TestSupport"} if imported else set()):
            yield f"Package.swift: {name} depends on {other} and imports it nowhere"
    # SQLite is the history's own: it reads no input.
    libraries = {name for name, target in targets.items() if target["type"] == "system"} - {"CSQLite"}
    for name in sorted(PURE):
        for library in sorted(needs(name, own) & libraries):
            yield f"Package.swift: {name} needs {library}"


def main():
    faults = list(long_files()) + list(shadows()) + list(module_faults(json.load(sys.stdin)))
    if faults:
        print("\n".join(faults))
        sys.exit("see docs/architecture.md (scripts/layout.py)")


main()
