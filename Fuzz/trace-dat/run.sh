#!/bin/sh
# usage: run.sh RUNS   Fuzzes the container and the pages, RUNS inputs each; stops at the first crash.
set -eu
cd "$(dirname "$0")"
samples=$(cd ../../sample-traces/dat && pwd)
scratch=${SCRATCH:-../../.build-fuzz}
swift build -c release -j 1 --scratch-path "$scratch" -Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld
mkdir -p "$scratch/corpus-container" "$scratch/corpus-pages"
# Seeds: the smallest samples, and pages of the larger ones behind a byte that chooses the frame.
cp "$samples"/*-v7-z*.dat "$scratch/corpus-container/"
python3 - "$samples" "$scratch/corpus-pages" <<'P'
import pathlib, sys
samples, out = map(pathlib.Path, sys.argv[1:])
for n, name in enumerate(["kprobe-v6", "kprobe-v6-big-endian", "fgraph-v6", "fgraph-v6-big-endian"]):
    data = (samples / f"{name}.dat").read_bytes()
    for page in range(len(data) // 4096 - 12, len(data) // 4096):
        (out / f"{n}-{page}").write_bytes(bytes([n]) + data[page * 4096 :][:4096])
P
"$scratch/release/fuzz-container" -runs="$1" -max_len=65536 -timeout=10 -rss_limit_mb=1024 -artifact_prefix="$scratch/" "$scratch/corpus-container"
"$scratch/release/fuzz-pages" -runs="$1" -max_len=8193 -timeout=10 -rss_limit_mb=1024 -artifact_prefix="$scratch/" "$scratch/corpus-pages" "$samples"
