"""Clients of two IOMMUs, the case reported on the mailing list: the second one's readiness is not checked."""
import devices
from scenario import Scenario
from trees import two_iommus
from truth import bypass, bypass_walk, walk_race, skipped, warned_as

SCENARIO = Scenario(
    story="Clients with two IOMMUs, retried while the second one registers: the replay goes past its gate.",
    tree=two_iommus,
    devices=devices.one,
    probes="user",
    modules=("labclient", "labiommu"),
    guest="""
retrigger
probes
echo > $T/trace
mark "loading client and IOMMU modules"
insmod /modules/labclient.ko
insmod /modules/labiommu.ko
sleep 8
kill $RETRIGGER
or_again 'iommu_probe_device\\|probe_iommu_group'
NODAT=1
save
""",
    judge=warned_as(bypass, bypass_walk, walk_race, skipped),
    wants=("multi-iommu-replay-bypass",),
    tries=4,
    kernels=("7.2", "newest"),
)
