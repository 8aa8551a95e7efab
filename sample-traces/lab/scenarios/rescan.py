"""PCI clients removed and found again over sysfs: each time the notifier of device_add() probes them before any driver."""
from scenario import Scenario
from truth import lives

SCENARIO = Scenario(
    story="Remove and rescan in order: the SMMU is there first; clients are removed and found again, one of them twice, one is "
          "unbound and bound again besides. No warning.",
    guest="""
clients virtio-rng
until_true 30 walk_is_over
until_true 10 test -e $PCI/0000:00:10.5/driver
sleep 1
unplug 0000:00:03.2
rescan
unbind 0000:00:03.2
bind 0000:00:03.2 virtio-pci
for round in 1 2; do
  unplug 0000:00:10.5
  sleep 1
  rescan
  until_true 10 test -e $PCI/0000:00:10.5/driver
done
unbind 0000:00:10.1
unplug 0000:00:10.1
rescan
until_true 10 test -e $PCI/0000:00:10.1/driver
sleep 1
save
""",
    judge=lives(),
)
