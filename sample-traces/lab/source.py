"""A kernel with bootconfig, which Debian's lack: Debian's source of a series with a small configuration, cross-compiled."""
import glob
import os
import re
import shutil
import subprocess

from modules import CROSS
from packages import Skipped
from places import HERE, WORK, Broken, say
from rootfs import Kernel

SUFFIX = "-bootconfig"


class Built(Kernel):
    def _choose(self, apt, series):
        if apt.arch.name != "arm64":
            raise Skipped("kernels are built for arm64 only")
        self.package = "linux-source-" + ".".join(re.findall(r"\d+", apt.choose(series))[:2])
        if self.package not in apt.names:
            raise Skipped(f"the archive has no {self.package}")
        return re.search(r"^Version: ([\d.]+)", apt.show(self.package), re.M)[1] + SUFFIX

    def _fetch(self, apt, tree):
        work = os.path.join(WORK, "source", self.release)
        shutil.rmtree(work, ignore_errors=True)
        os.makedirs(work)
        notes = apt.unpack([self.package], work)
        subprocess.run(["tar", "xf", *glob.glob(f"{work}/usr/src/*.tar.xz"), "-C", work, "--strip-components=1"], check=True)
        say(f"building {self.release}: some minutes")
        # What the file does not name is off.
        make(work, "allnoconfig", f"KCONFIG_ALLCONFIG={HERE}/bootconfig.config")
        make(work, "Image", "modules", f"-j{os.cpu_count()}")
        make(work, "modules_install", f"INSTALL_MOD_PATH={tree}", "DEPMOD=true")
        shutil.copy(os.path.join(work, "arch/arm64/boot/Image"), os.path.join(tree, "vmlinuz"))
        shutil.copy(os.path.join(work, ".config"), os.path.join(tree, "config"))
        shutil.rmtree(work)
        return notes


def make(work, *words):
    done = subprocess.run(["make", "-C", work, "ARCH=arm64", f"CROSS_COMPILE={CROSS}", f"LOCALVERSION={SUFFIX}", *words],
                          capture_output=True, text=True)
    if done.returncode:
        raise Broken(f"make {words[0]} failed:\n{done.stderr[-3000:]}")
