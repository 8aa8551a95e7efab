"""proberace from Python: runs the executable and gives its JSON back as typed dictionaries (docs/schema).

    import proberace
    for row in proberace.scan("logs/"):
        for finding in row["findings"]:
            print(row["path"], finding["device"], finding["verdict"])
    print(proberace.report(["dmesg.txt", "trace.dat"])["summary"])
"""
import os
import sys

# Type checkers take it for true. The console script needs none of what these import, and each takes longer than the executable's own start.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from ._run import Error as Error, doctor as doctor, report as report, scan as scan
    from ._types import Doctor as Doctor, Finding as Finding, Report as Report, Scan as Scan, Suspect as Suspect

__all__ = ["Error", "executable", "scan", "report", "doctor", "Doctor", "Finding", "Report", "Scan", "Suspect"]


def __getattr__(name: str) -> object:
    if name not in __all__:
        raise AttributeError(f"module 'proberace' has no attribute {name!r}")
    from . import _run, _types
    return getattr(_run, name, None) or getattr(_types, name)


def executable() -> str:
    """The executable of this package, or the one that PROBERACE names."""
    return os.environ.get("PROBERACE") or os.path.join(os.path.dirname(os.path.abspath(__file__)), "bin", "proberace")


def main() -> None:
    """The console script: the executable takes the place of this process."""
    os.execv(executable(), ["proberace", *sys.argv[1:]])
