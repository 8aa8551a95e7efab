"""The executable's commands as functions."""
from __future__ import annotations

import json
import os
import subprocess
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import IO, cast

from . import executable
from ._types import Doctor, Report, Scan, ScanEnd

Path = str | os.PathLike[str]


class Error(Exception):
    """What proberace said on standard error where it had no answer."""


def scan(paths: Path | Iterable[Path], *options: str, feed: Callable[[IO[bytes]], object] | None = None) -> Iterator[Scan]:
    """Every boot of every log as proberace scan --format jsonl gives it, while it goes on; folders are walked.

    Rows tell of inputs that could not be read ("state": "unreadable"). Error is raised where the scan did not come to its end: what was
    given until then is not all. options are those of the command: "--boot-per", "folder". Where the caller stops early, so does the scan.
    feed writes what the path "-" stands for, a log or an archive of any size, in a thread of its own; what it raises is raised here.
    """
    has_ended = False
    with tempfile.TemporaryFile() as said:
        command = [executable(), "scan", "--format", "jsonl", *options, "--", *names(paths)]
        with subprocess.Popen(command, stdin=subprocess.PIPE if feed else subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=said) as process:
            assert process.stdout is not None
            writer = _Writer(feed, process.stdin) if feed and process.stdin else None
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
            finally:
                if writer:
                    writer.join()
        if writer and writer.failure:
            raise writer.failure
        if not has_ended:
            said.seek(0)
            raise Error(said.read().decode(errors="replace").strip() or f"proberace ended with {process.returncode}")


class _Writer(threading.Thread):
    """Writes to a process's standard input until all is written or the process is gone."""

    def __init__(self, feed: Callable[[IO[bytes]], object], pipe: IO[bytes]) -> None:
        super().__init__(daemon=True)
        self.feed, self.pipe = feed, pipe
        self.failure: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            with self.pipe:
                self.feed(self.pipe)
        except BrokenPipeError:
            pass  # It ended early: its missing last line says so.
        except Exception as failure:  # For the thread that reads.
            self.failure = failure


def names(paths: Path | Iterable[Path]) -> list[str]:
    """Paths as the command takes them; one may stand alone."""
    return [os.fspath(path) for path in ([paths] if isinstance(paths, (str, os.PathLike)) else paths)]


def report(files: Path | Sequence[Path], *options: str) -> Report:
    """What proberace report --format json says of the files of one boot. Damaged inputs are in its losses, and where none could be read its
    answer is "no-answer". Error: there is no JSON, the options were wrong."""
    return cast(Report, _answer("report", "--format", "json", *options, "--", *names(files)))


def doctor() -> Doctor:
    """What this machine can show (proberace doctor)."""
    return cast(Doctor, _answer("doctor", "--format", "json"))


def _answer(*arguments: str) -> object:
    done = subprocess.run([executable(), *arguments], stdin=subprocess.DEVNULL, capture_output=True, check=False)
    if done.returncode < 0 or not done.stdout:
        raise Error(done.stderr.decode(errors="replace").strip() or f"proberace ended with {done.returncode}")
    return json.loads(done.stdout)
