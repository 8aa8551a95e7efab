#!/usr/bin/env python3
"""Makes a big trace.dat out of small recordings (version 7) of one boot: their pages are repeated CPU by CPU, later
each time, until the file has the wanted size. The first recording gives formats and symbols.

usage: tile-dat.py OUT.dat MEGABYTES v6|v7-none RECORDING...
The zstd form of a v7-none file: trace-cmd convert -i OUT.dat -o ZSTD.dat --compression zstd
"""
import importlib.util
import pathlib
import struct
import sys

source = pathlib.Path(__file__).resolve().parent.parent / "sample-traces" / "cut-dat.py"
sys.path.insert(0, str(source.parent))
spec = importlib.util.spec_from_file_location("cut_dat", source)
cut = importlib.util.module_from_spec(spec)
spec.loader.exec_module(cut)


def pages(stream, size):
    return [stream[i : i + size] for i in range(0, len(stream), size)]


def tile(recordings, target):
    """Per CPU, the pages of all recordings in turn, each round later than the one before."""
    size = recordings[0].page
    rounds = []
    shift = 0
    for rec in recordings:
        stamps = [struct.unpack_from("<Q", p)[0] for s in rec.cpus.values() for p in pages(s, size)]
        first, last = min(stamps), max(stamps)
        rounds.append(({c: pages(s, size) for c, s in rec.cpus.items()}, shift - first))
        shift += last - first + 1_000_000_000
    step = sum(len(s) for rec in recordings for s in rec.cpus.values())
    count = -(-target // step)
    cpus = sorted({c for rec in recordings for c in rec.cpus})
    return {
        cpu: b"".join(
            struct.pack("<Q", struct.unpack_from("<Q", page)[0] + offset + n * shift) + page[8:]
            for n in range(count) for found, offset in rounds for page in found.get(cpu, []))
        for cpu in cpus
    }


def main():
    if len(sys.argv) < 5:
        sys.exit(__doc__)
    out, megabytes, version = sys.argv[1], int(sys.argv[2]), sys.argv[3]
    recordings = [cut.Recording(path) for path in sys.argv[4:]]
    rec = recordings[0]
    cpus = tile(recordings, megabytes << 20)
    writer = cut.Writer(rec, "<")
    parts = dict(rec.sections)
    if version == "v6":
        cut.write_v6(out, writer, parts, [(b"", cpus)], rec.options)
    else:
        cut.write_v7(out, writer, parts, [(b"", cpus)], rec.options, None)


if __name__ == "__main__":
    main()
