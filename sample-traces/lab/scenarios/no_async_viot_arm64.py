"""As no-async-x86 on arm64: UEFI starts the kernel, so ACPI (VIOT) names the clients' IOMMU."""
import dataclasses

import devices
from scenarios.no_async_x86 import SCENARIO as VIOT

SCENARIO = dataclasses.replace(
    VIOT,
    story="As no-async on arm64 with UEFI and ACPI: modprobe probes virtio-iommu in its own task while the deferred worker binds "
          "clients. Whom the walk skips is bound without IOMMU, and nothing says so.",
    iommu="viot-arm64",
    devices=lambda: devices.harm() + devices.SPARE,
    command_line="deferred_probe_timeout=300",
    timeout=220,
)
