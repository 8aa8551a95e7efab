"""What a scenario file says. One file each in scenarios/, with a value SCENARIO."""
import dataclasses
import importlib
import os
import typing

import devices
import machine
import probes
from places import HERE


@dataclasses.dataclass
class Scenario:
    story: str
    # Runs in the guest, with the functions of guest/lib.sh.
    guest: str
    # Truth → expected findings; sees the lab's own records only (truth.py).
    judge: typing.Callable
    devices: typing.Callable = devices.mid
    # An edit of QEMU's device tree; None: as it is.
    tree: typing.Optional[typing.Callable] = None
    # One of machine.BOARDS: "smmuv3" (built in), "virtio" (a module), both by ACPI as "smmuv3-acpi" and "viot-arm64"; on x86 "intel"
    # (built in), "viot" (virtio by ACPI); "riscv" (built in).
    iommu: str = "smmuv3"
    command_line: str = "deferred_probe_timeout=300"
    # "boot": the lab's kprobes from the command line; "user": the guest calls `probes`; "none".
    probes: str = "boot"
    # Modules of the lab's own (modules/NAME.c): only where the archive has the kernel's headers.
    modules: typing.Sequence[str] = ()
    # What the guest needs besides (rootfs.py): programs of Debian's.
    packages: typing.Sequence[str] = ()
    # The causes it is for: without one of them the boot showed nothing. None: nothing is to be found.
    wants: typing.Sequence[str] = ()
    # Boots until the guest finds what it looks for; twice in any case, for a dying client can take the guest or QEMU along.
    tries: int = 2
    # Seconds; a guest with dead clients may never power off.
    timeout: int = 150
    # Record what only the emulator sees.
    watch: bool = False
    # Kernels to make it on with `run all`.
    kernels: typing.Sequence[str] = ("6.17", "newest")

    @property
    def arch(self):
        return machine.BOARDS[self.iommu][0]

    def append(self, extra=""):
        traced = probes.command_line() if self.probes == "boot" else ""
        return " ".join(filter(None, (f"console={self.arch.console} rdinit=/init trace_buf_size=8M fw_devlink=on",
                                      self.arch.command_line, self.command_line, traced, extra)))


def edited(guest, *edits):
    """A guest's script with other words in some places: what they replace must be there, or it would run as the other scenario does."""
    for old, new in edits:
        assert old in guest, f"no {old!r} in the guest's script"
        guest = guest.replace(old, new)
    return guest


def names():
    return sorted(f[:-3].replace("_", "-") for f in os.listdir(os.path.join(HERE, "scenarios")) if f.endswith(".py"))


def load(name):
    return importlib.import_module(f"scenarios.{name.replace('-', '_')}").SCENARIO
