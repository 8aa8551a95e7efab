"""amba_dma_configure() reads dev->driver twice: a bind in between, and the walk oopses."""
import devices
from scenario import Scenario
from trees import held_back
from truth import RACES, warned_as

SCENARIO = Scenario(
    story="Two shells bind and unbind an amba device over and over while the held-back SMMU registers: the walk's own "
          "amba_dma_configure(), which the lab's module holds open for 30 ms, meets no driver on entry and one behind. The registration "
          "never ends.",
    tree=held_back,
    devices=devices.one,
    modules=("labamba",),
    guest="""
echo 9030000.pl061 > /sys/bus/amba/devices/9030000.pl061/driver/unbind
insmod /modules/labamba.ko
cd /sys/bus/amba/drivers/labamba
for f in 1 2; do
  while :; do echo 9030000.pl061 > unbind; echo 9030000.pl061 > bind; done 2>/dev/null & LOOPS="$LOOPS $!"
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
    tries=8,
    kernels=("7.2", "newest"),
)
