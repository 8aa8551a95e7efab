"""The natural race with root ports: pcieport manages its DMA itself, and nothing holds it back between its group and its domain."""
import dataclasses

import devices
from ports import judged
from scenarios.natural import SCENARIO as NATURAL
from truth import RACES

SCENARIO = dataclasses.replace(
    NATURAL,
    story="Natural deferral with eight PCIe root ports and functions behind them. A port that is bound between its group and its "
          "domain loses its interrupts without a warning: every slot is powered off and every client used after the capture.",
    devices=devices.ports,
    guest="""
LAST=0000:08:00.3
clients virtio_net virtio_blk virtio-rng
retrigger
probes
sleep 1
echo > $T/trace
release
until_true 60 walk_is_over
until_true 60 all_bound
sleep 2
kill $RETRIGGER
NODAT=1
save
slots_off
use_clients
sleep 12
cat /proc/interrupts > /share/interrupts.txt
""",
    judge=judged(*RACES),
    wants=("managed-dma-before-domain",),
    watch=True,
    kernels=("6.17", "7.2", "newest"),
)
