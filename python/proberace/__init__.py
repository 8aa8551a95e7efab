"""proberace from Python: runs the executable and gives its JSON back as typed dictionaries (docs/schema).

    import proberace
    for row in proberace.scan(["logs/"]):
        for finding in row["findings"]:
            print(row["path"], finding["device"], finding["verdict"])
    print(proberace.report(["dmesg.txt", "trace.dat"])["summary"])
"""
from __future__ import annotations

import json
import os
import pathlib
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import cast

from ._types import Doctor, Finding, Report, Scan, ScanEnd, Suspect

__all__ = ["Error", "executable", "scan", "report", "doctor", "Doctor", "Finding", "Report", "Scan", "Suspect"]

Path = str | os.PathLike[str]


class Error(Exception):
    """What proberace said on standard error where it had no answer."""


def executable() -> str:
    """The executable of this package, or the one that PROBERACE names."""
    return os.environ.get("PROBERACE") or str(pathlib.Path(__file__).parent / "bin" / "proberace")


def scan(paths: Iterable[Path], *options: str) -> Iterator[Scan]:
    """Every boot of every log as proberace scan --format jsonl gives it, while it goes on; folders are walked.

    Rows tell of inputs that could not be read ("state": "unreadable"). Error is raised where the scan did not come to its end: what was
    given until then is not all. options are those of the command: "--boot-per", "folder". Where the caller stops early, so does the scan.
    """
    has_ended = False
    with tempfile.TemporaryFile() as said:
        command = [executable(), "scan", "--format", "jsonl", *options, "--", *names(paths)]
        with subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said) as process:
            assert process.stdout is not None
            try:
                # The last line of a process that was killed is not whole.
                for line in process.stdout:
                    row = json.loads(line) if line.endswith(b"\n") else {"schema": None}
                    if row["schema"] == "proberace/scan@1":
                        yield cast(Scan, row)
                    elif row["schema"] == "proberace/scan-end@1":
                        has_ended = not cast(ScanEnd, row)["interrupted"]
            except BaseException:
                process.kill()
                raise
        if not has_ended:
            said.seek(0)
            raise Error(said.read().decode(errors="replace").strip() or f"proberace ended with {process.returncode}")


def names(paths: Iterable[Path]) -> list[str]:
    """Paths as the command takes them."""
    return [os.fspath(path) for path in paths]


def report(files: Sequence[Path], *options: str) -> Report:
    """What proberace report --format json says of the files of one boot. Damaged inputs are in its losses; Error: no answer at all."""
    return cast(Report, _answer("report", "--format", "json", *options, "--", *names(files)))


def doctor() -> Doctor:
    """What this machine can show (proberace doctor)."""
    return cast(Doctor, _answer("doctor", "--format", "json"))


def _answer(*arguments: str) -> object:
    done = subprocess.run([executable(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode < 0 or not done.stdout:
        raise Error(done.stderr.decode(errors="replace").strip() or f"proberace ended with {done.returncode}")
    return json.loads(done.stdout)


def main() -> None:
    """The console script: the executable takes the place of this process."""
    os.execv(executable(), ["proberace", *sys.argv[1:]])
