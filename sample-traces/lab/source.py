"""Kernels that Debian does not have: its source of a series with a small configuration, cross-compiled. With bootconfig, or
with the patches of docs/fixes."""
import glob
import os
import re
import shutil
import subprocess

from modules import CROSS
from packages import Skipped
from places import HERE, ROOT, WORK, Broken, say
from rootfs import Kernel

PATCHES = sorted(glob.glob(os.path.join(ROOT, "docs", "fixes", "*.patch")))


class Built(Kernel):
    suffix = "-bootconfig"
    patches = ()

    def _choose(self, apt, series):
        if apt.arch.name != "arm64":
            raise Skipped("kernels are built for arm64 only")
        self.package = "linux-source-" + ".".join(re.findall(r"\d+", apt.choose(series))[:2])
        if self.package not in apt.names:
            raise Skipped(f"the archive has no {self.package}")
        return re.search(r"^Version: ([\d.]+)", apt.show(self.package), re.M)[1] + self.suffix

    def _fetch(self, apt, tree):
        work = os.path.join(WORK, "source", self.release)
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        notes = apt.unpack([self.package], work)
        subprocess.run(["tar", "xf", *glob.glob(f"{work}/usr/src/*.tar.xz"), "-C", work, "--strip-components=1"], check=True)
        for patch in self.patches:
            apply(work, patch)
        say(f"building {self.release}: some minutes")
        # What the file does not name is off.
        self._run(work, "allnoconfig", f"KCONFIG_ALLCONFIG={HERE}/bootconfig.config")
        self._run(work, "Image", "modules", f"-j{os.cpu_count()}")
        self._run(work, "modules_install", f"INSTALL_MOD_PATH={tree}", "DEPMOD=true")
        shutil.copy(os.path.join(work, "arch/arm64/boot/Image"), os.path.join(tree, "vmlinuz"))
        shutil.copy(os.path.join(work, ".config"), os.path.join(tree, "config"))
        shutil.rmtree(work)
        return notes


    def _run(self, work, *words):
        done = subprocess.run(["make", "-C", work, "ARCH=arm64", f"CROSS_COMPILE={CROSS}", f"LOCALVERSION={self.suffix}", *words],
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


def apply(work, patch):
    done = subprocess.run(["patch", "-p1", "--fuzz=0", "--no-backup-if-mismatch", "-d", work, "-i", patch], capture_output=True, text=True)
    if done.returncode:
        raise Broken(f"{os.path.basename(patch)} does not apply:\n{done.stdout}{done.stderr}")
