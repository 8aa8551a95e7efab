#!/usr/bin/env python3
"""model-matrix.py < LOG: the tallies that the model tests print, added up as a Markdown table.

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
print("\n## The model\n")
print(f"{executions} distinct executions in {scenarios} scenarios: every interleaving of the walk and the bind, each printed as "
      "log and trace, whole and with holes. *missed* and *unprinted*: what that evidence does not show; *otherCause*: verdict and "
      "harm right, the cause another of the same kind.\n")
print("| evidence | " + " | ".join(KINDS) + " |\n|---|" + "---|" * len(KINDS))
for evidence, counts in table.items():
    print(f"| {evidence} | " + " | ".join(str(counts[k]) for k in KINDS) + " |")
