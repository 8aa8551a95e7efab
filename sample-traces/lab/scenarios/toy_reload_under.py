"""As toy-reload-race, but half of the clients lose the toy IOMMU under their drivers, and run on without it until they are
unbound: then the same race."""
import dataclasses

from scenario import edited
from scenarios.toy_reload_race import SCENARIO as RACE

UNBIND = "for d in /sys/bus/platform/devices/lab-cl*; do unbind ${d##*/}; done\n"
GONE = "rmmod labiommu\n"

SCENARIO = dataclasses.replace(
    RACE,
    story="A toy IOMMU is loaded, its clients bind in order. cl06 to cl11 are unbound, the IOMMU is unbound and unloaded, and only "
          "then cl00 to cl05 are: they ran without their domain. It is loaded again while three shells bind them all: the race is "
          "the same for both, harmless for those that were in order before.",
    guest=edited(RACE.guest, (UNBIND, "for n in 06 07 08 09 10 11; do unbind lab-cl$n; done\n"),
                 (GONE, GONE + "sleep 1\nfor n in 00 01 02 03 04 05; do unbind lab-cl$n; done\n")),
    wants=("rebound-after-late-iommu",),
)
