#!/usr/bin/env python3
"""scan.py PROBERACE [MEGABYTES]: CPU time of `proberace scan` over many boot logs, as a ratio to ripgrep.

Sets of logs, each made by repeating what is there (sample-traces/, ../shared/captures and ../shared/real-logs):
  clean       boots that say nothing of IOMMU probes, what a CI farm sees nearly always: at most 3 times rg
  usual       the same with one log in a hundred that must be judged: at most 3 times
  everything  all of ../shared/real-logs/boot, whatever it is: at most 8 times
  judged      logs with a finding or a suspect, each parsed whole and judged: 150 MB a CPU second; a tenth as many
  archive     everything as one tar.zst, on one core and on two: by the clock
Medians of five runs on one core, both commands in turn, user + system seconds; then one core against two by the clock,
beside what this machine gives at most: two processes, each on a core of its own, with half of the logs each, and ripgrep.
KernelCI's logspec is measured too, over some 30 MB of each set, if its Python module can be imported
or LOGSPEC names a folder with its source (kernelci/logspec; it is not on PyPI and needs pyyaml)."""
import glob
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..")
LOGSPEC = """
import os, sys
from logspec.main import load_parser, parse_log_file
start = load_parser("generic_linux_boot")  # once, as KernelCI does
for name in sorted(os.listdir(sys.argv[1])):
    parse_log_file(os.path.join(sys.argv[1], name), start)
"""


def logs(tool):
    """Contents of the boot logs that are here: those that must be judged, and those that say nothing of IOMMU probes. Archives and
    damaged logs stay out: ripgrep would do less with them."""
    judged, clean = [], []
    places = ["sample-traces/*/dmesg.txt", "../shared/captures/*/dmesg.txt", "../shared/real-logs/boot/*.log"]
    for path in sorted(path for place in places for path in glob.glob(os.path.join(ROOT, place))):
        lines = subprocess.run([tool, "scan", "--format", "jsonl", path], capture_output=True, text=True).stdout
        data = open(path, "rb").read()
        # A trace printed into the log (tp_printk) makes it no usual one.
        if '"error"' in lines or b"ustar" in data[:512] or b"tp_printk" in data[:20000]:
            continue
        row = lines.split('"others"')[0]
        if '"signature":' in row or '"tells":' in row:
            judged.append(data)
        elif b"ignoring dependency" not in data and b"iommu_probe_device+" not in data:
            clean.append(data)
    return judged, clean


def everything():
    return [open(path, "rb").read() for path in sorted(glob.glob(os.path.join(ROOT, "../shared/real-logs/boot/*")))]


def make(folder, judged, clean, megabytes, every):
    """`every`: one log in so many must be judged; 0: none, 1: all."""
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    size = count = 0
    while size < megabytes * 1e6:
        has = every and count % every == every - 1
        source = judged if has else clean
        data = source[(count // every if has else count) % len(source)]
        with open(os.path.join(folder, f"{count:06d}.log"), "wb") as out:
            out.write(data)
        size += len(data)
        count += 1
    return size, count


def start(command, cores):
    """Begins a command on `cores`; it inherits them, so that no other program has to be run first."""
    os.sched_setaffinity(0, cores)
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def run(command, cores={0}):
    """CPU seconds, seconds by the clock and peak kilobytes of one run."""
    began = time.monotonic()
    _, _, usage = os.wait4(start(command, cores).pid, 0)
    return usage.ru_utime + usage.ru_stime, time.monotonic() - began, usage.ru_maxrss


def scan(tool, logs, jobs):
    logs = [logs] if isinstance(logs, str) else logs
    return [tool, "scan", "-j", str(jobs), "--format", "jsonl", "--fail-on", "none"] + logs


def rg(folder, jobs):
    return ["rg", "-j", str(jobs), "-a", "-F", "-c", "WARNING:", folder]


def compare(tool, folder, size, target):
    ours, theirs, peak = [], [], 0
    for index in range(6):
        cpu, _, memory = run(scan(tool, folder, 1))
        other, _, _ = run(rg(folder, 1))
        if index:  # the first pair warms the page cache
            ours.append(cpu)
            theirs.append(other)
            peak = max(peak, memory)
    ratios = sorted(a / b for a, b in zip(ours, theirs))
    print(f"  proberace {statistics.median(ours):.2f} s CPU, rg {statistics.median(theirs):.3f} s, "
          f"ratio {statistics.median(ratios):.1f} ({ratios[0]:.1f}..{ratios[-1]:.1f}), "
          f"{size / 1e6 / statistics.median(ours):.0f} MB a CPU second, target {target}, peak {peak / 1024:.0f} MB")


def halves(tool, folder):
    """Seconds by the clock of two scans side by side, each with half of the logs."""
    names = sorted(os.listdir(folder))
    lists = []
    for half in (0, 1):
        lists.append(f"{folder}-half{half}")
        with open(lists[half], "w") as out:
            out.writelines(f"{os.path.join(folder, name)}\n" for name in names[half::2])
    began = time.monotonic()
    for child in [start(scan(tool, ["--files-from", lists[half]], 1), {half}) for half in (0, 1)]:
        child.wait()
    return time.monotonic() - began


def two_cores(tool, folder):
    """By the clock: the logs once, and three times over, where start-up and the walk through the folder weigh less."""
    def tell(title, pairs):
        ratios = sorted(one / two for one, two in pairs)
        one, two = min(one for one, _ in pairs), min(two for _, two in pairs)
        print(f"    {title}: {statistics.median(ratios):.2f} ({ratios[0]:.2f}..{ratios[-1]:.2f}), "
              f"the best of each {one:.3f} s, {two:.3f} s: {one / two:.2f}")
    once, thrice, most, others = [], [], [], []
    for _ in range(9):
        one = run(scan(tool, folder, 1))[1]
        once.append((one, run(scan(tool, folder, 2), {0, 1})[1]))
        most.append((one, halves(tool, folder)))
        others.append((run(rg(folder, 1))[1], run(rg(folder, 2), {0, 1})[1]))
        thrice.append((run(scan(tool, [folder] * 3, 1))[1], run(scan(tool, [folder] * 3, 2), {0, 1})[1]))
    print("  two cores against one, by the clock, target 1.8:")
    tell("proberace", once)
    tell("proberace, the logs three times over", thrice)
    tell("two processes, half of the logs each", most)
    tell("rg", others)


def archive(tool, folder):
    """One archive of all: its members are unpacked by one worker and judged by all."""
    packed = folder + ".tar.zst"
    subprocess.run(["tar", "-C", os.path.dirname(folder), "--zstd", "-cf", packed, os.path.basename(folder)], check=True)
    run(scan(tool, packed, 1))
    pairs = [(run(scan(tool, packed, 1)), run(scan(tool, packed, 2), {0, 1})) for _ in range(3)]
    one, two = min(one[1] for one, _ in pairs), min(two[1] for _, two in pairs)
    unpack = min(run(["sh", "-c", f"zstd -dc {packed} | cat > /dev/null"])[0] for _ in range(3))
    print(f"archive: {os.path.getsize(packed) / 1e6:.0f} MB packed: one core {one:.2f} s, two {two:.2f} s by the clock: "
          f"{one / two:.2f} times as fast; zstd alone {unpack:.2f} s CPU")


def readable(data):
    """Whether logspec gets to the kernel's messages: it fails at a byte that is not UTF-8, and ends early if it sees no kernel start."""
    try:
        return "] Booting Linux" in data.decode()
    except UnicodeDecodeError:
        return False


def logspec(tool, folder):
    few = folder + "-logspec"
    shutil.rmtree(few, ignore_errors=True)
    os.makedirs(few)
    size = count = 0
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if size < 30e6 and readable(open(path, "rb").read()):
            os.link(path, os.path.join(few, name))
            size += os.path.getsize(path)
            count += 1
    command = [sys.executable, "-c", LOGSPEC, few]
    subprocess.run(command, check=True)  # also warms the page cache
    pairs = [(run(scan(tool, few, 1))[0], run(command)[0]) for _ in range(5)]
    ratios = sorted(theirs / ours for ours, theirs in pairs)
    print(f"  logspec over {count} of them, {size / 1e6:.0f} MB: {statistics.median(theirs for _, theirs in pairs):.2f} s CPU, "
          f"proberace {statistics.median(ours for ours, _ in pairs):.3f} s, "
          f"ratio {statistics.median(ratios):.1f} ({ratios[0]:.1f}..{ratios[-1]:.1f}), target 30")


def main():
    tool = sys.argv[1]
    megabytes = int(sys.argv[2]) if len(sys.argv) > 2 else 520
    if "LOGSPEC" in os.environ:
        os.environ["PYTHONPATH"] = os.path.abspath(os.environ["LOGSPEC"])
    has_logspec = not subprocess.run([sys.executable, "-c", "import logspec.main"], capture_output=True).returncode
    judged, clean = logs(tool)
    for name, logs_of, every, target in [
            ("clean", clean, 0, "3 times rg"), ("usual", clean, 100, "3 times rg"),
            ("everything", everything(), 0, "8 times rg"), ("judged", clean, 1, "150 MB a second")]:
        folder = os.path.join(ROOT, ".build/bench", f"scan-{name}")
        size, count = make(folder, judged, logs_of, megabytes // 10 if every == 1 else megabytes, every)
        print(f"{name}: {count} logs, {size / 1e6:.0f} MB")
        compare(tool, folder, size, target)
        two_cores(tool, folder)
        if has_logspec:
            logspec(tool, folder)
        if name == "everything":
            archive(tool, folder)
    if not has_logspec:
        print("logspec: its module is not here (LOGSPEC can name a folder with its source), so it was not measured")


main()
