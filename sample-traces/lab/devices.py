"""Sets of clients behind the SMMU. Numbers after `addr=` are hexadecimal, as PCI names are."""

VIRTIO = "iommu_platform=on,disable-legacy=on"   # without it a virtio device passes by the SMMU
DISK = "driver=null-co,size=8388608,read-zeroes=on"


def functions(slot, count, line):
    """`count` functions from `slot` on, eight to a slot; `line` gives each one's -device (and what it needs) by its name."""
    words = []
    for n in range(count):
        number, function = slot + n // 8, n % 8
        first = ",multifunction=on" if function == 0 else ""
        words += line(f"{number:x}{function}", f"addr={number:x}.{function}{first}")
    return words


def rng(name, at):
    return ["-device", f"virtio-rng-pci,{VIRTIO},{at}"]


def nvme(name, at):
    return ["-blockdev", f"{DISK},node-name=nv{name}", "-device", f"nvme,drive=nv{name},serial=nv{name},{at}"]


def block(name, at):
    return ["-blockdev", f"{DISK},node-name=vb{name}",
            "-device", f"virtio-blk-pci,drive=vb{name},{VIRTIO},num-queues=1,{at}"]


def net(name, at):
    return ["-netdev", f"user,id=n{name},restrict=on",
            "-device", f"virtio-net-pci,netdev=n{name},{VIRTIO},romfile=,mq=off,{at}"]


def e1000e(at="addr=2.0"):
    return ["-netdev", "user,id=n0,restrict=on", "-device", f"e1000e,netdev=n0,romfile=,{at}"]


SPARE = ["-device", "virtio-balloon-device"]   # over mmio, in nobody's way
XHCI = ["-device", "qemu-xhci,addr=11.0"]
AHCI = ["-device", "ich9-ahci,addr=12.0"]   # the last that the walk reaches


def mid():
    return functions(0x3, 8, rng) + functions(0x10, 8, nvme) + AHCI


def wired():
    """As mid, with the network card that QEMU's board has by itself if none is named, in the way of virtio-iommu."""
    return e1000e() + mid()


def many():
    return e1000e() + functions(0x3, 40, rng) + functions(0x10, 8, nvme) + XHCI + AHCI


def harm():
    return (e1000e() + functions(0x3, 16, rng) + functions(0x5, 16, block) + functions(0x7, 8, net)
            + functions(0x10, 8, nvme) + XHCI + AHCI)


def few():
    return (e1000e() + functions(0x3, 1, block) + functions(0x4, 1, block) + functions(0x5, 1, rng) + functions(0x6, 1, rng)
            + functions(0x7, 1, net) + functions(0x8, 1, net) + functions(0x9, 1, nvme) + functions(0x10, 1, nvme)
            + XHCI + AHCI)


def ports(more=""):
    """Eight root ports (02.0 to 09.0) with functions behind each, on buses 1 to 8; `more`: properties of the ports."""
    kinds = ((rng, 4), (rng, 4), (block, 4), (nvme, 4), (net, 2), (block, 2), (nvme, 2), (rng, 4))
    words = functions(0x10, 4, nvme) + AHCI
    for number, (kind, count) in enumerate(kinds):
        port = f"port{number}"
        words += ["-device", f"pcie-root-port,id={port},chassis={number + 1},slot={number + 1},addr={number + 2:x}.0{more}"]
        words += functions(0, count, lambda name, at, kind=kind, port=port: kind(f"{port}f{name}", f"bus={port},{at}"))
    return words


def ports_without_acs():
    """A port and all that is behind it are one group then."""
    return ports(",disable-acs=on")


def one():
    return functions(0x3, 1, rng) + AHCI
