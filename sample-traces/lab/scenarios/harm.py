"""The natural race with client drivers loaded, and then used: probe-before-domain with the damage it does."""
import devices
from scenario import Scenario
from trees import held_back
from truth import RACES, warned_as

SCENARIO = Scenario(
    story="Natural deferral with drivers that do DMA: where the binder slipped past the walk, the client's DMA faults. "
          "Saved before the clients are used: what follows is in serial.log.",
    tree=held_back,
    devices=devices.harm,
    command_line="driver_async_probe=arm-smmu-v3 deferred_probe_timeout=300",
    probes="user",
    watch=True,
    guest="""
clients e1000e xhci-pci virtio_net virtio_blk virtio-rng
echo 20 > /proc/sys/kernel/hung_task_timeout_secs
echo 30 > /proc/sys/kernel/hung_task_warnings
retrigger
probes
sleep 1
echo > $T/trace
release
until_true 60 walk_is_over
sleep 2
kill $RETRIGGER
or_again 'probe_iommu_group+'
NODAT=1
save
use_clients
sleep 45
dmesg > /share/dmesg-later.txt
""",
    judge=warned_as(*RACES),
    wants=("probe-before-domain",),
    tries=12,
    timeout=220,
)
