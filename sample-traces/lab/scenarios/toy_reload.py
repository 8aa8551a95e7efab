"""The toy IOMMU unbound, unloaded and loaded again: clients that were unbound meanwhile, and clients that were not."""
import devices
from scenario import Scenario
from trees import one_iommu
from truth import lives, outlived

SCENARIO = Scenario(
    story="A toy IOMMU is loaded, its clients bind in order, it is unbound, unloaded and loaded again. cl00 to cl02 were unbound "
          "before and are bound after: in order. cl03 to cl05 lose their groups under their drivers and are bound again: they warn. "
          "cl06 and cl07 lose theirs and stay so.",
    tree=one_iommu("", 8),
    devices=devices.one,
    probes="user",
    modules=("labclient", "labiommu"),
    guest="""
probes
echo > $T/trace
mark "loading client and IOMMU modules"
insmod /modules/labclient.ko
insmod /modules/labiommu.ko async=0 unbind=1
until_true 20 test -e /sys/bus/platform/devices/lab-cl07/driver
sleep 1
for n in 0 1 2; do unbind lab-cl0$n; done
mark "unbind the IOMMU"
echo lab-iommu-a > /sys/bus/platform/drivers/labiommu/unbind
rmmod labiommu
sleep 1
mark "loading the IOMMU's module again"
insmod /modules/labiommu.ko async=0 unbind=1
sleep 1
for n in 0 1 2; do bind lab-cl0$n labclient; done
for n in 3 4 5; do unbind lab-cl0$n; bind lab-cl0$n labclient; done
sleep 1
save
""",
    judge=lives(outlived),
    wants=("rebound-after-late-iommu",),
    kernels=("7.2", "newest"),
)
