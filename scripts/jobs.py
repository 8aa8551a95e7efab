#!/usr/bin/env python3
"""jobs.py FOLDER: writes the jobs of docs/ci.md into files, to be copied from."""
import pathlib
import re
import sys

NAMES = {"GitLab": "gitlab-ci.yml", "GitHub Actions": "github-steps.yml", "Jenkins": "Jenkinsfile", "LAVA": "lava.yaml"}


def jobs(page):
    """Under each heading the first fenced block."""
    for section in page.split("\n### ")[1:]:
        block = re.search(r"^```\w*\n(.*?)^```$", section, re.M | re.S)
        if block:
            yield section.split("\n")[0], block.group(1)


def main(folder):
    page = pathlib.Path(__file__).resolve().parent.parent / "docs" / "ci.md"
    found = dict(jobs(page.read_text(encoding="utf-8")))
    if found.keys() != NAMES.keys():
        sys.exit(f"docs/ci.md has jobs for {', '.join(found)}; scripts/jobs.py has names for {', '.join(NAMES)}")
    for system, text in found.items():
        pathlib.Path(folder, NAMES[system]).write_text(text, encoding="utf-8")


main(sys.argv[1])
