#!/bin/sh
# usage: run.sh RUNS TARGET...   Fuzzes each target with RUNS inputs; stops at the first that crashes, hangs, grows or tells
# two things of one input. SCRATCH: where to build, and where corpora and such inputs are kept. ARGUMENTS: more for libFuzzer.
set -eu
cd "$(dirname "$0")"
runs=$1
shift
scratch=${SCRATCH:-../.build-fuzz}
# Swift prints a stack itself, and then libFuzzer keeps no input.
export SWIFT_BACKTRACE=enable=no
PROBERACE_TOOLS=fuzz swift build -c release -j 1 --package-path .. --product fuzz --scratch-path "$scratch" -Xswiftc -sanitize=fuzzer -Xswiftc -use-ld=lld
for target; do
  case $target in
    container) longest=65536 ;;
    pages) longest=8193 ;;
    *) longest=16384 ;;
  esac
  mkdir -p "$scratch/corpus-$target" "$scratch/seeds-$target"
  python3 seeds.py "$target" "$scratch/seeds-$target"
  # What libFuzzer found comes first, for there it writes what it finds.
  # Weighing its corpus (entropic) costs it more time than it saves: a third more inputs a second without, and more code met.
  # shellcheck disable=SC2086
  "$scratch/release/fuzz" "$target" -runs="$runs" -max_len=$longest -entropic=0 -timeout=10 -rss_limit_mb=1024 -dict=words.dict \
    -print_final_stats=1 -artifact_prefix="$scratch/$target-" ${ARGUMENTS:-} "$scratch/corpus-$target" "$scratch/seeds-$target"
done
