#!/usr/bin/env python3
"""pictures.py PROBERACE: makes docs/races.md, the pictures it shows, and the README's pictures of a report."""
import html
import json
import os
import re
import subprocess
import sys
import tempfile

from browser import Browser

# A picture of each kind that the samples have: the cause, where it is seen, and the finding's device.
KINDS = [
    ("walk-bind-toctou", "race-bind-6.17.13-kprobe", "0000:00:10.5"),
    ("probe-before-domain", "natural-6.17.13-4", "0000:00:05.1"),
    ("skipped-by-walk-then-replayed", "natural-6.17.13-4", "0000:00:05.2"),
    ("multi-iommu-replay-bypass", "f2-multi-iommu-7.3.4-2", "lab-cl04"),
    ("silent-late-iommu", "t4-silent-late-smmu-7.3.4", "0000:00:03.0"),
    ("rebound-after-late-iommu", "late-smmu-rebind-6.17.13-kprobe", "0000:00:03.2"),
    ("iommu-registered-too-early", "t2-registered-too-early-7.2.13", "lab-cl02"),
    ("dma-configure-outside-bus", "real-misuse-7.2.13-kprobe", "lab-client0"),
    ("walk-aborted-registration", "t10-walk-aborted-7.2.13", "lab-iommu-a"),
]
HARM = ("probe-before-domain", "t6-harm-net-hang-7.3.4", "0000:00:05.0")
FOLDER = "docs/pictures"

HEAD = """# Races in pictures

<!-- Made by `make pictures` from sample-traces; do not edit. -->

A lane a thread; what ran inside something stands below it. Yellow: `dev->driver` is set and there is no IOMMU group yet.
Red: the warning. ◆ the group, ■ the domain. Hatched: nothing happened, and the time is cut out. The numbers are the
evidence, listed under each picture with file and line. The same pictures are in `proberace report --format html`, and
`proberace timeline --format svg --device NAME` makes one of any device.
"""


def files(sample):
    folder = f"sample-traces/{sample}"
    return [f"{folder}/{name}" for name in ("dmesg.txt", "trace.txt") if os.path.exists(f"{folder}/{name}")]


def run(tool, *arguments):
    answer = subprocess.run([tool, *arguments], capture_output=True, text=True)
    if answer.returncode == 2 or answer.stderr:
        raise SystemExit(answer.stderr)
    return answer.stdout


def finding(tool, cause, sample, device):
    report = json.loads(run(tool, "report", "--format", "json", *files(sample)))
    for boot in report["boots"]:
        for found in boot["findings"]:
            if found["device"] == device and found["cause"] == cause:
                return found
    raise SystemExit(f"{sample} has no {cause} of {device} any more: choose another for scripts/pictures.py")


def picture(tool, name, sample, device):
    for look in ("light", "dark"):
        with open(f"{FOLDER}/{name}-{look}.svg", "w", encoding="utf-8") as file:
            file.write(run(tool, "timeline", "--format", f"svg-{look}", "--device", device, *files(sample)))
    return (f'<picture><source media="(prefers-color-scheme: dark)" srcset="pictures/{name}-dark.svg">'
            f'<img alt="Timeline of {device}" src="pictures/{name}-light.svg"></picture>')


def section(tool, cause, sample, device, name, title):
    found = finding(tool, cause, sample, device)
    summary = found["summary"]
    # A function's name keeps its case.
    if summary.split()[0].isalpha():
        summary = summary[0].upper() + summary[1:]
    harm = "" if found["harm"] == "unknown" else f", {found['harm']}"
    return (f"\n## {title}\n\n{summary}. Verdict: **{found['verdict']}**{harm}. [What happens, and what proves it]"
            f"(rules.md#{cause}).\n\n{picture(tool, name, sample, device)}\n\n"
            f"From [{sample}](../sample-traces/{sample}).\n")


def page(tool):
    """The README's picture: the first screen of a report."""
    html = ".build/picture.html"
    with open(html, "w", encoding="utf-8") as file:
        file.write(run(tool, "report", "--format", "html", *files("natural-6.17.13-4")))
    with Browser() as browser:
        browser.shots(html, f"{FOLDER}/report", 1180, 790)


def farm(tool):
    """The farm's page, of boots that Benchmarks/farm.py makes up."""
    made = subprocess.run([sys.executable, "Benchmarks/farm.py", "1", "--boots", "8000"], check=True, capture_output=True)
    with tempfile.TemporaryDirectory() as folder:
        tool, page = os.path.abspath(tool), os.path.join(folder, "farm.html")
        for command in (["add", "-q", "-"], ["export", "--format", "html", "-o", page]):
            subprocess.run([tool, "history", *command, "--history", "farm.sqlite"], input=made.stdout, check=True, cwd=folder)
        with Browser() as browser:
            browser.shots(page, f"{FOLDER}/farm", 1180, 900)


# How a terminal shows what `Style.Paint` writes.
LOOKS = {"1": "font-weight: bold", "2": "opacity: .6", "1;31": "color: var(--red); font-weight: bold",
         "1;32": "color: var(--green); font-weight: bold", "1;33": "color: var(--yellow); font-weight: bold", "34": "color: var(--blue)"}
TERMINAL = """<!doctype html><meta charset="utf-8"><style>
:root { color-scheme: light dark; --red: light-dark(#b3261e, #ff7b72); --green: light-dark(#1a7f37, #56d364);
  --yellow: light-dark(#9a6700, #e3b341); --blue: light-dark(#0550ae, #79c0ff) }
body { margin: 0; padding: 14px 18px; background: light-dark(#ffffff, #0d1117); color: light-dark(#1f2328, #e6edf3) }
pre { margin: 0; font: 14px/1.35 "DejaVu Sans Mono", monospace }
</style><pre>"""


def terminal(tool):
    """The same boot on a terminal, up to the end of the first finding."""
    said = subprocess.run(
        [tool, "report", "--color", "always", "--fail-on", "none", *files("natural-6.17.13-4")],
        check=True, capture_output=True, text=True, env={**os.environ, "COLUMNS": "100"}).stdout
    command = "$ proberace report dmesg.txt trace.txt\n"
    lines = command + re.split(r"\n+(?:\x1b\[[0-9;]+m)*2\. ", said)[0]
    text = re.sub(r"\x1b\[([0-9;]+)m", lambda code: "</span>" if code[1] == "0" else f'<span style="{LOOKS[code[1]]}">',
                  html.escape(lines))
    page = ".build/terminal.html"
    with open(page, "w", encoding="utf-8") as file:
        file.write(TERMINAL + text)
    with Browser() as browser:
        for look in ("light", "dark"):
            browser.size(960, 300)
            browser.scheme(look)
            browser.open(page)
            browser.shot(f"{FOLDER}/terminal-{look}.png", whole=True)


def main():
    tool = sys.argv[1]
    os.makedirs(FOLDER, exist_ok=True)
    text = HEAD
    for cause, sample, device in KINDS:
        text += section(tool, cause, sample, device, cause, cause)
    text += section(tool, *HARM, "probe-before-domain-harmed", "probe-before-domain, with damage")
    with open("docs/races.md", "w", encoding="utf-8") as file:
        file.write(text)
    page(tool)
    terminal(tool)
    farm(tool)


main()
