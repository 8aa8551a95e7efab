"""virtio-iommu comes late, and is loaded twice: clients that ran without it, and what each of its registrations makes of them."""
import dataclasses

from scenarios.reload import SCENARIO as RELOAD
from truth import lives, outlived

SCENARIO = dataclasses.replace(
    RELOAD,
    story="The clients bound without virtio-iommu after deferred_probe_timeout=3, it is loaded and leaves them out. 03.4 is bound "
          "again, which warns, and is removed; 03.2 is unbound. virtio-iommu is unloaded and loaded again: its second walk takes "
          "03.2, which binds in order without any warning; 03.5 was left out twice and is bound again, which warns.",
    command_line="deferred_probe_timeout=3",
    guest="""
until_true 60 test -e $PCI/0000:00:03.7/driver
sleep 1
mark "loading virtio-iommu"
modprobe virtio-iommu
sleep 3
unbind 0000:00:03.4
bind 0000:00:03.4 virtio-pci
unbind 0000:00:03.2
sleep 1
unplug_grouped
unload_virtio_iommu
mark "loading virtio-iommu again"
modprobe virtio-iommu
sleep 2
bind 0000:00:03.2 virtio-pci
unbind 0000:00:03.5
bind 0000:00:03.5 virtio-pci
rescan
sleep 2
save
""",
    judge=lives(outlived),
    wants=("rebound-after-late-iommu",),
)
