#!/usr/bin/env python3
"""scale.py PROBERACE [LOGS [GIGABYTES]]: `proberace scan` over very many logs and over one very long one.

Watches from outside, through /proc: resident memory and open files must stay flat, and the work must go on steadily. The
long log is made on the fly and comes through a pipe: boots of the samples, one after the other. Ends with 1 if not so."""
import glob
import os
import shutil
import subprocess
import sys
import threading
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..")
# What the scan may need more at the end than after its first tenth, in MB.
SLACK = 24
# Seconds between two looks.
INTERVAL = 0.002


def samples():
    paths = sorted(glob.glob(os.path.join(ROOT, "sample-traces/*/dmesg.txt")))
    return [open(path, "rb").read() for path in paths]


def watch(child, done):
    """Memory (MB), open files and `done()`, again and again until the child ends."""
    rows = []
    while child.poll() is None:
        try:
            status = open(f"/proc/{child.pid}/status").read()
            rows.append((int(status.split("VmRSS:")[1].split()[0]) / 1024, len(os.listdir(f"/proc/{child.pid}/fd")),
                         done()))
        except (IndexError, OSError):
            pass  # it has just ended
        time.sleep(INTERVAL)
    return rows


def judge(what, child, rows, began):
    if len(rows) < 10:
        print(f"{what}: over in {time.monotonic() - began:.2f} s, too soon to be watched, exit {child.returncode}: FAILED")
        return False
    early, late = rows[len(rows) // 10:len(rows) // 5 + 1], rows[-len(rows) // 10:]
    grown = max(r[0] for r in late) - max(r[0] for r in early)
    files = max(r[1] for r in rows[len(rows) // 10:])
    # Steady: never a third of the time without work. Said only of long runs: a short one may have waited for a core.
    longest = since = 0
    for before, after in zip(rows, rows[1:]):
        since = since + 1 if after[2] == before[2] else 0
        longest = max(longest, since)
    steady = longest * 3 < len(rows) or len(rows) * INTERVAL < 4
    good = child.returncode in (0, 1) and grown < SLACK and files < 32 and steady
    print(f"{what}: {time.monotonic() - began:.1f} s, peak {max(r[0] for r in rows):.0f} MB, grown by {grown:.0f} MB, "
          f"at most {files} open files, {'steady' if steady else 'NOT STEADY'}, exit {child.returncode}"
          f"{'' if good else ': FAILED'}")
    return good


def many(tool, count):
    folder = os.path.join(ROOT, ".build/bench/many")
    shutil.rmtree(folder, ignore_errors=True)
    # What makes a sample a log, and no more: 4 KB each.
    heads = [data[:4000].rsplit(b"\n", 1)[0] + b"\n[   99.000000] Run /sbin/init as init process\n" for data in samples()]
    for index in range(count):
        if index % 1000 == 0:
            os.makedirs(f"{folder}/{index // 1000:03d}")
        with open(f"{folder}/{index // 1000:03d}/{index:06d}.log", "wb") as out:
            out.write(heads[index % len(heads)])
    result = os.path.join(ROOT, ".build/bench/many.jsonl")
    began = time.monotonic()
    child = subprocess.Popen([tool, "scan", "--format", "jsonl", "-o", result, folder])
    rows = watch(child, lambda: os.path.getsize(result) if os.path.exists(result) else 0)
    lines = sum(1 for _ in open(result, "rb")) - 1  # The last one is what they come to.
    good = judge(f"{count} logs", child, rows, began)
    shutil.rmtree(folder)
    if lines != count:
        print(f"{lines} results: FAILED")
    return good and lines == count


def long(tool, gigabytes):
    began = time.monotonic()
    result = os.path.join(ROOT, ".build/bench/long.jsonl")
    child = subprocess.Popen([tool, "scan", "--format", "jsonl", "-o", result, "-"], stdin=subprocess.PIPE)
    parts = samples()
    written = boots = 0

    def feed():
        nonlocal written, boots
        while written < gigabytes * 1e9:
            data = parts[boots % len(parts)]
            child.stdin.write(data)
            written += len(data)
            boots += 1
        child.stdin.close()

    feeder = threading.Thread(target=feed)
    feeder.start()
    rows = watch(child, lambda: written)
    feeder.join()
    lines = sum(1 for _ in open(result, "rb")) - 1  # The last one is what they come to.
    good = judge(f"one log of {written / 1e9:.2f} GB, {boots} boots", child, rows, began)
    if lines != boots:
        print(f"{lines} results: FAILED")
    return good and lines == boots


def main():
    tool = sys.argv[1]
    count = int(sys.argv[2]) if len(sys.argv) > 2 else 100_000
    gigabytes = float(sys.argv[3]) if len(sys.argv) > 3 else 10
    os.makedirs(os.path.join(ROOT, ".build/bench"), exist_ok=True)
    good = many(tool, count)
    good = long(tool, gigabytes) and good
    sys.exit(0 if good else 1)


main()
