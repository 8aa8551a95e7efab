#!/usr/bin/env python3
"""documented.py: names what crosses a module and does not say what it is, as FILE:LINE: DECLARATION; then the exit status is 1.

A `package` declaration has a `///` comment: its unit or shape, what nil or empty means, what it throws. Without one may be what
a documented protocol asks for, and an initialiser that only takes what its labels name.
"""
import pathlib
import re
import sys

ATTRIBUTE = r"@\w+(?:\([^)]*\))?"
DECLARATION = re.compile(rf"^\s*(?:{ATTRIBUTE}\s+)*package\s+(?!import\b)(.+)")
# Equatable, Comparable, CustomStringConvertible, Decodable, ByteStream, Storable.
WITNESS = re.compile(r"(?:static func (?:==|<)|(?:var|let) description: String|init\(from decoder: any Decoder\)"
                     r"|func read\(into buffer: UnsafeMutableRawBufferPointer\)|var stored: Stored \{|init\(_ stored: Stored\) \{)")
LABELLED = re.compile(r"(?:convenience )?init\((?!_)")


def is_plain_init(lines, at):
    """Whether the declaration is an initialiser that labels its first argument, cannot fail and does not throw."""
    head = "\n".join(lines[at:at + 8]).split("package ", 1)[1]
    return bool(LABELLED.match(head)) and "throws" not in head.split("{")[0]


def undocumented(path):
    """The lines of a file's declarations without a comment, from 0."""
    lines = path.read_text(encoding="utf-8").split("\n")
    for at, line in enumerate(lines):
        declaration = DECLARATION.match(line)
        if not declaration or WITNESS.match(declaration.group(1)) or is_plain_init(lines, at):
            continue
        above = at - 1
        while re.match(rf"^\s*{ATTRIBUTE}", lines[above]):
            above -= 1
        if not lines[above].lstrip().startswith("///"):
            yield at, declaration.group(1)


def main():
    # What a program makes is documented where it is made from.
    files = [path for path in sorted(pathlib.Path("Sources").rglob("*.swift")) if not path.name.endswith(".pb.swift")]
    found = [(path, at + 1, text) for path in files for at, text in undocumented(path)]
    for path, line, text in found:
        print(f"{path}:{line}: {text}")
    if not files or found:
        sys.exit("what crosses a module needs a comment: its unit, what nil or empty means, what it throws (scripts/documented.py)")


main()
