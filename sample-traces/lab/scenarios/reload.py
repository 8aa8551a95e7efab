"""virtio-iommu's module loaded twice, with its clients unplugged in between: the kernel permits no less."""
import devices
from scenario import Scenario
from truth import lives

SCENARIO = Scenario(
    story="virtio-iommu is loaded, its clients bind in order; they are removed, virtio-iommu is unloaded and loaded again, the "
          "clients are found again and bind in order. No warning.",
    iommu="virtio",
    devices=devices.wired,
    guest="""
clients e1000e virtio-rng
mark "loading virtio-iommu"
modprobe virtio-iommu
until_true 60 all_bound
sleep 1
unplug_grouped
unload_virtio_iommu
mark "loading virtio-iommu again"
modprobe virtio-iommu
rescan
until_true 60 all_bound
sleep 1
save
""",
    judge=lives(),
    timeout=200,
)
