"""An ordinary boot with root ports: the SMMU is there before they bind."""
import dataclasses

import devices
from ports import judged
from scenario import edited
from scenarios.clean import SCENARIO as CLEAN

SCENARIO = dataclasses.replace(
    CLEAN,
    story="Clean boot with eight PCIe root ports and functions behind them: nothing held back, no warning.",
    devices=devices.ports,
    guest="LAST=0000:08:00.3\n" + edited(CLEAN.guest, ("virtio-rng", "virtio_net virtio_blk virtio-rng")),
    judge=judged(),
    kernels=("6.17", "newest"),
)
