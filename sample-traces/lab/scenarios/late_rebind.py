"""As late-silent with clients that do no DMA; then one of them is bound again, and only now the kernel warns."""
from scenario import Scenario
from trees import held_back
from truth import late

SCENARIO = Scenario(
    story="Late IOMMU, then a rebind: the clients bound without IOMMU after deferred_probe_timeout=3, the SMMU registers, "
          "0000:00:03.2 is unbound and bound again.",
    tree=held_back,
    command_line="deferred_probe_timeout=3",
    guest="""
modprobe nvme
until_true 60 test -e $PCI/0000:00:03.7/driver
sleep 1
release
until_true 30 walk_is_over
sleep 2
ls -d $PCI/*/iommu_group > /share/groups-before-rebind.txt
mark "unbind 0000:00:03.2"
echo 0000:00:03.2 > /sys/bus/pci/drivers/virtio-pci/unbind
mark "bind 0000:00:03.2"
echo 0000:00:03.2 > /sys/bus/pci/drivers/virtio-pci/bind
sleep 2
save
""",
    judge=late,
    wants=("rebound-after-late-iommu",),
)
