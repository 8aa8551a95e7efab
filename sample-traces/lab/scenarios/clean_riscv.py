"""An ordinary boot on riscv64: the RISC-V IOMMU is there before its clients bind."""
import dataclasses

from scenarios.clean import SCENARIO as CLEAN
from trees import riscv

SCENARIO = dataclasses.replace(
    CLEAN,
    story="Clean boot on riscv64 with a RISC-V IOMMU: nothing held back, no warning.",
    iommu="riscv",
    tree=riscv,
    command_line="deferred_probe_timeout=300 trace_clock=global",
    timeout=300,
    kernels=("7.2",),
)
