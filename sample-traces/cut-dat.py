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
import bisect
import re
import struct
import subprocess
import zlib

NEEDED = {
    "function", "funcgraph_entry", "funcgraph_exit", "funcgraph_retaddr_entry", "kernel_stack", "print",
    "add_device_to_group", "remove_device_from_group", "attach_device_to_domain", "io_page_fault", "console",
    "error_report_end", "map",
}
CHUNK_PAGES = 10


def zstd(data, *flags):
    return subprocess.run(["zstd", "-q", "-c", *flags], input=data, capture_output=True, check=True).stdout


VERSIONS = (
    ("v6", "<", None), ("v7-zstd", "<", zstd), ("v7-zlib", "<", zlib.compress), ("v7-none", "<", None),
    ("v6-big-endian", ">", None),
)


class Recording:
    """A little-endian version 7 file, taken apart."""

    def __init__(self, path):
        self.d = d = open(path, "rb").read()
        assert d[:10] == b"\x17\x08\x44tracing" and d[10:12] == b"7\0" and d[12] == 0, "not little-endian version 7"
        self.long = d[13]
        self.page = struct.unpack_from("<I", d, 14)[0]
        self.packer, at = self.string(18)
        _, at = self.string(at)
        self.options, self.sections, self.cpus, self.clock = [], {}, {}, ""
        at = struct.unpack_from("<Q", d, at)[0]
        while at:
            at = self.read_options(at)

    def string(self, at):
        end = self.d.index(b"\0", at)
        return self.d[at:end].decode(), end + 1

    def section(self, at):
        ident, flags, _, size = struct.unpack_from("<HHIQ", self.d, at)
        body = self.d[at + 16 : at + 16 + size]
        if flags & 1 and ident != 3:
            body = zstd(body[8:], "-d")
        return ident, flags, body

    def read_options(self, at):
        _, _, body = self.section(at)
        at = 0
        while at < len(body):
            ident, size = struct.unpack_from("<HI", body, at)
            data = body[at + 6 : at + 6 + size]
            at += 6 + size
            if ident == 0:
                return struct.unpack("<Q", data)[0]
            if ident == 3:
                self.read_buffer(data)
            elif 16 <= ident <= 21:
                self.sections[ident] = self.section(struct.unpack("<Q", data)[0])[2]
            elif ident in (4, 5, 9):
                self.options.append((ident, data))
        return 0

    def read_buffer(self, data):
        offset = struct.unpack_from("<Q", data, 0)[0]
        name, at = data[8:].split(b"\0")[0], 8
        assert name == b"", "only the top buffer is cut"
        at = data.index(b"\0", 8) + 1
        end = data.index(b"\0", at)
        self.clock = data[at:end].decode()
        at = end + 1
        self.page, count = struct.unpack_from("<II", data, at)
        compressed = self.section(offset)[1] & 1
        for n in range(count):
            cpu, start, size = struct.unpack_from("<IQQ", data, at + 8 + n * 20)
            self.cpus[cpu] = self.chunks(start) if compressed else self.d[start : start + size]

    def chunks(self, at):
        count = struct.unpack_from("<I", self.d, at)[0]
        at += 4
        pages = b""
        for _ in range(count):
            packed, _ = struct.unpack_from("<II", self.d, at)
            pages += zstd(self.d[at + 8 : at + 8 + packed], "-d")
            at += 8 + packed
        return pages


class Format:
    def __init__(self, text):
        self.text = text
        head = text.decode()
        self.name = re.search(r"name: (\S+)", head)[1]
        self.id = int(re.search(r"ID: (\d+)", head)[1])
        self.needed = self.name in NEEDED or "__probe_ip" in head or "__probe_func" in head
        self.fields = [
            (f[0], int(f[1]), int(f[2])) for f in re.findall(r"field:([^;]+);\toffset:(\d+);\tsize:(\d+);", head)
        ]

    def swapped(self, record, long):
        """The record's bytes as a big-endian machine has them."""
        out = bytearray(record)
        for name, offset, size in self.fields:
            array = re.search(r"\[(\d*)\]$", name)
            if array and "__data_loc" not in name:
                if "char" in name:
                    continue
                end = len(record) if size == 0 else min(offset + size, len(record))
                step = long if "long" in name else 1
                places = range(offset, end - step + 1, step)
            else:
                places, step = [offset], size
            for at in places:
                if at + step <= len(record):
                    out[at : at + step] = record[at : at + step][::-1]
        return bytes(out)


def formats(body, named):
    """[(system, [Format])]; the system of the ftrace list is None."""
    at, result = 0, []
    systems = 1
    if named:
        systems, at = struct.unpack_from("<I", body)[0], 4
    for _ in range(systems):
        system = None
        if named:
            end = body.index(b"\0", at)
            system, at = body[at:end], end + 1
        count = struct.unpack_from("<I", body, at)[0]
        at += 4
        found = []
        for _ in range(count):
            size = struct.unpack_from("<Q", body, at)[0]
            found.append(Format(body[at + 8 : at + 8 + size]))
            at += 8 + size
        result.append((system, found))
    return result


def records(page):
    """(offset of the head word, kind, delta, offset of the data, length of the data) of a page's records."""
    commit = struct.unpack_from("<Q", page, 8)[0] & 0x7FFFFFF
    at, end = 16, 16 + commit
    while at < end:
        word = struct.unpack_from("<I", page, at)[0]
        kind, delta = word & 31, word >> 5
        if kind == 29 and delta == 0:
            return
        if 1 <= kind <= 28:
            yield at, kind, delta, at + 4, kind * 4
            at += 4 + kind * 4
        elif kind == 0:
            length = struct.unpack_from("<I", page, at + 4)[0] - 4
            yield at, kind, delta, at + 8, length
            at += 8 + (length + 3 & ~3)
        elif kind == 29:
            length = struct.unpack_from("<I", page, at + 4)[0]
            yield at, kind, delta, at + 8, 0
            at += 4 + length
        else:
            yield at, kind, delta, at + 8, 0
            at += 8


def big_endian_page(page, by_id, long):
    out = bytearray(page)
    out[0:8] = page[0:8][::-1]
    out[8:16] = page[8:16][::-1]
    for at, kind, delta, data, length in records(page):
        struct.pack_into(">I", out, at, kind << 27 | delta)
        if not 1 <= kind <= 28:
            out[at + 4 : at + 8] = page[at + 4 : at + 8][::-1]
        if length:
            record = page[data : data + length]
            event = by_id[struct.unpack_from("<H", record)[0]]
            out[data : data + length] = event.swapped(record, long)
    return bytes(out)


def named_symbols(text, cpus):
    """The symbols that words of the recording lie in, and each one's next, which ends it."""
    lines = [l for l in text.decode().split("\n") if l]
    table = sorted((int(l.split(" ", 1)[0], 16), n) for n, l in enumerate(lines))
    starts = [s for s, _ in table]
    keep = set()
    for pages in cpus.values():
        for word in set(struct.unpack("<%dQ" % (len(pages) // 8), pages[: len(pages) // 8 * 8])) | set(
            struct.unpack("<%dQ" % ((len(pages) - 4) // 8), pages[4 : 4 + (len(pages) - 4) // 8 * 8])
        ):
            if word < starts[0]:
                continue
            n = bisect.bisect_right(starts, word)
            while n > 0 and n < len(table) and starts[n - 1] == starts[bisect.bisect_right(starts, word) - 1]:
                n -= 1
            for place in range(n, min(len(table), n + 4)):
                keep.add(table[place][1])
    return ("\n".join(lines[n] for n in sorted(keep)) + "\n").encode()


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
