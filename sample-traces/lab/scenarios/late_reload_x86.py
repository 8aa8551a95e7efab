"""As late-reload, on x86: ACPI describes a client in its rebind, nothing replays, and the second registration's walk takes it
under its driver."""
import dataclasses

from scenarios.late_reload import SCENARIO as LATE
from truth import late_attach, lives

SCENARIO = dataclasses.replace(
    LATE,
    story="x86 with ACPI (VIOT). The clients bound without virtio-iommu after deferred_probe_timeout=3, it is loaded and leaves "
          "them out. 03.2 and 10.1 are bound again: a firmware description, no group, no warning. virtio-iommu is unloaded and "
          "loaded again: the second walk takes both under their drivers, and warns.",
    iommu="viot",
    # The clock of the kernel log; x86's default is another one.
    command_line="trace_clock=global deferred_probe_timeout=3",
    guest="""
clients e1000e
until_true 60 all_bound
sleep 1
mark "loading virtio-iommu"
modprobe virtio-iommu
sleep 3
unbind 0000:00:03.2
bind 0000:00:03.2 virtio-pci
unbind 0000:00:10.1
bind 0000:00:10.1 nvme
sleep 1
unplug_grouped
unload_virtio_iommu
mark "loading virtio-iommu again"
modprobe virtio-iommu
sleep 3
save
""",
    judge=lives(late_attach),
    wants=("missed-walk-late-attach",),
)
