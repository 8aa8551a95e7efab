"""A driver calls of_dma_configure() on its own, bound device."""
from scenario import Scenario
from trees import misused
from truth import outside_bus, warned_as

SCENARIO = Scenario(
    story="Misuse: a driver calls of_dma_configure() in its probe, long after the SMMU registered.",
    tree=misused,
    modules=("labmisuse",),
    guest="""
modprobe nvme
sleep 2
echo > $T/trace
insmod /modules/labmisuse.ko
sleep 2
rmmod labmisuse
save
""",
    judge=warned_as(outside_bus),
    wants=("dma-configure-outside-bus",),
    kernels=("7.2", "newest"),
)
