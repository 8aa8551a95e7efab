"""As root-ports without ACS: what is behind a port that the walk skips falls into groups of its own."""
import dataclasses

import devices
from scenario import edited
from scenarios.root_ports import SCENARIO as PORTS

LOOPS = """
for f in 05.0 08.0 09.0; do
  while :; do echo 0000:00:$f > /sys/bus/pci/drivers/pcieport/bind; done 2>/dev/null & LOOPS="$LOOPS $!"
done
"""

SCENARIO = dataclasses.replace(
    PORTS,
    story="As root-ports with ports that have no ACS, three of which are bound over sysfs over and over: a port and all behind it share "
          "a group, unless the walk skips the port.",
    devices=devices.ports_without_acs,
    wants=("skipped-bridge-split-groups",),
    guest=edited(PORTS.guest, ("sleep 1\n", LOOPS + "sleep 1\n"), ("$RETRIGGER", "$RETRIGGER $LOOPS")),
    tries=8,
    kernels=("6.17", "newest"),
)
