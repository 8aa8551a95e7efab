"""Platform clients and no asynchronous probing: insmod probes the IOMMU in its own task, the deferred worker the clients."""
import devices
from scenario import Scenario
from trees import one_iommu
from truth import RACES, warned_as

SCENARIO = Scenario(
    story="Clients on the platform bus, an IOMMU probed by the task that loads its module (no asynchronous probing).",
    tree=one_iommu("", 24),
    devices=devices.one,
    probes="user",
    modules=("labclient", "labiommu"),
    guest="""
insmod /modules/labclient.ko
retrigger
probes
sleep 1
echo > $T/trace
mark "loading the IOMMU's module"
insmod /modules/labiommu.ko async=0
sleep 5
kill $RETRIGGER
or_again 'iommu_probe_device\\|probe_iommu_group'
NODAT=1
save
""",
    judge=warned_as(*RACES),
    wants=("walk-bind-toctou", "skipped-by-walk-then-replayed", "probe-before-domain"),
    tries=15,
    timeout=90,
    kernels=("7.2", "newest"),
)
