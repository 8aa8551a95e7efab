#!/usr/bin/env python3
"""page_hashes.py PAGE: writes the hashes that the Content-Security-Policy needs into PageStyle.swift and
PageScript.swift, from a page that was made with them. Run after a change of the style or the script (make page-hashes)."""
import base64
import hashlib
import re
import sys

page = open(sys.argv[1], encoding="utf-8").read()
for tag, name in (("style", "PageStyle"), ("script", "PageScript")):
    text = re.search(f"<{tag}>(.*?)</{tag}>", page, re.S).group(1)
    value = "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
    path = f"Sources/Reports/HTML/{name}.swift"
    source = open(path, encoding="utf-8").read()
    open(path, "w", encoding="utf-8").write(re.sub(r'hash = "[^"]*"', f'hash = "{value}"', source))
    print(name, value)
