"""As no-async, but in the clients' second life, and traced from there on only."""
import dataclasses

import devices
from scenarios.reload_race import SCENARIO as RACE

SCENARIO = dataclasses.replace(
    RACE,
    story="virtio-iommu is loaded, its clients bind in order; they are removed, virtio-iommu is unloaded, the clients are found "
          "again and wait. Then it is loaded again while the deferred worker retries them: a race in their second life. Tracing "
          "begins after the first one, of which the kernel log alone tells.",
    devices=devices.many,
    probes="user",
    guest="""
clients e1000e xhci-pci virtio-rng
mark "loading virtio-iommu"
modprobe virtio-iommu
until_true 60 all_bound
sleep 1
probes
echo > $T/trace
unplug_grouped
unload_virtio_iommu
rescan
sleep 1
retrigger
sleep 1
mark "loading virtio-iommu again"
modprobe virtio-iommu
until_true 60 walk_is_over
sleep 2
kill $RETRIGGER
or_again 'iommu_probe_device\\|probe_iommu_group'
save
""",
    tries=8,
)
