#!/usr/bin/env python3
"""history.py PROBERACE [--boots N] [--kills N] [--folder FOLDER]: a history of N boots (five million), straight into the database; how long
questions, one more night, a merge and pruning take. Then `history add` and `scan --history` are killed in a loop: the database must open, hold every
run that was committed, and count what it holds. Ends with 1 if not so, or if a question takes more than 50 ms of CPU time."""
import argparse
import json
import os
import random
import resource
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import farm

TARGET = 0.050


class Took(float):
    """CPU seconds: what others do on the machine does not change them. As text with the time that passed."""

    def __new__(cls, cpu, passed):
        took = super().__new__(cls, cpu)
        took.passed = passed
        return took

    def __str__(self):
        return f"{float(self):.2f} CPU s ({self.passed:.2f} s)" if self > 0.5 else f"{self * 1000:.0f} CPU ms ({self.passed * 1000:.0f} ms)"


def run(proberace, *arguments, text=None):
    began, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN)
    answer = subprocess.run([proberace, "history", *arguments], input=text, capture_output=True, check=True)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Took(cpu, time.monotonic() - began), answer.stdout


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
        "clean", "findings", "0.1.0", "complete", "whole to user space", "iommu-late-probe/v1:bind:nvme", "real", "certain", "0000:00:10.5", "nvme")}
    first = db.execute("SELECT max(id) FROM boots").fetchone()[0] + 1
    tally, seen = {}, {}

    def made():
        for number in range(first, first + boots):
            board, kernel = draw.randrange(15), draw.randrange(len(kernels))
            # A kernel is booted for a month.
            day = 20400 + kernel * 360 // len(kernels) + draw.randrange(30)
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
                   words["0.1.0"], 3, 1, words["whole to user space"], 1, day, words["complete"])

    found = []
    db.executemany(f"INSERT INTO boots VALUES ({','.join('?' * 18)})", made())
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
    print(f"50 000 boots into an empty history: {took}, {os.path.getsize(file) / 50000:.0f} bytes a boot")
    paths = fill(file, boots)
    size = os.path.getsize(file)
    print(f"{boots} boots more: {size / 1e6:.0f} MB, {(size - paths) / (boots + 50000):.0f} bytes a boot without its path")
    good = True
    for question in (["show"], ["regressions"], ["trend", "--by", "kernel"], ["trend", "--by", "day"], ["trend", "--by", "board"],
                     ["compare", farm.KERNELS[3], farm.KERNELS[-1]]):
        times = sorted(run(proberace, *question, "--history", file, "--format", "json")[0] for _ in range(5))
        good = good and times[2] <= TARGET
        print(f"{' '.join(question)}: {times[2]}{'' if times[2] <= TARGET else ': FAILED'}")
    took, _ = run(proberace, "add", "--history", file, "-", text=rows(2, 50000))
    print(f"50 000 boots more: {took}")
    other = os.path.join(folder, "other.sqlite")
    run(proberace, "add", "--history", other, "-", text=rows(3, 50000))
    took, _ = run(proberace, "merge", "--history", file, other)
    print(f"another history of 50 000 merged: {took}")
    took, _ = run(proberace, "merge", "--history", file, other)
    print(f"the same once more: {took}")
    took, answer = run(proberace, "prune", "--history", file, "--before", "2025-12-10", "--format", "json")
    print(f"{json.loads(answer)['boots']} boots pruned: {took}")
    for name in (file, other):
        os.unlink(name)
    return good


def kills(proberace, folder, times):
    """Adds are killed at any moment; what an add said that it had done is there, and the counts are those of the boots."""
    file, draw, done = os.path.join(folder, "killed.sqlite"), random.Random(7), 0
    boots, ended = 0, 0
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


LOG = """[    0.000000] Linux version {kernel} (gcc 14) #1 SMP
[    0.100000] Hardware name: QEMU {board}
[    0.200000] pci 0000:00:01.0: Adding to iommu group 1
[    0.300000] {trouble}
[    0.400000] Run /sbin/init as init process
[    9.000000] farm: boot {number}
"""
TROUBLE = "nvme 0000:00:10.5: late IOMMU probe at driver bind, something fishy here!"


def counted(file):
    """What of a history's counts is not what its boots come to; None if SQLite finds nothing of ours in the file."""
    db = sqlite3.connect(file)
    if not db.execute("SELECT count(*) FROM sqlite_schema").fetchone()[0]:
        return None
    ask = lambda sql: db.execute(sql).fetchall()
    faults = [row[0] for row in ask("PRAGMA integrity_check") if row[0] != "ok"]
    tally = "SELECT board, counted, day, count(*), sum(eligible) FROM boots GROUP BY 1, 2, 3"
    if sorted(ask(tally)) != sorted(ask("SELECT * FROM tally WHERE boots > 0")):
        faults.append("tally")
    shown = "SELECT count(*) FROM (SELECT DISTINCT boot, coalesce(cause, signature) FROM findings)"
    if ask(shown) != ask("SELECT coalesce(sum(boots), 0) FROM seen"):
        faults.append("seen")
    if ask("SELECT count(*) FROM findings WHERE boot NOT IN (SELECT id FROM boots)") != [(0,)]:
        faults.append("findings of no boot")
    return faults


def kills_of_scans(proberace, folder, times, logs=3000):
    """The same of `scan --history`, two at a time. Each says something else of all boots, so that every one is written anew."""
    place, file, draw = os.path.join(folder, "logs"), os.path.join(folder, "scanned.sqlite"), random.Random(8)
    for number in range(logs):
        board, kernel = draw.choice(farm.BOARDS), draw.choice(farm.KERNELS)
        os.makedirs(os.path.join(place, board), exist_ok=True)
        with open(os.path.join(place, board, f"{number}.log"), "w") as log:
            log.write(LOG.format(board=board, kernel=kernel, number=number, trouble=TROUBLE if number % 9 == 0 else "usb"))
    whole, most, long = 0, 0, 1.0
    for number in range(times):
        children = [subprocess.Popen(
            [proberace, "scan", "-q", "--fail-on", "none", "--history", file, "--run", f"{number}-{part}", "--label", f"night={number}",
             "--labels-from-path", "{board}/", "--shard", f"{part}/2", place], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) for part in (1, 2)]
        # Every tenth may come to its end: another is longer in the works then.
        until = time.monotonic() + (60 if number % 10 == 0 else draw.random() * long)
        began = time.monotonic()
        while time.monotonic() < until and any(child.poll() is None for child in children):
            time.sleep(0.005)
        if number % 10 == 0:
            long = time.monotonic() - began
        for child in children:
            child.send_signal(signal.SIGKILL)
        ended = [f"{number}-{part}" for part, child in enumerate(children, 1) if child.wait() == 0]
        if not os.path.exists(file):
            continue
        faults = counted(file)
        if faults is None:
            continue
        db = sqlite3.connect(file)
        boots = db.execute("SELECT count(*) FROM boots").fetchone()[0]
        known = {name for name, in db.execute("SELECT name FROM runs WHERE open = 0")}
        here = db.execute("SELECT count(*) FROM boots WHERE labels IN (SELECT id FROM names WHERE name LIKE ?)", (f'%"night":"{number}"%',)).fetchone()[0]
        db.close()
        whole += len(ended)
        if faults or boots < most or not set(ended) <= known or len(ended) == 2 and (boots, here) != (logs, logs):
            print(f"after {number + 1} scans: {faults}, {boots} boots after {most}, of this one {here}, ended {ended}: FAILED")
            return False
        most = boots
    print(f"{times} times two scans, {2 * times - whole} of them killed: what was committed is there and counted, {most} boots")
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("proberace")
    parser.add_argument("--boots", type=int, default=5_000_000)
    parser.add_argument("--kernels", type=int, help="so many instead of the farm's twelve: one a night is 365")
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--folder")
    options = parser.parse_args()
    if options.kernels:
        farm.KERNELS = [f"6.{number // 20}.{number % 20}" for number in range(options.kernels)]
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        good = options.boots == 0 or large(options.proberace, folder, options.boots)
        good = kills(options.proberace, folder, options.kills) and good
        good = kills_of_scans(options.proberace, folder, options.kills) and good
    sys.exit(not good)


if __name__ == "__main__":
    main()
