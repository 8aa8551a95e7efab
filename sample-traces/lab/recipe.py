"""Runs a scenario with the probes that `proberace capture` prints, to see that they decide it."""
import os
import struct
import subprocess

from packages import archive
from places import ROOT

TOOL = os.environ.get("PROBERACE", os.path.join(ROOT, ".build", "release", "proberace"))
TARGETS = ("cmdline", "tracefs", "trace-cmd", "bootconfig", "perfetto")
# What a recipe prints between its two halves.
HAPPENED = "# when it has happened:"


# Perfetto with what it needs and the guest has not.
PERFETTO = ("perfetto", "libstdc++6", "libgcc-s1")


def facts():
    """What collects a board's facts; None if proberace is not built (make proberace)."""
    if not os.path.exists(TOOL):
        return None
    return subprocess.run([TOOL, "capture", "--facts"], check=True, capture_output=True).stdout


class Recipe:
    def __init__(self, target, kernel, facts=None):
        # Facts of a board that are not there are an error before the boot, not after it.
        self.target, self.kernel, self.facts = target, kernel, facts and os.path.realpath(facts, strict=True)
        self.packages = PERFETTO if target == "perfetto" else ()
        # What the boot loader would put behind the initramfs.
        self.trailer = b""

    def apply(self, scenario, files):
        """Puts the recipe where it belongs; returns the command line."""
        version = archive(scenario.arch).choose(self.kernel)
        if self.target == "perfetto":
            files["recipe-perfetto.sh"] = self.printed("perfetto", version).encode()
        # Perfetto takes over the buffer that the probes of tracefs have filled.
        text = self.printed("tracefs" if self.target == "perfetto" else self.target, version)
        plain = " ".join(filter(None, (f"console={scenario.arch.console} rdinit=/init fw_devlink=on", scenario.arch.command_line,
                                       scenario.command_line)))
        if self.target == "cmdline":
            return plain + " " + " ".join(l for l in text.splitlines() if l and not l.startswith("#"))
        if self.target == "bootconfig":
            self.trailer = bootconfig(text.encode())
            return plain + " bootconfig"
        before, found, after = text.partition(HAPPENED)
        assert found, "the recipe has no second half"
        files["recipe-start.sh"], files["recipe-end.sh"] = before.encode(), after.encode()
        return plain

    def printed(self, target, version):
        """What `proberace capture` prints: for the kernel's version, or for what the board's facts say."""
        whose = ["--for", self.facts] if self.facts else ["--kernel", version]
        return subprocess.run([TOOL, "capture", "--target", target, *whose], check=True, capture_output=True, text=True).stdout


def bootconfig(text):
    """What `tools/bootconfig -a` appends (Documentation/admin-guide/bootconfig.rst); the initramfs before it is filled up to
    four bytes."""
    text += b"\0"
    text += b"\0" * (-len(text) % 4)
    return text + struct.pack("<II", len(text), sum(text) & 0xffffffff) + b"#BOOTCONFIG\n"
