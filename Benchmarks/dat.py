#!/usr/bin/env python3
"""dat.py PROBERACE [MEGABYTES]: CPU time of `proberace report` on large trace.dat files, as ratios to trace-cmd.

Big files are tiled from small recordings (tile-dat.py): sched and function events in which at most 1 % of the records
matter, and a function_graph recording. Medians of five runs in turn, user + system seconds of the whole process.
Memory is the peak, mapped parts of the file included."""
import os
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..")
SHARED = os.path.join(ROOT, "../shared/captures")
MIXED = [os.path.join(SHARED, "tracecmd-6.17.13", f) for f in ("v7-none-events.dat", "v7-zstd-function.dat")]
GRAPH = [os.path.join(SHARED, "clean-fgraph-6.17.13/trace.dat")]
FILTER = ["-F", 'funcgraph_entry: func == "really_probe"']


def make(name, kind, megabytes, recordings):
    path = os.path.join(ROOT, ".build/bench", f"{name}-{megabytes}.dat")
    if not os.path.exists(path):
        os.makedirs(os.path.dirname(path), exist_ok=True)
        subprocess.run(
            [sys.executable, os.path.join(HERE, "tile-dat.py"), path + ".part", str(megabytes), kind, *recordings],
            check=True)
        os.rename(path + ".part", path)
    return path


def run(command):
    """CPU seconds, wall seconds and peak kilobytes of one run."""
    began = time.monotonic()
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss


def compare(title, path, ours, theirs, target):
    ratios, cpu, walls, peak = [], [], [], 0
    run(ours)
    for _ in range(5):
        seconds, wall, memory = run(ours)
        ratios.append(run(theirs)[0] / seconds)
        cpu.append(seconds)
        walls.append(wall)
        peak = max(peak, memory)
    size = os.path.getsize(path) / 1e6
    print(f"{title}, {size:.0f} MB: proberace {statistics.median(cpu):.3f} s CPU, {statistics.median(walls):.3f} s wall; "
          f"ratio {statistics.median(ratios):.1f} ({min(ratios):.1f}..{max(ratios):.1f}), target {target}; "
          f"peak {peak / 1024:.0f} MB", flush=True)


def main():
    tool = sys.argv[1]
    megabytes = int(sys.argv[2]) if len(sys.argv) > 2 else 420
    if not os.path.isdir(SHARED):
        sys.exit("the recordings of ../shared/captures are not here: nothing is measured")
    report = [tool, "report"]
    for kind in ("v6", "v7-none"):
        path = make(f"mixed-{kind}", kind, megabytes, MIXED)
        compare(f"mixed {kind} against trace-cmd report", path, [*report, path], ["trace-cmd", "report", path], "100")
        path = make(f"graph-{kind}", kind, megabytes, GRAPH)
        compare(f"graph {kind} against trace-cmd report -F", path, [*report, path],
                ["trace-cmd", "report", *FILTER, path], "10")
    plain = make("mixed-v7-none", "v7-none", megabytes, MIXED)
    packed = plain.replace("-none", "-zstd")
    if not os.path.exists(packed):
        subprocess.run(["trace-cmd", "convert", "-i", plain, "-o", packed, "--compression", "zstd"], check=True,
                       stdout=subprocess.DEVNULL)
    unpack = [sys.executable, os.path.join(HERE, "unzstd-chunks.py"), packed]
    frames = packed + ".frames"
    if not os.path.exists(frames):
        subprocess.run([*unpack, frames], check=True)
    # zstd's own decompressor on the same frames in one stream: the bound for anything that reads them.
    compare("mixed v7 zstd against decompressing its chunks (ratio above 0.67)", packed, [*report, packed],
            ["zstd", "-d", "-q", "-c", "-T1", "--single-thread", frames], "0.67")
    one = statistics.median(run(["taskset", "-c", "0", *report, packed])[1] for _ in range(5))
    two = statistics.median(run([*report, packed])[1] for _ in range(5))
    print(f"mixed v7 zstd: {one:.2f} s wall on one core, {two:.2f} s on all")
    small = os.path.join(SHARED, "natural-6.17.13-4/trace.dat")
    print(f"small trace.dat ({os.path.getsize(small) / 1e6:.1f} MB): "
          f"{statistics.median(run([*report, small])[0] for _ in range(5)) * 1000:.0f} ms CPU, target 100")


main()
