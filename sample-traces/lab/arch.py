"""What differs between the guests' architectures; the host is Debian amd64 in any case."""
import dataclasses
import typing


@dataclasses.dataclass(frozen=True)
class Arch:
    # Debian's name, also the flavour of its kernels.
    name: str
    # Its program and the words that it always gets.
    emulator: typing.Sequence[str]
    console: str
    # Where the dynamic linker has to lie in the guest.
    loader: str
    # The oldest QEMU that has its IOMMU; an older one on this host is passed over (host.py).
    since: int = 0
    # What its kernels are told besides.
    command_line: str = ""
    # What the kernel's build calls it, and Debian 12's compiler for it; none: no modules are built.
    kbuild: str = ""
    compiler: str = ""
    # Runs the programs of the kernel's build, which are the guest's own.
    user: str = ""


# pauth-impdef: pointer authentication that is cheap to emulate.
ARM64 = Arch("arm64", ("qemu-system-aarch64", "-cpu", "max,pauth-impdef=on"), "ttyAMA0", "lib/ld-linux-aarch64.so.1",
             kbuild="arm64", compiler="aarch64-linux-gnu-", user="qemu-aarch64-static")
AMD64 = Arch("amd64", ("qemu-system-x86_64", "-cpu", "max", "-nodefaults"), "ttyS0", "lib64/ld-linux-x86-64.so.2",
             # On a busy host the emulated timer is too slow for the kernel's check.
             command_line="no_timer_check", kbuild="x86", compiler="x86_64-linux-gnu-", user="qemu-x86_64-static")
RISCV64 = Arch("riscv64", ("qemu-system-riscv64",), "ttyS0", "lib/ld-linux-riscv64-lp64d.so.1", since=10)
