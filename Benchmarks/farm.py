#!/usr/bin/env python3
"""farm.py SEED [--boots N] [--logs FOLDER]: a farm of boards, kernels and boots, with a rise planted in it.

Prints JSON lines as `scan --format jsonl` does, which `history add -` takes; with --logs it writes real logs into
FOLDER/{board}/{kernel}/ instead, from the samples' kernel logs, and prints nothing. The truth, as JSON, goes to standard error.

farm.py --check PROBERACE [--seeds N] [--boots N] [--folder FOLDER]: makes N farms and holds `history regressions` against what was planted in
each; ends with 1 if a rise is missed in any, or if more than one farm in twenty has anything else named."""
import argparse
import hashlib
import json
import os
import pathlib
import random
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
BOARDS = [f"board-{n:02}" for n in range(1, 16)]
KERNELS = ["6.15.11", "6.16.12", "6.17.0-rc5", "6.17.0", "6.17.13+deb13-arm64", "6.18.0-rc2", "6.18.15", "6.19.10",
           "7.0.4-1-cloud", "7.1.13", "7.2.13", "7.3.4"]
# Causes with the sample whose log has them and nothing else, and the rate at which they come without any change.
CAUSES = {
    "probe-before-domain": ("real", 0.010),
    "walk-bind-toctou": ("false-positive", 0.03),
    "silent-late-iommu": ("real", 0.004),
    "dma-configure-outside-bus": ("real", 0.002),
}
UNDETERMINED = 0.003
LEAST = 166


def farm(seed, boots):
    """The truth, and for each boot its board, kernel, whether it counts, and its cause (None: clean; "": undetermined)."""
    draw = random.Random(seed)
    cause = draw.choice(["probe-before-domain", "silent-late-iommu"])
    boards, kernel = sorted(draw.sample(BOARDS, 2)), draw.randrange(3, len(KERNELS) - 1)
    base = {(name, board): rate * draw.uniform(0.3, 1.7) for name, (_, rate) in CAUSES.items() for board in BOARDS}
    for board in boards:
        base[cause, board] = 0.01
    # A board has more boots than another; of a kernel some have few. What is planted has enough.
    weight = {board: draw.uniform(0.7, 1.3) for board in BOARDS}
    sizes = {}
    for board in BOARDS:
        for number, _ in enumerate(KERNELS):
            few = board not in boards and draw.random() < 0.1
            sizes[board, number] = draw.randrange(3, 20) if few else int(weight[board] * boots / len(BOARDS) / len(KERNELS))
            if board in boards:
                sizes[board, number] = max(LEAST, sizes[board, number])
    rest = boots - sum(sizes.values())
    while rest > 0:
        sizes[draw.choice(BOARDS), draw.randrange(len(KERNELS))] += 1
        rest -= 1
    rows = []
    for (board, number), size in sizes.items():
        # Power cuts and full disks come in clumps: a stretch of boots whose logs are of no use, more than those of what was planted need.
        clump = range(0) if board in boards or draw.random() < 0.8 else range(size // 3, size // 3 + size // 4)
        for index in range(size):
            shows = None
            for name, (_, _) in CAUSES.items():
                rate = base[name, board]
                if name == cause and board in boards and number >= kernel:
                    rate = 0.09
                if draw.random() < rate:
                    shows = name
                    break
            if shows is None and draw.random() < UNDETERMINED:
                shows = ""
            counts = shows is not None or index not in clump
            rows.append((board, KERNELS[number], counts, shows))
    truth = {"seed": seed, "cause": cause, "boards": boards, "kernel": KERNELS[kernel], "boots": len(rows)}
    return truth, rows


def lines(seed, rows):
    for index, (board, kernel, counts, shows) in enumerate(rows):
        findings = []
        if shows is not None:
            verdict = CAUSES[shows][0] if shows else "undetermined"
            findings.append({
                "signature": "iommu-late-probe/v1:bind:nvme", "cause": shows or None, "verdict": verdict,
                "confidence": "certain" if shows else None, "device": "0000:00:10.5", "driver": "nvme", "time": 1234567890})
        yield json.dumps({
            "schema": "proberace/scan@1", "version": "0.1.0", "rules": 3, "run": f"farm-{seed}",
            "answer": "findings" if findings else "clean" if counts else "incomplete",
            "hash": hashlib.sha256(f"{seed}/{index}".encode()).hexdigest(), "boot": 0, "size": 60000 + index,
            "path": f"logs/{board}/{kernel}/boot-{index:06}.log", "kernel": kernel, "hardware": f"QEMU {board}",
            "labels": {"board": board, "kernel": kernel},
            "eligible": {"value": counts, "why": "whole to user space" if counts else "no end"},
            "findings": findings})
    yield json.dumps({"schema": "proberace/scan-end@1"})


def logs(rows, folder, proberace):
    """Real logs: of each cause one that has it alone, as `proberace` judges the samples."""
    texts = {path: path.read_bytes() for path in sorted(ROOT.glob("sample-traces/*/dmesg.txt"))}
    scanned = subprocess.run([proberace, "scan", "--format", "jsonl", *map(str, texts)], capture_output=True, check=False)
    known = {}
    for line in scanned.stdout.splitlines():
        row = json.loads(line)
        causes = {finding["cause"] or "" for finding in row.get("findings", [])}
        if len(causes) == 1 and row["state"] == "complete":
            known.setdefault(causes.pop(), texts[pathlib.Path(row["path"])])
        elif not causes and row.get("answer") == "clean":
            known.setdefault(None, texts[pathlib.Path(row["path"])])
    for index, (board, kernel, counts, shows) in enumerate(rows):
        text = known.get(shows, known[None])
        if not counts:
            text = text[:len(text) // 3].rsplit(b"\n", 1)[0] + b"\n"
        # No two boots have the same text: the machine's own line tells them apart.
        path = pathlib.Path(folder, board, kernel, f"boot-{index:06}.log")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text + b"[  999.000000] farm: boot %d\n" % index)
    return sorted(cause or "undetermined" for cause in known if cause is not None)


def check(proberace, seeds, boots, folder):
    missed, others = 0, 0
    for seed in range(1, seeds + 1):
        truth, rows = farm(seed, boots)
        file = os.path.join(folder, f"farm-{seed}.sqlite")
        text = "\n".join(lines(seed, rows)).encode() + b"\n"
        began = time.monotonic()
        subprocess.run([proberace, "history", "add", "--history", file, "-"], input=text, check=True, capture_output=True)
        added = time.monotonic() - began
        began = time.monotonic()
        answer = subprocess.run([proberace, "history", "regressions", "--history", file, "--format", "json"], check=True,
                                capture_output=True)
        asked = time.monotonic() - began
        found = {(row["cause"], row["board"], row["kernel"]) for row in json.loads(answer.stdout)}
        planted = {(truth["cause"], board, truth["kernel"]) for board in truth["boards"]}
        missed += bool(planted - found)
        others += bool(found - planted)
        size = os.path.getsize(file) / len(rows)
        print(f"seed {seed}: {len(rows)} boots added in {added:.2f} s, {size:.0f} bytes each, asked in {asked * 1000:.0f} ms, "
              f"missed {sorted(planted - found)}, besides {sorted(found - planted)}")
        os.unlink(file)
    good = missed == 0 and others * 20 <= seeds
    print(f"{seeds} farms: {missed} with a rise that was missed, {others} with anything else named{'' if good else ': FAILED'}")
    return good


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("seed", nargs="?", type=int)
    parser.add_argument("--boots", type=int, default=50000)
    parser.add_argument("--logs")
    parser.add_argument("--proberace", default=str(ROOT / ".build/release/proberace"))
    parser.add_argument("--check")
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--folder")
    options = parser.parse_args()
    if options.check:
        with tempfile.TemporaryDirectory(dir=options.folder) as folder:
            sys.exit(not check(options.check, options.seeds, options.boots, folder))
    truth, rows = farm(options.seed, options.boots)
    if options.logs:
        truth["logs"] = logs(rows, options.logs, options.proberace)
    else:
        sys.stdout.writelines(line + "\n" for line in lines(options.seed, rows))
    print(json.dumps(truth), file=sys.stderr)


if __name__ == "__main__":
    main()
