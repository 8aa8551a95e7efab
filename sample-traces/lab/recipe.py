"""Runs a scenario with the probes that `proberace capture` prints, to see that they decide it."""
import os
import subprocess

from packages import archive
from places import ROOT

TARGETS = ("cmdline", "tracefs", "trace-cmd")
# What a recipe prints between its two halves.
HAPPENED = "# when it has happened:"


class Recipe:
    def __init__(self, target, kernel):
        self.target, self.kernel = target, kernel

    def apply(self, scenario, files):
        """Puts the recipe where it belongs; returns the command line."""
        tool = os.environ.get("PROBERACE", os.path.join(ROOT, ".build", "release", "proberace"))
        version = archive(scenario.arch).choose(self.kernel)
        text = subprocess.run([tool, "capture", "--target", self.target, "--kernel", version], check=True,
                              capture_output=True, text=True).stdout
        plain = f"console={scenario.arch.console} rdinit=/init fw_devlink=on " + scenario.command_line
        if self.target == "cmdline":
            return plain + " " + " ".join(l for l in text.splitlines() if l and not l.startswith("#"))
        before, found, after = text.partition(HAPPENED)
        assert found, "the recipe has no second half"
        files["recipe-start.sh"], files["recipe-end.sh"] = before.encode(), after.encode()
        return plain
