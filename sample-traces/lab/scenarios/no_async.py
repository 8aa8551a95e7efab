"""Without asynchronous probing: modprobe probes the IOMMU in its own task while the deferred worker retries the clients.
This is Android's topology (init loads the IOMMU's module, a kworker binds the client); virtio-iommu is a module in Debian."""
import devices
from scenario import Scenario
from truth import RACES, warned_as

SCENARIO = Scenario(
    story="No asynchronous probing: modprobe probes virtio-iommu in its own task while the deferred worker binds clients, "
          "as init and a kworker do on Android.",
    iommu="virtio",
    devices=devices.harm,
    command_line="deferred_probe_timeout=300",
    probes="user",
    guest="""
clients e1000e xhci-pci virtio_net virtio_blk virtio-rng
retrigger
probes
sleep 1
echo > $T/trace
mark "loading virtio-iommu"
modprobe virtio-iommu
until_true 60 walk_is_over
sleep 2
kill $RETRIGGER
or_again 'iommu_probe_device\\|probe_iommu_group'
NODAT=1
save
use_clients
sleep 25
dmesg > /share/dmesg-later.txt
""",
    judge=warned_as(*RACES),
    wants=("walk-bind-toctou", "skipped-by-walk-then-replayed", "probe-before-domain"),
    tries=10,
    timeout=150,
)
