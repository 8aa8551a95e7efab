#!/bin/sh
# install.sh PROBERACE PREFIX ZSH_COMPLETIONS: puts the executable below PREFIX, with manual pages, completions, schemas, a recorded boot,
# pages and the jobs of docs/ci.md. Run from the source's folder; packages are made from what this makes.
set -eu
proberace=$1 prefix=$2 zsh=$3
share=$prefix/share
made=$(mktemp -d)
trap 'rm -rf "$made"' EXIT

install -Ds "$proberace" "$prefix/bin/proberace"
# What a man-db or a shell reads is all that may change with the commands: it is asked of the executable.
python3 scripts/manual.py "$proberace" "$made/man"
install -Dm644 -t "$share/man/man1" "$made"/man/*.1
install -Dm644 -t "$share/man/man7" docs/man/proberace.7
for shell in bash zsh fish; do "$proberace" --generate-completion-script $shell > "$made/$shell"; done
# It is sourced, not run.
sed -i '1{/^#!/d}' "$made/bash"
install -Dm644 "$made/bash" "$share/bash-completion/completions/proberace"
install -Dm644 "$made/zsh" "$prefix/$zsh/_proberace"
install -Dm644 "$made/fish" "$share/fish/vendor_completions.d/proberace.fish"
install -Dm644 -t "$share/proberace/schema" docs/schema/*.json
install -Dm644 -t "$share/proberace/boot" sample-traces/natural-6.17.13-4/dmesg.txt sample-traces/natural-6.17.13-4/trace.txt
install -Dm644 -t "$share/doc/proberace" README.md CHANGELOG.md
find docs -name '*.md' -exec sh -c 'for page; do install -Dm644 "$page" "$0/$page"; done' "$share/doc/proberace" {} +
python3 scripts/installed_pages.py "$share/doc/proberace"
install -Dm644 -t "$share/doc/proberace/examples" farm/spark/proberace_farm.py farm/duckdb/*.sql
python3 scripts/jobs.py "$share/doc/proberace/examples"
