#!/usr/bin/env python3
"""page_hashes.py PAGE FARM: writes the hashes that the Content-Security-Policy needs beside the styles and scripts of a report's page and of a
farm's, from pages that were made with them. Run after a change of either (make page-hashes)."""
import base64
import hashlib
import re
import sys

for path, tags in ((sys.argv[1], {"style": "Reports/HTML/PageStyle", "script": "Reports/HTML/PageScript"}),
                   (sys.argv[2], {"style": "FarmPage/FarmStyle", "script": "FarmPage/FarmScript"})):
    page = open(path, encoding="utf-8").read()
    for tag, name in tags.items():
        text = re.search(f"<{tag}>(.*?)</{tag}>", page, re.S).group(1)
        value = "sha256-" + base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        file = f"Sources/{name}.swift"
        source = open(file, encoding="utf-8").read()
        open(file, "w", encoding="utf-8").write(re.sub(r'hash = "[^"]*"', f'hash = "{value}"', source))
        print(name, value)
