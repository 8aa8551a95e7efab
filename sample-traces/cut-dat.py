#!/usr/bin/env python3
"""Makes small trace.dat samples out of one recording (version 7, zstd): the same records as version 6, version 7
with zstd, with zlib and without compression, and version 6 of a big-endian machine.

Left out: formats of events that are not needed, BTF, printk formats, all kernel symbols but those that the
records name, and with --cpus all other CPUs. What stays is byte for byte what the kernel wrote, except that the
big-endian file has every integer turned round.

usage: cut-dat.py TRACE.DAT OUT-PREFIX [options]
makes PREFIX-v6.dat, -v7-zstd.dat, -v7-zlib.dat, -v7-none.dat and -v6-big-endian.dat; needs /usr/bin/zstd.
"""
import argparse
import struct
import zlib

from dat_recording import Recording, big_endian_page, formats, named_symbols, zstd

CHUNK_PAGES = 10

VERSIONS = (
    ("v6", "<", None), ("v7-zstd", "<", zstd), ("v7-zlib", "<", zlib.compress), ("v7-none", "<", None),
    ("v6-big-endian", ">", None),
)


class Writer:
    """Writes the parts; `e` is struct's sign for the byte order."""

    def __init__(self, rec, e):
        self.rec, self.e = rec, e

    def pack(self, kinds, *values):
        return struct.pack(self.e + kinds, *values)

    def header_info(self):
        body = self.rec.sections[16]
        size = struct.unpack_from("<Q", body, 12)[0]
        page = body[20 : 20 + size]
        at = 20 + size + 13
        event = body[at + 8 : at + 8 + struct.unpack_from("<Q", body, at)[0]]
        return b"header_page\0" + self.pack("Q", len(page)) + page + b"header_event\0" + self.pack("Q", len(event)) + event

    def format_list(self, found):
        return self.pack("I", len(found)) + b"".join(self.pack("Q", len(f.text)) + f.text for f in found)

    def event_formats(self, systems):
        return self.pack("I", len(systems)) + b"".join(s + b"\0" + self.format_list(f) for s, f in systems)

    def sized(self, kind, body):
        return self.pack(kind, len(body)) + body

    def head(self, version):
        order = 0 if self.e == "<" else 1
        return b"\x17\x08\x44tracing" + version + b"\0" + bytes([order, self.rec.long]) + self.pack("I", self.rec.page)


def aligned(data, size):
    return data + bytes(-len(data) % size)


def write_v6(path, w, parts, buffers, options):
    """`buffers`: (name, {cpu: pages}), the top one first."""
    out = w.head(b"6") + parts[16] + parts[17] + parts[18] + parts[19] + parts[20] + parts[21]
    count = max(c for _, cpus in buffers for c in cpus) + 1
    out += w.pack("I", count) + b"options  \0"
    for ident, data in options:
        out += w.pack("HI", ident, len(data)) + data
    # Each table of CPUs stands before its data; an instance's is found through its option.
    tables = len(out) + sum(6 + 8 + len(name) + 1 for name, _ in buffers[1:]) + 2
    places, data = [], b""
    start = tables + len(buffers) * (10 + 16 * count)
    start += -start % w.rec.page
    body = b""
    for name, cpus in buffers:
        places.append(tables + len(body))
        body += b"flyrecord\0"
        for cpu in range(count):
            pages = cpus.get(cpu, b"")
            body += w.pack("QQ", start + len(data), len(pages))
            data += pages
    for (name, _), place in zip(buffers[1:], places[1:]):
        out += w.pack("HI", 3, 8 + len(name) + 1) + w.pack("Q", place) + name + b"\0"
    out += w.pack("H", 0) + body
    open(path, "wb").write(out.ljust(start, b"\0") + data)


def write_v7(path, w, parts, buffers, options, packer):
    """`buffers`: (name, {cpu: pages}); `packer` is None, or what compresses a block."""
    name = {None: b"none\0\0", zstd: b"zstd\x001.5.4\0", zlib.compress: b"zlib\x001.2.13\0"}[packer]
    out = w.head(b"7") + name
    patch = len(out)
    out += bytes(8)

    def section(ident, body, packed):
        if packed:
            small = packer(body)
            body = w.pack("II", len(small), len(body)) + small
        return w.pack("HHIQ", ident, 1 if packed else 0, 0, len(body)) + body

    found = b""
    for ident in (16, 17, 18, 19, 20, 21):
        found += w.pack("HIQ", ident, 8, len(out))
        out += section(ident, parts[ident], packer)
    for ident, data in options:
        found += w.pack("HI", ident, len(data)) + data
    first = len(out)
    out = [out, section(0, found + w.pack("HIQ", 0, 8, 0), False)]
    # The chain goes on behind each buffer's data: the offset at the end of the section before is set then.
    link = first + len(out[1]) - 8
    for name, cpus in buffers:
        at = sum(map(len, out))
        start = at + 16 + -(at + 16) % w.rec.page
        data, entries = [], b""
        for cpu, pages in sorted(cpus.items()):
            if packer:
                pages = compressed(w, pages, packer)
            entries += w.pack("IQQ", cpu, start + sum(map(len, data)), len(pages))
            data.append(aligned(pages, w.rec.page))
        size = start - at - 16 + sum(map(len, data))
        out.append(w.pack("HHIQ", 3, 1 if packer else 0, 0, size).ljust(start - at, b"\0"))
        out += data
        option = w.pack("Q", at) + name + b"\0" + w.rec.clock.encode() + b"\0"
        option += w.pack("II", w.rec.page, len(cpus)) + entries
        end = sum(map(len, out))
        out = patched(out, link, w.pack("Q", end))
        out.append(section(0, w.pack("HI", 3, len(option)) + option + w.pack("HIQ", 0, 8, 0), False))
        link = end + len(out[-1]) - 8
    out = patched(out, patch, w.pack("Q", first))
    with open(path, "wb") as file:
        file.writelines(out)


def compressed(w, pages, packer):
    step = CHUNK_PAGES * w.rec.page
    chunks = [pages[i : i + step] for i in range(0, len(pages), step)]
    small = [packer(c) for c in chunks]
    return w.pack("I", len(chunks)) + b"".join(w.pack("II", len(s), len(c)) + s for s, c in zip(small, chunks))


def patched(parts, at, data):
    """`parts` with `data` written over what stands at offset `at` of their sum."""
    for n, part in enumerate(parts):
        if at < len(part):
            return parts[:n] + [part[:at] + data + part[at + len(data) :]] + parts[n + 1 :]
        at -= len(part)
    raise IndexError


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("recording")
    arguments.add_argument("prefix")
    arguments.add_argument("--cpus", help="keep these CPUs only")
    arguments.add_argument("--instance", help="move the CPUs after the first two into a buffer of this name")
    arguments.add_argument("--date", help="add a DATE option, microseconds in hex")
    arguments.add_argument("--versions", default="v6,v7-zstd,v7-zlib,v7-none,v6-big-endian")
    arguments.add_argument("--keep-formats", action="store_true")
    given = arguments.parse_args()
    rec = Recording(given.recording)
    if given.cpus:
        rec.cpus = {c: rec.cpus[c] for c in map(int, given.cpus.split(",")) if c in rec.cpus}
    ftrace = formats(rec.sections[17], False)[0][1]
    systems = formats(rec.sections[18], True)
    by_id = {f.id: f for _, found in [(None, ftrace), *systems] for f in found}
    kept = lambda found: [f for f in found if f.needed or given.keep_formats]
    symbols = named_symbols(rec.sections[19][4:], rec.cpus)
    big = {
        cpu: b"".join(
            big_endian_page(pages[i : i + rec.page], by_id, rec.long) for i in range(0, len(pages), rec.page))
        for cpu, pages in rec.cpus.items()
    }
    if given.date:
        rec.options.append((1, given.date.encode() + b"\0"))
    for suffix, e, packer in VERSIONS:
        if suffix not in given.versions.split(","):
            continue
        w = Writer(rec, e)
        parts = {
            16: w.header_info(), 17: w.format_list(kept(ftrace)),
            18: w.event_formats([(s, kept(f)) for s, f in systems if kept(f)]),
            19: w.sized("I", symbols), 20: w.sized("I", b""), 21: w.sized("Q", rec.sections[21][8:]),
        }
        buffers = split(big if e == ">" else rec.cpus, given.instance)
        path = f"{given.prefix}-{suffix}.dat"
        if suffix.startswith("v6"):
            write_v6(path, w, parts, buffers, rec.options)
        else:
            write_v7(path, w, parts, buffers, rec.options, packer)


def split(cpus, instance):
    if not instance:
        return [(b"", cpus)]
    top = sorted(cpus)[:2]
    rest = {c: p for c, p in cpus.items() if c not in top}
    return [(b"", {c: cpus[c] for c in top}), (instance.encode(), rest)]


if __name__ == "__main__":
    main()
