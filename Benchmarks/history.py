#!/usr/bin/env python3
"""history.py PROBERACE [--boots N] [--kills N] [--folder FOLDER]: a history of N boots (five million), straight into the database; how long
questions, one more night, a merge and pruning take. Then `history add` is killed in a loop: the database must open and hold every run that was
committed. Ends with 1 if not so, or if a question takes longer than 50 ms."""
import argparse
import json
import os
import random
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import farm

TARGET = 0.050


def run(proberace, *arguments, text=None):
    began = time.monotonic()
    answer = subprocess.run([proberace, "history", *arguments], input=text, capture_output=True, check=True)
    return time.monotonic() - began, answer.stdout


def rows(seed, boots):
    return "\n".join(farm.lines(seed, farm.farm(seed, boots)[1])).encode() + b"\n"


def fill(file, boots):
    """Boots of a year, as the program would have added them: the schema is the file's own, made by one small `history add`."""
    db = sqlite3.connect(file)
    db.execute("PRAGMA synchronous = OFF")
    names = dict(db.execute("SELECT name, id FROM names"))

    def name(text):
        if text not in names:
            names[text] = db.execute("INSERT INTO names (name) VALUES (?)", (text,)).lastrowid
        return names[text]

    draw = random.Random(1)
    boards, kernels = [name(text) for text in farm.BOARDS], [name(text) for text in farm.KERNELS]
    causes, words = [name(text) for text in farm.CAUSES], {text: name(text) for text in (
        "clean", "findings", "0.1.0", "whole to user space", "iommu-late-probe/v1:bind:nvme", "real", "certain", "0000:00:10.5", "nvme")}
    first = db.execute("SELECT max(id) FROM boots").fetchone()[0] + 1
    tally, seen = {}, {}

    def made():
        for number in range(first, first + boots):
            board, kernel = draw.randrange(15), draw.randrange(12)
            # A kernel is booted for a month.
            day = 20400 + kernel * 30 + draw.randrange(30)
            shows = causes[draw.randrange(4)] if draw.random() < 0.02 else None
            cell = (boards[board], kernels[kernel], day)
            count = tally.setdefault(cell, [0, 0])
            count[0] += 1
            count[1] += 1
            if shows:
                seen[(shows, *cell)] = seen.get((shows, *cell), 0) + 1
                found.append((number, 0, words["iommu-late-probe/v1:bind:nvme"], shows, words["real"], words["certain"],
                              words["0000:00:10.5"], words["nvme"], 1234567890))
            yield (number, draw.randbytes(32), 0, 60000, f"logs/{farm.BOARDS[board]}/{farm.KERNELS[kernel]}/boot-{number}.log",
                   kernels[kernel], boards[board], None, boards[board], kernels[kernel], words["findings" if shows else "clean"],
                   words["0.1.0"], 3, 1, words["whole to user space"], 1, day)

    found = []
    db.executemany(f"INSERT INTO boots VALUES ({','.join('?' * 17)})", made())
    db.executemany("INSERT INTO findings VALUES (?,?,?,?,?,?,?,?,?,NULL)", found)
    db.executemany("INSERT INTO tally VALUES (?,?,?,?,?) ON CONFLICT DO UPDATE SET boots = boots + excluded.boots, "
                   "eligible = eligible + excluded.eligible", [(*cell, *count) for cell, count in tally.items()])
    db.executemany("INSERT INTO seen VALUES (?,?,?,?,?,0) ON CONFLICT DO UPDATE SET boots = boots + excluded.boots",
                   [(*key, count) for key, count in seen.items()])
    db.commit()
    paths = db.execute("SELECT sum(length(path)) FROM boots").fetchone()[0]
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    return paths


def large(proberace, folder, boots):
    file = os.path.join(folder, "large.sqlite")
    took, _ = run(proberace, "add", "--history", file, "-", text=rows(1, 50000))
    print(f"50 000 boots into an empty history: {took:.2f} s, {os.path.getsize(file) / 50000:.0f} bytes a boot")
    paths = fill(file, boots)
    size = os.path.getsize(file)
    print(f"{boots} boots more: {size / 1e6:.0f} MB, {(size - paths) / (boots + 50000):.0f} bytes a boot without its path")
    good = True
    for question in (["show"], ["regressions"], ["trend", "--by", "kernel"], ["trend", "--by", "day"], ["trend", "--by", "board"],
                     ["compare", "6.17.0", "7.3.4"]):
        times = sorted(run(proberace, *question, "--history", file, "--format", "json")[0] for _ in range(5))
        good = good and times[2] <= TARGET
        print(f"{' '.join(question)}: {times[2] * 1000:.0f} ms{'' if times[2] <= TARGET else ': FAILED'}")
    took, _ = run(proberace, "add", "--history", file, "-", text=rows(2, 50000))
    print(f"50 000 boots more: {took:.2f} s")
    other = os.path.join(folder, "other.sqlite")
    run(proberace, "add", "--history", other, "-", text=rows(3, 50000))
    took, _ = run(proberace, "merge", "--history", file, other)
    print(f"another history of 50 000 merged: {took:.2f} s")
    took, _ = run(proberace, "merge", "--history", file, other)
    print(f"the same once more: {took:.2f} s")
    took, answer = run(proberace, "prune", "--history", file, "--before", "2025-12-10", "--format", "json")
    print(f"{json.loads(answer)['boots']} boots pruned: {took:.1f} s")
    for name in (file, other):
        os.unlink(name)
    return good


def kills(proberace, folder, times):
    """Adds are killed at any moment; what an add said that it had done is there, and the counts are those of the boots."""
    file, draw, done = os.path.join(folder, "killed.sqlite"), random.Random(7), 0
    for number in range(times):
        text = "\n".join(farm.lines(number, farm.farm(number, 3000)[1][:3000])).encode() + b"\n"
        child = subprocess.Popen([proberace, "history", "add", "--history", file, "-"], stdin=subprocess.PIPE,
                                 stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        try:
            child.stdin.write(text)
            child.stdin.close()
            time.sleep(draw.random() * 0.2)
        except BrokenPipeError:
            pass
        child.send_signal(signal.SIGKILL)
        said = child.stdout.read()
        child.wait()
        if said:
            done += 3000
        if not os.path.exists(file):
            continue
        db = sqlite3.connect(file)
        if not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
            db.close()
            continue
        boots, counted, ended = (db.execute(sql).fetchone()[0] for sql in (
            "SELECT count(*) FROM boots", "SELECT coalesce(sum(boots), 0) FROM tally", "SELECT count(*) FROM runs WHERE open = 0"))
        whole = db.execute("PRAGMA quick_check").fetchone()[0]
        db.close()
        if whole != "ok" or boots != counted or boots < done or boots % 1000 or boots < ended * 3000:
            print(f"after {number + 1} kills: {whole}, {boots} boots, {counted} counted, {done} said to be there: FAILED")
            return False
    print(f"{times} kills: every batch that was committed is there, {boots} boots, {ended} runs whole")
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("proberace")
    parser.add_argument("--boots", type=int, default=5_000_000)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--folder")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        good = options.boots == 0 or large(options.proberace, folder, options.boots)
        good = kills(options.proberace, folder, options.kills) and good
    sys.exit(not good)


if __name__ == "__main__":
    main()
