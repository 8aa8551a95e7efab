"""An IOMMU driver that refuses a client with an error other than -ENODEV: the whole registration fails."""
import devices
from scenario import Scenario
from trees import one_iommu
from truth import aborted

SCENARIO = Scenario(
    story="The IOMMU refuses its first client with -EINVAL: the walk ends, the registration fails, and after "
          "deferred_probe_timeout all clients run without IOMMU. Nothing warns.",
    tree=one_iommu("lab,start-delay-ms = <500>; lab,refuse;", 6),
    devices=devices.one,
    command_line="deferred_probe_timeout=10",
    probes="user",
    modules=("labclient", "labiommu"),
    guest="""
probes
echo > $T/trace
insmod /modules/labclient.ko
insmod /modules/labiommu.ko
sleep 16
NODAT=1
save
""",
    judge=aborted,
    wants=("walk-aborted-registration",),
    kernels=("7.2", "newest"),
)
