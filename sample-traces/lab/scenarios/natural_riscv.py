"""As natural on riscv64, with a RISC-V IOMMU."""
import dataclasses

from scenario import edited
from scenarios.natural import SCENARIO as NATURAL
from trees import held_by_phy

SCENARIO = dataclasses.replace(
    NATURAL,
    story="Natural deferral on riscv64: the RISC-V IOMMU waits for a phy's module and probes asynchronously; an unrelated driver's "
          "binds retry the deferred clients.",
    iommu="riscv",
    tree=held_by_phy,
    # The clock of the kernel log.
    command_line="driver_async_probe=riscv,iommu deferred_probe_timeout=300 trace_clock=global",
    guest=edited(NATURAL.guest, ("release", "release phy-generic")),
    timeout=300,
    kernels=("7.2",),
)
