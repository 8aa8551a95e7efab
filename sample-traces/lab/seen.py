#!/usr/bin/env python3
"""seen.py README [--check]: what the lab's experiments saw of each cause, as the table of docs/fixes/README.md, from the rows beside it (*.csv).

Each cell: boots that show it, of those that saved their capture, without the fix → with it, and Fisher's exact test. --check changes nothing:
exit status 1 if the table is not what the rows say."""
import csv
import glob
import os
import sys

from experiment import fisher

BEGIN, END = "<!-- lab: made by `make fixes` -->\n", "<!-- end -->"
# What a row of the table is, by the column of the rows that counts it; the words that the model's table has for it.
CAUSES = (
    ("probe-before-domain", "bound before their domain"),
    ("any warning", "warnings"),
    ("acpi-missed-walk-orphan", "left out"),
    ("*DMA faults*", "faulted"),
    ("*never bound*", "without a driver"),
    ("*splat or hung task*", "splats"),
)


def sides(path):
    with open(path, newline="") as file:
        rows = [row for row in csv.DictReader(file) if row["saved"] == "1"]
    return [[row for row in rows if row["fix"] == side] for side in ("off", "on")]


def cell(both, column):
    hits = [sum(int(row[column]) > 0 for row in side) for side in both]
    sizes = [len(side) for side in both]
    return f"{hits[0]} of {sizes[0]} → {hits[1]} of {sizes[1]} ({fisher(hits[0], sizes[0], hits[1], sizes[1]):.2g})"


def table(folder):
    experiments = [(os.path.basename(path)[:-4], sides(path)) for path in sorted(glob.glob(os.path.join(folder, "*.csv")))]
    lines = ["| | " + " | ".join(f"[{name}]({name}.csv)" for name, _ in experiments) + " |", "|---" * (len(experiments) + 1) + "|"]
    for title, column in CAUSES:
        lines.append(f"| {title} | " + " | ".join(cell(both, column) for _, both in experiments) + " |")
    return "\n".join(lines) + "\n"


def main():
    if len(sys.argv) not in (2, 3) or sys.argv[2:] not in ([], ["--check"]):
        sys.exit(__doc__)
    path = sys.argv[1]
    with open(path, encoding="utf-8") as file:
        text = file.read()
    head, rest = text.split(BEGIN)
    old, tail = rest.split(END, 1)
    made = head + BEGIN + table(os.path.dirname(path)) + END + tail
    if not sys.argv[2:]:
        with open(path, "w", encoding="utf-8") as file:
            file.write(made)
    elif made != text:
        sys.exit(f"{path}: the lab's table is not what the rows beside it say: make fixes")


main()
