"""The SMMU comes long after its clients, which work until then: a missing clock outlasts deferred_probe_timeout."""
import dataclasses

from scenarios.late_silent import SCENARIO as SILENT
from trees import held_by_clock

SCENARIO = dataclasses.replace(
    SILENT,
    story="Silent late IOMMU, the clearest form: all clients bind and work, then the SMMU's clock appears, the SMMU registers "
          "and every bound client's DMA dies. Nothing warns.",
    tree=held_by_clock,
    modules=("labclock",),
    guest="""
echo 20 > /proc/sys/kernel/hung_task_timeout_secs
clients e1000e xhci-pci virtio_net virtio_blk virtio-rng
until_true 30 test -e /dev/nvme1n1
sleep 3
for d in nvme0n1 vda; do
  timeout -s KILL 4 dd if=/dev/$d of=/dev/null bs=4096 count=1 && echo "$d before: works" >> /share/selftest.txt
done
mark "loading the clock that the SMMU waits for"
insmod /modules/labclock.ko
sleep 4
for d in nvme0n1 vda; do
  ( timeout -s KILL 4 dd if=/dev/$d of=/dev/null bs=4096 skip=8 count=1 2>/dev/null
    echo "$d after: rc=$?" >> /share/selftest.txt ) &
done
sleep 25
NODAT=1
save
""",
    kernels=("7.2", "newest"),
)
