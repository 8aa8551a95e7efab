"""arm64 with UEFI and ACPI (VIOT), in order: virtio-iommu is loaded before its clients' drivers."""
import dataclasses

import devices
from scenario import edited
from scenarios.clean import SCENARIO as CLEAN

SCENARIO = dataclasses.replace(
    CLEAN,
    story="Clean boot on arm64 with UEFI and ACPI: virtio-iommu, named by VIOT, is loaded before the drivers of its clients.",
    iommu="viot-arm64",
    devices=devices.wired,
    guest="modprobe virtio-iommu\nuntil_true 30 walk_is_over\n" + edited(CLEAN.guest, ("virtio-rng", "e1000e virtio-rng")),
    timeout=220,
    kernels=("6.17", "newest"),
)
