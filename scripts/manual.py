#!/usr/bin/env python3
"""manual.py PROBERACE FOLDER: writes a manual page for every command into FOLDER, from the definitions that --help shows.

argument-parser's own generator takes the argument definitions from the same place, but needs a Swift build for itself, and joins
the examples of a discussion into one paragraph. The date is SOURCE_DATE_EPOCH's, for builds that can be repeated.
"""
import datetime
import json
import os
import pathlib
import re
import subprocess
import sys

SKIPPED = {"help"}


def text(words):
    """A line of running text."""
    line = words.replace("\\", "\\e").replace("--", "\\-\\-")
    return "\\&" + line if line[:1] in (".", "'") else line


def code(words):
    """What is to be pasted: no hyphen, quote or tilde may become typographic."""
    line = words.replace("\\", "\\e")
    for plain, escape in (("-", "\\-"), ("'", "\\(aq"), ("`", "\\(ga"), ("^", "\\(ha"), ("~", "\\(ti")):
        line = line.replace(plain, escape)
    return "\\&" + line if line.startswith(".") else line


def bold(words):
    return f"\\fB{code(words)}\\fR"


def usage(words):
    """A line of --help's usage: <what> stands for something, the rest is typed."""
    parts = re.split(r"(<[^>]+>|\[|\]|\.\.\.)", words)
    return "".join(f"\\fI{code(part[1:-1])}\\fR" if part.startswith("<") else
                   part if part in ("[", "]", "...") or not part.strip() else
                   re.sub(r"\S+", lambda word: bold(word.group()), part) for part in parts if part)


def discussion(words):
    """Paragraphs, and indented lines as examples. What is said of the exit status comes apart, as the second value."""
    body, status = [], []
    for paragraph in words.split("\n\n") if words else []:
        lines = paragraph.removeprefix("Exit status: ").split("\n")
        out = status if paragraph.startswith("Exit status") else body
        if all(line.startswith("  ") for line in lines):
            out += [".PP", ".RS 4", ".EX", *(code(line.strip()) for line in lines), ".EE", ".RE"]
        else:
            out += [".PP", *(text(line.strip()) for line in lines)]
    return body, status


def option(argument):
    if not argument.get("shouldDisplay", True):
        return []
    value = f"\\fI{code(argument['valueName'])}\\fR"
    names = ", ".join(bold(("-" if name["kind"] == "short" else "--") + name["name"]) for name in argument.get("names", []))
    head = {"positional": value, "flag": names}.get(argument["kind"], f"{names} {value}")
    said = argument.get("abstract", "")
    notes = [f"values: {', '.join(argument['allValues'])}"] if argument.get("allValues") else []
    notes += [f"default: {argument['defaultValue']}"] if argument.get("defaultValue") else []
    return [".TP", head, text(said + (f" ({'; '.join(notes)})" if notes else ""))]


def help_usage(tool, path):
    """The usage lines of a command's --help, which the definitions do not have."""
    said = subprocess.run([tool, *path, "--help"], check=True, capture_output=True, text=True,
                          env={**os.environ, "COLUMNS": "1000"}).stdout
    lines = said[said.index("USAGE: ") + 7:].split("\n\n")[0].split("\n")
    return [line.strip() for line in lines]


def page(tool, path, command, version, date):
    name = "-".join(["proberace", *path])
    abstract = command["abstract"].rstrip(".")
    body, status = discussion(command.get("discussion", ""))
    out = [f".\\\" Made by scripts/manual.py from the definitions of --help; do not edit.",
           f'.TH {code(name.upper())} 1 "{date}" "proberace {version}" "User Commands"',
           ".SH NAME", f"{code(name)} \\- {text(abstract[0].lower() + abstract[1:])}", ".SH SYNOPSIS", ".nf"]
    out += [usage(line) for line in help_usage(tool, path)] + [".fi"]
    out += [".SH DESCRIPTION", *(body or [".PP", text(abstract + ".")])]
    commands = [sub for sub in command.get("subcommands", []) if sub["commandName"] not in SKIPPED]
    if commands:
        out.append(".SH COMMANDS")
        for sub in commands:
            out += [".TP", f"{bold('-'.join([name, sub['commandName']]))}(1)", text(sub["abstract"])]
    out += [".SH OPTIONS"]
    for argument in command.get("arguments", []):
        out += option(argument)
    if status:
        out += [".SH EXIT STATUS", *status]
    out += [".SH SEE ALSO"]
    # A command's own commands stand above.
    above = ["-".join(["proberace", *path[:end]]) for end in range(len(path))]
    out += [f"{bold(other)}(1)," for other in above] + [f"{bold('proberace')}(7)"]
    return name, "\n".join(out) + "\n"


def commands(command, path=()):
    yield path, command
    for sub in command.get("subcommands", []):
        if sub["commandName"] not in SKIPPED:
            yield from commands(sub, (*path, sub["commandName"]))


def main(tool, folder):
    run = lambda *words: subprocess.run([tool, *words], check=True, capture_output=True, text=True).stdout
    known = list(commands(json.loads(run("--experimental-dump-help"))["command"]))
    version = run("--version").strip()
    epoch = os.environ.get("SOURCE_DATE_EPOCH")
    now = datetime.datetime.now if epoch is None else lambda zone: datetime.datetime.fromtimestamp(int(epoch), zone)
    date = now(datetime.timezone.utc).strftime("%Y-%m-%d")
    pathlib.Path(folder).mkdir(parents=True, exist_ok=True)
    for path, command in known:
        name, words = page(tool, list(path), command, version, date)
        pathlib.Path(folder, name + ".1").write_text(words, encoding="utf-8")


if __name__ == "__main__":
    main(*sys.argv[1:])
