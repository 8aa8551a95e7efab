"""As bind-loops, but in the clients' second life: in the first one virtio-iommu was there in time."""
import dataclasses

from scenarios.reload import SCENARIO as RELOAD
from truth import RACES, lives, outlived

SCENARIO = dataclasses.replace(
    RELOAD,
    story="virtio-iommu is loaded, its clients bind in order; they are removed, virtio-iommu is unloaded, the clients are found "
          "again and wait. Three shells bind nvme functions over sysfs while it is loaded again: a race in their second life.",
    guest="""
clients e1000e virtio-rng
mark "loading virtio-iommu"
modprobe virtio-iommu
until_true 60 all_bound
sleep 1
unplug_grouped
unload_virtio_iommu
rescan
sleep 1
for f in 10.5 10.6 10.7; do
  while :; do echo 0000:00:$f > /sys/bus/pci/drivers/nvme/bind; done 2>/dev/null & LOOPS="$LOOPS $!"
done
usleep 200000
mark "loading virtio-iommu again"
modprobe virtio-iommu
usleep 500000
kill $LOOPS
sleep 1
or_again 'iommu_probe_device\\|probe_iommu_group'
save
""",
    judge=lives(outlived, *RACES),
    wants=("walk-bind-toctou", "skipped-by-walk-then-replayed", "probe-before-domain"),
    tries=5,
)
