"""What this host lacks and Debian has: a QEMU with a RISC-V IOMMU, UEFI firmware. Unpacked under the lab's folder, not installed."""
import functools
import os
import re
import shutil
import subprocess

from arch import AMD64, ARM64
from packages import Apt, archive
from places import WORK, Broken, say

# For Debian 12 hosts: its own QEMU is 7.2.
BACKPORTS = ("bookworm-backports",)


@functools.cache
def emulator(arch):
    """The words that start an architecture's QEMU: this host's own one if it is new enough."""
    name, *words = arch.emulator
    program = shutil.which(name)
    if arch.since and not (program and major(program) >= arch.since):
        root = private(f"qemu-{arch.name}", lambda: Apt(AMD64, BACKPORTS, "host"), "qemu-system-riscv", "qemu-system-data", "opensbi")
        return [f"{root}/usr/bin/{name}", "-L", f"{root}/usr/share/qemu", *words]
    if not program:
        raise Broken(f"{name} is not installed; `make lab-smoke` installs what the lab needs")
    return [program, *words]


def version(arch):
    return _version(*emulator(arch))


def major(program):
    return int(re.search(r"version (\d+)", _version(program))[1])


def _version(*words):
    return subprocess.run([*words, "--version"], check=True, capture_output=True, text=True).stdout.splitlines()[0]


def firmware():
    """UEFI for arm64: with it the kernel finds ACPI tables."""
    return private("efi", lambda: archive(ARM64), "qemu-efi-aarch64") + "/usr/share/qemu-efi-aarch64/QEMU_EFI.fd"


def private(name, apt, *packages):
    """Packages unpacked into a folder of the lab's; returns it."""
    root = os.path.join(WORK, "host", name)
    if not os.path.exists(root):
        say(f"unpacking {', '.join(packages)} into {root}")
        shutil.rmtree(root + ".part", ignore_errors=True)
        os.makedirs(root + ".part")
        apt().unpack(packages, root + ".part")
        os.rename(root + ".part", root)
    return root
