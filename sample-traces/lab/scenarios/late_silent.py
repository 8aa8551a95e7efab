"""deferred_probe_timeout frees the clients before the SMMU: they run without it, and it comes after all."""
import devices
from scenario import Scenario
from trees import held_back
from truth import late

SCENARIO = Scenario(
    story="Silent late IOMMU: deferred_probe_timeout=1 lets the clients bind without IOMMU, then frees the SMMU itself. "
          "Nothing warns.",
    tree=held_back,
    devices=devices.few,
    command_line="deferred_probe_timeout=1",
    watch=True,
    timeout=120,
    guest="""
echo 20 > /proc/sys/kernel/hung_task_timeout_secs
( clients e1000e xhci-pci virtio_net virtio_blk virtio-rng ) &
sleep 12
for d in nvme0n1 vda vdb; do
  ( timeout -s KILL 4 dd if=/dev/$d of=/dev/null bs=4096 count=1 2>/dev/null; echo "$d rc=$?" >> /share/selftest.txt ) &
done
sleep 25
NODAT=1
save
""",
    judge=late,
    wants=("silent-late-iommu",),
)
