"""As platform-race, but in the clients' second life: in the first one the toy IOMMU was there in time."""
import dataclasses

from scenarios.toy_reload import SCENARIO as RELOAD
from trees import one_iommu
from truth import RACES, lives, outlived

SCENARIO = dataclasses.replace(
    RELOAD,
    story="A toy IOMMU is loaded, its clients bind in order; they are unbound, it is unbound, unloaded and loaded again while three "
          "shells bind its clients: a race in their second life, and the first one was in order.",
    tree=one_iommu("", 12),
    guest="""
probes
echo > $T/trace
mark "loading client and IOMMU modules"
insmod /modules/labclient.ko
insmod /modules/labiommu.ko async=0 unbind=1
until_true 20 test -e /sys/bus/platform/devices/lab-cl11/driver
sleep 1
for d in /sys/bus/platform/devices/lab-cl*; do unbind ${d##*/}; done
mark "unbind the IOMMU"
echo lab-iommu-a > /sys/bus/platform/drivers/labiommu/unbind
rmmod labiommu
for third in "00 03 06 09" "01 04 07 10" "02 05 08 11"; do
  ( while :; do for n in $third; do echo lab-cl$n > /sys/bus/platform/drivers/labclient/bind; done; done
  ) 2>/dev/null & LOOPS="$LOOPS $!"
done
usleep 200000
mark "loading the IOMMU's module again"
insmod /modules/labiommu.ko async=0 unbind=1
usleep 500000
kill $LOOPS
sleep 1
or_again 'iommu_probe_device\\|probe_iommu_group'
save
""",
    judge=lives(outlived, *RACES),
    wants=("walk-bind-toctou", "skipped-by-walk-then-replayed", "probe-before-domain"),
    tries=8,
)
