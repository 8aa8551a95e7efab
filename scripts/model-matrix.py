#!/usr/bin/env python3
"""model-matrix.py [--check PAGE] < LOG: the tallies that the model tests print, added up as a Markdown table; or whether a page ends with it.

LOG is the output of `swift test --filter ModelTests`; one block a scenario, one line a kind of evidence."""
import collections
import re
import sys

KINDS = ("certain", "likely", "undetermined", "otherCause", "missed", "unprinted", "likelyWrong", "certainWrong")
table, executions, scenarios = collections.OrderedDict(), 0, 0
for line in sys.stdin:
    head = re.match(r"^\S.*: (\d+) executions", line)
    if head:
        executions += int(head[1])
        scenarios += 1
        continue
    row = re.match(r"^  (\w+): ((?:\w+ \d+(?:, )?)+)$", line.rstrip())
    if row:
        counts = table.setdefault(row[1], collections.Counter())
        for kind, count in re.findall(r"(\w+) (\d+)", row[2]):
            counts[kind] += int(count)
text = "\n## The model\n\n"
text += (f"{executions} distinct executions in {scenarios} scenarios: every interleaving of the walk and the bind, each printed as "
         "log and trace, whole and with holes. *missed* and *unprinted*: what that evidence does not show; *otherCause*: verdict and "
         "harm right, the cause another of the same kind.\n\n")
text += "| evidence | " + " | ".join(KINDS) + " |\n|---|" + "---|" * len(KINDS) + "\n"
for evidence, counts in table.items():
    text += f"| {evidence} | " + " | ".join(str(counts[k]) for k in KINDS) + " |\n"
if sys.argv[1:2] == ["--check"]:
    with open(sys.argv[2], encoding="utf-8") as page:
        kept = page.read().partition("\n## The model\n")
        # Scenarios end in any order, and the first to have a kind of evidence names it.
        if sorted("".join(kept[1:]).split("\n")) != sorted(text.split("\n")):
            sys.exit(f"{sys.argv[2]} has not what the model's tests say now: make docs\n{text}")
else:
    print(text, end="")
