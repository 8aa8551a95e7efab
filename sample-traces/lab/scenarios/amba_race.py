"""amba_dma_configure() reads dev->driver twice: a bind in between, and the walk oopses."""
import devices
from scenario import Scenario
from trees import held_back
from truth import RACES, warned_as

SCENARIO = Scenario(
    story="Three shells unbind and bind rtc-pl031, an amba device, while the held-back SMMU registers: the walk's own "
          "amba_dma_configure() meets no driver on entry and one behind, and the registration never ends.",
    tree=held_back,
    devices=devices.one,
    guest="""
modprobe rtc-pl031
# The clock tells of each bind: a console would keep it busy.
dmesg -n 5
cd /sys/bus/amba/drivers/rtc-pl031
for f in 1 2 3; do
  while :; do echo 9010000.pl031 > unbind; echo 9010000.pl031 > bind; done 2>/dev/null & LOOPS="$LOOPS $!"
done
cd /
sleep 1
echo > $T/trace
release
until_true 15 walk_is_over
sleep 3
kill $LOOPS
NODAT=1
save
""",
    judge=warned_as(*RACES),
    wants=("dma-configure-null-driver",),
    tries=20,
    kernels=("6.17", "newest"),
)
