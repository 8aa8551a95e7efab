#!/usr/bin/env python3
"""usage: seeds.py TARGET FOLDER   Writes what fuzzing begins with, from sample-traces and Tests/Field: small pieces."""

import base64
import bz2
import gzip
import html
import io
import json
import lzma
import pathlib
import quopri
import subprocess
import sys
import tarfile
import zipfile
import zlib

ROOT = pathlib.Path(__file__).resolve().parent.parent
SAMPLES = ROOT / "sample-traces"
FIELD = ROOT / "Tests/Field"
PIECE = 4096


def pieces(data: bytes, most: int) -> list[bytes]:
    """The beginning of a text, and pieces from all over it, of whole lines."""
    step = max(PIECE, len(data) // most)
    found = []
    for start in range(0, len(data), step):
        start = data.find(b"\n", start) + 1 if start else 0
        piece = data[start : start + PIECE]
        found.append(piece[: piece.rfind(b"\n") + 1] or piece)
    return found[:most]


def around(data: bytes, words: bytes) -> bytes:
    """The lines around the first place of `words`."""
    at = data.find(words)
    start = data.rfind(b"\n", 0, max(0, at - 400)) + 1
    return data[start : start + PIECE // 2] if at >= 0 else b""


def field() -> list[bytes]:
    names = sorted(FIELD.rglob("*")) if FIELD.is_dir() else []
    return [path.read_bytes() for path in names if path.is_file() and path.stat().st_size <= 1 << 16]


def logs() -> list[bytes]:
    found = []
    for path in sorted(SAMPLES.glob("*/dmesg.txt")) + sorted(SAMPLES.glob("*/console.txt")):
        data = path.read_bytes()
        found += [around(data, b"late IOMMU probe"), data[:1024], *pieces(data, 3)]
    for words in (b"Dumping ftrace buffer", b"WARNING:", b"blocked for more than", b"Unable to handle"):
        for path in sorted(SAMPLES.glob("*/dmesg.txt")):
            found.append(around(path.read_bytes(), words))
    return found + [piece for text in field() for piece in pieces(text, 4)]


def traces() -> list[bytes]:
    found = []
    for path in sorted(SAMPLES.glob("*/trace*.txt")):
        data = path.read_bytes()
        found += [data[:1024], around(data, b"really_probe"), around(data, b"iommu_probe_device"), *pieces(data, 3)]
    return found + [piece for text in field() for piece in pieces(text, 4)]


def tar(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name, data in members.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            archive.addfile(info, io.BytesIO(data))
    # Python fills up to 10240 bytes; two blocks of zeros are enough.
    return out.getvalue().rstrip(b"\0") + bytes(1024 + -len(out.getvalue().rstrip(b"\0")) % 512)


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def tool(command: list[str], data: bytes) -> bytes:
    try:
        return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout
    except (OSError, subprocess.CalledProcessError):
        return b""


def mail(body: bytes, subtype: str, encoding: str) -> bytes:
    head = f"Content-Type: text/{subtype}; charset=utf-8\nContent-Transfer-Encoding: {encoding}\n\n"
    coded = {"base64": base64.encodebytes, "quoted-printable": quopri.encodestring}.get(encoding, lambda text: text)
    return head.encode() + coded(body)


def doors() -> list[bytes]:
    log = around((SAMPLES / "natural-6.17.13-4/dmesg.txt").read_bytes(), b"late IOMMU probe")
    trace = around((SAMPLES / "natural-6.17.13-4/trace.txt").read_bytes(), b"really_probe")
    both = {"a/dmesg.txt": log, "a/trace.txt": trace}
    bare = zlib.compressobj(9, zlib.DEFLATED, -15)
    page = b"<!DOCTYPE html>\n<html><body><pre>\n" + html.escape(log.decode()).encode() + b"</pre></body></html>\n"
    systrace = (
        b"<!DOCTYPE html>\n<html><head><title>x</title></head><body>\n"
        b'<script class="trace-data" type="application/text">\n' + trace + b"</script>\n"
        b'<script>var linuxPerfData = "' + base64.b64encode(zlib.compress(trace)) + b'";</script></body></html>\n'
    )
    parts = [mail(log, "plain", "quoted-printable"), mail(page, "html", "base64"), mail(log, "plain", "8bit")]
    letter = (
        b"From: a <a@example.org>\nTo: b@example.org\nSubject: c\nMIME-Version: 1.0\n"
        b'Content-Type: multipart/mixed; boundary="b"\n\n--b\n' + b"\n--b\n".join(parts) + b"\n--b--\n"
    )
    lines = [
        json.dumps({"dt": "2026-11-27T20:40:00.000000", "lvl": "target", "msg": line}) for line in log.decode().splitlines()
    ]
    packed = [
        gzip.compress(log, mtime=0),
        gzip.compress(log[:500], mtime=0) + gzip.compress(log[500:], mtime=0),
        lzma.compress(log),
        bz2.compress(log),
        zlib.compress(log),
        bare.compress(log) + bare.flush(),
        tool(["zstd", "-q", "-c"], log),
        tool(["lz4", "-q", "-c"], log),
        b"capturing trace... done\nTRACE:\n" + zlib.compress(trace),
        tar(both),
        zipped(both),
        gzip.compress(tar({"b.zip": zipped(both), "c.mbox": letter}), mtime=0),
    ]
    forms = [
        log.decode().encode("utf-16"),
        log.decode().encode("utf-16-le"),
        log.decode().encode("utf-32"),
        b"\xef\xbb\xbf" + log,
        quopri.encodestring(log),
        page,
        systrace,
        letter,
        b"From a@example.org Fri Nov 27 20:40:00 2026\n" + letter + b"\nFrom b Fri Nov 27 20:41:00 2026\n" + letter,
        "\n".join(lines).encode(),
        log.replace(b"\n", b"\r\n"),
        log + b"# tracer: nop\n#\n" + trace,
    ]
    whole = [path for path in field() if len(path) <= 4 * PIECE]
    return packed + forms + [gzip.compress(page, mtime=0), lzma.compress(letter)] + whole + logs()[::7] + traces()[::7]


def containers() -> list[bytes]:
    return [path.read_bytes() for path in sorted((SAMPLES / "dat").glob("*-v7-z*.dat"))]


def pages() -> list[bytes]:
    """The last pages of the larger samples, behind a byte that chooses the frame."""
    found = []
    for number, name in enumerate(["kprobe-v6", "kprobe-v6-big-endian", "fgraph-v6", "fgraph-v6-big-endian"]):
        data = (SAMPLES / f"dat/{name}.dat").read_bytes()
        last = len(data) // PIECE
        found += [bytes([number]) + data[page * PIECE :][:PIECE] for page in range(last - 12, last)]
    return found


def recordings() -> list[bytes]:
    """Behind a byte that chooses the runs."""
    return [bytes([255]) + path.read_bytes()[: 4 * PIECE] for path in sorted((SAMPLES / "perfetto").glob("*.pftrace"))]


def boards() -> list[bytes]:
    """Every fourth line and all ends of parts: small, and not whole; the beginning as it is."""
    found = []
    for path in sorted(SAMPLES.glob("facts-*/facts.txt")):
        lines = path.read_bytes().splitlines(keepends=True)
        found += [b"".join(lines[:40]), b"".join(lines[:1] + [l for n, l in enumerate(lines) if n % 4 == 0 or l[:5] == b"read "])]
        start = next(n for n, line in enumerate(lines) if line.startswith(b"iommu-device "))
        found.append(b"".join(lines[:1] + lines[start : start + 60]))
    return found


def main() -> None:
    kinds = {"door": doors, "log": logs, "trace": traces, "container": containers, "pages": pages, "perfetto": recordings,
             "facts": boards}
    folder = pathlib.Path(sys.argv[2])
    for number, seed in enumerate(dict.fromkeys(seed for seed in kinds[sys.argv[1]]() if seed)):
        (folder / f"{number:04}").write_bytes(seed)


if __name__ == "__main__":
    main()
