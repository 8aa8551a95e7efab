#!/usr/bin/env python3
"""accuracy.py PROBERACE [DIR...]: what proberace says of each capture whose truth is known, as Markdown.

Each capture is given whole and as each of its inputs alone. Without DIR: those of sample-traces/, from which docs/accuracy.md is
made. Ends with 1 if anything is certain and wrong."""
import collections
import json
import os
import subprocess
import sys


def findings(tool, files):
    run = subprocess.run([tool, "report", "--format", "json", *files], capture_output=True, timeout=300)
    report = json.loads(run.stdout)
    return [f for boot in report["boots"] for f in boot["findings"]]


def pair(expected, got):
    """Takes the finding that speaks of the same thing off `got`: same device, warned or silent. A device may have both."""
    names = [expected["device"], *expected.get("device_acceptable", [])]
    same = [f for f in got if f["device"] in names]
    kind = [f for f in same if (f["kind"] == "silent") == (expected["warning_time"] is None)]
    found = (kind or same or [None])[0]
    if found:
        got.remove(found)
    return found


def judge(expected, finding, key):
    if finding is None:
        return "not found", False
    word = finding["verdict"] if finding["verdict"] == "undetermined" else finding["confidence"]
    right = finding["verdict"] == expected["verdict"] and finding["cause"] == expected["cause"]
    if right:
        return f"right, {word}", False
    if finding["verdict"] == "undetermined":
        return "undetermined", False
    return f"WRONG, {word}: {finding['cause']}", word == "certain"


def main():
    tool, dirs = sys.argv[1], sys.argv[2:]
    if not dirs:
        dirs = sorted(os.path.join("sample-traces", d) for d in os.listdir("sample-traces"))
    seen, bad = set(), False
    print("# Accuracy\n\n<!-- Made by `make docs`; do not edit. -->\n")
    print("Each capture is a real boot whose truth was written down by its scenario, not by proberace.")
    print("`both` is the kernel log and the trace together; a capture that has only one of them shows that one.\n")
    print("| capture | cause | findings | both | log alone | trace alone |\n|---|---|---|---|---|---|")
    totals = collections.Counter()
    for path in dirs:
        name = os.path.basename(path.rstrip("/"))
        truth = os.path.join(path, "expected.json")
        if name in seen or not os.path.exists(truth):
            continue
        seen.add(name)
        expected = json.load(open(truth))
        inputs = {k: os.path.join(path, v) for k, v in expected["inputs"].items() if k in ("dmesg", "trace")}
        views = {"both": list(inputs.values())} if len(inputs) > 1 else {}
        views.update({k: [v] for k, v in inputs.items()})
        got = {k: findings(tool, v) for k, v in views.items()}
        if not expected["findings"]:
            cells = {k: "clean" if not v else f"WRONG: {len(v)} findings" for k, v in got.items()}
            print(f"| {name} | none | 0 | {cells.get('both', '–')} | {cells.get('dmesg', '–')} | {cells.get('trace', '–')} |")
            continue
        rows = collections.OrderedDict()
        for item in expected["findings"]:
            for view, found in got.items():
                text, wrong = judge(item, pair(item, found), view)
                bad |= wrong
                rows.setdefault(item["cause"], {}).setdefault(view, collections.Counter())[text] += 1
                totals[(view, text.split(":")[0])] += 1
        for cause, by_view in rows.items():
            def cell(view):
                counts = by_view.get(view)
                return ", ".join(f"{n}× {t}" for t, n in counts.items()) if counts else "–"
            count = sum(next(iter(by_view.values())).values())
            print(f"| {name} | {cause} | {count} | {cell('both')} | {cell('dmesg')} | {cell('trace')} |")
    print("\n| input | answer | findings |\n|---|---|---|")
    for (view, text), count in sorted(totals.items()):
        print(f"| {view} | {text} | {count} |")
    sys.exit(1 if bad else 0)


main()
