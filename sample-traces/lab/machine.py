"""One boot under QEMU."""
import os
import re
import shlex
import subprocess
import time

import host
import trees
from arch import AMD64, ARM64, RISCV64
from places import say

# More CPUs than most hosts here have: their preemption widens the window.
COMMON = ("-smp", "4", "-m", "1G", "-display", "none", "-no-reboot", "-monitor", "none", "-M")
# The host's folder for a run, over something that does not wait for the IOMMU that is being tried. q35 has no virtio-mmio:
# there it is a PCI function that passes by VT-d on its own, or one on a bus that is in no table of the IOMMU.
SHARE = "fsdev=sh,mount_tag=share"
MMIO = ("-device", f"virtio-9p-device,{SHARE}")
PCI = ("-device", f"virtio-9p-pci,{SHARE},addr=1e.0")
ASIDE = ("-device", "pxb-pcie,id=aside,bus_nr=128,addr=1e.0,bypass_iommu=on", "-device", "pcie-root-port,id=aside-port,bus=aside",
         "-device", f"virtio-9p-pci,{SHARE},bus=aside-port")
VIRTIO_IOMMU = ("-device", "virtio-iommu-pci,addr=1.0")
# By a scenario's `iommu`: architecture, board, share.
BOARDS = {"smmuv3": (ARM64, ("virt,iommu=smmuv3,gic-version=3",), MMIO),
          "virtio": (ARM64, ("virt,gic-version=3", *VIRTIO_IOMMU), MMIO),
          "smmuv3-acpi": (ARM64, ("virt,iommu=smmuv3,gic-version=3",), MMIO),
          "viot-arm64": (ARM64, ("virt,gic-version=3", *VIRTIO_IOMMU), MMIO),
          "intel": (AMD64, ("q35,kernel-irqchip=split", "-device", "intel-iommu,intremap=on"), PCI),
          "viot": (AMD64, ("q35", *VIRTIO_IOMMU), ASIDE),
          "riscv": (RISCV64, ("virt,iommu-sys=on",), MMIO)}
# Those that start with UEFI, and so with ACPI.
UEFI = ("smmuv3-acpi", "viot-arm64")
# What only the emulator sees: a stream table entry that says abort makes no event in the guest.
WATCH = ["-trace", "smmuv3_record_event", "-trace", "smmuv3_translate_abort"]


class Crashed(Exception):
    """The emulator, not the guest: 7.2 has an assertion in its MSI-X code that a dying client can hit."""


def boot(kernel, initrd, folder, scenario, command_line):
    """Boots into `folder` (shared with the guest); returns seconds and whether the guest had to be stopped."""
    arch, machine, share = BOARDS[scenario.iommu]
    board = [*host.emulator(arch), *COMMON, *machine]
    if scenario.iommu in UEFI:
        board += ["-bios", host.firmware()]
    words = board + ["-serial", f"file:{folder}/serial.log", "-kernel", kernel.image, "-initrd", initrd]
    if scenario.tree:
        words += ["-dtb", trees.tree(board, scenario.tree, os.path.basename(folder))]
    if scenario.watch:
        words += ["-D", f"{folder}/qemu-trace.txt", *WATCH]
    words += ["-fsdev", f"local,id=sh,path={folder},security_model=none",
              *scenario.devices(), *share, "-append", command_line]
    with open(os.path.join(folder, "qemu.txt"), "w") as file:
        file.write(shlex.join(words) + "\n")
    start = time.monotonic()
    with open(os.path.join(folder, "qemu.err"), "w+b") as errors:
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=errors)
        try:
            stopped = not ended(process, os.path.join(folder, "off"), start + scenario.timeout)
            if process.returncode:
                errors.seek(0)
                raise Crashed(f"QEMU failed: {errors.read().decode(errors='replace').strip()}")
        finally:
            process.kill()
            process.wait()
    seconds = time.monotonic() - start
    say(f"{os.path.basename(folder)}: {'stopped after' if stopped else 'took'} {seconds:.0f} s")
    return seconds, stopped


def ended(process, off, deadline):
    """Waits until the guest is off, or says that it is done: with dead clients its power-off takes a minute, or for ever."""
    while time.monotonic() < deadline:
        if process.poll() is not None or os.path.exists(off):
            return True
        time.sleep(0.2)
    return False


def behind_iommu(device):
    """Whether it is a PCI function that a board's IOMMU is for: all but those of the share's own root complex (ASIDE)."""
    return re.match("0000:[0-7]", device) is not None
