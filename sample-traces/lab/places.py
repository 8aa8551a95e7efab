"""Where the lab works, and how it says what it does."""
import os
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
ROOT = os.path.dirname(os.path.dirname(HERE))
# Outside git; PROBERACE_LAB names another disk.
WORK = os.environ.get("PROBERACE_LAB", os.path.join(ROOT, ".build", "lab"))


class Broken(Exception):
    """What the lab itself cannot do for one capture; the message says why."""


def say(text):
    print(f"lab: {text}", file=sys.stderr, flush=True)
