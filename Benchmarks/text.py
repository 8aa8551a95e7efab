#!/usr/bin/env python3
"""text.py PROBERACE [MEGABYTES]: CPU time of `proberace report` on a large ftrace text, as a ratio to ripgrep.

The text is one boot: the race of sample-traces/race-bind-6.17.13-kprobe amid recorded sched events and function
lines, tiled with their times shifted (at most 1 % of the lines matter). Beside it, without a target, a text of
relevant lines only. Medians of five runs, both commands in turn, user + system seconds."""
import os
import re
import resource
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
RACE = os.path.join(HERE, "../sample-traces/race-bind-6.17.13-kprobe/trace.txt")
PATTERN = "really_probe|iommu_probe_device|dma_configure"
FUNCTIONS = """mutex_unlock <-rb_simple_write
_raw_spin_lock_irqsave <-try_to_wake_up
update_curr <-dequeue_entity
kmem_cache_free <-unlink_anon_vmas
next_uptodate_folio <-filemap_map_pages
fpregs_assert_state_consistent <-do_syscall_64
ktime_get <-tick_irq_enter
__rcu_read_unlock <-atime_needs_update
down_read <-walk_component
security_file_permission <-vfs_read
irqtime_account_irq <-irq_exit_rcu
dequeue_task_fair <-__schedule""".splitlines()


def stamped(lines):
    """(columns, seconds, body) of each event line."""
    found = (re.match(r"^(.*\] \S+ +)(\d+\.\d{6})(: .*)$", line) for line in lines)
    return [(m[1].rstrip(), float(m[2]), m[3]) for m in found if m]


def noise_block():
    events = stamped(open(os.path.join(HERE, "sched.txt")))
    block = []
    for index, (left, seconds, body) in enumerate(events):
        block.append((left, seconds, body))
        block.append((left, seconds, ": " + FUNCTIONS[index % len(FUNCTIONS)]))
    return block


def tile(out, block, start, end, size):
    """Writes `block` over and over with times from start to end seconds until `size` bytes are written."""
    length = sum(len(f"{left} {0:12.6f}{body}\n") for left, _, body in block)
    times = max(1, size // length)
    first, span = block[0][1], block[-1][1] - block[0][1]
    step = (end - start) / times
    lines = 0
    for index in range(times):
        base = start + index * step
        out.write("".join(
            f"{left} {base + (seconds - first) / span * step * 0.999:12.6f}{body}\n" for left, seconds, body in block))
        lines += len(block)
    return lines


def make(path, megabytes):
    if os.path.exists(path):
        return
    race = open(RACE).read().splitlines()
    header, body = [l for l in race if l.startswith("#")], [l for l in race if not l.startswith("#")]
    times = [seconds for _, seconds, _ in stamped(body)]
    block = noise_block()
    half = megabytes * 500_000
    with open(path + ".part", "w") as out:
        out.write("\n".join(l for l in header if "entries-in-buffer" not in l) + "\n")
        before = tile(out, block, 1.0, times[0] - 0.5, half)
        out.write("\n".join(body) + "\n")
        after = tile(out, block, times[-1] + 0.5, times[-1] + 60, half)
    os.rename(path + ".part", path)
    print(f"{path}: {before + after + len(body)} lines, {100 * len(body) / (before + after):.2f} % of them relevant")


def make_relevant(path, megabytes):
    if os.path.exists(path):
        return
    race = open(RACE).read().splitlines()
    body = stamped(l for l in race if not l.startswith("#"))
    with open(path + ".part", "w") as out:
        tile(out, body, 1.0, 100_000.0, megabytes * 1_000_000)
    os.rename(path + ".part", path)


def run(command):
    """CPU seconds and peak kilobytes of one run."""
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, _, usage = os.wait4(child.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss


def compare(tool, path, target):
    ours, theirs, peak = [], [], 0
    for index in range(6):
        cpu, memory = run([tool, "report", "--format", "json", path])
        other, _ = run(["rg", "-c", PATTERN, path])
        if index:  # the first pair warms the page cache
            ours.append(cpu)
            theirs.append(other)
            peak = max(peak, memory)
    ratios = sorted(a / b for a, b in zip(ours, theirs))
    size = os.path.getsize(path) / 1e6
    print(f"{os.path.basename(path)} ({size:.0f} MB): proberace {statistics.median(ours):.2f} s CPU, "
          f"rg {statistics.median(theirs):.2f} s, ratio {statistics.median(ratios):.2f} "
          f"({ratios[0]:.2f}..{ratios[-1]:.2f}){target}, peak {peak / 1024:.0f} MB")


def main():
    tool = sys.argv[1]
    megabytes = int(sys.argv[2]) if len(sys.argv) > 2 else 520
    folder = os.path.join(HERE, "../.build/bench")
    os.makedirs(folder, exist_ok=True)
    mixed, dense = (os.path.join(folder, f"{name}-{megabytes}.txt") for name in ("mixed", "relevant"))
    make(mixed, megabytes)
    make_relevant(dense, megabytes)
    compare(tool, mixed, ", target 2.5")
    compare(tool, dense, ", no target")


main()
