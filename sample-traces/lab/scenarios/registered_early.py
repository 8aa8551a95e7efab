"""An IOMMU driver that registers before it can serve, as ipmmu-vmsa once did."""
import devices
from scenario import Scenario
from trees import one_iommu
from truth import skipped, too_early, warned_as

SCENARIO = Scenario(
    story="The IOMMU registers before it can serve: the walk's probes are refused, the clients' own replays succeed and warn.",
    tree=one_iommu("lab,start-delay-ms = <500>; lab,register-early;", 6),
    devices=devices.one,
    probes="user",
    modules=("labclient", "labiommu"),
    guest="""
retrigger
probes
echo > $T/trace
insmod /modules/labclient.ko
insmod /modules/labiommu.ko
sleep 6
kill $RETRIGGER
NODAT=1
save
""",
    judge=warned_as(too_early, skipped),
    wants=("iommu-registered-too-early",),
    kernels=("7.2", "newest"),
)
