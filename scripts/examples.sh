#!/bin/sh
# examples.sh CAPTURES DOCUMENT...: runs every command line of the documents with the proberace on PATH, as they stand, in a folder that
# has what they name. CAPTURES is the folder of a boot's dmesg.txt, trace.txt and trace.dat; documents are Markdown, manual pages or what
# --help prints, gzipped or not. Prints how many ran of each; ends with 1 and a sentence at the first that does not do what it is said to do.
set -eu
captures=$(cd "$1" && pwd)
shift

# Commands stand alone on an indented line, in a job's list, behind `run:`, or in the quotes of a Jenkins step.
commands() {
  gzip -cdf < "$1" | case $1 in
    *.[0-9] | *.[0-9].gz)
      sed -n '/^\.EX/,/^\.EE/{ /^\./d; s/^/  /; s/\\(aq/'"'"'/g; s/\\(ga/`/g; s/\\(ti/~/g; s/\\(ha/^/g; s/\\-/-/g; s/\\e/\\/g; p; }' ;;
    *) cat ;;
  esac | sed -n "/^  /{ s/^ *//; s/^- //; s/^run: //; s/^steps { sh '\(.*\)' }\$/\1/; s/ #.*//; s/ *\$//; p; }" |
    grep -E '^([a-z][^|]*[|] )?proberace ' || :
}

# A boot's captures, a folder of logs, an allow-list, rows and a history.
workplace() {
  cp "$captures/dmesg.txt" "$captures/trace.txt" "$captures/trace.dat" "$1"
  mkdir "$1/logs" "$1/ci" "$1/artefacts"
  cp "$1/dmesg.txt" "$1/logs/boot.log"
  cp "$1/dmesg.txt" "$1/trace.txt" "$1/artefacts/"
  echo '{"schema": "proberace/baseline@1", "entries": []}' | tee "$1/known.json" > "$1/ci/proberace.json"
  sed 's/7\.3\.4/6.17.13/' "$1/dmesg.txt" > "$1/old.txt"
  { proberace scan --fail-on none --format jsonl --label kernel=7.3.4 --label board=rpi4 "$1/logs"
    proberace scan --fail-on none --format jsonl --label kernel=6.17.13 --label board=rpi5 "$1/old.txt"
  } > "$1/rows.jsonl"
  proberace history add --history "$1/farm.sqlite" "$1/rows.jsonl" > "$1/.added"
  mkdir -p "$XDG_STATE_HOME/proberace"
  cp "$1/farm.sqlite" "$XDG_STATE_HOME/proberace/history.sqlite"
}

# `dmesg`, the journal, /var/log and the installed boot are the machine's own, documented dates pass, and this machine is the board.
here() {
  sed "s/^dmesg | /cat dmesg.txt | /; s/^journalctl -k -b -1 -o short-monotonic | /cat dmesg.txt | /; s,/var/log,logs,; s,/usr/share/proberace/boot/\*,dmesg.txt trace.txt,; s/2027-03-31/2999-12-31/; s/| ssh root@board sh/| sh/; s/| adb shell su 0 sh/| sh/"
}

for document; do
  place=$(mktemp -d)
  # Where `history` looks that is told no file: not the user's own.
  export XDG_STATE_HOME="$place/.state"
  workplace "$place"
  commands "$document" > "$place/.commands"
  n=0
  while IFS= read -r command; do
    line=$(printf '%s\n' "$command" | here)
    code=0
    (cd "$place" && sh -c "$line") > "$place/.out" 2> "$place/.err" < /dev/null || code=$?
    if [ $code -gt 1 ]; then
      echo "$document: $command: exit status $code: $(cat "$place/.err")"; exit 1
    fi
    made=$(printf '%s\n' "$line" | sed -n 's/.* -o \([^ ]*\).*/\1/p')
    if [ -n "$made" ] && [ ! -s "$place/$made" ]; then echo "$document: $command: nothing is in $made"; exit 1; fi
    case $line in *" > "* | *" -o "*) ;; *)
      [ -s "$place/.out" ] || [ -s "$place/.err" ] || { echo "$document: $command: prints nothing"; exit 1; } ;;
    esac
    n=$((n + 1))
  done < "$place/.commands"
  rm -rf "$place"
  echo "$n $document"
done
