"""Kernels that Debian does not have: its source of a series with a small configuration, cross-compiled. With bootconfig, or
with the patches of docs/fixes."""
import glob
import json
import os
import re
import shutil
import subprocess

from arch import ARM64
from packages import Skipped
from places import HERE, ROOT, WORK, Broken, say
from rootfs import Kernel

PATCHES = {os.path.basename(path): open(path).read() for path in sorted(glob.glob(os.path.join(ROOT, "docs", "fixes", "*.patch")))}


class Built(Kernel):
    suffix = "-bootconfig"
    patches = {}

    def _choose(self, apt, series):
        if apt.arch.name != "arm64":
            raise Skipped("kernels are built for arm64 only")
        self.package = "linux-source-" + ".".join(re.findall(r"\d+", apt.choose(series))[:2])
        if self.package not in apt.names:
            raise Skipped(f"the archive has no {self.package}")
        return re.search(r"^Version: ([\d.]+)", apt.show(self.package), re.M)[1] + self.suffix

    def _fetch(self, apt, tree):
        work, notes = self._source(apt)
        say(f"building {self.release}: 6 to 10 minutes on two idle cores")
        # What the file does not name is off.
        self._run(work, "allnoconfig", f"KCONFIG_ALLCONFIG={HERE}/bootconfig.config")
        self._run(work, "Image", "modules", f"-j{os.cpu_count()}")
        self._run(work, "modules_install", f"INSTALL_MOD_PATH={tree}", "DEPMOD=true")
        shutil.copy(os.path.join(work, "arch/arm64/boot/Image"), os.path.join(tree, "vmlinuz"))
        shutil.copy(os.path.join(work, ".config"), os.path.join(tree, "config"))
        return notes

    def _source(self, apt):
        """The tree, with these patches and no others. All kernels of a version are built in one: what is interrupted goes on, and
        only what a patch touches is compiled again."""
        work = os.path.join(WORK, "source", self.short)
        state = os.path.join(work, "proberace.json")
        if not os.path.exists(state):
            shutil.rmtree(work, ignore_errors=True)
            os.makedirs(work)
            notes = apt.unpack([self.package], work)
            subprocess.run(["tar", "xf", *glob.glob(f"{work}/usr/src/*.tar.xz"), "-C", work, "--strip-components=1"], check=True)
            save(state, {"packages": notes, "patches": {}})
        now = json.load(open(state))
        if now["patches"] != self.patches:
            # An interrupted change leaves no state: then the source is unpacked again.
            os.unlink(state)
            for patch in reversed(now["patches"].items()):
                apply(work, *patch, "--reverse")
            for patch in self.patches.items():
                apply(work, *patch)
            save(state, now | {"patches": self.patches})
        return work, now["packages"]

    def _run(self, work, *words):
        done = subprocess.run(["make", "-C", work, f"ARCH={ARM64.kbuild}", f"CROSS_COMPILE={ARM64.compiler}", f"LOCALVERSION={self.suffix}", *words],
                              capture_output=True, text=True)
        if done.returncode:
            raise Broken(f"make {words[0]} failed:\n{done.stderr[-3000:]}")


class Patched(Built):
    """With the patches of docs/fixes, in their order."""
    suffix = "-fixed"
    patches = PATCHES


class Unpatched(Built):
    """The same without them, to compare with."""
    suffix = "-stock"


def save(path, value):
    with open(path, "w") as file:
        json.dump(value, file, indent=1)


def apply(work, name, text, *how):
    done = subprocess.run(["patch", "-p1", *how, "--fuzz=0", "--no-backup-if-mismatch", "-d", work], input=text, capture_output=True, text=True)
    if done.returncode:
        raise Broken(f"{name} does not apply:\n{done.stdout}{done.stderr}")
