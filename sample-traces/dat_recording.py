"""A recording of trace-cmd (version 7, little-endian), taken apart, and its records as another machine has them."""
import bisect
import re
import struct
import subprocess

NEEDED = {
    "function", "funcgraph_entry", "funcgraph_exit", "funcgraph_retaddr_entry", "kernel_stack", "print",
    "add_device_to_group", "remove_device_from_group", "attach_device_to_domain", "io_page_fault", "console",
    "error_report_end", "map",
}


def zstd(data, *flags):
    return subprocess.run(["zstd", "-q", "-c", *flags], input=data, capture_output=True, check=True).stdout


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
