#!/usr/bin/env python3
"""installed_pages.py FOLDER: in the pages that are installed below FOLDER, a link to what stays in the source becomes its text, and a picture
that is not installed what stands for it."""
import pathlib
import re
import sys

PICTURE = re.compile(r'<picture>.*?<img[^>]*?alt="([^"]*)"[^>]*?src="([^"]*)"[^>]*>\s*</picture>', re.DOTALL)
LINK = re.compile(r"(!?)\[([^\]]*)\]\(([^()\s]+)\)")


def is_there(page, target):
    path = target.split("#")[0]
    return "://" in target or not path or (page.parent / path).exists()


def main(folder):
    for page in pathlib.Path(folder).rglob("*.md"):
        text = page.read_text(encoding="utf-8")
        made = PICTURE.sub(lambda found: found[0] if is_there(page, found[2]) else f"({found[1]}.)", text)
        made = LINK.sub(lambda found: found[0] if is_there(page, found[3]) else found[2], made)
        page.write_text(made, encoding="utf-8")


main(*sys.argv[1:])
