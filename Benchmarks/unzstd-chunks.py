#!/usr/bin/env python3
"""unzstd-chunks.py TRACE.dat OUT: copies the compressed frames of a v7 zstd trace.dat behind each other, so that
`zstd -d` can be timed on them alone."""
import struct
import sys

data = open(sys.argv[1], "rb").read()
out = open(sys.argv[2], "wb")
count = 0
at = data.find(b"\x28\xb5\x2f\xfd")
while at >= 0:
    packed, plain = struct.unpack_from("<II", data, at - 8)
    # A frame of trace data: its table entry stands before it and its size is a multiple of a page.
    if 0 < packed <= len(data) - at and plain and plain % 4096 == 0:
        out.write(data[at : at + packed])
        count += 1
        at = data.find(b"\x28\xb5\x2f\xfd", at + packed)
    else:
        at = data.find(b"\x28\xb5\x2f\xfd", at + 4)
print(f"{count} frames")
