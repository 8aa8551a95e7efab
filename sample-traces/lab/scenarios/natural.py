"""No loop on the clients, no delay: deferred clients are retried while the SMMU, probed asynchronously, registers."""
import devices
from scenario import Scenario
from trees import held_back
from truth import RACES, warned_as

SCENARIO = Scenario(
    story="Natural deferral: the SMMU waits for its regulator's module and probes asynchronously; an unrelated driver's binds "
          "retry the deferred clients, as udev's coldplug does.",
    tree=held_back,
    devices=devices.many,
    command_line="driver_async_probe=arm-smmu-v3 deferred_probe_timeout=300",
    probes="user",
    guest="""
clients e1000e xhci-pci
retrigger
probes
sleep 1
echo > $T/trace
release
until_true 60 walk_is_over
sleep 3
kill $RETRIGGER
or_again 'iommu_probe_device\\|probe_iommu_group'
save
""",
    judge=warned_as(*RACES),
    wants=("walk-bind-toctou", "skipped-by-walk-then-replayed", "probe-before-domain"),
    tries=6,
    kernels=("6.17", "6.18", "7.2", "newest"),
)
