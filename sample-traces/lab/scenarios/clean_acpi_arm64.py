"""arm64 with UEFI and ACPI: IORT names the SMMUv3, which is there before its clients bind."""
import dataclasses

import devices
from scenarios.clean import SCENARIO as CLEAN
from scenarios.root_ports_clean import SCENARIO as PORTS

SCENARIO = dataclasses.replace(
    CLEAN,
    story="Clean boot on arm64 with UEFI and ACPI: IORT names the SMMUv3; nothing held back, no warning.",
    iommu="smmuv3-acpi",
    devices=devices.ports,
    guest=PORTS.guest,
    timeout=220,
    kernels=("6.17", "newest"),
)
