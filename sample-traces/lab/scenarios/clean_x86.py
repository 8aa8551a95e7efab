"""An ordinary boot on x86: VT-d is there before its clients bind."""
import dataclasses

from scenarios.clean import SCENARIO as CLEAN

SCENARIO = dataclasses.replace(
    CLEAN,
    story="Clean boot on x86 with VT-d: no warning.",
    iommu="intel",
    command_line="trace_clock=global intel_iommu=on deferred_probe_timeout=300",
    kernels=("6.17", "newest"),
)
