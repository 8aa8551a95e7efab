#!/bin/sh
# classifier.sh PROBERACE [CAPTURE]: how much of a report's CPU time the verdict engine takes, from perf's samples of
# twenty runs on the largest capture that has both a kernel log and a trace.dat. Target: under 5 %.
set -eu
tool=$1
shared=$(dirname "$0")/../../shared/captures
capture=${2:-$(ls -S "$shared"/*/trace.dat 2>/dev/null | head -1 | xargs -r dirname)}
[ -n "$capture" ] || { echo "the recordings of ../shared/captures are not here: nothing is measured"; exit 0; }
data=$(mktemp)
trap 'rm -f "$data"' EXIT
perf record -q -o "$data" -F 5000 -g -- sh -c '
  for run in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do
    "$0" report --fail-on none --format json "$1/dmesg.txt" "$1/trace.dat" >/dev/null
  done' "$tool" "$capture"
# Verdicts.Engine.findings, with all that it calls; the name is Swift's mangled one.
share=$(perf report -i "$data" --comm "$(basename "$tool" | cut -c1-15)" --children -g none --stdio 2>/dev/null |
  awk '/8Verdicts6EngineO8findings/ { print $1; exit }')
[ -n "$share" ] || { echo "perf has no sample of the verdict engine: is $tool built with symbols, and did it run?"; exit 1; }
echo "verdict engine on $(basename "$capture"): $share of the report's CPU samples, target under 5%"
