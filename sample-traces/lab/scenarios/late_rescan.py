"""Clients that ran without IOMMU, removed and found again once it is there: in order then, and nothing ever warned."""
from scenario import Scenario
from trees import held_back
from truth import lives, outlived

SCENARIO = Scenario(
    story="Late IOMMU, then remove and rescan: the clients bound without it after deferred_probe_timeout=3, the SMMU registers. "
          "03.2 is removed and found again, 03.4 besides unbound and bound again: no warning, and yet their first lives were real. "
          "03.6 is bound again, which warns, and then removed and found again.",
    tree=held_back,
    command_line="deferred_probe_timeout=3",
    guest="""
modprobe nvme
until_true 60 test -e $PCI/0000:00:03.7/driver
sleep 1
release
until_true 30 walk_is_over
# Longer than any walk: else the log alone cannot tell a second probe from a late one of the walk.
sleep 12
unplug 0000:00:03.2
unplug 0000:00:03.4
rescan
unbind 0000:00:03.4
bind 0000:00:03.4 virtio-pci
unbind 0000:00:03.6
bind 0000:00:03.6 virtio-pci
sleep 1
unplug 0000:00:03.6
rescan
sleep 2
save
""",
    judge=lives(outlived),
    wants=("silent-late-iommu",),
)
