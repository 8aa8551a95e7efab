#!/usr/bin/env python3
"""marks.py FOLDER [SECONDS]: better marks for the texts of LogSigns.swift and KernelWord.swift, by the boot logs in FOLDER.

The search (Sources/CBytes/CBytes.c) looks for four bytes of each text, its mark, in eight buckets that share their bits. A
place that fits a bucket and is none of its texts costs a comparison. This tries other marks for SECONDS (100), one or two at
a time, and prints those with which fewer places fit. `make bench` leaves logs in .build/bench/scan-clean. Needs numpy."""
import glob
import os
import random
import re
import sys
import time

import numpy as np

SOURCES = os.path.join(os.path.dirname(os.path.abspath(__file__)), "../Sources")
VALUES = range(256)
MARK = 4  # CBYTES_MARK


def signs():
    """(text, mark) in the order in which they are added."""
    def read(name):
        return open(os.path.join(SOURCES, name)).read()

    def raw(text):
        return text.encode().decode("unicode_escape").encode()

    words = read("Records/Vocabulary/KernelWord.swift")
    texts = dict(re.findall(r'case \.(\w+): "(.+)"', words))
    marks = dict(re.findall(r"case \.(\w+): \((\d+), \.", words))
    # In the order of the cases.
    order = [name for line in re.findall(r"^  case (\w[\w, ]*)$", words, re.M) for name in line.split(", ")]
    found = [(texts[name], marks[name]) for name in order if name in marks]
    look = read("Scan/LogSigns.swift")
    look = look[look.index("static let signs"):look.index("static let all")]
    found += re.findall(r'\("((?:[^"\\]|\\.)+)", (\d+), \.', look)
    return [(raw(text), int(mark)) for text, mark in found]


def tables(marks):
    """For each of a mark's four bytes the buckets that a byte fits, as cbytes_texts_add() fills them."""
    nibbles = [[(set(), set()) for _ in range(8)] for _ in range(MARK)]
    fitting = [0] * 8

    def fits(bucket, mark):
        product = 1
        for byte, each in zip(mark, nibbles):
            low, high = each[bucket]
            product *= len(low | {byte & 15}) * len(high | {byte >> 4})
        return product

    for mark in marks:
        bucket = min(range(8), key=lambda each: (fits(each, mark) - fitting[each], each))
        fitting[bucket] = fits(bucket, mark)
        for byte, each in zip(mark, nibbles):
            each[bucket][0].add(byte & 15)
            each[bucket][1].add(byte >> 4)
    return [np.array([sum(1 << bucket for bucket, (low, high) in enumerate(each) if value & 15 in low and value >> 4 in high)
                      for value in VALUES], dtype=np.uint8) for each in nibbles]


def main():
    random.seed(1)
    files = sorted(glob.glob(os.path.join(sys.argv[1], "*.log")))
    data = b"".join(open(path, "rb").read() for path in random.sample(files, min(200, len(files))))[:3_000_000]
    places = [np.frombuffer(data, dtype=np.uint8)[i:len(data) - MARK + 1 + i] for i in range(MARK)]
    texts = signs()

    def score(marks):
        hits = np.full(len(data) - MARK + 1, 255, dtype=np.uint8)
        for table, bytes_ in zip(tables([text[mark:mark + MARK] for (text, _), mark in zip(texts, marks)]), places):
            hits &= table[bytes_]
        return np.count_nonzero(hits) / len(data) * 1024

    choices = []
    for text, _ in texts:
        rare = sorted((data.count(text[at:at + MARK]), at) for at in range(len(text) - MARK + 1))
        choices.append([at for count, at in rare if count <= max(rare[0][0] * 4, 1000)][:8])
    marks = [mark for _, mark in texts]
    best = score(marks)
    print(f"now {best:.2f} places a kilobyte fit")
    end = time.monotonic() + (float(sys.argv[2]) if len(sys.argv) > 2 else 100)
    while time.monotonic() < end:
        other = list(marks)
        for _ in range(random.choice((1, 1, 2))):
            at = random.randrange(len(texts))
            other[at] = random.choice(choices[at])
        if (found := score(other)) <= best:
            marks, best = other, found
    print(f"then {best:.2f}:")
    for (text, mark), other in zip(texts, marks):
        if mark != other:
            print(f"  {text.decode()!r}: {mark} -> {other}")


main()
