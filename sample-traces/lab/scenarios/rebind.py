"""Clients bound in order, unbound and bound again over sysfs: two lives and more, none of them without its domain."""
from scenario import Scenario
from truth import lives

SCENARIO = Scenario(
    story="Rebinds in order: the SMMU is there first; clients are unbound and bound again, one of them five times. No warning.",
    guest="""
clients virtio-rng
until_true 30 walk_is_over
until_true 10 test -e $PCI/0000:00:10.5/driver
sleep 1
for f in 03.2 03.5; do
  unbind 0000:00:$f
  bind 0000:00:$f virtio-pci
done
for round in 1 2 3 4 5; do
  unbind 0000:00:10.1
  bind 0000:00:10.1 nvme
done
unbind 0000:00:10.5
sleep 1
bind 0000:00:10.5 nvme
sleep 1
save
""",
    judge=lives(),
)
